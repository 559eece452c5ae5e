"""From a point kernel to the energy left in each voxel around a source voxel.

The energy that a source spread evenly over one voxel leaves in another at the offset (i, j, k) is the point kernel
averaged over all directions u with triangle weights, ``T_i(r u_x) T_j(r u_y) T_k(r u_z)`` with
``T_i(x) = max(0, 1 - |x/L - i|)``. That is exact: the triangle is the overlap of a voxel edge with its shifted copy.
It is worked out in three ways, by distance.

Shells no wider than the smallest edge reach only the nearest neighbours. There the directions integrate in closed
form and only the moments of r, r^2 and r^3 are left: for the short-range nuclides this is the whole kernel.

Shells further out are averaged over a set of directions that is finer the further out they lie. Triangle weights are
those of linear interpolation, so every direction of a shell is one point whose energy is shared among the eight voxel
centres around it; nothing is lost, whatever the number of directions.

Photons deposit smoothly, and many voxels away the triangles are integrated by three Gauss points along each axis
instead, scaled by the little (about 0.1 %) that makes the energy agree exactly.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np

from mrtlab.kernels import PointKernel

__all__ = ["fractions", "images"]

# Directions per octant are the square of this times the radius in voxel edges, but no fewer than that of the least.
_DIRECTIONS_PER_EDGE = 8
_LEAST_DIRECTIONS = 64
_SHELLS_PER_EDGE = 8
_POINTS_AT_ONCE = 400_000
_NEAR_EDGES = 6  # photons: how many of the widest edges away the Gauss points take over
# Points and weights that integrate polynomials up to the fifth power against a triangle of half-width 1
_GAUSS = ((-math.sqrt(0.4), 5 / 24), (0.0, 7 / 12), (math.sqrt(0.4), 5 / 24))


def fractions(point: PointKernel, spacing_mm, directions: int = 1, most=None) -> np.ndarray:
    """Part of the emitted energy left in each voxel of one octant, the source voxel first.

    Parameters
    ----------
    point : PointKernel
    spacing_mm : three floats
        Edges of the voxel in mm of water.
    directions : int
        Multiplies the number of directions per axis, to test convergence.
    most : three ints, optional
        No more voxels than this along each axis, the source voxel counted. The others are not computed; those that
        are keep their energy.

    Returns
    -------
    array, shape (nz, ny, nx)
        Over the whole sphere, voxels on an axis stand for themselves and their mirror image alike.
    """
    spacing = np.asarray(spacing_mm, dtype=float)
    edge = float(spacing.min())
    point = point.between(0, point.range_mm)
    near = point.between(0, edge)
    shape = np.maximum(np.ceil(point.edges_mm[-1] / spacing - 1e-9).astype(int) + 1, 2)
    box = shape if most is None else np.minimum(shape, most)
    result = np.zeros(box)
    first = tuple(slice(min(2, n)) for n in box)
    result[first] = _nearest(near, spacing)[first]
    reach = float(point.edges_mm[-1])
    near_mm = _NEAR_EDGES * float(spacing.max()) * directions if point.radiation == "photon" else reach
    if reach > edge:
        # shells beyond still reach into the near voxels, by half a diagonal on either side
        shells = point.between(edge, near_mm + 2 * float(np.linalg.norm(spacing)))
        part = _numerical(shells, spacing, directions)
        # a sphere that just touches the next voxel leaves it nothing
        common = tuple(slice(min(n, m)) for n, m in zip(result.shape, part.shape, strict=True))
        result[common] += part[common]
    if reach > near_mm:
        beyond = _distance2(result.shape, spacing) > near_mm**2
        result[beyond] = 0.0
        smooth = np.where(beyond, _smooth(point, spacing, result.shape), 0.0)
        if np.array_equal(box, shape):
            left = point.deposited - np.sum(result * images(result.shape))
            smooth *= left / np.sum(smooth * images(result.shape))
        else:  # the same along a radius, where not all voxels are at hand
            smooth *= _interpolated_share(point, near_mm)
        result += smooth
    return result


def _nearest(point: PointKernel, spacing) -> np.ndarray:
    """Closed form for shells within the smallest edge, shape (2, 2, 2), exact for any box."""
    first, second, third = point.moments()
    means = (point.deposited, first / 2, second * 2 / (3 * math.pi), third / (4 * math.pi))  # of |u|, |u v|, |u v w|

    def mean(axes):
        return means[len(axes)] / math.prod(spacing[axis] for axis in axes)

    result = np.empty((2, 2, 2))
    for offset in product((0, 1), repeat=3):
        moved = [axis for axis in range(3) if offset[axis]]
        others = [axis for axis in range(3) if not offset[axis]]
        # product of |x|/a over the axes moved along and of 1 - |x|/a over the others, multiplied out
        terms = (
            (-1) ** sum(chosen) * mean(moved + [axis for axis, taken in zip(others, chosen, strict=True) if taken])
            for chosen in product((0, 1), repeat=len(others))
        )
        result[offset] = sum(terms) / 2 ** len(moved)
    return result


def _numerical(point: PointKernel, spacing, directions: int) -> np.ndarray:
    """The same for shells further out, averaged over directions in the first octant."""
    shape = np.ceil(point.edges_mm[-1] / spacing - 1e-9).astype(int) + 2
    result = np.zeros(math.prod(shape))
    edge = float(spacing.min())
    parts = np.ceil(np.diff(point.edges_mm) / edge * _SHELLS_PER_EDGE).astype(int)
    steps = np.repeat(np.diff(point.edges_mm) / parts, parts)
    radii = point.edges_mm[0] + np.cumsum(steps) - steps / 2
    share = np.repeat(point.share / parts, parts)
    radii, share = radii[share > 0], share[share > 0]
    wanted = np.maximum(_LEAST_DIRECTIONS, _DIRECTIONS_PER_EDGE * radii / edge) * directions
    orders = (16 * np.ceil(wanted / 16)).astype(int)
    for order in np.unique(orders):
        unit, weights = _directions(int(order))
        here = np.flatnonzero(orders == order)
        at_once = max(1, _POINTS_AT_ONCE // len(weights))
        for start in range(0, len(here), at_once):
            part = here[start : start + at_once]
            result += _scatter(np.outer(radii[part], unit), np.outer(share[part], weights), spacing, shape)
    result = result.reshape(shape)
    for axis in range(3):
        # half of a sphere falls on each side, except into the middle layer, which gets both
        result[(slice(None),) * axis + (slice(1, None),)] /= 2
    return result


def _scatter(points, energy, spacing, shape) -> np.ndarray:
    """Share the energy at each point among the eight voxel centres around it."""
    index, lower = 0, []
    for axis, coordinates in enumerate(points.reshape(energy.shape[0], 3, -1).transpose(1, 0, 2)):
        place = coordinates / spacing[axis]
        cell = place.astype(np.int64)  # cuts towards zero, which is down: an octant has no negative coordinates
        index = index * shape[axis] + cell
        lower.append(place - cell)
    total = np.zeros(math.prod(shape))
    strides = (shape[1] * shape[2], shape[2], 1)
    for corner in product((0, 1), repeat=3):
        weight = energy.copy()
        for up, part in zip(corner, lower, strict=True):
            weight *= part if up else 1 - part
        moved = index + sum(up * stride for up, stride in zip(corner, strides, strict=True))
        total += np.bincount(moved.ravel(), weight.ravel(), minlength=len(total))
    return total


def _per_mm(point: PointKernel) -> tuple[np.ndarray, np.ndarray]:
    """Radii and the energy deposited per mm there, to interpolate between; the last shell holds to its outer edge."""
    radii = np.append((point.edges_mm[1:] + point.edges_mm[:-1]) / 2, point.edges_mm[-1])
    per_mm = point.share / np.diff(point.edges_mm)
    return radii, np.append(per_mm, per_mm[-1])


def _interpolated_share(point: PointKernel, inner_mm: float) -> float:
    """Energy beyond a radius over what linear interpolation between the middles of the shells makes of it."""
    radii, per_mm = _per_mm(point)
    at = np.union1d(radii[radii > inner_mm], [inner_mm])
    return point.between(inner_mm, float(radii[-1])).deposited / float(np.trapezoid(np.interp(at, radii, per_mm), at))


def _smooth(point: PointKernel, spacing, shape) -> np.ndarray:
    """Gauss points over each voxel pair's triangles, good many voxels from the source."""
    radii, per_mm = _per_mm(point)
    per_mm = per_mm * (math.prod(spacing) / (4 * math.pi))
    nodes, weights = np.array(_GAUSS).T
    weights_yx = np.multiply.outer(weights, weights)
    y2, x2 = (((np.arange(n)[:, None] + nodes) * edge) ** 2 for n, edge in zip(shape[1:], spacing[1:], strict=True))
    plane = y2[:, None, :, None] + x2[None, :, None, :]
    result = np.zeros(shape)
    for layer in range(shape[0]):
        for node, weight in _GAUSS:
            square = plane + ((layer + node) * spacing[0]) ** 2
            radius = np.sqrt(square)
            with np.errstate(divide="ignore", invalid="ignore"):  # at the source itself, which is not used
                values = np.interp(radius, radii, per_mm, right=0.0) / square
            result[layer] += weight * np.einsum("yxab,ab->yx", values, weights_yx)
    return result


