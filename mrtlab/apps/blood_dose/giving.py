"""The numbers of the last two sections: a lesion by I-124, and a range of activities; and the record they begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import ufloat

from mrtlab import planning, radioiodine
from mrtlab.apps.blood_dose.compute import limits, remembered
from mrtlab.apps.blood_dose.model import BloodPage
from mrtlab.apps.sections import hearing
from mrtlab.apps.sections.rows import read_rows
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics import MODELS
from mrtlab.record import DosimetryRecord, Person

__all__ = ["PET", "Lesion", "Options", "lesion", "options", "record"]

PET = ("hours", "% of the activity given")


@dataclass(frozen=True, eq=False)
class Lesion:
    """A lesion seen by I-124 PET, and what I-131 would give it.

    Attributes
    ----------
    times_h, points : array, list of ufloat
        Fractions of the administered I-124, as seen.
    found : TracerConversion
    grid_h, tracer, therapy : array
        Fractions of I-124 and of I-131.
    gy_per_mbq : ufloat
    unconverted, unrecovered, sphere : float
        The same with the half-life of I-124, without the recovery, and by the S value of a sphere; Gy/MBq.
    activity_mbq, dose_gy : float, ufloat
    aim_gy, aim_mbq : float, ufloat
    lowest : ActivityLimit or None
        Of the section before; None where it has none.
    remarks : tuple of str
    """

    times_h: np.ndarray
    points: list
    found: radioiodine.TracerConversion
    grid_h: np.ndarray
    tracer: np.ndarray
    therapy: np.ndarray
    gy_per_mbq: object
    unconverted: float
    unrecovered: float
    sphere: float
    activity_mbq: float
    dose_gy: object
    aim_gy: float
    aim_mbq: object
    lowest: object
    remarks: tuple[str, ...]


def _mono(start: float, half_life_h: float, grid) -> np.ndarray:
    return start * MODELS["mono"].basis(grid, (np.log(2) / half_life_h,), 0.0)[..., 0]


@remembered
def lesion(model: BloodPage) -> Lesion:
    """The lesion of the table typed in."""
    rows = read_rows("PET", model.pet, PET)
    hours, percent = (np.array(column) for column in zip(*rows, strict=True))
    points = [ufloat(one / 100, model.pet_u / 100 * one / 100) for one in percent]
    mass = ufloat(model.lesion_g, model.mass_u / 100 * model.lesion_g) if model.mass_u else model.lesion_g
    with hearing() as remarks:
        found = radioiodine.i124_to_i131(hours, points)

        def per_mbq(half_life=found.i131_half_life_h, recovery=model.recovery, mode=model.mode):
            return radioiodine.lesion_dose(1.0, mass, found.start_fraction, half_life, recovery=recovery, mode=mode)

        dose = per_mbq()
        remarks_of_mine = tuple(Flag(flag).text for flag in found.flags)
    with hearing():
        unconverted = per_mbq(half_life=found.i124_half_life_h).n
        unrecovered = per_mbq(recovery=1.0).n
        sphere = per_mbq(mode="sphere").n
    try:
        lowest = limits(model).lowest
    except InputError:  # said in its own section
        lowest = None
    grid = np.linspace(0, max(1.5 * hours[-1], 240), 61)
    start = found.start_fraction.n
    activity = 1000 * model.activity_gbq
    return Lesion(
        hours,
        points,
        found,
        grid,
        _mono(start, found.i124_half_life_h.n, grid),
        _mono(start, found.i131_half_life_h.n, grid),
        dose,
        unconverted,
        unrecovered,
        sphere,
        activity,
        activity * dose,
        model.aim_gy,
        model.aim_gy / dose,
        lowest,
        tuple(dict.fromkeys([*remarks, *remarks_of_mine])),
    )


@dataclass(frozen=True, eq=False)
class Options:
    """A range of activities with what each would give; none is chosen.

    Attributes
    ----------
    table : OptionTable
    reached : tuple of float
        Probability, by activity, that the lesion gets the aim.
    kept_mbq : tuple of ufloat
        In the body at 48 h, by activity.
    kept_limit_mbq : float
    aim_gy, limit_gy : float
    components : dict of dict
        Relative standard uncertainties by tissue.
    gsd : dict
    sources : tuple of str
    """

    table: planning.OptionTable
    reached: tuple[float, ...]
    kept_mbq: tuple
    kept_limit_mbq: float
    aim_gy: float
    limit_gy: float
    components: dict
    gsd: dict
    sources: tuple[str, ...]


@remembered
def options(model: BloodPage) -> Options:
    """Doses over the range of activities, with the uncertainty of the plan."""
    if model.low_gbq >= model.high_gbq:
        raise InputError(
            f"The lowest activity, {model.low_gbq:g} GBq, is not below the highest, {model.high_gbq:g} GBq; are they "
            "exchanged?"
        )
    found, node = limits(model), lesion(model)
    activities = 1000 * np.linspace(model.low_gbq, model.high_gbq, int(model.steps))
    blood = found.dose.gy_per_mbq
    energy = planning.teaching_components("radioiodine")["energy"]
    parts = {
        "lesion": {
            "PET and mass": node.gy_per_mbq.s / node.gy_per_mbq.n,
            "energy": energy,
            "tracer to therapy": model.tracer_u / 100,
        },
        "blood": {"curves": blood.s / blood.n, "tracer to therapy": model.tracer_u / 100},
    }
    medians = {"lesion": node.gy_per_mbq.n, "blood": blood.n}
    spread = {name: planning.expected_range_from_components(1.0, some) for name, some in parts.items()}
    tissues = {name: planning.TissueDose(medians[name], spread[name].gsd) for name in parts}
    by_blood = next(row for row in found.rows if row.rule == "blood dose")
    by_body = next(row for row in found.rows if row.rule != "blood dose")
    limit_gy = (by_blood.activity_mbq * blood).n
    table = planning.activity_options(activities, tissues, {"blood": limit_gy})
    reached = tuple(
        planning.expected_range(one.median_gy, spread["lesion"].gsd).probability_above(model.aim_gy)
        for one in table
        if one.tissue == "lesion"
    )
    keys = [
        "radioiodine.blood_dose",
        "radioiodine.blood_electron",
        "radioiodine.blood_photon",
        *by_blood.sources,
        *by_body.sources,
        "radioiodine.tracer_conversion",
        "radioiodine.lesion",
        *spread["lesion"].sources,
        *table.sources,
    ]
    return Options(
        table,
        reached,
        tuple(activity * found.kept_48h for activity in activities),
        (by_body.activity_mbq * found.kept_48h).n,
        model.aim_gy,
        limit_gy,
        parts,
        {name: one.gsd for name, one in spread.items()},
        tuple(dict.fromkeys(keys)),
    )


def record(model: BloodPage) -> DosimetryRecord:
    """The record of this patient up to the physicist's options: what the physician decides is left to them."""
    for name, text in (("pseudonym", "a name for the case"), ("physician", "who plays the physician"),
                       ("physicist", "who plays the physicist")):  # fmt: skip
        if not getattr(model, name).strip():
            raise InputError(f"Type {text} first")
    found = options(model)
    case = DosimetryRecord.begin(model.pseudonym.strip(), "radioiodine", "I-131", "NaI by mouth")
    case = case.declare_intent(
        Person(model.physician.strip(), "MD"),
        "metastases of differentiated thyroid cancer that take up iodine",
        "treatment of metastases",
        ["lesion"],
        ["blood"],
    )
    return case.present_options(
        Person(model.physicist.strip(), "MPE"),
        found.table,
        "tracer study of this patient: whole body, blood samples, I-124 PET of the lesion; in the body at 48 h "
        f"{found.kept_mbq[0].n / found.table.activities_mbq[0]:.3f} of the activity, limit "
        f"{found.kept_limit_mbq / 1000:g} GBq",
    )
