"""The one thing no curve may do: fall slower than physical decay."""

from __future__ import annotations

import numpy as np

from mrtlab.errors import PhysicsError
from mrtlab.kinetics.curve import TimeActivity

__all__ = ["log_slope", "require_physical", "terminal_slope"]


def log_slope(curve: TimeActivity) -> tuple[float, float]:
    """Rate of a weighted log-linear fit to all points and its standard uncertainty, per hour."""
    times, weights = curve.times_h, (curve.activity_mbq / curve.sigma_mbq) ** 2
    centre = np.average(times, weights=weights)
    leverage = np.sum(weights * (times - centre) ** 2)
    rate = -np.sum(weights * (times - centre) * np.log(curve.activity_mbq)) / leverage
    return float(rate), float(leverage**-0.5)


def terminal_slope(curve: TimeActivity) -> tuple[float, float]:
    """Rate between the last two points and its standard uncertainty, per hour."""
    return log_slope(curve.keep([*[False] * (len(curve) - 2), True, True]))


def require_physical(curve: TimeActivity) -> bool:
    """Refuse a curve that falls from its first point on, but slower than physical decay.

    Both the slope of all points and that of the last two are compared; a curve that rises first is left to the
    fit, because uptake that goes on can hide decay for a while.

    Returns
    -------
    bool
        True if the curve is slower than physical decay, but within its uncertainty.

    Raises
    ------
    PhysicsError
        If it is slower by more than twice the standard uncertainty and by more than 1 %.
    """
    if len(curve) < 2 or np.argmax(curve.activity_mbq) != 0:
        return False
    physical = curve.nuclide.decay_constant_per_h
    slower = False
    for what, (rate, spread) in {"all points": log_slope(curve), "the last two points": terminal_slope(curve)}.items():
        slower |= rate < physical * (1 - 1e-9)  # not for rounding alone
        if rate < physical - 2 * spread and rate < 0.99 * physical:
            raise PhysicsError(refusal(curve, what, rate))
    return slower


def refusal(curve: TimeActivity, what: str, rate: float) -> str:
    """Why a slope is impossible, with the likely slips."""
    half_life = f"half-life {np.log(2) / rate:.0f} h" if rate > 0 else "no fall at all"
    region = f"{curve.region}: " if curve.region else ""
    return (
        f"{region}{what} fall slower than {curve.nuclide.name} decays ({half_life}; physical "
        f"{curve.nuclide.half_life_h:.4g} h). "
        "Are the values already decay corrected (decay_corrected=True)? Otherwise check the nuclide, the unit "
        "of the times, and the last point"
    )
