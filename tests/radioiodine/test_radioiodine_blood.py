"""Blood and whole body: the integrals, the blood dose, one measurement, and the limits of the activity."""

import numpy as np
import pytest
from uncertainties import nominal_value, ufloat

from mrtlab import Flag, InputError, PhysicsError, PlausibilityWarning
from mrtlab import radioiodine as ri

PHYSICAL_H = 192.4968
TIMES = np.array([2.0, 6.0, 24.0, 96.0, 144.0])


def body(t):
    return 0.85 * 2 ** (-t / 11) + 0.15 * 2 ** (-t / 70)


def blood(t):
    return 2.9e-5 * 2 ** (-t / 9) + 2.0e-6 * 2 ** (-t / 80)


def integrals(times=TIMES, **options):
    options = {"decay_corrected": False} | options
    found = body(times), blood(times)
    return (
        ri.body_integral(times, found[0], 0.03 * found[0], **options),
        ri.blood_integral(times, found[1], 0.03 * found[1], **options),
    )


def by_hand(times, values, head):
    """Head, pieces and tail, written out."""
    logs = np.log(values[:-1] / values[1:])
    pieces = np.sum((values[:-1] - values[1:]) / logs * np.diff(times))
    return head + pieces + values[-1] * (times[-1] - times[-2]) / logs[-1]


