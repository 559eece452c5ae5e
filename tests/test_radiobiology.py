"""Protraction, BED, non-uniform dose, control and complications: behaviour, uncertainty, refusals."""

import warnings

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, PhysicsError, PlausibilityWarning, sources
from mrtlab import radiobiology as rb

LN2 = np.log(2)


def slope_of(function, at, step):
    return (function(at + step) - function(at - step)) / (2 * step)


class TestLeaCatcheside:
    def test_limits(self):
        assert rb.lea_catcheside(1e-9, 2.8) == pytest.approx(1, abs=1e-9)  # acute
        assert rb.lea_catcheside(52.0, 1e-9) == pytest.approx(0, abs=1e-9)  # repaired at once
        assert rb.lea_catcheside_curve([1.0], [1e9], 2.8) == pytest.approx(1, abs=1e-8)

    def test_one_exponential_both_ways(self):
        for half_life in (0.5, 52.0, 700.0):
            assert rb.lea_catcheside_curve([7.0], [LN2 / half_life], 2.8) == pytest.approx(
                rb.lea_catcheside(half_life, 2.8), rel=1e-13
            )

    def test_amplitudes_matter_by_their_ratio_only(self):
        first = rb.lea_catcheside_curve([3.0, 1.0], [0.1, 0.01], 2.8)
        assert rb.lea_catcheside_curve([3e9, 1e9], [0.1, 0.01], 2.8) == pytest.approx(first, rel=1e-14)

    def test_a_split_phase_is_the_same_phase(self):
        assert rb.lea_catcheside_curve([0.4, 0.6], [0.01, 0.01], 2.8) == pytest.approx(
            rb.lea_catcheside_curve([1.0], [0.01], 2.8), rel=1e-14
        )

    def test_uptake_spreads_the_dose(self):
        assert rb.lea_catcheside_curve([1.0, -1.0], [LN2 / 52, LN2 / 2.5], 2.8) < rb.lea_catcheside(52.0, 2.8)

    def test_uptake_as_fast_as_wash_out(self):
        """Nearly equal rates: the limit is t·exp(-l·t), for which G by hand is mu-independent algebra below."""
        rate, repair = 0.02, LN2 / 2.8
        # y = integral of t·e^(-lt) against repair; G = 2·int R·y / D^2 with D = 1/l^2, worked out by parts
        a = repair - rate
        inner = 1 / (a * 4 * rate**3) - 1 / (a**2 * 4 * rate**2) + 1 / (a**2 * (rate + repair) ** 2)
        by_hand = 2 * rate**4 * inner
        found = rb.lea_catcheside_curve([1.0, -1.0], [rate, rate * (1 + 1e-5)], 2.8)
        assert found == pytest.approx(by_hand, rel=1e-4)

    def test_uncertainty(self):
        found = rb.lea_catcheside(ufloat(52, 5), ufloat(2.8, 0.7))
        parts = (
            5 * slope_of(lambda t: rb.lea_catcheside(t, 2.8), 52, 1e-3),
            0.7 * slope_of(lambda t: rb.lea_catcheside(52.0, t), 2.8, 1e-4),
        )
        assert found.s == pytest.approx(np.hypot(*parts), rel=1e-6)

    def test_uncertain_rates(self):
        rate = ufloat(LN2 / 52, 0.001)
        found = rb.lea_catcheside_curve([1.0, -1.0], [rate, LN2 / 2.5], 2.8)
        slope = slope_of(lambda r: rb.lea_catcheside_curve([1.0, -1.0], [r, LN2 / 2.5], 2.8), LN2 / 52, 1e-6)
        assert found.s == pytest.approx(abs(slope) * 0.001, rel=1e-5)

    @pytest.mark.parametrize(
        ("amplitudes", "rates"),
        [
            ([1.0, -1.0], [0.5, 0.01]),  # wash-out and uptake exchanged
            ([1.0, -2.0], [0.01, 0.5]),  # more taken up than was there
            ([-1.0], [0.01]),
            ([1.0, -1.0], [0.01, 0.01]),  # no dose at all
        ],
    )
    def test_negative_dose_rate(self, amplitudes, rates):
        with pytest.raises(PhysicsError, match="negative dose rate"):
            rb.lea_catcheside_curve(amplitudes, rates, 2.8)

    def test_negative_amplitudes_are_no_fault_in_themselves(self):
        """Phases that partly cancel, with a dose rate above 0 throughout."""
        amplitudes, rates = [3.0, -2.5, 1.0], [0.01, 0.011, 5.0]
        assert np.min(np.exp(-np.outer(np.linspace(0, 4000, 40001), rates)) @ amplitudes) > 0
        assert 0 < rb.lea_catcheside_curve(amplitudes, rates, 2.8) <= 1

    def test_dip_between_two_phases(self):
        """Positive at the start and at the end, negative between 0.4 and 5 h."""
        with pytest.raises(PhysicsError, match="negative dose rate"):
            rb.lea_catcheside_curve([2.0, -2.0, 1.0], [5.0, 0.7, 0.05], 2.8)

    def test_refusals(self):
        with pytest.raises(InputError, match="repair_weights is missing"):
            rb.lea_catcheside_curve([1.0], [0.01], [0.3, 4.0])
        with pytest.raises(InputError, match=r"sum 1, got 0\.9"):
            rb.lea_catcheside_curve([1.0], [0.01], [0.3, 4.0], [0.5, 0.4])
        with pytest.raises(InputError, match="repair_half_time_h 2, repair_weights 1"):
            rb.lea_catcheside_curve([1.0], [0.01], [0.3, 4.0], [1.0])
        with pytest.raises(InputError, match="as a sequence"):
            rb.lea_catcheside_curve([1.0], [0.01], 2.8, [1.0])
        with pytest.raises(InputError, match="amplitudes 2, rates_per_h 1"):
            rb.lea_catcheside_curve([1.0, 2.0], [0.01], 2.8)
        for bad in (0.0, -1.0, float("nan"), "2.8"):
            with pytest.raises(InputError, match="repair_half_time_h"):
                rb.lea_catcheside(52.0, bad)


