"""The lung shunt, what falsifies it, and the dose to the lungs."""

from __future__ import annotations

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.calibration import geometric_mean
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.sirt import _shared
from mrtlab.sirt.dose import resolve

__all__ = [
    "apparent_shunt",
    "lung_dose",
    "lung_limited_activity",
    "lung_shunt",
    "lung_shunt_spect",
    "shunt_with_free_pertechnetate",
]


def lung_shunt(
    lung_anterior,
    lung_posterior,
    liver_anterior,
    liver_posterior,
    lung_background=0.0,
    liver_background=0.0,
    *,
    delay_h=None,
    thyroid_or_stomach_seen: bool = False,
):
    """Lung shunt fraction from planar images, geometric mean of lungs over that of lungs and liver.

    The planar shunt is too high as a rule: see :func:`apparent_shunt` and :func:`shunt_with_free_pertechnetate`.

    Parameters
    ----------
    lung_anterior, lung_posterior, liver_anterior, liver_posterior : float, array or ufloat
        Counts of both lungs and of the whole liver, its lesions included, in each view. With uncertainties from
        :func:`mrtlab.calibration.counted` the result carries its own, ``LSF·(1-LSF)·sqrt(u_lung² + u_liver²)``.
    lung_background, liver_background : float, array or ufloat
        Background of each region in one view, scaled to the region's area, counts.
    delay_h : float, optional
        Hours from the injection of Tc-99m MAA to the scan.
    thyroid_or_stomach_seen : bool
        Whether they show up, which free pertechnetate makes them do.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        If a view is missing, for negative counts, or if nothing is left above the background.

    Warns
    -----
    PlausibilityWarning
        For a shunt above 20 %, few net counts, a late scan, or free pertechnetate.

    References
    ----------
    ``sirt.lung_shunt``
    """
    if not isinstance(thyroid_or_stomach_seen, bool):
        raise InputError(f"thyroid_or_stomach_seen must be True or False, got {thyroid_or_stomach_seen!r}")
    lung_background = _check.non_negative("lung_background", lung_background)
    liver_background = _check.non_negative("liver_background", liver_background)
    lung = geometric_mean(
        _net("lung_anterior", lung_anterior, lung_background), _net("lung_posterior", lung_posterior, lung_background)
    )
    liver = geometric_mean(
        _net("liver_anterior", liver_anterior, liver_background),
        _net("liver_posterior", liver_posterior, liver_background),
    )
    if delay_h is not None:
        delay_h = _numbers.single("delay_h", _check.non_negative("delay_h", delay_h))
    if delay_h is not None and delay_h > value("sirt.scan_delay_h"):
        _check.warn(
            f"delay_h is {delay_h:g} h: Tc-99m MAA breaks down with time, which raises the shunt; scan within "
            f"{value('sirt.scan_delay_h'):g} h"
        )
    if thyroid_or_stomach_seen:
        _check.warn(Flag.FREE_TC.text)
    return _fraction(lung, liver)


def lung_shunt_spect(lung_counts, liver_counts):
    """Lung shunt fraction from SPECT/CT corrected for attenuation and scatter, ``lung/(lung + liver)``.

    Parameters
    ----------
    lung_counts, liver_counts : float, array or ufloat
        Counts or activity in both lungs and in the whole liver.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For numbers that are not positive.

    Warns
    -----
    PlausibilityWarning
        For a shunt above 20 %.

    References
    ----------
    ``sirt.lung_shunt``
    """
    return _fraction(_check.positive("lung_counts", lung_counts), _check.positive("liver_counts", liver_counts))


def _fraction(lung, liver):
    shunt = lung / (lung + liver)
    if _shared.high_shunt(shunt):
        _check.warn(f"lung shunt {100 * float(np.max(_check.nominal(shunt))):.3g} %. {Flag.LSF_GT_20PCT.text}", 4)
    return shunt


def _net(name, counts, background):
    if counts is None:
        raise InputError(
            f"{name} is missing: the lung shunt needs both views of both organs; one alone depends on depth"
        )
    counts = _check.non_negative(name, counts)
    net = counts - background
    lowest = float(np.min(_check.nominal(net)))
    if lowest <= 0:
        raise InputError(
            f"{name} minus its background is {lowest:g}: nothing is left to measure; is the background scaled to the "
            "area of the region?"
        )
    spread = value("sirt.low_counts_sigma") * np.sqrt(_check.nominal(counts) + _check.nominal(background))
    if np.any(_check.nominal(net) < spread):
        _check.warn(f"{name} is hardly above its background ({lowest:g} counts net)", 4)
    return net


def apparent_shunt(lung_shunt, lung_transmission, liver_transmission):
    """Shunt that uncorrected planar images show, because lungs let more photons through than the liver.

    ``L·T_lung / (L·T_lung + (1 - L)·T_liver)``

    Parameters
    ----------
    lung_shunt : float, array or ufloat
        True shunt, 0 to 1.
    lung_transmission, liver_transmission : float, array or ufloat
        Share of the photons that reach the camera (geometric mean of both views), above 0 and at most 1.

    Returns
    -------
    same kind as given

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    ``sirt.lung_shunt_bias``
    """
    lung_shunt = _check.fraction("lung_shunt", lung_shunt)
    lung_transmission, liver_transmission = (
        _check.positive(name, _check.fraction(name, share))
        for name, share in (("lung_transmission", lung_transmission), ("liver_transmission", liver_transmission))
    )
    lung = lung_shunt * lung_transmission
    return lung / (lung + (1 - lung_shunt) * liver_transmission)


