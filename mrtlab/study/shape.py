"""What blur moves between regions: the geometric transfer matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.images import Regions, blurred

__all__ = ["Transfer", "apart", "nested", "own_masks", "sphere_kept_fraction", "transfer"]

_TO_SIGMA = 1 / (2 * math.sqrt(2 * math.log(2)))
_NESTED = 0.5  # of its volume: a region that lies so much inside another one is part of it
_LEFT = 0.2  # of a region: with less left of it, it is the union of those in it, as kidneys of a left and a right one


@dataclass(frozen=True, eq=False)
class Transfer:
    """Mean of the image in each region, for a concentration of 1 in one region.

    Attributes
    ----------
    names : tuple of str
    matrix : array, shape (regions, regions)
        Row: where it is seen; column: where it is. The diagonal is each region's own recovery.
    rest : array, shape (regions,)
        The same for activity outside all regions.
    volumes_ml : array, shape (regions, regions)
        Row: a region as it was outlined; column: how much of it belongs to each region.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    rest: np.ndarray
    volumes_ml: np.ndarray

    def recovery(self, name: str) -> float:
        """Part of its own activity that a region keeps."""
        place = self.names.index(name)
        return float(self.matrix[place, place])

    def activities(self, seen, around) -> np.ndarray:
        """True activity of each outline from the seen concentrations.

        Parameters
        ----------
        seen : array, shape (regions,)
            Mean of the image in each region, without the regions nested in it.
        around : array, shape (regions,)
            Concentration of what lies around each region and belongs to none.
        """
        true = np.linalg.solve(self.matrix, np.asarray(seen, float) - self.rest * np.asarray(around, float))
        return self.volumes_ml @ true


def own_masks(regions: Regions) -> dict[str, np.ndarray]:
    """What belongs to each region alone: a region that lies mostly inside another one is taken out of that.

    Returns
    -------
    mapping of str to array
        Fractions of voxels; empty regions are left out.
    """
    own = {name: np.asarray(regions[name], np.float32) for name in regions if np.any(regions[name])}
    for big, inner in nested(regions).items():
        for small in inner:
            own[big] = np.clip(own[big] - np.asarray(regions[small], np.float32), 0, None)
    return own


def nested(regions: Regions) -> dict[str, tuple[str, ...]]:
    """Which regions lie mostly inside which, by their masks: the outer one's name, then those in it.

    Two regions side by side may share a voxel by parts, so only what of both does not fit into it counts.
    """
    masks = {name: np.asarray(regions[name], np.float32) for name in regions if np.any(regions[name])}
    sizes = {name: mask.sum(dtype=float) for name, mask in masks.items()}
    found = {}
    for big in masks:
        held = tuple(
            small
            for small in masks
            if sizes[small] < sizes[big]
            and float(np.clip(masks[big] + masks[small] - 1, 0, None).sum(dtype=float)) > _NESTED * sizes[small]
        )
        if held:
            found[big] = held
    return found


def apart(regions: Regions) -> Regions:
    """The regions without what lies in others: each voxel counts in the innermost region.

    Raises
    ------
    InputError
        If hardly anything is left of a region: it is the union of those in it.
    """
    own = own_masks(regions)
    for name, mask in own.items():
        if mask.sum(dtype=float) < _LEFT * np.sum(regions[name], dtype=float):
            raise InputError(
                f"region {name!r} is filled by {', '.join(nested(regions)[name])}, so nothing is left of it apart from "
                "them; leave one or the other out of the outlines"
            )
    return replace(regions, masks={name: own.get(name, regions[name]) for name in regions})


def transfer(regions: Regions, fwhm_mm: float) -> Transfer:
    """The transfer matrix of regions for a Gaussian blur.

    Parameters
    ----------
    regions : Regions
        On the grid of the image; empty regions are left out.
    fwhm_mm : float
        Resolution of the image.

    Returns
    -------
    Transfer

    References
    ----------
    Rousset OG, Ma Y, Evans AC. Correction for partial volume effects in PET: principle and validation. J Nucl Med
    1998;39:904-911 (recalled). Every region is taken as uniform.
    """
    _check.positive("fwhm_mm", fwhm_mm)
    spacing = regions.grid.spacing_mm
    masks = {name: mask for name, mask in own_masks(regions).items() if mask.any()}  # a mere union is left out
    held = nested(regions)
    names = tuple(masks)
    sizes = np.array([masks[name].sum(dtype=float) for name in names])
    matrix, volumes = np.zeros((len(names),) * 2), np.zeros((len(names),) * 2)
    covered = np.zeros(regions.grid.shape, np.float32)
    for mask in masks.values():
        covered += mask
    free = blurred(np.clip(1 - covered, 0, 1), fwhm_mm, spacing, "nearest")
    rest = np.array([_overlap(masks[name], free) for name in names]) / sizes
    for column, name in enumerate(names):
        spread = blurred(masks[name], fwhm_mm, spacing)
        matrix[:, column] = np.array([_overlap(masks[other], spread) for other in names]) / sizes
        volumes[column, column] = sizes[column]
        for row, other in enumerate(names):
            if name in held.get(other, ()):
                volumes[row, column] = np.minimum(np.asarray(regions[other], np.float32), masks[name]).sum(dtype=float)
    return Transfer(names, matrix, rest, volumes * regions.grid.voxel_ml)


def _overlap(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.sum(one * two, dtype=float))


def sphere_kept_fraction(volume_ml: float, fwhm_mm: float) -> float:
    """Part of a uniform sphere's activity that a Gaussian blur leaves inside its outline.

    Notes
    -----
    The share of pairs of points of a ball of radius a that lie r apart is ``1 - 3r/(4a) + r³/(16a³)`` of that of all
    space; its mean over the distances of a three-dimensional Gaussian is the fraction.
    """
    from scipy.integrate import quad

    radius = (3000 * float(_check.positive("volume_ml", volume_ml)) / (4 * math.pi)) ** (1 / 3)
    sigma = float(_check.positive("fwhm_mm", fwhm_mm)) * _TO_SIGMA
    norm = math.sqrt(2 / math.pi) / sigma**3

    def weighted(r: float) -> float:
        share = 1 - 3 * r / (4 * radius) + r**3 / (16 * radius**3)
        return share * norm * r**2 * math.exp(-(r**2) / (2 * sigma**2))

    return quad(weighted, 0, min(2 * radius, 12 * sigma))[0]
