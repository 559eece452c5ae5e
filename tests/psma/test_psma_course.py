"""Six cycles: the tumour shrinks, the organs receive more."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from uncertainties import correlation_matrix, ufloat

from mrtlab import constants, psma, radiobiology
from mrtlab.errors import Flag, InputError, PhysicsError

SINK = {"strength": 0.4, "half_volume_ml": 1000}
CERTAIN = {"random_rel": 0, "shared_rel": 0}
KIDNEY = psma.Organ("kidney", 0.03, 40, 310, 0.95, uptake_half_time_h=1)
TUMOUR = psma.Organ("tumour", 0.2, 52, 1, 1, kind="tumour", change=-0.1)
ALL = psma.typical_organs(800)


def close(expected, rel=1e-9):
    return pytest.approx(expected, rel=rel)


def test_typical_organs_give_the_medians_in_the_first_cycle():
    course = psma.simulate_cycles(7400, 800, shrink=0.7, **SINK, **CERTAIN)
    for tissue in psma.TISSUES:
        assert course.of(tissue)[0].gy_per_mbq == close(psma.organ_range(tissue).median_gy_per_mbq)
    assert Flag.TEACHING_KINETICS in course.flags
    assert Flag.SINK_ASSUMED not in course.flags
    assert Flag.SINK_ASSUMED in psma.simulate_cycles(7400, 800).flags
    with pytest.raises(InputError, match="so large a tumour"):
        psma.typical_organs(5000)
    for key in course.sources:
        assert constants.sources(key)


def test_s4_planned_from_the_first_cycle():
    course = psma.simulate_cycles(7400, 1000, shrink=0.7, **SINK, **CERTAIN)
    assert course.doses_gy("kidney")[0] == close(4.07, 1e-6)
    assert course.doses_gy("kidney")[-1] == close(5.34, 1e-3)
    assert course.total_gy("kidney") == close(28.8, 2e-3)
    assert course.from_first_cycle_gy("kidney") == close(24.42, 1e-6)
    assert course.cycles_within("kidney", 25) == 5
    assert course.cycles_within("kidney", 25, planned=True) == 6
    assert Flag.DOSE_RISES_OVER_CYCLES in course.flags
    steady = psma.simulate_cycles(7400, 1000, **SINK, **CERTAIN)
    assert Flag.DOSE_RISES_OVER_CYCLES not in steady.flags
    assert steady.total_gy("kidney") == close(steady.from_first_cycle_gy("kidney"))


def test_the_integral_of_the_curve_is_the_tia():
    course = psma.simulate_cycles([7400, 6000], 500, shrink=0.6, organs=[KIDNEY, TUMOUR], **SINK, **CERTAIN)
    for region in course.regions:
        for cycle in (1, 2):
            area = quad(lambda t, r=region, c=cycle: course.activity_mbq(r, t, c), 0, 800, limit=200)[0]
            assert course.of(region)[cycle - 1].tia_mbq_h == close(area, 1e-4)
    assert course.activity_mbq("kidney", 24.0, apparent=True) == close(0.95 * course.activity_mbq("kidney", 24.0))


def test_local_dose_and_what_the_camera_shows():
    course = psma.simulate_cycles(7400, 500, organs=[KIDNEY], **SINK, **CERTAIN)
    row = course[0]
    assert row.tia_mbq_h == close(7400 * 0.03 * 39 / np.log(2))
    assert row.dose_gy == close(row.tia_mbq_h * 0.0853201 / 310, 1e-5)
    assert row.apparent_gy == close(0.95 * row.dose_gy)
    glands = psma.simulate_cycles(7400, 500, organs=ALL, **SINK, **CERTAIN)
    assert glands.of("lacrimal")[0].dose_gy / glands.of("lacrimal")[0].apparent_gy == close(5)


def test_tumour_follows_its_volume():
    course = psma.simulate_cycles(7400, 500, shrink=0.6, cycles=3, organs=[TUMOUR], **SINK, **CERTAIN)
    rows = course.of("tumour")
    assert [row.mass_g for row in rows] == close([520, 312, 187.2])
    assert [row.dose_gy / rows[0].dose_gy for row in rows] == close([1, 0.9, 0.81])
    assert [row.tia_mbq_h / rows[0].tia_mbq_h for row in rows] == close([1, 0.54, 0.2916])


def test_marrow_beside_metastases():
    marrow = replace(ALL["marrow"], bone_metastases_gy_per_mbq=2e-5)
    course = psma.simulate_cycles(7400, 500, shrink=0.5, cycles=2, organs=[marrow, TUMOUR], **SINK, **CERTAIN)
    first, second = course.of("marrow")
    assert first.cross_gy == close(0.148)
    assert second.cross_gy == close(0.148 * 0.5 * 0.9)
    assert first.dose_gy - first.cross_gy == close(second.dose_gy - second.cross_gy), "the blood has no sink"
    assert Flag.BONE_METASTASES in course.flags
    with pytest.raises(InputError, match="belongs to the marrow"):
        replace(KIDNEY, bone_metastases_gy_per_mbq=1e-5)


class TestUncertainty:
    def test_what_is_common_adds_linearly(self):
        course = psma.simulate_cycles(7400, 500, organs=[KIDNEY], random_rel=0.05, shared_rel=0.08, **SINK)
        total = course.total_gy("kidney")
        one = total.nominal_value / 6
        assert total.std_dev == close(one * np.sqrt(6 * 0.05**2 + (6 * 0.08) ** 2), 1e-3)

    def test_organs_share_the_calibration_and_not_the_mass(self):
        organs = [replace(KIDNEY, mass_g=ufloat(310, 31)), replace(KIDNEY, name="other", mass_g=ufloat(310, 31))]
        course = psma.simulate_cycles(7400, 500, organs=organs, random_rel=0, shared_rel=0.1, **SINK)
        totals = [course.total_gy(name) for name in course.regions]
        assert correlation_matrix(totals)[0][1] == close(0.5, 1e-6)
        assert totals[0].std_dev / totals[0].nominal_value == close(np.sqrt(0.02), 1e-6)

    def test_recovery(self):
        organs = [replace(KIDNEY, recovery=ufloat(0.5, 0.05))]
        course = psma.simulate_cycles(7400, 500, organs=organs, **SINK, **CERTAIN)
        total = course.total_gy("kidney")
        assert total.std_dev / total.nominal_value == close(0.1, 1e-6)
        assert total.nominal_value == close(
            psma.simulate_cycles(7400, 500, organs=[KIDNEY], **SINK, **CERTAIN).total_gy("kidney"), 1e-9
        )


def test_bed_is_summed_over_cycles():
    course = psma.simulate_cycles(7400, 1000, shrink=0.7, **SINK, **CERTAIN)
    g = 2.8 / (2.8 + 40)
    expected = sum(dose * (1 + g * dose / 2.5) for dose in course.doses_gy("kidney"))
    assert course.bed_gy("kidney", 2.5, 2.8) == close(expected)
    assert course.bed_gy("kidney", 2.5, 2.8) < radiobiology.bed(course.total_gy("kidney"), 2.5, g)
    low, high = course.bed_range_gy("kidney", (1.5, 3.5), (1.5, 4.0))
    assert low < expected < high


@settings(max_examples=25, deadline=None)
@given(st.floats(0.3, 1.0), st.floats(0.3, 1.0), st.floats(50, 1000))
def test_the_faster_it_shrinks_the_more_the_organs_receive(one, other, volume):
    less, more = (
        psma.simulate_cycles(7400, volume, shrink=shrink, organs=[KIDNEY], **SINK, **CERTAIN)
        for shrink in (max(one, other), min(one, other))
    )
    assert more.total_gy("kidney") >= less.total_gy("kidney") * (1 - 1e-12)
    assert more.total_gy("kidney") == close(sum(row.dose_gy for row in more))
    assert more.total_gy("kidney") >= more.from_first_cycle_gy("kidney") * (1 - 1e-12)
    assert list(more.cumulative_gy("kidney")) == close(list(np.cumsum(more.doses_gy("kidney"))))
    doubled = psma.simulate_cycles(14800, volume, shrink=min(one, other), organs=[KIDNEY], **SINK, **CERTAIN)
    assert doubled.total_gy("kidney") == close(2 * more.total_gy("kidney"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cycles": 3, "activity_mbq": [7400, 7400]}, "different numbers of cycles"),
        ({"tumour_ml": [500, 400], "shrink": 0.7}, "exclude each other"),
        ({"organs": []}, "at least one"),
        ({"organs": [KIDNEY, KIDNEY]}, "a name twice"),
        ({"organs": [TUMOUR, replace(TUMOUR, name="node")]}, "more than one tumour"),
        ({"tumour_ml": [500, 0], "organs": [TUMOUR]}, "tumour_ml is 0 in cycle 2"),
        ({"shared_rel": 8}, "looks like a percentage"),
        ({"activity_mbq": 0}, "activity_mbq must be above 0"),
    ],
)
def test_refused(change, told):
    arguments = {"activity_mbq": 7400, "tumour_ml": 500, "organs": [KIDNEY], **change}
    with pytest.raises(InputError, match=told):
        psma.simulate_cycles(**arguments, **SINK)


def test_more_than_administered():
    greedy = [replace(KIDNEY, fraction=0.9), replace(TUMOUR, fraction=0.3)]
    with pytest.raises(PhysicsError, match=r"in cycle 1 the regions hold 1\.2 times"):
        psma.simulate_cycles(7400, 500, organs=greedy, **SINK)
    growing = [replace(TUMOUR, fraction=0.6, change=0.0)]
    with pytest.raises(PhysicsError, match="in cycle 3"):
        psma.simulate_cycles(7400, [500, 600, 900], organs=growing, **SINK)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"recovery": None}, "recovery is missing"),
        ({"recovery": 60}, "percentage"),
        ({"fraction": 3}, "percentage"),
        ({"uptake_half_time_h": 50}, "not below effective_half_life_h"),
        ({"kind": "gland"}, "kind must be one of"),
        ({"change": -15}, "change must be above -1"),
        ({"name": " "}, "name is missing"),
    ],
)
def test_organs_refused(change, told):
    with pytest.raises(InputError, match=told):
        replace(KIDNEY, **change)


def test_regions_and_cycles_must_exist():
    course = psma.simulate_cycles(7400, 500, organs=[KIDNEY], **SINK)
    with pytest.raises(InputError, match="region must be one of 'kidney'"):
        course.total_gy("liver")
    with pytest.raises(InputError, match="cycle must be a whole number from 1 to 6"):
        course.activity_mbq("kidney", 24, cycle=7)
