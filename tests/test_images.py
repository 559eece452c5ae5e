"""Images: no value without unit, place and clock; resampling keeps what has to be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrtlab import InputError
from mrtlab.images import DecayState, Frame, Grid, Image, Regions, Unit, decay_to, resample

SCAN = datetime(2027, 1, 11, 9, 45, tzinfo=UTC)


def image(array=None, spacing_mm=(4.0, 5.0, 6.0), unit="Bq/mL", **more) -> Image:
    return Image(np.ones((2, 3, 4)) if array is None else array, spacing_mm, unit, **more)


def planar(**more):
    frames = (Frame("anterior", (187.2, 228.8)), Frame("posterior", (187.2, 228.8)), Frame("anterior", (153, 187)))
    return image(np.arange(12).reshape(3, 2, 2), (2.0, 2.0), "counts", kind="planar", frames=frames, **more)


class TestImage:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"unit": "Bq"}, "unit must be one of 'counts'"),
            ({"array": np.ones(3)}, "three axes"),
            ({"array": np.full((1, 1, 1), np.nan)}, "array must be finite"),
            ({"array": np.array([[["a"]]])}, "array must hold numbers"),
            ({"spacing_mm": (4, -5, 6)}, "spacing_mm must be above 0"),
            ({"spacing_mm": (4, 5)}, "three axes"),
            ({"axes": ((0, 0, 1), (0, 1, 0), (0, 1, 0))}, "right angles"),
            ({"start": datetime(2027, 1, 1)}, "time zone"),
            ({"decay_state": "DECY"}, "decay_state must be one of"),
            ({"nuclide": "Lu-178"}, "Lu-178"),
            ({"duration_s": 0}, "duration_s must be above 0"),
            ({"kind": "projections"}, "kind must be one of"),
        ],
    )
    def test_what_cannot_be_is_refused(self, change, said):
        with pytest.raises(InputError, match=said):
            image(**{"array": np.ones((2, 3, 4)), **change})

    def test_it_tells_what_it_is(self):
        assert repr(image(nuclide="177Lu", decay_state="START")) == "Image(volume 2×3×4, in Bq/mL, Lu-177, START)"
        assert image().voxel_ml == pytest.approx(0.12)
        assert image().unit is Unit.BQ_PER_ML

    def test_planar_pictures_are_found_by_view_and_window(self):
        assert planar().frame("posterior").tolist() == [[4, 5], [6, 7]]
        assert planar().frame("anterior", (153.4, 186.6)).tolist() == [[8, 9], [10, 11]]
        with pytest.raises(InputError, match="2 pictures are 'anterior'"):
            planar().frame("anterior")
        with pytest.raises(InputError, match="0 pictures are 'lateral'"):
            planar().frame("lateral")
        with pytest.raises(InputError, match="no place in the patient"):
            _ = planar().grid


class TestGrid:
    def test_dicoms_own_equation(self):
        """PS3.3 C.7.6.2.1.1: P = origin + column cosine x index of column x spacing + row ..., for an oblique image."""
        turn = np.deg2rad(20)
        across = (np.cos(turn), np.sin(turn), 0.0)
        down = (-np.sin(turn), np.cos(turn), 0.0)
        grid = Grid((3, 4, 5), (3.0, 2.0, 1.5), (-10.0, 20.0, 30.0), ((0, 0, 1), down, across))
        z, y, x = 2, 3, 4
        expected = np.array([-10, 20, 30]) + np.array(across) * 1.5 * x + np.array(down) * 2 * y + [0, 0, 3 * z]
        assert grid.matrix @ [z, y, x, 1] == pytest.approx([*expected, 1])

    def test_same_place(self):
        grid = Grid((3, 4, 5), (3, 2, 1))
        assert grid.same_as(Grid((3, 4, 5), (3, 2, 1.001)))
        assert not grid.same_as(Grid((3, 4, 5), (3, 2, 1.02)))
        assert not grid.same_as(Grid((3, 4, 5), (3, 2, 1), (0.1, 0, 0)))
        assert not grid.same_as(Grid((3, 4, 6), (3, 2, 1)))


class TestDecay:
    def test_ga_68_from_administration_to_scan(self):
        """Vector A05: 1200 stored, slope 2.5, injected 45 min before the scan."""
        start = image(
            np.full((1, 1, 1), 3000.0),
            nuclide="Ga-68",
            decay_state="START",
            start=SCAN,
            administered_at=SCAN - timedelta(minutes=45),
        )
        injected = decay_to(start, "ADMIN")
        assert injected.array[0, 0, 0] == pytest.approx(4755.38, rel=1e-5)
        assert injected.decay_state is DecayState.ADMIN
        assert decay_to(injected, "START").array[0, 0, 0] == pytest.approx(3000)

    def test_mean_over_a_long_acquisition(self):
        """One half-life long: the mean is 1 / (2 ln 2) of the start value."""
        long = image(nuclide="Ga-68", decay_state="START", duration_s=67.71 * 60)
        assert decay_to(long, "NONE").array.max() == pytest.approx(0.5 / np.log(2), rel=1e-3)

    @pytest.mark.parametrize(
        ("given_", "state", "said"),
        [
            ({"nuclide": "Ga-68"}, "ADMIN", "decay state of the image is not known"),
            ({"decay_state": "START"}, "ADMIN", "nuclide of the image"),
            ({"nuclide": "Ga-68", "decay_state": "START"}, "ADMIN", "start is not known"),
            ({"nuclide": "Ga-68", "decay_state": "START", "start": SCAN}, "ADMIN", "administered_at is not known"),
            ({"nuclide": "Ga-68", "decay_state": "NONE"}, "START", "duration_s="),
        ],
    )
    def test_what_is_missing_is_named(self, given_, state, said):
        with pytest.raises(InputError, match=said):
            decay_to(image(**given_), state)


class TestResample:
    @given(
        st.tuples(*[st.floats(2, 9)] * 3),
        st.tuples(*[st.floats(-3, 3)] * 3),
        st.sampled_from(["MBq", "Bq/mL"]),
    )
    def test_activity_is_kept(self, spacing, shift, unit):
        """A blob well inside both grids holds the same activity on each, but for the steps of linear interpolation."""
        old = Grid((24, 24, 24), (4.0, 4.0, 4.0), (-46.0, -46.0, -46.0))
        along = (np.arange(24) - 11.5) * 4
        blob = np.exp(-(along[:, None, None] ** 2 + along[:, None] ** 2 + along**2) / (2 * 12**2))
        source = Image(blob, old.spacing_mm, unit, origin_mm=old.origin_mm)
        shape = tuple(int(np.ceil(130 / step)) for step in spacing)
        origin = tuple(
            -step * (count - 1) / 2 + move for step, count, move in zip(spacing[::-1], shape[::-1], shift, strict=True)
        )
        moved = resample(source, Grid(shape, spacing, origin))
        weight = 1 if unit == "MBq" else moved.voxel_ml / source.voxel_ml
        assert moved.array.sum(dtype=float) * weight == pytest.approx(source.array.sum(dtype=float), rel=0.02)

    def test_a_ramp_stays_a_ramp_on_a_turned_grid(self):
        """Linear interpolation is exact for values that are linear in place."""
        grid = Grid((20, 20, 20), (3.0, 3.0, 3.0))
        z, y, x = np.indices(grid.shape) * 3.0
        source = Image(5 + 2 * x - y + 0.5 * z, grid.spacing_mm, "HU")
        turn = np.deg2rad(30)
        axes = ((0, 0, 1), (-np.sin(turn), np.cos(turn), 0), (np.cos(turn), np.sin(turn), 0))
        target = Grid((4, 4, 4), (6.0, 5.0, 4.0), (25.0, 20.0, 10.0), axes)
        places = target.matrix @ np.vstack([np.indices(target.shape).reshape(3, -1), np.ones(64)])
        expected = 5 + 2 * places[0] - places[1] + 0.5 * places[2]
        assert resample(source, target).array.ravel() == pytest.approx(expected, rel=1e-4)

    def test_beyond_the_image(self):
        far = Grid((2, 2, 2), (4.0, 5.0, 6.0), (500.0, 0.0, 0.0))
        assert np.all(resample(image(unit="HU"), far, outside=-1000).array == -1000)

    def test_the_same_grid_is_left_alone(self):
        assert resample(image(), image().grid) is not None
        one = image()
        assert resample(one, one.grid) is one


class TestRegions:
    def regions(self):
        mask = np.zeros((4, 4, 4), bool)
        mask[1:3, 1:3, 1:3] = True
        return Regions({"kidney": mask}, Grid((4, 4, 4), (8.0, 8.0, 8.0)))

    def test_volume_and_names(self):
        regions = self.regions()
        assert regions.volume_ml("kidney") == pytest.approx(8 * 0.512)
        assert list(regions) == ["kidney"]
        assert len(regions) == 1
        assert repr(regions) == "Regions(kidney 4.096 mL)"
        with pytest.raises(InputError, match="no region 'liver'; there are kidney"):
            regions["liver"]

    def test_on_a_finer_and_a_coarser_grid(self):
        regions = self.regions()
        coarse = regions.on(Grid((2, 2, 2), (16.0, 16.0, 16.0), (4.0, 4.0, 4.0)))
        assert coarse["kidney"] == pytest.approx(np.full((2, 2, 2), 1 / 8))  # each holds one of the eight voxels
        assert coarse.volume_ml("kidney") == pytest.approx(8 * 0.512)
        fine = regions.on(Grid((16, 16, 16), (2.0, 2.0, 2.0), (-3.0, -3.0, -3.0)))
        assert fine.volume_ml("kidney") == pytest.approx(8 * 0.512, rel=0.02)
        assert regions.on(regions.grid) is regions

    def test_a_mask_of_another_shape(self):
        with pytest.raises(InputError, match=r"'kidney' has the shape \(2, 2\)"):
            Regions({"kidney": np.ones((2, 2))}, Grid((4, 4, 4), (8.0, 8.0, 8.0)))
