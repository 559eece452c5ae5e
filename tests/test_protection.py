"""Dose rates, dose to others, contact restrictions, retention and release."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from uncertainties import ufloat

import mrtlab
from mrtlab import constants, protection
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.protection import ReleaseCriterion

PHASES = ((0.73, 6.7), (0.27, 139.0))
EXAMPLE = "mrtlab/data/release_criteria_example.toml"


class TestTv25:
    def test_dose_rates(self):
        assert protection.dose_rate(600, coefficient="point_source") == pytest.approx(45.882, rel=1e-5)
        assert protection.dose_rate(600) == pytest.approx(30.0, rel=1e-9)

    def test_bystander(self):
        assert protection.bystander_dose(30.0, 0.25) == pytest.approx(0.459004, rel=1e-5)

    def test_the_generic_patient_is_published(self):
        assert protection.generic_phases() == ((0.73, 6.7), (pytest.approx(0.27), 139))
        for name in ("patient_i131", "point_source_i131", "fast_fraction", "fast_half_life_h", "slow_half_life_h"):
            assert constants.sources(f"protection.{name}").status == "published"


class TestDoseRate:
    def test_inverse_square_and_linear(self):
        assert protection.dose_rate(600, 2.0, 0.5) == pytest.approx(30 / 4 / 2)
        assert protection.dose_rate(np.array([100, 200]), 3) == pytest.approx([5 / 9, 10 / 9])

    def test_uncertainty_is_carried(self):
        rate = protection.dose_rate(ufloat(600, 30), ufloat(2, 0.1), 1.0, ufloat(0.05, 0.005))
        assert rate.std_dev / rate.nominal_value == pytest.approx(np.sqrt(0.05**2 + 0.1**2 + 0.1**2))

    def test_near_the_patient_it_warns(self):
        with pytest.warns(PlausibilityWarning, match=r"NEAR_FIELD: at 0.3 m"):
            assert protection.dose_rate(600, 0.3) == pytest.approx(30 / 0.09)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            protection.dose_rate(600, 1.0)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1,), "activity_mbq must not be negative"), ((600, 0), "distance_m must be above 0"),
            ((600, 1, 60), r"retained must lie between 0 and 1, got 60; 60 looks like a percentage"),
            ((600, 1, 1, "air"), "coefficient must be one of 'patient', 'point_source'"),
            ((600, 1, 1, 0), "coefficient must be above 0"), (("600 MBq",), "activity_mbq is the text"),
        ],
    )  # fmt: skip
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            protection.dose_rate(*arguments)


class TestBystander:
    @given(st.floats(0.1, 100), st.floats(0.01, 1), st.floats(0, 300), st.floats(0, 1000))
    def test_against_numerical_integration(self, rate, occupancy, start, length):
        def at(hours):
            return rate * occupancy * sum(part * 2 ** (-hours / half) for part, half in PHASES)

        expected = quad(at, start, start + length, epsabs=1e-10)[0] / 1000
        got = protection.bystander_dose(rate, occupancy, PHASES, start, start + length)
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-12)

    @given(st.floats(1, 500))
    def test_parts_add_up(self, cut):
        whole = protection.bystander_dose(30, 0.25)
        parts = protection.bystander_dose(30, 0.25, stop_h=cut) + protection.bystander_dose(30, 0.25, start_h=cut)
        assert parts == pytest.approx(whole, rel=1e-9)

    def test_uncertainty_is_carried(self):
        dose = protection.bystander_dose(ufloat(30, 3), ufloat(0.25, 0.05), [(1.0, ufloat(120, 12))])
        assert dose.std_dev / dose.nominal_value == pytest.approx(np.sqrt(0.1**2 + 0.2**2 + 0.1**2))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1, 0.25), "initial_usv_per_h must not be negative"), ((30, 25), "25 looks like a percentage"),
            ((30, 0.25, [(0.7, 6), (0.2, 100)]), "fractions of phases must be 1 together, got 0.9"),
            ((30, 0.25, [(1.0, 0)]), "half-life of phase 1 must be above 0"), ((30, 0.25, [1, 2]), "pairs of fraction"),
            ((30, 0.25, []), "must be 1 together, got 0"), ((30, 0.25, None, 5, 4), "stop_h is 4.0, before start_h"),
            ((30, 0.25, None, -1), "start_h must not be negative"),
        ],
    )  # fmt: skip
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            protection.bystander_dose(*arguments)


class TestRestriction:
    @given(st.floats(1, 200), st.floats(0.05, 1), st.floats(0.01, 3))
    def test_what_comes_after_it_is_the_limit(self, rate, occupancy, limit):
        start = protection.contact_restriction_h(rate, occupancy, limit)
        rest = protection.bystander_dose(rate, occupancy, start_h=start)
        if start:
            assert rest == pytest.approx(limit, rel=1e-6)
        else:
            assert rest <= limit

    def test_one_phase_has_a_closed_form(self):
        total = protection.bystander_dose(50, 0.5, [(1.0, 120.0)])
        assert protection.contact_restriction_h(50, 0.5, total / 8, [(1.0, 120.0)]) == pytest.approx(360, rel=1e-9)

    def test_uncertainty_is_that_of_small_changes(self):
        start = protection.contact_restriction_h(ufloat(50, 5), 0.5, 0.3)
        high, low = (protection.contact_restriction_h(rate, 0.5, 0.3) for rate in (50.05, 49.95))
        assert start.std_dev == pytest.approx(5 * (high - low) / 0.1, rel=1e-3)
        one = protection.contact_restriction_h(50, 0.5, 0.3, [(1.0, ufloat(120, 6))])
        high, low = (protection.contact_restriction_h(50, 0.5, 0.3, [(1.0, half)]) for half in (120.06, 119.94))
        assert one.std_dev == pytest.approx(6 * (high - low) / 0.12, rel=1e-3)
        assert one.nominal_value == pytest.approx((high + low) / 2, rel=1e-6)

    def test_refused(self):
        with pytest.raises(InputError, match=r"limit_msv must be above 0"):
            protection.contact_restriction_h(30, 0.25, 0)
        with pytest.raises(InputError, match=r"initial_usv_per_h must be one number"):
            protection.contact_restriction_h([30, 40], 0.25, 0.3)


class TestRetention:
    def test_background_is_subtracted_on_both_sides(self):
        assert protection.retention(6.2, 30.2, 0.2) == pytest.approx(0.2)
        assert protection.retention(np.array([30.2, 15.2]), 30.2, 0.2) == pytest.approx([1, 0.5])
        assert protection.retention(0.2, 30.2, 0.2) == 0

    def test_both_sides_by_their_geometric_mean(self):
        both = {"posterior_usv_per_h": 9.0, "posterior_reference_usv_per_h": 20.0}
        assert protection.retention(6.0, 30.0, 0.0, **both) == pytest.approx(np.sqrt(0.2 * 0.45))

    def test_depth_leaves_the_geometric_mean_alone(self):
        """Activity that moves from front to back: each side alone errs, the mean of both does not."""
        front, back = np.exp(-0.11 * 5), np.exp(-0.11 * 15)
        one_side = protection.retention(50 * back, 100 * front)
        both = protection.retention(
            50 * back, 100 * front, posterior_usv_per_h=50 * front, posterior_reference_usv_per_h=100 * back
        )
        assert both == pytest.approx(0.5, rel=1e-9)
        assert one_side < 0.2

    def test_uncertainty_is_carried(self):
        value = protection.retention(ufloat(6, 0.3), ufloat(30, 1.5))
        assert value.std_dev / value.nominal_value == pytest.approx(np.sqrt(2) * 0.05)

    def test_more_than_was_administered(self):
        with pytest.warns(PlausibilityWarning, match=r"retention is 1.1, more than was administered"):
            assert protection.retention(33, 30) == pytest.approx(1.1)

    @pytest.mark.parametrize(
        ("arguments", "options", "message"),
        [
            ((5, 0.2, 0.2), {}, "reference_usv_per_h less the background is 0"),
            ((0.1, 30, 0.2), {}, "rate_usv_per_h less the background is -0.1"),
            ((5, 30), {"posterior_usv_per_h": 4}, "belong together; give both or neither"),
            ((0.2, 30, 0.2), {"posterior_usv_per_h": 4, "posterior_reference_usv_per_h": 9}, "equals the background"),
        ],
    )
    def test_refused(self, arguments, options, message):
        with pytest.raises(InputError, match=message):
            protection.retention(*arguments, **options)


class TestRelease:
    def test_the_example_file(self, root):
        criteria = protection.read_release_criteria(root / EXAMPLE)
        assert {(one.country, one.status) for one in criteria} == {("US", "recalled")}
        activity, rate = protection.check_release(criteria, "US", activity_mbq=1100, rate_1m_usv_per_h=80)
        assert (activity.met, rate.met) == (True, False)
        assert rate.text == "dose rate at 1 m, µSv/h: 80, above 70"

    def test_there_is_no_default_country(self, root):
        criteria = protection.read_release_criteria(root / EXAMPLE)
        with pytest.raises(TypeError):
            protection.check_release(criteria)
        with pytest.raises(InputError, match=r"country='NO', nuclide='I-131'; there are: US \(I-131\)"):
            protection.check_release(criteria, "NO", activity_mbq=100)
        with pytest.raises(InputError, match=r"there are: none"):
            protection.check_release([], "US")

    def test_what_is_not_known_is_not_met(self, root):
        criteria = protection.read_release_criteria(root / EXAMPLE)
        checks = protection.check_release(criteria, "US", activity_mbq=100)
        assert [check.met for check in checks] == [True, None]
        assert "not known" in checks[1].text

    @pytest.mark.parametrize(("rate", "met"), [((60, 4), True), ((68, 4), None), ((72, 4), None), ((90, 4), False)])
    def test_an_interval_that_holds_the_limit_decides_nothing(self, rate, met):
        criterion = ReleaseCriterion("X", "rate_1m_usv_per_h", 70, "a regulation")
        (check,) = protection.check_release([criterion], "X", rate_1m_usv_per_h=ufloat(*rate))
        assert check.met is met

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "must hold .*criterion.* tables and nothing else, got nothing"),
            ("[[criterion]]\ncountry='X'\n", "criterion 1 must have country, quantity"),
            ("[[criterion", "is no TOML file"),
            (
                "[[criterion]]\ncountry='X'\nquantity='mCi'\nlimit=1\nsource='s'\nnuclide='I-131'\nstatus='recalled'\n",
                "criterion 1: quantity must be one of",
            ),
            (
                "[[criterion]]\ncountry='X'\nquantity='activity_mbq'\nlimit=0\nsource='s'\nnuclide='I-131'\n"
                "status='recalled'\n",
                "criterion 1: limit must be above 0",
            ),
        ],
    )
    def test_files_refused(self, tmp_path, text, message):
        path = tmp_path / "limits.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=message):
            protection.read_release_criteria(path)
        with pytest.raises(InputError, match=r"cannot be read"):
            protection.read_release_criteria(tmp_path / "none.toml")

    def test_no_limit_is_in_the_code(self):
        """Release limits are data of a country: nothing but the example file has one."""
        assert not [key for key in constants.keys() if key.startswith("protection.") and "limit" in key]  # noqa: SIM118
        assert mrtlab.protection is protection


class TestRetainedFraction:
    def test_generic_patient_and_ones_own(self):
        """73 % with 6.7 h and 27 % with 139 h: all at first, half of each after its own half-life."""
        assert protection.retained_fraction(0.0) == pytest.approx(1)
        slow_left = 0.27 * 2 ** (-6.7 / 139)
        assert protection.retained_fraction(6.7) == pytest.approx(0.365 + slow_left, rel=1e-6)
        assert protection.retained_fraction([0.0, 10.0], [(1.0, 10.0)]) == pytest.approx([1, 0.5])
        with pytest.raises(InputError):
            protection.retained_fraction(-1.0)
