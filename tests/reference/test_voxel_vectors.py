"""Published and independently computed numbers for kernels, dose maps, histograms and the Ac-225 chain."""

import json
from importlib.resources import files

import numpy as np
import pytest

from mrtlab import voxel
from mrtlab.errors import Flag
from mrtlab.kernels import point_kernel
from mrtlab.nuclides import chain, dose_constant, nuclide
from mrtlab.voxel.fractions import fractions

# Y-90 in water, MeV per emission in shells 0.1 mm thick, by the outer radius in mm. Graves, Flynn and Hyer, Med Phys
# 2019;46:5284, doi:10.1002/mp.13789 (EGSnrc; data zenodo 2564036), rounded, as shipped in
# SlicerRadioembolizationDosimetry.
GRAVES = {
    0.5: 0.0208853, 1.0: 0.0205302, 1.5: 0.0195895, 2.0: 0.0184468, 2.5: 0.0169882, 3.0: 0.0154292, 3.5: 0.0137479,
    4.0: 0.0120221, 4.5: 0.0101645, 5.0: 0.00837334, 5.5: 0.00667226, 6.0: 0.00509343, 7.0: 0.00254762,
    8.0: 0.00100239,
}  # fmt: skip


def per_mbq_s(gy_per_mbq_h):
    """The mGy/(MBq·s) of the tables from Gy/(MBq·h)."""
    return gy_per_mbq_h * 1000 / 3600


