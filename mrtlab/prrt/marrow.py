"""Dose to the red marrow: from blood, from what remains in the body, from an image of vertebrae."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.planning.ligands import marrow_to_blood
from mrtlab.prrt import _guards

__all__ = [
    "MarrowDose",
    "blood_integral",
    "marrow_dose_from_blood",
    "marrow_dose_from_image",
    "marrow_dose_from_rest",
    "marrow_to_blood",
]

_RATIO = value("prrt.marrow_to_blood")
_NAMES = ("s_value_gy_per_mbq_h", "marrow_mass_g")


@dataclass(frozen=True, eq=False)
class MarrowDose:
    """Absorbed dose to the red marrow.

    Attributes
    ----------
    self_gy : float or ufloat
        From the activity in the marrow.
    rest_gy : float or ufloat or None
        From organs, tumours and the remainder of the body; None if it was not given.
    total_gy : float or ufloat
        Both, or the self-dose alone, flagged ``REST_OF_BODY_MISSING``.
    flags, sources : tuple of str
    """

    self_gy: float | UFloat
    rest_gy: float | UFloat | None
    total_gy: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("prrt.marrow",)


def blood_integral(amplitudes_mbq_per_g: Sequence, effective_half_lives_h: Sequence, nuclide="Lu-177"):
    """Time-integrated activity concentration of a sum of exponentials, ``sum a_i·T_i/ln 2``, MBq·h/g.

    Parameters
    ----------
    amplitudes_mbq_per_g : sequence of float or ufloat
        At the administration, not decay-corrected. (1 mL of blood weighs about 1.06 g.)
    effective_half_lives_h : sequence of float or ufloat
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive, or rows of different lengths.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    Analytic.
    """
    amplitudes = _check.positive("amplitudes_mbq_per_g", _numbers.row("amplitudes_mbq_per_g", amplitudes_mbq_per_g))
    lives = _guards.half_life(
        "effective_half_lives_h", _numbers.row("effective_half_lives_h", effective_half_lives_h), nuclide
    )
    _numbers.same_length(amplitudes_mbq_per_g=amplitudes, effective_half_lives_h=lives)
    total = np.sum(amplitudes * lives) / _guards.LN2
    return total if _numbers.uncertain(total) else float(total)


def marrow_dose_from_blood(
    blood_mbq_h_per_g, s_value_gy_per_mbq_h, marrow_mass_g, *, ratio=_RATIO, rest_gy=None
) -> MarrowDose:
    """Dose to the red marrow from the concentration in blood.

    ``D_self = c_blood·ratio·m·S(RM<-RM)`` with the mass of the phantom that S belongs to: in a patient with more
    marrow the activity rises as S falls, so the patient's mass cancels.

    Parameters
    ----------
    blood_mbq_h_per_g : float, array or ufloat
        Time-integrated concentration, MBq·h per g of blood; see :func:`blood_integral`.
    s_value_gy_per_mbq_h : float or ufloat
        Red marrow to itself. No value ships with mrtlab; local deposition overestimates it by three quarters, because
        many electrons leave the cavities. (1 mGy/(MBq·s) is 3.6 Gy/(MBq·h).)
    marrow_mass_g : float
        Of the same phantom.
    ratio : float or ufloat
        Marrow over blood. 1 for Lu-177-DOTATATE; :func:`marrow_to_blood` for drugs of the plasma.
    rest_gy : float or ufloat, optional
        From the rest of the body and organs; see :func:`marrow_dose_from_rest`. 0 must be said.

    Returns
    -------
    MarrowDose
        Flagged ``REST_OF_BODY_MISSING`` without ``rest_gy``: "the contribution of the cross dose from source organs
        and tumours is significant" (Forrer et al. 2009).

    Raises
    ------
    InputError
        For numbers out of range, or a ratio above 1.

    References
    ----------
    Hindorf et al., Eur J Nucl Med Mol Imaging 2010;37:1238-1250 (recalled); Forrer et al. 2009 (abstract).
    """
    blood = _check.positive("blood_mbq_h_per_g", blood_mbq_h_per_g)
    s_value, mass_g = _guards.marrow_s_value(_NAMES, s_value_gy_per_mbq_h, marrow_mass_g)
    ratio = _check.positive("ratio", ratio)
    if np.any(_check.nominal(ratio) > 1):
        raise InputError(
            f"ratio is {np.max(_check.nominal(ratio)):g}, above 1: the marrow holds no more per gram than blood, "
            "unless the drug binds there; then measure it on images"
        )
    return _dose(blood * ratio * mass_g * s_value, rest_gy, ("prrt.marrow", "prrt.marrow_to_blood"))


def marrow_dose_from_image(
    vertebra_mbq_h_per_ml, recovery, density_g_per_ml, s_value_gy_per_mbq_h, marrow_mass_g, *, metastases, rest_gy=None
) -> MarrowDose:
    """Dose to the red marrow from the concentration in vertebrae, such as L2 to L4.

    Parameters
    ----------
    vertebra_mbq_h_per_ml : float or ufloat
        Time-integrated concentration in the volume of interest, which is taken for that of the marrow.
    recovery : float or ufloat
        Of a phantom vertebra; Santoro et al. found 0.78.
    density_g_per_ml : float
        Of what is in the volume.
    s_value_gy_per_mbq_h, marrow_mass_g, rest_gy
        As in :func:`marrow_dose_from_blood`.
    metastases : bool
        Whether there are bone metastases in or beside these vertebrae. Then the result is flagged
        ``SPILL_IN_POSSIBLE``: their activity counts as the marrow's.

    Raises
    ------
    InputError
        For numbers out of range, or ``metastases`` neither True nor False.

    References
    ----------
    Santoro et al. 2018 (abstract).
    """
    seen = _check.positive("vertebra_mbq_h_per_ml", vertebra_mbq_h_per_ml)
    recovery = _check.positive("recovery", _check.fraction("recovery", recovery))
    density = _check.positive("density_g_per_ml", density_g_per_ml)
    s_value, mass_g = _guards.marrow_s_value(_NAMES, s_value_gy_per_mbq_h, marrow_mass_g)
    if not isinstance(metastases, (bool, np.bool_)):
        raise InputError(f"metastases must be True or False, got {metastases!r}")
    found = _dose(seen / recovery / density * mass_g * s_value, rest_gy, ("prrt.marrow", "prrt.marrow_image"))
    flags = (*found.flags, *((Flag.SPILL_IN_POSSIBLE,) if metastases else ()))
    return MarrowDose(found.self_gy, found.rest_gy, found.total_gy, flags, found.sources)


def marrow_dose_from_rest(
    rest_mbq_h,
    rest_mass_g,
    s_body_gy_per_mbq_h,
    body_mass_g,
    s_marrow_gy_per_mbq_h,
    marrow_mass_g,
    organs_mbq_h: Mapping[str, float] | None = None,
    s_organs_gy_per_mbq_h: Mapping[str, float] | None = None,
    organ_masses_g: Mapping[str, float] | None = None,
):
    """Dose to the red marrow from organs, tumours and the remainder of the body, Gy.

    ``TIA_RB·[S(RM<-TB)·m_TB - S(RM<-RM)·m_RM - sum S(RM<-h)·m_h]/m_RB + sum TIA_h·S(RM<-h)``: the remainder has the
    S value of the whole body without what was counted apart.

    Parameters
    ----------
    rest_mbq_h, rest_mass_g : float or ufloat
        Time-integrated activity of the remainder, and its mass: the body without marrow and organs.
    s_body_gy_per_mbq_h, body_mass_g, s_marrow_gy_per_mbq_h, marrow_mass_g : float or ufloat
        S values to the marrow from whole body and marrow, and their masses.
    organs_mbq_h, s_organs_gy_per_mbq_h, organ_masses_g : mapping of str to float or ufloat, optional
        By source organ; the same names in all three.

    Raises
    ------
    InputError
        For numbers out of range, names that differ, or masses of more than the body.

    References
    ----------
    Hindorf et al., Eur J Nucl Med Mol Imaging 2010;37:1238-1250 (recalled).
    """
    rest = _check.non_negative("rest_mbq_h", rest_mbq_h)
    rest_mass = _check.positive("rest_mass_g", rest_mass_g, "masses are g")
    body_mass = _check.positive("body_mass_g", body_mass_g, "masses are g")
    s_body = _check.positive("s_body_gy_per_mbq_h", s_body_gy_per_mbq_h)
    names = ("s_marrow_gy_per_mbq_h", "marrow_mass_g")
    s_marrow, marrow_mass = _guards.marrow_s_value(names, s_marrow_gy_per_mbq_h, marrow_mass_g)
    for name, number in (
        ("rest_mass_g", rest_mass),
        ("body_mass_g", body_mass),
        ("s_body_gy_per_mbq_h", s_body),
        ("s_marrow_gy_per_mbq_h", s_marrow),
        ("marrow_mass_g", marrow_mass),
    ):
        _guards.one_number(name, number)
    given = {
        "organs_mbq_h": dict(organs_mbq_h or {}),
        "s_organs_gy_per_mbq_h": dict(s_organs_gy_per_mbq_h or {}),
        "organ_masses_g": dict(organ_masses_g or {}),
    }
    names = set(given["organs_mbq_h"])
    for argument, mapping in given.items():
        if set(mapping) != names:
            raise InputError(
                f"{argument} has {', '.join(sorted(mapping)) or 'nothing'}, and organs_mbq_h has "
                f"{', '.join(sorted(names)) or 'nothing'}; all three must name the same organs"
            )
        for name, number in mapping.items():
            _check.non_negative(f"{argument}[{name!r}]", number)
    tia, s_organs, masses = given.values()
    counted = _check.nominal(rest_mass + marrow_mass + sum(masses.values()))
    if counted > _check.nominal(body_mass) * (1 + 1e-6):
        raise InputError(
            f"rest_mass_g, marrow_mass_g and organ_masses_g add up to {counted:g} g, more than body_mass_g, "
            f"{_check.nominal(body_mass):g} g"
        )
    energy = s_body * body_mass - s_marrow * marrow_mass - sum(s_organs[name] * masses[name] for name in names)
    if np.any(_check.nominal(energy) < 0):
        raise InputError(
            "s_body_gy_per_mbq_h times body_mass_g is less than marrow and organs alone contribute: the S values or "
            "masses are of different phantoms or units"
        )
    return rest * energy / rest_mass + sum(tia[name] * s_organs[name] for name in sorted(names))


def _dose(self_gy, rest_gy, sources) -> MarrowDose:
    if rest_gy is None:
        return MarrowDose(self_gy, None, self_gy, (Flag.REST_OF_BODY_MISSING,), sources)
    rest_gy = _check.non_negative("rest_gy", rest_gy)
    return MarrowDose(self_gy, rest_gy, self_gy + rest_gy, (), sources)
