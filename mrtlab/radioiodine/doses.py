"""Dose to the thyroid and activity for a dose: mean energy, Marinelli's formula, one patient's dose per activity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.radioiodine._guards import LN2, checked_tiac, effective_half_life, positive_fraction
from mrtlab.radioiodine.gland import shrinkage_factor
from mrtlab.radioiodine.integral import UptakeIntegral

__all__ = [
    "ENERGY_MODES",
    "BenignDose",
    "activity",
    "benign_dose",
    "dose",
    "marinelli_activity",
    "mean_energy",
]

ENERGY_MODES = ("eanm", "constant", "mass")
_COEFFICIENT = value("radioiodine.marinelli_coefficient")
_HOURS = 24  # per day: the published forms are in days


def mean_energy(mass_g, mode: str = "eanm", coefficient: float = _COEFFICIENT):
    """Dose times mass per time-integrated activity of I-131, for a target that absorbs its own radiation.

    Parameters
    ----------
    mass_g : float, array or ufloat
        Mass of the target.
    mode : {"eanm", "constant", "mass"}
        ``(m^(1/4) + 18)/7.2`` per day; ``100·ln 2/coefficient``; or ``2.671 + 0.0779·m^(1/3) - 0.154·m^(-1/3)``, for
        spheres of 1 to 300 g. They agree within 3 % between 5 and 80 g: take this as their uncertainty
        (``radioiodine.mean_energy_rel``).
    coefficient : float
        Of Marinelli's formula in MBq·d·%/(g·Gy), for ``"constant"`` only. 24.8 circulates, too.

    Returns
    -------
    same kind as ``mass_g``, Gy·g/(MBq·h)

    Raises
    ------
    InputError
        For a mass that is not above 0; with ``"mass"``, below 0.5 g or above 300 g.

    Warns
    -----
    PlausibilityWarning
        ``"constant"`` outside 5 to 80 g, ``"mass"`` below 1 g.

    References
    ----------
    ``radioiodine.mean_energy_eanm``, ``radioiodine.marinelli_coefficient``, ``radioiodine.mean_energy_mass``.
    """
    energy, flags = _mean_energy(mass_g, mode, coefficient)
    if flags:
        _check.warn(flags[0].text)
    return energy


def _mean_energy(mass_g, mode, coefficient=_COEFFICIENT):
    mass_g = _check.positive("mass_g", mass_g)
    plain = np.atleast_1d(_check.nominal(mass_g))
    _check.choice("mode", mode, ENERGY_MODES)
    if mode == "eanm":
        return (mass_g**0.25 + 18) / 7.2 / _HOURS, ()
    if mode == "constant":
        coefficient = _check.positive("coefficient", coefficient)
        low, high = value("radioiodine.constant_energy_low_g"), value("radioiodine.constant_energy_high_g")
        outside = bool(np.any((plain < low) | (plain > high)))
        return mass_g * 0 + 100 * LN2 / coefficient / _HOURS, (Flag.CONST_E_OUTSIDE_5_80G,) * outside
    if np.any((plain < 0.5) | (plain > 300)):
        worst = float(plain[(plain < 0.5) | (plain > 300)][0])
        raise InputError(
            f"mass_g must lie between 0.5 and 300 with mode 'mass', got {worst:g}. For a smaller sphere use "
            "mrtlab.dose.sphere_s_value(mass_g, 'I-131')"
        )
    if np.any(plain < 1):
        _check.warn("mass_g is below 1 g, where the fit of the mean energy ends", stacklevel=4)
    return (2.671 + 0.0779 * mass_g ** (1 / 3) - 0.154 * mass_g ** (-1 / 3)) / _HOURS, ()


def dose(activity_mbq, mass_g, tiac_h, mode: str = "eanm"):
    """Absorbed dose to the target, ``A·E(m)·I/m``, Gy.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Administered activity.
    mass_g : float, array or ufloat
        Mass of the *target*: the whole gland in Graves' disease, the autonomous nodules in adenoma.
    tiac_h : float, array or ufloat
        Time integral of the uptake, hours; see :func:`time_integral`.
    mode : {"eanm", "constant", "mass"}
        See :func:`mean_energy`.

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        For a time integral above that of all activity staying.

    Warns
    -----
    PlausibilityWarning
        For a time integral that looks like days, or a mass that looks like kilograms.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    activity_mbq, mass_g = _check.positive("activity_mbq", activity_mbq), _check.positive("mass_g", mass_g)
    tiac_h = checked_tiac("tiac_h", tiac_h, thyroid=True)
    low = float(np.min(_check.nominal(mass_g)))
    if low < value("radioiodine.small_lesion_g"):
        _check.warn(f"mass_g is {low:g} g: kg instead of g? Then give {1000 * low:g}")
    return activity_mbq * mean_energy(mass_g, mode) * tiac_h / mass_g