def at(kernel, *offset):
    return per_mbq_s(kernel[tuple(n // 2 + k for n, k in zip(kernel.shape, offset, strict=True))])


@pytest.mark.parametrize("outer_mm", GRAVES)
def test_l06_yttrium_point_kernel(outer_mm):
    point = point_kernel("Y-90")
    shell = point.between(outer_mm - 0.1, outer_mm).deposited * nuclide("Y-90").electron_mev
    assert shell == pytest.approx(GRAVES[outer_mm], rel=0.02)


def test_l07_l08_voxel_s_values():
    """Lanconelli et al., Phys Med Biol 2012;57:517, soft tissue, files as shipped in MIRDCalculation (MGH)."""
    yttrium = voxel.kernel("Y-90", (3, 3, 3))
    assert at(yttrium, 0, 0, 0) == pytest.approx(1.59, rel=0.02)
    assert at(yttrium, 0, 0, 1) == pytest.approx(0.275, rel=0.02)
    assert at(yttrium, 0, 1, 1) == pytest.approx(0.0950, rel=0.02)
    iodine = voxel.kernel("I-131", (4.8, 4.8, 4.8))
    assert at(iodine, 0, 0, 0) == pytest.approx(0.237, rel=0.03)
    assert at(iodine, 0, 0, 1) == pytest.approx(5.44e-3, rel=0.03)
    assert at(iodine, 0, 0, 3) == pytest.approx(7.99e-5, rel=0.03)


def test_mird17_voxel_s_values():
    """MIRD Pamphlet No. 17, J Nucl Med 1999;40:11S, soft tissue, as quoted in a public test file.

    The far voxel of Y-90 holds bremsstrahlung only, which our kernels leave out; that of I-131 photons.
    """
    for edge, yttrium, iodine, far in ((3, 1.61, 0.92, 2.63e-5), (6, 0.346, 0.129, 6.1e-6)):
        assert at(voxel.kernel("Y-90", (edge,) * 3), 0, 0, 0) == pytest.approx(yttrium, rel=0.02)
        kernel = voxel.kernel("I-131", (edge,) * 3)
        assert at(kernel, 0, 0, 0) == pytest.approx(iodine, rel=0.02)
        assert at(kernel, 5, 5, 5) == pytest.approx(far, rel=0.09)


def test_l09_lutetium_kernels_disagree_and_the_energy_tells_which():
    """4.8 mm: ours 0.1918. The database's 0.178 leaves 0.139 MeV in 27 voxels, less than the electrons alone."""
    ours = voxel.kernel("Lu-177", (4.8, 4.8, 4.8))
    assert at(ours, 0, 0, 0) == pytest.approx(0.1918, rel=0.01)
    database = np.full((3, 3, 3), 0.0)
    mass = 1.04 * 0.48**3
    database[1, 1, 1] = 0.178 * 3.6
    rest = dose_constant(0.139) / mass - database[1, 1, 1]
    database[[0, 2, 1, 1, 1, 1], [1, 1, 0, 2, 1, 1], [1, 1, 1, 1, 0, 2]] = rest / 6
    balance = voxel.kernel_balance(database, (4.8, 4.8, 4.8), "Lu-177")
    assert balance.deposited_mev == pytest.approx(0.139, rel=1e-9)
    assert balance.least_mev == pytest.approx(0.147924 * 0.99886, rel=1e-5)
    assert balance.flags == (Flag.KERNEL_ENERGY_MISSING,)
    middle = ours[20:23, 20:23, 20:23]
    assert voxel.kernel_balance(middle, (4.8, 4.8, 4.8), "Lu-177").flags == ()


def test_e05_lutetium_fractions():
    """4.8 mm at 1.04 g/mL, by the three-moment closed form computed elsewhere."""
    point = point_kernel("Lu-177")
    share = fractions(point, [4.8 * 1.04] * 3) / point.deposited
    found = share[[0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 1]]
    expected = [0.928113977, 0.0114924919, 0.000240206674, 6.07389238e-06]
    assert found == pytest.approx(expected, rel=1e-4)
    assert found @ [1, 6, 12, 8] == pytest.approx(1, rel=1e-12)
    s_values = per_mbq_s(found * nuclide("Lu-177").dose_constant / (1.04 * 0.48**3))
    assert s_values == pytest.approx([0.191246413, 0.00236813355, 4.94967923e-05, 1.25158133e-06], rel=1e-4)


def test_e06_actinium_chain():
    members = {member.nuclide.name: member for member in chain("Ac-225")}
    alpha = sum(m.yield_per_decay * m.nuclide.alpha_mev for m in members.values())
    electron = sum(m.yield_per_decay * m.nuclide.electron_mev for m in members.values())
    assert alpha == pytest.approx(27.48144, rel=1e-6)
    assert electron == pytest.approx(0.689534, rel=1e-5)
    assert dose_constant(alpha) == pytest.approx(15.8508, rel=1e-5)
    assert 5 * dose_constant(alpha) + dose_constant(electron) == pytest.approx(79.65192811, rel=1e-6)

    def share(*names):
        return sum(members[name].yield_per_decay * members[name].nuclide.alpha_mev for name in names) / alpha

    assert share("At-217", "Bi-213", "Po-213") == pytest.approx(0.5600381, rel=1e-5)
    assert share("Bi-213", "Po-213") == pytest.approx(0.3028465, rel=1e-5)
    table = json.loads(files("mrtlab").joinpath("data/icrp107/nuclides.json").read_text(encoding="utf-8"))
    recoil = sum(m.yield_per_decay * table[name]["recoil_mev"] for name, m in members.items())
    assert recoil == pytest.approx(0.513291, rel=1e-4)


def test_e07_histogram():
    """Doses 1 to 10 Gy, quantiles by numpy's linear convention."""
    dvh = voxel.Dvh(np.arange(1.0, 11.0))
    assert dvh.mean_gy == pytest.approx(5.5, rel=1e-9)
    assert dvh.dose_at_volume(90) == pytest.approx(1.9, rel=1e-9)
    assert dvh.dose_at_volume(50) == pytest.approx(5.5, rel=1e-9)
    assert dvh.volume_at_dose(5) == pytest.approx(60, rel=1e-9)


def test_e08_edges_of_a_uniform_cube():
    """Fractions of E05 over a wide uniform cube: centre, middle of a face's edge layer and corner against local."""
    point = point_kernel("Lu-177")
    octant = fractions(point, [4.8 * 1.04] * 3) / point.deposited
    local = nuclide("Lu-177").dose_constant / (1.04 * 0.48**3)
    assert local == pytest.approx(0.741813, rel=1e-6)
    kernel = np.pad(octant, [(1, 0)] * 3, mode="reflect") * local
    dose = voxel.convolve(np.ones((11, 11, 11)), kernel) / local
    assert dose[5, 5, 5] == pytest.approx(1, rel=1e-6)
    assert dose[5, 5, 0] == pytest.approx(0.98752239, rel=1e-6)
    assert dose[0, 0, 0] == pytest.approx(0.96331815, rel=1e-6)


# Cristy and Eckerman 1987 (ORNL/TM-8381), adult, photon specific absorbed fraction kidneys <- kidneys, 1/kg, as
# distributed with DCAL (PSAFTX66.AM)
MEV = [0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 1.5, 2, 4]
KIDNEYS = [3.01, 2.55, 1.89, 0.967, 0.387, 0.226, 0.23, 0.241, 0.223, 0.206, 0.192, 0.159]


def test_iodine_photons_in_a_pair_of_kidneys():
    """The phantom's kidneys are ellipsoids cut off towards the spine (recalled; their 288 mL come out right).

    They lie in a body, ours in water without end, which scatters a little more back: up to 10 % is allowed.
    """
    edge = 3.0
    axes = [np.arange(-n, n + 1, edge) for n in (60, 21, 111)]
    parts = (np.arange(5) - 2) / 5 * edge

    def inside(z, y, x):
        return (((np.abs(x) - 60) / 45) ** 2 + (y / 15) ** 2 + (z / 55) ** 2 <= 1) & (np.abs(x) >= 30)

    grid = np.meshgrid(*axes, indexing="ij")
    filled = sum(inside(grid[0] + a, grid[1] + b, grid[2] + c) for a in parts for b in parts for c in parts) / 125
    assert filled.sum() * edge**3 / 1000 == pytest.approx(288, rel=0.01)
    iodine = nuclide("I-131")
    dose = voxel.dose_map(filled, (edge,) * 3, "I-131", "kernel").astype(float)
    mev = (dose * filled).sum() * edge**3 / 1000 * 1.04 / dose_constant(1.0) / filled.sum()
    electrons = fractions(point_kernel("I-131"), [edge * 1.04] * 3)
    kernel = np.pad(electrons, [(n - 1, 0) for n in electrons.shape], mode="reflect")
    stay = (voxel.convolve(filled, kernel).astype(float) * filled).sum() / filled.sum()
    photons = mev - iodine.electron_mev * stay
    weights = np.array([(line.kev / 1000, line.kev * line.yield_per_decay) for line in iodine.lines])
    saf = np.exp(np.interp(np.log(weights[:, 0]), np.log(MEV), np.log(KIDNEYS)))
    expected = 0.2988 * np.average(saf, weights=weights[:, 1])
    assert photons / iodine.photon_mev == pytest.approx(expected, rel=0.10)