def _distance2(shape, spacing) -> np.ndarray:
    z2, y2, x2 = ((np.arange(n) * edge) ** 2 for n, edge in zip(shape, spacing, strict=True))
    return z2[:, None, None] + y2[:, None] + x2


def images(shape) -> np.ndarray:
    """How many voxels of the whole kernel each voxel of the octant stands for."""
    z, y, x = (np.where(np.arange(n) > 0, 2.0, 1.0) for n in shape)
    return z[:, None, None] * y[:, None] * x


@lru_cache(maxsize=64)
def _directions(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions in the first octant, shape (3, order^2), and weights that sum to 1.

    The triangle between the three axis ends is cut into order^2 equal small ones; their centres, seen from the
    origin, are the directions, weighted by the solid angle. Swapping axes maps the set onto itself.
    """
    first, second = np.meshgrid(np.arange(order), np.arange(order), indexing="ij")
    first, second = first.ravel(), second.ravel()
    upright = first + second < order
    inverted = first + second < order - 1
    a = np.concatenate([first[upright] + 1 / 3, first[inverted] + 2 / 3]) / order
    b = np.concatenate([second[upright] + 1 / 3, second[inverted] + 2 / 3]) / order
    corners = np.stack([a, b, 1 - a - b])
    length = np.sqrt(np.sum(corners**2, axis=0))
    weights = length**-3.0
    return corners / length, weights / weights.sum()
