"""The uptake: counts over neck, thigh, standard and background to a fraction of the administered activity.

Two quantities must not be confused. The *uptake* here is RIU(t), the fraction of the administered activity that is in
the thyroid at the time, physical decay included. The *decay-corrected uptake* is RIU(t)·2^(t/T), which belongs in no
time integral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, calibration
from mrtlab.clock import elapsed_h
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._guards import one_number, warn_flags

__all__ = [
    "UptakeMeasurement",
    "camera_net_cps",
    "decay_corrected_uptake",
    "measure_uptake",
    "uptake",
    "uptake_from_tracer",
]


def uptake(
    neck_cps,
    thigh_cps,
    standard_cps,
    background_cps,
    *,
    administered_mbq=None,
    standard_mbq=None,
    standard_at: datetime | None = None,
    administered_at: datetime | None = None,
    nuclide="I-131",
):
    """Fraction of the administered activity in the thyroid, physical decay included (RIU).

    ``(neck - thigh)/(standard - background)``, the standard brought to the time of administration and scaled by
    administered over standard activity.

    Parameters
    ----------
    neck_cps, thigh_cps : float, array or ufloat
        Count rates of the patient, same distance and window, corrected for dead time. The thigh stands for the
        activity in blood and tissue of the neck; the background of the room is in both.
    standard_cps, background_cps : float, array or ufloat
        Count rates of the standard in the neck phantom, and of the phantom without it.
    administered_mbq, standard_mbq : float, array or ufloat, optional
        Activities of patient and standard, both at the time of administration. Leave out both if the standard is
        the patient's own capsule.
    standard_at, administered_at : datetime, optional
        With time zones. Without them the standard counts as measured at the time of administration.
    nuclide : str or Nuclide
        What was administered and what is in the standard.

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For rates that leave nothing, or one of two arguments that belong together.
    PhysicsError
        If more than the administered activity would be in the thyroid.

    Warns
    -----
    PlausibilityWarning
        If the thigh shows more than 30 % of the neck, the uptake exceeds 90 %, the standard was counted more than a
        half-life from the administration, or a net rate is below three standard deviations.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled); definition.
    """
    found, flags = _uptake(
        neck_cps, thigh_cps, standard_cps, background_cps, administered_mbq, standard_mbq, standard_at,
        administered_at, nuclide,
    )  # fmt: skip
    warn_flags(flags)
    return found


def _uptake(neck, thigh, standard, background, administered_mbq, standard_mbq, standard_at, administered_at, nuclide):
    neck = _check.positive("neck_cps", neck, "nothing was counted over the neck")
    thigh = _check.non_negative("thigh_cps", thigh)
    standard = _check.positive("standard_cps", standard, "nothing was counted of the standard")
    background = _check.non_negative("background_cps", background)
    net = _net("neck_cps", neck, "thigh_cps", thigh, "is the thigh contaminated, or are the two exchanged?")
    reference = _net("standard_cps", standard, "background_cps", background, "was the standard in place?")
    flags = []
    low = value("radioiodine.low_counts")
    for rate in (net, reference):
        if np.any(np.ravel(_check.nominal(rate)) < low * _numbers.deviations(rate)):
            flags.append(Flag.LOW_COUNTS)
    if np.any(_check.nominal(thigh) > value("radioiodine.thigh_share") * _check.nominal(neck)):
        flags.append(Flag.THIGH_GT_30PCT_OF_NECK)
    if (standard_at is None) != (administered_at is None):
        raise InputError("give both standard_at and administered_at, or neither if both are the same moment")
    if standard_at is not None:
        found = find_nuclide(nuclide)
        hours = elapsed_h(administered_at, standard_at)
        reference = reference / found.decay_factor(hours)
        flags += [Flag.STANDARD_OLDER_THAN_1_HALF_LIFE] if abs(hours) > found.half_life_h else []
    if (administered_mbq is None) != (standard_mbq is None):
        raise InputError("give both administered_mbq and standard_mbq, or neither if the standard is the capsule given")
    if administered_mbq is not None:
        administered_mbq = _check.positive("administered_mbq", administered_mbq)
        reference = reference * (administered_mbq / _check.positive("standard_mbq", standard_mbq))
    result = net / reference
    largest = float(np.max(_check.nominal(result)))
    if largest > 1:
        raise PhysicsError(
            f"the uptake would be {largest:.3g}, more than was administered; check activity and time of the standard"
        )
    flags += [Flag.UPTAKE_GT_90PCT] if largest > value("radioiodine.uptake_high") else []
    return result, tuple(dict.fromkeys(flags))


def _net(name, rate, other_name, other, hint):
    net = rate - other
    if np.any(_check.nominal(net) <= 0):
        raise InputError(
            f"{name} less {other_name} is {np.min(_check.nominal(net)):g}, and nothing is left to measure; {hint}"
        )
    return net


def decay_corrected_uptake(uptake, time_h, nuclide="I-131"):
    """Uptake without physical decay, ``RIU(t)·2^(t/T)``: for comparing nuclides and days, never for integrating.

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        If it exceeds 1: the uptake was corrected already.

    References
    ----------
    Definition.
    """
    uptake = _check.fraction("uptake", uptake)
    time_h = _check.non_negative("time_h", time_h)
    left = find_nuclide(nuclide).decay_factor(time_h)
    if np.any(_check.nominal(left) == 0):
        raise InputError(
            f"time_h is {np.max(_check.nominal(time_h)):g} h, after which nothing is left; is it in seconds?"
        )
    result = uptake / left
    if np.any(_check.nominal(result) > 1):
        raise PhysicsError(
            f"the decay-corrected uptake would be {np.max(_check.nominal(result)):.3g}, more than was administered; "
            "is it corrected already?"
        )
    return result


def uptake_from_tracer(uptake, time_h, tracer, nuclide="I-131"):
    """Uptake of the therapy nuclide from that of a tracer, ``RIU·2^(t/T_tracer)·2^(-t/T_therapy)``.

    Point by point, before fitting: the ratio of the half-lives does not convert a time integral.

    Parameters
    ----------
    uptake : float, array or ufloat
        RIU of the tracer, its decay included.
    time_h : float or array
        Hours after administration.
    tracer, nuclide : str or Nuclide
        ``"I-123"`` or ``"I-124"``, and the nuclide of the therapy.

    Returns
    -------
    same kind as ``uptake``

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        If the tracer alone would exceed its administered activity.

    Warns
    -----
    PlausibilityWarning
        Later than three half-lives of the tracer.

    References
    ----------
    Same biokinetics of both nuclides; analytic.
    """
    found = find_nuclide(tracer)
    corrected = decay_corrected_uptake(uptake, time_h, found)
    latest, limit = float(np.max(_check.nominal(time_h))), value("radioiodine.tracer_half_lives")
    if latest > limit * found.half_life_h:
        _check.warn(
            f"time_h is {latest:g}, more than {limit:g} half-lives of {found.name}: hardly any of it is left to count"
        )
    return corrected * find_nuclide(nuclide).decay_factor(time_h)


def camera_net_cps(counts, background_counts, pixels, background_pixels, duration_s):
    """Net count rate of a region on a planar image, its background scaled by the area in pixels, counts per second.

    With it a camera serves as probe: pass the net rates to :func:`uptake`, with 0 for thigh and background.

    Parameters
    ----------
    counts, background_counts : float, array or ufloat
        Counts in the two regions.
    pixels, background_pixels : float
    duration_s : float

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        If nothing is left.

    References
    ----------
    Definition.
    """
    # nothing is taken off for the thickness of the gland: the background passes through the whole neck
    net = calibration.subtract_background(counts, background_counts, pixels, background_pixels, 0.0, 1.0)
    return net / _check.positive("duration_s", duration_s)


@dataclass(frozen=True, eq=False)
class UptakeMeasurement:
    """One uptake, from counts.

    Attributes
    ----------
    time_h : float
    uptake : ufloat
        RIU(t), physical decay included. Measurements against one standard are correlated if it was given as the same
        ufloat, see :func:`mrtlab.calibration.counted`.
    decay_corrected_uptake : ufloat
    flags, sources : tuple of str
    """

    time_h: float
    uptake: UFloat
    decay_corrected_uptake: UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radioiodine.uptake",)


def measure_uptake(
    time_h: float,
    neck: Sequence,
    thigh: Sequence,
    standard: Sequence,
    background: Sequence,
    *,
    dead_time_s: float = 0.0,
    model: str = "nonparalysable",
    administered_mbq=None,
    standard_mbq=None,
    standard_at: datetime | None = None,
    administered_at: datetime | None = None,
    nuclide="I-131",
) -> UptakeMeasurement:
    """Uptake from counts, with counting uncertainty and dead time.

    Parameters
    ----------
    time_h : float
        Hours after administration of the measurement of the patient.
    neck, thigh, standard, background : pair of numbers
        Counts and the seconds they took, background included. Counts get their Poisson uncertainty, unless they
        are ufloats.
    dead_time_s : float or ufloat
        Of the probe with this window, s. Every gross rate is corrected before anything is subtracted.
    model : {"nonparalysable", "paralysable"}
    administered_mbq, standard_mbq, standard_at, administered_at, nuclide
        As in :func:`uptake`.

    Returns
    -------
    UptakeMeasurement

    Raises
    ------
    InputError, PhysicsError
        As :func:`uptake` and :func:`mrtlab.calibration.true_rate`.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    time_h = _numbers.single("time_h", _check.positive("time_h", time_h, "hours after administration"))
    one_number("dead_time_s", dead_time_s)
    rates, lost = [], 0.0
    for name, pair in {"neck": neck, "thigh": thigh, "standard": standard, "background": background}.items():
        if not isinstance(pair, (Sequence, np.ndarray)) or isinstance(pair, str) or len(pair) != 2:
            raise InputError(f"{name} must be counts and seconds, such as (48900, 60), got {pair!r}")
        counts = one_number(name, calibration.counted(pair[0], name))
        observed = counts / one_number(f"seconds of {name}", _check.positive(f"seconds of {name}", pair[1]))
        true = calibration.true_rate(observed, dead_time_s, model)
        if _check.nominal(true) > 0:
            lost = max(lost, 1 - _check.nominal(observed) / _check.nominal(true))
        rates.append(true)
    found, flags = _uptake(*rates, administered_mbq, standard_mbq, standard_at, administered_at, nuclide)
    flags = (*flags, *([Flag.DEAD_TIME_HIGH] if lost > value("radioiodine.dead_time_loss") else []))
    return UptakeMeasurement(
        time_h=time_h,
        uptake=found,
        decay_corrected_uptake=decay_corrected_uptake(found, time_h, nuclide),
        flags=flags,
        sources=("radioiodine.uptake", "calibration.dead_time", *find_nuclide(nuclide).sources),
    )
