"""How a codec is trained, as its `codec.json` records it: `TrainingRecipe` in Swift."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from .errors import TrainError

UNSCALED = (1.0, 1.0)
"""Factors of pictures that are taken as they are."""


@dataclass(frozen=True)
class NetworkShape:
    """Sizes of the layers of a synthesis network."""

    levels: int
    """Levels of the packets that it works on."""
    width: int
    """Channels between blocks."""
    hidden: int
    """Channels within a block between its pointwise layers."""
    blocks: int
    quality_nodes: int
    """Qualities, evenly spread over 0...100, at which gains and offsets are learned."""


@dataclass(frozen=True)
class Recipe:
    """What a training needs to know beside the codec that it starts from."""

    network: NetworkShape
    trains_analysis: bool
    """Whether the projection moves, and the linear synthesis with it, or the network alone."""
    is_for_eye: bool
    """Whether the network is for pictures tuned for the eye, or for the least squared error."""
    prefix_share: float
    """The share of crops of which only a first part of the channels is decoded."""
    steps: int
    crops: int
    """Crops of a step, those of all processes together."""
    side: int
    """Side of a crop in samples."""
    rate: float
    """Highest learning rate."""
    warm_up: int
    """Steps in which the learning rate rises to it."""
    largest_norm: float
    """Longer gradients are scaled to this length."""
    scale: tuple[float, float]
    """Factors by which pictures are scaled down at random: the least and the largest."""
    held_out: int
    """One of so many pictures is held out for validation."""
    seed: int
    description: dict
    """The `codec.json`, as it was read, with the changes."""


class Fields:
    """Reads the fields of a JSON object and refuses impossible ones by name."""

    def __init__(self, path: Path, values, prefix: str = ""):
        if not isinstance(values, dict):
            raise TrainError(f"{path}: {prefix.rstrip('.') or 'it'} is no JSON object")
        self.path, self.values, self.prefix = path, values, prefix

    def refuse(self, field: str) -> TrainError:
        value = self.values.get(field, "missing")
        return TrainError(f"{self.path}: field {self.prefix}{field} cannot be {value}")

    def inner(self, field: str) -> "Fields":
        return Fields(self.path, self.values.get(field), f"{self.prefix}{field}.")

    def number(self, field: str, low, high, default=None, kind=int):
        """A number low...high, written as one or as text; `default` where it is missing."""
        value = self.values.get(field, default)
        try:
            number = kind(value)
            is_rounded = isinstance(value, float) and number != value
            if isinstance(value, bool) or is_rounded or not low <= number <= high:
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise self.refuse(field) from None
        return number

    def factors(self, field: str) -> tuple[float, float]:
        """Factors within 0.1...1 such as "0.5...0.8", or one for all; 1 where they are missing."""
        value = self.values.get(field, "1")
        try:
            bounds = [float(part) for part in value.split("...")]
            low, high = bounds[0], bounds[-1]
            if len(bounds) > 2 or not 0.1 <= low <= high <= 1:
                raise ValueError
        except (AttributeError, ValueError):
            raise self.refuse(field) from None
        return low, high

    def choice(self, field: str, choices: tuple[str, ...]) -> str:
        """One of the texts; the first where it is missing."""
        if (value := self.values.get(field, choices[0])) not in choices:
            raise self.refuse(field)
        return value


def read_json(path: Path) -> dict:
    """The object in a JSON file."""
    try:
        return Fields(path, json.loads(path.read_bytes())).values
    except OSError as error:
        raise TrainError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise TrainError(f"{path}: it is no JSON: {error}") from None


def read_recipe(path: Path, **changes: int | str | None) -> Recipe:
    """Reads and checks the recipe in a `codec.json`, with other values in its field `training`
    where they are not None."""
    description = read_json(path)
    fields = Fields(path, description)
    fields.number("version", 1, 1)
    levels = fields.number("levels", 0, 6)
    network = fields.inner("network")
    training = fields.inner("training")
    training.values.update({name: str(n) for name, n in changes.items() if n is not None})
    recipe = Recipe(
        network=NetworkShape(
            levels=network.number("levels", 0, levels),
            width=network.number("width", 8, 1024),
            hidden=network.number("hidden", 1, 4096),
            blocks=network.number("blocks", 0, 16),
            quality_nodes=network.number("qualityNodes", 1, 101),
        ),
        trains_analysis=training.choice("train", ("network", "analysis")) == "analysis",
        is_for_eye=training.choice("tuning", ("psnr", "eye")) == "eye",
        prefix_share=training.number("prefixes", 0, 1, 0.0, float),
        steps=training.number("steps", 1, 100_000_000, 20_000),
        crops=training.number("crops", 1, 4096, 4),
        side=training.number("side", 1 << levels, 4096, 256),
        rate=training.number("rate", 0, 1, 2e-3, float),
        warm_up=training.number("warmUp", 0, 1_000_000, 200),
        largest_norm=training.number("largestNorm", 1e-6, 1e6, 1.0, float),
        scale=training.factors("scale"),
        held_out=training.number("heldOut", 2, 1_000_000, 23),
        seed=training.number("seed", 0, (1 << 64) - 1, 1),
        description=description,
    )
    if recipe.network.width % 8:
        raise network.refuse("width")
    if recipe.side % (1 << levels):
        raise training.refuse("side")
    if recipe.trains_analysis and recipe.prefix_share > 0:
        raise training.refuse("prefixes")
    if recipe.trains_analysis and recipe.is_for_eye:
        raise training.refuse("tuning")
    if recipe.trains_analysis and description.get("pyramidLevels"):
        raise fields.refuse("pyramidLevels")
    return recipe


def learning_rate(recipe: Recipe, step: int, share: float) -> float:
    """The learning rate at a step: half a cosine down to nothing, after a linear warm-up.

    `share` is how much of the training is done, 0...1.
    """
    warm = min((step + 1) / max(recipe.warm_up, 1), 1)
    return recipe.rate * warm * 0.5 * (1 + math.cos(math.pi * min(share, 1)))
