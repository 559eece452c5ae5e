"""The expected range, the table of options and the verdict afterwards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import planning
from mrtlab.errors import InputError
from mrtlab.planning import TissueDose

MEDIANS, FACTORS, SPREADS = st.floats(1e-3, 1e3), st.floats(0.01, 100), st.floats(1.01, 4.99)


class TestExpectedRange:
    @given(MEDIANS, SPREADS, st.floats(1e-3, 1e3))
    def test_symmetric_on_the_logarithmic_scale(self, median, gsd, limit):
        expected = planning.expected_range(median, gsd)
        low, high = expected.interval95_gy
        assert low * high == pytest.approx(median**2, rel=1e-9)
        assert expected.probability_above(low) == pytest.approx(0.975, abs=1e-4)
        assert expected.probability_above(high) == pytest.approx(0.025, abs=1e-4)
        assert expected.probability_above(median) == pytest.approx(0.5)
        assert 0 <= expected.probability_above(limit) <= 1

    def test_against_a_simulated_population(self):
        doses = np.random.default_rng(5).lognormal(np.log(4.4), np.log(1.4), 400_000)
        expected = planning.expected_range(4.4, 1.4)
        assert expected.interval95_gy == pytest.approx(np.quantile(doses, [0.025, 0.975]), rel=0.005)
        assert expected.probability_above(6) == pytest.approx(np.mean(doses > 6), abs=0.003)

    def test_no_spread(self):
        expected = planning.expected_range(4.4, 1.0)
        assert expected.interval95_gy == (4.4, 4.4)
        assert (expected.probability_above(4.3), expected.probability_above(4.5)) == (1.0, 0.0)

    @pytest.mark.parametrize(
        ("median", "gsd", "message"),
        [
            (0, 1.3, "median_gy must be above 0"), (-4, 1.3, "median_gy must be above 0, got -4"),
            (4, 0.35, "gsd must lie between 1 and 5, got 0.35; it is a factor: for 35 % give 1.35"),
            (4, 35, "for 35 % give 1.35"), (float("nan"), 1.3, "median_gy must be finite"),
            (ufloat(4, 1), 1.3, "median_gy must be one plain number"), ([4, 5], 1.3, "must be one plain number"),
            ("4,4", 1.3, "median_gy is the text"),
        ],
    )  # fmt: skip
    def test_refused(self, median, gsd, message):
        with pytest.raises(InputError, match=message):
            planning.expected_range(median, gsd)


class TestVerify:
    @given(MEDIANS, SPREADS, FACTORS, st.floats(0.01, 0.5))
    def test_z_is_antisymmetric_in_the_logarithm_of_the_ratio(self, median, gsd, ratio, relative):
        expected = planning.expected_range(median, gsd)

        def measured(dose):
            return planning.verify(ufloat(dose, relative * dose), expected)

        above, below = measured(median * ratio), measured(median / ratio)
        assert above.z == pytest.approx(-below.z, rel=1e-6, abs=1e-9)
        assert above.ratio.nominal_value == pytest.approx(ratio, rel=1e-9)
        assert above.within == (abs(above.z) <= 1.96)
        assert above.flags == (() if above.within else ("OUTSIDE_EXPECTED_RANGE",))

    @given(st.floats(0.3, 3), st.floats(0.05, 0.5))
    def test_a_larger_uncertainty_never_makes_it_worse(self, ratio, relative):
        expected = planning.expected_range(4, 1.3)
        sharp = planning.verify(ufloat(4 * ratio, relative * 4 * ratio), expected)
        blunt = planning.verify(ufloat(4 * ratio, 2 * relative * 4 * ratio), expected)
        assert abs(blunt.z) <= abs(sharp.z) + 1e-12

    def test_false_alarms_come_in_five_per_cent(self):
        """Doses of a log-normal population, measured with 10 %: the verdict is wrong as often as it says."""
        random = np.random.default_rng(3)
        truth = random.lognormal(np.log(4), np.log(1.3), 3000)
        measured = truth * random.lognormal(0, 0.1, 3000)
        expected = planning.expected_range(4, 1.3)
        outside = [not planning.verify(ufloat(dose, 0.1 * dose), expected).within for dose in measured]
        assert np.mean(outside) == pytest.approx(0.05, abs=0.012)

    def test_what_both_share_says_nothing_about_their_difference(self):
        """Plan and measurement on the same wrong mass: simulated, the z of the remainder has unit spread."""
        random = np.random.default_rng(4)
        shared, own_plan, own_measured, count = 0.15, 0.2, 0.08, 3000
        mass_error = random.normal(0, shared, count)
        plans = 4 * np.exp(mass_error + random.normal(0, own_plan, count))
        doses = 4 * np.exp(mass_error + random.normal(0, own_measured, count))
        gsd, relative = np.exp(np.hypot(shared, own_plan)), np.hypot(shared, own_measured)
        z = [
            planning.verify(ufloat(dose, relative * dose), planning.expected_range(plan, gsd), shared_rel=shared).z
            for dose, plan in zip(doses, plans, strict=True)
        ]
        assert np.std(z) == pytest.approx(1, abs=0.04)

    def test_words(self):
        expected = planning.expected_range(4.588, 1.35)
        inside = planning.verify(ufloat(5, 0.5), expected)
        assert inside.text == "within the expected range of 2.5 to 8.3 Gy, which does not prove it correct"
        edge = planning.verify(ufloat(8.6, 0.15 * 8.6), expected)
        assert edge.within
        assert edge.text.startswith("outside the expected range of 2.5 to 8.3 Gy, but by no more than its uncertainty")
        above = planning.verify(ufloat(12, 1), expected)
        assert above.text.startswith("above the expected range of 2.5 to 8.3 Gy: investigate")
        assert planning.verify(ufloat(1.5, 0.1), expected).text.startswith("below the expected range")

    def test_words_where_only_what_is_shared_lies_between(self):
        """Most of the uncertainty of the plan is that of the measurement too: a little apart is then too far."""
        expected = planning.expected_range(5.0, np.exp(0.15))
        low = planning.verify(ufloat(4.0, 0.16 * 4.0), expected, shared_rel=0.14)
        assert (low.within, low.z < -1.96) == (False, True)
        assert expected.interval95_gy[0] < 4.0
        assert low.text.startswith("in the expected range of 3.7 to 6.7 Gy, but too far down in it once")
        assert "too far up in it" in planning.verify(ufloat(6.3, 0.16 * 6.3), expected, shared_rel=0.14).text

    @pytest.mark.parametrize("dose", [5.0, 5 + 0 * ufloat(1, 1), ufloat(5, float("nan")), None, "5 ± 1"], ids=repr)
    def test_no_verdict_without_an_uncertainty(self, dose):
        with pytest.raises(InputError, match=r"dose_gy must carry its uncertainty"):
            planning.verify(dose, planning.expected_range(4, 1.3))

    def test_refused(self):
        expected = planning.expected_range(4, 1.3)
        with pytest.raises(InputError, match=r"dose_gy must be above 0"):
            planning.verify(ufloat(-5, 1), expected)
        with pytest.raises(InputError, match=r"expected must come from mrtlab.planning.expected_range"):
            planning.verify(ufloat(5, 1), 4.0)
        with pytest.raises(
            InputError, match=r"shared_rel is 0.15, more than the whole relative uncertainty of dose_gy"
        ):
            planning.verify(ufloat(5, 0.5), expected, shared_rel=0.15)
        with pytest.raises(InputError, match=r"15 looks like a percentage; give 0\.15"):
            planning.verify(ufloat(5, 0.5), expected, shared_rel=15)
        with pytest.raises(InputError, match=r"nothing is left of the uncertainty"):
            planning.verify(ufloat(5, 5 * np.log(1.3)), expected, shared_rel=float(np.log(1.3)))


class TestOptions:
    TISSUES = {"kidneys": TissueDose(6e-4, 1.4, previous_gy=10), "marrow": TissueDose(3.5e-5, 1.8)}  # noqa: RUF012

    def test_one_row_per_activity_and_tissue(self):
        options = planning.activity_options([3700, 7400], self.TISSUES, {"kidneys": 23})
        assert [(row.activity_mbq, row.tissue) for row in options] == [
            (3700, "kidneys"), (3700, "marrow"), (7400, "kidneys"), (7400, "marrow"),
        ]  # fmt: skip
        kidneys = options[2]
        assert kidneys.median_gy == pytest.approx(10 + 7400 * 6e-4)
        assert kidneys.interval95_gy == pytest.approx((10 + 4.44 / 1.4**1.96, 10 + 4.44 * 1.4**1.96))
        assert kidneys.limit_gy == 23
        assert options[3].limit_gy is None
        assert options[3].probability_above is None

    def test_probability_against_a_simulation(self):
        row = planning.activity_options([14800], self.TISSUES, {"kidneys": 23})[0]
        doses = 10 + np.random.default_rng(2).lognormal(np.log(14800 * 6e-4), np.log(1.4), 400_000)
        assert row.probability_above == pytest.approx(np.mean(doses > 23), abs=0.003)
        assert row.interval95_gy == pytest.approx(np.quantile(doses, [0.025, 0.975]), rel=0.005)

    @pytest.mark.parametrize("shared", [0.0, 0.08])
    def test_an_uncertain_dose_received_widens_the_range(self, shared):
        """Against a simulation in which what both share is drawn once."""
        tissues = {"kidneys": TissueDose(6e-4, 1.4, ufloat(14, 1.6), shared)}
        row = planning.activity_options([7400], tissues, {"kidneys": 23})[0]
        random = np.random.default_rng(4)
        draw, own = random.standard_normal, np.sqrt(np.array([(1.6 / 14) ** 2, np.log(1.4) ** 2]) - shared**2)
        common = shared * draw(400_000)
        received = 14 * (1 + common + own[0] * draw(common.size))
        doses = received + 7400 * 6e-4 * np.exp(common + own[1] * draw(common.size))
        assert row.probability_above == pytest.approx(np.mean(doses > 23), abs=0.002)
        assert (row.interval95_gy[0], row.median_gy, row.interval95_gy[1]) == pytest.approx(
            np.quantile(doses, [0.025, 0.5, 0.975]), rel=0.003
        )

    def test_a_dose_received_that_is_almost_known(self):
        for gsd in (1.0, 1.4):
            known, almost = (
                planning.activity_options([7400], {"kidneys": TissueDose(6e-4, gsd, previous)}, {"kidneys": 16})[0]
                for previous in (10.0, ufloat(10.0, 1e-4))
            )
            assert almost.interval95_gy == pytest.approx(known.interval95_gy, rel=1e-4)
            assert almost.probability_above == pytest.approx(known.probability_above, abs=1e-4)

    @given(st.floats(100, 20000), st.floats(1.01, 3))
    def test_more_activity_more_risk(self, activity, factor):
        less, more = (
            planning.activity_options([item], self.TISSUES, {"kidneys": 23})[0]
            for item in (activity, factor * activity)
        )
        assert less.probability_above <= more.probability_above
        assert less.median_gy < more.median_gy

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([7400], {}), "tissues is empty"),
            (([0], TISSUES), "activities_mbq must be above 0, got 0"),
            ((["7,4 GBq"], TISSUES), "activities_mbq must be a number"),
            (([ufloat(7400, 100)], TISSUES), "activities_mbq must be plain numbers"),
            (([7400], TISSUES, {"kidney": 23}), "limits names kidney, not among the tissues kidneys, marrow"),
            (([7400], TISSUES, {"kidneys": 0}), r"limits\['kidneys'\] must be above 0"),
            (([7400], {"k": TissueDose(0, 1.4)}), "k: median_gy_per_mbq must be above 0"),
            (([7400], {"k": TissueDose(6e-4, 0.4)}), "k: gsd must lie between 1 and 5"),
            (([7400], {"k": TissueDose(6e-4, 1.4, -1)}), "k: previous_gy must not be negative"),
            (([7400], {"k": TissueDose(6e-4, 1.4, 10, 0.05)}), "whole relative uncertainty of previous_gy"),
            (([7400], {"k": TissueDose(6e-4, 1.01, ufloat(10, 1), 0.05)}), "uncertainty of gsd"),
        ],
    )
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            planning.activity_options(*arguments)

    @pytest.mark.parametrize("previous", [23, 25])
    def test_the_limit_is_reached(self, previous):
        tissues = {"kidneys": TissueDose(6e-4, 1.4, previous_gy=previous)}
        with pytest.raises(InputError, match=f"kidneys has already received {previous} Gy of its limit of 23 Gy"):
            planning.activity_options([7400], tissues, {"kidneys": 23})
