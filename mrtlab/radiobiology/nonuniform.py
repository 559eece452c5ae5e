"""One number for a non-uniform dose: EUD, generalised EUD and their BED counterpart."""

from __future__ import annotations

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.errors import InputError
from mrtlab.radiobiology.lq import bed

__all__ = ["eubed", "eud", "geud"]


def eud(dose_gy, alpha_per_gy, weights=None):
    """Uniform dose that leaves as many clonogens alive, ``-ln(sum v_i·exp(-alpha·D_i))/alpha``, Gy.

    Cold parts dominate. In images whose noise makes cold voxels, the result is too low.

    Parameters
    ----------
    dose_gy : array of float or ufloat
        Doses of voxels or of the bins of a histogram, any shape, Gy.
    alpha_per_gy : float or ufloat
        Linear radiosensitivity, 1/Gy.
    weights : array, optional
        Relative volumes, same shape; equal without them. Only their ratios matter.

    Returns
    -------
    float or ufloat
        Gy, between the lowest dose and the mean.

    Raises
    ------
    InputError
        For no or negative doses, an alpha that is not positive, or weights that are negative, all zero or of another
        shape.

    References
    ----------
    O'Donoghue, J Nucl Med 1999;40:1337-1341 (recalled). Summed without overflow.
    """
    doses, shares = _histogram(dose_gy, weights)
    return _exponential_mean(doses, -1 * _check.positive("alpha_per_gy", alpha_per_gy, "it is per Gy"), shares)


def eubed(dose_gy, alpha_per_gy, alpha_beta_gy, g, weights=None):
    """Uniform BED that leaves as many clonogens alive: :func:`eud` of the BED of each part, Gy.

    Parameters
    ----------
    dose_gy, alpha_per_gy, weights
        As in :func:`eud`.
    alpha_beta_gy : float or ufloat
        Gy.
    g : float or ufloat
        Lea-Catcheside factor, the same for all parts.

    Returns
    -------
    float or ufloat, Gy

    Raises
    ------
    InputError
        As :func:`eud` and :func:`bed`.

    References
    ----------
    O'Donoghue, J Nucl Med 1999;40:1337-1341, with the BED for the dose (recalled).
    """
    doses, shares = _histogram(dose_gy, weights)
    alpha_per_gy = _check.positive("alpha_per_gy", alpha_per_gy, "it is per Gy")
    return _exponential_mean(bed(doses, alpha_beta_gy, g), -1 * alpha_per_gy, shares)


def geud(dose_gy, a, weights=None):
    """Generalised equivalent uniform dose, ``(sum v_i·D_i^a)^(1/a)``, Gy.

    Parameters
    ----------
    dose_gy : array of float or ufloat
        Doses, any shape, Gy.
    a : float
        1 gives the mean; large values the maximum (serial organs); negative values lean to the minimum (tumours). 0
        gives the geometric mean, its limit.
    weights : array, optional
        Relative volumes; equal without them.

    Returns
    -------
    float or ufloat
        Gy, rising with ``a``. 0 for ``a`` of 0 or below if any part with volume has no dose.

    Raises
    ------
    InputError
        As :func:`eud`; or for a dose of 0 that carries an uncertainty.

    References
    ----------
    Niemierko, Med Phys 1999;26:1100 (recalled). Summed without overflow.
    """
    doses, shares = _histogram(dose_gy, weights)
    a = _numbers.single("a", a)
    plain = _check.nominal(doses)
    empty = plain == 0
    if np.any(empty & (_numbers.deviations(doses) > 0)):
        raise InputError("dose_gy has a 0 with an uncertainty, where a power of the dose has none to first order")
    if np.all(empty) or (a <= 0 and np.any(empty)):
        return 0.0
    if not np.any(empty):  # asked of the doses: the sum of the shares may miss 1 by rounding, fatal for small a
        return _numbers.exp(_exponential_mean(_numbers.log(doses), a, shares))
    filled = float(np.sum(shares[~empty]))
    log_mean = _exponential_mean(_numbers.log(doses[~empty]), a, shares[~empty] / filled)
    return _numbers.exp(log_mean) * filled ** (1 / a)


def _histogram(dose_gy, weights):
    """Doses as a row and shares with the sum 1; parts without volume left out."""
    if np.size(dose_gy) == 0:
        raise InputError("dose_gy is empty; is the mask?")
    doses = np.ravel(np.asarray(_check.non_negative("dose_gy", dose_gy)))
    doses = doses if _numbers.uncertain(doses) else doses.astype(float)
    if weights is None:
        return doses, np.full(doses.size, 1 / doses.size)
    if np.shape(weights) != np.shape(dose_gy):
        raise InputError(
            f"weights have the shape {np.shape(weights)} and dose_gy {np.shape(dose_gy)}; give one for each"
        )
    weights = _check.non_negative("weights", weights)
    if _numbers.uncertain(weights):
        raise InputError("weights must be plain numbers")
    weights = np.ravel(np.asarray(weights, dtype=float))
    if weights.max() == 0:
        raise InputError("weights are all 0; give relative volumes")
    weights = weights / weights.max()  # a sum of large volumes could overflow
    return doses[weights > 0], weights[weights > 0] / np.sum(weights)


def _exponential_mean(x, k, shares):
    """``ln(sum v·exp(k·x))/k``, which tends to the mean of x as k goes to 0."""
    plain_k = float(_check.nominal(k))
    plain = _check.nominal(x)
    pivot = plain[int(np.argmax(plain_k * plain))]  # the largest term: no exponent below is above 0
    reach = float(np.max(np.abs(plain_k * (plain - pivot))))
    if reach < 1e-100:  # the exponential is a straight line, and 1/k may not be taken
        return np.sum(shares * x) * 1.0
    exponents = k * (x - pivot)
    if reach < 1:
        return pivot + _log1p(np.sum(shares * _expm1(exponents))) / k
    return pivot + _numbers.log(np.sum(shares * _numbers.exp(exponents))) / k


# where all exponents are small, 1 + (something tiny) would lose its digits
_expm1 = _numbers.lift(np.expm1, np.exp)
_log1p = _numbers.lift(np.log1p, lambda x: 1 / (1 + x))
