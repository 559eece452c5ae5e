"""The numbers of the last two sections: biology of the delivered dose, and Ho-166."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab import radiobiology, sirt
from mrtlab.apps.sections import heard, hearing
from mrtlab.apps.sirt_verification.measure import Case
from mrtlab.apps.sirt_verification.model import SirtVerification
from mrtlab.nuclides import nuclide

__all__ = ["Biology", "Effect", "Holmium", "biology", "holmium"]


@dataclass(frozen=True, eq=False)
class Effect:
    """One tissue.

    Attributes
    ----------
    mean_gy, eud_gy, bed_gy, eubed_gy : float
        Mean dose, equivalent uniform dose, mean BED of the voxels, equivalent uniform BED.
    quiet_eud_gy : float
        EUD of a PET without noise.
    bed_of_mean_gy : float
        BED of the mean dose, which a program without voxels gives.
    other_bed_gy : float
        Mean BED with the numbers of the public code.
    alpha_beta_gy, repair_h, g : float
    other : TissueParameters
        Those numbers.
    """

    mean_gy: float
    eud_gy: float
    bed_gy: float
    eubed_gy: float
    quiet_eud_gy: float
    bed_of_mean_gy: float
    other_bed_gy: float
    alpha_beta_gy: float
    repair_h: float
    g: float
    other: radiobiology.TissueParameters


@dataclass(frozen=True, eq=False)
class Biology:
    """Tumour and normal liver.

    Attributes
    ----------
    tissues : dict of str to Effect
        ``"tumour"``, ``"normal"``.
    alpha_per_gy : float
    acute_bed_gy : float
        Of normal liver, mean dose, had repair been forgotten (G = 1).
    """

    tissues: dict[str, Effect]
    alpha_per_gy: float
    acute_bed_gy: float


def biology(model: SirtVerification, case: Case) -> Biology:
    """BED and its uniform equivalents of the voxels of the PET of 20 minutes; negative voxels count as 0."""
    subtract = model.background == "subtracted"
    dose, clean = (
        np.maximum(case.dose_gy(counts, 1000 * model.delivered_gbq, "local", subtract), 0)
        for counts in ("20 min", "without noise")
    )
    given = {
        "tumour": ("tumour", model.tumour_alpha_beta, model.tumour_repair_h),
        "normal": ("liver", model.liver_alpha_beta, model.liver_repair_h),
    }
    half_life, found = nuclide("Y-90").half_life_h, {}
    with hearing():
        for name, (tissue, alpha_beta, repair) in given.items():
            voxels = dose[case.masks[name]].astype(float)
            other = sirt.TISSUES[tissue][1]
            g = radiobiology.lea_catcheside(half_life, repair)
            mean = float(voxels.mean())
            other_g = radiobiology.lea_catcheside(half_life, other.repair_half_time_h)
            found[name] = Effect(
                mean,
                float(radiobiology.eud(voxels, model.alpha)),
                float(radiobiology.bed(voxels, alpha_beta, g).mean()),
                float(radiobiology.eubed(voxels, model.alpha, alpha_beta, g)),
                float(radiobiology.eud(clean[case.masks[name]].astype(float), model.alpha)),
                float(radiobiology.bed(mean, alpha_beta, g)),
                float(radiobiology.bed(voxels, other.alpha_beta_gy, other_g).mean()),
                alpha_beta,
                repair,
                g,
                other,
            )
        acute = float(radiobiology.bed(found["normal"].mean_gy, model.liver_alpha_beta, 1.0))
    return Biology(found, model.alpha, acute)


@dataclass(frozen=True, eq=False)
class Holmium:
    """Ho-166 for one liver.

    Attributes
    ----------
    aim_gy, liver_g, scout_mbq, ahead_h : float
    scout_gy : float
    therapy_mbq, whole_mbq : float
        At treatment, with the scout subtracted and without.
    ordered_mbq : float
        ``ahead_h`` before.
    forgotten_gy : float
        Dose of scout and therapy where the scout was not subtracted.
    yttrium_mbq, yttrium_gy : float
        What the dose constant of Y-90 gives, and the dose of so much Ho-166.
    limit_gy : float
        To the whole liver, found in HEPAR.
    curve_h, ho, y : array
        Hours, and the share of Ho-166 and Y-90 left.
    remarks : tuple of str
    """

    aim_gy: float
    liver_g: float
    scout_mbq: float
    ahead_h: float
    scout_gy: float
    therapy_mbq: float
    whole_mbq: float
    ordered_mbq: float
    forgotten_gy: float
    yttrium_mbq: float
    yttrium_gy: float
    limit_gy: float
    curve_h: np.ndarray
    ho: np.ndarray
    y: np.ndarray
    remarks: tuple[str, ...]


def holmium(model: SirtVerification) -> Holmium:
    """Activity at treatment and at the order, with what goes wrong."""
    from mrtlab.constants import value

    aim, liver, scout = model.holmium_aim_gy, model.holmium_liver_g, model.scout_mbq
    therapy, remarks = heard(lambda: sirt.holmium_activity(aim, liver, scout))
    known = nuclide("Ho-166")
    hours = np.linspace(0, 96, 97)
    with hearing():
        whole = sirt.holmium_activity(aim, liver)
        yttrium = sirt.single_compartment_activity(aim, liver)
        scout_gy = float(sirt.holmium_dose(scout, liver)) if scout else 0.0
        found = Holmium(
            aim,
            liver,
            scout,
            model.ahead_h,
            scout_gy,
            therapy,
            whole,
            therapy / float(known.decay_factor(model.ahead_h)),
            float(sirt.holmium_dose(whole, liver)) + scout_gy,
            yttrium,
            float(sirt.holmium_dose(yttrium, liver)),
            value("sirt.holmium_liver_limit_gy"),
            hours,
            np.asarray(known.decay_factor(hours)),
            np.asarray(nuclide("Y-90").decay_factor(hours)),
            remarks,
        )
    return found
