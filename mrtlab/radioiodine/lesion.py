"""Remnants and metastases: dose from a planar or SPECT uptake, and from I-124 PET before the therapy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, calibration, kinetics
from mrtlab import dose as methods
from mrtlab.constants import value
from mrtlab.errors import Flag, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._curves import curve, fitted
from mrtlab.radioiodine._guards import LN2, effective_half_life, positive_fraction, possible_uptake
from mrtlab.radioiodine.doses import ENERGY_MODES, mean_energy

__all__ = ["TracerConversion", "i124_to_i131", "lesion_activity", "lesion_dose", "lesion_tia"]

_I131 = "I-131"


def lesion_tia(activity_mbq, fraction, effective_half_life_h, *, recovery):
    """Time-integrated activity of a lesion with immediate uptake, ``A·(f/R)·T_eff/ln 2``, MBq·h.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Administered.
    fraction : float, array or ufloat
        Apparent fraction of it in the lesion at the administration (carried back), 0 to 1.
    effective_half_life_h : float, array or ufloat
    recovery : float or ufloat
        Partial-volume recovery of an object of this size. There is no default: 1 says that the fraction is corrected
        already.

    Raises
    ------
    InputError
        For numbers out of range; for a recovery below 0.2.
    PhysicsError
        For a half-life above the physical one, or more than was administered.

    Warns
    -----
    PlausibilityWarning
        For a recovery below 0.5.

    References
    ----------
    Analytic; MIRD scheme.
    """
    activity_mbq = _check.positive("activity_mbq", activity_mbq)
    effective_half_life_h = effective_half_life("effective_half_life_h", effective_half_life_h)
    true = calibration.partial_volume_corrected(positive_fraction("fraction", fraction), recovery)
    if np.any(_check.nominal(true) > 1):
        raise PhysicsError(
            f"fraction over recovery is {np.max(_check.nominal(true)):.3g}, more than was administered; check recovery"
        )
    return activity_mbq * true * effective_half_life_h / LN2


def lesion_dose(activity_mbq, mass_g, fraction, effective_half_life_h, *, recovery, mode: str = "mass"):
    """Absorbed dose of a remnant or a metastasis from I-131, Gy.

    Parameters
    ----------
    activity_mbq, fraction, effective_half_life_h, recovery
        As in :func:`lesion_tia`.
    mass_g : float, array or ufloat
    mode : {"mass", "eanm", "constant", "sphere"}
        Mean energy, see :func:`mean_energy`; ``"sphere"`` takes the S value of
        :func:`mrtlab.dose.sphere_s_value`, which also holds below 0.5 g.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError, PhysicsError
        As :func:`lesion_tia` and :func:`mean_energy`.

    Warns
    -----
    PlausibilityWarning
        Below 1 g, where recovery and mass decide everything.

    References
    ----------
    Analytic; MIRD scheme.
    """
    tia_mbq_h = lesion_tia(activity_mbq, fraction, effective_half_life_h, recovery=recovery)
    _check.choice("mode", mode, (*ENERGY_MODES, "sphere"))
    mass_g = _check.positive("mass_g", mass_g)
    smallest, limit = float(np.min(_check.nominal(mass_g))), value("radioiodine.small_lesion_g")
    if smallest < limit:
        _check.warn(f"mass_g is {smallest:g}, below {limit:g} g: recovery and outline decide this dose")
    if mode == "sphere":
        return tia_mbq_h * methods.sphere_s_value(mass_g, _I131)
    return tia_mbq_h * mean_energy(mass_g, mode) / mass_g


def lesion_activity(dose_gy, mass_g, fraction, effective_half_life_h, *, recovery, mode: str = "mass"):
    """Activity that gives a lesion a dose, MBq: the inverse of :func:`lesion_dose`.

    The limits of the activity are elsewhere: see :func:`activity_limits`.

    Raises
    ------
    InputError, PhysicsError
        As :func:`lesion_dose`.

    References
    ----------
    Analytic; MIRD scheme.
    """
    dose_gy = _check.positive("dose_gy", dose_gy)
    return dose_gy / lesion_dose(1.0, mass_g, fraction, effective_half_life_h, recovery=recovery, mode=mode)


@dataclass(frozen=True, eq=False)
class TracerConversion:
    """Kinetics of I-131 in a lesion as I-124 PET predicts them.

    Attributes
    ----------
    start_fraction : ufloat
        Fraction of the administered activity carried back to the administration; the same for both nuclides.
    i124_half_life_h, i131_half_life_h : ufloat
        Effective, hours.
    biological_half_life_h : ufloat or None
        None if no biological loss can be seen, which is taken as none.
    tiac_h : ufloat
        Of I-131, hours.
    extrapolated_fraction : float
        Share of the integral of I-131 after the last scan.
    flags, sources : tuple of str
    """

    start_fraction: UFloat
    i124_half_life_h: UFloat
    i131_half_life_h: UFloat
    biological_half_life_h: UFloat | None
    tiac_h: UFloat
    extrapolated_fraction: float
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def i124_to_i131(times_h, fraction, sigma=None) -> TracerConversion:
    """Effective half-life and time integral of I-131 from I-124 PET at two times or more.

    The effective rate of I-124 less its decay is the biological rate, to which the decay of I-131 is added. The ratio
    of the physical half-lives converts nothing.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration, such as 24 and 96.
    fraction : sequence of float or ufloat
        Fraction of the administered I-124 in the lesion, its decay included.
    sigma : float or sequence of float, optional
        Standard uncertainties of plain fractions. Without them 5 % is assumed and flagged.

    Returns
    -------
    TracerConversion
        If the fall is slower than decay within its uncertainty, no biological loss is taken and
        ``FELL_BACK_TO_PHYSICAL`` flagged.

    Raises
    ------
    InputError
        For numbers out of range, fewer than two points, or a fraction that does not fall.
    PhysicsError
        If it falls more slowly than I-124 decays by more than its uncertainty, or more than was administered would be
        there.

    References
    ----------
    Same kinetics of both nuclides; analytic.
    """
    points = curve("fraction", times_h, _check.fraction("fraction", fraction), sigma, nuclide="I-124")
    possible_uptake("fraction", np.array(points.measured()), points.times_h, "I-124")
    if len(points) == 2:
        few = kinetics.two_point(points)
        start, rate, source = few.a1_mbq, LN2 / few.effective_half_life_h, few
    else:
        source = fitted(points, "mono")
        start, rate = source.amplitudes[0], source.rates_per_h[0]
    carried = _check.exact(start)
    if carried.nominal_value - 1 > 2 * carried.std_dev:
        raise PhysicsError(
            f"carried back to the administration the fraction would be {carried.nominal_value:.3g}, more than was "
            "administered; check fractions and times, or the uptake was not over at the first scan"
        )
    biological = rate - find_nuclide("I-124").decay_constant_per_h
    lost = Flag.FELL_BACK_TO_PHYSICAL not in source.flags and _check.nominal(biological) > 0
    therapy = find_nuclide(_I131).decay_constant_per_h + (biological if lost else 0.0)
    share = float(np.exp(-_check.nominal(therapy) * points.times_h[-1]))
    return TracerConversion(
        start_fraction=_check.exact(start),
        i124_half_life_h=_check.exact(LN2 / rate),
        i131_half_life_h=_check.exact(LN2 / therapy),
        biological_half_life_h=LN2 / biological if lost else None,
        tiac_h=_check.exact(start / therapy),
        extrapolated_fraction=share,
        # the flags about extrapolation are of I-124; I-131 has more left after the last scan
        flags=tuple(flag for flag in source.flags if flag not in (Flag.EXTRAPOLATED, Flag.MOSTLY_EXTRAPOLATED))
        + tuple(kinetics.curve.extrapolation_flags(share)),
        sources=(*source.sources, *find_nuclide(_I131).sources, "radioiodine.tracer_conversion"),
    )