def shunt_with_free_pertechnetate(lung_shunt, free_fraction, seen_in_lung, seen_in_liver):
    """Shunt that images show when part of the tracer is free pertechnetate in blood and tissue.

    ``(L·(1 - f) + f·a) / (1 - f + f·(a + b))`` with the shares a and b of the free part inside the two regions.

    Parameters
    ----------
    lung_shunt : float, array or ufloat
        True shunt, 0 to 1.
    free_fraction : float, array or ufloat
        Share of the activity not bound to particles.
    seen_in_lung, seen_in_liver : float, array or ufloat
        Share of the free part that lies in the lung region and in the liver region.

    Returns
    -------
    same kind as given

    Raises
    ------
    InputError
        For fractions outside 0 to 1, or a free part that shows more than all of itself.

    References
    ----------
    ``sirt.lung_shunt_bias``
    """
    lung_shunt = _check.fraction("lung_shunt", lung_shunt)
    free_fraction = _check.fraction("free_fraction", free_fraction)
    seen_in_lung = _check.fraction("seen_in_lung", seen_in_lung)
    seen_in_liver = _check.fraction("seen_in_liver", seen_in_liver)
    if np.any(_check.nominal(seen_in_lung) + _check.nominal(seen_in_liver) > 1):
        raise InputError("seen_in_lung and seen_in_liver add up to more than 1: they are shares of the free part")
    bound = 1 - free_fraction
    seen = bound + free_fraction * (seen_in_lung + seen_in_liver)
    if np.any(_check.nominal(seen) == 0):
        raise InputError("nothing would be seen in either region: all is free and none of it in lungs or liver")
    return (lung_shunt * bound + free_fraction * seen_in_lung) / seen


def lung_dose(activity_mbq, lung_shunt, lung_mass_g=1000.0, constant="icrp107"):
    """Mean dose to the lungs, ``C·A·LSF/m``, Gy.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Delivered activity, MBq.
    lung_shunt : float, array or ufloat
        0 to 1.
    lung_mass_g : float, array or ufloat
        Both lungs, g. The default is a convention; the patient's own, from CT, may be much less.
    constant : str, float or ufloat
        A name of :func:`dose_constant`, or Gy·g/MBq.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError
        For numbers out of range, percent for fractions, kg for g.

    Warns
    -----
    PlausibilityWarning
        For a shunt above 20 %, lungs outside 400 to 1600 g, or an activity that may be in GBq.

    References
    ----------
    ``sirt.lung_shunt``, ``sirt.dose_constant``. The shunt is taken as spread evenly.
    """
    activity_mbq = _shared.activity(activity_mbq)
    lung_shunt, lung_mass_g = _lungs(lung_shunt, lung_mass_g)
    return resolve(constant) * activity_mbq * lung_shunt / lung_mass_g


def _lungs(lung_shunt, lung_mass_g):
    lung_shunt, lung_mass_g = _check.fraction("lung_shunt", lung_shunt), _shared.organ("lung_mass_g", lung_mass_g)
    if _shared.high_shunt(lung_shunt):
        _check.warn(f"lung shunt {100 * float(np.max(_check.nominal(lung_shunt))):.3g} %. {Flag.LSF_GT_20PCT.text}", 4)
    plain = _check.nominal(lung_mass_g)
    if np.any((plain < 400) | (plain > 1600)):
        _check.warn(f"lung_mass_g is {float(np.min(plain)):g} g; adult lungs weigh 400 to 1600 g", 4)
    return lung_shunt, lung_mass_g


def lung_limited_activity(
    lung_shunt, lung_mass_g=1000.0, previous_gy=0.0, constant="icrp107", *, single_gy=None, cumulative_gy=None
):
    """Activity at which the lungs reach their limit, ``min(single, cumulative - previous)·m/(C·LSF)``, MBq.

    Parameters
    ----------
    lung_shunt, lung_mass_g, constant
        As in :func:`lung_dose`.
    previous_gy : float or ufloat
        Dose the lungs have from earlier treatments, Gy. It counts towards the cumulative limit.
    single_gy, cumulative_gy : float, optional
        Limits of one treatment and of all together; 30 and 50 Gy without them.

    Returns
    -------
    same kind as given, MBq
        Infinite for a shunt of 0. 0, with a warning, if nothing is left of the cumulative limit.

    Raises
    ------
    InputError
        As :func:`lung_dose`.

    Warns
    -----
    PlausibilityWarning
        As :func:`lung_dose`, and if nothing is left.

    References
    ----------
    ``sirt.lung_limit_single_gy``, ``sirt.lung_limit_cumulative_gy``
    """
    lung_shunt, lung_mass_g = _lungs(lung_shunt, lung_mass_g)
    previous_gy = _shared.one_number("previous_gy", _check.non_negative("previous_gy", previous_gy))
    single_gy = value("sirt.lung_limit_single_gy") if single_gy is None else single_gy
    cumulative_gy = value("sirt.lung_limit_cumulative_gy") if cumulative_gy is None else cumulative_gy
    single_gy, cumulative_gy = (
        _shared.one_number(name, _shared.dose(name, limit))
        for name, limit in (("single_gy", single_gy), ("cumulative_gy", cumulative_gy))
    )
    left = cumulative_gy - previous_gy
    if _check.nominal(left) <= 0:
        _check.warn(
            f"the lungs have received {_check.nominal(previous_gy):g} Gy, and their limit is "
            f"{_check.nominal(cumulative_gy):g} Gy in all: nothing is left"
        )
        left = 0.0
    allowed = min(single_gy, left, key=_check.nominal)
    return _shared.over(allowed * lung_mass_g, resolve(constant) * lung_shunt)
