"""Time-integrated activity of every voxel, or of very many regions, in one call."""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError, PlausibilityWarning
from mrtlab.kinetics._columns import REASON, REJECTED, SIGMA, TAIL, TIA, Settings, mono, trapezoids
from mrtlab.kinetics.curve import TimeActivity, extrapolation_flags
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["VoxelFit", "VoxelReason", "fit_voxels"]

_COLUMNS_AT_ONCE = 65536  # large enough for the groups a batch falls into to be worth a call each
_MOST_THREADS = 4  # more would wait for one another, and each needs memory


class VoxelReason(IntEnum):
    """What was done in a voxel, and why. Where several apply, the highest number stands in the map."""

    FITTED = 0
    POINTS_LEFT_OUT = 1
    FROM_PEAK = 2
    PHYSICAL_DECAY = 3
    AT_LIMIT = 4
    DOES_NOT_FALL = 5
    STILL_RISING = 6
    NO_ACTIVITY = 7
    TOO_FEW_POINTS = 8
    NOT_FINITE = 9
    OUTSIDE_MASK = 10

    @property
    def text(self) -> str:
        """The reason in words."""
        return _TEXT[self]

    @property
    def has_result(self) -> bool:
        """Whether the time-integrated activity there is a result (zero, where there was no activity)."""
        return self <= VoxelReason.NO_ACTIVITY


_TEXT = {
    VoxelReason.FITTED: "Fitted to all points.",
    VoxelReason.POINTS_LEFT_OUT: "Points of zero or below were left out.",
    VoxelReason.FROM_PEAK: "Rises first: trapezoids up to the highest point, the exponential from there.",
    VoxelReason.PHYSICAL_DECAY: "Falls no faster than physical decay, within its uncertainty: physical decay was used.",
    VoxelReason.AT_LIMIT: "Falls faster than the first point allows to see: the fastest rate was used.",
    VoxelReason.DOES_NOT_FALL: "Falls slower than physical decay by more than twice its uncertainty, or not at all; "
    "physical decay was used. Look for motion, noise or a decay correction.",
    VoxelReason.STILL_RISING: "The last point is the highest: trapezoids, then physical decay, an upper limit.",
    VoxelReason.NO_ACTIVITY: "No activity at any time: zero.",
    VoxelReason.TOO_FEW_POINTS: "Too few points above zero to fit; the result is 0, which is not a measurement.",
    VoxelReason.NOT_FINITE: "An activity or its uncertainty is not a finite number, or an uncertainty is not above 0; "
    "the result is 0, which is not a measurement.",
    VoxelReason.OUTSIDE_MASK: "Outside the mask: not looked at.",
}


@dataclass(frozen=True, eq=False)
class VoxelFit:
    """Fits of many voxels or regions. All maps have the shape of one time point.

    Attributes
    ----------
    tia_mbq_h, sigma_mbq_h : array, float32
        Time-integrated activity from administration to infinity and its standard uncertainty, MBq·h; 0 where there
        is no result. What all voxels share (sensitivity, recovery) is not in the uncertainty.
    half_life_h : array, float32
        Effective half-life of the fall, hours; 0 where there is no result.
    reason : array, uint8
        A :class:`VoxelReason` for each.
    model : str
    extrapolated_fraction : float
        Share of the whole time-integrated activity that lies after the last point.
    rejected_fraction : float or None
        Share of the fitted voxels whose points lie further from their curve than their uncertainty allows
        (chi-square, p < 0.01). None where nothing tests the curves: trapezoids, and two points.
    flags, sources : tuple of str
    """

    tia_mbq_h: np.ndarray
    sigma_mbq_h: np.ndarray
    half_life_h: np.ndarray
    reason: np.ndarray
    model: str
    extrapolated_fraction: float
    rejected_fraction: float | None
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("kinetics.voxels",)

    @property
    def counts(self) -> dict[VoxelReason, int]:
        """How many voxels carry each reason; those that occur."""
        numbers = np.bincount(self.reason.ravel(), minlength=len(VoxelReason))
        return {reason: int(numbers[reason]) for reason in VoxelReason if numbers[reason]}


