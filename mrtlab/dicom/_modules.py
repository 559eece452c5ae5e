"""What every DICOM file written here has in common: a pseudonym, shifted dates, derived identifiers, geometry."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mrtlab import PURPOSE, __version__, _check
from mrtlab.dicom._story import Story, derived_uid, own_frame
from mrtlab.errors import InputError
from mrtlab.images import Grid, Image
from mrtlab.nuclides import nuclide as find_nuclide

_MOST_BYTES = 2_000_000_000  # an explicit length in DICOM has 32 bits; stay well below
_CS = re.compile(r"[A-Z0-9_][A-Z0-9_ ]{0,15}")
# Nuclides are named in DICOM's dictionaries by mass and element ("_177Lutetium").
_ELEMENTS = {
    "Ac": "Actinium",
    "At": "Astatine",
    "Bi": "Bismuth",
    "Cu": "Copper",
    "F": "Fluorine",
    "Fr": "Francium",
    "Ga": "Gallium",
    "Ho": "Holmium",
    "I": "Iodine",
    "Lu": "Lutetium",
    "Pb": "Lead",
    "Po": "Polonium",
    "Tb": "Terbium",
    "Tc": "Technetium",
    "Tl": "Thallium",
    "Y": "Yttrium",
}


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    files : tuple of Path
    unit : str
        Of a value read back.
    step : float
        A value read back differs from the one given by half of this at most; 0 where all are kept exactly.
    """

    files: tuple[Path, ...]
    unit: str
    step: float

    @property
    def text(self) -> str:
        """One sentence on what became of the values."""
        count = f"{len(self.files)} file{'s' * (len(self.files) != 1)}"
        kept = f"values in steps of {self.step:.3g} {self.unit}" if self.step else f"every value exact, in {self.unit}"
        return f"{count}, {kept}"


def fingerprint(image: Image) -> bytes:
    """What an image holds, as a hash that is the same on every machine."""
    about = [
        image.array.shape, image.spacing_mm, image.unit, image.start, image.nuclide, image.origin_mm, image.axes,
        image.kind, image.duration_s, image.decay_state, image.administered_mbq, image.administered_at,
        image.corrections, image.frames, image.window_kev, image.heads, image.frame_of_reference,
    ]  # fmt: skip
    digest = hashlib.sha256("|".join(map(str, about)).encode("utf-8"))
    digest.update(np.ascontiguousarray(image.array, "<f4").tobytes())
    return digest.digest()


def frame_of_reference(image: Image, story: Story, content: bytes) -> str:
    """The file's frame of reference: the image's own, one derived from its label, or a new one."""
    return own_frame(image.frame_of_reference) or story.uid("frame of reference", content)


def dataset(sop_class: str, modality: str, story: Story, *, study: str = "", series: Iterable = ()):
    """A dataset with patient, study, series and equipment; the instance is for the caller to name.

    ``series`` is what tells this series from others.
    """
    from pydicom.dataset import Dataset

    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = sop_class
    ds.StudyDate, ds.StudyTime = story.day(story.anchor), story.time(story.anchor)
    ds.AccessionNumber = ""
    ds.Modality = modality
    ds.Manufacturer = ds.ManufacturerModelName = "mrtlab"
    ds.SoftwareVersions = __version__
    ds.ReferringPhysicianName = ""
    if story.anchor is not None:
        ds.TimezoneOffsetFromUTC = story.offset
    ds.PatientName = ds.PatientID = story.patient
    ds.PatientBirthDate = ds.PatientSex = ""
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "mrtlab: pseudonym, " + (
        "no dates" if story.anchor is None else "dates kept" if story.keep_dates else "dates shifted to 2000-01-01"
    )
    if story.anchor is None:
        ds.LongitudinalTemporalInformationModified = "REMOVED"
    else:
        ds.LongitudinalTemporalInformationModified = "UNMODIFIED" if story.keep_dates else "MODIFIED"
    ds.StudyInstanceUID = study or story.uid("study")
    ds.SeriesInstanceUID = story.uid("series", sop_class, *series)
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", "1", "1"
    if not modality.startswith("RT"):
        ds.Laterality = ""
    return ds


