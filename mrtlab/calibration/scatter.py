"""Scatter in the photopeak window, estimated from windows beside it."""

from __future__ import annotations

import warnings
from types import MappingProxyType

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.calibration._tables import table
from mrtlab.calibration.camera import counted
from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["ENERGY_WINDOWS_KEV", "dual_energy_window", "scatter_in_peak", "triple_energy_window", "window_widths"]

#: Lower and upper limit (keV) of the windows for Lu-177 by Uribe et al. 2018 (``calibration.energy_windows``).
ENERGY_WINDOWS_KEV = MappingProxyType({name: tuple(limits) for name, limits in table("energy_windows_kev").items()})


def window_widths(peak, lower, upper) -> tuple[float, float, float]:
    """Widths (keV) of a photopeak window and the scatter windows below and above it, from their limits.

    Parameters
    ----------
    peak, lower, upper : pair of float
        Lower and upper limit of each window, keV.

    Returns
    -------
    tuple of float
        In the same order, as the last three arguments of :func:`triple_energy_window`.

    Raises
    ------
    InputError
        If a window has no width, overlaps the peak, or lies on the wrong side of it.

    References
    ----------
    Definition of the windows: Ogawa et al., IEEE Trans Med Imaging 1991;10:408-412 (recalled).

    Examples
    --------
    >>> window_widths((187.2, 228.8), (153.0, 187.0), (229.5, 280.5))
    (41.6, 34.0, 51.0)
    """
    limits = {"peak": peak, "lower": lower, "upper": upper}
    for name, window in limits.items():
        pair = _numbers.row(name, window)
        if len(pair) != 2 or not 0 <= pair[0] < pair[1]:
            raise InputError(f"{name} must be the lower and the upper limit of a window in keV, got {window!r}")
        limits[name] = pair
    for name, gap in (
        ("lower", limits["peak"][0] - limits["lower"][1]),
        ("upper", limits["upper"][0] - limits["peak"][1]),
    ):
        if gap < 0:
            raise InputError(
                f"the {name} window, {limits[name][0]:g} to {limits[name][1]:g} keV, reaches into or past the peak "
                f"window, {limits['peak'][0]:g} to {limits['peak'][1]:g} keV; the same photons would count twice"
            )
    return tuple(round(float(high - low), 9) for low, high in limits.values())


def scatter_in_peak(lower, upper, peak_kev, lower_kev, upper_kev):
    """Scattered counts in the photopeak window by the triple-energy-window estimate.

    ``S = (C_l/w_l + C_u/w_u)·w_p/2``: a trapezoid under the peak. As an image, this is the additive term that an
    iterative reconstruction takes; subtracting it before reconstruction loses the Poisson statistics.

    Parameters
    ----------
    lower, upper : float, array or ufloat
        Counts in the windows below and above.
    peak_kev, lower_kev, upper_kev : float
        Widths of the windows, keV.

    Returns
    -------
    same kind as the counts

    Raises
    ------
    InputError
        For negative counts or widths that are not positive.

    References
    ----------
    Ogawa et al., IEEE Trans Med Imaging 1991;10:408-412 (recalled).
    """
    lower, upper = _check.non_negative("lower", lower), _check.non_negative("upper", upper)
    widths = (("peak_kev", peak_kev), ("lower_kev", lower_kev), ("upper_kev", upper_kev))
    w_peak, w_lower, w_upper = (_check.positive(name, width, "it is the width in keV") for name, width in widths)
    return lower * (w_peak / w_lower / 2) + upper * (w_peak / w_upper / 2)


def triple_energy_window(peak, lower, upper, peak_kev, lower_kev, upper_kev) -> UFloat:
    """Unscattered counts in the photopeak, with their uncertainty.

    ``P = C_p - S`` with S of :func:`scatter_in_peak`; plain counts get their Poisson uncertainty, so that
    ``var(P) = C_p + (w_p/2w_l)^2·C_l + (w_p/2w_u)^2·C_u``.

    Parameters
    ----------
    peak, lower, upper : float, array or ufloat
        Counts, not rates, in the three windows. ufloats keep the uncertainty they carry.
    peak_kev, lower_kev, upper_kev : float
        Widths of the windows, keV; from limits by :func:`window_widths`.

    Returns
    -------
    ufloat, or array of ufloats
        A negative number is kept: setting it to 0 would bias every sum over pixels or regions upwards.

    Raises
    ------
    InputError
        For negative counts or widths that are not positive.

    Warns
    -----
    PlausibilityWarning
        If a result is negative.

    References
    ----------
    Ogawa et al., IEEE Trans Med Imaging 1991;10:408-412 (recalled). Variance: derived.

    Examples
    --------
    >>> print(triple_energy_window(182000, 61000, 9800, 41.6, 34.0, 51.0))
    (1.407+/-0.005)e+05
    """
    peak, lower, upper = counted(peak, "peak"), counted(lower, "lower"), counted(upper, "upper")
    return _primary(peak, scatter_in_peak(lower, upper, peak_kev, lower_kev, upper_kev))


def dual_energy_window(peak, lower, peak_kev, lower_kev, k=None) -> UFloat:
    """Unscattered counts in the photopeak from one window below it, ``C_p - k·C_l·w_p/w_l``, with their uncertainty.

    Parameters
    ----------
    peak, lower : float, array or ufloat
        Counts in the two windows; plain ones get their Poisson uncertainty.
    peak_kev, lower_kev : float
        Widths of the windows, keV.
    k : float or ufloat
        Scatter in the peak over scatter in the lower window, per keV, measured with a phantom for this camera,
        collimator and nuclide. There is no default.

    Raises
    ------
    InputError
        Without k, for negative counts, or widths that are not positive.

    Warns
    -----
    PlausibilityWarning
        If a result is negative; it is kept.

    References
    ----------
    Jaszczak et al. 1984 (recalled).
    """
    if k is None:
        raise InputError("k is missing: measure it with a phantom for this camera, collimator and nuclide")
    k = _check.positive("k", k)
    peak, lower = counted(peak, "peak"), counted(lower, "lower")
    peak_kev = _check.positive("peak_kev", peak_kev, "it is the width in keV")
    lower_kev = _check.positive("lower_kev", lower_kev, "it is the width in keV")
    return _primary(peak, k * lower * (peak_kev / lower_kev))


def _primary(peak, scatter):
    primary = peak - scatter
    plain = np.asarray(_check.nominal(primary))
    if np.any(plain < 0):
        warnings.warn(
            f"the unscattered counts come out negative ({plain.min():g}"
            + (f"; {np.count_nonzero(plain < 0)} of {plain.size} values" if plain.size > 1 else "")
            + "). They are kept: a sum over pixels or regions needs them",
            PlausibilityWarning,
            stacklevel=3,
        )
    return primary
