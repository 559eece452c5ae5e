"""Dead time: models, inverses, both measurements of it."""

import warnings

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import FitError, Flag, InputError, PhysicsError, PlausibilityWarning, calibration

TAU_S = 4.6e-6
MODELS = ("paralysable", "nonparalysable")


class TestRates:
    def test_both_solutions_give_the_same_reading(self):
        observed = 70000.0
        with pytest.warns(PlausibilityWarning, match="two true ones"):
            low = calibration.true_rate(observed, TAU_S)
        high = calibration.true_rate(observed, TAU_S, branch="upper")
        assert low < 1 / TAU_S < high
        for true in (low, high):
            assert true * np.exp(-true * TAU_S) == pytest.approx(observed, rel=1e-12)

    def test_quiet_below_a_load_of_three_tenths(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            calibration.true_rate(0.2999 / TAU_S, TAU_S)

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("branch", ["principal", "upper"])
    def test_uncertainty_by_finite_differences(self, model, branch):
        if model == "nonparalysable" and branch == "upper":
            return
        found = calibration.true_rate(ufloat(50000, 400), ufloat(TAU_S, 5e-8), model, branch)
        by_rate = [calibration.true_rate(50000.0 + d, TAU_S, model, branch) for d in (-1, 1)]
        by_time = [calibration.true_rate(50000.0, TAU_S + d, model, branch) for d in (-1e-10, 1e-10)]
        parts = (by_rate[1] - by_rate[0]) / 2 * 400, (by_time[1] - by_time[0]) / 2e-10 * 5e-8
        assert found.std_dev == pytest.approx(np.hypot(*parts), rel=1e-6)

    def test_no_slope_at_the_maximum(self):
        top = 1 / (np.e * TAU_S)
        with pytest.warns(PlausibilityWarning), pytest.raises(PhysicsError, match="at the maximum"):
            calibration.true_rate(ufloat(top, 100), TAU_S)

    @pytest.mark.parametrize("model", MODELS)
    def test_without_dead_time_nothing_is_lost(self, model):
        rates = np.array([0.0, 1.0, 1e6])
        assert calibration.observed_rate(rates, 0.0, model) == pytest.approx(rates, abs=0)
        assert calibration.true_rate(rates, 0.0, model) == pytest.approx(rates, abs=0)

    @pytest.mark.parametrize("function", [calibration.observed_rate, calibration.true_rate])
    def test_microseconds(self, function):
        with pytest.raises(InputError, match=r"for 4\.6 µs give 4\.6e-6"):
            function(60000.0, 4.6)

    def test_more_than_half_lost(self):
        with pytest.warns(PlausibilityWarning, match="more than half"):
            assert calibration.true_rate(0.6 / TAU_S, TAU_S, "nonparalysable") == pytest.approx(1.5 / TAU_S)

    def test_upper_branch_needs_losses_and_its_model(self):
        with pytest.raises(InputError, match="belongs to the paralysable"):
            calibration.true_rate(50000.0, TAU_S, "nonparalysable", "upper")
        with pytest.raises(InputError, match="above 0"):
            calibration.true_rate(np.array([50000.0, 0.0]), TAU_S, branch="upper")

    def test_names(self):
        with pytest.raises(InputError, match="model must be one of 'paralysable', 'nonparalysable', got 'paralyzable'"):
            calibration.observed_rate(60000.0, TAU_S, "paralyzable")
        with pytest.raises(InputError, match="branch must be"):
            calibration.true_rate(60000.0, TAU_S, branch="lower")

    def test_one_reading_above_the_maximum_spoils_the_row(self):
        with pytest.raises(PhysicsError, match="1/e"):
            calibration.true_rate(np.array([1e4, 9e4]), TAU_S)

    @pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), "60000", None])
    def test_bad_rates(self, bad):
        with pytest.raises(InputError, match="observed_cps"):
            calibration.true_rate(bad, TAU_S)


