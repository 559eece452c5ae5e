"""Writing gamma-camera pictures, whole-body scans and reconstructed SPECT as DICOM."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from mrtlab import _check
from mrtlab.dicom import _modules as modules
from mrtlab.dicom._modules import Story, Written
from mrtlab.errors import InputError
from mrtlab.images import Frame, Image, Unit

_VIEWS = {
    "anterior": "AnteriorProjection",
    "posterior": "PosteriorProjection",
    "left lateral": "LeftLateralEmissiveProjection",
    "right lateral": "RightLateralEmissiveProjection",
}
_UNITS = {
    Unit.COUNTS: ("{counts}", "Counts"),
    Unit.CPS: ("{counts}/s", "Counts per second"),
    Unit.BQ_PER_ML: ("Bq/ml", "Becquerels/milliliter"),
}


def write_nm(
    image: Image,
    path,
    *,
    patient: str = "SIMULATED",
    seed: int | str = 0,
    keep_dates: bool = False,
    anchor: datetime | None = None,
    projections: int = 60,
) -> Written:
    """Write a gamma-camera image: planar pictures, a whole-body scan or a reconstructed SPECT, in one file.

    Parameters
    ----------
    image : Image
        In counts, counts per second or Bq/mL, none negative.
    path : str or Path
        An existing file is replaced.
    patient : str
        Pseudonym; becomes name and number.
    seed : int or str
        Identifiers depend on it, on ``patient`` and on the content alone. One study for each patient and seed.
    keep_dates : bool
        Keep the days of the image. Otherwise all are shifted by whole days, so that the administration (or, where
        that is not known, the start) falls on 2000-01-01 of the same clock time; the file says so.
    anchor : datetime, optional
        Another moment to fall on that day: one for all files keeps the time between them.
    projections : int
        Of SPECT: largest number of angles of each head. The time is divided among as many as give whole milliseconds.

    Returns
    -------
    Written
        With the step between values. Whole counts up to 65535 are exact; anything else is stored in 65535 steps and
        a Real World Value Mapping that states unit and step.

    Raises
    ------
    InputError
        For negative values, other units, a missing duration, views or times that a file cannot hold.

    References
    ----------
    DICOM PS3.3 A.5 and C.8.4 (Nuclear Medicine Image).
    """
    modules.image_of(image, "NM", _UNITS)
    if image.array.min() < 0:
        raise InputError(
            f"NM cannot hold negative values, and the lowest is {image.array.min():g}; no count and no concentration "
            "is negative: is it a difference of images, or a filtered back projection?"
        )
    volume = image.kind == "volume"
    if not volume and image.unit == Unit.BQ_PER_ML:
        raise InputError(f"a {image.kind} picture has no depth and so no Bq/mL; write counts or counts per second")
    story = Story(image, patient, seed, keep_dates, anchor)
    content = modules.fingerprint(image)
    ds = modules.dataset("1.2.840.10008.5.1.4.1.1.20", "NM", story, series=(content,))
    image = modules.upright(image) if volume else image
    word = {"volume": "RECON TOMO", "planar": "STATIC", "whole body": "WHOLE BODY"}[image.kind]
    ds.ImageType = ["ORIGINAL", "PRIMARY", word, "EMISSION"]
    modules.acquired(ds, image, story)
    stored, step, scaled = _sixteen_bits(image)
    modules.picture(ds, stored)
    ds.NumberOfFrames = len(stored)
    ds.PixelSpacing = modules.ds_numbers(image.spacing_mm[-2:])
    ds.PatientOrientation = ""
    ds.CountsAccumulated = round(float(image.array.sum(dtype=float))) if image.unit == Unit.COUNTS else None
    ds.CorrectedImage = modules.corrected(image)
    if image.decay_state is not None:
        ds.DecayCorrection = str(image.decay_state)
    ds.PatientOrientationCodeSequence, ds.PatientGantryRelationshipCodeSequence = [], []
    ds.RadiopharmaceuticalInformationSequence = [
        modules.radiopharmaceutical(image, story, image.administered_mbq)  # NM counts in MBq, PET in Bq
    ]
    if volume:
        _tomography(ds, image, projections)
        modules.place(ds, modules.frame_of_reference(image, story, content))
    else:
        _pictures(ds, image)
    if scaled:
        ds.RealWorldValueMappingSequence = [_mapping(image.unit, step)]
        # the same once more, for programs that know only this
        ds.RescaleIntercept, ds.RescaleSlope = "0", modules.ds_number(step)
    modules.name_instance(ds, story, content, keep_dates, projections)
    return Written(modules.save({modules.target(path): ds}), str(image.unit), 0.0 if step == 1 and not scaled else step)


def _sixteen_bits(image: Image) -> tuple[np.ndarray, float, bool]:
    """Stored numbers, the step between them, and whether the file must state it."""
    array = image.array.astype(float)
    if image.unit == Unit.COUNTS and array.max() <= 65535 and np.array_equal(array, np.rint(array)):
        return array.astype(np.uint16), 1.0, False
    step = float(modules.ds_number(float(array.max()) / 65535 or 1.0))
    return modules.in_steps(array, step, False).astype(np.uint16), step, True


def _mapping(unit: Unit, step: float):
    """Real World Value Mapping: stored number to value."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.add_new("RealWorldValueFirstValueMapped", "US", 0)
    item.add_new("RealWorldValueLastValueMapped", "US", 65535)
    item.RealWorldValueIntercept, item.RealWorldValueSlope = 0.0, step
    item.LUTExplanation, item.LUTLabel = f"stored number to {unit}", "mrtlab"
    value, meaning = _UNITS[unit]
    item.MeasurementUnitsCodeSequence = [modules.code(value, "UCUM", meaning)]
    return item


