"""The record of a cycle, as far as the physicist's part goes; cycles add up.

The two persons in it are made up, as the patient is. What the learner decided and looked at is in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from uncertainties import ufloat

from mrtlab import planning, prrt, radiobiology, record
from mrtlab.apps.prrt_cycles import check, compute, measure
from mrtlab.apps.prrt_cycles.check_words import ASKED, DECIDED
from mrtlab.apps.prrt_cycles.model import CYCLES, PrrtCycles
from mrtlab.apps.sections import current, hearing
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, Prescription, TissueDose
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

__all__ = ["PHYSICIAN", "PHYSICIST", "cumulative_rows", "cycle_record", "kept_record", "kept_records"]

PHYSICIAN, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
# virtual patients live in a year to come, and a record is written and signed now
_EARLIER = timedelta(weeks=104)
_OUTLINE = "outlined on CT"
_CONSTANTS = {"kidney": "S value of a reference kidney, scaled by mass", "tumour": "sphere of the lesion's mass"}
_SIMULATED = "Simulated case; its clock times are those of the case."


def _constant(name: str, cycle: int = 2) -> str:
    """What the dose rests on; before the first cycle there is only a dose per activity."""
    if cycle == 1:
        return "dose per activity of a population" if name == "kidneys" else "dose per activity typed on the page"
    return _CONSTANTS["kidney" if "kidney" in name else "tumour"]


def cycle_record(model: PrrtCycles, finding: str = "") -> DosimetryRecord:
    """Steps i to vi of the last cycle.

    Parameters
    ----------
    model : PrrtCycles
    finding : str
        What the learner found, in words; needed where a dose lies outside its range.

    Raises
    ------
    InputError
        If nothing was given or decided yet, or a finding is missing.
    """
    cycle = len(model.given_mbq)
    if not cycle or not model.decided(cycle):
        raise InputError("the last cycle has to be decided first: go on, change, or cannot be determined")
    about, mbq, found = model.about, model.given_mbq[-1], check.check(model)
    lesion = measure.lesion(model.patient)
    when = measure.patient(model.patient, cycle).administered_at - _EARLIER
    made = DosimetryRecord.begin(
        about.pseudonym, "PRRT", "Lu-177", "Lu-177 DOTATATE", cycle, at=when - timedelta(days=8)
    )
    made = made.declare_intent(
        PHYSICIAN,
        "neuroendocrine tumour, virtual patient",
        "palliative",
        [lesion],
        ["kidneys", "marrow"],
        at=when - timedelta(days=7),
    )
    expected = _expected(model, found, mbq, lesion)
    limits = tuple(
        replace(one.constraint, source=f"{one.constraint.source} ({one.tolerance.status})")
        for one in compute.constraints(model)
        if one.constraint
    )
    made = made.present_options(
        PHYSICIST,
        _options(model, expected, mbq, cycle, limits),
        "population" if cycle == 1 else _basis(cycle, lesion),
        _not_known(model, cycle),
        at=when - timedelta(days=6),
    )
    made = made.decide(PHYSICIAN, "treat", "As presented; simulated.", at=when - timedelta(days=5))
    aim = Constraint(lesion, "aim", expected[lesion].median_gy, source="as expected, simulated")
    made = made.prescribe(
        PHYSICIAN,
        Prescription(
            PHYSICIAN.name,
            PHYSICIST.name,
            mbq,
            (*limits, aim),
            1 if cycle == 1 else 2,
            "Given by the learner in the part of the physician.",
        ),
        at=when - timedelta(days=4),
    )
    parts = dict.fromkeys(expected, model.systematic_u / 100)
    regions = [
        PlannedRegion(
            name,
            one,
            _mass(model, name),
            _OUTLINE if name != "marrow" else "not used: dose per activity",
            "population" if name == "marrow" or cycle == 1 else "earlier cycles of this patient and population",
            _constant(name, 1 if name == "marrow" else cycle),
        )
        for name, one in expected.items()
    ]
    made = made.fix_plan(PHYSICIST, mbq, regions, remarks=_SIMULATED, at=when - timedelta(days=3))
    made = made.administer(
        PHYSICIST,
        ufloat(mbq, 0.02 * mbq),
        measured_at=when - timedelta(hours=1),
        started_at=when,
        residual_reason="The activity is net of the residual (simulated).",
        calibrator="well chamber (simulated)",
        traceability="simulated",
        route="intravenous",
        remarks=found.note,
        at=when + timedelta(hours=2),
    )
    after = when + timedelta(days=8)
    asked = ", ".join(ASKED[one].lower() for one in model.asked_for(cycle)) or "nothing"
    told = f"Asked for beyond the routine: {asked}. Decided: {DECIDED[model.decided(cycle)].lower()}."
    told += check.beside_the_vein(model, cycle)
    if model.decided(cycle) == "cannot":
        return made.waive_verification(PHYSICIST, " ".join(f"{told} {finding}".split()), at=after)
    if found.outside and not finding.strip():
        raise InputError(f"{', '.join(found.outside)}: outside the range; type what was found")
    return made.verify(
        PHYSICIST,
        _measured(model, found, parts, lesion),
        missing={"marrow": "Not measured in this cycle."},
        investigation=" ".join(f"{finding} {told}".split()) if finding.strip() else None,
        remarks=_SIMULATED if finding.strip() else f"{told} {_SIMULATED}",
        next_cycle=_next(model, cycle),
        at=after,
    )


def _basis(cycle, lesion) -> str:
    before = "cycle 1" if cycle == 2 else f"cycles 1 to {cycle - 1}"
    return (
        f"population and {before} of this patient; kidneys and marrow: all cycles together, this one included; "
        f"{lesion}: this cycle alone"
    )


def _not_known(model, cycle) -> dict[str, str]:
    """Tissues whose dose of all cycles nobody can tell."""
    hidden = [one for one in compute.unknown(model) if one < cycle]
    return {"kidneys": f"The dose of cycle {hidden[0]} was not determined, so no sum is known."} if hidden else {}


def _next(model, cycle) -> str:
    """What the next cycle has to know."""
    hidden = compute.unknown(model)
    if hidden:
        return f"The dose of cycle {hidden[0]} cannot be determined; there is no sum of all cycles."
    total = compute.cycles(model).total_gy
    after = "1 cycle" if cycle == 1 else f"{cycle} cycles"
    so_far = f"Kidneys {total.nominal_value:.1f} ± {total.std_dev:.1f} Gy after {after}"
    if cycle == CYCLES:
        return f"{so_far}; no further cycle is planned."
    mbq = model.given_mbq[-1]
    (following,) = compute.in_all(model, cycle + 1, [mbq])
    low, high = following.interval95_gy
    return (
        f"{so_far}; {mbq / 1000:.3g} GBq again would make it {following.median_gy:.1f} Gy in all (95 %: {low:.1f} to "
        f"{high:.1f} Gy)."
    )


def _mass(model, name):
    if name == "marrow":
        return model.marrow_g
    found = measure.measured(model.patient, len(model.given_mbq))
    grams = sum(found[one].mass_g for one in measure.KIDNEYS) if name == "kidneys" else found[name].mass_g
    return ufloat(grams, 0.05 * grams)


def _expected(model, found, mbq, lesion) -> dict[str, planning.ExpectedRange]:
    """Of all that the record plans, before this cycle was given."""
    lesions = found.rows.get(lesion)
    return {
        "kidneys": found.rows["kidneys"].expected,
        "marrow": planning.expected_range(model.marrow_mgy * mbq / 1e6, model.marrow_gsd),
        lesion: lesions.expected
        if lesions
        else planning.expected_range(model.tumour_gy * mbq / 1000, model.tumour_gsd),
    }


def _options(model, expected, mbq, cycle, limits):
    before = {
        "kidneys": sum(one.nominal_value for one in compute.history(model, "kidneys", cycle - 1)[0]),
        "marrow": model.marrow_mgy * sum(model.given_mbq[: cycle - 1]) / 1e6,
    }
    tissues = {name: TissueDose(one.median_gy / mbq, one.gsd, before.get(name, 0.0)) for name, one in expected.items()}
    for name in _not_known(model, cycle):
        del tissues[name]
    kept = {
        one.tissue: one.dose_gy
        for one in limits
        if one.tissue in tissues and one.quantity == "absorbed dose" and one.dose_gy > before.get(one.tissue, 0.0)
    }
    found = planning.activity_options(sorted({*compute.activities(model), mbq}), tissues, kept)
    with hearing():
        totals = compute.in_all(model, cycle, found.activities_mbq)
    # what was given is not known exactly either, and errs together with what is to come: as the page hands it over
    whole = dict(zip(found.activities_mbq, totals, strict=True)) if totals else {}
    return planning.OptionTable(
        tuple(_in_all(one, whole[one.activity_mbq]) if whole and one.tissue == "kidneys" else one for one in found)
    )


def _in_all(one, total):
    return replace(
        one,
        median_gy=total.median_gy,
        interval95_gy=total.interval95_gy,
        probability_above=None if one.limit_gy is None else total.probability_above(one.limit_gy),
    )


def _measured(model, found, parts, lesion):
    cycle = found.cycle
    one = compute.accepted(model, cycle)
    # serial scans tell the half-life of this cycle; one scan takes over that of the first
    half_life = float(np.mean([one[name].half_life_h.nominal_value for name in measure.KIDNEYS]))
    tissue = radiobiology.TISSUES["kidney"]
    rows = {name: row for name, row in found.rows.items() if name in ("kidneys", lesion)}
    made = []
    for name, row in rows.items():
        bed = None
        if name == "kidneys":
            g = radiobiology.lea_catcheside(half_life, tissue.repair_half_time_h)
            bed = float(radiobiology.bed(row.dose_gy.nominal_value, tissue.alpha_beta_gy, g))
        made.append(
            MeasuredRegion(
                name,
                ufloat(row.dose_gy.nominal_value, row.dose_gy.std_dev),
                _mass(model, name),
                _OUTLINE,
                "four SPECT/CT, one exponential" if found.serial else "one SPECT/CT at 72 h, half-life of cycle 1",
                _constant(name),
                points=4 if found.serial else 1,
                partial_volume=True,
                effective_half_life_h=half_life if name == "kidneys" else float(one[name].half_life_h.nominal_value),
                systematic_rel=parts[name],
                shared_rel=row.shared_rel,
                bed_gy=bed,
            )
        )
    if lesion not in rows:  # the first cycle: measured, and compared with the number typed for it
        (dose,) = prrt.cycle_doses([found.mbq / measure.FULL_MBQ * one[lesion].dose_gy], 0.0, compute.common(model))
        made.append(
            MeasuredRegion(
                lesion,
                ufloat(dose.nominal_value, dose.std_dev),
                _mass(model, lesion),
                _OUTLINE,
                "four SPECT/CT, one exponential",
                _constant(lesion),
                points=4,
                partial_volume=True,
                effective_half_life_h=float(one[lesion].half_life_h.nominal_value),
                systematic_rel=parts[lesion],
            )
        )
    return made


def kept_records(model: PrrtCycles) -> list[DosimetryRecord]:
    """The records of the cycles of the patient shown, in order; a text that is no record is left out."""
    found = (kept_record(model, int(cycle)) for cycle in sorted(model.case["records"]))
    return [one for one in found if one is not None]


def kept_record(model: PrrtCycles, cycle: int) -> DosimetryRecord | None:
    """The record of a cycle as it is now, on whichever page it went on."""
    try:
        return current(record.from_json(model.case["records"].get(str(cycle), "")))
    except InputError:  # changed since an earlier visit, or none
        return None


def cumulative_rows(model: PrrtCycles) -> list[tuple]:
    """What the records of all cycles add up to."""
    records = kept_records(model)
    if not records:
        return []
    rows = []
    for name, one in record.cumulative(records).items():
        missing = ", ".join(map(str, one.missing))
        rows.append(
            (
                name.capitalize(),
                ", ".join(map(str, one.cycles)),
                missing or "none",
                f"{one.dose_gy.nominal_value:.1f} ± {one.dose_gy.std_dev:.1f} Gy",
                "" if one.bed_gy is None else f"{one.bed_gy:.1f} Gy",
            )
        )
    return rows
