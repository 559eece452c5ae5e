"""What an outline on an image leaves uncertain: the volume, and the counts at its edge."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from mrtlab import _check, _numbers
from mrtlab.errors import InputError

__all__ = ["edge_value", "volume"]

_FWHM_PER_SIGMA = 2 * np.sqrt(2 * np.log(2))
_WIDEST_CM = 5.0


def volume(volume_ml, voxel_cm: float, fwhm_cm: float):
    """Relative standard uncertainty of a volume that was outlined on an image.

    ``u^2(d) = a^2/6 + FWHM^2/(4 ln 2)`` for the diameter d of the sphere of equal volume: two edges, each with the
    rectangular error of a voxel and the Gaussian one of the resolution. ``u(V)/V = 3 u(d)/d``.

    Parameters
    ----------
    volume_ml : float, array or ufloat
        mL.
    voxel_cm, fwhm_cm : float
        Voxel edge and resolution of the image **on which the outline was drawn**, cm: those of the CT for an outline
        on CT.

    Returns
    -------
    same kind and shape as ``volume_ml``
        A fraction, 0.18 for 18 %.

    Raises
    ------
    InputError
        For numbers out of range, such as millimetres given for centimetres.

    References
    ----------
    Gear et al. 2018, doi:10.1007/s00259-018-4136-7 (``uncertainty.gear2018``).
    """
    volume_ml = _check.positive("volume_ml", volume_ml)
    voxel_cm = _check.positive("voxel_cm", _centimetres("voxel_cm", voxel_cm))
    fwhm_cm = _check.non_negative("fwhm_cm", _centimetres("fwhm_cm", fwhm_cm))
    diameter_cm = 2 * (3 * volume_ml / (4 * np.pi)) ** (1 / 3)
    return 3 * np.sqrt(voxel_cm**2 / 6 + fwhm_cm**2 / (4 * np.log(2))) / diameter_cm


def edge_value(volume_ml, fwhm_cm: float):
    """Twice the value at the edge of a uniform sphere blurred by a Gaussian, as a share of its true value.

    ``phi = erf(2r/(s sqrt 2)) - (2s/(r sqrt(2 pi))) (1 - exp(-2 r^2/s^2))``, s the standard deviation of the blur; a
    large sphere has phi = 1, its edge shows half of the true concentration.

    Parameters
    ----------
    volume_ml : float, array or ufloat
        mL.
    fwhm_cm : float
        Resolution of the image in which the counts are taken, cm.

    Returns
    -------
    same kind and shape as ``volume_ml``, between 0 and 1

    Raises
    ------
    InputError
        For numbers that are not positive, or a resolution in millimetres.

    References
    ----------
    Analytic (``uncertainty.edge``): convolution of a sphere with a Gaussian, taken at its surface. Its use as the
    slope of the counts with the volume: Gear et al. 2018, doi:10.1007/s00259-018-4136-7.
    """
    volume_ml = _check.positive("volume_ml", volume_ml)
    sigma_cm = _check.positive("fwhm_cm", _centimetres("fwhm_cm", fwhm_cm)) / _FWHM_PER_SIGMA
    return _edge((3 * volume_ml / (4 * np.pi)) ** (1 / 3) / sigma_cm)


def _edge_of(ratio):
    """Edge value for a radius in units of the standard deviation of the blur."""
    ratio = np.asarray(ratio, dtype=float)
    square = ratio**2
    # for small spheres the two terms cancel: their power series instead, exact to 1e-13 below this ratio
    small = ratio < 0.05
    series = ratio * square * (2 / 3 - square * (8 / 15 - square * (2 / 7 - square * (16 / 135 - square * 4 / 99))))
    safe = np.where(small, 1.0, ratio)
    whole = erf(np.sqrt(2) * safe) + np.sqrt(2 / np.pi) * np.expm1(-2 * safe**2) / safe
    return np.where(small, np.sqrt(2 / np.pi) * series, whole)


def _edge_slope(ratio):
    if ratio < 0.05:
        square = ratio**2
        return np.sqrt(2 / np.pi) * square * (2 - square * (8 / 3 - square * (2 - square * 16 / 15)))
    # the derivatives of erf and of the exponential cancel but for this
    return np.sqrt(2 / np.pi) * (-np.expm1(-2 * ratio**2) / ratio**2 - 2 * np.exp(-2 * ratio**2))


_edge = _numbers.lift(_edge_of, _edge_slope)


def _centimetres(name: str, number) -> float:
    number = _numbers.single(name, number)
    if number > _WIDEST_CM:
        raise InputError(f"{name} is {number:g} cm; give {number / 10:g} if that was millimetres")
    return number
