"""One image from a file, a folder or a zip file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path

from mrtlab.dicom import archive, ct, nm, pet
from mrtlab.dicom._elements import MAX_FILE_BYTES, Elements, load, quiet
from mrtlab.dicom.headers import Header, Stated
from mrtlab.dicom.series import Series, classify, dicom_files, groups
from mrtlab.errors import InputError
from mrtlab.images import Image

_READERS = {"NM": nm.read, "PT": pet.read, "CT": ct.read}
_ELSEWHERE = {"RTSTRUCT": "read_rtstruct", "SEG": "read_seg", "RTDOSE": "read_rtdose"}


def read_image(
    path: str | Path | Series,
    *,
    nuclide: str | None = None,
    timezone: str | tzinfo | None = None,
    unit: str | None = None,
    total_dose_unit: str | None = None,
    administered_mbq: float | None = None,
    administered_at: datetime | None = None,
    start: datetime | None = None,
    duration_s: float | None = None,
    decay_state: str | None = None,
    energy_window_kev: tuple[float, float] | None = None,
    views: tuple[str, ...] | None = None,
) -> Image:
    """Read one image: NM (planar, whole body, reconstructed SPECT), PET or CT.

    The keywords state what the file does not say. They are no defaults: a statement the file contradicts is refused.

    Parameters
    ----------
    path : path or Series
        A file, a folder with one series, or a zip file of such a folder; or one series of :func:`find_series`.
    nuclide : str, optional
    timezone : str or tzinfo, optional
        Of the scanner's clock: ``"Europe/Berlin"``, ``"+01:00"``.
    unit : str, optional
        ``"Bq/mL"``, ``"counts"`` or ``"cps"``; for an NM file with a rescale slope that has no unit, and to turn a
        PET image in counts into Bq/mL by its DoseCalibrationFactor.
    total_dose_unit : str, optional
        ``"MBq"`` or ``"Bq"``, where RadionuclideTotalDose is not in the unit of the standard (NM MBq, PET Bq).
    administered_mbq, administered_at : optional
        Where the file has none, or only a time of day without its date.
    start : datetime, optional
    duration_s : float, optional
        Of the acquisition, by one head; for PET, of one bed position.
    decay_state : str, optional
        ``"NONE"``, ``"START"`` or ``"ADMIN"``.
    energy_window_kev : (float, float), optional
        Picks one of several windows, by its limits to 1 keV.
    views : tuple of str, optional
        Of the pictures of a planar file without view codes, such as ``("anterior", "posterior")``.

    Returns
    -------
    Image
        ``flags`` name what is missing or doubtful, ``understood`` says how everything was taken. Nothing in it
        identifies a patient; unique identifiers are hashed.

    Raises
    ------
    InputError
        If the path holds no image, several series, or a file that is damaged, incomplete, contradicts itself or a
        statement. The message names file and tag.

    Notes
    -----
    Traps: a RadiopharmaceuticalStartDateTime that is the time of assay, see :mod:`mrtlab.dicom.tracer`. Content times
    (those of processing) are never used. START in PET refers to the start of the series or, if that is later, of the
    earliest bed.

    References
    ----------
    DICOM PS3.3 C.8.4 (NM), C.8.9 (PET), C.8.2 (CT).
    """
    stated = Stated(
        nuclide=nuclide,
        timezone=timezone,
        unit=unit,
        total_dose_unit=total_dose_unit,
        administered_mbq=administered_mbq,
        administered_at=administered_at,
        start=start,
        duration_s=duration_s,
        decay_state=decay_state,
        energy_window_kev=energy_window_kev,
        views=views,
    )
    header, values = _read(path, stated, pixels=True)
    return Image(
        values,
        header.spacing_mm,
        header.unit,
        header.start,
        header.nuclide,
        origin_mm=header.origin_mm,
        axes=header.axes,
        kind=header.kind,
        modality=header.modality,
        duration_s=header.duration_s,
        decay_state=header.decay_state,
        administered_mbq=header.administered_mbq,
        administered_at=header.administered_at,
        corrections=header.corrections,
        frames=header.frames,
        window_kev=header.windows_kev[0] if header.kind == "volume" and header.windows_kev else None,
        heads=header.heads,
        frame_of_reference=header.frame_of_reference,
        flags=header.flags,
        understood=header.understood,
    )


def read_headers(path: str | Path | Series, **statements) -> Header:
    """What the headers of one series say, without reading its pixels.

    Parameters
    ----------
    path : path or Series
        As in :func:`read_image`.
    **statements
        The keywords of :func:`read_image`.

    Returns
    -------
    Header
        Also of projections, and of PET in units that :func:`read_image` refuses.

    Raises
    ------
    InputError
        As :func:`read_image` does for headers that are damaged or contradict themselves.
    """
    try:
        stated = Stated(**statements)
    except TypeError:
        raise InputError(f"read_headers takes the keywords of read_image, got {', '.join(statements)}") from None
    return _read(path, stated, pixels=False)[0]


def _read(path: str | Path | Series, stated: Stated, *, pixels: bool):
    if isinstance(path, Series):
        with quiet():
            return _image([load(file, pixels=pixels) for file in path.files], stated, pixels)
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path.name!r} does not exist; check the path")
    with quiet(), _unpacked(path) as place:
        return _image(_one_series(place, stated, pixels), stated, pixels)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    if path.is_dir() or not archive.is_zip(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="mrtlab-") as folder:
        yield archive.unpack(path, Path(folder))


def _one_series(path: Path, stated: Stated, pixels: bool) -> list[Elements]:
    if path.is_file():
        return [load(path, pixels=pixels)]
    paths = dicom_files(path)
    # a folder too large for one image is only looked through: it holds several, and the message lists them
    at_once = pixels and sum(file.stat().st_size for file in paths) <= MAX_FILE_BYTES
    found = groups(paths, stated.timezone, pixels=at_once)
    if not found:
        raise InputError(f"folder {path.name!r} holds no DICOM file")
    if len(found) > 1:
        raise InputError(
            f"folder {path.name!r} holds {len(found)} series; give the files of one: "
            + "; ".join(str(series) for series, _ in found)
        )
    series, files = found[0]
    if pixels and not at_once:
        files = [load(file, pixels=True) for file in series.files]
    return files


def _image(files: list[Elements], stated: Stated, pixels: bool):
    modality, kind = classify(files[0])
    if modality in _ELSEWHERE:
        raise InputError(f"{files[0].name} is {modality}; read it with mrtlab.dicom.{_ELSEWHERE[modality]}")
    if kind == "enhanced":
        files[0].fail("SOPClassUID", f"is an enhanced (multi-frame) {modality}; export it as single slices")
    if modality not in _READERS:
        files[0].fail("SOPClassUID", "is not that of an NM, PET or CT image; other files are not read")
    try:
        return _READERS[modality](files, stated, pixels=pixels)
    except MemoryError:
        raise InputError(f"{files[0].name} does not fit into memory with its series") from None