class TestBed:
    def test_uncertainty(self):
        """u(BED) = |1 + 2GD/(alpha/beta)|·u(D)."""
        found = rb.bed(ufloat(5.2, 0.4), 2.5, 0.051)
        assert found.s == pytest.approx((1 + 2 * 0.051 * 5.2 / 2.5) * 0.4, rel=1e-12)

    def test_inverse_keeps_the_uncertainty(self):
        dose = ufloat(5.2, 0.4)
        back = rb.dose_from_bed(rb.bed(dose, 2.5, 0.051), 2.5, 0.051)
        assert back.n == pytest.approx(5.2, rel=1e-14)
        assert (back - dose).s == pytest.approx(0, abs=1e-14)

    def test_without_protraction_left_bed_is_dose(self):
        assert rb.bed(5.2, 2.5, 0.0) == 5.2
        assert rb.dose_from_bed(5.2, 2.5, 0.0) == 5.2

    def test_two_gray_fractions_are_their_own_eqd2(self):
        assert rb.eqd2(20 * rb.bed(2.0, 10.0, 1.0), 10.0) == pytest.approx(40, rel=1e-14)

    def test_cycles_with_their_own_factor(self):
        total = rb.bed_total([5.0, 6.0], 2.5, [0.05, 0.1])
        assert total == pytest.approx(5 * (1 + 5 * 0.05 / 2.5) + 6 * (1 + 6 * 0.1 / 2.5), rel=1e-14)
        assert type(total) is float
        with pytest.raises(InputError, match="doses_gy 2, g 3"):
            rb.bed_total([5.0, 6.0], 2.5, [0.05, 0.1, 0.1])

    def test_an_error_common_to_all_cycles_adds_up(self):
        scale = ufloat(1, 0.08)
        total = rb.bed_total([5 * scale, 5 * scale], 2.5, 0.0)
        assert total.s == pytest.approx(0.8, rel=1e-12)

    def test_refusals(self):
        with pytest.raises(InputError, match="dose_gy must not be negative"):
            rb.bed(-1.0, 2.5, 0.05)
        with pytest.raises(InputError, match="alpha_beta_gy must be above 0"):
            rb.bed(5.2, 0.0, 0.05)
        with pytest.raises(InputError, match=r"g must lie between 0 and 1, got 5.*give 0\.05"):
            rb.bed(5.2, 2.5, 5.0)
        with pytest.raises(InputError, match="alpha_beta_range_gy must be the smallest"):
            rb.bed_range(5.2, 52.0, (3.0, 1.5), (1.5, 4.0))

    def test_range_holds_every_pair_inside(self):
        low, high = rb.bed_range(ufloat(5.2, 0.4), 52.0, (1.5, 3.0), (1.5, 4.0))
        inside = [rb.bed(5.2, ab, rb.lea_catcheside(52.0, t)) for ab in (1.5, 2.5, 3) for t in (1.5, 2.8, 4)]
        assert low.n == min(inside)
        assert high.n == max(inside)


