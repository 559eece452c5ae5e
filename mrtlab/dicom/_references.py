"""What an RT Structure Set says of the images its regions were drawn on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mrtlab.dicom._elements import quiet
from mrtlab.dicom._modules import Written, target
from mrtlab.errors import InputError

_TAGS = [
    "SOPClassUID",
    "SOPInstanceUID",
    "PatientID",
    "PatientIdentityRemoved",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "NumberOfFrames",
    "SpacingBetweenSlices",
    "DetectorInformationSequence",
]
_STUDY = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management, the class the standard names studies by


@dataclass(frozen=True)
class Slice:
    """A slice of an image: its file, its number in it (0 for files of one slice), a point in it and its normal."""

    sop_class: str
    instance: str
    frame: int
    point: np.ndarray
    normal: np.ndarray


@dataclass(frozen=True)
class References:
    """A series; nothing of it is known where none is given."""

    patient: str = ""
    study: str = ""
    study_date: str = ""
    study_time: str = ""
    series: str = ""
    frame: str = ""
    instances: tuple[tuple[str, str], ...] = ()
    slices: tuple[Slice, ...] = ()

    def at(self, point: np.ndarray, normal: np.ndarray, thick: float) -> list:
        """Reference to the slice a contour was drawn on; empty where it lies on none."""
        along = [one for one in self.slices if abs(abs(one.normal @ normal) - 1) < 1e-4]
        if not along:
            return []
        off = [abs((one.point - point) @ normal) for one in along]
        nearest = int(np.argmin(off))
        return [_item(along[nearest])] if off[nearest] < thick / 2 else []

    def frame_item(self, uid: str):
        """Item of the Referenced Frame of Reference Sequence."""
        from pydicom.dataset import Dataset

        frame = Dataset()
        frame.FrameOfReferenceUID = uid
        if self.series:
            series, study = Dataset(), Dataset()
            series.SeriesInstanceUID = self.series
            series.ContourImageSequence = [_item(Slice(*pair, 0, None, None)) for pair in self.instances]
            study.ReferencedSOPClassUID, study.ReferencedSOPInstanceUID = _STUDY, self.study
            study.RTReferencedSeriesSequence = [series]
            frame.RTReferencedStudySequence = [study]
        return frame


def _item(one: Slice):
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = one.sop_class, one.instance
    if one.frame:
        item.ReferencedFrameNumber = one.frame
    return item


def references(images: Written | str | Path | Iterable[str | Path]) -> References:
    """The series of some files.

    Raises
    ------
    InputError
        If they are no DICOM images, of several series, or not de-identified: their identifiers would be copied.
    """
    files = images.files if isinstance(images, Written) else images
    if isinstance(files, (str, os.PathLike)):
        folder = target(files)
        files = sorted(item for item in folder.iterdir() if item.is_file()) if folder.is_dir() else [folder]
    files = [target(file) for file in files]
    if not files:
        raise InputError("images are the files the regions were drawn on, and there is none")
    headers = [_header(file) for file in files]
    first = headers[0]
    for file, header in zip(files, headers, strict=True):
        if header.get("PatientIdentityRemoved") != "YES":
            raise InputError(
                f"{file.name}: PatientIdentityRemoved (0012,0062) is not YES; regions would carry the patient's "
                "identifiers on. Read the image and write it again with write_ct, write_pet or write_nm"
            )
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
            if not header.get(keyword):
                raise InputError(f"{file.name}: {keyword} is missing; regions cannot refer to this image")
            if keyword != "SOPInstanceUID" and header.get(keyword) != first.get(keyword):
                raise InputError(f"{file.name} is of another series than {files[0].name}; give the files of one")
    return References(
        str(first.get("PatientID", "")),
        str(first.StudyInstanceUID),
        str(first.get("StudyDate", "")),
        str(first.get("StudyTime", "")),
        str(first.SeriesInstanceUID),
        str(first.FrameOfReferenceUID),
        tuple((str(header.SOPClassUID), str(header.SOPInstanceUID)) for header in headers),
        tuple(one for header in headers for one in _slices(header)),
    )


def _header(file: Path):
    from pydicom import dcmread

    try:
        with quiet():
            header = dcmread(file, stop_before_pixels=True, specific_tags=_TAGS)
            str(header)  # pydicom converts values when they are looked at
    except Exception as error:  # whatever is wrong with it
        raise InputError(f"{file.name} cannot be read as DICOM ({type(error).__name__})") from None
    return header


def _slices(header) -> list[Slice]:
    """Slices of a file, as far as it says where they lie."""
    about = header
    if "ImagePositionPatient" not in header and header.get("DetectorInformationSequence"):
        about = header.DetectorInformationSequence[0]
    position, six = about.get("ImagePositionPatient"), about.get("ImageOrientationPatient")
    if not position or not six:
        return []
    position, six = np.array(position, float), np.array(six, float)
    normal = np.cross(six[:3], six[3:])
    uids = str(header.SOPClassUID), str(header.SOPInstanceUID)
    if about is header:
        return [Slice(*uids, 0, position, normal)]
    step = normal * float(header.get("SpacingBetweenSlices") or 0)
    return [Slice(*uids, index + 1, position + index * step, normal) for index in range(int(header.NumberOfFrames))]
