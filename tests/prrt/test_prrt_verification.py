"""A cycle against its expected range."""

import math

import pytest
from uncertainties import ufloat

from mrtlab import InputError, prrt
from mrtlab.planning import TissueDose


def test_first_cycle_is_compared_with_the_population():
    found = prrt.verify_cycle(ufloat(3.66, 0.366), 7400)
    assert found.expected.median_gy == pytest.approx(4.44)
    low, high = found.expected.interval95_gy
    assert (low, high) == pytest.approx((2.30, 8.59), abs=0.01)  # vector P-1
    assert found.shared_rel == 0
    assert found.verdict.z == pytest.approx(math.log(3.66 / 4.44) / math.hypot(0.1, math.log(1.4)))


def test_prediction_is_that_of_the_next_activity():
    options = {"random_rel": 0.05, "systematic_rel": 0.08, "variation_rel": 0.04}
    doses, given = [4.6, 5.4, 6.1], [7400] * 3
    for rule in prrt.RULES:
        alone = prrt.predicted_per_activity(doses, given, rule=rule, **options)
        whole = prrt.next_activity(doses, given, 40.0, rule=rule, **options).gy_per_mbq
        assert (alone.n, alone.s) == pytest.approx((whole.n, whole.s))


def test_what_cycles_share_is_no_reason_to_differ():
    """With hardly any prior, u of the difference is that of the random parts alone."""
    loose = TissueDose(0.0006, 5.0)
    first, second = prrt.cycle_doses([5.0, 6.0], 0.03, 0.10)
    found = prrt.verify_cycle(second, 7400, [first], [7400], prior=loose)
    assert found.shared_rel == pytest.approx(0.10, rel=1e-2)
    assert found.verdict.z == pytest.approx(math.log(1.2) / (0.03 * 2**0.5), rel=1e-2)
    assert not found.verdict.within
    apart = prrt.verify_cycle(ufloat(6.0, 0.63), 7400, [ufloat(5.0, 0.52)], [7400], prior=loose)
    assert apart.shared_rel == 0
    assert apart.verdict.within


def test_range_of_all_cycles_holds_what_is_not_known_of_those_given():
    """Common error alone: the sum is as uncertain as each, not less (vector P-4 without its random part)."""
    doses = prrt.cycle_doses([4.6, 5.4, 6.1], 0.0, 0.08)
    found = prrt.total_range(7400, doses, [7400] * 3, rule="last")
    assert found.median_gy == pytest.approx(4.6 + 5.4 + 6.1 + 6.1)
    assert math.log(found.gsd) == pytest.approx(0.08, rel=1e-6)
    of_next = prrt.next_activity(doses, [7400] * 3, 30.0, rule="last", maximum_mbq=7400)
    assert (found.median_gy, found.median_gy * math.log(found.gsd)) == pytest.approx(
        (of_next.total_gy.n, of_next.total_gy.s)
    )
    bed = prrt.total_range(7400, doses, [7400] * 3, rule="last", quantity="BED", effective_half_life_h=52.0)
    g = 2.8 / (2.8 + 52)
    assert bed.median_gy == pytest.approx(sum(gy * (1 + g * gy / 2.5) for gy in (4.6, 5.4, 6.1, 6.1)))
    with pytest.raises(InputError, match="kidney_options"):
        prrt.total_range(7400, [], [])


def test_refusals():
    with pytest.raises(InputError, match="uncertainty"):
        prrt.verify_cycle(5.0, 7400)
    with pytest.raises(InputError, match="rests on cycles"):
        prrt.verify_cycle(ufloat(5, 0.5), 7400, rule="mean")
    with pytest.raises(InputError, match="does not use one"):
        prrt.predicted_per_activity([5.0], [7400], rule="last", prior=TissueDose(0.0006, 1.4))
