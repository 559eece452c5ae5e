"""What holds for every radiobiological input in range."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit

from mrtlab import FitError, PhysicsError
from mrtlab import radiobiology as rb

HALF_LIVES = st.floats(1e-3, 1e4)
REPAIR = st.floats(1e-2, 100)
DOSES = st.floats(0, 1e3)
RATIOS = st.floats(0.1, 100)
FACTORS = st.floats(0, 1)
HISTOGRAMS = hnp.arrays(float, st.integers(1, 30), elements=st.floats(0, 500).map(lambda d: d if d > 1e-6 else 0.0))
SHARES = st.integers(0, 2**32 - 1)


def shares(seed, size):
    return np.random.default_rng(seed).random(size) + 1e-3


@given(HALF_LIVES, HALF_LIVES, REPAIR)
def test_g_lies_between_0_and_1_and_falls_with_the_half_life(first, second, repair):
    short, long = sorted([first, second])
    values = [rb.lea_catcheside(t, repair) for t in (short, long)]
    assert 0 < values[1] <= values[0] <= 1


@given(st.lists(st.tuples(st.floats(0, 1e3), HALF_LIVES), min_size=1, max_size=4), REPAIR, REPAIR, FACTORS)
def test_g_of_falling_curves(phases, repair, other, weight):
    amplitudes, half_lives = np.array(phases).T
    assume(amplitudes.max() > 1e-6)
    rates = np.log(2) / half_lives
    values = [rb.lea_catcheside_curve(amplitudes, rates, t) for t in (repair, other)]
    assert all(0 < value <= 1 for value in values)
    assert (values[0] - values[1]) * (repair - other) >= -1e-12  # slower repair leaves more damage
    mixed = rb.lea_catcheside_curve(amplitudes, rates, [repair, other], [weight, 1 - weight])
    assert mixed == pytest.approx(weight * values[0] + (1 - weight) * values[1], rel=1e-9)
    # never more than that of its fastest phase, never less than that of its slowest over two
    assert max(values) <= max(rb.lea_catcheside(min(half_lives), t) for t in (repair, other)) * (1 + 1e-9)


@given(st.floats(1, 1e3), st.floats(0.01, 0.9), st.floats(0, 1), REPAIR)
def test_g_with_an_uptake_phase(half_life, quicker, share, repair):
    rates = np.log(2) / np.array([half_life, quicker * half_life])
    g = rb.lea_catcheside_curve([1.0, -share], rates, repair)
    assert 0 < g <= 1
    assert g <= rb.lea_catcheside(half_life, repair) * (1 + 1e-9)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), HALF_LIVES), min_size=1, max_size=4), REPAIR)
def test_any_sum_has_a_g_or_an_error(phases, repair):
    amplitudes, half_lives = np.array(phases).T
    try:
        g = rb.lea_catcheside_curve(amplitudes, np.log(2) / half_lives, repair)
    except PhysicsError:
        return
    assert 0 < g <= 1


@given(DOSES, RATIOS, FACTORS)
def test_bed_is_no_less_than_the_dose_and_is_inverted(dose, ratio, g):
    bed = rb.bed(dose, ratio, g)
    assert bed >= dose
    assert rb.dose_from_bed(bed, ratio, g) == pytest.approx(dose, rel=1e-9)
    assert rb.eqd2(bed, ratio) <= bed
    assert rb.bed(2 * dose, ratio, g) >= 2 * bed * (1 - 1e-12)


@given(st.lists(DOSES, min_size=1, max_size=8), RATIOS, FACTORS)
def test_cycles_give_no_more_than_all_at_once(doses, ratio, g):
    total = rb.bed_total(doses, ratio, g)
    assert sum(doses) * (1 - 1e-12) <= total <= rb.bed(sum(doses), ratio, g) * (1 + 1e-12)


@given(HISTOGRAMS, SHARES, st.floats(1e-9, 10), st.floats(1e-9, 10))
def test_eud_lies_between_the_lowest_dose_and_the_mean(doses, seed, first, second):
    weights = shares(seed, doses.size)
    mean = np.average(doses, weights=weights)
    slack = 1e-9 * (1 + doses.max())
    soft, hard = (rb.eud(doses, alpha, weights) for alpha in sorted([first, second]))
    assert doses.min() - slack <= hard <= soft + slack <= mean + 2 * slack


@given(HISTOGRAMS, SHARES, st.floats(-60, 60), st.floats(-60, 60))
def test_geud_rises_with_a_from_lowest_to_highest(doses, seed, first, second):
    weights = shares(seed, doses.size)
    low, high = (rb.geud(doses, a, weights) for a in sorted([first, second]))
    slack = 1e-9 * (1 + doses.max())
    assert doses.min() - slack <= low <= high + slack <= doses.max() + 2 * slack
    assert rb.geud(doses, 1, weights) == pytest.approx(np.average(doses, weights=weights), rel=1e-9, abs=1e-12)


@given(HISTOGRAMS, st.floats(0.01, 2), RATIOS, FACTORS)
def test_eubed_is_no_less_than_eud(doses, alpha, ratio, g):
    assert rb.eubed(doses, alpha, ratio, g) >= rb.eud(doses, alpha) - 1e-9 * (1 + doses.max())


@given(DOSES, DOSES, st.floats(1, 200), st.floats(0.05, 20), st.floats(0.01, 1), st.floats(1, 1e12))
def test_probabilities_rise_with_dose(first, second, d50, gamma50, alpha, clonogens):
    doses = np.sort([first, second])
    for values in (
        rb.log_logistic(doses, d50, gamma50),
        rb.ntcp_logistic(doses, d50, gamma50),
        rb.ntcp_lkb(doses, d50, 1 / gamma50),
        rb.tcp_poisson(doses, alpha, clonogens),
    ):
        assert 0 <= values[0] <= values[1] <= 1


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(6, 40), st.floats(0.05, 3), st.sampled_from(["linear", "log"]),
    st.sampled_from(["ml", "firth"]),
)  # fmt: skip
def test_every_dose_response_is_fitted_or_refused(seed, n, gamma50, scale, method):
    draw = np.random.default_rng(seed)
    doses = draw.lognormal(3.4, 0.5, n)
    outcomes = draw.random(n) < expit(4 * gamma50 * (doses / 30 - 1))
    try:
        found = rb.fit_dose_response(doses, outcomes, scale=scale, method=method)
    except FitError:
        assert method == "ml" or outcomes.all() or not outcomes.any()
        return
    grid = np.linspace(1, 200, 50)
    numbers = [found.b0.s, found.b1.s, found.d50_gy.n, found.d50_gy.s, found.gamma50.s, found.lr_p_value, found.auc]
    assert np.all(np.isfinite(numbers))
    assert 0 <= found.lr_p_value <= 1
    low, high = found.band(grid)
    assert np.all((low >= 0) & (low <= found.probability(grid)) & (found.probability(grid) <= high) & (high <= 1))
    interval = found.d50_interval()
    assert (interval is None) == ("D50_UNBOUNDED" in found.flags)
    if interval:
        assert interval[0] < found.d50_gy.n < interval[1]
