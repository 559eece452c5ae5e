"""RT Dose: dose maps written for treatment-planning software, and read from it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from mrtlab import _check
from mrtlab.dicom import _modules as modules
from mrtlab.dicom._elements import Elements, load, quiet
from mrtlab.dicom._modules import Story, Written
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.pixels import stored_values
from mrtlab.errors import Flag, InputError
from mrtlab.images import Grid, Image, Unit

__all__ = ["read_rtdose", "write_rtdose"]

_SOP_CLASS = "1.2.840.10008.5.1.4.1.1.481.2"
_MORE = (
    "DoseUnits",
    "DoseType",
    "DoseSummationType",
    "DoseGridScaling",
    "GridFrameOffsetVector",
    "TissueHeterogeneityCorrection",
)
_MEDIA = ("IMAGE", "ROI_OVERRIDE", "WATER")


def write_rtdose(
    image: Image,
    path,
    *,
    patient: str = "SIMULATED",
    seed: int | str = 0,
    dose_type: str = "PHYSICAL",
    comment: str = "",
    medium: str = "WATER",
    keep_dates: bool = False,
    anchor: datetime | None = None,
) -> Written:
    """Write a dose map as RT Dose, in 16 bits.

    Parameters
    ----------
    image : Image
        A volume in Gy, nowhere negative, in the frame of reference of the images it belongs to.
    path : str or Path
    patient, seed, keep_dates, anchor
        As in :func:`mrtlab.dicom.write_nm`.
    dose_type : str
        ``"PHYSICAL"``; ``"EFFECTIVE"`` for a BED or EQD2 map, which needs a ``comment``.
    comment : str
        Up to 64 characters, such as ``"BED, alpha/beta 2.5 Gy, repair 2.8 h"``. No patient's data.
    medium : str
        How tissue was taken: ``"WATER"`` (one density), ``"IMAGE"`` (density from CT) or
        ``"ROI_OVERRIDE"`` (density by region).

    Returns
    -------
    Written

    Raises
    ------
    InputError

    Notes
    -----
    DoseSummationType is RECORD: the dose was delivered, and no treatment plan exists that PLAN would have to name. The
    standard then demands a reference to a record of the treatment; it is made up of patient and seed, and leads to
    no file.

    References
    ----------
    DICOM PS3.3 A.18 and C.8.8.3 (RT Dose).
    """
    from pydicom.dataset import Dataset

    modules.image_of(image, "RT Dose", (Unit.GY,))
    if image.kind != "volume":
        raise InputError(f"RT Dose is a volume, not {image.kind}")
    if image.array.min() < 0:
        raise InputError(f"a dose is not negative, and the lowest is {image.array.min():g} Gy; is it a difference?")
    _check.choice("dose_type", dose_type, ("PHYSICAL", "EFFECTIVE"))
    _check.choice("medium", medium, _MEDIA)
    if not isinstance(comment, str) or len(comment) > 64 or "\\" in comment or not (comment + "x").isprintable():
        raise InputError(f"comment must be up to 64 printable characters without a backslash, got {comment!r}")
    if dose_type == "EFFECTIVE" and not comment.strip():
        raise InputError("comment must say what an EFFECTIVE dose is, such as 'BED, alpha/beta 2.5 Gy'")
    story = Story(image, patient, seed, keep_dates, anchor)
    content = modules.fingerprint(image)
    frame = modules.frame_of_reference(image, story, content)
    image = modules.upright(image)
    ds = modules.dataset(_SOP_CLASS, "RTDOSE", story, series=(content,))
    ds.OperatorsName = ""
    if image.start is not None:
        ds.ContentDate, ds.ContentTime = story.day(image.start), story.time(image.start)
    modules.place(ds, frame)
    ds.ImagePositionPatient = modules.ds_numbers(modules.corner(image))
    ds.ImageOrientationPatient = modules.orientation(image)
    ds.PixelSpacing = modules.ds_numbers(image.spacing_mm[1:])
    ds.SliceThickness = modules.ds_number(image.spacing_mm[0])
    array = image.array.astype(float)
    if len(array) > 1:
        ds.NumberOfFrames = len(array)
        ds.FrameIncrementPointer = 0x3004000C
        ds.GridFrameOffsetVector = modules.ds_numbers(np.arange(len(array)) * image.spacing_mm[0])
    ds.DoseUnits, ds.DoseType, ds.DoseSummationType = "GY", dose_type, "RECORD"
    record = Dataset()
    record.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.7"  # RT Treatment Summary Record
    record.ReferencedSOPInstanceUID = story.uid("treatment record")
    ds.ReferencedTreatmentRecordSequence = [record]
    ds.DoseComment = comment
    ds.TissueHeterogeneityCorrection = medium
    ds.DoseGridScaling = modules.ds_number(float(array.max()) / 65535 or 1.0)
    step = float(ds.DoseGridScaling)
    modules.picture(ds, np.rint(array / step).clip(0, 65535))
    modules.name_instance(ds, story, content, dose_type, comment, medium, keep_dates)
    return Written(modules.save({modules.target(path): ds}), str(image.unit), step if array.any() else 0.0)


def read_rtdose(path) -> Image:
    """Read a dose map in Gy.

    Parameters
    ----------
    path : str or Path
        An RT Dose file.

    Returns
    -------
    Image
        ``unit`` Gy, slices along the normal; flagged ``DOSE_EFFECTIVE`` where the file says that its values are
        weighted for biological effect.

    Raises
    ------
    InputError
        For relative doses, differences of doses, unequal distances of slices, files without a dose map, and damage.

    References
    ----------
    DICOM PS3.3 C.8.8.3 (RT Dose).
    """
    path = Path(modules.target(path))
    with quiet():
        file = load(path, pixels=True, more=_MORE)
        return _dose(file)


def _dose(file: Elements) -> Image:
    if file.uid("SOPClassUID") != _SOP_CLASS:
        file.fail("SOPClassUID", "is not that of RT Dose; read other images with read_image")
    units, kind = file.text("DoseUnits").upper(), file.text("DoseType").upper()
    if units != "GY":
        file.fail("DoseUnits", "is not GY: relative doses have no unit; export the dose in Gy")
    if kind not in ("PHYSICAL", "EFFECTIVE"):
        file.fail("DoseType", "is neither PHYSICAL nor EFFECTIVE: a difference of doses, or a damaged file")
    scaling = file.number("DoseGridScaling", above=0)
    if scaling is None:
        file.fail("DoseGridScaling", "is missing; without it the numbers have no unit")
    if file.text("PhotometricInterpretation") != "MONOCHROME2":
        file.fail("PhotometricInterpretation", "is not MONOCHROME2, which RT Dose must be")
    stored = stored_values(file)
    if file.whole("PixelRepresentation") != 0:
        file.fail("PixelRepresentation", "is 1 (signed); only a difference of doses may be")
    array, grid = _along_normal(file, stored)
    highest = float(array.max()) * scaling
    if not highest < 1e30:
        file.fail("DoseGridScaling", f"is {scaling:g}; the dose would reach {highest:g} Gy")
    summed, medium = file.text("DoseSummationType").upper(), file.text("TissueHeterogeneityCorrection").upper()
    understood = [f"{kind.lower()} dose in Gy, {scaling:.6g} Gy a step"]
    understood += [f"tissue taken as {medium}"] if medium in _MEDIA else []
    understood += [f"summed as {summed}"] if summed in ("PLAN", "MULTI_PLAN", "FRACTION", "BEAM", "RECORD") else []
    return Image(
        (array * scaling).astype(np.float32),
        grid.spacing_mm,
        Unit.GY,
        origin_mm=grid.origin_mm,
        axes=grid.axes,
        modality="RTDOSE",
        frame_of_reference=hashed_uid(file.uid("FrameOfReferenceUID")),
        flags=(Flag.DOSE_EFFECTIVE,) if kind == "EFFECTIVE" else (),
        understood=tuple(understood),
    )


def _along_normal(file: Elements, stored: np.ndarray) -> tuple[np.ndarray, Grid]:
    """Slices in the order of the normal, and where they lie."""
    columns, rows, normal = axes_of(file)
    position = np.array(needed(file, "ImagePositionPatient", 3))
    spacing = needed(file, "PixelSpacing", 2)
    offsets = np.array(_offsets(file, len(stored), position, normal))
    steps = np.diff(offsets)
    if len(steps) == 0:
        thick = file.number("SliceThickness", above=0)
        if thick is None:
            file.fail("SliceThickness", "is missing, and a single slice has no other thickness")
        step = thick
    else:
        step = float(np.mean(steps))
        if step == 0 or np.max(np.abs(steps - step)) > 0.01 * abs(step):
            file.fail("GridFrameOffsetVector", "has unequal steps; slices are missing, doubled or out of order")
    first = position + normal * offsets[0]
    if step < 0:
        stored, first, step = stored[::-1], position + normal * offsets[-1], -step
    return stored, Grid(
        stored.shape, (step, *positive(file, "PixelSpacing", spacing)), tuple(first), (normal, rows, columns)
    )


def _offsets(file: Elements, count: int, position: np.ndarray, normal: np.ndarray) -> list[float]:
    """Distances of the slices from the first."""
    offsets = file.numbers("GridFrameOffsetVector")
    if not offsets and count == 1:
        return [0.0]
    if len(offsets) != count:
        file.fail("GridFrameOffsetVector", f"holds {len(offsets)} values for {count} slices")
    if offsets[0] == 0:
        return list(offsets)
    # the standard's other form: z of each slice, allowed for slices across the patient alone
    if abs(offsets[0] - position[2]) > 0.01 or abs(abs(normal[2]) - 1) > 1e-4:
        file.fail("GridFrameOffsetVector", "begins neither with 0 nor with the z of the first slice")
    return [(offset - offsets[0]) * float(np.sign(normal[2])) for offset in offsets]


def needed(file: Elements, keyword: str, count: int) -> tuple[float, ...]:
    """Numbers that must be there."""
    found = file.numbers(keyword, count)
    if not found:
        file.fail(keyword, "is missing")
    if max(map(abs, found)) > 1e5:
        file.fail(keyword, "is further away than 100 m; the file is damaged")
    return found


def positive(file: Elements, keyword: str, values: tuple[float, ...]) -> tuple[float, ...]:
    if min(values) <= 0:
        file.fail(keyword, f"is {min(values):g}; it must be above 0")
    return values


def axes_of(file: Elements) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors along a row, down a column, and along the normal, from ImageOrientationPatient."""
    six = np.array(needed(file, "ImageOrientationPatient", 6))
    columns, rows = six[:3], six[3:]
    if abs(columns @ rows) > 1e-3 or abs(columns @ columns - 1) > 1e-3 or abs(rows @ rows - 1) > 1e-3:
        file.fail("ImageOrientationPatient", "is not two unit vectors at right angles")
    columns = columns / np.linalg.norm(columns)
    rows = rows - columns * (columns @ rows)  # files round to a few digits
    rows /= np.linalg.norm(rows)
    return columns, rows, np.cross(columns, rows)
