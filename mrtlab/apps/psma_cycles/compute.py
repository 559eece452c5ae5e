"""The numbers of the sections, all from the methods of mrtlab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

from uncertainties import ufloat

from mrtlab import dose, psma, radiobiology
from mrtlab.apps.psma_cycles.found import Alpha, Bed, Cycles, Glands, Marrows, Sink, Units, texts
from mrtlab.apps.psma_cycles.look import n
from mrtlab.apps.psma_cycles.model import PRINTED, PsmaPage
from mrtlab.apps.sections import heard, hearing
from mrtlab.constants import value
from mrtlab.errors import InputError

__all__ = ["COMPUTED", "alpha", "course", "glands", "marrow", "single", "sink", "units"]

CYCLES = int(value("psma.regimen_cycles"))
SINK_TISSUES = ("kidney", "parotid")
MARROW_S = value("psma.marrow_s_value_gy_per_mbq_h")
BONE_S = value("psma.marrow_bone_s_value_gy_per_mbq_h")
MARROW_G, KIDNEYS_G = value("psma.mass_marrow_g"), value("psma.mass_kidney_g")
SOURCE = "bone metastases"
#: Whose radiobiological parameters a region has; of lacrimal glands none are known.
_EFFECT = {"kidney": "kidney", "parotid": "salivary", "marrow": "marrow"}
_KIDNEY_BAND = tuple(
    tuple(value(f"prrt.band_{name}_{end}") for end in ends)
    for name, ends in (("alpha_beta", ("low_gy", "high_gy")), ("repair", ("low_h", "high_h")))
)


def units(model: PsmaPage) -> Units:
    """The printed number as Gy/GBq and as Gy per cycle."""
    row = PRINTED[model.printed]
    tissue = "parotid" if row.tissue == "salivary" else row.tissue
    cycles = int(model.planned_cycles)
    readings = psma.unit_readings(row.value, 1000 * model.cycle_gbq, tissue, cycles)
    ranges = {one: psma.organ_range(one) for one in psma.TISSUES}
    return Units(row, tissue, readings, psma.published(), ranges, cycles, model.cycle_gbq)


def sink(model: PsmaPage) -> Sink:
    """Six cycles from the dose of the first, which is the median to expect."""
    volumes = psma.tumour_volumes_ml(model.tumour_ml, model.shrink, CYCLES)
    doses = {
        tissue: psma.sink_doses(
            psma.organ_range(tissue).expected(1000 * model.activity_gbq).median_gy,
            volumes,
            model.strength,
            model.half_volume_ml,
        )
        for tissue in SINK_TISSUES
    }
    return Sink(volumes, doses, model.strength, model.half_volume_ml, model.activity_gbq)


@lru_cache(maxsize=1)
def _typical() -> dict[str, psma.Organ]:
    """Organs that do not depend on the tumour."""
    return {name: organ for name, organ in psma.typical_organs(100.0).items() if organ.kind != "tumour"}


def simulated(model: PsmaPage) -> psma.Course:
    """The course of the organs, with uncertainties."""
    organs = dict(_typical())
    organs["marrow"] = replace(organs["marrow"], bone_metastases_gy_per_mbq=model.bone_gy_per_gbq / 1000)
    return psma.simulate_cycles(
        1000 * model.activity_gbq,
        model.tumour_ml,
        shrink=model.shrink,
        cycles=CYCLES,
        organs=organs,
        strength=model.strength,
        half_volume_ml=model.half_volume_ml,
    )


def course(model: PsmaPage) -> Cycles:
    """All tissues, and the limits chosen."""
    limits = {name: getattr(model, f"limit_{name}") for name in _typical()}
    found = simulated(model)
    chosen = {name: gy for name, gy in limits.items() if gy > 0}
    return Cycles(found, model.tissue, chosen, tuple(map(partial(bed, found), found.regions)), texts(found.flags))


def bed(course: psma.Course, region: str) -> Bed:
    """BED of a tissue, each cycle's added; where nothing is known of its parameters there is none."""
    total = course.total_gy(region)
    if region not in _EFFECT:
        return Bed(region, total, None, None, (), (), "")
    known = radiobiology.TISSUES[_EFFECT[region]]
    spans = _KIDNEY_BAND if region == "kidney" else (known.alpha_beta_range_gy, (known.repair_half_time_h,) * 2)
    best = known.alpha_beta_gy and course.bed_gy(region, known.alpha_beta_gy, known.repair_half_time_h)
    low, high = (n(one) for one in course.bed_range_gy(region, *spans))
    return Bed(region, total, best, (low, high), *spans, known.status)


