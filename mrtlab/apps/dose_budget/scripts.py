"""Each section of the dose-and-uncertainty page as a script of its own."""

from __future__ import annotations

from mrtlab.apps.dose_budget.model import HOT_MBQ_H_PER_ML, VOXELS, DoseBudgetPage

__all__ = ["budget", "mass", "spheres", "voxels"]


def mass(model: DoseBudgetPage) -> str:
    """The scaled S value against local deposition."""
    s_value, reference_g, _ = model.reference()
    return f"""from mrtlab import dose

s_value = dose.scale_s_value({s_value!r}, {reference_g!r}, {model.mass_g!r}, "{model.nuclide}")
local_gy = dose.local({model.tia_mbq_h!r}, {model.mass_g!r}, "{model.nuclide}")
print(f"scaled {{{model.tia_mbq_h!r} * s_value:.3g}} Gy, local {{local_gy:.3g}} Gy")"""


def spheres(model: DoseBudgetPage) -> str:
    """A sphere."""
    return f"""from mrtlab import dose

share = dose.sphere_absorbed_fraction({model.sphere_g!r}, "{model.sphere_nuclide}")
dose_gy = {model.sphere_tia_mbq_h!r} * dose.sphere_s_value({model.sphere_g!r}, "{model.sphere_nuclide}")
print(f"absorbed {{share:.3f}}, dose {{dose_gy:.3g}} Gy")"""


def voxels(model: DoseBudgetPage) -> str:
    """The grid, both ways."""
    radius = "" if model.voxel_nuclide == "Y-90" else f", radius_mm={0.5 * VOXELS * float(model.edge_mm)!r}"
    return f"""import numpy as np
from mrtlab import voxel

edge, name = {float(model.edge_mm)!r}, "{model.voxel_nuclide}"
axis = (np.arange({VOXELS}) - {VOXELS // 2}) * edge
z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
hot = z**2 + y**2 + x**2 <= {model.diameter_mm / 2!r} ** 2
tia = np.where(hot, 1, 1 / {model.ratio!r}) * {HOT_MBQ_H_PER_ML!r} * edge**3 / 1000
local = voxel.Dvh(voxel.dose_map(tia, edge, name), hot)
kernel = voxel.Dvh(voxel.convolve(tia, voxel.kernel(name, edge{radius})), hot)
for way, found in (("local", local), ("kernel", kernel)):
    print(f"{{way}}: mean {{found.mean_gy:.4g}}, D95 {{found.dose_at_volume(95):.4g}} Gy")"""


def budget(model: DoseBudgetPage) -> str:
    """The budget and Monte Carlo."""
    u1, u2 = model.b1_ml * model.b1_percent / 100, model.b2 * model.b2_percent / 100
    link = model.correlation * u1 * u2
    return f"""from uncertainties import correlated_values
from mrtlab.calibration import RecoveryCurve
from mrtlab.uncertainty import dose_budget, dose_monte_carlo

covariance = [[{u1**2!r}, {link!r}], [{link!r}, {u2**2!r}]]
curve = RecoveryCurve(*correlated_values([{model.b1_ml!r}, {model.b2!r}], covariance))
chain = ({model.volume_ml!r}, {model.outline_voxel_mm / 10!r}, {model.outline_fwhm_mm / 10!r},
         {model.image_fwhm_mm / 10!r}, curve, {model.sensitivity_percent / 100!r}, {model.tia_percent / 100!r},
         {model.s_exponent!r})
found, drawn = dose_budget(*chain), dose_monte_carlo(*chain)
print(f"u {{100 * found.total_rel:.1f}} %, 95 % {{drawn.interval95[0]:.2f}} to {{drawn.interval95[1]:.2f}}")"""
