"""From contours in the patient to the fraction of each voxel inside.

A contour stands for a slab: its area, as thick as the planes are apart. Slabs are cut at the slices of the grid, so a
region keeps its volume on any grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mrtlab.dicom.contours import coverage, nested
from mrtlab.errors import Flag, InputError
from mrtlab.images import Grid, Regions

_FLAT_MM = 0.1  # contours leave their plane by rounding only
_SAME_PLANE_MM = 0.1
_LARGEST_MM = 5000
_MOST_VOXELS = 2**28


@dataclass
class Outlined:
    """A region as contours: arrays of shape (points, 3) in the patient, mm."""

    name: str
    contours: list[np.ndarray] = field(default_factory=list)
    thickness_mm: float | None = None


def masks(
    regions: Sequence[Outlined], grid: Grid | None, spacing_mm: float, file: str
) -> tuple[dict[str, np.ndarray], Grid, tuple[str, ...]]:
    """Fractions of the voxels of a grid (one that just holds all contours, where none is given), and flags."""
    for region in regions:
        for contour in region.contours:
            if np.ptp(contour, axis=0).max() > _LARGEST_MM:
                raise InputError(f"{file}: a contour of {region.name!r} is wider than {_LARGEST_MM / 1000:g} m")
    if grid is not None and _parallel(regions, np.asarray(grid.axes[0])):
        return _rasterised(regions, grid, grid.spacing_mm[0])
    own = _own_grid(regions, spacing_mm, file)
    found, own, flags = _rasterised(regions, own, None)
    if grid is None:
        return found, own, flags
    moved = Regions(found, own).on(grid)
    lost = any(moved.volume_ml(name) < 0.98 * Regions(found, own).volume_ml(name) for name in found)
    return dict(moved.masks), grid, flags + ((Flag.REGION_OUTSIDE_GRID,) if lost and _sticks_out(regions, grid) else ())


def _parallel(regions: Sequence[Outlined], normal: np.ndarray) -> bool:
    return all(np.ptp(contour @ normal) < _FLAT_MM for region in regions for contour in region.contours)


def _own_grid(regions: Sequence[Outlined], spacing_mm: float, file: str) -> Grid:
    """A grid in the planes of the contours, just large enough."""
    largest = max((contour for region in regions for contour in region.contours), key=lambda c: np.ptp(c, axis=0).max())
    # normal of a polygon by its projected areas (Newell)
    normal = np.cross(largest, np.roll(largest, -1, axis=0)).sum(axis=0)
    length = np.linalg.norm(normal)
    normal = normal / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])
    if abs(normal[2]) > 1 - 1e-6:
        normal = np.array([0.0, 0.0, 1.0])
    for region in regions:
        if not _parallel([region], normal):
            raise InputError(
                f"{file}: contours of {region.name!r} do not lie in the planes of the others; read it alone"
            )
    side = np.array([1.0, 0.0, 0.0]) if abs(normal[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    columns = side - normal * (side @ normal)
    columns /= np.linalg.norm(columns)
    axes = np.array([normal, np.cross(normal, columns), columns])
    depths = {region.name: _planes(region, normal) for region in regions}
    apart = [_thickness(region, depths[region.name], depths, None) for region in regions]
    if None in apart:
        name = regions[apart.index(None)].name
        raise InputError(f"{file}: {name!r} has one plane of contours, whose thickness nobody states; give grid=")
    every = np.concatenate([contour for region in regions for contour in region.contours]) @ axes.T
    # the first slice lies in the first plane; a voxel of margin in the plane
    step = np.array([min(apart), spacing_mm, spacing_mm])
    first = every.min(axis=0) - step * [max(0.0, np.ceil((max(apart) / step[0] - 1) / 2)), 1, 1]
    margin = np.array([1 + int(max(apart) / step[0] / 2), 2, 2])
    shape = np.rint((every.max(axis=0) - first) / step).astype(int) + margin
    if np.prod(shape.astype(float)) * len(regions) > _MOST_VOXELS:
        raise InputError(
            f"{file}: the contours span {tuple(shape.tolist())} voxels; give a grid= or a larger spacing_mm="
        )
    return Grid(tuple(shape.tolist()), tuple(step), tuple(first @ axes), tuple(map(tuple, axes)))


def _planes(region: Outlined, normal: np.ndarray) -> np.ndarray:
    """Depths of the planes that have contours, rising, mm."""
    depths = np.sort([float(np.mean(contour @ normal)) for contour in region.contours])
    starts = np.concatenate([[True], np.diff(depths) > _SAME_PLANE_MM])
    return np.array([group.mean() for group in np.split(depths, np.flatnonzero(starts)[1:])])


def _usual_gap(depths: np.ndarray) -> float:
    """The smallest distance of neighbours that at least half of them have."""
    gaps = np.sort(np.diff(depths))
    for gap in gaps:
        if np.mean(np.abs(gaps - gap) < 0.1 * gap) >= 0.5:
            return float(gap)
    return float(gaps[0])


def _thickness(
    region: Outlined, depths: np.ndarray, others: Mapping[str, np.ndarray], slices: tuple[np.ndarray, float] | None
) -> float | None:
    """How thick the slab of a contour is: as the file says, else as the planes are apart.

    Too few planes say nothing of it; then the slices of the grid do, if the contours lie on them, then the planes of
    the other regions.
    """
    if region.thickness_mm is not None:
        return region.thickness_mm
    if len(depths) > 2:
        return _usual_gap(depths)
    if slices is not None:
        off = np.abs(slices[0][:, None] - depths[None]).min(axis=0)
        if off.max() < 0.1 * slices[1]:
            return slices[1]
    known = [_usual_gap(planes) for planes in others.values() if len(planes) > 2]
    known = known or [_usual_gap(planes) for planes in others.values() if len(planes) == 2]
    if known:
        return min(known)
    return None if slices is None else slices[1]


def _rasterised(
    regions: Sequence[Outlined], grid: Grid, slice_mm: float | None
) -> tuple[dict[str, np.ndarray], Grid, tuple[str, ...]]:
    normal = np.asarray(grid.axes[0])
    to_index = np.linalg.inv(grid.matrix)
    centres = np.asarray(grid.origin_mm) @ normal + np.arange(grid.shape[0]) * grid.spacing_mm[0]
    slices = None if slice_mm is None else (centres, slice_mm)
    depths = {region.name: _planes(region, normal) for region in regions}
    found, flags = {}, []
    for region in regions:
        planes = depths[region.name]
        thick = _thickness(region, planes, depths, slices)
        if len(planes) == 1 and region.thickness_mm is None:
            flags.append(Flag.REGION_THICKNESS_ASSUMED)
        if np.any(np.diff(planes) > 1.5 * thick):
            flags.append(Flag.REGION_GAPS)
        mask = np.zeros(grid.shape)
        middles = (planes[1:] + planes[:-1]) / 2
        lower = np.maximum(planes - thick / 2, np.concatenate([[-np.inf], middles]))
        upper = np.minimum(planes + thick / 2, np.concatenate([middles, [np.inf]]))
        flat = [(np.column_stack([contour, np.ones(len(contour))]) @ to_index.T)[:, 1:3] for contour in region.contours]
        owner = [int(np.argmin(np.abs(planes - np.mean(contour @ normal)))) for contour in region.contours]
        for plane, (bottom, top) in enumerate(zip(lower, upper, strict=True)):
            loops = [loop for loop, mine in zip(flat, owner, strict=True) if mine == plane]
            share = _shares(centres, grid.spacing_mm[0], bottom, top)
            if np.any(share):
                area = coverage(loops, grid.shape[1:])
                for index in np.flatnonzero(share):
                    mask[index] += share[index] * area
            if len(loops) > 1 and nested(loops):
                flags.append(Flag.REGION_HOLES)
        # sums of shares are rounded, and so is a distance of planes written as text
        mask[mask < 1e-4] = 0
        mask[mask > 1 - 1e-4] = 1
        whole = mask == mask.astype(bool)
        found[region.name] = mask.astype(bool) if whole.all() else mask.astype(np.float32)
    if _sticks_out(regions, grid):
        flags.append(Flag.REGION_OUTSIDE_GRID)
    return found, grid, tuple(dict.fromkeys(flags))


def _shares(centres: np.ndarray, width: float, bottom: float, top: float) -> np.ndarray:
    """Fraction of each slice that lies in a slab."""
    overlap = np.minimum(centres + width / 2, top) - np.maximum(centres - width / 2, bottom)
    return np.clip(overlap / width, 0, 1) * (overlap > 1e-6 * width)


def _sticks_out(regions: Sequence[Outlined], grid: Grid) -> bool:
    to_index = np.linalg.inv(grid.matrix)[:3]
    every = np.concatenate([contour for region in regions for contour in region.contours])
    index = every @ to_index[:, :3].T + to_index[:, 3]
    return bool(np.any(index < -0.51) or np.any(index > np.array(grid.shape) - 0.49))


def unused(name: str, taken: set[str]) -> str:
    """A name that no region has yet."""
    name = "".join(letter if letter.isprintable() else " " for letter in name)[:64]
    new, count = name, 1
    while new in taken:
        count += 1
        new = f"{name} ({count})"
    taken.add(new)
    return new
