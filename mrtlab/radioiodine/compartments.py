"""Iodide pool and thyroid: the two-compartment model of the uptake curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.calibration.meter import _mean_over_start
from mrtlab.constants import value
from mrtlab.errors import PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._guards import LN2, effective_half_life, one_number

__all__ = ["TwoCompartment", "two_compartment"]


def _log_ratio(y):
    """ln(1 + y)/y, 1 at 0."""
    small = np.abs(y) < 1e-6
    safe = np.where(small, 1.0, y)
    return np.where(small, 1 - y / 2, np.log1p(safe) / safe)


def _log_ratio_slope(y):
    return -1 / 2 + 2 * y / 3 if abs(y) < 1e-4 else (1 / (1 + y) - np.log1p(y) / y) / y


_log1p_over = _numbers.lift(_log_ratio, _log_ratio_slope)


@dataclass(frozen=True, eq=False)
class TwoCompartment:
    """Uptake curve ``k_t/(k_b - k_thyroid)·(exp(-k_thyroid·t) - exp(-k_b·t))`` and what follows from it.

    Attributes
    ----------
    k_t_per_h : float or ufloat
        From the pool into the thyroid.
    k_b_per_h : float or ufloat
        Out of the pool altogether: thyroid, kidneys and decay.
    k_thyroid_per_h : float or ufloat
        Out of the thyroid, decay included.
    sources : tuple of str
    """

    k_t_per_h: float | UFloat
    k_b_per_h: float | UFloat
    k_thyroid_per_h: float | UFloat
    sources: tuple[str, ...] = ("radioiodine.uptake",)

    @property
    def _ordered(self):
        """The slower and the faster of the two rates: the curve does not change if they change places."""
        return sorted((self.k_b_per_h, self.k_thyroid_per_h), key=_check.nominal)

    def uptake(self, t_h):
        """RIU at the times, hours, physical decay included."""
        t_h = _check.non_negative("t_h", t_h)
        slow, fast = self._ordered
        # written with (1 - e^-x)/x, which has a limit where both rates are the same
        return t_h * self.k_t_per_h * _check.exp(-1 * (t_h * slow)) * _mean_over_start(t_h * (fast - slow))

    @property
    def tiac_h(self):
        """Integral from administration to infinity, ``k_t/(k_b·k_thyroid)``, hours."""
        return self.k_t_per_h / (self.k_b_per_h * self.k_thyroid_per_h)

    @property
    def peak_h(self):
        """Time of the largest uptake, ``ln(k_b/k_thyroid)/(k_b - k_thyroid)``, hours."""
        slow, fast = self._ordered
        return _log1p_over((fast - slow) / slow) / slow

    @property
    def effective_half_life_h(self):
        """Of the thyroid, hours."""
        return LN2 / self.k_thyroid_per_h

    def fraction_after(self, time_h):
        """Share of the integral after a time, hours."""
        time_h = _check.non_negative("time_h", time_h)
        slow, fast = self._ordered
        return _check.exp(-1 * (time_h * slow)) * (1 + time_h * slow * _mean_over_start(time_h * (fast - slow)))


def two_compartment(k_t_per_h, k_b_per_h, k_thyroid_per_h, nuclide="I-131") -> TwoCompartment:
    """The two-compartment model with given rates.

    Iodide enters the thyroid from a pool that holds everything at the start; what leaves the thyroid does not return.

    Parameters
    ----------
    k_t_per_h, k_b_per_h, k_thyroid_per_h : float or ufloat
        Rates per hour (per day: divide by 24). ``k_b`` and ``k_thyroid`` include physical decay.
    nuclide : str or Nuclide

    Returns
    -------
    TwoCompartment

    Raises
    ------
    InputError
        For rates that are not above 0.
    PhysicsError
        If the thyroid loses more slowly than by decay, or the pool less than what it gives the thyroid and decays.

    Warns
    -----
    PlausibilityWarning
        If the pool empties more slowly than the thyroid (exchanged?), or the thyroid within hours (rates per day?).

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled); integral and maximum derived.
    """
    found = find_nuclide(nuclide)
    k_t_per_h = one_number("k_t_per_h", _check.positive("k_t_per_h", k_t_per_h))
    k_b_per_h = one_number("k_b_per_h", _check.positive("k_b_per_h", k_b_per_h))
    k_thyroid_per_h = one_number("k_thyroid_per_h", _check.positive("k_thyroid_per_h", k_thyroid_per_h))
    effective_half_life("half-life of k_thyroid_per_h", LN2 / k_thyroid_per_h, found)
    least = _check.nominal(k_t_per_h) + found.decay_constant_per_h
    if _check.nominal(k_b_per_h) < least * (1 - 1e-9):
        raise PhysicsError(
            f"k_b_per_h is {_check.nominal(k_b_per_h):.4g}, less than k_t_per_h and the decay of {found.name} together "
            f"({least:.4g}): it is everything that leaves the pool"
        )
    if _check.nominal(k_b_per_h) < _check.nominal(k_thyroid_per_h):
        _check.warn("k_b_per_h is below k_thyroid_per_h: the pool would empty more slowly than the thyroid; exchanged?")
    elif _check.nominal(LN2 / k_thyroid_per_h) < value("radioiodine.days_suspected_h"):
        _check.warn(
            f"k_thyroid_per_h is {_check.nominal(k_thyroid_per_h):g}, a half-life of "
            f"{_check.nominal(LN2 / k_thyroid_per_h):.3g} h: are the rates per day? Then divide them by 24"
        )
    return TwoCompartment(k_t_per_h, k_b_per_h, k_thyroid_per_h)
