"""A guess at the bits that symbols cost, which can be differentiated: `RateModel` in Swift."""

import torch
from torch import nn
from torch.nn import functional

# Patches before a patch in a window of 5 x 5, as (down, across), in the order of a page.
_WINDOW = [(d, a) for d in (-2, -1, 0) for a in range(-2, 3) if d < 0 or a < 0]
_NORTH, _WEST = 7, 11
# Added to every probability, as an escape code would be.
_ESCAPE = 1e-6


def magnitude(values: torch.Tensor) -> torch.Tensor:
    """|x|, whose derivative at 0 is that on its right: symbols often lie there exactly."""
    return torch.where(values < 0, -values, values)


def causal_window(values: torch.Tensor) -> torch.Tensor:
    """For each patch [batch, rows, columns, channels] the channels of the twelve before it, zeros
    outside the grid."""
    rows, columns = values.shape[1:3]
    padded = functional.pad(values, (0, 0, 2, 2, 2, 0))
    return torch.cat(
        [padded[:, 2 + d : 2 + d + rows, 2 + a : 2 + a + columns] for d, a in _WINDOW], dim=-1
    )


def laplace_bits(
    values: torch.Tensor, means: torch.Tensor, log_scales: torch.Tensor
) -> torch.Tensor:
    """Bits that numbers cost as integers of Laplace distributions (J. Balle, V. Laparra, E.
    Simoncelli, "End-to-end optimized image compression", 2017). Scales are binary logarithms;
    beyond -8...12 they count as the end of this range, with derivatives as if they did not."""
    log_scales = log_scales + (log_scales.clamp(-8, 12) - log_scales).detach()
    # 1 / (scale ln 2), so that powers of 2 serve.
    rate = torch.exp2(-log_scales) * 1.44269504
    distance = magnitude(values - means)
    upper, lower = distance + 0.5, distance - 0.5
    upper_tail = torch.exp2((-upper * rate).clamp(min=-126)) * 0.5
    lower_tail = torch.exp2((-magnitude(lower) * rate).clamp(min=-126)) * 0.5
    inside = 1 - upper_tail - lower_tail
    return -torch.log2(torch.where(lower < 0, inside, lower_tail - upper_tail) + _ESCAPE)


class RateModel(nn.Module):
    """Each symbol has a Laplace distribution whose mean is linear in the symbols of twelve patches
    before it, the logarithm of its scale in their magnitudes' logarithms, those of the channels
    before it in its own patch, and that of the step."""

    def __init__(self, channels: int):
        super().__init__()
        self.means = nn.Parameter(torch.zeros(channels, len(_WINDOW) * channels))
        self.scales = nn.Parameter(torch.zeros(channels, len(_WINDOW) * channels))
        self.before = nn.Parameter(torch.zeros(channels, channels))
        self.step = nn.Parameter(torch.zeros(channels, 2))

    @torch.no_grad()
    def start(self, deviations: torch.Tensor) -> None:
        """Each channel as in the patches to the north and west, of the scale of its deviation."""
        channels = len(deviations)
        each = torch.arange(channels)
        for neighbour in (_NORTH, _WEST):
            # Low frequencies, which come first, vary slowly.
            self.means[each[:4], neighbour * channels + each[:4]] = 0.45
            self.scales[each, neighbour * channels + each] = 0.2
        self.step[:, 0] = -0.6
        self.step[:, 1] = 0.6 * deviations.log2() - 1

    def forward(self, symbols: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
        """The bits of each picture. Shape [batch].

        `symbols` have shape [batch, patch rows, patch columns, channels].
        """
        logs = torch.log2(magnitude(symbols) + 1)
        means = functional.linear(causal_window(symbols), self.means)
        scales = (
            functional.linear(causal_window(logs), self.scales)
            + functional.linear(logs, self.before.tril(-1))
            + (steps.log2()[:, None] * self.step[:, 0] + self.step[:, 1])[:, None, None]
        )
        return laplace_bits(symbols, means, scales).sum(dim=(1, 2, 3))
