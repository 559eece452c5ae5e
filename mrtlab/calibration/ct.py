"""From CT numbers to density, mass and attenuation."""

from __future__ import annotations

import warnings

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.calibration._tables import table
from mrtlab.constants import value
from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["attenuation_per_cm", "density_g_per_ml", "mass_g", "transmission", "water_attenuation_per_cm"]


def density_g_per_ml(hu):
    """Mass density for CT numbers, linear between seven nodes and constant beyond them, g/mL.

    Contrast medium raises the CT number, not the density: a kidney at 180 HU comes out 8 % too heavy. For soft organs
    take a fixed density instead, 1.03 to 1.06 g/mL.

    Parameters
    ----------
    hu : float, array or ufloat
        CT numbers, Hounsfield units.

    Warns
    -----
    PlausibilityWarning
        Below -1050 or above 4000: raw pixel values, rescale slope or intercept not applied?
        Median from 100 to 250: an organ after contrast medium, whose density would come out too high.

    References
    ----------
    After Schneider, Bortfeld, Schlegel, Phys Med Biol 2000;45:459-478, doi:10.1088/0031-9155/45/2/314. The tabulated
    step down at 100 HU was smoothed out, so that density never falls with rising CT number (derived).
    """
    hu = _ct_numbers(hu)
    middle = float(np.median(_check.nominal(hu))) if np.size(hu) else 0.0
    if value("calibration.hu_contrast_low") <= middle <= value("calibration.hu_contrast_high"):
        warnings.warn(
            f"hu is {middle:g}{' in the median' if np.ndim(hu) else ''}, as in an organ after contrast medium, which "
            "raises the CT number, not the density, and the mass comes out up to 8 % too high. For soft tissue take a "
            "fixed density, 1.03 to 1.06 g/mL; for spongy bone the number is right",
            PlausibilityWarning,
            stacklevel=2,
        )
    return _density(hu)


def mass_g(hu, voxel_ml) -> float:
    """Mass of a region, the sum of density times volume over its voxels, g.

    Parameters
    ----------
    hu : array
        CT numbers of the voxels inside the region, any shape.
    voxel_ml : float
        Volume of one voxel, mL.

    Raises
    ------
    InputError
        For no voxels, or a volume that is not positive.

    Warns
    -----
    PlausibilityWarning
        As :func:`density_g_per_ml`.

    References
    ----------
    As :func:`density_g_per_ml`.
    """
    if np.size(hu) == 0:
        raise InputError("hu has no voxels; is the mask empty?")
    return np.sum(density_g_per_ml(hu)) * _check.positive("voxel_ml", voxel_ml)


def transmission(attenuation_per_cm, thickness_cm):
    """Share of photons that pass a stack of layers, ``exp(-sum µ·t)``.

    Parameters
    ----------
    attenuation_per_cm, thickness_cm : float, ufloat or row of them
        Linear attenuation coefficient (1/cm) and thickness (cm) of each layer along the line of sight.

    Returns
    -------
    float or ufloat, above 0 and at most 1

    Raises
    ------
    InputError
        For negative numbers, rows of different lengths, or so much attenuation that nothing is left.

    References
    ----------
    Exponential attenuation of a narrow beam.
    """
    attenuation_per_cm = np.atleast_1d(_check.non_negative("attenuation_per_cm", attenuation_per_cm))
    thickness_cm = np.atleast_1d(_check.non_negative("thickness_cm", thickness_cm))
    if len(attenuation_per_cm) > 1 and len(thickness_cm) > 1:
        _numbers.same_length(attenuation_per_cm=attenuation_per_cm, thickness_cm=thickness_cm)
    passed = _numbers.exp(-np.sum(attenuation_per_cm * thickness_cm))
    if _check.nominal(passed) == 0:
        raise InputError("attenuation_per_cm times thickness_cm leaves nothing; is the thickness in mm?")
    return passed


