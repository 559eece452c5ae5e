"""The virtual patient of the single image, and the record of a cycle; the patient and both persons are made up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from uncertainties import ufloat

from mrtlab import planning, psma
from mrtlab.apps.psma_cycles import compute
from mrtlab.apps.psma_cycles.model import PsmaPage
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion
from mrtlab.record.export import total_gy

__all__ = ["NAMES", "PHYSICIAN", "PHYSICIST", "PSEUDONYM", "begun", "every", "fill", "patient", "told", "verified"]

PHYSICIAN, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
PSEUDONYM = "VIRTUAL-PSMA-1"
NAMES = {
    "kidney": "Kidneys",
    "parotid": "Parotid gland",
    "lacrimal": "Lacrimal gland",
    "marrow": "Red marrow",
    "tumour": "Tumours",
}
_TUMOUR_ML, _SHRINK = 400.0, 0.75
#: Where the patient differs from the median, so that a population's half-life errs, and one gland lies outside.
_OWN = {
    "kidney": {"effective_half_life_h": 47.0},
    "parotid": {"fraction": 4.4},
    "tumour": {"effective_half_life_h": 80.0, "fraction": 0.8},
}
_OUTLINE = "outlined on CT of this patient"
#: Marrow has no outline of its own; its mass is that of a reference man.
_MASS_BY = {"marrow": "of a reference man, not of this patient"}
_CONSTANT = "0.08532 Gy·g/(MBq·h), electrons of Lu-177 absorbed locally, ICRP 107"
_OPTIONS_FROM = (
    "doses per activity as published, of other patients; where a limit is set, the earlier cycles of this patient "
    "included, as measured, each by one image"
)
_ACTIVITIES_MBQ = (5500.0, 6500.0, 7400.0)


@lru_cache(maxsize=1)
def patient() -> psma.Course:
    """Six cycles as they are; nobody but a virtual patient tells."""
    organs = psma.typical_organs(_TUMOUR_ML)
    for name, own in _OWN.items():
        organ = organs[name]
        share = own.get("fraction", 1.0) * organ.fraction
        organs[name] = replace(organ, **{**own, "fraction": share})
    return psma.simulate_cycles(
        value("psma.regimen_activity_mbq"),
        _TUMOUR_ML,
        shrink=_SHRINK,
        organs=organs,
        strength=value("psma.sink_strength"),
        half_volume_ml=value("psma.sink_half_volume_ml"),
        random_rel=0.0,
        shared_rel=0.0,
    )


def _organ(region: str) -> psma.Organ:
    return next(one for one in patient().organs if one.name == region)


def fill(model: PsmaPage) -> None:
    """Put in what the image of this time shows of the region, with its mass, recovery and a population's half-life."""
    organ, region = _organ(model.region), model.region
    mass = patient().of(region)[int(model.cycle) - 1].mass_g
    seen = patient().activity_mbq(region, model.time_h, int(model.cycle), apparent=True)
    model.activity_mbq = float(f"{float(seen):.4g}")
    model.mass_g = float(f"{float(mass):.4g}")
    model.recovery_one = float(organ.recovery)
    if region == "marrow":
        model.half_life_h = float(value("psma.marrow_half_life_h"))
        model.half_life_gsd = value("psma.marrow_half_life_gsd")
    else:
        prior = psma.half_life_prior(region)
        model.half_life_h, model.half_life_gsd = float(prior.median_h), prior.gsd
    model.delivered_gbq = patient().activities_mbq[0] / 1000


def every(model: PsmaPage) -> dict[str, tuple[PsmaPage, psma.SingleImage]]:
    """All tissues by the same image: the one shown with what was typed, the others as the image shows them."""
    found = {}
    for region in psma.TISSUES:
        one = model
        if region != model.region:
            one = PsmaPage(region=region, cycle=model.cycle, time_h=model.time_h, activity_u=model.activity_u)
            fill(one)
            one.delivered_gbq = model.delivered_gbq
        found[region] = one, compute.single(one)
    return found


def _limits(model: PsmaPage) -> dict[str, float]:
    """Those the learner chose in the section on the course; of the whole course."""
    names = ("kidney", "parotid", "lacrimal", "marrow")
    return {NAMES[one]: getattr(model, f"limit_{one}") for one in names if getattr(model, f"limit_{one}") > 0}


def _before(model: PsmaPage, earlier: Iterable[DosimetryRecord]):
    """What was measured in the earlier cycles, by region; the truth is nobody's to plan with.

    A cycle without a verified record counts as one image at the time of this one shows it. What is common to all
    cycles adds up, the rest averages out.
    """
    known = {
        made.header.cycle: {
            one.region: (one.dose_gy, one.u_gy or 0.0, one.systematic_rel) for one in made.verification.regions
        }
        for made in earlier
        if made.verification
    }
    found = {region: [] for region in psma.TISSUES}
    for cycle in range(1, int(model.cycle)):
        seen = PsmaPage(region="kidney", cycle=float(cycle), time_h=model.time_h, activity_u=model.activity_u)
        fill(seen)
        images = {} if cycle in known else every(seen)
        for region, parts in found.items():
            if cycle not in known:
                dose, common = images[region][1].dose_gy, model.activity_u / 100
                parts.append((dose.nominal_value, dose.std_dev, common))
            elif NAMES[region] in known[cycle]:
                parts.append(known[cycle][NAMES[region]])
    return {region: total_gy(parts) if parts else 0.0 for region, parts in found.items()}


