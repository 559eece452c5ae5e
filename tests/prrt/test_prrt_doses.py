"""PRRT after a cycle: kidneys, marrow, extravasation, one image in a later cycle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import kinetics, planning, prrt
from mrtlab.errors import Flag, InputError, PhysicsError, PlausibilityWarning

EQUAL = pytest.approx
S_MARROW, MARROW_G = 1.15e-5 * 3.6, 1170.0  # mGy/(MBq·s) as published, brought to Gy/(MBq·h)


class TestKidneys:
    def test_dose_by_the_reference_kidney(self):
        # OpenDose, left kidney of 152.983 g: 1.5662e-4 mGy/(MBq·s)
        assert prrt.kidney_dose(4500.0, 152.983) == EQUAL(4500 * 1.5662e-4 * 3.6, rel=1e-6)
        assert prrt.kidney_dose(4500.0, 152.983, cross_gy=0.05) == EQUAL(4500 * 1.5662e-4 * 3.6 + 0.05, rel=1e-6)

    def test_half_the_mass_twice_the_dose_nearly(self):
        ratio = prrt.kidney_dose(4500.0, 76.5) / prrt.kidney_dose(4500.0, 153.0)
        assert 1.97 < ratio < 2.0

    def test_y90_loses_electrons(self):
        local = 5000 * 0.538201 / 150
        assert 0.9 * local < prrt.kidney_dose(5000.0, 150.0, "Y-90") < 0.98 * local

    def test_p7_asymmetry(self):
        found = prrt.kidney_pair(0.90, 0.62, ufloat(95.0, 6.0), ufloat(52.0, 3.0))
        assert found.asymmetry == EQUAL(0.45, abs=5e-3)
        assert (found.larger, found.obstruction_suspected) == ("left", True)
        assert found.flags == (Flag.ASYMMETRY, Flag.OBSTRUCTION_SUSPECTED)
        assert found.half_life_z > 1.96
        assert "leave the activity as it is" in found.text

    def test_asymmetry_without_slow_clearance(self):
        found = prrt.kidney_pair(0.90, 0.62, 52.0, 53.0)
        assert found.flags == (Flag.ASYMMETRY,)
        assert "diseased" in found.text

    def test_slower_than_the_other_beyond_its_uncertainty(self):
        assert prrt.kidney_pair(0.9, 0.6, ufloat(70, 3), ufloat(50, 3)).obstruction_suspected
        assert not prrt.kidney_pair(0.9, 0.6, ufloat(60, 8), ufloat(50, 8)).obstruction_suspected

    def test_a_slow_kidney_with_less_dose_is_not_obstructed(self):
        found = prrt.kidney_pair(0.62, 0.60, ufloat(95, 5), ufloat(52, 5))
        assert found.flags == ()

    def test_mean_is_energy_over_mass(self):
        found = prrt.kidney_pair(4.0, 5.0, left_mass_g=200.0, right_mass_g=100.0)
        assert found.mean_gy == EQUAL(13 / 3)
        assert prrt.kidney_pair(4.0, 5.0).mean_gy == EQUAL(4.5)
        assert found.half_life_z is None

    def test_y90_has_no_population_of_ours(self):
        assert prrt.kidney_pair(4.0, 5.9, 35.0, 34.0, nuclide="Y-90").half_life_z is None
        found = prrt.kidney_pair(4.0, 5.9, 34.0, 35.0, nuclide="Y-90", population_half_life_h=35, population_gsd=1.3)
        assert found.half_life_z == EQUAL(0.0)

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: prrt.kidney_pair(4, 5, 50.0), InputError, "right_half_life_h is missing"),
            (lambda: prrt.kidney_pair(4, 5, 250.0, 50.0), PhysicsError, "cannot exceed the physical one"),
            (lambda: prrt.kidney_pair(4, 5, 50.0, 50.0, population_gsd=1.2), InputError, "belong together"),
            (lambda: prrt.kidney_pair([4], 5), InputError, "one number"),
            (lambda: prrt.kidney_pair(0, 5), InputError, "above 0"),
            (lambda: prrt.kidney_dose(-1.0, 150), InputError, "not be negative"),
            (
                lambda: prrt.kidney_pair(4, 5, 50.0, 50.0, population_half_life_h=51, population_gsd=1),
                InputError,
                "without spread",
            ),
        ],
    )
    def test_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()


class TestMarrow:
    def test_m01(self):
        blood = prrt.blood_integral([0.45, 0.035], [1.2, 38.0])
        assert blood == EQUAL(2.697839726462362, rel=1e-12)
        found = prrt.marrow_dose_from_blood(blood, S_MARROW, MARROW_G)
        assert found.self_gy == EQUAL(0.13068, rel=1e-4)
        assert found.flags == (Flag.REST_OF_BODY_MISSING,)
        assert found.rest_gy is None
        assert found.self_gy == EQUAL(0.23018 * 0.568, rel=2e-3)  # 0.57 of local deposition

    def test_l14_is_not_for_dotatate(self):
        ratio = prrt.marrow_to_blood(0.42)
        assert ratio == EQUAL(0.3275862, rel=1e-6)
        found = prrt.marrow_dose_from_blood(2.697839726462362, S_MARROW, MARROW_G, ratio=ratio)
        assert found.self_gy == EQUAL(0.043, rel=5e-3)

    def test_rest_is_added_or_denied(self):
        found = prrt.marrow_dose_from_blood(2.7, S_MARROW, MARROW_G, rest_gy=ufloat(0.08, 0.02))
        assert found.total_gy.n == EQUAL(2.7 * S_MARROW * MARROW_G + 0.08)
        assert found.flags == ()
        assert prrt.marrow_dose_from_blood(2.7, S_MARROW, MARROW_G, rest_gy=0.0).flags == ()

    def test_uncertainty_is_carried(self):
        found = prrt.marrow_dose_from_blood(ufloat(2.7, 0.27), S_MARROW, MARROW_G)
        assert found.self_gy.s / found.self_gy.n == EQUAL(0.1)

    def test_rest_of_the_body_by_hand(self):
        numbers = (30000.0, 68000.0, 2.0e-6, 73000.0, S_MARROW, MARROW_G)
        alone = prrt.marrow_dose_from_rest(*numbers)
        assert alone == EQUAL(30000 * (2.0e-6 * 73000 - S_MARROW * 1170) / 68000)
        both = prrt.marrow_dose_from_rest(*numbers, {"liver": 40000.0}, {"liver": 5e-7}, {"liver": 1800.0})
        assert both - alone == EQUAL(40000 * 5e-7 - 30000 * 5e-7 * 1800 / 68000)

    def test_homogeneous_body_gets_one_dose(self):
        """A body that is one organ, all S values alike: everything adds up to A·S·m/m."""
        s = 1e-6
        found = prrt.marrow_dose_from_rest(
            9000.0, 70000.0, s, 73000.0, s, 1200.0, {"liver": 180.0}, {"liver": s}, {"liver": 1800.0}
        )
        assert found == EQUAL(s * (9000.0 + 180.0))

    def test_image_of_vertebrae(self):
        found = prrt.marrow_dose_from_image(2.1, 0.78, 1.1, S_MARROW, MARROW_G, metastases=False, rest_gy=0.05)
        assert found.total_gy == EQUAL(2.1 / 0.78 / 1.1 * S_MARROW * MARROW_G + 0.05)
        beside = prrt.marrow_dose_from_image(2.1, 0.78, 1.1, S_MARROW, MARROW_G, metastases=True)
        assert Flag.SPILL_IN_POSSIBLE in beside.flags

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: prrt.marrow_to_blood(0.1), InputError, "between 0.1 and 0.7"),
            (lambda: prrt.marrow_to_blood(0.7), InputError, "between 0.1 and 0.7"),
            (lambda: prrt.marrow_to_blood(0.0), InputError, "between 0.1 and 0.7"),
            (lambda: prrt.marrow_to_blood(42), InputError, "percentage"),
            (lambda: prrt.blood_integral([0.4], [1.2, 38]), InputError, "as many values"),
            (lambda: prrt.blood_integral([0.4, 0.03], [1.2, 400.0]), PhysicsError, "physical one"),
            (lambda: prrt.marrow_dose_from_blood(2.7, S_MARROW, 1.17), InputError, "kg instead of g"),
            (lambda: prrt.marrow_dose_from_blood(2.7, S_MARROW, 1170, ratio=1.5), InputError, "above 1"),
            (lambda: prrt.marrow_dose_from_blood(2.7, S_MARROW, 1170, rest_gy=-0.1), InputError, "negative"),
            (
                lambda: prrt.marrow_dose_from_image(2.1, 0.78, 1.1, S_MARROW, 1170.0, metastases="no"),
                InputError,
                "True or False",
            ),
            (
                lambda: prrt.marrow_dose_from_rest(3e4, 6.8e4, 2e-6, 7.3e4, S_MARROW, 1170, {"liver": 1.0}),
                InputError,
                "same organs",
            ),
            (
                lambda: prrt.marrow_dose_from_rest(3e4, 7.3e4, 2e-6, 7.3e4, S_MARROW, 1170),
                InputError,
                "more than body_mass_g",
            ),
            (
                lambda: prrt.marrow_dose_from_rest(3e4, 6.8e4, 2e-9, 7.3e4, S_MARROW, 1170),
                InputError,
                "phantoms or units",
            ),
        ],
    )
    def test_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()


class TestExtravasation:
    def test_l12(self):
        found = prrt.published_extravasation()
        assert found.implied_mbq == EQUAL((8124, 5793, 4323), rel=5e-3)
        assert found.above_administered == (True, False, False)
        assert found.flags == (Flag.ABOVE_ADMINISTERED,)

    def test_p6(self):
        assert prrt.extravasation_dose(4000.0, 400.0, 2.3) == EQUAL(2.83, rel=1e-3)
        assert prrt.extravasation_dose(4000.0, 400.0, 159.528) == EQUAL(196.0, rel=3e-3)

    @settings(max_examples=25, deadline=None)
    @given(mbq=st.floats(1, 7400), gram=st.floats(5, 2000), hours=st.floats(0.5, 150))
    def test_there_and_back(self, mbq, gram, hours):
        assert prrt.extravasation_activity(prrt.extravasation_dose(mbq, gram, hours), gram, hours) == EQUAL(mbq)

    def test_back_over_many_half_lives_nothing_is_known(self):
        found = prrt.extravasated_activity(2.5, 23.0, ufloat(2.3, 0.23))
        assert found.n == EQUAL(2.5 * 2**10)
        assert found.s / found.n == EQUAL(10 * np.log(2) * 0.1, rel=1e-9)

    def test_more_than_was_given(self):
        with pytest.warns(PlausibilityWarning, match="7400 MBq were administered"):
            prrt.extravasated_activity(10.0, 23.0, 2.3, 7400.0)

    def test_what_reached_the_circulation(self):
        found = prrt.systemic_activity(7400.0, 4000.0, 2.3)
        assert found.low_mbq == EQUAL(3400.0)
        # of two competing rates the one of drainage takes 1 - T_eff/T_phys
        biological = kinetics.biological_half_life_h(2.3, "Lu-177")
        assert found.later_mbq == EQUAL(4000 * (1 / biological) / (1 / 2.3))
        assert found.high_mbq == EQUAL(found.low_mbq + found.later_mbq)
        assert found.high_mbq < 7400.0
        assert found.flags == (Flag.SERIAL_IMAGES_NEEDED,)

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: prrt.extravasation_dose(4000.0, 0.0, 2.3), InputError, "above 0"),
            (lambda: prrt.extravasation_dose(4000.0, 400.0, 200.0), PhysicsError, "physical one"),
            (lambda: prrt.systemic_activity(7400.0, 8000.0, 2.3), InputError, "more than the 7400 MBq"),
            (lambda: prrt.extravasated_activity(1.0, -1.0, 2.3), InputError, "negative"),
        ],
    )
    def test_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()


class TestOneImage:
    def test_p5(self):
        dose = prrt.single_image_dose(ufloat(0.155, 0.15 * 0.155), 96.0)
        assert dose.n == EQUAL(3.66, rel=1e-3)
        verdict = planning.verify(dose, planning.expected_range(4.44, 1.40))
        assert verdict.z == EQUAL(-0.52, abs=5e-3)

    def test_f10_and_l10(self):
        assert prrt.single_image_dose(0.65, 96.0) == EQUAL(15.361748860680095, rel=1e-9)
        assert prrt.single_image_dose(1.0, 1.0) == EQUAL(0.2462, rel=2e-4)

    def test_own_half_life_is_better_than_a_population(self):
        own = prrt.later_cycle(40.0, 24.0, ufloat(58.0, 2.0), sigma_mbq=2.0)
        population = kinetics.single_point(40.0, 24.0, 51.0, 1.25, "Lu-177", sigma_mbq=2.0, method="known_half_life")
        assert own.tia_mbq_h.n == EQUAL(kinetics.known_half_life_tia(40.0, 24.0, 58.0))
        assert own.tia_mbq_h.s < 0.5 * population.tia_mbq_h.s
        assert own.flags == (Flag.SAME_KINETICS_ASSUMED, Flag.SPREAD_ASSUMED)
        assert own.interval95[0] < own.tia_mbq_h.n < own.interval95[1]

    def test_the_right_time_hides_the_half_life(self):
        late = prrt.later_cycle(40.0, 58.0 / np.log(2), ufloat(58.0, 3.0), sigma_mbq=2.0)
        early = prrt.later_cycle(40.0, 4.0, ufloat(58.0, 3.0), sigma_mbq=2.0)
        assert late.half_life_share < 0.01 < early.half_life_share
        assert early.half_life_share == EQUAL(np.hypot(3 / 58, np.log(1.04)) * (1 - 4 * np.log(2) / 58), rel=0.05)

    def test_without_sigma(self):
        assert Flag.SIGMA_MISSING in prrt.later_cycle(40.0, 96.0, ufloat(58.0, 3.0)).flags

    @pytest.mark.parametrize(
        ("half_life", "error", "message"),
        [(58.0, InputError, "must carry its uncertainty"), (ufloat(300, 5), PhysicsError, "physical one")],
    )
    def test_refused(self, half_life, error, message):
        with pytest.raises(error, match=message):
            prrt.later_cycle(40.0, 96.0, half_life)
