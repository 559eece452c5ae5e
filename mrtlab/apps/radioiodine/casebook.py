"""The record of the case: up to the plan once it is fixed, and on to the verification once that is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from uncertainties import ufloat

from mrtlab import calibration, planning
from mrtlab.apps.radioiodine import given, measured, planned
from mrtlab.apps.radioiodine.look import NAMES
from mrtlab.apps.radioiodine.model import RadioiodinePage
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, Prescription
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

__all__ = ["ROLE_PLAY", "begin", "go_on"]

#: What the physician and the physicist of the case answer; made up.
ROLE_PLAY = {
    "physician": "Dr Ada Example",
    "physicist": "Bo Sample",
    "prescribed_mbq": 451.0,
    "intent": "ablative",
    "reason": "No remission after a year of tablets; the patient accepts hypothyroidism and wants one treatment.",
}
ENERGY = {
    "eanm": "mean energy by mass, EANM SOP II (published)",
    "constant": "24.7 MBq·d·% per g and Gy (recalled)",
    "mass": "mean energy of a sphere by mass (derived)",
}
_METHOD = "ultrasound, three diameters"
_SIMULATED = "Simulated case; its clock times are those of the case."
_RESIDUAL_MBQ = 0.0


def _kinetics(uptakes, what: str) -> str:
    told = ", ".join(f"{100 * one.uptake:.1f} % at {one.time_h:g} h" for one in uptakes)
    return f"uptake {told}; {what}"


def begin(model: RadioiodinePage, now: datetime | None = None) -> DosimetryRecord:
    """From the intent to the plan, as the two persons of the page decide it.

    Parameters
    ----------
    model : RadioiodinePage
    now : datetime, optional
        The case lies in the two weeks before.

    Raises
    ------
    InputError
        If a name, the activity or the reason is missing, or both names are one; as the methods.
    """
    if model.prescribed_mbq is None:
        raise InputError("no activity is prescribed; the physician types it, out of the range above or not")
    for name, who in ((model.physician, "physician who prescribes"), (model.physicist, "medical physicist who plans")):
        if not name.strip():
            raise InputError(f"the name of the {who} is missing")
    if not model.reason.strip():
        raise InputError("the reason for this activity is missing; the physician types it")
    prescription = Prescription(
        model.physician,
        model.physicist,
        model.prescribed_mbq,
        (Constraint(planned.GLAND, "aim", model.aim_gy, source="asked for by the physician of the case"),),
        3,
        model.reason,
    )
    physician, physicist = Person(model.physician, "MD"), Person(model.physicist, "MPE")
    day = (now or datetime.now(UTC)).replace(microsecond=0) - timedelta(days=16)
    found = planned.options(model)
    mass_g, _ = planned.gland(model)
    case = DosimetryRecord.begin("graves-case", "radioiodine", "I-131", "NaI capsule", at=day)
    case = case.declare_intent(physician, "Graves' disease", model.intent, [planned.GLAND], at=day + timedelta(hours=1))
    case = case.present_options(
        physicist,
        found.table,
        f"tracer study of this patient: {NAMES[model.protocol]}",
        at=day + timedelta(days=6, hours=2),
    )
    case = case.decide(physician, "treat", model.reason, at=day + timedelta(days=6, hours=3))
    case = case.prescribe(physician, prescription, at=day + timedelta(days=6, hours=4))
    expected = planning.expected_range_from_components(model.prescribed_mbq * found.per_mbq, found.components)
    used = [one for one in measured.uptakes(model).uptakes if one.time_h in measured.USED_H[model.protocol]]
    region = PlannedRegion(
        planned.GLAND,
        expected,
        ufloat(mass_g, found.components["mass"] * mass_g),
        _METHOD,
        _kinetics(used, NAMES[model.protocol]),
        ENERGY[model.mode],
    )
    return case.fix_plan(physicist, model.prescribed_mbq, [region], remarks=_SIMULATED, at=day + timedelta(days=7))


def go_on(model: RadioiodinePage) -> DosimetryRecord:
    """The same record with administration and verification; the signatures are left to the two.

    Raises
    ------
    InputError
        If no plan is fixed, or a dose outside its range has no finding.
    """
    case = given.plan_of(model)
    if case is None:
        raise InputError("no plan is fixed yet; a verification needs the range that was expected")
    found = given.verified(model)
    if not found.verdict.within and not model.finding.strip():
        raise InputError(
            "the dose lies outside its expected range; type under “more: outside the range” what was found"
        )
    physicist = Person(case.prescription.planned_by, "MPE")
    measured_at = datetime.fromisoformat(case.steps[-1].at) + timedelta(days=1)
    started_at = measured_at + timedelta(minutes=30)
    delivered = calibration.net_activity(
        model.delivered_mbq, started_at, _RESIDUAL_MBQ, started_at, started_at, "I-131"
    )
    case = case.administer(
        physicist,
        ufloat(delivered, 0.02 * delivered),
        measured_at=measured_at,
        started_at=started_at,
        residual_mbq=None,
        residual_reason="the capsule was swallowed whole (simulated)",
        calibrator="well chamber (simulated)",
        traceability="simulated",
        route="oral",
        remarks=_SIMULATED,
        at=started_at + timedelta(hours=1),
    )
    region = MeasuredRegion(
        planned.GLAND,
        found.dose_gy,
        ufloat(found.mass_g, found.own["mass"] * found.mass_g),
        _METHOD + (", shrinking meanwhile (teaching model)" if model.gland == "shrinks" else ""),
        _kinetics(found.uptakes, "one exponential"),
        ENERGY[model.mode],
        points=2,
        partial_volume=False,
        effective_half_life_h=float(found.integral.effective_half_life_h.nominal_value),
        systematic_rel=found.own["energy"],
        shared_rel=found.shared_rel,
    )
    return case.verify(
        physicist,
        [region],
        investigation=model.finding.strip() or None,
        remarks=_SIMULATED,
        at=started_at + timedelta(days=6, hours=2),
    )
