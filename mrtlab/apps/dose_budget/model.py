"""What the dose-and-uncertainty page knows and computes, without any widget."""

from __future__ import annotations

import csv
import io
from functools import lru_cache

import numpy as np
import traitlets as t

from mrtlab import dose
from mrtlab.apps.dose_budget.found import Grid, Mass, Spheres, Uncertain
from mrtlab.apps.sections import SectionsModel, heard, within
from mrtlab.constants import value as constant
from mrtlab.errors import InputError
from mrtlab.kernels import point_kernel
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = [
    "NUCLIDES",
    "ORGANS",
    "PRESETS",
    "QUESTIONS",
    "RANGES",
    "RIGHT",
    "SPHERE_NUCLIDES",
    "DoseBudgetPage",
]

NUCLIDES = ("Lu-177", "I-131", "Y-90")
SPHERE_NUCLIDES = dose.kernel_nuclides()
_ROWS = {
    "kidneys, male": ("AM", "kidneys"),
    "kidneys, female": ("AF", "kidneys"),
    "spleen, male": ("AM", "spleen"),
    "liver, male": ("AM", "liver"),
}
ORGANS = tuple(_ROWS)
EDGES_MM = ("2", "3", "4.8")
VOXELS = 31  # along each axis: small, so that a kernel takes a twentieth of a second
HOT_MBQ_H_PER_ML = constant("dose.example_mbq_h_per_ml")
_CHOICES = {
    "organ": (ORGANS, "kidneys, male"),
    "nuclide": (NUCLIDES, "Lu-177"),
    "sphere_nuclide": (SPHERE_NUCLIDES, "Y-90"),
    "voxel_nuclide": (SPHERE_NUCLIDES, "Y-90"),
    "edge_mm": (EDGES_MM, "3"),
}
QUESTIONS = {
    "mass": ("low", "little low", "right", "high"),
    "spheres": ("nearly all", "most", "half", "little"),
    "voxels": ("mean", "d95", "neither"),
    "budget": ("smaller", "same", "larger"),
}
# a test computes all four
RIGHT = {"mass": "low", "spheres": "most", "voxels": "d95", "budget": "larger"}
RANGES = {
    "tia_mbq_h": (1.0, 1e6),
    "mass_g": (20.0, 6000.0),
    "sphere_g": (0.001, 300.0),
    "sphere_tia_mbq_h": (0.001, 1e6),
    "diameter_mm": (8.0, 50.0),
    "ratio": (1.0, 50.0),
    "volume_ml": (0.5, 3000.0),
    "outline_voxel_mm": (0.5, 10.0),
    "outline_fwhm_mm": (0.0, 25.0),
    "image_fwhm_mm": (3.0, 25.0),
    "b1_ml": (0.1, 50.0),
    "b1_percent": (0.0, 50.0),
    "b2": (0.2, 3.0),
    "b2_percent": (0.0, 50.0),
    "correlation": (-0.99, 0.99),
    "sensitivity_percent": (0.0, 30.0),
    "tia_percent": (0.0, 60.0),
    "s_exponent": (0.5, 1.2),
}
#: Illustrative: both outlined on the same CT.
PRESETS = {
    "lesion": {"volume_ml": 3.0, "outline_voxel_mm": 2.0, "outline_fwhm_mm": 3.0},
    "kidney": {"volume_ml": 150.0, "outline_voxel_mm": 2.0, "outline_fwhm_mm": 3.0},
}
_FIGURE_MASSES = np.geomspace(0.35, 2.8, 61)
_SPHERES_G = np.geomspace(0.001, 300, 71)


@lru_cache(maxsize=32)
def _kernel(nuclide: str, edge_mm: float):
    from mrtlab import voxel

    return voxel.kernel(nuclide, edge_mm, radius_mm=None if nuclide == "Y-90" else 0.5 * VOXELS * edge_mm)


@lru_cache(maxsize=1)
def _fractions():
    electrons = {name: dose.sphere_absorbed_fraction(_SPHERES_G, name) for name in SPHERE_NUCLIDES}
    photons = {
        name: dose.sphere_absorbed_fraction(_SPHERES_G, name, "photon") for name in dose.kernel_nuclides("photon")
    }
    return electrons, photons