def fit_voxels(
    activity,
    times_h,
    nuclide,
    model: str = "mono",
    mask=None,
    *,
    decay_corrected: bool | None = None,
    sigma_mbq=None,
    cv: float | None = None,
    head: str = "constant",
    tail: str = "effective",
) -> VoxelFit:
    """Time-integrated activity of every voxel, with its uncertainty and the reason for what was done.

    Parameters
    ----------
    activity : array, shape (times, z, y, x), or (times, regions), or any with time first
        MBq in each voxel or region.
    times_h : sequence of float
        Hours after administration, above 0, rising.
    nuclide : str or Nuclide
    model : {"mono", "trapezoid"}
        ``"mono"``: weighted least squares, one amplitude and one rate for each voxel, the same curve and covariance
        as :func:`fit` gives, never slower than physical decay. A voxel that rises by more than twice the
        uncertainty of the rise is fitted from its highest point on, the rise being integrated by trapezoids.
        ``"trapezoid"``: as :func:`trapezoid` with its logarithmic body.
    mask : boolean array, shape of one time point, optional
        Voxels to fit.
    decay_corrected : bool, optional
        Whether ``activity`` was decay corrected to administration. Without it the activities are taken as what was
        there at each time, flagged ``DECAY_STATE_ASSUMED``.
    sigma_mbq : float, array of shape (times,), or array like ``activity``, optional
        Standard uncertainty of the activities, MBq, independent from point to point.
    cv : float, optional
        Relative standard uncertainty of every activity instead. Without either, 5 % is assumed and flagged.
    head : {"constant", "zero"}
        Before the first point, for trapezoids and for voxels that rise first: its activity throughout, or a straight
        line from zero.
    tail : {"effective", "physical"}
        After the last point, for ``"trapezoid"``: see :func:`trapezoid`.

    Returns
    -------
    VoxelFit

    Raises
    ------
    InputError
        For shapes that do not agree, an uncertainty given twice, or activities too large for the maps.
    FitError
        For fewer points in time than the model needs: two, or three for ``"mono"`` if the uncertainty was assumed.

    Warns
    -----
    PlausibilityWarning
        Without ``decay_corrected``.

    Notes
    -----
    Points of zero or below are left out of their voxel, as :class:`TimeActivity` demands. The work is done in batches
    of 65536 voxels on up to four processors, each of which needs a few tens of megabytes besides the maps (13 bytes
    for each voxel).

    References
    ----------
    Golub and Pereyra, SIAM J Numer Anal 1973;10:413-432, doi:10.1137/0710036 (amplitudes eliminated).
    """
    _check.choice("model", model, ("mono", "trapezoid"))
    _check.choice("head", head, ("constant", "zero"))
    _check.choice("tail", tail, ("effective", "physical"))
    state_assumed = decay_corrected is None
    # the checks of times, decay correction, nuclide and a relative uncertainty are those of any curve
    like = TimeActivity(
        times_h,
        np.ones(np.shape(times_h)),
        nuclide=nuclide,
        decay_corrected=False if state_assumed else decay_corrected,
        cv=None if sigma_mbq is not None else cv,
    )
    activity = _activities(activity, len(like))
    sigma = _sigma(sigma_mbq, cv, activity.shape)
    assumed = sigma is None and cv is None
    needed = 3 if model == "mono" and assumed else 2
    if len(like) < needed:
        raise FitError(
            f"{model}: {len(like)} point{'s' * (len(like) > 1)} in time cannot be fitted, {needed} are needed"
            + ("; two are enough if sigma_mbq or cv is given" if needed == 3 else "")
        )
    relative = None if sigma is not None else value("kinetics.assumed_cv") if cv is None else float(cv)
    found = find_nuclide(nuclide)
    chosen = _chosen(mask, activity.shape[1:])
    settings = Settings(found.decay_constant_per_h, head, tail)
    decay = found.decay_factor(like.times_h)[:, None] if decay_corrected else None
    work = partial(_batch, like.times_h, settings, mono if model == "mono" else trapezoids, needed)

    if state_assumed:
        warnings.warn(
            "decay_corrected was not given: the activities are taken as what was there at each time, not decay "
            "corrected. If they were corrected to administration, the result is wrong by tens of per cent; say "
            "decay_corrected=True or False",
            PlausibilityWarning,
            stacklevel=2,
        )

    flat = activity.reshape(len(like), -1)
    maps = [np.zeros(flat.shape[1], dtype=np.float32) for _ in range(3)]
    reason = np.full(flat.shape[1], VoxelReason.OUTSIDE_MASK, dtype=np.uint8)
    sums = np.zeros(3)  # tails, rejected voxels, voxels that could be

    # most of an image is empty: what is left makes fewer and fuller batches
    active = flat.any(axis=0)
    reason[... if chosen is None else chosen] = VoxelReason.NO_ACTIVITY
    if chosen is not None:
        chosen = chosen[active[chosen]]
    elif not active.all():
        chosen = np.flatnonzero(active)

    def run(start: int) -> np.ndarray:
        last = min(start + _COLUMNS_AT_ONCE, flat.shape[1] if chosen is None else len(chosen))
        where = slice(start, last) if chosen is None else chosen[start:last]
        points = flat[:, where].astype(float) if chosen is None else flat.take(where, axis=1).astype(float)
        spread = relative * points if sigma is None else np.broadcast_to(sigma[:, where], points.shape).astype(float)
        if decay is not None:
            points *= decay
            spread *= decay
        rows = work(points, spread)
        _require_single_precision(rows, points)
        for target, row in zip(maps, rows, strict=False):
            target[where] = row
        reason[where] = rows[REASON]
        return np.array([rows[TAIL].sum(), np.sum(rows[REJECTED] > 0), np.sum(rows[REJECTED] >= 0)])

    starts = range(0, flat.shape[1] if chosen is None else len(chosen), _COLUMNS_AT_ONCE)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        for part in pool.map(run, starts):
            sums += part
    maps, reason = [item.reshape(activity.shape[1:]) for item in maps], reason.reshape(activity.shape[1:])
    whole = float(np.sum(maps[TIA], dtype=float))
    extrapolated = sums[0] / whole if whole else 0.0
    rejected = sums[1] / sums[2] if sums[2] else None
    return VoxelFit(
        *maps,
        reason=reason,
        model=model,
        extrapolated_fraction=float(extrapolated),
        rejected_fraction=rejected,
        flags=_flags(assumed, state_assumed, reason, extrapolated, rejected),
        sources=("kinetics.voxels" if model == "mono" else "kinetics.trapezoid", *like.sources),
    )


