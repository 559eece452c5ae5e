"""One and two measurements: closed forms, independent sampling, and what is only assumed."""

import numpy as np
import pytest
from curves_for_tests import LN2, lutetium
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from uncertainties import ufloat, unumpy

from mrtlab.errors import InputError
from mrtlab.kinetics import (
    biological_half_life_h,
    effective_half_life_h,
    haenscheid_tia,
    known_half_life_tia,
    map_fit,
    single_point,
    two_point,
)

PHYSICAL = 159.528
PRIOR = {"half_life_median_h": 51.0, "half_life_gsd": 1.25, "nuclide": "Lu-177"}


class TestClosedForms:
    @given(st.floats(1, 1e4), st.floats(1, 150), st.floats(1, 300))
    def test_a_known_half_life_is_exact(self, start, half_life, time):
        activity = start * 2 ** (-time / half_life)
        assert known_half_life_tia(activity, time, half_life) == pytest.approx(start * half_life / LN2, rel=1e-9)

    @given(st.floats(0.75, 2.5))
    def test_haenscheid_within_twelve_per_cent(self, position):
        """2x/2^x of the truth: exact at one and two half-lives, never more than 6.15 % high."""
        activity = 100 * 2**-position
        ratio = haenscheid_tia(activity, position * 50) / (100 * 50 / LN2)
        assert ratio == pytest.approx(2 * position / 2**position, rel=1e-12)
        assert 0.88 < ratio < 1.0616

    @given(st.floats(0.1, 1e5), st.sampled_from(["Lu-177", "Y-90", "I-131"]))
    def test_half_lives_there_and_back(self, biological, nuclide):
        effective = effective_half_life_h(biological, nuclide)
        assert effective < biological
        assert biological_half_life_h(effective, nuclide) == pytest.approx(biological, rel=1e-6)

    def test_an_effective_half_life_is_shorter_than_the_physical(self):
        with pytest.raises(InputError, match=r"below the physical half-life of Lu-177, 159\.53 h, got 160"):
            biological_half_life_h([50, 160], "Lu-177")

    def test_linear_in_activity_whatever_its_kind(self):
        for formula, rest in ((haenscheid_tia, (96.0,)), (known_half_life_tia, (96.0, 51.0))):
            one = formula(1.0, *rest)
            assert formula([52, 26], *rest) == pytest.approx([52 * one, 26 * one], rel=1e-12)
            assert formula(ufloat(52, 2.6), *rest).std_dev == pytest.approx(2.6 * one, rel=1e-12)
            many = formula(unumpy.uarray([52, 26], [2.6, 1.3]), *rest)
            assert unumpy.std_devs(many) == pytest.approx([2.6 * one, 1.3 * one], rel=1e-12)

    def test_uncertain_half_lives(self):
        """First order: u(ln TIA) = |1 - ln 2 t/T| u(ln T)."""
        tia = known_half_life_tia(52.0, 96.0, ufloat(50, 5))
        assert tia.std_dev / tia.nominal_value == pytest.approx(abs(1 - LN2 * 96 / 50) * 0.1, rel=1e-9)
        row = known_half_life_tia(52.0, 96.0, unumpy.uarray([50, 60], [5, 6]))
        assert row[0].std_dev == pytest.approx(tia.std_dev, rel=1e-9)

    @pytest.mark.parametrize("wrong", [0, -5, float("nan"), "52"])
    def test_refused(self, wrong):
        for arguments in ((wrong, 96.0, 51.0), (52.0, wrong, 51.0), (52.0, 96.0, wrong)):
            with pytest.raises(InputError, match=r"_mbq |_h "):
                known_half_life_tia(*arguments)
        with pytest.raises(InputError):
            haenscheid_tia(52.0, wrong)
        with pytest.raises(InputError):
            effective_half_life_h(wrong, "Lu-177")


def simulate(activity, time, median, gsd, relative, count=400_000):
    """Integrals of a population cut at physical decay and at a tenth of the time, measured with noise."""
    random = np.random.default_rng(77)
    half_lives = random.lognormal(np.log(median), np.log(gsd), 3 * count)
    half_lives = half_lives[(half_lives > time / 10) & (half_lives < PHYSICAL)][:count]
    measured = activity * (1 + relative * random.standard_normal(len(half_lives)))
    return measured * 2 ** (time / half_lives) * half_lives / LN2


