"""The uncertainty module: limits, invariants, refusals."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import correlated_values, ufloat

from mrtlab import uncertainty
from mrtlab.errors import InputError

Recovery = namedtuple("Recovery", "b1_ml b2")
RECOVERY = Recovery(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
GOOD = {
    "volume_ml": 20.0, "outline_voxel_cm": 0.2, "outline_fwhm_cm": 0.3, "image_fwhm_cm": 1.0, "recovery": RECOVERY,
    "sensitivity_rel": 0.03, "tia_random_rel": 0.03, "s_exponent": 0.98,
}  # fmt: skip


def test_large_organ_limit_is_half_the_volume_uncertainty():
    """Everything recovered: counts rise with half the volume error, the S value falls with all of it."""
    sure = Recovery(ufloat(1e-6, 1e-12), ufloat(1.0, 1e-12))
    budget = uncertainty.dose_budget(1e6, 1.0, 1.0, 0.01, sure, 0.0, 0.0, 1.0)
    assert budget.total_rel == pytest.approx(budget.volume_rel / 2, rel=1e-3)


@given(
    volume_ml=st.floats(0.5, 3000), voxel=st.floats(0.01, 1), fwhm=st.floats(0, 2), image=st.floats(0.3, 2.5),
    sensitivity=st.floats(0, 0.2), curve=st.floats(0, 0.3), exponent=st.floats(0.8, 1.1),
)  # fmt: skip
def test_budget_adds_up(volume_ml, voxel, fwhm, image, sensitivity, curve, exponent):
    budget = uncertainty.dose_budget(volume_ml, voxel, fwhm, image, RECOVERY, sensitivity, curve, exponent)
    assert sum(budget.shares.values()) == pytest.approx(1, abs=1e-9)
    assert np.isfinite(budget.total_rel)
    assert budget.total_rel >= max(sensitivity, curve)
    assert (budget.correlation_neglected_rel >= budget.total_rel) == (budget.shares["covariance"] <= 0)


@given(st.floats(0.01, 1e5), st.floats(0.01, 4))
def test_edge_lies_between_nothing_and_all(volume_ml, fwhm):
    assert 0 <= uncertainty.edge_value(volume_ml, fwhm) <= 1


def test_edge_rises_with_the_volume():
    assert np.all(np.diff(uncertainty.edge_value(np.geomspace(0.1, 1e4, 200), 1.0)) > 0)


def test_ct_outline_is_not_emission_outline():
    on_ct = uncertainty.volume(20.0, 0.2, 0.3)
    on_spect = uncertainty.volume(20.0, 0.442, 1.0)
    assert on_spect > 3 * on_ct


def test_uncertain_volume_is_flagged():
    assert uncertainty.dose_budget(**GOOD).flags == ()
    assert uncertainty.dose_budget(**GOOD | {"volume_ml": 3.0}).flags == ("LINEARISATION_DOUBTFUL",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"volume_ml": 0}, "volume_ml must be above 0"),
        ({"volume_ml": float("nan")}, "volume_ml must be finite"),
        ({"outline_voxel_cm": 44.2}, "give 4.42 if that was millimetres"),
        ({"sensitivity_rel": 3}, "3 looks like a percentage; give 0.03"),
        ({"tia_random_rel": -0.1}, "tia_random_rel must lie between 0 and 1"),
        ({"s_exponent": "1"}, "s_exponent is the text"),
    ],
)
def test_refusals(change, words):
    with pytest.raises(InputError, match=words):
        uncertainty.dose_budget(**GOOD | change)


class TestMonteCarlo:
    def test_correlation_is_sampled(self):
        a, b = correlated_values([10.0, 10.0], [[1.0, 0.8], [0.8, 1.0]])
        samples = uncertainty.monte_carlo(lambda a, b: a - b, {"a": a, "b": b}, 100_000, 3)
        assert samples.std == pytest.approx(np.sqrt(0.4), rel=0.02)

    def test_lognormal_has_the_median_and_spread_it_says(self):
        samples = uncertainty.monte_carlo(lambda v: v, {"v": uncertainty.LogNormal(5.0, 0.4)}, 200_000, 4)
        assert samples.median == pytest.approx(5, rel=0.01)
        assert samples.values.std() / samples.values.mean() == pytest.approx(0.4, rel=0.02)
        assert samples.values.min() > 0

    def test_same_seed_same_numbers(self):
        run = [uncertainty.monte_carlo(lambda x: x**2, {"x": ufloat(1, 0.1)}, 1000, seed).median for seed in (7, 7, 8)]
        assert run[0] == run[1] != run[2]

    def test_exact_input_stays_exact(self):
        samples = uncertainty.monte_carlo(lambda x, k: k * x, {"x": ufloat(2, 0.1), "k": 3.0}, 2000, 1)
        assert samples.median == pytest.approx(6, rel=0.01)

    @pytest.mark.parametrize(
        ("function", "inputs", "n", "words"),
        [
            (lambda x: 1.0, {"x": ufloat(1, 0.1)}, 1000, "returns? 1000 results|return 1000 results"),
            (lambda x: np.log(x - 1), {"x": ufloat(1, 0.1)}, 1000, "no finite number"),
            (lambda: 1, {}, 1000, "inputs is empty"),
            (lambda x: x, {"x": ufloat(1, 0.1)}, 10, "at least 1000"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:invalid value")
    def test_refusals(self, function, inputs, n, words):
        with pytest.raises(InputError, match=words):
            uncertainty.monte_carlo(function, inputs, n, 1)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=8), st.floats(0, 0.3), st.floats(0, 0.3))
def test_shared_uncertainty_of_a_sum(doses, own, shared):
    """u^2(sum) = sum of squares of what is each one's own, plus the square of the sum of what is shared."""
    total = sum(uncertainty.with_shared(doses, own, shared))
    expected = np.sqrt(np.sum((own * np.array(doses)) ** 2) + (shared * np.sum(doses)) ** 2)
    assert total.nominal_value == pytest.approx(sum(doses))
    assert total.std_dev == pytest.approx(expected, rel=1e-9, abs=1e-12)
