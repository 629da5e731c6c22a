"""What the tests have in common. Without the requirements of `[train]` each skips by its name."""

import importlib
import importlib.util
import os
from pathlib import Path

import pytest

# Small products are faster on one thread, above all on a busy machine.
os.environ["OMP_NUM_THREADS"] = "1"

ROOT = Path(__file__).parents[2]
MISSING = [
    name for name in ("torch", "PIL", "safetensors", "tqdm") if not importlib.util.find_spec(name)
]


def pytest_collection_modifyitems(items):
    if MISSING:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(MISSING)}"))


def imported(name: str):
    """A module, or None where what the tests need is not installed and they are all skipped."""
    return None if MISSING else importlib.import_module(name)