class TestIntegrals:
    def test_tv20_exact(self):
        """Densely sampled, the pieces are the integral."""
        times = np.linspace(0.05, 400, 3000)
        whole, sample = integrals(times)
        assert whole.tiac_h.nominal_value == pytest.approx(28.6375, rel=2e-3)
        assert sample.tiac_h_per_ml.nominal_value == pytest.approx(6.07375e-4, rel=2e-3)
        per_mbq = ri.blood_dose(sample.tiac_h_per_ml, whole.tiac_h, 70)
        assert 1000 * per_mbq.nominal_value == pytest.approx(0.0972941, rel=0.01)
        assert whole.retention(48).nominal_value == pytest.approx(0.134544, rel=1e-3)
        assert sample.fraction_per_ml(24).nominal_value == pytest.approx(blood(24), rel=1e-3)

    def test_tv20_five_samples_by_a_bi_exponential(self):
        whole, sample = integrals(method="bi")
        assert whole.tiac_h.nominal_value == pytest.approx(28.6375, rel=1e-3)
        assert sample.tiac_h_per_ml.nominal_value == pytest.approx(6.07375e-4, rel=1e-3)
        per_mbq = ri.blood_dose(sample.tiac_h_per_ml, whole.tiac_h, 70)
        limits = ri.activity_limits(per_mbq, whole.retention(48), lung_metastases=True)
        found = {limit.rule: limit.activity_mbq.nominal_value / 1000 for limit in limits}
        assert found["blood dose"] == pytest.approx(20.556, rel=1e-3)
        assert found["retention at 48 h"] == pytest.approx(33.00, rel=1e-3)
        assert found["retention at 48 h, lung metastases"] == pytest.approx(22.00, rel=1e-3)
        assert limits[0].rule == "blood dose"
        assert per_mbq.std_dev > 0

    def test_tv20_five_samples_by_pieces(self):
        """A curve that bends lies below the exponentials between its points: 6.5 and 7.8 % too much."""
        whole, sample = integrals()
        assert whole.tiac_h.nominal_value == pytest.approx(by_hand(TIMES, body(TIMES), 2.0), rel=1e-9)
        first = blood(TIMES[0]) * TIMES[0]
        assert sample.tiac_h_per_ml.nominal_value == pytest.approx(by_hand(TIMES, blood(TIMES), first), rel=1e-9)
        assert whole.tiac_h.nominal_value == pytest.approx(28.6375, rel=0.08)
        assert Flag.EARLY_CONST in sample.flags
        assert Flag.EARLY_CONST not in whole.flags

    def test_tv20_decay_must_be_inside(self):
        whole, sample = integrals(method="bi")
        back = 2 ** (TIMES / PHYSICAL_H)
        sigma = 0.03 * blood(TIMES) * back
        same = ri.blood_integral(TIMES, blood(TIMES) * back, sigma, decay_corrected=True, method="bi")
        assert same.tiac_h_per_ml.nominal_value == pytest.approx(sample.tiac_h_per_ml.nominal_value, rel=1e-6)
        # the published wrong answer, from integrating what was corrected for decay
        wrong = ri.blood_integral(TIMES, blood(TIMES) * back, sigma, decay_corrected=False, method="bi")
        corrected = body(TIMES) * back
        more = ri.body_integral(TIMES, corrected, 0.03 * corrected, decay_corrected=False, method="bi")
        assert 1000 * ri.blood_dose(wrong.tiac_h_per_ml, more.tiac_h, 70).nominal_value == pytest.approx(
            0.1275, rel=0.01
        )
        right = 1000 * ri.blood_dose(same.tiac_h_per_ml, whole.tiac_h, 70).nominal_value
        assert right != pytest.approx(0.1275, rel=0.1)
        for function in (ri.body_integral, ri.blood_integral):
            with pytest.raises(TypeError):
                function(TIMES, blood(TIMES))
            with pytest.raises(InputError, match="decay_corrected must be given"):
                function(TIMES, blood(TIMES), decay_corrected=None)

    def test_a_tail_slower_than_decay_is_not_followed(self):
        values = np.array([0.9, 0.5, 0.495])
        found = ri.body_integral([2, 48, 72], values, 0.01, decay_corrected=False)
        assert Flag.TAIL_PHYSICAL in found.flags
        assert found.tail.nominal_value == pytest.approx(0.495 * PHYSICAL_H / np.log(2), rel=1e-6)
        assert Flag.MOSTLY_EXTRAPOLATED in found.flags
        assert found.tail_fraction == pytest.approx(found.tail.nominal_value / found.tiac_h.nominal_value)

    def test_the_share_of_the_tail_is_flagged(self):
        assert Flag.EXTRAPOLATED in ri.body_integral([2, 24, 48], [0.9, 0.4, 0.2], 0.01, decay_corrected=False).flags
        assert not {Flag.EXTRAPOLATED, Flag.MOSTLY_EXTRAPOLATED} & set(integrals()[0].flags)
        assert Flag.SIGMA_ASSUMED in ri.body_integral([2, 24], [0.9, 0.4], decay_corrected=False).flags

    def test_a_rise_is_taken_straight(self):
        found = ri.blood_integral([1, 3, 24], [1e-5, 2e-5, 4e-6], 1e-7, decay_corrected=False)
        fall = (2e-5 - 4e-6) / np.log(5) * 21
        assert found.head.nominal_value == pytest.approx(1e-5)
        assert found.body.nominal_value == pytest.approx(3e-5 + fall, rel=1e-9)
        assert found.fraction_per_ml(2).nominal_value == pytest.approx(1.5e-5)
        assert found.fraction_per_ml(0.5).nominal_value == pytest.approx(1e-5)

    @pytest.mark.parametrize("method", ["pieces", "bi"])
    def test_retention_never_rises_and_passes_through_the_points(self, method):
        whole, _ = integrals(method=method)
        path = [nominal_value(whole.retention(t)) for t in np.linspace(0, 400, 101)]
        assert np.all(np.diff(path) <= 1e-12)
        assert path[0] == pytest.approx(1, rel=1e-4)
        for time, value in zip(TIMES, body(TIMES), strict=True):
            assert nominal_value(whole.retention(time)) == pytest.approx(value, rel=1e-5)

    def test_head_body_and_tail_make_the_whole(self):
        for method in ("pieces", "bi"):
            for found, whole in zip(integrals(method=method), ("tiac_h", "tiac_h_per_ml"), strict=True):
                total = found.head + found.body + found.tail - getattr(found, whole)
                assert total.nominal_value == pytest.approx(0, abs=1e-9)
                assert total.std_dev == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize("method", ["pieces", "bi"])
    def test_a_common_reference_is_carried(self, method):
        reference = ufloat(1, 0.05)
        values = [ufloat(v, 0.01 * v) / reference for v in 0.9 * body(TIMES)]
        found = ri.body_integral(TIMES, values, decay_corrected=False, method=method)
        exact = found.head if method == "pieces" else 0  # two hours of all of it
        free = (found.tiac_h - exact) * reference
        assert free.std_dev < 0.025 * free.nominal_value < found.tiac_h.std_dev

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: ri.body_integral([2, 24], [1.2, 0.4], decay_corrected=False), "after the bladder was emptied"),
            (lambda: ri.body_integral([2, 24], [90, 40], decay_corrected=False), "percentage: give 0.9"),
            (lambda: ri.body_integral([2, 24], [0.9, 0.0], decay_corrected=False), "fraction must be above 0"),
            (lambda: ri.body_integral([2], [0.9], decay_corrected=False), "needs two points or more"),
            (
                lambda: ri.blood_integral([2, 24], [0.14, 0.03], decay_corrected=False),
                "of all the blood, or in percent",
            ),
            (lambda: integrals(TIMES[1:], method="bi"), "five points or more, got 4"),
            (lambda: integrals(method="tri"), "method must be one of"),
            (lambda: integrals()[0].retention(-1), "time_h must not be negative"),
        ],
    )
    def test_refused(self, call, message):
        with pytest.raises(InputError, match=message):
            call()


