"""Images and samples: counts are what activity, sensitivity and time make of them, and no more."""

from __future__ import annotations

import dataclasses
import itertools
import math
from datetime import timedelta

import numpy as np
import pytest
from scipy.special import ive

from mrtlab import InputError, calibration, nuclides
from mrtlab.images import DecayState, Unit, blurred
from mrtlab.patients import Camera, virtual_patient
from mrtlab.patients.acquisition import activity_map, losses
from mrtlab.patients.planar import primary_views

SIZE = 48  # 12.8 mm: fast


def quiet(**changes) -> Camera:
    """A camera without systematic errors."""
    return dataclasses.replace(Camera.of("Lu-177"), bias_rel=0.0, **changes)


@pytest.fixture(scope="module")
def patient():
    return virtual_patient("prrt", 11)


def test_the_grid_holds_the_true_activity(patient):
    grid = patient.grid(SIZE, "abdomen")
    activity = activity_map(patient, grid, 24.0, 1200.0)
    assert activity.min() >= 0
    for name in ("liver", "left kidney", "right kidney", "spleen", "lesion 1", "bladder"):
        # only this region's own, voxel by voxel
        own = patient.coverage(name, grid) * grid.voxel_ml / patient.truth.volume_ml(name)
        assert own.sum(dtype=float) == pytest.approx(1, abs=1e-3), name
    truth = sum(
        patient.truth.mean_activity_mbq(name, 24.0, 1200.0)
        * float(patient.coverage(name, grid).sum(dtype=float) * grid.voxel_ml / patient.truth.volume_ml(name))
        for name in patient.truth.regions
    )
    assert activity.sum() == pytest.approx(truth, rel=1e-3)


def test_the_whole_body_is_in_a_whole_body_grid(patient):
    from mrtlab.patients.planar import view_grid

    activity = activity_map(patient, view_grid(patient, "whole body", SIZE, None), 24.0, 1200.0)
    assert activity.sum() == pytest.approx(patient.kinetics.in_body_mbq(24 + 1 / 6), rel=1e-3)


@pytest.mark.parametrize("spacing", [4.0, 9.6])
@pytest.mark.parametrize("fwhm", [6.0, 12.0, 24.0])
def test_blur_keeps_counts_and_has_its_width(spacing, fwhm):
    point = np.zeros((41, 41, 41))
    point[20, 20, 20] = 7.0
    image = blurred(point, fwhm, (spacing,) * 3)
    assert image.sum() == pytest.approx(7.0, rel=1e-6)
    profile = image.sum(axis=(1, 2))
    variance = np.sum(profile * (np.arange(41) - 20) ** 2) / profile.sum() * spacing**2
    assert math.sqrt(variance) * 2.35482 == pytest.approx(fwhm, rel=1e-4)
    twice = blurred(blurred(point, 0.6 * fwhm, (spacing,) * 3), 0.8 * fwhm, (spacing,) * 3)
    assert twice == pytest.approx(image, abs=1e-7)


def test_mean_counts_are_sensitivity_times_activity_times_time(patient):
    camera = quiet(dead_time_s=0.0)
    grid = patient.grid(SIZE)
    expected = activity_map(patient, grid, 24.0, 900.0).sum() * camera.sensitivity_cps_per_mbq * 2 * 900
    (still,) = patient.acquire(24, size=SIZE, camera=camera, duration_s=900, noise=False)
    # what blurs over the edge of the grid is lost: legs and chest go on beyond it
    assert still.array.sum(dtype=float) == pytest.approx(expected, rel=0.01)
    assert still.array.sum(dtype=float) < expected
    (image,) = patient.acquire(24, size=SIZE, camera=camera, duration_s=900)
    assert image.array.sum(dtype=float) == pytest.approx(still.array.sum(dtype=float), rel=4 * math.sqrt(4 / expected))
    assert (image.unit, image.decay_state, image.nuclide) == (Unit.COUNTS, DecayState.NONE, "Lu-177")
    assert image.start - patient.administered_at == timedelta(hours=24)
    assert image.window_kev == (187.2, 228.8)


