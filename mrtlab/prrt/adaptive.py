"""From the cycles given to the next: dose so far with its uncertainty, dose per activity to expect, next activity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.planning import TissueDose
from mrtlab.prrt import _guards
from mrtlab.prrt._weighing import differ, own, weights_of
from mrtlab.prrt.published import expected_per_activity
from mrtlab.radiobiology import TISSUES, bed, dose_from_bed, lea_catcheside
from mrtlab.uncertainty import with_shared

__all__ = ["RULES", "NextActivity", "cumulative_dose", "cycle_doses", "next_activity"]

RULES = {
    "posterior": "all cycles and a population, the dose per activity taken as constant",
    "mean": "the geometric mean of all cycles, the dose per activity taken as constant",
    "last": "the last cycle, taken to repeat",
    "step": "the change from the last cycle but one to the last, taken to repeat as a factor",
    "line": "a straight line through the logarithms of all cycles",
}
"""How :func:`next_activity` may predict the dose per activity of the next cycle."""

_TREND = ("step", "line")
_DOUBTFUL = 0.30
_BOUNDS = ("maximum", "minimum", "step")


def cycle_doses(doses_gy: Sequence, random_rel, systematic_rel) -> tuple[UFloat, ...]:
    """Doses of several cycles with what is each one's own and what they have in common.

    Sensitivity, S value and recovery are the same in every cycle; fit and outline are not. Everything computed from
    these doses (sums, mean, trend) then has the right uncertainty.

    Parameters
    ----------
    doses_gy : sequence of float
    random_rel : float or sequence of float
        Relative standard uncertainty of each cycle alone.
    systematic_rel : float or ufloat
        Relative standard uncertainty common to all; or the common factor with its uncertainty, for several organs.

    Raises
    ------
    InputError
        For doses that are not positive, or what is no fraction.

    References
    ----------
    :func:`mrtlab.uncertainty.with_shared`
    """
    doses = [doses_gy] if isinstance(doses_gy, UFloat) or np.ndim(doses_gy) == 0 else doses_gy
    doses = _check.positive("doses_gy", _numbers.row("doses_gy", doses), "doses are Gy")
    return with_shared(doses, random_rel, _common(systematic_rel))


def _common(relative):
    """A relative uncertainty, or the common factor itself, which is left to :func:`with_shared`."""
    return relative if isinstance(relative, UFloat) else _check.fraction("systematic_rel", relative)


def cumulative_dose(doses_gy: Sequence, random_rel=0.0, systematic_rel=0.0):
    """Dose of all cycles, ``u^2 = sum u_random^2 + (sum u_systematic)^2``, Gy.

    Parameters
    ----------
    doses_gy : sequence of float or ufloat
        Ufloats keep the correlation they have; what is given below is added.
    random_rel, systematic_rel
        As in :func:`cycle_doses`.

    Returns
    -------
    ufloat; a float if nothing has an uncertainty

    Raises
    ------
    InputError
        As :func:`cycle_doses`.

    References
    ----------
    ``record.cumulative``
    """
    return _total(cycle_doses(doses_gy, random_rel, systematic_rel))


def _total(numbers):
    return _bare(sum(numbers))


def _bare(number):
    """A float where nothing is uncertain."""
    return number if isinstance(number, UFloat) and number.std_dev > 0 else float(_check.nominal(number))


@dataclass(frozen=True, eq=False)
class NextActivity:
    """Activity of the next cycle that a limit leaves.

    Attributes
    ----------
    rule, quantity : str
        How the next cycle was predicted; ``"absorbed dose"`` or ``"BED"``.
    limit_gy : float
    delivered_gy, remaining_gy : float or ufloat
        So far, and what is left, of the quantity.
    gy_per_mbq : float or ufloat
        Absorbed dose per activity expected of the next cycle (median).
    allowed_mbq : float or ufloat
        What is left over what is expected, before rounding and bounds.
    activity_mbq : float
        Rounded down and within the bounds; 0 if that would be less than the minimum: do not treat, or discuss.
    total_gy : float or ufloat
        The quantity after the next cycle with ``activity_mbq``.
    probability_above : float or None
        That the total exceeds the limit; None without uncertainties. The activity that uses up the limit by the
        best estimate has about one half.
    per_activity : mrtlab.planning.TissueDose
        The prediction with the absorbed dose so far, for :func:`kidney_options`.
    text : str
    flags, sources : tuple of str
        ``CAPPED``, ``BELOW_MINIMUM``, ``CYCLES_DIFFER``, ``SIGMA_MISSING``, ``LINEARISATION_DOUBTFUL``.
    """

    rule: str
    quantity: str
    limit_gy: float
    delivered_gy: float | UFloat
    remaining_gy: float | UFloat
    gy_per_mbq: float | UFloat
    allowed_mbq: float | UFloat
    activity_mbq: float
    total_gy: float | UFloat
    probability_above: float | None
    per_activity: TissueDose
    text: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def next_activity(
    doses_gy: Sequence,
    activities_mbq: Sequence[float],
    limit_gy: float,
    *,
    rule: str = "posterior",
    prior: TissueDose | None = None,
    random_rel=0.0,
    systematic_rel=0.0,
    variation_rel: float = 0.0,
    cycles_left: int = 1,
    quantity: str = "absorbed dose",
    effective_half_life_h: float | None = None,
    maximum_mbq: float | None = None,
    minimum_mbq: float | None = None,
    step_mbq: float | None = None,
) -> NextActivity:
    """Activity of the next cycle by what the cycles so far have shown.

    ``A = (limit - sum of D)/(dose per activity expected)``, rounded down, within bounds.

    Parameters
    ----------
    doses_gy : sequence of float or ufloat
        Absorbed dose of the kidneys (or another tissue) in each cycle so far; empty before the first, with the rule
        ``"posterior"``.
    activities_mbq : sequence of float
        Administered in each.
    limit_gy : float
        For all cycles together, of ``quantity``. The physician's.
    rule : str
        One of :data:`RULES`. A constant dose per activity is an assumption: compare with a trend.
    prior : mrtlab.planning.TissueDose, optional
        For the rule ``"posterior"``; :func:`expected_per_activity` if not given.
    random_rel, systematic_rel
        Relative standard uncertainties as in :func:`cycle_doses`, on top of those that ufloats bring.
    variation_rel : float
        Relative spread of this patient's true dose per activity from cycle to cycle, 0 to 1.
    cycles_left : int
        Over how many equal cycles the rest is to be given; more than 1 with a constant dose per activity alone.
    quantity : {"absorbed dose", "BED"}
        Of ``limit_gy``. BED is that of the kidney, added cycle by cycle.
    effective_half_life_h : float, optional
        For the BED; 51 h of Lu-177-DOTATATE if not given.
    maximum_mbq, minimum_mbq, step_mbq : float, optional
        Largest activity of a cycle, least worth giving, and rounding. If not given 7400 (the label's), 3700 and 100
        MBq (conventions of mrtlab), which then stand among the sources.

    Returns
    -------
    NextActivity

    Raises
    ------
    InputError
        If the limit has been reached, for numbers out of range, rows of different lengths, a rule that needs more
        cycles, or a prior that the rule does not use.

    References
    ----------
    ``prrt.next_activity``; the demand to adapt: Sundlöv et al. 2022 (abstract).
    """
    _check.choice("rule", rule, RULES)
    _check.choice("quantity", quantity, ("absorbed dose", "BED"))
    limit_gy = _numbers.single("limit_gy", _check.positive("limit_gy", limit_gy, "doses are Gy"))
    cycles_left = _whole("cycles_left", cycles_left)
    if cycles_left > 1 and rule in _TREND:
        raise InputError(f"cycles_left is {cycles_left}, and the rule {rule!r} predicts one cycle; plan one at a time")
    if prior is not None and rule != "posterior":
        raise InputError(f"prior is given, and the rule {rule!r} does not use one; leave it out or take 'posterior'")
    given_bounds = (maximum_mbq, minimum_mbq, step_mbq)
    assumed = tuple(name for name, mbq in zip(_BOUNDS, given_bounds, strict=True) if mbq is None)
    bounds = _bounds(*given_bounds)
    variation = _numbers.single("variation_rel", _check.fraction("variation_rel", variation_rel))
    doses, activities = _cycles(doses_gy, activities_mbq, rule, random_rel, systematic_rel)
    scale = _Scale(quantity, effective_half_life_h)
    delivered = _total([scale.of(one) for one in doses])
    remaining = limit_gy - delivered
    if _check.nominal(remaining) <= 0:
        raise InputError(
            f"limit already reached: {_check.nominal(delivered):.4g} Gy of {limit_gy:g} Gy ({quantity}) have been "
            "received; no activity is left"
        )
    logs = [_numbers.log(one / mbq) for one, mbq in zip(doses, activities, strict=True)]
    expected = _bare(_numbers.exp(_predicted(logs, rule, prior, variation)))
    # what each of the cycles left may give, back from the quantity to absorbed dose
    allowed = scale.back(remaining / cycles_left) / expected
    plain = _check.nominal(allowed)
    given, flags, told = _bounded(plain, *bounds, "minimum" in assumed)
    total = delivered + scale.of(given * expected)
    missing = bool(len(doses)) and not any(_guards.relative(one) for one in doses)
    flags += (Flag.CYCLES_DIFFER,) if rule in ("posterior", "mean") and differ(logs, variation) else ()
    flags += (Flag.SIGMA_MISSING,) if missing else ()
    flags += (Flag.LINEARISATION_DOUBTFUL,) if len(doses) and _guards.relative(expected) > _DOUBTFUL else ()
    text = f"By {RULES[rule]}, {plain:.0f} MBq would use up the limit of {limit_gy:g} Gy; {told}"
    return NextActivity(
        rule=rule,
        quantity=quantity,
        limit_gy=limit_gy,
        delivered_gy=delivered,
        remaining_gy=remaining,
        gy_per_mbq=expected,
        allowed_mbq=allowed,
        activity_mbq=given,
        total_gy=total,
        probability_above=None if missing else _above(total, limit_gy),
        per_activity=TissueDose(
            _check.nominal(expected), float(np.exp(_guards.relative(expected))), float(_check.nominal(sum(doses)))
        ),
        text=text,
        flags=flags,
        sources=(
            "prrt.next_activity",
            "record.cumulative",
            *(("prrt.kidney_median_gy_per_gbq", "prrt.kidney_gsd") if rule == "posterior" and prior is None else ()),
            *(f"prrt.{name}_mbq" for name in assumed),
            *(TISSUES["kidney"].sources if quantity == "BED" else ()),
            *(("prrt.kidney_half_life_h",) if quantity == "BED" and effective_half_life_h is None else ()),
        ),
    )


def _whole(name: str, number) -> int:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise InputError(f"{name} must be a whole number of 1 or more, got {number!r}")
    return int(number)


def _bounds(maximum, minimum, step) -> tuple[float, float, float]:
    given = zip(_BOUNDS, (maximum, minimum, step), strict=True)
    maximum, minimum, step = (value(f"prrt.{name}_mbq") if mbq is None else mbq for name, mbq in given)
    maximum = _numbers.single("maximum_mbq", _guards.activity("maximum_mbq", maximum, 5))
    minimum = _numbers.single("minimum_mbq", _check.non_negative("minimum_mbq", minimum, "activities are MBq"))
    step = _numbers.single("step_mbq", _check.positive("step_mbq", step, "activities are MBq"))
    if minimum > maximum:
        raise InputError(f"minimum_mbq is {minimum:g}, above maximum_mbq, {maximum:g}")
    return maximum, minimum, step


def _cycles(doses_gy, activities_mbq, rule, random_rel, systematic_rel):
    systematic_rel = _common(systematic_rel)
    if _empty(doses_gy) and _empty(activities_mbq):
        if rule != "posterior":
            raise InputError(f"doses_gy is empty, and the rule {rule!r} rests on cycles; take 'posterior'")
        return (), ()
    doses = _check.positive("doses_gy", _numbers.row("doses_gy", doses_gy), "doses are Gy")
    _guards.known("doses_gy", doses)
    activities = _guards.activity("activities_mbq", _numbers.row("activities_mbq", activities_mbq), 5)
    _numbers.same_length(doses_gy=doses, activities_mbq=activities)
    if rule in _TREND and len(doses) < 2:
        raise InputError(f"doses_gy has one cycle, and the rule {rule!r} needs two or more")
    doses = tuple(_bare(one) for one in with_shared(doses, random_rel, systematic_rel))
    _guards.per_mbq("doses_gy over activities_mbq", np.array([_check.nominal(one) for one in doses]) / activities)
    return doses, tuple(activities.tolist())


def _empty(row) -> bool:
    return np.ndim(row) == 1 and len(row) == 0


class _Scale:
    """From absorbed dose of one cycle to the limited quantity, and back."""

    def __init__(self, quantity: str, half_life_h):
        self.factor = None
        if quantity == "absorbed dose":
            if half_life_h is not None:
                raise InputError("effective_half_life_h is for a limit of BED; leave it out or give quantity='BED'")
            return
        half_life_h = value("prrt.kidney_half_life_h") if half_life_h is None else half_life_h
        half_life_h = _check.positive("effective_half_life_h", half_life_h, "it is in hours")
        _guards.one_number("effective_half_life_h", half_life_h)
        tissue = TISSUES["kidney"]
        self.factor = tissue.alpha_beta_gy, lea_catcheside(half_life_h, tissue.repair_half_time_h)

    def of(self, dose_gy):
        return dose_gy if self.factor is None else bed(dose_gy, *self.factor)

    def back(self, gy):
        return gy if self.factor is None else dose_from_bed(gy, *self.factor)


def _predicted(logs, rule, prior, variation):
    """Logarithm of the dose per activity expected of the next cycle, correlated with the doses it comes from."""
    # what the next cycle has of its own, and what made each earlier one differ from the patient's constant
    extras = [own(variation) for _ in range(len(logs) + 1)]
    seen = [one + extra for one, extra in zip(logs, extras, strict=False)]
    if rule == "posterior":
        prior = expected_per_activity() if prior is None else prior
        if not isinstance(prior, TissueDose):
            raise InputError(f"prior must be a TissueDose, got {prior!r}")
        median = _guards.per_mbq("prior: median_gy_per_mbq", prior.median_gy_per_mbq)
        spread = math.log(_check.geometric_sd("prior: gsd", prior.gsd))
        seen = [*seen, ufloat(math.log(median), spread) if spread else math.log(median)]
    if rule == "last":
        return seen[-1] + extras[-1]
    if rule == "step":
        return 2 * seen[-1] - seen[-2] + extras[-1]
    weights = weights_of(seen, rule == "line")
    return sum(weight * one for weight, one in zip(weights, seen, strict=True)) + extras[-1]


def _bounded(allowed, maximum, minimum, step, assumed):
    given = math.floor(min(allowed, maximum) / step + 1e-9) * step
    if given < minimum or given <= 0:
        whose = ", a convention of mrtlab" if assumed else ""
        return 0.0, (Flag.BELOW_MINIMUM,), f"that is below {minimum:g} MBq{whose}: do not treat, or discuss it"
    if allowed > maximum:
        return float(given), (Flag.CAPPED,), f"{given:g} MBq is the most in one cycle"
    return float(given), (), f"rounded down {given:g} MBq"


def _above(total, limit_gy) -> float | None:
    if not isinstance(total, UFloat) or total.std_dev == 0:
        return None
    return float(_numbers.normal_cdf((total.nominal_value - limit_gy) / total.std_dev))
