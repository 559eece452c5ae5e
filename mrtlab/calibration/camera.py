"""Camera sensitivity: from counts of a known activity, planar or SPECT, and back from counts to activity."""

from __future__ import annotations

import warnings

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["activity_from_counts", "counted", "sensitivity", "sensitivity_from_factor", "spect_factor"]


def counted(counts, name: str = "counts"):
    """Counts with their Poisson uncertainty, the square root of the counts.

    Parameters
    ----------
    counts : float, array or ufloat
        Counts as collected: not a rate, not scaled, not a mean over frames. A ufloat is returned as it is.
    name : str
        What messages call it.

    Returns
    -------
    ufloat, or array of ufloats
        Independent of each other. 0 counts get an uncertainty of 0, which understates it.

    Raises
    ------
    InputError
        For negative counts.

    References
    ----------
    Poisson distribution: the variance is the mean.
    """
    counts = _check.non_negative(name, counts)
    if np.ndim(counts) == 0:
        return _poisson(counts)
    result = np.empty(np.shape(counts), dtype=object)
    result.ravel()[:] = [_poisson(item) for item in np.ravel(counts)]
    return result


def _poisson(count) -> UFloat:
    if isinstance(count, UFloat) or count == 0:
        return _check.exact(count)
    return ufloat(float(count), float(count) ** 0.5)


def sensitivity(counts, duration_s, activity_mbq, background_cps=0):
    """Counts per second that the camera shows per activity, ``(N/t - B)/A``, cps/MBq.

    Say with the number whether the counts are those of one head or the sum of two: it is the commonest factor of two.
    It holds for its nuclide, energy window, collimator and crystal.

    Parameters
    ----------
    counts : float, array or ufloat
        Counts of the source. Plain counts give a plain sensitivity; ``sensitivity(counted(n), ...)`` carries the
        Poisson uncertainty.
    duration_s : float
        Seconds. With several heads at once, the time of one.
    activity_mbq : float, array or ufloat
        Mean activity during the acquisition, MBq: at its middle, or at its start times
        :func:`acquisition_decay_factor`.
    background_cps : float, array or ufloat
        Count rate without the source.

    Returns
    -------
    same kind as given, cps per MBq

    Raises
    ------
    InputError
        For a duration or activity that is not positive, or a source not above its background.

    Warns
    -----
    PlausibilityWarning
        If the duration exceeds six hours: milliseconds for seconds?

    References
    ----------
    Definition.
    """
    counts = _check.positive("counts", counts)
    activity_mbq = _check.positive("activity_mbq", activity_mbq)
    background_cps = _check.non_negative("background_cps", background_cps)
    net = counts / _duration(duration_s) - background_cps
    if np.any(_check.nominal(net) <= 0):
        raise InputError(
            f"counts over duration_s is not above background_cps (the difference is {np.min(_check.nominal(net)):g} "
            "cps); background_cps is a rate, counts are not"
        )
    return net / activity_mbq


def spect_factor(counts_per_voxel, duration_s, concentration_mbq_per_ml):
    """SPECT calibration factor: concentration over count rate per voxel, MBq/mL per (cps/voxel).

    From the inside of a large uniform cylinder, 2 cm away from its wall. Bq/mL per (cps/voxel), as it is often
    quoted, is a million times this number. It depends on the voxel size; the sensitivity does not.

    Parameters
    ----------
    counts_per_voxel : float, array or ufloat
        Mean counts per voxel of the reconstructed image.
    duration_s : float
        Number of projections of one head times the time of each, seconds.
    concentration_mbq_per_ml : float, array or ufloat
        True activity concentration, mean during the acquisition, MBq/mL.

    Returns
    -------
    same kind as given

    Raises
    ------
    InputError
        If any argument is not positive.

    References
    ----------
    Definition.
    """
    counts_per_voxel = _check.positive("counts_per_voxel", counts_per_voxel)
    concentration_mbq_per_ml = _check.positive("concentration_mbq_per_ml", concentration_mbq_per_ml)
    return concentration_mbq_per_ml / (counts_per_voxel / _duration(duration_s))


def sensitivity_from_factor(factor, voxel_ml):
    """Sensitivity from a SPECT calibration factor, ``Q = 1/(CF·voxel)``, cps/MBq.

    Parameters
    ----------
    factor : float, array or ufloat
        MBq/mL per (cps/voxel), from :func:`spect_factor`.
    voxel_ml : float
        Volume of one voxel, mL (4.8 mm cubed is 0.110592 mL).

    Raises
    ------
    InputError
        If either is not positive.

    References
    ----------
    Definition.
    """
    factor = _check.positive("factor", factor, "it is in MBq/mL per (cps/voxel)")
    return 1 / (factor * _check.positive("voxel_ml", voxel_ml))


def activity_from_counts(counts, duration_s, sensitivity_cps_per_mbq):
    """Apparent activity of a region, ``N/(t·Q)``, MBq: before correction for recovery.

    Parameters
    ----------
    counts : float, array or ufloat
        Counts in the region, of the same heads as the sensitivity.
    duration_s : float
        Seconds.
    sensitivity_cps_per_mbq : float, array or ufloat
        From :func:`sensitivity` or :func:`sensitivity_from_factor`.

    Raises
    ------
    InputError
        For negative counts, or a duration or sensitivity that is not positive.

    References
    ----------
    Definition.
    """
    counts = _check.non_negative("counts", counts)
    sensitivity_cps_per_mbq = _check.positive("sensitivity_cps_per_mbq", sensitivity_cps_per_mbq)
    return counts / _duration(duration_s) / sensitivity_cps_per_mbq


def _duration(duration_s):
    duration_s = _check.positive("duration_s", duration_s)
    longest = float(np.max(_check.nominal(duration_s)))
    if longest > value("calibration.long_acquisition_s"):
        warnings.warn(
            f"duration_s is {longest:g}, that is {longest / 3600:.3g} hours; DICOM gives frame durations in "
            "milliseconds",
            PlausibilityWarning,
            stacklevel=3,
        )
    return duration_s