def name_instance(ds, story: Story, *content) -> None:
    ds.SOPInstanceUID = story.uid("instance", ds.SOPClassUID, ds.SeriesInstanceUID, *content)


def place(ds, uid: str) -> None:
    """Frame of Reference module."""
    ds.FrameOfReferenceUID = uid
    ds.PositionReferenceIndicator = ""


def acquired(ds, image: Image, story: Story) -> None:
    """When the image was taken; nothing where that is not known."""
    if image.start is not None:
        ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = story.day(image.start)
        ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = story.time(image.start)


def in_steps(values: np.ndarray, step: float, signed: bool = False) -> np.ndarray:
    """Stored numbers; the step has lost digits in 16 characters, which may carry the largest value past the end."""
    ends = (-32768, 32767) if signed else (0, 65535)
    return np.rint(values / step).clip(*ends)


def picture(ds, stored: np.ndarray, *, signed: bool = False) -> None:
    """Image Pixel module of 16 bits, and what is said about every picture."""
    ds.BurnedInAnnotation = "NO"
    ds.ImageComments = PURPOSE
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape[-2:]
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit = 15
    ds.PixelRepresentation = int(signed)
    if stored.nbytes > _MOST_BYTES:
        raise InputError(f"array of {stored.nbytes / 1e9:.1f} GB is more than one DICOM file should hold; write parts")
    ds.PixelData = np.ascontiguousarray(stored, "<i2" if signed else "<u2").tobytes()
    ds["PixelData"].VR = "OW"


def image_of(image: Image, kind: str, units: Iterable[str]) -> None:
    """Refuse what this kind of file cannot hold."""
    if not isinstance(image, Image):
        raise InputError(f"image must be a mrtlab.images.Image, got {type(image).__name__}")
    units = tuple(units)
    if image.unit not in units:
        raise InputError(
            f"{kind} holds {' or '.join(units)}, not {image.unit}"
            + ("; divide by the voxel's volume for Bq/mL" if image.unit == "MBq" and "Bq/mL" in units else "")
        )


def upright(image: Image) -> Image:
    """The same volume with its slices in the sense of DICOM's normal: row direction times column direction.

    Where they run against it the order of the slices is reversed; every voxel keeps its place in the patient.
    """
    slices, rows, columns = np.asarray(image.axes)
    normal = np.cross(columns, rows)
    if normal @ slices < 0:
        last = np.asarray(image.origin_mm) + slices * image.spacing_mm[0] * (image.array.shape[0] - 1)
        image = image.changed(array=image.array[::-1], origin_mm=tuple(last), axes=(-slices, rows, columns))
        slices = -slices
    slip = np.linalg.norm(normal / np.linalg.norm(normal) - slices) * image.spacing_mm[0] * image.array.shape[0]
    if slip > 0.05:
        raise InputError(f"axes lean by {slip:.2f} mm over the volume; DICOM's slices are stacked at right angles")
    return image


def orientation(grid: Grid | Image) -> list[str]:
    """ImageOrientationPatient: along a row, then down a column."""
    return ds_numbers([*grid.axes[2], *grid.axes[1]])


def corner(grid: Grid | Image, index: int = 0) -> np.ndarray:
    """Patient position of the first voxel of a slice."""
    return np.asarray(grid.origin_mm) + np.asarray(grid.axes[0]) * grid.spacing_mm[0] * index


def ds_numbers(values) -> list[str]:
    """Numbers as decimal strings, as many digits as 16 characters hold."""
    from pydicom.valuerep import format_number_as_ds

    return [format_number_as_ds(float(value) + 0.0) for value in np.ravel(values)]


def ds_number(value: float) -> str:
    return ds_numbers(value)[0]


def code(value: str, scheme: str, meaning: str):
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def known_code(group: int, name: str):
    """A code of one of DICOM's context groups, or None."""
    from pydicom.sr.codedict import codes

    found = getattr(getattr(codes, f"cid{group}"), name, None) if name in dir(getattr(codes, f"cid{group}")) else None
    return None if found is None else code(found.value, found.scheme_designator, found.meaning)


