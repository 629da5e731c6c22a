"""The codec that a training starts from."""

from pathlib import Path

import torch
from torch import nn

from . import pyramid
from .packets import from_patches, to_patches
from .recipe import Fields, read_json
from .symbols import ROUNDS, ResolutionModels
from .weights import Weights

EYE_WIDENING = 1.8
"""How much coarser the steps for the eye are at quality 0 than those of the codec."""


class Codec(nn.Module):
    """Matrices, quantiser and entropy model of a picture codec, which stay as they are."""

    def __init__(self, folder: Path, is_for_eye: bool = False):
        """Reads `codec.json` and `weights.safetensors` of a folder.

        `is_for_eye` makes it the codec of pictures tuned for the eye: its latents have the weights
        of their channels, and its patches steps that follow what they hide.
        """
        super().__init__()
        self.rounds = ROUNDS
        """How often symbols are chosen by one another."""
        self.path = folder / "codec.json"
        fields = Fields(self.path, read_json(self.path))
        self.planes = fields.number("planes", 1, 1024)
        self.levels = fields.number("levels", 0, 6)
        self.dimension = self.planes << 2 * self.levels
        self.channels = fields.number("channels", 1, self.dimension)
        self.pyramid_levels = fields.number("pyramidLevels", 0, 6, 0)
        self.dead_zone = fields.number("deadZone", 0, 0.5, kind=float)
        steps = fields.inner("steps")
        self.finest = steps.number("finest", 1e-9, 1e9, kind=float)
        self.coarsest = steps.number("coarsest", self.finest, 1e9, kind=float)
        self.weights = Weights(folder / "weights.safetensors")
        shape = (self.channels, self.dimension)
        self.register_buffer("projection", self.weights.get("projection", *shape))
        self.register_buffer("synthesis", self.weights.get("synthesis", *shape))
        self.widening = 1.0
        """How much coarser steps are at quality 0 than those of the codec."""
        self.grey_unit = None
        """Grey levels for each unit of the first latent, where patches have steps of their own."""
        if is_for_eye:
            self._tune(self.weights.get("eye", self.channels))
        qualities = fields.values.get("qualities")
        is_list = isinstance(qualities, list) and len(qualities) > 0
        if not is_list or not all(
            type(quality) in (int, float) and 0 <= quality <= 100 for quality in qualities
        ):
            raise fields.refuse("qualities")
        self.register_buffer("qualities", torch.tensor(qualities, dtype=torch.float32))
        self._predicted = fields.number("predicted", 0, 64)
        self._rate_weight = fields.number("rateWeight", 0, 1, kind=float)
        self._models: list[ResolutionModels] | None = None

    def _tune(self, weights: torch.Tensor) -> None:
        # Not in place: the file's own stay as they are.
        self.projection = self.projection * weights[:, None]
        self.synthesis = self.synthesis / weights[:, None]
        self.widening = EYE_WIDENING
        if self.pyramid_levels:
            # What a flat patch has in the lowest band of each plane, for each grey level.
            lowest = self.projection[0, :: 4**self.levels]
            self.grey_unit = 1 / max(float(lowest.sum().abs()) * 2**self.levels, 1e-3)

    @property
    def fixed(self) -> dict:
        """What a recipe must have in common with the codec, by its names in `codec.json`."""
        return {
            "planes": self.planes,
            "levels": self.levels,
            "channels": self.channels,
            "pyramidLevels": self.pyramid_levels,
            "steps": {"coarsest": self.coarsest, "finest": self.finest},
            "deadZone": self.dead_zone,
            "rateWeight": self._rate_weight,
        }

    @property
    def models(self) -> list[ResolutionModels]:
        """The entropy models of each resolution, coarsest first; read where they are wanted."""
        if self._models is None:
            levels = self.pyramid_levels
            counts = [self.planes * (3 if index else 4) for index in range(levels)]
            counts += [self.channels - (self.planes if levels else 0)]
            self._models = [
                ResolutionModels.read(
                    self.weights,
                    [
                        f"anchors.{point}." + (f"planes.{index}." if index < levels else "")
                        for point in range(len(self.qualities))
                    ],
                    count,
                    self._predicted if index == 0 else 0,
                    self.dead_zone,
                    self._rate_weight,
                ).to(self.projection.device)
                for index, count in enumerate(counts)
                if count > 0
            ]
        return self._models

    def steps(self, qualities: torch.Tensor) -> torch.Tensor:
        """Quantiser steps at qualities 0...100: equal ratios for equal differences."""
        coarsest = self.coarsest * self.widening
        # At the standard quality, 60, they are those of the codec.
        finest = self.finest * self.widening ** (1 - 100 / 60)
        return (coarsest * (finest / coarsest) ** (qualities.double() / 100)).float()

    def symbols(
        self, grid: torch.Tensor, qualities: torch.Tensor, channels: torch.Tensor
    ) -> list[tuple[ResolutionModels, torch.Tensor]]:
        """What the encoder makes of a grid of bands: symbols of each resolution, and its models at
        these qualities. Of each picture the first `channels` channels are kept."""
        kept = torch.arange(self.channels, device=grid.device) < channels[:, None, None, None]
        latents = (to_patches(grid, self.levels) @ self.projection.T) * kept
        inverse = 1 / self.steps(qualities)[:, None, None, None]
        points = (qualities[:, None] - self.qualities).abs().argmin(dim=1)
        resolutions = pyramid.split(latents, self.planes, self.pyramid_levels)
        chosen = [models.at(points) for models in self.models]
        symbols: list[tuple[ResolutionModels, torch.Tensor]] = []
        for models, values in zip(chosen, resolutions):
            if self.grey_unit and len(symbols) == self.pyramid_levels:
                values = values / self._masking(symbols, qualities, *latents.shape[1:3])
            symbols.append((models, models.choose(values * inverse, self.rounds)))
        return symbols

    def _masking(self, symbols, qualities, rows: int, columns: int) -> torch.Tensor:
        """By how much steps of patches are coarser, by the symbols of their lowest band."""
        steps = self.steps(qualities)[:, None, None, None]
        coarse = [m.dequantize(values) * steps for m, values in symbols[: self.pyramid_levels]]
        lowest = pyramid.merge(coarse, self.planes, self.pyramid_levels, rows, columns)
        return pyramid.masking(lowest[..., 0], self.grey_unit)[..., None]

    @torch.no_grad()
    def decoded(
        self, grid: torch.Tensor, qualities: torch.Tensor, channels: torch.Tensor
    ) -> torch.Tensor:
        """The bands of the linear synthesis of what the encoder made of a grid of bands."""
        steps = self.steps(qualities)[:, None, None, None]
        rows, columns = (count >> self.levels for count in grid.shape[-2:])
        symbols = self.symbols(grid, qualities, channels)
        resolutions = [models.dequantize(values) * steps for models, values in symbols]
        if self.grey_unit and len(resolutions) > self.pyramid_levels:
            resolutions[-1] = resolutions[-1] * self._masking(symbols, qualities, rows, columns)
        latents = pyramid.merge(resolutions, self.planes, self.pyramid_levels, rows, columns)
        return from_patches(latents @ self.synthesis, self.levels)
