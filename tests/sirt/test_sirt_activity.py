"""From activity to dose and back: vial, shunt, prescriptions."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import correlation_matrix, ufloat

from mrtlab import calibration, constants, sirt
from mrtlab.errors import InputError, PhysicsError, PlausibilityWarning

NOON = datetime(2024, 3, 3, 12, tzinfo=UTC)
MASSES, RATIOS, SHUNTS = st.floats(60, 900), st.floats(1.1, 15), st.floats(0.001, 0.19)


class TestConstant:
    def test_names_belong_to_nuclides(self):
        with pytest.raises(InputError, match="'ifu' belongs to another nuclide"):
            sirt.dose_constant("ifu", "Y-90")
        with pytest.raises(InputError, match="source must be one of"):
            sirt.dose_constant("mird")
        with pytest.raises(InputError, match="nuclide must be one of Y-90, Ho-166, got Lu-177"):
            sirt.dose_constant("icrp107", "Lu-177")

    def test_own_number(self):
        assert sirt.mean_dose(1000, 1000, ufloat(50, 1)).std_dev == pytest.approx(1)
        with pytest.raises(InputError, match=r"mGy instead of Gy\? Then give 49\.67"):
            sirt.mean_dose(1000, 1000, 49670)
        with pytest.raises(InputError, match="constant must be one number"):
            sirt.mean_dose(1000, 1000, [49.0, 50.0])

    @given(st.floats(100, 5000), MASSES)
    @pytest.mark.filterwarnings("ignore::mrtlab.PlausibilityWarning")
    def test_proportions(self, activity, mass):
        dose = sirt.mean_dose(activity, mass)
        assert sirt.mean_dose(2 * activity, mass) == pytest.approx(2 * dose)
        assert sirt.mean_dose(activity, 2 * mass) == pytest.approx(dose / 2)

    @pytest.mark.parametrize(
        ("activity", "mass", "message"),
        [
            (2.0, 1500, r"GBq instead of MBq\? Then give 2000"), (2000, 1.5, r"kg instead of g\? Then give 1500"),
            (2000, 30, "lighter than 50 g"),
        ],
    )  # fmt: skip
    def test_suspicious(self, activity, mass, message):
        with pytest.warns(PlausibilityWarning, match=message):
            assert sirt.mean_dose(activity, mass) > 0

    @pytest.mark.parametrize(
        "call",
        [
            lambda: sirt.partition(2000, 0.25, 1050, 4.5, 0.06),
            lambda: sirt.partition(2000, 250, 1.05, 4.5, 0.06),
            lambda: sirt.lung_dose(2000, 0.06, 1.0),
            lambda: sirt.single_compartment_activity(120, 1.1),
            lambda: sirt.multi_compartment(2000, [0.5, 0.5], [0.25, 1.1], 0.06),
            lambda: sirt.holmium_activity(60, 1.35),
        ],
    )
    def test_kilograms(self, call):
        with pytest.raises(InputError, match=r"kg instead of g\?"):
            call()


class TestVial:
    @given(st.integers(1, 72), st.floats(100, 20000))
    def test_there_and_back(self, hours, activity):
        later = NOON + timedelta(hours=hours)
        there = sirt.vial_activity(activity, NOON, later)
        assert there < activity
        with pytest.warns(PlausibilityWarning, match="before the calibration"):
            assert sirt.vial_activity(there, later, NOON) == pytest.approx(activity, rel=1e-9)

    def test_day_and_month_exchanged(self):
        with pytest.warns(PlausibilityWarning, match="order of day and month"):
            sirt.vial_activity(5000, datetime(2024, 3, 4, tzinfo=UTC), datetime(2024, 4, 3, tzinfo=UTC))

    def test_residual_keeps_its_uncertainty(self):
        before, after, background = ufloat(142.0, 2), ufloat(6.1, 0.2), ufloat(0.3, 0.05)
        residual = sirt.residual_fraction(before, after, 0.75, background)
        assert residual.std_dev == pytest.approx(0.0016, rel=0.1)
        delivered = sirt.delivered_activity(ufloat(3000, 150), NOON, NOON, residual)
        assert delivered.std_dev / delivered.nominal_value == pytest.approx(0.05, rel=0.01)

    def test_high_residual(self):
        for call in (
            lambda: sirt.residual_fraction(142.0, 30.0, 0.0),
            lambda: sirt.delivered_activity(3000, NOON, NOON, 0.2),
        ):
            with pytest.warns(PlausibilityWarning, match="More than 10 %"):
                call()

    def test_residual_refused(self):
        with pytest.raises(InputError, match=r"after minus background is -0\.1"):
            sirt.residual_fraction(142.0, 0.2, 0.75, 0.3)
        with pytest.raises(InputError, match="before minus background is 0"):
            sirt.residual_fraction(0.3, 0.3, 0.75, 0.3)
        with pytest.raises(PhysicsError, match="exchanged"):
            sirt.residual_fraction(6.1, 142.0, 0.75)
        with pytest.raises(InputError, match="4 looks like a percentage"):
            sirt.delivered_activity(3000, NOON, NOON, 4)
        assert sirt.residual_fraction(142.0, 0.3, 0.75, 0.3) == 0


class TestShunt:
    def test_uncertainty_by_the_formula(self):
        """u(LSF) = LSF·(1-LSF)·sqrt(u_lung² + u_liver²) with relative u of the two geometric means."""
        views = [calibration.counted(n) for n in (21_000, 24_000, 412_000, 285_000)]
        shunt = sirt.lung_shunt(*views)
        relative = [np.sqrt(1 / a + 1 / b) / 2 for a, b in ((21_000, 24_000), (412_000, 285_000))]
        value = shunt.nominal_value
        assert shunt.std_dev == pytest.approx(value * (1 - value) * np.hypot(*relative), rel=1e-9)

    def test_a_common_background_is_common(self):
        background = ufloat(1500, 300)
        alone = sirt.lung_shunt(21_000, 24_000, 412_000, 285_000, background)
        both = sirt.lung_shunt(21_000, 24_000, 412_000, 285_000, background, 4 * background)
        assert 0 < both.std_dev < alone.std_dev

    @given(st.floats(0.001, 0.5), st.floats(0.01, 1), st.floats(0.01, 1))
    def test_bias_by_transmission(self, shunt, lung, liver):
        seen = sirt.apparent_shunt(shunt, lung, liver)
        assert sirt.apparent_shunt(seen, liver, lung) == pytest.approx(shunt, rel=1e-9)
        assert (seen > shunt) == (lung > liver) or seen == pytest.approx(shunt)

    def test_limits_of_the_biases(self):
        assert sirt.apparent_shunt(0.05, 0.3, 0.3) == pytest.approx(0.05)
        assert sirt.shunt_with_free_pertechnetate(0.05, 0, 0.1, 0.1) == pytest.approx(0.05)
        assert sirt.shunt_with_free_pertechnetate(0.05, 1, 0.1, 0.1) == pytest.approx(0.5)

    @pytest.mark.parametrize(
        ("views", "message"),
        [
            ((21_000, None, 412_000, 285_000), "lung_posterior is missing"),
            ((21_000, 24_000, 412_000, 285_000, 25_000), "lung_anterior minus its background is -4000"),
            ((0, 24_000, 412_000, 285_000), "lung_anterior minus its background is 0"),
            ((-1, 24_000, 412_000, 285_000), "lung_anterior must not be negative"),
        ],
    )
    def test_refused(self, views, message):
        with pytest.raises(InputError, match=message):
            sirt.lung_shunt(*views)

    def test_suspicious(self):
        views = (21_000, 24_000, 412_000, 285_000)
        with pytest.warns(PlausibilityWarning, match="free pertechnetate"):
            sirt.lung_shunt(*views, thyroid_or_stomach_seen=True)
        with pytest.warns(PlausibilityWarning, match="breaks down"):
            sirt.lung_shunt(*views, delay_h=5)
        with pytest.warns(PlausibilityWarning, match="above 20 %"):
            sirt.lung_shunt(150_000, 150_000, 412_000, 285_000)
        with pytest.warns(PlausibilityWarning, match="hardly above its background"):
            sirt.lung_shunt(21_000, 24_000, 412_000, 285_000, 20_900)


class TestLungs:
    @given(SHUNTS, st.floats(400, 1600), st.floats(0, 45))
    def test_the_limit_is_met_exactly(self, shunt, mass, previous):
        activity = sirt.lung_limited_activity(shunt, mass, previous)
        assert sirt.lung_dose(activity, shunt, mass) == pytest.approx(min(30, 50 - previous))

    def test_no_shunt_in_a_row(self):
        assert sirt.lung_limited_activity(np.array([0, 0.06])) == pytest.approx([np.inf, 10046.0], rel=1e-5)
        mixed = sirt.lung_limited_activity(np.array([0.0, ufloat(0.06, 0.006)]))
        assert mixed[0] == np.inf
        assert mixed[1].std_dev == pytest.approx(1004.6, rel=1e-4)

    def test_correlated_through_the_shunt(self):
        shunt = ufloat(0.06, 0.006)
        lung, activity = sirt.lung_dose(2000, shunt), sirt.lung_limited_activity(shunt)
        assert correlation_matrix([lung, activity])[0, 1] == pytest.approx(-1)

    def test_nothing_left(self):
        with pytest.warns(PlausibilityWarning, match="nothing is left"):
            assert sirt.lung_limited_activity(0.06, previous_gy=55) == 0

    def test_suspicious(self):
        with pytest.warns(PlausibilityWarning, match="400 to 1600 g"):
            sirt.lung_dose(2000, 0.05, 300)
        with pytest.warns(PlausibilityWarning, match="above 20 %"):
            sirt.lung_dose(2000, 0.25)


class TestEmpirical:
    def test_steps(self):
        with pytest.warns(PlausibilityWarning, match="contains no dose"):
            assert sirt.empirical_activity(np.array([0, 0.25, 0.26, 0.5, 0.51])).tolist() == [
                2000, 2000, 2500, 2500, 3000,
            ]  # fmt: skip
        assert sirt.resin_shunt_reduction(np.array([0, 0.099, 0.1, 0.149, 0.15, 0.2])).tolist() == [
            1, 1, 0.8, 0.8, 0.6, 0.6,
        ]  # fmt: skip

    @pytest.mark.parametrize("device", ["glass", "Ho-166"])
    def test_resin_alone(self, device):
        for call in (
            lambda: sirt.empirical_activity(0.2, device=device),
            lambda: sirt.bsa_activity(172, 76, 320, 1800, device=device),
        ):
            with pytest.raises(InputError, match="made for resin"):
                call()

    @pytest.mark.parametrize(
        ("arguments", "options", "message"),
        [
            ((1.72, 76, 320, 1800), {}, r"metres\? Then give 172"),
            ((172, 76, 1900, 1800), {}, "tumour_ml is 1900 mL, more than liver_ml"),
            ((172, 76, 320, 1800, 2000), {}, "treated_ml is 2000 mL, more than liver_ml"),
            ((172, 76, 320, 1800), {"lung_shunt": 0.21}, "contraindicated"),
            ((172, 76, 320, 1800), {"lung_shunt": 12}, "looks like a percentage"),
        ],
    )
    def test_refused(self, arguments, options, message):
        with pytest.raises(InputError, match=message):
            sirt.bsa_activity(*arguments, **options)

    def test_knows_nothing_of_where_the_activity_goes(self):
        """A shunt of 9 % and one of 0 % get the same; that is the fault of the method."""
        with pytest.warns(PlausibilityWarning, match="contains no dose"):
            assert sirt.bsa_activity(172, 76, 320, 1800) == sirt.bsa_activity(172, 76, 320, 1800, lung_shunt=0.09)

    def test_unusual(self):
        with pytest.warns(PlausibilityWarning) as caught:
            sirt.bsa_activity(100, 16, 20, 600)
        assert any("body surface of" in str(one.message) for one in caught)


class TestSingleCompartment:
    @given(st.floats(40, 600), MASSES, st.floats(0, 0.5), st.floats(0, 0.4))
    def test_inverse(self, dose, mass, shunt, residual):
        activity = sirt.single_compartment_activity(dose, mass, shunt, residual)
        assert activity >= sirt.single_compartment_activity(dose, mass)
        assert sirt.single_compartment_dose(activity, mass, shunt, residual) == pytest.approx(dose)

    def test_refused(self):
        with pytest.raises(InputError, match="add up to 1: nothing would reach the liver"):
            sirt.single_compartment_activity(120, 1100, 0.6, 0.4)
        with pytest.warns(PlausibilityWarning, match="40 to 600 Gy"):
            sirt.single_compartment_activity(1200, 1100)


def test_sources_exist():
    results = [
        sirt.partition(2000, 250, 1050, 4.5, 0.06, constant="ddep"),
        sirt.multi_compartment(2000, [0.4, 0.6], [250, 1050], 0.06, constant="sirtex"),
        sirt.kao_activity(205, 250, 1.07, 0.05),
        sirt.compare({"tumour": 200, "normal": 50}, {"tumour": 180, "normal": 60}),
        *sirt.outcomes(),
        *(sirt.dose_limits(*key) for key in sirt.known_dose_limits()),
    ]
    for result in results:
        assert result.sources
        for key in result.sources:
            assert constants.sources(key).citation
    assert constants.sources("sirt.dose_constant").status == "derived"
    assert constants.sources("sirt.shunt_reduction").status == "recalled"
