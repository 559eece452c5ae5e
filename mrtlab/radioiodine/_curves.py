"""Measured fractions as time-activity curves, correlations between the points kept.

Uptakes measured against one standard share its uncertainty. As ufloats they may say so; the curve then carries the
very numbers it was given, and every estimate is written as a linear function of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics import MODELS, TimeActivity, fit
from mrtlab.nuclides import nuclide as find_nuclide


@dataclass(frozen=True, eq=False, repr=False)
class LinkedCurve(TimeActivity):
    """A curve whose points may be correlated with each other and with other quantities."""

    points: Sequence[UFloat] = field(default=(), kw_only=True)

    def measured(self) -> list[UFloat]:
        """The points as given; independent ones if they were plain numbers."""
        return list(self.points) or super().measured()


def curve(name: str, times_h, values, sigma=None, *, nuclide="I-131", decay_corrected=False) -> LinkedCurve:
    """Fractions of the administered activity (or counts) at several times, checked under the caller's names.

    Raises
    ------
    InputError
        For rows of different lengths, unsorted times, values not above 0, or an uncertainty given twice.
    """
    if not isinstance(decay_corrected, (bool, np.bool_)):
        raise InputError(
            "decay_corrected must be given as True or False: were the values corrected for decay to the time of "
            "administration? An integral needs physical decay inside; forgetting it costs tens of per cent"
        )
    times_h = _numbers.row("times_h", _check.positive("times_h", times_h, "times are hours after administration"))
    if _numbers.uncertain(times_h):
        raise InputError("times_h must be plain numbers; their uncertainty is negligible here")
    values = _numbers.row(name, _check.positive(name, values, "leave out points without activity"))
    _numbers.same_length(**{"times_h": times_h, name: values})
    spread = _numbers.deviations(values)
    points = ()
    if np.any(spread > 0):
        if sigma is not None:
            raise InputError(f"{name} carries its uncertainty already; leave out sigma")
        if np.any(spread == 0):
            raise InputError(f"{name} has an uncertainty at some points only; give it for all or for none")
        points = values * (find_nuclide(nuclide).decay_factor(times_h) if decay_corrected else 1.0)
        values, sigma = _check.nominal(points), _numbers.deviations(points)
        decay_corrected = False
    elif sigma is not None:
        sigma = _check.positive("sigma", sigma)
        sigma = np.broadcast_to(sigma, values.shape) if np.ndim(sigma) == 0 else _numbers.row("sigma", sigma)
        _numbers.same_length(**{name: values, "sigma": sigma})
    return LinkedCurve(
        times_h, _check.nominal(values), sigma, nuclide=nuclide, decay_corrected=bool(decay_corrected),
        points=tuple(points), region=name,
    )  # fmt: skip


def estimate(numbers, jacobian, sigma, points) -> list[UFloat]:
    """Least-squares estimates as linear functions of the points: ``theta + (J^T W J)^-1 J^T W (y - y0)``.

    For independent points this is the usual covariance; correlations between the points go through.
    """
    weighted = np.asarray(jacobian, dtype=float) / np.asarray(sigma)[:, None]
    lengths = np.linalg.norm(weighted, axis=0)
    left, singular, right = np.linalg.svd(weighted / lengths, full_matrices=False)
    # a direction the points do not see keeps a huge variance, where a pseudo-inverse would give it none
    gain = right.T @ (left.T / np.maximum(singular, 1e-9 * singular[0])[:, None]) / lengths[:, None] / sigma
    noise = [point - point.nominal_value for point in points]
    return [
        float(number) + sum(float(g) * d for g, d in zip(row, noise, strict=True))
        for number, row in zip(numbers, gain, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Exponentials:
    """A sum of exponentials fitted to a curve."""

    amplitudes: list
    rates_per_h: list  # total, per hour
    chi_square: float
    dof: int
    extrapolated_fraction: float
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def integral(self):
        """From administration to infinity."""
        return sum(a / rate for a, rate in zip(self.amplitudes, self.rates_per_h, strict=True))

    def at(self, time_h):
        """Value at a time, hours."""
        return sum(
            a * _check.exp(-1 * rate * time_h) for a, rate in zip(self.amplitudes, self.rates_per_h, strict=True)
        )


def fitted(points: LinkedCurve, model: str) -> Exponentials:
    """``"mono"`` or ``"bi"`` by :func:`mrtlab.kinetics.fit`, in terms of the measured points.

    A mono-exponential that comes out at physical decay becomes physical decay, flagged.
    """
    found = fit(points, model)
    extra = ()
    if model == "mono" and "b1_per_h" in found.at_bound:
        found, extra = fit(points, "phys"), (Flag.FELL_BACK_TO_PHYSICAL,)
    shape, physical = MODELS[found.model], points.nuclide.decay_constant_per_h
    numbers = np.array([item.nominal_value for item in found.params.values()])
    split = shape.amplitudes
    jacobian = shape.jacobian(points.times_h, numbers[:split], numbers[split:], physical)
    free = [i for i, name in enumerate(shape.parameter_names) if name not in found.at_bound]
    parameters = list(numbers)
    if free:
        linked = estimate(numbers[free], jacobian[:, free], points.sigma_mbq, points.measured())
        for place, number in zip(free, linked, strict=True):
            parameters[place] = number
    return Exponentials(
        amplitudes=shape.weights(parameters[:split]),
        rates_per_h=shape.total_rates(parameters[split:], physical),
        chi_square=found.chi_square,
        dof=found.dof,
        extrapolated_fraction=found.extrapolated_fraction,
        flags=(*found.flags, *extra),
        sources=found.sources,
    )
