"""The dose-response fit against another optimiser, closed forms and simulation."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from uncertainties import ufloat

from mrtlab import FitError, Flag, InputError
from mrtlab import radiobiology as rb

DOSES = np.array([12, 15, 18, 20, 22, 25, 28, 30, 33, 36, 38, 42, 45, 50, 55, 60], dtype=float)
OUTCOMES = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1])


def simulated(seed, n=60, d50=30.0, gamma50=1.2):
    draw = np.random.default_rng(seed)
    doses = draw.lognormal(np.log(30), 0.4, n)
    return doses, (draw.random(n) < expit(4 * gamma50 * (doses / d50 - 1))).astype(int)


def minus_log_likelihood(b, x, y, penalised):
    """Written from the definition, and not as the package does it: probabilities, products, a determinant by hand."""
    p = 1 / (1 + np.exp(-(b[0] + b[1] * x)))
    with np.errstate(divide="ignore"):
        value = np.sum(np.log(np.where(y == 1, p, 1 - p)))
    if penalised:
        w = p * (1 - p)
        value += 0.5 * np.log(np.sum(w) * np.sum(w * x**2) - np.sum(w * x) ** 2)
    return -value


def other_optimum(x, y, penalised, start=(0.0, 0.0)):
    centre, spread = x.mean(), x.std()
    z = (x - centre) / spread
    found = minimize(
        minus_log_likelihood, start, (z, y, penalised), "Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13}
    )
    b1 = found.x[1] / spread
    return found.x[0] - b1 * centre, b1


class TestAgainstAnotherOptimiser:
    @pytest.mark.parametrize("method", ["ml", "firth"])
    @pytest.mark.parametrize("scale", ["linear", "log"])
    def test_random_data(self, method, scale):
        for seed in range(12):
            doses, outcomes = simulated(seed, n=25)
            x = doses if scale == "linear" else np.log(doses)
            found = rb.fit_dose_response(doses, outcomes, scale=scale, method=method)
            b0, b1 = other_optimum(x, outcomes, method == "firth")
            assert (found.b0.n, found.b1.n) == pytest.approx((b0, b1), rel=1e-5)
            best = -minus_log_likelihood((b0, b1), x, outcomes, method == "firth")
            assert found.log_likelihood == pytest.approx(best, abs=1e-7)

    def test_covariance_is_the_inverse_curvature(self):
        doses, outcomes = simulated(3)
        found = rb.fit_dose_response(doses, outcomes)
        best, steps = np.array([found.b0.n, found.b1.n]), np.array([1e-3, 3e-5])
        curvature = np.zeros((2, 2))
        for i in range(2):
            for j in range(2):
                for si, sj in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                    moved = best + si * steps * (np.arange(2) == i) + sj * steps * (np.arange(2) == j)
                    curvature[i, j] += si * sj * minus_log_likelihood(moved, doses, outcomes, False)
        curvature /= 4 * np.outer(steps, steps)
        assert found.covariance == pytest.approx(np.linalg.inv(curvature), rel=1e-3)

    @pytest.mark.parametrize("method", ["ml", "firth"])
    def test_profile_ends_lie_on_the_level(self, method):
        """At each end, the best curve through that D50 is worse by half of 3.841."""
        doses, outcomes = simulated(8)
        found = rb.fit_dose_response(doses, outcomes, method=method)
        for end in found.d50_interval():
            # one parameter: the slope; the penalty stays that of both
            grid = np.linspace(0.01, 4, 20001)
            best = max(-minus_log_likelihood((-s * end / 10, s / 10), doses, outcomes, method == "firth") for s in grid)
            assert 2 * (found.log_likelihood - best) == pytest.approx(3.841459, abs=1e-3)


class TestFirth:
    @pytest.mark.parametrize(("with_low", "with_high"), [(3, 8), (0, 10), (0, 7)])
    def test_two_doses_are_a_table_with_a_half_added_to_each_cell(self, with_low, with_high):
        doses = [10.0] * 12 + [20.0] * 10
        outcomes = [1] * with_low + [0] * (12 - with_low) + [1] * with_high + [0] * (10 - with_high)
        found = rb.fit_dose_response(doses, outcomes, method="firth")
        assert found.probability(10.0) == pytest.approx((with_low + 0.5) / 13, rel=1e-9)
        assert found.probability(20.0) == pytest.approx((with_high + 0.5) / 11, rel=1e-9)

    def test_finite_where_dose_separates(self):
        found = rb.fit_dose_response([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], method="firth")
        assert found.d50_gy.n == pytest.approx(3.5, rel=1e-9)
        assert 0 < found.b1.n < 10
        assert found.b1.s > 0

    def test_smaller_bias_than_maximum_likelihood(self):
        """400 samples of 60. Of 4000, run apart: mean slope 1.096 ± 0.005 by maximum likelihood, 1.005 ± 0.005 here."""
        samples = [simulated(1000 + seed) for seed in range(400)]
        for method, biased in (("ml", True), ("firth", False)):
            slopes = np.array([rb.fit_dose_response(*sample, method=method).b1.n for sample in samples]) / (
                4 * 1.2 / 30
            )
            standard_errors = (slopes.mean() - 1) / (slopes.std() / 20)
            assert (standard_errors > 3) == biased
            assert abs(standard_errors) < 3 or biased


class TestSeparation:
    @pytest.mark.parametrize(
        ("doses", "outcomes", "kind"),
        [
            ([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], "complete"),
            ([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], "complete"),
            ([1, 2, 3, 3, 5, 6], [0, 0, 0, 1, 1, 1], "quasi-complete"),
            ([1, 2, 3, 3, 5, 6], [1, 1, 1, 0, 0, 0], "quasi-complete"),
        ],
    )
    def test_refused_by_name(self, doses, outcomes, kind):
        with pytest.raises(FitError, match=rf"\({kind} separation\).*method='firth'"):
            rb.fit_dose_response(doses, outcomes)
        assert np.isfinite(rb.fit_dose_response(doses, outcomes, method="firth").b1.n)

    def test_one_overlap_is_enough(self):
        found = rb.fit_dose_response([1, 2, 3, 3.001, 5, 6], [0, 0, 1, 0, 1, 1])
        b0, b1 = other_optimum(np.array([1, 2, 3, 3.001, 5, 6]), np.array([0, 0, 1, 0, 1, 1]), False, (0, 3))
        assert (found.b0.n, found.b1.n) == pytest.approx((b0, b1), rel=1e-4)

    def test_nothing_to_fit(self):
        with pytest.raises(FitError, match="every outcome is 1"):
            rb.fit_dose_response([1, 2, 3], [1, 1, 1])
        with pytest.raises(FitError, match="same for all"):
            rb.fit_dose_response([2, 2, 2], [0, 1, 1])
        with pytest.raises(FitError, match="no D50"):
            rb.fit_dose_response([1, 2, 3, 4, 1, 2, 3, 4], [0, 1, 1, 0, 1, 0, 0, 1])


class TestResult:
    def test_band_stays_a_probability(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        doses = np.linspace(0, 200, 400)
        low, high = found.band(doses)
        assert np.all((low >= 0) & (low <= found.probability(doses)))
        assert np.all((high <= 1) & (high >= found.probability(doses)))
        narrow = found.band(40.0, coverage=0.68)
        assert found.band(40.0)[0] < narrow[0] < narrow[1] < found.band(40.0)[1]

    def test_uncertain_dose(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        p = found.probability(40.0)
        assert found.probability(ufloat(40, 3)).s == pytest.approx(3 * found.b1.n * p * (1 - p), rel=1e-12)

    def test_log_scale(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES, scale="log")
        assert found.probability(found.d50_gy.n) == pytest.approx(0.5, rel=1e-12)
        step = 1e-4 * found.d50_gy.n
        slope = (found.probability(found.d50_gy.n + step) - found.probability(found.d50_gy.n - step)) / 2e-4
        assert found.gamma50.n == pytest.approx(slope, rel=1e-6)
        # the log-logistic curve with its two parameters is the same curve
        assert rb.log_logistic(41.0, found.d50_gy.n, found.gamma50.n) == pytest.approx(
            found.probability(41.0), rel=1e-12
        )
        low, high = found.d50_interval()
        assert 0 < low < found.d50_gy.n < high

    def test_intervals(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        for method in ("profile", "fieller"):
            low, high = found.d50_interval(method=method)
            inner = found.d50_interval(0.5, method)
            assert low < inner[0] < found.d50_gy.n < inner[1] < high
        # Fieller's ends solve (b0 + b1·d)^2 = 1.96^2·var(b0 + b1·d)
        (v00, v01), (_, v11) = found.covariance
        for d in found.d50_interval(method="fieller"):
            ratio = (found.b0.n + found.b1.n * d) ** 2 / (v00 + 2 * d * v01 + d**2 * v11)
            assert ratio == pytest.approx(1.959963985**2, rel=1e-9)

    def test_large_samples_agree(self):
        """With 4000 patients profile, Fieller and the first-order interval are the same."""
        found = rb.fit_dose_response(*simulated(1, n=4000))
        first_order = found.d50_gy.n + 1.96 * found.d50_gy.s * np.array([-1, 1])
        assert found.d50_interval() == pytest.approx(first_order, rel=2e-3)
        assert found.d50_interval(method="fieller") == pytest.approx(first_order, rel=2e-3)

    def test_no_slope_no_interval(self):
        draw = np.random.default_rng(4)
        found = rb.fit_dose_response(draw.uniform(10, 60, 40), draw.integers(0, 2, 40))
        assert found.lr_p_value > 0.05
        assert Flag.D50_UNBOUNDED in found.flags
        assert found.d50_interval() is None
        assert found.d50_interval(method="fieller") is None

    def test_coverage_of_the_interval(self):
        """200 samples of 60 patients: 95 % intervals for D50 hold the truth in 95 % (three standard errors: 4.6)."""
        held = 0
        for seed in range(200):
            interval = rb.fit_dose_response(*simulated(5000 + seed)).d50_interval()
            held += interval is None or interval[0] <= 30 <= interval[1]
        assert held / 200 == pytest.approx(0.95, abs=0.046)

    def test_auc_counts_pairs(self):
        doses, outcomes = np.array([10, 20, 20, 30, 40, 40, 50]), np.array([0, 1, 0, 0, 1, 0, 1])
        pairs = [(a > b) + 0.5 * (a == b) for a in doses[outcomes == 1] for b in doses[outcomes == 0]]
        assert rb.fit_dose_response(doses, outcomes).auc == pytest.approx(np.mean(pairs), rel=1e-14)

    def test_flags(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        assert found.flags == (Flag.FEW_EVENTS,)
        assert found.events == 8
        assert rb.fit_dose_response(*simulated(1, n=4000)).flags == ()
        assert Flag.RESPONSE_FALLS in rb.fit_dose_response(DOSES, 1 - OUTCOMES).flags
        assert Flag.DEPENDENT_OUTCOMES in rb.fit_dose_response(DOSES, OUTCOMES, groups=[*range(15), 0]).flags
        assert Flag.DEPENDENT_OUTCOMES not in rb.fit_dose_response(DOSES, OUTCOMES, groups=range(16)).flags
        rare = rb.fit_dose_response(DOSES, [0] * 13 + [1, 0, 1])
        assert Flag.D50_OUTSIDE_DOSES not in rare.flags
        rarer = rb.fit_dose_response(DOSES, [0] * 9 + [1, 0, 0, 1, 0, 0, 0])
        assert Flag.D50_OUTSIDE_DOSES in rarer.flags

    def test_read_only(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        with pytest.raises(ValueError, match="read-only"):
            found.dose_gy[0] = 1
        assert DOSES.flags.writeable

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"outcome": [1, 2, 2, 1]}, "row of 0 and 1"),
            ({"outcome": [0.2, 0.8, 1, 0]}, "row of 0 and 1"),
            ({"outcome": ["0", "1", "0", "1"]}, "row of 0 and 1"),
            ({"outcome": [0, 1, float("nan"), 1]}, "row of 0 and 1"),
            ({"outcome": [0, 1, 1]}, "dose_gy 4, outcome 3"),
            ({"groups": ["a", "b", "c"]}, "dose_gy 4, groups 3"),
            ({"groups": ["a", None, "c", "d"]}, "none missing"),
            ({"dose_gy": [1, 2, -3, 4]}, "dose_gy must not be negative"),
            ({"dose_gy": [1, 2, float("nan"), 4]}, "dose_gy must be finite"),
            ({"dose_gy": [1, 2, 0, 4], "scale": "log"}, "no place for a dose of 0"),
            ({"scale": "cubic"}, "scale must be one of"),
            ({"method": "ML"}, "method must be one of"),
        ],
    )
    def test_refusals(self, change, message):
        with pytest.raises(InputError, match=message):
            rb.fit_dose_response(**({"dose_gy": [1, 2, 3, 4], "outcome": [0, 1, 0, 1]} | change))

    @pytest.mark.parametrize("coverage", [0.0, 1.0, 95.0])
    def test_coverage_is_a_fraction(self, coverage):
        with pytest.raises(InputError, match="coverage"):
            rb.fit_dose_response(DOSES, OUTCOMES).band(40.0, coverage)


class TestBootstrap:
    def test_seeded(self):
        found = rb.fit_dose_response(*simulated(7))
        first, again, other = (found.bootstrap(200, seed) for seed in (1, 1, 2))
        assert np.array_equal(first.b1, again.b1)
        assert not np.array_equal(first.b1, other.b1)
        assert first.n == 200
        assert len(first.b1) == 200 - first.lost

    def test_spread_agrees_with_theory_for_independent_patients(self):
        found = rb.fit_dose_response(*simulated(7, n=400))
        drawn = found.bootstrap(400, 1)
        assert np.std(drawn.b1) == pytest.approx(found.b1.s, rel=0.15)
        assert np.std(drawn.d50_gy) == pytest.approx(found.d50_gy.s, rel=0.15)
        assert drawn.d50_interval_gy[0] < found.d50_gy.n < drawn.d50_interval_gy[1]
        assert drawn.p_value == pytest.approx(2 / 401)
        assert not drawn.clustered

    def test_copies_of_a_patient_add_nothing(self):
        """Each outcome four times: the naive uncertainty halves, the clustered one stays."""
        doses, outcomes = simulated(7, n=100)
        single = rb.fit_dose_response(doses, outcomes)
        copied = rb.fit_dose_response(np.repeat(doses, 4), np.repeat(outcomes, 4), np.repeat(np.arange(100), 4))
        assert copied.b1.s == pytest.approx(single.b1.s / 2, rel=1e-6)
        drawn = copied.bootstrap(400, 1)
        assert drawn.clustered
        assert np.std(drawn.b1) == pytest.approx(single.b1.s, rel=0.25)
        assert np.std(drawn.b1) > 1.6 * copied.b1.s

    def test_lost_samples_are_counted(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        drawn = found.bootstrap(300, 1)
        assert drawn.lost > 15
        assert Flag.RESAMPLES_LOST in drawn.flags
        penalised = rb.fit_dose_response(DOSES, OUTCOMES, method="firth").bootstrap(100, 1)
        assert penalised.lost == 0
        assert penalised.flags == ()

    def test_no_effect_between_patients(self):
        """Twenty patients with three lesions each; outcome decided by the patient, not by dose."""
        naive, clustered = [], []
        for seed in range(20):
            draw = np.random.default_rng(seed)
            patient = np.repeat(np.arange(20), 3)
            doses = np.repeat(draw.lognormal(3.4, 0.4, 20), 3) * draw.lognormal(0, 0.05, 60)
            outcomes = np.repeat(draw.integers(0, 2, 20), 3)
            found = rb.fit_dose_response(doses, outcomes, patient, method="firth")
            naive.append(found.lr_p_value < 0.05)
            clustered.append(found.bootstrap(100, seed).p_value < 0.05)
        assert np.mean(naive) > 0.15
        assert np.mean(clustered) < np.mean(naive)

    def test_refusals(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        for bad in (10, 200.0, True):
            with pytest.raises(InputError, match="n must be a whole number"):
                found.bootstrap(bad)
        with pytest.raises(InputError, match="several patients"):
            rb.fit_dose_response(DOSES, OUTCOMES, groups=[1] * 16).bootstrap(100)


class TestDilution:
    def test_slope_of_uncertain_doses_is_restored(self):
        """20000 patients, dose error 8 Gy on a spread of 10: reliability 0.61, slope 0.16 flattened and restored."""
        draw = np.random.default_rng(9)
        true = draw.normal(40, 10, 20000)
        outcomes = draw.random(20000) < expit(0.06 * (true - 40))
        seen = np.maximum(true + draw.normal(0, 8, 20000), 0.0)
        found = rb.fit_dose_response([ufloat(d, 8) for d in seen], outcomes)
        assert Flag.DOSE_ERROR_DILUTES in found.flags
        assert found.b1.n < 0.042
        fixed = found.dilution_corrected()
        assert fixed.reliability == pytest.approx(100 / 164, rel=0.02)
        assert fixed.b1.n == pytest.approx(0.06, rel=0.06)
        assert fixed.d50_gy.n == pytest.approx(40, abs=0.6)
        assert fixed.b1.s == pytest.approx(found.b1.s / fixed.reliability, rel=1e-12)

    def test_exact_doses_change_nothing(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        same = found.dilution_corrected(0.0)
        assert same.reliability == 1
        assert (same.b0.n, same.d50_gy.n, same.gamma50.n) == pytest.approx(
            (found.b0.n, found.d50_gy.n, found.gamma50.n), rel=1e-12
        )

    def test_middle_of_the_data_stays(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        fixed = found.dilution_corrected(5.0)
        at = DOSES.mean()
        assert fixed.reliability == pytest.approx(1 - 25 / DOSES.var(ddof=1), rel=1e-12)
        assert fixed.b0.n + fixed.b1.n * at == pytest.approx(found.b0.n + found.b1.n * at, rel=1e-12)

    def test_relative_on_the_log_scale(self):
        found = rb.fit_dose_response([ufloat(d, 0.1 * d) for d in DOSES], OUTCOMES, scale="log")
        expected = 1 - 0.01 / np.log(DOSES).var(ddof=1)
        assert found.dilution_corrected().reliability == pytest.approx(expected, rel=1e-9)

    def test_refusals(self):
        found = rb.fit_dose_response(DOSES, OUTCOMES)
        with pytest.raises(InputError, match="dose_sigma_gy is missing"):
            found.dilution_corrected()
        with pytest.raises(FitError, match="explains all of their spread"):
            found.dilution_corrected(20.0)
        with pytest.raises(InputError, match="dose_sigma_gy 3, dose_gy 16"):
            found.dilution_corrected([1.0, 1.0, 1.0])