def _batch(times, settings, fit, needed, points, spread) -> np.ndarray:
    """Rows of results for the columns of one batch; those that lack points apart from those that have all."""
    usable = points > 0
    whole = usable.all(axis=0)
    sums = spread.sum(axis=0)
    if whole.all() and np.all(spread > 0) and np.all(np.isfinite(points.sum(axis=0) + sums)):
        return _columns(times, settings, fit, points, spread, complete=True)
    result = np.zeros((6, points.shape[1]))
    result[REJECTED] = -1
    count = np.count_nonzero(usable, axis=0)
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(points.sum(axis=0)) & np.all((spread > 0) >= usable, axis=0) & (spread.max(axis=0) < np.inf)
    reason = result[REASON]
    reason[count < needed] = VoxelReason.TOO_FEW_POINTS
    reason[~sound] = VoxelReason.NOT_FINITE
    for complete, wanted in ((True, whole), (False, ~whole)):
        columns = np.flatnonzero(sound & (count >= needed) & wanted)
        if len(columns):
            part = points.take(columns, axis=1), spread.take(columns, axis=1)
            result[:, columns] = _columns(times, settings, fit, *part, complete)
    return result


def _columns(times, settings, fit, points, spread, complete) -> np.ndarray:
    """Rows of results for columns that can be fitted, scaled so that squares of squares stay in double precision.

    No measurement comes near the limits set here.
    """
    scale = points.max(axis=0)
    y, s = points / scale, spread / scale
    np.maximum(y, 1e-100, out=y)
    np.minimum(np.maximum(s, 1e-70, out=s), 1e70, out=s)
    if not complete:
        left_out = points <= 0
        y[left_out], s[left_out] = 0.0, 1.0
    result = fit(times, y, s, settings, complete)
    result[[TIA, SIGMA, TAIL]] *= scale
    if not complete:
        result[REASON] = np.maximum(result[REASON], VoxelReason.POINTS_LEFT_OUT)
    return result


