"""Fits of many voxels: the same numbers as one fit at a time, and a reason for every voxel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from mrtlab import kinetics
from mrtlab.errors import FitError, Flag, InputError, PhysicsError, PlausibilityWarning
from mrtlab.kinetics import VoxelReason
from mrtlab.nuclides import nuclide

TIMES = np.array([4.0, 24.0, 96.0, 168.0])
PHYSICAL = nuclide("Lu-177").decay_constant_per_h
# vector F05: three points at 5 %, mono-exponential
F05 = ([24.0, 96.0, 168.0], [118.0, 52.0, 22.0])


def voxels(activity, times=TIMES, **given):
    return kinetics.fit_voxels(np.asarray(activity), times, "Lu-177", **{"decay_corrected": False, "cv": 0.05, **given})


def curve(activity, times=TIMES, **given):
    given = {"decay_corrected": False, "cv": 0.05, **given}
    return kinetics.TimeActivity(times, activity, nuclide="Lu-177", **given)


def mono_points(half_lives, amplitudes, noise, seed):
    rng = np.random.default_rng(seed)
    exact = np.asarray(amplitudes) * np.exp2(-TIMES[:, None] / np.asarray(half_lives))
    return exact * np.exp(noise * rng.standard_normal(exact.shape))


def chi_square(one, rate):
    shape = np.exp(-rate * (one.times_h - one.times_h[0])) / one.sigma_mbq
    points = one.activity_mbq / one.sigma_mbq
    return float(np.sum((points - shape * (shape @ points) / (shape @ shape)) ** 2))


def test_f05_known_answer():
    """TIA 13473.95 ± 394.79 MBq·h, half-life 59.4253 h (computed elsewhere)."""
    times, activity = F05
    fitted = voxels(np.array(activity)[:, None], times)
    assert fitted.tia_mbq_h[0] == pytest.approx(13473.95, rel=1e-6)
    assert fitted.sigma_mbq_h[0] == pytest.approx(394.79, rel=1e-4)
    assert fitted.half_life_h[0] == pytest.approx(59.4253, rel=1e-5)
    assert fitted.extrapolated_fraction == pytest.approx(0.14092, rel=1e-4)
    assert fitted.reason[0] == VoxelReason.FITTED


@settings(deadline=None, max_examples=60)
@given(
    half_life=st.floats(3, 158),
    amplitude=st.floats(1e-6, 1e4),
    noise=st.sampled_from([0.0, 0.05, 0.3, 0.8]),
    seed=st.integers(0, 2**31),
    cv=st.floats(0.01, 0.3),
    decay_corrected=st.booleans(),
)
def test_agrees_with_fitting_one_curve(half_life, amplitude, noise, seed, cv, decay_corrected):
    """Time-integrated activity, sigma and half-life of kinetics.fit, from faultless points to useless ones."""
    points = mono_points([half_life], [amplitude], noise, seed)
    given_to_both = {"cv": cv, "decay_corrected": decay_corrected}
    fitted = voxels(points, **given_to_both)
    one = curve(points[:, 0], **given_to_both)
    top = int(one.activity_mbq.argmax())
    if one.activity_mbq[top] - one.activity_mbq[0] > 2 * np.hypot(one.sigma_mbq[top], one.sigma_mbq[0]):
        assert fitted.reason[0] >= VoxelReason.FROM_PEAK
        return
    try:
        reference = kinetics.fit(one, "mono")
    except PhysicsError:  # falls too slowly over all points, or between the last two only
        assert fitted.half_life_h[0] <= np.float32(nuclide("Lu-177").half_life_h)
        return
    ours = chi_square(one, np.log(2) / float(fitted.half_life_h[0]))
    assert ours <= reference.chi_square * (1 + 1e-6) + 1e-6
    if ours < reference.chi_square * (1 - 1e-3):  # points beyond use can have two minima: then ours is the deeper
        return
    assert fitted.tia_mbq_h[0] == pytest.approx(reference.tia_mbq_h.n, rel=2e-6)
    assert fitted.sigma_mbq_h[0] == pytest.approx(reference.tia_mbq_h.s, rel=2e-5)
    assert fitted.half_life_h[0] == pytest.approx(reference.effective_half_life_h.n, rel=2e-6)
    held = {VoxelReason.PHYSICAL_DECAY, VoxelReason.AT_LIMIT, VoxelReason.DOES_NOT_FALL}
    assert ("b1_per_h" in reference.at_bound) == (fitted.reason[0] in held)


@settings(deadline=None, max_examples=40)
@given(
    points=st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4),
    head=st.sampled_from(["constant", "zero"]),
    tail=st.sampled_from(["effective", "physical"]),
)
def test_trapezoids_agree_with_one_curve(points, head, tail):
    fitted = voxels(np.array(points)[:, None], model="trapezoid", head=head, tail=tail)
    reference = kinetics.trapezoid(curve(points), head=head, tail=tail)
    assert fitted.tia_mbq_h[0] == pytest.approx(reference.tia_mbq_h.n, rel=1e-5)
    assert fitted.sigma_mbq_h[0] == pytest.approx(reference.tia_mbq_h.s, rel=1e-4)
    assert fitted.extrapolated_fraction == pytest.approx(reference.extrapolated_fraction, rel=1e-4)


def test_the_deeper_of_two_minima():
    """Points that fit nothing; the rates with the smallest chi-square by a scan of two million."""
    points = np.array(
        [[10.7442, 4.1746, 2.6918], [1.2284, 0.587, 0.0653], [0.1351, 0.1188, 0.8091], [1.9157, 0.9134, 0.3239]]
    )
    rates = np.log(2) / voxels(points).half_life_h.astype(float)
    assert rates == pytest.approx([0.0338910, 0.0248716, 0.1859485], rel=2e-6)
    # alone, and among voxels that fit well
    assert np.log(2) / voxels(points[:, :1]).half_life_h[0] == pytest.approx(0.0338910, rel=2e-6)
    good = 50 * np.exp2(-TIMES / 60)[:, None]
    assert np.log(2) / voxels(np.hstack([good, points])).half_life_h[3] == pytest.approx(0.1859485, rel=2e-6)


def test_rise_and_fall_is_integrated_and_fitted_from_the_peak():
    """The rise by hand, the exponential through points that lie on one exactly; sigma by shifting each point."""
    points = np.array([40.0, 80.0, 80 * np.exp2(-72 / 60), 80 * np.exp2(-144 / 60)])
    fitted = voxels(points[:, None])
    rate = np.log(2) / 60
    assert fitted.reason[0] == VoxelReason.FROM_PEAK
    assert fitted.tia_mbq_h[0] == pytest.approx(40 * 4 + (40 + 80) / 2 * 20 + 80 / rate, rel=1e-6)
    assert fitted.half_life_h[0] == pytest.approx(60, rel=1e-6)
    shift = 1e-3
    moved = points[:, None] * (1 + shift * np.hstack([np.eye(4), -np.eye(4)]))
    # the weights stay those of the points themselves
    shifted = voxels(moved, cv=None, sigma_mbq=np.repeat(0.05 * points[:, None], 8, axis=1)).tia_mbq_h.astype(float)
    by_point = (shifted[:4] - shifted[4:]) / (2 * shift) * 0.05
    assert fitted.sigma_mbq_h[0] == pytest.approx(np.sqrt(np.sum(by_point**2)), rel=2e-3)
    zero = voxels(points[:, None], head="zero")
    assert fitted.tia_mbq_h[0] - zero.tia_mbq_h[0] == pytest.approx(40 * 4 / 2, rel=1e-4)
    trapezoids = voxels(points[:, None], model="trapezoid")
    assert trapezoids.tia_mbq_h[0] == pytest.approx(fitted.tia_mbq_h[0], rel=1e-5)  # exact for exact exponentials


def test_a_rise_within_its_uncertainty_is_fitted_whole():
    points = np.array([100.0, 101.0, 45.0, 20.0])
    fitted = voxels(points[:, None])
    assert fitted.reason[0] == VoxelReason.FITTED
    assert fitted.tia_mbq_h[0] == pytest.approx(kinetics.fit(curve(points), "mono").tia_mbq_h.n, rel=2e-6)


def test_a_reason_for_every_voxel():
    fall = 50 * np.exp2(-TIMES / 60)
    columns = {
        VoxelReason.FITTED: fall,
        VoxelReason.POINTS_LEFT_OUT: fall * [1, 1, 1, 0],
        VoxelReason.FROM_PEAK: fall * [0.2, 1, 1, 1],
        VoxelReason.PHYSICAL_DECAY: np.exp(-PHYSICAL * TIMES) * [1, 0.99, 1, 1.01],
        VoxelReason.AT_LIMIT: 1e3 ** -(TIMES / 4 - 1),
        VoxelReason.DOES_NOT_FALL: np.array([1.0, 1.0, 0.98, 1.02]),
        VoxelReason.STILL_RISING: np.array([1.0, 2.0, 3.0, 4.0]),
        VoxelReason.NO_ACTIVITY: np.zeros(4),
        VoxelReason.TOO_FEW_POINTS: np.array([1.0, 0, 0, -1.0]),
        VoxelReason.NOT_FINITE: fall * [1, np.nan, 1, 1],
    }
    activity = np.stack(list(columns.values()), axis=1)
    activity = np.append(activity, fall[:, None], axis=1)
    mask = np.arange(activity.shape[1]) < len(columns)
    fitted = voxels(activity, mask=mask)
    assert [VoxelReason(number) for number in fitted.reason] == [*columns, VoxelReason.OUTSIDE_MASK]
    assert fitted.counts == dict.fromkeys([*columns, VoxelReason.OUTSIDE_MASK], 1)
    some = fitted.reason < VoxelReason.NO_ACTIVITY
    assert np.all(fitted.tia_mbq_h[some] > 0)
    assert np.all(fitted.sigma_mbq_h[some] > 0)
    for unfitted in (fitted.tia_mbq_h, fitted.sigma_mbq_h, fitted.half_life_h):
        assert not unfitted[~some].any()
    expected = {Flag.FELL_BACK_TO_PHYSICAL, Flag.TAIL_PHYSICAL, Flag.VOXELS_WITHOUT_FIT}
    assert expected <= set(fitted.flags)
    assert all(reason.text for reason in VoxelReason)
    assert VoxelReason.NO_ACTIVITY.has_result
    assert not VoxelReason.TOO_FEW_POINTS.has_result
    # still rising: trapezoids, then physical decay
    rising = kinetics.trapezoid(curve([1.0, 2.0, 3.0, 4.0])).tia_mbq_h
    assert fitted.tia_mbq_h[6] == pytest.approx(rising.n, rel=1e-6)
    assert fitted.sigma_mbq_h[6] == pytest.approx(rising.s, rel=1e-5)
    # points left out: as if they had not been measured
    three = kinetics.fit(curve(fall[:3], TIMES[:3]), "mono").tia_mbq_h
    assert fitted.tia_mbq_h[1] == pytest.approx(three.n, rel=1e-6)
    assert fitted.sigma_mbq_h[1] == pytest.approx(three.s, rel=1e-5)
    assert np.all(fitted.half_life_h <= np.float32(nuclide("Lu-177").half_life_h))


@settings(deadline=None, max_examples=60)
@given(
    activity=nps.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(3, 6), st.integers(1, 8)),
        elements=st.floats(-10, float(2**100), width=32),
    ),
    model=st.sampled_from(["mono", "trapezoid"]),
    cv=st.one_of(st.none(), st.floats(0.001, 1)),
)
def test_no_finite_input_gives_anything_else(activity, model, cv):
    """Zeros, negatives, thirty decades between neighbours: no NaN, no infinity, no rate below physical decay."""
    times = np.linspace(2, 200, len(activity))
    fitted = voxels(activity, times, model=model, cv=cv)
    for item in (fitted.tia_mbq_h, fitted.sigma_mbq_h, fitted.half_life_h):
        assert np.all(np.isfinite(item))
        assert np.all(item >= 0)
    assert np.all(fitted.half_life_h <= np.float32(nuclide("Lu-177").half_life_h))
    assert np.all((fitted.reason == VoxelReason.NO_ACTIVITY) == ~activity.any(axis=0))
    assert 0 <= fitted.extrapolated_fraction <= 1


@settings(deadline=None, max_examples=20)
@given(factor=st.floats(1e-9, 1e9), model=st.sampled_from(["mono", "trapezoid"]))
def test_scales_with_the_activity(factor, model):
    points = mono_points(np.linspace(20, 140, 30), np.ones(30), 0.2, 3)
    once, scaled = voxels(points, model=model), voxels(points * factor, model=model)
    assert scaled.tia_mbq_h == pytest.approx(once.tia_mbq_h.astype(float) * factor, rel=1e-5)
    assert scaled.sigma_mbq_h == pytest.approx(once.sigma_mbq_h.astype(float) * factor, rel=1e-5)
    assert np.array_equal(scaled.reason, once.reason)


def test_sigma_covers_the_scatter():
    """20000 noisy copies of one voxel: the standard deviation of the results is the stated sigma."""
    points = mono_points(np.full(20000, 55.0), np.full(20000, 3.0), 0.05, 8)
    fitted = voxels(points)
    assert fitted.tia_mbq_h.astype(float).std() == pytest.approx(fitted.sigma_mbq_h.mean(), rel=0.03)
    assert fitted.tia_mbq_h.astype(float).mean() == pytest.approx(3 * 55 / np.log(2), rel=0.005)
    assert fitted.rejected_fraction == pytest.approx(0.01, abs=0.004)
    assert Flag.CHI_SQUARE_REJECTED not in fitted.flags
    assert Flag.CHI_SQUARE_REJECTED in voxels(points, cv=0.02).flags


def test_shapes_batches_and_masks():
    """More voxels than one batch holds, in three axes or one, with a mask or not: the same numbers."""
    count = 40 * 41 * 42
    rng = np.random.default_rng(9)
    points = mono_points(rng.uniform(20, 140, count), rng.uniform(0.1, 2, count), 0.1, 9).astype(np.float32)
    points[:, rng.random(count) < 0.5] = 0
    flat, cube = voxels(points), voxels(points.reshape(4, 40, 41, 42))
    assert cube.tia_mbq_h.shape == cube.sigma_mbq_h.shape == cube.reason.shape == (40, 41, 42)
    assert cube.tia_mbq_h.dtype == np.float32
    assert cube.reason.dtype == np.uint8
    assert np.array_equal(cube.tia_mbq_h.ravel(), flat.tia_mbq_h)
    mask = rng.random((40, 41, 42)) < 0.7
    masked = voxels(points.reshape(4, 40, 41, 42), mask=mask)
    assert np.array_equal(masked.tia_mbq_h, np.where(mask, cube.tia_mbq_h, 0))
    assert np.all(masked.reason[~mask] == VoxelReason.OUTSIDE_MASK)
    assert np.array_equal(masked.reason[mask], cube.reason[mask])
    some = np.flatnonzero(points[0])[::4001]
    single = np.array([voxels(points[:, [k]]).tia_mbq_h[0] for k in some])
    assert flat.tia_mbq_h[some] == pytest.approx(single, rel=1e-6)
    turned = voxels(np.asfortranarray(points.reshape(4, 40, 41, 42)))
    assert np.array_equal(turned.sigma_mbq_h, cube.sigma_mbq_h)


def test_three_ways_to_give_sigma():
    points = mono_points([40.0, 70.0, 110.0], [1.0, 2.0, 3.0], 0.05, 10)
    absolute = np.array([0.05, 0.04, 0.03, 0.02])
    by_time = voxels(points, cv=None, sigma_mbq=absolute)
    full = voxels(points, cv=None, sigma_mbq=np.repeat(absolute[:, None], 3, axis=1))
    assert np.array_equal(by_time.tia_mbq_h, full.tia_mbq_h)
    for k in range(3):
        one = kinetics.fit(curve(points[:, k], cv=None, sigma_mbq=absolute), "mono").tia_mbq_h
        assert by_time.tia_mbq_h[k] == pytest.approx(one.n, rel=2e-6)
        assert by_time.sigma_mbq_h[k] == pytest.approx(one.s, rel=2e-5)
    assert np.array_equal(
        voxels(points, cv=None, sigma_mbq=0.03).tia_mbq_h, voxels(points, cv=None, sigma_mbq=[0.03] * 4).tia_mbq_h
    )
    assumed = voxels(points, cv=None)
    assert Flag.SIGMA_ASSUMED in assumed.flags
    assert np.array_equal(assumed.sigma_mbq_h, voxels(points, cv=0.05).sigma_mbq_h)
    broken = np.repeat(absolute[:, None], 3, axis=1)
    broken[2, 1] = 0
    assert voxels(points, cv=None, sigma_mbq=broken).reason.tolist() == [0, VoxelReason.NOT_FINITE, 0]


def test_decay_correction_is_put_back():
    points = mono_points([40.0, 70.0], [1.0, 2.0], 0.05, 11)
    corrected = points / np.exp(-PHYSICAL * TIMES)[:, None]
    assert voxels(corrected, decay_corrected=True).tia_mbq_h == pytest.approx(voxels(points).tia_mbq_h, rel=1e-6)


def test_a_decay_state_nobody_gave_is_assumed_aloud():
    points = mono_points([40.0, 70.0], [1.0, 2.0], 0.05, 11)
    with pytest.warns(PlausibilityWarning, match="decay_corrected was not given") as caught:
        assumed = kinetics.fit_voxels(points, TIMES, "Lu-177")
    assert caught[0].filename == __file__
    assert {Flag.DECAY_STATE_ASSUMED, Flag.SIGMA_ASSUMED} <= set(assumed.flags)
    said = voxels(points)
    assert np.array_equal(assumed.tia_mbq_h, said.tia_mbq_h)
    assert Flag.DECAY_STATE_ASSUMED not in said.flags
    assert Flag.DECAY_STATE_ASSUMED not in voxels(points, decay_corrected=True).flags


@pytest.mark.parametrize("noise", ["air", "signed"])
def test_noise_finds_the_deepest_minimum_with_points_missing_or_not(noise):
    """Chi-square against a scan of 4000 rates, point by point; a scan can only be shallower."""
    rng = np.random.default_rng(21)
    times = np.array([1.0, 4, 24, 48, 96, 168])
    points = rng.exponential(1, (6, 400)) if noise == "air" else rng.standard_normal((6, 400))
    given = {"cv": 0.1} if noise == "air" else {"cv": None, "sigma_mbq": 0.3}
    fitted = voxels(points, times, **given)
    seen = 0
    for k in np.flatnonzero(np.isin(fitted.reason, [0, 1, 3, 4, 5])):
        kept = points[:, k] > 0
        one = curve(points[kept, k], times[kept], **given)
        top = int(one.activity_mbq.argmax())
        if one.activity_mbq[top] - one.activity_mbq[0] > 2 * np.hypot(one.sigma_mbq[top], one.sigma_mbq[0]):
            continue  # fitted from its peak
        rates = PHYSICAL + np.append(0, np.geomspace(1e-6, 10 * np.log(2) / one.times_h[0], 4000))
        shapes = np.exp(-rates[:, None] * (one.times_h - one.times_h[0])) / one.sigma_mbq
        target = one.activity_mbq / one.sigma_mbq
        scan = np.min(target @ target - (shapes @ target) ** 2 / np.sum(shapes**2, axis=1))
        ours = chi_square(one, np.log(2) / float(fitted.half_life_h[k]))
        assert ours <= scan * (1 + 1e-5) + 1e-5
        seen += 1
    assert seen > 30


@settings(deadline=None, max_examples=30)
@given(
    points=st.lists(st.one_of(st.floats(1e-3, 1e3), st.just(0.0)), min_size=6, max_size=6),
    head=st.sampled_from(["constant", "zero"]),
    model=st.sampled_from(["mono", "trapezoid"]),
)
def test_a_missing_point_is_as_if_it_had_not_been_measured(points, head, model):
    times, points = np.array([1.0, 4, 24, 48, 96, 168]), np.array(points)
    kept = points > 0
    if np.count_nonzero(kept) < 2:
        return
    whole = voxels(points[:, None], times, model=model, head=head)
    less = voxels(points[kept][:, None], times[kept], model=model, head=head)
    for name in ("tia_mbq_h", "sigma_mbq_h", "half_life_h"):
        assert getattr(whole, name)[0] == pytest.approx(getattr(less, name)[0], rel=2e-6)
    assert whole.reason[0] == (less.reason[0] if kept.all() else max(less.reason[0], VoxelReason.POINTS_LEFT_OUT))


def test_two_points_need_a_sigma():
    points = np.array([[100.0], [50.0]])
    with pytest.raises(FitError, match="3 are needed; two are enough if sigma_mbq or cv is given"):
        voxels(points, [24.0, 96.0], cv=None)
    exact = voxels(points, [24.0, 96.0])
    rate = np.log(2) / 72
    assert exact.tia_mbq_h[0] == pytest.approx(100 * np.exp(24 * rate) / rate, rel=1e-6)
    assert exact.rejected_fraction is None
    with pytest.raises(FitError, match="1 point in time cannot be fitted, 2 are needed"):
        voxels(points[:1], [24.0], model="trapezoid")


GOOD = np.ones((4, 2, 3, 4))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decay_corrected": "no"}, "decay_corrected must be given as True or False"),
        ({"activity": GOOD * 1e38}, "reaches 1e.38 MBq.* rescale slope"),
        ({"model": "bi"}, "model must be one of 'mono', 'trapezoid'"),
        ({"times_h": TIMES[:3]}, "activity has 4 time points and times_h 3"),
        ({"times_h": [2.0, 3.0]}, "time must be the first axis"),
        ({"times_h": TIMES[::-1]}, "times_h must rise"),
        ({"times_h": [0.0, 4, 24, 96]}, "times_h must be above 0"),
        ({"activity": TIMES}, r"time as its first axis .* see mrtlab.kinetics.fit"),
        ({"activity": GOOD.astype(object)}, "plain numbers"),
        ({"nuclide": "Lu-178"}, "did you mean Lu-177"),
        ({"mask": np.ones((2, 3))}, r"mask must be a boolean array .* \(2, 3, 4\)"),
        ({"cv": 5}, "looks like a percentage; give 0.05"),
        ({"sigma_mbq": 0.1}, "give the uncertainty once"),
        ({"sigma_mbq": np.ones(3), "cv": None}, "sigma_mbq must be one number, one for each time"),
        ({"sigma_mbq": -1.0, "cv": None}, "sigma_mbq must be above 0"),
        ({"head": "administered"}, "head must be one of"),
        ({"tail": "none"}, "tail must be one of"),
    ],
)
def test_refusals(change, words):
    arguments = {"activity": GOOD, "times_h": TIMES, "nuclide": "Lu-177", "decay_corrected": False, "cv": 0.05}
    with pytest.raises(InputError, match=words):
        kinetics.fit_voxels(**{**arguments, **change})