class TestBloodDose:
    def test_tv16(self):
        found = ri.blood_dose_parts(6.0e-4, 22.0, 70)
        assert 1000 * found.electron_gy_per_mbq == pytest.approx(0.064800, rel=1e-6)
        assert 1000 * found.photon_gy_per_mbq == pytest.approx(0.0243509, rel=1e-5)
        assert found.electron_share == pytest.approx(0.7269, abs=1e-4)
        assert 1000 * ri.blood_dose(6.0e-4, 22.0, 70) == pytest.approx(0.0891509, rel=1e-5)
        assert ri.activity_limits(ri.blood_dose(6.0e-4, 22.0, 70), 0.1)[0].activity_mbq == pytest.approx(
            22433.9, rel=1e-5
        )

    def test_tv17_cohort(self):
        for blood_h, body_h, electrons, dose, share, published in (
            (3.2, 31, 0.678, 0.1019, 0.70, 0.11), (2.9, 22, 0.729, 0.0859, 0.74, 0.09),
        ):  # fmt: skip
            found = ri.blood_dose_parts(blood_h / 5000, body_h, 75)
            assert 1000 * found.gy_per_mbq == pytest.approx(dose, rel=1e-3)
            assert found.electron_share == pytest.approx(electrons, abs=1e-3)
            assert 1000 * found.gy_per_mbq == pytest.approx(published, rel=0.15)
            assert found.electron_share == pytest.approx(share, rel=0.15)

    @pytest.mark.parametrize(
        ("wrong", "recipe"), [(0.0733, "no power of 2/3"), (0.0656, "blood only"), (338, "all the blood")]
    )
    def test_wrong_recipes_do_not_come_out(self, wrong, recipe):
        found = 1000 * ri.blood_dose(6.07375e-4, 28.6375, 70)
        assert found == pytest.approx(0.0972941, rel=1e-4)
        assert found != pytest.approx(wrong, rel=0.1), recipe

    def test_total_blood_is_refused(self):
        with pytest.raises(InputError, match="this looks like total blood, not per mL"):
            ri.blood_dose(3.2, 31, 75)

    @pytest.mark.parametrize(("weight", "hint"), [(9, "got 9"), (251, "got 251"), (70000, "is it in grams")])
    def test_weight(self, weight, hint):
        with pytest.raises(InputError, match=f"between 10 and 250.*{hint}"):
            ri.blood_dose(6e-4, 22, weight)

    def test_impossible_and_unusual(self):
        with pytest.raises(PhysicsError, match="decay-corrected values integrated"):
            ri.blood_dose(6e-4, 300, 70)
        for arguments, message in (
            ((6e-4, 22, 30), "Below 40 kg"), ((1e-4, 12, 70), "0.04 to 0.34"), ((6e-4, 100, 70), "10 to 81 h"),
        ):  # fmt: skip
            with pytest.warns(PlausibilityWarning, match=message):
                ri.blood_dose(*arguments)
        assert ri.blood_dose_parts(6e-4, 22, 30).flags == (Flag.LOW_WEIGHT,)
        assert ri.blood_dose_parts(6e-6, 9, 70).flags == (Flag.BLOOD_DOSE_UNUSUAL, Flag.BODY_RETENTION_UNUSUAL)

    def test_correlations_go_through(self):
        scale = ufloat(1, 0.1)
        found = ri.blood_dose(6e-4 * scale, 22 * scale, 70)
        assert found.std_dev / found.nominal_value == pytest.approx(0.1)


