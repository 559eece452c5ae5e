"""PRRT before and between cycles: options, cycles, next activity, tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import prrt, radiobiology, sources
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.planning import TissueDose

MEASURED = ([4.6, 5.4, 6.1], [7400.0] * 3, 23.0)
BUDGET = {"random_rel": 0.05, "systematic_rel": 0.08}
EQUAL = pytest.approx
BED = radiobiology.bed(5.2, 2.5, radiobiology.lea_catcheside(52.0, 2.8))


class TestOptions:
    def test_p1_range_and_probability(self):
        found = prrt.kidney_options([3700.0, 5500.0, 7400.0], limit_gy=5.75)
        last = found.doses[2]
        assert last.median_gy == EQUAL(4.44, rel=1e-9)
        assert last.interval95_gy == EQUAL((2.30, 8.59), rel=2e-3)
        assert last.probability_above == EQUAL(0.221, rel=2e-3)
        assert found.flags == (Flag.POPULATION_ASSUMED,)

    def test_bed_follows_the_dose(self):
        g = radiobiology.lea_catcheside(52.0, 2.8)
        kidneys = TissueDose(0.0007, 1.3)
        found = prrt.kidney_options([7400.0], kidneys, limit_gy=7.0, bed_limit_gy=radiobiology.bed(7.0, 2.5, g),
                                    effective_half_life_h=52.0)  # fmt: skip
        assert found.bed[0].median_gy == EQUAL(radiobiology.bed(5.18, 2.5, g))
        # the same event in two units
        assert found.bed[0].probability_above == EQUAL(found.doses[0].probability_above)
        assert found.bed[0].interval95_gy[0] == EQUAL(radiobiology.bed(5.18 / 1.3**1.96, 2.5, g))
        low, high = found.bed[0].parameter_range_gy
        assert low < found.bed[0].median_gy < high

    def test_earlier_cycles_count(self):
        earlier = TissueDose(0.0006, 1.4, previous_gy=15.6)
        with pytest.raises(InputError, match="previous_bed_gy is missing"):
            prrt.kidney_options([7400.0], earlier)
        found = prrt.kidney_options([7400.0], earlier, bed_limit_gy=28.0, previous_bed_gy=17.26)
        alone = prrt.kidney_options([7400.0], TissueDose(0.0006, 1.4))
        assert found.bed[0].median_gy - alone.bed[0].median_gy == EQUAL(17.26)
        assert found.doses[0].median_gy == EQUAL(15.6 + 4.44)

    def test_other_tissues_beside(self):
        found = prrt.kidney_options(
            [7400.0, 3700.0], others={"marrow": TissueDose(0.00003, 1.5)}, other_limits_gy={"marrow": 2.0}
        )
        assert [row["activity_mbq"] for row in found.rows()] == [3700.0, 7400.0]
        assert {"kidneys: median_bed_gy", "marrow: median_gy"} <= set(found.rows()[0])
        assert found.rows()[1]["kidneys: median_bed_gy"] == EQUAL(found.bed[0].median_gy)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"kidneys": TissueDose(0.6, 1.4)}, "Gy/GBq instead of Gy/MBq"),
            ({"others": {"kidneys": TissueDose(0.0006, 1.4)}}, "give them as kidneys="),
            ({"kidneys": TissueDose(0.0006, 1.4, 20.0), "previous_bed_gy": 18.0}, "never below its dose"),
            ({"bed_limit_gy": 28.0, "previous_bed_gy": 29.0}, "already received a BED"),
            ({"limit_gy": 23.0, "kidneys": TissueDose(0.0006, 1.4, 23.0), "previous_bed_gy": 25.0}, "already received"),
        ],
    )
    def test_refused(self, options, message):
        with pytest.raises(InputError, match=message):
            prrt.kidney_options([7400.0], **options)


class TestCycles:
    def test_b05(self):
        assert [prrt.cycles_allowed(23.0, 5.2), prrt.cycles_allowed(28.0, BED), prrt.cycles_allowed(40.0, BED)] == [
            4, 4, 6,
        ]  # fmt: skip

    def test_b03_the_formula_on_the_sum_is_wrong(self):
        g = radiobiology.lea_catcheside(52.0, 2.8)
        assert radiobiology.bed_total([5.2] * 4, 2.5, g) == EQUAL(23.0106, rel=1e-5)
        assert radiobiology.bed(20.8, 2.5, g) == EQUAL(29.6423, rel=1e-5)

    def test_c01_five_cycles_of_the_median(self):
        assert prrt.cycles_allowed(23.0, 4.588) == 5

    def test_exact_multiples_and_earlier_dose(self):
        assert prrt.cycles_allowed(23.0, 23.0 / 5) == 5
        assert prrt.cycles_allowed(0.3, 0.1) == 3, "rounding takes a cycle away"
        assert prrt.cycles_allowed(23.0, 5.2, previous_gy=10.4) == 2
        assert prrt.cycles_allowed(4.0, 5.2) == 0

    def test_uncertain(self):
        with pytest.warns(PlausibilityWarning, match="3 to 5"):
            assert prrt.cycles_allowed(23.0, ufloat(5.2, 0.5)) == 4

    def test_reached(self):
        with pytest.raises(InputError, match="limit already reached"):
            prrt.cycles_allowed(23.0, 5.2, previous_gy=24.0)

    def test_band_of_the_parameters(self):
        # 4 x 5.75 Gy, 52 h: 24.1 to 29.3 Gy
        assert prrt.kidney_bed_range([5.75] * 4, 52.0) == EQUAL((24.1, 29.3), rel=2e-3)


class TestNextActivity:
    @pytest.mark.parametrize(("rule", "mbq"), [("mean", 9580.0), ("last", 8370.5), ("step", 7410.0)])
    def test_c02_and_p4(self, rule, mbq):
        found = prrt.next_activity(*MEASURED, rule=rule, **BUDGET)
        assert found.remaining_gy.n == EQUAL(6.9)
        assert found.allowed_mbq.n == EQUAL(mbq, rel=1e-3)
        assert found.activity_mbq == 7400.0
        assert Flag.CAPPED in found.flags

    def test_line_by_hand(self):
        slope = np.log(6.1 / 4.6) / 2
        expected = np.exp(np.mean(np.log([4.6, 5.4, 6.1])) + 2 * slope) / 7400
        assert prrt.next_activity(*MEASURED, rule="line").gy_per_mbq == EQUAL(expected)

    def test_what_is_common_adds_linearly(self):
        assert prrt.next_activity(*MEASURED, **BUDGET).delivered_gy.s == EQUAL(1.37, rel=1e-3)
        assert prrt.cumulative_dose([4.6, 5.4, 6.1], 0.05, 0.08).s == EQUAL(1.37, rel=1e-3)
        assert prrt.cumulative_dose([4.6, 5.4, 6.1], np.hypot(0.05, 0.08)).s == EQUAL(0.88, rel=4e-3)
        assert prrt.cumulative_dose([4.6, 5.4, 6.1]) == EQUAL(16.1)

    def test_posterior_by_hand(self):
        # one cycle, 10 % of its own, common part included: two normals on the logarithm
        found = prrt.next_activity([5.92], [7400.0], 23.0, random_rel=0.06, systematic_rel=0.08)
        weights = np.array([1 / np.log(1.4) ** 2, 1 / (0.06**2 + 0.08**2)])
        middle = np.average(np.log([0.0006, 0.0008]), weights=weights)
        assert found.gy_per_mbq.n == EQUAL(np.exp(middle), rel=1e-6)
        assert found.per_activity.gsd == EQUAL(np.exp(weights.sum() ** -0.5), rel=1e-4)

    def test_common_error_does_not_average_away(self):
        many = prrt.next_activity([3.7] * 5, [7400.0] * 5, 40.0, rule="mean", random_rel=0.05, systematic_rel=0.08)
        assert many.gy_per_mbq.s / many.gy_per_mbq.n == EQUAL(np.hypot(0.08, 0.05 / 5**0.5), rel=1e-6)

    def test_without_uncertainty_the_cycles_outweigh_the_prior(self):
        found = prrt.next_activity(*MEASURED)
        assert Flag.SIGMA_MISSING in found.flags
        assert found.probability_above is None
        mean = prrt.next_activity(*MEASURED, rule="mean")
        assert found.allowed_mbq.n == EQUAL(mean.allowed_mbq, rel=1e-6)

    def test_before_the_first_cycle(self):
        found = prrt.next_activity([], [], 23.0, cycles_left=4)
        assert found.allowed_mbq.n == EQUAL(23000 / 4 / 0.6)
        assert found.per_activity.gsd == EQUAL(1.4)
        assert "prrt.kidney_gsd" in found.sources
        assert "prrt.kidney_gsd" not in prrt.next_activity(*MEASURED, rule="mean").sources

    def test_trend_is_noticed_and_noise_is_not(self):
        assert Flag.CYCLES_DIFFER in prrt.next_activity(*MEASURED, **BUDGET).flags
        assert Flag.CYCLES_DIFFER not in prrt.next_activity(*MEASURED, random_rel=0.15, systematic_rel=0.08).flags
        assert Flag.CYCLES_DIFFER not in prrt.next_activity(*MEASURED, variation_rel=0.2, **BUDGET).flags

    def test_rounded_down(self):
        found = prrt.next_activity([4.6, 5.4, 6.1], [7400.0] * 3, 20.0, rule="last")
        assert found.allowed_mbq == EQUAL(7400 * 3.9 / 6.1)
        assert found.activity_mbq == 4700.0
        fine = prrt.next_activity([4.6, 5.4, 6.1], [7400.0] * 3, 20.0, rule="last", step_mbq=50.0)
        assert fine.activity_mbq == 4700.0

    def test_below_the_minimum_nothing_is_given(self):
        found = prrt.next_activity([4.6, 5.4, 6.1], [7400.0] * 3, 18.0, rule="last")
        assert found.activity_mbq == 0.0
        assert Flag.BELOW_MINIMUM in found.flags
        assert "do not treat" in found.text
        assert _n(found.total_gy) == EQUAL(16.1)

    def test_limit_used_up_by_the_best_estimate_is_a_coin_toss(self):
        found = prrt.next_activity(*MEASURED, rule="last", maximum_mbq=20000.0, step_mbq=0.01, **BUDGET)
        assert found.probability_above == EQUAL(0.5, abs=1e-4)

    def test_bed(self):
        found = prrt.next_activity([5.2, 5.2], [7400.0] * 2, 28.0, rule="last", quantity="BED",
                                   effective_half_life_h=52.0, maximum_mbq=50000.0)  # fmt: skip
        g = radiobiology.lea_catcheside(52.0, 2.8)
        assert found.delivered_gy == EQUAL(2 * BED)
        assert radiobiology.bed(found.allowed_mbq * 5.2 / 7400, 2.5, g) == EQUAL(28 - 2 * BED)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"limit_gy": 16.0}, "limit already reached"),
            ({"limit_gy": 16.1}, "limit already reached"),
            ({"rule": "guess"}, "rule must be one of"),
            ({"activities_mbq": [7400.0] * 2}, "as many values"),
            ({"activities_mbq": [7.4] * 3}, "GBq instead of MBq|Gy/GBq instead"),
            ({"rule": "mean", "prior": TissueDose(0.0006, 1.4)}, "does not use one"),
            ({"rule": "step", "cycles_left": 2}, "predicts one cycle"),
            ({"doses_gy": [5.0], "activities_mbq": [7400.0], "rule": "line"}, "needs two or more"),
            ({"doses_gy": [], "activities_mbq": [], "rule": "mean"}, "rests on cycles"),
            ({"minimum_mbq": 8000.0}, "above maximum_mbq"),
            ({"cycles_left": 0}, "whole number"),
            ({"effective_half_life_h": 52.0}, "for a limit of BED"),
            ({"systematic_rel": 8}, "looks like a percentage"),
            ({"prior": TissueDose(0.6, 1.4)}, "Gy/GBq instead"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::mrtlab.PlausibilityWarning")
    def test_refused(self, change, message):
        given = {"doses_gy": MEASURED[0], "activities_mbq": MEASURED[1], "limit_gy": MEASURED[2], **change}
        with pytest.raises(InputError, match=message):
            prrt.next_activity(given.pop("doses_gy"), given.pop("activities_mbq"), given.pop("limit_gy"), **given)

    @settings(max_examples=40, deadline=None)
    @given(
        doses=st.lists(st.floats(0.5, 8), min_size=2, max_size=5),
        left=st.floats(0.5, 30),
        rule=st.sampled_from(sorted(prrt.RULES)),
    )
    def test_the_budget_is_kept(self, doses, left, rule):
        limit = sum(doses) + left
        found = prrt.next_activity(doses, [7400.0] * len(doses), limit, rule=rule, **BUDGET)
        assert found.activity_mbq <= min(7400.0, found.allowed_mbq.n) + 1e-6
        assert found.activity_mbq == 0 or found.activity_mbq >= 3700.0
        assert _n(found.total_gy) <= limit * (1 + 1e-9)
        assert found.delivered_gy.n + found.remaining_gy.n == EQUAL(limit)
        # all in common: never better than the sum of the common parts
        assert found.delivered_gy.s >= 0.08 * sum(doses) * (1 - 1e-9)


def _n(number):
    return getattr(number, "n", number)


def test_every_source_named_exists():
    results = [
        prrt.next_activity(*MEASURED, quantity="BED", **BUDGET),
        prrt.kidney_options([7400.0], limit_gy=5.75),
        prrt.kidney_pair(4.0, 5.0, 50.0, 50.0),
        prrt.marrow_dose_from_blood(2.7, 4e-5, 1170.0),
        prrt.marrow_dose_from_image(2.7, 0.78, 1.1, 4e-5, 1170.0, metastases=True),
        prrt.published_extravasation(),
        prrt.systemic_activity(7400.0, 100.0, 2.3),
        prrt.later_cycle(40.0, 96.0, ufloat(50, 2)),
        prrt.simulate_cycles([7400.0]),
        *prrt.dose_per_activity(),
        *prrt.tolerance(),
    ]
    for result in results:
        assert result.sources
        assert all(sources(key).citation for key in result.sources)


class TestTables:
    def test_published(self):
        found = {(one.study, one.drug): one for one in prrt.dose_per_activity("kidneys")}
        assert found["Willowson 2018", "Lu-177-DOTATATE"].gy_per_mbq == EQUAL(0.00038)
        assert found["Santoro 2018", "Lu-177-DOTATATE"].range_gy_per_mbq == EQUAL((0.00027, 0.00091))
        assert {one.status for one in found.values()} == {"published", "recalled"}
        assert [one.status for one in prrt.dose_per_activity("kidneys", "Y-90-DOTATOC")] == ["recalled"]
        assert prrt.dose_per_activity("tumour")[0].gy_per_mbq == EQUAL(0.00341)

    def test_the_default_spans_the_table(self):
        from mrtlab.planning import expected_range

        expected = prrt.expected_per_activity()
        low, high = expected_range(expected.median_gy_per_mbq, expected.gsd).interval95_gy
        means = [
            one.gy_per_mbq
            for one in prrt.dose_per_activity("kidneys")
            if one.gy_per_mbq and one.drug == "Lu-177-DOTATATE"
        ]
        assert all(low < mean < high for mean in means)

    def test_tolerances_say_where_they_come_from(self):
        absorbed = prrt.tolerance("kidneys", "absorbed dose")
        assert [one.gy for one in absorbed] == [(23.0,), (15.0, 17.0), (30.0, 35.0)]
        assert all(one.from_external_beam for one in absorbed)
        beds = prrt.tolerance("kidneys", "BED")
        assert [one.gy[0] for one in beds] == [28.0, 40.0, 45.0]
        assert {one.status for one in beds} == {"recalled"}
        assert not any(one.from_external_beam for one in beds)

    def test_from_external_beam_reaches_the_prescription(self):
        limit = prrt.tolerance("kidneys", "absorbed dose")[0].constraint()
        assert (limit.kind, limit.dose_gy, limit.from_external_beam) == ("limit", 23.0, True)
        assert "Konijnenberg" in limit.source
        assert prrt.tolerance("kidneys", "BED")[0].constraint().quantity == "BED"

    def test_two_numbers_need_a_decision(self):
        open_one = prrt.tolerance("kidneys", "absorbed dose")[1]
        with pytest.raises(InputError, match="as the physician decides"):
            open_one.constraint()
        assert open_one.constraint(16.0).dose_gy == 16.0
        with pytest.raises(InputError, match="make a Constraint"):
            open_one.constraint(20.0)

    def test_konijnenberg_agrees_with_the_bed(self):
        """23 Gy in fractions of 2 Gy, as dose of Y-90 in three cycles with the same BED: 30 to 35 Gy."""
        g = radiobiology.lea_catcheside(40.0, 2.8)
        whole = 23.0 * (1 + 2.0 / 2.5)
        assert 30 < 3 * radiobiology.dose_from_bed(whole / 3, 2.5, g) < 35

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: prrt.tolerance("spleen"), "tissue must be one of"),
            (lambda: prrt.tolerance("marrow", "BED"), "nothing for"),
            (lambda: prrt.dose_per_activity("kidney"), "tissue must be one of"),
            (lambda: prrt.dose_per_activity("liver", "Y-90-DOTATOC"), "nothing for"),
            (lambda: prrt.expected_per_activity("marrow"), "give TissueDose"),
        ],
    )
    def test_refused(self, call, message):
        with pytest.raises(InputError, match=message):
            call()
