"""Time-integrated activity without a curve: trapezoids between the points, and assumptions before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, umath

from mrtlab import _check
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics.curve import TimeActivity, extrapolation_flags

__all__ = ["Trapezoid", "trapezoid"]


@dataclass(frozen=True, eq=False)
class Trapezoid:
    """Time-integrated activity in its three parts, MBq·h, as correlated ufloats.

    Attributes
    ----------
    head, body, tail : ufloat
        Before the first point, between the points, after the last; the systematic part included.
    effective_half_life_h : ufloat or None
        Of the tail, if it was taken from the points.
    flags, sources : tuple of str
    """

    head: UFloat
    body: UFloat
    tail: UFloat
    effective_half_life_h: UFloat | None
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("kinetics.trapezoid",)

    @property
    def tia_mbq_h(self) -> UFloat:
        """Head, body and tail together, MBq·h."""
        return self.head + self.body + self.tail

    @property
    def extrapolated_fraction(self) -> float:
        """Share of the tail."""
        return (self.tail / self.tia_mbq_h).nominal_value


def trapezoid(curve: TimeActivity, body: str = "log", head: str = "constant", tail: str = "effective") -> Trapezoid:
    """Integrate by trapezoids.

    Parameters
    ----------
    curve : TimeActivity
        At least two points.
    body : {"log", "linear"}
        ``"log"`` joins falling points by exponentials and rising ones by straight lines.
    head : {"constant", "zero", "backextrapolate", "administered"}
        Before the first point: its activity throughout; a straight line from zero; the exponential through the
        first two points carried back; an exponential from the administered activity (whole body).
    tail : {"effective", "physical"}
        After the last point: the exponential through the last two points, or physical decay, an upper limit.
        If the last two points fall no faster than physical decay, physical decay is used and
        ``TAIL_PHYSICAL`` flagged.

    Raises
    ------
    InputError
        For fewer than two points, or ``head="administered"`` without an administered activity.

    References
    ----------
    Siegel et al., MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S.
    """
    _check.choice("body", body, ("log", "linear"))
    _check.choice("head", head, ("constant", "zero", "backextrapolate", "administered"))
    _check.choice("tail", tail, ("effective", "physical"))
    if len(curve) < 2:
        raise InputError(f"trapezoid needs two points or more, got {len(curve)}; see mrtlab.kinetics.single_point")
    times, activity = curve.times_h, curve.measured()
    steps = np.diff(times)
    between = sum(
        _logarithmic(a, b, step) if body == "log" else (a + b) / 2 * step
        for a, b, step in zip(activity, activity[1:], steps, strict=False)
    )
    before = _head(curve, activity, head)
    after, half_life, tail_flags = _tail(curve, activity, tail)
    share = (after / (before + between + after)).nominal_value
    return Trapezoid(
        head=curve.systematic * before,
        body=curve.systematic * between,
        tail=curve.systematic * after,
        effective_half_life_h=half_life,
        flags=tuple(dict.fromkeys([*curve.flags, *tail_flags, *extrapolation_flags(share)])),
        sources=(*curve.sources, "kinetics.trapezoid"),
    )


def _logarithmic(first, second, step):
    """Integral of the exponential through two points; of a straight line where it rises or is all but level.

    There the two differ by less than 1e-9, but the difference over the logarithm loses its digits.
    """
    if second.nominal_value >= first.nominal_value * (1 - 1e-4):
        return (first + second) / 2 * step
    return (first - second) / umath.log(first / second) * step


def _head(curve, activity, head):
    first, time = activity[0], float(curve.times_h[0])
    if head == "constant":
        return first * time
    if head == "zero":
        return first * time / 2
    if head == "administered":
        if curve.administered_mbq is None:
            raise InputError("head='administered' needs administered_mbq on the curve")
        return _logarithmic(_check.exact(curve.administered_mbq), first, time)
    rate = umath.log(first / activity[1]) / (curve.times_h[1] - curve.times_h[0])
    if rate.nominal_value <= 0:
        raise InputError(
            f"head='backextrapolate' needs a falling start, but the second point ({activity[1].nominal_value:g} MBq) "
            f"is not below the first ({first.nominal_value:g} MBq); use head='zero'"
        )
    return first * (umath.exp(rate * time) - 1) / rate


def _tail(curve, activity, tail):
    last, physical = activity[-1], curve.nuclide.decay_constant_per_h
    if tail == "effective":
        rate = umath.log(activity[-2] / last) / (curve.times_h[-1] - curve.times_h[-2])
        if rate.nominal_value > physical:
            return last / rate, np.log(2) / rate, []
    return last / physical, None, [Flag.TAIL_PHYSICAL]
