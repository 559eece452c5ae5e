"""Which series a folder holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from mrtlab.dicom import nm
from mrtlab.dicom._elements import Elements, is_dicom, load, quiet
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.moments import Clock, acquisition
from mrtlab.errors import InputError

MAX_FILES = 20_000

_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.20": ("NM", ""),
    "1.2.840.10008.5.1.4.1.1.128": ("PT", "volume"),
    "1.2.840.10008.5.1.4.1.1.2": ("CT", "volume"),
    "1.2.840.10008.5.1.4.1.1.481.3": ("RTSTRUCT", "regions"),
    "1.2.840.10008.5.1.4.1.1.66.4": ("SEG", "regions"),
    "1.2.840.10008.5.1.4.1.1.66.7": ("SEG", "regions"),  # label map
    "1.2.840.10008.5.1.4.1.1.481.2": ("RTDOSE", "volume"),
    "1.2.840.10008.5.1.4.1.1.2.1": ("CT", "enhanced"),
    "1.2.840.10008.5.1.4.1.1.2.2": ("CT", "enhanced"),
    "1.2.840.10008.5.1.4.1.1.130": ("PT", "enhanced"),
    "1.2.840.10008.5.1.4.1.1.128.1": ("PT", "enhanced"),
}
_USES = {"NM": "activity", "PT": "activity", "CT": "anatomy", "RTSTRUCT": "regions", "SEG": "regions", "RTDOSE": "dose"}
OTHER_KINDS = (
    ".csv",
    ".db",
    ".doc",
    ".docx",
    ".gz",
    ".html",
    ".ini",
    ".jpeg",
    ".jpg",
    ".json",
    ".md",
    ".pdf",
    ".png",
    ".toml",
    ".txt",
    ".xlsx",
    ".xml",
    ".zip",
)
_DIRECTORY = "1.2.840.10008.1.3.10"


@dataclass(frozen=True)
class Series:
    """One series of a folder, without any text of its files.

    Attributes
    ----------
    modality : str
        NM, PT, CT, RTSTRUCT, SEG, RTDOSE or ``"other"``.
    kind : str
        ``"volume"``, ``"planar"``, ``"whole body"``, ``"projections"``, ``"localiser"``, ``"enhanced"``, ``"regions"``
        or ``"other"``.
    use : str
        What it can serve for: ``"activity"``, ``"anatomy"``, ``"regions"``, ``"dose"`` or ``""``.
    files : tuple of Path
        Sorted by instance number, then by name.
    start : datetime or None
        Earliest acquisition; None without a time zone.
    frame_of_reference, uid : str
        Hashed. Series with one frame of reference lie in the same coordinates.
    subject : int
        From 1: series with the same number are of the same patient. 0: the file names no patient.
    """

    modality: str
    kind: str
    use: str
    files: tuple[Path, ...] = field(repr=False)
    start: datetime | None = None
    frame_of_reference: str = ""
    uid: str = ""
    subject: int = 0

    def __str__(self):
        count = f"{len(self.files)} file" + ("s" if len(self.files) > 1 else "")
        return f"{self.modality} {self.kind} ({count}, the first {self.files[0].name})"


def find_series(folder: str | Path, *, timezone: str | tzinfo | None = None) -> tuple[Series, ...]:
    """All series in a folder and the folders in it.

    Parameters
    ----------
    folder : path
    timezone : str or tzinfo, optional
        Of the scanners, where the files do not state it.

    Returns
    -------
    tuple of Series
        By start, as far as that is known. Each NM file is a series of its own: it holds a whole image. Texts and
        documents are passed over.

    Raises
    ------
    InputError
        If the folder does not exist or a DICOM file in it is damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"folder {folder.name!r} does not exist or is a file")
    with quiet():
        return group(dicom_files(folder), timezone)


def dicom_files(folder: Path) -> list[Path]:
    """Files of a folder and the folders in it that are DICOM or should be, sorted."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (is_dicom(path) or not _harmless(path)):
            found.append(path)
        if len(found) > MAX_FILES:
            raise InputError(f"folder {folder.name!r} holds more than {MAX_FILES} DICOM files; give one of a patient")
    return found


def _harmless(path: Path) -> bool:
    """Whether a file is surely no image: a hidden file, a text, a document. A damaged slice must not be passed over."""
    if path.name.startswith(".") or path.suffix.lower() in OTHER_KINDS:
        return True
    if path.suffix.lower() in (".dcm", ".dicom", ".ima"):
        return False
    with path.open("rb") as file:
        begin = file.read(256)
    return bool(begin) and all(byte >= 32 or byte in b"\t\n\r\f" for byte in begin)


def group(paths: list[Path], timezone: str | tzinfo | None = None) -> tuple[Series, ...]:
    """Series of files."""
    return tuple(series for series, _ in groups(paths, timezone, pixels=False))


def groups(paths: list[Path], timezone, *, pixels: bool) -> list[tuple[Series, list[Elements]]]:
    """Series of files, and their elements."""
    parts: dict[tuple[str, ...], list[tuple[int, Path, Elements]]] = {}
    subjects: dict[str, int] = {}
    for path in paths:
        file = load(path, pixels=pixels, more=("PatientID",))
        sop_class = file.uid("SOPClassUID")
        if sop_class.startswith(_DIRECTORY):
            continue
        modality, kind = classify(file)
        own = file.uid("SOPInstanceUID") if modality == "NM" else file.uid("SeriesInstanceUID")
        if not own:
            file.fail("SeriesInstanceUID", "is missing; the file belongs to no series")
        parts.setdefault((modality, kind, own), []).append((file.whole("InstanceNumber") or 0, path, file))
    found = []
    for (modality, kind, own), members in parts.items():
        members.sort(key=lambda member: (member[0], str(member[1])))
        files = [file for _, _, file in members]
        who = {file.text("PatientID") for file in files}
        if len(who) > 1:
            raise InputError(f"{files[0].name} and the other files of its series belong to different patients")
        name = who.pop()
        subject = subjects.setdefault(name, len(subjects) + 1) if name else 0
        series = Series(
            modality,
            kind,
            _USES.get(modality, "") if kind in ("volume", "planar", "whole body", "regions") else "",
            tuple(path for _, path, _ in members),
            _start(files, timezone),
            hashed_uid(files[0].uid("FrameOfReferenceUID")),
            hashed_uid(own),
            subject,
        )
        found.append((series, files))
    return sorted(found, key=lambda pair: _order(pair[0]))


def classify(file: Elements) -> tuple[str, str]:
    """Modality and kind by the class of the file, which Modality must agree with."""
    modality, kind = _CLASSES.get(file.uid("SOPClassUID"), ("other", "other"))
    if modality != "other" and file.text("Modality") != modality:
        file.fail("Modality", f"is not {modality}, which SOPClassUID (0008,0016) says")
    if modality == "NM":
        kind = nm.kind_of(file) or "other"
    if modality == "CT" and "LOCALIZER" in file.words("ImageType"):
        kind = "localiser"
    return modality, kind


def _start(files: list[Elements], timezone) -> datetime | None:
    moments = [found[1] for file in files if (found := acquisition(file, Clock(file, timezone))) and found[1]]
    return min(moments, default=None)


def _order(series: Series):
    begun = series.start.timestamp() if series.start else float("inf")
    return begun, series.modality, series.kind, series.uid
