"""What holds for every calibration input in range: finite, reversible, monotone, linear."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import PhysicsError, PlausibilityWarning, calibration

MODELS = st.sampled_from(["paralysable", "nonparalysable"])
RATES = st.floats(0, 1e7)
DEAD_TIMES = st.floats(1e-9, 1e-3)
COUNTS = st.integers(0, 10**9)
WIDTHS = st.floats(1, 500)


def quietly(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        return function(*args, **kwargs)


@given(RATES, DEAD_TIMES, MODELS)
def test_recorded_rates_are_finite_and_no_higher_than_true_ones(true, tau, model):
    observed = calibration.observed_rate(true, tau, model)
    assert 0 <= observed <= true
    assert observed <= (1 / np.e if model == "paralysable" else 1) / tau * (1 + 1e-12)


@given(st.floats(0, 0.95), DEAD_TIMES, MODELS)
def test_there_and_back(load, tau, model):
    true = load / tau
    observed = calibration.observed_rate(true, tau, model)
    assert quietly(calibration.true_rate, observed, tau, model) == pytest.approx(true, rel=1e-9, abs=1e-12)


@given(st.floats(1.05, 200), DEAD_TIMES)
def test_there_and_back_beyond_the_maximum(load, tau):
    true = load / tau
    assert calibration.true_rate(calibration.observed_rate(true, tau), tau, branch="upper") == pytest.approx(
        true, rel=1e-9
    )


@given(RATES, st.floats(0, 1e-3), MODELS, st.floats(0.001, 0.2))
def test_every_reading_is_explained_or_refused(observed, tau, model, spread):
    """Never NaN: a true rate at least as high that gives the reading again, or an error."""
    limit = 1 / np.e if model == "paralysable" else 1.0
    try:
        true = quietly(calibration.true_rate, observed, tau, model)
    except PhysicsError:
        assert observed * tau >= limit * (1 - 1e-9)
        return
    assert observed * tau <= limit * (1 + 1e-9)
    assert true >= observed * (1 - 1e-12)
    assert calibration.observed_rate(true, tau, model) == pytest.approx(observed, rel=1e-6)
    # uncertainties squares standard deviations, which underflows for rates far below one count in the age of the world
    assume(observed > 1e-30 and observed * tau < 0.999 * limit)
    carried = quietly(calibration.true_rate, ufloat(observed, spread * observed), tau, model)
    assert carried.n == pytest.approx(true, rel=1e-12)
    assert spread * observed * (1 - 1e-9) <= carried.s < np.inf


@given(st.floats(1e3, 1e5), st.floats(1e3, 1e5), st.floats(0, 0.5), st.floats(0.001, 0.6))
def test_two_sources_find_the_dead_time(first, second, share, load):
    """Exact for the non-paralysable model, whatever the sources and the background."""
    empty = share * min(first, second)
    tau = load / (first + second + empty)
    rates = [n / (1 + n * tau) for n in (first + empty, second + empty, first + second + empty, empty)]
    assert calibration.two_source_dead_time(*rates, model="nonparalysable") == pytest.approx(tau, rel=1e-6)


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_geometric_mean_lies_between(anterior, posterior):
    mean = calibration.geometric_mean(anterior, posterior)
    assert min(anterior, posterior) * (1 - 1e-12) <= mean <= max(anterior, posterior) * (1 + 1e-12)
    assert mean == calibration.geometric_mean(posterior, anterior)


@given(st.floats(0.05, 0.5), st.floats(0, 60), st.floats(0, 60))
def test_thicker_sources_attenuate_themselves_more(mu, first, second):
    thin, thick = sorted([first, second])
    factors = [quietly(calibration.source_thickness_factor, mu, t) for t in (thin, thick)]
    assert 0 < factors[1] <= factors[0] * (1 + 1e-12) <= 1 + 2e-12


@given(st.floats(0, 1e9), st.sampled_from(["Ga-68", "F-18", "Tc-99m", "Lu-177", "Ac-225"]))
def test_mean_activity_of_a_scan_is_below_that_at_its_start(duration, name):
    assume(duration > 0)
    factor = calibration.acquisition_decay_factor(duration, name)
    assert 0 < factor <= 1
    assert calibration.acquisition_decay_factor(2 * duration, name) <= factor


@given(COUNTS, COUNTS, COUNTS, WIDTHS, WIDTHS, WIDTHS, st.floats(0.01, 100))
def test_triple_energy_window_is_linear(peak, lower, upper, w_peak, w_lower, w_upper, factor):
    widths = (w_peak, w_lower, w_upper)
    once = quietly(calibration.triple_energy_window, peak, lower, upper, *widths)
    scaled = quietly(calibration.triple_energy_window, factor * peak, factor * lower, factor * upper, *widths)
    size = peak + lower * w_peak / w_lower + upper * w_peak / w_upper
    assert scaled.n == pytest.approx(factor * once.n, rel=1e-9, abs=1e-9 * factor * size)
    # variances of counts are linear, too
    assert scaled.s == pytest.approx(factor**0.5 * once.s, rel=1e-9, abs=1e-12)
    parts = [quietly(calibration.triple_energy_window, *part, *widths) for part in ((peak, 0, 0), (0, lower, upper))]
    assert sum(parts).n == pytest.approx(once.n, rel=1e-9, abs=1e-9 * size)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1e-3, 1e3), st.floats(0.2, 3))
def test_recovery_rises_with_volume(first, second, b1, b2):
    small, large = sorted([first, second])
    values = calibration.recovery(np.array([small, large]), b1, b2)
    assert np.all((values >= 0) & (values <= 1))
    assert values[0] <= values[1]
    assert calibration.recovery(b1, b1, b2) == 0.5


@given(st.floats(1e-300, 1e300), st.floats(1e-3, 1e3), st.floats(0.2, 3))
def test_recovery_of_any_volume_is_a_number(volume, b1, b2):
    assert 0 <= calibration.recovery(volume, b1, b2) <= 1


@given(st.floats(0.2, 1.0), st.floats(0.01, 1e4), st.floats(0, 10), st.floats(0.1, 100))
def test_correction_undoes_what_blurring_does(recovery, activity, background, volume):
    assume(recovery * activity > 1e-6 * background * volume)
    apparent = recovery * activity + (1 - recovery) * background * volume
    found = quietly(calibration.partial_volume_corrected, apparent, recovery, background, volume)
    assert found == pytest.approx(activity, rel=1e-6)


@given(st.floats(0, 60), st.floats(0.1, 60), st.floats(0, 1e6), st.floats(1, 1e6))
def test_background_never_adds(organ_cm, body_cm, background, counts):
    assume(organ_cm <= body_cm)
    try:
        net = calibration.subtract_background(counts, background, 10, 10, organ_cm, body_cm)
    except PhysicsError:
        assert background * (1 - organ_cm / body_cm) >= counts
        return
    assert 0 < net <= counts


@pytest.mark.filterwarnings("ignore:hu is:mrtlab.PlausibilityWarning")  # as in an organ after contrast medium
@given(st.floats(-1050, 4000), st.floats(-1050, 4000))
def test_density_never_falls_with_the_ct_number(first, second):
    low, high = sorted([first, second])
    values = calibration.density_g_per_ml([low, high])
    assert 0.00121 <= values[0] <= values[1] <= 2.80
