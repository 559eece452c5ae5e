"""Counts without pictures: uptake probe and blood samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mrtlab.calibration import observed_rate
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream
from mrtlab.patients.acquisition import generator_of
from mrtlab.patients.camera import Camera

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["BloodSample", "ProbeCounts", "blood_concentration", "blood_sample", "probe_counts"]

_SEEN_G = 400.0  # of other tissue that the probe sees, at the neck and at the thigh alike; illustrative
_ROOM_CPS = 5.0


@dataclass(frozen=True)
class ProbeCounts:
    """One uptake measurement: neck, thigh, standard in a neck phantom and room, each for the same time.

    Attributes
    ----------
    at : datetime
        Of the patient's counts, as are ``time_h`` hours after administration.
    time_h, duration_s : float
    neck_counts, thigh_counts, standard_counts, background_counts : float
    standard_mbq : float
        Activity of the standard at ``standard_at``, when it was counted.
    standard_at : datetime
    nuclide : str
    """

    at: datetime
    time_h: float
    duration_s: float
    neck_counts: float
    thigh_counts: float
    standard_counts: float
    background_counts: float
    standard_mbq: float
    standard_at: datetime
    nuclide: str


@dataclass(frozen=True)
class BloodSample:
    """One blood sample and its counts in a well counter, which are counted at once.

    Attributes
    ----------
    at : datetime
    time_h : float
    volume_ml : float
        As pipetted, nominally.
    duration_s, counts, background_counts : float
        The background for the same time.
    cps_per_mbq : float
        Of the well counter.
    concentration_mbq_per_ml : float
        True concentration in whole blood.
    """

    at: datetime
    time_h: float
    volume_ml: float
    duration_s: float
    counts: float
    background_counts: float
    cps_per_mbq: float
    concentration_mbq_per_ml: float


def probe_counts(
    patient: VirtualPatient, time_h, duration_s=None, *, camera: Camera | None = None, noise=True
) -> ProbeCounts:
    """One measurement of thyroid uptake; the standard has 2 MBq at administration and is counted then."""
    lobes = [name for name in patient.kinetics.regions if "thyroid" in name or name.startswith("lesion")]
    if not patient.therapy.startswith("radioiodine") or not lobes:
        raise InputError(f"an uptake probe measures radioiodine, and the therapy is {patient.therapy!r}")
    camera = Camera.of(patient.nuclide, "probe") if camera is None else camera
    duration_s = 60.0 if duration_s is None else duration_s
    kinetics = patient.kinetics
    around = kinetics.mean_activity_mbq("remainder", time_h, duration_s) * _SEEN_G / patient.anatomy["remainder"].mass_g
    neck = sum(kinetics.mean_activity_mbq(name, time_h, duration_s) for name in lobes)
    standard_mbq = 2.0
    decay = find_nuclide(patient.nuclide).decay_constant_per_h * duration_s / 3600
    rates = {
        "neck": (neck + around) * camera.sensitivity_cps_per_mbq,
        "thigh": around * camera.sensitivity_cps_per_mbq,
        "standard": standard_mbq * -math.expm1(-decay) / decay * camera.sensitivity_cps_per_mbq,
        "background": 0.0,
    }
    generator = generator_of(patient, time_h, "probe", noise)
    counts = {}
    for name, rate in rates.items():
        seen = float(observed_rate(rate + _ROOM_CPS, camera.dead_time_s, "nonparalysable")) * duration_s
        counts[f"{name}_counts"] = float(generator.poisson(seen)) if generator else seen
    at = patient.administered_at + timedelta(hours=float(time_h))
    return ProbeCounts(
        at, float(time_h), duration_s, **counts, standard_mbq=standard_mbq, standard_at=patient.administered_at,
        nuclide=patient.nuclide,
    )  # fmt: skip


def blood_concentration(patient: VirtualPatient, time_h: float) -> float:
    """Activity concentration in whole blood, MBq/mL: what organs have not taken, in its volume of distribution."""
    from mrtlab.patients.populations import population

    spec = population(patient.therapy)
    if "distribution_l_per_kg" not in spec:
        raise InputError(f"nothing circulates in the blood in therapy {patient.therapy!r}")
    litres = Stream(patient.therapy, patient.seed, "blood volume").lognormal(spec["distribution_l_per_kg"])
    return patient.kinetics.activity_mbq("remainder", float(time_h)) / (litres * patient.weight_kg * 1000)


def blood_sample(patient: VirtualPatient, time_h, duration_s=None, *, noise=True) -> BloodSample:
    """One sample; pipetting 2 %, Poisson counts."""
    counter = table("cameras")["blood"]
    duration_s = float(counter["duration_s"]) if duration_s is None else duration_s
    concentration = blood_concentration(patient, time_h)
    generator = generator_of(patient, time_h, "blood", noise)
    volume = counter["volume_ml"] * (1 + (counter["pipetting"] * generator.normal() if generator else 0.0))
    mean = (concentration * volume * counter["cps_per_mbq"] + counter["background_cps"]) * duration_s
    empty = counter["background_cps"] * duration_s
    if generator:
        mean, empty = float(generator.poisson(mean)), float(generator.poisson(empty))
    at = patient.administered_at + timedelta(hours=float(time_h))
    return BloodSample(
        at, float(time_h), float(counter["volume_ml"]), duration_s, mean, empty, float(counter["cps_per_mbq"]),
        concentration,
    )  # fmt: skip
