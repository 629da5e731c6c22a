"""Adam and the moving average of the weights: `Adam` in Swift, with the same checkpoints."""

from pathlib import Path

import torch
from torch import nn

from .errors import TrainError
from .weights import Weights, save_weights

# Decay of the average: about the last thousand steps.
_AVERAGE_DECAY = 0.999
# The means of the rate model have large inputs and move slowly.
_RATE_FACTORS = {"rate.means": 0.1}


class Optimiser:
    """Adam (D. Kingma and J. Ba, 2015) with gradient clipping, over parameters by name, and an
    exponential moving average of them, which is what a trained codec uses."""

    def __init__(self, parameters: dict[str, nn.Parameter], average: dict[str, nn.Parameter]):
        self.parameters, self.average = parameters, average
        self.steps = 0
        self._adam = torch.optim.Adam(
            [
                {"params": [parameter], "factor": _RATE_FACTORS.get(name, 1.0)}
                for name, parameter in parameters.items()
                if parameter.requires_grad
            ]
        )

    def step(self, rate: float, largest_norm: float) -> None:
        """One step against the gradients of the parameters. One that is not finite counts as a
        step and changes nothing."""
        self.steps += 1
        moved = [group["params"][0] for group in self._adam.param_groups]
        norm = nn.utils.clip_grad_norm_(moved, largest_norm)
        if norm.isfinite():
            for group in self._adam.param_groups:
                group["lr"] = rate * group["factor"]
                # Also after steps that changed nothing.
                if state := self._adam.state.get(group["params"][0]):
                    state["step"].fill_(self.steps - 1)
            self._adam.step()
            # Early on the average follows faster, so that it forgets the random start.
            keep = min(_AVERAGE_DECAY, self.steps / (self.steps + 10))
            with torch.no_grad():
                for name, parameter in self.parameters.items():
                    self.average[name].lerp_(parameter, 1 - keep)
        self._adam.zero_grad()

    def save(self, path: Path) -> None:
        """Writes all that a training goes on from, as the Swift trainer reads it too."""
        tensors = {"steps": torch.tensor([self.steps], dtype=torch.uint32)}
        for name, parameter in self.parameters.items():
            state = self._adam.state.get(parameter, {})
            tensors["weights." + name] = parameter
            tensors["average." + name] = self.average[name]
            tensors["first." + name] = state.get("exp_avg", torch.zeros_like(parameter))
            tensors["second." + name] = state.get("exp_avg_sq", torch.zeros_like(parameter))
        save_weights(tensors, path)

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint, of either trainer."""
        file = Weights(path)
        file.load_into(self.parameters, "weights.")
        file.load_into(self.average, "average.")
        self.steps = int(file.get("steps", 1, dtype=torch.uint32)[0])
        for name, parameter in self.parameters.items():
            second = file.get("second." + name, *parameter.shape)
            if (second < 0).any():
                raise TrainError(f"{path}: some numbers of tensor second.{name} are negative")
            if parameter.requires_grad:
                self._adam.state[parameter] = {
                    "step": torch.tensor(float(self.steps)),
                    "exp_avg": file.get("first." + name, *parameter.shape).to(parameter.device),
                    "exp_avg_sq": second.to(parameter.device),
                }
