"""A range of activities with the range of absorbed doses that each would give, for the physician to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import InputError
from mrtlab.planning.ranges import Z95, ExpectedRange, expected_range

__all__ = ["ActivityOption", "OptionTable", "TissueDose", "activity_options"]


@dataclass(frozen=True)
class TissueDose:
    """Dose that a tissue is expected to receive per activity, for :func:`activity_options`.

    Attributes
    ----------
    median_gy_per_mbq : float
        0.6 Gy/GBq is 0.0006.
    gsd : float
        Geometric standard deviation between patients, or of this patient's estimate.
    previous_gy : float or ufloat
        Dose the tissue has already received, Gy. With its standard uncertainty, that widens the range of the total.
    shared_rel : float
        Relative standard uncertainty that the dose received and the one to come have in common, such as that of the
        camera's sensitivity: a part of both, it adds up linearly.
    """

    median_gy_per_mbq: float
    gsd: float
    previous_gy: float | UFloat = 0.0
    shared_rel: float = 0.0


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


@dataclass(frozen=True)
class OptionTable(Sequence):
    """The options as a sequence of :class:`ActivityOption`; none of them is chosen or marked.

    Attributes
    ----------
    options : tuple of ActivityOption
        One per activity and tissue, in the order given.
    sources : tuple of str
    """

    options: tuple[ActivityOption, ...]
    sources: tuple[str, ...] = ("planning.activity_options",)

    def __getitem__(self, index):
        return self.options[index]

    def __len__(self) -> int:
        return len(self.options)

    @property
    def activities_mbq(self) -> tuple[float, ...]:
        """The activities, rising."""
        return tuple(sorted({option.activity_mbq for option in self.options}))

    @property
    def tissues(self) -> tuple[str, ...]:
        """The tissues, in the order given."""
        return tuple(dict.fromkeys(option.tissue for option in self.options))

    def limiting_tissue(self, activity_mbq: float) -> str | None:
        """The tissue most likely to exceed its limit with an activity; None if no tissue has a limit.

        Equally likely ones, such as two that are all but certain not to, are told apart by the median dose as a part
        of the limit.

        Raises
        ------
        InputError
            If the activity is not among the options.
        """
        limited = [option for option in self._of(activity_mbq) if option.limit_gy is not None]
        if not limited:
            return None
        return max(limited, key=lambda option: (option.probability_above, option.median_gy / option.limit_gy)).tissue

    def rows(self) -> list[dict[str, float | str | None]]:
        """A row per activity and tissue, of plain numbers, for a table or a file."""
        return [
            {
                "activity_mbq": option.activity_mbq,
                "tissue": option.tissue,
                "median_gy": option.median_gy,
                "low_gy": option.interval95_gy[0],
                "high_gy": option.interval95_gy[1],
                "limit_gy": option.limit_gy,
                "probability_above": option.probability_above,
                "limiting": self.limiting_tissue(option.activity_mbq) == option.tissue,
            }
            for option in self.options
        ]

    def table(self) -> list[dict[str, float | str | None]]:
        """A row per activity, rising, with the doses of every tissue beside each other and the limiting tissue."""
        rows = []
        for activity in self.activities_mbq:
            row: dict[str, float | str | None] = {"activity_mbq": activity}
            for option in self._of(activity):
                row[f"{option.tissue}: median_gy"] = option.median_gy
                row[f"{option.tissue}: low_gy"], row[f"{option.tissue}: high_gy"] = option.interval95_gy
                row[f"{option.tissue}: probability_above"] = option.probability_above
            rows.append({**row, "limiting_tissue": self.limiting_tissue(activity)})
        return rows

    def _of(self, activity_mbq: float) -> list[ActivityOption]:
        found = [option for option in self.options if option.activity_mbq == activity_mbq]
        if not found:
            known = ", ".join(f"{activity:g}" for activity in self.activities_mbq)
            raise InputError(f"activity_mbq is {activity_mbq!r}, not among the options {known} MBq")
        return found


def activity_options(
    activities_mbq: Sequence[float], tissues: Mapping[str, TissueDose], limits: Mapping[str, float] | None = None
) -> OptionTable:
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
    OptionTable
        A sequence of one option per activity and tissue, in the order given.

    Raises
    ------
    InputError
        For numbers out of range, an activity given twice, a limit for a tissue that is not listed, or a previous
        dose at its limit.

    References
    ----------
    Step ii of table 1 in Sjögreen Gleisner et al. (EFOMP policy statement 19), doi:10.1016/j.ejmp.2023.103166.
    """
    for name, given in (("tissues", tissues), ("limits", {} if limits is None else limits)):
        if not isinstance(given, Mapping):
            raise InputError(f"{name} must be a mapping by name of tissue, got {given!r}")
    limits = dict(limits or {})
    activities = np.atleast_1d(_check.positive("activities_mbq", activities_mbq, "activities are MBq"))
    if activities.dtype == object:
        raise InputError(f"activities_mbq must be plain numbers, got {activities_mbq!r}")
    if len(set(activities.tolist())) < activities.size:
        raise InputError(f"activities_mbq has an activity twice: {', '.join(f'{one:g}' for one in activities)}")
    if not tissues:
        raise InputError("tissues is empty; give at least one tissue with its dose per activity")
    unknown = sorted(set(limits) - set(tissues))
    if unknown:
        raise InputError(f"limits names {', '.join(unknown)}, not among the tissues {', '.join(tissues)}")
    for name, tissue in tissues.items():
        if not isinstance(tissue, TissueDose):
            raise InputError(f"tissues[{name!r}] must be a TissueDose, got {tissue!r}")
        _check.positive(f"{name}: median_gy_per_mbq", tissue.median_gy_per_mbq)
        _check.geometric_sd(f"{name}: gsd", tissue.gsd)
        _check_previous(name, tissue)
        previous = _check.nominal(tissue.previous_gy)
        limit = None if name not in limits else _numbers.single(f"limits[{name!r}]", limits[name])
        if limit is not None and _check.positive(f"limits[{name!r}]", limit) <= previous:
            raise InputError(
                f"{name} has already received {previous:g} Gy of its limit of {limits[name]:g} Gy; "
                "no activity is left to choose"
            )
    return OptionTable(
        tuple(
            _option(float(activity), name, tissue, limits.get(name))
            for activity in activities
            for name, tissue in tissues.items()
        )
    )


