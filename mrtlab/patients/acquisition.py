"""Measurements of a virtual patient: tomography, planar pictures and CT.

The model of a reconstructed image, all of it illustrative: the true activity on the grid is blurred to a part of the
resolution, turned into counts, given noise (Poisson, its variance multiplied by ``Camera.inflation``), and smoothed by
the rest of the resolution, as a filter after reconstruction does. So the noise is correlated between neighbours, never
negative, and the total is kept. Attenuation and scatter are taken as corrected up to one factor within
``Camera.bias_rel``, the same in all scans of a patient. Count losses follow from the activity in the field of view;
they are corrected, unless that is the defect, but the counts lost are missing in the noise.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from mrtlab import _check
from mrtlab.calibration import observed_rate, true_rate
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.images import DecayState, Grid, Image, Unit, blurred
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream, image_generator
from mrtlab.patients.camera import Camera

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["KINDS", "acquire", "activity_map", "kept_times"]

KINDS = ("spect", "pet", "planar", "whole body", "probe", "blood", "ct")
_DURATION_S = {"spect": 1200.0, "pet": 1200.0, "planar": 600.0, "whole body": 1200.0, "probe": 60.0}
_SMOOTHING = 0.5  # of the resolution: the filter after reconstruction


def acquire(patient: VirtualPatient, times_h, kind: str = "spect", size: int = 64, **options) -> tuple:
    """See :meth:`VirtualPatient.acquire`."""
    _check.choice("kind", kind, KINDS)
    allowed = {"camera", "duration_s", "bed", "noise"} | ({"reach_mm"} if kind in ("spect", "pet", "ct") else set())
    for name in options:
        if name not in allowed:
            raise InputError(f"there is no option {name!r}; there are {', '.join(sorted(allowed))}")
    times = kept_times(patient, times_h)
    duration = options.pop("duration_s", None)
    if duration is not None:
        duration = float(_check.positive("duration_s", duration))
    if kind in ("probe", "blood"):
        from mrtlab.patients.samples import blood_sample, probe_counts

        take = probe_counts if kind == "probe" else blood_sample
        return tuple(take(patient, time, duration, **options) for time in times)
    duration = duration or _DURATION_S.get(kind)
    if kind == "ct":
        return tuple(_ct(patient, time, size, **options) for time in times)
    if kind in ("planar", "whole body"):
        from mrtlab.patients.planar import planar

        return tuple(planar(patient, time, kind, size, duration, **options) for time in times)
    take = _spect if kind == "spect" else _pet
    return tuple(take(patient, time, size, duration, **options) for time in times)


def kept_times(patient: VirtualPatient, times_h) -> list[float]:
    """The times as a list, without the last one where that is the defect."""
    times = np.atleast_1d(_check.non_negative("times_h", times_h)).astype(float).tolist()
    if len(times) > 1 and np.any(np.diff(times) <= 0):
        raise InputError(f"times_h must rise, got {times}")
    if not times:
        raise InputError("times_h is empty; give the start of at least one measurement in hours")
    return times[:-1] if "drop_late" in patient.defects and len(times) > 1 else times


def activity_map(patient: VirtualPatient, grid: Grid, start_h: float, duration_s: float) -> np.ndarray:
    """True mean activity in every voxel during an acquisition, MBq, shape of the grid.

    Everything in the grid; activity beyond it (legs, head) is not.
    """
    total = np.zeros(grid.shape)
    for region in patient.kinetics.regions:
        mean = patient.kinetics.mean_activity_mbq(region, start_h, duration_s)
        total += patient.coverage(region, grid) * (mean * grid.voxel_ml / patient.anatomy[region].volume_ml)
    return np.maximum(total, 0)  # a voxel that several organs fill has a remainder of ±1e-8


def residual_bias(patient: VirtualPatient, camera: Camera, kind: str) -> float:
    """What correcting attenuation and scatter leaves: a factor of this patient and kind of scan."""
    limit = camera.bias_rel
    return 1 + Stream(patient.therapy, patient.seed, "bias", kind).uniform(-1, 1) * limit


def losses(patient: VirtualPatient, camera: Camera, activity_mbq: float) -> tuple[float, float, list[str]]:
    """Part of the counts that is recorded, the factor that corrects it, and flags."""
    true_cps = camera.true_cps(activity_mbq)
    load = true_cps * camera.dead_time_s
    recorded = float(observed_rate(true_cps, camera.dead_time_s)) / true_cps if true_cps else 1.0
    flags = [Flag.PAST_MAXIMUM_RATE] if load > 1 else []
    if "deadtime_off" in patient.defects or not true_cps:
        return recorded, 1.0, flags
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)  # the image carries the flag
        found = float(true_rate(recorded * true_cps, camera.dead_time_s))
    return recorded, found / (recorded * true_cps), flags


def noisy(mean: np.ndarray, inflation: float, fwhm_mm: float, spacing_mm, generator) -> np.ndarray:
    """Counts with a variance ``inflation`` times that of Poisson, then smoothed."""
    counts = generator.poisson(mean / inflation) * inflation if generator else mean
    return blurred(counts.astype(float), fwhm_mm, spacing_mm)


def generator_of(patient: VirtualPatient, time_h: float, kind: str, noise: bool, *more):
    """Its seed follows from therapy, patient, cycle, time and kind."""
    if not noise:
        return None
    which = "tracer" if patient.is_tracer else patient.number
    return image_generator(patient.therapy, patient.seed, which, f"{time_h:.6f}", kind, *more)


def clocked(patient: VirtualPatient, time_h: float):
    """What the clock of the camera shows."""
    ahead = patient.defects.get("clock_offset", 0.0)
    if ahead is True:
        ahead = table("populations")["common"]["clock_offset_h"]
    return patient.administered_at + timedelta(hours=float(time_h)) + timedelta(hours=ahead)


def described(patient: VirtualPatient, corrections: Sequence[str], state: DecayState) -> dict:
    """State of decay correction as the data say it is."""
    if "no_decay_corr" in patient.defects:
        return {"corrections": (*dict.fromkeys([*corrections, "DECY"]),), "decay_state": DecayState.ADMIN}
    return {"corrections": tuple(corrections), "decay_state": state}


def _spect(patient, time_h, size, duration_s, *, camera=None, bed=None, noise=True, **reach) -> Image:
    camera = _camera(patient, camera, "spect")
    grid = patient.grid(size, bed, **reach)
    activity = activity_map(patient, grid, time_h, duration_s)
    recorded, corrected, flags = losses(patient, camera, float(activity.sum()))
    per_mbq = camera.sensitivity_cps_per_mbq * camera.heads * duration_s * residual_bias(patient, camera, "spect")
    window = camera.window_kev
    if "wrong_window" in patient.defects:
        if camera.other_window_kev is None:
            raise InputError("wrong_window: this camera has no other window; give other_window_kev")
        window, per_mbq = camera.other_window_kev, per_mbq * camera.other_window_ratio
    if "head_factor" in patient.defects:
        per_mbq /= camera.heads
    rest = camera.fwhm_mm * _SMOOTHING
    mean = blurred(activity, math.sqrt(camera.fwhm_mm**2 - rest**2), grid.spacing_mm) * (per_mbq * recorded)
    generator = generator_of(patient, time_h, "spect", noise, size, bed)
    counts = noisy(mean, camera.inflation, rest, grid.spacing_mm, generator) * corrected
    done = ["NRGY", "ATTN", "SCAT"] + ["DTIM"] * ("deadtime_off" not in patient.defects)
    return patient.image_of(
        counts,
        grid,
        Unit.COUNTS,
        start=clocked(patient, time_h),
        nuclide=patient.nuclide,
        modality="NM",
        duration_s=duration_s,
        administered_mbq=patient.administered_mbq,
        administered_at=patient.administered_at,
        window_kev=window,
        heads=camera.heads,
        flags=tuple(flags),
        **described(patient, done, DecayState.NONE),
    )


def _pet(patient, time_h, size, duration_s, *, camera=None, bed=None, noise=True, **reach) -> Image:
    camera = _camera(patient, camera, "pet")
    grid = patient.grid(size, bed, **reach)
    activity = activity_map(patient, grid, time_h, duration_s)
    recorded, corrected, flags = losses(patient, camera, float(activity.sum()))
    per_mbq = camera.sensitivity_cps_per_mbq * duration_s
    rest = camera.fwhm_mm * _SMOOTHING
    mean = blurred(activity, math.sqrt(camera.fwhm_mm**2 - rest**2), grid.spacing_mm) * per_mbq
    # randoms from the scintillator's own activity, of which the scanner's correction leaves this
    total = mean.sum()
    mean = mean * (1 - camera.background) + total * camera.background / mean.size
    generator = generator_of(patient, time_h, "pet", noise, size, bed)
    counts = noisy(mean * recorded, camera.inflation, rest, grid.spacing_mm, generator) * corrected
    bias = residual_bias(patient, camera, "pet")
    decayed = _mean_over_start(patient.nuclide, duration_s)
    state = DecayState.START if "no_decay_corr" not in patient.defects else DecayState.NONE
    to_start = 1 / decayed if state is DecayState.START else 1.0
    concentration = counts / per_mbq * bias * to_start * 1e6 / grid.voxel_ml
    done = ["NRGY", "ATTN", "SCAT", "RAN"] + ["DTIM"] * ("deadtime_off" not in patient.defects)
    done += ["DECY"] * (state is DecayState.START)
    return patient.image_of(
        concentration,
        grid,
        Unit.BQ_PER_ML,
        start=clocked(patient, time_h),
        nuclide=patient.nuclide,
        modality="PT",
        duration_s=duration_s,
        administered_mbq=patient.administered_mbq,
        administered_at=patient.administered_at,
        flags=tuple(flags),
        **described(patient, done, state),
    )


def _mean_over_start(nuclide: str, duration_s: float) -> float:
    from mrtlab.calibration import acquisition_decay_factor

    return float(acquisition_decay_factor(duration_s, nuclide))


def hu_map(patient: VirtualPatient, grid: Grid) -> np.ndarray:
    """CT numbers without noise, each voxel the mean of what it holds."""
    numbers = dict(table("anatomy")["hu"])
    contrast = numbers.pop("contrast") if "contrast_ct" in patient.defects else {}
    result = np.full(grid.shape, float(numbers["air"]))
    for name in patient.anatomy.regions:
        key = name if name in ("liver", "marrow", "remainder") else "soft"
        key = {"bladder": "urine", "left renal pelvis": "urine"}.get(name, "lungs" if "lung" in name else key)
        number = numbers[key]
        enhanced = "kidneys" if name in ("left kidney", "right kidney") else name
        number = contrast.get(enhanced, number)
        result += patient.coverage(name, grid) * (number - numbers["air"])
    return result


def _ct(patient, time_h, size, *, camera=None, bed=None, noise=True, **reach) -> Image:
    if camera is not None:
        raise InputError("camera is not used for CT")
    grid = patient.grid(size, bed, **reach)
    numbers = hu_map(patient, grid)
    if noise:
        spread = table("anatomy")["hu"]["noise"]
        numbers = numbers + generator_of(patient, time_h, "ct", noise, size, bed).normal(0, spread, grid.shape)
    start = patient.administered_at + timedelta(hours=float(time_h))
    return patient.image_of(np.round(numbers), grid, Unit.HU, start=start, modality="CT")


def _camera(patient, camera, kind) -> Camera:
    camera = patient.camera(kind) if camera is None else camera
    if not isinstance(camera, Camera):
        raise InputError(f"camera must be a mrtlab.patients.Camera, got {type(camera).__name__}")
    if camera.nuclide != patient.nuclide:
        raise InputError(f"camera is calibrated for {camera.nuclide}, but the patient was given {patient.nuclide}")
    return camera
