"""Planar pictures from the front and the back: attenuated line integrals, collimator blur, scatter, Poisson noise.

Scatter is illustrative: a part of what leaves the body, spread widely, split between the windows so that the triple-
energy-window estimate is right on average. The picture from behind is seen from behind: its columns run towards the
patient's right, those of the anterior picture towards the left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mrtlab.calibration import water_attenuation_per_cm
from mrtlab.errors import InputError
from mrtlab.images import DecayState, Frame, Grid, Image, Unit, blurred
from mrtlab.patients.acquisition import (
    activity_map,
    clocked,
    described,
    generator_of,
    hu_map,
    losses,
)
from mrtlab.patients.camera import Camera

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["planar", "primary_views"]

_SCATTER = 0.35  # of the primary counts in the photopeak window; illustrative
_SCATTER_FWHM_MM = 80.0
_UPPER_SHARE = 0.1  # of the scatter density beside the peak, above it; illustrative


def view_grid(patient: VirtualPatient, kind: str, size: int, bed: str | None) -> Grid:
    """The volume behind the pictures: the field of view of a bed, or the whole body from above head to below feet."""
    if kind == "planar":
        return patient.grid(size, bed)
    if bed is not None:
        raise InputError("bed is not used for a whole-body scan")
    cube = patient.grid(size, "abdomen")
    spacing = cube.spacing_mm[0]
    anatomy = patient.anatomy
    rows = math.ceil((anatomy.height_mm + 100) / spacing)
    low = anatomy.floor_mm - (rows * spacing - anatomy.height_mm) / 2 + spacing / 2
    return Grid((rows, size, size), cube.spacing_mm, (cube.origin_mm[0], cube.origin_mm[1], round(low, 3)))


def primary_views(
    activity: np.ndarray, attenuation_per_cm: np.ndarray, depth_cm: float
) -> tuple[np.ndarray, np.ndarray]:
    """Photons that reach the front and the back unscattered, as the activity that would give as many without a body.

    Parameters
    ----------
    activity : array, shape (z, y, x)
        MBq per voxel; y runs to the back.
    attenuation_per_cm : array of the same shape
    depth_cm : float
        Of a voxel along y.

    Returns
    -------
    anterior, posterior : array, shape (z, x)
        Seen from the front.
    """
    layer = attenuation_per_cm * depth_cm
    before = np.cumsum(layer, axis=1) - layer
    behind = layer.sum(axis=1, keepdims=True) - before - layer
    # mean over the depth of the voxel itself
    safe = np.where(layer > 1e-9, layer, 1.0)
    own = np.where(layer > 1e-9, -np.expm1(-safe) / safe, 1.0)
    return tuple((activity * own * np.exp(-way)).sum(axis=1) for way in (before, behind))


def planar(patient, time_h, kind, size, duration_s, *, camera=None, bed=None, noise=True) -> Image:
    """See :meth:`VirtualPatient.acquire`; frames are the views of each window in turn."""
    from mrtlab.patients.acquisition import _camera

    camera: Camera = _camera(patient, camera, "spect")
    if camera.window_kev is None or camera.lower_kev is None or camera.upper_kev is None or not camera.peak_kev:
        raise InputError("planar pictures need a camera with window_kev, lower_kev, upper_kev and peak_kev")
    grid = view_grid(patient, kind, size, bed)
    activity = activity_map(patient, grid, time_h, duration_s)
    water = float(water_attenuation_per_cm(camera.peak_kev))
    attenuation = water * np.clip(1 + hu_map(patient, grid) / 1000, 0, None)
    views = primary_views(activity, attenuation, grid.spacing_mm[1] / 10)
    recorded, corrected, flags = losses(patient, camera, float(activity.sum()))
    # a whole-body scan passes over the patient: each place is seen for a part of the time
    seen = 1.0 if kind == "planar" else min(1.0, 614.4 / (grid.shape[0] * grid.spacing_mm[0]))
    per_mbq = camera.sensitivity_cps_per_mbq * duration_s * seen * recorded
    generator = generator_of(patient, time_h, kind, noise, size, bed)
    windows = _windows(patient, camera)
    spacing = (grid.spacing_mm[0], grid.spacing_mm[2])
    pictures, frames = [], []
    for window, width_part, scatter_part, primary_part in windows:
        for detector, (name, view) in enumerate(zip(("anterior", "posterior"), views, strict=True), 1):
            primary = blurred(view, camera.fwhm_mm, spacing) * per_mbq
            scatter = blurred(view, _SCATTER_FWHM_MM, spacing) * (per_mbq * _SCATTER)
            mean = primary * primary_part + scatter * (scatter_part * width_part)
            counts = generator.poisson(mean) if generator else mean
            picture = np.asarray(counts, float)[::-1] * corrected  # rows from the head down
            pictures.append(picture[:, ::-1] if name == "posterior" else picture)
            frames.append(Frame(name, window, duration_s, detector))
    corrections = ["NRGY"] + ["DTIM"] * ("deadtime_off" not in patient.defects)
    return Image(
        np.stack(pictures),
        spacing,
        Unit.COUNTS,
        start=clocked(patient, time_h),
        nuclide=patient.nuclide,
        kind=kind,
        modality="NM",
        duration_s=duration_s,
        administered_mbq=patient.administered_mbq,
        administered_at=patient.administered_at,
        frames=tuple(frames),
        heads=2,
        flags=tuple(flags),
        **described(patient, corrections, DecayState.NONE),
    )


def _windows(patient, camera: Camera):
    """Each window with its width over that of the peak, its scatter density over the peak's, part of primary."""
    peak, lower, upper = camera.window_kev, camera.lower_kev, camera.upper_kev
    wide = peak[1] - peak[0]
    beside = [
        (lower, (lower[1] - lower[0]) / wide, 2 * (1 - _UPPER_SHARE), 0.0),
        (upper, (upper[1] - upper[0]) / wide, 2 * _UPPER_SHARE, 0.0),
    ]
    first = (peak, 1.0, 1.0, 1.0)
    if "wrong_window" in patient.defects:
        if camera.other_window_kev is None:
            raise InputError("wrong_window: this camera has no other window; give other_window_kev")
        first = (camera.other_window_kev, 1.0, camera.other_window_ratio, camera.other_window_ratio)
        beside = [item for item in beside if item[0] != first[0]]
    return [first, *beside]
