"""Published doses, ranges, the unit trap, and the sink."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from uncertainties import ufloat

from mrtlab import constants, planning, psma
from mrtlab.errors import Flag, InputError, PlausibilityWarning

SINK = {"strength": 0.4, "half_volume_ml": 1000}


def close(expected, rel=1e-3):
    return pytest.approx(expected, rel=rel)


def test_l11_doses_per_cycle_printed_as_doses_per_activity():
    assert 1000 * psma.per_activity(4.04, 7400) == close(0.5459)
    assert 1000 * psma.per_activity(4.70, 6800) == close(0.6912)
    rows = [row for row in psma.published() if "Ells" in row.citation]
    assert [1000 * row.gy_per_mbq for row in rows] == close([0.5459, 0.6912, 0.7905, 0.3853])
    assert all(row.unit == "Gy/GBq" and row.per == "cycle" and row.status == "derived" for row in rows)
    assert all(row.flags == (Flag.PRINTED_UNIT_DOUBTFUL,) for row in rows)


def test_the_two_readings_of_a_printed_number():
    literal, per_cycle = psma.unit_readings(4.04, 7400, "kidney")
    assert (literal.per, per_cycle.per) == ("activity", "cycle")
    assert (literal.course_gy, per_cycle.course_gy) == (close(179.376), close(24.24))
    assert literal.per_cycle_gy == close(29.896)
    assert not literal.plausible
    assert per_cycle.plausible
    assert literal.z == close(math.log(4.04 / 0.55) / math.log(1.5))
    # both readings of 0.55 in GBq of 1: nothing can be told apart, and nothing is
    assert all(one.plausible for one in psma.unit_readings(0.55, 1000, "kidney"))


def test_published_rows():
    assert [row.value for row in psma.published("kidney")] == [0.53, 0.81, 0.82, 4.04, 4.70, 0.43, 0.39]
    seen = {row.citation: row.status for row in psma.published()}
    assert seen["Violet et al. 2019"] == seen["Herrmann et al. 2024"] == "recalled"
    assert seen["Hohberg et al. 2016 (abstract)"] == "published"
    assert psma.published("kidneys") == psma.published("kidney")
    assert len(psma.published(drug="Lu-177-PSMA-I&T")) == 2
    for row in (*psma.published(), *psma.published_alpha()):
        assert row.status in constants.STATUSES
        assert constants.sources(row.sources[0])
    with pytest.raises(InputError, match=r"tissue must be one of 'kidney', .*got 'brain'"):
        psma.published("brain")
    with pytest.raises(InputError, match="drug must be one of"):
        psma.published(drug="DOTATATE")


def test_alpha_emitters_are_printed_in_sievert_and_kept_apart():
    assert [(row.drug[:6], row.value) for row in psma.published_alpha("kidney")] == [("Ac-225", 0.7), ("Bi-213", 8.1)]
    assert all("Sv" in row.unit and row.gy_per_mbq is None for row in psma.published_alpha())


@pytest.mark.parametrize(
    ("tissue", "median", "gsd"),
    [
        ("kidney", 0.55, 1.5),
        ("parotid", 0.65, 1.7),
        ("lacrimal", 2.2, 1.7),
        ("marrow", 0.035, 1.8),
        ("tumour", 3.5, 2.2),
    ],
)
def test_expected_ranges(tissue, median, gsd):
    found = psma.organ_range(tissue)
    assert (1000 * found.median_gy_per_mbq, found.gsd, found.status) == (close(median), gsd, "derived")
    low, high = found.expected(7400).interval95_gy
    assert (low, high) == (close(7.4 * median / gsd**1.96), close(7.4 * median * gsd**1.96))
    assert found.interval95_gy_per_mbq[1] == close(high / 7400)
    # a table of options for the physician: probability of more than twice the median
    options = planning.activity_options([7400], {tissue: found.tissue_dose()}, {tissue: 2 * 7.4 * median})
    assert options[0].probability_above == close(norm.sf(math.log(2) / math.log(gsd)))
    for key in found.sources:
        assert constants.sources(key)


def test_names_of_tissues():
    assert psma.organ_range("parotid glands") == psma.organ_range("parotid")
    with pytest.raises(InputError, match="tissue must be one of"):
        psma.organ_range("spleen")
    with pytest.raises(InputError, match="tissue must be one of"):
        psma.organ_range(3)


def test_half_lives_are_only_illustrative():
    assert (psma.half_life_prior("kidney").median_h, psma.half_life_prior("tumour").gsd) == (40, 1.5)
    assert psma.half_life_prior("lacrimal").status == "illustrative"
    with pytest.raises(InputError, match="tissue must be one of"):
        psma.half_life_prior("marrow")


class TestSink:
    def test_factor(self):
        assert psma.sink_factor(0, **SINK) == 1
        assert psma.sink_factor(1000, **SINK) == close(1 / 1.4, 1e-12)
        assert psma.sink_factor(np.array([500.0, 2000.0]), **SINK) == close([1 / 1.2, 1 / 1.8], 1e-12)
        with pytest.warns(PlausibilityWarning, match="teaching values"):
            assert psma.sink_factor(1000) == close(1 / 1.4, 1e-12)
        with pytest.warns(PlausibilityWarning, match="teaching values"):
            assert psma.sink_factor(500, strength=1.0) == close(1 / 1.5, 1e-12)

    def test_s4_six_cycles(self):
        doses = psma.sink_doses(4.07, psma.tumour_volumes_ml(1000, 0.7), **SINK)
        # 4.07·1.4/(1 + 0.4·0.7^k), computed by hand
        assert doses == close([4.07, 4.4516, 4.7642, 5.0106, 5.1987, 5.3391], 2e-4)
        assert sum(doses) == close(28.834, 1e-4)

    def test_uncertainty_of_the_first_dose_is_common_to_all(self):
        doses = psma.sink_doses(ufloat(4.07, 0.407), psma.tumour_volumes_ml(1000, 0.7), **SINK)
        assert sum(doses).std_dev / sum(doses).nominal_value == close(0.1, 1e-9)
        with_volume = psma.sink_doses(4.07, psma.tumour_volumes_ml(ufloat(1000, 200), 0.7), **SINK)
        assert with_volume[0].std_dev == pytest.approx(0, abs=1e-12), "the first was measured, whatever the volume"
        assert with_volume[5].std_dev > 0

    @given(st.floats(1, 5000), st.floats(1, 5000), st.floats(0.01, 3))
    def test_more_tumour_less_in_the_organ(self, one, other, strength):
        factors = psma.sink_factor(np.array(sorted([one, other])), strength=strength, half_volume_ml=1000)
        assert 0 < factors[1] <= factors[0] <= 1

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ({"tumour_ml": -1}, "tumour_ml must not be negative"),
            ({"tumour_ml": 1, "strength": -0.1}, "strength must not be negative"),
            ({"tumour_ml": 1, "half_volume_ml": 0}, "half_volume_ml must be above 0"),
        ],
    )
    def test_refused(self, arguments, told):
        with pytest.raises(InputError, match=told):
            psma.sink_factor(**{**SINK, **arguments})

    def test_a_percentage_of_shrinking_is_refused(self):
        with pytest.raises(InputError, match="factor that is left"):
            psma.tumour_volumes_ml(1000, 30)
        with pytest.raises(InputError, match="cycles must be a whole number"):
            psma.tumour_volumes_ml(1000, 0.7, 2.5)


def test_gigabecquerels_are_suspected():
    with pytest.warns(PlausibilityWarning, match="GBq instead of MBq"):
        psma.per_activity(4.04, 7.4)
    with pytest.raises(InputError, match="dose_per_cycle_gy must be above 0"):
        psma.per_activity(0, 7400)