class TestSinglePoint:
    @pytest.mark.parametrize("time", [4.0, 24.0, 72.0, 96.0, 168.0])
    @pytest.mark.parametrize(("median", "gsd"), [(51.0, 1.25), (80.0, 1.5), (30.0, 1.3)])
    @pytest.mark.parametrize("relative", [0.0, 0.08])
    def test_interval_against_sampling(self, time, median, gsd, relative):
        sigma = relative * 52 or None
        found = single_point(52.0, time, median, gsd, "Lu-177", sigma_mbq=sigma, method="known_half_life")
        samples = simulate(52.0, time, median, gsd, relative)
        assert found.interval95 == pytest.approx(np.quantile(samples, [0.025, 0.975]), rel=0.01)
        spread = np.std(samples) / np.mean(samples)
        assert found.tia_mbq_h.std_dev / found.tia_mbq_h.nominal_value == pytest.approx(spread, rel=0.06)
        assert found.tia_mbq_h.nominal_value == pytest.approx(52 * 2 ** (time / median) * median / LN2, rel=1e-9)

    def test_the_method_sets_the_value_not_the_interval(self):
        found = {method: single_point(52.0, 96.0, **PRIOR, sigma_mbq=2.6, method=method) for method in (
            "haenscheid", "known_half_life", "map")}  # fmt: skip
        assert len({item.interval95 for item in found.values()}) == 1
        assert found["haenscheid"].tia_mbq_h.nominal_value == pytest.approx(52 * 2 * 96 / LN2)
        assert found["map"].tia_mbq_h.nominal_value == found["known_half_life"].tia_mbq_h.nominal_value
        for method, item in found.items():
            assert item.method == method
            assert item.interval95[0] < item.tia_mbq_h.nominal_value < item.interval95[1]
            assert "SINGLE_POINT_DEPENDS_ON_PRIOR" in item.flags

    @given(st.floats(1, 1e4), st.floats(2, 200), st.floats(10, 140), st.floats(1.02, 3), st.floats(0.01, 0.3))
    @settings(max_examples=40)
    def test_any_measurement(self, activity, time, median, gsd, relative):
        time = min(time, 10 * median)
        found = single_point(activity, time, median, gsd, "Lu-177", sigma_mbq=relative * activity)
        low, high = found.interval95
        assert 0 <= low < high < np.inf
        assert found.tia_mbq_h.std_dev >= relative * found.tia_mbq_h.nominal_value * (1 - 1e-9)
        scaled = single_point(10 * activity, time, median, gsd, "Lu-177", sigma_mbq=10 * relative * activity)
        assert scaled.interval95 == pytest.approx((10 * low, 10 * high), rel=1e-9)

    def test_flags(self):
        assert "SIGMA_MISSING" in single_point(52.0, 96.0, **PRIOR).flags
        assert "SIGMA_MISSING" not in single_point(52.0, 96.0, **PRIOR, sigma_mbq=2.6).flags
        # at 4 h nobody is between 0.75 and 2.5 half-lives; at 96 h nearly everybody is
        assert "SINGLE_POINT_RANGE" in single_point(52.0, 4.0, **PRIOR).flags
        assert "SINGLE_POINT_RANGE" not in single_point(52.0, 96.0, **PRIOR).flags
        assert "SINGLE_POINT_RANGE" not in single_point(52.0, 4.0, **PRIOR, method="known_half_life").flags
        assert "PRIOR_TRUNCATED" in single_point(52.0, 96.0, 140.0, 1.5, "Lu-177").flags
        assert "PRIOR_TRUNCATED" not in single_point(52.0, 96.0, **PRIOR).flags

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"half_life_gsd": 0.25}, "half_life_gsd must lie between 1 and 5.*a factor"),
            ({"half_life_gsd": 25}, "half_life_gsd must lie between 1 and 5, got 25"),
            ({"half_life_gsd": 1}, "a population without spread; use known_half_life_tia"),
            (
                {"half_life_median_h": 160},
                r"below the physical half-life of Lu-177, 159\.53 h, got 160; is it a biolog",
            ),
            ({"half_life_median_h": 0}, "half_life_median_h must be above 0"),
            ({"half_life_median_h": ufloat(51, 5)}, "half_life_median_h must be one plain number"),
            ({"method": "hanscheid"}, "method must be one of 'haenscheid', 'known_half_life', 'map', got 'hanscheid'"),
            ({"sigma_mbq": 0}, "sigma_mbq must be above 0"),
            ({"sigma_mbq": [2.6]}, "sigma_mbq must be one plain number"),
            (
                {"time_h": 1000.0},
                r"half_life_median_h is 51 h, less than a tenth of time_h, 1000 h: nothing would have",
            ),
            ({"activity_mbq": ufloat(52, 2)}, "activity_mbq must be one plain number"),
            ({"activity_mbq": 0}, "activity_mbq must be above 0"),
            ({"time_h": [96]}, "time_h must be one plain number"),
            ({"nuclide": "Lu"}, "nuclide 'Lu' is not known"),
        ],
    )
    def test_refused(self, change, message):
        with pytest.raises(InputError, match=message):
            single_point(**{"activity_mbq": 52.0, "time_h": 96.0, **PRIOR, **change})


