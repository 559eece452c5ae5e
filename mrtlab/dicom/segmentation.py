"""DICOM segmentations: voxels, truth values or fractions, of several segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mrtlab.dicom import _modules as modules
from mrtlab.dicom._elements import Elements, load, quiet
from mrtlab.dicom._slabs import unused
from mrtlab.dicom._story import same_frame
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.dose_grid import axes_of, needed, positive
from mrtlab.dicom.pixels import declared_shape, stored_values
from mrtlab.errors import Flag, InputError
from mrtlab.images import Grid, Image, Regions

__all__ = ["read_seg"]

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_MORE = (
    "SegmentationType",
    "SegmentationFractionalType",
    "MaximumFractionalValue",
    "SegmentSequence",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
_MOST_VOXELS = 2**29
_OFF_MM = 0.05


def read_seg(path, grid: Grid | Image | None = None, *, names: Sequence[str] | None = None) -> Regions:
    """Read regions from a DICOM segmentation.

    Parameters
    ----------
    path : str or Path
        A Segmentation of type BINARY, FRACTIONAL or LABELMAP.
    grid : Grid or Image, optional
        Where the regions are wanted; the file's own grid, if not given. The frame of reference of an image is compared.
    names : sequence of str, optional
        Labels of the segments wanted; all, if not given.

    Returns
    -------
    Regions
        Truth values or fractions. Frames that a file leaves out because they are empty are filled in between the
        first and the last slice it has.

    Raises
    ------
    InputError
        For slices that lie on no common grid, another frame of reference, and damage.

    References
    ----------
    DICOM PS3.3 A.51, C.8.20 (Segmentation).
    """
    with quiet():
        file = load(modules.target(path), pixels=True, more=_MORE)
        if file.uid("SOPClassUID") not in SEGMENTATION:
            file.fail("SOPClassUID", "is not that of a segmentation; read_regions also reads RT Structure Sets")
        regions = _regions(file, names)
        frame = file.uid("FrameOfReferenceUID")
    if grid is None:
        return regions
    if isinstance(grid, Image):
        if frame and grid.frame_of_reference and not same_frame(frame, grid.frame_of_reference):
            raise InputError(f"{file.name}: the segments lie in another frame of reference than the image")
        regions = Regions(
            regions.masks, regions.grid, grid.frame_of_reference or regions.frame_of_reference, regions.flags
        )
        grid = grid.grid
    elif not isinstance(grid, Grid):
        raise InputError(f"grid must be a mrtlab.images.Grid or Image, got {type(grid).__name__}")
    return regions.on(grid)


def _regions(file: Elements, names: Sequence[str] | None) -> Regions:
    kind = file.text("SegmentationType").upper()
    labels = _labels(file)
    wanted = _wanted(file, labels, names)
    values, top = _values(file, kind)
    own, positions, axes, spacing = _places(file, len(values), kind)
    for number in set(own) - {0} - set(labels):
        file.fail("ReferencedSegmentNumber", f"is {number}, which is no segment of SegmentSequence")
    slices, count, step, first = _stacked(file, positions, axes[2], spacing)
    shape = (count, *values.shape[1:])
    if float(np.prod(shape, dtype=float)) * len(wanted) > _MOST_VOXELS:
        file.fail("PerFrameFunctionalGroupsSequence", f"spreads the segments over {shape} voxels, which is too large")
    grid = Grid(shape, (step, *spacing[:2]), tuple(first), (axes[2], axes[1], axes[0]))
    masks = {}
    for number, name in wanted.items():
        mask = np.zeros(shape, bool if top == 1 else np.float32)
        if kind == "LABELMAP":
            for at, plane in zip(slices, values, strict=True):
                mask[at] = plane == number
        else:
            mine = [index for index, segment in enumerate(own) if segment == number]
            places = [slices[index] for index in mine]
            if len(set(places)) != len(places):
                file.fail("PerFrameFunctionalGroupsSequence", f"holds a slice of segment {number} twice")
            if mine:
                mask[places] = values[mine] if top == 1 else values[mine] / np.float32(top)
        masks[name] = mask
    if kind == "LABELMAP" and len(set(slices)) != len(slices):
        file.fail("PerFrameFunctionalGroupsSequence", "holds a slice twice")
    unsure = kind == "FRACTIONAL" and file.text("SegmentationFractionalType").upper() != "OCCUPANCY"
    flags = (Flag.SEGMENT_PROBABILITY,) if unsure else ()
    return Regions(masks, grid, hashed_uid(file.uid("FrameOfReferenceUID")), flags)


def _labels(file: Elements) -> dict[int, str]:
    labels: dict[int, str] = {}
    taken: set[str] = set()
    for item in file.items("SegmentSequence"):
        number = item.whole("SegmentNumber")
        if number is None or number in labels:
            item.fail("SegmentNumber", "is missing" if number is None else f"is {number} twice")
        labels[number] = unused(item.text("SegmentLabel") or f"segment {number}", taken)
    if not labels:
        file.fail("SegmentSequence", "is missing; there are no segments")
    return {number: label for number, label in labels.items() if number}  # 0 is the background of a label map


def _wanted(file: Elements, labels: dict[int, str], names: Sequence[str] | None) -> dict[int, str]:
    if names is None:
        return labels
    if isinstance(names, str):
        raise InputError(f"names must be a list of names; write [{names!r}]")
    for name in names:
        if name not in labels.values():
            raise InputError(f"{file.name} has no segment {name!r}; there are {', '.join(labels.values())}")
    return {number: label for number, label in labels.items() if label in names}


def _values(file: Elements, kind: str) -> tuple[np.ndarray, int]:
    """Stored values (frames, rows, columns), and the one that stands for the whole voxel."""
    if kind == "BINARY":
        if file.whole("BitsAllocated") != 1:
            file.fail("BitsAllocated", "is not 1, which a binary segmentation must have")
        return _bits(file), 1
    if kind == "LABELMAP":
        if file.text("PhotometricInterpretation") != "MONOCHROME2":
            file.fail("PhotometricInterpretation", "is not MONOCHROME2; other label maps are not read")
        return stored_values(file), 1
    if kind != "FRACTIONAL":
        file.fail("SegmentationType", "is none of BINARY, FRACTIONAL, LABELMAP")
    top = file.whole("MaximumFractionalValue")
    if top is None or top < 1:
        file.fail("MaximumFractionalValue", "is missing or not above 0; without it the values are no fractions")
    values = stored_values(file)
    if values.min() < 0 or values.max() > top:
        file.fail("MaximumFractionalValue", f"is {top}, but the pixels reach from {values.min()} to {values.max()}")
    return values, max(top, 2)  # never 1, which stands for truth values


def _bits(file: Elements) -> np.ndarray:
    """Pixels of one bit, the first in the lowest bit of a byte, frames without a gap."""
    shape = declared_shape(file)
    if file.syntax.is_compressed:
        file.fail("TransferSyntaxUID", "says that single bits are compressed; save it uncompressed")
    for keyword, right in (("SamplesPerPixel", 1), ("BitsStored", 1), ("HighBit", 0), ("PixelRepresentation", 0)):
        if file.whole(keyword) != right:
            file.fail(keyword, f"is not {right}, which pixels of one bit must have")
    if file.text("PhotometricInterpretation") != "MONOCHROME2":
        file.fail("PhotometricInterpretation", "is not MONOCHROME2")
    data, count = file.pixel_data(), shape[0] * shape[1] * shape[2]
    length = -(-count // 8)
    if len(data) not in (length, length + length % 2):
        file.fail("PixelData", f"holds {len(data)} bytes, and {shape} pixels of one bit need {length}")
    bits = np.unpackbits(np.frombuffer(data, np.uint8, length), count=count, bitorder="little")
    return bits.reshape(shape).view(bool)


def _places(file: Elements, frames: int, kind: str):
    """Segment and position of each frame; axes (row, column, normal); spacing (rows, columns, slices or None)."""
    shared = file.items("SharedFunctionalGroupsSequence")
    each = file.items("PerFrameFunctionalGroupsSequence")
    if len(each) != frames:
        file.fail("PerFrameFunctionalGroupsSequence", f"describes {len(each)} frames, and there are {frames}")
    shared = shared[0] if shared else None
    segments, positions, axes, spacing = [], [], None, None
    for item in each:
        if kind == "LABELMAP":
            segments.append(0)
        else:
            number = _group(file, item, shared, "SegmentIdentificationSequence").whole("ReferencedSegmentNumber")
            if not number:
                item.fail("ReferencedSegmentNumber", "is missing or 0")
            segments.append(number)
        positions.append(needed(_group(file, item, shared, "PlanePositionSequence"), "ImagePositionPatient", 3))
        turned = np.array(axes_of(_group(file, item, shared, "PlaneOrientationSequence")))
        measures = _group(file, item, shared, "PixelMeasuresSequence")
        wide = positive(measures, "PixelSpacing", needed(measures, "PixelSpacing", 2))
        apart = measures.number("SpacingBetweenSlices") or measures.number("SliceThickness") or None
        if axes is not None and (np.abs(turned - axes).max() > 1e-4 or not np.allclose(wide, spacing[:2], rtol=1e-4)):
            item.fail("ImageOrientationPatient", "or PixelSpacing differs between frames; they lie on no common grid")
        axes, spacing = (turned, (*wide, apart)) if axes is None else (axes, spacing)
    return segments, np.array(positions), axes, spacing


def _group(file: Elements, item: Elements, shared: Elements | None, keyword: str) -> Elements:
    """A functional group: the frame's own, or the one of all frames."""
    found = item.items(keyword) or (shared.items(keyword) if shared is not None else [])
    if not found:
        file.fail(keyword, "is missing")
    return found[0]


