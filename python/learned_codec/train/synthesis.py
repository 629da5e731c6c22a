"""The synthesis network: `SynthesisNetwork` in Swift, with the same names and shapes of weights."""

import torch
from torch import nn
from torch.nn import functional

from .generator import SeededGenerator
from .recipe import NetworkShape


class Input(nn.Module):
    def __init__(self, dimension: int, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width, dimension))
        self.bias = nn.Parameter(torch.zeros(1, width))


class Block(nn.Module):
    """A residual block: a depthwise 3 x 3 convolution, a gain and an offset that depend on the
    quality, and two pointwise layers."""

    def __init__(self, shape: NetworkShape):
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(9, shape.width))
        self.gain = nn.Parameter(torch.ones(shape.quality_nodes, shape.width))
        self.offset = nn.Parameter(torch.zeros(shape.quality_nodes, shape.width))
        self.expand = nn.Parameter(torch.zeros(shape.hidden, shape.width))
        self.reduce = nn.Parameter(torch.zeros(shape.width, shape.hidden))

    def forward(self, values: torch.Tensor, mixture: torch.Tensor) -> torch.Tensor:
        width = values.shape[-1]
        # Pictures with their channels last, which is how they lie in memory.
        kernel = self.kernel.T.reshape(width, 1, 3, 3)
        spread = functional.conv2d(values.permute(0, 3, 1, 2), kernel, padding=1, groups=width)
        spread = spread.permute(0, 2, 3, 1)
        gain, offset = ((mixture @ table)[:, None, None] for table in (self.gain, self.offset))
        hidden = functional.hardswish(functional.linear(spread * gain + offset, self.expand))
        return values + functional.linear(hidden, self.reduce)


class Output(nn.Module):
    def __init__(self, shape: NetworkShape, dimension: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(shape.quality_nodes, shape.width))
        self.weight = nn.Parameter(torch.zeros(dimension, shape.width))


class SynthesisNetwork(nn.Module):
    """Predicts what the linear synthesis leaves out from that synthesis."""

    def __init__(self, shape: NetworkShape, planes: int):
        super().__init__()
        self.shape = shape
        self.dimension = planes << 2 * shape.levels
        # Standard deviations of the bands of pictures: no gradient moves them.
        self.deviations = nn.Parameter(torch.ones(1, self.dimension), requires_grad=False)
        self.input = Input(self.dimension, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.output = Output(shape, self.dimension)

    @torch.no_grad()
    def start(self, deviations: torch.Tensor, generator: SeededGenerator) -> None:
        """Random inner layers and an output of zero, so that the network changes nothing."""

        def randomize(weight: nn.Parameter, inputs: int) -> None:
            # Uniform with the variance 1 / inputs keeps the size of what passes through.
            bound = float(torch.tensor(3 / inputs).sqrt())
            values = generator.floats(weight.numel(), -bound, bound)
            weight.copy_(torch.from_numpy(values).view_as(weight))

        self.deviations.copy_(deviations.view(1, -1))
        randomize(self.input.weight, self.dimension)
        for block in self.blocks:
            randomize(block.kernel, 9)
            randomize(block.expand, self.shape.width)
            # Small enough that many blocks together do not grow what passes by.
            randomize(block.reduce, self.shape.hidden * self.shape.blocks)

    def forward(
        self, bands: torch.Tensor, qualities: torch.Tensor, steps: torch.Tensor
    ) -> torch.Tensor:
        """The difference to add to the bands of the linear synthesis.

        `bands` and the result have shape [batch, patch rows, patch columns, dimension]; qualities
        of 0...100 and quantiser steps are those of each picture.
        """
        steps = steps[:, None, None, None]
        mixture = self.mixture(qualities)
        # Units of the geometric mean of step and deviation: both a change by a step and the whole
        # range of a band are of moderate size.
        scaled = bands / (steps * self.deviations + steps * steps / 12).sqrt()
        values = functional.linear(scaled, self.input.weight, self.input.bias[0])
        for block in self.blocks:
            values = block(values, mixture)
        gain = (mixture @ self.output.gain)[:, None, None]
        return functional.linear(values * gain, self.output.weight) * steps

    def mixture(self, qualities: torch.Tensor) -> torch.Tensor:
        """How much each quality node counts, by linear interpolation. Shape [batch, nodes]."""
        nodes = torch.arange(self.shape.quality_nodes, device=qualities.device)
        positions = qualities[:, None] / 100 * (len(nodes) - 1)
        return (1 - (positions - nodes).abs()).clamp(min=0)
