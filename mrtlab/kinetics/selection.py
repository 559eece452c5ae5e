"""Choosing between curves: goodness of fit first, then the Akaike criterion, and what is left open said aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import chdtrc
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError, PhysicsError
from mrtlab.kinetics.curve import TimeActivity
from mrtlab.kinetics.fitting import Fit, fit, undetermined
from mrtlab.kinetics.models import MODELS
from mrtlab.kinetics.physical import refusal, terminal_slope
from mrtlab.kinetics.trapezoids import trapezoid

__all__ = ["Selection", "akaike_average", "akaike_weights", "select"]

_DECIDED = 0.95  # Akaike weight above which one curve is reported alone


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """What is left of the candidate curves, and why the others fell.

    Attributes
    ----------
    curve : TimeActivity
    best : Fit
    ranking : tuple of Fit
        All survivors: those the Akaike criterion can weigh, best first; then the others, fewest parameters first.
    rejected : mapping of str to tuple of str
        Reasons, as sentences, by model.
    alternatives : tuple of Fit
        Survivors that the criterion could not weigh (too few points), ``best`` apart.
    weights : mapping of str to float
        Akaike weights of the survivors it could weigh; empty if there are none.
    average_tia_mbq_h : ufloat
        Average over the weighed survivors. If none could be weighed: mean and half-range of the survivors, and
        never less than the uncertainty of the best.
    span_tia_mbq_h : tuple of float
        Smallest and largest time-integrated activity of all survivors, MBq·h.
    bracket_tia_mbq_h : tuple of float or None
        Without any curve: log-trapezoid with a tail at the rate of the last two points and at physical decay,
        MBq·h. None for a single point.
    fits : mapping of str to Fit
        Everything that could be fitted, rejected or not.
    flags, sources : tuple of str
    """

    curve: TimeActivity
    best: Fit
    ranking: tuple[Fit, ...]
    rejected: Mapping[str, tuple[str, ...]]
    alternatives: tuple[Fit, ...]
    weights: Mapping[str, float]
    average_tia_mbq_h: UFloat
    span_tia_mbq_h: tuple[float, float]
    bracket_tia_mbq_h: tuple[float, float] | None
    fits: Mapping[str, Fit]
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("kinetics.models", "kinetics.aicc")

    def __repr__(self):
        others = ", ".join(item.model for item in self.ranking[1:]) or "none"
        return f"Selection(best {self.best!r}, also fit: {others}, rejected: {', '.join(self.rejected) or 'none'})"

    @property
    def tia_mbq_h(self) -> UFloat:
        """The value to report: the best curve's if its weight exceeds 0.95, else the average."""
        decided = max(self.weights.values(), default=0.0) > _DECIDED or len(self.ranking) == 1
        return self.best.tia_mbq_h if decided else self.average_tia_mbq_h


