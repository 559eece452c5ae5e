"""Voxel kernels: geometry against sampling, energy, symmetry, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrtlab import PlausibilityWarning, voxel
from mrtlab.errors import Flag, InputError
from mrtlab.kernels import PointKernel, kernel_nuclides, point_kernel
from mrtlab.nuclides import dose_constant, nuclide
from mrtlab.voxel.fractions import _GAUSS, fractions, images

NUCLIDES = ("Lu-177", "Y-90", "I-131", "Ho-166", "Tb-161", "Cu-67")
edges = st.floats(1.5, 8.0)
spacings = st.tuples(edges, edges, edges)


def sampled(point, spacing, count, seed):
    """Fractions of one octant by throwing points: start in the voxel, fly in any direction, see where it lands."""
    rng = np.random.default_rng(seed)
    shell = rng.choice(len(point.share), count, p=point.share / point.share.sum())
    radius = rng.uniform(point.edges_mm[shell], point.edges_mm[shell + 1])
    direction = rng.standard_normal((3, count))
    direction /= np.linalg.norm(direction, axis=0)
    start = rng.uniform(-0.5, 0.5, (3, count)) * np.asarray(spacing)[:, None]
    offset = np.rint((start + radius * direction) / np.asarray(spacing)[:, None]).astype(int)
    return np.abs(offset)


@pytest.mark.parametrize(
    ("name", "spacing"), [("Lu-177", (4.8, 4.8, 4.8)), ("Lu-177", (2.0, 3.0, 5.0)), ("Y-90", (2.0, 3.0, 5.0))]
)
def test_geometry_against_sampling(name, spacing):
    """Closed form (Lu-177) and numerical average (Y-90), cubic or not, against a plain Monte Carlo of 2 million."""
    count = 2_000_000
    point = point_kernel(name)
    exact = fractions(point, spacing) / point.deposited
    offsets = sampled(point, spacing, count, seed=1)
    for place in np.ndindex(*np.minimum(exact.shape, 3)):
        share = exact[place] * images(exact.shape)[place]
        found = np.count_nonzero(np.all(offsets == np.array(place)[:, None], axis=0)) / count
        assert found == pytest.approx(share, abs=4.5 * math.sqrt(share / count) + 1e-9), place


def test_far_photons_against_sampling():
    """Where Gauss points take over: a voxel pair 10 edges apart, by two million pairs of random points."""
    point = point_kernel("I-131", "photon").between(0, 120)
    spacing = np.array([3.0, 4.0, 5.0])
    rng = np.random.default_rng(2)
    middle = (point.edges_mm[1:] + point.edges_mm[:-1]) / 2
    per_mm = point.share / np.diff(point.edges_mm)
    whole = fractions(point, spacing)
    for place in ((9, 6, 3), (0, 12, 0), (14, 0, 6)):
        pair = rng.uniform(-0.5, 0.5, (2, 3, 2_000_000)) * spacing[:, None]
        distance = np.linalg.norm(pair[1] - pair[0] + (np.array(place) * spacing)[:, None], axis=0)
        density = np.interp(distance, middle, per_mm) / (4 * np.pi * distance**2)
        assert whole[place] == pytest.approx(density.mean() * spacing.prod(), rel=0.01), place


@pytest.mark.parametrize(
    ("name", "spacing"), [("Y-90", (3.0, 3.0, 3.0)), ("Y-90", (2.0, 3.0, 5.0)), ("I-131", (1.0, 1.0, 1.0))]
)
def test_more_directions_change_nothing(name, spacing):
    """Convergence: three times as many directions along each axis, nine in all."""
    point = point_kernel(name)
    coarse, fine = fractions(point, spacing), fractions(point, spacing, directions=3)
    assert coarse[:2, :2, :2] == pytest.approx(fine[:2, :2, :2], rel=1e-4)
    seen = fine > 1e-6 * fine.max()
    assert coarse[seen] == pytest.approx(fine[seen], rel=2e-3)


def test_numerical_average_meets_the_closed_form():
    """An edge just wider than the range uses the moments, one just narrower the directions: no step between them."""
    point = point_kernel("I-131")
    exact = fractions(point, [point.range_mm * 1.0001] * 3)
    numerical = fractions(point, [point.range_mm * 0.9999] * 3)
    assert numerical[:2, :2, :2] == pytest.approx(exact, rel=1e-3)
    assert np.all(numerical[2:] < 1e-9)


@settings(deadline=None, max_examples=25)
@given(name=st.sampled_from(NUCLIDES), spacing=spacings, density=st.floats(0.7, 2.0), radius=st.floats(20.0, 60.0))
def test_energy_symmetry_and_shape(name, spacing, density, radius):
    kernel = voxel.kernel(name, spacing, density, radius)
    energy = voxel.kernel_energy(name, radius, density)
    mass = density * math.prod(spacing) / 1000
    assert kernel.sum() * mass == pytest.approx(dose_constant(energy.deposited_mev), rel=1e-9)
    assert all(n % 2 == 1 for n in kernel.shape)
    for axis in range(3):
        assert np.array_equal(kernel, np.flip(kernel, axis))
        assert kernel.shape[axis] == 2 * math.ceil(energy.radius_mm / spacing[axis]) + 1
    assert kernel.argmax() == kernel.size // 2
    assert np.all(kernel >= 0)


@settings(deadline=None, max_examples=15)
@given(name=st.sampled_from(["Y-90", "Lu-177", "Ho-166"]), spacing=spacings, order=st.permutations([0, 1, 2]))
def test_swapping_axes_swaps_the_kernel(name, spacing, order):
    kernel = voxel.kernel(name, spacing, radius_mm=30)
    swapped = voxel.kernel(name, [spacing[axis] for axis in order], radius_mm=30)
    assert np.transpose(kernel, order) == pytest.approx(swapped, rel=1e-9, abs=1e-12 * kernel.max())


def test_density_shrinks_distances_and_raises_mass():
    """A kernel in 1.3 g/mL has the fractions of water with voxels 1.3 times as wide."""
    dense = voxel.kernel("Y-90", (3, 3, 3), density_g_per_ml=1.3)
    water = voxel.kernel("Y-90", (3.9, 3.9, 3.9), density_g_per_ml=1.0)
    # masses: 1.3 · 27 mm3 against 59.319 mm3
    assert dense * 1.3 * 27 == pytest.approx(water * 59.319, rel=1e-9)


def test_default_radii():
    assert voxel.kernel("Y-90", (3, 3, 3)).shape == (9, 9, 9)  # 11.7 mm of water, 11.25 mm at 1.04
    assert voxel.kernel("Lu-177", (4, 4, 4)).shape == (51, 51, 51)  # photons, 100 mm
    assert voxel.kernel("Lu-177", (4, 4, 4), radius_mm=4).shape == (3, 3, 3)
    assert voxel.kernel("Lu-177", 4).shape == (51, 51, 51)


def test_energy_report():
    lutetium, iodine = voxel.kernel_energy("Lu-177"), voxel.kernel_energy("I-131", 200, 1.0)
    assert lutetium.electron_fraction == pytest.approx(0.9989, abs=5e-5)
    assert lutetium.bremsstrahlung_fraction == pytest.approx(0.0011, abs=5e-5)
    assert lutetium.electron_fraction_outside == 0
    assert lutetium.photon_fraction + lutetium.photon_fraction_outside == pytest.approx(1)
    assert iodine.photon_fraction == pytest.approx(point_kernel("I-131", "photon").between(0, 200).deposited)
    assert 0.5 < iodine.photon_fraction < 0.65
    whole = voxel.kernel_energy("I-131", 300, 1.0)
    assert whole.photon_fraction == pytest.approx(0.7606, abs=1e-4)  # the last line of the table
    yttrium = voxel.kernel_energy("Y-90")
    assert yttrium.deposited_mev == pytest.approx(0.933107 * 0.995242, rel=1e-6)
    assert yttrium.photon_fraction == 0


def test_cut_electrons_are_announced_and_counted():
    with pytest.warns(PlausibilityWarning, match=r"reach 11.2 mm .* left out"):
        kernel = voxel.kernel("Y-90", (2, 2, 2), radius_mm=5)
    energy = voxel.kernel_energy("Y-90", 5)
    assert kernel.sum() * 1.04 * 0.008 == pytest.approx(dose_constant(energy.deposited_mev), rel=1e-9)
    assert 0.1 < energy.electron_fraction_outside < 0.15
    with pytest.warns(PlausibilityWarning, match="below 0.1 mm"):
        voxel.kernel("Lu-177", (0.05, 0.2, 0.2), radius_mm=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Ac-225", (4, 4, 4)), r"no electron kernel for Ac-225; there are kernels for Cu-67.*Y-90"),
        (("Lu-177", (4, 4)), "three voxel edges"),
        (("Lu-177", [[4, 4, 4]]), "three voxel edges"),
        (("Lu-177", (4, 0, 4)), r"spacing_mm must be above 0, got 0 at position 2"),
        (("Lu-177", (4, 4, math.nan)), "spacing_mm must be finite"),
        (("Lu-177", (4, 4, 4), 0), "density_g_per_ml must be above 0"),
        (("Lu-177", (4, 4, 4), np.ones((3, 3, 3))), "one number for a kernel"),
        (("Lu-177", (4, 4, 4), 1.04, -1), "radius_mm must be above 0"),
        (("Lu-177", (4, 4, 4), 1.04, 300), "further than the photon kernel reaches: 288.5 mm"),
        (("Lu-177", (0.4, 0.4, 0.4)), "501 x 501 x 501 voxels; give a smaller radius"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(InputError, match=words):
        voxel.kernel(*arguments)


def test_kernels_are_copies():
    first = voxel.kernel("Lu-177", (4.8,) * 3)
    first *= 0
    assert voxel.kernel("Lu-177", (4.8,) * 3).max() > 0


@pytest.mark.parametrize("name", NUCLIDES)
def test_balance_of_our_own_kernels(name):
    spacing = (3.0, 4.0, 5.0)
    balance = voxel.kernel_balance(voxel.kernel(name, spacing), spacing, name)
    assert balance.flags == ()
    assert balance.least_mev <= balance.deposited_mev * (1 + 1e-9)
    assert balance.deposited_mev <= balance.most_mev * (1 + 1e-9)


def test_balance_catches_units_and_missing_energy():
    kernel = voxel.kernel("Y-90", (4, 4, 4))
    assert voxel.kernel_balance(kernel / 3.6, (4, 4, 4), "Y-90").flags == (Flag.KERNEL_ENERGY_MISSING,)
    assert voxel.kernel_balance(kernel * 3.6, (4, 4, 4), "Y-90").flags == (Flag.KERNEL_ENERGY_EXCESS,)
    # a cropped kernel is not blamed for what it cannot hold
    assert voxel.kernel_balance(kernel[2:-2, 2:-2, 2:-2], (4, 4, 4), "Y-90").flags == ()
    with pytest.raises(InputError, match="odd length"):
        voxel.kernel_balance(kernel[1:], (4, 4, 4), "Y-90")


def test_kernel_tables():
    assert set(NUCLIDES) == set(kernel_nuclides())
    point = point_kernel("Lu-177")
    assert point.between(0, 1e3).deposited == pytest.approx(point.deposited)
    middle = point.between(0.2, 0.5)
    assert middle.edges_mm[[0, -1]] == pytest.approx([0.2, 0.5])
    parts = [point.between(a, b).deposited for a, b in ((0, 0.2), (0.2, 0.5), (0.5, 50))]
    assert sum(parts) == pytest.approx(point.deposited, rel=1e-12)
    assert nuclide("Lu-177").electron_mev * point.deposited == pytest.approx(0.147755, abs=1e-6)
    # moments of mrtlab/data/kernels/moments.csv, normalised to the deposited energy
    assert np.array(point.moments()) / point.deposited == pytest.approx([0.249153, 0.118539, 0.075961], rel=2e-4)


def test_moments_of_one_thick_shell():
    """Spread evenly from 0 to 2 mm: means of r, r^2, r^3 are 1, 4/3, 2."""
    shell = PointKernel("Lu-177", "electron", np.array([0.0, 2.0]), np.array([1.0]))
    assert shell.moments() == pytest.approx((1, 4 / 3, 2))


def test_gauss_points_integrate_the_triangle():
    nodes, weights = np.array(_GAUSS).T
    assert [weights @ nodes**power for power in (0, 2, 4)] == pytest.approx([1, 1 / 6, 1 / 15])
