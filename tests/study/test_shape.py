"""What blur moves between regions: analytic limits, conservation, and a known image undone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mrtlab import InputError
from mrtlab.images import Grid, Regions
from mrtlab.study.shape import own_masks, sphere_kept_fraction, transfer

GRID = Grid((48, 48, 48), (3.0, 3.0, 3.0))
FWHM = 12.0


def ball(centre, radius_mm, finer=3):
    """Fraction of each voxel inside a ball; centre in voxels z, y, x."""
    axes = [(np.arange(48 * finer) + 0.5) / finer - 0.5 - c for c in centre]
    z, y, x = np.ix_(*axes)
    inside = (z**2 + y**2 + x**2) * 9 < radius_mm**2
    return inside.reshape(48, finer, 48, finer, 48, finer).mean(axis=(1, 3, 5))


class TestSphere:
    def test_by_monte_carlo(self):
        """Random points of a ball, moved by the blur: the part still inside."""
        rng = np.random.default_rng(5)
        radius, sigma = 15.0, FWHM / 2.354820
        points = rng.uniform(-radius, radius, (400_000, 3))
        points = points[(points**2).sum(axis=1) < radius**2]
        moved = points + sigma * rng.standard_normal(points.shape)
        expected = np.mean((moved**2).sum(axis=1) < radius**2)
        volume = 4 / 3 * math.pi * radius**3 / 1000
        assert sphere_kept_fraction(volume, FWHM) == pytest.approx(expected, abs=0.004)

    def test_limits(self):
        """Large: sigma/sqrt(2 pi) leaves per area, times 3/a; small: its volume over that of the blur."""
        sigma = FWHM / 2.354820
        radius = 100 * sigma
        volume = 4 / 3 * math.pi * radius**3 / 1000
        assert sphere_kept_fraction(volume, FWHM) == pytest.approx(1 - 3 / math.sqrt(2 * math.pi) / 100, abs=2e-5)
        tiny = 1e-3
        expected = tiny * 1000 / ((2 * math.pi) ** 1.5 * sigma**3)
        assert sphere_kept_fraction(tiny, FWHM) == pytest.approx(expected, rel=0.02)


class TestTransfer:
    def test_a_ball_keeps_what_the_formula_says(self):
        regions = Regions({"ball": ball((24, 24, 24), 20.0)}, GRID)
        found = transfer(regions, FWHM)
        assert found.recovery("ball") == pytest.approx(sphere_kept_fraction(regions.volume_ml("ball"), FWHM), rel=0.02)
        # what it loses, a uniform background would give back
        assert found.matrix[0, 0] + found.rest[0] == pytest.approx(1, abs=0.002)

    def test_a_known_image_is_undone(self):
        """Three touching regions in a warm background, blurred by another program: their activities come back."""
        masks = {"left": ball((24, 18, 18), 15.0), "right": ball((24, 18, 31), 18.0), "low": ball((24, 31, 24), 10.0)}
        masks["right"] = np.clip(masks["right"] - masks["left"], 0, None)
        masks["low"] = np.clip(masks["low"] - masks["left"] - masks["right"], 0, None)
        true = {"left": 5.0, "right": 1.0, "low": 20.0}
        rest = np.clip(1 - sum(masks.values()), 0, 1)
        image = 0.3 * rest + sum(true[name] * mask for name, mask in masks.items())
        image = gaussian_filter(image, FWHM / 2.354820 / 3, mode="nearest", truncate=6)
        regions = Regions(masks, GRID)
        moved = transfer(regions, FWHM)
        seen = [np.sum(masks[name] * image) / masks[name].sum() for name in moved.names]
        found = moved.activities(seen, [0.3] * 3)
        for name, activity in zip(moved.names, found, strict=True):
            assert activity == pytest.approx(true[name] * regions.volume_ml(name), rel=0.02)
            assert abs(seen[moved.names.index(name)] / true[name] - 1) > 0.08  # the blur had done harm

    def test_a_lesion_inside_an_organ_is_part_of_it(self):
        """The organ's outline holds the lesion: its activity is both, and only the organ's own tissue is its own."""
        organ, lesion = ball((24, 24, 24), 45.0), ball((24, 24, 28), 15.0)
        regions = Regions({"organ": organ, "lesion": lesion}, GRID)
        assert own_masks(regions)["organ"].sum() == pytest.approx(organ.sum() - lesion.sum())
        true = 1.0 * (organ - lesion) + 10.0 * lesion
        image = gaussian_filter(true, FWHM / 2.354820 / 3, truncate=6)
        moved = transfer(regions, FWHM)
        own = own_masks(regions)
        seen = [np.sum(own[name] * image) / own[name].sum() for name in moved.names]
        found = dict(zip(moved.names, moved.activities(seen, [0.0, 0.0]), strict=True))
        assert found["organ"] == pytest.approx(true.sum() * GRID.voxel_ml, rel=0.02)
        assert found["lesion"] == pytest.approx(10 * regions.volume_ml("lesion"), rel=0.02)

    def test_empty_regions_are_left_out(self):
        regions = Regions({"ball": ball((24, 24, 24), 20.0), "nothing": np.zeros(GRID.shape)}, GRID)
        assert transfer(regions, FWHM).names == ("ball",)

    def test_a_resolution_of_zero(self):
        with pytest.raises(InputError, match="fwhm_mm"):
            transfer(Regions({"ball": ball((24, 24, 24), 20.0)}, GRID), 0)
