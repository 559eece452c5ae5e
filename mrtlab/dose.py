"""Absorbed dose from time-integrated activity: local deposition, S values with mass scaling, spheres.

Doses are Gy, masses g, time-integrated activities MBq·h, S values Gy/(MBq·h). Formulas take floats, arrays or
``uncertainties`` numbers and return the same kind.
"""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.kernels import absorbed_in_sphere, judge_sphere, kernel_nuclides, point_kernel, sphere_mm
from mrtlab.nuclides import dose_constant
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = [
    "S_VALUES",
    "Interval95",
    "SValue",
    "interval95",
    "kernel_nuclides",
    "local",
    "organ",
    "scale_s_value",
    "sphere_absorbed_fraction",
    "sphere_s_value",
]


@dataclass(frozen=True)
class SValue:
    """One reference S value.

    Attributes
    ----------
    nuclide, phantom, target, source : str
    gy_per_mbq_h : float
        Dose to the target per time-integrated activity in the source, Gy/(MBq·h).
    mass_g : float
        Mass of the target in the phantom.
    sources : tuple of str
    """

    nuclide: str
    phantom: str
    target: str
    source: str
    gy_per_mbq_h: float
    mass_g: float
    sources: tuple[str, ...] = ("dose.opendose",)


def _read_s_values() -> tuple[SValue, ...]:
    table = tomllib.loads(files("mrtlab").joinpath("data/s_values.toml").read_text(encoding="utf-8"))
    return tuple(
        # mGy/(MBq·s) times 3600 s/h over 1000 mGy/Gy
        SValue(row["nuclide"], row["phantom"], row["target"], row["source"], row["s"] * 3600 / 1000, row["mass_g"])
        for row in table["rows"]
    )


S_VALUES: tuple[SValue, ...] = _read_s_values()


def local(tia_mbq_h, mass_g, nuclide):
    """Mean absorbed dose if electrons and alphas stay where they are emitted, Gy.

    Photons are left out. For Lu-177 this is 0.8 % below the full S value in kidneys, 1 % in the spleen and 4 % in
    the liver; for nuclides with much photon energy, such as I-131, use S values.

    Parameters
    ----------
    tia_mbq_h : float, array or ufloat
        Time-integrated activity in the region, MBq·h.
    mass_g : float, array or ufloat
        Mass of the same region, g.
    nuclide : str or Nuclide
        Its daughters are not included.

    Raises
    ------
    InputError
        For a negative time-integrated activity or a mass that is not positive.

    References
    ----------
    Energies: ICRP Publication 107. Scheme: MIRD Pamphlet No. 21, doi:10.2967/jnumed.108.056036.
    """
    tia_mbq_h = _check.non_negative("tia_mbq_h", tia_mbq_h)
    mass_g = _check.positive("mass_g", mass_g)
    return tia_mbq_h * find_nuclide(nuclide).dose_constant / mass_g


@dataclass(frozen=True)
class Interval95:
    """A 95 % interval and the distribution it was taken from.

    Attributes
    ----------
    low, high : float
        In the unit of the value.
    distribution : {"normal", "log-normal"}
    flags : tuple of str
    """

    low: float
    high: float
    distribution: str
    flags: tuple[str, ...] = ()


def interval95(result, mass_g=None) -> Interval95:
    """95 % interval of a dose or another quantity that cannot be negative.

    Normal, value ± 1.96 u, while first-order propagation holds: u of the result and of the mass at most 30 %. Beyond,
    the interval is log-normal around the value as median, and flagged. The mass and the rest then each contribute
    ``ln(1 + u_rel^2)`` to the variance of the logarithm, which is exact for a quotient of independent log-normals.

    Parameters
    ----------
    result : ufloat
        A dose, or a time-integrated activity.
    mass_g : float or ufloat, optional
        The mass by which a dose was divided.

    Raises
    ------
    InputError
        If the result or the mass is not above 0, or the result has no uncertainty.

    References
    ----------
    JCGM 101:2008 (GUM supplement 1), clause 5.7: when the linear propagation does not do.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> mass_g = ufloat(250, 150)
    >>> wide = interval95(local(ufloat(7650, 190), mass_g, "Lu-177"), mass_g)
    >>> wide.distribution, round(wide.low, 2), round(wide.high, 1)
    ('log-normal', 0.88, 7.7)
    """
    if not isinstance(result, UFloat):
        raise InputError(f"result must have an uncertainty, got {result!r}; without one there is no interval")
    _check.positive("result", result)
    middle, relative = result.nominal_value, result.std_dev / result.nominal_value
    of_mass = 0.0
    if isinstance(_check.positive("mass_g", 1.0 if mass_g is None else mass_g), UFloat):
        of_mass = mass_g.std_dev / mass_g.nominal_value
    if max(relative, of_mass) <= value("uncertainty.volume_limit"):
        half = _Z95 * result.std_dev
        return Interval95(middle - half, middle + half, "normal")
    rest = max(relative**2 - of_mass**2, 0.0)
    factor = float(np.exp(_Z95 * np.sqrt(np.log1p(of_mass**2) + np.log1p(rest))))
    return Interval95(middle / factor, middle * factor, "log-normal", (Flag.LINEARISATION_DOUBTFUL,))


