"""Time integral of the uptake from one, two or three measurements, and which way suits which measurements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check, _numbers, kinetics
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.kinetics.curve import extrapolation_flags
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._curves import curve, fitted
from mrtlab.radioiodine._guards import LN2, effective_half_life, positive_fraction, possible_uptake
from mrtlab.radioiodine.fitting import TwoCompartmentFit, fit_two_compartment

__all__ = [
    "PROTOCOLS",
    "Protocol",
    "UptakeIntegral",
    "choose_protocol",
    "late_point_tiac",
    "late_points",
    "population_half_life_h",
    "single_point_tiac",
    "time_integral",
]


@dataclass(frozen=True, eq=False)
class UptakeIntegral:
    """Time integral of the uptake, and how it was found.

    Attributes
    ----------
    tiac_h : ufloat or float
        Time-integrated activity coefficient, hours: MBq·h in the target per administered MBq.
    effective_half_life_h : ufloat or None
        None where it was not measured.
    protocol : str
        Key of :data:`PROTOCOLS`.
    extrapolated_fraction : float or None
        Share after the last point.
    fit : TwoCompartmentFit or None
    start_uptake : ufloat or None
        Of a mono-exponential, carried back to the administration.
    flags, sources : tuple of str
    """

    tiac_h: UFloat | float
    effective_half_life_h: UFloat | None
    protocol: str
    extrapolated_fraction: float | None
    flags: tuple[str, ...]
    sources: tuple[str, ...]
    fit: TwoCompartmentFit | None = None
    start_uptake: UFloat | None = None

    def uptake(self, t_h):
        """RIU on the curve behind the integral at the times, hours, physical decay included.

        Raises
        ------
        InputError
            If one measurement gave the integral without a curve, or for negative times.
        """
        t_h = _check.non_negative("t_h", t_h)
        if self.fit is not None:
            return self.fit.uptake(t_h)
        if self.start_uptake is None or self.effective_half_life_h is None:
            raise InputError(f"the protocol {self.protocol!r} has no curve; two or more measurements give one")
        return self.start_uptake * _check.exp(-1 * t_h * (LN2 / self.effective_half_life_h))


def late_points(times_h, uptake, sigma=None, nuclide="I-131") -> UptakeIntegral:
    """Mono-exponential through two or more points after the uptake phase.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration, 24 or later.
    uptake : sequence of float or ufloat
        RIU, physical decay included. Correlations between ufloats are kept.
    sigma : float or sequence of float, optional
        For plain uptakes. Without it 5 % is assumed and flagged.
    nuclide : str or Nuclide

    Returns
    -------
    UptakeIntegral
        Flagged ``EARLY_PHASE_ASSUMED``: uptake at once and complete, which makes the integral a few per cent too large.

    Raises
    ------
    InputError
        For numbers out of range or fewer than two points.
    PhysicsError
        If the uptake does not fall, falls more slowly than physical decay, or is more than that leaves of everything.

    References
    ----------
    Analytic; first-order propagation, JCGM 100:2008.
    """
    points = curve("uptake", times_h, _check.fraction("uptake", uptake), sigma, nuclide=nuclide)
    if len(points) < 2:
        raise InputError("uptake has one point; see late_point_tiac and single_point_tiac")
    possible_uptake("uptake", np.array(points.measured()), points.times_h, nuclide)
    if points.activity_mbq[-1] >= points.activity_mbq[0]:
        raise PhysicsError(
            f"the uptake does not fall from {points.times_h[0]:g} h ({points.activity_mbq[0]:g}) to "
            f"{points.times_h[-1]:g} h ({points.activity_mbq[-1]:g}), although the nuclide decays. Are the points "
            "exchanged, decay-corrected, or still in the uptake phase?"
        )
    flags = [Flag.EARLY_PHASE_ASSUMED]
    flags += [Flag.UPTAKE_PHASE_POINT] if points.times_h[0] < value("radioiodine.uptake_phase_h") else []
    span = points.times_h[-1] - points.times_h[0]
    flags += [Flag.SHORT_BASELINE] if span < value("radioiodine.shortest_baseline_h") else []
    if len(points) == 2:
        few = kinetics.two_point(points)
        start, half_life, tiac, source = few.a1_mbq, few.effective_half_life_h, few.tia_mbq_h, few
    else:
        source = fitted(points, "mono")
        start, half_life, tiac = source.amplitudes[0], LN2 / source.rates_per_h[0], source.integral
    return UptakeIntegral(
        tiac_h=tiac,
        effective_half_life_h=_check.exact(half_life),
        protocol="two late points",
        extrapolated_fraction=source.extrapolated_fraction,
        flags=tuple(dict.fromkeys([*flags, *source.flags])),
        sources=(*source.sources, "radioiodine.late_points"),
        start_uptake=start,
    )


def late_point_tiac(time_h, uptake):
    """Time integral from one late measurement without any half-life, ``e·t·RIU(t)``, hours.

    The smallest integral that any mono-exponential through the point can have. On day 7 it is 0 to 6 % low for
    effective half-lives of 4 to 7 days, which is why a single measurement should be late.

    Parameters
    ----------
    time_h : float or array
        Hours after administration, 72 or more; best 120 to 192.
    uptake : float, array or ufloat
        RIU at that time, physical decay included.

    Returns
    -------
    same kind as ``uptake``, hours

    Raises
    ------
    InputError
        For a measurement before day 3, or numbers out of range.
    PhysicsError
        For more than decay leaves of all the I-131.

    Warns
    -----
    PlausibilityWarning
        Outside days 5 to 8.

    References
    ----------
    Analytic; EANM SOP II for the late point (recalled).
    """
    uptake = positive_fraction("uptake", uptake)
    time_h = _check.positive("time_h", time_h)
    plain = np.atleast_1d(_check.nominal(time_h))
    earliest = value("radioiodine.late_point_earliest_h")
    if np.any(plain < earliest):
        raise InputError(
            f"time_h is {np.min(plain):g} h; one measurement without a half-life must not be earlier than "
            f"{earliest:g} h. Give a population's half-life to single_point_tiac, or are these days?"
        )
    possible_uptake("uptake", uptake, time_h)
    low, high = value("radioiodine.late_window_low_h"), value("radioiodine.late_window_high_h")
    if np.any((plain < low) | (plain > high)):
        _check.warn(f"time_h is outside {low:g} to {high:g} h, where one late measurement determines the integral best")
    return float(np.e) * time_h * uptake


def single_point_tiac(time_h, uptake, effective_half_life_h, nuclide="I-131"):
    """Time integral from one measurement and a population's effective half-life, hours.

    The relative uncertainty of the half-life enters with ``1 - ln 2·t/T``: 0.86 of it at 24 h, 0.17 at 144 h.

    Parameters
    ----------
    time_h : float
        Hours after administration.
    uptake : float or ufloat
        RIU, physical decay included.
    effective_half_life_h : ufloat
        With its standard uncertainty over the population, which must not be left out: see
        :func:`population_half_life_h`.
    nuclide : str or Nuclide

    Returns
    -------
    ufloat, hours

    Raises
    ------
    InputError
        For a half-life without uncertainty, or numbers out of range.
    PhysicsError
        For a half-life above the physical one, or an uptake of more than decay leaves.

    References
    ----------
    Analytic; the demand for the uncertainty: Gear et al. (IDUG), Br J Radiol 2021;94:20210547.
    """
    if not isinstance(effective_half_life_h, UFloat) or not effective_half_life_h.std_dev > 0:
        raise InputError(
            f"effective_half_life_h must carry its uncertainty over the population, got {effective_half_life_h!r}; "
            "with one measurement it decides the result (ufloat(120, 30) is 5 days within 25 %)"
        )
    effective_half_life_h = effective_half_life("effective_half_life_h", effective_half_life_h, nuclide, thyroid=True)
    uptake = positive_fraction("uptake", uptake)
    possible_uptake("uptake", uptake, _check.positive("time_h", time_h), nuclide)
    return kinetics.known_half_life_tia(uptake, time_h, effective_half_life_h)


def population_half_life_h(disease: str) -> UFloat:
    """Mean effective half-life in the thyroid, hours, with the teaching default of 25 % for its spread.

    Parameters
    ----------
    disease : {"graves", "toxic_nodular"}

    References
    ----------
    Berg GE et al., J Nucl Med 1996;37:228-232 (means). Dosing everybody by them over- and undertreats.
    """
    _check.choice("disease", disease, ("graves", "toxic_nodular"))
    mean = value(f"radioiodine.{disease}_half_life_h")
    return ufloat(mean, value("radioiodine.half_life_rel") * mean, f"half-life, {disease}")


@dataclass(frozen=True)
class Protocol:
    """A way from measurements to the time integral.

    Attributes
    ----------
    name, measurements, model, assumption : str
    flag : Flag or None
        What the result will carry.
    """

    name: str
    measurements: str
    model: str
    assumption: str
    flag: Flag | None


PROTOCOLS: dict[str, Protocol] = {
    one.name: one
    for one in (
        Protocol("three points", "4 to 6 h, day 1 or 2, day 5 to 8", "two-compartment fit", "none", None),
        Protocol(
            "two late points", "day 1 or 2 and day 5 to 8", "mono-exponential", "uptake at once",
            Flag.EARLY_PHASE_ASSUMED,
        ),
        Protocol(
            "two points, given k_b", "day 1 or 2 and day 5 to 8", "two-compartment fit with a given k_b",
            "loss from the pool as in a population", Flag.EARLY_PHASE_ASSUMED,
        ),
        Protocol(
            "one late point", "once, day 5 to 8", "e·t·RIU(t)", "half-life of 4 to 8 days", Flag.SINGLE_LATE_POINT
        ),
        Protocol(
            "one point, population half-life", "once, at 24 h or any time", "RIU(t)·2^(t/T)·T/ln 2",
            "half-life of a population", Flag.SINGLE_EARLY_POINT,
        ),
    )
}  # fmt: skip


def choose_protocol(times_h, *, k_b_per_h=None, effective_half_life_h=None) -> Protocol:
    """Which way suits the measurements, after the logic of the EANM SOP II.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration.
    k_b_per_h, effective_half_life_h : optional
        Knowledge from elsewhere; see :func:`time_integral`.

    Raises
    ------
    InputError
        If the measurements allow none without knowledge that was not given; the message says what is needed.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    times_h = _numbers.row("times_h", _check.positive("times_h", times_h))
    early = int(np.sum(times_h < value("radioiodine.uptake_phase_h")))
    late = len(times_h) - early
    if len(times_h) == 1:
        if k_b_per_h is not None:
            raise InputError("k_b_per_h is for two points or more; with a single measurement it determines nothing")
        if effective_half_life_h is not None:
            return PROTOCOLS["one point, population half-life"]
        if times_h[0] >= value("radioiodine.late_point_earliest_h"):
            return PROTOCOLS["one late point"]
        raise InputError(
            f"times_h is {times_h[0]:g} h alone; give effective_half_life_h with its uncertainty, or measure once more "
            "on day 5 to 8"
        )
    if effective_half_life_h is not None:
        raise InputError("effective_half_life_h is for a single measurement; with more it is measured")
    if k_b_per_h is not None:
        return PROTOCOLS["two points, given k_b"]
    if len(times_h) >= 3 and early:
        return PROTOCOLS["three points"]
    if early == 0 and late >= 2:
        return PROTOCOLS["two late points"]
    raise InputError(
        "two points with one in the uptake phase determine no curve; give k_b_per_h, add a measurement on day 1 or 2, "
        "or use the late point alone"
    )


