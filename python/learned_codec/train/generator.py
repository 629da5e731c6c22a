"""Random numbers that are those of the Swift trainer."""

import numpy as np

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


class SeededGenerator:
    """SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
    2014), and what Swift's standard library makes of it: integers by the method of D. Lemire
    ("Fast random integer generation in an interval", 2019), floats from 24 or 53 bits."""

    def __init__(self, seed: int):
        self._state = seed & _MASK

    def words(self, count: int) -> np.ndarray:
        """The next `count` words of 64 random bits."""
        with np.errstate(over="ignore"):
            steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
            mixed = np.uint64(self._state) + steps
            mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        self._state = (self._state + count * _GOLDEN) & _MASK
        return mixed ^ mixed >> np.uint64(31)

    def below(self, bound: int) -> int:
        """An integer 0..<bound."""
        while True:
            product = int(self.words(1)[0]) * bound
            if product & _MASK >= (1 << 64) % bound:
                return product >> 64

    def double(self, low: float, high: float) -> float:
        """A double low...high."""
        significand = self.below((1 << 53) + 1)
        return high if significand == 1 << 53 else (high - low) * (significand * 2.0**-53) + low

    def unit(self) -> np.float32:
        """A single-precision number 0..<1."""
        return np.float32(int(self.words(1)[0]) & 0xFFFFFF) * np.float32(2.0**-24)

    def floats(self, count: int, low: float, high: float) -> np.ndarray:
        """Single-precision numbers low...high. Shape [count]."""
        bound, found = np.uint64((1 << 24) + 1), []
        while count > 0:
            products = (self.words(count) & np.uint64(0xFFFFFFFF)) * bound
            # As many again as the method refuses, one of 256.
            kept = products[(products & np.uint64(0xFFFFFFFF)) >= np.uint64((1 << 24) - 255)]
            found.append(kept >> np.uint64(32))
            count -= len(kept)
        low, high = np.float32(low), np.float32(high)
        units = np.concatenate(found).astype(np.float32) * np.float32(2.0**-24)
        return np.where(units == 1, high, (high - low) * units + low)