_Z95 = 1.96


def organ(tia_by_source: Mapping, s_values: Mapping):
    """Absorbed dose as the sum over source regions, ``D(target) = sum TIA(source)·S(target, source)``, Gy.

    Parameters
    ----------
    tia_by_source : mapping of str to float, array or ufloat
        MBq·h by source region.
    s_values : mapping of str to float, or of str to such a mapping
        S values by source region, Gy/(MBq·h), for one target; or by target and then source for several.

    Returns
    -------
    dose, or dict of dose by target

    Raises
    ------
    InputError
        If a source has activity but no S value, or the other way round: neither is taken for zero.

    References
    ----------
    MIRD Pamphlet No. 21, doi:10.2967/jnumed.108.056036.
    """
    for name, mapping in (("tia_by_source", tia_by_source), ("s_values", s_values)):
        if not isinstance(mapping, Mapping) or not mapping:
            raise InputError(f"{name} must map regions to numbers, got {mapping!r}")
    if all(isinstance(item, Mapping) for item in s_values.values()):
        return {target: organ(tia_by_source, row) for target, row in s_values.items()}
    lacking = sorted(set(tia_by_source) ^ set(s_values))
    if lacking:
        raise InputError(
            f"tia_by_source and s_values must name the same regions; only one of them has {', '.join(lacking)}. "
            "Give 0 for what does not contribute"
        )
    return sum(
        _check.non_negative(f"tia_by_source[{source!r}]", tia)
        * _check.non_negative(f"s_values[{source!r}]", s_values[source])
        for source, tia in tia_by_source.items()
    )


def scale_s_value(s_value, reference_mass_g, mass_g, nuclide, photon_exponent: float = 2 / 3):
    """Self-dose S value carried from a reference organ to another mass, Gy/(MBq·h).

    ``S = S_e·(m_ref/m) + S_ph·(m_ref/m)^(2/3)`` with the electron part ``S_e`` that a sphere of the reference mass
    has, the rest being photons. Only for source and target in the same organ: the dose from other organs is not
    scaled.

    Parameters
    ----------
    s_value : float or ufloat
        Reference S value, Gy/(MBq·h). (1 mGy/(MBq·s) is 3.6 Gy/(MBq·h).)
    reference_mass_g, mass_g : float or ufloat
        Mass of the reference organ and of the patient's.
    nuclide : str or Nuclide
    photon_exponent : float
        Power of the mass ratio for the photon part; 1 scales the whole value with 1/mass.

    Raises
    ------
    InputError
        If the S value is far below what electrons alone give in that mass: a unit or the mass is wrong.

    Warns
    -----
    PlausibilityWarning
        If the masses differ more than threefold, or the S value is a little below the electron part.

    References
    ----------
    MIRD Pamphlet No. 11 approximations (recalled).
    """
    s_value = _check.positive("s_value", s_value)
    reference_mass_g = _check.positive("reference_mass_g", reference_mass_g)
    mass_g = _check.positive("mass_g", mass_g)
    _check.fraction("photon_exponent", photon_exponent)
    found = find_nuclide(nuclide)
    plain_reference = _check.nominal(reference_mass_g)
    electrons = dose_constant(_deposited_mev(found, plain_reference)) / reference_mass_g
    share = _check.nominal(s_value / electrons)
    if np.any(share < 0.9):
        raise InputError(
            f"s_value is {np.min(_check.nominal(s_value)):g} Gy/(MBq·h), only {100 * np.min(share):.2g} % of what the "
            f"electrons of {found.name} alone give in {np.max(plain_reference):g} g; check its unit (1 mGy/(MBq·s) is "
            "3.6 Gy/(MBq·h)) and the mass"
        )
    if np.any(share < 1):
        warnings.warn(
            f"s_value is below the electron part for {np.max(plain_reference):g} g of {found.name}; all of it was "
            "scaled with 1/mass",
            PlausibilityWarning,
            stacklevel=2,
        )
        electrons = s_value
    ratio = reference_mass_g / mass_g
    limit = value("dose.mass_ratio_limit")
    apart = float(max(np.ravel(_check.nominal(ratio)), key=lambda item: abs(np.log(item))))
    if not 1 / limit <= apart <= limit:
        warnings.warn(
            f"mass_g is {1 / apart:.3g} times reference_mass_g: scaling an S value further than {limit:g}-fold is "
            "doubtful; check grams and kilograms",
            PlausibilityWarning,
            stacklevel=2,
        )
    return electrons * ratio + (s_value - electrons) * ratio**photon_exponent