class TestRepopulation:
    def test_nothing_grows_before_the_onset(self):
        assert rb.bed_with_repopulation(30.0, 10.0, 0.02, 0.3, 360.0, 100.0, 168.0) == rb.bed(30.0, 10.0, 0.02)

    def test_dose_rate_meets_growth_at_the_end(self):
        """At that time the dose rate times alpha equals ln 2 over the doubling time."""
        end = rb.effective_treatment_time_h(0.4, 60.0, 0.3, 360.0)
        assert 0.4 * 0.5 ** (end / 60) * 0.3 == pytest.approx(LN2 / 360, rel=1e-12)

    def test_longer_than_the_effective_time_only_loses(self):
        """Summing d(BED)/dt = rate - growth: its integral is largest at the effective treatment time."""
        end = rb.effective_treatment_time_h(0.4, 60.0, 0.3, 360.0)

        def net(time_h):
            return rb.bed_with_repopulation(0.4 * 60 / LN2 * (1 - 0.5 ** (time_h / 60)), 10.0, 0.0, 0.3, 360.0, time_h)

        assert net(end) > max(net(0.9 * end), net(1.1 * end))

    def test_growth_from_the_start(self):
        with pytest.raises(PhysicsError, match="grows from the start"):
            rb.effective_treatment_time_h(0.001, 60.0, 0.3, 360.0)

    def test_more_growth_than_kill(self):
        with pytest.warns(PlausibilityWarning, match="negative"):
            assert rb.bed_with_repopulation(1.0, 10.0, 0.02, 0.3, 100.0, 2000.0) < 0

    def test_uncertain_doubling_time(self):
        found = rb.bed_with_repopulation(30.0, 10.0, 0.02, 0.3, ufloat(360, 90), 504.0, 168.0)
        assert found.s == pytest.approx(LN2 / 0.3 / 360 * 336 * 0.25, rel=1e-12)


