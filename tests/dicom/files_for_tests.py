"""Small datasets written with pydicom alone, and the damage done to them. Nothing of mrtlab writes them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

ROOT = "1.2.826.0.1.3680043.10.999"
NM, PET, CT = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("20", "128", "2"))
TRACERS = {"Lu-177": ("447553000", 574300.8), "Ga-68": ("35337001", 4062.6), "Tc-99m": ("72454006", 21624.0)}


def dataset(sop_class: str, modality: str, number: int = 1) -> Dataset:
    """What every image has."""
    file = Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.MediaStorageSOPClassUID = sop_class
    file.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
    file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file.file_meta.ImplementationClassUID = f"{ROOT}.0"
    file.SOPClassUID = sop_class
    file.SOPInstanceUID = f"{ROOT}.{number}"
    file.Modality = modality
    file.StudyDate, file.StudyTime = "20260112", "080000"
    file.SeriesDate, file.SeriesTime = "20260112", "093000"
    file.AcquisitionDate, file.AcquisitionTime = "20260112", "093000"
    file.ContentDate, file.ContentTime = "20260113", "170000"
    file.TimezoneOffsetFromUTC = "+0100"
    file.StudyInstanceUID, file.SeriesInstanceUID = f"{ROOT}.7", f"{ROOT}.8"
    file.FrameOfReferenceUID = f"{ROOT}.9"
    file.PatientName, file.PatientID, file.PatientBirthDate = "Muster^Max", "4711", "19500101"
    file.InstanceNumber = number
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.PixelSpacing = [4.8, 4.8]
    file.WindowCenter, file.WindowWidth = 400, 800
    return file


def with_pixels(file: Dataset, values: np.ndarray) -> Dataset:
    """Put stored values in."""
    values = np.asarray(values)
    file.Rows, file.Columns = values.shape[-2:]
    bits = values.dtype.itemsize * 8
    file.BitsAllocated, file.BitsStored, file.HighBit = bits, bits, bits - 1
    file.PixelRepresentation = int(values.dtype.kind == "i")
    if values.ndim == 3:
        file.NumberOfFrames = len(values)
    file.PixelData = values.astype(values.dtype.newbyteorder("<")).tobytes()
    file["PixelData"].VR = "OW"
    return file


def code(value: str, scheme: str = "SCT", meaning: str = "") -> Dataset:
    """A coded concept."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning or "a meaning"
    return item


def tracer(nuclide: str, dose: float, at: str | None = "20260111213000+0100", hour: str | None = "213000") -> Dataset:
    """A radiopharmaceutical."""
    item = Dataset()
    if hour:
        item.RadiopharmaceuticalStartTime = hour
    item.RadionuclideTotalDose = dose
    item.RadionuclideHalfLife = TRACERS[nuclide][1]
    if at:
        item.RadiopharmaceuticalStartDateTime = at
    item.RadionuclideCodeSequence = [code(TRACERS[nuclide][0])]
    return item


def window(lower: float, upper: float) -> Dataset:
    """An energy window."""
    limits, item = Dataset(), Dataset()
    limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = lower, upper
    item.EnergyWindowRangeSequence = [limits]
    return item


def spect(slices: int = 4, size: int = 8, *, nuclide: str = "Lu-177") -> Dataset:
    """A reconstructed SPECT of a two-headed camera: 60 frames of 20 s."""
    file = dataset(NM, "NM")
    file.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    file.CorrectedImage = ["ATTN", "SCAT"]
    file.SliceThickness, file.SpacingBetweenSlices = 4.8, 4.8
    file.FrameIncrementPointer = 0x00540080
    file.EnergyWindowVector = [1] * slices
    file.NumberOfEnergyWindows = 1
    file.EnergyWindowInformationSequence = [window(187.2, 228.8)]
    file.RadiopharmaceuticalInformationSequence = [tracer(nuclide, 7400)]
    file.NumberOfDetectors = 2
    detector = Dataset()
    detector.ImagePositionPatient = [-16.8, -20.0, 100.0]
    detector.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    file.DetectorInformationSequence = [detector]
    rotation = Dataset()
    rotation.ScanArc, rotation.AngularStep = 180, 3
    rotation.ActualFrameDuration, rotation.NumberOfFramesInRotation = 20000, 60
    file.RotationInformationSequence = [rotation]
    file.NumberOfRotations = 1
    file.SliceVector = list(range(1, slices + 1))
    file.NumberOfSlices = slices
    values = np.random.default_rng(1).integers(0, 900, (slices, size, size), dtype=np.uint16)
    return with_pixels(file, values)


