"""Fitting one curve to one region, with the covariance carried into the time-integrated activity."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import uncertainties
from scipy.optimize import nnls
from scipy.special import chdtrc, ndtri
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError
from mrtlab.kinetics.curve import TimeActivity, extrapolation_flags
from mrtlab.kinetics.models import MODELS, Model
from mrtlab.kinetics.physical import require_physical
from mrtlab.kinetics.runs import runs_p
from mrtlab.kinetics.starts import fastest_rate, ordered, random_starts, starts
from mrtlab.units import format_quantity

__all__ = ["Fit", "aicc", "fit"]

_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """One curve fitted to one region.

    Attributes
    ----------
    curve : TimeActivity
    model : str
        Name in :data:`MODELS`.
    params : mapping of str to ufloat
        Amplitudes ``a1_mbq`` ... (MBq) and biological rates ``b1_per_h`` ... (1/h), correlated. A parameter at
        the end of its range has an infinite uncertainty.
    tia_mbq_h : ufloat
        Time-integrated activity from administration to infinity, MBq·h, systematic part included.
    tiac_h : ufloat or None
        The same per administered activity, hours; None if that is not known.
    effective_half_life_h : ufloat
        Of the slowest phase, hours.
    chi_square, dof, p_value : float, int, float or None
        None without degrees of freedom.
    aicc : float or None
        Corrected Akaike criterion for known uncertainties; None with fewer than parameters + 2 points.
    extrapolated_fraction : float
        Share of the time-integrated activity after the last point.
    before_first_fraction : float
        Share before the first point.
    residuals : array
        (measured - fitted) / sigma.
    at_bound : tuple of str
        Parameters that ran to the end of their range.
    flags, sources : tuple of str
    """

    curve: TimeActivity
    model: str
    params: MappingProxyType[str, UFloat]
    tia_mbq_h: UFloat
    tiac_h: UFloat | None
    effective_half_life_h: UFloat
    chi_square: float
    dof: int
    p_value: float | None
    aicc: float | None
    extrapolated_fraction: float
    before_first_fraction: float
    residuals: np.ndarray
    at_bound: tuple[str, ...]
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("kinetics.models",)
    covariance: np.ndarray = field(default=None, repr=False)

    def __repr__(self):
        tia = format_quantity(self.tia_mbq_h, "MBq·h")
        flags = ", ".join(self.flags) or "none"
        return f"Fit({self.model}, TIA {tia}, χ² {self.chi_square:.3g} on {self.dof}, flags: {flags})"

    def activity(self, times_h):
        """Fitted activity at the times, MBq, floats in the shape of ``times_h``."""
        times_h = _check.non_negative("times_h", times_h)
        amplitudes, rates = self._values()
        basis = MODELS[self.model].basis(np.ravel(times_h), rates, self.curve.nuclide.decay_constant_per_h)
        result = basis @ amplitudes
        return float(result[0]) if np.ndim(times_h) == 0 else result.reshape(np.shape(times_h))

    def activity_sigma(self, times_h):
        """Standard uncertainty of the fitted activity, MBq, from the covariance of the parameters."""
        times_h = _check.non_negative("times_h", times_h)
        jacobian = MODELS[self.model].jacobian(
            np.ravel(times_h), *self._values(), self.curve.nuclide.decay_constant_per_h
        )
        result = np.sqrt(np.maximum(np.einsum("ti,ij,tj->t", jacobian, self.covariance, jacobian), 0.0))
        return float(result[0]) if np.ndim(times_h) == 0 else result.reshape(np.shape(times_h))

    def band(self, times_h, coverage: float = 0.95):
        """Lower and upper end of the confidence band of the fitted activity, MBq.

        The lower end is never below zero, where the normal approximation has lost its meaning.
        """
        if _check.fraction("coverage", coverage) == 1:
            raise InputError("coverage is 1, and nothing is certain; give less, such as 0.95")
        width = ndtri(0.5 + coverage / 2) * self.activity_sigma(times_h)
        middle = self.activity(times_h)
        return np.maximum(middle - width, 0.0), middle + width

    def _values(self):
        numbers = np.array([param.nominal_value for param in self.params.values()])
        count = MODELS[self.model].amplitudes
        return numbers[:count], numbers[count:]


def aicc(chi_square: float, points: int, parameters: int, known_sigma: bool = True) -> float | None:
    """Corrected Akaike information criterion.

    Parameters
    ----------
    chi_square : float
        Weighted sum of squared residuals.
    points, parameters : int
    known_sigma : bool
        True: uncertainties are absolute, ``chi2 + 2p + 2p(p+1)/(N-p-1)``. False: only their ratios are known,
        ``N ln(chi2/N) + 2K + 2K(K+1)/(N-K-1)`` with the variance counted, ``K = p + 1``. Never compare values
        of one kind with the other.

    Returns
    -------
    float or None
        None where the criterion does not exist: too few points, or no scatter to judge an unknown variance by. That
        is an everyday outcome and so no error: a curve that cannot be weighed is not thereby wrong.

    Raises
    ------
    InputError
        For what cannot be: chi-square below 0, or numbers of points and parameters that are not whole or below 1.

    References
    ----------
    Burnham and Anderson, Model Selection and Multimodel Inference, 2002.
    """
    chi_square = float(_check.non_negative("chi_square", chi_square))
    for name, number in {"points": points, "parameters": parameters}.items():
        if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)) or number < 1:
            raise InputError(f"{name} must be a whole number of 1 or more, got {number!r}")
    count = parameters if known_sigma else parameters + 1
    if points < count + 2 or (not known_sigma and chi_square == 0):
        return None
    penalty = 2 * count + 2 * count * (count + 1) / (points - count - 1)
    return chi_square + penalty if known_sigma else points * float(np.log(chi_square / points)) + penalty


def fit(curve: TimeActivity, model: str, *, scale_covariance: bool = False, thorough: bool = False) -> Fit:
    """Fit one curve by weighted least squares.

    Amplitudes and biological rates are never negative, so no rate falls below physical decay. Rates start from
    a grid, amplitudes follow from them by non-negative least squares, and lmfit polishes the rates. The
    covariance is that of the stated uncertainties, ``(J^T W J)^-1``, and goes into every derived number.

    Parameters
    ----------
    curve : TimeActivity
    model : str
        Name in :data:`MODELS`.
    scale_covariance : bool
        Scale the covariance by chi-square over degrees of freedom, for points whose uncertainties are known in
        proportion only. Flagged ``SCALE_UNRELIABLE`` with fewer than three degrees of freedom.
    thorough : bool
        Also start from 30 random sets of rates, and flag ``MULTIMODAL`` if two minima are equally good.

    Returns
    -------
    Fit
        Flagged, not refused, if it is poor: rejecting is the work of :func:`select`.

    Raises
    ------
    FitError
        With fewer points than parameters; with as many, if the uncertainty of the points was only assumed.
    PhysicsError
        If the points only fall, and slower than physical decay.

    References
    ----------
    Kletting et al., Med Phys 2013;40:102504.
    """
    shape = MODELS[_check.choice("model", model, MODELS)]
    if not isinstance(curve, TimeActivity):
        raise InputError(f"curve must be a TimeActivity, got {type(curve).__name__}")
    _require_points(curve, shape)
    if scale_covariance and len(curve) == shape.parameters:
        raise FitError(f"{model}: no spare point, so its scatter cannot scale the covariance; set sigma_mbq instead")
    below_physical = require_physical(curve)
    minima = _minima(curve, shape, thorough)
    chi_square, rates = minima[0]
    amplitudes = _amplitudes(curve, shape, rates)[0]
    return _result(curve, shape, amplitudes, rates, chi_square, minima, scale_covariance, below_physical)


def _require_points(curve: TimeActivity, shape: Model) -> None:
    points, needed = len(curve), shape.parameters
    if points < needed:
        raise FitError(f"{shape.name}: {points} point{'s' * (points > 1)} cannot determine {needed} parameters")
    if points == needed and not curve.sigma_given:
        raise FitError(
            f"{shape.name}: as many parameters as points ({needed}), so nothing is left to test the curve or to judge "
            "its uncertainty; give sigma_mbq or cv to see it all the same"
        )


def _amplitudes(curve, shape, rates):
    """Best non-negative amplitudes for given rates, and the norm of the weighted residuals."""
    basis = shape.basis(curve.times_h, rates, curve.nuclide.decay_constant_per_h)
    return nnls(basis / curve.sigma_mbq[:, None], curve.activity_mbq / curve.sigma_mbq)


def _minima(curve, shape, thorough):
    """(chi-square, rates) of the minima found, best first."""
    if shape.rates == 0:
        return [(_amplitudes(curve, shape, ())[1] ** 2, np.array([]))]
    tried = [*starts(curve, shape), *(random_starts(curve, shape) if thorough else ())]
    return sorted((_polish(curve, shape, start) for start in tried), key=lambda pair: pair[0])


def _polish(curve, shape, start):
    import lmfit  # imported late: it costs a third of a second, and a table can be read without it

    fastest, physical = fastest_rate(curve), curve.nuclide.decay_constant_per_h
    target = curve.activity_mbq / curve.sigma_mbq
    parameters = lmfit.Parameters()
    for k, rate in enumerate(start):
        parameters.add(f"b{k + 1}", value=float(rate), min=0, max=fastest)

    def residual(current):
        rates = ordered(shape, [item.value for item in current.values()], physical)
        weighted = shape.basis(curve.times_h, rates, physical) / curve.sigma_mbq[:, None]
        return weighted @ nnls(weighted, target)[0] - target

    # lmfit's "leastsq" maps bounds to a sine, where a rate near its bound gets stuck; "least_squares" does not
    outcome = lmfit.Minimizer(residual, parameters, calc_covar=False, scale_covar=False, nan_policy="raise")
    with np.errstate(invalid="ignore", divide="ignore"):  # of a covariance that it computes unasked
        polished = outcome.least_squares(xtol=1e-12, ftol=1e-14, gtol=1e-14, x_scale="jac", max_nfev=400).params
    rates = ordered(shape, [item.value for item in polished.values()], physical)
    # the method stays inside its bounds: take the bound itself where that is as good
    ends = np.where(rates < 0.02 * physical, 0.0, np.where(rates > 0.98 * fastest, fastest, rates))
    pairs = [(_amplitudes(curve, shape, candidate)[1] ** 2, candidate) for candidate in (ends, rates)]
    return min(pairs, key=lambda pair: pair[0])


def _bounds_reached(shape, amplitudes, rates, physical, fastest):
    """Names of the parameters at the end of their range."""
    small = _NEGLIGIBLE * max(float(np.max(amplitudes)), np.finfo(float).tiny)
    names = shape.parameter_names
    hit = [names[j] for j, amplitude in enumerate(amplitudes) if amplitude <= small]
    for k, rate in enumerate(rates):
        if rate < 1e-3 * physical or rate > 0.99 * fastest:
            hit.append(names[shape.amplitudes + k])
    return tuple(hit)


def _result(curve, shape, amplitudes, rates, chi_square, minima, scale_covariance, below_physical):
    physical = curve.nuclide.decay_constant_per_h
    points, dof = len(curve), len(curve) - shape.parameters
    at_bound = _bounds_reached(shape, amplitudes, rates, physical, fastest_rate(curve))
    numbers = np.concatenate([amplitudes, rates])
    jacobian = shape.jacobian(curve.times_h, amplitudes, rates, physical) / curve.sigma_mbq[:, None]
    covariance = _covariance(jacobian, [name in at_bound for name in shape.parameter_names])
    if scale_covariance:
        covariance = covariance * chi_square / dof
    free = _ufloats(numbers, covariance)
    tia = curve.systematic * shape.integral(free[: shape.amplitudes], free[shape.amplitudes :], physical)
    slowest = min(shape.total_rates(free[shape.amplitudes :], physical), key=_check.nominal)
    plain_tia = shape.integral(amplitudes, rates, physical)
    after = [shape.integral_after(t, amplitudes, rates, physical) / plain_tia for t in curve.times_h[[0, -1]]]
    p_value = float(chdtrc(dof, chi_square)) if dof else None
    params = {
        name: number if isinstance(number, UFloat) else ufloat(number, np.inf)
        for name, number in zip(shape.parameter_names, free, strict=True)
    }
    half_life = np.log(2) / slowest
    residuals = (curve.activity_mbq - shape.basis(curve.times_h, rates, physical) @ amplitudes) / curve.sigma_mbq
    flags = [*curve.flags, *_quality_flags(dof, p_value, at_bound)]
    flags += _covariance_flags(shape, numbers, covariance, physical)
    flags += [Flag.RESIDUAL_RUNS] if dof and runs_p(residuals) < value("kinetics.runs_p") else []
    flags += [Flag.SCALE_UNRELIABLE] if scale_covariance and dof < 3 else []
    flags += [Flag.MULTIMODAL] if _multimodal(curve, shape, minima) else []
    flags += [Flag.BELOW_PHYSICAL] if below_physical else []
    flags += [Flag.SHORT_SPAN] if curve.times_h[-1] - curve.times_h[0] < _check.nominal(half_life) else []
    flags += extrapolation_flags(after[1])
    return Fit(
        curve=curve,
        model=shape.name,
        params=MappingProxyType(params),
        tia_mbq_h=_check.exact(tia),
        tiac_h=_check.exact(tia / curve.administered_mbq) if curve.administered_mbq else None,
        effective_half_life_h=_check.exact(half_life),
        chi_square=float(chi_square),
        dof=dof,
        p_value=p_value,
        aicc=aicc(chi_square, points, shape.parameters),
        extrapolated_fraction=after[1],
        before_first_fraction=1 - after[0],
        residuals=residuals,
        at_bound=at_bound,
        flags=tuple(dict.fromkeys(flags)),
        sources=(*curve.sources, "kinetics.models"),
        covariance=covariance,
    )


def _covariance(jacobian, fixed):
    """Covariance of the parameters; those at a bound are held there and have none.

    Nor has the rate of a phase whose amplitude is zero, on which nothing depends.
    """
    size = jacobian.shape[1]
    lengths = np.linalg.norm(jacobian, axis=0)
    free = np.flatnonzero(~np.asarray(fixed) & (lengths > 0))
    covariance = np.zeros((size, size))
    if len(free):
        scale = lengths[free]
        # by singular values of the derivatives: a direction the points do not see keeps its huge variance,
        # where a pseudo-inverse would give it none
        _, singular, rows = np.linalg.svd(jacobian[:, free] / scale, full_matrices=False)
        directions = rows / np.maximum(singular, 1e-9 * singular[0])[:, None]
        covariance[np.ix_(free, free)] = directions.T @ directions / np.outer(scale, scale)
    return covariance


def _ufloats(numbers, covariance):
    """Correlated ufloats where there is a variance, plain floats where a parameter is held."""
    spread = np.flatnonzero(np.diag(covariance) > 0)
    result = [float(number) for number in numbers]
    linked = uncertainties.correlated_values(numbers[spread], covariance[np.ix_(spread, spread)])
    for place, number in zip(spread, linked, strict=True):
        result[place] = number
    return result


def _quality_flags(dof, p_value, at_bound):
    if dof == 0:
        yield Flag.NO_DOF
    elif p_value < value("kinetics.chi_square_p"):
        yield Flag.CHI_SQUARE_REJECTED
    elif p_value > value("kinetics.chi_square_p_high"):
        yield Flag.SIGMA_OVERSTATED
    if at_bound:
        yield Flag.AT_BOUND


def undetermined(shape, numbers, covariance, physical):
    """Name and coefficient of variation of amplitudes and total rates known to no better than 50 %."""
    sigma = np.sqrt(np.diag(covariance))
    size = np.abs(numbers) + physical * (np.arange(len(numbers)) >= shape.amplitudes)
    for name, spread, whole in zip(shape.parameter_names, sigma, size, strict=True):
        if spread >= value("kinetics.parameter_cv") * whole > 0:
            yield name, spread / whole


def _covariance_flags(shape, numbers, covariance, physical):
    if any(undetermined(shape, numbers, covariance, physical)):
        yield Flag.UNDETERMINED
    free = np.diag(covariance) > 0
    part = covariance[np.ix_(free, free)]
    sigma = np.sqrt(np.diag(part))
    correlation = np.abs(part / np.outer(sigma, sigma) - np.eye(len(sigma)))
    if correlation.size and np.max(correlation) >= value("kinetics.parameter_correlation"):
        yield Flag.CORRELATED


def _multimodal(curve, shape, minima) -> bool:
    """Whether two minima within 1 % in chi-square give integrals more than 5 % apart."""
    physical = curve.nuclide.decay_constant_per_h
    best = minima[0][0]
    integrals = [
        shape.integral(_amplitudes(curve, shape, rates)[0], rates, physical)
        for chi_square, rates in minima
        if chi_square <= 1.01 * best
    ]
    return max(integrals) > 1.05 * min(integrals)
