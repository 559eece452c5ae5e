"""Time integrals of the activity in whole body and blood, by pieces or by a bi-exponential."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, kinetics
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics.curve import extrapolation_flags
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._curves import Exponentials, LinkedCurve, curve, fitted
from mrtlab.radioiodine._guards import LN2, possible_uptake

__all__ = ["BloodIntegral", "BodyIntegral", "blood_fraction", "blood_integral", "body_integral"]

_METHODS = ("pieces", "bi")


@dataclass(frozen=True, eq=False)
class _Integral:
    head: UFloat
    body: UFloat
    tail: UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...]
    curve: LinkedCurve
    points: tuple[UFloat, ...]
    tail_rate_per_h: UFloat
    exponentials: Exponentials | None

    @property
    def _whole(self):
        return self.exponentials.integral if self.exponentials else self.head + self.body + self.tail

    @property
    def tail_fraction(self) -> float:
        """Share of the integral after the last point."""
        return float(_check.nominal(self.tail / self._whole))

    def _at(self, time_h, before):
        time_h = _numbers.single("time_h", _check.non_negative("time_h", time_h))
        if self.exponentials:
            return self.exponentials.at(time_h)
        times = self.curve.times_h
        if time_h < times[0]:
            return before
        if time_h >= times[-1]:
            return self.points[-1] * _check.exp(-1 * self.tail_rate_per_h * (time_h - times[-1]))
        place = int(np.searchsorted(times, time_h, side="right")) - 1
        first, second = self.points[place], self.points[place + 1]
        share = (time_h - times[place]) / (times[place + 1] - times[place])
        if _check.nominal(second) >= _check.nominal(first):
            return first + share * (second - first)
        return first * _check.exp(-share * _numbers.log(first / second))


@dataclass(frozen=True, eq=False)
class BodyIntegral(_Integral):
    """Time integral of the fraction in the whole body.

    Attributes
    ----------
    head, body, tail : ufloat
        Before the first point, between the points, after the last, hours.
    tail_rate_per_h : ufloat
    flags, sources : tuple of str
    """

    @property
    def tiac_h(self) -> UFloat:
        """Whole-body residence, hours."""
        return self._whole

    def retention(self, time_h: float):
        """Fraction in the body at a time, physical decay included.

        Between the points along exponentials, which lie above a curve that bends: with few points fit ``"bi"``.
        """
        return self._at(time_h, 1.0)


@dataclass(frozen=True, eq=False)
class BloodIntegral(_Integral):
    """Time integral of the fraction per mL of whole blood; attributes as :class:`BodyIntegral`, h/mL."""

    @property
    def tiac_h_per_ml(self) -> UFloat:
        """Residence per mL, h/mL."""
        return self._whole

    def fraction_per_ml(self, time_h: float):
        """Fraction per mL at a time, physical decay included."""
        return self._at(time_h, self.points[0])


def body_integral(
    times_h, fraction, sigma=None, *, decay_corrected: bool, method: str = "pieces", nuclide="I-131"
) -> BodyIntegral:
    """Whole-body residence from retention measurements.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration; usual are 2, 6, 24, 96 and 144.
    fraction : sequence of float or ufloat
        Fraction of the administered activity. The first measurement after the administration, *before* the bladder was
        emptied, is 1.
    sigma : float or sequence of float, optional
        Standard uncertainties of plain fractions. Without them 5 % is assumed and flagged.
    decay_corrected : bool
        Must be said. If so, decay is put back: an integral needs it inside.
    method : {"pieces", "bi"}
        Exponentials from point to point (straight where it rises), everything there before the first point, and a tail
        at the rate of the last two points but never slower than decay; or a bi-exponential fit to five points or more.
    nuclide : str or Nuclide

    Returns
    -------
    BodyIntegral

    Raises
    ------
    InputError
        For numbers out of range; a fraction above 1 means a reference measured after voiding, or percent.
    PhysicsError
        For more than decay since the first point leaves of everything.

    References
    ----------
    EANM SOP I, doi:10.1007/s00259-008-0761-x (recalled).
    """
    if np.any(_check.nominal(_check.finite("fraction", fraction)) > 1):
        largest = float(np.max(_check.nominal(_check.finite("fraction", fraction))))
        raise InputError(
            f"fraction must lie between 0 and 1, got {largest:g}"
            + (f"; it looks like a percentage: give {largest / 100:g}" if largest > 2 else "")
            + ("; was the reference measured after the bladder was emptied?" if largest <= 2 else "")
        )
    points = curve("fraction", times_h, fraction, sigma, nuclide=nuclide, decay_corrected=decay_corrected)
    # the first point may stand for 100 % with its decay until then not taken off
    since = points.times_h - points.times_h[0]
    possible_uptake("fraction", np.array(points.measured()), since, nuclide)
    # before the first point all of it is there: nothing has left but by decay
    return _integrate(points, method, float(points.times_h[0]), (), BodyIntegral)


def blood_fraction(kbq_per_ml, drawn_h, counted_h, administered_mbq, nuclide="I-131"):
    """Fraction of the administered activity in one mL of whole blood when the sample was drawn.

    ``c/A·2^((counted - drawn)/T)``: a sample belongs to its withdrawal, whenever it was counted.

    Parameters
    ----------
    kbq_per_ml : float, array or ufloat
        Activity concentration of the sample when it was counted, kBq/mL.
    drawn_h, counted_h : float or array
        Hours after administration.
    administered_mbq : float or ufloat
        At the administration.
    nuclide : str or Nuclide

    Returns
    -------
    same kind as the concentration, 1/mL, physical decay until withdrawal included

    Raises
    ------
    InputError
        For numbers out of range, or a sample counted before it was drawn.

    References
    ----------
    Definition.
    """
    kbq_per_ml = _check.positive("kbq_per_ml", kbq_per_ml)
    drawn_h = _check.non_negative("drawn_h", drawn_h)
    waited = _check.non_negative("counted_h", counted_h) - drawn_h
    if np.any(_check.nominal(waited) < 0):
        raise InputError(
            f"counted_h lies {-np.min(_check.nominal(waited)):g} h before drawn_h; are the two exchanged, or is it a "
            "time after the withdrawal?"
        )
    administered_mbq = _check.positive("administered_mbq", administered_mbq)
    return kbq_per_ml / (1000 * administered_mbq) / find_nuclide(nuclide).decay_factor(waited)


def blood_integral(
    times_h, fraction_per_ml, sigma=None, *, decay_corrected: bool, method: str = "pieces", nuclide="I-131"
) -> BloodIntegral:
    """Residence per mL of whole blood from samples.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration.
    fraction_per_ml : sequence of float or ufloat
        Fraction of the administered activity in one mL of whole blood at withdrawal: a sample counted later must be
        brought back to its withdrawal.
    sigma, decay_corrected, method, nuclide
        As in :func:`body_integral`. Before the first sample its own value is taken (``EARLY_CONST``).

    Returns
    -------
    BloodIntegral

    Raises
    ------
    InputError
        For numbers out of range; also for more in a mL than all activity in the smallest blood volume would give.

    References
    ----------
    EANM SOP I, doi:10.1007/s00259-008-0761-x (recalled).
    """
    most = 1 / value("radioiodine.smallest_blood_ml")
    largest = float(np.max(_check.nominal(_check.finite("fraction_per_ml", fraction_per_ml)), initial=0.0))
    if largest > most:
        raise InputError(
            f"fraction_per_ml is {largest:g}, more than {most:.2g}: all activity in little blood; is it "
            "of all the blood, or in percent?"
        )
    points = curve("fraction_per_ml", times_h, fraction_per_ml, sigma, nuclide=nuclide, decay_corrected=decay_corrected)
    return _integrate(points, method, None, (Flag.EARLY_CONST,), BloodIntegral)


def _integrate(points, method, head, pieces_flags, kind):
    _check.choice("method", method, _METHODS)
    measured = tuple(points.measured())
    points = LinkedCurve(
        points.times_h, points.activity_mbq, points.sigma_mbq if points.sigma_given else None, nuclide=points.nuclide,
        decay_corrected=False, points=measured, region=points.region,
    )  # fmt: skip
    if method == "bi":
        if len(points) < 5:
            raise InputError(f"method 'bi' needs five points or more, got {len(points)}; use 'pieces'")
        found = fitted(points, "bi")
        first, last = float(points.times_h[0]), float(points.times_h[-1])
        parts = [_after(found, time) for time in (0.0, first, last)]
        rate = min(found.rates_per_h, key=_check.nominal)
        return kind(
            head=parts[0] - parts[1], body=parts[1] - parts[2], tail=parts[2], flags=found.flags,
            sources=(*found.sources, "radioiodine.blood_dose"), curve=points, points=measured,
            tail_rate_per_h=_check.exact(rate), exponentials=found,
        )  # fmt: skip
    found = kinetics.trapezoid(points)
    head = found.head if head is None else _check.exact(head)
    slow = found.effective_half_life_h is None
    rate = _check.exact(points.nuclide.decay_constant_per_h) if slow else LN2 / found.effective_half_life_h
    share = (found.tail / (head + found.body + found.tail)).nominal_value
    # the share counts with this head, not with that of the trapezoid
    kept = [flag for flag in found.flags if flag not in (Flag.EXTRAPOLATED, Flag.MOSTLY_EXTRAPOLATED)]
    return kind(
        head=head, body=found.body, tail=found.tail,
        flags=tuple(dict.fromkeys([*kept, *pieces_flags, *extrapolation_flags(share)])),
        sources=(*found.sources, "radioiodine.blood_dose"), curve=points, points=measured, tail_rate_per_h=rate,
        exponentials=None,
    )  # fmt: skip


def _after(found: Exponentials, time_h):
    return sum(
        a / rate * _check.exp(-1 * rate * time_h)
        for a, rate in zip(found.amplitudes, found.rates_per_h, strict=True)
    )  # fmt: skip