class TestNonUniform:
    DOSES = np.array([10.0, 20, 40, 60, 80])
    VOLUMES = np.array([0.1, 0.2, 0.4, 0.2, 0.1])

    def test_uniform_dose(self):
        for result in (rb.eud([7.0] * 9, 0.3), rb.geud([7.0] * 9, -12), rb.geud([7.0] * 9, 0), rb.eud(7.0, 0.3)):
            assert result == pytest.approx(7, rel=1e-14)
        assert rb.eubed([7.0] * 9, 0.3, 2.5, 0.05) == pytest.approx(rb.bed(7.0, 2.5, 0.05), rel=1e-14)

    def test_survivors_are_the_same(self):
        eud = rb.eud(self.DOSES, 0.1, self.VOLUMES)
        assert np.exp(-0.1 * eud) == pytest.approx(self.VOLUMES @ np.exp(-0.1 * self.DOSES), rel=1e-12)

    def test_small_alpha_gives_the_second_order_formula(self):
        """EUD = mean - alpha·variance/2 for alpha·sigma well below 1, down to where 1 + x would lose its digits."""
        mean = self.VOLUMES @ self.DOSES
        variance = self.VOLUMES @ (self.DOSES - mean) ** 2
        for alpha in (1e-5, 1e-9, 1e-13):
            assert mean - rb.eud(self.DOSES, alpha, self.VOLUMES) == pytest.approx(
                alpha * variance / 2, rel=1e-3, abs=1e-14 * mean
            )
        assert rb.eud(self.DOSES, 1e-300, self.VOLUMES) == pytest.approx(mean, rel=1e-14)

    def test_large_exponents_do_not_overflow(self):
        assert rb.eud([1000.0, 9000.0], 5.0) == pytest.approx(1000 + LN2 / 5, rel=1e-12)
        assert rb.geud([1000.0, 9000.0], 500) == pytest.approx(9000 * 0.5 ** (1 / 500), rel=1e-12)
        assert rb.geud([1e-200, 1e200], 3.0) == pytest.approx(1e200 * 0.5 ** (1 / 3), rel=1e-12)

    def test_doses_of_nothing(self):
        assert rb.geud([0.0, 10.0], -3) == 0
        assert rb.geud([0.0, 10.0], 0) == 0
        assert rb.geud([0.0, 0.0], 4) == 0
        assert rb.geud([0.0, 10.0], 2) == pytest.approx(np.sqrt(50), rel=1e-14)
        assert rb.geud([0.0, 10.0], -3, [0.0, 1.0]) == pytest.approx(10, rel=1e-14)  # no volume there

    def test_geometric_mean_is_the_limit(self):
        """Shares whose sum misses 1 by rounding must not be blown up by 1/a."""
        weights = np.random.default_rng(52144340).random(8) + 1e-3
        for a in (0, 1e-300, -4e-24, 1e-18, -1e-9):
            assert rb.geud(np.ones(8), a, weights) == pytest.approx(1, rel=1e-14)
            assert rb.geud(self.DOSES, a, self.VOLUMES) == pytest.approx(
                np.exp(self.VOLUMES @ np.log(self.DOSES)), rel=1e-7
            )
        assert rb.geud([0.0, 10.0], 1e-6) == 0  # ten times one half to the power of a million

    def test_weights_are_relative(self):
        assert rb.eud(self.DOSES, 0.1, 1e300 * self.VOLUMES) == pytest.approx(
            rb.eud(self.DOSES, 0.1, self.VOLUMES), rel=1e-13
        )
        assert rb.eud([10.0, 10.0, 40.0], 0.1) == pytest.approx(rb.eud([10.0, 40.0], 0.1, [2, 1]), rel=1e-13)

    def test_three_dimensions(self):
        assert rb.eud(np.full((3, 4, 5), 6.0), 0.2, np.ones((3, 4, 5))) == pytest.approx(6, rel=1e-14)

    @pytest.mark.parametrize("alpha", [1e-6, 0.02, 0.5])
    def test_uncertainty(self, alpha):
        common = ufloat(1, 0.05)
        found = rb.eud(self.DOSES * common, alpha, self.VOLUMES)
        slope = slope_of(lambda f: rb.eud(self.DOSES * f, alpha, self.VOLUMES), 1.0, 1e-4)
        assert found.s == pytest.approx(0.05 * slope, rel=1e-5)
        about_alpha = rb.eud(self.DOSES, ufloat(alpha, 0.1 * alpha), self.VOLUMES)
        slope = slope_of(lambda a: rb.eud(self.DOSES, a, self.VOLUMES), alpha, 1e-2 * alpha)
        assert about_alpha.s == pytest.approx(abs(slope) * 0.1 * alpha, rel=1e-3)

    def test_scale_error_of_geud(self):
        assert rb.geud(self.DOSES * ufloat(1, 0.05), -8, self.VOLUMES).s == pytest.approx(
            0.05 * rb.geud(self.DOSES, -8, self.VOLUMES), rel=1e-12
        )
        with pytest.raises(InputError, match="0 with an uncertainty"):
            rb.geud([ufloat(0, 1), 10.0], 2)

    def test_refusals(self):
        with pytest.raises(InputError, match="dose_gy is empty"):
            rb.eud([], 0.1)
        with pytest.raises(InputError, match=r"shape \(2,\) and dose_gy \(3,\)"):
            rb.eud([1.0, 2.0, 3.0], 0.1, [1.0, 1.0])
        with pytest.raises(InputError, match="weights are all 0"):
            rb.eud([1.0, 2.0], 0.1, [0.0, 0.0])
        with pytest.raises(InputError, match="dose_gy must not be negative"):
            rb.geud([1.0, -2.0], 3)
        with pytest.raises(InputError, match="alpha_per_gy must be above 0"):
            rb.eud([1.0, 2.0], -0.1)
        with pytest.raises(InputError, match="a must be finite"):
            rb.geud([1.0, 2.0], float("inf"))


