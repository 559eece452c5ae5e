"""A gate for the total activity of serial scans: what decay and uptake do not allow is a slip, not a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab import _check
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import Nuclide
from mrtlab.nuclides import nuclide as find_nuclide

UPTAKE_H = 24.0
"""How long a part of the body may gain activity by uptake. Illustrative: a bound of this gate, not of a drug."""
_STEEP = 100.0
_UNIT_SLIP = 50.0  # no decay correction of one therapy reaches it
_COVERAGE = 2.0
_ROUNDING = 1e-9


@dataclass(frozen=True)
class TotalsCheck:
    """What a series of totals passed.

    Attributes
    ----------
    effective_half_life_h : tuple of float
        From each scan to the next; infinite where nothing was lost, negative where the total rose.
    flags : tuple of str
    understood : tuple of str
    """

    effective_half_life_h: tuple[float, ...]
    flags: tuple[str, ...]
    understood: tuple[str, ...]


def check_totals(
    times_h,
    totals_mbq,
    nuclide: str | Nuclide,
    administered_mbq: float | None = None,
    *,
    relative_sigma: float = 0.1,
    whole_body: bool = False,
    uptake_h: float = UPTAKE_H,
) -> TotalsCheck:
    """Check the total activity of serial scans against decay, uptake and the administered activity.

    Parameters
    ----------
    times_h : array, shape (n,)
        Hours after administration, rising.
    totals_mbq : array, shape (n,)
        Total activity at each time, without decay correction, MBq.
    nuclide : str or Nuclide
    administered_mbq : float, optional
        MBq at administration.
    relative_sigma : float
        Standard uncertainty of each total, independent of the others. Differences within twice of it pass.
    whole_body : bool
        Whether the totals are those of the whole body, into which nothing flows after administration. The total of a
        field of view may rise during uptake.
    uptake_h : float
        How long after administration that may be.

    Returns
    -------
    TotalsCheck

    Raises
    ------
    InputError
        If times or totals are no series.
    PhysicsError
        If a total exceeds what is left of the administered activity, or rises or falls slower than decay where
        nothing flows in. The message names the scan, counted from 1, and the likely slip.
    """
    times, totals = _series(times_h, totals_mbq)
    known = find_nuclide(nuclide)
    sigma = float(_check.fraction("relative_sigma", relative_sigma))
    uptake_h = float(_check.non_negative("uptake_h", uptake_h))
    flags: list[str] = []
    if administered_mbq is None:
        flags.append(str(Flag.ADMINISTERED_UNKNOWN))
    else:
        _within_administered(times, totals, known, float(_check.positive("administered_mbq", administered_mbq)), sigma)
    for index in range(len(times) - 1):
        hours = times[index + 1] - times[index]
        change = totals[index + 1] / totals[index] / known.decay_factor(hours)
        # within the uptake time a part of the body may gain, though no part gains a hundredfold between two scans
        allowed = _STEEP if not whole_body and times[index] < uptake_h else 1 + _COVERAGE * np.sqrt(2) * sigma
        if change > allowed * (1 + _ROUNDING):
            raise PhysicsError(
                f"scan {index + 2}: {totals[index + 1]:.4g} MBq at {times[index + 1]:g} h is {change:.3g} times what "
                f"decay leaves of the {totals[index]:.4g} MBq of scan {index + 1} at {times[index]:g} h; uptake "
                "does not explain it. " + _slip(change, hours, known, times[index + 1], index + 2)
            )
        if change < 1 / _STEEP and str(Flag.TOTAL_FALLS_STEEPLY) not in flags:
            flags.append(str(Flag.TOTAL_FALLS_STEEPLY))
    with np.errstate(divide="ignore"):
        half_lives = np.log(2) * np.diff(times) / -np.diff(np.log(totals))
    region = "the whole body" if whole_body else f"a field of view, which may gain activity until {uptake_h:g} h"
    said = f"Totals of {len(times)} scans of {region}, {known.name}, each uncertain by {sigma:.0%}: possible."
    return TotalsCheck(tuple(map(float, half_lives)), tuple(flags), (said,))


def _series(times_h, totals_mbq) -> tuple[np.ndarray, np.ndarray]:
    times = np.atleast_1d(_check.nominal(_check.non_negative("times_h", times_h, "times count from administration")))
    totals = np.atleast_1d(_check.nominal(_check.positive("totals_mbq", totals_mbq)))
    if times.ndim != 1 or times.shape != totals.shape:
        raise InputError(f"times_h and totals_mbq must be of one length, got shapes {times.shape} and {totals.shape}")
    if np.any(np.diff(times) <= 0):
        later = times[int(np.argmin(np.diff(times))) + 1]
        raise InputError(f"times_h must rise, got {later:g} after an equal or later one")
    return times, totals


def _within_administered(times, totals, known: Nuclide, administered: float, sigma: float) -> None:
    ratio = totals / (administered * known.decay_factor(times))
    index = int(np.argmax(ratio))
    if ratio[index] > (1 + _COVERAGE * sigma) * (1 + _ROUNDING):
        raise PhysicsError(
            f"scan {index + 1}: {totals[index]:.4g} MBq at {times[index]:g} h is {ratio[index]:.3g} times what is left "
            f"of the administered {administered:.4g} MBq without any excretion. "
            + _slip(ratio[index], times[index], known, times[index], index + 1)
        )


def _slip(ratio: float, hours: float, known: Nuclide, after_h: float, scan: int) -> str:
    """What most likely made a total too large by a factor. Several slips can give the same factor: all are named."""
    grown = {
        "a unit: milliseconds as seconds, or kBq as MBq": 1e3,
        "a unit: Bq as MBq": 1e6,
        "the counts of two heads with the time, or the sensitivity, of one": 2.0,
        f"decay corrected to the scan before ({hours:g} h)": 1 / known.decay_factor(hours),
        f"decay corrected to administration (ADMIN not undone, {after_h:g} h)": 1 / known.decay_factor(after_h),
        f"decay corrected twice ({after_h:g} h)": 1 / known.decay_factor(2 * after_h),
        "a date that is wrong by one day": 1 / known.decay_factor(24.0),
    }
    likely = list(dict.fromkeys(text for text, factor in grown.items() if abs(np.log(ratio / factor)) < np.log(1.15)))
    if ratio > _UNIT_SLIP:  # what is excreted or outside the image is missing in a total, so the factor is not exact
        likely.append("a unit: milliseconds as seconds and kBq as MBq make a factor of 1000, Bq as MBq 1 000 000")
    if not likely:
        return "Check unit, duration, calibration and decay correction of both scans"
    return f"Likely for scan {scan}: " + "; or ".join(likely)