def test_noise_has_its_variance_and_is_correlated(patient):
    camera = quiet(dead_time_s=0.0, inflation=4.0)
    (still,) = patient.acquire(24, size=SIZE, camera=camera, noise=False)
    liver = patient.regions(patient.grid(SIZE), ["liver"])["liver"] > 0.99
    times = [24 + 1e-5 * k for k in range(60)]
    sums = np.array([i.array[liver].sum(dtype=float) for i in patient.acquire(times, size=SIZE, camera=camera)])
    assert sums.mean() == pytest.approx(still.array[liver].sum(dtype=float), rel=4 * 2 / math.sqrt(60 * sums.mean()))
    # the filter lets noise cross the edge of the region, which takes a little of its variance
    assert sums.var(ddof=1) / (4 * sums.mean()) == pytest.approx(0.95, abs=4 * math.sqrt(2 / 59))
    # 6 mm of filter on voxels of 4.8 mm; noise before it is white, so neighbours correlate as the filter with itself
    variance = (6 / 2.35482 / 4.8) ** 2
    expected = ive(1, 2 * variance) / ive(0, 2 * variance)
    (fine,), (smooth,) = (patient.acquire(24, size=128, camera=camera, noise=n) for n in (True, False))
    noise = (fine.array - smooth.array) / np.sqrt(np.maximum(smooth.array, 1))
    body = smooth.array > 20
    both = body & np.roll(body, 1, axis=0)
    assert np.corrcoef(noise[both], np.roll(noise, 1, axis=0)[both])[0, 1] == pytest.approx(expected, abs=0.03)
    # each voxel: inflated Poisson, less what the filter averages along three axes
    assert noise[body].var() == pytest.approx(4 * ive(0, 2 * variance) ** 3, rel=0.05)
    assert fine.array.min() >= 0


def test_the_same_seed_gives_the_same_image_and_another_time_other_noise(patient):
    (first,), (second,) = patient.acquire(24, size=SIZE), virtual_patient("prrt", 11).acquire(24, size=SIZE)
    assert np.array_equal(first.array, second.array)
    (other,) = virtual_patient("prrt", 12).acquire(24, size=SIZE)
    assert not np.array_equal(first.array, other.array)
    both = patient.acquire([4, 24], size=SIZE)
    assert np.array_equal(both[1].array, first.array)
    assert not np.array_equal(both[0].array, first.array)


def test_dead_time_takes_what_the_model_says_and_the_correction_gives_it_back(patient):
    camera = quiet()
    activity = float(activity_map(patient, patient.grid(SIZE), 1.0, 1200.0).sum())
    recorded, corrected, flags = losses(patient, camera, activity)
    rate = 9.26 * camera.escape * activity
    assert recorded == pytest.approx(math.exp(-rate * 4.6e-6))
    assert recorded < 0.97
    assert recorded * corrected == pytest.approx(1)
    assert not flags
    still, lossless = (
        patient.acquire(1, size=SIZE, camera=c, noise=False)[0].array for c in (camera, quiet(dead_time_s=0.0))
    )
    assert still == pytest.approx(lossless, rel=1e-5)
    beyond = quiet(dead_time_s=1e-3)
    assert losses(patient, beyond, activity)[2] == ["PAST_MAXIMUM_RATE"]
    # beyond the maximum the correction takes the wrong one of two solutions
    assert losses(patient, beyond, activity)[0] * losses(patient, beyond, activity)[1] < 0.5


def test_the_residue_of_corrections_stays_in_its_limits_and_belongs_to_the_patient(patient):
    camera, clean = Camera.of("Lu-177"), quiet()
    ratios = []
    for seed in range(6):
        one = virtual_patient("prrt", seed)
        pair = [one.acquire(48, size=24, camera=c, noise=False)[0].array.sum() for c in (camera, clean)]
        later = [one.acquire(96, size=24, camera=c, noise=False)[0].array.sum() for c in (camera, clean)]
        ratios.append(pair[0] / pair[1])
        assert later[0] / later[1] == pytest.approx(ratios[-1], rel=1e-5)
    assert all(0.949 < ratio < 1.051 for ratio in ratios)
    assert len(set(np.round(ratios, 4))) == 6