def select(curve: TimeActivity, models: Sequence[str] | None = None, thorough: bool = False) -> Selection:
    """Fit the candidate curves, reject those the points do not support, rank the rest.

    A curve is rejected if a parameter ran to the end of its range, an amplitude or a total rate is known to no
    better than 50 %, or chi-square has p < 0.01; also if it is a special case of another survivor whose chi-square
    is lower by more than chance explains (likelihood-ratio test, p < 0.01). Only the survivors are ranked, by AICc
    for known uncertainties, which needs two points more than parameters. A wash-out that cannot be told from physical
    decay is taken as physical decay and flagged ``FELL_BACK_TO_PHYSICAL``.

    Parameters
    ----------
    curve : TimeActivity
    models : sequence of str, optional
        Candidates from :data:`MODELS`; all seven by default.
    thorough : bool
        Passed to :func:`fit`.

    Raises
    ------
    FitError
        If no candidate survives; the message gives the reason for each.
    PhysicsError
        If the points fall slower than physical decay.

    References
    ----------
    Kletting et al., Med Phys 2013;40:102504; Hardiansyah et al., EJNMMI Phys 2021, s40658-021-00427-x; Burnham
    and Anderson, Model Selection and Multimodel Inference, 2002.
    """
    if not isinstance(curve, TimeActivity):
        raise InputError(f"curve must be a TimeActivity, got {type(curve).__name__}")
    if isinstance(models, str) or (models is not None and len(models) == 0):
        raise InputError(f"models must be a list of names, got {models!r}")
    names = list(dict.fromkeys(_check.choice("models", name, MODELS) for name in (models or MODELS)))
    fits: dict[str, Fit] = {}
    rejected: dict[str, tuple[str, ...]] = {}
    for name in names:
        try:
            fits[name] = fit(curve, name, thorough=thorough)
        except FitError as refused:
            rejected[name] = (str(refused).removeprefix(f"{name}: "),)
            continue
        reasons = tuple(_reasons(fits[name]))
        if reasons:
            rejected[name] = reasons
    rejected |= _outdone({name: item for name, item in fits.items() if name not in rejected})
    survivors = [fits[name] for name in names if name in fits and name not in rejected]
    if not survivors:
        _refuse(curve, fits, rejected)
    weighed = sorted((item for item in survivors if item.aicc is not None), key=lambda item: item.aicc)
    others = sorted(
        (item for item in survivors if item.aicc is None),
        key=lambda item: (MODELS[item.model].parameters, item.chi_square),
    )
    ranking = tuple(weighed + others)
    best = ranking[0]
    tias = [item.tia_mbq_h.nominal_value for item in survivors]
    span = (min(tias), max(tias))
    weights = dict(zip([item.model for item in weighed], akaike_weights([item.aicc for item in weighed]), strict=True))
    return Selection(
        curve=curve,
        best=best,
        ranking=ranking,
        rejected=MappingProxyType(rejected),
        alternatives=tuple(item for item in others if item is not best),
        weights=MappingProxyType(weights),
        average_tia_mbq_h=_average(weighed, others, list(weights.values())),
        span_tia_mbq_h=span,
        bracket_tia_mbq_h=_bracket(curve),
        fits=MappingProxyType(fits),
        flags=tuple(dict.fromkeys([*best.flags, *_flags(fits, best, weighed, span)])),
        sources=(*best.sources, "kinetics.aicc", "kinetics.likelihood_ratio", "kinetics.parameter_cv"),
    )


def akaike_weights(criteria: Sequence[float]) -> list[float]:
    """Akaike weights of several values of the same criterion; they add up to 1.

    References
    ----------
    Burnham and Anderson, Model Selection and Multimodel Inference, 2002.
    """
    if len(criteria) == 0:
        return []
    relative = np.exp(-0.5 * (np.asarray(criteria, dtype=float) - np.min(criteria)))
    return [float(weight) for weight in relative / relative.sum()]


def akaike_average(values: Sequence[UFloat], weights: Sequence[float]) -> UFloat:
    """Model average with its unconditional uncertainty.

    ``x = sum w_i x_i`` and ``u = sum w_i sqrt(u_i^2 + (x_i - x)^2)`` (Burnham and Anderson 2002). The result is a
    new ufloat: the spread between models is not a property of the measurements.

    References
    ----------
    Burnham and Anderson, Model Selection and Multimodel Inference, 2002, section 4.3.
    """
    mean = sum(weight * item.nominal_value for weight, item in zip(weights, values, strict=True))
    spread = sum(
        weight * np.hypot(item.std_dev, item.nominal_value - mean) for weight, item in zip(weights, values, strict=True)
    )
    return ufloat(mean, spread)


def _reasons(candidate: Fit):
    """Why a fit is rejected, as sentences; nothing for a survivor."""
    shape = MODELS[candidate.model]
    if candidate.dof == 0:
        yield f"as many parameters as points ({shape.parameters}): nothing tests it"
        return
    for name in candidate.at_bound:
        if not _physical_washout(candidate, name):
            yield _bound_sentence(candidate, shape, name)
    numbers = np.array([param.nominal_value for param in candidate.params.values()])
    physical = candidate.curve.nuclide.decay_constant_per_h
    for name, share in undetermined(shape, numbers, candidate.covariance, physical):
        what = name.split("_")[0].upper() if name.startswith("a") else f"λp + {name.split('_')[0]}"
        yield f"{what} is known to no better than {100 * share:.0f} %" if share < 10 else f"{what} is undetermined"
    if candidate.p_value < value("kinetics.chi_square_p"):
        plural = "s" if candidate.dof > 1 else ""
        yield (
            f"χ² = {candidate.chi_square:.3g} on {candidate.dof} degree{plural} of freedom (p = "
            f"{candidate.p_value:.1g}): "
            "the points lie further from it than their uncertainty allows"
        )


