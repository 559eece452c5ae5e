"""The numbers of the sections, all from the methods of mrtlab; the images they rest on are measured elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import ufloat

from mrtlab import planning, sirt, voxel
from mrtlab.apps.sections import hearing
from mrtlab.apps.sirt_verification.measure import Case
from mrtlab.apps.sirt_verification.model import CHOICES, SirtVerification
from mrtlab.errors import Flag, InputError

__all__ = ["Compared", "Histogram", "Planned", "Row", "compare", "components", "doses", "histogram", "planned"]


def components(model: SirtVerification) -> dict[str, float]:
    """Relative standard uncertainties as fractions, named as the teaching components are."""
    names = planning.teaching_components("sirt")
    given = {"activity": model.activity_u, "count fraction": model.fraction_u, "mass": model.mass_u}
    return {name: given[name] / 100 for name in names}


def doses(case: Case, image: str, activity_mbq: float, subtract: bool = True) -> sirt.MultiCompartment:
    """Mean doses of lesions, normal liver and lungs by the shares of the counts in an image."""
    found = case.calibrated(image, subtract)
    names = (*case.lesions, "normal")
    with hearing():  # flags say it
        return sirt.multi_compartment(
            activity_mbq,
            {name: found.fraction(case.masks[name]) for name in names},
            {name: case.masses_g[name] for name in names},
            case.lung_shunt,
            case.lung_g,
            normal=("normal",),
        )


def _by_region(case: Case, image: str, activity_mbq: float, subtract: bool = True) -> dict[str, float]:
    """Doses of each lesion, of all tumour together, and of normal liver."""
    each = doses(case, image, activity_mbq, subtract).by_compartment
    tumour = sum(case.masses_g[name] * each[name] for name in case.lesions) / sum(
        case.masses_g[name] for name in case.lesions
    )
    several = {name: each[name] for name in case.lesions} if len(case.lesions) > 1 else {}
    return {**several, "tumour": tumour, "normal": each["normal"]}


def _shares(case: Case, image: str, subtract: bool = True) -> dict[str, float]:
    found = case.calibrated(image, subtract)
    return {name: found.fraction(case.masks[name]) for name in ("tumour", "normal")}


# what the mapping promised


@dataclass(frozen=True, eq=False)
class Planned:
    """Doses by the MAA SPECT, with the range to expect of each.

    Attributes
    ----------
    expected : dict of str to ExpectedRange
        Lesions where there are several, all tumour, normal liver, lungs.
    shares : dict of str to float
        Of the counts in the liver, by tumour and normal liver.
    ratio : float
        Tumour to normal.
    lung_shunt : float
    activity_mbq : float
    components : dict
    masses_g : dict
    remarks : tuple of str
    """

    expected: dict[str, planning.ExpectedRange]
    shares: dict[str, float]
    ratio: float
    lung_shunt: float
    activity_mbq: float
    components: dict[str, float]
    masses_g: dict[str, float]
    remarks: tuple[str, ...]


def planned(model: SirtVerification, case: Case) -> Planned:
    """Relative calibration of the MAA SPECT."""
    parts, activity = components(model), 1000 * model.planned_gbq
    if not any(parts.values()):
        raise InputError("All three standard uncertainties are 0: a plan without uncertainty has no expected range")
    found = doses(case, "maa", activity)
    means = _by_region(case, "maa", activity) | {"lung": found.lung_gy}
    shares = _shares(case, "maa")
    masses = {name: case.masses_g.get(name, case.lung_g) for name in means}
    return Planned(
        {name: planning.expected_range_from_components(dose, parts) for name, dose in means.items()},
        shares,
        sirt.tumour_to_normal(shares["tumour"], masses["tumour"], shares["normal"], masses["normal"]),
        case.lung_shunt,
        activity,
        parts,
        masses,
        tuple(Flag(one).text for one in found.flags),
    )


# dose in voxels


@dataclass(frozen=True, eq=False)
class Histogram:
    """Dose-volume histograms of one region.

    Attributes
    ----------
    region, method, counts : str
    shown, other, true : Dvh
        As chosen, by the other method, and as it is.
    level_gy : float
    every : dict of (str, str) to Dvh
        By counts and method.
    negative : float
        Share of the voxels below 0, which stand at 0 in the histogram.
    mean_gy : float
        Of the region, negative voxels kept.
    remarks : tuple of str
    """

    region: str
    method: str
    counts: str
    shown: voxel.Dvh
    other: voxel.Dvh
    true: voxel.Dvh
    level_gy: float
    every: dict[tuple[str, str], voxel.Dvh]
    negative: float
    mean_gy: float
    remarks: tuple[str, ...]


def histogram(model: SirtVerification, case: Case) -> Histogram:
    """Histograms of the delivered dose."""
    mask, subtract = case.masks[model.region], model.background == "subtracted"
    activity = 1000 * model.delivered_gbq
    fwhm = case.patient.camera("pet").fwhm_mm

    def of(counts, method):
        dose = np.maximum(case.dose_gy(counts, activity, method, subtract), 0)
        return voxel.Dvh(dose, mask, spacing_mm=case.spacing_mm, fwhm_mm=fwhm)

    every, true = case.once(
        "histograms",
        (model.region, activity, subtract),
        lambda: (
            {(counts, method): of(counts, method) for counts in CHOICES["counts"] for method in CHOICES["method"]},
            voxel.Dvh(case.true_gy, mask),
        ),
    )
    shown = every[model.counts, model.method]
    other = next(one for one in CHOICES["method"] if one != model.method)
    raw = case.dose_gy(model.counts, activity, model.method, subtract)[mask]
    flags = (*case.calibrated(model.counts, subtract).flags, *shown.flags)
    return Histogram(
        model.region,
        model.method,
        model.counts,
        shown,
        every[model.counts, other],
        true,
        model.level_gy,
        every,
        float(np.mean(raw < 0)),
        float(raw.mean(dtype=float)),
        tuple(Flag(one).text for one in flags),
    )


# predicted against delivered


@dataclass(frozen=True, eq=False)
class Row:
    """One region, planned and delivered.

    Attributes
    ----------
    name : str
    expected : ExpectedRange
    delivered : ufloat
    verdict : Verdict
    spread : float
        Standard deviation of the logarithm of delivered over planned.
    true_gy : float
        As only a virtual patient tells.
    """

    name: str
    expected: planning.ExpectedRange
    delivered: object
    verdict: planning.Verdict
    spread: float
    true_gy: float


@dataclass(frozen=True, eq=False)
class Compared:
    """Delivered against planned.

    Attributes
    ----------
    rows : tuple of Row
    comparison : sirt.Comparison
        Of tumour and normal liver.
    extrahepatic : sirt.Extrahepatic
    dice : float or None
        Overlap of the volumes above ``isodose_gy``; None if no map reaches it.
    isodose_gy : float
        Half of the planned mean dose of the tumour.
    shares : tuple of dict
        Of tumour and normal liver, planned and delivered.
    shared_rel : float
    delivered_mbq : float
    remarks : tuple of str
    """

    rows: tuple[Row, ...]
    comparison: sirt.Comparison
    extrahepatic: sirt.Extrahepatic
    dice: float | None
    isodose_gy: float
    shares: tuple[dict, dict]
    shared_rel: float
    delivered_mbq: float
    remarks: tuple[str, ...]

    @property
    def outside(self) -> tuple[Row, ...]:
        """Rows whose verdict asks for an investigation."""
        return tuple(row for row in self.rows if not row.verdict.within)

    @property
    def investigate(self) -> bool:
        """Whether anything does: a verdict, activity outside the liver, or a share that moved."""
        return bool(self.outside or self.extrahepatic.flags or self.comparison.flags)


def compare(model: SirtVerification, case: Case) -> Compared:
    """Verdict on every region, by the PET of 20 minutes."""
    plan, parts = planned(model, case), components(model)
    subtract, activity = model.background == "subtracted", 1000 * model.delivered_gbq
    relative = planning.relative_uncertainty(parts)
    shared = planning.relative_uncertainty(parts, ["mass"]) if model.shared == "mass" else 0.0
    rows = []
    for name, dose in _by_region(case, "20 min", activity, subtract).items():
        measured = ufloat(dose, relative * dose)
        verdict = planning.verify(measured, plan.expected[name], shared)
        spread = abs(np.log(dose / plan.expected[name].median_gy) / verdict.z) if verdict.z else relative
        rows.append(Row(name, plan.expected[name], measured, verdict, float(spread), case.truth_gy[name]))
    by_name = {row.name: row for row in rows}
    pair = [(by_name[name].expected.median_gy, by_name[name].delivered.nominal_value) for name in ("tumour", "normal")]
    shares = plan.shares, _shares(case, "20 min", subtract)
    comparison = sirt.compare(
        *({"tumour": tumour, "normal": normal} for tumour, normal in zip(*pair, strict=True)), *shares
    )
    away = sirt.extrahepatic_counts(case.pets["20 min"].array, case.masks["liver"], case.outside, quiet_mask=case.quiet)
    level = 0.5 * by_name["tumour"].expected.median_gy
    try:
        dice = sirt.isodose_dice(
            case.dose_gy("maa", plan.activity_mbq),
            case.dose_gy("20 min", activity, subtract=subtract),
            mask=case.masks["liver"],
            level_gy=level,
        )
    except InputError:
        dice = None
    flags = (*away.flags, *comparison.flags)
    return Compared(
        tuple(rows),
        comparison,
        away,
        dice,
        level,
        shares,
        shared,
        activity,
        tuple(Flag(one).text for one in flags),
    )
