"""Planar imaging from two sides: background, geometric mean, activity by the conjugate-view method."""

from __future__ import annotations

import warnings

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import InputError, PhysicsError, PlausibilityWarning

__all__ = ["conjugate_view_activity", "geometric_mean", "source_thickness_factor", "subtract_background"]


def geometric_mean(anterior, posterior):
    """Square root of the product of two opposite views, independent of the depth of a thin source.

    Parameters
    ----------
    anterior, posterior : float, array or ufloat
        Counts or count rates, corrected for background and scatter.

    Raises
    ------
    InputError
        For negative numbers, or a zero that carries an uncertainty: the root has no first-order uncertainty there.

    References
    ----------
    MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S (recalled).
    """
    views = {"anterior": anterior, "posterior": posterior}
    for name, view in views.items():
        views[name] = _check.non_negative(name, view, "subtract the background before, and less of it")
        if _numbers.uncertain(views[name]) and np.any(_check.nominal(views[name]) == 0):
            raise InputError(
                f"{name} is 0 with an uncertainty; the geometric mean has no first-order uncertainty there"
            )
    # root by root: the product of two small or two large counts would leave the range of floats
    return views["anterior"] ** 0.5 * views["posterior"] ** 0.5


def source_thickness_factor(attenuation_per_cm, thickness_cm):
    """Self-attenuation of a source of some thickness in a conjugate view, ``(µt/2)/sinh(µt/2)``.

    Parameters
    ----------
    attenuation_per_cm : float, array or ufloat
        Linear attenuation coefficient of the source region, 1/cm.
    thickness_cm : float, array or ufloat
        Its thickness along the line of sight, cm. 0 gives 1.

    Raises
    ------
    InputError
        For negative numbers.

    Warns
    -----
    PlausibilityWarning
        If the source would attenuate more than a whole body does: millimetres for centimetres?

    References
    ----------
    MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S (recalled).
    """
    attenuation_per_cm = _check.non_negative("attenuation_per_cm", attenuation_per_cm)
    thickness_cm = _check.non_negative("thickness_cm", thickness_cm)
    depth = attenuation_per_cm * thickness_cm
    largest, limit = float(np.max(_check.nominal(depth))), value("calibration.source_depth_limit")
    if largest > limit:
        warnings.warn(
            f"attenuation_per_cm times thickness_cm is {largest:g}, more than {limit:g}: no organ is that thick; is "
            "the thickness in mm?",
            PlausibilityWarning,
            stacklevel=2,
        )
    return _half_over_sinh(depth / 2)


def conjugate_view_activity(
    anterior_cps,
    posterior_cps,
    transmission,
    sensitivity_cps_per_mbq,
    attenuation_per_cm=None,
    thickness_cm=None,
):
    """Activity of one organ from two opposite planar views, ``sqrt(I_A·I_P/T)·f/C``, MBq.

    For a single organ that nothing active overlaps; where organs overlap the error can pass 30 %.

    Parameters
    ----------
    anterior_cps, posterior_cps : float, array or ufloat
        Count rates of the region, corrected for background and scatter.
    transmission : float, array or ufloat
        Share of the photons that pass the whole body along the line of sight, ``exp(-sum µ·t)``: measured, or from
        CT by :func:`transmission`. Above 0, at most 1.
    sensitivity_cps_per_mbq : float, array or ufloat
        Planar sensitivity in air **per head**. For the sum of two heads the activity comes out half.
    attenuation_per_cm, thickness_cm : float, array or ufloat, optional
        Attenuation coefficient and thickness of the source itself, for its self-attenuation ``f``
        (:func:`source_thickness_factor`). Without them f is 1, which overstates thick sources.

    Raises
    ------
    InputError
        For a transmission of 0 or above 1, a rate or sensitivity that is not positive, or one of the two source
        arguments without the other.

    References
    ----------
    MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S (recalled; the formula is standard).
    """
    if (attenuation_per_cm is None) != (thickness_cm is None):
        raise InputError("give both attenuation_per_cm and thickness_cm of the source, or neither")
    spent = "after background and scatter correction nothing is left to measure"
    anterior_cps = _check.positive("anterior_cps", anterior_cps, spent)
    posterior_cps = _check.positive("posterior_cps", posterior_cps, spent)
    transmission = _check.positive(
        "transmission", _check.fraction("transmission", transmission), "a body that lets nothing through shows nothing"
    )
    sensitivity_cps_per_mbq = _check.positive("sensitivity_cps_per_mbq", sensitivity_cps_per_mbq)
    factor = 1.0 if thickness_cm is None else source_thickness_factor(attenuation_per_cm, thickness_cm)
    return geometric_mean(anterior_cps, posterior_cps) / transmission**0.5 * factor / sensitivity_cps_per_mbq


def subtract_background(counts, background, pixels, background_pixels, organ_thickness_cm, body_thickness_cm):
    """Counts of an organ region without the activity in front of it and behind it.

    ``net = counts - background·(pixels/background_pixels)·F`` with ``F = 1 - organ/body thickness``: only the part of
    the body that the organ does not fill is background. F = 1 subtracts too much.

    Parameters
    ----------
    counts, background : float, array or ufloat
        Counts, or rates, in the organ region and in the background region beside it.
    pixels, background_pixels : float
        Size of the two regions.
    organ_thickness_cm, body_thickness_cm : float or ufloat
        Along the line of sight, cm.

    Returns
    -------
    same kind as ``counts``

    Raises
    ------
    InputError
        For numbers out of range, or an organ thicker than the body.
    PhysicsError
        If nothing is left.

    References
    ----------
    Buijs et al. 1998 (recalled).
    """
    counts = _check.non_negative("counts", counts)
    background = _check.non_negative("background", background)
    pixels, background_pixels = (
        _check.positive("pixels", pixels),
        _check.positive("background_pixels", background_pixels),
    )
    organ_thickness_cm = _check.non_negative("organ_thickness_cm", organ_thickness_cm)
    body_thickness_cm = _check.positive("body_thickness_cm", body_thickness_cm)
    if np.any(_check.nominal(organ_thickness_cm) > _check.nominal(body_thickness_cm)):
        raise InputError(
            f"organ_thickness_cm is {np.max(_check.nominal(organ_thickness_cm)):g}, more than body_thickness_cm, "
            f"{np.min(_check.nominal(body_thickness_cm)):g}; are they exchanged, or is one in mm?"
        )
    net = counts - background * (pixels / background_pixels) * (1 - organ_thickness_cm / body_thickness_cm)
    if np.any(_check.nominal(net) <= 0):
        raise PhysicsError(
            f"counts minus background is {np.min(_check.nominal(net)):g}: the organ is not above its background; "
            "check the size and the place of the background region"
        )
    return net


def _value(half):
    """h/sinh(h) without overflow for large h."""
    small = np.abs(half) < 1e-4
    safe = np.where(small, 1.0, half)
    return np.where(small, 1 - half**2 / 6, 2 * safe * np.exp(-safe) / -np.expm1(-2 * safe))


def _slope(half):
    if half < 1e-3:
        return -half / 3 + 7 * half**3 / 90
    return _value(half) * (1 / half - 1 / np.tanh(half))


_half_over_sinh = _numbers.lift(_value, _slope)
