"""What is true of a virtual patient: the yardstick for everything measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mrtlab import dose
from mrtlab.kernels import kernel_nuclides, point_kernel
from mrtlab.nuclides import dose_constant
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.patients.build import PAIRS, single
from mrtlab.patients.shapes import Shape

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["RegionDose", "Truth", "members", "shape_recovery"]

_POINTS = 24
_S_VALUE = {"liver": "liver", "spleen": "spleen", "left kidney": "left kidney", "right kidney": "left kidney"}


@dataclass(frozen=True)
class RegionDose:
    """Mean absorbed dose of a region.

    Attributes
    ----------
    gy : float
        Self-dose and cross-dose together.
    self_gy : float
    cross_gy : float
        From the photons of all other regions with activity.
    method : str
        How the self-dose was computed: ``"S value"`` (reference phantom, scaled by mass), ``"sphere"`` (a sphere of its
        mass, electrons and photons), or ``"local"`` (electrons only).
    """

    gy: float
    self_gy: float
    cross_gy: float
    method: str


def members(patient: VirtualPatient, region: str) -> tuple[str, ...]:
    """The source regions of a name: itself, or both of a pair such as ``"kidneys"``."""
    if region in PAIRS:
        return tuple(f"{side} {single(region)}" for side in ("left", "right"))
    return (region,)


class Truth:
    """Truth of one patient and cycle. Regions may be pairs, such as ``"kidneys"``.

    Attributes
    ----------
    regions : tuple of str
        All that hold activity at some time.
    """

    def __init__(self, patient: VirtualPatient):
        self._patient = patient
        self.regions = patient.kinetics.regions

    def __repr__(self):
        return f"Truth({', '.join(f'{name} {self.tia_mbq_h(name):.4g} MBq·h' for name in self.regions)})"

    def activity_mbq(self, region: str, time_h):
        """Activity in a region, MBq at that time; also of ``"excreted"``."""
        return sum(self._patient.kinetics.activity_mbq(name, time_h) for name in members(self._patient, region))

    def mean_activity_mbq(self, region: str, start_h: float, duration_s: float) -> float:
        """Mean activity during a measurement, MBq."""
        kinetics = self._patient.kinetics
        return sum(kinetics.mean_activity_mbq(name, start_h, duration_s) for name in members(self._patient, region))

    def tia_mbq_h(self, region: str) -> float:
        """Time-integrated activity, MBq·h."""
        return sum(self._patient.kinetics.tia_mbq_h(name) for name in members(self._patient, region))

    def tiac_h(self, region: str) -> float:
        """Time-integrated activity per administered activity, hours."""
        return self.tia_mbq_h(region) / self._patient.administered_mbq

    def effective_half_life_h(self, region: str) -> float:
        """Of the last phase, hours."""
        return max(self._patient.kinetics.effective_half_life_h(name) for name in members(self._patient, region))

    def mass_g(self, region: str) -> float:
        """Mass, g."""
        return sum(self._patient.anatomy[name].mass_g for name in members(self._patient, region))

    def volume_ml(self, region: str) -> float:
        """Volume, mL."""
        return sum(self._patient.anatomy[name].volume_ml for name in members(self._patient, region))

    def recovery(self, region: str, fwhm_mm: float) -> float:
        """Part of a region's counts that a blurred image shows inside its true outline; see :func:`shape_recovery`."""
        shapes = [shape for name in members(self._patient, region) for shape in self._patient.anatomy[name].shapes]
        volumes = [shape.volume_ml for shape in shapes]
        parts = [shape_recovery(shape, fwhm_mm) for shape in shapes]
        return float(np.average(parts, weights=volumes))

    def dose_gy(self, region: str) -> float:
        """Mean absorbed dose, Gy: that of :meth:`dose`."""
        return self.dose(region).gy

    def dose(self, region: str) -> RegionDose:
        """Mean absorbed dose from all regions.

        Notes
        -----
        Self-dose by S value where the package has one (Lu-177 in liver, spleen and kidneys, of the left kidney of the
        male phantom for both), by spheres of the region's parts where it has point kernels, and by local deposition
        else; the remainder and the lungs always locally. Cross-dose from photons through water, by the point kernel
        between 24 points of each region; bremsstrahlung and electrons that cross a border are left out. The dose of a
        pair is the mean over its mass.
        """
        names = members(self._patient, region)
        if len(names) > 1:
            doses, masses = [self.dose(name) for name in names], [self.mass_g(name) for name in names]
            parts = (
                float(np.average([getattr(item, part) for item in doses], weights=masses))
                for part in ("gy", "self_gy", "cross_gy")
            )
            return RegionDose(*parts, doses[0].method)
        if region not in self._doses:
            own, method = self._self_gy(region)
            cross = math.fsum(self._cross_gy(region, other) for other in self.regions if other != region)
            self._doses[region] = RegionDose(own + cross, own, cross, method)
        return self._doses[region]

    @cached_property
    def _doses(self) -> dict[str, RegionDose]:
        return {}

    def _self_gy(self, region: str) -> tuple[float, str]:
        found, name = self._patient.anatomy[region], self._patient.nuclide
        tia = self.tia_mbq_h(region) if region in self.regions else 0.0
        if not tia:
            return 0.0, "local"
        phantom = "AM" if self._patient.sex == "male" or "kidney" in region else "AF"
        for row in dose.S_VALUES:
            if (row.nuclide, row.phantom, row.target, row.source) == (name, phantom, *[_S_VALUE.get(region)] * 2):
                return tia * dose.scale_s_value(row.gy_per_mbq_h, row.mass_g, found.mass_g, name), "S value"
        if name in kernel_nuclides() and region != "remainder" and "lung" not in region:
            volumes = [shape.volume_ml for shape in found.shapes]
            # each part of a region is a sphere of its own; their masses share the activity
            shares = np.divide(volumes, math.fsum(volumes))
            each = [dose.sphere_s_value(found.mass_g * part, name) * part**2 for part in shares]
            return tia * math.fsum(each), "sphere"
        return float(dose.local(tia, found.mass_g, name)), "local"

    def _cross_gy(self, target: str, source: str) -> float:
        """Photon dose, by the specific absorbed fraction of the photon point kernel at many pairs of points."""
        name = self._patient.nuclide
        if name not in kernel_nuclides("photon"):
            return 0.0
        kernel = point_kernel(name, "photon")
        edges_cm = kernel.edges_mm / 10
        per_gram = kernel.share / (4 / 3 * math.pi * np.diff(edges_cm**3))  # of the emitted energy, water of 1 g/mL
        away = np.linalg.norm(self._points(target)[:, None] - self._points(source)[None], axis=-1) / 10
        place = np.searchsorted(edges_cm, away, side="right") - 1
        fraction = np.where(place < len(per_gram), per_gram[np.minimum(place, len(per_gram) - 1)], 0.0).mean()
        energy = find_nuclide(name).photon_mev
        return float(self.tia_mbq_h(source) * dose_constant(energy) * fraction)

    def _points(self, region: str) -> np.ndarray:
        """Points spread evenly over a region, by a low-discrepancy sequence; shape (points, 3), mm."""
        if region not in self._spread:
            found = self._patient.anatomy[region]
            count = 16 * _POINTS if region == "remainder" else _POINTS
            volumes = np.array([shape.volume_ml for shape in found.shapes])
            parts = []
            for shape, share in zip(found.shapes, volumes / volumes.sum(), strict=True):
                parts.append(_spread(shape, max(4, round(count * share))))
            points = np.concatenate(parts)
            free = ~np.any([hole.holds(points) for hole in found.holes] or [np.zeros(len(points), bool)], axis=0)
            self._spread[region] = points[free] if free.any() else points
        return self._spread[region]

    @cached_property
    def _spread(self) -> dict[str, np.ndarray]:
        return {}


def _spread(shape: Shape, count: int) -> np.ndarray:
    # the additive recurrence of the generalised golden ratio fills a cube evenly
    ratio = 1.2207440846057596
    cube = (0.5 + np.outer(np.arange(4 * count), ratio ** -np.arange(1.0, 4.0))) % 1 * 2 - 1
    points = np.asarray(shape.centre_mm) + cube * shape.semi_axes_mm
    return points[shape.holds(points)][:count]


def shape_recovery(shape: Shape, fwhm_mm: float) -> float:
    """Part of a uniform shape's counts that stays inside its outline after a Gaussian blur.

    The probability that a random point of the shape, moved by the blur, is still inside; by fixed samples, to 0.3 %.
    Activity around the shape is not in it: what spills in must be added.
    """
    from scipy.stats import norm, qmc

    draws = qmc.Sobol(6, scramble=False).random_base2(13)[1:]
    cube = draws[:, :3] * 2 - 1
    points = cube * shape.semi_axes_mm + shape.centre_mm
    kept = shape.holds(points)
    moved = points[kept] + norm.ppf(draws[kept, 3:]) * fwhm_mm / (2 * math.sqrt(2 * math.log(2)))
    return float(shape.holds(moved).mean())
