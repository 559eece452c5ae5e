"""What a centre measures before and beside the patient: the camera calibrated on phantoms, organs outlined by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from uncertainties import ufloat

from mrtlab import _check
from mrtlab.calibration import CameraCalibration, fit_recovery
from mrtlab.images import Grid, Regions
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream
from mrtlab.patients.camera import Camera
from mrtlab.patients.shapes import Shape, coverage
from mrtlab.patients.truth import shape_recovery
from mrtlab.uncertainty import volume as volume_uncertainty

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["calibrated", "outlined"]


def calibrated(camera: Camera, seed: int = 0, *, exact: bool = False) -> CameraCalibration:
    """The calibration a centre gets for a camera from a cylinder and spheres, with the errors of measuring.

    Parameters
    ----------
    camera : Camera
    seed : int
        Which centre: its activity meter and its phantoms.
    exact : bool
        No errors, though their uncertainties are stated all the same.

    Returns
    -------
    CameraCalibration
        Sensitivity of all heads together, and a recovery curve fitted to spheres of 0.5 to 270 mL.

    References
    ----------
    Sizes of the errors: ``patients.phantoms`` (illustrative). Recovery: :func:`mrtlab.patients.truth.shape_recovery`.
    """
    about = table("cameras")["phantoms"]
    stream = Stream("phantom", camera.nuclide, int(_check.non_negative("seed", seed)))
    draw = (lambda spread: 1.0) if exact else (lambda spread: 1 + spread * stream.normal())
    true_cps = camera.sensitivity_cps_per_mbq * camera.heads
    measured = true_cps * draw(about["sensitivity_rel"])
    volumes = np.array(about["spheres_ml"], float)
    found = [
        shape_recovery(Shape("ellipsoid", (0, 0, 0), (_radius_mm(size),) * 3), camera.fwhm_mm)
        * draw(about["recovery_rel"])
        for size in volumes
    ]
    curve = fit_recovery(volumes, found, [about["recovery_rel"] * item for item in found])
    return CameraCalibration(
        camera.nuclide,
        ufloat(measured, about["sensitivity_rel"] * measured, "sensitivity"),
        camera.fwhm_mm * draw(about["fwhm_rel"]),
        heads=camera.heads,
        window_kev=camera.window_kev,
        recovery=replace(curve, flags=()),
        dead_time_s=ufloat(camera.dead_time_s, 0.01 * camera.dead_time_s) if camera.dead_time_s else None,
        corrected_counts_per_raw=1 / camera.escape,
        repeatability_rel=about["repeatability_rel"],
        outline_voxel_mm=about["outline_voxel_mm"],
        outline_fwhm_mm=about["outline_fwhm_mm"],
        remark="Simulated phantoms of a virtual camera; the sizes of their errors are illustrative.",
    )


def outlined(patient: VirtualPatient, grid: Grid, names: Iterable[str], seed: int = 0) -> Regions:
    """Regions as a person outlines them on CT: each a little too large or too small.

    Parameters
    ----------
    patient : VirtualPatient
    grid : Grid
    names : iterable of str
    seed : int
        Which person.

    Returns
    -------
    Regions
        Every shape of a region grown or shrunk about its centre, so that the volume is wrong by a log-normal
        factor with the uncertainty of :func:`mrtlab.uncertainty.volume`.

    References
    ----------
    Gear et al. 2018, doi:10.1007/s00259-018-4136-7 (uncertainty of a volume). Growing all around is a simplification:
    the error of a real outline has a shape.
    """
    about = table("cameras")["phantoms"]
    masks = {}
    for name in names:
        found = patient.anatomy[name]
        spread = float(
            volume_uncertainty(found.volume_ml, about["outline_voxel_mm"] / 10, about["outline_fwhm_mm"] / 10)
        )
        stream = Stream("outline", patient.therapy, patient.seed, patient.number, name, seed)
        factor = math.exp(math.sqrt(math.log1p(spread**2)) * stream.normal())
        grown = [_scaled(shape, factor ** (1 / 3)) for shape in found.shapes]
        total = sum(coverage(shape, grid) for shape in grown)
        for hole in found.holes:
            total = total - coverage(hole, grid)
        masks[name] = np.clip(total, 0, 1)
    return Regions(masks, grid, patient.frame_of_reference)


def _scaled(shape: Shape, factor: float) -> Shape:
    return replace(shape, semi_axes_mm=tuple(axis * factor for axis in shape.semi_axes_mm))


def _radius_mm(volume_ml: float) -> float:
    return (3000 * volume_ml / (4 * math.pi)) ** (1 / 3)
