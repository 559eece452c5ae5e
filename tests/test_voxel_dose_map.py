"""Dose maps: against direct sums, nothing wrapped or cropped, energy, density, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from scipy.signal import convolve as direct

from mrtlab import PlausibilityWarning, dose, voxel
from mrtlab.errors import InputError, PhysicsError
from mrtlab.kernels import point_kernel
from mrtlab.nuclides import dose_constant, nuclide
from mrtlab.voxel import convolution
from mrtlab.voxel.kernels import build

sources = nps.arrays(
    np.float32, st.tuples(*[st.integers(1, 9)] * 3), elements=st.floats(0, 1e6, width=32, allow_subnormal=False)
)
edges = st.floats(2.0, 7.0)
spacings = st.tuples(edges, edges, edges)


def test_one_voxel_gives_the_kernel():
    spacing = (3.0, 4.0, 5.0)
    kernel = voxel.kernel("Y-90", spacing)
    tia = np.zeros((15, 13, 11))
    tia[7, 6, 5] = 2.5
    place = tuple(slice(c - n // 2, c + n // 2 + 1) for c, n in zip((7, 6, 5), kernel.shape, strict=True))
    result = voxel.dose_map(tia, spacing, "Y-90", method="kernel")
    assert result.dtype == np.float32
    assert result.shape == tia.shape
    assert result[place] == pytest.approx(2.5 * kernel, abs=1e-6 * float(result.max()))
    result[place] = 0
    assert np.abs(result).max() < 1e-6 * 2.5 * kernel.max()


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("at_once", [40_000_000, 3000, 1])
def test_any_kernel_against_direct_sums(symmetric, at_once, monkeypatch):
    """Whole image or slabs, symmetric kernel or not, image smaller than kernel or not."""
    monkeypatch.setattr(convolution, "_VOXELS_AT_ONCE", at_once)
    rng = np.random.default_rng(4)
    for image, size in (
        ((12, 7, 9), (5, 3, 7)),
        ((30, 4, 5), (7, 9, 11)),
        ((2, 3, 1), (9, 9, 9)),
        ((9, 9, 9), (1, 1, 1)),
    ):
        tia, kernel = rng.random(image) ** 4, rng.random(size)
        if symmetric:
            for axis in range(3):
                kernel = kernel + np.flip(kernel, axis)
        whole = direct(tia, kernel, method="direct")
        expected = whole[tuple(slice(k // 2, k // 2 + n) for k, n in zip(size, image, strict=True))]
        assert voxel.convolve(tia, kernel) == pytest.approx(expected, abs=2e-6 * expected.max())


def test_nothing_wraps_around():
    """A source in the corner: the far corner lies outside every kernel."""
    tia = np.zeros((20, 20, 20))
    tia[0, 0, 0] = 1e3
    result = voxel.dose_map(tia, (4, 4, 4), "Y-90", method="kernel")
    reach = voxel.kernel("Y-90", (4, 4, 4)).shape[0] // 2
    assert np.all(result[: reach + 1, 0, 0] > 0)
    beyond = np.indices(tia.shape).max(axis=0) > reach
    assert np.abs(result[beyond]).max() < 1e-6 * result.max()


@settings(deadline=None, max_examples=40)
@given(tia=sources, spacing=spacings, name=st.sampled_from(["Y-90", "Lu-177", "I-131"]))
def test_energy_with_room_around(tia, spacing, name):
    """With a margin as wide as the kernel, all the energy the kernel holds is in the map."""
    reach = voxel.kernel(name, spacing, radius_mm=20).shape
    padded = np.pad(tia, [(n // 2, n // 2) for n in reach])
    result = voxel.dose_map(padded, spacing, name, method="kernel", radius_mm=20)
    assert np.all(np.isfinite(result))
    mass = 1.04 * math.prod(spacing) / 1000
    expected = float(tia.sum(dtype=float)) * dose_constant(voxel.kernel_energy(name, 20).deposited_mev)
    assert float(result.sum(dtype=float)) * mass == pytest.approx(expected, rel=2e-6)


@settings(deadline=None, max_examples=30)
@given(tia=sources, factor=st.floats(1e-6, 1e6), method=st.sampled_from(["local", "kernel"]))
def test_dose_is_linear_in_the_activity(tia, factor, method):
    once = voxel.dose_map(tia, (3, 4, 5), "Y-90", method=method)
    scaled = voxel.dose_map(tia.astype(float) * factor, (3, 4, 5), "Y-90", method=method)
    assert scaled == pytest.approx(once.astype(float) * factor, abs=1e-6 * factor * float(once.max()))
    other = np.roll(tia, 1, axis=0)
    both = voxel.dose_map(tia.astype(float) + other, (3, 4, 5), "Y-90", method=method)
    apart = once.astype(float) + voxel.dose_map(other, (3, 4, 5), "Y-90", method=method)
    assert both == pytest.approx(apart, abs=2e-6 * float(apart.max()))


def test_lost_energy_is_found(monkeypatch):
    """The check in the code, with a transform that loses a hundred thousandth."""
    tia, kernel = np.ones((6, 6, 6)), voxel.kernel("Y-90", (4, 4, 4))
    voxel.convolve(tia, kernel)
    whole = convolution.fft.irfftn
    monkeypatch.setattr(convolution.fft, "irfftn", lambda *given, **named: whole(*given, **named) * np.float32(0.99999))
    with pytest.raises(PhysicsError, match=r"the voxels hold 0.9999[89]\d* of what was released"):
        voxel.convolve(tia, kernel)


def test_extreme_activities_stay_in_range():
    kernel = voxel.kernel("Y-90", (4, 4, 4))
    rng = np.random.default_rng(5)
    for scale in (1e-30, 1e25):
        tia = scale * rng.random((8, 8, 8))
        assert voxel.convolve(tia, kernel) / scale == pytest.approx(voxel.convolve(tia / scale, kernel), rel=1e-5)
    assert not voxel.convolve(np.zeros((4, 4, 4)), kernel).any()


def test_local_is_dose_local_in_every_voxel():
    rng = np.random.default_rng(6)
    tia, density = rng.random((4, 5, 6)), rng.uniform(0.3, 1.8, (4, 5, 6))
    uniform = voxel.dose_map(tia, (2, 3, 4), "Lu-177")
    assert uniform == pytest.approx(dose.local(tia, 1.04 * 0.024, "Lu-177"), rel=1e-6)
    own = voxel.dose_map(tia, (2, 3, 4), "Lu-177", density_g_per_ml=density)
    assert own == pytest.approx(dose.local(tia, density * 0.024, "Lu-177"), rel=1e-6)
    assert own.dtype == np.float32
    # alphas stay too; the daughters are not in it
    alpha = voxel.dose_map(tia, (2, 3, 4), "Ac-225")
    assert alpha == pytest.approx(dose.local(tia, 1.04 * 0.024, "Ac-225"), rel=1e-6)


def test_kernel_and_local_agree_deep_inside():
    """In the middle of a wide uniform source every electron that leaves is replaced by one that enters."""
    tia = np.ones((21, 21, 21))
    local = voxel.dose_map(tia, (3, 3, 3), "Y-90")
    kernel = voxel.dose_map(tia, (3, 3, 3), "Y-90", method="kernel")
    assert kernel[10, 10, 10] / local[10, 10, 10] == pytest.approx(0.995242, rel=1e-5)  # the rest is bremsstrahlung
    assert kernel[0, 0, 0] < 0.6 * local[0, 0, 0]


def test_photons_reach_across_the_image_by_default():
    """Two lesions 160 mm apart: each has the other's photons, which the 100 mm default of a kernel would not carry."""
    tia = np.zeros((1, 1, 41))
    tia[0, 0, 0] = 1e4
    spacing = (4.0, 4.0, 4.0)
    far = voxel.dose_map(tia, spacing, "I-131", method="kernel")[0, 0, -1]
    cut = voxel.dose_map(tia, spacing, "I-131", method="kernel", radius_mm=100)[0, 0, -1]
    whole = voxel.kernel("I-131", spacing, radius_mm=280)
    half = [n // 2 for n in whole.shape]
    assert far == pytest.approx(1e4 * whole[half[0], half[1], half[2] + 40], abs=2e-7 * 1e4 * whole.max())
    assert abs(cut) < far


@pytest.mark.parametrize(
    ("name", "spacing", "shape"), [("I-131", (4.0, 4.0, 4.0), (9, 30, 5)), ("Lu-177", (6.0, 3.0, 4.0), (12, 8, 40))]
)
def test_only_what_can_reach_a_voxel_is_computed(name, spacing, shape):
    """The kernel ends with the image; a direct sum with the whole kernel is the same."""
    radius = math.hypot(*(n * edge for n, edge in zip(shape, spacing, strict=True)))
    tia = np.random.default_rng(8).exponential(1, shape)
    whole = voxel.kernel(name, spacing, radius_mm=radius)
    assert any(n > 2 * m for n, m in zip(whole.shape, shape, strict=True))
    found = voxel.dose_map(tia, spacing, name, method="kernel")
    assert found == pytest.approx(
        direct(tia, whole, mode="full", method="fft")[
            tuple(slice(n // 2, n // 2 + m) for n, m in zip(whole.shape, shape, strict=True))
        ],
        rel=2e-5,
    )


def test_long_images_need_no_wide_kernel():
    """A kernel as wide as this image is long is refused; far away its voxels are the point kernel."""
    tia, spacing = np.zeros((3, 3, 240), dtype=np.float32), (0.5, 0.5, 1.0)
    tia[1, 1, 10] = 2.0
    with pytest.raises(InputError, match="give a smaller radius_mm"):
        voxel.kernel("Lu-177", spacing, radius_mm=240)
    octant = build("Lu-177", spacing, 1.04, 1.7, 240.0, tia.shape)
    assert octant.shape == tia.shape
    point = point_kernel("Lu-177", "photon")
    for away in (20, 50, 150, 220):  # mm, in a medium of 1.04 g/mL
        around = point.between(away * 1.04 - 6, away * 1.04 + 6).deposited / 12  # single shells are noisy
        per_ml = around * 1.04 / (4 * math.pi * away**2) * 1000
        expected = dose_constant(nuclide("Lu-177").photon_mev * per_ml) / 1.04
        assert octant[0, 0, away] == pytest.approx(expected, rel=0.01)
    found = voxel.dose_map(tia, spacing, "Lu-177", method="kernel")
    assert found[1:, 1:, 10:] == pytest.approx(2 * octant[:2, :2, :230], abs=1e-6 * float(found.max()))


def test_density_map_keeps_the_energy():
    rng = np.random.default_rng(7)
    tia = np.zeros((15, 15, 15))
    tia[5:10, 5:10, 5:10] = rng.random((5, 5, 5))
    density = rng.uniform(0.7, 1.25, tia.shape)
    weighted = voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel", density)
    plain = voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel")
    assert weighted * density == pytest.approx(plain * 1.04, rel=1e-5, abs=1e-6)
    energy = (weighted.astype(float) * density * 0.064).sum()
    expected = tia.sum() * dose_constant(nuclide("Y-90").electron_mev * 0.9952416)
    assert energy == pytest.approx(expected, rel=1e-5)
    same = voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel", np.full(tia.shape, 1.04))
    assert same == pytest.approx(plain, rel=1e-6)


def test_interfaces_are_announced_where_the_dose_is_wanted():
    tia = np.zeros((9, 9, 9))
    tia[4, 4, 3] = 1.0
    density = np.full(tia.shape, 1.04)
    density[:, :, 5:] = 0.26
    voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel", density)  # the source itself lies in tissue
    with pytest.warns(PlausibilityWarning, match="below 0.6 or above 1.3 in 324 of 729 voxels"):
        voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel", density, mask=np.ones(tia.shape, dtype=bool))
    density[4, 4, 3] = 1.9
    with pytest.warns(PlausibilityWarning, match="in 1 of 1 voxels"):
        voxel.dose_map(tia, (4, 4, 4), "Y-90", "kernel", density)


ONES = np.ones((3, 3, 3))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((ONES, (4, 4, 4), "Lu-177", "vsv"), "method must be one of 'local', 'kernel'"),
        ((-ONES, (4, 4, 4), "Lu-177"), "tia_mbq_h must not be negative, got -1 at position 1"),
        ((ONES * math.nan, (4, 4, 4), "Lu-177"), "tia_mbq_h must be finite"),
        ((ONES * math.inf, (4, 4, 4), "Lu-177"), "tia_mbq_h must be finite"),
        ((ONES[0], (4, 4, 4), "Lu-177"), r"three axes \(z, y, x\)"),
        ((ONES[:0], (4, 4, 4), "Lu-177"), "some voxels"),
        ((ONES.astype(complex), (4, 4, 4), "Lu-177"), "plain numbers, got complex128"),
        ((ONES, (4, 4, 4), "Lu-177", "local", ONES[:2]), r"density_g_per_ml has the shape \(2, 3, 3\)"),
        ((ONES, (4, 4, 4), "Lu-177", "local", 0 * ONES), "density_g_per_ml must be above 0"),
        ((ONES, (4, 4, 4), "Ga-68", "kernel"), "no electron kernel for Ga-68"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(InputError, match=words):
        voxel.dose_map(*arguments)


def test_more_refusals():
    with pytest.raises(InputError, match="radius_mm is for method='kernel'"):
        voxel.dose_map(ONES, (4, 4, 4), "Y-90", radius_mm=10)
    with pytest.raises(InputError, match="mask must be a boolean array"):
        voxel.dose_map(ONES, (4, 4, 4), "Y-90", "kernel", ONES, mask=ONES)
    with pytest.raises(InputError, match="odd length"):
        voxel.convolve(ONES, np.ones((2, 3, 3)))
    with pytest.raises(InputError, match="kernel_gy_per_mbq_h must not be negative"):
        voxel.convolve(ONES, -ONES)
