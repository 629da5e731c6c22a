"""What is trained, and its loss: `SynthesisTraining` in Swift."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from .analysis import WORTH_OF_BIT, AnalysisTraining
from .codec import Codec
from .crops import CropSource
from .generator import SeededGenerator
from .packets import (
    analyze,
    band_gains,
    from_patches,
    regroup,
    split,
    synthesize,
    to_patches,
)
from .recipe import Recipe
from .structure import luma, structural_difference
from .synthesis import SynthesisNetwork
from .weights import Weights

# Errors below these are as good as none.
LEAST_ERROR, LEAST_DIFFERENCE = 0.05, 1e-5

EYE_NETWORK = "eye.network."
"""What names of tensors of a codec's network for the eye begin with."""

REPORT = ("loss", "linear", "psnr", "bits_per_pixel")
"""What is known of each picture after a forward pass: what training makes small; PSNR of the
linear synthesis and with the network in dB, for a peak of 255; bits of a pixel by the rate model."""


def _decibels(error: torch.Tensor) -> torch.Tensor:
    return 10 * torch.log10(65025 / error.clamp(min=1e-3))


def _deviations(values: torch.Tensor) -> torch.Tensor:
    """Standard deviations over all axes but the last one."""
    variances = values.double().flatten(0, -2).var(dim=0, correction=0)
    return variances.clamp(min=1e-6).sqrt().float()


class SynthesisTraining(nn.Module):
    """The network, and the analysis where it moves, in front of a codec that stays as it is."""

    def __init__(self, codec: Codec, recipe: Recipe):
        super().__init__()
        self.codec, self.recipe = codec, recipe
        self.network = SynthesisNetwork(recipe.network, codec.planes)
        self.analysis = AnalysisTraining(codec) if recipe.trains_analysis else None
        self.mixed_precision = False
        """Whether the network computes in bfloat16; all else stays in single precision."""
        gains = np.tile(band_gains(recipe.network.levels), codec.planes)
        self.register_buffer("gains", torch.tensor(gains, dtype=torch.float32))

    def start(self, source: CropSource) -> None:
        """Untrained weights, which depend on the recipe's seed and the pictures alone."""
        generator = SeededGenerator(self.recipe.seed)
        crops = torch.stack([torch.from_numpy(source.crop(generator)) for _ in range(100)])
        bands = self._bands(crops, self.recipe.network.levels)
        self.network.start(_deviations(bands), SeededGenerator(self.recipe.seed))
        if self.analysis is not None:
            latents = self._bands(crops, self.codec.levels) @ self.codec.projection.T
            self.analysis.rate.start(_deviations(latents))

    @staticmethod
    def _bands(image: torch.Tensor, levels: int) -> torch.Tensor:
        return to_patches(analyze(image, levels), levels)

    def parameters_by_name(self) -> dict[str, nn.Parameter]:
        """The weights by the names of checkpoints."""
        named = dict(self.network.named_parameters())
        if self.analysis is not None:
            named |= self.analysis.named_parameters()
        return named

    def codec_tensors(self) -> dict[str, torch.Tensor]:
        """What has changed of a codec's `weights.safetensors`, by its names."""
        tensors = {f"network.{name}": p for name, p in self.network.named_parameters()}
        moved = self.analysis
        # Those of the codec as they are in its file, without the weights for the eye.
        kept = self.codec.weights.tensors
        tensors["projection"] = kept["projection"] if moved is None else moved.analysis
        tensors["synthesis"] = kept["synthesis"] if moved is None else moved.synthesis.T
        return tensors

    def load_network(self, path: Path) -> None:
        """Takes the network of a codec's `weights.safetensors`; for the eye its own, if there is."""
        weights = Weights(path)
        has_own = self.recipe.is_for_eye and EYE_NETWORK + "deviations" in weights.tensors
        prefix = EYE_NETWORK if has_own else "network."
        weights.load_into(dict(self.network.named_parameters()), prefix)

    def forward(
        self,
        image: torch.Tensor,
        quality: torch.Tensor,
        channels: torch.Tensor,
        noise: torch.Tensor | None = None,
        noisy: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Codes pictures of whole patches. Shape [len(REPORT), batch].

        Args:
            image: [batch, planes, height, width], samples 0...255.
            quality: [batch], 0...100.
            channels: [batch], how many are decoded.
            noise: [batch, patches, channels], in place of rounding where the analysis moves.
            noisy: [batch], which pictures get it.
        """
        codec, levels = self.codec, self.recipe.network.levels
        steps = codec.steps(quality)
        own = analyze(image, levels)
        grid = split(own, codec.levels, levels)
        bits = torch.zeros_like(quality)
        if self.analysis is None:
            decoded = codec.decoded(grid, quality, channels)
        else:
            decoded, bits = self.analysis(grid, steps, noise, noisy)
        linear = to_patches(regroup(decoded, codec.levels, levels), levels)
        target = to_patches(own, levels)
        count = target[0].numel()

        def mean_error(bands: torch.Tensor) -> torch.Tensor:
            """Squared error of the samples of each picture, by that of the network's bands."""
            return ((bands - target).square() * self.gains).sum(dim=(1, 2, 3)) / count

        linear_error = mean_error(linear.detach())
        with torch.autocast(image.device.type, torch.bfloat16, enabled=self.mixed_precision):
            correction = self.network(linear, quality, steps)
        synthesis = linear + correction.float()
        error = mean_error(synthesis)
        if self.recipe.is_for_eye:
            loss = self._share_left(error, linear_error, synthesis, linear.detach(), image)
        else:
            # Between equal weight for every picture, as a mean of PSNRs has it, and for every
            # quality: the error of the linear synthesis goes about with the power 1.25 of the step.
            weight = 1 / (linear_error.clamp(min=0.01).sqrt() * steps**0.63)
            loss = weight * (error + bits * (WORTH_OF_BIT / count) * steps.square())
        pixels = image.shape[-2] * image.shape[-1]
        report = (loss, _decibels(linear_error), _decibels(error), bits / pixels)
        return torch.stack([loss, *(part.detach() for part in report[1:])])

    def _share_left(
        self,
        error: torch.Tensor,
        linear_error: torch.Tensor,
        synthesis: torch.Tensor,
        linear: torch.Tensor,
        image: torch.Tensor,
    ) -> torch.Tensor:
        """What the network leaves of the linear synthesis's squared error and of its structural
        difference, as shares of them with equal weight, for each picture."""
        levels, original = self.recipe.network.levels, luma(image)

        def difference(bands: torch.Tensor) -> torch.Tensor:
            pixels = synthesize(from_patches(bands, levels), levels, *image.shape[-2:])
            return structural_difference(luma(pixels), original)

        with torch.no_grad():
            linear_difference = difference(linear)
        return 0.5 * (
            error / (linear_error + LEAST_ERROR)
            + difference(synthesis) / (linear_difference + LEAST_DIFFERENCE)
        )