class DoseBudgetPage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`; all are illustrative."""

    tia_mbq_h = t.Float(9000.0)
    mass_g = t.Float(180.0)
    sphere_g = t.Float(1.0)
    sphere_tia_mbq_h = t.Float(100.0)
    diameter_mm = t.Float(20.0)
    ratio = t.Float(10.0)
    volume_ml = t.Float(20.0)
    outline_voxel_mm = t.Float(2.0)
    outline_fwhm_mm = t.Float(3.0)
    image_fwhm_mm = t.Float(10.0)
    b1_ml = t.Float(4.0)
    b1_percent = t.Float(7.5)
    b2 = t.Float(0.95)
    b2_percent = t.Float(5.0)
    correlation = t.Float(-0.3)
    sensitivity_percent = t.Float(3.0)
    tia_percent = t.Float(3.0)
    s_exponent = t.Float(constant("uncertainty.example_s_exponent"))
    organ = t.Enum(*_CHOICES["organ"])
    nuclide = t.Enum(*_CHOICES["nuclide"])
    sphere_nuclide = t.Enum(*_CHOICES["sphere_nuclide"])
    voxel_nuclide = t.Enum(*_CHOICES["voxel_nuclide"])
    edge_mm = t.Enum(*_CHOICES["edge_mm"])

    INPUTS = (*RANGES, *_CHOICES)
    QUESTIONS = QUESTIONS
    _within = within(RANGES)

    def preset(self, name: str) -> None:
        """Put the inputs of the budget to one of the pair."""
        if name not in PRESETS:
            raise InputError(f"there is no preset {name!r}; there are {', '.join(PRESETS)}")
        for field, value in PRESETS[name].items():
            setattr(self, field, value)

    def reference(self) -> tuple[float, float, bool]:
        """Reference S value, Gy/(MBq·h), its mass, g, and whether it is one of a phantom."""
        phantom, target = _ROWS[self.organ]
        row = next(one for one in dose.S_VALUES if (one.phantom, one.target) == (phantom, target))
        if row.nuclide == self.nuclide:
            return row.gy_per_mbq_h, row.mass_g, True
        return float(dose.sphere_s_value(row.mass_g, self.nuclide)), row.mass_g, False

    def mass(self) -> Mass:
        """Dose over mass: the S value scaled, and local deposition."""
        s_value, reference_g, exact = self.reference()
        masses = np.unique(np.append(reference_g * _FIGURE_MASSES, self.mass_g))

        def scaled(mass):
            return self.tia_mbq_h * dose.scale_s_value(s_value, reference_g, mass, self.nuclide)

        now, warned = heard(lambda: float(scaled(self.mass_g)))
        curve, _ = heard(lambda: scaled(masses))
        return Mass(
            masses,
            curve,
            dose.local(self.tia_mbq_h, masses, self.nuclide),
            reference_g,
            self.tia_mbq_h * s_value,
            self.mass_g,
            now,
            float(dose.local(self.tia_mbq_h, self.mass_g, self.nuclide)),
            exact,
            warned,
        )

    def spheres(self) -> Spheres:
        """What spheres keep of electrons and photons."""
        name, mass = self.sphere_nuclide, self.sphere_g
        electrons, photons = _fractions()
        (found, photon, s_value), warned = heard(
            lambda: (
                float(dose.sphere_absorbed_fraction(mass, name)),
                float(dose.sphere_absorbed_fraction(mass, name, "photon")) if name in photons else None,
                float(dose.sphere_s_value(mass, name)),
            )
        )
        return Spheres(
            _SPHERES_G,
            electrons,
            photons,
            name,
            mass,
            found,
            photon,
            self.sphere_tia_mbq_h * s_value,
            float(dose.local(self.sphere_tia_mbq_h, mass, name)),
            warned,
        )

    def grid(self) -> Grid:
        """A hot sphere in a warm background, by local deposition and by a kernel."""
        from mrtlab import voxel

        edge = float(self.edge_mm)
        places = (np.arange(VOXELS) - VOXELS // 2) * edge
        z, y, x = np.meshgrid(places, places, places, indexing="ij", sparse=True)
        inside = z**2 + y**2 + x**2 <= (self.diameter_mm / 2) ** 2
        per_voxel = HOT_MBQ_H_PER_ML * edge**3 / 1000
        tia = np.where(inside, per_voxel, per_voxel / self.ratio)
        local = voxel.dose_map(tia, edge, self.voxel_nuclide)
        kernel = voxel.convolve(tia, _kernel(self.voxel_nuclide, edge))
        middle = VOXELS // 2
        return Grid(
            places,
            local[middle, middle],
            kernel[middle, middle],
            voxel.Dvh(local, inside),
            voxel.Dvh(kernel, inside),
            self.diameter_mm,
            edge,
            self.ratio,
            int(inside.sum()),
            self.voxel_nuclide,
        )

    def _chain(self) -> tuple:
        from uncertainties import correlated_values

        from mrtlab.calibration import RecoveryCurve

        u1, u2 = self.b1_ml * self.b1_percent / 100, self.b2 * self.b2_percent / 100
        link = self.correlation * u1 * u2
        pair = correlated_values([self.b1_ml, self.b2], [[u1**2, link], [link, u2**2]])
        return (
            self.volume_ml,
            self.outline_voxel_mm / 10,
            self.outline_fwhm_mm / 10,
            self.image_fwhm_mm / 10,
            RecoveryCurve(*pair),
            self.sensitivity_percent / 100,
            self.tia_percent / 100,
            self.s_exponent,
        )

    def budget(self) -> Uncertain:
        """The linear budget, at once."""
        from mrtlab.uncertainty import dose_budget

        found, _ = heard(lambda: dose_budget(*self._chain()))
        return Uncertain(found)

    def sampled(self, found: Uncertain) -> Uncertain:
        """The same with Monte Carlo beside it."""
        from mrtlab.uncertainty import dose_monte_carlo

        samples, _ = heard(lambda: dose_monte_carlo(*self._chain()))
        return Uncertain(found.budget, samples)

    def budget_csv(self) -> str:
        """Shares of the variance, then the totals."""
        found = self.budget().budget
        out = io.StringIO(newline="")
        write = csv.writer(out, lineterminator="\n")
        write.writerow(["contribution", "share_of_variance"])
        write.writerows(found.shares.items())
        write.writerow(["total_rel", found.total_rel])
        write.writerow(["covariances_left_out_rel", found.correlation_neglected_rel])
        return out.getvalue()

    def energies(self, name: str) -> tuple[float, float, float]:
        """Electron and photon energy of a decay, MeV, and the part of the former that is not bremsstrahlung."""
        found = find_nuclide(name)
        return found.electron_mev, found.photon_mev, point_kernel(name).deposited
