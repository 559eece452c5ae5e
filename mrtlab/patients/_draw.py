"""Random parameters that are the same on every machine: named streams, inverse distribution functions, rounding."""

from __future__ import annotations

import hashlib
import math
import random
from statistics import NormalDist

import numpy as np

__all__ = ["CUT", "Stream", "image_generator"]

_NORMAL = NormalDist()
CUT = 3.0  # standard deviations: a virtual patient is ordinary, not one in a thousand
_DIGITS = 4


def _number(*parts) -> int:
    message = b"".join(len(part).to_bytes(4, "big") + part for part in (str(item).encode("utf-8") for item in parts))
    return int.from_bytes(hashlib.sha256(message).digest(), "big")


def rounded(value: float) -> float:
    """To four significant figures, so that a last bit of a mathematical library never reaches anything."""
    return float(f"{value:.{_DIGITS - 1}e}")


class Stream:
    """Draws for one purpose; a change to another purpose leaves them as they were."""

    def __init__(self, *purpose):
        self._random = random.Random(_number("parameters", *purpose))

    def normal(self, low: float = -CUT, high: float = CUT) -> float:
        """A standard normal number between two limits."""
        first, last = _NORMAL.cdf(low), _NORMAL.cdf(high)
        return _NORMAL.inv_cdf(first + self._random.random() * (last - first))

    def lognormal(self, median_gsd, low: float = 0.0, high: float = math.inf) -> float:
        """A log-normal number, cut at three standard deviations and at two limits, in proportion."""
        return rounded(at(median_gsd, self.normal(*between(median_gsd, low, high))))

    def pair(self, first, second, correlation: float, second_below: float) -> tuple[float, float]:
        """Two log-normal numbers with correlated logarithms; the second below a limit."""
        z = self.normal(*between(second, 0.0, second_below))
        other = correlation * z + math.sqrt(1 - correlation**2) * self.normal()
        return rounded(at(first, other)), rounded(at(second, z))

    def uniform(self, low: float, high: float) -> float:
        """Between two limits."""
        return rounded(low + self._random.random() * (high - low))

    def one_of(self, choices):
        """One of a list."""
        return choices[int(self._random.random() * len(choices))]


def at(median_gsd, z: float) -> float:
    """The value of a log-normal distribution so many standard deviations from its median."""
    median, gsd = median_gsd
    return median * math.exp(math.log(gsd) * z)


def between(median_gsd, low: float, high: float) -> tuple[float, float]:
    """Limits as standard deviations, not beyond the cut."""
    median, gsd = median_gsd
    spread = math.log(gsd)
    bottom = -CUT if low <= 0 else max(-CUT, math.log(low / median) / spread)
    top = CUT if math.isinf(high) else min(CUT, math.log(high / median) / spread)
    return bottom, top


def image_generator(*purpose) -> np.random.Generator:
    """Noise of images and counts; its seed is the SHA-256 of what it is for."""
    return np.random.Generator(np.random.PCG64(_number("noise", *purpose)))
