"""The record of a cycle of Ac-225 with one lesion; patient and both persons are made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from uncertainties import ufloat

from mrtlab import planning, psma
from mrtlab.apps.psma_cycles import compute
from mrtlab.apps.psma_cycles.case import PHYSICIAN, PHYSICIST
from mrtlab.apps.psma_cycles.look import n
from mrtlab.apps.psma_cycles.model import PsmaPage
from mrtlab.errors import InputError
from mrtlab.record import AlphaPart, DosimetryRecord, MeasuredRegion, PlannedRegion

__all__ = ["LESION", "PSEUDONYM", "begun", "verified"]

PSEUDONYM, LESION = "VIRTUAL-AC225-1", "Lesion"
_UNKNOWN = "No dose per activity that could be planned with is known here; followed by blood counts and questions."
_OUTLINE = "outlined on the image of this patient"
_CONSTANT = "energies, half-lives and branches of ICRP Publication 107 for Ac-225 and its daughters, without recoil"


def begun(model: PsmaPage) -> DosimetryRecord:
    """Steps i to v of a cycle, up to the plan: the dose as it is shown, with the daughters as chosen.

    Raises
    ------
    InputError
        While nobody has chosen where the daughters go.
    """
    found = compute.alpha(model)
    spread, planned = psma.organ_range("tumour").gsd, n(found.dose.absorbed_gy)
    made = DosimetryRecord.begin(PSEUDONYM, "PSMA", "Ac-225", "Ac-225 PSMA-617")
    risk = ["Salivary glands", "Kidneys", "Red marrow"]
    made = made.declare_intent(PHYSICIAN, "metastatic prostate cancer, virtual patient", "palliative", [LESION], risk)
    options = planning.activity_options(
        [0.75 * model.ac_mbq, model.ac_mbq], {LESION: planning.TissueDose(planned / model.ac_mbq, spread)}
    )
    made = made.present_options(
        PHYSICIST, options, f"absorbed dose, without a weight, {found.choice}", dict.fromkeys(risk, _UNKNOWN)
    )
    made = made.decide(PHYSICIAN, "treat", "Progress after Lu-177-PSMA; a dry mouth is accepted.")
    made = made.prescribe(
        PHYSICIAN,
        planning.Prescription(
            PHYSICIAN.name, PHYSICIST.name, model.ac_mbq, (), 1,
            "The activity of the regimen; the dose to the lesion is verified.",
        ),
    )  # fmt: skip
    region = PlannedRegion(
        LESION,
        planning.expected_range(planned, spread),
        model.ac_g,
        _OUTLINE,
        f"{model.ac_tia:g} MBq·h of Ac-225 as typed for the plan; spread of tumours with Lu-177-PSMA (factor "
        f"{spread:g}, mrtlab teaching value), for there is none for Ac-225",
        _CONSTANT,
        daughters=found.choice,
    )
    return made.fix_plan(PHYSICIST, model.ac_mbq, [region])


def verified(model: PsmaPage, made: DosimetryRecord, investigation: str, now: datetime | None = None):
    """Steps v and vi: what was administered, and the dose to the lesion as it is shown now.

    Raises
    ------
    InputError
        While nobody has chosen where the daughters go; beyond the verification; without an investigation where one
        is due.
    """
    found = compute.alpha(model)
    if not {turn.kind for turn in made.turns} & {"administration", "verification"}:
        raise InputError("the record is verified already; a correction begins a new version, on its own page")
    if {turn.kind for turn in made.turns} == {"administration"}:
        when = (now or datetime.now(UTC)).replace(microsecond=0)
        given = made.plan.activity_mbq
        made = made.administer(
            PHYSICIST,
            ufloat(given, 0.05 * given),
            measured_at=when - timedelta(hours=1),
            started_at=when,
            residual_reason="The activity given is that delivered; the residual was subtracted before.",
            calibrator="well chamber of the virtual centre, read in equilibrium",
            traceability="certificate of the supplier",
            route="intravenous",
        )
    dose = found.dose
    absorbed = n(dose.absorbed_gy)
    region = MeasuredRegion(
        LESION,
        ufloat(absorbed, absorbed * model.ac_u / 100),
        model.ac_g,
        _OUTLINE,
        f"{model.ac_tia:g} MBq·h of Ac-225 as typed on the page, with no images behind it",
        _CONSTANT,
        points=1,
        partial_volume=False,
        basis="estimated",
        alpha=AlphaPart(n(dose.alpha_gy), n(dose.electron_gy), n(dose.rbe), found.choice),
    )
    return made.verify(
        PHYSICIST,
        [region],
        investigation=investigation.strip() or None,
        remarks="Verdict and range are of the absorbed dose; the weighted one stands beside it and decides nothing.",
    )
