"""Recovery of small objects: the curve, its fit to phantom spheres, and the correction of activities."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from uncertainties import UFloat, correlated_values, covariance_matrix

from mrtlab import _check, _numbers
from mrtlab.calibration._fit import least_squares, quality
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError, PhysicsError, PlausibilityWarning

__all__ = ["RecoveryCurve", "fit_recovery", "partial_volume_corrected", "recovery"]

_B1_ML, _B2, _PLATEAU = (1e-3, 1e3), (0.2, 3.0), (0.2, 2.0)  # range of the parameters in a fit
_LARGEST = 2.0  # beyond any overshoot: a percentage
_SPHERES_FOR_PLATEAU = 6


def recovery(volume_ml, b1_ml, b2, plateau=1.0):
    """Recovery coefficient of an object, ``R = p/(1 + (b1/V)^b2)``.

    Parameters
    ----------
    volume_ml : float, array or ufloat
        Volume, mL.
    b1_ml : float or ufloat
        Volume with a recovery of one half (of the plateau), mL.
    b2 : float or ufloat
        Steepness.
    plateau : float or ufloat
        p, the recovery of a large object: 1 unless it was fitted.

    Returns
    -------
    same kind as given, between 0 and the plateau

    Raises
    ------
    InputError
        If any argument is not positive.

    References
    ----------
    Form of Gear et al., Eur J Nucl Med Mol Imaging 2018;45:2456-2474, doi:10.1007/s00259-018-4136-7 (recalled).
    """
    volume_ml = _check.positive("volume_ml", volume_ml)
    b1_ml, b2 = _check.positive("b1_ml", b1_ml), _check.positive("b2", b2)
    share = _numbers.logistic(b2 * (_numbers.log(volume_ml) - _numbers.log(b1_ml)))
    plateau = _check.positive("plateau", plateau)
    return share if isinstance(plateau, float) and plateau == 1 else plateau * share


@dataclass(frozen=True, eq=False)
class RecoveryCurve:
    """Recovery as a function of volume; call it on a volume in mL.

    It holds for the shape (spheres), reconstruction, nuclide and kind of calibration factor it was measured with. A
    kidney is not a sphere of its volume.

    Parameters
    ----------
    b1_ml, b2 : float or ufloat
        Volume with a recovery of one half of the plateau (mL) and steepness; correlated ufloats carry their covariance
        into everything computed from the curve.
    volume_range_ml : tuple of float, optional
        Smallest and largest volume measured. Outside it the curve warns.
    plateau : float or ufloat
        Recovery of a large object: 1, or what was fitted to a reconstruction that overshoots.

    Attributes
    ----------
    chi_square : float or None
        Of the fit the curve came from, if any.
    dof : int or None
    p_value : float or None
    flags, sources : tuple of str
    """

    b1_ml: UFloat
    b2: UFloat
    volume_range_ml: tuple[float, float] | None = None
    chi_square: float | None = None
    dof: int | None = None
    p_value: float | None = None
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("calibration.recovery",)
    plateau: UFloat | float = 1.0

    def __post_init__(self):
        for name in ("b1_ml", "b2", "plateau"):
            _check.positive(name, getattr(self, name))
        if self.volume_range_ml is not None:
            low, high = _check.positive("volume_range_ml", self.volume_range_ml)
            object.__setattr__(self, "volume_range_ml", (float(low), float(high)))
            if low > high:
                raise InputError(f"volume_range_ml must be smallest and largest, got {self.volume_range_ml!r}")

    def __call__(self, volume_ml):
        """Recovery at a volume in mL (float, array or ufloat), with the uncertainty of the curve and the volume.

        Warns
        -----
        PlausibilityWarning
            Outside the measured volumes.
        """
        if self.flags_at(volume_ml):
            warnings.warn(
                f"volume_ml reaches outside the {self.volume_range_ml[0]:g} to {self.volume_range_ml[1]:g} mL that "
                "were measured; the recovery there is extrapolated",
                PlausibilityWarning,
                stacklevel=2,
            )
        return recovery(volume_ml, self.b1_ml, self.b2, self.plateau)

    def flags_at(self, volume_ml) -> tuple[str, ...]:
        """What must be said of a recovery read at this volume: ``(RECOVERY_EXTRAPOLATED,)`` outside the range."""
        plain = np.asarray(_check.nominal(_check.positive("volume_ml", volume_ml)))
        if self.volume_range_ml is None:
            return ()
        low, high = self.volume_range_ml
        return (Flag.RECOVERY_EXTRAPOLATED,) if np.any((plain < low) | (plain > high)) else ()

    @property
    def covariance(self) -> np.ndarray:
        """Of b1 and b2, in this order, and of the plateau if it has an uncertainty."""
        numbers = [self.b1_ml, self.b2, *([self.plateau] if isinstance(self.plateau, UFloat) else [])]
        return np.array(covariance_matrix([_check.exact(number) for number in numbers]))


def fit_recovery(volume_ml: Sequence[float], recovery: Sequence, sigma=None, *, plateau: bool = False) -> RecoveryCurve:
    """Fit the recovery curve to phantom spheres.

    Parameters
    ----------
    volume_ml : sequence of float
        Physical volumes of the spheres, mL; the regions must be the physical volumes, too.
    recovery : sequence of float or ufloat
        Measured activity over true activity, with the calibration factor that will be used for patients. Overshoot
        above 1 is accepted, and flagged above 1.05.
    sigma : float or sequence of float, optional
        Standard uncertainty of each recovery. Left out if the recoveries are ufloats; they are taken as independent.
    plateau : bool
        Fit the recovery of a large object as a third parameter, for a reconstruction with resolution recovery that
        overshoots at edges. Needs six spheres.

    Returns
    -------
    RecoveryCurve
        Flagged ``PLATEAU_UNJUSTIFIED`` if the plateau fitted is 1 to within twice its uncertainty.

    Raises
    ------
    InputError
        For numbers out of range, percentages, different lengths, or an uncertainty that is missing or given twice.
    FitError
        For fewer than two different volumes (six with a plateau), or a fit that leaves b1 between 0.001 and 1000 mL,
        b2 between 0.2 and 3, or the plateau between 0.2 and 2.

    References
    ----------
    Form of Gear et al. 2018, doi:10.1007/s00259-018-4136-7 (recalled). Minimum by lmfit.
    """
    volumes = _check.positive("volume_ml", _numbers.row("volume_ml", volume_ml))
    if _numbers.uncertain(volumes):
        raise InputError("volume_ml must be plain numbers: sphere volumes are known far better than recoveries")
    measured = _check.positive("recovery", _numbers.row("recovery", recovery), "leave out spheres that cannot be seen")
    sigma = _sigma(measured, sigma)
    measured = _check.nominal(measured)
    _numbers.same_length(volume_ml=volumes, recovery=measured, sigma=sigma)
    if measured.max() > _LARGEST:
        raise InputError(f"recovery reaches {measured.max():g}; give fractions, {measured.max() / 100:g} for per cent")
    different, needed = len(np.unique(volumes)), _SPHERES_FOR_PLATEAU if plateau else 2
    if different < needed:
        raise FitError(
            f"plateau=True needs spheres of six volumes or more, got {different}; leave it out"
            if plateau
            else "two parameters need spheres of at least two volumes"
        )
    (log_b1, b2, *high), covariance, chi_square = least_squares(
        # the logarithm keeps b1 positive without a bound; b2 may turn negative, which shows falling recoveries
        lambda log_b1, b2, top=1.0: (top * _numbers.logistic(b2 * (np.log(volumes) - log_b1)) - measured) / sigma,
        (np.log(np.median(volumes)), 1.0, *([1.0] if plateau else [])),
        absolute=True,
    )
    b1_ml = np.exp(log_b1)
    within = _B1_ML[0] < b1_ml < _B1_ML[1] and _B2[0] < b2 < _B2[1]
    if not within or not all(_PLATEAU[0] < top < _PLATEAU[1] for top in high):
        raise FitError(
            f"the fit ran to b1 = {b1_ml:.3g} mL and b2 = {b2:.3g}{''.join(f', plateau {top:.3g}' for top in high)}, "
            f"outside {_B1_ML[0]:g} to {_B1_ML[1]:g} mL and {_B2[0]:g} to {_B2[1]:g}"
            f"{f' and {_PLATEAU[0]:g} to {_PLATEAU[1]:g}' if high else ''}: these recoveries do not rise with volume "
            "as the curve does. Are volumes (mL) and recoveries in the same order?"
        )
    units = np.array([b1_ml, 1.0, *np.ones(len(high))])
    linked = correlated_values([b1_ml, b2, *high], covariance * np.outer(units, units))
    dof = len(volumes) - len(linked)
    p_value, flags = quality(chi_square, dof)
    if any(item.std_dev >= value("kinetics.parameter_cv") * item.nominal_value for item in linked):
        flags.append(Flag.UNDETERMINED)
    if high and abs(high[0] - 1) < 2 * linked[2].std_dev:
        flags.append(Flag.PLATEAU_UNJUSTIFIED)
    if measured.max() > value("calibration.overshoot"):
        flags.append(Flag.RECOVERY_OVERSHOOT)
    span = (float(volumes.min()), float(volumes.max()))
    curve = RecoveryCurve(linked[0], linked[1], span, chi_square, dof, p_value, tuple(flags))
    return replace(curve, plateau=linked[2], sources=("calibration.recovery_plateau",)) if high else curve


def _sigma(measured, sigma) -> np.ndarray:
    own = _numbers.deviations(measured)
    if sigma is None:
        if np.any(own == 0):
            raise InputError(
                "sigma is missing: give the standard uncertainty of each recovery, or recoveries as ufloats"
            )
        return own
    if np.any(own > 0):
        raise InputError("give the uncertainty once: either sigma, or recoveries as ufloats")
    sigma = _check.positive("sigma", sigma)
    return np.full(len(measured), float(sigma)) if np.ndim(sigma) == 0 else _numbers.row("sigma", sigma)


def partial_volume_corrected(activity_mbq, recovery, background_mbq_per_ml=0.0, volume_ml=None):
    """Activity of a small object from its apparent activity and its recovery coefficient, MBq.

    ``A = A_apparent/R``; with activity around it, ``A = (A_apparent - c·V·(1 - R))/R``, since what the background
    loses to the object is what the object would lose to a cold one.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Apparent activity in the physical outline of the object, MBq.
    recovery : float, array or ufloat
        From :class:`RecoveryCurve` or :func:`recovery`.
    background_mbq_per_ml : float, array or ufloat
        Concentration around the object, MBq/mL.
    volume_ml : float, array or ufloat
        Volume of the object, mL; needed with a background.

    Returns
    -------
    same kind as given, MBq

    Raises
    ------
    InputError
        For a recovery below 0.2, where the correction is more than fivefold and rests on the curve alone; for
        percentages; for a background without volume.
    PhysicsError
        If the background explains all of the apparent activity.

    Warns
    -----
    PlausibilityWarning
        For a recovery below 0.5 or above 1.05.

    References
    ----------
    Uniform spill-in and spill-out (derived). Limits: conventions of mrtlab.
    """
    activity_mbq = _check.non_negative("activity_mbq", activity_mbq)
    recovery = _check.positive("recovery", recovery)
    background_mbq_per_ml = _check.non_negative("background_mbq_per_ml", background_mbq_per_ml)
    plain = np.asarray(_check.nominal(recovery))
    if plain.max() > _LARGEST:
        raise InputError(f"recovery is {plain.max():g}, which looks like a percentage; give {plain.max() / 100:g}")
    refuse_low(plain.min())
    if plain.min() < value("calibration.recovery_low") or plain.max() > value("calibration.overshoot"):
        odd = plain.min() if plain.min() < value("calibration.recovery_low") else plain.max()
        warnings.warn(
            f"recovery is {odd:.3g}: "
            + ("more than half of what is reported is correction" if odd < 1 else "the reconstruction overshoots"),
            PlausibilityWarning,
            stacklevel=2,
        )
    if not np.any(_check.nominal(background_mbq_per_ml) > 0):
        return activity_mbq / recovery
    if volume_ml is None:
        raise InputError("volume_ml is missing: with a background the volume of the object is needed")
    spill_in = background_mbq_per_ml * _check.positive("volume_ml", volume_ml) * (1 - recovery)
    if np.any(_check.nominal(activity_mbq - spill_in) <= 0):
        raise PhysicsError(
            "what spills in from the background is all of the apparent activity; check volume_ml, the unit of "
            "background_mbq_per_ml (MBq/mL, not kBq/mL) and where it was measured"
        )
    return (activity_mbq - spill_in) / recovery


def refuse_low(recovery: float) -> None:
    """Refuse a recovery that no correction can be founded on."""
    if recovery < value("calibration.recovery_refused"):
        raise InputError(
            f"recovery is {recovery:.3g}, below {value('calibration.recovery_refused'):g}: the object is too small "
            "for this camera, and a correction that large is a guess. Report it as not quantifiable"
        )