def _stacked(
    file: Elements, positions: np.ndarray, normal: np.ndarray, spacing
) -> tuple[list[int], int, float, np.ndarray]:
    """Slice number of each frame, how many slices there are, their distance, and the first position.

    Frames without a voxel may have been left out, so neighbours may lie several slices apart.
    """
    depth = positions @ normal
    first = positions[int(np.argmin(depth))]
    off = np.linalg.norm(positions - first - np.outer(depth - depth.min(), normal), axis=1)
    if off.max() > _OFF_MM:
        file.fail("ImagePositionPatient", f"moves by {off.max():.2f} mm within the plane; frames lie on no common grid")
    steps = np.diff(np.unique(np.round(depth - depth.min(), 3)))
    steps = steps[steps > _OFF_MM]
    stated = abs(spacing[2]) if spacing[2] else None
    if len(steps) == 0 and not stated:
        file.fail("SpacingBetweenSlices", "is missing, and a single slice has no other distance")
    for step in [stated] * (stated is not None) + ([float(steps.min())] if len(steps) else []):
        if step <= _OFF_MM:
            continue
        number = (depth - depth.min()) / step
        if np.abs(number - np.rint(number)).max() * step > max(_OFF_MM, 0.01 * step):
            continue
        slices = np.rint(number).astype(int)
        if slices.max() >= 100_000:
            break
        if slices.max():
            step = float((depth.max() - depth.min()) / slices.max())  # a stated distance is often rounded
        return slices.tolist(), int(slices.max()) + 1, step, first
    file.fail("ImagePositionPatient", "gives slices at unequal distances that lie on no common grid")