def time_integral(
    times_h, uptake, sigma=None, *, k_b_per_h=None, effective_half_life_h=None, nuclide="I-131"
) -> UptakeIntegral:
    """Time integral of the uptake by the protocol that suits the measurements.

    Parameters
    ----------
    times_h, uptake, sigma
        As in :func:`fit_two_compartment`; one or more points.
    k_b_per_h : float or ufloat, optional
        Loss rate of the pool of a population, for two points.
    effective_half_life_h : ufloat, optional
        Of a population, with its uncertainty, for one point.
    nuclide : str or Nuclide

    Returns
    -------
    UptakeIntegral
        With the flag that names what was assumed.

    Raises
    ------
    InputError, PhysicsError, FitError
        As the function for the protocol.

    References
    ----------
    EANM SOP II, doi:10.1007/s00259-013-2387-x (recalled).
    """
    protocol = choose_protocol(times_h, k_b_per_h=k_b_per_h, effective_half_life_h=effective_half_life_h)
    if protocol.name == "two late points":
        return late_points(times_h, uptake, sigma, nuclide)
    if protocol.name in ("three points", "two points, given k_b"):
        found = fit_two_compartment(times_h, uptake, sigma, k_b_per_h=k_b_per_h, nuclide=nuclide)
        return UptakeIntegral(
            found.tiac_h, found.effective_half_life_h, protocol.name, found.extrapolated_fraction, found.flags,
            found.sources, fit=found,
        )  # fmt: skip
    points = curve("uptake", times_h, _check.fraction("uptake", uptake), sigma, nuclide=nuclide)
    time_h, measured = float(points.times_h[0]), points.measured()[0]
    flags, half_life, share = [*points.flags, protocol.flag], None, None
    if protocol.name == "one late point":
        tiac, source = late_point_tiac(time_h, measured), "radioiodine.late_point"
    else:
        tiac = single_point_tiac(time_h, measured, effective_half_life_h, nuclide)
        half_life, source = effective_half_life_h, "kinetics.known_half_life"
        share = float(np.exp(-LN2 * time_h / half_life.nominal_value))
        flags += extrapolation_flags(share)
    return UptakeIntegral(tiac, half_life, protocol.name, share, tuple(flags), (*find_nuclide(nuclide).sources, source))