def planar(size: int = 8, *, kind: str = "STATIC", views: bool = True) -> Dataset:
    """An anterior and a posterior picture in two energy windows: frames A1 P1 A2 P2."""
    file = dataset(NM, "NM")
    file.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
    file.ActualFrameDuration = 300000
    file.FrameIncrementPointer = [0x00540010, 0x00540020]
    file.EnergyWindowVector, file.NumberOfEnergyWindows = [1, 1, 2, 2], 2
    file.EnergyWindowInformationSequence = [window(187.2, 228.8), window(153, 187)]
    file.DetectorVector, file.NumberOfDetectors = [1, 2, 1, 2], 2
    file.RadiopharmaceuticalInformationSequence = [tracer("Lu-177", 7400)]
    heads = [Dataset(), Dataset()]
    for head, angle, view in zip(heads, (180, 0), ("399321004", "399001007"), strict=True):
        head.StartAngle = angle
        if views:
            head.ViewCodeSequence = [code(view)]
    file.DetectorInformationSequence = heads
    values = np.random.default_rng(2).integers(0, 300, (4, size, size), dtype=np.uint16)
    file.CountsAccumulated = int(values.sum())
    return with_pixels(file, values)


def pet(slices: int = 3, size: int = 8, *, decay: str = "START") -> list[Dataset]:
    """A PET in Bq/mL, Ga-68, 45 min after administration, each slice with its own slope."""
    files = []
    rate = np.log(2) / TRACERS["Ga-68"][1]
    during = 300 * rate / -np.expm1(-300 * rate)
    for index in range(slices):
        file = dataset(PET, "PT", index + 1)
        file.ImageType = ["ORIGINAL", "PRIMARY"]
        file.CorrectedImage = ["ATTN", "SCAT", "DTIM", "RAN", *(["DECY"] if decay != "NONE" else [])]
        file.SliceThickness = 5
        file.ImagePositionPatient = [-16.8, -20.0, 50 + 5.0 * index]
        file.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        file.ActualFrameDuration = 300000
        file.RadiopharmaceuticalInformationSequence = [tracer("Ga-68", 1.5e8, "20260112084500+0100", "084500")]
        file.Units, file.DecayCorrection, file.SeriesType = "BQML", decay, ["STATIC", "IMAGE"]
        file.NumberOfSlices, file.ImageIndex = slices, index + 1
        file.FrameReferenceTime = 150000 if decay != "ADMIN" else 2850000
        file.DecayFactor = {"NONE": 1.0, "START": during, "ADMIN": during * np.exp(rate * 2700)}[decay]
        file.RescaleSlope, file.RescaleIntercept = [2.5, 1.25, 0.5][index % 3], 0
        files.append(
            with_pixels(file, np.random.default_rng(3 + index).integers(0, 3000, (size, size), dtype=np.int16))
        )
    return files


def ct(slices: int = 3, size: int = 8) -> list[Dataset]:
    """A CT in Hounsfield units."""
    files = []
    for index in range(slices):
        file = dataset(CT, "CT", index + 1)
        file.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        file.SliceThickness = 3
        file.ImagePositionPatient = [-16.8, -20.0, -30 + 3.0 * index]
        file.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        file.RescaleSlope, file.RescaleIntercept, file.RescaleType = 1, -1024, "HU"
        files.append(
            with_pixels(file, np.random.default_rng(9 + index).integers(0, 2500, (size, size), dtype=np.int16))
        )
    return files


def save(files: Dataset | list[Dataset], path: Path) -> Path:
    """Write one file to ``path``, or several into the folder ``path``."""
    if isinstance(files, Dataset):
        path.parent.mkdir(parents=True, exist_ok=True)
        pydicom.dcmwrite(path, files, enforce_file_format=True)
    else:
        for index, file in enumerate(files):
            save(file, path / f"slice {index + 1:03d}.dcm")
    return path


@dataclass(frozen=True)
class Damage:
    """One damaged file, what was done to it, and the elements whose value was changed to another one."""

    data: bytes
    done: str
    touched: frozenset[int] = frozenset()