class TestOneMeasurement:
    @pytest.mark.parametrize(
        ("height", "weight", "sex", "volume"),
        [(178, 80, "male", 5380.2), (165, 65, "female", 3845.0), (155, 52, "female", 3092.7)],
    )
    def test_tv18_blood_volume(self, height, weight, sex, volume):
        assert ri.blood_volume_ml(height, weight, sex) == pytest.approx(volume, rel=1e-5)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((1.78, 80, "male"), "got 1.78; it is in cm"),
            ((110, 20, "female"), "below 1500 mL: the equations are for adults"),
            ((178, 80, "m"), "sex must be one of 'female', 'male'"),
            ((178, 5, "male"), "weight_kg must lie between 10 and 250"),
        ],
    )
    def test_blood_volume_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            ri.blood_volume_ml(*arguments)

    def test_tv19(self):
        found = ri.single_measurement(48, 0.12, ri.blood_volume_ml(165, 65, "female"), 65)
        assert found.body_tiac_h == pytest.approx(22.6387, rel=1e-5)
        assert 1000 * found.gy_per_mbq == pytest.approx(0.115351, rel=1e-5)
        assert found.flags == (Flag.BLOOD_SHARE_ASSUMED,)
        limits = ri.activity_limits(found.gy_per_mbq, 0.12, lung_metastases=True)
        assert [limit.activity_mbq for limit in limits] == pytest.approx([17338.4, 24666.7, 37000.0], rel=1e-5)

    def test_published_plausibility(self):
        """Women, 22 h: 0.118 ± 0.025 Gy/GBq; 3.7 L and 52 kg assumed."""
        found = ri.single_measurement(48, float(np.exp(-48 / 21.97)), 3700, 52)
        assert 1000 * found.gy_per_mbq == pytest.approx(0.118, rel=0.02)

    @pytest.mark.parametrize("time_h", [15, 70])
    def test_outside_the_tested_times(self, time_h):
        assert Flag.OUTSIDE_20_60H in ri.single_measurement(time_h, 0.15, 4000, 65).flags

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ((48, 0.9, 4000, 65), PhysicsError, "decay-corrected, or was the reference measured after voiding"),
            ((48, 12, 4000, 65), InputError, "give 0.12"),
            ((48, 0, 4000, 65), InputError, "retention must be above 0"),
            ((48, 0.12, 4.0, 65), InputError, "in litres"),
        ],
    )
    def test_refused(self, arguments, error, message):
        with pytest.raises(error, match=message):
            ri.single_measurement(*arguments)


class TestLimits:
    def test_the_smallest_first_and_named(self):
        limits = ri.activity_limits(0.9e-4, 0.30)
        assert [limit.rule for limit in limits] == ["retention at 48 h", "blood dose"]
        assert limits[0].activity_mbq == pytest.approx(14800)
        assert "4.44 GBq" in limits[0].text
        lung = ri.activity_limits(0.9e-4, 0.30, lung_metastases=True)
        assert lung[0].rule == "retention at 48 h, lung metastases"
        assert lung[0].activity_mbq == pytest.approx(2960 / 0.30)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ((1e-4, 0.9), PhysicsError, "more than 0.841 that physical decay leaves"),
            ((1e-4, 0.0), InputError, "retention_48h must be above 0"),
            ((1e-4, 13), InputError, "looks like a percentage; give 0.13"),
            ((0, 0.1), InputError, "blood_dose_gy_per_mbq must be above 0"),
            ((1e-4, 0.1, "yes"), InputError, "lung_metastases must be True or False"),
        ],
    )
    def test_refused(self, arguments, error, message):
        with pytest.raises(error, match=message):
            ri.activity_limits(*arguments)

    def test_gy_per_gbq_for_gy_per_mbq(self):
        with pytest.warns(PlausibilityWarning, match="patients had 4e-05 to 0.00034"):
            ri.activity_limits(0.09, 0.1)


class TestBloodFraction:
    def test_a_sample_belongs_to_its_withdrawal(self):
        # 1.5 kBq/mL, counted one half-life of I-131 after it was drawn; 60 MBq given: 3 kBq of 60 000
        assert ri.blood_fraction(1.5, 6.0, 6.0 + PHYSICAL_H, 60.0) == pytest.approx(5e-5)
        assert ri.blood_fraction(1.5, 6.0, 6.0, 60.0) == pytest.approx(2.5e-5)

    def test_rows_keep_their_uncertainty(self):
        found = ri.blood_fraction([ufloat(1.5, 0.03), ufloat(0.3, 0.006)], [2.0, 24.0], [2.0, 24.0], 60.0)
        assert [one.s / one.n for one in found] == pytest.approx([0.02, 0.02])

    def test_counted_before_it_was_drawn(self):
        with pytest.raises(InputError, match="before drawn_h"):
            ri.blood_fraction([1.5, 0.3], [2.0, 24.0], [2.0, 2.0], 60.0)
