"""Studies of virtual patients without files: measured, calibrated and outlined with errors, the truth beside them."""

from __future__ import annotations

from functools import lru_cache

from mrtlab import dose
from mrtlab.patients import virtual_patient
from mrtlab.patients.phantoms import calibrated, outlined
from mrtlab.study import Study

TIMES_H = (4.0, 24.0, 96.0, 168.0)
ORGANS = ("liver", "spleen", "left kidney", "right kidney")


def study(seed: int, size: int = 64, *, therapy: str = "prrt", regions=None, exact: bool = False, **defects) -> Study:
    """One study; ``exact`` leaves out the errors of calibration and outlines."""
    patient = virtual_patient(therapy, seed, **defects)
    camera = patient.camera()
    scans = patient.acquire(TIMES_H, "spect", size, camera=camera)
    names = regions or [*ORGANS, *(name for name in patient.anatomy.regions if name.startswith("lesion"))]
    grid = patient.grid(size)
    outlines = patient.regions(grid, names) if exact else outlined(patient, grid, names, seed)
    return Study(
        scans,
        outlines,
        patient.nuclide,
        patient.administered_at,
        patient.administered_mbq,
        None,
        calibrated(camera, seed, exact=exact),
    )


def true_dose_gy(seed: int, region: str, therapy: str = "prrt") -> float:
    """Electrons absorbed locally, as the study computes it."""
    patient = _patient(therapy, seed)
    truth = patient.truth
    return float(dose.local(truth.tia_mbq_h(region), truth.mass_g(region), patient.nuclide))


@lru_cache(maxsize=1)
def _patient(therapy: str, seed: int):
    """The regions of a patient are asked for one after the other."""
    return virtual_patient(therapy, seed)
