"""The chain of the budget by Monte Carlo, for where linearisation fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from uncertainties import UFloat, correlated_values, covariance_matrix

from mrtlab import _check, _numbers
from mrtlab.calibration.partial_volume import recovery as recovery_at
from mrtlab.errors import InputError
from mrtlab.uncertainty import _recovered
from mrtlab.uncertainty.outline import edge_value, volume
from mrtlab.uncertainty.sampling import LogNormal, Samples, count_and_seed, monte_carlo

__all__ = ["dose_monte_carlo", "refitted"]


def dose_monte_carlo(
    volume_ml: float,
    outline_voxel_cm: float,
    outline_fwhm_cm: float,
    image_fwhm_cm: float,
    recovery,
    sensitivity_rel,
    tia_random_rel: float,
    s_exponent: float,
    n: int = 200_000,
    seed: int = 1,
    *,
    s_model_rel=0.0,
    tia_samples=None,
) -> Samples:
    """The same chain by Monte Carlo: dose relative to its best estimate, never negative.

    Every factor is log-normal around its best estimate as median, with the relative standard deviation given: volume,
    sensitivity, S value, time-integrated activity, and the parameters of the recovery curve, whose logarithms keep the
    correlation of the parameters. The counts follow the volume with the exponent phi/(2R), recovery and S value follow
    it exactly.

    Parameters
    ----------
    volume_ml, outline_voxel_cm, outline_fwhm_cm, image_fwhm_cm, recovery, sensitivity_rel, tia_random_rel, s_exponent
        As for :func:`dose_budget`.
    n, seed : int
        Samples and seed, as for :func:`monte_carlo`.
    s_model_rel : float or ufloat
        As for :func:`dose_budget`.
    tia_samples : array, shape (n,), optional
        Time-integrated activities over their best estimate, such as :func:`refitted` gives; then ``tia_random_rel``
        must be 0.

    Returns
    -------
    Samples
        Flagged with what the recovery curve says of itself and of this volume.

    Raises
    ------
    InputError
        As :func:`dose_budget`, and for samples that are not positive, not relative, or counted twice.

    Notes
    -----
    The usual recipe draws sensitivity, curve fit and recovery parameters from normal distributions. Those reach zero
    and below, and a dose divided by them has no mean; where they are narrow the two agree, and where they are wide only
    the logarithm keeps to what is known, that none of these quantities can be negative.

    References
    ----------
    JCGM 101:2008 (``uncertainty.monte_carlo``); chain of Gear et al. 2018, doi:10.1007/s00259-018-4136-7. Log-normal
    throughout is a choice of mrtlab (``uncertainty.positive``).
    """
    count_and_seed(n, seed)
    volume_ml = _numbers.single("volume_ml", _check.positive("volume_ml", volume_ml))
    s_exponent = _numbers.single("s_exponent", _check.positive("s_exponent", s_exponent))
    fit_rel = _numbers.single("tia_random_rel", _check.fraction("tia_random_rel", tia_random_rel))
    u_volume = float(volume(volume_ml, outline_voxel_cm, outline_fwhm_cm))
    recovered = _recovered.read(recovery, volume_ml)
    half_edge = float(edge_value(volume_ml, image_fwhm_cm)) / (2 * recovered.plain)
    curve = _recovered.parameters(recovery)
    linked = _logarithms(
        {
            **curve,
            "sensitivity": _recovered.factor("sensitivity_rel", sensitivity_rel),
            "s_model": _recovered.factor("s_model_rel", s_model_rel),
        }
    )

    def relative_dose(outlined_ml, tia, sensitivity, s_model, **parameters):
        here = recovery_at(outlined_ml, **{name: np.exp(item) for name, item in parameters.items()})
        ratio = outlined_ml / volume_ml
        return ratio ** (half_edge - s_exponent) * recovered.plain / here * tia * np.exp(s_model - sensitivity)

    tia = LogNormal(1.0, fit_rel) if tia_samples is None else _relative(tia_samples, n, fit_rel)
    inputs = {**linked, "outlined_ml": LogNormal(volume_ml, u_volume), "tia": tia}
    return replace(
        monte_carlo(relative_dose, inputs, n, seed),
        flags=recovered.flags,
        sources=tuple(
            dict.fromkeys(
                ("uncertainty.monte_carlo", "uncertainty.positive", "uncertainty.gear2018", *recovered.sources)
            )
        ),
    )


def refitted(curve, refit: Callable, n: int = 200_000, seed: int = 1) -> np.ndarray:
    """Time-integrated activities of a curve whose points are drawn anew and fitted anew, over the best estimate.

    What the linear uncertainty of a fit cannot show: with few points, or points that are poorly known, the integral is
    skewed by the tail.

    Parameters
    ----------
    curve : TimeActivity
        With at least two points. Every point is drawn log-normal around its activity, independently, with its own
        ``sigma_mbq``; what is systematic belongs to the rest of the budget.
    refit : callable
        Takes activities of shape (points, columns), MBq, and returns the time-integrated activity of each column. For
        one exponential :func:`mrtlab.kinetics.fit_voxels` does them all at once; any other model is a loop over
        :func:`mrtlab.kinetics.fit`, with some thousand columns rather than 200 000.
    n, seed : int
        As for :func:`monte_carlo`; of the same seed it draws another stream.

    Returns
    -------
    array, shape (n,)
        Without unit, around 1. For ``tia_samples`` of :func:`dose_monte_carlo`.

    Raises
    ------
    InputError
        If ``curve`` is no curve, or ``refit`` does not return a positive number for every column.

    References
    ----------
    JCGM 101:2008 (``uncertainty.monte_carlo``).

    Examples
    --------
    >>> from mrtlab import kinetics
    >>> curve = kinetics.TimeActivity([4, 24, 96], [142, 118, 52], cv=0.08, nuclide="Lu-177", decay_corrected=False)
    >>> def refit(activity):
    ...     known = {"decay_corrected": False, "sigma_mbq": curve.sigma_mbq}
    ...     return kinetics.fit_voxels(activity, curve.times_h, curve.nuclide, **known).tia_mbq_h
    >>> relative = refitted(curve, refit, n=20_000)
    >>> bool(abs(relative.std() - kinetics.fit(curve, "mono").tia_mbq_h.std_dev / refit(curve.activity_mbq[:, None]))
    ...      < 0.01)
    True
    """
    count_and_seed(n, seed)
    if not callable(refit):
        raise InputError(f"refit must be a function of the activities, got {refit!r}; see the example of refitted")
    try:
        activity = _check.positive("curve.activity_mbq", _numbers.row("curve.activity_mbq", curve.activity_mbq))
        sigma = _check.non_negative("curve.sigma_mbq", _numbers.row("curve.sigma_mbq", curve.sigma_mbq))
    except AttributeError:
        raise InputError(f"curve must be a TimeActivity, got {type(curve).__name__}") from None
    spread = np.sqrt(np.log1p((sigma / activity) ** 2))[:, None]
    # a stream of its own, so that the points do not follow what monte_carlo draws from the same seed
    random = np.random.default_rng([int(seed), 1])
    drawn = activity[:, None] * np.exp(spread * random.standard_normal((len(activity), n)))
    found = np.asarray(refit(np.column_stack([activity, drawn])))
    if found.dtype.kind not in "fiu" or found.shape != (n + 1,):
        raise InputError(
            f"refit must return one time-integrated activity for each of {n + 1} columns, got an array of "
            f"{found.dtype} and shape {found.shape}"
        )
    good = np.isfinite(found) & (found > 0)
    if not good.all():
        raise InputError(f"refit gave no positive number for {np.mean(~good):.2%} of the columns; choose another model")
    return found[1:].astype(float) / float(found[0])


def _relative(tia_samples, n: int, fit_rel: float) -> np.ndarray:
    samples = _check.positive("tia_samples", tia_samples)
    if _numbers.uncertain(samples) or np.shape(samples) != (n,):
        raise InputError(f"tia_samples must be {n} plain numbers in a row, one for each sample (n)")
    if fit_rel:
        raise InputError("tia_random_rel must be 0 with tia_samples: they hold the scatter of the points already")
    middle = float(np.median(samples))
    if not 0.5 < middle < 2:
        raise InputError(
            f"tia_samples must be relative to the best estimate and lie around 1, their median is {middle:g}; divide "
            "them by the time-integrated activity of the measured points"
        )
    return samples


def _logarithms(numbers: dict[str, UFloat]) -> dict[str, UFloat | float]:
    """Logarithms, jointly normal: each with its log-normal spread, the correlations those of the numbers."""
    plain = np.array([item.nominal_value for item in numbers.values()])
    relative = np.array(covariance_matrix(list(numbers.values()))) / np.outer(plain, plain)
    deviation = np.sqrt(np.diag(relative))
    result = dict(zip(numbers, np.log(plain).tolist(), strict=True))
    free = np.flatnonzero(deviation > 0)
    if len(free):
        wanted = np.sqrt(np.log1p(deviation[free] ** 2))
        scale = wanted / deviation[free]
        linked = correlated_values(np.log(plain[free]), relative[np.ix_(free, free)] * np.outer(scale, scale))
        names = list(numbers)
        result.update((names[place], item) for place, item in zip(free, linked, strict=True))
    return result
