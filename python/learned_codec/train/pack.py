"""One folder with all that a training needs on a machine without network."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import safetensors
import tqdm
from PIL import Image

from .codec import Codec
from .errors import TrainError
from .generator import SeededGenerator
from .pictures import (
    PACKED,
    is_held_out,
    list_pictures,
    read_picture,
    scaled,
    validation_scale,
)
from .recipe import UNSCALED, Recipe

LARGEST = 60_000_000
"""Bytes of all files together, at most."""
_QUALITY = 98
"""Of JPEG without subsampling: 46 dB on average, above what the codec is trained for."""
_TURNS = 8
"""Crops of a photograph, at most."""
_SCRIPT = """#!/bin/sh
# Trains for eight minutes; run it again to go on. Further options are those of
# python3 -m learned_codec.train, such as --steps 40000, --crops 64 and --present.
cd "$(dirname "$0")"
exec python3 -m learned_codec.train --recipe codec/codec.json --data crops --out run --resume \\
  --pause-after 8 "$@"
"""


def _jpeg(samples: np.ndarray) -> bytes:
    """Samples [planes, height, width] of 0...255 as a file."""
    integers = (samples.clip(0, 255) + 0.5).astype("uint8").transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(integers.squeeze()).save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()


def _crop(
    samples: np.ndarray, side: int, factors: tuple[float, float], generator: SeededGenerator
) -> np.ndarray | None:
    """A square of a picture at a random scale, larger than the recipe's crops where the picture has
    that, so that they are cut from many places; None where it is too small."""
    shorter = min(samples.shape[1:])
    if side > shorter * factors[1]:
        return None
    picture = samples
    if factors != UNSCALED:
        picture = scaled(samples, generator.double(max(factors[0], side / shorter), factors[1]))
    span = min(side * 3 // 2, *picture.shape[1:])
    left = generator.below(picture.shape[2] - span + 1)
    top = generator.below(picture.shape[1] - span + 1)
    return picture[:, top : top + span, left : left + span]


def _parts(recipe: Recipe, planes: int, data: Path) -> Iterator[tuple[str, np.ndarray, bool]]:
    """Names and samples of what the photographs give, in turns and in a random order, and whether
    it is held out: then it is the whole photograph, once."""
    names = list_pictures(data)
    for turn in range(_TURNS):
        for index in np.random.default_rng(recipe.seed).permutation(len(names)):
            is_held = is_held_out(index, recipe)
            if is_held and turn > 0:
                continue
            if (samples := read_picture(data / names[index], planes)) is None:
                continue
            generator = SeededGenerator(recipe.seed + turn * len(names) + int(index))
            part = (
                scaled(samples, validation_scale(recipe))
                if is_held
                else _crop(samples, recipe.side, recipe.scale, generator)
            )
            if part is not None:
                yield f"{index:05}-{turn}.jpg", part, is_held


def pack(recipe: Recipe, recipe_folder: Path, data: Path, folder: Path) -> None:
    """Writes code, recipe, weights, a script that trains, and photographs as crops until the
    folder is full or there are no more."""
    if folder.exists():
        raise TrainError(f"{folder}: it exists")
    # What is wrong with them is to be known here, and not where there is no network.
    codec = Codec(recipe_folder)
    _ = codec.models
    list_pictures(data)
    try:
        _fill(recipe, recipe_folder, codec.planes, data, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _fill(recipe: Recipe, recipe_folder: Path, planes: int, data: Path, folder: Path) -> None:
    (folder / "codec").mkdir(parents=True)
    shutil.copy(recipe_folder / "weights.safetensors", folder / "codec")
    (folder / "codec" / "codec.json").write_text(json.dumps(recipe.description, indent=2) + "\n")
    # Machines with PyTorch have NumPy and Pillow, but not always the other two.
    modules = [Path(__file__).parents[1], *(Path(m.__file__).parent for m in (safetensors, tqdm))]
    for module in modules:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(module, folder / module.name, ignore=ignored)
    script = folder / "train.sh"
    script.write_text(_SCRIPT)
    script.chmod(0o755)

    crops = folder / "crops"
    crops.mkdir()
    held_out, count = [], 0
    left = LARGEST - sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) - 100_000
    with tqdm.tqdm(total=left, unit="B", unit_scale=True) as bar:
        for name, samples, is_held in _parts(recipe, planes, data):
            file = _jpeg(samples)
            if bar.n + len(file) > left:
                break
            (crops / name).write_bytes(file)
            held_out += [name] if is_held else []
            count += 1
            bar.update(len(file))
    if count == len(held_out):
        raise TrainError(f"{data}: no picture is large enough for crops of side {recipe.side}")
    (crops / PACKED).write_text(json.dumps({"version": 1, "heldOut": held_out}, indent=1) + "\n")
    print(f"{folder}: {count} crops, {len(held_out)} of them held out; train.sh trains there")
