"""One record, step by step: radioiodine as in exercise RI-E5, with a range fixed from components."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from uncertainties import ufloat

from mrtlab import planning
from mrtlab.planning import Constraint, Prescription, TissueDose
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

DOCTOR, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
LOCAL = timezone(timedelta(hours=1))
EXPECTED = planning.expected_range_from_components(300.885, planning.teaching_components("radioiodine"))
MEASURED = planning.teaching_components("radioiodine", "verification")
OPTIONS = planning.activity_options(
    [300, 450, 600],
    {"thyroid": TissueDose(300.885 / 450, EXPECTED.gsd), "marrow": TissueDose(1e-4, 1.5)},
    {"marrow": 2},
)
PLANNED = PlannedRegion(
    "thyroid", EXPECTED, ufloat(18.98, 2.85), "ultrasound, three diameters", "uptake at 24 and 144 h, one exponential",
    "24.7 MBq·d·g form of the EANM",
)  # fmt: skip
PRESCRIPTION = Prescription(
    prescribed_by="Dr Ada Example", planned_by="Bo Sample", activity_mbq=450.0,
    constraints=(
        Constraint("thyroid", "aim", 300, source="choice of the physician"),
    ),
    optimisation_level=3, reason="Ablative aim; the marrow stays far below its limit.",
)  # fmt: skip


def measured(dose=206.204, **changes):
    """The verification of RI-E5."""
    u = planning.relative_uncertainty(MEASURED)
    shared = planning.relative_uncertainty(MEASURED, ["mass", "energy"])
    fields = {
        "region": "thyroid", "dose_gy": ufloat(dose, u * dose), "mass_g": ufloat(18.98, 2.85),
        "mass_method": "ultrasound, three diameters", "kinetics": "uptake 0.43 at 24 h, 0.19 at 144 h",
        "constant": "24.7 MBq·d·g form of the EANM", "points": 2, "partial_volume": False,
        "effective_half_life_h": 101.84, "systematic_rel": 0.05, "shared_rel": shared,
    }  # fmt: skip
    return MeasuredRegion(**{**fields, **changes})


def begin(pseudonym="case-07", cycle=1, **changes):
    fields = {"therapy": "radioiodine", "nuclide": "I-131", "product": "NaI capsule", "at": START}
    return DosimetryRecord.begin(pseudonym, cycle=cycle, **{**fields, **changes})


def later(record):
    """An hour after the last step."""
    before = record.steps[-1].at if record.steps else record.header.created
    return datetime.fromisoformat(before) + timedelta(hours=1)


def intent(record, by=DOCTOR):
    return record.declare_intent(by, "Graves", "ablative", ["thyroid"], ["marrow"], at=later(record))


def options(record, by=PHYSICIST):
    return record.present_options(by, OPTIONS, "tracer study of this patient", at=later(record))


def decide(record, by=DOCTOR, decision="treat"):
    return record.decide(by, decision, "Benefit outweighs the risk here.", at=later(record))


def prescribe(record, by=DOCTOR):
    return record.prescribe(by, replace(PRESCRIPTION, prescribed_by=by.name, planned_by="C Third"), at=later(record))


def plan(record, by=PHYSICIST, **changes):
    return record.fix_plan(by, **{"activity_mbq": 450.0, "regions": [PLANNED], **changes}, at=later(record))


def administer(record, by=PHYSICIST, **changes):
    fields = {
        "administered_mbq": ufloat(448, 9), "measured_at": datetime(2027, 3, 2, 9, 0, tzinfo=LOCAL),
        "started_at": datetime(2027, 3, 2, 9, 30, tzinfo=LOCAL), "residual_mbq": 1.5, "calibrator": "well chamber 2",
        "traceability": "national standard, certificate of this year", "route": "oral",
    }  # fmt: skip
    return record.administer(by, **{**fields, **changes}, at=later(record))


def verify(record, by=PHYSICIST, **changes):
    return record.verify(by, **{"regions": [measured()], **changes}, at=later(record))


def waive(record, by=PHYSICIST):
    return record.waive_verification(by, "The patient did not come back for the measurements.", at=later(record))


def sign(record, by):
    return record.sign(by, at=later(record))


STEPS = {
    "intent": intent, "options": options, "decision": decide, "prescription": prescribe, "plan": plan,
    "administration": administer, "verification": verify, "waiver": waive, "signature": sign,
}  # fmt: skip
WHOSE = {
    "intent": DOCTOR, "options": PHYSICIST, "decision": DOCTOR, "prescription": DOCTOR, "plan": PHYSICIST,
    "administration": PHYSICIST, "verification": PHYSICIST, "waiver": PHYSICIST,
}  # fmt: skip
ORDER = ("intent", "options", "decision", "prescription", "plan", "administration", "verification")


def until(kind, **options):
    """A record with all steps up to a kind; "final" for all."""
    record = begin(**options)
    for step in ORDER if kind == "final" else ORDER[: ORDER.index(kind) + 1]:
        record = STEPS[step](record)
    if kind == "final":
        record = sign(sign(record, PHYSICIST), DOCTOR)
    return record


@pytest.fixture
def case():
    """The functions above by name: ``case.until("plan")``."""
    return SimpleNamespace(**{name: item for name, item in globals().items() if not name.startswith("_")})
