"""Dose maps: local deposition, and convolution with a voxel kernel."""

from __future__ import annotations

import math
import warnings

import numpy as np
from scipy import fft

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError, PhysicsError, PlausibilityWarning
from mrtlab.kernels import kernel_nuclides, point_kernel
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.voxel.fractions import images
from mrtlab.voxel.kernels import SOFT_TISSUE, build, odd_kernel, reach_mm, spacing_of, warn_of_cuts

__all__ = ["convolve", "dose_map"]

# Voxels transformed at once: three arrays of this many single-precision numbers are held, 150 MB each.
_VOXELS_AT_ONCE = 40_000_000


def dose_map(
    tia_mbq_h,
    spacing_mm,
    nuclide,
    method: str = "local",
    density_g_per_ml=SOFT_TISSUE,
    *,
    radius_mm: float | None = None,
    mask=None,
) -> np.ndarray:
    """Absorbed dose in every voxel.

    Parameters
    ----------
    tia_mbq_h : array, axes (z, y, x)
        Time-integrated activity of every voxel, MBq·h per voxel (not per mL).
    spacing_mm : three floats, or one for cubic voxels
        Voxel edges (z, y, x), mm.
    nuclide : str or Nuclide
        Its daughters are not included.
    method : {"local", "kernel"}
        ``"local"``: electrons and alphas stay in their voxel, photons are left out. The better choice for Lu-177
        at the resolution of SPECT, whose blur is wider than the range of the electrons: a kernel blurs twice.
        ``"kernel"``: convolution with :func:`kernel`, electrons and photons.
    density_g_per_ml : float or array like ``tia_mbq_h``
        With an array, the mass of each voxel is its own. The kernel is then that of soft tissue (1.04 g/mL) and
        its dose is weighted by 1.04 over the local density, which keeps the energy and is wrong where lung, air or
        bone lies next to tissue.
    radius_mm : float, optional
        Where the kernel ends. By default as far as two voxels of the image can lie apart, or where the photon
        table ends (300 mm of water). No more of the kernel is computed than can reach from one voxel of the image to
        another.
    mask : boolean array, optional
        Voxels whose dose will be read; only these are checked for a density far from soft tissue. By default those
        with activity.

    Returns
    -------
    array, float32, shape of ``tia_mbq_h``
        Gy. Outside the image there is no activity: nothing wraps around. With a kernel, rounding leaves errors of
        about 1e-7 of the highest dose, of either sign, also where there is no dose.

    Raises
    ------
    InputError
        For negative or non-finite activity or density, shapes that differ, a nuclide without kernel, or a radius beyond
        the photon table.
    PhysicsError
        If the convolution should not conserve energy to 1e-6.

    Warns
    -----
    PlausibilityWarning
        If a density map goes below 0.6 or above 1.3 g/mL where the dose is wanted and a kernel is used.

    References
    ----------
    MIRD Pamphlet No. 17 (voxel S values); kernels and density weighting as in :func:`kernel`.
    """
    _check.choice("method", method, ("local", "kernel"))
    found, spacing, tia = find_nuclide(nuclide), spacing_of(spacing_mm), _volume("tia_mbq_h", tia_mbq_h)
    density = _densities(density_g_per_ml, tia.shape)
    per_voxel = math.prod(spacing) / 1000
    if method == "local":
        if radius_mm is not None:
            raise InputError("radius_mm is for method='kernel'; with method='local' the energy stays in its voxel")
        return np.asarray(tia * (found.dose_constant / per_voxel) / density, dtype=np.float32)
    uniform = np.ndim(density) == 0
    medium = float(density) if uniform else SOFT_TISSUE
    if radius_mm is None:
        radius_mm = _across(found, spacing, tia.shape, medium)
    electron_mm, photon_mm = reach_mm(found, medium, radius_mm)
    warn_of_cuts(found, spacing, medium, electron_mm, radius_mm)
    # voxels of one image are no further apart than it is long: what lies beyond would never be used
    reach = [math.ceil(max(electron_mm, photon_mm) / edge) + 2 for edge in spacing]
    most = tuple(min(n, far) for n, far in zip(tia.shape, reach, strict=True))
    result = _convolve(tia, build(found.name, spacing, medium, electron_mm, photon_mm, most), even=True)
    if uniform:
        return result
    _warn_of_interfaces(density, tia > 0 if mask is None else _mask(mask, tia.shape))
    result *= medium
    result /= density
    return result