def sphere_s_value(mass_g, nuclide, density_g_per_ml: float = 1.0):
    """S value of a sphere with uniform activity, to itself, Gy/(MBq·h).

    Electrons by the fraction of the deposited energy that stays inside, photons by theirs, alphas wholly.
    Bremsstrahlung leaves. Y-90 has no photons to speak of and none are counted.

    Parameters
    ----------
    mass_g : float, array or ufloat
    nuclide : str or Nuclide
        One of :func:`kernel_nuclides`.
    density_g_per_ml : float
        Of the water-like sphere.

    Raises
    ------
    InputError
        For a nuclide without kernel, or a sphere so large that what its photons leave beyond the kernel (300 mm) could
        change the result by more than 5 %.

    Warns
    -----
    PlausibilityWarning
        If that could change the result by more than 0.5 %.

    References
    ----------
    Kernels of mrtlab (derived); within 1.5 % of an independent table for Lu-177 from 4 mg to 0.9 kg.
    """
    found = find_nuclide(nuclide)
    point_kernel(found.name)
    mass_g = _check.positive("mass_g", mass_g)
    energy = _deposited_mev(found, mass_g, density_g_per_ml)
    if found.photon_mev > _NO_PHOTONS_MEV:
        density = float(_check.positive("density_g_per_ml", density_g_per_ml))
        energy = energy + found.photon_mev * absorbed_in_sphere(mass_g, found.name, "photon", density)
        judge_sphere(mass_g, found.name, density, _check.nominal(energy) / found.photon_mev)
    return dose_constant(energy) / mass_g


def sphere_absorbed_fraction(mass_g, nuclide, radiation: str = "electron", density_g_per_ml: float = 1.0):
    """Share of the energy that a sphere with uniform activity absorbs itself.

    A decay at a random place in a sphere of diameter d deposits at distance r; the deposit lies inside with
    probability ``1 - 3x/2 + x^3/2``, x = r/d. This is averaged over the point kernel in water. For electrons the
    share is of the deposited energy (bremsstrahlung apart), for photons of the emitted energy.

    Parameters
    ----------
    mass_g : float, array or ufloat
        Mass of the sphere.
    nuclide : str or Nuclide
        One of :func:`kernel_nuclides`.
    radiation : {"electron", "photon"}
    density_g_per_ml : float
        Distances in the kernel shrink with the density.

    Raises
    ------
    InputError
        For a nuclide without kernel, or a sphere so much wider than the photon kernel (300 mm) that the share is not
        known to 5 %.

    Warns
    -----
    PlausibilityWarning
        For a sphere less than 0.1 mm wide, where the kernels do not hold, and one so wide that the share of the
        photons is not known to 0.5 %.

    References
    ----------
    Geometry: analytic. Kernels: mrtlab/data/kernels (derived, ICRP Publication 107 spectra).
    """
    _check.choice("radiation", radiation, ("electron", "photon"))
    mass_g = _check.positive("mass_g", mass_g)
    density = float(_check.positive("density_g_per_ml", density_g_per_ml))
    name = find_nuclide(nuclide).name
    point_kernel(name, radiation)
    plain = _check.nominal(mass_g)
    if np.any(sphere_mm(plain, density) < _SMALLEST_MM):
        warnings.warn(
            f"mass_g is {np.min(plain):g}, a sphere less than {_SMALLEST_MM:g} mm wide; the kernels do not hold there",
            PlausibilityWarning,
            stacklevel=2,
        )
    inside = absorbed_in_sphere(mass_g, name, radiation, density)
    if radiation == "photon":
        judge_sphere(mass_g, name, density, _check.nominal(inside))
    return inside


_NO_PHOTONS_MEV = 1e-4
_SMALLEST_MM = 0.1


def _deposited_mev(found, mass_g, density_g_per_ml=1.0):
    """Energy that electrons and alphas leave in a sphere, MeV per decay; all of it where there is no kernel."""
    if found.name not in kernel_nuclides():
        return found.electron_mev + found.alpha_mev
    deposited = point_kernel(found.name).deposited
    inside = sphere_absorbed_fraction(mass_g, found, "electron", density_g_per_ml)
    return found.electron_mev * deposited * inside + found.alpha_mev