def _require_single_precision(rows, points) -> None:
    """Refuse numbers that no measurement gives and the maps cannot hold."""
    if rows[:2].max(initial=0.0) > np.finfo(np.float32).max:
        raise InputError(
            f"activity reaches {np.max(points, initial=0.0, where=np.isfinite(points)):.3g} MBq, and its integral or "
            "uncertainty is too large for the maps (3.4e38); are these MBq, and was the rescale slope of the image "
            "applied? Leave out fill values with the mask"
        )


def _activities(activity, times: int) -> np.ndarray:
    activity = np.asarray(activity)
    if activity.dtype.kind not in "fiu":
        raise InputError(f"activity must be an array of plain numbers, got {activity.dtype}")
    if activity.ndim < 2:
        raise InputError(
            "activity must have time as its first axis and voxels or regions behind, such as (times, z, y, x) or "
            f"(times, regions); got the shape {activity.shape}. For one curve see mrtlab.kinetics.fit"
        )
    if activity.shape[0] != times:
        hint = "; time must be the first axis" if times in activity.shape else ""
        raise InputError(f"activity has {activity.shape[0]} time points and times_h {times}; give as many{hint}")
    return activity


def _sigma(sigma_mbq, cv, shape):
    """Uncertainties with voxels flattened, or None if they are relative."""
    if sigma_mbq is None:
        return None
    if cv is not None:
        raise InputError("give the uncertainty once: either sigma_mbq or cv")
    sigma = np.asarray(sigma_mbq)
    if sigma.dtype.kind not in "fiu" or sigma.shape not in ((), shape[:1], shape):
        raise InputError(
            f"sigma_mbq must be one number, one for each time, or an array like activity, {shape}; got {sigma.shape}"
        )
    if sigma.shape == shape:
        return sigma.reshape(shape[0], -1)
    _check.positive("sigma_mbq", sigma_mbq)
    return np.broadcast_to(np.broadcast_to(sigma, shape[:1])[:, None], (shape[0], int(np.prod(shape[1:]))))


def _chosen(mask, shape):
    """Flat positions inside the mask, or None for all."""
    if mask is None:
        return None
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != shape:
        raise InputError(
            f"mask must be a boolean array of the shape of one time point, {shape}; got {mask.dtype} of {mask.shape}"
        )
    return np.flatnonzero(mask)


def _flags(assumed, state_assumed, reason, extrapolated, rejected) -> tuple[str, ...]:
    present = set(np.unique(reason).tolist())
    flags = [Flag.SIGMA_ASSUMED] if assumed else []
    flags += [Flag.DECAY_STATE_ASSUMED] if state_assumed else []
    if present & {VoxelReason.PHYSICAL_DECAY, VoxelReason.DOES_NOT_FALL}:
        flags.append(Flag.FELL_BACK_TO_PHYSICAL)
    if VoxelReason.STILL_RISING in present:
        flags.append(Flag.TAIL_PHYSICAL)
    if present & {VoxelReason.TOO_FEW_POINTS, VoxelReason.NOT_FINITE}:
        flags.append(Flag.VOXELS_WITHOUT_FIT)
    if rejected is not None and rejected > value("kinetics.rejected_share"):
        flags.append(Flag.CHI_SQUARE_REJECTED)
    return (*flags, *extrapolation_flags(extrapolated))