def test_decay_during_the_acquisition_is_in_the_counts():
    patient = virtual_patient("sirt", 3).tracer()  # Tc-99m that stays where it is
    camera = dataclasses.replace(Camera.of("Tc-99m"), bias_rel=0.0, dead_time_s=0.0)
    short, long = (
        patient.acquire(1, size=24, camera=camera, duration_s=s, noise=False)[0].array.sum(dtype=float)
        for s in (36, 7200)
    )
    decay = nuclides.nuclide("Tc-99m").decay_constant_per_h
    expected = -math.expm1(-2 * decay) / -math.expm1(-0.01 * decay)
    assert long / short == pytest.approx(expected, rel=1e-4)


def test_recovery_in_an_image_is_that_of_the_shape(patient):
    # a lone sphere on a fine grid, blurred, its own outline
    from mrtlab.images import Grid
    from mrtlab.patients import sphere_recovery
    from mrtlab.patients.shapes import Shape, coverage
    from mrtlab.patients.truth import shape_recovery

    grid = Grid((40, 40, 40), (2.0, 2.0, 2.0), (-39, -39, -39))
    sphere = Shape("ellipsoid", (0, 0, 0), (12, 12, 12))
    inside = coverage(sphere, grid).astype(float)
    shown = blurred(inside, 12.0, grid.spacing_mm)
    image = float((shown * inside).sum() / inside.sum())
    assert sphere_recovery(sphere.volume_ml, 12.0) == pytest.approx(image, abs=0.01)
    assert shape_recovery(sphere, 12.0) == pytest.approx(image, abs=0.015)
    assert sphere_recovery(1e5, 12.0) > 0.95
    assert sphere_recovery(0.01, 12.0) < 0.03
    assert 0 < patient.truth.recovery("lesion 1", 12) < patient.truth.recovery("liver", 12) < 1


def test_ct_shows_its_numbers_and_noise(patient):
    (ct,) = patient.acquire(24, "ct", size=64)
    grid = patient.grid(64)
    assert ct.unit == Unit.HU
    for name, number in (("liver", 60), ("spleen", 45)):
        inside = patient.coverage(name, grid) > 0.999
        assert ct.array[inside].mean() == pytest.approx(number, abs=4 * 15 / math.sqrt(inside.sum()) + 0.3)
        assert ct.array[inside].std() == pytest.approx(15, rel=0.25)
    lung = patient.coverage("left lung", grid) > 0.999
    assert ct.array[lung].mean() == pytest.approx(-720, abs=2)
    assert ct.array[0, 0, 0] == pytest.approx(-1000, abs=80)
    assert ct.frame_of_reference == patient.acquire(24, size=SIZE)[0].frame_of_reference


def test_line_integrals_of_a_slab_are_analytic():
    # 10 voxels of 1 cm, uniform activity and attenuation: (1 - exp(-mu·T))/mu of the activity per cm
    activity, attenuation = np.ones((1, 10, 1)), np.full((1, 10, 1), 0.13)
    for view in primary_views(activity, attenuation, 1.0):
        assert view[0, 0] == pytest.approx(-math.expm1(-1.3) / 0.13)
    # a thin source: the geometric mean does not depend on its depth
    for depth in range(10):
        source = np.zeros((1, 10, 1))
        source[0, depth, 0] = 1.0
        front, back = (view[0, 0] for view in primary_views(source, attenuation, 1.0))
        own = -math.expm1(-0.13) / 0.13
        assert math.sqrt(front * back) == pytest.approx(own * math.exp(-0.13 * 9 / 2), rel=1e-9)
    empty = primary_views(activity, np.zeros((1, 10, 1)), 1.0)
    assert empty[0][0, 0] == empty[1][0, 0] == 10


