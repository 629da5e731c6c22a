"""The encoder's choice of symbols, and what a decoder makes of them.

`SymbolChoice` in Swift goes from patch to patch and from channel to channel, for what a symbol
costs depends on the symbols chosen before it. Here all are chosen at once, again and again, by the
choices of the round before: what depends on earlier symbols alone can only settle in one way, and
does so in a few rounds. All sums are of integers below 2^24, so that single precision has them
exactly.
"""

from dataclasses import dataclass

import numpy as np
import torch

from .weights import Weights

# `ContextLayout`: levels of an expected magnitude, and where contexts lie.
_LEVELS = 128
_LENGTHS = 48 * 16 + 2 * 16 * 16 * 16 + 48 * 64
# Lower ends of the levels, in units of 2^-16 octaves: four an octave below 1, eight a unit above.
_LEVEL_ENDS = [(4 + quarter) << octave - 2 for octave in range(6, 16) for quarter in range(4)] + [
    (1 << 16) + (level << 13) for level in range(_LEVELS - 40)
]
# Lower ends of the classes by how many channels are left before the end of the patch.
_REST_ENDS = [1, 2, 4, 8, 16, 32, 64]
_LARGEST_SYMBOL = (1 << 20) - 1
# 16 log2(1 + m), rounded down, for m = 0...255.
_LOG_MAGNITUDES = np.floor(16 * np.log2(np.arange(1, 257)) + 1e-9)

ROUNDS = 12
"""Rounds of choices, with which not one symbol in a million differs from the encoder's."""


def _log_magnitudes(magnitudes: torch.Tensor) -> torch.Tensor:
    """Magnitudes as the model sees them: in sixteenths of octaves of 1 + m."""
    table = torch.tensor(_LOG_MAGNITUDES, dtype=torch.float32, device=magnitudes.device)
    shift = (torch.frexp(magnitudes).exponent - 8).clamp(min=0)
    return table[(magnitudes.long() >> shift)] + 16 * shift


def _neighbours(rows: int, columns: int) -> np.ndarray:
    """For each patch of a grid the west, north, north-west, north-east, second west and second
    north one, or what stands for them at a border. Shape [patches, 6]."""
    result = np.zeros((rows, columns, 6), int)
    for row in range(rows):
        for column in range(columns):
            west = (row, column - 1) if column else (max(row - 1, 0), column)
            north = (row - 1, column) if row else west
            north_west = (row - 1, column - 1) if row and column else north
            north_east = (row - 1, column + 1) if row and column + 1 < columns else north
            second_west = (row, column - 2) if column > 1 else west
            second_north = (row - 2, column) if row > 1 else north
            around = (west, north, north_west, north_east, second_west, second_north)
            result[row, column] = [r * columns + c for r, c in around]
    return result.reshape(-1, 6)


