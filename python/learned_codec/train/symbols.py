"""The encoder's choice of symbols, and what a decoder makes of them.

`SymbolChoice` in Swift goes from patch to patch and from channel to channel, for what a symbol
costs depends on the symbols chosen before it. Here all are chosen at once, again and again, by the
choices of the round before: what depends on earlier symbols alone can only settle in one way, and
does so in a few rounds. All sums are of integers below 2^24, so that single precision has them
exactly.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .errors import TrainError
from .weights import Weights

# `ContextLayout`: levels of an expected magnitude, classes of the channels left, and where the
# frozen probabilities of octaves begin behind those of flags.
_LEVELS = 128
_OCTAVES = 8 * _LEVELS
_LARGEST_SYMBOL = (1 << 20) - 1

ROUNDS = 3
"""Rounds of choices in training: one symbol in ten thousand then differs from the encoder's, and
after twelve none."""


def _log_magnitudes(magnitudes: torch.Tensor) -> torch.Tensor:
    """Magnitudes as the model sees them: 2 log2(1 + m), rounded down."""
    # The exponent of the square, which no rounding of it changes.
    squares = (magnitudes + 1).square()
    return ((squares.view(torch.int32) >> 23) - 127).float()


def _levels(expected: torch.Tensor) -> torch.Tensor:
    """Levels of expected magnitudes in units of 2^-11 octaves: four an octave of it below 1, eight
    a unit above."""
    values = expected.clamp(min=0) * 2 + 4
    # The exponent of a float and its two leading digits count quarters of octaves.
    below = (values.view(torch.int32) >> 21) - (127 + 2) * 4
    above = (values * 2**-9).int() + (40 - 8)
    return torch.where(values < 1 << 12, below, above.clamp(max=_LEVELS - 1))


@functools.cache
def _neighbours(rows: int, columns: int, device: torch.device) -> torch.Tensor:
    """For each patch of a grid the west, north, north-west, north-east, second west and second
    north one, or what stands for them at a border. Shape [6, patches]."""
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
    return torch.as_tensor(result.reshape(-1, 6).T.copy(), device=device)


def _looked_up(tables: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """Entries of a table for each picture, [batch, entries], at [batch, patches, channels]."""
    first = torch.arange(len(tables), device=indices.device, dtype=torch.int32) * tables.shape[1]
    return tables.flatten()[indices + first[:, None, None]]


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
    """[points, 1, channels], in units of 2^-11 octaves; all weights in 2^-10."""
    neighbour_weights: torch.Tensor
    """[points, 6, channels]"""
    patch_weights: torch.Tensor
    """[points, channels, channels]: earlier channel, later channel."""
    surrounding_weights: torch.Tensor
    """The same of the patches to the west and north."""
    thresholds: torch.Tensor
    """[points, 8 * levels]: fraction of a step above which a magnitude of 1 is kept, by how much
    of the patch is left and by the expected magnitude."""
    zero_bits: torch.Tensor
    """[points, 8 * levels]: bits of the flag of a zero."""
    nonzero_bits: torch.Tensor
    """[points, 8 * levels]: bits of the flag of another symbol."""
    one_bits: torch.Tensor
    """[points, levels]: bits of a sign and of the magnitude 1."""

    @classmethod
    def read(
        cls,
        weights: Weights,
        prefixes: list[str],
        channels: int,
        predicted: int,
        dead_zone: float,
        rate_weight: float,
    ) -> "ResolutionModels":
        """The models whose tensors have names that begin with each of the prefixes."""

        def stacked(name: str, *shape: int, dtype: torch.dtype = torch.int16) -> torch.Tensor:
            return torch.stack(
                [weights.get(p + name, *shape, dtype=dtype) for p in prefixes]
            ).float()

        frozen = stacked("frozen", -1)
        if frozen.shape[1] < _OCTAVES + _LEVELS:
            raise TrainError(f"{weights.path}: tensor {prefixes[0]}frozen is too short")
        shares = (frozen / 65536 + 0.5).clamp(0.001, 0.999)
        zero = shares[:, :_OCTAVES]
        zero_bits, nonzero_bits = -zero.log2(), -(1 - zero).log2()
        one_bits = 1 - (1 - shares[:, _OCTAVES : _OCTAVES + _LEVELS]).log2()
        bits = nonzero_bits - zero_bits + one_bits.repeat(1, 8)
        square = (channels, channels)
        around = "surroundingWeights"
        return cls(
            predicted=predicted,
            dead_zone=dead_zone,
            rate_weight=rate_weight,
            centroids=stacked("centroids", channels, 2, dtype=torch.float32),
            biases=stacked("biases", channels)[:, None],
            neighbour_weights=stacked("neighbourWeights", 6, channels),
            patch_weights=stacked("patchWeights", *square).triu(1),
            surrounding_weights=(
                stacked(around, *square)
                if prefixes[0] + around in weights.tensors
                else torch.zeros(len(prefixes), *square)
            ),
            thresholds=(0.5 + dead_zone + rate_weight * bits / 2).clamp(0.5, 1.5),
            zero_bits=zero_bits,
            nonzero_bits=nonzero_bits,
            one_bits=one_bits,
        )

    def _with(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "ResolutionModels":
        tensors = {k: change(v) for k, v in vars(self).items() if isinstance(v, torch.Tensor)}
        return ResolutionModels(**(vars(self) | tensors))

    def to(self, device: torch.device) -> "ResolutionModels":
        """The models on a device."""
        return self._with(lambda tensor: tensor.to(device))

    def at(self, points: torch.Tensor) -> "ResolutionModels":
        """The models at the operating point of each picture of a batch."""
        return self._with(lambda tensor: tensor[points])

    def choose(self, latents: torch.Tensor, rounds: int) -> torch.Tensor:
        """Symbols of latents in steps, [batch, rows, columns, channels], of models `at` the batch's
        points."""
        batch, rows, columns, channels = latents.shape
        around = _neighbours(rows, columns, latents.device)
        values = latents.reshape(batch, rows * columns, channels)
        sizes = values.abs().clamp(max=_LARGEST_SYMBOL)
        nearest = sizes.round()
        order = torch.arange(1, channels + 1, device=values.device, dtype=torch.int32)
        rest = (nearest.gt(0) * order).amax(-1, keepdim=True) - order
        # The bits of a number of channels, at most 7.
        classes = torch.frexp(rest.clamp(min=0).float()).exponent.clamp(max=7) * _LEVELS
        # A magnitude can only be lowered within this fraction of a step, and not where it is plain.
        larger = 0.5 + self.dead_zone + self.rate_weight
        fraction = torch.where(order > self.predicted, sizes - (nearest - 1), 2.0)

        kept = final = nearest
        for _ in range(rounds):
            logs = _log_magnitudes(final)
            expected = (logs[:, around[0]] + logs[:, around[1]]) @ self.surrounding_weights
            for index, neighbours in enumerate(around):
                expected.addcmul_(logs[:, neighbours], self.neighbour_weights[:, index, None])
            # The first patch has no neighbours.
            expected[:, 0] = 0
            own = logs if kept is final else _log_magnitudes(kept)
            flags = classes + _levels(expected.add_(self.biases).baddbmm_(own, self.patch_weights))
            threshold = torch.where(nearest > 1, larger, _looked_up(self.thresholds, flags))
            kept = torch.where(fraction < threshold, nearest - 1, nearest).clamp_(min=0)
            final = self._without_useless(kept, sizes, flags, order)
        return (final * values.sign()).view(latents.shape)

    def _without_useless(
        self, kept: torch.Tensor, sizes: torch.Tensor, flags: torch.Tensor, order: torch.Tensor
    ) -> torch.Tensor:
        """Magnitudes where the last one of each patch is 0 if it costs more than it is worth
        together with the flags before it."""
        # The last symbol and the one before it, by number from 1 on; 0 for none.
        coded = kept.gt(0) * order
        coded[..., : self.predicted] = 0
        last = coded.amax(-1, keepdim=True)
        is_last = coded == last
        before = coded.masked_fill_(is_last, 0).amax(-1, keepdim=True)
        between = (order > before.clamp(min=self.predicted)) & (order < last)
        at_last, at_before = (last - 1).clamp(min=0).long(), (before - 1).clamp(min=0).long()
        level = flags.gather(-1, at_last) & _LEVELS - 1
        bits = (_looked_up(self.zero_bits, flags) * between).sum(-1, keepdim=True)
        bits += _looked_up(self.one_bits, level)
        bits += _looked_up(self.nonzero_bits, flags.gather(-1, at_before)) * (before > 0)
        size = sizes.gather(-1, at_last)
        is_useless = (last > 0) & (kept.gather(-1, at_last) == 1) & (size < 1.5)
        is_useless &= 2 * size - 1 < self.rate_weight * bits + 2 * self.dead_zone
        return kept.masked_fill(is_useless & is_last, 0)

    def dequantize(self, symbols: torch.Tensor) -> torch.Tensor:
        """Latents in steps of symbols [batch, rows, columns, channels]: each the mean of those
        that round to it."""
        one, more = self.centroids[:, None, None].unbind(-1)
        sizes = symbols.abs()
        offsets = torch.where(sizes == 0, 0.0, torch.where(sizes == 1, one, more))
        return symbols.sign() * (sizes + offsets)
