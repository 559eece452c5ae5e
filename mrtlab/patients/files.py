"""The scans of a virtual patient as DICOM files, with what is to be wrong in their headers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.patients.acquisition import acquire, kept_times
from mrtlab.patients.defects import HEADER_DEFECTS

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["WrittenPatient", "write_dicom"]


@dataclass(frozen=True)
class WrittenPatient:
    """The files of a patient.

    Attributes
    ----------
    folder : Path
    images : tuple of tuple of Path
        For each time, the files of its image.
    ct : tuple of tuple of Path
        For each time, the files of its CT; empty without.
    structures : Path or None
    times_h : tuple of float
        Of the scans that were written.
    """

    folder: Path
    images: tuple[tuple[Path, ...], ...]
    ct: tuple[tuple[Path, ...], ...]
    structures: Path | None
    times_h: tuple[float, ...]


def write_dicom(
    patient: VirtualPatient,
    folder,
    times_h,
    size: int = 64,
    *,
    kind: str | None = None,
    ct: bool = True,
    regions: Iterable[str] | None = None,
    outlines: str = "true",
    **options,
) -> WrittenPatient:
    """Write the scans of a patient as DICOM: images, CT, outlines; and the calibration of the camera.

    Parameters
    ----------
    patient : VirtualPatient
    folder : str or Path
        New or empty. Gets a folder for each scan, ``structures.dcm``, and with SPECT ``camera.toml``: all that
        :func:`mrtlab.study.read_study` and ``mrtlab dose`` need.
    times_h : sequence of float
    size : int
    kind : {"spect", "pet", "planar", "whole body"}, optional
        Usually SPECT; PET for Y-90.
    ct : bool
        A CT with each SPECT or PET.
    regions : iterable of str, optional
        Which outlines; all organs and lesions by default, none for an empty list. On the grid of the images, so each
        keeps its volume, and belongs to the first image.
    outlines : {"true", "drawn"}
        The true ones, or as a person draws them (:func:`mrtlab.patients.phantoms.outlined`).
    **options
        As for :meth:`VirtualPatient.acquire`.

    Returns
    -------
    WrittenPatient

    Raises
    ------
    InputError
        If the folder holds anything.
    """
    from mrtlab.calibration import CAMERA_FILE, write_camera
    from mrtlab.dicom.writing import write_ct, write_nm, write_pet, write_rtstruct
    from mrtlab.patients.phantoms import calibrated, outlined

    kind = kind or ("pet" if patient.nuclide == "Y-90" else "spect")
    _check.choice("kind", kind, ("spect", "pet", "planar", "whole body"))
    _check.choice("outlines", outlines, ("true", "drawn"))
    volume = kind in ("spect", "pet")
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"folder {folder} holds files already; give a new one")
    times = kept_times(patient, times_h)
    names = {"patient": pseudonym(patient), "seed": patient.number, "keep_dates": True}  # simulated: nobody's days
    images, tomograms = [], []
    for place, time in enumerate(times, 1):
        (image,) = acquire(patient, time, kind, size, **options)
        where = folder / f"{place:02d}-{time:g}h"
        where.mkdir(parents=True, exist_ok=True)
        if kind == "pet":
            written = write_pet(image, where / "pet", **names)
        else:
            written = write_nm(image, where / f"{kind.replace(' ', '-')}.dcm", **names)
        _spoil(patient, written.files, kind)
        images.append(tuple(written.files))
        if ct and volume:
            (tomogram,) = acquire(patient, time, "ct", size, bed=options.get("bed"))
            tomograms.append(tuple(write_ct(tomogram, where / "ct", **names, anchor=image.administered_at).files))
    structures = None
    wanted = _outlined(patient, regions, size, options.get("bed")) if volume else []
    if wanted:
        structures = folder / "structures.dcm"
        grid = patient.grid(size, options.get("bed"))
        true = outlines == "true"
        drawn = patient.regions(grid, wanted) if true else outlined(patient, grid, wanted, patient.seed)
        write_rtstruct(drawn, structures, images=images[0], label="TRUE OUTLINES" if true else "DRAWN OUTLINES")
    if kind == "spect":
        write_camera(calibrated(options.get("camera") or patient.camera(), patient.seed), folder / CAMERA_FILE)
    return WrittenPatient(folder, tuple(images), tuple(tomograms), structures, tuple(times))


def pseudonym(patient: VirtualPatient) -> str:
    """Name and number of the patient in the files."""
    return f"VIRTUAL-{patient.therapy}-{patient.seed}".upper()


def _outlined(patient, regions, size, bed) -> list[str]:
    names = [name for name in patient.anatomy.regions if name != "remainder"] if regions is None else list(regions)
    if regions is not None:
        return names
    grid = patient.grid(size, bed)
    whole = {name: patient.anatomy[name].volume_ml for name in names}
    # what the field of view cuts, or the grid cannot show, has no outline
    inside = {name: float(patient.coverage(name, grid).sum()) * grid.voxel_ml for name in names}
    shown = {name: bool((patient.coverage(name, grid) >= 0.5).any()) for name in names}
    return [name for name in names if inside[name] > 0.99 * whole[name] and shown[name]]


def _spoil(patient: VirtualPatient, files, kind: str) -> None:
    """Put the defects into the headers, and nothing else."""
    wanted = [name for name in HEADER_DEFECTS if name in patient.defects]
    if not wanted:
        return
    from pydicom import dcmread

    for path in files:
        ds = dcmread(path)
        if "ms_as_s" in wanted:
            for item in (ds, *ds.get("RotationInformationSequence", [])):
                if "ActualFrameDuration" in item:
                    item.ActualFrameDuration = max(1, round(int(item.ActualFrameDuration) / 1000))
        for item in ds.get("RadiopharmaceuticalInformationSequence", []):
            if "activity_unit_Bq" in wanted and item.get("RadionuclideTotalDose") is not None:
                factor = 1e-6 if kind == "pet" else 1e6
                item.RadionuclideTotalDose = f"{float(item.RadionuclideTotalDose) * factor:.10g}"
            if "date_missing" in wanted and "RadiopharmaceuticalStartDateTime" in item:
                item.RadiopharmaceuticalStartTime = str(item.RadiopharmaceuticalStartDateTime)[8:14]
                del item.RadiopharmaceuticalStartDateTime
        ds.save_as(path)
