"""I-131 mIBG: whole-body dose of the first administration, and the activity of the second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, calibration, kinetics
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.radioiodine._curves import curve
from mrtlab.radioiodine._guards import one_number

__all__ = ["MibgSecond", "MibgWholeBody", "mibg_second_activity", "mibg_whole_body", "mibg_whole_body_s_value"]

_LIMIT_GY = value("radioiodine.mibg_limit_gy")
_LIGHTEST_KG, _HEAVIEST_KG = 5, 100
_LEAST_MBQ = 20  # smaller administrations of a therapy are gigabecquerels


def mibg_whole_body_s_value(weight_kg):
    """S value of the whole body to itself, ``1.34e-4·w^-0.921``, Gy/(MBq·h).

    Parameters
    ----------
    weight_kg : float, array or ufloat
        5 to 100 kg.

    Raises
    ------
    InputError
        For a weight that is not above 0 or above 250 kg.

    Warns
    -----
    PlausibilityWarning
        Outside 5 to 100 kg.

    References
    ----------
    Buckley et al., J Nucl Med 2009;50:1518-1524 (recalled; within 1 % of our Monte Carlo).
    """
    weight_kg = _check.positive("weight_kg", weight_kg)
    plain = np.atleast_1d(_check.nominal(weight_kg))
    if np.any(plain > 250):
        raise InputError(f"weight_kg must not exceed 250, got {np.max(plain):g}; is it in grams?")
    outside = plain[(plain < _LIGHTEST_KG) | (plain > _HEAVIEST_KG)]
    if len(outside):
        _check.warn(f"weight_kg is {outside[0]:g}; the S value was fitted from {_LIGHTEST_KG} to {_HEAVIEST_KG} kg")
    return value("radioiodine.mibg_s_coefficient") * weight_kg ** value("radioiodine.mibg_s_exponent")


def mibg_second_activity(first_dose_gy, first_activity_mbq, limit_gy: float = _LIMIT_GY):
    """Activity of a second administration that brings the whole body to a limit, MBq; 0 if it is reached.

    ``(limit - D1)/(D1/A1)``: the second is taken to behave as the first.

    Parameters
    ----------
    first_dose_gy, first_activity_mbq : float or ufloat
        Whole-body dose and activity of the first.
    limit_gy : float
        For both together.

    Raises
    ------
    InputError
        For numbers that are not above 0.

    Warns
    -----
    PlausibilityWarning
        If the first has reached the limit.

    References
    ----------
    Buckley et al. 2007 (abstract); analytic.
    """
    second = _second(first_dose_gy, first_activity_mbq, limit_gy)
    if second is None:
        _check.warn(Flag.LIMIT_REACHED.text)
        return 0.0
    return second


def _second(first_dose_gy, first_activity_mbq, limit_gy):
    first_dose_gy = _check.positive("first_dose_gy", first_dose_gy)
    first_activity_mbq = _administered("first_activity_mbq", first_activity_mbq)
    limit_gy = _numbers.single("limit_gy", _check.positive("limit_gy", limit_gy))
    one_number("first_dose_gy", first_dose_gy)
    if _check.nominal(first_dose_gy) >= limit_gy:
        return None
    return (limit_gy - first_dose_gy) / first_dose_gy * first_activity_mbq


def _administered(name, activity_mbq):
    activity_mbq = one_number(name, _check.positive(name, activity_mbq, "activities are MBq"))
    plain = _check.nominal(activity_mbq)
    if plain < _LEAST_MBQ:
        _check.warn(f"{name} is {plain:g} MBq: GBq instead of MBq? Then give {1000 * plain:g}", stacklevel=5)
    return activity_mbq


@dataclass(frozen=True, eq=False)
class MibgSecond:
    """Activity of the second administration.

    Attributes
    ----------
    activity_mbq : float or ufloat
        0 if the first has reached the limit.
    limit_gy : float
    flags, sources : tuple of str
        Always with ``SAME_KINETICS_ASSUMED``.
    """

    activity_mbq: float | UFloat
    limit_gy: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radioiodine.mibg", "radioiodine.mibg_limit_gy")


@dataclass(frozen=True, eq=False)
class MibgWholeBody:
    """Whole-body dose of one administration of I-131 mIBG.

    Attributes
    ----------
    activity_mbq : float or ufloat
        Administered.
    geometric_mean : tuple of ufloat
        Net counts of both views, at each time.
    retention : tuple of ufloat
        The same over the first, which is 1 without uncertainty.
    tia_mbq_h : ufloat
    dose_gy : ufloat
    tail_fraction : float
        Share of the integral after the last measurement.
    flags, sources : tuple of str
    """

    activity_mbq: float | UFloat
    geometric_mean: tuple[UFloat, ...]
    retention: tuple[UFloat, ...]
    tia_mbq_h: UFloat
    dose_gy: UFloat
    tail_fraction: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radioiodine.mibg",)

    def second(self, limit_gy: float = _LIMIT_GY) -> MibgSecond:
        """What a second administration may hold; see :func:`mibg_second_activity`."""
        found = _second(self.dose_gy, self.activity_mbq, limit_gy)
        flags = (Flag.SAME_KINETICS_ASSUMED, *((Flag.LIMIT_REACHED,) if found is None else ()))
        return MibgSecond(0.0 if found is None else found, float(limit_gy), flags)


def mibg_whole_body(times_h, anterior, posterior, background, activity_mbq, weight_kg) -> MibgWholeBody:
    """Whole-body dose from counts of both sides.

    ``A(t) = A0·GM(t)/GM(t0)``; everything is there until the first measurement, exponentials run from point to point,
    and the tail follows the last two points, never slower than physical decay.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration. The first measurement comes *before* the bladder is emptied: it stands for 100 %.
    anterior, posterior : sequence of float or ufloat
        Counts of equal duration at 2 m or more, always the same distance, corrected for dead time. Plain counts get
        their Poisson uncertainty.
    background : float or ufloat
        Counts of the same duration without the patient.
    activity_mbq : float or ufloat
        Administered.
    weight_kg : float or ufloat

    Returns
    -------
    MibgWholeBody
        Flagged ``CONTAMINATION_OR_GEOMETRY`` if the counts rise by more than 10 %.

    Raises
    ------
    InputError
        For numbers out of range, rows of different lengths, fewer than two times, or nothing above background.

    References
    ----------
    Buckley et al., J Nucl Med 2009;50:1518-1524; Gear et al., EJNMMI Phys 2020;7:15 (recalled).
    """
    activity_mbq = _administered("activity_mbq", activity_mbq)
    one_number("weight_kg", _check.positive("weight_kg", weight_kg))
    times_h = _numbers.row("times_h", times_h)
    empty = one_number("background", calibration.counted(background, "background"))
    flags, views = [], []
    for name, counts in {"anterior": anterior, "posterior": posterior}.items():
        gross = _numbers.row(name, calibration.counted(_check.positive(name, counts), name))
        net = gross - empty
        worst = int(np.argmin(_check.nominal(net)))
        if _check.nominal(net[worst]) <= 0:
            raise InputError(
                f"{name} is {_check.nominal(gross[worst]):g} at position {worst + 1}, not above the background of "
                f"{_check.nominal(empty):g}"
            )
        if np.any(_check.nominal(net) < value("radioiodine.low_counts") * _numbers.deviations(net)):
            flags.append(Flag.LOW_COUNTS)
        views.append(net)
    _numbers.same_length(times_h=times_h, anterior=views[0], posterior=views[1])
    mean = calibration.geometric_mean(*views)
    plain = _check.nominal(mean)
    if np.any(plain[1:] > (1 + value("radioiodine.mibg_rise")) * plain[:-1]):
        flags.append(Flag.CONTAMINATION_OR_GEOMETRY)
    # the first point stands for 100 %, so that "its value throughout" is everything there before it
    found = kinetics.trapezoid(curve("counts", times_h, mean), head="constant")
    tia_mbq_h = activity_mbq * found.tia_mbq_h / mean[0]
    flags = [*flags, *found.flags]
    return MibgWholeBody(
        activity_mbq=activity_mbq,
        geometric_mean=tuple(mean),
        retention=tuple(point / mean[0] for point in mean),
        tia_mbq_h=tia_mbq_h,
        dose_gy=tia_mbq_h * mibg_whole_body_s_value(weight_kg),
        tail_fraction=found.extrapolated_fraction,
        flags=tuple(dict.fromkeys(flags)),
        sources=(*found.sources, "radioiodine.mibg", "radioiodine.mibg_s_coefficient"),
    )
