"""Outlines in a plane: from the voxels of a slice to closed contours, and from contours to the fraction of each voxel.

Everything here is in index coordinates (row, column) of a slice, where voxel centres are whole numbers.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

_LINES = 16  # lines across a voxel on which a contour is followed; along each line the fraction is exact
_NEGLIGIBLE = 1e-3  # of a voxel's face: less area in a slice is not drawn
_ROUNDING = 1e-5  # coordinates in files are rounded


def outlines(plane: np.ndarray) -> list[np.ndarray]:
    """Closed contours around a region of a slice, holes cut in by a keyhole, each of shape (points, 2).

    Truth values are outlined along the edges of the voxels, so that area and voxels are kept exactly. Fractions are
    outlined by the level line that encloses their sum.
    """
    plane = np.asarray(plane, dtype=float)
    if plane.sum() < _NEGLIGIBLE:
        return []
    binary = np.isin(plane, (0.0, 1.0)).all()
    polygons = _voxel_edges(plane > 0) if binary else _level_lines(plane)
    return [_keyhole(outer, holes) for outer, *holes in polygons]


def _voxel_edges(inside: np.ndarray) -> list[list[np.ndarray]]:
    """Outer contour and holes of each connected part."""
    from scipy.ndimage import label

    parts, count = label(inside)
    padded = np.pad(inside, 1)
    here = padded[1:-1, 1:-1]
    # edges run clockwise around the inside; each belongs to the voxel on its right
    sides = (
        (~padded[:-2, 1:-1], (0, 0), (0, 1)),
        (~padded[1:-1, 2:], (0, 1), (1, 0)),
        (~padded[2:, 1:-1], (1, 1), (0, -1)),
        (~padded[1:-1, :-2], (1, 0), (-1, 0)),
    )
    leaving: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for outside, (down, right), step in sides:
        for row, column in np.argwhere(here & outside).tolist():
            leaving.setdefault((row + down, column + right), {})[step] = int(parts[row, column])
    polygons: list[list[np.ndarray]] = [[] for _ in range(count)]
    for start in list(leaving):
        while start in leaving:
            corners, part = _follow(leaving, start)
            loop = np.array(corners, dtype=float) - 0.5
            mine = polygons[part - 1]
            mine.insert(0 if signed_area(loop) > 0 else len(mine), loop)
    return polygons


def _follow(
    leaving: dict[tuple[int, int], dict[tuple[int, int], int]], start: tuple[int, int]
) -> tuple[list[tuple[int, int]], int]:
    """Take one loop of edges out, as its corners."""
    point = start
    step, part = next(iter(leaving[start].items()))
    corners, before = [], None
    while True:
        ways = leaving[point]
        if len(ways) > 1 and before is not None:
            step = (before[1], -before[0])  # where voxels touch by a corner, stay with the own one: turn right
        elif before is not None:
            step = next(iter(ways))
        del ways[step]
        if not ways:
            del leaving[point]
        if step != before:
            corners.append(point)
        before, point = step, (point[0] + step[0], point[1] + step[1])
        if point == start and (start not in leaving or (before[1], -before[0]) not in leaving[start]):
            return corners, part


def _level_lines(plane: np.ndarray) -> list[list[np.ndarray]]:
    """Outer contours and holes of the level that encloses as much area as the fractions add up to."""
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    field = np.pad(plane, 1)
    # where many voxels have the same fraction a level either takes all or none; a slight rise inwards lets it divide
    depth = gaussian_filter(distance_transform_edt(field > 0), 1.0) * (field > 0)
    field = field + 1e-3 * depth / depth.max()
    low, high = 0.0, float(field.max())
    for _ in range(50):
        level = (low + high) / 2
        low, high = (level, high) if _area(_filled(field, level)) > plane.sum() else (low, level)
    return [[loop - 1 for loop in polygon] for polygon in _filled(field, (low + high) / 2)]


def _filled(field: np.ndarray, level: float) -> list[list[np.ndarray]]:
    from contourpy import FillType, contour_generator

    found = contour_generator(z=field, fill_type=FillType.OuterOffset).filled(level, np.inf)
    return [
        [points[start : stop - 1, ::-1] for start, stop in pairwise(offsets)]
        for points, offsets in zip(*found, strict=True)
    ]


def _area(polygons: list[list[np.ndarray]]) -> float:
    return sum(abs(signed_area(outer)) - sum(abs(signed_area(hole)) for hole in holes) for outer, *holes in polygons)


def signed_area(loop: np.ndarray) -> float:
    """Area of a closed contour, positive when it runs clockwise as seen with rows downwards."""
    row, column = loop.T
    return 0.5 * float(np.sum(column * np.roll(row, -1) - np.roll(column, -1) * row))


def _keyhole(outer: np.ndarray, holes: list[np.ndarray]) -> np.ndarray:
    """One contour that goes in along a line, around the hole, and back along the same line.

    A hole hangs on the nearest point that comes before its own first one, row by row: so every chain of holes ends at
    the outer contour.
    """
    if not holes:
        return outer
    turned = [hole[::-1] if signed_area(hole) * signed_area(outer) > 0 else hole for hole in holes]
    points = np.concatenate([outer, *turned])
    order = np.lexsort(points.T[::-1])
    rank = np.argsort(order)
    hanging: dict[int, list[list[int]]] = {}
    begin = len(outer)
    for hole in turned:
        first = begin + int(np.argmin(rank[begin : begin + len(hole)]))
        before = order[: rank[first]]
        nearest = int(before[np.argmin(np.sum((points[before] - points[first]) ** 2, axis=1))])
        around = [*range(first, begin + len(hole)), *range(begin, first + 1)]
        hanging.setdefault(nearest, []).append([*around, nearest])
        begin += len(hole)
    path: list[int] = []
    walks = [iter(range(len(outer)))]
    while walks:
        index = next(walks[-1], None)
        if index is None:
            walks.pop()
            continue
        path.append(index)
        walks.extend(map(iter, hanging.pop(index, ())))
    return points[path]


def coverage(loops: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Fraction of each voxel's face inside closed contours, float array of ``shape`` (rows, columns).

    A point is inside when a line from it to the outside meets the contours an odd number of times: a contour within
    another one is a hole (XOR), and the two ways of a keyhole cancel.
    """
    rows, columns = shape
    start = np.concatenate(loops)
    stop = np.concatenate([np.roll(loop, -1, axis=0) for loop in loops])
    # number of the scan line, counted from the top of the first row, at the end points of each edge
    first, last = (np.ceil((ends[:, 0] + 0.5) * _LINES - 0.5) for ends in (start, stop))
    low, high = (np.clip(find(first, last), 0, rows * _LINES).astype(int) for find in (np.minimum, np.maximum))
    count = high - low
    edge = np.repeat(np.arange(len(start)), count)
    line = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + low[edge]
    height = (line + 0.5) / _LINES - 0.5
    (row0, column0), (row1, column1) = start[edge].T, stop[edge].T
    crossing = column0 + (height - row0) * (column1 - column0) / (row1 - row0)
    order = np.lexsort((crossing, line))
    line, crossing = line[order], np.clip(crossing[order], -0.5, columns - 0.5)
    sign = np.where(np.arange(len(line)) % 2, -1.0, 1.0)  # every line is met an even number of times
    # each crossing switches on what lies to its right: part of its own voxel, all of the following
    column = np.minimum(np.floor(crossing + 0.5).astype(int), columns - 1)
    part = column + 0.5 - crossing
    place = line // _LINES * (columns + 1) + column
    size = rows * (columns + 1)
    switched = np.bincount(place, sign * part, size) + np.bincount(place + 1, sign * (1 - part), size + 1)[:size]
    found = np.cumsum(switched.reshape(rows, columns + 1), axis=1)[:, :columns] / _LINES
    found[found < _ROUNDING] = 0
    found[found > 1 - _ROUNDING] = 1
    return found


def nested(loops: list[np.ndarray]) -> bool:
    """Whether a contour of a plane lies at least partly within another. Those that touch by a corner do not."""
    from matplotlib.path import Path

    lowest, highest = (np.array([find(loop, axis=0) for loop in loops]) for find in (np.min, np.max))
    for index, loop in enumerate(loops):
        near = np.all((highest[index] > lowest) & (lowest[index] < highest), axis=1)
        near[index] = False
        middles = (loop + np.roll(loop, -1, axis=0)) / 2
        if any(Path(loops[other]).contains_points(middles).any() for other in np.flatnonzero(near)):
            return True
    return False
