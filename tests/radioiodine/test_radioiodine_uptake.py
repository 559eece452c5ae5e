"""The uptake from counts: the worked example, every wrong recipe that must not come out, and what is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import correlation_matrix, ufloat

from mrtlab import Flag, InputError, PhysicsError, PlausibilityWarning, calibration
from mrtlab import radioiodine as ri

# 60 s each: standard 124 500 at the time of administration, background 300, neck 48 900, thigh 3 900, at 24 h
RATES = (815.0, 65.0, 2075.0, 5.0)
COUNTS = {"neck": (48900, 60), "thigh": (3900, 60), "standard": (124500, 60), "background": (300, 60)}
HALF_LIFE_H = 192.4968
MORNING = datetime(2027, 3, 27, 8, tzinfo=UTC)


class TestWorkedExample:
    def test_tv04_uptake(self):
        assert ri.uptake(*RATES) == pytest.approx(0.362319, rel=1e-5)
        assert ri.decay_corrected_uptake(ri.uptake(*RATES), 24) == pytest.approx(0.395023, rel=1e-5)

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param(0.391304, id="room background instead of the thigh"),
            pytest.param(0.430679, id="decay twice"),
            pytest.param(0.33232, id="decay in the wrong direction"),
        ],
    )
    def test_tv04_no_wrong_recipe_comes_out(self, wrong):
        found = ri.measure_uptake(24.0, **COUNTS)
        for number in (ri.uptake(*RATES), found.uptake.nominal_value, found.decay_corrected_uptake.nominal_value):
            assert number != pytest.approx(wrong, rel=0.005)

    def test_tv04_from_counts_with_poisson_uncertainty(self):
        found = ri.measure_uptake(24.0, **COUNTS)
        assert found.uptake.nominal_value == pytest.approx(0.362319, rel=1e-5)
        assert found.uptake.std_dev / found.uptake.nominal_value == pytest.approx(0.0058, rel=0.01)
        # by hand: (N_n + N_th)/(N_n - N_th)^2 + (N_s + N_b)/(N_s - N_b)^2
        by_hand = np.sqrt((48900 + 3900) / 45000**2 + (124500 + 300) / 124200**2)
        assert found.uptake.std_dev / found.uptake.nominal_value == pytest.approx(by_hand, rel=1e-9)
        assert found.decay_corrected_uptake.nominal_value == pytest.approx(0.395023, rel=1e-5)
        assert found.flags == ()

    def test_tv05_dead_time_comes_off_every_gross_rate_first(self):
        assert calibration.true_rate(85_000, 5e-6, "nonparalysable") == pytest.approx(147_826, rel=1e-5)
        assert calibration.true_rate(18_181.8, 5e-6, "nonparalysable") == pytest.approx(20_000, rel=1e-5)
        dead_s = 5e-5  # a slow probe, so that the order matters
        found = ri.measure_uptake(24.0, **COUNTS, dead_time_s=dead_s)
        true = [rate / (1 - rate * dead_s) for rate in RATES]
        assert found.uptake.nominal_value == pytest.approx((true[0] - true[1]) / (true[2] - true[3]), rel=1e-12)
        assert Flag.DEAD_TIME_HIGH in found.flags
        assert Flag.DEAD_TIME_HIGH not in ri.measure_uptake(24.0, **COUNTS, dead_time_s=1e-6).flags

    def test_measurements_against_one_standard_are_correlated(self):
        standard = (calibration.counted(2500), 60)
        background = (calibration.counted(100), 60)
        rest = {"standard": standard, "background": background, "thigh": (50, 60)}
        one, two = (ri.measure_uptake(t, (n, 60), **rest).uptake for t, n in ((24.0, 1200), (144.0, 600)))
        shared = (2500 + 100) / 2400**2
        own = (1200 + 50) / 1150**2, (600 + 50) / 550**2
        expected = shared / np.sqrt((shared + own[0]) * (shared + own[1]))
        assert correlation_matrix([one, two])[0, 1] == pytest.approx(expected, rel=1e-6)


class TestStandard:
    def test_brought_to_the_time_of_administration(self):
        later = MORNING + timedelta(hours=24)
        found = ri.uptake(*RATES, standard_at=later, administered_at=MORNING)
        # a standard counted a day later shows less and stood for more
        assert found == pytest.approx(0.362319 * 2 ** (-24 / HALF_LIFE_H), rel=1e-5)
        earlier = ri.uptake(*RATES, standard_at=MORNING - timedelta(hours=24), administered_at=MORNING)
        assert earlier == pytest.approx(0.362319 * 2 ** (24 / HALF_LIFE_H), rel=1e-5)

    def test_of_known_activity(self):
        assert ri.uptake(*RATES, administered_mbq=4.0, standard_mbq=2.0) == pytest.approx(0.362319 / 2, rel=1e-5)

    def test_of_another_nuclide(self):
        later = MORNING + timedelta(hours=13.27)
        found = ri.uptake(*RATES, standard_at=later, administered_at=MORNING, nuclide="I-123")
        assert found == pytest.approx(0.362319 / 2, rel=1e-4)

    def test_too_old(self):
        times = {"standard_at": MORNING + timedelta(days=9), "administered_at": MORNING}
        with pytest.warns(PlausibilityWarning, match="more than one half-life"):
            ri.uptake(*RATES, **times)
        assert Flag.STANDARD_OLDER_THAN_1_HALF_LIFE in ri.measure_uptake(24.0, **COUNTS, **times).flags

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"standard_mbq": 2.0}, "both administered_mbq and standard_mbq"),
            ({"administered_at": MORNING}, "both standard_at and administered_at"),
            ({"standard_at": datetime(2027, 3, 27), "administered_at": MORNING}, "without a time zone"),
            ({"administered_mbq": 4.0, "standard_mbq": 0.0}, "standard_mbq must be above 0"),
        ],
    )
    def test_refused(self, options, message):
        with pytest.raises(InputError, match=message):
            ri.uptake(*RATES, **options)


class TestRefusedAndFlagged:
    def test_more_than_was_administered(self):
        with pytest.raises(PhysicsError, match=r"uptake would be 1\.52.*activity and time of the standard"):
            ri.uptake(815, 65, 500, 5)

    @pytest.mark.parametrize(
        ("rates", "message"),
        [
            ((65, 815, 2075, 5), "neck_cps less thigh_cps is -750.*exchanged"),
            ((815, 65, 5, 2075), "was the standard in place"),
            ((-1, 65, 2075, 5), "neck_cps must be above 0"),
            (("815", 65, 2075, 5), "neck_cps is the text"),
            ((815, float("nan"), 2075, 5), "thigh_cps must be finite"),
        ],
    )
    def test_rates(self, rates, message):
        with pytest.raises(InputError, match=message):
            ri.uptake(*rates)

    def test_high_thigh(self):
        with pytest.warns(PlausibilityWarning, match="30 % of the count rate over the neck"):
            ri.uptake(815, 300, 2075, 5)
        assert Flag.THIGH_GT_30PCT_OF_NECK in ri.measure_uptake(6.0, **COUNTS | {"thigh": (18000, 60)}).flags

    def test_uptake_above_90_per_cent(self):
        with pytest.warns(PlausibilityWarning, match="exceeds 90 %"):
            ri.uptake(1990, 65, 2075, 5)

    def test_low_counts(self):
        found = ri.measure_uptake(24.0, (30, 60), (20, 60), (124500, 60), (300, 60))
        assert Flag.LOW_COUNTS in found.flags
        assert Flag.THIGH_GT_30PCT_OF_NECK in found.flags

    @pytest.mark.parametrize("pair", [48900, (48900,), (48900, 0), (-5, 60)])
    def test_counts_come_with_seconds(self, pair):
        with pytest.raises(InputError, match="neck"):
            ri.measure_uptake(24.0, **COUNTS | {"neck": pair})

    def test_corrected_twice(self):
        with pytest.raises(PhysicsError, match="corrected already"):
            ri.decay_corrected_uptake(0.8, 144)


class TestTracer:
    def test_tv15(self):
        assert ri.uptake_from_tracer(0.155, 24, "I-123") == pytest.approx(0.498012, rel=1e-5)
        assert ri.uptake_from_tracer(0.011, 96, "I-124") == pytest.approx(0.0151220, rel=1e-5)

    @given(st.floats(0.01, 0.15), st.floats(1, 35))  # at 35 h a sixth of the I-123 is left
    def test_the_decay_corrected_uptake_is_that_of_either_nuclide(self, uptake, time_h):
        tracer = ri.decay_corrected_uptake(uptake, time_h, "I-123")
        therapy = ri.decay_corrected_uptake(ri.uptake_from_tracer(uptake, time_h, "I-123"), time_h, "I-131")
        assert therapy == pytest.approx(tracer, rel=1e-12)

    def test_nothing_is_left_to_count(self):
        with pytest.warns(PlausibilityWarning, match=r"3 half-lives of I-123"):
            ri.uptake_from_tracer(0.02, 45, "I-123")

    def test_impossible(self):
        with pytest.raises(PhysicsError, match="more than was administered"):
            ri.uptake_from_tracer(0.5, 24, "I-123")


def test_a_camera_as_probe():
    net = ri.camera_net_cps(9000.0, 2000.0, pixels=300, background_pixels=200, duration_s=300.0)
    assert net == pytest.approx((9000 - 2000 * 1.5) / 300)
    standard = ri.camera_net_cps(17000.0, 500.0, 300, 200, 300.0)
    assert ri.uptake(net, 0.0, standard, 0.0) == pytest.approx(6000 / 16250)
    with pytest.raises(PhysicsError, match="not above its background"):
        ri.camera_net_cps(2000.0, 2000.0, 300, 200, 300.0)


def test_arrays_and_uncertainties_go_through():
    necks = np.array([815.0, 400.0])
    assert ri.uptake(necks, 65.0, 2075.0, 5.0) == pytest.approx([750 / 2070, 335 / 2070])
    standard = ufloat(2075, 40)
    found = ri.uptake(815.0, 65.0, standard, 5.0)
    assert (found * (standard - 5)).std_dev == pytest.approx(0, abs=1e-9)