def activity(dose_gy, mass_g, tiac_h, mode: str = "eanm"):
    """Activity for a dose to the target, ``D·m/(E(m)·I)``, MBq: the inverse of :func:`dose`.

    The dose is the physician's; see :data:`TARGET_DOSE` for what is in use.

    Parameters
    ----------
    dose_gy : float, array or ufloat
    mass_g, tiac_h, mode
        As in :func:`dose`.

    Raises
    ------
    InputError, PhysicsError
        As :func:`dose`.

    Warns
    -----
    PlausibilityWarning
        For a time integral that looks like days, or an activity outside 37 to 2000 MBq.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    dose_gy, mass_g = _check.positive("dose_gy", dose_gy), _check.positive("mass_g", mass_g)
    tiac_h = checked_tiac("tiac_h", tiac_h, thyroid=True)
    result = dose_gy * mass_g / (mean_energy(mass_g, mode) * tiac_h)
    _judge_activity(result)
    return result


def marinelli_activity(dose_gy, mass_g, uptake, effective_half_life_h, coefficient: float = _COEFFICIENT):
    """Activity by the formula of Marinelli and Quimby, ``24.7·D·m/(U[%]·T_eff[d])``, MBq.

    The same as :func:`activity` with a constant mean energy if all uptake comes at once. With a real uptake phase the
    largest uptake and the half-life underestimate the integral, and the formula over-prescribes, by a fifth in ordinary
    patients.

    Parameters
    ----------
    dose_gy, mass_g : float, array or ufloat
    uptake : float, array or ufloat
        Largest RIU, 0 to 1, physical decay included.
    effective_half_life_h : float, array or ufloat
        Hours.
    coefficient : float
        MBq·d·%/(g·Gy): 24.7, or 24.8 in older German guidance.

    Raises
    ------
    InputError
        For numbers out of range; percentages are recognised.
    PhysicsError
        For a half-life above the physical one.

    Warns
    -----
    PlausibilityWarning
        For a half-life that looks like days, or an activity outside 37 to 2000 MBq.

    References
    ----------
    Marinelli, Quimby and Hine, AJR 1948;59:260-281 (recalled).
    """
    dose_gy = _check.positive("dose_gy", dose_gy)
    mass_g = _check.positive("mass_g", mass_g)
    uptake = positive_fraction("uptake", uptake)
    coefficient = _check.positive("coefficient", coefficient)
    days = effective_half_life("effective_half_life_h", effective_half_life_h, thyroid=True) / _HOURS
    result = coefficient / 100 * dose_gy * mass_g / (uptake * days)
    _judge_activity(result)
    return result


def _judge_activity(activity_mbq):
    plain = np.atleast_1d(_check.nominal(activity_mbq))
    low, high = value("radioiodine.benign_activity_low_mbq"), value("radioiodine.benign_activity_high_mbq")
    outside = plain[(plain < low) | (plain > high)]
    if len(outside):
        _check.warn(
            f"the activity would be {outside[0]:.4g} MBq, outside {low:g} to {high:g} MBq of benign thyroid disease; "
            "check mass, uptake and the units of the time integral",
            stacklevel=4,
        )


@dataclass(frozen=True, eq=False)
class BenignDose:
    """Dose per activity of one patient, to plan with or to verify by.

    Attributes
    ----------
    gy_per_mbq : float or ufloat
    mass_g, tiac_h : float or ufloat
    mode : str
        Of :func:`mean_energy`.
    flags, sources : tuple of str
    """

    gy_per_mbq: float | UFloat
    mass_g: float | UFloat
    tiac_h: float | UFloat
    mode: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    def dose(self, activity_mbq):
        """Dose of an activity, Gy."""
        return _check.positive("activity_mbq", activity_mbq) * self.gy_per_mbq

    def activity(self, dose_gy):
        """Activity for a dose, MBq."""
        result = _check.positive("dose_gy", dose_gy) / self.gy_per_mbq
        _judge_activity(result)
        return result

    def require_final(self) -> None:
        """Refuse to let this become a final plan or record.

        Raises
        ------
        InputError
            If test and therapy differ in stimulation.
        """
        if Flag.STIMULATION_MISMATCH in self.flags:
            raise InputError(f"this must not become final. {Flag.STIMULATION_MISMATCH.text}")


def benign_dose(
    mass_g,
    integral,
    mode: str = "eanm",
    *,
    stimulated_tracer: bool,
    stimulated_therapy: bool,
    mass_half_life_h=None,
) -> BenignDose:
    """Dose per activity from mass and time integral, with what was assumed on the way.

    Parameters
    ----------
    mass_g : float or ufloat
        Of the target.
    integral : UptakeIntegral, float or ufloat
        From :func:`time_integral`, or hours.
    mode : {"eanm", "constant", "mass"}
    stimulated_tracer, stimulated_therapy : bool
        Whether test and therapy are under TSH stimulation. No factor converts one into the other: if they differ, the
        result is flagged ``STIMULATION_MISMATCH`` and :meth:`BenignDose.require_final` refuses.
    mass_half_life_h : float or ufloat, optional
        Turns on the teaching model of :func:`shrinkage_factor`; needs an integral with a half-life.

    Returns
    -------
    BenignDose

    Raises
    ------
    InputError, PhysicsError
        As :func:`dose` and :func:`shrinkage_factor`.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    for name, said in {"stimulated_tracer": stimulated_tracer, "stimulated_therapy": stimulated_therapy}.items():
        if not isinstance(said, (bool, np.bool_)):
            raise InputError(f"{name} must be True or False, got {said!r}")
    whole = isinstance(integral, UptakeIntegral)
    tiac_h = checked_tiac("tiac_h", integral.tiac_h if whole else integral, thyroid=True)
    mass_g = _check.positive("mass_g", mass_g)
    energy, flags = _mean_energy(mass_g, mode)
    gy_per_mbq = energy * tiac_h / mass_g
    flags = [*(integral.flags if whole else ()), *flags]
    sources = [*(integral.sources if whole else ()), f"radioiodine.mean_energy_{mode}"]
    if mode == "constant":
        sources[-1] = "radioiodine.marinelli_coefficient"
    if mass_half_life_h is not None:
        if not whole or integral.effective_half_life_h is None:
            raise InputError("mass_half_life_h needs an integral with an effective half-life; see time_integral")
        gy_per_mbq = gy_per_mbq * shrinkage_factor(integral.effective_half_life_h, mass_half_life_h)
        flags.append(Flag.SHRINKAGE_ASSUMED)
        sources.append("radioiodine.shrinkage")
    flags += [Flag.STIMULATION_MISMATCH] if stimulated_tracer != stimulated_therapy else []
    return BenignDose(gy_per_mbq, mass_g, tiac_h, mode, tuple(dict.fromkeys(flags)), tuple(dict.fromkeys(sources)))
