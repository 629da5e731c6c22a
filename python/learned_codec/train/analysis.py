"""The part of a training in which the projection moves: `AnalysisTraining` in Swift."""

import torch
from torch import nn
from torch.nn import functional

from .codec import Codec
from .packets import from_patches, to_patches
from .rate import RateModel

# The worth of a bit in squared steps: by a bit more, a fine quantiser would bring its error of
# 1/12 to a quarter, and the slope of 2^(-2 bits) / 12 is 2 ln 2 / 12.
WORTH_OF_BIT = 0.1155


def rounded(values: torch.Tensor, dead_zone: float, centroid: float = 0) -> torch.Tensor:
    """Numbers quantised to integers; derivatives pass as if they had not been."""
    integers = (values.abs() - dead_zone).round()
    sizes = torch.where(integers < 0.5, 0.0, integers + centroid)
    return values + (sizes * values.sign() - values).detach()


class AnalysisTraining(nn.Module):
    """Projection, linear synthesis and a model of the rate."""

    def __init__(self, codec: Codec):
        super().__init__()
        self.levels, self.dead_zone = codec.levels, codec.dead_zone
        self.analysis = nn.Parameter(codec.projection.clone())
        self.synthesis = nn.Parameter(codec.synthesis.T.contiguous())
        self.rate = RateModel(codec.channels)

    def forward(
        self,
        grid: torch.Tensor,
        steps: torch.Tensor,
        noise: torch.Tensor | None,
        noisy: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Bands after quantisation and linear synthesis, and the bits of each picture.

        Pictures of `noisy` get `noise`, [batch, patches, channels], in place of rounding.
        """
        unit = steps[:, None, None, None]
        exact = functional.linear(to_patches(grid, self.levels) / unit, self.analysis)
        symbols = rounded(exact, self.dead_zone)
        # Where latents are spread evenly, the mean of those that round to a symbol.
        decoded = rounded(exact, self.dead_zone, self.dead_zone)
        if noise is not None:
            spread = exact + noise.view_as(exact)
            is_noisy = noisy[:, None, None, None]
            symbols = torch.where(is_noisy, spread, symbols)
            decoded = torch.where(is_noisy, spread, decoded)
        bands = functional.linear(decoded, self.synthesis) * unit
        return from_patches(bands, self.levels), self.rate(symbols, steps)
