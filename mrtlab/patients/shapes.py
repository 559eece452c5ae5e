"""Ellipsoids and elliptic cylinders along the axes of the patient: volume, separation, and their share of each voxel.

Millimetres, DICOM's sense of the axes (x to the left, y to the back, z to the head), triples in the order x, y, z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.images import Grid

__all__ = ["Shape", "apart", "coverage", "inside"]

_STRAIGHT = ((0, 0, 1), (0, 1, 0), (1, 0, 0))


@dataclass(frozen=True)
class Shape:
    """An ellipsoid, or a cylinder along z with an elliptic section.

    Attributes
    ----------
    kind : {"ellipsoid", "cylinder"}
    centre_mm : (float, float, float)
        x, y, z.
    semi_axes_mm : (float, float, float)
        Of a cylinder, the last one is half its length.
    """

    kind: str
    centre_mm: tuple[float, float, float]
    semi_axes_mm: tuple[float, float, float]

    def __post_init__(self):
        _check.choice("kind", self.kind, ("ellipsoid", "cylinder"))
        for name, test in (("centre_mm", _check.finite), ("semi_axes_mm", _check.positive)):
            triple = np.asarray(test(name, np.asarray(getattr(self, name), float)))
            if triple.shape != (3,):
                raise InputError(f"{name} must be three numbers x, y, z, got {getattr(self, name)!r}")
            object.__setattr__(self, name, tuple(triple.tolist()))

    @property
    def volume_ml(self) -> float:
        """Exact volume."""
        product = math.prod(self.semi_axes_mm) / 1000
        return product * (4 / 3 if self.kind == "ellipsoid" else 2) * math.pi

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """The same shape elsewhere."""
        old = self.centre_mm
        return replace(self, centre_mm=(old[0] + x, old[1] + y, old[2] + z))

    def holds(self, points) -> np.ndarray:
        """Whether points, shape (..., 3) in x, y, z, lie inside."""
        scaled = (np.asarray(points, float) - self.centre_mm) / self.semi_axes_mm
        if self.kind == "ellipsoid":
            return np.sum(scaled**2, axis=-1) < 1
        return (np.sum(scaled[..., :2] ** 2, axis=-1) < 1) & (np.abs(scaled[..., 2]) < 1)


def apart(one: Shape, two: Shape, gap_mm: float = 0.5) -> bool:
    """Whether two shapes keep a distance. Exact for ellipsoids; a cylinder is told apart by its section or its ends."""
    wide = [axis + gap_mm for axis in one.semi_axes_mm]
    centre = [abs(b - a) for a, b in zip(one.centre_mm, two.centre_mm, strict=True)]
    if any(away >= a + b for away, a, b in zip(centre, wide, two.semi_axes_mm, strict=True)):
        return True
    axes = 3 if one.kind == two.kind == "ellipsoid" else 2
    # in units of the first shape, which is a ball then
    centre = [away / a for away, a in zip(centre[:axes], wide, strict=False)]
    radii = [b / a for b, a in zip(two.semi_axes_mm[:axes], wide, strict=False)]
    return _nearest(centre, radii) > 1


def inside(inner: Shape, outer: Shape, gap_mm: float = 0.5) -> bool:
    """Whether one shape lies wholly in another."""
    wide = [axis + gap_mm for axis in inner.semi_axes_mm]
    centre = [abs(b - a) for a, b in zip(outer.centre_mm, inner.centre_mm, strict=True)]
    if any(away + a >= b for away, a, b in zip(centre, wide, outer.semi_axes_mm, strict=True)):
        return False
    if inner.kind == "cylinder" and outer.kind == "ellipsoid":
        raise InputError("a cylinder inside an ellipsoid is not provided for")
    axes = 2 if outer.kind == "cylinder" else 3
    centre = [away / b for away, b in zip(centre[:axes], outer.semi_axes_mm, strict=False)]
    radii = [a / b for a, b in zip(wide[:axes], outer.semi_axes_mm, strict=False)]
    return _farthest(centre, radii) < 1


def _nearest(centre: list[float], radii: list[float]) -> float:
    """Distance of the origin from an ellipsoid with this centre (no part negative); 0 inside."""
    pairs = list(zip(centre, radii, strict=True))
    if sum((c / r) ** 2 for c, r in pairs) <= 1:
        return 0.0
    # the closest point is centre·t/(r² + t), with t > 0 such that it lies on the surface
    low, high = 0.0, math.sqrt(sum((c * r) ** 2 for c, r in pairs)) + 1e-12
    for _ in range(50):
        t = (low + high) / 2
        low, high = (t, high) if sum((c * r / (r * r + t)) ** 2 for c, r in pairs) > 1 else (low, t)
    return math.sqrt(sum((c * high / (r * r + high)) ** 2 for c, r in pairs))


def _farthest(centre: list[float], radii: list[float]) -> float:
    """Largest distance of the origin from points of an ellipsoid with this centre (no part negative)."""
    # the farthest point is centre·t/(t - r²), with t of at least the largest r² such that it lies on the surface
    pairs = [(max(c, 1e-9), r) for c, r in zip(centre, radii, strict=True)]  # a centre on an axis, by its limit
    low = max(r * r for _, r in pairs)
    high = low + math.sqrt(sum((c * r) ** 2 for c, r in pairs)) + 1e-12
    for _ in range(60):
        t = (low + high) / 2
        low, high = (t, high) if sum((c * r / max(t - r * r, 1e-300)) ** 2 for c, r in pairs) > 1 else (low, t)
    return math.sqrt(sum((c * high / max(high - r * r, 1e-300)) ** 2 for c, r in pairs))


def coverage(shape: Shape, grid: Grid, fineness: int = 5) -> np.ndarray:
    """Fraction of every voxel that lies inside a shape, shape of the grid, float32.

    Along z exactly; across, by so many lines per voxel and axis, more for small shapes. Scaled so that the fractions of
    all voxels, those beyond the grid included, hold the exact volume.

    Parameters
    ----------
    shape : Shape
    grid : Grid
        On one that is turned against the axes of the patient, points within each voxel are counted instead.
    """
    if not np.allclose(grid.axes, _STRAIGHT, atol=1e-6):
        return _counted(shape, grid, fineness)
    spacing = np.asarray(grid.spacing_mm)[::-1]  # x, y, z
    origin = np.asarray(grid.origin_mm)
    centre, axes = np.asarray(shape.centre_mm), np.asarray(shape.semi_axes_mm)
    first = np.floor((centre - axes - origin) / spacing + 0.5).astype(int)
    last = np.floor((centre + axes - origin) / spacing + 0.5).astype(int) + 1
    lines = [max(fineness, math.ceil(12 * spacing[k] / axes[k])) for k in (0, 1)]
    squared = []
    for k in (0, 1):
        fine = (np.arange((last[k] - first[k]) * lines[k]) + 0.5) / lines[k] + first[k] - 0.5
        squared.append(((origin[k] + fine * spacing[k] - centre[k]) / axes[k]) ** 2)
    section = 1 - squared[1][:, None] - squared[0][None, :]
    half = axes[2] * (np.sqrt(np.maximum(section, 0)) if shape.kind == "ellipsoid" else (section > 0))
    edges = origin[2] + (np.arange(first[2], last[2] + 1) - 0.5) * spacing[2] - centre[2]
    rows, columns = last[1] - first[1], last[0] - first[0]
    below = np.empty((len(edges), rows, columns))
    for place, edge in enumerate(edges):  # length of each line below an edge, averaged over the lines of a voxel
        length = np.clip(edge + half, 0, 2 * half)
        below[place] = length.reshape(rows, lines[1], columns, lines[0]).mean(axis=(1, 3))
    part = np.diff(below, axis=0) / spacing[2]
    part *= shape.volume_ml * 1000 / (part.sum() * np.prod(spacing))
    whole = np.zeros(grid.shape, np.float32)
    there, here = [], []
    for size, start, stop in zip(grid.shape, first[::-1], last[::-1], strict=True):
        there.append(slice(max(start, 0), max(min(stop, size), 0)))
        here.append(slice(max(-start, 0), max(-start, 0) + max(min(stop, size) - max(start, 0), 0)))
    if all(piece.stop > piece.start for piece in there):
        whole[tuple(there)] = part[tuple(here)]
    return whole


def _counted(shape: Shape, grid: Grid, fineness: int) -> np.ndarray:
    """As :func:`coverage`, on a grid that is turned: points inside, of so many along each edge of a voxel."""
    to_index = np.linalg.inv(grid.matrix)
    corners = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1).T * shape.semi_axes_mm + shape.centre_mm
    around = corners @ to_index[:3, :3].T + to_index[:3, 3]
    first = np.floor(around.min(axis=0) + 0.5).astype(int)
    last = np.floor(around.max(axis=0) + 0.5).astype(int) + 1
    axes = [np.arange(low, high) for low, high in zip(first, last, strict=True)]
    count = max(fineness, math.ceil(12 * max(grid.spacing_mm) / min(shape.semi_axes_mm)))
    offsets = (np.arange(count) + 0.5) / count - 0.5
    steps = np.asarray(grid.axes) * np.asarray(grid.spacing_mm)[:, None]  # x, y, z in mm from one index to the next
    centres = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1) @ steps + grid.origin_mm
    part = np.zeros(centres.shape[:3])
    for shift in np.stack(np.meshgrid(*[offsets] * 3, indexing="ij"), axis=-1).reshape(-1, 3) @ steps:
        part += shape.holds(centres + shift)
    part *= shape.volume_ml / (part.sum() * grid.voxel_ml)
    whole = np.zeros(grid.shape, np.float32)
    kept = [(axis >= 0) & (axis < size) for axis, size in zip(axes, grid.shape, strict=True)]
    whole[np.ix_(*(axis[on] for axis, on in zip(axes, kept, strict=True)))] = part[np.ix_(*kept)]
    return whole