def convolve(tia_mbq_h, kernel_gy_per_mbq_h) -> np.ndarray:
    """Dose map from time-integrated activities and any voxel kernel.

    Fourier transforms in single precision, padded with zeros so that nothing wraps into the image and the whole
    kernel is used, in slabs along z that bound the memory. The energy is checked on the padded result.

    Parameters
    ----------
    tia_mbq_h : array, axes (z, y, x)
        MBq·h per voxel.
    kernel_gy_per_mbq_h : array, axes (z, y, x), every length odd
        Gy per MBq·h in the middle voxel.

    Returns
    -------
    array, float32, shape of ``tia_mbq_h``
        Gy.

    Raises
    ------
    PhysicsError
        If the sum of all doses, those outside the image included, is not the sum of the activities times the sum
        of the kernel to 1e-6. Since all voxels have one mass, this is the energy.
    InputError
        For negative or non-finite values, or an array without three axes or, the kernel, without a middle voxel.

    References
    ----------
    Convolution theorem; voxel S values of MIRD Pamphlet No. 17, J Nucl Med 1999;40:11S-36S (recalled).
    """
    tia = _volume("tia_mbq_h", tia_mbq_h)
    given = odd_kernel("kernel_gy_per_mbq_h", kernel_gy_per_mbq_h)
    middle = tuple(slice(n // 2, None) for n in given.shape)
    even = all(np.array_equal(given, np.flip(given, axis)) for axis in range(3))
    return _convolve(tia, given[middle] if even else given, even)


def _convolve(tia, given, even: bool) -> np.ndarray:
    """Convolution with a kernel, of which an even one is given by the octant that starts at its middle."""
    high, top = float(tia.max()), float(given.max())
    result = np.zeros(tia.shape, dtype=np.float32)
    if high == 0 or top == 0:
        return result
    half = [n - 1 if even else n // 2 for n in given.shape]
    depth, shape = _padded(tia.shape, half)
    # scaled, so that neither tiny activities nor tiny kernels leave the range of single precision
    scaled = np.asarray(given / top, dtype=np.float32)
    spectrum = _even_spectrum(scaled, shape) if even else _spectrum(scaled, shape)
    released = float(np.sum(given * images(given.shape) if even else given)) / top
    found = expected = 0.0
    for start in range(0, tia.shape[0], depth):
        slab = tia[start : start + depth]
        total = float(np.sum(slab, dtype=float)) / high
        if total == 0:
            continue
        part = fft.rfftn(np.asarray(slab / high, dtype=np.float32), s=shape, workers=-1)
        part *= spectrum
        padded = fft.irfftn(part, s=shape, workers=-1, overwrite_x=True)
        found += float(np.sum(padded, dtype=float))
        expected += total * released
        first, last = max(0, start - half[0]), min(tia.shape[0], start + len(slab) + half[0])
        # planes before the slab come out at the far end of the period
        rows = slice(0, last) if first == start == 0 else np.arange(first - start, last - start) % shape[0]
        result[first:last] += padded[rows][:, : tia.shape[1], : tia.shape[2]]
    if abs(found - expected) > value("voxel.energy_rel") * expected:
        raise PhysicsError(
            f"the convolution did not conserve energy: the voxels hold {found / expected:.8f} of what was released"
        )
    result *= high * top
    return result


def _padded(image, half) -> tuple[int, list[int]]:
    """Planes transformed at once, and the period along each axis.

    Image plus half a kernel is enough: what leaves on one side and what leaves on the other may then fall upon each
    other outside the image, where it still counts for the energy, but never inside. Between slabs, which add up,
    both halves need room.
    """
    wanted = [max(n + h, 2 * h + 1) for n, h in zip(image, half, strict=True)]
    plane = math.prod(wanted[1:])
    depth = image[0]
    if plane * wanted[0] > _VOXELS_AT_ONCE:
        # no thinner than the kernel is deep, or most of the work would be padding
        depth = min(depth, max(2 * half[0] + 1, _VOXELS_AT_ONCE // plane - 2 * half[0]))
    if depth < image[0]:
        wanted[0] = depth + 2 * half[0]
    return depth, [_even_fast(n, real=axis == 2) for axis, n in enumerate(wanted)]


def _even_fast(length: int, real: bool) -> int:
    size = fft.next_fast_len(length, real=real)
    while size % 2:
        size = fft.next_fast_len(size + 1, real=real)
    return size


def _even_spectrum(octant, shape) -> np.ndarray:
    """Transform of an even kernel: real, and the cosines of one octant give it at an eighth of the work."""
    transformed = fft.dctn(octant, type=1, s=[n // 2 + 1 for n in shape], workers=-1)
    fold = [np.minimum(np.arange(n), n - np.arange(n)) for n in shape[:2]]
    return transformed[np.ix_(*fold)]


def _spectrum(given, shape) -> np.ndarray:
    """Transform of the kernel with its middle at the origin, ready to multiply with that of an image."""
    whole = np.zeros(shape, dtype=np.float32)
    whole[tuple(slice(n) for n in given.shape)] = given
    return fft.rfftn(np.roll(whole, [-(n // 2) for n in given.shape], axis=(0, 1, 2)), workers=-1)


def _across(found, spacing, shape, density) -> float:
    """The largest distance between two voxels of the image, as far as the kernels reach; no less than electrons do."""
    across = math.hypot(*(n * edge for n, edge in zip(shape, spacing, strict=True)))
    electrons = point_kernel(found).range_mm / density
    if found.name not in kernel_nuclides("photon"):
        return electrons
    return max(electrons, min(across, float(point_kernel(found, "photon").edges_mm[-1]) / density))


def _volume(name: str, array) -> np.ndarray:
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise InputError(f"{name} must be an array of plain numbers, got {array.dtype}")
    # two passes are enough for good data; the full check finds the words for bad
    if array.size and not (array.min() >= 0 and array.max() < np.inf):
        _check.non_negative(name, array)
    if array.ndim != 3 or array.size == 0:
        raise InputError(f"{name} must have three axes (z, y, x) and some voxels, got the shape {array.shape}")
    return array


def _densities(density_g_per_ml, shape):
    density = np.asarray(_check.positive("density_g_per_ml", density_g_per_ml, "air is 0.0012 g/mL"))
    if density.ndim and density.shape != shape:
        raise InputError(
            f"density_g_per_ml has the shape {density.shape}, tia_mbq_h {shape}; give one number or one each"
        )
    return density


def _mask(mask, shape) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != tuple(shape):
        raise InputError(f"mask must be a boolean array of shape {tuple(shape)}, got {mask.dtype} of {mask.shape}")
    return mask


def _warn_of_interfaces(density, wanted) -> None:
    low, high = value("voxel.interface_low"), value("voxel.interface_high")
    doubtful = int(np.count_nonzero(wanted & ((density < low) | (density > high))))
    if doubtful:
        warnings.warn(
            f"density_g_per_ml is below {low:g} or above {high:g} in {doubtful} of {int(np.count_nonzero(wanted))} "
            "voxels of interest: weighting a soft-tissue kernel by density is wrong next to lung, air and bone",
            PlausibilityWarning,
            stacklevel=3,
        )