def damaged(file: Dataset, count: int, seed: int, keep_pixels: bool = True) -> Iterator[Damage]:
    """Random damage to one valid file: bytes changed or cut in the header, elements dropped, changed or put in twice.

    Most of it is done to the bytes, the rest to the elements, also inside sequences. Deterministic for a seed; usable
    for every kind of DICOM file.

    Parameters
    ----------
    file : Dataset
    count, seed : int
    keep_pixels : bool
        Leave the bytes of the pixel data alone: a changed pixel cannot be told from a measured one.
    """
    from pydicom.filebase import DicomBytesIO

    draw = random.Random(seed)

    def encoded(one: Dataset) -> bytes:
        buffer = DicomBytesIO()
        pydicom.dcmwrite(buffer, one, enforce_file_format=True)
        return buffer.getvalue()

    original = encoded(file)
    mark = original.rfind(b"\xe0\x7f\x10\x00")
    header = len(original) if mark < 0 or not keep_pixels else mark + 12
    values = list(_value_places(original))
    done = 0
    while done < count:
        if draw.random() < 0.88:
            data, words, places = _damage_bytes(original, header, draw)
            touched = {tag for begin, end, tag in values for place in places if begin <= place < end}
        else:
            copy = pydicom.dcmread(DicomBytesIO(original))
            words, touched = _damage_elements(copy, draw)
            try:
                data = encoded(copy)
            except Exception:  # pydicom does not write everything; draw again
                continue
        done += 1
        yield Damage(data, words, frozenset(touched))


def _value_places(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Begin, end and tag of every value of an explicit little-endian file, also in sequences."""
    at = 132
    while at + 8 <= len(data):
        group, element = struct.unpack_from("<HH", data, at)
        kind = data[at + 4 : at + 6]
        if group == 0xFFFE:
            at += 8
            continue
        if kind in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"OF"):
            length, begin = struct.unpack_from("<I", data, at + 8)[0], at + 12
        else:
            length, begin = struct.unpack_from("<H", data, at + 6)[0], at + 8
        if kind == b"SQ":
            at = begin
            continue
        yield begin, begin + length, group << 16 | element
        at = begin + length


def _damage_bytes(original: bytes, header: int, draw: random.Random) -> tuple[bytes, str, list[int]]:
    data = bytearray(original)
    at = draw.randrange(128, header)
    places = [at]
    kind = draw.choice(("bit", "bit", "byte", "byte", "several", "cut", "end", "insert"))
    if kind == "bit":
        data[at] ^= 1 << draw.randrange(8)
    elif kind == "byte":
        data[at] = draw.randrange(256)
    elif kind == "several":
        places = [draw.randrange(128, header) for _ in range(4)]
        for place in places:
            data[place] = draw.randrange(256)
    elif kind == "cut":
        length = draw.randrange(1, 9)
        del data[at : at + length]
        places = list(range(at, at + length))
    elif kind == "end":
        del data[draw.randrange(len(data)) :]
        places = []
    else:
        data[at:at] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 5)))
    return bytes(data), f"{kind} at {at}", places


def _damage_elements(file: Dataset, draw: random.Random) -> tuple[str, set[int]]:
    holders = [file]
    for holder in holders:
        holders.extend(item for element in holder if element.VR == "SQ" for item in element.value)
    holder = draw.choice(holders + [file] * 3)
    tags = [element.tag for element in holder if element.tag != 0x7FE00010]
    if not tags:
        return "nothing", set()
    element = holder[draw.choice(tags)]
    kind = draw.choice(("drop", "empty", "text", "negative", "huge", "several", "swap"))
    words = f"{kind} of {element.tag}"
    if kind == "drop":
        del holder[element.tag]
    elif kind == "empty":
        element.value = [] if element.VR == "SQ" else None
    elif element.VR == "SQ":
        element.value = list(element.value) * 2 if kind == "several" else element.value[:-1]
    elif kind == "several":
        element._value = [element.value, element.value]
        return words, {int(element.tag)}
    elif kind == "swap":
        other = holder[draw.choice(tags)]
        if other.VR == element.VR:
            element._value, other._value = other._value, element._value
        return words, {int(element.tag), int(other.tag)}
    else:
        numeric = element.VR in ("US", "SS", "UL", "SL", "FD", "FL", "AT")
        choices = (0, 1, 65535) if numeric else ("no number", "-3", "99999999")
        element._value = dict(zip(("text", "negative", "huge"), choices, strict=True))[kind]
        return words, {int(element.tag)}
    return words, set()
