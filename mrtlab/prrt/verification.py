"""The cycle just measured against what the population and the cycles before let one expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import uncertainties
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import InputError
from mrtlab.planning import ExpectedRange, TissueDose, Verdict, expected_range, verify
from mrtlab.prrt import _guards, adaptive
from mrtlab.prrt.adaptive import RULES

__all__ = ["CycleVerdict", "predicted_per_activity", "total_range", "verify_cycle"]


def predicted_per_activity(
    doses_gy: Sequence,
    activities_mbq: Sequence[float],
    *,
    rule: str = "posterior",
    prior: TissueDose | None = None,
    random_rel=0.0,
    systematic_rel=0.0,
    variation_rel: float = 0.0,
):
    """Absorbed dose per activity to expect of the next cycle, Gy/MBq, without any limit.

    Parameters
    ----------
    doses_gy, activities_mbq, rule, prior, random_rel, systematic_rel, variation_rel
        As for :func:`next_activity`.

    Returns
    -------
    float or ufloat
        Correlated with ``doses_gy``.

    Raises
    ------
    InputError
        As :func:`next_activity`.

    References
    ----------
    ``prrt.next_activity``
    """
    _check.choice("rule", rule, RULES)
    if prior is not None and rule != "posterior":
        raise InputError(f"prior is given, and the rule {rule!r} does not use one; leave it out or take 'posterior'")
    variation = _numbers.single("variation_rel", _check.fraction("variation_rel", variation_rel))
    doses, activities = adaptive._cycles(doses_gy, activities_mbq, rule, random_rel, systematic_rel)
    logs = [_numbers.log(one / mbq) for one, mbq in zip(doses, activities, strict=True)]
    return adaptive._bare(_numbers.exp(adaptive._predicted(logs, rule, prior, variation)))


def total_range(
    activity_mbq: float,
    doses_gy: Sequence,
    activities_mbq: Sequence[float],
    *,
    rule: str = "posterior",
    prior: TissueDose | None = None,
    variation_rel: float = 0.0,
    quantity: str = "absorbed dose",
    effective_half_life_h: float | None = None,
) -> ExpectedRange:
    """Range of the dose of all cycles after one more, the uncertainty of what was given included.

    :func:`kidney_options` takes the dose so far as known. Its error is mostly that of all cycles, the next one
    included, so both add up linearly; this range has that.

    Parameters
    ----------
    activity_mbq : float
        Of the next cycle.
    doses_gy, activities_mbq : sequence
        Of the cycles so far, at least one; correlated doses from :func:`cycle_doses`.
    rule, prior, variation_rel, quantity, effective_half_life_h
        As for :func:`next_activity`.

    Returns
    -------
    mrtlab.planning.ExpectedRange
        Log-normal, with the mean and relative standard uncertainty of the sum.

    Raises
    ------
    InputError
        As :func:`next_activity`.

    References
    ----------
    ``record.cumulative``, ``prrt.next_activity``
    """
    _check.choice("quantity", quantity, ("absorbed dose", "BED"))
    if adaptive._empty(doses_gy):
        raise InputError("doses_gy is empty; before the first cycle take kidney_options")
    activity_mbq = _numbers.single("activity_mbq", _guards.activity("activity_mbq", activity_mbq))
    per_mbq = predicted_per_activity(doses_gy, activities_mbq, rule=rule, prior=prior, variation_rel=variation_rel)
    scale = adaptive._Scale(quantity, effective_half_life_h)
    doses_gy = _numbers.row("doses_gy", doses_gy)
    total = sum(scale.of(one) for one in (*doses_gy, activity_mbq * per_mbq))
    return expected_range(_check.nominal(total), float(np.exp(_guards.relative(total))))


@dataclass(frozen=True, eq=False)
class CycleVerdict:
    """One region of one cycle beside its expected range.

    Attributes
    ----------
    dose_gy : ufloat
        As measured.
    expected : mrtlab.planning.ExpectedRange
        For the activity administered.
    shared_rel : float
        Relative standard uncertainty that the cycle and those before have in common.
    verdict : mrtlab.planning.Verdict
    """

    dose_gy: UFloat
    expected: ExpectedRange
    shared_rel: float
    verdict: Verdict


def verify_cycle(
    dose_gy: UFloat,
    activity_mbq: float,
    doses_gy: Sequence = (),
    activities_mbq: Sequence[float] = (),
    *,
    rule: str = "posterior",
    prior: TissueDose | None = None,
    variation_rel: float = 0.0,
) -> CycleVerdict:
    """Compare the dose of a cycle with the range expected from the population and the earlier cycles.

    Parameters
    ----------
    dose_gy : ufloat
        Of this cycle. If it is correlated with ``doses_gy`` (:func:`cycle_doses`), what they share does not count as
        a reason to differ.
    activity_mbq : float
        Administered in this cycle.
    doses_gy, activities_mbq : sequence
        Of the cycles before, as for :func:`next_activity`; none for the first.
    rule, prior, variation_rel
        As for :func:`next_activity`.

    Returns
    -------
    CycleVerdict
        Within the range does not mean correct: an error common to all cycles stays unseen.

    Raises
    ------
    InputError
        As :func:`next_activity` and :func:`mrtlab.planning.verify`.

    References
    ----------
    ``prrt.next_activity``; :func:`mrtlab.planning.verify`
    """
    _check.choice("rule", rule, RULES)
    _guards.known("dose_gy", dose_gy)
    activity_mbq = _numbers.single("activity_mbq", _guards.activity("activity_mbq", activity_mbq))
    wanted = activity_mbq * predicted_per_activity(
        doses_gy, activities_mbq, rule=rule, prior=prior, variation_rel=variation_rel
    )
    expected = expected_range(_check.nominal(wanted), float(np.exp(_guards.relative(wanted))))
    shared = 0.0
    if isinstance(wanted, UFloat) and isinstance(dose_gy, UFloat):
        common = uncertainties.covariance_matrix([wanted, dose_gy])[0][1]
        common /= wanted.nominal_value * dose_gy.nominal_value
        # of two errors as large as each other at most, so that neither side is left with less than nothing
        shared = float(min(max(common, 0.0) ** 0.5, _guards.relative(wanted), _guards.relative(dose_gy)))
    return CycleVerdict(dose_gy, expected, shared, verify(dose_gy, expected, shared))
