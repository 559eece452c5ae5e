"""The simulator of several cycles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from mrtlab import dose, prrt, radiobiology
from mrtlab.errors import InputError, PhysicsError

EQUAL = pytest.approx
KIDNEYS = prrt.Organ("kidneys", "kidneys", 0.03, 0.8, 51.0, 310.0)


def tumour(**change):
    return prrt.Organ(**{
        "name": "tumour", "kind": "tumour", "fraction": 0.006, "uptake_half_time_h": 0.8,
        "effective_half_life_h": 77.0, "mass_g": 20.0, **change,
    })  # fmt: skip


class TestDecline:
    @pytest.mark.parametrize(("grade", "total"), [("G1", 73.08368), ("G2", 64.71312)])
    def test_l15(self, grade, total):
        assert sum(prrt.tumour_decline(20.0, 4, grade)) == EQUAL(total, rel=1e-9)

    @pytest.mark.parametrize(("grade", "change"), [("G1", -0.06), ("G2", -0.14)])
    def test_the_simulator_declines_as_published(self, grade, change):
        course = prrt.simulate_cycles([7400.0] * 4, [KIDNEYS, tumour(change=change)])
        first = course.doses_gy("tumour")[0]
        assert course.doses_gy("tumour") == EQUAL(prrt.tumour_decline(first, 4, grade), rel=1e-9)
        assert course.doses_gy("kidneys") == EQUAL(np.full(4, course[0].dose_gy))

    def test_shrinking_changes_the_mass_and_hardly_the_dose(self):
        course = prrt.simulate_cycles([7400.0] * 4, [tumour(change=-0.06, shrink=0.8)])
        assert [row.mass_g for row in course] == EQUAL([20.0, 16.0, 12.8, 10.24])
        expected = prrt.tumour_decline(course[0].dose_gy, 4, "G1")
        assert course.doses_gy("tumour") == EQUAL(expected, rel=0.01)
        # from one gram to the next less energy stays inside
        assert all(course.doses_gy("tumour")[1:] < expected[1:])


class TestDoses:
    def test_integral_of_the_curve(self):
        row = prrt.simulate_cycles([7400.0], [KIDNEYS])[0]
        assert quad(row.activity, 0, 2000, limit=200)[0] == EQUAL(row.tia_mbq_h, rel=1e-6)
        assert row.activity(0.0) == 0.0
        assert row.tia_mbq_h == EQUAL(7400 * 0.03 * (51.0 - 0.8) / np.log(2))

    def test_f02(self):
        """A 150 MBq, effective half-life 55 h, uptake 2.5 h."""
        row = prrt.simulate_cycles([7400.0], [prrt.Organ("liver", "organ", 150 / 7400, 2.5, 55.0, 1800.0)])[0]
        assert row.tia_mbq_h == EQUAL(11361.22, rel=1e-6)
        assert row.activity(11.6795) == EQUAL(123.584, rel=1e-5)
        assert row.bed_gy is None

    def test_b02_uptake_in_the_bed(self):
        row = prrt.simulate_cycles([7400.0], [prrt.Organ("kidneys", "kidneys", 0.03, 2.5, 52.0, 310.0)])[0]
        assert row.g == EQUAL(0.04998932, rel=1e-5)
        assert row.bed_gy == EQUAL(row.dose_gy * (1 + 0.04998932 * row.dose_gy / 2.5), rel=1e-6)

    def test_kidneys_as_a_pair_of_the_reference(self):
        row = prrt.simulate_cycles([7400.0], [KIDNEYS])[0]
        each = prrt.kidney_dose(row.tia_mbq_h / 2, 155.0)
        assert row.dose_gy == EQUAL(each)
        # OpenDose, both kidneys of 309.994 g: 7.706e-5 mGy/(MBq·s), left alone and as target of both
        assert row.dose_gy == EQUAL(row.tia_mbq_h * 7.706e-5 * 3.6, rel=0.01)

    def test_bed_is_added_by_cycle(self):
        course = prrt.simulate_cycles([7400.0, 3700.0], [KIDNEYS])
        assert course.total_bed_gy("kidneys") == EQUAL(sum(row.bed_gy for row in course))
        assert course.total_bed_gy("kidneys") < radiobiology.bed(course.total_gy("kidneys"), 2.5, course[0].g)

    def test_growth_is_taken_off_a_tumour(self):
        grows = prrt.simulate_cycles([7400.0], [tumour(alpha_per_gy=0.3, doubling_time_h=360.0)])[0]
        rests = prrt.simulate_cycles([7400.0], [tumour()])[0]
        start = grows.dose_gy / grows.tia_mbq_h * grows.amplitude_mbq
        hours = np.log(start * 0.3 * 360 / np.log(2)) * 77 / np.log(2)
        assert rests.bed_gy - grows.bed_gy == EQUAL(np.log(2) / (0.3 * 360) * hours)

    def test_growth_that_outruns_the_dose_is_refused(self):
        with pytest.raises(PhysicsError, match="grows from the start"):
            prrt.simulate_cycles([100.0], [tumour(alpha_per_gy=0.3, doubling_time_h=48.0)])

    def test_typical_doses_are_those_of_the_table(self):
        course = prrt.simulate_cycles([7400.0])
        per_gbq = {row.region: 1000 * row.gy_per_mbq for row in course}
        assert per_gbq == EQUAL({"kidneys": 0.6, "liver": 0.27, "spleen": 1.17, "tumour": 3.41}, rel=0.04)


class TestConditions:
    def test_amino_acids(self):
        with_them = prrt.simulate_cycles([7400.0]).doses_gy("kidneys")
        without = prrt.simulate_cycles([7400.0], amino_acids=False)
        assert with_them / without.doses_gy("kidneys") == EQUAL(0.55)
        assert without.doses_gy("liver") == EQUAL(prrt.simulate_cycles([7400.0]).doses_gy("liver"))

    @settings(max_examples=20, deadline=None)
    @given(low=st.floats(15, 80), more=st.floats(1, 60))
    def test_low_filtration_raises_every_dose(self, low, more):
        worse = prrt.simulate_cycles([7400.0], gfr_ml_per_min=low)
        better = prrt.simulate_cycles([7400.0], gfr_ml_per_min=low + more)
        assert all(one.dose_gy > other.dose_gy for one, other in zip(worse, better, strict=True))

    def test_filtration_may_fall_over_the_course(self):
        course = prrt.simulate_cycles([7400.0] * 3, [KIDNEYS], gfr_ml_per_min=[80.0, 60.0, 40.0])
        assert np.all(np.diff(course.doses_gy("kidneys")) > 0)
        # 0.03 + 0.97·(1 - 0.4 + 0.4·0.5)
        assert course.doses_gy("kidneys")[2] / course.doses_gy("kidneys")[0] == EQUAL(1 / (0.03 + 0.97 * 0.8))

    @settings(max_examples=20, deadline=None)
    @given(activity=st.floats(300, 9000), scale=st.floats(0.1, 0.9))
    def test_dose_is_proportional_to_activity(self, activity, scale):
        whole = prrt.simulate_cycles([activity], [KIDNEYS])
        part = prrt.simulate_cycles([activity * scale], [KIDNEYS])
        assert part[0].dose_gy == EQUAL(scale * whole[0].dose_gy)

    def test_noise(self):
        quiet = prrt.simulate_cycles([7400.0] * 4)
        assert quiet.measured_gy("kidneys") == EQUAL(quiet.doses_gy("kidneys"))
        noisy = prrt.simulate_cycles([7400.0] * 4, random_rel=0.05, systematic_rel=0.08, seed=3)
        assert noisy.doses_gy("kidneys") == EQUAL(quiet.doses_gy("kidneys"))
        again = prrt.simulate_cycles([7400.0] * 4, random_rel=0.05, systematic_rel=0.08, seed=3)
        assert noisy == again
        ratios = [
            prrt.simulate_cycles([7400.0] * 4, [KIDNEYS], random_rel=0.05, systematic_rel=0.08, seed=seed)
            for seed in range(200)
        ]
        logs = np.log([course.measured_gy("kidneys") / course.doses_gy("kidneys") for course in ratios])
        assert np.std(logs.mean(axis=1)) == EQUAL(np.hypot(0.08, 0.05 / 2), rel=0.2)
        assert np.std(logs - logs.mean(axis=1, keepdims=True), ddof=1) == EQUAL(0.05 * 0.75**0.5, rel=0.1)

    def test_variation_of_uptake(self):
        course = prrt.simulate_cycles([7400.0] * 4, [KIDNEYS], variation_gsd=1.2)
        assert np.ptp(course.doses_gy("kidneys")) > 0.1
        assert course.measured_gy("kidneys") == EQUAL(course.doses_gy("kidneys"))


class TestY90:
    def test_kidney_per_activity_as_reported(self):
        course = prrt.simulate_cycles([3700.0] * 3, nuclide="Y-90")
        low, high = prrt.dose_per_activity("kidneys", "Y-90-DOTATOC")[0].range_gy_per_mbq
        assert low < course[0].gy_per_mbq < high

    def test_volume_decides(self):
        small = prrt.simulate_cycles([3700.0], [_y90(200.0)], nuclide="Y-90")[0]
        standard = prrt.simulate_cycles([3700.0], [_y90(310.0)], nuclide="Y-90")[0]
        assert small.dose_gy / standard.dose_gy == EQUAL(310 / 200, rel=0.02)
        assert small.dose_gy == EQUAL(dose.sphere_s_value(100.0, "Y-90") / 2 * small.tia_mbq_h)

    def test_b06_and_repair(self):
        """7 Gy three times with 40 h: BED 24.847 Gy."""
        g = radiobiology.lea_catcheside(40.0, 2.8)
        assert radiobiology.bed_total([7.0] * 3, 2.5, g) == EQUAL(24.84672896, rel=1e-8)
        fast = prrt.simulate_cycles([3700.0], [_y90(310.0, alpha_beta_gy=2.5, repair_half_time_h=1.0)], nuclide="Y-90")
        slow = prrt.simulate_cycles([3700.0], [_y90(310.0)], nuclide="Y-90")
        assert fast[0].bed_gy < slow[0].bed_gy

    def test_higher_dose_rate_than_lutetium(self):
        y90 = prrt.simulate_cycles([3700.0], nuclide="Y-90")[0]
        assert y90.g > prrt.simulate_cycles([7400.0])[0].g


def _y90(mass_g, **change):
    return prrt.Organ("kidneys", "kidneys", 0.03, 0.8, 34.5, mass_g, **change)


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"kind": "lesion"}, "kind must be one of"),
            ({"fraction": 3.0}, "percentage"),
            ({"uptake_half_time_h": 80.0}, "not below effective_half_life_h"),
            ({"change": -6.0}, "6 % less"),
            ({"alpha_beta_gy": 10.0}, "belong together"),
            ({"name": " "}, "name is missing"),
            ({"kind": "organ", "alpha_per_gy": 0.3, "doubling_time_h": 300.0}, "late-responding"),
        ],
    )
    def test_organ(self, change, message):
        with pytest.raises(InputError, match=message):
            tumour(**change)

    @pytest.mark.parametrize(
        ("organs", "options", "message"),
        [
            ([tumour(), tumour()], {}, "twice"),
            ([tumour(fraction=0.6), KIDNEYS, tumour(name="b", fraction=0.5)], {}, "nothing would be left"),
            ([], {}, "at least one Organ"),
            ([KIDNEYS], {"gfr_ml_per_min": [80.0, 70.0]}, "2 values, and there are 1 cycles"),
            ([KIDNEYS], {"amino_acids": 1}, "True or False"),
            ([KIDNEYS], {"seed": -1}, "whole number"),
            ([KIDNEYS], {"nuclide": "Y-90", "gfr_ml_per_min": 0}, "above 0"),
            ([tumour(fraction=0.5, change=1.0)], {"activities": 3}, "more than was administered"),
        ],
    )
    def test_course(self, organs, options, message):
        cycles = options.pop("activities", 1)
        with pytest.raises(InputError, match=message):
            prrt.simulate_cycles([7400.0] * cycles, organs, **options)

    def test_half_life_of_another_nuclide(self):
        with pytest.raises(PhysicsError, match="physical one of Y-90"):
            prrt.simulate_cycles([3700.0], [tumour()], nuclide="Y-90")

    @pytest.mark.parametrize("cycles", [0, 2.5, True, 30])
    def test_decline(self, cycles):
        with pytest.raises(InputError, match="whole number"):
            prrt.tumour_decline(20.0, cycles, "G1")

    def test_rows_hold_no_person(self):
        rows = prrt.simulate_cycles([7400.0] * 2).rows()
        assert len(rows) == 8
        assert set(rows[0]) == {
            "cycle", "region", "nuclide", "activity_mbq", "mass_g", "tia_mbq_h", "effective_half_life_h", "dose_gy",
            "gy_per_mbq", "bed_gy", "measured_gy",
        }  # fmt: skip
