"""Where the activity goes: pathways through compartments, with the sum over all of them known exactly.

Each part of the administered activity takes one pathway, such as blood, kidney, out. It leaves every compartment at a
constant biological rate, and decays all the time. What a region holds is therefore a sum of exponentials whose rates
are physical decay plus a biological rate, the curves of :mod:`mrtlab.kinetics`; all regions, what was excreted and what
decayed add up to the administered activity whatever the rates are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["EXCRETED", "Kinetics", "Pathway"]

EXCRETED = "excreted"
_APART = 2e-3


@dataclass(frozen=True)
class Pathway:
    """A part of the administered activity and the compartments it passes.

    Attributes
    ----------
    fraction : float
        Of the administered activity.
    steps : tuple of (str, float)
        Region and biological rate (per hour) at which it leaves; only the last may be 0, and then it stays.
    """

    fraction: float
    steps: tuple[tuple[str, float], ...]

    def __post_init__(self):
        _check.fraction("fraction", self.fraction)
        for place, (name, rate) in enumerate(self.steps):
            _check.non_negative(f"rate of {name}", rate)
            if rate == 0 and place < len(self.steps) - 1:
                raise InputError(f"nothing leaves {name}, so the pathway cannot go on to {self.steps[place + 1][0]}")

    def terms(self) -> list[tuple[str, float, float]]:
        """Region, weight and biological rate of every exponential (Bateman's equations)."""
        names = [name for name, _ in self.steps]
        rates = _distinct([rate for _, rate in self.steps])
        if rates[-1] > 0:
            names, rates = [*names, EXCRETED], [*rates, 0.0]
        found = []
        for last, name in enumerate(names):
            passed = math.prod(rates[:last])
            for place in range(last + 1):
                others = math.prod(rates[k] - rates[place] for k in range(last + 1) if k != place)
                found.append((name, self.fraction * passed / others, rates[place]))
        return found


def _distinct(rates: Sequence[float]) -> list[float]:
    """Rates told apart by 0.2 %, without which the equations have no solution in this form."""
    found: list[float] = []
    for rate in rates:
        while any(abs(rate - other) < _APART * max(rate, other) for other in found):
            rate *= 1 + 2 * _APART
        found.append(rate)
    return found


@dataclass(frozen=True, eq=False)
class Kinetics:
    """Activity in every region at every time.

    Parameters
    ----------
    pathways : tuple of Pathway
        Their fractions add up to 1.
    nuclide : str
    administered_mbq : float
    """

    pathways: tuple[Pathway, ...]
    nuclide: str
    administered_mbq: float

    def __post_init__(self):
        total = math.fsum(path.fraction for path in self.pathways)
        if abs(total - 1) > 1e-9:
            raise InputError(f"the fractions of the pathways add up to {total:.12g}; they must add up to 1")

    @cached_property
    def _terms(self) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
        gathered: dict[str, dict[float, float]] = {}
        for path in self.pathways:
            for name, weight, rate in path.terms():
                of_region = gathered.setdefault(name, {})
                of_region[rate] = of_region.get(rate, 0.0) + weight
        return MappingProxyType(
            {name: (np.array(list(found.values())), np.array(list(found))) for name, found in gathered.items()}
        )

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of all regions that ever hold activity, without what was excreted."""
        return tuple(name for name in self._terms if name != EXCRETED)

    def terms(self, region: str) -> tuple[np.ndarray, np.ndarray]:
        """Weights (MBq) and total rates (per hour, physical decay included) of the exponentials of a region."""
        if region not in self._terms:
            raise InputError(f"no activity reaches {region!r}; it reaches {', '.join(self._terms)}")
        weights, rates = self._terms[region]
        return self.administered_mbq * weights, rates + find_nuclide(self.nuclide).decay_constant_per_h

    def activity_mbq(self, region: str, time_h):
        """Activity in a region, MBq at the time, for one time or several."""
        weights, rates = self.terms(region)
        time_h = _check.non_negative("time_h", time_h)
        result = np.exp(-np.multiply.outer(time_h, rates)) @ weights
        return float(result) if np.ndim(time_h) == 0 else result

    def in_body_mbq(self, time_h: float) -> float:
        """Activity in the whole body, MBq at the time."""
        weights, rates = self._body
        return float(np.exp(-rates * time_h) @ weights)

    @cached_property
    def _body(self) -> tuple[np.ndarray, np.ndarray]:
        each = [self.terms(region) for region in self.regions]
        return np.concatenate([weights for weights, _ in each]), np.concatenate([rates for _, rates in each])

    def mean_activity_mbq(self, region: str, start_h: float, duration_s: float) -> float:
        """Mean activity from a time on, MBq."""
        hours = float(_check.positive("duration_s", duration_s)) / 3600
        weights, rates = self.terms(region)
        start = np.exp(-rates * float(_check.non_negative("start_h", start_h)))
        return float(np.sum(weights * start * -np.expm1(-rates * hours) / (rates * hours)))

    def tia_mbq_h(self, region: str, until_h: float = math.inf) -> float:
        """Time-integrated activity from administration on, MBq·h."""
        weights, rates = self.terms(region)
        return float(np.sum(weights / rates * -np.expm1(-rates * until_h)))

    def effective_half_life_h(self, region: str) -> float:
        """Half-life of the slowest exponential that a region shows, hours."""
        weights, rates = self.terms(region)
        shown = np.abs(weights / rates) > 1e-3 * np.max(np.abs(weights / rates))
        return float(math.log(2) / np.min(rates[shown]))
