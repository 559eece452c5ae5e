"""Count-rate losses: both dead-time models, their inverses, and two ways to measure the dead time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import lambertw
from uncertainties import UFloat, correlated_values, covariance_matrix

from mrtlab import _check, _numbers
from mrtlab.calibration._fit import least_squares, quality
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError, PhysicsError, PlausibilityWarning

__all__ = ["DeadTimeFit", "fit_dead_time", "observed_rate", "true_rate", "two_source_dead_time"]

_MODELS = ("paralysable", "nonparalysable")
_BRANCHES = ("principal", "upper")
_ROUNDING = 1e-12
# Share of counts lost at the highest activity below which a fit only sees rounding: 1e18 counts would be needed.
_LEAST_LOAD = 1e-9


def observed_rate(true_cps, dead_time_s, model: str = "paralysable"):
    """Count rate that is recorded for a true rate n.

    Paralysable: ``m = n·exp(-n·tau)``, at most 1/(e·tau), reached at n = 1/tau and falling beyond.
    Non-paralysable: ``m = n/(1 + n·tau)``, always rising, below 1/tau.

    Parameters
    ----------
    true_cps : float, array or ufloat
        Rate without losses, counts per second.
    dead_time_s : float or ufloat
        Dead time in seconds (4.6 µs is 4.6e-6), measured with the same energy window.
    model : {"paralysable", "nonparalysable"}

    Returns
    -------
    same kind as given, counts per second

    Raises
    ------
    InputError
        For negative numbers, or a dead time so long that it must be in another unit.

    References
    ----------
    Knoll GF, Radiation Detection and Measurement, chapter 4 (recalled).
    """
    true_cps = _check.non_negative("true_cps", true_cps)
    dead_time_s = _dead_time(dead_time_s)
    if _check.choice("model", model, _MODELS) == "nonparalysable":
        return true_cps / (1 + true_cps * dead_time_s)
    return true_cps * _numbers.exp(-(true_cps * dead_time_s))


def true_rate(observed_cps, dead_time_s, model: str = "paralysable", branch: str = "principal"):
    """Count rate without losses for a recorded rate m.

    Non-paralysable: ``n = m/(1 - m·tau)``. Paralysable: ``n = -W(-m·tau)/tau`` with Lambert's W, which has two
    values: every recorded rate below the maximum belongs to two true rates, one below 1/tau and one above.

    Parameters
    ----------
    observed_cps : float, array or ufloat
        Recorded rate, counts per second.
    dead_time_s : float or ufloat
        Seconds; of the same energy window as the rate.
    model : {"paralysable", "nonparalysable"}
    branch : {"principal", "upper"}
        Which of the two solutions of the paralysable model: the one below 1/tau, or the one beyond the maximum.

    Returns
    -------
    same kind as given, counts per second

    Raises
    ------
    PhysicsError
        If no true rate gives this reading: ``m·tau`` above 1/e (paralysable), or 1 and above (non-paralysable); and
        at the maximum itself for a rate with an uncertainty, since the inverse has no slope there.
    InputError
        For numbers out of range, or the upper branch without losses.

    Warns
    -----
    PlausibilityWarning
        If ``m·tau`` is above 0.30 on the principal branch, where the other solution is near, or if the
        non-paralysable model finds more than half of the counts lost.

    References
    ----------
    Knoll GF, Radiation Detection and Measurement, chapter 4 (recalled); the inverse is analytic.
    """
    observed_cps = _check.non_negative("observed_cps", observed_cps)
    dead_time_s = _dead_time(dead_time_s)
    _check.choice("model", model, _MODELS)
    if _check.choice("branch", branch, _BRANCHES) == "upper" and model != "paralysable":
        raise InputError("branch 'upper' belongs to the paralysable model; the other has one solution only")
    load = observed_cps * dead_time_s
    largest = float(np.max(_check.nominal(load)))
    if model == "nonparalysable":
        return _nonparalysable(observed_cps, load, largest)
    if largest * np.e > 1 + _ROUNDING:
        raise PhysicsError(
            f"observed_cps times dead_time_s is {largest:.4g}, above 1/e: a paralysable camera never shows more than "
            f"{1 / (np.e * np.max(_check.nominal(dead_time_s))):.6g} cps with this dead time. Check it, and its window"
        )
    if branch == "upper":
        if np.any(_check.nominal(load) == 0):
            raise InputError("branch 'upper' needs a rate and a dead time above 0: without loss there is one solution")
        return _with_slope(-_upper(-load) / dead_time_s)
    if largest > value("calibration.ambiguous_rate"):
        warnings.warn(
            f"observed_cps times dead_time_s is {largest:.3g}: near the maximum a camera shows the same rate for two "
            "true ones. The lower was taken; make sure that the activity had not passed the maximum",
            PlausibilityWarning,
            stacklevel=2,
        )
    # n = m·exp(-W) rather than -W/tau: it holds for a dead time of 0, too
    return _with_slope(observed_cps * _numbers.exp(-_principal(-load)))


def _nonparalysable(observed_cps, load, largest):
    if largest >= 1:
        raise PhysicsError(
            f"observed_cps times dead_time_s is {largest:.4g}; a non-paralysable camera stays below 1. Check the dead "
            "time, its unit (s) and its window"
        )
    if largest > value("calibration.half_lost"):
        warnings.warn(
            f"observed_cps times dead_time_s is {largest:.3g}: more than half of the counts are lost, and the "
            "correction rests on the model",
            PlausibilityWarning,
            stacklevel=3,
        )
    return observed_cps / (1 - load)


def two_source_dead_time(one, two, both, background=0, model: str = "paralysable"):
    """Dead time from the rates of two sources, each alone and both together, s.

    Non-paralysable: exact. Paralysable: the approximation ``2·R12/(R1 + R2)^2·ln((R1 + R2)/R12)`` with the background
    taken off each rate; it is low by 0.07 % where both sources together have n·tau = 0.31.

    Parameters
    ----------
    one, two, both : float, array or ufloat
        Recorded rates, counts per second, in the same geometry: the second source is added without moving the first.
    background : float, array or ufloat
        Rate without sources.
    model : {"paralysable", "nonparalysable"}

    Returns
    -------
    same kind as given, seconds

    Raises
    ------
    InputError
        For rates that are not above the background.
    PhysicsError
        If both together give as much as their sum (no loss is measurable), or, non-paralysable, no more than one
        alone.

    References
    ----------
    Knoll GF, Radiation Detection and Measurement, chapter 4; NEMA NU 1 (both recalled).
    """
    background = _check.non_negative("background", background)
    rates = {"one": one, "two": two, "both": both}
    for name, rate in rates.items():
        rates[name] = _check.positive(name, rate)
        if np.any(_check.nominal(rates[name] - background) <= 0):
            raise InputError(f"{name} must be above the background of {np.max(_check.nominal(background)):g} cps")
    one, two, both = rates.values()
    _check.choice("model", model, _MODELS)
    lost = one + two - both - background
    if np.any(_check.nominal(lost) <= 0):
        raise PhysicsError("both is not below the sum of one and two, less the background: no loss is measurable")
    if model == "paralysable":
        total, together = one + two - 2 * background, both - background
        return 2 * together / total**2 * _numbers.log(total / together)
    if np.any((_check.nominal(both - one) <= 0) | (_check.nominal(both - two) <= 0)):
        raise PhysicsError(
            "both is not above one or two alone, which a non-paralysable camera cannot show; try model='paralysable'"
        )
    x = one * two - background * both
    y = one * two * (both + background) - background * both * (one + two)
    z = y * lost / x**2
    if np.any(_check.nominal(z) > 1):
        raise PhysicsError("no dead time explains these three rates and the background; was a source moved?")
    # x·(1 - sqrt(1-z))/y, written so that small losses do not cancel
    return lost / (x * (1 + (1 - z) ** 0.5))


@dataclass(frozen=True, eq=False)
class DeadTimeFit:
    """Dead time and sensitivity from a decaying source.

    Attributes
    ----------
    model : str
    dead_time_s, sensitivity_cps_per_mbq : ufloat
        Correlated.
    chi_square : float or None
        None if the rates came without uncertainty; then their scatter set the scale.
    dof : int
    p_value : float or None
    residuals : array
        Recorded minus fitted, in units of the uncertainty (without it: of the square root of the rate).
    window : str
        The energy window the dead time belongs to.
    flags, sources : tuple of str
    """

    model: str
    dead_time_s: UFloat
    sensitivity_cps_per_mbq: UFloat
    chi_square: float | None
    dof: int
    p_value: float | None
    residuals: np.ndarray
    window: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("calibration.dead_time",)

    @property
    def covariance(self) -> np.ndarray:
        """Of dead time and sensitivity, in this order."""
        return np.array(covariance_matrix([self.dead_time_s, self.sensitivity_cps_per_mbq]))

    def true_rate(self, observed_cps, window: str = "", branch: str = "principal"):
        """Rate without losses, with the uncertainty of this dead time; see :func:`true_rate`.

        Raises
        ------
        InputError
            If the rate is of another energy window than the dead time: the same camera has another dead time there.
        """
        if window != self.window:
            raise InputError(
                f"window is {window!r}, but this dead time was measured in {self.window!r}; the dead time differs from "
                "window to window"
            )
        return true_rate(observed_cps, self.dead_time_s, self.model, branch)


def fit_dead_time(
    activity: Sequence[float], observed_cps: Sequence, model: str = "paralysable", window: str = ""
) -> DeadTimeFit:
    """Dead time and sensitivity from the recorded rates of a source at several activities, as it decays.

    Fits ``observed_rate(k·A, tau)``; the true rate is taken as proportional to the activity, which also defines the
    dead time: it belongs to this source, geometry and energy window. Rates beyond the maximum of a paralysable camera
    may be among the points.

    Parameters
    ----------
    activity : sequence of float
        MBq at each acquisition.
    observed_cps : sequence of float or ufloat
        Recorded rates, background subtracted. As ufloats they are weighted by their uncertainty, taken as
        independent. Plain numbers are weighted as Poisson counts of equal duration, and their scatter sets the scale.
    model : {"paralysable", "nonparalysable"}
    window : str
        Name of the energy window, kept with the result.

    Returns
    -------
    DeadTimeFit

    Raises
    ------
    InputError
        For numbers out of range, rows of different lengths, or uncertainties on some of the rates only.
    FitError
        For too few points, or if no loss is measurable.

    References
    ----------
    Model: Knoll GF, Radiation Detection and Measurement, chapter 4 (recalled). Minimum by lmfit.
    """
    _check.choice("model", model, _MODELS)
    activity = _numbers.row("activity", _check.positive("activity", activity, "activities are MBq"))
    if _numbers.uncertain(activity):
        raise InputError("activity must be plain numbers; an error common to all belongs to the sensitivity afterwards")
    rates = _numbers.row("observed_cps", _check.positive("observed_cps", observed_cps))
    _numbers.same_length(activity=activity, observed_cps=rates)
    sigma, rates = _numbers.deviations(rates), _check.nominal(rates)
    absolute = bool(np.any(sigma > 0))
    if absolute and np.any(sigma == 0):
        raise InputError("observed_cps has an uncertainty on some of the rates only; give it for all or for none")
    if not absolute:
        sigma = np.sqrt(rates)
    dof = len(rates) - 2
    if dof < (0 if absolute else 1) or len(np.unique(activity)) < 2:
        raise FitError(
            f"{len(rates)} rates are too few for two parameters; give three or more (two with uncertainties), at "
            "different activities"
        )
    (scale, load), covariance, squares = _fit(activity, rates, sigma, model, absolute)
    k, x = correlated_values([scale, load], covariance)
    dead_time_s = x / (k * activity.max())
    p_value, flags = quality(squares, dof) if absolute else (None, [])
    flags += [Flag.SCALE_UNRELIABLE] if not absolute and dof < 3 else []
    flags += [Flag.UNDETERMINED] if dead_time_s.std_dev >= value("kinetics.parameter_cv") * dead_time_s.n else []
    flags += [Flag.PAST_MAXIMUM_RATE] if model == "paralysable" and load > 1 else []
    return DeadTimeFit(
        model=model,
        dead_time_s=dead_time_s,
        sensitivity_cps_per_mbq=k,
        chi_square=squares if absolute else None,
        dof=dof,
        p_value=p_value,
        residuals=(rates - _curve(activity, scale, load, model)) / sigma,
        window=window,
        flags=tuple(flags),
    )


def _curve(activity, scale, load, model):
    """Recorded rates; ``load`` is the true rate of the highest activity times the dead time."""
    share = activity / activity.max()
    losses = np.exp(-load * share) if model == "paralysable" else 1 / (1 + load * share)
    return scale * activity * losses


def _fit(activity, rates, sigma, model, absolute):
    # for each load the best scale is a linear fit; the best of a grid starts the polish
    starts = []
    for load in np.concatenate([[0.0], np.geomspace(1e-4, 20, 120)]):
        shape = _curve(activity, 1.0, load, model) / sigma
        if shape @ shape > 0:
            scale = shape @ (rates / sigma) / (shape @ shape)
            starts.append((float(np.sum((scale * shape - rates / sigma) ** 2)), float(scale), float(load)))
    _, scale0, load0 = min(starts)
    (relative, load), covariance, squares = least_squares(
        lambda relative, load: (rates - _curve(activity, relative * scale0, load, model)) / sigma,
        (1.0, load0),
        absolute=absolute,
    )
    if load <= _LEAST_LOAD:
        raise FitError(
            "the rates do not fall behind the activity: no loss is measurable, and no dead time. Add higher "
            "activities, or check that the activities are decayed to each acquisition"
        )
    units = np.array([scale0, 1.0])
    return (relative * scale0, load), covariance * np.outer(units, units), squares


def _dead_time(dead_time_s):
    dead_time_s = _check.non_negative("dead_time_s", dead_time_s)
    longest = float(np.max(_check.nominal(dead_time_s)))
    if longest > value("calibration.longest_dead_time_s"):
        raise InputError(
            f"dead_time_s is {longest:g} s, longer than any detector's; for {longest:g} µs give {longest:g}e-6"
        )
    return dead_time_s


def _with_slope(rate):
    if _numbers.uncertain(rate) and not np.all(np.isfinite(_numbers.deviations(rate))):
        raise PhysicsError(
            "the rate lies at the maximum of the camera, where the true rate has no first-order uncertainty"
        )
    return rate


def _lambert(branch: int):
    sign = 1 if branch == 0 else -1

    def function(x):
        room = np.maximum(1 + np.e * np.asarray(x, dtype=float), 0.0)  # below 0 by rounding only
        # SciPy's function returns nan at the branch point itself; the series is exact to 1e-12 this close to it
        near = room < 1e-8
        root = sign * np.sqrt(2 * room)
        series = -1 + root - root**2 / 3 + 11 * root**3 / 72
        return np.where(near, series, lambertw(np.where(near, -0.2, x), branch).real)

    def slope(x):
        at = float(function(x))
        if x == 0:
            return 1.0  # of the principal branch; the other is not asked for 0
        return at / (x * (1 + at)) if at != -1 else np.inf

    return _numbers.lift(function, slope)


_principal, _upper = _lambert(0), _lambert(-1)
