"""Where slices lie: orientation, order, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab.dicom._elements import Elements, called
from mrtlab.errors import InputError

_GAP_TOLERANCE = 0.01  # of the slice distance
_GAP_FLOOR_MM = 0.02  # positions are rounded in the files
_SHEAR_TOLERANCE_MM = 0.1


@dataclass(frozen=True)
class Stack:
    """Slices in order along their normal.

    Attributes
    ----------
    order : tuple of int
        Which file comes first, second, ...
    spacing_mm, origin_mm, axes
        As those of :class:`mrtlab.images.Grid`.
    """

    order: tuple[int, ...]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    axes: tuple[tuple[float, float, float], ...]


def pixel_spacing(file: Elements) -> tuple[float, float]:
    """Distance of rows and of columns, mm."""
    found = file.numbers("PixelSpacing", 2)
    if not found:
        file.fail("PixelSpacing", "is missing; without it no volume can be computed")
    if not all(0.01 <= size <= 100 for size in found):
        file.fail("PixelSpacing", f"is {found[0]:g}, {found[1]:g} mm; it must lie between 0.01 and 100")
    return found


def directions(file: Elements, holder: Elements) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Unit vectors along which rows and columns rise, and their normal; None where the file has no orientation."""
    found = holder.numbers("ImageOrientationPatient", 6)
    if not found:
        return None
    along_row, along_column = np.array(found[:3]), np.array(found[3:])
    lengths = np.linalg.norm(along_row), np.linalg.norm(along_column)
    if max(abs(length - 1) for length in lengths) > 1e-3 or abs(along_row @ along_column) > 1e-3:
        file.fail("ImageOrientationPatient", "is not two unit vectors at right angles")
    along_row = along_row / lengths[0]
    along_column = along_column - (along_column @ along_row) * along_row
    along_column /= np.linalg.norm(along_column)
    return along_column, along_row, np.cross(along_row, along_column)


def stack(files: list[Elements]) -> Stack:
    """Put single slices in order.

    Raises
    ------
    InputError
        For slices of different size, spacing or orientation, sheared stacks (tilted gantry), slices that are there
        twice and gaps that are not all the same.
    """
    first = files[0]
    spacing = pixel_spacing(first)
    vectors = directions(first, first)
    if vectors is None:
        first.fail("ImageOrientationPatient", "is missing; the slices cannot be put in order")
    rows, columns, normal = vectors
    positions = []
    for file in files:
        _same_plane(first, file)
        position = file.numbers("ImagePositionPatient", 3)
        if not position:
            file.fail("ImagePositionPatient", "is missing; the slices cannot be put in order")
        if max(map(abs, position)) > 1e4:
            file.fail("ImagePositionPatient", "lies more than 10 m from the origin")
        positions.append(position)
    positions = np.array(positions)
    heights = positions @ normal
    order = np.argsort(heights, kind="stable")
    aside = positions - np.outer(heights, normal)
    shift = np.abs(aside - aside[0]).max(axis=1)
    if shift.max() > _SHEAR_TOLERANCE_MM:
        files[int(shift.argmax())].fail(
            "ImagePositionPatient",
            f"lies {shift.max():.1f} mm beside the others: the gantry was tilted, or slices of two scans are mixed",
        )
    return Stack(
        tuple(map(int, order)),
        (_slice_distance(files, heights, order), *spacing),
        tuple(positions[order[0]].tolist()),
        tuple(map(tuple, (normal.tolist(), rows.tolist(), columns.tolist()))),
    )


def _slice_distance(files: list[Elements], heights: np.ndarray, order: np.ndarray) -> float:
    if len(files) == 1:
        thickness = files[0].number("SliceThickness", above=0)
        if thickness is None:
            files[0].fail("SliceThickness", "is missing; the volume of a single slice is not known without it")
        return thickness
    gaps = np.diff(heights[order])
    usual = float(np.median(gaps))
    tolerance = max(_GAP_FLOOR_MM, _GAP_TOLERANCE * usual)
    if gaps.min() < _GAP_FLOOR_MM:
        index = int(gaps.argmin())
        pair = files[order[index]].name, files[order[index + 1]].name
        raise InputError(
            f"{pair[0]} and {pair[1]} lie at the same place by {called('ImagePositionPatient')}: a slice is there "
            "twice, or the folder holds several time points"
        )
    wrong = np.abs(gaps - usual)
    if wrong.max() > tolerance:
        index = int(wrong.argmax())
        pair = files[order[index]].name, files[order[index + 1]].name
        about = gaps[index] / usual
        likely = (
            f"{round(about) - 1} slices are missing there"
            if about > 1.5 and abs(about - round(about)) < 0.05
            else "slices are missing or belong to another scan"
        )
        raise InputError(
            f"{pair[0]} and {pair[1]} are {gaps[index]:.3f} mm apart by {called('ImagePositionPatient')}, the usual "
            f"distance is {usual:.3f} mm: {likely}"
        )
    return float(gaps.mean())


def _same_plane(first: Elements, file: Elements) -> None:
    for keyword, tolerance in (
        ("Rows", 0),
        ("Columns", 0),
        ("PixelSpacing", 1e-4),
        ("ImageOrientationPatient", 1e-3),
    ):
        mine, others = file.numbers(keyword), first.numbers(keyword)
        if len(mine) != len(others) or any(abs(a - b) > tolerance for a, b in zip(mine, others, strict=True)):
            file.fail(keyword, f"differs from that of {first.name}: they do not belong to one volume")