def nuclide_code(name: str):
    """Radionuclide code; of nuclides DICOM has none for (Tb-161, Ac-225), one under a scheme of our own."""
    element, mass = name.split("-")
    word = f"{mass}{_ELEMENTS.get(element, element)}"
    standard = known_code(18, f"_{word}") or known_code(4020, f"_{word}")
    return standard or code(name, "99MRTLAB", f"^{mass}^{_ELEMENTS.get(element, element)}")


def radiopharmaceutical(image: Image, story: Story, total: float | None):
    """Item of the Radiopharmaceutical Information Sequence; ``total`` in the unit of the modality."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.Radiopharmaceutical = ""
    if image.administered_at is not None:
        item.RadiopharmaceuticalStartTime = story.time(image.administered_at)
        item.RadiopharmaceuticalStartDateTime = story.both(image.administered_at)
    if total is not None:
        item.RadionuclideTotalDose = ds_number(total)
    if image.nuclide is not None:
        item.RadionuclideHalfLife = ds_number(find_nuclide(image.nuclide).half_life_h * 3600)
        item.RadionuclideCodeSequence = [nuclide_code(image.nuclide)]
    else:
        item.RadionuclideCodeSequence = []
    return item


def corrected(image: Image) -> list[str]:
    """CorrectedImage, in which DECY agrees with the state of decay correction."""
    words = list(dict.fromkeys(image.corrections))
    for word in words:
        if not isinstance(word, str) or not _CS.fullmatch(word):
            raise InputError(f"corrections are DICOM's words in capitals (ATTN, SCAT, DTIM, DECY), got {word!r}")
    if image.decay_state == "NONE" and "DECY" in words:
        raise InputError("corrections contain DECY, but decay_state is NONE; one of them is wrong")
    if image.decay_state in ("START", "ADMIN") and "DECY" not in words:
        words.append("DECY")
    return words


def milliseconds(name: str, seconds: float | None) -> int:
    """A duration as DICOM counts it."""
    if seconds is None:
        raise InputError(f"{name} is not known, and the file needs it for every quantity; state {name}")
    whole = round(float(_check.positive(name, seconds)) * 1000)
    if not 0 < whole < 2**31:
        raise InputError(f"{name} is {seconds:g} s, and DICOM counts whole milliseconds up to {2**31 / 1000:.0f} s")
    return whole


def save(files: Mapping[Path, object], *, series: bool = False, implicit: bool = False) -> tuple[Path, ...]:
    """Write datasets beside their targets and rename, so that a full disk leaves nothing half written.

    ``implicit``: without value representations, where an explicit one could not hold 64 kB of numbers.
    """
    if series:
        _own_folder(next(iter(files)).parent, files)
    waiting = {}
    try:
        for target, ds in files.items():
            waiting[target] = target.with_name(f".{secrets.token_hex(6)}.tmp")
            _with_header(ds, implicit).save_as(waiting[target], enforce_file_format=True, overwrite=False)
        for target, beside in waiting.items():
            os.replace(beside, target)
    except OSError as error:
        raise InputError(
            f"cannot write {target.name!r}: {error.strerror or type(error).__name__}; does the folder exist, and is "
            "the file open in another program?"
        ) from None
    finally:
        for beside in waiting.values():
            beside.unlink(missing_ok=True)
    return tuple(files)


def _own_folder(folder: Path, files: Mapping[Path, object]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = sorted(item.name for item in folder.iterdir() if item not in files)
    except OSError as error:
        raise InputError(f"cannot write into {folder.name!r}: {error.strerror or type(error).__name__}") from None
    if strangers:
        raise InputError(f"folder {folder.name!r} holds {strangers[0]!r} already; a series needs a folder of its own")


def _with_header(ds, implicit: bool):
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    ds.file_meta.ImplementationClassUID = derived_uid("mrtlab")
    ds.file_meta.ImplementationVersionName = f"MRTLAB {__version__}"[:16]
    return ds


def target(path) -> Path:
    """An absolute path, or a refusal."""
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path) or not str(path):
        raise InputError(f"path must be a path, got {path!r}")
    return Path(path).absolute()