class TestTwoPoints:
    @given(st.floats(1, 1e5), st.floats(5, 150), st.floats(0.5, 100), st.floats(5, 100))
    def test_exact_for_a_mono_exponential(self, start, half_life, first, gap):
        times = np.array([first, first + gap])
        pair = two_point(lutetium(times, start * 2 ** (-times / half_life)))
        assert pair.tia_mbq_h.nominal_value == pytest.approx(start * half_life / LN2, rel=1e-6)
        assert pair.effective_half_life_h.nominal_value == pytest.approx(half_life, rel=1e-6)
        assert pair.extrapolated_fraction == pytest.approx(2 ** (-times[1] / half_life), rel=1e-6)

    def test_uncertainty_in_closed_form_and_by_sampling(self):
        times, measured, relative = np.array([24.0, 96.0]), np.array([118.0, 52.0]), np.array([0.03, 0.04])
        pair = two_point(lutetium(times, measured, relative * measured))
        rate = np.log(118 / 52) / 72
        first = 1 + (24 - 1 / rate) / 72
        closed = np.hypot(first * 0.03, (1 - first) * 0.04)
        assert pair.tia_mbq_h.std_dev / pair.tia_mbq_h.nominal_value == pytest.approx(closed, rel=1e-9)
        drawn = measured * (1 + relative * np.random.default_rng(3).standard_normal((100_000, 2)))
        rates = np.log(drawn[:, 0] / drawn[:, 1]) / 72
        tias = drawn[:, 0] * np.exp(rates * 24) / rates
        assert pair.tia_mbq_h.std_dev == pytest.approx(np.std(tias), rel=0.02)
        assert pair.effective_half_life_h.std_dev == pytest.approx(np.std(LN2 / rates), rel=0.03)

    def test_systematic_and_administered(self):
        pair = two_point(lutetium([24, 96], [118, 52], 1e-6, systematic_rel=0.07, administered_mbq=7400))
        assert pair.tia_mbq_h.std_dev / pair.tia_mbq_h.nominal_value == pytest.approx(0.07, rel=1e-6)
        assert pair.tiac_h.nominal_value == pytest.approx(pair.tia_mbq_h.nominal_value / 7400)

    @pytest.mark.parametrize(
        ("times", "measured", "message"),
        [
            ([24], [118], "exactly two points, got 1"), ([4, 24, 96], [142, 118, 52], "exactly two points, got 3"),
            ([24, 96], [52, 118], r"does not fall between 24 h and 96 h \(52 to 118 MBq\)"),
            ([24, 96], [52, 52], "does not fall"),
        ],
    )  # fmt: skip
    def test_refused(self, times, measured, message):
        with pytest.raises(InputError, match=message):
            two_point(lutetium(times, measured))


