"""What planning and protection must not accept or pass over."""

from __future__ import annotations

import math

import pytest
from uncertainties import ufloat

from mrtlab import InputError, planning, protection

PARTS = {"mass": 0.15, "uptake": 0.07}
KIDNEY = {"kidneys": planning.TissueDose(0.001, 1.3)}
CRITERION = protection.ReleaseCriterion("Nowhere", "activity_mbq", 400.0, "made up", status="illustrative")


def test_a_verdict_needs_something_that_is_not_shared():
    """A plan and a measurement that share all their uncertainty; rounding leaves some 1e-9 of it."""
    with pytest.raises(InputError, match="nothing is left"):
        planning.verify(ufloat(100, 10), planning.expected_range(120, math.exp(0.1)), 0.1)


@pytest.mark.parametrize("names", [3.0, True, ufloat(1, 0.1), [1.0], object()])
def test_names_of_components(names):
    with pytest.raises(InputError, match="names must be names of components, mass, uptake"):
        planning.relative_uncertainty(PARTS, names)


@pytest.mark.parametrize("bad", [3.0, "kidneys", ["kidneys"], True])
def test_tissues_and_limits_by_name(bad):
    with pytest.raises(InputError, match="tissues must be a mapping"):
        planning.activity_options([1000], bad)
    with pytest.raises(InputError, match="limits must be a mapping"):
        planning.activity_options([1000], KIDNEY, bad)


def test_one_number_for_a_tissue():
    with pytest.raises(InputError, match="must be a TissueDose"):
        planning.activity_options([1000], {"kidneys": 0.001})
    with pytest.raises(InputError, match="previous_gy must be one plain number"):
        planning.activity_options([1000], {"kidneys": planning.TissueDose(0.001, 1.3, [1.0, 2.0])})
    with pytest.raises(InputError, match=r"limits\['kidneys'\] must be one plain number"):
        planning.activity_options([1000], KIDNEY, {"kidneys": [23.0, 28.0]})


@pytest.mark.parametrize("criteria", [3.0, None, ["400 MBq"], "US"])
def test_criteria_of_release(criteria):
    with pytest.raises(InputError, match="criteria must be ReleaseCriterion objects"):
        protection.check_release(criteria, "Nowhere", activity_mbq=300)


def test_country_by_name():
    with pytest.raises(InputError, match="country must be a name"):
        protection.check_release([CRITERION], ["Nowhere"], activity_mbq=300)


def test_centimetres():
    with pytest.raises(InputError, match=r"distance_m is 100 m: cm instead of m\? Then give 1"):
        protection.dose_rate(600, 100)
