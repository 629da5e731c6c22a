"""Photographs to train on."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .errors import TrainError
from .recipe import Recipe, read_json

_EXTENSIONS = {".png", ".jpg", ".jpeg", ".ppm", ".pgm", ".pnm"}
# Held-out pictures that are looked at, as in Swift.
_VALIDATION_PICTURES = 12

PACKED = "crops.json"
"""A folder with this file was made by `--pack`: its pictures are scaled already, and it says
which are held out."""


@dataclass
class Pictures:
    """Pictures in memory, each uint8 of shape [planes, height, width]."""

    trained: list[np.ndarray]
    held_out: list[np.ndarray]
    """As validation takes them: scaled down, float32."""
    are_scaled: bool
    """Whether crops are taken as they are."""


def list_pictures(folder: Path) -> list[str]:
    """Paths below a folder, in the order of the Swift trainer, without hidden ones."""
    if not folder.is_dir():
        raise TrainError(f"{folder}: it is no folder")
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            os.path.relpath(os.path.join(where, name), folder)
            for name in names
            if not name.startswith(".")
            and os.path.splitext(name)[1].lower() in _EXTENSIONS
            # Pipes may never end.
            and os.path.isfile(os.path.join(where, name))
        ]
    if not found:
        raise TrainError(f"{folder}: there are no pictures in it")
    return sorted(found)


def is_held_out(index: int, recipe: Recipe) -> bool:
    """Whether the picture of this place in the order is held out."""
    return index % recipe.held_out == recipe.held_out // 3


def read_picture(path: Path, planes: int) -> np.ndarray | None:
    """Samples of a picture of 8 bits without alpha, [planes, height, width]; None with a word
    about it for a file that cannot be used."""
    try:
        with Image.open(path) as image:
            if image.mode in ("RGBA", "P"):
                image = image.convert("RGB")
            if image.mode not in ("L", "RGB"):
                raise ValueError(f"it is of mode {image.mode}, neither grey nor RGB of 8 bits")
            if len(image.getbands()) != planes:
                raise ValueError(f"it has {len(image.getbands())} channels, not {planes}")
            samples = np.asarray(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        print(f"left out: {path}: {error}", file=sys.stderr)
        return None
    return np.ascontiguousarray(np.atleast_3d(samples).transpose(2, 0, 1))


def downscaled(samples: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Samples [planes, height, width] at another size, float32: a cubic kernel (R. Keys, 1981,
    a = -1/2) stretched to the new sampling distance."""
    size = (columns, rows)
    planes = [Image.fromarray(plane.astype(np.float32)) for plane in samples]
    return np.stack([np.asarray(plane.resize(size, Image.Resampling.BICUBIC)) for plane in planes])


def validation_scale(recipe: Recipe) -> float:
    """The scale of held-out pictures: the middle of those of crops, as in Swift."""
    return sum(recipe.scale) / 2


def scaled(samples: np.ndarray, scale: float) -> np.ndarray:
    """Samples at `scale` of their size."""
    rows, columns = (max(1, int(count * scale + 0.5)) for count in samples.shape[1:])
    return downscaled(samples, rows, columns)


def read_pictures(folder: Path, recipe: Recipe, planes: int) -> Pictures:
    """Reads all pictures of so many planes below a folder."""
    names = list_pictures(folder)
    packed = folder / PACKED
    if packed.exists():
        held_out = read_json(packed).get("heldOut")
        if not isinstance(held_out, list):
            raise TrainError(f"{packed}: field heldOut is no list")
        are_held_out = [name in held_out for name in names]
    else:
        are_held_out = [is_held_out(index, recipe) for index in range(len(names))]
    pictures = Pictures([], [], are_scaled=packed.exists())
    with ThreadPoolExecutor() as pool:
        for samples, is_held in zip(
            pool.map(lambda name: read_picture(folder / name, planes), names), are_held_out
        ):
            if samples is None:
                continue
            if not is_held:
                pictures.trained.append(samples)
            elif len(pictures.held_out) < _VALIDATION_PICTURES:
                scale = 1 if pictures.are_scaled else validation_scale(recipe)
                pictures.held_out.append(scaled(samples, scale))
    return pictures
