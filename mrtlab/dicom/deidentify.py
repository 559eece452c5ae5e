"""What keeps a patient out of images, messages and exports.

Three rules. Only the elements listed here are ever taken from a file: names, numbers, dates of birth, free text and
private elements are skipped while it is read. Of these, no text is shown that is not one of the words DICOM defines.
Unique identifiers, which hold dates and serial numbers, are replaced by a hash.
"""

from __future__ import annotations

import hashlib
import re

# Top-level elements that are read. Items of sequences are read whole, but only named elements of them are looked at.
WANTED = (
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "Modality",
    "TimezoneOffsetFromUTC",
    "CountsAccumulated",
    "SliceThickness",
    "SpacingBetweenSlices",
    "ActualFrameDuration",
    "SeriesInstanceUID",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "FrameOfReferenceUID",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "FrameIncrementPointer",
    "Rows",
    "Columns",
    "PixelSpacing",
    "CorrectedImage",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelPaddingValue",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "LossyImageCompression",
    "RealWorldValueMappingSequence",
    "EnergyWindowVector",
    "NumberOfEnergyWindows",
    "EnergyWindowInformationSequence",
    "RadiopharmaceuticalInformationSequence",
    "DetectorVector",
    "NumberOfDetectors",
    "DetectorInformationSequence",
    "RotationInformationSequence",
    "NumberOfRotations",
    "SliceVector",
    "NumberOfSlices",
    "TypeOfDetectorMotion",
    "Units",
    "DecayCorrection",
    "FrameReferenceTime",
    "DecayFactor",
    "DoseCalibrationFactor",
)
_MARK = b"mrtl"
_UID = re.compile(r"[0-9]+(\.[0-9]+)+")


def hashed_uid(uid: str) -> str:
    """A unique identifier in place of another: the same for the same one, and no way back.

    Parameters
    ----------
    uid : str
        Such as a frame of reference. An empty one stays empty, and one that is derived already stays as it is: what is
        read, written and read again lies in the same coordinates.

    Returns
    -------
    str
    """
    text = str(uid).strip(" \0")
    return text if not text or is_derived(text) else derived_uid(text)


def derived_uid(*parts) -> str:
    """A UID that depends on the parts alone, so that writing twice gives the same file (root 2.25: no registration)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8")
        digest.update(len(data).to_bytes(8, "little") + data)
    # a UUID of the free kind (version 8, RFC 9562) that begins with our mark, so that our own are recognised
    number = bytearray(_MARK + digest.digest()[:12])
    number[6] = number[6] & 0x0F | 0x80
    number[8] = number[8] & 0x3F | 0x80
    return f"2.25.{int.from_bytes(number, 'big')}"


def is_derived(uid: str) -> bool:
    """Whether a UID comes from :func:`derived_uid` and so says nothing of anybody."""
    text = uid.removeprefix("2.25.")
    return uid.startswith("2.25.") and text.isdecimal() and int(text) >> 96 == int.from_bytes(_MARK, "big")


def looks_like_uid(text: str) -> bool:
    """Whether a text is built as a unique identifier."""
    return len(text) <= 64 and _UID.fullmatch(text) is not None
