"""The linear budget of a dose, doses that know what they share, and values with a common uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.uncertainty import _recovered
from mrtlab.uncertainty.outline import edge_value, volume

__all__ = ["Budget", "dose_budget", "with_shared"]


@dataclass(frozen=True)
class Budget:
    """Relative standard uncertainty of an absorbed dose and where it comes from. All numbers are relative.

    Attributes
    ----------
    total_rel : float
        Of the dose, covariances included.
    shares : mapping of str to float
        Share of each contribution in the variance; they add up to 1. ``covariance`` is mostly negative.
    correlation_neglected_rel : float
        What would come out if the covariances were left out.
    volume_rel, recovery_rel, counts_rel, activity_rel, tia_rel, s_value_rel : float
        Steps of the chain.
    recovery, edge : float
        Recovery coefficient, and twice the value at the edge of the blurred sphere.
    covariance_recovery_counts, covariance_tia_s_value : float
        Relative covariances.
    flags, sources : tuple of str
    """

    total_rel: float
    shares: Mapping[str, float]
    correlation_neglected_rel: float
    volume_rel: float
    recovery_rel: float
    counts_rel: float
    activity_rel: float
    tia_rel: float
    s_value_rel: float
    recovery: float
    edge: float
    covariance_recovery_counts: float
    covariance_tia_s_value: float
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("uncertainty.gear2018",)
    # 1 ± everything but the curve fit, and the relative uncertainty of that
    _common: UFloat | None = field(default=None, repr=False, compare=False)
    _fit_rel: float = field(default=0.0, repr=False, compare=False)

    def dose(self, dose_gy: float, tia_random_rel: float | None = None) -> UFloat:
        """A dose with the uncertainty of this budget, correlated with other doses as it must be.

        Doses of different budgets are correlated through what the budgets were given in common as ufloats: the
        parameters of one recovery curve, the sensitivity, the S value. Volumes are independent. Doses of one budget,
        such as cycles measured in one outline, have the volume in common as well. The curve fit is new for every
        call.

        Parameters
        ----------
        dose_gy : float
            Best estimate, Gy, without an uncertainty: the budget holds all of it.
        tia_random_rel : float, optional
            Of this dose's own curve fit, where it is not that of the budget.

        Returns
        -------
        ufloat
            Gy; its relative uncertainty is ``total_rel``.

        Raises
        ------
        InputError
            For a dose that is not positive, or already has an uncertainty.

        References
        ----------
        Gear et al. 2018, doi:10.1007/s00259-018-4136-7. Linear: where the budget is flagged
        ``LINEARISATION_DOUBTFUL``, so are these doses.

        Examples
        --------
        >>> from uncertainties import correlated_values, ufloat
        >>> from mrtlab.calibration import RecoveryCurve
        >>> curve = RecoveryCurve(*correlated_values([4, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
        >>> sensitivity = ufloat(9.1, 0.27)
        >>> kidney = dose_budget(150, 0.2, 0.3, 1.0, curve, sensitivity, 0.05, 0.98)
        >>> lesion = dose_budget(20, 0.2, 0.3, 1.0, curve, sensitivity, 0.05, 0.98)
        >>> print(f"{kidney.dose(4.0) + lesion.dose(30.0):.1f} Gy")
        34.0+/-4.0 Gy
        """
        if self._common is None:
            raise InputError("this budget was put together by hand and has no parts; make it with dose_budget")
        if isinstance(dose_gy, UFloat):
            raise InputError(
                f"dose_gy has an uncertainty already, {dose_gy!r}; give the plain number, or parts of it count twice"
            )
        dose_gy = _numbers.single("dose_gy", _check.positive("dose_gy", dose_gy))
        spread = self._fit_rel if tia_random_rel is None else tia_random_rel
        spread = _check.fraction("tia_random_rel", _plain("tia_random_rel", spread))
        return dose_gy * self._common * _recovered.one(spread)


def dose_budget(
    volume_ml: float,
    outline_voxel_cm: float,
    outline_fwhm_cm: float,
    image_fwhm_cm: float,
    recovery,
    sensitivity_rel,
    tia_random_rel: float,
    s_exponent: float,
    *,
    s_model_rel=0.0,
) -> Budget:
    """Uncertainty of the mean dose to a region that was outlined, corrected for recovery, fitted and integrated.

    Computed step by step (volume, recovery, counts, activity, time-integrated activity, S value, dose) and again in one
    line; the two agree to 1e-12 or the function raises.

    Parameters
    ----------
    volume_ml : float
        mL.
    outline_voxel_cm, outline_fwhm_cm : float
        Voxel and resolution of the image on which the volume was outlined (CT or emission), cm.
    image_fwhm_cm : float
        Resolution of the emission image, cm.
    recovery : RecoveryCurve
        With correlated ``b1_ml`` and ``b2``, and a ``plateau`` if it was fitted.
    sensitivity_rel : float or ufloat
        Relative standard uncertainty of the calibration; or the sensitivity itself with its uncertainty (cps/MBq, or
        any factor of 0.5 or more), which doses of several organs then have in common (see :meth:`Budget.dose`).
    tia_random_rel : float
        Relative standard uncertainty of the time-integrated activity from the scatter of the points alone.
    s_exponent : float
        c2 in ``S = c1 V^-c2``; near 1.
    s_model_rel : float or ufloat
        Relative standard uncertainty of c1 (decay data, model); or a factor ``ufloat(1, ...)`` that doses of several
        organs have in common. By default it is left out.

    Returns
    -------
    Budget
        Flagged ``LINEARISATION_DOUBTFUL`` if volume or dose are uncertain by more than 30 %: use
        :func:`dose_monte_carlo`. Flagged with what the recovery curve says of itself and of this volume, and with
        ``RECOVERY_LOW`` below 0.5.

    Raises
    ------
    InputError
        For numbers out of range, a recovery that is no curve, or a recovery below 0.2, where the correction for it is
        refused, too.

    References
    ----------
    Gear et al. 2018, doi:10.1007/s00259-018-4136-7.
    """
    volume_ml = _plain("volume_ml", _check.positive("volume_ml", volume_ml))
    sensitivity = _recovered.factor("sensitivity_rel", sensitivity_rel)
    s_model = _recovered.factor("s_model_rel", s_model_rel)
    fit_rel = _plain("tia_random_rel", _check.fraction("tia_random_rel", tia_random_rel))
    s_exponent = _plain("s_exponent", _check.positive("s_exponent", s_exponent))
    u_volume = float(volume(volume_ml, outline_voxel_cm, outline_fwhm_cm))
    recovered = _recovered.read(recovery, volume_ml)
    u_fit, slope = recovered.coefficient.std_dev / recovered.plain, recovered.slope
    edge = float(edge_value(volume_ml, image_fwhm_cm))
    half_edge = edge / (2 * recovered.plain)

    u_recovery = np.hypot(u_fit, slope * u_volume)
    u_counts = half_edge * u_volume
    covariance_rc = half_edge * slope * u_volume**2
    activity = sensitivity.std_dev**2 + u_recovery**2 + u_counts**2 - 2 * covariance_rc
    tia = fit_rel**2 + activity
    u_s = np.hypot(s_exponent * u_volume, s_model.std_dev)
    covariance_ts = -s_exponent * (half_edge - slope) * u_volume**2
    total = tia + u_s**2 + 2 * covariance_ts

    bracket = half_edge - slope - s_exponent
    one_line = fit_rel**2 + sensitivity.std_dev**2 + s_model.std_dev**2 + u_fit**2 + (bracket * u_volume) ** 2
    if abs(total - one_line) > 1e-12 * max(total, 1.0):
        raise ArithmeticError(f"the two forms of the budget differ: {total} and {one_line}")
    # what sensitivity, curve and S value have to do with each other, if they came as ufloats that do
    outline = _recovered.one(u_volume)
    calibrated = recovered.plain / recovered.coefficient / sensitivity
    link = calibrated.std_dev**2 - sensitivity.std_dev**2 - u_fit**2
    common = calibrated * s_model * outline**bracket
    total = max(common.std_dev**2 + fit_rel**2, np.finfo(float).tiny)
    parts = {
        "volume in counts": u_counts**2,
        "volume in recovery": (slope * u_volume) ** 2,
        "volume in S value": (s_exponent * u_volume) ** 2,
        "recovery curve": u_fit**2,
        "sensitivity": sensitivity.std_dev**2,
        "curve fit": fit_rel**2,
        "S value itself": s_model.std_dev**2,
    }
    parts["covariance"] = total - sum(parts.values())
    doubtful = max(u_volume, np.sqrt(total)) > value("uncertainty.volume_limit")
    return Budget(
        total_rel=float(np.sqrt(total)),
        shares=MappingProxyType({name: float(part / total) for name, part in parts.items()}),
        correlation_neglected_rel=float(np.sqrt(total - parts["covariance"])),
        volume_rel=u_volume,
        recovery_rel=float(u_recovery),
        counts_rel=float(u_counts),
        activity_rel=float(np.sqrt(max(activity + link, 0.0))),
        tia_rel=float(np.sqrt(max(tia + link, 0.0))),
        s_value_rel=float(u_s),
        recovery=recovered.plain,
        edge=edge,
        covariance_recovery_counts=float(covariance_rc),
        covariance_tia_s_value=float(covariance_ts),
        flags=(*recovered.flags, *([Flag.LINEARISATION_DOUBTFUL] if doubtful else [])),
        sources=tuple(dict.fromkeys(("uncertainty.gear2018", "uncertainty.edge", *recovered.sources))),
        _common=common,
        _fit_rel=fit_rel,
    )


def with_shared(values: Sequence, random_rel, shared_rel) -> tuple[UFloat, ...]:
    """Values with an uncertainty of their own and one that all have in common.

    Doses of several cycles or organs share calibration and S value; their volumes and fits are their own. The sum of
    such values then has ``u^2 = sum u_random^2 + (sum u_shared)^2`` without further work. (:meth:`Budget.dose` also
    knows of recovery curve and volume.)

    Parameters
    ----------
    values : sequence of float or ufloat
        For example the doses of the cycles, Gy. The uncertainty of a ufloat stays, and what is given here is added.
    random_rel : float or sequence of float
        Relative standard uncertainty of each value alone.
    shared_rel : float or ufloat
        Relative standard uncertainty common to all; or the common factor itself with its uncertainty (a sensitivity),
        which values of several calls then share.

    Returns
    -------
    tuple of ufloat
        In the unit of ``values``.

    Raises
    ------
    InputError
        For values that are not positive, uncertainties outside 0 to 1, or lengths that differ.

    References
    ----------
    JCGM 102:2011 (GUM supplement 2): several results with common input (``uncertainty.multivariate``).

    Examples
    --------
    >>> doses = with_shared([5.2, 5.2, 5.2, 5.2], random_rel=0.06, shared_rel=0.05)
    >>> round(sum(doses).std_dev, 3)
    1.213
    """
    values = [values] if isinstance(values, UFloat) or np.ndim(values) == 0 else values
    numbers = _check.positive("values", _numbers.row("values", values))
    if np.ndim(random_rel):
        random_rel = _numbers.row("random_rel", random_rel)
        _numbers.same_length(values=numbers, random_rel=random_rel)
    own = _check.fraction("random_rel", random_rel)
    if _numbers.uncertain(own):
        raise InputError(f"random_rel must be plain numbers, got {random_rel!r}")
    common = _recovered.factor("shared_rel", shared_rel)
    return tuple(
        number * _recovered.one(spread) * common
        for number, spread in zip(numbers.tolist(), np.broadcast_to(own, len(numbers)).tolist(), strict=True)
    )


def _plain(name: str, number) -> float:
    if isinstance(number, UFloat):
        raise InputError(f"{name} must be a plain number, without an uncertainty of its own; got {number!r}")
    return _numbers.single(name, number)
