"""Dose-volume histograms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from uncertainties import ufloat

from mrtlab import voxel
from mrtlab.errors import Flag, InputError

doses = nps.arrays(float, st.integers(1, 60), elements=st.floats(0, 1e4, allow_subnormal=False))


@given(dose=doses, levels=st.lists(st.floats(0, 1e4), min_size=2, max_size=10))
def test_monotone_and_within_the_doses(dose, levels):
    dvh = voxel.Dvh(dose)
    volumes = dvh.volume_at_dose(np.sort(levels))
    assert np.all(np.diff(volumes) <= 0)
    assert np.all((volumes >= 0) & (volumes <= 100))
    by_volume = dvh.dose_at_volume(np.linspace(0, 100, 21))
    assert np.all(np.diff(by_volume) <= 1e-12 * dose.max())
    assert by_volume[0] == dose.max()
    assert by_volume[-1] == dose.min()
    assert dose.min() * (1 - 1e-12) <= dvh.mean_gy <= dose.max() * (1 + 1e-12)
    level, volume = dvh.curve()
    assert level[0] == 0
    assert volume[0] == 100
    assert volume[-1] > 0
    assert np.all(np.diff(volume) <= 0)


@given(dose=doses)
def test_area_under_the_curve_is_the_mean(dose):
    """The mean of doses from 0 up is the integral of the volume fraction over dose."""
    dvh = voxel.Dvh(dose)
    edges = np.unique(np.append(0.0, dose))
    above = dvh.volume_at_dose(edges[1:]) / 100 if len(edges) > 1 else np.array([])
    assert np.sum(np.diff(edges) * above) == pytest.approx(dvh.mean_gy, rel=1e-9, abs=1e-12)


def test_mask_picks_the_region():
    dose = np.arange(27.0).reshape(3, 3, 3)
    mask = dose > 20
    dvh = voxel.Dvh(dose, mask)
    assert dvh.mean_gy == pytest.approx(23.5)
    assert dvh.dose_gy.tolist() == [21, 22, 23, 24, 25, 26]
    assert dvh.volume_at_dose(24) == pytest.approx(50)
    assert isinstance(dvh.volume_at_dose(24), float)
    assert dvh.volume_ml is None
    assert dvh.flags == ()
    assert dvh.sources == ("voxel.dvh",)
    with pytest.raises(ValueError, match="read-only"):
        dvh.dose_gy[0] = 1


def test_small_regions_are_flagged():
    """27 voxels of 4.8 mm: a sphere 18 mm wide, narrower than three times 10 mm but not than three times 5 mm."""
    dose = np.ones((3, 3, 3), dtype=np.float32)
    small = voxel.Dvh(dose, spacing_mm=(4.8, 4.8, 4.8), fwhm_mm=10)
    assert small.volume_ml == pytest.approx(2.985984)
    assert small.flags == (Flag.DVH_RESOLUTION,)
    assert voxel.Dvh(dose, spacing_mm=(4.8, 4.8, 4.8), fwhm_mm=5).flags == ()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: voxel.Dvh([1.0, np.nan]), "dose_gy must be finite"),
        (lambda: voxel.Dvh([]), "dose_gy is empty"),
        (lambda: voxel.Dvh([ufloat(1, 0.1), ufloat(2, 0.1)]), "dose_gy must be plain numbers"),
        (lambda: voxel.Dvh(np.array([ufloat(1, 0.1), 2.0]), [True, True]), "dose_gy must be plain numbers"),
        (lambda: voxel.Dvh([1.0, 2.0], [False, False]), "no voxel of mask is True"),
        (lambda: voxel.Dvh([1.0, 2.0], [0.5, 1.0]), "mask must be a boolean array"),
        (lambda: voxel.Dvh([1.0, 2.0], [True]), r"shape of dose_gy, \(2,\)"),
        (lambda: voxel.Dvh([1.0], fwhm_mm=6), "fwhm_mm needs spacing_mm"),
        (lambda: voxel.Dvh([1.0]).dose_at_volume(101), "percent must lie between 0 and 100"),
        (lambda: voxel.Dvh([1.0]).volume_at_dose(np.nan), "dose_gy must be finite"),
        (lambda: voxel.Dvh([1.0]).curve(1), "points must be a whole number"),
    ],
)
def test_refusals(make, words):
    with pytest.raises(InputError, match=words):
        make()
