"""Trapezoids: exact where they should be, and honest about head and tail."""

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, any_curve, lutetium
from hypothesis import given
from hypothesis import strategies as st

from mrtlab.errors import InputError
from mrtlab.kinetics import trapezoid

TIMES, ACTIVITY = np.array([4.0, 24, 96, 168]), np.array([142.0, 118, 52, 22])


@given(st.floats(1, 1e5), st.floats(5, 150))
def test_a_mono_exponential_is_exact(start, half_life):
    """Logarithmic body, the first exponential carried back, the last one forward: the whole integral."""
    rate = LN2 / half_life
    found = trapezoid(lutetium(TIMES, start * np.exp(-rate * TIMES)), head="backextrapolate")
    assert found.tia_mbq_h.nominal_value == pytest.approx(start / rate, rel=1e-9)
    assert found.effective_half_life_h.nominal_value == pytest.approx(half_life, rel=1e-9)
    assert found.head.nominal_value == pytest.approx(start / rate * (1 - np.exp(-4 * rate)), rel=1e-9)
    assert found.tail.nominal_value == pytest.approx(start / rate * np.exp(-168 * rate), rel=1e-9)
    assert found.extrapolated_fraction == pytest.approx(np.exp(-168 * rate), rel=1e-9)


@given(st.lists(st.floats(1, 100), min_size=4, max_size=4))
def test_a_linear_body_is_that_of_numpy(measured):
    found = trapezoid(lutetium(TIMES, measured), body="linear")
    assert found.body.nominal_value == pytest.approx(np.trapezoid(measured, TIMES), rel=1e-12)
    assert trapezoid(lutetium(TIMES, measured)).body.nominal_value <= found.body.nominal_value * (1 + 1e-12)


@given(any_curve(min_points=2))
def test_any_data_at_all(curve):
    for body in ("log", "linear"):
        for tail in ("effective", "physical"):
            found = trapezoid(curve, body=body, tail=tail)
            parts = [found.head, found.body, found.tail]
            assert all(part.nominal_value > 0 for part in parts)
            assert all(np.isfinite(part.std_dev) for part in parts)
            assert found.tia_mbq_h.nominal_value == pytest.approx(sum(part.nominal_value for part in parts), rel=1e-12)
            assert 0 < found.extrapolated_fraction < 1
            # no point weighs more than a few times itself, so neither does its uncertainty
            largest = np.max(curve.sigma_mbq / curve.activity_mbq)
            assert found.body.std_dev <= 2 * largest * found.body.nominal_value
    upper = trapezoid(curve, tail="physical").tail.nominal_value
    assert trapezoid(curve, tail="effective").tail.nominal_value <= upper * (1 + 1e-12)


@pytest.mark.parametrize("options", [
    {}, {"body": "linear"}, {"head": "zero"}, {"head": "backextrapolate"}, {"head": "administered"},
    {"tail": "physical"},
])  # fmt: skip
def test_uncertainty_by_monte_carlo(options):
    """Each point enters several parts; their sum must know."""
    sigma = 0.02 * ACTIVITY
    found = trapezoid(lutetium(TIMES, ACTIVITY, sigma, administered_mbq=160), **options)
    random = np.random.default_rng(9)
    drawn = ACTIVITY + sigma * random.standard_normal((4000, 4))
    simulated = [
        trapezoid(lutetium(TIMES, row, sigma, administered_mbq=160), **options).tia_mbq_h.nominal_value
        for row in drawn[:600]
    ]
    assert found.tia_mbq_h.std_dev == pytest.approx(np.std(simulated), rel=0.1)
    apart = np.sqrt(sum(part.std_dev**2 for part in (found.head, found.body, found.tail)))
    assert found.tia_mbq_h.std_dev != pytest.approx(apart, rel=1e-3)


