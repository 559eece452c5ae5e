"""Speed and memory of the voxel layer, as ratios within one run: ``pytest tests/benchmarks --benchmark-only``.

The patient is virtual: four SPECT of 128 x 128 x 128 voxels after Lu-177, with the noise of their counts. No mask: the
air around the patient is fitted too, where noise left something in it.
"""

import time
import tracemalloc

import lmfit
import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.signal import fftconvolve

from mrtlab import kinetics, voxel
from mrtlab.patients import Camera, virtual_patient

TIMES = np.array([4.0, 24.0, 96.0, 168.0])
SIDE = 128


def best_of(count, work):
    """Shortest of several runs, seconds: the others were disturbed."""
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


@pytest.fixture(scope="module")
def patient():
    """Activity, shape (4, 128, 128, 128), float32 MBq per voxel, and the voxels with activity at every time."""
    camera = Camera.of("Lu-177")
    scans = virtual_patient("prrt", 1).acquire(TIMES, "spect", SIDE, camera=camera)
    per_mbq = camera.sensitivity_cps_per_mbq * camera.heads
    activity = np.stack([scan.array / np.float32(per_mbq * scan.duration_s) for scan in scans])
    return activity, (activity > 0).all(axis=0)


def fitted(activity):
    return kinetics.fit_voxels(activity, TIMES, "Lu-177", decay_corrected=False, cv=0.1)


def log_linear(activity):
    """The plain fit: a straight line through the logarithms, nothing checked, no uncertainty."""
    logs = np.log(np.maximum(activity, 1e-12).reshape(len(TIMES), -1).astype(float))
    centred = TIMES - TIMES.mean()
    rate = -(centred @ logs) / (centred @ centred)
    return (np.exp(logs.mean(axis=0) + rate * TIMES.mean()) / rate).astype(np.float32)


def with_lmfit(points):
    parameters = lmfit.Parameters()
    parameters.add("a", value=points[0] * 1.1, min=0)
    parameters.add("rate", value=0.012, min=np.log(2) / 159.528)

    def residual(values):
        return (values["a"].value * np.exp(-values["rate"].value * TIMES) - points) / (0.1 * points)

    return lmfit.minimize(residual, parameters, scale_covar=False)


def test_fit_voxels_against_lmfit_and_log_linear(patient, benchmark):
    activity, body = patient
    result = benchmark.pedantic(fitted, (activity,), rounds=7, warmup_rounds=1)
    ours = benchmark.stats.stats.min
    assert np.mean(result.reason[body] == kinetics.VoxelReason.FITTED) > 0.85  # the others are mostly noise that rises
    plain = best_of(7, lambda: log_linear(activity))
    sample = activity[:, body][:, :: body.sum() // 300].T.astype(float)
    one_by_one = best_of(1, lambda: [with_lmfit(points) for points in sample]) / len(sample)
    reference = np.array([with_lmfit(points).params["rate"].value for points in sample])
    half_lives = result.half_life_h[body][:: body.sum() // 300]
    count = np.count_nonzero(activity.any(axis=0))  # empty voxels cost nothing and are not counted
    assert np.median(np.abs(half_lives * reference / np.log(2) - 1)) < 1e-3
    faster, slower = one_by_one / (ours / count), ours / plain
    benchmark.extra_info.update(voxels=count, times_faster_than_lmfit=faster, times_log_linear=slower)
    print(f"\n{ours / count * 1e6:.2f} us per voxel; {faster:.0f} x faster than lmfit; {slower:.1f} x log-linear")
    assert faster >= 700
    assert slower <= 10


def test_memory_of_fit_voxels(patient, benchmark):
    def peak():
        tracemalloc.start()
        try:
            fitted(patient[0])
            kinetics.fit_voxels(patient[0], TIMES, "Lu-177", mask=patient[1], decay_corrected=False, cv=0.1)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    megabytes = benchmark.pedantic(peak, rounds=1) / 1e6
    benchmark.extra_info["peak_mb"] = megabytes
    print(f"\n{megabytes:.0f} MB above the input")
    assert megabytes < 500


def test_many_regions_against_curve_fit(benchmark):
    rng = np.random.default_rng(12)
    count = 10_000
    exact = rng.uniform(1, 200, count) * np.exp2(-TIMES[:, None] / rng.uniform(20, 140, count))
    points = exact * (1 + 0.05 * rng.standard_normal(exact.shape))

    def at_once():
        return kinetics.fit_voxels(points, TIMES, "Lu-177", decay_corrected=False, cv=0.05)

    def loop(columns):
        return [
            curve_fit(lambda t, a, rate: a * np.exp(-rate * t), TIMES, y, (y[0], 0.012), 0.05 * y, absolute_sigma=True)
            for y in columns.T
        ]

    result = benchmark.pedantic(at_once, rounds=7, warmup_rounds=1)
    part = points[:, :1000]
    one_by_one = best_of(2, lambda: loop(part)) / part.shape[1]
    rates = np.array([values[1] for values, _ in loop(part[:, :100])])
    free = result.reason[:100] == kinetics.VoxelReason.FITTED
    assert result.half_life_h[:100][free] == pytest.approx(np.log(2) / rates[free], rel=1e-4)
    faster = one_by_one * count / benchmark.stats.stats.min
    benchmark.extra_info["times_faster_than_curve_fit"] = faster
    print(f"\n{count} regions {faster:.0f} x faster than curve_fit one by one")
    assert faster >= 50


def test_dose_map_against_fftconvolve(patient, benchmark):
    activity, _ = patient
    tia = activity[0] * 80
    spacing = (4.0, 4.0, 4.0)
    kernel = voxel.kernel("I-131", spacing, radius_mm=100)
    assert kernel.shape == (51, 51, 51)

    def ours():
        return voxel.dose_map(tia, spacing, "I-131", method="kernel", radius_mm=100)

    result = benchmark.pedantic(ours, rounds=9, warmup_rounds=1)
    double = tia.astype(float)
    reference = fftconvolve(double, kernel, mode="same")
    assert result == pytest.approx(reference, abs=2e-6 * float(reference.max()))
    share = benchmark.stats.stats.min / best_of(9, lambda: fftconvolve(double, kernel, mode="same"))
    benchmark.extra_info["share_of_fftconvolve"] = share
    print(f"\n{share:.2f} of the time of fftconvolve")
    assert share <= 0.5
