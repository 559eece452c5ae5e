"""What no radioiodine function may accept, and slips of units that must be asked about."""

from __future__ import annotations

import math

import pytest
from uncertainties import ufloat

from mrtlab import FitError, InputError, PhysicsError, PlausibilityWarning
from mrtlab import radioiodine as ri

TRACER = ufloat(120, 30)


class TestMoreThanDecayLeaves:
    """2^(-t/192.5 h) is 0.917 after 24 h, 0.595 after 144 h and 0.546 after 168 h."""

    @pytest.mark.parametrize(
        "call",
        [
            lambda: ri.late_point_tiac(168, 0.56),
            lambda: ri.single_point_tiac(144, 0.61, TRACER),
            lambda: ri.late_points([24, 144], [0.95, 0.4], 0.005),
            lambda: ri.fit_two_compartment([6, 24, 144], [0.4, 0.8, 0.7], 0.01),
            lambda: ri.body_integral([2, 24, 96], [0.99, 0.97, 0.9], 0.005, decay_corrected=False),
            # 0.847 and 0.515 are left of I-124
            lambda: ri.i124_to_i131([24, 96], [0.95, 0.3], 0.01),
        ],
    )
    def test_refused(self, call):
        with pytest.raises(PhysicsError, match=r"(uptake|fraction) is 0\.\d+, more than the 0\.\d+ that decay leaves"):
            call()

    def test_as_much_as_that_is_possible(self):
        left = 2 ** (-168 / 192.4968)
        assert ri.late_point_tiac(168, left) == pytest.approx(math.e * 168 * left)
        # what the uncertainty explains is no contradiction
        assert ri.late_point_tiac(168, ufloat(0.56, 0.03)).nominal_value == pytest.approx(math.e * 168 * 0.56)

    def test_a_first_count_that_stands_for_everything(self):
        """Its decay until then is not taken off, so that 1 stays possible."""
        found = ri.body_integral([4, 28], [1.0, 2 ** (-24 / 192.4968)], 0.001, decay_corrected=False)
        assert found.tail_fraction > 0.5

    def test_carried_back_beyond_everything(self):
        # 0.72 and 0.1: half-life 25.3 h, 1.39 at the start
        with pytest.raises(PhysicsError, match=r"would be 1\.39, more than was administered"):
            ri.i124_to_i131([24, 96], [0.72, 0.1], 0.01)

    def test_nothing_left_at_all(self):
        with pytest.raises(InputError, match="time_h is 1e\\+30 h, after which nothing is left"):
            ri.decay_corrected_uptake(ufloat(0.3, 0.01), 1e30)
        with pytest.raises(PhysicsError, match=r"retention is 1 at 0\.001 h"):
            ri.single_measurement(0.001, 1.0, 4000, 70)


class TestKindsOfNumbers:
    @pytest.mark.parametrize("bad", ["20", None, {}, 1j, float("nan"), 0.0, -1.0, [20.0, float("nan")]])
    @pytest.mark.parametrize("function", [ri.dose, ri.activity])
    def test_mass(self, function, bad):
        with pytest.raises(InputError, match="mass_g"):
            function(200, bad, 100)

    def test_lists_serve_as_arrays(self):
        assert ri.activity(200, [20.0, 40.0], 100)[1] == pytest.approx(ri.activity(200, 40.0, 100))
        assert ri.dose(500, [20.0, 40.0], 100)[0] == pytest.approx(ri.dose(500, 20.0, 100))
        assert ri.blood_volume_ml([178, 180], 80, "male")[0] == pytest.approx(31.9 * 178 + 26.3 * 80 - 2402)

    def test_one_patient(self):
        counts = {"neck": (48900, 60), "thigh": (3900, 60), "standard": (124500, 60), "background": (300, 60)}
        with pytest.raises(InputError, match="dead_time_s must be one number"):
            ri.measure_uptake(24, **counts, dead_time_s=[1e-6, 2e-6])
        with pytest.raises(InputError, match="seconds of neck must be one number"):
            ri.measure_uptake(24, **counts | {"neck": (48900, [60, 60])})
        for bad in (5.0, "ab", None, [1, 2, 3]):
            with pytest.raises(InputError, match="thigh must be counts and seconds"):
                ri.measure_uptake(24, **counts | {"thigh": bad})

    @pytest.mark.parametrize("bad", [24.0, "24", ufloat(24, 1)])
    def test_times_of_counts(self, bad):
        with pytest.raises(InputError, match="times_h must be a row"):
            ri.mibg_whole_body(bad, [1000, 600], [810, 500], 12, 5500, 18)

    def test_rate_of_the_pool_with_one_point(self):
        """It would be passed over in silence."""
        with pytest.raises(InputError, match="k_b_per_h is for two points or more"):
            ri.time_integral([24], [0.4], 0.01, k_b_per_h=0.1, effective_half_life_h=TRACER)

    def test_too_few_points_for_the_model(self):
        with pytest.raises(FitError, match="give k_b_per_h"):
            ri.fit_two_compartment([24, 144], [0.4, 0.25], 0.01)


class TestUnits:
    def test_rates_per_day(self):
        """Those of a worked example in days: 1.2, 2.4 and ln 2/5.5 d."""
        with pytest.warns(PlausibilityWarning, match=r"half-life of 5\.5 h: are the rates per day"):
            ri.two_compartment(1.2, 2.4, math.log(2) / 5.5)
        assert ri.two_compartment(0.05, 0.1, math.log(2) / 132).tiac_h == pytest.approx(95.218, rel=1e-4)

    def test_kilograms_of_a_gland(self):
        with pytest.warns(PlausibilityWarning, match=r"kg instead of g\? Then give 20"):
            ri.dose(500, 0.02, 100)

    def test_gigabecquerels_of_mibg(self):
        with pytest.warns(PlausibilityWarning, match=r"first_activity_mbq is 5.5 MBq: GBq instead of MBq\?"):
            ri.mibg_second_activity(1.25, 5.5)
        with pytest.warns(PlausibilityWarning, match=r"activity_mbq is 5\.5 MBq: GBq"):
            ri.mibg_whole_body([0.5, 24], [1000, 318], [810, 262], 12, 5.5, 18)