@dataclass
class ResolutionModels:
    """What a codec has learned of one resolution, at all its operating points: the first axis of
    each tensor."""

    predicted: int
    """Channels that are rounded to the nearest."""
    dead_zone: float
    rate_weight: float
    centroids: torch.Tensor
    """[points, channels, 2]: by how many steps latents lie beyond magnitudes of 1 and larger."""
    biases: torch.Tensor
    """[points, 1, channels], in units of 2^-16 octaves; all weights in 2^-12."""
    neighbour_weights: torch.Tensor
    """[points, 6, channels]"""
    patch_weights: torch.Tensor
    """[points, channels, channels]: earlier channel, later channel."""
    surrounding_weights: torch.Tensor
    """The same of the patches to the west and north."""
    zero_bits: torch.Tensor
    """[points, 8 * levels]: bits of the flag of a zero, by how much of the patch is left."""
    nonzero_bits: torch.Tensor
    one_bits: torch.Tensor
    """[points, levels]: bits of a sign and of the magnitude 1."""

    @classmethod
    def read(
        cls, weights: Weights, prefixes: list[str], channels: int, predicted: int,
        dead_zone: float, rate_weight: float,
    ) -> "ResolutionModels":
        """The models whose tensors have names that begin with each of the prefixes."""
        prefix_ends = 1 << channels.bit_length()
        zeros = _LENGTHS + 17 * prefix_ends
        octaves = zeros + 8 * _LEVELS + 16 * channels + 9 * 3 * 4 * 8

        def stacked(name: str, *shape: int) -> torch.Tensor:
            return torch.stack([weights.get(p + name, *shape).float() for p in prefixes])

        contexts = torch.stack([weights.get(p + "contexts", -1).long() for p in prefixes])
        shares = ((contexts >> 16).float() / 65536).clamp(0.001, 0.999)
        zero = shares[:, zeros : zeros + 8 * _LEVELS]
        square = (channels, channels)
        around = "surroundingWeights"
        return cls(
            predicted=predicted,
            dead_zone=dead_zone,
            rate_weight=rate_weight,
            centroids=stacked("centroids", channels, 2),
            biases=stacked("biases", channels)[:, None],
            neighbour_weights=stacked("neighbourWeights", 6, channels),
            patch_weights=stacked("patchWeights", *square).triu(1),
            surrounding_weights=(
                stacked(around, *square)
                if prefixes[0] + around in weights.tensors
                else torch.zeros(len(prefixes), *square)
            ),
            zero_bits=-zero.log2(),
            nonzero_bits=-(1 - zero).log2(),
            one_bits=1 - (1 - shares[:, octaves : octaves + _LEVELS]).log2(),
        )

    def at(self, points: torch.Tensor) -> "ResolutionModels":
        """The models of the operating points of a batch, on its device."""
        tensors = {k: v[points.cpu()].to(points.device) for k, v in vars(self).items()
                   if isinstance(v, torch.Tensor)}
        return ResolutionModels(**(vars(self) | tensors))

    def choose(self, latents: torch.Tensor, rounds: int = ROUNDS) -> torch.Tensor:
        """Symbols of latents in steps, [batch, rows, columns, channels], of models `at` the batch's
        points."""
        batch, rows, columns, channels = latents.shape
        around = torch.as_tensor(_neighbours(rows, columns), device=latents.device)
        values = latents.reshape(batch, rows * columns, channels)
        sizes = values.abs().clamp(max=_LARGEST_SYMBOL)
        nearest = sizes.round()
        order = torch.arange(1, channels + 1, device=values.device)
        rest = (nearest.gt(0) * order).amax(-1, keepdim=True) - order
        ends = torch.tensor(_REST_ENDS, device=values.device)
        classes = torch.bucketize(rest.clamp(min=0), ends, right=True) * _LEVELS
        has_neighbours = torch.arange(rows * columns, device=values.device).gt(0)[:, None]

        kept = final = nearest
        for _ in range(rounds):
            logs = _log_magnitudes(final)
            weighed = sum(
                logs[:, around[:, index]] * self.neighbour_weights[:, index : index + 1]
                for index in range(6)
            ) + (logs[:, around[:, 0]] + logs[:, around[:, 1]]) @ self.surrounding_weights
            expected = self.biases + has_neighbours * weighed
            expected += _log_magnitudes(kept) @ self.patch_weights
            before, last = final, kept
            kept, final = self._choices(sizes, nearest, expected, classes, order)
            if torch.equal(before, final) and torch.equal(last, kept):
                break
        return (final * values.sign()).reshape(latents.shape)

    def _choices(
        self, sizes: torch.Tensor, nearest: torch.Tensor, expected: torch.Tensor,
        classes: torch.Tensor, order: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Magnitudes before and after the last one of each patch had to be worth its flags."""
        ends = torch.tensor(_LEVEL_ENDS, device=sizes.device)
        levels = torch.bucketize(expected.clamp(min=0) + 64, ends, right=True) - 1
        flags = classes + levels

        def looked_up(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
            return table.gather(1, index.flatten(1)).view_as(index)

        ones, zeros = looked_up(self.one_bits, levels), looked_up(self.zero_bits, flags)
        nonzeros = looked_up(self.nonzero_bits, flags)
        larger = 0.5 + self.dead_zone + self.rate_weight
        threshold = 0.5 + self.dead_zone + self.rate_weight * (nonzeros - zeros + ones) / 2
        threshold = torch.where(nearest > 1, larger, threshold.clamp(0.5, 1.5))
        is_plain = order <= self.predicted
        is_lowered = (nearest > 0) & ~is_plain & (sizes - (nearest - 1) < threshold)
        kept = nearest - is_lowered.float()

        # The last symbol and the one before it, by number from 1 on; 0 for none.
        is_coded = kept.gt(0) & ~is_plain
        last = (is_coded * order).amax(-1, keepdim=True)
        is_last = is_coded & (order == last)
        before = (is_coded * order * (order != last)).amax(-1, keepdim=True)
        between = (order > before) & (order < last) & ~is_plain
        bits = (
            (zeros * between).sum(-1, keepdim=True)
            + (ones * is_last).sum(-1, keepdim=True)
            + (nonzeros * (order == before)).sum(-1, keepdim=True)
        )
        is_useless = 2 * sizes - 1 < self.rate_weight * bits + 2 * self.dead_zone
        is_useless &= is_last & (kept == 1) & (sizes < 1.5)
        return kept, kept * ~is_useless

    def dequantize(self, symbols: torch.Tensor) -> torch.Tensor:
        """Latents in steps of symbols [batch, rows, columns, channels]: each the mean of those
        that round to it."""
        one, more = self.centroids[:, None, None].unbind(-1)
        sizes = symbols.abs()
        offsets = torch.where(sizes == 0, 0.0, torch.where(sizes == 1, one, more))
        return symbols.sign() * (sizes + offsets)
