"""Images of where the microspheres are: calibration relative to the activity delivered, counts to expect."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, voxel
from mrtlab.calibration import acquisition_decay_factor
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.sirt import _shared
from mrtlab.sirt.dose import resolve
from mrtlab.voxel.kernels import SOFT_TISSUE

__all__ = ["Calibrated", "Extrahepatic", "extrahepatic_counts", "pet_positrons", "relative_calibration"]


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Activity in the voxels of the liver, calibrated by the activity delivered to it.

    Attributes
    ----------
    activity_mbq : array
        MBq per voxel at infusion, negative where the background was higher than the counts; 0 outside the liver.
    liver_mask : boolean array
    mbq_per_count : float or ufloat
    flags, sources : tuple of str
    """

    activity_mbq: np.ndarray
    liver_mask: np.ndarray
    mbq_per_count: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...] = field(default=("sirt.relative_calibration",))

    def fraction(self, mask) -> float:
        """Share of the liver's activity in a part of it, as :func:`multi_compartment` wants it."""
        mask = _mask("mask", mask, self.activity_mbq.shape)
        if np.any(mask & ~self.liver_mask):
            raise InputError("mask reaches outside the liver mask, where no activity was calibrated")
        return float(self.activity_mbq[mask].sum() / self.activity_mbq[self.liver_mask].sum())

    def tia_mbq_h(self, nuclide="Y-90") -> np.ndarray:
        """Time-integrated activity of every voxel if the spheres stay where they are, MBq·h."""
        return self.activity_mbq / find_nuclide(nuclide).decay_constant_per_h

    def dose_map(
        self,
        spacing_mm,
        nuclide="Y-90",
        method: str = "local",
        density_g_per_ml=SOFT_TISSUE,
        constant=None,
    ) -> np.ndarray:
        """Absorbed dose in every voxel by :func:`mrtlab.voxel.dose_map`, Gy.

        Parameters
        ----------
        spacing_mm : three floats
            Voxel edges (z, y, x), mm.
        nuclide : str or Nuclide
        method : {"local", "kernel"}
            Local deposition is adequate for measured images: their blur is wider than the range of the electrons, and a
            kernel would blur them twice.
        density_g_per_ml : float or array
        constant : str, float or ufloat, optional
            Dose constant, with ``method="local"`` alone; that of ICRP Publication 107 without it.

        Returns
        -------
        array, float32
            Negative in negative voxels, so that noise does not raise means; clip for a histogram, not for a mean.

        Raises
        ------
        InputError
            As there; for a constant with a kernel, which has its own energy.
        """
        tia = self.tia_mbq_h(nuclide)
        options = {"method": method, "density_g_per_ml": density_g_per_ml}
        dose = voxel.dose_map(np.maximum(tia, 0), spacing_mm, nuclide, **options)
        if np.any(tia < 0):
            dose -= voxel.dose_map(np.maximum(-tia, 0), spacing_mm, nuclide, **options)
        if constant is not None:
            if method != "local":
                raise InputError("constant is for method='local'; a kernel has the energy of its nuclide built in")
            found = find_nuclide(nuclide)
            own = found.dose_constant / found.decay_constant_per_h
            dose *= _check.nominal(resolve(constant, found.name)) / own
        return dose


def relative_calibration(counts, liver_mask, activity_mbq, lung_shunt, background_per_voxel: float = 0.0) -> Calibrated:
    """Activity per voxel from an image whose own calibration is not needed.

    ``A_voxel = A·(1-LSF)·counts/sum of counts in the liver``: what was delivered to the liver is known better than what
    a scanner measures there.

    Parameters
    ----------
    counts : array
        Counts, or values of any scale, of SPECT after Tc-99m MAA, of Y-90 PET, or of Ho-166 SPECT. Negative voxels are
        kept in the sum.
    liver_mask : boolean array
        The whole treated liver, tumours included.
    activity_mbq : float or ufloat
        Delivered activity, MBq.
    lung_shunt : float or ufloat
        0 to 1.
    background_per_voxel : float
        Subtracted from every voxel first: left in, it moves activity from tumour to normal liver.

    Returns
    -------
    Calibrated
        Flag NEGATIVE_VOXELS_GT_5PCT if more than 5 % of the voxels in the liver are negative.

    Raises
    ------
    InputError
        For shapes that differ, an empty mask, or no counts left in the liver.

    References
    ----------
    ``sirt.relative_calibration``
    """
    counts = _image("counts", counts)
    mask = _mask("liver_mask", liver_mask, counts.shape)
    activity_mbq = _shared.one_number("activity_mbq", _shared.activity(activity_mbq))
    delivered = activity_mbq * _shared.remaining(_shared.one_number("lung_shunt", lung_shunt))
    net = np.where(mask, counts - _background(background_per_voxel), 0.0)
    total = float(net.sum())
    if total <= 0:
        raise InputError(
            f"the counts in liver_mask add up to {total:g}: is the background too high, or the mask shifted?"
        )
    factor = delivered / total
    negative = np.count_nonzero(net < 0) / np.count_nonzero(mask)
    flags = (Flag.NEGATIVE_VOXELS_GT_5PCT,) if negative > value("sirt.negative_voxels") else ()
    return Calibrated(net * _check.nominal(factor), mask, factor, flags)