@pytest.mark.parametrize("step", [1e-3, 1e-5, 1e-7, 1e-9, 1e-12, 0])
def test_nearly_level_segments(step):
    """(a - b)/ln(a/b) loses its digits where a and b agree; its derivatives lose them first."""
    found = trapezoid(lutetium([10, 20], [100, 100 * (1 - step)], 1.0))
    assert found.body.nominal_value == pytest.approx(1000, rel=1e-3)
    assert found.body.std_dev == pytest.approx(10 * np.sqrt(0.5), rel=2e-3)


class TestHead:
    def test_kinds(self):
        curve = lutetium(TIMES, ACTIVITY, administered_mbq=200)
        rate = np.log(142 / 118) / 20
        expected = {
            "constant": 142 * 4, "zero": 142 * 2, "backextrapolate": 142 * (np.exp(4 * rate) - 1) / rate,
            "administered": (200 - 142) / np.log(200 / 142) * 4,
        }  # fmt: skip
        for head, value in expected.items():
            assert trapezoid(curve, head=head).head.nominal_value == pytest.approx(value, rel=1e-12)

    def test_an_uncertain_administered_activity(self):
        from uncertainties import ufloat

        curve = lutetium(TIMES, ACTIVITY, 1e-6, administered_mbq=ufloat(200, 20))
        assert trapezoid(curve, head="administered").head.std_dev > 10

    def test_refused(self):
        with pytest.raises(InputError, match=r"head='administered' needs administered_mbq"):
            trapezoid(lutetium(TIMES, ACTIVITY), head="administered")
        with pytest.raises(
            InputError, match=r"needs a falling start.*\(60 MBq\) is not below the first.*use head='zero'"
        ):
            trapezoid(lutetium([4, 24, 96], [50, 60, 20]), head="backextrapolate")


class TestTail:
    def test_physical_is_an_upper_limit(self):
        found = trapezoid(lutetium(TIMES, ACTIVITY), tail="physical")
        assert found.tail.nominal_value == pytest.approx(22 / LAMBDA_LU, rel=1e-12)
        assert found.effective_half_life_h is None
        assert "TAIL_PHYSICAL" in found.flags
        assert "EXTRAPOLATED" in found.flags

    @pytest.mark.parametrize("last", [52 * 0.99, 52, 60])
    def test_a_tail_slower_than_physical_is_not_believed(self, last):
        found = trapezoid(lutetium([4, 24, 96, 110], [142, 118, 52, last]))
        assert found.tail.nominal_value == pytest.approx(last / LAMBDA_LU, rel=1e-12)
        assert "TAIL_PHYSICAL" in found.flags

    def test_mostly_extrapolated(self):
        assert "MOSTLY_EXTRAPOLATED" in trapezoid(lutetium([1, 4], [100, 97])).flags


def test_systematic_enters_once():
    plain, common = (trapezoid(lutetium(TIMES, ACTIVITY, systematic_rel=part)) for part in (0.0, 0.1))
    relative = plain.tia_mbq_h.std_dev / plain.tia_mbq_h.nominal_value
    assert common.tia_mbq_h.std_dev / common.tia_mbq_h.nominal_value == pytest.approx(np.hypot(relative, 0.1), rel=1e-6)
    assert common.tail.std_dev / common.tail.nominal_value > 0.1


@pytest.mark.parametrize(("options", "message"), [
    ({"body": "cubic"}, "body must be one of 'log', 'linear', got 'cubic'"), ({"head": "none"}, "head must be one of"),
    ({"tail": "phys"}, "tail must be one of 'effective', 'physical', got 'phys'"),
])  # fmt: skip
def test_words(options, message):
    with pytest.raises(InputError, match=message):
        trapezoid(lutetium(TIMES, ACTIVITY), **options)


def test_one_point_is_not_enough():
    with pytest.raises(InputError, match=r"needs two points or more, got 1; see mrtlab\.kinetics\.single_point"):
        trapezoid(lutetium([24], [118]))


def test_an_assumed_uncertainty_is_said():
    from mrtlab.kinetics import TimeActivity

    curve = TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177", decay_corrected=False)
    assert trapezoid(curve).flags[0] == "SIGMA_ASSUMED"
