"""The record of a patient: begun with the plan, taken further by the verification, signed elsewhere.

The physician and the physicist in it are made up, as the patient is. A record of another patient, or without a plan, is
refused.
"""

from __future__ import annotations

from datetime import timedelta

from uncertainties import ufloat

from mrtlab import planning, record, sirt
from mrtlab.apps.sirt_verification.compute import Compared, Planned
from mrtlab.apps.sirt_verification.measure import Case
from mrtlab.apps.sirt_verification.model import PATIENTS
from mrtlab.apps.sirt_verification.words import name
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

__all__ = ["PHYSICIAN", "PHYSICIST", "begun", "opened", "told", "verified"]

PHYSICIAN, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
_CONSTANT = "49.771 J/GBq, ICRP 107 (derived)"
# virtual patients live in a year to come, and a record is written and signed now
_EARLIER = timedelta(weeks=104)
_OUTLINE = "outlined on CT, 1.04 g/mL"
_ACTIVITIES = (0.75, 1.0, 1.25)  # of the planned activity, presented to the physician


def _mass(grams: float, parts) -> object:
    return ufloat(grams, parts["mass"] * grams)


def begun(case: Case, found: Planned) -> DosimetryRecord:
    """Steps i to v of a patient, up to the plan with its expected range."""
    about = PATIENTS[case.key]
    made = DosimetryRecord.begin(about.pseudonym, "SIRT", "Y-90", "glass microspheres")
    names = {key: name(key) for key in found.expected}
    targets = [names[key] for key in names if key not in ("normal", "lung")]
    made = made.declare_intent(
        PHYSICIAN,
        "liver tumours, virtual patient",
        "tumour response",
        targets,
        [names["normal"], names["lung"]],
    )
    gsd = next(iter(found.expected.values())).gsd
    tissues = {
        names[key]: planning.TissueDose(one.median_gy / found.activity_mbq, gsd) for key, one in found.expected.items()
    }
    limit = sirt.whole_normal_limit(1.0).gy[0]
    lungs = sirt.lung_limits()[0].dose_gy
    activities = [part * found.activity_mbq for part in _ACTIVITIES]
    options = planning.activity_options(activities, tissues, {names["normal"]: limit, names["lung"]: lungs})
    made = made.present_options(
        PHYSICIST,
        options,
        "MAA SPECT of this patient, calibrated by what is delivered to the liver",
    )
    made = made.decide(PHYSICIAN, "treat", "The limits are kept at every activity presented.")
    made = made.prescribe(
        PHYSICIAN,
        planning.Prescription(
            PHYSICIAN.name,
            PHYSICIST.name,
            found.activity_mbq,
            (
                planning.Constraint(
                    names["normal"], "limit", limit, source="EANM guideline 2022, glass, bilirubin 1.0 mg/dL"
                ),
                planning.Constraint(names["lung"], "limit", lungs, source="30 Gy in one treatment"),
            ),
            2,
            "As presented; the doses of the tumours are to be verified.",
        ),
    )
    kinetics = (
        f"Tc-99m MAA SPECT, share of the tumour {found.shares['tumour']:.3f}, lung shunt {found.lung_shunt:.3f}; "
        "decay in place"
    )
    return made.fix_plan(
        PHYSICIST,
        found.activity_mbq,
        [
            PlannedRegion(names[key], one, _mass(found.masses_g[key], found.components), _OUTLINE, kinetics, _CONSTANT)
            for key, one in found.expected.items()
        ],
    )


def opened(data: bytes, case: Case) -> DosimetryRecord:
    """A planning record from a file, if it is this patient's and waits for its verification.

    Raises
    ------
    InputError
        With the reason.
    """
    found = record.from_json(data)
    _require(found, case)
    return found


def _require(found: DosimetryRecord, case: Case) -> None:
    wanted = PATIENTS[case.key].pseudonym
    if found.header.pseudonym != wanted:
        raise InputError(
            f"The record is of {found.header.pseudonym}, the images are of {wanted}. One patient's plan and another's "
            "images: that is the slip a pseudonym is there to stop"
        )
    if found.plan is None:
        raise InputError("The record has no plan yet: without an expected range fixed before, nothing can be verified")
    if not {turn.kind for turn in found.turns} & {"administration", "verification"}:
        raise InputError("The record is verified already; a correction begins a new version, on the page of the record")


def verified(case: Case, begun_: DosimetryRecord, found: Compared, parts, investigation: str) -> DosimetryRecord:
    """Steps v and vi: what was administered, and every planned region against its range.

    Parameters
    ----------
    case : Case
    begun_ : DosimetryRecord
        With a plan.
    found : Compared
    parts : dict
        Components of the uncertainty.
    investigation : str
        What was found, where something had to be investigated.
    """
    _require(begun_, case)
    when, made = case.patient.administered_at - _EARLIER, begun_
    if {turn.kind for turn in made.turns} == {"administration"}:
        made = made.administer(
            PHYSICIST,
            ufloat(found.delivered_mbq, parts["activity"] * found.delivered_mbq),
            measured_at=when - timedelta(hours=1),
            started_at=when,
            residual_reason="The activity given is that delivered, residual subtracted before it reached this page.",
            calibrator="well chamber of the virtual centre",
            traceability="certificate of the vial",
            route="hepatic artery",
            remarks=PATIENTS[case.key].report,
        )
    planned = {one.region for one in made.plan.regions}
    regions = []
    for row in found.rows:
        mass = case.masses_g[row.name]
        shared = found.shared_rel if name(row.name) in planned else 0.0
        regions.append(
            MeasuredRegion(
                name(row.name),
                row.delivered,
                _mass(mass, parts),
                _OUTLINE,
                f"Y-90 PET, 20 min, share of the tumour {found.shares[1]['tumour']:.3f}; decay in place",
                _CONSTANT,
                points=1,
                partial_volume=False,
                systematic_rel=parts["activity"],
                shared_rel=shared,
            )
        )
    told_ = {name(row.name) for row in found.rows}
    missing = dict.fromkeys(planned - told_, "The PET shows no counts of this region that noise does not explain.")
    away = found.extrahepatic
    remarks = (
        f"Away from liver and lungs: {100 * away.share:.1f} % of the counts of the liver, {away.significance:.1f} "
        f"standard deviations. Share of the tumour {found.shares[0]['tumour']:.3f} planned, "
        f"{found.shares[1]['tumour']:.3f} delivered."
    )
    return made.verify(
        PHYSICIST,
        regions,
        missing=missing,
        investigation=investigation.strip() or None,
        remarks=remarks,
    )


def told(found: DosimetryRecord) -> str:
    """Where a record stands, in a sentence."""
    from mrtlab.apps.record.words import turn

    return (
        f"Record of **{found.header.pseudonym}**, {len(found.steps)} steps, {found.status.lower()}. {turn(found)} "
        "Its expected ranges stay as they were fixed, whatever is changed above."
    )
