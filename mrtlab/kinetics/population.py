"""Time-integrated activity from one measurement and the curves of other patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics.curve import TimeActivity
from mrtlab.kinetics.few_points import SinglePoint
from mrtlab.kinetics.fitting import Fit
from mrtlab.kinetics.selection import Selection, select

__all__ = ["StpFactor", "stp_factor"]


@dataclass(frozen=True, eq=False)
class StpFactor:
    """What to multiply one measured activity with: time-integrated activity per activity at that time, hours.

    Attributes
    ----------
    factor_h : ufloat
        Mean over the population and its standard deviation (not that of the mean: one new patient is what matters).
    interval95 : tuple of float
        Where the factor of a new patient of the same population lies with 95 %, hours: log-normal, with Student's t
        for the size of the population.
    time_h : float
    values_h : array, shape (patients,)
    nuclide : str
    flags, sources : tuple of str
    """

    factor_h: UFloat
    interval95: tuple[float, float]
    time_h: float
    values_h: np.ndarray
    nuclide: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("kinetics.population_factor",)

    def single_point(self, activity_mbq: float, sigma_mbq: float | None = None) -> SinglePoint:
        """Time-integrated activity of a new patient, measured once at ``time_h``.

        Parameters
        ----------
        activity_mbq : float
            Activity at ``time_h``, not decay corrected, MBq.
        sigma_mbq : float, optional
            Its standard uncertainty, MBq. Without it, the result carries ``SIGMA_MISSING``.
        """
        activity = float(_plain("activity_mbq", _check.positive("activity_mbq", activity_mbq)))
        noise = 0.0
        if sigma_mbq is not None:
            noise = float(_plain("sigma_mbq", _check.positive("sigma_mbq", sigma_mbq))) / activity
        mean, spread = activity * self.factor_h.nominal_value, self.factor_h.std_dev / self.factor_h.nominal_value
        middle = np.sqrt(self.interval95[0] * self.interval95[1])
        # both spreads as factors, added in logarithms
        reach = np.hypot(np.log(self.interval95[1] / middle), 1.96 * np.sqrt(np.log1p(noise**2)))
        return SinglePoint(
            tia_mbq_h=ufloat(mean, mean * float(np.hypot(spread, noise)), "single point"),
            interval95=(float(activity * middle * np.exp(-reach)), float(activity * middle * np.exp(reach))),
            method="population",
            flags=tuple(
                dict.fromkeys(
                    [
                        Flag.SINGLE_POINT_DEPENDS_ON_PRIOR,
                        *([Flag.SIGMA_MISSING] if sigma_mbq is None else []),
                        *self.flags,
                    ]
                )
            ),
            sources=self.sources,
        )


def stp_factor(curves: Sequence[TimeActivity | Fit | Selection], time_h: float) -> StpFactor:
    """Population factor for a single measurement: mean over patients of ``TIA / A(time)``.

    It holds for one tissue, drug and nuclide: take the curves of that tissue only.

    Parameters
    ----------
    curves : sequence of TimeActivity, Fit or Selection
        One per patient, two or more. A :class:`TimeActivity` is fitted by :func:`select`.
    time_h : float
        Hours after administration.

    Returns
    -------
    StpFactor
        Flagged ``OUTSIDE_SAMPLED_TIMES`` if a curve has no points on both sides of the time.

    Raises
    ------
    InputError
        For fewer than two curves, several nuclides, or a time at which a curve holds no activity.
    FitError
        From :func:`select`, if no curve is supported by a patient's points.

    Notes
    -----
    The uncertainty of each patient's own curve is part of the spread, which it widens.

    References
    ----------
    Jackson et al., J Nucl Med 2020;61:1030-1036, doi:10.2967/jnumed.119.233411.
    """
    time_h = float(_plain("time_h", _check.positive("time_h", time_h)))
    if isinstance(curves, (TimeActivity, Fit, Selection)) or not isinstance(curves, Sequence) or len(curves) < 2:
        raise InputError("curves must be a list of the curves of two patients or more: one has no spread")
    fits = [_fit(item, k) for k, item in enumerate(curves)]
    names = sorted({item.curve.nuclide.name for item in fits})
    if len(names) > 1:
        raise InputError(f"curves are of several nuclides, {', '.join(names)}; a factor holds for one of them")
    activities = np.array([item.activity(time_h) for item in fits])
    if np.any(activities <= 0):
        at = int(np.argmax(activities <= 0)) + 1
        raise InputError(f"time_h is {time_h:g} h, when curve {at} holds no activity; is the time in hours?")
    values = np.array([item.tia_mbq_h.nominal_value for item in fits]) / activities
    logs = np.log(values)
    reach = stdtrit(len(values) - 1, 0.975) * logs.std(ddof=1) * np.sqrt(1 + 1 / len(values))
    low, high = np.exp(logs.mean() - reach), np.exp(logs.mean() + reach)
    beyond = any(not item.curve.times_h[0] <= time_h <= item.curve.times_h[-1] for item in fits)
    values.setflags(write=False)
    return StpFactor(
        factor_h=ufloat(values.mean(), values.std(ddof=1), "population factor"),
        interval95=(float(low), float(high)),
        time_h=time_h,
        values_h=values,
        nuclide=names[0],
        flags=(Flag.OUTSIDE_SAMPLED_TIMES,) if beyond else (),
    )


def _fit(item, place) -> Fit:
    if isinstance(item, TimeActivity):
        item = select(item)
    if isinstance(item, Selection):
        item = item.best
    if not isinstance(item, Fit):
        raise InputError(f"curves[{place}] must be a TimeActivity, a Fit or a Selection, got {type(item).__name__}")
    return item


def _plain(name, number):
    if np.ndim(number) or isinstance(number, UFloat):
        raise InputError(f"{name} must be one plain number, got {number!r}")
    return number
