"""Shapes: volumes, voxel fractions, and whether they touch."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrtlab import InputError
from mrtlab.images import Grid
from mrtlab.patients.shapes import Shape, apart, coverage, inside

axes = st.tuples(*[st.floats(4, 60)] * 3)
places = st.tuples(*[st.floats(-60, 60)] * 3)
GRID = Grid((40, 40, 40), (9.6, 9.6, 9.6), (-187.2, -187.2, -187.2))


def surface(shape: Shape) -> np.ndarray:
    """Points on an ellipsoid."""
    polar, round_ = np.meshgrid(np.linspace(0, math.pi, 61), np.linspace(0, 2 * math.pi, 120))
    ball = np.stack([np.sin(polar) * np.cos(round_), np.sin(polar) * np.sin(round_), np.cos(polar)], axis=-1)
    return ball.reshape(-1, 3) * shape.semi_axes_mm + shape.centre_mm


def test_volumes_are_analytic():
    assert Shape("ellipsoid", (0, 0, 0), (10, 20, 30)).volume_ml == pytest.approx(4 / 3 * math.pi * 6)
    assert Shape("cylinder", (0, 0, 0), (10, 20, 30)).volume_ml == pytest.approx(math.pi * 2 * 6)


@settings(max_examples=60)
@given(axes, places, axes, places)
def test_apart_is_right_about_ellipsoids(a, p, b, q):
    one, two = Shape("ellipsoid", p, a), Shape("ellipsoid", q, b)
    touching = bool(one.holds(surface(two)).any() or two.holds(surface(one)).any())
    if touching:
        assert not apart(one, two, 0.0)
    else:
        # points of the surface are some mm from each other: what they do not find may be that thin
        slim = Shape("ellipsoid", q, tuple(0.9 * x for x in b))
        assert apart(one, slim, 0.0)


@settings(max_examples=60)
@given(axes, places, axes, places, st.sampled_from(["ellipsoid", "cylinder"]))
def test_inside_is_right(a, p, b, q, kind):
    inner, outer = Shape("ellipsoid", p, a), Shape(kind, q, b)
    held = bool(outer.holds(surface(inner)).all())
    if inside(inner, outer, 0.0):
        assert held
    elif held:  # all points found inside: then a slightly smaller one is
        assert inside(Shape("ellipsoid", p, tuple(0.95 * x for x in a)), outer, 0.0)


def test_inside_where_the_centre_lies_on_an_axis():
    outer = Shape("ellipsoid", (0, 0, 0), (30, 30, 30))
    assert inside(Shape("ellipsoid", (0, 0, 0), (29, 10, 10)), outer)
    assert inside(Shape("ellipsoid", (9, 0, 0), (20, 10, 10)), outer)
    assert not inside(Shape("ellipsoid", (20, 0, 0), (5, 25, 5)), outer)  # only its sides stick out


@settings(max_examples=30)
@given(
    st.tuples(*[st.floats(3, 90)] * 3), st.tuples(*[st.floats(-60, 60)] * 3), st.sampled_from(["ellipsoid", "cylinder"])
)
def test_voxel_fractions_hold_the_volume(a, p, kind):
    shape = Shape(kind, p, a)
    part = coverage(shape, GRID)
    assert part.sum(dtype=float) * GRID.voxel_ml == pytest.approx(shape.volume_ml, rel=1e-5)
    assert part.min() >= 0
    assert part.max() < 1.02


def test_voxel_fractions_lie_in_the_right_place():
    shape = Shape("ellipsoid", (20, -30, 50), (60, 40, 25))
    part = coverage(shape, GRID).astype(float)
    index = np.indices(part.shape).reshape(3, -1) @ part.ravel() / part.sum()
    centre = GRID.matrix @ [*index, 1]
    assert centre[:3] == pytest.approx(shape.centre_mm, abs=0.05)
    # second moments of an ellipsoid are a fifth of its squared axes, plus a twelfth of the voxel's width
    spread = [((np.indices(part.shape)[k] - index[k]) ** 2 * part).sum() / part.sum() * 9.6**2 for k in range(3)]
    expected = [axis**2 / 5 + 9.6**2 / 12 for axis in shape.semi_axes_mm[::-1]]
    assert spread == pytest.approx(expected, rel=0.01)


def test_a_shape_cut_by_the_grid_keeps_what_is_inside():
    shape = Shape("ellipsoid", (0, 0, -192), (30, 30, 30))  # the edge of the grid runs through its middle
    assert coverage(shape, GRID).sum() * GRID.voxel_ml == pytest.approx(shape.volume_ml / 2, rel=1e-3)
    assert coverage(Shape("ellipsoid", (0, 0, 900), (30, 30, 30)), GRID).sum() == 0


def test_bad_shapes_are_refused():
    with pytest.raises(InputError, match="semi_axes_mm"):
        Shape("ellipsoid", (0, 0, 0), (1, 0, 1))
    with pytest.raises(InputError, match="kind"):
        Shape("cube", (0, 0, 0), (1, 1, 1))


@pytest.mark.parametrize("kind", ["ellipsoid", "cylinder"])
def test_a_turned_grid_shows_the_shape_where_it_is(kind):
    shape = Shape(kind, (30.0, -20.0, 90.0), (20.0, 30.0, 40.0))
    turn, tilt = np.radians(35), np.radians(20)
    about_z = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
    axes = (about_z @ about_x)[::-1]
    middle = np.array([10.0, 5.0, 80.0])
    origin = middle - 15.5 * 6.0 * axes.sum(axis=0)
    grid = Grid((32, 32, 32), (6.0, 6.0, 6.0), tuple(origin), tuple(map(tuple, axes)))
    found = coverage(shape, grid)
    assert found.sum() * grid.voxel_ml == pytest.approx(shape.volume_ml, rel=1e-4)
    places = np.stack([*np.indices(grid.shape), np.ones(grid.shape)], axis=-1) @ grid.matrix.T
    centre = np.average(places[..., :3].reshape(-1, 3), axis=0, weights=found.ravel())
    assert centre == pytest.approx(shape.centre_mm, abs=0.3)
    assert 0 <= found.min() <= found.max() <= 1.01


def test_a_grid_read_from_the_other_end_is_the_same():
    shape = Shape("ellipsoid", (3.0, -2.0, 5.0), (20.0, 30.0, 25.0))
    straight = Grid((24, 24, 24), (5.0, 5.0, 5.0), (-57.5, -57.5, -57.5))
    upside = Grid((24, 24, 24), (5.0, 5.0, 5.0), (-57.5, -57.5, 57.5), ((0, 0, -1), (0, 1, 0), (1, 0, 0)))
    assert coverage(shape, upside)[::-1] == pytest.approx(coverage(shape, straight), abs=0.03)
    beyond = Grid((4, 4, 4), (5.0, 5.0, 5.0), (500, 0, 0), ((0, 0, -1), (0, 1, 0), (1, 0, 0)))
    assert not coverage(shape, beyond).any()
