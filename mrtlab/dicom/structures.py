"""RT Structure Sets: regions written as contours, and read from contours or segmentations."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from mrtlab import PURPOSE, _check
from mrtlab.dicom import _modules as modules
from mrtlab.dicom import _slabs as slabs
from mrtlab.dicom._elements import Elements, load, quiet
from mrtlab.dicom._modules import Story, Written
from mrtlab.dicom._references import References, references
from mrtlab.dicom._story import same_frame
from mrtlab.dicom.contours import outlines
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.segmentation import SEGMENTATION, read_seg
from mrtlab.errors import Flag, InputError
from mrtlab.images import Grid, Image, Regions

__all__ = ["read_regions", "read_rtstruct", "read_seg", "write_rtstruct"]

_STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
_MORE = ("StructureSetROISequence", "ROIContourSequence")
_MOST_POINTS = 20_000_000


def write_rtstruct(
    regions: Regions,
    path,
    *,
    images: Written | str | Path | Iterable[str | Path] | None = None,
    patient: str | None = None,
    seed: int | str = 0,
    label: str = "REGIONS",
    anchor: datetime | None = None,
) -> Written:
    """Write regions as an RT Structure Set of closed contours.

    Parameters
    ----------
    regions : Regions
    path : str or Path
    images : Written, path or paths, optional
        The files the regions were drawn on, as :func:`write_ct` and its siblings return them, or their folder. Study,
        patient and frame of reference are taken from them, and the contours refer to their slices.
    patient : str, optional
        Pseudonym; that of the images, else SIMULATED.
    seed, anchor
        As in :func:`mrtlab.dicom.write_nm`.
    label : str
        Up to 16 letters, digits, blanks and underscores.

    Returns
    -------
    Written

    Raises
    ------
    InputError
        For regions that are empty, images that are not de-identified or lie in another frame of reference.

    Notes
    -----
    Truth values are outlined along the edges of the voxels: read back on the same grid they are the same. Fractions are
    outlined so that every slice keeps its area; less than a thousandth of a voxel's face is not drawn. Holes are cut in
    by a keyhole, which is the standard's way for CLOSED_PLANAR contours, and read alike with and without the rule that
    inner contours are holes.

    References
    ----------
    DICOM PS3.3 A.19, C.8.8.5, C.8.8.6 (RT Structure Set).
    """
    from pydicom.dataset import Dataset

    if not isinstance(regions, Regions) or not len(regions):
        raise InputError("regions must be mrtlab.images.Regions with at least one region")
    if not isinstance(label, str) or not label.strip() or len(label) > 16 or not label.replace(" ", "_").isidentifier():
        raise InputError(f"label must be up to 16 letters, digits, blanks and underscores, got {label!r}")
    for name in regions:
        if not isinstance(name, str) or not name.strip() or len(name) > 64 or "\\" in name or not name.isprintable():
            raise InputError(f"the region's name {name!r} must be up to 64 printable characters without a backslash")
    about = references(images) if images is not None else References()
    if patient is None:
        patient = about.patient or "SIMULATED"
    elif about.patient and patient != about.patient:
        raise InputError(f"patient is {patient!r}, but that of the images is {about.patient!r}")
    story = Story(None, patient, seed, False, anchor)
    content = _fingerprint(regions)
    frame = modules.own_frame(regions.frame_of_reference)
    if about.frame and regions.frame_of_reference and not same_frame(about.frame, regions.frame_of_reference):
        raise InputError("images lie in another frame of reference than the regions; give those they were drawn on")
    frame = about.frame or frame or story.uid("frame of reference", content)
    ds = modules.dataset(_STRUCTURES, "RTSTRUCT", story, study=about.study, series=(content,))
    if about.study:
        ds.StudyDate, ds.StudyTime = about.study_date, about.study_time
    ds.OperatorsName = ""
    ds.StructureSetLabel, ds.StructureSetDescription = label, PURPOSE
    ds.StructureSetDate, ds.StructureSetTime = story.day(story.anchor), story.time(story.anchor)
    ds.ReferencedFrameOfReferenceSequence = [about.frame_item(frame)]
    modules.place(ds, frame)
    ds.StructureSetROISequence, ds.ROIContourSequence, ds.RTROIObservationsSequence = [], [], []
    for number, name in enumerate(regions, 1):
        region, drawn, observed = Dataset(), Dataset(), Dataset()
        region.ROINumber, region.ReferencedFrameOfReferenceUID = number, frame
        region.ROIName, region.ROIGenerationAlgorithm = name, ""
        drawn.ROIDisplayColor = [round(255 * part) for part in colorsys.hsv_to_rgb(number * 0.381966 % 1, 0.8, 1)]
        drawn.ContourSequence = _drawn(name, regions, about)
        drawn.ReferencedROINumber = number
        observed.ObservationNumber = observed.ReferencedROINumber = number
        observed.RTROIInterpretedType = observed.ROIInterpreter = ""
        ds.StructureSetROISequence.append(region)
        ds.ROIContourSequence.append(drawn)
        ds.RTROIObservationsSequence.append(observed)
    modules.name_instance(ds, story, content, about.study, *about.instances, label)
    return Written(modules.save({modules.target(path): ds}, implicit=True), "mm", 1e-6)  # of a coordinate


def _fingerprint(regions: Regions) -> bytes:
    import hashlib

    digest = hashlib.sha256(f"{regions.grid}|{regions.frame_of_reference}".encode())
    for name, mask in regions.masks.items():
        digest.update(name.encode("utf-8") + b"\0" + np.ascontiguousarray(mask, "<f4").tobytes())
    return digest.digest()


def _drawn(name: str, regions: Regions, about: References) -> list:
    """Contours of a region."""
    from pydicom.dataset import Dataset

    mask = np.asarray(regions[name], dtype=float)
    if not np.isfinite(mask).all() or mask.min() < 0 or mask.max() > 1:
        raise InputError(f"region {name!r} must hold truth values, or fractions between 0 and 1")
    matrix, thick = regions.grid.matrix, modules.ds_number(regions.grid.spacing_mm[0])
    items = []
    for index in np.flatnonzero(mask.any(axis=(1, 2))):
        for loop in outlines(mask[index]):
            ones = np.ones(len(loop))
            points = (np.column_stack([ones * index, loop, ones]) @ matrix.T)[:, :3]
            item = Dataset()
            images = about.at(points[0], np.asarray(regions.grid.axes[0]), regions.grid.spacing_mm[0])
            if images:
                item.ContourImageSequence = images
            item.ContourGeometricType, item.ContourSlabThickness = "CLOSED_PLANAR", thick
            item.NumberOfContourPoints = len(points)
            item.ContourData = [f"{number:.6f}" for number in (points.ravel().round(6) + 0.0).tolist()]
            items.append(item)
    if not items:
        raise InputError(f"region {name!r} is empty; leave it out")
    return items


def read_rtstruct(
    path, grid: Grid | Image | None = None, *, names: Sequence[str] | None = None, spacing_mm: float = 1.0
) -> Regions:
    """Read regions from an RT Structure Set.

    Parameters
    ----------
    path : str or Path
    grid : Grid or Image, optional
        Where the regions are wanted. The frame of reference of an image is compared too. Without one, a grid in the
        planes of the contours that just holds them.
    names : sequence of str, optional
        The regions wanted; all, if not given.
    spacing_mm : float
        Of the grid made here, in the plane.

    Returns
    -------
    Regions
        The fraction of each voxel inside; truth values where all are whole. Flags say what was taken how.

    Raises
    ------
    InputError
        For open contours, contours of fewer than three points or out of plane, another frame of reference, and damage.

    Notes
    -----
    A contour within another of its region and plane is a hole (XOR); keyholes are followed. The names of regions are
    the only text that is taken from the file.
    """
    with quiet():
        file = load(modules.target(path), pixels=False, more=_MORE)
        if file.uid("SOPClassUID") != _STRUCTURES:
            file.fail("SOPClassUID", "is not that of an RT Structure Set; read_regions also reads segmentations")
        found, frame, flags = _outlined(file, names)
    label = hashed_uid(frame)
    if isinstance(grid, Image):
        if frame and grid.frame_of_reference and not same_frame(frame, grid.frame_of_reference):
            raise InputError(
                f"{file.name}: the regions lie in another frame of reference than the image; take the structure set "
                "drawn on it, or on an image of the same examination"
            )
        label, grid = grid.frame_of_reference or label, grid.grid
    elif grid is not None and not isinstance(grid, Grid):
        raise InputError(f"grid must be a mrtlab.images.Grid or Image, got {type(grid).__name__}")
    spacing_mm = float(_check.positive("spacing_mm", spacing_mm))
    masks, grid, more = slabs.masks(found, grid, spacing_mm, file.name)
    return Regions(masks, grid, label, tuple(dict.fromkeys((*flags, *more))))


def _outlined(file: Elements, names: Sequence[str] | None) -> tuple[list[slabs.Outlined], str, tuple[str, ...]]:
    """Regions with contours, their frame of reference, and flags."""
    listed = _listed(file)
    if isinstance(names, str):
        raise InputError(f"names must be a list of names; write [{names!r}]")
    there = [name for name, _ in listed.values()]
    for name in names or ():
        if name not in there:
            raise InputError(f"{file.name} has no region {name!r}; there are {', '.join(there)}")
    drawn = {}
    for item in file.items("ROIContourSequence"):
        number = item.whole("ReferencedROINumber")
        if number not in listed:
            item.fail("ReferencedROINumber", "points to no region of StructureSetROISequence")
        if number in drawn:
            item.fail("ReferencedROINumber", f"is {number} twice; a region has one list of contours")
        drawn[number] = item.items("ContourSequence")
    found, frames, flags, budget = [], set(), (), _MOST_POINTS
    for number, (name, frame) in listed.items():
        if names is not None and name not in names:
            continue
        kinds = {contour.text("ContourGeometricType").upper() for contour in drawn.get(number, [])}
        if kinds <= {"POINT"}:
            if names is not None:
                raise InputError(f"{file.name}: {name!r} has points or nothing drawn, and no volume")
            flags = (Flag.REGIONS_LEFT_OUT,)
            continue
        region = slabs.Outlined(name)
        for contour in drawn[number]:
            region.contours.append(_points(contour, name))
            budget -= len(region.contours[-1])
            if budget < 0:
                file.fail("ContourData", f"holds more than {_MOST_POINTS} points in all")
            region.thickness_mm = _slab(contour, name, region.thickness_mm)
        found.append(region)
        frames.add(frame)
    if not found:
        file.fail("ROIContourSequence", "holds no region with a volume")
    if len(frames) > 1:
        file.fail(
            "ReferencedFrameOfReferenceUID", "differs between regions; choose those of one frame of reference by names="
        )
    return found, frames.pop(), flags


def _listed(file: Elements) -> dict[int, tuple[str, str]]:
    """Name and frame of reference by number."""
    listed: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for item in file.items("StructureSetROISequence"):
        number = item.whole("ROINumber")
        if number is None or number in listed:
            item.fail("ROINumber", "is missing" if number is None else f"is {number} twice")
        listed[number] = (
            slabs.unused(item.text("ROIName") or f"region {number}", taken),
            item.uid("ReferencedFrameOfReferenceUID"),
        )
    if not listed:
        file.fail("StructureSetROISequence", "is missing; there are no regions")
    return listed


def _points(contour: Elements, name: str) -> np.ndarray:
    """Points of one closed contour, shape (points, 3)."""
    kind = contour.text("ContourGeometricType").upper()
    if kind not in ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR"):
        word = kind if kind in ("POINT", "OPEN_PLANAR", "OPEN_NONPLANAR") else "unknown"
        contour.fail("ContourGeometricType", f"of {name!r} is {word}; only closed contours have an inside, see names=")
    numbers = contour.numbers("ContourData")
    count = contour.whole("NumberOfContourPoints")
    if len(numbers) % 3 or count is None or len(numbers) != 3 * count:
        contour.fail("ContourData", f"of {name!r} holds {len(numbers)} numbers for {count} points of three")
    if count < 3:
        contour.fail("NumberOfContourPoints", f"of {name!r} is {count}; a closed contour has three or more")
    points = np.array(numbers).reshape(-1, 3)
    if np.abs(points).max() > 1e5:
        contour.fail("ContourData", f"of {name!r} lies more than 100 m away; the file is damaged")
    if any(contour.numbers("ContourOffsetVector")):
        contour.fail("ContourOffsetVector", f"of {name!r} shifts the contour, which is no longer in use; save it anew")
    return points


def _slab(contour: Elements, name: str, before: float | None) -> float | None:
    thick = contour.number("ContourSlabThickness")
    if not thick:  # 0 stands for not known
        return before
    if not 0 < thick < 1000:
        contour.fail("ContourSlabThickness", f"of {name!r} is {thick:g} mm")
    if before is not None and abs(thick - before) > 0.01:
        contour.fail(
            "ContourSlabThickness", f"of {name!r} is {before:g} and {thick:g} mm; planes of one thickness are read"
        )
    return thick


def read_regions(path, grid: Grid | Image | None = None, *, names: Sequence[str] | None = None) -> Regions:
    """Read regions from an RT Structure Set or a segmentation.

    Parameters
    ----------
    path, grid, names
        As in :func:`read_rtstruct`.

    Returns
    -------
    Regions

    Raises
    ------
    InputError
    """
    with quiet():
        kind = load(modules.target(path), pixels=False).uid("SOPClassUID")
    if kind == _STRUCTURES:
        return read_rtstruct(path, grid, names=names)
    if kind in SEGMENTATION:
        return read_seg(path, grid, names=names)
    raise InputError(
        f"{Path(path).name}: SOPClassUID (0008,0016) is neither that of an RT Structure Set nor of a segmentation"
    )