def water_attenuation_per_cm(energy_kev):
    """Linear attenuation coefficient of water from 50 to 600 keV, log-log between tabulated energies, 1/cm.

    Parameters
    ----------
    energy_kev : float, array or ufloat
        Photon energy, keV.

    Raises
    ------
    InputError
        Outside the table.

    References
    ----------
    Mass attenuation coefficients of NIST (recalled, to be confirmed), density 1 g/mL.
    """
    energy_kev = _check.positive("energy_kev", energy_kev)
    kev = table("water_attenuation")["kev"]
    plain = np.asarray(_check.nominal(energy_kev))
    if np.any((plain < kev[0]) | (plain > kev[-1])):
        raise InputError(
            f"energy_kev must lie between {kev[0]} and {kev[-1]}, got {plain.min():g} to {plain.max():g}; is it in MeV?"
        )
    return _numbers.exp(_log_water(_numbers.log(energy_kev)))


def attenuation_per_cm(hu, water_per_cm, bone_per_cm, ct_water_per_cm, ct_bone_per_cm):
    """Linear attenuation coefficient at the photon energy of the camera from CT numbers, bilinear, 1/cm.

    Below water the tissue is a mixture of air and water, above it of water and bone.

    Parameters
    ----------
    hu : float, array or ufloat
        CT numbers.
    water_per_cm, bone_per_cm : float, array or ufloat
        Coefficients at the energy of the camera, 1/cm.
    ct_water_per_cm, ct_bone_per_cm : float, array or ufloat
        Coefficients at the effective energy of the CT, 1/cm.

    Returns
    -------
    same kind as given, 1/cm; arrays follow numpy's rules of broadcasting

    Raises
    ------
    InputError
        For coefficients that are not positive, or bone that attenuates no more than water.

    Warns
    -----
    PlausibilityWarning
        As :func:`density_g_per_ml`. Noise in air a little below -1000 gives coefficients a little below 0, which
        keeps sums along a line free of bias.

    References
    ----------
    Brown et al. 2008 (recalled).
    """
    hu = _ct_numbers(hu)
    pairs = {"": (water_per_cm, bone_per_cm), "ct_": (ct_water_per_cm, ct_bone_per_cm)}
    for start, (water, bone) in pairs.items():
        water = _check.positive(f"{start}water_per_cm", water)
        bone = _check.positive(f"{start}bone_per_cm", bone)
        pairs[start] = water, bone
        if np.any(_check.nominal(bone) <= np.asarray(_check.nominal(water))):
            raise InputError(
                f"{start}bone_per_cm must be above {start}water_per_cm, got {bone} and {water}; they are linear "
                "coefficients, density included"
            )
    water_per_cm, bone_per_cm = pairs[""]
    ct_water_per_cm, ct_bone_per_cm = pairs["ct_"]
    bone_slope = ct_water_per_cm * (bone_per_cm - water_per_cm) / (ct_bone_per_cm - ct_water_per_cm)
    # water + hu/1000·water is water·(1 + hu/1000): the two branches differ in slope only
    slope = np.where(np.asarray(_check.nominal(hu)) <= 0, water_per_cm, bone_slope)[()]
    return water_per_cm + hu / 1000 * slope


def _ct_numbers(hu):
    hu = _check.finite("hu", hu)
    plain = np.asarray(_check.nominal(hu))
    low, high = value("calibration.hu_low"), value("calibration.hu_high")
    if plain.size and (plain.min() < low or plain.max() > high):
        warnings.warn(
            f"hu runs from {plain.min():g} to {plain.max():g}; CT numbers lie between {low:g} and {high:g}. Were "
            "rescale slope and intercept applied?",
            PlausibilityWarning,
            stacklevel=3,
        )
    return hu


def _slope_of(x, y):
    """Derivative of the linear interpolation through the nodes, 0 outside them."""
    x, steps = np.asarray(x, dtype=float), np.diff(y) / np.diff(x)

    def slope(at):
        inside = x[0] <= at < x[-1]
        return steps[np.searchsorted(x, at, side="right") - 1] if inside else 0.0

    return slope


def _interpolation(x, y):
    return _numbers.lift(lambda at: np.interp(at, x, y), _slope_of(x, y))


_density = _interpolation(table("density")["hu"], table("density")["g_per_ml"])
_log_water = _interpolation(*(np.log(table("water_attenuation")[name]) for name in ("kev", "cm2_per_g")))