class TestTwoSources:
    @pytest.mark.parametrize("background", [0.0, 50.0, 2000.0])
    def test_non_paralysable_exact_with_background(self, background):
        true = (30e3 + background, 45e3 + background, 75e3 + background, background)
        one, two, both, empty = (n / (1 + n * 5e-6) for n in true)
        found = calibration.two_source_dead_time(one, two, both, empty, model="nonparalysable")
        assert found == pytest.approx(5e-6, rel=1e-9)

    def test_tiny_losses_do_not_cancel(self):
        one, two, both = (n / (1 + n * 1e-9) for n in (1000.0, 1100.0, 2100.0))
        assert calibration.two_source_dead_time(one, two, both, model="nonparalysable") == pytest.approx(1e-9, rel=1e-5)

    @pytest.mark.parametrize(("load", "bias"), [(0.01, 1e-6), (0.1, 1e-4), (0.31, 1e-3)])
    def test_paralysable_approximation_is_good_for_equal_sources(self, load, bias):
        n = load / 2 / 5e-6
        rates = [m * np.exp(-m * 5e-6) for m in (n, n, 2 * n)]
        assert calibration.two_source_dead_time(*rates) == pytest.approx(5e-6, rel=bias)

    def test_uncertainty(self):
        exact = [n * np.exp(-n * 5e-6) for n in (30e3, 32e3, 62e3)]
        found = calibration.two_source_dead_time(*(ufloat(m, 20) for m in exact))
        slopes = []
        for place in range(3):
            moved = [[m + side * (k == place) for k, m in enumerate(exact)] for side in (-1, 1)]
            slopes.append(
                (calibration.two_source_dead_time(*moved[1]) - calibration.two_source_dead_time(*moved[0])) / 2
            )
        assert found.std_dev == pytest.approx(20 * np.linalg.norm(slopes), rel=1e-6)

    def test_refusals(self):
        with pytest.raises(InputError, match="two must be above the background"):
            calibration.two_source_dead_time(30e3, 90.0, 30.05e3, background=100.0)
        with pytest.raises(PhysicsError, match="cannot show; try model='paralysable'"):
            calibration.two_source_dead_time(30e3, 32e3, 31e3, model="nonparalysable")
        assert calibration.two_source_dead_time(30e3, 32e3, 31e3) > 0


def decaying(model, points=25, activity_mbq=20000.0, k=9.2, tau=TAU_S):
    """A phantom decaying a hundredfold and its recorded rates without noise."""
    activity = activity_mbq * 100 ** -np.linspace(0, 1, points)
    true = k * activity
    return activity, true * np.exp(-true * tau) if model == "paralysable" else true / (1 + true * tau)


