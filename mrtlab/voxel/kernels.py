"""Voxel kernels: the dose in every voxel around one that holds activity."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.kernels import kernel_nuclides, point_kernel
from mrtlab.nuclides import Nuclide, dose_constant
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.voxel.fractions import fractions, images

__all__ = ["SOFT_TISSUE", "KernelBalance", "KernelEnergy", "kernel", "kernel_balance", "kernel_energy"]

SOFT_TISSUE = value("dose.soft_tissue_density")
_MOST_VOXELS = 64_000_000


def kernel(nuclide, spacing_mm, density_g_per_ml: float = SOFT_TISSUE, radius_mm: float | None = None) -> np.ndarray:
    """Dose around a voxel per time-integrated activity in it.

    Parameters
    ----------
    nuclide : str or Nuclide
        One of :func:`mrtlab.dose.kernel_nuclides`.
    spacing_mm : three floats, or one for cubic voxels
        Voxel edges (z, y, x), mm.
    density_g_per_ml : float
        Of the water-like medium; distances shrink with it.
    radius_mm : float, optional
        Where the kernel ends. By default electrons go to the end of their range and photons to 100 mm.
        :func:`kernel_energy` tells what lies outside.

    Returns
    -------
    array, float64, axes (z, y, x), every length odd, the source voxel in the middle
        Gy per MBq·h in the source voxel, electrons and photons together. Y-90 has no photons to speak of; the
        bremsstrahlung of all nuclides is left out.

    Raises
    ------
    InputError
        For a nuclide without kernel, a radius beyond the photon table (300 mm of water), or a kernel of more than
        64 million voxels.

    Warns
    -----
    PlausibilityWarning
        If the radius cuts electrons off, or for voxels below 0.1 mm, where the point kernels do not hold.

    References
    ----------
    Triangle weights: analytic. Point kernels: mrtlab/data/kernels (derived, ICRP Publication 107).
    Compared with Lanconelli et al., Phys Med Biol 2012;57:517 and MIRD Pamphlet No. 17.
    """
    found, spacing, density = find_nuclide(nuclide), spacing_of(spacing_mm), _density(density_g_per_ml)
    electron_mm, photon_mm = reach_mm(found, density, radius_mm)
    warn_of_cuts(found, spacing, density, electron_mm, radius_mm)
    size = 2 * np.ceil(max(electron_mm, photon_mm) / np.array(spacing)) + 1
    if np.prod(size) > _MOST_VOXELS:
        raise InputError(
            f"radius_mm {max(electron_mm, photon_mm):g} with spacing_mm {spacing} would need a kernel of "
            f"{' x '.join(f'{n:.0f}' for n in size)} voxels; give a smaller radius_mm"
        )
    octant = build(found.name, spacing, density, electron_mm, photon_mm)
    return np.pad(octant, [(n - 1, 0) for n in octant.shape], mode="reflect")


@lru_cache(maxsize=4)
def build(
    name: str, spacing: tuple, density: float, electron_mm: float, photon_mm: float, most: tuple | None = None
) -> np.ndarray:
    """One octant of the kernel, the source voxel first, no more voxels along each axis than ``most``.

    Read-only, and kept for the next call because a wide one takes a second or two.
    """
    found = find_nuclide(name)
    water = np.array(spacing) * density
    electrons = point_kernel(found).between(0, electron_mm * density)
    energy = found.electron_mev * fractions(electrons, water, most=most)
    if photon_mm:
        photons = point_kernel(found, "photon").between(0, photon_mm * density)
        photons = found.photon_mev * fractions(photons, water, most=most)
        wider = np.maximum(energy.shape, photons.shape)
        energy = _widen(energy, wider) + _widen(photons, wider)
    octant = dose_constant(energy) / (density * math.prod(spacing) / 1000)
    octant.setflags(write=False)
    return octant


def warn_of_cuts(found: Nuclide, spacing, density: float, electron_mm: float, radius_mm) -> None:
    """Warn of voxels below the validity of the point kernels, and of electrons that a radius cuts off."""
    if min(spacing) * density < value("voxel.smallest_edge_mm"):
        warnings.warn(
            f"spacing_mm is {min(spacing):g}: the point kernels do not hold below "
            f"{value('voxel.smallest_edge_mm'):g} mm of water",
            PlausibilityWarning,
            stacklevel=3,
        )
    whole = point_kernel(found).range_mm / density
    if electron_mm < whole * 0.999:
        lost = 1 - point_kernel(found).between(0, electron_mm * density).deposited / point_kernel(found).deposited
        warnings.warn(
            f"radius_mm is {radius_mm:g}, but electrons of {found.name} reach {whole:.3g} mm here: "
            f"{100 * lost:.2g} % of their energy is left out",
            PlausibilityWarning,
            stacklevel=3,
        )


@dataclass(frozen=True)
class KernelEnergy:
    """Where the energy of one decay goes.

    Attributes
    ----------
    nuclide : str
    radius_mm : float
        Where the kernel ends: the larger of the radii for electrons and photons.
    electron_mev, photon_mev : float
        Emitted per decay, MeV.
    electron_fraction, photon_fraction : float
        Part of each deposited within the radius.
    bremsstrahlung_fraction : float
        Part of the electron energy that leaves as bremsstrahlung, which no kernel holds.
    electron_fraction_outside, photon_fraction_outside : float
        The rest: what leaves the radius.
    deposited_mev : float
        Electrons and photons within the radius, MeV per decay. This is what a kernel's voxels add up to.
    """

    nuclide: str
    radius_mm: float
    electron_mev: float
    photon_mev: float
    electron_fraction: float
    photon_fraction: float
    bremsstrahlung_fraction: float
    electron_fraction_outside: float
    photon_fraction_outside: float
    deposited_mev: float
    sources: tuple[str, ...] = ("dose.kernels", "nuclides.icrp107")


def kernel_energy(nuclide, radius_mm: float | None = None, density_g_per_ml: float = SOFT_TISSUE) -> KernelEnergy:
    """What a voxel kernel holds of the energy of a decay, and what it does not.

    Parameters
    ----------
    nuclide, radius_mm, density_g_per_ml
        As for :func:`kernel`.

    Raises
    ------
    InputError
        As :func:`kernel`.

    References
    ----------
    Point kernels: mrtlab/data/kernels (derived); emitted energies: ICRP Publication 107.

    Examples
    --------
    >>> energy = kernel_energy("I-131")
    >>> f"{energy.photon_fraction_outside:.2f} of the photon energy leaves {energy.radius_mm:.0f} mm"
    '0.66 of the photon energy leaves 100 mm'
    """
    found, density = find_nuclide(nuclide), _density(density_g_per_ml)
    electron_mm, photon_mm = reach_mm(found, density, radius_mm)
    whole = point_kernel(found).deposited
    electrons = point_kernel(found).between(0, electron_mm * density).deposited
    photons = point_kernel(found, "photon").between(0, photon_mm * density).deposited if photon_mm else 0.0
    return KernelEnergy(
        nuclide=found.name,
        radius_mm=max(electron_mm, photon_mm),
        electron_mev=found.electron_mev,
        photon_mev=found.photon_mev,
        electron_fraction=electrons,
        photon_fraction=photons,
        bremsstrahlung_fraction=1 - whole,
        electron_fraction_outside=whole - electrons,
        photon_fraction_outside=1 - photons,
        deposited_mev=found.electron_mev * electrons + found.photon_mev * photons,
    )


@dataclass(frozen=True)
class KernelBalance:
    """The energy in a voxel kernel against what must be in it.

    Attributes
    ----------
    deposited_mev : float
        Energy in all voxels of the kernel, MeV per decay.
    least_mev, most_mev : float
        Electrons alone within the same voxels; the same with the photons within the sphere around them.
    flags : tuple of str
        ``KERNEL_ENERGY_MISSING`` or ``KERNEL_ENERGY_EXCESS`` if it is 1 % off either end.
    """

    deposited_mev: float
    least_mev: float
    most_mev: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("dose.kernels", "nuclides.icrp107")


def kernel_balance(kernel_gy_per_mbq_h, spacing_mm, nuclide, density_g_per_ml: float = SOFT_TISSUE) -> KernelBalance:
    """Check the energy of a voxel kernel from elsewhere.

    Published kernels of one nuclide differ by more than 10 %, mostly because conversion and Auger electrons are
    missing. What the kernel deposits in all must lie between the energy of the electrons that stay within its voxels
    and that with the photons added.

    Parameters
    ----------
    kernel_gy_per_mbq_h : array, axes (z, y, x), every length odd
        Gy per MBq·h in the middle voxel. (1 mGy/(MBq·s) is 3.6 Gy/(MBq·h).)
    spacing_mm : three floats, or one for cubic voxels
    nuclide : str or Nuclide
    density_g_per_ml : float
        Of the medium the kernel was computed for.

    Raises
    ------
    InputError
        For a kernel without a middle voxel, negative or missing values, or a nuclide without kernel.

    References
    ----------
    Conservation of energy, with the point kernels of mrtlab/data/kernels (derived) and ICRP Publication 107.
    """
    found, spacing, density = find_nuclide(nuclide), spacing_of(spacing_mm), _density(density_g_per_ml)
    given = odd_kernel("kernel_gy_per_mbq_h", kernel_gy_per_mbq_h)
    per_gy = density * math.prod(spacing) / 1000 / dose_constant(1.0)
    deposited = float(given.sum()) * per_gy
    electron = point_kernel(found)
    octant = fractions(electron, np.array(spacing) * density)[tuple(slice((n + 1) // 2) for n in given.shape)]
    least = found.electron_mev * float(np.sum(octant * images(octant.shape)))
    around = float(np.linalg.norm((np.array(given.shape) + 1) / 2 * np.array(spacing))) * density
    photons = found.name in kernel_nuclides("photon")
    photon_share = point_kernel(found, "photon").between(0, around).deposited if photons else 0.0
    most = found.electron_mev + found.photon_mev * photon_share
    margin = value("voxel.kernel_energy_rel")
    flags = []
    if deposited < least * (1 - margin):
        flags.append(Flag.KERNEL_ENERGY_MISSING)
    if deposited > most * (1 + margin):
        flags.append(Flag.KERNEL_ENERGY_EXCESS)
    return KernelBalance(deposited, least, most, tuple(flags))


def odd_kernel(name: str, array) -> np.ndarray:
    """A three-dimensional array with a middle voxel."""
    array = np.asarray(_check.non_negative(name, array), dtype=float)
    if array.ndim != 3 or any(n % 2 == 0 for n in array.shape):
        raise InputError(
            f"{name} must have three axes of odd length, so that one voxel is the middle; got {array.shape}"
        )
    return array


def reach_mm(found: Nuclide, density: float, radius_mm: float | None) -> tuple[float, float]:
    """How far the kernel carries electrons and photons, mm in the medium; 0 for photons where there are none."""
    electron = point_kernel(found).range_mm / density
    photons = found.name in kernel_nuclides("photon")
    table = float(point_kernel(found, "photon").edges_mm[-1]) / density if photons else 0.0
    if radius_mm is None:
        return electron, min(value("voxel.photon_radius_mm"), table) if photons else 0.0
    radius = float(_check.positive("radius_mm", radius_mm))
    if photons and radius > table * (1 + 1e-9):
        raise InputError(
            f"radius_mm is {radius:g}, further than the photon kernel reaches: {table:.4g} mm at {density:g} g/mL "
            "(300 mm of water)"
        )
    return min(radius, electron), min(radius, table) if photons else 0.0


def _widen(octant: np.ndarray, shape) -> np.ndarray:
    return np.pad(octant, [(0, wide - n) for wide, n in zip(shape, octant.shape, strict=True)])


def spacing_of(spacing_mm) -> tuple[float, float, float]:
    """Three voxel edges as floats."""
    if np.shape(spacing_mm) not in ((), (3,)):
        raise InputError(f"spacing_mm must be three voxel edges (z, y, x) in mm, got {spacing_mm!r}")
    return tuple(float(edge) for edge in np.broadcast_to(_check.positive("spacing_mm", spacing_mm), 3))


def _density(density_g_per_ml) -> float:
    if np.ndim(density_g_per_ml):
        raise InputError(
            "density_g_per_ml must be one number for a kernel; mrtlab.voxel.dose_map takes a map of densities"
        )
    return float(_check.positive("density_g_per_ml", density_g_per_ml))