def _uncertain(number: float, percent: float):
    return ufloat(number, number * percent / 100) if percent else number


def glands(model: PsmaPage) -> Glands:
    """One gland: as seen, and corrected."""
    mass = _uncertain(model.gland_g, model.gland_u)
    known = model.known == "yes"
    recovery = _uncertain(model.recovery, model.recovery_u) if known else None
    mine = psma.without_overlap(model.gland_tia, model.overlap / 100)

    def all_four():
        both = psma.gland_dose(mine, mass, recovery=recovery)  # refuses where there is no recovery
        return {
            "seen": psma.gland_dose(model.gland_tia, mass, recovery=1),
            "overlap": psma.gland_dose(mine, mass, recovery=1),
            "recovery": psma.gland_dose(model.gland_tia, mass, recovery=recovery),
            "both": both,
        }

    rows, warned = heard(all_four)
    return Glands(
        model.gland,
        rows,
        model.recovery,
        model.overlap / 100,
        model.gland_g,
        psma.gland_mass_g(model.gland),
        warned,
    )


def marrow(model: PsmaPage) -> Marrows:
    """By the blood with cross-dose, and by a region."""
    there = model.metastases == "yes"
    cross = {SOURCE: (model.bone_tia, BONE_S)} if there else {}
    ratio = 1.0 if model.ratio == "blood" else psma.marrow_to_blood(model.haematocrit)
    blood = psma.marrow(model.blood, MARROW_G, MARROW_S, marrow_to_blood=ratio, cross=cross, bone_metastases=there)
    image, refused = None, ""
    with hearing() as warned:
        seen = psma.gland_tia(model.voi_tia, model.voi_g, recovery=model.voi_recovery)
        try:
            image = psma.marrow_from_image(
                model.voi_tia, model.voi_g, site=model.site, recovery=model.voi_recovery, cross=cross
            )
        except InputError as error:
            refused = str(error)
    flags = texts(dict.fromkeys((*blood.flags, *(image.flags if image else ()))))
    region = float(dose.local(seen, model.voi_g, "Lu-177"))
    return Marrows(blood, image, region, refused, model.site, float(ratio), (*flags, *warned))


def single(model: PsmaPage) -> psma.SingleImage:
    """The verdict on one tissue from one image."""
    with hearing():  # a recovery below 0.5 is said by the section on glands
        return psma.verify_single(
            _uncertain(model.activity_mbq, model.activity_u),
            model.time_h,
            model.region,
            (model.half_life_h, model.half_life_gsd),
            administered_mbq=1000 * model.delivered_gbq,
            mass_g=model.mass_g,
            recovery=model.recovery_one,
        )


def alpha(model: PsmaPage) -> Alpha:
    """Ac-225 at one site, and in the kidneys what left it."""
    if model.daughters == "none":
        raise InputError(
            "Where do the daughters go? Without that choice there is no dose. Choose it on the left; it belongs to the "
            "dose and is written down with it"
        )
    retained, clearance = "all", None
    if model.daughters == "steps":
        retained = {"Fr-221": model.francium, "Bi-213": model.bismuth, "Pb-209": model.lead}
        if model.bismuth_h:
            clearance = {"Bi-213": model.bismuth_h}
    found = psma.alpha_dose(model.ac_tia, model.ac_g, retained=retained, clearance_half_life_h=clearance, rbe=model.rbe)
    share = model.kidney_share / 100
    kidneys = psma.alpha_dose(
        0.0,
        KIDNEYS_G,
        retained="all",
        arriving_mbq_h={"Bi-213": share * found.leaving_mbq_h["Bi-213"]},
        rbe=model.rbe,
    )
    whole = psma.alpha_dose(model.ac_tia, model.ac_g, retained="all", rbe=model.rbe)
    return Alpha(found, whole, kidneys, share, found.daughters, texts(found.flags))


COMPUTED: dict[str, Callable] = {
    "units": units,
    "sink": sink,
    "course": course,
    "glands": glands,
    "marrow": marrow,
    "single": single,
    "alpha": alpha,
}