def _outdone(survivors: Mapping[str, Fit]) -> dict[str, tuple[str, ...]]:
    """Survivors that a more general survivor fits better than chance explains.

    With few points the small-sample term of the Akaike criterion can outweigh any misfit; the likelihood-ratio
    test of nested curves cannot be outweighed.
    """
    outdone = {}
    for name, simple in survivors.items():
        for wider in (survivors[other] for other in MODELS[name].within if other in survivors):
            gain, extra = simple.chi_square - wider.chi_square, simple.dof - wider.dof
            p_value = float(chdtrc(extra, max(gain, 0.0)))
            if p_value < value("kinetics.chi_square_p"):
                outdone[name] = (
                    f"{wider.model}, of which it is a special case, lowers χ² from {simple.chi_square:.3g} to "
                    f"{wider.chi_square:.3g} with {extra} more parameter{'s' * (extra > 1)} (p = {p_value:.1g})",
                )
                break
    return outdone


def _physical_washout(candidate: Fit, name: str) -> bool:
    """Whether an uptake curve merely falls with physical decay, which is a limit and no defect."""
    return candidate.model == "uptake" and name == "b1_per_h" and candidate.params[name].nominal_value < 1e-2


def _bound_sentence(candidate: Fit, shape, name: str) -> str:
    if name.startswith("a"):
        return f"the amplitude {name.split('_')[0].upper()} ran to zero: the points hold no such phase"
    fast = candidate.params[name].nominal_value > 1e-2 * candidate.curve.nuclide.decay_constant_per_h
    if shape.uptake is not None and name == f"b{shape.uptake + 1}_per_h" and fast:
        return f"its uptake rate {name.split('_')[0]} ran to its bound: the points hold no uptake phase"
    if fast:
        return f"the rate {name.split('_')[0]} ran to its bound: so fast a phase cannot be seen by these points"
    return f"the rate {name.split('_')[0]} ran to zero: that phase cannot be told from physical decay"


def _refuse(curve: TimeActivity, fits, rejected) -> None:
    """Raise the most telling error when nothing survives."""
    passes = any(item.dof > 0 and item.p_value >= value("kinetics.chi_square_p") for item in fits.values())
    reasons = "; ".join(f"{name}: {' and '.join(why)}" for name, why in rejected.items())
    region = f"{curve.region}: " if curve.region else ""
    if len(curve) >= 2:
        rate, spread = terminal_slope(curve)
        physical = curve.nuclide.decay_constant_per_h
        if np.argmax(curve.activity_mbq) == len(curve) - 1:
            raise FitError(
                f"{region}the activity is still rising at the last point ({curve.times_h[-1]:g} h), so its fall was "
                f"not measured; a later scan is needed. {reasons}"
            )
        # where a curve with uptake passes through the points, its going on explains the slow fall
        if rate < physical - 2 * spread and rate < 0.99 * physical and not passes:
            raise PhysicsError(f"{refusal(curve, 'the last two points', rate)}. {reasons}")
    advice = {
        1: "this one point; see mrtlab.kinetics.single_point.",
        2: "these two points; see mrtlab.kinetics.two_point or, with a population's half-life, map_fit.",
    }.get(len(curve), f"these {len(curve)} points; is one of them wrong, or their uncertainty too small?")
    if passes:
        advice = f"these {len(curve)} points: they do not determine the curve that fits them; another scan would."
    raise FitError(f"{region}no curve is supported by {advice} {reasons}")


def _average(weighed, others, weights) -> UFloat:
    if len(weighed) > 1:
        return akaike_average([item.tia_mbq_h for item in weighed], weights)
    if weighed or len(others) == 1:
        return (weighed or others)[0].tia_mbq_h
    tias = [item.tia_mbq_h.nominal_value for item in others]
    return ufloat(np.mean(tias), max((max(tias) - min(tias)) / 2, others[0].tia_mbq_h.std_dev))


def _bracket(curve: TimeActivity):
    if len(curve) < 2:
        return None
    ends = [trapezoid(curve, tail=tail).tia_mbq_h.nominal_value for tail in ("effective", "physical")]
    return (min(ends), max(ends))


def _flags(fits, best, weighed, span):
    mono = fits.get("mono")
    washout_gone = best.model == "phys" and mono is not None and "b1_per_h" in mono.at_bound
    if washout_gone or (best.model == "uptake" and "b1_per_h" in best.at_bound):
        yield Flag.FELL_BACK_TO_PHYSICAL
    if not weighed:
        yield Flag.SELECTION_UNDECIDED
    middle, spread = best.tia_mbq_h.nominal_value, best.tia_mbq_h.std_dev
    if span[0] < middle - 2 * spread or span[1] > middle + 2 * spread:
        yield Flag.MODELS_DISAGREE
