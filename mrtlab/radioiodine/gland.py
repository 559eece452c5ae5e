"""The gland: its volume by ultrasound, its mass, and what its shrinking does to the dose."""

from __future__ import annotations

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.radioiodine._guards import effective_half_life, one_number

__all__ = ["shrinkage_factor", "thyroid_mass_g", "thyroid_volume"]


def thyroid_volume(lobes_cm, factor: float = np.pi / 6):
    """Volume of the thyroid from the diameters of its lobes, ``factor·sum(L·W·D)``, mL.

    Parameters
    ----------
    lobes_cm : sequence of (length, width, depth)
        Diameters in cm, of each lobe; ufloats carry their uncertainty. The isthmus counts if it is listed.
    factor : float
        ``pi/6`` for ellipsoids; 0.479 after Brunn (``radioiodine.volume_factor_brunn``).

    Returns
    -------
    float or ufloat, mL

    Raises
    ------
    InputError
        For anything but triples, diameters above 12 cm (millimetres?), or a factor for radii.

    Warns
    -----
    PlausibilityWarning
        Outside 3 to 300 mL.

    References
    ----------
    Ellipsoid; Brunn et al., Dtsch Med Wochenschr 1981;106:1338 (recalled).
    """
    factor = one_number("factor", _check.positive("factor", factor))
    if _check.nominal(factor) > 1:
        raise InputError(f"factor is {_check.nominal(factor):.3g}; lengths are diameters, for which it is pi/6 = 0.524")
    try:
        lobes = [tuple(lobe) for lobe in lobes_cm]
    except TypeError:
        lobes = []
    if not lobes or any(len(lobe) != 3 for lobe in lobes):
        raise InputError(f"lobes_cm must be triples (length, width, depth), one per lobe, got {lobes_cm!r}")
    total, longest = 0.0, value("radioiodine.longest_diameter_cm")
    for number, lobe in enumerate(lobes, 1):
        diameters = [one_number("lobes_cm", _check.positive(f"lobes_cm, lobe {number}", diameter)) for diameter in lobe]
        largest = max(_check.nominal(diameter) for diameter in diameters)
        if largest > longest:
            raise InputError(
                f"lobes_cm, lobe {number} has a diameter of {largest:g} cm, more than {longest:g} cm; is it in mm?"
            )
        total = total + factor * diameters[0] * diameters[1] * diameters[2]
    low, high = value("radioiodine.volume_low_ml"), value("radioiodine.volume_high_ml")
    if not low <= _check.nominal(total) <= high:
        _check.warn(
            f"the volume is {_check.nominal(total):.3g} mL, outside {low:g} to {high:g} mL; check the diameters"
        )
    return total


def thyroid_mass_g(volume_ml, density_g_per_ml=None):
    """Mass from volume, g.

    Parameters
    ----------
    volume_ml : float, array or ufloat
        An ultrasound volume is uncertain by some 15 % (``radioiodine.volume_rel``).
    density_g_per_ml : float or ufloat, optional
        1.00 by habit of the field; ICRP soft tissue is near 1.05.

    Raises
    ------
    InputError
        For numbers that are not above 0.

    References
    ----------
    ``radioiodine.thyroid_density`` (recalled).
    """
    density = value("radioiodine.thyroid_density") if density_g_per_ml is None else density_g_per_ml
    return _check.positive("volume_ml", volume_ml) * _check.positive("density_g_per_ml", density)


def shrinkage_factor(effective_half_life_h, mass_half_life_h):
    """How much larger the dose is if the gland shrinks meanwhile, ``1/(1 - T_eff/T_m)``. A teaching model.

    The mass halves every ``T_m`` while the activity decays with ``T_eff``. Off by default everywhere: prescriptions
    are to the initial mass.

    Parameters
    ----------
    effective_half_life_h, mass_half_life_h : float, array or ufloat
        Hours.

    Raises
    ------
    InputError
        If the mass halves as fast as the activity or faster: the dose would have no end.

    References
    ----------
    Illustrative; it spans the 9 to 30 % of Traino et al., Phys Med Biol 2000;45:121-129 (abstract).
    """
    effective_half_life_h = effective_half_life("effective_half_life_h", effective_half_life_h)
    mass_half_life_h = _check.positive("mass_half_life_h", mass_half_life_h)
    ratio = effective_half_life_h / mass_half_life_h
    if np.any(_check.nominal(ratio) >= 1):
        raise InputError(
            f"mass_half_life_h is {np.min(_check.nominal(mass_half_life_h)):g} h, not above effective_half_life_h: the "
            "gland would vanish before its activity and the dose grow without end"
        )
    return 1 / (1 - ratio)
