"""Writing gamma-camera pictures, SPECT, PET and CT as DICOM.

Only what the image says is written. What DICOM demands and the image does not know (sex, collimator, tube voltage) is
left empty; what a reader needs to quantify (duration, decay state, clock) must be there.
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from mrtlab.dicom import _modules as modules
from mrtlab.dicom._modules import Story, Written
from mrtlab.dicom.dose_grid import write_rtdose
from mrtlab.dicom.nm_writing import write_nm
from mrtlab.dicom.structures import write_rtstruct
from mrtlab.errors import InputError
from mrtlab.images import DecayState, Image, Unit
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["Written", "write_ct", "write_nm", "write_pet", "write_rtdose", "write_rtstruct"]

_AIR_HU = -1024


def write_pet(
    image: Image,
    folder,
    *,
    patient: str = "SIMULATED",
    seed: int | str = 0,
    keep_dates: bool = False,
    anchor: datetime | None = None,
) -> Written:
    """Write a PET volume in Bq/mL, one file a slice, each with its own scale.

    Parameters
    ----------
    image : Image
        With start, duration, nuclide and decay state; with ``administered_at`` where that is ADMIN.
    folder : str or Path
        Made if it does not exist; must hold nothing else.
    patient, seed, keep_dates, anchor
        As in :func:`write_nm`.

    Returns
    -------
    Written
        ``step`` is that of the coarsest slice.

    Raises
    ------
    InputError

    References
    ----------
    DICOM PS3.3 C.8.9 (PET). DecayFactor: from the mean of the frame to the moment of reference.
    """
    modules.image_of(image, "PET", (Unit.BQ_PER_ML,))
    for name in ("start", "duration_s", "nuclide", "decay_state"):
        if getattr(image, name) is None:
            raise InputError(f"{name} is not known, and a PET file without it cannot be quantified; state {name}")
    if image.kind != "volume":
        raise InputError(f"PET is written as a volume, not {image.kind}")
    story = Story(image, patient, seed, keep_dates, anchor)
    content = modules.fingerprint(image)
    place = modules.frame_of_reference(image, story, content)
    factor, reference_ms = _decay(image)
    upright = modules.upright(image)
    signed = bool(image.array.min() < 0)
    largest = np.abs(upright.array.astype(float)).max(axis=(1, 2))
    # an empty slice gets a scale like the others: of a scale of 1 some programs conclude that all values are whole
    largest[largest == 0] = largest[largest > 0].min() if largest.any() else 1.0
    files, steps = {}, []
    for index, plane in enumerate(upright.array.astype(float)):
        ds = _slice(upright, index, "1.2.840.10008.5.1.4.1.1.128", "PT", story, content, place)
        ds.ImageType = ["ORIGINAL", "PRIMARY"]
        ds.SeriesType = ["STATIC", "IMAGE"]
        ds.Units, ds.CountsSource = "BQML", "EMISSION"
        ds.NumberOfSlices = len(upright.array)
        ds.ImageIndex = index + 1
        ds.DecayCorrection = str(image.decay_state)
        if image.decay_state != DecayState.NONE:
            ds.DecayFactor = modules.ds_number(factor)
        ds.CorrectedImage = modules.corrected(image)
        ds.RandomsCorrectionMethod = "NONE"
        ds.CollimatorType = "NONE"
        ds.ActualFrameDuration = modules.milliseconds("duration_s", image.duration_s)
        ds.FrameReferenceTime = modules.ds_number(reference_ms)
        ds.PatientOrientationCodeSequence, ds.PatientGantryRelationshipCodeSequence = [], []
        total = None if image.administered_mbq is None else image.administered_mbq * 1e6  # PET counts in Bq
        ds.RadiopharmaceuticalInformationSequence = [modules.radiopharmaceutical(image, story, total)]
        ds.RescaleIntercept = "0"
        ds.RescaleSlope = modules.ds_number(largest[index] / (32767 if signed else 65535))
        steps.append(float(ds.RescaleSlope))
        modules.picture(ds, modules.in_steps(plane, steps[-1], signed), signed=signed)
        modules.name_instance(ds, story, content, index, keep_dates)
        files[_slice_file(folder, index, len(upright.array))] = ds
    return Written(modules.save(files, series=True), str(image.unit), max(steps))


def _decay(image: Image) -> tuple[float, float]:
    """Decay factor of a PET frame, and the moment of its mean activity in ms after the start."""
    rate = find_nuclide(image.nuclide).decay_constant_per_h / 3600
    decayed = rate * image.duration_s
    to_start = decayed / -math.expm1(-decayed)
    reference_ms = math.log(to_start) / rate * 1000
    if image.decay_state != DecayState.ADMIN:
        return to_start, reference_ms
    if image.administered_at is None:
        raise InputError("administered_at is not known, and decay_state ADMIN refers to it; state it")
    seconds = (image.start - image.administered_at).total_seconds()
    return to_start * math.exp(rate * seconds), reference_ms


def write_ct(
    image: Image,
    folder,
    *,
    patient: str = "SIMULATED",
    seed: int | str = 0,
    keep_dates: bool = False,
    anchor: datetime | None = None,
) -> Written:
    """Write a CT volume, one file a slice.

    Parameters
    ----------
    image : Image
        In HU. Scanners store whole HU, and so does this.
    folder, patient, seed, keep_dates, anchor
        As in :func:`write_pet`.

    Returns
    -------
    Written
        ``step`` is 1 HU, or 0 where all values were whole.

    Raises
    ------
    InputError
        For values further apart than 16 bits hold.
    """
    modules.image_of(image, "CT", (Unit.HU,))
    if image.kind != "volume":
        raise InputError(f"CT is written as a volume, not {image.kind}")
    whole = np.rint(image.array.astype(float))
    lowest = min(_AIR_HU, int(whole.min()))
    if whole.max() - lowest > 65535:
        raise InputError(f"CT holds 65536 whole HU, and these reach from {lowest} to {whole.max():.0f}; is it HU?")
    story = Story(image, patient, seed, keep_dates, anchor)
    content = modules.fingerprint(image)
    place = modules.frame_of_reference(image, story, content)
    step = 0.0 if np.array_equal(whole, image.array) else 1.0
    upright = modules.upright(image.changed(array=whole - lowest))
    files = {}
    for index, plane in enumerate(upright.array):
        ds = _slice(upright, index, "1.2.840.10008.5.1.4.1.1.2", "CT", story, content, place)
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.PatientPosition, ds.KVP, ds.AcquisitionNumber = "", None, None
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(lowest), "1", "HU"
        modules.picture(ds, plane)
        modules.name_instance(ds, story, content, index, keep_dates)
        files[_slice_file(folder, index, len(upright.array))] = ds
    return Written(modules.save(files, series=True), str(image.unit), step)


def _slice(image: Image, index: int, sop_class: str, modality: str, story: Story, content: bytes, place: str):
    """Dataset of one slice of a series, without its pixels."""
    ds = modules.dataset(sop_class, modality, story, series=(content,))
    ds.InstanceNumber = index + 1
    modules.acquired(ds, image, story)
    modules.place(ds, place)
    ds.ImagePositionPatient = modules.ds_numbers(modules.corner(image, index))
    ds.ImageOrientationPatient = modules.orientation(image)
    ds.PixelSpacing = modules.ds_numbers(image.spacing_mm[1:])
    ds.SliceThickness = modules.ds_number(image.spacing_mm[0])
    return ds


def _slice_file(folder, index: int, count: int):
    return modules.target(folder) / f"slice_{index + 1:0{max(3, len(str(count)))}d}.dcm"