@dataclass(frozen=True)
class Extrahepatic:
    """Counts outside the liver.

    Attributes
    ----------
    share : float
        Of the counts in the liver.
    significance : float
        In standard deviations.
    flags, sources : tuple of str
    """

    share: float
    significance: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("sirt.extrahepatic_share", "sirt.extrahepatic_sigma")


def extrahepatic_counts(
    counts, liver_mask, outside_mask, background_per_voxel: float = 0.0, sigma: float | None = None, quiet_mask=None
) -> Extrahepatic:
    """Look for activity outside liver and lungs, such as in stomach, duodenum or pancreas.

    Parameters
    ----------
    counts : array
    liver_mask, outside_mask : boolean array
        The liver, and where nothing ought to be; lungs and what spills from the liver's edge left out of both.
    background_per_voxel : float
    sigma : float, optional
        Standard deviation of the sum outside. Without it the counts are taken as Poisson, which those of a
        reconstructed image are not: measure it in a region without activity.
    quiet_mask : boolean array, optional
        Such a region, in place of ``background_per_voxel`` and ``sigma``: its mean is the background, and with the
        standard deviation ``s`` of its ``m`` voxels the sum of ``n`` voxels outside has ``s·sqrt(n + n²/m)``.
        Neighbours are taken as independent; a filter that ties them makes the sum noisier than that.

    Returns
    -------
    Extrahepatic
        Flag EXTRAHEPATIC_COUNTS above 2 % of the liver's counts **and** 5 standard deviations.

    Raises
    ------
    InputError
        For shapes that differ, masks that are empty or overlap, no counts in the liver, or a quiet region together with
        a background or standard deviation, of fewer than 20 voxels, or without any spread.

    References
    ----------
    ``sirt.extrahepatic_share``, ``sirt.extrahepatic_sigma`` (illustrative)
    """
    counts = _image("counts", counts)
    liver, outside = _mask("liver_mask", liver_mask, counts.shape), _mask("outside_mask", outside_mask, counts.shape)
    if np.any(liver & outside):
        raise InputError("liver_mask and outside_mask overlap")
    background = _background(background_per_voxel)
    if quiet_mask is not None:
        if background or sigma is not None:
            raise InputError("quiet_mask gives background and standard deviation; leave out the other two")
        background, sigma = _quiet(counts[_mask("quiet_mask", quiet_mask, counts.shape)], np.count_nonzero(outside))
    inside, there = float((counts[liver] - background).sum()), float((counts[outside] - background).sum())
    if inside <= 0:
        raise InputError(f"the counts in liver_mask add up to {inside:g}: nothing to compare with")
    if sigma is None:
        sigma = math.sqrt(max(float(np.abs(counts[outside]).sum()), 1.0))
    else:
        sigma = _numbers.single("sigma", _check.positive("sigma", sigma))
    share, significance = there / inside, there / sigma
    found = share > value("sirt.extrahepatic_share") and significance > value("sirt.extrahepatic_sigma")
    return Extrahepatic(share, significance, (Flag.EXTRAHEPATIC_COUNTS,) if found else ())


def _quiet(voxels, outside: int) -> tuple[float, float]:
    """Background per voxel, and the standard deviation of a sum outside once it is subtracted."""
    if voxels.size < 20:
        raise InputError(f"quiet_mask has {voxels.size} voxels; a standard deviation needs 20 or more")
    spread = float(voxels.std(ddof=1))
    if spread == 0:
        raise InputError("the voxels in quiet_mask are all the same: noise cannot be read from them")
    return max(float(voxels.mean()), 0.0), spread * math.sqrt(outside + outside**2 / voxels.size)


def pet_positrons(activity_mbq, duration_s, sensitivity: float = 1.0):
    """Positrons of Y-90 emitted during a PET acquisition, or the coincidences counted from them.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        At the start of the acquisition, MBq.
    duration_s : float, array or ufloat
        s. Decay during it is in the result.
    sensitivity : float or ufloat
        Coincidences per positron, 0 to 1.

    Returns
    -------
    same kind as given

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    ``sirt.positrons_per_decay``: 32 per million decays. So few that noise, and the background of Lu-176 in the
    crystals, decide what such images can show.
    """
    activity_mbq = _shared.activity(activity_mbq)
    duration_s = _check.positive("duration_s", duration_s)
    decays = 1e6 * activity_mbq * duration_s * acquisition_decay_factor(duration_s, "Y-90")
    return decays * value("sirt.positrons_per_decay") * _check.fraction("sensitivity", sensitivity)


def _background(background_per_voxel) -> float:
    return _numbers.single("background_per_voxel", _check.non_negative("background_per_voxel", background_per_voxel))


def _image(name, counts) -> np.ndarray:
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iuf" or counts.size == 0:
        raise InputError(f"{name} must be an array of plain numbers, got {counts.dtype} of shape {counts.shape}")
    return np.asarray(_check.finite(name, counts), dtype=float)


def _mask(name, mask, shape) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != tuple(shape):
        raise InputError(f"{name} must be a boolean array of shape {tuple(shape)}, got {mask.dtype} of {mask.shape}")
    if not mask.any():
        raise InputError(f"{name} is empty")
    return mask
