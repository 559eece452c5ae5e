"""Dose-volume histograms."""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass, field

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.voxel.kernels import spacing_of

__all__ = ["Dvh"]


@dataclass(frozen=True, eq=False)
class Dvh:
    """Cumulative dose-volume histogram of a region, from voxels of one size.

    Volumes are percent of the region, as the field writes them (D70, V100).

    Parameters
    ----------
    dose_gy : array
        Gy, any shape.
    mask : boolean array of the same shape, optional
        The region; all voxels if it is left out.
    spacing_mm : three floats, or one for cubic voxels, optional
        Voxel edges, mm.
    fwhm_mm : float, optional
        Resolution of the image. Given with the edges, a region too small for a histogram is flagged.

    Attributes
    ----------
    dose_gy : array, one axis
        The doses of the region, rising.
    volume_ml : float or None
        None without ``spacing_mm``.
    flags, sources : tuple of str
        ``DVH_RESOLUTION`` if the sphere of the region's volume is narrower than three times ``fwhm_mm``.

    Raises
    ------
    InputError
        For doses that are not finite, an empty region, or a mask of another shape or kind.

    References
    ----------
    Drzymala et al., Int J Radiat Oncol Biol Phys 1991;21:71-78, doi:10.1016/0360-3016(91)90168-4 (recalled).

    Notes
    -----
    Doses at a volume are quantiles with linear interpolation between voxels, numpy's default. In images by SPECT or
    PET, noise and blur shape the histogram more than the true spread of the dose does.
    """

    dose_gy: np.ndarray
    mask: InitVar[np.ndarray | None] = None
    spacing_mm: InitVar[tuple[float, float, float] | None] = field(default=None, kw_only=True)
    fwhm_mm: InitVar[float | None] = field(default=None, kw_only=True)
    volume_ml: float | None = field(init=False)
    flags: tuple[str, ...] = field(init=False)
    sources: tuple[str, ...] = field(init=False, default=("voxel.dvh",))

    def __post_init__(self, mask, spacing_mm, fwhm_mm):
        dose = np.asarray(self.dose_gy)
        if mask is not None:
            mask = np.asarray(mask)
            if mask.dtype != bool or mask.shape != dose.shape:
                raise InputError(
                    f"mask must be a boolean array of the shape of dose_gy, {dose.shape}; got {mask.dtype} of "
                    f"{mask.shape}"
                )
            dose = dose[mask]
        if dose.size == 0:
            raise InputError(
                "the region is empty: no voxel of mask is True" if mask is not None else "dose_gy is empty"
            )
        dose = _check.finite("dose_gy", dose.ravel())
        if _numbers.uncertain(dose):
            raise InputError(
                "dose_gy must be plain numbers, got numbers with uncertainties; a histogram of voxels has no place for "
                "them. Take mrtlab.voxel.Dvh of the nominal values"
            )
        dose = np.sort(np.asarray(dose, dtype=float))
        dose.setflags(write=False)
        volume = None if spacing_mm is None else dose.size * math.prod(spacing_of(spacing_mm)) / 1000
        object.__setattr__(self, "dose_gy", dose)
        object.__setattr__(self, "volume_ml", volume)
        object.__setattr__(self, "flags", _resolution(volume, fwhm_mm))

    @property
    def mean_gy(self) -> float:
        """Mean dose, Gy."""
        return float(self.dose_gy.mean())

    def dose_at_volume(self, percent):
        """Dose that at least ``percent`` of the volume receives, Gy: 70 gives D70.

        Parameters
        ----------
        percent : float or array
            0 to 100.

        Returns
        -------
        float, or array of the shape of ``percent``
        """
        percent = np.asarray(_check.finite("percent", percent), dtype=float)
        if np.any((percent < 0) | (percent > 100)):
            raise InputError(f"percent must lie between 0 and 100, got {percent!r}")
        # written so that whole percentages meet the voxels exactly
        result = np.quantile(self.dose_gy, (100 - percent) / 100)
        return float(result) if percent.ndim == 0 else result

    def volume_at_dose(self, dose_gy):
        """Percent of the volume that receives ``dose_gy`` or more: 100 Gy gives V100.

        Parameters
        ----------
        dose_gy : float or array
        """
        level = np.asarray(_check.finite("dose_gy", dose_gy), dtype=float)
        below = np.searchsorted(self.dose_gy, level, side="left")
        result = 100 * (self.dose_gy.size - below) / self.dose_gy.size
        return float(result) if level.ndim == 0 else result

    def curve(self, points: int = 201) -> tuple[np.ndarray, np.ndarray]:
        """Dose levels from 0 to the highest dose (Gy) and the percent of the volume that receives each or more."""
        if not isinstance(points, (int, np.integer)) or points < 2:
            raise InputError(f"points must be a whole number of 2 or more, got {points!r}")
        levels = np.linspace(min(0.0, self.dose_gy[0]), self.dose_gy[-1], points)
        return levels, self.volume_at_dose(levels)


def _resolution(volume_ml, fwhm_mm) -> tuple[str, ...]:
    if fwhm_mm is None:
        return ()
    fwhm = float(_check.positive("fwhm_mm", fwhm_mm))
    if volume_ml is None:
        raise InputError("fwhm_mm needs spacing_mm, so that the size of the region is known")
    diameter = 20 * (3 * volume_ml / (4 * math.pi)) ** (1 / 3)
    return (Flag.DVH_RESOLUTION,) if diameter < value("voxel.dvh_resolution") * fwhm else ()
