"""The patient's cycles as they are measured: routine, what was asked for, and how it is; nothing heavy twice.

Routine is one SPECT/CT at 4, 24, 72 and 168 h in the first cycle and one at 72 h in every other, read with the
half-life of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from uncertainties import ufloat

from mrtlab import dose, kinetics, prrt
from mrtlab.apps.prrt_cycles.model import PATIENTS
from mrtlab.apps.sections import hearing

__all__ = ["CLOCK_H", "FULL_MBQ", "KIDNEYS", "LATE_H", "SITE_H", "Measured", "clean", "measured", "patient", "site"]

FULL_MBQ = 7400.0  # what a virtual patient is given; doses and activities are in proportion to it
LATE_H = 72.0
SITE_H = 4.0
CLOCK_H = 24.0  # the clock of the workstation is ahead by so much
KIDNEYS = ("left kidney", "right kidney")
# sizes of the incidents, illustrative
_DEFECTS = {"extravasation": 0.6, "obstruction": 0.006, "clock": CLOCK_H}
_NAMES = {"clock": "clock_offset"}


@dataclass(frozen=True, eq=False)
class Measured:
    """One region of one cycle, for 7.4 GBq.

    Attributes
    ----------
    region : str
    times_h, activities_mbq, sigmas_mbq : array
        Not decay-corrected, at the times that are stated.
    dose_gy : ufloat
        With what is this cycle's own alone.
    half_life_h : ufloat
        Of the curve, or taken over from the first cycle.
    mass_g : float
    """

    region: str
    times_h: np.ndarray
    activities_mbq: np.ndarray
    sigmas_mbq: np.ndarray
    dose_gy: object
    half_life_h: object
    mass_g: float


@lru_cache(maxsize=64)
def patient(key: str, cycle: int, well: bool = False):
    """The virtual patient in a cycle; ``well`` without whatever happened."""
    from mrtlab.patients import virtual_patient

    about = PATIENTS[key]
    happened = about.incident if about.incident and about.cycle == cycle and not well else ""
    defects = {_NAMES.get(happened, happened): _DEFECTS[happened]} if happened else {}
    return virtual_patient("prrt", about.seed, **defects).cycle(cycle)


@lru_cache(maxsize=8)
def lesion(key: str) -> str:
    """The largest lesion, which is followed."""
    found = patient(key, 1, True)
    names = [name for name in found.anatomy.regions if name.startswith("lesion")]
    return max(names, key=found.truth.mass_g)


@lru_cache(maxsize=256)
def measured(key: str, cycle: int, serial: bool = False, well: bool = False) -> dict[str, Measured]:
    """Kidneys and tumour of a cycle, by routine or by the serial scans.

    Parameters
    ----------
    key : str
    cycle : int
    serial : bool
        All four scans; the first cycle has them anyway.
    well : bool
        As it would be measured if nothing had happened: with the pelvis out of the outline, by the right clock.
    """
    who = patient(key, cycle, well)
    return {name: _one(key, who, cycle, name, serial or cycle == 1) for name in (*KIDNEYS, lesion(key))}


def _one(key, who, cycle, name, serial) -> Measured:
    with hearing():
        curve = who.measure(name, None if serial else [LATE_H])
        if serial:
            fit = kinetics.fit(curve, "mono")
            tia = fit.tia_mbq_h
            # what all cycles have in common is added for the whole chain, not here
            own = np.sqrt(max(tia.std_dev**2 - (curve.systematic_rel * tia.nominal_value) ** 2, 0.0))
            tia, half_life = ufloat(tia.nominal_value, own), fit.effective_half_life_h
        else:
            half_life = measured(key, 1)[name].half_life_h
            half_life = ufloat(half_life.nominal_value, half_life.std_dev)
            activity, sigma = float(curve.activity_mbq[0]), float(curve.sigma_mbq[0])
            tia = prrt.later_cycle(activity, float(curve.times_h[0]), half_life, sigma_mbq=sigma).tia_mbq_h
            tia = ufloat(tia.nominal_value, tia.std_dev)
        mass = float(who.truth.mass_g(name))
        gy = prrt.kidney_dose(tia, mass) if name in KIDNEYS else tia * dose.sphere_s_value(mass, "Lu-177")
    return Measured(
        name,
        np.asarray(curve.times_h, dtype=float),
        np.asarray(curve.activity_mbq, dtype=float),
        np.asarray(curve.sigma_mbq, dtype=float),
        ufloat(gy.nominal_value, gy.std_dev),
        half_life,
        mass,
    )


@lru_cache(maxsize=64)
def clean(key: str, cycle: int) -> dict[str, float]:
    """True doses of kidneys (mean) and tumour, Gy for 7.4 GBq, which only a virtual patient tells."""
    truth = patient(key, cycle).truth
    return {"kidneys": float(truth.dose_gy("kidneys")), lesion(key): float(truth.dose_gy(lesion(key)))}


@dataclass(frozen=True, eq=False)
class Site:
    """What an image of the injection site shows.

    Attributes
    ----------
    seen_mbq : float
        At ``SITE_H``, for 7.4 GBq; 0 where nothing is.
    half_life_h : ufloat
    volume_ml : float
    """

    seen_mbq: float
    half_life_h: object
    volume_ml: float


@lru_cache(maxsize=64)
def site(key: str, cycle: int) -> Site:
    """The arm, 4 h after the injection and once more later on that day."""
    who = patient(key, cycle)
    if "injection site" not in who.anatomy.regions:
        return Site(0.0, None, 0.0)
    truth = who.truth
    early, late = (float(truth.activity_mbq("injection site", hours)) for hours in (SITE_H, SITE_H + 3))
    half_life = 3 * np.log(2) / np.log(early / late)
    return Site(early, ufloat(half_life, 0.05 * half_life), float(truth.volume_ml("injection site")))
