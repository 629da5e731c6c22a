"""One folder with all that a training needs on a machine without network."""

import io
import json
import shutil
from pathlib import Path

import safetensors
import tqdm
from PIL import Image

from .crops import SCALES
from .errors import TrainError
from .generator import SeededGenerator
from .pictures import PACKED, VALIDATION_SCALE, is_held_out, list_pictures, read_picture, scaled
from .recipe import Recipe

LARGEST = 60_000_000
"""Bytes of all files together, at most."""
_QUALITY = 98
"""Of JPEG without subsampling: 46 dB on average, above what the codec is trained for."""
_SCRIPT = """#!/bin/sh
# Trains for eight minutes; run it again to go on. Further options are those of
# python3 -m learned_codec.train, such as --steps 40000, --crops 64 and --present.
cd "$(dirname "$0")"
exec python3 -m learned_codec.train --recipe codec/codec.json --data crops --out run --resume \\
  --pause-after 8 "$@"
"""


def _jpeg(samples) -> bytes:
    """Samples [planes, height, width] of 0...255 as a file."""
    integers = (samples.clip(0, 255) + 0.5).astype("uint8").transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(integers.squeeze()).save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()


def _crop(samples, side: int, generator: SeededGenerator):
    """A square of a picture at a random scale, larger than the recipe's crops where the picture has
    that, so that they are cut from many places; None where it is too small."""
    shorter = min(samples.shape[1:])
    if side > shorter * SCALES[1]:
        return None
    picture = scaled(samples, generator.double(max(SCALES[0], side / shorter), SCALES[1]))
    span = min(side * 3 // 2, *picture.shape[1:])
    left = generator.below(picture.shape[2] - span + 1)
    top = generator.below(picture.shape[1] - span + 1)
    return picture[:, top : top + span, left : left + span]


def pack(recipe: Recipe, recipe_folder: Path, data: Path, folder: Path) -> None:
    """Writes code, recipe, weights, a script that trains, and photographs as crops until the
    folder is full, or each photograph has given eight."""
    names = list_pictures(data)
    if folder.exists():
        raise TrainError(f"{folder}: it exists")
    (folder / "codec").mkdir(parents=True)
    for name in ("codec.json", "weights.safetensors"):
        shutil.copy(recipe_folder / name, folder / "codec")
    # Machines with PyTorch have NumPy and Pillow, but not always these.
    ignored = shutil.ignore_patterns("__pycache__")
    for module in (
        Path(__file__).parents[1],
        *(Path(m.__file__).parent for m in (safetensors, tqdm)),
    ):
        shutil.copytree(module, folder / module.name, ignore=ignored)
    script = folder / "train.sh"
    script.write_text(_SCRIPT)
    script.chmod(0o755)

    crops = folder / "crops"
    crops.mkdir()
    held_out = []
    left = LARGEST - sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) - 100_000
    bar = tqdm.tqdm(total=left, unit="B", unit_scale=True)

    def write(name: str, samples) -> bool:
        nonlocal left
        file = _jpeg(samples)
        if len(file) > left:
            return False
        (crops / name).write_bytes(file)
        left -= len(file)
        bar.update(len(file))
        return True

    count = 0
    for turn in range(8):
        for index, name in enumerate(names):
            is_held = is_held_out(index, recipe)
            if is_held and turn > 0 or (samples := read_picture(data / name)) is None:
                continue
            file = f"{index:05}-{turn}.jpg"
            if is_held:
                held_out.append(file)
                is_written = write(file, scaled(samples, VALIDATION_SCALE))
            else:
                generator = SeededGenerator(recipe.seed + turn * len(names) + index)
                crop = _crop(samples, recipe.side, generator)
                is_written = crop is None or write(file, crop)
            if not is_written:
                break
            count += 1
        if not is_written:
            break
    bar.close()
    (crops / PACKED).write_text(json.dumps({"version": 1, "heldOut": held_out}, indent=1) + "\n")
    print(f"{folder}: {count} crops of {len(names)} photographs; train.sh trains there")
