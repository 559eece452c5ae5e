"""The range of absorbed doses to expect, from a population or from the parts of a plan's uncertainty."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import keys, value
from mrtlab.errors import InputError

__all__ = [
    "ExpectedRange",
    "expected_range",
    "expected_range_from_components",
    "relative_uncertainty",
    "teaching_components",
]

Z95 = 1.96
STAGES = ("plan_", "verification_")


@dataclass(frozen=True)
class ExpectedRange:
    """A log-normal range of absorbed doses for one tissue and one administered activity.

    Attributes
    ----------
    median_gy, gsd : float
        Median (Gy) and geometric standard deviation.
    components : tuple of (str, float)
        Relative standard uncertainties it was put together from; empty for a range from a population.
    sources : tuple of str
    """

    median_gy: float
    gsd: float
    components: tuple[tuple[str, float], ...] = ()
    sources: tuple[str, ...] = ("planning.expected_range",)

    @property
    def interval95_gy(self) -> tuple[float, float]:
        """Doses between which 95 % of patients are expected, Gy."""
        return self.median_gy / self.gsd**Z95, self.median_gy * self.gsd**Z95

    def probability_above(self, limit_gy: float) -> float:
        """Probability that a dose exceeds a limit."""
        from scipy.special import ndtr

        _check.positive("limit_gy", limit_gy)
        if self.gsd == 1:
            return float(self.median_gy > limit_gy)
        return float(ndtr(np.log(self.median_gy / limit_gy) / np.log(self.gsd)))


def expected_range(median_gy: float, gsd: float) -> ExpectedRange:
    """Range of absorbed doses that a population leads to expect.

    Parameters
    ----------
    median_gy : float
        Median dose for the activity given, Gy.
    gsd : float
        Geometric standard deviation between patients: 1.35 means that two thirds lie within a factor of 1.35.

    Raises
    ------
    InputError
        If the median is not positive or ``gsd`` is not between 1 and 5.

    References
    ----------
    Gear et al. (IDUG), Br J Radiol 2021;94:20210547.
    """
    median = _numbers.single("median_gy", _check.positive("median_gy", median_gy))
    return ExpectedRange(median, _numbers.single("gsd", _check.geometric_sd("gsd", gsd)))


def expected_range_from_components(median_gy: float, components: Mapping[str, float]) -> ExpectedRange:
    """Range of absorbed doses around a planned dose, from the independent parts of its uncertainty.

    ``median · exp(± 1.96 u)`` with ``u = sqrt(sum of squares)``.

    Parameters
    ----------
    median_gy : float
        Planned dose, Gy.
    components : mapping of str to float
        Independent relative standard uncertainties as fractions, such as ``{"mass": 0.15, "uptake": 0.07}``. Two that
        depend on each other do not belong here: put them together first.

    Raises
    ------
    InputError
        If the dose is not positive, there are no components, one is no fraction, or all are 0.

    References
    ----------
    Root sum of squares of the GUM (JCGM 100:2008), on the logarithm of the dose.
    """
    spread = relative_uncertainty(components)
    if spread == 0:
        raise InputError("components are all 0; a plan without uncertainty has no expected range")
    if spread > np.log(5):
        raise InputError(
            f"components make a relative uncertainty of {spread:.3g}, a factor of {np.exp(spread):.3g}; nothing can be "
            "expected from such a plan. Are percentages among them?"
        )
    median = _numbers.single("median_gy", _check.positive("median_gy", median_gy))
    parts = tuple((name, float(part)) for name, part in components.items())
    return ExpectedRange(median, float(np.exp(spread)), parts, ("planning.expected_range_from_components",))


def relative_uncertainty(components: Mapping[str, float], names=None) -> float:
    """Root sum of squares of independent relative uncertainties, of all or of those named.

    With ``names`` it gives what plan and measurement have in common, the ``shared_rel`` of :func:`verify`.

    Raises
    ------
    InputError
        If there are none, one is no fraction, or a name is not among them.
    """
    if not isinstance(components, Mapping) or not components:
        raise InputError(
            f"components must be relative uncertainties by name, such as {{'mass': 0.15}}, got {components!r}"
        )
    for name, part in components.items():
        _numbers.single(f"components[{name!r}]", _check.fraction(f"components[{name!r}]", part))
    chosen = list(components) if names is None else [names] if isinstance(names, str) else names
    if not isinstance(chosen, Collection) or not all(isinstance(name, str) for name in chosen):
        raise InputError(f"names must be names of components, {', '.join(components)}, got {names!r}")
    unknown = sorted(set(chosen) - set(components))
    if unknown:
        raise InputError(f"names has {', '.join(unknown)}, not among the components {', '.join(components)}")
    return float(np.sqrt(sum(float(components[name]) ** 2 for name in dict.fromkeys(chosen))))


def teaching_components(therapy: str, stage: str = "plan") -> dict[str, float]:
    """Relative uncertainties to begin with in teaching; illustrative, not literature. Replace them by your own.

    Parameters
    ----------
    therapy : {"radioiodine", "sirt"}
    stage : {"plan", "verification"}
        There are none for the verification of SIRT.

    Raises
    ------
    InputError
        If there are none.
    """
    start = f"{stage}_{therapy}_"
    entries = [key.removeprefix("planning.") for key in keys() if key.startswith("planning.")]
    found = {
        name.removeprefix(start).replace("_", " "): value(f"planning.{name}")
        for name in entries
        if name.startswith(start)
    }
    if not found:
        known = sorted({tuple(name.split("_")[:2]) for name in entries if name.startswith(STAGES)})
        raise InputError(
            f"there are no teaching components for therapy={therapy!r}, stage={stage!r}; there are "
            f"{', '.join(f'{name} ({part})' for part, name in known)}. Give your own"
        )
    return found
