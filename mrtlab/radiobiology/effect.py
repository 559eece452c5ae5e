"""Probability of tumour control and of complications."""

from __future__ import annotations

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.errors import InputError

__all__ = ["log_logistic", "ntcp_lkb", "ntcp_logistic", "tcp_d50", "tcp_poisson"]

_LN2 = float(np.log(2))


def tcp_poisson(bed_gy, alpha_per_gy, clonogens):
    """Probability that no clonogen survives, ``exp(-N0·exp(-alpha·BED))``.

    Parameters
    ----------
    bed_gy : float, array or ufloat
        BED, or EUBED of a non-uniform dose, Gy.
    alpha_per_gy : float or ufloat
        Linear radiosensitivity, 1/Gy.
    clonogens : float or ufloat
        Number at the start, N0: density (1e7 to 1e9 per mL) times volume.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Poisson statistics; standard (recalled).
    """
    bed_gy = _check.non_negative("bed_gy", bed_gy)
    alpha_per_gy = _check.positive("alpha_per_gy", alpha_per_gy, "it is per Gy")
    clonogens = _check.positive("clonogens", clonogens)
    return _numbers.exp(-1 * clonogens * _numbers.exp(-1 * (alpha_per_gy * bed_gy)))


def tcp_d50(alpha_per_gy, clonogens):
    """BED at which :func:`tcp_poisson` is one half, ``ln(N0/ln 2)/alpha``, Gy.

    Parameters
    ----------
    alpha_per_gy : float, array or ufloat
        1/Gy.
    clonogens : float, array or ufloat
        Number of clonogenic cells.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError
        For numbers out of range, or so few clonogens (ln 2 or less) that control exceeds one half without dose.

    References
    ----------
    Poisson model solved for the dose (derived).
    """
    alpha_per_gy = _check.positive("alpha_per_gy", alpha_per_gy, "it is per Gy")
    clonogens = _check.positive("clonogens", clonogens)
    if np.any(_check.nominal(clonogens) <= _LN2):
        raise InputError(
            f"clonogens must be above ln 2, got {np.min(_check.nominal(clonogens)):g}; it is a number of cells"
        )
    return _numbers.log(clonogens / _LN2) / alpha_per_gy


def log_logistic(dose_gy, d50_gy, gamma50):
    """Log-logistic dose response, ``1/(1 + (D50/D)^(4·gamma50))``; 0 without dose.

    With ``gamma50 = k/4`` this is the form ``1/(1 + (D50/D)^k)``.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Dose, BED or EQD2, the same quantity as ``d50_gy``, Gy.
    d50_gy : float or ufloat
        Dose with a probability of one half, Gy.
    gamma50 : float or ufloat
        Normalised slope there: per cent more effect for one per cent more dose.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For numbers out of range, or a dose of 0 that carries an uncertainty.

    References
    ----------
    Standard (recalled).
    """
    dose_gy = _check.non_negative("dose_gy", dose_gy)
    d50_gy, gamma50 = _check.positive("d50_gy", d50_gy), _check.positive("gamma50", gamma50)
    empty = np.asarray(_check.nominal(dose_gy)) == 0
    if np.any(empty & (np.reshape(_numbers.deviations(dose_gy), empty.shape) > 0)):
        raise InputError("dose_gy is 0 with an uncertainty, where the curve has no first-order uncertainty")
    filled = np.where(empty, 1.0, dose_gy)[()]
    return _numbers.logistic(4 * gamma50 * (_numbers.log(filled) - _numbers.log(d50_gy))) * (1.0 - empty)


def ntcp_lkb(geud_gy, td50_gy, m):
    """Complication probability by Lyman, Kutcher and Burman, the normal integral to ``(gEUD - TD50)/(m·TD50)``.

    Parameters of external-beam therapy hold for its fractionation: convert a radionuclide dose to EQD2 first. Even then
    they may not hold.

    Parameters
    ----------
    geud_gy : float, array or ufloat
        Generalised EUD with ``a = 1/n``, Gy.
    td50_gy : float or ufloat
        Dose with a probability of one half, Gy. For a part v of the organ irradiated uniformly: TD50·v^-n.
    m : float or ufloat
        Relative width of the curve.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Lyman 1985; Kutcher and Burman 1989; Burman et al. 1991 (recalled).
    """
    geud_gy = _check.non_negative("geud_gy", geud_gy)
    td50_gy, m = _check.positive("td50_gy", td50_gy), _check.positive("m", m)
    return _numbers.normal_cdf((geud_gy / td50_gy - 1) / m)


def ntcp_logistic(dose_gy, td50_gy, gamma50):
    """Logistic complication probability, ``1/(1 + exp(-4·gamma50·(D/TD50 - 1)))``.

    Not 0 without dose; where that matters use :func:`log_logistic`.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Gy.
    td50_gy : float or ufloat
        Dose with a probability of one half, Gy.
    gamma50 : float or ufloat
        Normalised slope there.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Standard (recalled).
    """
    dose_gy = _check.non_negative("dose_gy", dose_gy)
    td50_gy, gamma50 = _check.positive("td50_gy", td50_gy), _check.positive("gamma50", gamma50)
    return _numbers.logistic(4 * gamma50 * (dose_gy / td50_gy - 1))
