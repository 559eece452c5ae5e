"""The numbers of the last sections: what the therapy gave, and the dose to those around the patient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import planning, protection, radioiodine
from mrtlab.apps.radioiodine import measured, planned
from mrtlab.apps.radioiodine.model import RadioiodinePage
from mrtlab.apps.sections import hearing
from mrtlab.errors import Flag
from mrtlab.record import DosimetryRecord, from_json

__all__ = ["Contact", "Verified", "contact", "plan_of", "range_of", "verified"]


@dataclass(frozen=True, eq=False)
class Verified:
    """The dose that was measured, against the range that the plan fixed.

    Attributes
    ----------
    expected : ExpectedRange
        As in the record.
    planned_mbq, mass_g : float
        As in the record.
    now_gy : float or None
        Median that the inputs of the page would give today; None where they give none.
    integral : UptakeIntegral
        Of the therapy.
    dose_gy : ufloat
    own : dict
        Relative uncertainties of the measurement.
    shared_rel, shrinkage : float
    verdict : Verdict
    hours, before, after : array
        Curves; ``before`` is None where the plan's protocol has none.
    remarks : tuple of str
    """

    expected: planning.ExpectedRange
    planned_mbq: float
    delivered_mbq: float
    mass_g: float
    now_gy: float | None
    integral: radioiodine.UptakeIntegral
    dose_gy: UFloat
    own: dict
    shared_rel: float
    shrinkage: float
    verdict: planning.Verdict
    uptakes: tuple
    hours: np.ndarray
    before: np.ndarray
    after: np.ndarray
    remarks: tuple[str, ...]


_HOURS = np.linspace(0, 240, 41)


def _curve(integral) -> np.ndarray:
    return np.array([getattr(one, "n", one) for one in integral.uptake(_HOURS)])


@lru_cache(maxsize=4)
def _read(text: str) -> DosimetryRecord:
    return from_json(text)


def plan_of(model: RadioiodinePage) -> DosimetryRecord | None:
    """The record in which the plan was fixed."""
    return _read(model.record) if model.record else None


def range_of(case: DosimetryRecord) -> planning.ExpectedRange:
    """The range of doses that a record's plan fixed for the gland."""
    region = case.plan.regions[0]
    parts = tuple((one.name, one.relative) for one in region.components)
    return planning.ExpectedRange(region.median_gy, region.gsd, parts)


def verified(model: RadioiodinePage) -> Verified:
    """Dose of the therapy from its own measurements, with the mass of the plan."""
    case = plan_of(model)
    plan, region, expected = case.plan, case.plan.regions[0], range_of(case)
    mass_g = region.mass_g.value
    with hearing() as remarks:
        after = measured.after(model)
        shrinks = {"mass_half_life_h": 24 * model.mass_half_d} if model.gland == "shrinks" else {}
        shrinkage = radioiodine.shrinkage_factor(after.effective_half_life_h.n, **shrinks) if shrinks else 1.0
        found = radioiodine.benign_dose(
            mass_g, after, model.mode, stimulated_tracer=False, stimulated_therapy=False, **shrinks
        )
    gy = float(found.dose(model.delivered_mbq).n)
    # mass and energy are those of the plan and say nothing of the difference
    own = planning.teaching_components("radioiodine", "verification")
    own |= {name: part for name, part in expected.components if name in ("mass", "energy")}
    shared = planning.relative_uncertainty(own, ["mass", "energy"])
    dose_gy = ufloat(gy, planning.relative_uncertainty(own) * gy)
    try:
        with hearing():
            now = plan.activity_mbq * planned.per_mbq(model)
    except ValueError:
        now = None
    tracer = radioiodine.late_points(list(measured.HOURS[1:]), measured.points(model)[1:])
    return Verified(
        expected,
        plan.activity_mbq,
        model.delivered_mbq,
        mass_g,
        now,
        after,
        dose_gy,
        own,
        shared,
        float(shrinkage),
        planning.verify(dose_gy, expected, shared_rel=shared),
        tuple(measured.counted_after(model)),
        _HOURS,
        _curve(tracer),
        _curve(after),
        tuple(dict.fromkeys([*(Flag(one).text for one in found.flags), *remarks])),
    )


@dataclass(frozen=True, eq=False)
class Contact:
    """Dose rate around the patient, and dose to one other person.

    Attributes
    ----------
    activity_mbq, distance_m, occupancy, start_h : float
    days, rate : array
        µSv/h at the distance.
    starts, dose_msv : array
        Dose by the day contact begins.
    first_usv_per_h, now_usv_per_h, rate_1m_usv_per_h : float
        At the distance at once and when contact begins, and at 1 m then.
    now_msv, whole_msv : float
    limit_msv : float or None
    away_h : float or None
        How long to keep away for the limit; None without one.
    checks : tuple of ReleaseCheck
    remarks : tuple of str
    """

    activity_mbq: float
    distance_m: float
    occupancy: float
    start_h: float
    days: np.ndarray
    rate: np.ndarray
    starts: np.ndarray
    dose_msv: np.ndarray
    first_usv_per_h: float
    now_usv_per_h: float
    rate_1m_usv_per_h: float
    now_msv: float
    whole_msv: float
    limit_msv: float | None
    away_h: float | None
    checks: tuple
    remarks: tuple[str, ...]


_DAYS = np.concatenate([np.linspace(0, 3, 13), np.arange(4.0, 29.0)])


def contact(model: RadioiodinePage) -> Contact:
    """The generic patient with the activity delivered; limits only where they are typed in."""
    share, start_h = model.occupancy / 100, 24 * model.start_d

    left = protection.retained_fraction(start_h)
    with hearing() as remarks:
        first = protection.dose_rate(model.delivered_mbq, model.distance_m)
        rate = protection.dose_rate(model.delivered_mbq, model.distance_m, protection.retained_fraction(24 * _DAYS))
        now = protection.dose_rate(model.delivered_mbq, model.distance_m, left)
        metre = protection.dose_rate(model.delivered_mbq, 1.0, left)
    dose = np.array([protection.bystander_dose(first, share, start_h=24 * day) for day in _DAYS])
    from_now = float(protection.bystander_dose(first, share, start_h=start_h))
    away = None if model.limit_msv is None else protection.contact_restriction_h(first, share, model.limit_msv)
    country = model.country.strip() or "typed in"
    criteria = [
        protection.ReleaseCriterion(country, quantity, limit, "typed in on this page", status="recalled")
        for quantity, limit in (("rate_1m_usv_per_h", model.limit_rate), ("bystander_msv", model.limit_msv))
        if limit is not None
    ]
    checks = (
        protection.check_release(criteria, country, rate_1m_usv_per_h=float(metre), bystander_msv=from_now)
        if criteria
        else ()
    )
    return Contact(
        model.delivered_mbq,
        model.distance_m,
        share,
        start_h,
        _DAYS,
        rate,
        _DAYS,
        dose,
        float(first),
        float(now),
        float(metre),
        from_now,
        float(protection.bystander_dose(first, share)),
        model.limit_msv,
        None if away is None else float(away),
        checks,
        tuple(remarks),
    )