def test_planar_pictures_can_be_corrected_for_scatter_and_seen_from_behind(patient):
    camera = quiet(dead_time_s=0.0)
    (picture,) = patient.acquire(24, "planar", size=SIZE, camera=camera)
    (still,) = patient.acquire(24, "planar", size=SIZE, camera=camera, noise=False)
    assert len(picture.frames) == 6
    windows = {frame.window_kev for frame in picture.frames}
    assert windows == {(187.2, 228.8), (153.0, 187.0), (229.5, 280.5)}
    widths = calibration.window_widths((187.2, 228.8), (153.0, 187.0), (229.5, 280.5))
    three = [still.frame("anterior", w).sum(dtype=float) for w in [(187.2, 228.8), (153.0, 187.0), (229.5, 280.5)]]
    primary = calibration.triple_energy_window(*three, *widths)
    assert three[0] / primary.nominal_value == pytest.approx(1.35, abs=0.05)  # a little scatter leaves the picture
    # the liver lies at the patient's right: left of the middle from the front, right of it from behind
    peak = (187.2, 228.8)
    front, back = still.frame("anterior", peak), still.frame("posterior", peak)
    half = SIZE // 2
    assert front[:, :half].sum() > front[:, half:].sum()
    assert back[:, half:].sum() > back[:, :half].sum()
    counts = picture.frame("anterior", peak)
    assert np.array_equal(counts, counts.round())
    expected = still.frame("anterior", peak)
    assert np.mean((counts - expected) ** 2 / np.maximum(expected, 1)) == pytest.approx(1, rel=0.2)


def test_a_whole_body_scan_runs_from_head_to_feet(patient):
    (scan,) = patient.acquire(4, "whole body", size=SIZE, noise=False)
    assert scan.kind == "whole body"
    picture = scan.frame("anterior", (187.2, 228.8))
    rows = picture.shape[0] * scan.spacing_mm[0]
    assert rows == pytest.approx(patient.height_cm * 10 + 100, abs=20)
    assert picture[: rows_of(scan, 60)].sum() < 0.02 * picture.sum()
    with pytest.raises(InputError, match="bed is not used"):
        patient.acquire(4, "whole body", bed="neck")


def rows_of(scan, mm):
    return int(mm / scan.spacing_mm[0])


def test_pet_of_microspheres():
    patient = virtual_patient("sirt", 2)
    (image,) = patient.acquire(20, "pet", size=SIZE)
    assert (image.unit, image.decay_state, image.modality) == (Unit.BQ_PER_ML, DecayState.START, "PT")
    (still,) = patient.acquire(20, "pet", size=SIZE, camera=_pet(0.0), noise=False)
    grid = patient.grid(SIZE)
    start = sum(
        patient.truth.activity_mbq(name, 20.0) * float(patient.coverage(name, grid).sum(dtype=float))
        * grid.voxel_ml / patient.truth.volume_ml(name)
        for name in patient.truth.regions
    )  # fmt: skip
    assert still.array.sum(dtype=float) * grid.voxel_ml / 1e6 == pytest.approx(start, rel=0.01)
    # referred to the start, a long scan shows the same
    (long,) = patient.acquire(20, "pet", size=SIZE, camera=_pet(0.0), noise=False, duration_s=4 * 3600)
    assert long.array.sum(dtype=float) == pytest.approx(still.array.sum(dtype=float), rel=1e-4)
    (foggy,) = patient.acquire(20, "pet", size=SIZE, camera=_pet(0.04), noise=False)
    assert foggy.array.sum(dtype=float) == pytest.approx(still.array.sum(dtype=float), rel=1e-3)
    assert foggy.array[-1, 0, 0] * foggy.array.size == pytest.approx(0.04 * foggy.array.sum(dtype=float), rel=0.05)


def _pet(background):
    return dataclasses.replace(Camera.of("Y-90", "pet"), bias_rel=0.0, background=background)