def _check_previous(name: str, tissue: TissueDose) -> None:
    """Whether what was received, and what it has in common with what is to come, can be."""
    previous = _check.non_negative(f"{name}: previous_gy", tissue.previous_gy)
    if np.ndim(previous):
        raise InputError(f"{name}: previous_gy must be one plain number or ufloat, got {tissue.previous_gy!r}")
    shared = _numbers.single(f"{name}: shared_rel", _check.fraction(f"{name}: shared_rel", tissue.shared_rel))
    parts = {"gsd": float(np.log(tissue.gsd))}
    if _check.nominal(previous) > 0:
        parts["previous_gy"] = _relative(previous)
    for what, part in parts.items():
        if shared > part * (1 + 1e-9):
            raise InputError(
                f"{name}: shared_rel is {shared:g}, more than the whole relative uncertainty of {what} ({part:.3g}); "
                "what both have in common must be part of each"
            )


def _option(activity, name, tissue, limit) -> ActivityOption:
    new = expected_range(activity * tissue.median_gy_per_mbq, tissue.gsd)
    if _relative(tissue.previous_gy) > 0:
        total = _Sum(new, tissue)
        median, low, high = (total.quantile(part) for part in (0.5, ndtr(-Z95), ndtr(Z95)))
        above = None if limit is None else 1 - total.below(limit)
    else:
        previous = float(_check.nominal(tissue.previous_gy))
        median, (low, high) = previous + new.median_gy, (previous + one for one in new.interval95_gy)
        above = None if limit is None else new.probability_above(limit - previous)
    return ActivityOption(
        activity_mbq=activity,
        tissue=name,
        median_gy=median,
        interval95_gy=(low, high),
        limit_gy=limit,
        probability_above=above,
    )


class _Sum:
    """A normal dose received and a log-normal one to come, with what they have in common."""

    def __init__(self, new: ExpectedRange, tissue: TissueDose):
        self.new, self.spread = new, float(np.log(new.gsd))
        previous = tissue.previous_gy
        self.previous = previous.nominal_value + previous.std_dev * _numbers.NORMAL_NODES
        correlation = tissue.shared_rel**2 / (_relative(previous) * self.spread) if self.spread else 0.0
        self.correlation = min(correlation, 1 - 1e-9)

    def below(self, dose_gy: float) -> float:
        """Probability that the sum is below a dose."""
        left = dose_gy - self.previous
        far = np.log(np.maximum(left, 1e-300) / self.new.median_gy)
        if not self.spread:
            return float(_numbers.NORMAL_WEIGHTS[far > 0].sum())
        distance = far / self.spread - self.correlation * _numbers.NORMAL_NODES
        return float(ndtr(distance / np.sqrt(1 - self.correlation**2)) @ _numbers.NORMAL_WEIGHTS)

    def quantile(self, part: float) -> float:
        """Dose below which the sum lies with a probability."""
        from scipy.optimize import brentq

        most = self.previous.max() + self.new.median_gy * self.new.gsd**9
        return float(brentq(lambda dose_gy: self.below(dose_gy) - part, 0.0, most, xtol=1e-9 * most))


def _relative(number) -> float:
    return number.std_dev / number.nominal_value if isinstance(number, UFloat) and number.nominal_value else 0.0
