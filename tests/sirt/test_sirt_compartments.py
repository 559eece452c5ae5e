"""Doses and activities by compartments: partition, many compartments, Ho-166."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import UFloat, correlation_matrix, ufloat, unumpy

from mrtlab import sirt
from mrtlab.errors import Flag, InputError, PlausibilityWarning

NOON = datetime(2024, 3, 3, 12, tzinfo=UTC)
MASSES, RATIOS, SHUNTS = st.floats(60, 900), st.floats(1.1, 15), st.floats(0.001, 0.19)


class TestPartition:
    @settings(max_examples=60)
    @given(st.floats(100, 9000), MASSES, MASSES, RATIOS, SHUNTS, st.floats(400, 1600), st.floats(1, 3))
    def test_energy_and_inverse(self, activity, tumour, normal, ratio, shunt, lung, wider):
        arguments = (tumour, normal, ratio, shunt, lung)
        doses = sirt.partition(activity, *arguments, whole_normal_g=wider * normal)
        energy = doses.tumour_gy * tumour + doses.normal_gy * normal + doses.lung_gy * lung
        assert energy == pytest.approx(doses.constant * activity, rel=1e-9)
        assert doses.tumour_gy == pytest.approx(ratio * doses.normal_gy)
        # the part that was not treated has no dose and counts in the mean
        assert doses.whole_normal_gy == pytest.approx(doses.normal_gy / wider)
        for name, dose in doses.by_compartment.items():
            back = sirt.partition_activity(dose, name, *arguments, whole_normal_g=wider * normal)
            assert back == pytest.approx(activity, rel=1e-9)
        single = sirt.single_compartment_dose(activity, tumour + normal, shunt)
        assert doses.perfused_gy == pytest.approx(single, rel=1e-9)

    @given(RATIOS)
    def test_agrees_with_many_compartments(self, ratio):
        doses = sirt.partition(2000, 250, 1050, ratio, 0.06)
        share = ratio * 250 / (ratio * 250 + 1050)
        many = sirt.multi_compartment(2000, [share, 1 - share], [250, 1050], 0.06)
        assert many.doses_gy == pytest.approx([doses.tumour_gy, doses.normal_gy], rel=1e-9)
        assert many.lung_gy == doses.lung_gy

    def test_a_ratio_of_one_spreads_evenly(self):
        doses = sirt.partition(2000, 250, 1050, 1, 0)
        assert doses.tumour_gy == pytest.approx(doses.normal_gy)
        assert doses.tumour_gy == pytest.approx(sirt.mean_dose(2000, 1300))
        assert doses.lung_gy == 0
        assert sirt.partition_activity(30, "lung", 250, 1050, 1, 0) == np.inf

    def test_correlations_are_carried(self):
        """More uptake in the tumour is less in the normal liver, and mass uncertainty alone leaves the energy."""
        ratio = ufloat(4.5, 0.9)
        doses = sirt.partition(2000, 250, 1050, ratio, 0.06)
        assert correlation_matrix([doses.tumour_gy, doses.normal_gy])[0, 1] == pytest.approx(-1)
        energy = doses.tumour_gy * 250 + doses.normal_gy * 1050
        assert energy.std_dev == pytest.approx(0, abs=1e-6)

    def test_rows(self):
        ratios = np.array([1.0, 4.5, 10.0])
        doses = sirt.partition(2000, 250, 1050, ratios, 0.06)
        assert doses.tumour_gy == pytest.approx([sirt.partition(2000, 250, 1050, r, 0.06).tumour_gy for r in ratios])
        noisy = sirt.partition(2000, 250, 1050, unumpy.uarray([2, 4], 0.1), 0.06)
        assert all(isinstance(dose, UFloat) for dose in noisy.tumour_gy)

    @pytest.mark.parametrize(
        ("arguments", "flag"),
        [
            ((2000, 250, 1050, 0.9, 0.06, 900), Flag.COLD_TUMOUR),
            ((2000, 250, 1050, 25, 0.06, 900), Flag.TUMOUR_TO_NORMAL_HIGH),
            ((2000, 250, 1050, 4.5, 0.21, 900), Flag.LSF_GT_20PCT),
            ((2000, 250, 1050, 4.5, 0.06), Flag.DEFAULT_LUNG_MASS),
            ((2000, 40, 1050, 4.5, 0.06, 900), Flag.SMALL_COMPARTMENT),
        ],
    )
    def test_flags(self, arguments, flag):
        assert sirt.partition(*arguments).flags == (flag,)

    def test_no_flag(self):
        assert sirt.partition(2000, 250, 1050, 4.5, 0.06, 900).flags == ()

    def test_refused(self):
        with pytest.raises(InputError, match="for a segmentectomy use single_compartment_activity"):
            sirt.partition(2000, 250, 0, 4.5, 0.06)
        with pytest.raises(InputError, match="tumour_to_normal must be above 0"):
            sirt.partition(2000, 250, 1050, 0, 0.06)
        with pytest.raises(InputError, match="whole_normal_g is 900 g, less than normal_g"):
            sirt.partition(2000, 250, 1050, 4.5, 0.06, whole_normal_g=900)
        with pytest.raises(InputError, match="whole_normal_g is missing"):
            sirt.partition_activity(50, "whole_normal", 250, 1050, 4.5, 0.06)
        with pytest.raises(InputError, match="compartment must be one of 'tumour'"):
            sirt.partition_activity(50, "liver", 250, 1050, 4.5, 0.06)
        with pytest.warns(PlausibilityWarning, match="less than the normal liver"):
            sirt.partition_activity(50, "tumour", 250, 1050, 0.5, 0.06)
        with pytest.warns(PlausibilityWarning, match="GBq instead of MBq"):
            sirt.partition(2, 250, 1050, 4.5, 0.06)

    def test_artery_specific_agrees_where_both_apply(self):
        """With R = TN·m_T/m_N and S = A_L/(A_T + A_L) the two models are the same."""
        doses = sirt.partition(2000, 250, 1050, 4.5, 0.06, constant="rounded")
        lung, tumour = 120.0, doses.tumour_gy * 250 / 50
        found = sirt.kao_activity(doses.tumour_gy, 250, 4.5 * 250 / 1050, lung / (lung + tumour))
        assert found.total_mbq == pytest.approx(2000)
        with pytest.raises(InputError, match="nothing would reach"):
            sirt.kao_activity(205, 250, 1.07, 1)


class TestMultiCompartment:
    def test_names(self):
        doses = sirt.multi_compartment(
            1800, {"T1": 0.38, "T2": 0.09, "N": 0.53}, {"N": 1400, "T1": 210, "T2": 35}, 0.04, 900, normal=["N"]
        )
        assert doses.names == ("T1", "T2", "N")
        assert doses.by_compartment["T2"] == doses.doses_gy[1] == pytest.approx(221.154, rel=1e-5)
        assert doses.by_compartment["whole_normal"] == doses.whole_normal_gy == pytest.approx(32.5588, rel=1e-5)
        assert doses.flags == (Flag.SMALL_COMPARTMENT,)

    @given(st.lists(st.tuples(st.floats(0.01, 1), MASSES), min_size=1, max_size=6), st.floats(0, 0.19))
    def test_energy(self, parts, shunt):
        total = sum(share for share, _ in parts)
        masses = [mass for _, mass in parts]
        doses = sirt.multi_compartment(2000, [share / total for share, _ in parts], masses, shunt, 900)
        energy = sum(dose * mass for dose, mass in zip(doses.doses_gy, masses, strict=True)) + doses.lung_gy * 900
        assert energy == pytest.approx(doses.constant * 2000, rel=1e-9)
        assert doses.whole_gy == pytest.approx(sirt.single_compartment_dose(2000, sum(masses), shunt), rel=1e-9)
        assert doses.whole_normal_gy is None

    @pytest.mark.parametrize(
        ("fractions", "masses", "normal", "message"),
        [
            ([40, 60], [200, 900], (), "percent"), ([0.4, 0.6], [200], (), "as many values"),
            ([1.2, -0.2], [200, 900], (), "must lie between 0 and 1"), ({"T": 1.0}, [200], (), "both be mappings"),
            ({"T": 0.4, "N": 0.6}, {"T": 200, "M": 900}, (), "different compartments: M, N"),
            ([0.4, 0.6], [200, 900], ("3",), "normal must be a list of names among 1, 2"),
            ({"lung": 0.4, "N": 0.6}, {"lung": 200, "N": 900}, (), "lung cannot name a compartment"),
        ],
    )  # fmt: skip
    def test_refused(self, fractions, masses, normal, message):
        with pytest.raises(InputError, match=message):
            sirt.multi_compartment(2000, fractions, masses, 0.06, normal=normal)

    def test_uncertain_fractions(self):
        share = ufloat(0.4, 0.03)
        doses = sirt.multi_compartment(2000, [share, 1 - share], [250, 1050], 0.06)
        assert correlation_matrix(list(doses.doses_gy))[0, 1] == pytest.approx(-1)


class TestHolmium:
    @given(st.floats(20, 60), st.floats(900, 2500), st.floats(0, 250))
    def test_scout_and_therapy_give_the_dose(self, dose, liver, scout):
        therapy = sirt.holmium_activity(dose, liver, scout)
        assert sirt.holmium_dose(therapy + scout, liver) == pytest.approx(dose)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((6000, 1350), r"cGy instead of Gy\? Then give 60"), ((60, 1350, 6000), "already gives the dose asked for"),
            ((60, 1350, 0, "rounded"), "source must be one of 'ifu'"), ((60, 1350, 0, 49.77), "that of Y-90"),
        ],
    )  # fmt: skip
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            sirt.holmium_activity(*arguments)

    def test_above_what_was_tolerated(self):
        with pytest.warns(PlausibilityWarning, match="above the 60 Gy"):
            sirt.holmium_activity(80, 1350)
        with pytest.warns(PlausibilityWarning, match="500 to 15 000 MBq"):
            sirt.holmium_activity(5, 1350)
