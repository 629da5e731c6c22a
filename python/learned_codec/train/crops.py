"""Random crops, drawn alike by both trainers."""

from collections.abc import Iterator

import numpy as np
from torch.utils.data import DataLoader, Dataset

from .errors import TrainError
from .generator import SeededGenerator
from .pictures import Pictures, downscaled
from .recipe import UNSCALED, Recipe

# Seeds of crops that follow one another differ by this.
_SEED_STEP = 0x9E3779B9
# The share of crops that get noise in place of rounding, where the analysis moves.
_NOISY_SHARE = 0.3
# Numbers of channels that are codecs of their own.
_PREFIXES = (12, 24, 48, 96)


class CropSource:
    """Pictures that crops are cut from: `CropSource` in Swift."""

    def __init__(self, pictures: Pictures, side: int, scale: tuple[float, float] = UNSCALED):
        """`scale`: the factors by which pictures are scaled down, where they are not already."""
        self.scale = UNSCALED if pictures.are_scaled else scale
        smallest = side / self.scale[1]
        self.pictures = [p for p in pictures.trained if min(p.shape[1:]) >= smallest]
        if not self.pictures:
            count, shortest = len(pictures.trained), int(np.ceil(smallest))
            raise TrainError(f"none of {count} pictures has {shortest} rows and columns for a crop")
        self.side = side

    def crop(self, generator: SeededGenerator) -> np.ndarray:
        """A random square at a random scale, in one of eight orientations: float32, shape
        [planes, side, side], samples 0...255."""
        picture = self.pictures[generator.below(len(self.pictures))]
        shorter = min(picture.shape[1:])
        span = self.side
        if self.scale != UNSCALED:
            scale = generator.double(max(self.scale[0], self.side / shorter), self.scale[1])
            span = min(int(np.ceil(self.side / scale)), shorter)
        left = generator.below(picture.shape[2] - span + 1)
        top = generator.below(picture.shape[1] - span + 1)
        square = picture[:, top : top + span, left : left + span]
        crop = downscaled(square, self.side, self.side)
        orientation = generator.below(8)
        if orientation & 4:
            crop = crop.transpose(0, 2, 1)
        if orientation & 2:
            crop = crop[:, ::-1]
        if orientation & 1:
            crop = crop[:, :, ::-1]
        return np.ascontiguousarray(crop)


class Crops(Dataset):
    """The crops of a whole training by their number, with all that is random about them: crop
    `n` depends on the seed and on `n` alone."""

    def __init__(self, source: CropSource, recipe: Recipe, channels: int, patch_side: int):
        self.source, self.recipe, self.channels = source, recipe, channels
        self.patches = (recipe.side // patch_side) ** 2

    def __getitem__(self, number: int) -> dict:
        generator = SeededGenerator(self.recipe.seed + number * _SEED_STEP)
        quality = np.floor(generator.double(0, 100) * 256 + 0.5) / 256
        example = {
            "image": self.source.crop(generator),
            "quality": np.float32(quality),
            "channels": self.channels,
        }
        if self.recipe.trains_analysis:
            shape = (self.patches, self.channels)
            example["noisy"] = bool(generator.unit() < np.float32(_NOISY_SHARE))
            example["noise"] = (
                generator.floats(self.patches * self.channels, -0.5, 0.5).reshape(shape)
                if example["noisy"]
                else np.zeros(shape, np.float32)
            )
        if self.recipe.prefix_share > 0 and generator.unit() < np.float32(self.recipe.prefix_share):
            prefixes = [prefix for prefix in _PREFIXES if prefix < self.channels]
            if prefixes:
                example["channels"] = prefixes[generator.below(len(prefixes))]
        return example


def loader(crops: Crops, start: int, rank: int, world: int, workers: int, pinned: bool) -> Iterator:
    """The batches of one of `world` processes from step `start` on; those of all together are the
    recipe's crops of the step."""
    own = crops.recipe.crops // world

    def numbers():
        step = start
        while True:
            first = step * crops.recipe.crops + rank * own
            yield list(range(first, first + own))
            step += 1

    return iter(
        DataLoader(
            crops,
            batch_sampler=numbers(),
            num_workers=workers,
            pin_memory=pinned,
            prefetch_factor=4 if workers else None,
            # Forked, they share the pictures.
            multiprocessing_context="fork" if workers else None,
        )
    )
