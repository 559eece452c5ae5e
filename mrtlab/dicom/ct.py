"""CT images: one slice a file, in Hounsfield units."""

from __future__ import annotations

import numpy as np

from mrtlab.dicom._elements import Elements
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.geometry import stack
from mrtlab.dicom.headers import Header, Notes, Stated, contradicted, start_of, zone_of
from mrtlab.dicom.moments import acquisition
from mrtlab.dicom.pixels import declared_shape, stored_values
from mrtlab.errors import Flag
from mrtlab.images import Unit


def read(files: list[Elements], stated: Stated, *, pixels: bool) -> tuple[Header, np.ndarray | None]:
    """Header and values of one CT series."""
    first = files[0]
    about_activity = ("nuclide", "total_dose_unit", "administered_mbq", "administered_at", "decay_state", "duration_s")
    stated.say_nothing_of(first, "a CT", *about_activity, "energy_window_kev", "views")
    for file in files:
        if "LOCALIZER" in file.words("ImageType"):
            file.fail("ImageType", "is LOCALIZER: an overview picture, no slice")
        if file.uid("FrameOfReferenceUID") != first.uid("FrameOfReferenceUID"):
            file.fail("FrameOfReferenceUID", f"differs from that of {first.name}: they do not belong to one volume")
        if file.text("RescaleType") not in ("", "HU"):
            file.fail("RescaleType", "is not HU: the values are no Hounsfield units")
    if stated.unit not in (None, Unit.HU):
        contradicted(first, "Modality", "unit", "CT, which is in HU", stated.unit)
    notes = Notes()
    zone = zone_of(first, stated, notes)
    place = stack(files)
    files = [files[index] for index in place.order]
    shape = declared_shape(files[0])
    if shape[0] != 1:
        files[0].fail("NumberOfFrames", f"is {shape[0]}; CT slices are read one a file")
    if len(files) == 1:
        notes.say("A single slice; its thickness is SliceThickness.")
    _check_numbers(files, notes)
    starts = [acquisition(file, zone) for file in files]
    start = start_of(first, None if None in starts else min(starts, key=lambda found: found[0]), stated, notes)
    scales = {(file.number("RescaleSlope", above=0), file.number("RescaleIntercept")) for file in files}
    if any(None in scale for scale in scales):
        files[0].fail("RescaleSlope", "or RescaleIntercept is missing; without them there are no Hounsfield units")
    if len(scales) > 1:
        files[0].fail("RescaleSlope", "or RescaleIntercept differs between the slices; a CT has one scale")
    notes.say("Values in HU: RescaleSlope {:g}, RescaleIntercept {:g}.".format(*next(iter(scales))))
    values = _values(files, *scales.pop(), notes) if pixels else None
    header = Header(
        modality="CT",
        kind="volume",
        shape=(len(files), *shape[1:]),
        spacing_mm=place.spacing_mm,
        origin_mm=place.origin_mm,
        axes=place.axes,
        unit=str(Unit.HU),
        start=start,
        frame_of_reference=hashed_uid(first.uid("FrameOfReferenceUID")),
        **notes.frozen(),
    )
    return header, values


def _check_numbers(files: list[Elements], notes: Notes) -> None:
    """Flag instance numbers with holes: whole slices can be left out evenly, or at the ends."""
    numbers = [file.whole("InstanceNumber") for file in files]
    if None in numbers or len(numbers) < 2:
        return
    if len(set(numbers)) == len(numbers) and max(numbers) - min(numbers) + 1 != len(numbers):
        notes.flag(Flag.SLICES_MAY_BE_MISSING)


def _values(files: list[Elements], slope: float, intercept: float, notes: Notes) -> np.ndarray:
    planes, padded = [], 0
    for file in files:
        stored = stored_values(file)[0]
        padding = file.whole("PixelPaddingValue")
        if padding is not None:
            padded += int(np.count_nonzero(stored == padding))
        planes.append((stored * slope + intercept).astype(np.float32))
    if padded:
        notes.say(f"{padded} voxels hold the padding value outside the field of view; they were left as they are.")
    return np.stack(planes)