class TestFit:
    @pytest.mark.parametrize("model", MODELS)
    def test_recovers_what_was_put_in(self, model):
        found = calibration.fit_dead_time(*decaying(model), model=model)
        assert found.dead_time_s.nominal_value == pytest.approx(TAU_S, rel=1e-9)
        assert found.sensitivity_cps_per_mbq.nominal_value == pytest.approx(9.2, rel=1e-9)
        assert found.chi_square is None
        assert found.dof == 23

    def test_points_beyond_the_maximum(self):
        """9.2 cps/MBq times 40 GBq is 1.7 times the rate at the maximum."""
        found = calibration.fit_dead_time(*decaying("paralysable", activity_mbq=40000.0))
        assert found.dead_time_s.nominal_value == pytest.approx(TAU_S, rel=1e-9)
        assert Flag.PAST_MAXIMUM_RATE in found.flags
        assert Flag.PAST_MAXIMUM_RATE not in calibration.fit_dead_time(*decaying("paralysable")).flags

    def test_uncertainty_covers_the_truth(self):
        """300 noisy phantoms: pulls of dead time and sensitivity have mean 0 and width 1, and chi-square its mean."""
        draw = np.random.default_rng(11)
        activity, rates = decaying("paralysable", points=12)
        pulls, squares = [], []
        for _ in range(300):
            noisy = draw.poisson(rates * 20) / 20
            found = calibration.fit_dead_time(activity, [ufloat(m, (m / 20) ** 0.5) for m in noisy])
            pulls.append(
                [
                    (found.dead_time_s.n - TAU_S) / found.dead_time_s.s,
                    (found.sensitivity_cps_per_mbq.n - 9.2) / found.sensitivity_cps_per_mbq.s,
                ]
            )
            squares.append(found.chi_square)
        assert np.mean(pulls, axis=0) == pytest.approx([0, 0], abs=0.2)
        assert np.std(pulls, axis=0) == pytest.approx([1, 1], abs=0.13)
        assert np.mean(squares) == pytest.approx(10, abs=0.9)

    def test_covariance_from_the_derivatives(self):
        """Inverse of the information matrix, by finite differences of the model."""
        activity, rates = decaying("paralysable", points=8)
        sigma = 0.01 * rates
        found = calibration.fit_dead_time(activity, [ufloat(m, s) for m, s in zip(rates, sigma, strict=True)])

        def model(tau, k):
            return k * activity * np.exp(-k * activity * tau)

        columns = [(model(TAU_S * 1.00001, 9.2) - model(TAU_S * 0.99999, 9.2)) / (2e-5 * TAU_S),
                   (model(TAU_S, 9.2001) - model(TAU_S, 9.1999)) / 2e-4]  # fmt: skip
        jacobian = np.column_stack(columns) / sigma[:, None]
        assert found.covariance == pytest.approx(np.linalg.inv(jacobian.T @ jacobian), rel=1e-4)

    def test_scatter_sets_the_scale_without_uncertainties(self):
        activity, rates = decaying("paralysable", points=400)
        noisy = np.random.default_rng(3).normal(rates, 2 * np.sqrt(rates))
        plain = calibration.fit_dead_time(activity, noisy)
        weighted = calibration.fit_dead_time(activity, [ufloat(m, 2 * m**0.5) for m in noisy])
        assert plain.dead_time_s.n == pytest.approx(weighted.dead_time_s.n, rel=1e-9)
        assert plain.dead_time_s.s == pytest.approx(weighted.dead_time_s.s, rel=0.1)
        few = calibration.fit_dead_time(activity[::100], noisy[::100])
        assert Flag.SCALE_UNRELIABLE in few.flags

    def test_wrong_model_is_rejected(self):
        activity, rates = decaying("paralysable")
        found = calibration.fit_dead_time(activity, [ufloat(m, 0.002 * m) for m in rates], model="nonparalysable")
        assert Flag.CHI_SQUARE_REJECTED in found.flags
        assert found.p_value < 1e-6

    def test_dead_time_of_another_window_is_refused(self):
        found = calibration.fit_dead_time(*decaying("paralysable"), window="Lu-177 208 peak")
        assert found.true_rate(45528.77584567448, window="Lu-177 208 peak").nominal_value == pytest.approx(60000)
        with pytest.raises(InputError, match="differs from window to window"):
            found.true_rate(45528.8, window="Lu-177 113 peak")
        with pytest.raises(InputError, match="differs from window to window"):
            found.true_rate(45528.8)

    def test_corrected_rate_carries_the_uncertainty_of_the_dead_time(self):
        activity, rates = decaying("paralysable")
        found = calibration.fit_dead_time(activity, [ufloat(m, 0.01 * m) for m in rates])
        slope = 60000.0**2 / (1 - 60000 * TAU_S)
        assert found.true_rate(45528.77584567448).std_dev == pytest.approx(slope * found.dead_time_s.s, rel=1e-6)

    def test_no_loss_no_fit(self):
        activity = np.array([100.0, 200.0, 400.0, 800.0])
        with pytest.raises(FitError, match="no loss is measurable"):
            calibration.fit_dead_time(activity, 9.2 * activity * (1 + 1e-5 * activity))

    @pytest.mark.parametrize("model", ["paralysable", "nonparalysable"])
    @pytest.mark.parametrize("sensitivity", [10.0, 9.2, 1 / 3])
    def test_rounding_is_no_loss(self, model, sensitivity):
        """Rates exactly proportional to the activity: what is left is the rounding of doubles."""
        for activity in ([1.0, 2.0, 3.0, 4.0], [100.0, 250.0, 800.0, 7400.0]):
            rates = [sensitivity * a for a in activity]
            with pytest.raises(FitError, match="no loss is measurable"):
                calibration.fit_dead_time(activity, rates, model)

    def test_a_loss_that_counting_could_show_is_fitted(self):
        """One count lost in a million at the highest activity."""
        activity = np.array([1000.0, 2000.0, 4000.0, 8000.0])
        found = calibration.fit_dead_time(activity, calibration.observed_rate(5 * activity, 2.5e-11))
        assert found.dead_time_s.n == pytest.approx(2.5e-11, rel=1e-6)

    def test_barely_any_loss_is_flagged(self):
        activity, rates = decaying("paralysable", activity_mbq=10.0)
        found = calibration.fit_dead_time(activity, [ufloat(m, 0.05 * m) for m in rates])
        assert Flag.UNDETERMINED in found.flags

    def test_too_few(self):
        activity, rates = decaying("paralysable", points=2)
        with pytest.raises(FitError, match="too few"):
            calibration.fit_dead_time(activity, rates)
        exact = calibration.fit_dead_time(activity, [ufloat(m, 0.001 * m) for m in rates])
        assert Flag.NO_DOF in exact.flags
        assert exact.p_value is None
        with pytest.raises(FitError, match="different activities"):
            calibration.fit_dead_time([5.0, 5.0, 5.0], [9.0, 9.1, 9.2])

    def test_refusals(self):
        activity, rates = decaying("paralysable", points=4)
        with pytest.raises(InputError, match="activity 4, observed_cps 3"):
            calibration.fit_dead_time(activity, rates[:3])
        with pytest.raises(InputError, match="for all or for none"):
            calibration.fit_dead_time(activity, [ufloat(rates[0], 5), *rates[1:]])
        with pytest.raises(InputError, match="activity must be plain"):
            calibration.fit_dead_time([ufloat(a, 1) for a in activity], rates)
        with pytest.raises(InputError, match="observed_cps must be above 0"):
            calibration.fit_dead_time(activity, [*rates[:3], 0.0])
