"""Images of a virtual patient before and after microspheres, measured once, in steps that leave the page free between.

The mapping is a SPECT after Tc-99m MAA, the verification a PET of Y-90 itself, for 20 and for 4 minutes and, as no
scanner gives it, without noise. Tumours, liver, lungs and spleen were outlined on CT by a person who is not perfect.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mrtlab import dose, sirt, voxel
from mrtlab.apps.sirt_verification.model import PATIENTS
from mrtlab.images import Image, Regions
from mrtlab.nuclides import nuclide
from mrtlab.voxel.kernels import SOFT_TISSUE

__all__ = ["MAA_H", "PETS", "REACH_MM", "SIZE", "STEPS", "Case", "case", "keep", "kept", "measuring", "where"]

SIZE, REACH_MM = 64, 384.0  # voxels of 6 mm around liver and stomach
MAA_H = 1.0
#: Start (h), duration (s) and whether there is noise, of each PET.
PETS = {"20 min": (20.0, 1200.0, True), "4 min": (20.5, 240.0, True), "without noise": (20.0, 1200.0, False)}
STEPS = 8
_SHUNT_MM = 614.4  # the lungs are longer than the field of view of the liver
_SPILL_MM = 20.0  # what lies nearer to liver or lungs may have spilled out of them
_BODY_HU = -500.0


@dataclass(frozen=True, eq=False)
class Case:
    """What was measured of a patient.

    Attributes
    ----------
    key : str
        Of :data:`PATIENTS`.
    patient : VirtualPatient
    ct, maa : Image
    pets : dict of str to Image
        Named as in :data:`PETS`.
    regions : Regions
        As outlined on CT.
    lung_shunt : float
        By the SPECT of the whole trunk.
    true_gy : array
        Dose as it is: true activity, kernel, no camera.
    """

    key: str
    patient: object
    ct: Image
    maa: Image
    pets: dict[str, Image]
    regions: Regions
    lung_shunt: float
    true_gy: np.ndarray
    _kept: dict = field(default_factory=dict, init=False)

    @property
    def spacing_mm(self):
        """Voxel edges."""
        return self.maa.spacing_mm

    @cached_property
    def lesions(self) -> tuple[str, ...]:
        """Names."""
        return tuple(name for name in self.regions if name.startswith("lesion"))

    @cached_property
    def masks(self) -> dict[str, np.ndarray]:
        """Voxels of each lesion, of ``tumour`` (all of them), of ``normal`` liver and of the whole ``liver``."""
        found = {name: np.asarray(self.regions[name]) >= 0.5 for name in self.lesions}
        tumour = np.any(list(found.values()), axis=0)
        liver = tumour | (np.asarray(self.regions["liver"]) >= 0.5)
        return {**found, "tumour": tumour, "normal": liver & ~tumour, "liver": liver}

    @cached_property
    def masses_g(self) -> dict[str, float]:
        """By volume on the grid and the density of soft tissue, as a dose map has them."""
        millilitre = self.maa.grid.voxel_ml
        return {name: float(np.count_nonzero(mask) * millilitre * SOFT_TISSUE) for name, mask in self.masks.items()}

    @cached_property
    def lung_g(self) -> float:
        """Of both lungs, from CT."""
        return float(self.patient.truth.mass_g("lungs"))

    @cached_property
    def quiet(self) -> np.ndarray:
        """The spleen, in which there ought to be nothing."""
        return np.asarray(self.regions["spleen"]) >= 0.5

    @cached_property
    def outside(self) -> np.ndarray:
        """The body away from liver and lungs, less the quiet region."""
        from scipy.ndimage import distance_transform_edt

        lungs = sum(np.asarray(self.regions[f"{side} lung"]) for side in ("left", "right")) > 0.2
        away = distance_transform_edt(~(self.masks["liver"] | lungs), sampling=self.spacing_mm) > _SPILL_MM
        return away & (self.ct.array > _BODY_HU) & ~self.quiet

    def background(self, name: str) -> float:
        """Mean per voxel of a PET where nothing ought to be."""
        return max(float(self.pets[name].array[self.quiet].mean()), 0.0)

    def calibrated(self, name: str, subtract: bool = True) -> sirt.Calibrated:
        """1000 MBq, shared out by the MAA (``"maa"``) or a PET; remembered."""
        key = (name, subtract)
        if key not in self._kept:
            image = self.maa if name == "maa" else self.pets[name]
            background = self.background(name) if subtract and name != "maa" else 0.0
            self._kept[key] = sirt.relative_calibration(
                image.array, self.masks["liver"], 1000.0, self.lung_shunt, background
            )
        return self._kept[key]

    def dose_gy(self, name: str, activity_mbq: float, method: str = "local", subtract: bool = True) -> np.ndarray:
        """Dose map for an activity; the map of 1000 MBq is remembered."""
        key = (name, subtract, method)
        if key not in self._kept:
            self._kept[key] = self.calibrated(name, subtract).dose_map(self.spacing_mm, method=method)
        return self._kept[key] * np.float32(activity_mbq / 1000)

    def once(self, name: str, key, work):
        """The result of some work, done anew only for another key than the last time."""
        last = self._kept.get(name)
        if last is None or last[0] != key:
            last = self._kept[name] = (key, work())
        return last[1]

    def image(self, dose_gy: np.ndarray) -> Image:
        """A dose map as an image of this patient; negative voxels of noise are shown as 0."""
        return self.patient.image_of(np.maximum(dose_gy, 0), self.maa.grid, "Gy")

    @cached_property
    def truth_gy(self) -> dict[str, float]:
        """Mean dose of each lesion, all tumour, normal liver and lungs as it is, all energy absorbed where released."""
        truth = self.patient.truth
        groups = {name: (name,) for name in self.lesions}
        groups |= {"tumour": self.lesions, "normal": ("liver",), "lung": ("left lung", "right lung")}
        return {
            name: float(dose.local(sum(map(truth.tia_mbq_h, some)), sum(map(truth.mass_g, some)), "Y-90"))
            for name, some in groups.items()
        }


def where(patient) -> list[str]:
    """Names of what is outlined."""
    lesions = [name for name in patient.anatomy.regions if name.startswith("lesion")]
    return ["liver", *lesions, "left lung", "right lung", "spleen"]


def measuring(key: str) -> Generator[str, None, Case]:
    """Measure a patient step by step; every step says what comes next, the case is what is returned."""
    from mrtlab.patients import virtual_patient
    from mrtlab.patients.acquisition import activity_map
    from mrtlab.patients.phantoms import outlined

    about = PATIENTS[key]
    patient = virtual_patient("sirt", about.seed, extrahepatic=about.extrahepatic)
    near = {"size": SIZE, "reach_mm": REACH_MM}
    yield "outlines on CT"
    grid = patient.grid(SIZE, None, REACH_MM)
    regions = outlined(patient, grid, where(patient), about.seed)
    (ct,) = patient.acquire(PETS["20 min"][0], "ct", **near)
    yield "MAA SPECT of the trunk, for the lung shunt"
    shunt = _shunt(patient, about.seed)
    yield "MAA SPECT of the liver"
    (maa,) = patient.tracer().acquire(MAA_H, "spect", **near)
    pets = {}
    for name, (start, duration, noise) in PETS.items():
        yield f"Y-90 PET, {name}"
        (pets[name],) = patient.acquire(start, "pet", duration_s=duration, noise=noise, **near)
    yield "dose as it is, which only a virtual patient tells"
    tia = activity_map(patient, grid, 0.0, 1.0) / nuclide("Y-90").decay_constant_per_h
    true = voxel.dose_map(tia, grid.spacing_mm, "Y-90", "kernel")
    yield "dose maps"
    patient = virtual_patient("sirt", about.seed, extrahepatic=about.extrahepatic)  # without the 40 MB of her grids
    made = Case(key, patient, ct, maa, pets, regions, shunt, true)
    for name, method in (("maa", "local"), ("20 min", "local"), ("20 min", "kernel")):
        made.dose_gy(name, 1000.0, method)
    return made


def _shunt(patient, seed: int) -> float:
    from mrtlab.patients.phantoms import outlined

    (wide,) = patient.tracer().acquire(MAA_H, "spect", SIZE, reach_mm=_SHUNT_MM)
    masks = outlined(patient, wide.grid, where(patient), seed).masks
    counts = {name: float((wide.array * mask).sum()) for name, mask in masks.items()}
    liver = sum(count for name, count in counts.items() if name == "liver" or name.startswith("lesion"))
    return float(sirt.lung_shunt_spect(counts["left lung"] + counts["right lung"], liver))


_CASES: dict[str, Case] = {}


def kept(key: str) -> Case | None:
    """A patient measured before, if so."""
    return _CASES.get(key)


def keep(made: Case) -> Case:
    """Remember a patient; the same for whoever asks."""
    return _CASES.setdefault(made.key, made)


def case(key: str, step=lambda words: None) -> Case:
    """A patient, measured now if she was not before.

    Parameters
    ----------
    key : str
    step : callable
        Gets what is being done, before each step.
    """
    if key not in _CASES:
        work = measuring(key)
        while True:
            try:
                step(next(work))
            except StopIteration as done:
                keep(done.value)
                break
    return _CASES[key]
