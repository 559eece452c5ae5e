"""Fitting the two-compartment model to two, three or more uptakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError, PhysicsError
from mrtlab.kinetics.curve import extrapolation_flags
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._curves import LinkedCurve, curve, estimate
from mrtlab.radioiodine._guards import one_number, possible_uptake
from mrtlab.radioiodine.compartments import TwoCompartment

__all__ = ["TwoCompartmentFit", "fit_two_compartment"]

_FASTEST = 5.0  # per hour: nothing in the body is faster
_AT_BOUND = 1e-3


@dataclass(frozen=True, eq=False)
class TwoCompartmentFit:
    """Rates from measured uptakes, with everything correlated that comes from them.

    Attributes
    ----------
    model : TwoCompartment
        With ufloats.
    chi_square : float
    dof : int
    p_value : float or None
        None without degrees of freedom.
    residuals : array
        (measured - fitted)/sigma.
    extrapolated_fraction : float
        Share of the integral after the last point.
    flags, sources : tuple of str
    """

    model: TwoCompartment
    chi_square: float
    dof: int
    p_value: float | None
    residuals: np.ndarray
    extrapolated_fraction: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radioiodine.uptake",)

    @property
    def k_t_per_h(self) -> UFloat:
        """Into the thyroid, per hour."""
        return self.model.k_t_per_h

    @property
    def k_b_per_h(self) -> UFloat:
        """Out of the pool, per hour."""
        return self.model.k_b_per_h

    @property
    def k_thyroid_per_h(self) -> UFloat:
        """Out of the thyroid, per hour."""
        return self.model.k_thyroid_per_h

    @property
    def tiac_h(self) -> UFloat:
        """Integral to infinity, hours."""
        return self.model.tiac_h

    @property
    def effective_half_life_h(self) -> UFloat:
        """Of the thyroid, hours."""
        return self.model.effective_half_life_h

    @property
    def peak_h(self) -> UFloat:
        """Time of the largest uptake, hours."""
        return self.model.peak_h

    def uptake(self, t_h):
        """Fitted RIU at the times, hours, with its uncertainty."""
        return self.model.uptake(t_h)


def fit_two_compartment(times_h, uptake, sigma=None, *, k_b_per_h=None, nuclide="I-131") -> TwoCompartmentFit:
    """Fit the two-compartment model to uptakes, weighted with 1/sigma squared.

    Three unknowns need three points: early (4 to 6 h), on day 1 or 2, and late (day 5 to 8). With ``k_b`` given, two
    late points will do.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration.
    uptake : sequence of float or ufloat
        RIU, physical decay included. Ufloats may be correlated, as by a common standard; the result then is, too.
    sigma : float or sequence of float, optional
        Standard uncertainties, for plain uptakes. Without them 5 % is assumed and flagged, which needs a spare point.
    k_b_per_h : float or ufloat, optional
        Holds the loss rate of the pool, per hour.
    nuclide : str or Nuclide

    Returns
    -------
    TwoCompartmentFit
        ``NO_DOF`` without a spare point; ``EARLY_PHASE_ASSUMED`` with a given ``k_b``.

    Raises
    ------
    InputError
        For numbers out of range.
    FitError
        For too few points, as many points as unknowns without sigma, or no convergence.
    PhysicsError
        If the late points fall more slowly than physical decay, or one is more than that leaves of everything.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled). Minimum by lmfit.
    """
    from scipy.special import chdtrc

    found = find_nuclide(nuclide)
    points = curve("uptake", times_h, _check.fraction("uptake", uptake), sigma, nuclide=found)
    possible_uptake("uptake", np.array(points.measured()), points.times_h, found)
    if k_b_per_h is not None:
        k_b_per_h = one_number("k_b_per_h", _check.positive("k_b_per_h", k_b_per_h))
        if not 1.001 * found.decay_constant_per_h < _check.nominal(k_b_per_h) <= _FASTEST:
            raise InputError(f"k_b_per_h must be one rate between physical decay and {_FASTEST:g}, got {k_b_per_h!r}")
    unknown = 3 if k_b_per_h is None else 2
    _require_points(points, unknown)
    problem = _Problem(points, k_b_per_h)
    chi_square, phi = problem.best()
    held = problem.held(phi)
    if "u" in held and problem.slower(phi, chi_square):
        raise PhysicsError(
            f"the late uptakes fall more slowly than {found.name} decays (half-life {found.half_life_h:.4g} h). "
            "Are the counts decay-corrected?"
        )
    rates = problem.linked(phi, held)
    model = TwoCompartment(*(_check.exact(rate) for rate in rates))
    dof = len(points) - unknown
    p_value = float(chdtrc(dof, chi_square)) if dof else None
    flags = list(points.flags)
    flags += [Flag.NO_DOF] if dof == 0 else []
    flags += [Flag.CHI_SQUARE_REJECTED] if dof and p_value < value("kinetics.chi_square_p") else []
    flags += [Flag.SIGMA_OVERSTATED] if dof and p_value > value("kinetics.chi_square_p_high") else []
    flags += [Flag.FELL_BACK_TO_PHYSICAL] if "u" in held else []
    flags += [Flag.AT_BOUND] if held & {"s", "d"} else []
    flags += [Flag.EARLY_PHASE_ASSUMED] if k_b_per_h is not None else []
    cv = value("kinetics.parameter_cv")
    flags += [Flag.UNDETERMINED] if any(_check.exact(r).std_dev >= cv * _check.nominal(r) for r in rates) else []
    share = float(_check.nominal(model.fraction_after(float(points.times_h[-1]))))
    flags += extrapolation_flags(share)
    return TwoCompartmentFit(
        model=model,
        chi_square=chi_square,
        dof=dof,
        p_value=p_value,
        residuals=-problem.misfit(phi),
        extrapolated_fraction=share,
        flags=tuple(dict.fromkeys(flags)),
        sources=(*points.sources, "radioiodine.uptake"),
    )


def _require_points(points: LinkedCurve, unknown: int) -> None:
    count = len(points)
    if count < unknown:
        advice = "; give k_b_per_h to do with two late points" if count == 2 else ""
        raise FitError(f"{count} point{'s' * (count > 1)} cannot determine {unknown} rates{advice}")
    if count == unknown and not points.sigma_given:
        raise FitError(
            f"{count} points for {unknown} rates leave nothing to judge the uncertainty by; give sigma, or uptakes as "
            "ufloats"
        )


class _Problem:
    """Least squares in u = ln(k_thyroid/decay), d = ln(k_b/k_thyroid) and s = k_t/(k_b - decay).

    In these the bounds are a box: k_thyroid not below decay, k_b not below k_thyroid, and no more into the thyroid
    than leaves the pool otherwise than by decay.
    """

    def __init__(self, points: LinkedCurve, k_b_per_h):
        self.points, self.k_b = points, k_b_per_h
        self.decay = points.nuclide.decay_constant_per_h
        self.plain_b = None if k_b_per_h is None else _check.nominal(k_b_per_h)
        self.top_u = float(np.log((self.plain_b or _FASTEST) / self.decay))
        self.top_d = float(np.log(_FASTEST / self.decay))

    def rates(self, phi, k_b=None):
        """k_t, k_b and k_thyroid for floats or ufloats; without d, k_b is the one given."""
        k_thyroid = self.decay * _check.exp(phi["u"])
        if "d" in phi:
            k_b = k_thyroid * _check.exp(phi["d"])
        elif k_b is None:
            k_b = self.plain_b
        return phi["s"] * (k_b - self.decay), k_b, k_thyroid

    def misfit(self, phi) -> np.ndarray:
        """(fitted - measured)/sigma."""
        return (TwoCompartment(*self.rates(phi)).uptake(self.points.times_h) - self.points.activity_mbq) / (
            self.points.sigma_mbq
        )

    def best(self):
        """Smallest chi-square and where it is."""
        minima = [self.polish(start) for start in self.starts()]
        if not minima:
            raise FitError("no rates come near these uptakes; check times and values")
        chi_square, phi = min(minima, key=lambda pair: pair[0])
        if not np.isfinite(chi_square):
            raise FitError(f"the fit did not converge; residuals {self.misfit(phi)}")
        return chi_square, phi

    def starts(self, count=2):
        """The best points of a grid of rates, k_t by linear least squares."""
        tried = []
        loss = [self.plain_b] if self.plain_b else np.geomspace(0.02, 2, 14)
        target = self.points.activity_mbq / self.points.sigma_mbq
        for k_thyroid in self.decay * np.array([1.01, 1.1, 1.25, 1.5, 1.8, 2.2, 3, 5, 10]):
            for k_b in loss:
                if k_b < 1.02 * k_thyroid:
                    continue
                shape = TwoCompartment(1.0, k_b, k_thyroid).uptake(self.points.times_h) / self.points.sigma_mbq
                k_t = float(np.clip(shape @ target / (shape @ shape), 0, k_b - self.decay))
                phi = {"u": np.log(k_thyroid / self.decay), "s": max(k_t / (k_b - self.decay), 1e-3)}
                phi |= {} if self.plain_b else {"d": np.log(k_b / k_thyroid)}
                tried.append((float(np.sum((k_t * shape - target) ** 2)), phi))
        tried.sort(key=lambda pair: pair[0])
        if not tried:  # the given k_b is hardly above decay
            tried = [(0.0, {"u": 0.5 * self.top_u, "s": 0.5})]
        return [phi for _, phi in tried[:count]]

    def polish(self, start, lowest_u=0.0):
        """One minimum from one start."""
        import lmfit  # imported late: it costs a third of a second

        parameters = lmfit.Parameters()
        limits = {"u": (lowest_u, self.top_u), "d": (0.0, self.top_d), "s": (1e-9, 1.0)}
        for name, number in start.items():
            low, high = limits[name]
            parameters.add(name, value=float(np.clip(number, low, high)), min=low, max=high)

        def residual(current):
            return self.misfit({name: item.value for name, item in current.items()})

        # lmfit's default turns bounds into a sine, in which a rate near its bound gets stuck
        outcome = lmfit.Minimizer(residual, parameters, calc_covar=False, scale_covar=False, nan_policy="raise")
        with np.errstate(invalid="ignore", divide="ignore"):  # of a covariance that it computes unasked
            polished = outcome.least_squares(xtol=1e-13, ftol=1e-15, gtol=1e-15, x_scale="jac", max_nfev=400).params
        phi = {name: item.value for name, item in polished.items()}
        # the method stays inside its bounds: take the bound itself where that is as good
        ends = dict(phi)
        for name, end in {"u": lowest_u, "s": 1.0, "d": 0.0}.items():
            if name in ends and abs(ends[name] - end) < _AT_BOUND:
                ends[name] = end
        pairs = [(float(np.sum(self.misfit(candidate) ** 2)), candidate) for candidate in (ends, phi)]
        return min(pairs, key=lambda pair: pair[0])

    def held(self, phi) -> set[str]:
        """Which parameters ran to the end of their range."""
        ends = {"u": [0.0, self.top_u], "s": [1.0], "d": [0.0, self.top_d]}
        return {name for name, number in phi.items() if min(abs(number - end) for end in ends[name]) < _AT_BOUND}

    def slower(self, phi, chi_square) -> bool:
        """Whether a loss slower than decay fits, and clearly better than physical decay (likelihood ratio, 1 %)."""
        from scipy.special import chdtrc

        free, _ = self.polish(phi | {"u": -0.1}, lowest_u=-4.0)
        level, dof = value("kinetics.chi_square_p"), len(self.points) - len(phi)
        return bool(chdtrc(1, chi_square - free) < level and (dof == 0 or chdtrc(dof, free) >= level))

    def linked(self, phi, held):
        """The rates in terms of the measured points, and of the given k_b."""
        names = [name for name in phi if name not in held]
        unit = {name: ufloat(phi[name], 1.0) for name in names}
        given = None if self.k_b is None else ufloat(self.plain_b, 1.0)
        values = TwoCompartment(*self.rates(phi | unit, given)).uptake(self.points.times_h)
        slopes = np.array([[row.derivatives.get(unit[name], 0.0) for name in names] for row in values])
        points = self.points.measured()
        if isinstance(self.k_b, UFloat):
            shift = self.k_b - self.plain_b
            points = [
                point - row.derivatives.get(given, 0.0) * shift for point, row in zip(points, values, strict=True)
            ]
        free = estimate([phi[name] for name in names], slopes, self.points.sigma_mbq, points) if names else []
        return self.rates(phi | dict(zip(names, free, strict=True)), self.k_b)
