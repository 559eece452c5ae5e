"""Curves of regions as SPECT measures them, without making the images.

The expected counts of a region give the noise of each point: it grows as the activity falls. Added to it, each outline
is drawn anew, with a repeatability of 3 % (illustrative). Recovery is that of a sphere of the region's volume.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.kinetics import TimeActivity
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream
from mrtlab.patients.acquisition import _camera, kept_times, losses, residual_bias
from mrtlab.patients.camera import Camera
from mrtlab.patients.populations import population
from mrtlab.patients.truth import members

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["half_life_prior", "measured", "sphere_recovery"]

_OUTLINE_CV = 0.03
_DURATION_S = 1200.0


def sphere_recovery(volume_ml: float, fwhm_mm: float) -> float:
    """Part of a uniform sphere's counts that stays inside its outline after a Gaussian blur.

    A point moved by the distance d is still inside with probability ``1 - 3x/2 + x³/2``, x = d over the diameter; this
    is averaged over the distances of the blur, which are Maxwell distributed.
    """
    diameter = 20 * (3 * volume_ml / (4 * math.pi)) ** (1 / 3)
    ratio = np.linspace(0, 8, 1601)  # distances in standard deviations
    sigma = fwhm_mm / (2 * math.sqrt(2 * math.log(2)))
    density = ratio**2 * np.exp(-(ratio**2) / 2)
    x = np.minimum(ratio * sigma / diameter, 1.0)
    return float(np.sum(density * (1 - 1.5 * x + 0.5 * x**3)) / np.sum(density))


def measured(
    patient: VirtualPatient,
    region: str,
    times_h,
    *,
    camera: Camera | None = None,
    duration_s: float = _DURATION_S,
    noise: bool = True,
    systematic: bool = True,
    jitter_h: float = 0.0,
) -> TimeActivity:
    """Time-activity curve of one region from serial SPECT, with its uncertainty.

    Parameters
    ----------
    patient : VirtualPatient
    region : str
        Or a pair, such as ``"kidneys"``.
    times_h : sequence of float
        Start of each acquisition, hours after administration.
    camera : Camera, optional
    duration_s : float
    noise : bool
        Without it the points lie on the curve, but their stated uncertainty is the same.
    systematic : bool
        Whether the residue of attenuation and scatter correction is in it; it is then in ``systematic_rel``, too.
    jitter_h : float
        The patient comes up to so much earlier or later; the stated time is the true one.

    Returns
    -------
    TimeActivity
        At the middle of each acquisition. All defects that a curve can have are in it; of an obstructed kidney, the
        outline takes in the pelvis.
    """
    camera = _camera(patient, camera, "spect")
    names = members(patient, region)
    if "left kidney" in names and "obstruction" in patient.defects:
        names = (*names, "left renal pelvis")  # nobody who outlines the kidney sees where it ends
    jitter_h = float(_check.non_negative("jitter_h", jitter_h))
    starts, activities, sigmas = [], [], []
    volumes = [_volume_ml(patient, name) for name in names]
    recoveries = [sphere_recovery(volume, camera.fwhm_mm) for volume in volumes]
    ratio = camera.other_window_ratio if "wrong_window" in patient.defects else 1.0
    ratio /= camera.heads if "head_factor" in patient.defects else 1
    bias = residual_bias(patient, camera, "spect") if systematic else 1.0
    for time in kept_times(patient, times_h):
        stream = Stream(patient.therapy, patient.seed, patient.number, "curve", patient.is_tracer, f"{time:.6f}")
        moved = stream.uniform(-1, 1) * jitter_h
        start = max(time + moved, 0.05)
        true = [patient.kinetics.mean_activity_mbq(name, start, duration_s) for name in names]
        total = patient.kinetics.in_body_mbq(start)
        recorded, corrected, _ = losses(patient, camera, total)
        apparent = sum(a * r for a, r in zip(true, recoveries, strict=True))
        counts = apparent * camera.sensitivity_cps_per_mbq * camera.heads * duration_s * recorded * ratio
        if counts <= 0:
            raise InputError(f"nothing of {region} is left to measure {start:.4g} h after administration")
        cv = math.hypot(math.sqrt(camera.inflation / counts), _OUTLINE_CV)
        # each region its own noise, the same whatever else is measured
        own = Stream(patient.therapy, patient.seed, patient.number, "noise", patient.is_tracer, region, f"{time:.6f}")
        z = own.normal() if noise else 0.0
        recovery = 1.0 if "pvc_off" in patient.defects else apparent / sum(true)
        value = apparent / recovery * recorded * corrected * ratio * bias
        starts.append(start)
        activities.append(value * max(1 + cv * z, 1e-3))
        sigmas.append(value * cv)
    middle = np.array(starts) + duration_s / 7200
    offset = patient.defects.get("clock_offset", 0.0)
    middle = middle + (table("populations")["common"]["clock_offset_h"] if offset is True else offset)
    return TimeActivity(
        middle,
        np.array(activities),
        np.array(sigmas),
        nuclide=patient.nuclide,
        decay_corrected="no_decay_corr" in patient.defects,
        systematic_rel=round(camera.bias_rel / math.sqrt(3), 4) if systematic else 0.0,
        administered_mbq=patient.administered_mbq,
        region=region,
    )


def _volume_ml(patient: VirtualPatient, name: str) -> float:
    """Volume without laying out the body, which curves of a thousand patients do not need."""
    masses, density = patient.build.masses_g, table("anatomy")["density_g_per_ml"]
    if name not in masses or name.endswith("lung"):
        return patient.anatomy[name].volume_ml
    kind = {"marrow": "marrow", "bladder": "urine"}.get(name, "lesion" if name.startswith("lesion") else "soft")
    return masses[name] / density[kind]


def half_life_prior(patient: VirtualPatient, region: str) -> tuple[float, float]:
    """Median (hours) and geometric standard deviation of a region's effective half-life in the population.

    Raises
    ------
    InputError
        If the population has none for it.
    """
    spec = population(patient.therapy)
    name = members(patient, region)[0]
    if name.startswith("lesion") and "lesion_half_life_h" in spec:
        return tuple(spec["lesion_half_life_h"])
    if "thyroid" in name and "half_life_h" in spec:
        return tuple(spec["half_life_h"])
    for organ, entry in spec.get("organs", {}).items():
        if organ == region or name in (organ, *members(patient, organ)):
            return tuple(entry["half_life_h"])
    raise InputError(f"the population of {patient.therapy!r} has no half-life for {region!r}")
