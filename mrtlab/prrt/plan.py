"""A range of activities with dose and BED of the kidneys beside other tissues, and the cycles that a limit allows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.planning import OptionTable, TissueDose, activity_options, expected_range
from mrtlab.prrt import _guards
from mrtlab.prrt.published import KIDNEYS, expected_per_activity
from mrtlab.radiobiology import TISSUES, bed, bed_range, dose_from_bed, lea_catcheside

__all__ = ["BedOption", "KidneyOptions", "cycles_allowed", "kidney_bed_range", "kidney_options"]


@dataclass(frozen=True)
class BedOption:
    """BED of the kidneys that one activity would add to, earlier cycles included.

    Attributes
    ----------
    activity_mbq : float
    median_gy : float
    interval95_gy : tuple of float
        Over patients, with the radiobiological parameters as they are.
    parameter_range_gy : tuple of float
        The median over the plausible alpha/beta and repair half-times; to be shown beside it, not combined with it.
    limit_gy, probability_above : float or None
    """

    activity_mbq: float
    median_gy: float
    interval95_gy: tuple[float, float]
    parameter_range_gy: tuple[float, float]
    limit_gy: float | None
    probability_above: float | None


@dataclass(frozen=True)
class KidneyOptions:
    """What each activity would give the kidneys and other tissues; none of them is chosen.

    Attributes
    ----------
    doses : mrtlab.planning.OptionTable
        Absorbed doses, one row per activity and tissue.
    bed : tuple of BedOption
        One per activity, in the order given.
    flags, sources : tuple of str
    """

    doses: OptionTable
    bed: tuple[BedOption, ...]
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    def rows(self) -> list[dict[str, float | str | None]]:
        """A row per activity, rising: the doses of every tissue and the BED of the kidneys."""
        by_activity = {one.activity_mbq: one for one in self.bed}
        rows = []
        for row in self.doses.table():
            one = by_activity[row["activity_mbq"]]
            rows.append(
                {
                    **row,
                    f"{KIDNEYS}: median_bed_gy": one.median_gy,
                    f"{KIDNEYS}: low_bed_gy": one.interval95_gy[0],
                    f"{KIDNEYS}: high_bed_gy": one.interval95_gy[1],
                    f"{KIDNEYS}: probability_above_bed": one.probability_above,
                }
            )
        return rows


def kidney_options(
    activities_mbq: Sequence[float],
    kidneys: TissueDose | None = None,
    *,
    limit_gy: float | None = None,
    bed_limit_gy: float | None = None,
    previous_bed_gy: float | None = None,
    effective_half_life_h: float | None = None,
    others: Mapping[str, TissueDose] | None = None,
    other_limits_gy: Mapping[str, float] | None = None,
) -> KidneyOptions:
    """A range of activities for one cycle, with the range of doses that each would give (step ii).

    Parameters
    ----------
    activities_mbq : sequence of float
    kidneys : mrtlab.planning.TissueDose, optional
        Of this patient, such as :attr:`NextActivity.per_activity`, or of a population; with the dose received so far.
        Without it, :func:`expected_per_activity`.
    limit_gy, bed_limit_gy : float, optional
        Limits to the kidneys, earlier cycles included. None is ever assumed.
    previous_bed_gy : float, optional
        BED of the earlier cycles; needed if ``kidneys`` has an earlier dose.
    effective_half_life_h : float, optional
        Of the kidneys; 51 h of Lu-177-DOTATATE if not given.
    others, other_limits_gy : mapping, optional
        Other tissues, such as ``{"marrow": TissueDose(...), "tumour": TissueDose(...)}``, and their limits.

    Returns
    -------
    KidneyOptions
        The interval of the BED follows from that of the dose: they rise together.

    Raises
    ------
    InputError
        For numbers out of range, an earlier dose without its BED, or limits that have been reached.

    References
    ----------
    Step ii of table 1 in Sjögreen Gleisner et al. (EFOMP policy statement 19), doi:10.1016/j.ejmp.2023.103166.
    """
    _numbers.row("activities_mbq", activities_mbq)
    flags = (Flag.POPULATION_ASSUMED,) if kidneys is None else ()
    used = ("prrt.kidney_median_gy_per_gbq", "prrt.kidney_gsd") if kidneys is None else ()
    used += ("prrt.kidney_half_life_h",) if effective_half_life_h is None else ()
    if kidneys is not None and not isinstance(kidneys, TissueDose):
        raise InputError(f"kidneys must be a TissueDose, got {kidneys!r}")
    limit_gy, bed_limit_gy = _limit("limit_gy", limit_gy), _limit("bed_limit_gy", bed_limit_gy)
    kidneys = expected_per_activity() if kidneys is None else kidneys
    _guards.per_mbq("kidneys: median_gy_per_mbq", kidneys.median_gy_per_mbq)
    others, other_limits_gy = dict(others or {}), dict(other_limits_gy or {})
    if KIDNEYS in others or KIDNEYS in other_limits_gy:
        raise InputError(f"others has {KIDNEYS!r}; give them as kidneys= and limit_gy=")
    limits = {**other_limits_gy, **({} if limit_gy is None else {KIDNEYS: limit_gy})}
    doses = activity_options(activities_mbq, {KIDNEYS: kidneys, **others}, limits)
    if previous_bed_gy is None:
        if kidneys.previous_gy > 0:
            raise InputError(
                f"previous_bed_gy is missing: the kidneys have had {kidneys.previous_gy:g} Gy, and the BED of earlier "
                "cycles is the sum of the BED of each, which their sum does not tell"
            )
        previous_bed_gy = 0.0
    previous_bed_gy = _numbers.single("previous_bed_gy", _check.non_negative("previous_bed_gy", previous_bed_gy))
    if previous_bed_gy < kidneys.previous_gy:
        raise InputError(
            f"previous_bed_gy is {previous_bed_gy:g}, below the dose received, {kidneys.previous_gy:g} Gy; a BED is "
            "never below its dose"
        )
    if bed_limit_gy is not None and previous_bed_gy >= bed_limit_gy:
        raise InputError(
            f"the kidneys have already received a BED of {previous_bed_gy:g} Gy of their limit of {bed_limit_gy:g} Gy; "
            "no activity is left to choose"
        )
    half_life = value("prrt.kidney_half_life_h") if effective_half_life_h is None else effective_half_life_h
    half_life = _numbers.single("effective_half_life_h", _check.positive("effective_half_life_h", half_life))
    bare = replace(kidneys, previous_gy=0.0)
    return KidneyOptions(
        doses,
        tuple(
            _bed_option(activity, bare, previous_bed_gy, bed_limit_gy, half_life)
            for activity in dict.fromkeys(one.activity_mbq for one in doses)
        ),
        flags,
        (
            *doses.sources,
            *used,
            *TISSUES["kidney"].sources,
            "prrt.band_alpha_beta_high_gy",
        ),
    )


def _limit(name: str, gy):
    return None if gy is None else _numbers.single(name, _check.positive(name, gy, "doses are Gy"))


def _bed_option(activity, kidneys: TissueDose, previous_bed, limit, half_life) -> BedOption:
    tissue = TISSUES["kidney"]
    new = expected_range(activity * kidneys.median_gy_per_mbq, kidneys.gsd)
    g = lea_catcheside(half_life, tissue.repair_half_time_h)
    low, high = (previous_bed + bed(gy, tissue.alpha_beta_gy, g) for gy in new.interval95_gy)
    least, most = kidney_bed_range(new.median_gy, half_life)
    above = None
    if limit is not None:
        above = new.probability_above(dose_from_bed(limit - previous_bed, tissue.alpha_beta_gy, g))
    return BedOption(
        activity,
        previous_bed + bed(new.median_gy, tissue.alpha_beta_gy, g),
        (low, high),
        (previous_bed + least, previous_bed + most),
        limit,
        above,
    )


def kidney_bed_range(doses_gy, effective_half_life_h):
    """Lowest and highest BED of the kidneys over the plausible radiobiological parameters, Gy.

    Alpha/beta from 1.5 to 3.5 Gy, repair half-time from 1.5 to 4 h. To be shown beside every BED, and not combined
    with the uncertainty of the dose.

    Parameters
    ----------
    doses_gy : float, ufloat or sequence of them
        Of each cycle.
    effective_half_life_h : float or ufloat

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    :func:`mrtlab.radiobiology.bed_range`; ``prrt.band_alpha_beta_low_gy``, ``prrt.band_repair_low_h``
    """
    return bed_range(
        doses_gy,
        effective_half_life_h,
        (value("prrt.band_alpha_beta_low_gy"), value("prrt.band_alpha_beta_high_gy")),
        (value("prrt.band_repair_low_h"), value("prrt.band_repair_high_h")),
    )


def cycles_allowed(limit_gy: float, per_cycle_gy, previous_gy=0.0) -> int:
    """How many equal cycles keep a limit, 0 or more.

    Limit, dose per cycle and earlier dose must be one quantity: absorbed doses, or BED of each cycle. The BED formula
    applied to the sum of the doses gives too few cycles.

    Parameters
    ----------
    limit_gy : float
    per_cycle_gy, previous_gy : float or ufloat

    Raises
    ------
    InputError
        For numbers out of range, or an earlier dose above the limit.

    Warns
    -----
    PlausibilityWarning
        If the uncertainty of a ufloat allows another number of cycles (95 %).

    References
    ----------
    Division, rounded down.
    """
    limit_gy = _numbers.single("limit_gy", _check.positive("limit_gy", limit_gy, "doses are Gy"))
    each = _guards.one_number("per_cycle_gy", _check.positive("per_cycle_gy", per_cycle_gy, "doses are Gy"))
    previous = _guards.one_number("previous_gy", _check.non_negative("previous_gy", previous_gy))
    if _check.nominal(previous) > limit_gy:
        raise InputError(
            f"limit already reached: {_check.nominal(previous):g} Gy of {limit_gy:g} Gy have been received"
        )
    share = (limit_gy - previous) / each
    number = math.floor(_check.nominal(share) + 1e-9)
    if isinstance(share, UFloat) and share.std_dev > 0:
        ends = [max(math.floor(share.nominal_value + z * share.std_dev + 1e-9), 0) for z in (-1.96, 1.96)]
        if ends[0] != ends[1]:
            _check.warn(f"{number} cycles by the best estimate; its uncertainty allows {ends[0]} to {ends[1]} (95 %)")
    return number
