"""A training on disk: `TrainingRun` in Swift, with the same folder.

`fit/` is the codec it starts from, `codec.json` its recipe, `checkpoint.safetensors` what it goes
on from, `weights.safetensors` what it has learned so far, by the names of a codec's own file;
`log.csv` and `loss.svg` what was found.
"""

import copy
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from .codec import Codec
from .crops import Crops, CropSource, loader
from .errors import TrainError
from .log import Log, write_whole
from .model import REPORT, SynthesisTraining
from .optimiser import Optimiser
from .pictures import read_pictures
from .processes import Processes
from .recipe import Recipe, learning_rate
from .weights import save_weights

VALIDATED_QUALITIES = (0.0, 25.0, 50.0, 75.0, 100.0)
_LOGGED = 100
"""Steps between entries of the log."""
_VALIDATED = 1000
"""Steps between validations."""
_LONGEST_UNSAVED = 180
"""Seconds between checkpoints at most."""


class TrainingRun:
    """The state of a training and where it is kept."""

    def __init__(
        self,
        recipe: Recipe,
        recipe_folder: Path,
        data: Path,
        folder: Path,
        processes: Processes,
        *,
        resume: bool = False,
        present: bool = False,
        precision: str = "float32",
        compiled: bool = False,
        workers: int = 0,
    ):
        """Starts from the codec beside the recipe, or goes on with the training in `folder`.

        `present` begins with that codec's network in place of an untrained one.
        """
        if recipe.crops % processes.world:
            raise TrainError(
                f"{recipe.crops} crops of a step are not for {processes.world} processes"
            )
        self.recipe, self.folder, self.processes = recipe, folder, processes
        fit = folder / "fit"
        if folder.exists() and not folder.is_dir():
            raise TrainError(f"{folder}: it is no folder")
        self.codec = Codec(
            fit if resume and fit.exists() else recipe_folder, is_for_eye=recipe.is_for_eye
        )
        for field, value in self.codec.fixed.items():
            missing = 0 if field == "pyramidLevels" else value
            if recipe.description.get(field, missing) != value:
                raise TrainError(
                    f"the recipe in {recipe_folder}: field {field} differs from that of "
                    f"{self.codec.path}"
                )
        pictures = read_pictures(data, recipe, self.codec.planes)
        source = CropSource(pictures, recipe.side, recipe.scale)
        model = SynthesisTraining(self.codec, recipe)
        checkpoint = folder / "checkpoint.safetensors"
        is_resumed = resume and checkpoint.exists()
        if not is_resumed:
            model.start(source)
            if present:
                model.load_network(recipe_folder / "weights.safetensors")
        self.model = model.to(processes.device)
        if model.analysis is None:
            # What is wrong with them is to be known before the first step.
            _ = self.codec.models
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        self.optimiser = Optimiser(
            self.model.parameters_by_name(), self.average.parameters_by_name()
        )
        if is_resumed:
            self.optimiser.load(checkpoint)
        self.model.mixed_precision = precision == "bfloat16"
        self.parallel = self.model
        if compiled:
            self.model.network.compile()
        if processes.world > 1:
            self.parallel = DistributedDataParallel(self.model)
        is_cuda = processes.device.type == "cuda"
        patch_side = 1 << self.codec.levels
        self.crops = Crops(source, recipe, self.codec.channels, patch_side)
        self.batches = loader(
            self.crops, self.optimiser.steps, processes.rank, processes.world, workers, is_cuda
        )
        self.held_out = []
        for picture in pictures.held_out:
            rows, columns = (count // patch_side * patch_side for count in picture.shape[1:])
            if rows and columns:
                self.held_out.append(torch.from_numpy(picture[None, :, :rows, :columns]))
        self.log = Log(folder, self.optimiser.steps)
        if processes.is_first:
            folder.mkdir(parents=True, exist_ok=True)
            self._keep_start(fit, recipe_folder)

    def _keep_start(self, fit: Path, recipe_folder: Path) -> None:
        """Copies the codec that the training starts from, complete before it takes its name."""
        if not fit.exists():
            partial = self.folder / "fit.next"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            for name in ("codec.json", "weights.safetensors"):
                shutil.copy(recipe_folder / name, partial)
            os.replace(partial, fit)

    @property
    def picture_count(self) -> int:
        """Pictures that crops are cut from."""
        return len(self.crops.source.pictures)

    def run(
        self,
        share: Callable[[int], float],
        is_stopped: Callable[[], bool],
        bar: tqdm | None = None,
    ) -> bool:
        """Trains until `share` of the steps made is 1, or until `is_stopped` in any process, and
        saves its state then. Returns whether it was stopped."""
        sums = torch.zeros(len(REPORT), device=self.processes.device)
        count, start, saved = 0, time.monotonic(), time.monotonic()
        while True:
            done, stopped = self.processes.agreed(share(self.optimiser.steps), is_stopped())
            if bar is not None:
                bar.update(min(done, 1) - bar.n)
            if done >= 1 or stopped:
                break
            sums += self._step(learning_rate(self.recipe, self.optimiser.steps, done))
            count += 1
            is_due = time.monotonic() - saved > _LONGEST_UNSAVED
            if is_due:
                self._save()
                saved = time.monotonic()
            if self.optimiser.steps % _LOGGED:
                continue
            seconds = (time.monotonic() - start) / count
            means = self.processes.summed(sums / (count * self.processes.world))
            held_out = []
            if self.optimiser.steps % _VALIDATED == 0 and self.held_out:
                held_out = self._validate()
            self._note(means, seconds, held_out, bar)
            if held_out and not is_due:
                self._save()
                saved = time.monotonic()
            sums.zero_()
            count, start = 0, time.monotonic()
        self._save()
        return stopped

    def _step(self, rate: float) -> torch.Tensor:
        """One step; the sum of the reports of this process's crops, divided by their number."""
        batch = {
            name: value.to(self.processes.device, non_blocking=True)
            for name, value in next(self.batches).items()
        }
        report = self.parallel(**batch).mean(dim=1)
        report[0].backward()
        self.optimiser.step(rate, self.recipe.largest_norm)
        return report.detach()

    @torch.no_grad()
    def _validate(self) -> list[dict[str, float]]:
        """Means over the pictures held out at each validated quality, by the average weights."""
        sums = torch.zeros(len(VALIDATED_QUALITIES), len(REPORT))
        channels = torch.tensor([self.codec.channels], device=self.processes.device)
        for picture in self.held_out[self.processes.rank :: self.processes.world]:
            image = picture.to(self.processes.device)
            for index, quality in enumerate(VALIDATED_QUALITIES):
                quality = torch.tensor([quality], device=image.device)
                sums[index] += self.average(image, quality, channels)[:, 0].cpu()
        means = self.processes.summed(sums) / len(self.held_out)
        return [dict(zip(REPORT, report.tolist())) for report in means]

    def _note(self, means, seconds: float, held_out: list[dict], bar: tqdm | None) -> None:
        if not self.processes.is_first:
            return
        means = dict(zip(REPORT, means.tolist()))
        self.log.add(self.optimiser.steps, means, seconds, held_out)
        gain = means["psnr"] - means["linear"]
        text = (
            f"step {self.optimiser.steps}: loss {means['loss']:.4f}, {means['psnr']:.2f} dB, "
            f"{gain:.3f} dB above linear, {1 / seconds:.2f} steps/s"
        )
        if held_out:
            gains = [report["psnr"] - report["linear"] for report in held_out]
            text += f", held out {sum(gains) / len(gains):.3f} dB"
        if bar is not None:
            bar.write(text)

    def _save(self) -> None:
        if not self.processes.is_first:
            return
        if not all(weight.isfinite().all() for weight in self.average.codec_tensors().values()):
            raise TrainError(
                f"{self.folder}: the weights are no longer finite; those saved last are kept"
            )
        made = {"steps": str(self.optimiser.steps)}
        description = self.recipe.description
        description = description | {"training": description["training"] | made}
        self.optimiser.save(self.folder / "checkpoint.safetensors")
        save_weights(self.average.codec_tensors(), self.folder / "weights.safetensors")
        write_whole(self.folder / "codec.json", json.dumps(description, indent=2) + "\n")
        self.log.draw()