def _tomography(ds, image: Image, projections: int) -> None:
    """Slices, place, and the time that the camera counted."""
    from pydicom.dataset import Dataset

    if not isinstance(projections, int) or not 1 <= projections <= 65535:
        raise InputError(f"projections must be a whole number from 1, got {projections!r}")
    slices, heads = len(image.array), image.heads or 1
    ds.FrameIncrementPointer = 0x00540080
    ds.SliceVector = list(range(1, slices + 1))
    ds.NumberOfSlices = slices
    ds.SliceThickness = ds.SpacingBetweenSlices = modules.ds_number(image.spacing_mm[0])
    ds.ReconstructionDiameter = None
    whole = modules.milliseconds("duration_s", image.duration_s)
    most = max(1, min(projections, whole // 1000))  # a second each at least: less would look like seconds for ms
    angles = next(count for count in range(most, 0, -1) if whole % count == 0)
    ds.NumberOfRotations = 1
    rotation = Dataset()
    rotation.StartAngle, rotation.AngularStep = "0", modules.ds_number(360 / heads / angles)
    rotation.RotationDirection, rotation.ScanArc = "CC", modules.ds_number(360 / heads)
    rotation.ActualFrameDuration = whole // angles
    rotation.NumberOfFramesInRotation = angles
    rotation.RadialPosition = None
    ds.RotationInformationSequence = [rotation]
    ds.DetectorInformationSequence = [_detector() for _ in range(heads)]
    for head in ds.DetectorInformationSequence:
        head.ImagePositionPatient = modules.ds_numbers(modules.corner(image))
        head.ImageOrientationPatient = modules.orientation(image)
    ds.NumberOfDetectors = heads
    _windows(ds, [image.window_kev])


def _pictures(ds, image: Image) -> None:
    """Views, energy windows and the time of planar pictures."""
    frames = image.frames or (Frame(),) * len(image.array)
    durations = {frame.duration_s for frame in frames if frame.duration_s is not None} | (
        {image.duration_s} if image.duration_s is not None else set()
    )
    if len(durations) > 1:
        raise InputError(f"the pictures took {sorted(durations)} s; a file holds one time, write one file for each")
    ds.ActualFrameDuration = modules.milliseconds("duration_s", next(iter(durations), None))
    windows = list(dict.fromkeys(frame.window_kev for frame in frames))
    if None in windows and len(windows) > 1:
        raise InputError("some pictures have an energy window and some have none; state all of them, or none")
    detectors = sorted({frame.detector for frame in frames})
    if detectors != list(range(1, len(detectors) + 1)):
        raise InputError(f"detectors are numbered from 1 without a gap, got {detectors}")
    ds.FrameIncrementPointer = [0x00540010, 0x00540020]
    ds.EnergyWindowVector = [windows.index(frame.window_kev) + 1 for frame in frames]
    ds.DetectorVector = [frame.detector for frame in frames]
    pairs = list(zip(ds.EnergyWindowVector, ds.DetectorVector, strict=True))
    if len(set(pairs)) != len(pairs):
        raise InputError("two pictures have the same detector and energy window; write one file for each")
    ds.NumberOfDetectors = len(detectors)
    ds.DetectorInformationSequence = []
    for detector in detectors:
        item = _detector()
        views = {frame.view for frame in frames if frame.detector == detector}
        if len(views) > 1:
            raise InputError(f"detector {detector} has the views {sorted(views)}; give each view a detector of its own")
        view = views.pop()
        if view:
            item.ViewCodeSequence = [modules.known_code(26, _VIEWS[_check.choice("view", view, tuple(_VIEWS))])]
        ds.DetectorInformationSequence.append(item)
    if image.kind == "whole body":
        ds.ScanVelocity = ds.ScanLength = None
    _windows(ds, windows)


def _detector():
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CollimatorType = ""
    item.FocalDistance = None
    item.XFocusCenter = item.YFocusCenter = None
    item.ZoomCenter = item.ZoomFactor = None
    item.CenterOfRotationOffset = None
    item.GantryDetectorTilt = item.StartAngle = item.RadialPosition = None
    item.ImagePositionPatient = item.ImageOrientationPatient = None
    return item


def _windows(ds, windows: list[tuple[float, float] | None]) -> None:
    from pydicom.dataset import Dataset

    ds.NumberOfEnergyWindows = len(windows)
    ds.EnergyWindowInformationSequence = []
    for window in windows:
        item = Dataset()
        item.EnergyWindowName = ""
        if window is not None:
            limits = Dataset()
            low, high = (float(_check.positive("window_kev", limit)) for limit in window)
            if not low < high:
                raise InputError(f"window_kev is (lower, upper), got {window}")
            limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = modules.ds_numbers([low, high])
            item.EnergyWindowRangeSequence = [limits]
        ds.EnergyWindowInformationSequence.append(item)
