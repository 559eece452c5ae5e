"""An injection that went beside the vein: local dose, the activity it implies, and what is left for the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.prrt import _guards
from mrtlab.prrt.published import read_table

__all__ = [
    "ExtravasationCase",
    "SystemicActivity",
    "extravasated_activity",
    "extravasation_activity",
    "extravasation_dose",
    "published_extravasation",
    "systemic_activity",
]


def extravasation_dose(activity_mbq, mass_g, effective_half_life_h, nuclide="Lu-177"):
    """Mean absorbed dose in the infiltrated tissue, ``A·T_eff/ln 2·constant/mass``, Gy.

    Electrons are absorbed where they are emitted. The mass is that of the volume in which the activity is taken to be
    spread: half the volume, twice the dose.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        In the tissue at the injection, MBq.
    mass_g : float, array or ufloat
    effective_half_life_h : float, array or ufloat
        Of the local activity. It drains within hours; physical decay alone overstates the dose many times.
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    ``prrt.extravasation``; local half-life 2.3 h of one case: Tylski et al. 2021 (abstract).
    """
    return _check.positive("activity_mbq", activity_mbq, "activities are MBq") * _per_mbq(
        mass_g, effective_half_life_h, nuclide
    )


def extravasation_activity(dose_gy, mass_g, effective_half_life_h, nuclide="Lu-177"):
    """Activity at the injection that a local dose implies: the inverse of :func:`extravasation_dose`, MBq.

    To test a reported dose: more than was administered cannot have been there.

    Parameters
    ----------
    dose_gy, mass_g, effective_half_life_h : float, array or ufloat
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    ``prrt.extravasation``
    """
    return _check.positive("dose_gy", dose_gy, "doses are Gy") / _per_mbq(mass_g, effective_half_life_h, nuclide)


def _per_mbq(mass_g, half_life_h, nuclide):
    half_life_h = _guards.half_life("effective_half_life_h", half_life_h, nuclide)
    mass_g = _check.positive("mass_g", mass_g, "masses are g")
    nuclide = _guards.alone("nuclide", nuclide, "add up the dose of every member of the chain")
    return half_life_h / _guards.LN2 * find_nuclide(nuclide).dose_constant / mass_g


def extravasated_activity(measured_mbq, time_h, effective_half_life_h, administered_mbq=None, nuclide="Lu-177"):
    """Local activity brought back from the first image to the injection, ``A(t)·2^(t/T_eff)``, MBq.

    Parameters
    ----------
    measured_mbq : float, array or ufloat
        In the tissue on the image, not decay-corrected.
    time_h : float
        Hours from injection to image.
    effective_half_life_h : float, array or ufloat
        With its uncertainty, which decides: after ten half-lives, 10 % in the half-life are 70 % in the result.
    administered_mbq : float, optional
        To compare with.
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive.
    PhysicsError
        For a half-life longer than physical decay.

    Warns
    -----
    PlausibilityWarning
        If it comes out above ``administered_mbq``.

    References
    ----------
    Mono-exponential decline.
    """
    measured_mbq = _check.positive("measured_mbq", measured_mbq, "activities are MBq")
    time_h = _check.non_negative("time_h", time_h, "it is in hours")
    half_life_h = _guards.half_life("effective_half_life_h", effective_half_life_h, nuclide)
    with np.errstate(over="ignore"):
        try:
            found = measured_mbq * _check.exp(_guards.LN2 * time_h / half_life_h)
            finite = bool(np.all(np.isfinite(_check.nominal(found))))
        except OverflowError:  # of a ufloat
            finite = False
    if not finite:
        raise InputError(
            f"time_h is {np.max(_check.nominal(time_h)):g}, too many half-lives of "
            f"{np.min(_check.nominal(half_life_h)):g} h after the injection for anything to be left; minutes or "
            "seconds instead of hours?"
        )
    if administered_mbq is not None:
        most = float(np.max(_check.nominal(_check.positive("administered_mbq", administered_mbq))))
        high = float(np.max(_check.nominal(found)))
        if high > most:
            _check.warn(
                f"{high:.4g} MBq beside the vein, and {most:g} MBq were administered: the half-life is not that of the "
                "first hours, or the outline holds more than the infiltration"
            )
    return found


@dataclass(frozen=True, eq=False)
class SystemicActivity:
    """What of an administration reached the circulation.

    Attributes
    ----------
    at_once_mbq : float or ufloat
        Not extravasated.
    later_mbq : float or ufloat
        The part of the rest that drains before it has decayed, as activity at the injection; it arrives over hours,
        after the amino acids, if the drug is still whole.
    low_mbq, high_mbq : float or ufloat
        Without and with it: between them the doses of organs and tumours cannot be told without images.
    flags, sources : tuple of str
    """

    at_once_mbq: float | UFloat
    later_mbq: float | UFloat
    low_mbq: float | UFloat
    high_mbq: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("prrt.extravasation",)


def systemic_activity(administered_mbq, extravasated_mbq, effective_half_life_h, nuclide="Lu-177") -> SystemicActivity:
    """Bounds of the activity that tumours and organs can have received.

    Of what lies beside the vein the share ``1 - T_eff/T_physical`` drains before it decays.

    Parameters
    ----------
    administered_mbq, extravasated_mbq : float or ufloat
        At the injection.
    effective_half_life_h : float or ufloat
        Of the local activity.
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive, or more extravasated than administered.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    Rates of drainage and decay compete (``prrt.extravasation``).
    """
    administered = _guards.one_number("administered_mbq", _guards.activity("administered_mbq", administered_mbq))
    beside = _guards.one_number("extravasated_mbq", _check.positive("extravasated_mbq", extravasated_mbq))
    half_life_h = _guards.half_life("effective_half_life_h", effective_half_life_h, nuclide)
    _guards.one_number("effective_half_life_h", half_life_h)
    if _check.nominal(beside) > _check.nominal(administered):
        raise InputError(
            f"extravasated_mbq is {_check.nominal(beside):g}, more than the {_check.nominal(administered):g} MBq "
            "administered"
        )
    at_once = administered - beside
    later = beside * (1 - half_life_h / find_nuclide(nuclide).half_life_h)
    if _check.nominal(later) < 0:  # a half-life a little above physical decay, within its uncertainty
        later = 0.0 * beside
    return SystemicActivity(at_once, later, at_once, at_once + later, (Flag.SERIAL_IMAGES_NEEDED,))


@dataclass(frozen=True)
class ExtravasationCase:
    """The published case, and what its numbers imply.

    Attributes
    ----------
    administered_mbq, effective_half_life_h : float
    volumes_ml, doses_gy : tuple of float
        As printed: the same infiltration, three volumes.
    implied_mbq : tuple of float
        Activity at the injection that each dose implies, at 1 g/mL.
    above_administered : tuple of bool
    text : str
    flags, sources : tuple of str
    """

    administered_mbq: float
    effective_half_life_h: float
    volumes_ml: tuple[float, ...]
    doses_gy: tuple[float, ...]
    implied_mbq: tuple[float, ...]
    above_administered: tuple[bool, ...]
    text: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("prrt.extravasation_case", "prrt.extravasation")


def published_extravasation() -> ExtravasationCase:
    """The case of Tylski et al. 2021, 7.4 GBq of Lu-177-DOTATATE, with the activity that each of its doses implies.

    One infiltration has one activity, and three doses imply three: 8.1, 5.8 and 4.3 GBq, the first more than was
    injected. Back-extrapolation over many half-lives and the choice of the volume explain such differences; they do
    not make the report wrong.

    References
    ----------
    ``prrt.extravasation_case``
    """
    half_life_h, case = value("prrt.extravasation_half_life_h"), read_table()["extravasation"]
    volumes, doses = (tuple(float(number) for number in case[name]) for name in ("volumes_ml", "doses_gy"))
    implied = tuple(float(extravasation_activity(gy, ml, half_life_h)) for gy, ml in zip(doses, volumes, strict=True))
    administered = float(case["administered_mbq"])
    return ExtravasationCase(
        administered,
        half_life_h,
        volumes,
        doses,
        implied,
        tuple(mbq > administered for mbq in implied),
        "three doses of one infiltration imply three activities, and the largest exceeds what was injected: the volume "
        "and the way back to the injection decide the number",
        (Flag.ABOVE_ADMINISTERED,),
    )
