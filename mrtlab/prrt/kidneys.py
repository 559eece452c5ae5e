"""Dose to each kidney, and what two different kidneys may mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, dose
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.prrt import _guards

__all__ = ["KidneyPair", "kidney_dose", "kidney_pair"]

_Z95 = 1.96
_POPULATION = ("prrt.kidney_half_life_h", "prrt.kidney_half_life_gsd")


def kidney_dose(tia_mbq_h, mass_g, nuclide="Lu-177", cross_gy=0.0):
    """Mean absorbed dose to one kidney from what is in it, Gy.

    With Lu-177 by the S value of a reference kidney, scaled to the mass. With other nuclides by a sphere of the
    kidney's mass, whose electrons partly escape: with Y-90 about 5 % of the energy at 150 g, which local deposition
    would count.

    Parameters
    ----------
    tia_mbq_h : float, array or ufloat
        Time-integrated activity in the parenchyma of this kidney, MBq·h. The renal pelvis does not belong to it. By
        the small-volume method, which needs no outline of the whole: time-integrated concentration times ``mass_g``.
    mass_g : float, array or ufloat
        Mass of this kidney; the reference mass instead of the patient's is the error of early Y-90 dosimetry.
    nuclide : str or Nuclide
    cross_gy : float, array or ufloat
        Dose from spleen, liver and tumours, Gy: usually 2 % of its own or less, and added only if given.

    Raises
    ------
    InputError
        For numbers out of range, or a nuclide without kernel.

    References
    ----------
    ``dose.opendose``, ``prrt.kidney_cross_dose``
    """
    tia_mbq_h = _check.non_negative("tia_mbq_h", tia_mbq_h)
    return tia_mbq_h * self_s_value("left kidney", mass_g, nuclide) + _check.non_negative("cross_gy", cross_gy)


def self_s_value(name: str, mass_g, nuclide):
    """S value of an organ to itself: of a reference organ with Lu-177, else of a sphere. Gy/(MBq·h)."""
    found = find_nuclide(nuclide)
    row = next((one for one in dose.S_VALUES if (one.nuclide, one.target) == (found.name, name)), None)
    if row is None:
        return dose.sphere_s_value(mass_g, found)
    return dose.scale_s_value(row.gy_per_mbq_h, row.mass_g, mass_g, found)


@dataclass(frozen=True, eq=False)
class KidneyPair:
    """Both kidneys beside each other.

    Attributes
    ----------
    left_gy, right_gy : float or ufloat
    mean_gy : float or ufloat
        Energy in both over the mass of both; the arithmetic mean where no masses were given.
    asymmetry : float or ufloat
        Larger dose over smaller, less 1.
    larger : {"left", "right"}
    half_life_z : float or None
        How far the effective half-life of the kidney with the larger dose lies from the population's, in standard
        deviations of its logarithm.
    obstruction_suspected : bool
        More asymmetric than 30 %, and the kidney with the larger dose has a half-life longer than 97.5 % of the
        population or longer than the other's beyond what their uncertainty explains.
    text : str
    flags, sources : tuple of str
        ``ASYMMETRY``, ``OBSTRUCTION_SUSPECTED``.
    """

    left_gy: float | UFloat
    right_gy: float | UFloat
    mean_gy: float | UFloat
    asymmetry: float | UFloat
    larger: str
    half_life_z: float | None
    obstruction_suspected: bool
    text: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def kidney_pair(
    left_gy,
    right_gy,
    left_half_life_h=None,
    right_half_life_h=None,
    *,
    left_mass_g=None,
    right_mass_g=None,
    population_half_life_h: float | None = None,
    population_gsd: float | None = None,
    nuclide="Lu-177",
) -> KidneyPair:
    """Mean dose of two kidneys, and whether one of them looks obstructed.

    Parameters
    ----------
    left_gy, right_gy : float or ufloat
        Doses, or doses per activity: only their ratio and mean matter.
    left_half_life_h, right_half_life_h : float or ufloat, optional
        Effective half-lives; without them asymmetry alone is told.
    left_mass_g, right_mass_g : float or ufloat, optional
        Both or none.
    population_half_life_h, population_gsd : float, optional
        Of the effective half-life; those of Lu-177-DOTATATE (51 h, 1.25) with Lu-177. With another nuclide they must
        be given for a comparison.
    nuclide : str or Nuclide

    Returns
    -------
    KidneyPair
        A suspicion, never a diagnosis, and never a reason to reduce the activity: look at the images, take the pelvis
        out of the outline, image again.

    Raises
    ------
    InputError
        For numbers out of range, or one half-life or mass without the other.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    ``prrt.obstruction``, ``prrt.asymmetry``
    """
    doses = {
        "left": _guards.one_number("left_gy", _check.positive("left_gy", left_gy)),
        "right": _guards.one_number("right_gy", _check.positive("right_gy", right_gy)),
    }
    masses = _both("mass_g", left_mass_g, right_mass_g, lambda name, number: _check.positive(name, number))
    lives = _both(
        "half_life_h",
        left_half_life_h,
        right_half_life_h,
        lambda name, number: _guards.half_life(name, number, nuclide),
    )
    larger = max(doses, key=lambda side: _check.nominal(doses[side]))
    other = "right" if larger == "left" else "left"
    asymmetry = doses[larger] / doses[other] - 1
    weights = masses or {"left": 1.0, "right": 1.0}
    mean = sum(doses[side] * weights[side] for side in doses) / sum(weights.values())
    assumed = population_half_life_h is None
    z = _half_life_z(lives[larger], population_half_life_h, population_gsd, nuclide) if lives else None
    uneven = _check.nominal(asymmetry) > value("prrt.asymmetry")
    slow = bool(lives) and ((z is not None and z > _Z95) or _slower(lives[larger], lives[other]))
    flags = ((Flag.ASYMMETRY,) if uneven else ()) + ((Flag.OBSTRUCTION_SUSPECTED,) if uneven and slow else ())
    return KidneyPair(
        left_gy=doses["left"],
        right_gy=doses["right"],
        mean_gy=mean,
        asymmetry=asymmetry,
        larger=larger,
        half_life_z=z,
        obstruction_suspected=uneven and slow,
        text=_text(_check.nominal(asymmetry), larger, uneven, slow, bool(lives)),
        flags=flags,
        sources=("prrt.obstruction", "prrt.asymmetry", *(_POPULATION if z is not None and assumed else ())),
    )


def _both(name, left, right, check):
    if (left is None) != (right is None):
        lacking = "left" if left is None else "right"
        raise InputError(f"{lacking}_{name} is missing; give both or neither")
    if left is None:
        return {}
    return {
        side: _guards.one_number(f"{side}_{name}", check(f"{side}_{name}", number))
        for side, number in (("left", left), ("right", right))
    }


def _half_life_z(half_life_h, median_h, gsd, nuclide) -> float | None:
    if (median_h is None) != (gsd is None):
        raise InputError("population_half_life_h and population_gsd belong together; give both or neither")
    if median_h is None:
        if find_nuclide(nuclide).name != "Lu-177":
            return None
        median_h, gsd = value("prrt.kidney_half_life_h"), value("prrt.kidney_half_life_gsd")
    median_h = _numbers.single("population_half_life_h", _check.positive("population_half_life_h", median_h))
    spread = np.hypot(
        np.log(_numbers.single("population_gsd", _check.geometric_sd("population_gsd", gsd))),
        _guards.relative(half_life_h),
    )
    if spread == 0:
        raise InputError("population_gsd is 1, a population without spread: nothing can be compared with it")
    return float(np.log(_check.nominal(half_life_h) / median_h) / spread)


def _slower(one_h, other_h) -> bool:
    """Longer beyond 1.96 u of the difference, if uncertainties were given."""
    apart = one_h - other_h
    return isinstance(apart, UFloat) and apart.std_dev > 0 and apart.nominal_value > _Z95 * apart.std_dev


def _text(asymmetry, larger, uneven, slow, lives) -> str:
    if not uneven:
        return f"the {larger} kidney is {100 * asymmetry:.0f} % above the other, within what two kidneys may differ"
    told = f"the {larger} kidney is {100 * asymmetry:.0f} % above the other"
    if slow:
        return (
            f"{told} and clears too slowly: urine held in the renal pelvis may be in its outline. Look at the serial "
            "images, take the pelvis out, and leave the activity as it is until then"
        )
    if lives:
        return f"{told} without clearing slowly: compare outlines and masses, and ask whether one is diseased"
    return f"{told}: compare outlines, masses and the effective half-lives of both"