def test_the_probe_gives_back_the_uptake():
    patient = virtual_patient("radioiodine", 4).tracer()
    (counts,) = patient.acquire(24, "probe", noise=False)
    per_s = {name: getattr(counts, f"{name}_counts") / 60 for name in ("neck", "thigh", "standard", "background")}
    true = {name: calibration.true_rate(rate, 5e-6, "nonparalysable") for name, rate in per_s.items()}
    uptake = (true["neck"] - true["thigh"]) / (true["standard"] - true["background"]) * 2.0 / patient.administered_mbq
    expected = patient.truth.activity_mbq("thyroid", 24.0) / patient.administered_mbq
    assert uptake == pytest.approx(expected, rel=0.002)
    (noisy,) = patient.acquire(24, "probe")
    assert noisy.neck_counts == int(noisy.neck_counts)
    assert noisy.neck_counts == pytest.approx(counts.neck_counts, abs=5 * math.sqrt(counts.neck_counts))
    with pytest.raises(InputError, match="an uptake probe measures radioiodine"):
        virtual_patient("prrt", 1).acquire(24, "probe")


def test_blood_samples_count_the_concentration():
    patient = virtual_patient("radioiodine-dtc", 4)
    (still,) = patient.acquire(6, "blood", noise=False)
    net = (still.counts - still.background_counts) / still.duration_s
    assert net / still.cps_per_mbq / still.volume_ml == pytest.approx(still.concentration_mbq_per_ml)
    found = np.array([patient.acquire(6 + 1e-5 * k, "blood")[0].counts for k in range(100)])
    assert found.std() / found.mean() == pytest.approx(0.02, rel=0.3)  # pipetting dominates
    times = [2, 6, 24, 96, 144]
    series = [sample.concentration_mbq_per_ml for sample in patient.acquire(times, "blood")]
    assert all(a > b for a, b in itertools.pairwise(series))
    per_ml = series[0] / patient.administered_mbq
    assert 8e-6 < per_ml < 6e-5  # of the administered activity per mL at 2 h; 2.7e-5 in the course's example
    with pytest.raises(InputError, match="nothing circulates"):
        virtual_patient("sirt", 1).acquire(6, "blood")


def test_bad_requests_teach():
    patient = virtual_patient("prrt", 1)
    with pytest.raises(InputError, match="kind must be one of 'spect', 'pet'"):
        patient.acquire(24, "mri")
    with pytest.raises(InputError, match="no option 'durations'"):
        patient.acquire(24, durations=3)
    with pytest.raises(InputError, match="times_h must rise"):
        patient.acquire([24, 4])
    with pytest.raises(InputError, match="times_h"):
        patient.acquire([-1])
    with pytest.raises(InputError, match="no pet camera for Lu-177, only for Y-90"):
        patient.acquire(24, "pet")
    with pytest.raises(InputError, match="calibrated for I-131"):
        patient.acquire(24, camera=Camera.of("I-131"))
    with pytest.raises(InputError, match=r"dead_time_s is 4\.6"):
        Camera("Lu-177", 9.0, dead_time_s=4.6)
    with pytest.raises(InputError, match="window_kev"):
        Camera("Lu-177", 9.0, window_kev=(228.8, 187.2))


def test_a_narrower_field_of_view_shows_the_same_activity_in_finer_voxels():
    patient = virtual_patient("sirt", 17)
    wide, near = (patient.acquire(20.0, "pet", 32, noise=False, **more)[0] for more in ({}, {"reach_mm": 384.0}))
    assert near.spacing_mm == (12.0, 12.0, 12.0)
    liver = [float((one.array * patient.coverage("liver", one.grid)).sum() * one.grid.voxel_ml) for one in (wide, near)]
    assert liver[1] == pytest.approx(liver[0], rel=0.05)
    with pytest.raises(InputError, match="no option 'reach_mm'"):
        patient.acquire(20.0, "planar", 32, reach_mm=384.0)