class TestEffect:
    @pytest.mark.parametrize("curve", [rb.log_logistic, rb.ntcp_logistic])
    def test_normalised_slope_at_the_middle(self, curve):
        assert curve(30.0, 30.0, 1.7) == pytest.approx(0.5, rel=1e-14)
        assert 30 * slope_of(lambda d: curve(d, 30.0, 1.7), 30.0, 1e-4) == pytest.approx(1.7, rel=1e-6)

    def test_width_of_lyman(self):
        assert rb.ntcp_lkb(np.array([28.0, 28 * 1.1, 28 * 0.9]), 28.0, 0.1) == pytest.approx(
            [0.5, 0.841344746, 0.158655254], rel=1e-8
        )
        assert rb.ntcp_lkb(ufloat(28, 1), 28.0, 0.1).s == pytest.approx(1 / 2.8 / np.sqrt(2 * np.pi), rel=1e-12)

    def test_no_dose_no_effect(self):
        assert rb.log_logistic(0.0, 30.0, 1.7) == 0
        assert rb.log_logistic(np.array([0.0, 30.0]), 30.0, 1.7) == pytest.approx([0, 0.5])
        assert rb.log_logistic(ufloat(30, 1), 30.0, 1.7).s == pytest.approx(1.7 / 30, rel=1e-12)
        with pytest.raises(InputError, match="0 with an uncertainty"):
            rb.log_logistic(ufloat(0, 1), 30.0, 1.7)

    def test_control_from_no_dose_to_any(self):
        bed = np.array([0.0, 60.3134882799, 200.0, 1e6])
        assert rb.tcp_poisson(bed, 0.3, 5e7) == pytest.approx([0, 0.5, 1, 1], abs=1e-10)

    def test_uncertain_radiosensitivity(self):
        found = rb.tcp_poisson(60.0, ufloat(0.3, 0.01), 5e7)
        assert found.s == pytest.approx(0.01 * slope_of(lambda a: rb.tcp_poisson(60.0, a, 5e7), 0.3, 1e-6), rel=1e-6)

    def test_refusals(self):
        with pytest.raises(InputError, match="clonogens must be above ln 2"):
            rb.tcp_d50(0.3, 0.5)
        with pytest.raises(InputError, match="m must be above 0"):
            rb.ntcp_lkb(23.0, 28.0, 0.0)
        with pytest.raises(InputError, match="gamma50 must be above 0"):
            rb.log_logistic(23.0, 28.0, -1.0)


class TestTissues:
    def test_every_number_has_its_source_and_the_weakest_status_shows(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for tissue in rb.TISSUES.values():
                found = {sources(key).value for key in tissue.sources}
                assert tissue.repair_half_time_h in found
                statuses = [sources(key).status for key in tissue.sources]
                assert tissue.status in statuses
                assert "published" not in tissue.status
        assert rb.TISSUES["kidney"].alpha_beta_gy == 2.5
        assert rb.TISSUES["kidney"].alpha_beta_range_gy == (1.5, 3)
        assert rb.TISSUES["tumour"].alpha_per_gy == 0.3

    @pytest.mark.parametrize("name", ["prostate", "marrow", "salivary"])
    def test_low_confidence_offers_a_range_and_no_value(self, name):
        tissue = rb.TISSUES[name]
        assert tissue.status == "illustrative"
        assert tissue.alpha_beta_gy is None
        assert tissue.alpha_beta_range_gy[0] < tissue.alpha_beta_range_gy[1]