class TestMap:
    @pytest.mark.parametrize(
        ("times", "measured"),
        [([24.0], [118.0]), ([4.0, 24.0], [142.0, 118.0]), ([4.0, 24.0, 96.0], [150.0, 118.0, 52.0])],
    )
    def test_against_a_general_minimiser(self, times, measured):
        """Chi-square plus the squared standardised ln T, and the curvature at its minimum."""
        curve = lutetium(times, measured)
        spread = np.log(1.25)

        def target(numbers):
            start, log_half_life = np.exp(numbers[0]), numbers[1]
            model = start * np.exp(-LN2 * curve.times_h / np.exp(log_half_life))
            misfit = np.sum(((model - curve.activity_mbq) / curve.sigma_mbq) ** 2)
            return misfit + ((log_half_life - np.log(51)) / spread) ** 2

        best = minimize(
            target, [np.log(150), np.log(51)], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13}
        )
        found = map_fit(curve, 51.0, 1.25)
        assert found.a1_mbq.nominal_value == pytest.approx(np.exp(best.x[0]), rel=1e-5)
        assert found.effective_half_life_h.nominal_value == pytest.approx(np.exp(best.x[1]), rel=1e-5)
        assert found.tia_mbq_h.nominal_value == pytest.approx(np.exp(best.x[0] + best.x[1]) / LN2, rel=1e-5)

    def test_one_point_gives_the_prior_back(self):
        found = map_fit(lutetium([96], [52]), 51.0, 1.25)
        assert found.effective_half_life_h.nominal_value == pytest.approx(51, rel=1e-6)
        relative = found.effective_half_life_h.std_dev / found.effective_half_life_h.nominal_value
        assert relative == pytest.approx(np.log(1.25), rel=1e-6)
        # in first order: 5 % of the point, and |1 - ln 2 t/T| times the spread of T
        expected = np.hypot(0.05, (1 - LN2 * 96 / 51) * np.log(1.25))
        assert found.tia_mbq_h.std_dev / found.tia_mbq_h.nominal_value == pytest.approx(expected, rel=1e-6)
        assert "SINGLE_POINT_DEPENDS_ON_PRIOR" in found.flags

    @given(st.floats(20, 120), st.floats(1.05, 3))
    @settings(max_examples=30)
    def test_between_data_and_prior(self, median, gsd):
        """Two points say 60.9 h; the result lies between that and the population, the nearer the vaguer the prior."""
        curve = lutetium([24, 96], [118, 52])
        found = map_fit(curve, median, gsd).effective_half_life_h.nominal_value
        low, high = sorted([median, 60.9032])
        assert low - 0.01 <= found <= high + 0.01
        vaguer = map_fit(curve, median, min(1.5 * gsd, 5)).effective_half_life_h.nominal_value
        assert abs(vaguer - 60.9032) <= abs(found - 60.9032) + 1e-4

    def test_coverage_when_the_population_is_right(self):
        """Patients drawn from the prior, measured at 24 and 72 h: 95 % of the truths within twice the uncertainty."""
        random = np.random.default_rng(14)
        half_lives = random.lognormal(np.log(51), np.log(1.25), 200)
        hits = []
        for half_life in half_lives[half_lives < 150]:
            truth = 100 * 2 ** (-np.array([24, 72]) / half_life)
            curve = lutetium([24, 72], truth * (1 + 0.05 * random.standard_normal(2)), 0.05 * truth)
            tia = map_fit(curve, 51.0, 1.25).tia_mbq_h
            hits.append(abs(tia.nominal_value - 100 * half_life / LN2) < 2 * tia.std_dev)
        assert np.mean(hits) == pytest.approx(0.95, abs=0.05)

    def test_never_slower_than_physical(self):
        found = map_fit(lutetium([24, 168], [100, 54]), 150.0, 1.2)  # the points say 162 h
        assert found.effective_half_life_h.nominal_value <= PHYSICAL * (1 + 1e-6)
        assert "BELOW_PHYSICAL" in found.flags

    def test_a_shape_that_does_not_fit(self):
        assert "CHI_SQUARE_REJECTED" in map_fit(lutetium([1, 24, 96], [50, 118, 52]), 51.0, 1.25).flags
        assert "CHI_SQUARE_REJECTED" not in map_fit(lutetium([4, 24, 96], [150, 118, 52]), 51.0, 1.25).flags
        assert "CHI_SQUARE_REJECTED" not in map_fit(lutetium([24], [118]), 51.0, 1.25).flags

    def test_far_times_and_steep_falls(self):
        """Nothing overflows, and a half-life at the end of its range says so."""
        steep = map_fit(lutetium([240, 241], [100, 0.01]), 51.0, 5.0)
        assert np.isfinite(steep.tia_mbq_h.std_dev)
        assert {"CHI_SQUARE_REJECTED", "AT_BOUND"} & set(steep.flags)
        with pytest.raises(
            InputError, match=r"half_life_median_h is 0\.01 h, so nothing would be left at the first point"
        ):
            map_fit(lutetium([24, 96], [118, 52]), 0.01, 1.25)

    def test_refused(self):
        with pytest.raises(InputError, match=r"half_life_median_h must be below the physical half-life"):
            map_fit(lutetium([24], [118]), 200.0, 1.25)
        with pytest.raises(InputError, match=r"half_life_gsd must lie between 1 and 5"):
            map_fit(lutetium([24], [118]), 51.0, 25)
