"""The numbers of the sections on BED, marrow, tumour and what may change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mrtlab import dose, prrt, radiobiology
from mrtlab.apps.prrt_cycles import measure
from mrtlab.apps.prrt_cycles.compute import history, own_half_life, predicted
from mrtlab.apps.prrt_cycles.model import PrrtCycles
from mrtlab.apps.sections import hearing
from mrtlab.errors import InputError

__all__ = ["Bed", "Changed", "Marrow", "Tumour", "bed", "changed", "marrow", "tumour"]


@dataclass(frozen=True, eq=False)
class Bed:
    """BED cycle by cycle beside that of the sum.

    Attributes
    ----------
    doses_gy : tuple of float
    each_gy : tuple of float
    added_gy, of_sum_gy, dose_gy : array
        After each cycle: BED added, BED of the summed dose, summed dose.
    band_gy : tuple of float
        Of all cycles over the plausible parameters.
    g, alpha_beta_gy, repair_h, half_life_h : float
    mine : bool
        Whether the doses are this patient's.
    """

    doses_gy: tuple[float, ...]
    each_gy: tuple[float, ...]
    added_gy: np.ndarray
    of_sum_gy: np.ndarray
    dose_gy: np.ndarray
    band_gy: tuple[float, float]
    g: float
    alpha_beta_gy: float
    repair_h: float
    half_life_h: float
    mine: bool


def bed(model: PrrtCycles) -> Bed:
    """Of four equal cycles, or of this patient's."""
    mine = model.bed_of == "patient"
    doses, half_life = [model.equal_gy] * 4, model.half_life_h
    if mine:
        doses = [one.nominal_value for one in history(model, "kidneys")[0]]
        if not doses:
            raise InputError("this patient has no cycle with a known dose yet; take four equal cycles, or give one")
        half_life = own_half_life(model)
    ab, repair = model.alpha_beta, model.repair_h
    with hearing():
        g = float(radiobiology.lea_catcheside(half_life, repair))
        each = tuple(float(radiobiology.bed(one, ab, g)) for one in doses)
        added = np.array([radiobiology.bed_total(doses[: n + 1], ab, g) for n in range(len(doses))], dtype=float)
        sums = np.cumsum(doses)
        of_sum = np.asarray(radiobiology.bed(sums, ab, g), dtype=float)
        low, high = prrt.kidney_bed_range(doses, half_life)
    return Bed(tuple(doses), each, added, of_sum, sums, (float(low), float(high)), g, ab, repair, half_life, mine)


# marrow


@dataclass(frozen=True, eq=False)
class Marrow:
    """Dose to the red marrow by two methods.

    Attributes
    ----------
    blood_mbq_h_per_g : float
    ratio : float
    by_blood, by_image : prrt.MarrowDose
    local_gy : float
        Had all energy been absorbed where it was released.
    s_gy_per_mbq_h : float
    flags : tuple of str
    """

    blood_mbq_h_per_g: float
    ratio: float
    by_blood: prrt.MarrowDose
    by_image: prrt.MarrowDose
    local_gy: float
    s_gy_per_mbq_h: float
    flags: tuple[str, ...]


_PER_H = 3.6  # 1 mGy/(MBq·s) is 3.6 Gy/(MBq·h)


def marrow(model: PrrtCycles) -> Marrow:
    """From blood and from vertebrae."""
    with hearing():
        blood = prrt.blood_integral([model.blood_fast, model.blood_slow], [model.blood_fast_h, model.blood_slow_h])
        ratio = 1.0 if model.ratio == "one" else float(prrt.marrow_to_blood(model.haematocrit))
        s = _PER_H * model.s_marrow * 1e-5
        by_blood = prrt.marrow_dose_from_blood(blood, s, model.marrow_g, ratio=ratio, rest_gy=model.rest_gy)
        by_image = prrt.marrow_dose_from_image(
            model.vertebra,
            model.recovery,
            model.density,
            s,
            model.marrow_g,
            metastases=model.metastases == "yes",
            rest_gy=model.rest_gy,
        )
        local = float(dose.local(blood * ratio, 1.0, "Lu-177"))
    flags = dict.fromkeys(flag.text for one in (by_blood, by_image) for flag in one.flags)
    return Marrow(blood, ratio, by_blood, by_image, local, s, tuple(flags))


# tumour


@dataclass(frozen=True, eq=False)
class Tumour:
    """Measured tumour doses beside the published declines.

    Attributes
    ----------
    name : str
    given_mbq : tuple of float
    doses_gy : tuple of ufloat
    per_gbq : tuple of float
        Gy/GBq, as measured.
    lines : dict of str to array
        Gy/GBq from the first cycle on, by grade.
    grade : str
    next_gy : ufloat
        Of the next cycle with the activity to be given, from the last one.
    next_mbq : float
    """

    name: str
    given_mbq: tuple[float, ...]
    doses_gy: tuple
    per_gbq: tuple[float, ...]
    lines: dict[str, np.ndarray]
    grade: str
    next_gy: object
    next_mbq: float


def tumour(model: PrrtCycles) -> Tumour:
    """The largest lesion."""
    name = measure.lesion(model.patient)
    doses, given = history(model, name)
    if not doses:
        raise InputError("no cycle with a known dose has been given yet")
    per = tuple(1000 * one.nominal_value / mbq for one, mbq in zip(doses, given, strict=True))
    lines = {grade: np.array(prrt.tumour_decline(per[0], 5, grade)) for grade in ("G1", "G2")}
    expected = predicted(model, "last", doses, given) * 1000 * model.give_gbq
    following = prrt.tumour_decline(expected, 2, model.grade)[1]
    return Tumour(name, given, doses, per, lines, model.grade, following, 1000 * model.give_gbq)


# what may change


@dataclass(frozen=True, eq=False)
class Changed:
    """One cycle of a simulated patient, and of the usual one.

    Attributes
    ----------
    rows, usual : dict of str to prrt.CourseRow
        By region.
    activity_mbq : float
    nuclide : str
    protected : bool
    gfr : float
    """

    rows: dict[str, prrt.CourseRow]
    usual: dict[str, prrt.CourseRow]
    activity_mbq: float
    nuclide: str
    protected: bool
    gfr: float
    kidneys_g: float
    repair_h: float


def changed(model: PrrtCycles) -> Changed:
    """Amino acids, nuclide, filtration, kidney mass and repair."""
    tissue = radiobiology.TISSUES["kidney"]
    organs = tuple(
        replace(
            one,
            mass_g=model.kidneys_g,
            alpha_beta_gy=tissue.alpha_beta_gy,
            repair_half_time_h=model.model_repair_h,
        )
        if one.kind == "kidneys"
        else one
        for one in prrt.typical_organs(model.nuclide)
    )
    activity = 1000 * model.model_gbq
    with hearing():
        found = prrt.simulate_cycles(
            [activity],
            organs,
            nuclide=model.nuclide,
            gfr_ml_per_min=model.gfr,
            amino_acids=model.amino == "with",
        )
        usual = prrt.simulate_cycles([measure.FULL_MBQ])
    return Changed(
        {row.region: row for row in found},
        {row.region: row for row in usual},
        activity,
        model.nuclide,
        model.amino == "with",
        model.gfr,
        model.kidneys_g,
        model.model_repair_h,
    )
