"""Tensors in files."""

import os
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from .errors import TrainError


class Weights:
    """The tensors of a safetensors file."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.tensors = load_file(path)
        except (OSError, SafetensorError) as error:
            raise TrainError(f"{path}: {error}") from None

    def get(self, name: str, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """The tensor of a name, whose type and shape, -1 for any size, and numbers are checked."""
        if (tensor := self.tensors.get(name)) is None:
            raise TrainError(f"{self.path}: tensor {name} is missing")
        if tensor.dtype != dtype:
            raise TrainError(f"{self.path}: tensor {name} is of {tensor.dtype}, not {dtype}")
        same = len(tensor.shape) == len(shape)
        if not same or any(s not in (-1, t) for s, t in zip(shape, tensor.shape)):
            raise TrainError(
                f"{self.path}: tensor {name} has shape {list(tensor.shape)}, not {list(shape)}"
            )
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise TrainError(f"{self.path}: some numbers of tensor {name} are not finite")
        return tensor

    def load_into(self, parameters: dict[str, torch.Tensor], prefix: str = "") -> None:
        """Overwrites parameters with the tensors of their names, `prefix` before them."""
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(self.get(prefix + name, *parameter.shape))


def save_weights(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """Writes a file that takes its name when it is complete."""
    partial = path.with_name(path.name + ".next")
    partial.write_bytes(save({name: t.detach().cpu().contiguous() for name, t in tensors.items()}))
    os.replace(partial, path)
