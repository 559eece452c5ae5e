"""The range of doses to expect before treatment, and the verdict after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.errors import Flag, InputError

__all__ = ["ActivityOption", "ExpectedRange", "TissueDose", "Verdict", "activity_options", "expected_range", "verify"]

_Z95 = 1.96


@dataclass(frozen=True)
class ExpectedRange:
    """A log-normal range of absorbed doses for one tissue and one administered activity.

    Attributes
    ----------
    median_gy, gsd : float
        Median (Gy) and geometric standard deviation.
    sources : tuple of str
    """

    median_gy: float
    gsd: float
    sources: tuple[str, ...] = ("planning.expected_range",)

    @property
    def interval95_gy(self) -> tuple[float, float]:
        """Doses between which 95 % of patients are expected, Gy."""
        return self.median_gy / self.gsd**_Z95, self.median_gy * self.gsd**_Z95

    def probability_above(self, limit_gy: float) -> float:
        """Probability that a dose exceeds a limit."""
        from scipy.stats import norm

        _check.positive("limit_gy", limit_gy)
        if self.gsd == 1:
            return float(self.median_gy > limit_gy)
        return float(norm.sf(np.log(limit_gy / self.median_gy) / np.log(self.gsd)))


@dataclass(frozen=True)
class Verdict:
    """Whether a measured dose lies in the expected range.

    Attributes
    ----------
    z : float
        Distance from the median in standard deviations of both together, on the logarithmic scale.
    within : bool
        ``abs(z) <= 1.96``. Within the range does not mean correct.
    ratio : ufloat
        Measured over median.
    text : str
    flags, sources : tuple of str
    """

    z: float
    within: bool
    ratio: UFloat
    text: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("planning.expected_range",)


@dataclass(frozen=True)
class TissueDose:
    """Dose that a tissue is expected to receive per activity, for :func:`activity_options`.

    Attributes
    ----------
    median_gy_per_mbq : float
        0.6 Gy/GBq is 0.0006.
    gsd : float
        Geometric standard deviation between patients, or of this patient's estimate.
    previous_gy : float
        Dose the tissue has already received, Gy.
    """

    median_gy_per_mbq: float
    gsd: float
    previous_gy: float = 0.0


@dataclass(frozen=True)
class ActivityOption:
    """What one activity would give one tissue.

    Attributes
    ----------
    activity_mbq : float
    tissue : str
    median_gy : float
        With the previous dose.
    interval95_gy : tuple of float
    limit_gy : float or None
    probability_above : float or None
        That the limit is exceeded; None without a limit.
    """

    activity_mbq: float
    tissue: str
    median_gy: float
    interval95_gy: tuple[float, float]
    limit_gy: float | None
    probability_above: float | None


def activity_options(
    activities_mbq: Sequence[float], tissues: Mapping[str, TissueDose], limits: Mapping[str, float] | None = None
) -> tuple[ActivityOption, ...]:
    """A range of activities with the range of absorbed doses that each would give.

    This is what the medical physics expert presents before the treatment is decided; the decision is not part
    of it.

    Parameters
    ----------
    activities_mbq : sequence of float
        Candidate activities, MBq.
    tissues : mapping of str to TissueDose
    limits : mapping of str to float, optional
        Largest acceptable dose by tissue, Gy, previous dose included. Never assumed.

    Returns
    -------
    tuple of ActivityOption
        One per activity and tissue, in the order given.

    Raises
    ------
    InputError
        For numbers out of range, a limit for a tissue that is not listed, or a previous dose at its limit.

    References
    ----------
    Step ii of table 1 in Sjögreen Gleisner et al. (EFOMP policy statement 19), doi:10.1016/j.ejmp.2023.103166.
    """
    limits = dict(limits or {})
    activities = np.atleast_1d(_check.positive("activities_mbq", activities_mbq, "activities are MBq"))
    if activities.dtype == object:
        raise InputError(f"activities_mbq must be plain numbers, got {activities_mbq!r}")
    if not tissues:
        raise InputError("tissues is empty; give at least one tissue with its dose per activity")
    unknown = sorted(set(limits) - set(tissues))
    if unknown:
        raise InputError(f"limits names {', '.join(unknown)}, not among the tissues {', '.join(tissues)}")
    for name, tissue in tissues.items():
        _check.positive(f"{name}: median_gy_per_mbq", tissue.median_gy_per_mbq)
        _check.geometric_sd(f"{name}: gsd", tissue.gsd)
        _check.non_negative(f"{name}: previous_gy", tissue.previous_gy)
        if name in limits and _check.positive(f"limits[{name!r}]", limits[name]) <= tissue.previous_gy:
            raise InputError(
                f"{name} has already received {tissue.previous_gy:g} Gy of its limit of {limits[name]:g} Gy; "
                "no activity "
                "is left to choose"
            )
    return tuple(
        _option(float(activity), name, tissue, limits.get(name))
        for activity in activities
        for name, tissue in tissues.items()
    )


def _option(activity, name, tissue, limit) -> ActivityOption:
    new = expected_range(activity * tissue.median_gy_per_mbq, tissue.gsd)
    low, high = new.interval95_gy
    return ActivityOption(
        activity_mbq=activity,
        tissue=name,
        median_gy=tissue.previous_gy + new.median_gy,
        interval95_gy=(tissue.previous_gy + low, tissue.previous_gy + high),
        limit_gy=limit,
        probability_above=None if limit is None else new.probability_above(limit - tissue.previous_gy),
    )


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
    _plain("median_gy", _check.positive("median_gy", median_gy))
    _plain("gsd", _check.geometric_sd("gsd", gsd))
    return ExpectedRange(float(median_gy), float(gsd))


def verify(dose_gy: UFloat, expected: ExpectedRange, shared_rel: float = 0.0) -> Verdict:
    """Compare a measured dose with the expected range.

    ``z = ln(D/M) / sqrt(u_D^2 + ln^2 g)`` with relative uncertainties.

    Parameters
    ----------
    dose_gy : ufloat
        Measured dose with its standard uncertainty, Gy.
    expected : ExpectedRange
    shared_rel : float
        Relative standard uncertainty that plan and measurement have in common (the same mass, the same energy
        per decay). It moves both alike and says nothing about their difference, so its variance is removed
        from both sides.

    Raises
    ------
    InputError
        For a dose without uncertainty: without it there is no verdict. If ``shared_rel`` exceeds the uncertainty
        of either side.

    References
    ----------
    The demand: Gear et al. (IDUG), Br J Radiol 2021;94:20210547. The form is mrtlab's.
    """
    if not isinstance(dose_gy, UFloat) or not dose_gy.std_dev > 0:
        raise InputError(
            f"dose_gy must carry its uncertainty, got {dose_gy!r}; without it nobody can say whether it is in range "
            "(ufloat(value, standard_uncertainty))"
        )
    if not isinstance(expected, ExpectedRange):
        raise InputError(f"expected must come from mrtlab.planning.expected_range, got {expected!r}")
    _check.positive("dose_gy", dose_gy)
    _plain("shared_rel", _check.fraction("shared_rel", shared_rel))
    measured, population = dose_gy.std_dev / dose_gy.nominal_value, float(np.log(expected.gsd))
    for what, spread in (("dose_gy", measured), ("the expected range", population)):
        if shared_rel > spread:
            raise InputError(
                f"shared_rel is {shared_rel:g}, more than the whole relative uncertainty of {what} "
                f"({spread:.3g}); what "
                "both have in common must be part of each"
            )
    spread = float(np.sqrt(measured**2 + population**2 - 2 * shared_rel**2))
    distance = float(np.log(dose_gy.nominal_value / expected.median_gy))
    if spread == 0:
        raise InputError("nothing is left of the uncertainty once shared_rel is removed; there is no verdict")
    z = distance / spread
    within = abs(z) <= _Z95
    low, high = expected.interval95_gy
    text = f"within the expected range of {low:.2g} to {high:.2g} Gy, which does not prove it correct"
    if within and not low <= dose_gy.nominal_value <= high:
        text = f"outside the expected range of {low:.2g} to {high:.2g} Gy, but by no more than its uncertainty explains"
    if not within:
        side = "above" if z > 0 else "below"
        text = f"{side} the expected range of {low:.2g} to {high:.2g} Gy: investigate, and consider serial imaging"
    flags = () if within else (Flag.OUTSIDE_EXPECTED_RANGE,)
    return Verdict(z, within, dose_gy / expected.median_gy, text, flags)


def _plain(name: str, number) -> None:
    if np.ndim(number) or isinstance(number, UFloat):
        raise InputError(f"{name} must be one plain number, got {number!r}")