def begun(model: PsmaPage, earlier: Iterable[DosimetryRecord] = ()) -> DosimetryRecord:
    """Steps i to v of a cycle, up to the plan with its expected range.

    Parameters
    ----------
    model : PsmaPage
    earlier : iterable of DosimetryRecord
        Records of earlier cycles; what they verified counts against the limits.

    Raises
    ------
    InputError
        If a limit is used up by the earlier cycles.
    """
    activity, cycle = 1000 * model.activity_gbq, int(model.cycle)
    made = DosimetryRecord.begin(PSEUDONYM, "PSMA", "Lu-177", "Lu-177 PSMA-617", cycle=cycle)
    healthy = [NAMES[one] for one in psma.TISSUES if one != "tumour"]
    made = made.declare_intent(
        PHYSICIAN, "metastatic prostate cancer, virtual patient", "palliative", [NAMES["tumour"]], healthy
    )
    ranges = {one: psma.organ_range(one) for one in psma.TISSUES}
    limits = _limits(model)
    before = _before(model, earlier) if limits else {}
    options = planning.activity_options(
        sorted({*_ACTIVITIES_MBQ, activity}),
        {NAMES[one]: ranges[one].tissue_dose(before[one] if NAMES[one] in limits else 0.0) for one in ranges},
        limits or None,
    )
    made = made.present_options(PHYSICIST, options, _OPTIONS_FROM)
    made = made.decide(PHYSICIAN, "treat", "Progress after two lines; the ranges presented were seen and weighed.")
    made = made.prescribe(
        PHYSICIAN,
        planning.Prescription(
            PHYSICIAN.name,
            PHYSICIST.name,
            activity,
            tuple(
                planning.Constraint(name, "limit", gy, source="chosen on the page, for all cycles together")
                for name, gy in limits.items()
            ),
            1,
            "The activity of the regimen, verified by one image in each cycle.",
        ),
    )
    course = patient()
    return made.fix_plan(
        PHYSICIST,
        activity,
        [
            PlannedRegion(
                NAMES[one],
                ranges[one].expected(activity),
                float(course.of(one)[cycle - 1].mass_g),
                _MASS_BY.get(one, _OUTLINE),
                "dose per activity of a population (mrtlab teaching values, spanning what is published)",
                _CONSTANT,
            )
            for one in psma.TISSUES
        ],
    )


def verified(model: PsmaPage, begun_: DosimetryRecord, investigation: str, now: datetime | None = None):
    """Steps v and vi: what was administered, and every tissue by one image.

    Raises
    ------
    InputError
        If the record is of another cycle or beyond its verification; without an investigation where one is due.
    """
    if begun_.header.cycle != int(model.cycle):
        raise InputError(
            f"the record is of cycle {begun_.header.cycle}, the image of cycle {model.cycle:g}; begin one of this cycle"
        )
    if not {turn.kind for turn in begun_.turns} & {"administration", "verification"}:
        raise InputError("the record is verified already; a correction begins a new version, on its own page")
    when, made = (now or datetime.now(UTC)).replace(microsecond=0) - timedelta(hours=model.time_h + 2), begun_
    delivered = 1000 * model.delivered_gbq
    if {turn.kind for turn in made.turns} == {"administration"}:
        made = made.administer(
            PHYSICIST,
            ufloat(delivered, 0.02 * delivered),
            measured_at=when - timedelta(hours=1),
            started_at=when,
            residual_reason="The activity given is that delivered; the residual was subtracted before.",
            calibrator="well chamber of the virtual centre",
            traceability="certificate of the supplier",
            route="intravenous",
            remarks=f"Of a virtual patient: the clock is set so that the image of {model.time_h:g} h is past when it "
            "is entered, and may lie before the plan. Cycles are weeks apart.",
        )
    results = every(model)
    regions = [
        MeasuredRegion(
            NAMES[region],
            found.dose_gy,
            one.mass_g,
            _MASS_BY.get(region, _OUTLINE),
            f"one SPECT at {one.time_h:g} h, {one.activity_mbq:.4g} MBq seen, recovery {one.recovery_one:g}; half-life "
            f"of a population, {one.half_life_h:g} h (factor {one.half_life_gsd:g})"
            + (f"; {found.statement}" if found.statement else ""),
            _CONSTANT,
            points=1,
            partial_volume=one.recovery_one != 1,
            effective_half_life_h=one.half_life_h,
            systematic_rel=min(one.activity_u / 100, float(found.dose_gy.std_dev / found.dose_gy.nominal_value)),
        )
        for region, (one, found) in results.items()
    ]
    said = [f"{NAMES[region]}: {found.statement}" for region, (_, found) in results.items() if found.statement]
    return made.verify(
        PHYSICIST,
        regions,
        investigation=investigation.strip() or None,
        next_cycle="The dose per activity of healthy organs may rise as the tumour shrinks: image the next cycle too.",
        remarks=". ".join(said) + ".",
    )


def told(found: DosimetryRecord) -> str:
    """Where a record stands, in a sentence."""
    turns = "; ".join(turn.text.rpartition(" (")[0] for turn in found.turns) or "nobody: it is final"
    return (
        f"Record of **{found.header.pseudonym}**, cycle {found.header.cycle}, {len(found.steps)} steps, "
        f"{found.status.lower()}. It is the turn of {turns}."
    )
