"""The processes of a training, as `torchrun` starts them; or one alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed

from .errors import TrainError


@dataclass(frozen=True)
class Processes:
    """One process among all."""

    rank: int
    world: int
    device: torch.device
    control: object = None
    """A group for small numbers on the processor, so that no accelerator waits for them."""

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def agreed(self, share: float, is_stopped: bool) -> tuple[float, bool]:
        """The first process's share of the training, and whether any process is to stop."""
        if self.world == 1:
            return share, is_stopped
        numbers = torch.tensor([share if self.is_first else -1.0, float(is_stopped)])
        distributed.all_reduce(numbers, distributed.ReduceOp.MAX, self.control)
        return float(numbers[0]), bool(numbers[1])

    def summed(self, numbers: torch.Tensor) -> torch.Tensor:
        """The sum of the numbers of all processes."""
        numbers = numbers.cpu()
        if self.world > 1:
            distributed.all_reduce(numbers, group=self.control)
        return numbers


def processor_count() -> int:
    """Cores that this process may use."""
    can_tell = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if can_tell else os.cpu_count() or 1


@contextmanager
def joined(device: str | None) -> Iterator[Processes]:
    """Joins the processes that `torchrun` has started: nccl between GPUs, else gloo."""
    local = int(os.environ.get("LOCAL_RANK", "0"))
    name = device or ("cuda" if torch.cuda.is_available() else "cpu")
    chosen = torch.device(f"cuda:{local}" if name == "cuda" else name)
    if chosen.type == "cuda":
        if local >= torch.cuda.device_count():
            raise TrainError(
                f"there are {torch.cuda.device_count()} GPUs, and none of number {local}"
            )
        torch.cuda.set_device(chosen)
    if "WORLD_SIZE" not in os.environ:
        yield Processes(0, 1, chosen)
        return
    distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        control = distributed.new_group(backend="gloo")
        yield Processes(distributed.get_rank(), distributed.get_world_size(), chosen, control)
    finally:
        distributed.destroy_process_group()
