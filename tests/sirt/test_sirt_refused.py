"""What no function of SIRT may accept or pass over."""

from __future__ import annotations

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, PlausibilityWarning, sirt

SHARES, MASSES = [0.38, 0.09, 0.41, 0.12], [210.0, 35.0, 620.0, 780.0]
CUBE = np.ones((3, 3, 3))
LIVER = np.arange(27).reshape(3, 3, 3) < 14
PAIR = {"tumour": 0.5, "normal": 0.5}


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sirt.lung_shunt(21000, 24000, 412000, 285000, delay_h=[1.0, 2.0]), "delay_h"),
        (lambda: sirt.lung_limited_activity(0.08, single_gy=[30.0, 25.0]), "single_gy"),
        (lambda: sirt.lung_limited_activity(0.08, cumulative_gy=[50.0, 40.0]), "cumulative_gy"),
        (lambda: sirt.multi_compartment(1800, 0.5, MASSES, 0.04), "fractions"),
        (lambda: sirt.multi_compartment(1800, None, MASSES, 0.04), "fractions"),
        (lambda: sirt.multi_compartment(1800, SHARES, MASSES, [0.04, 0.05]), "lung_shunt"),
        (lambda: sirt.multi_compartment(1800, SHARES, MASSES, 4.0), "lung_shunt"),
        (lambda: sirt.multi_compartment([1800, 1900], SHARES, MASSES, 0.04), "activity_mbq"),
        (lambda: sirt.multi_compartment(1800, SHARES, MASSES, 0.04, normal=3), "normal"),
        (lambda: sirt.multi_compartment(1800, SHARES, MASSES, 0.04, normal=[3]), "normal"),
        (lambda: sirt.dose_constant(np.array(["icrp107", "ddep"])), "source"),
        (lambda: sirt.dose_limits("glass", ["HCC"], "bilobar"), "tumour"),
        (lambda: sirt.dose_limits("glass", "HCC", None), "scenario"),
        (lambda: sirt.Constraint(205.0, 205.0, "aim"), "compartment"),
        (lambda: sirt.compare(PAIR, PAIR, PAIR, PAIR, tumours=3.0), "tumours"),
        (lambda: sirt.isodose_dice(CUBE, CUBE, level_gy="50"), "level_gy"),
        (lambda: sirt.isodose_dice(CUBE, CUBE, level_gy=ufloat(0.5, 0.1)), "level_gy"),
        (lambda: sirt.isodose_dice(CUBE, CUBE, share=[0.5, 0.4]), "share"),
        (lambda: sirt.relative_calibration(CUBE, LIVER, [1000.0, 1100.0], 0.05), "activity_mbq"),
        (lambda: sirt.relative_calibration(CUBE, LIVER, 1000.0, [0.05, 0.06]), "lung_shunt"),
        (lambda: sirt.relative_calibration(CUBE, LIVER, 1000.0, 0.05, [0.1, 0.2]), "background_per_voxel"),
        (lambda: sirt.extrahepatic_counts(CUBE, LIVER, ~LIVER, 0.1, sigma=ufloat(1, 0.1)), "sigma"),
        (lambda: sirt.extrahepatic_counts(CUBE, LIVER, ~LIVER, ufloat(0.1, 0.01)), "background_per_voxel"),
    ],
)
def test_refused_by_name(call, argument):
    with pytest.raises(InputError, match=argument):
        call()


def test_a_tumour_that_is_misspelt_is_not_passed_over():
    """Its shift would go unnoticed: 0.3 of the activity moved."""
    planned = {"tumour": 0.3, "tumour 2": 0.5, "normal": 0.2}
    delivered = {"tumour": 0.3, "tumour 2": 0.2, "normal": 0.5}
    doses = dict.fromkeys(planned, 100.0)
    with pytest.raises(InputError, match="nothing else"):
        sirt.compare(doses, doses, planned, delivered, tumours=("tumour", "tumor 2"))


def test_lists_serve_as_arrays():
    found = sirt.apparent_shunt(0.05, [0.62, 0.6], [0.31, 0.3])
    assert found == pytest.approx([0.05 * 2 / (0.05 * 2 + 0.95)] * 2)


def test_doses_that_nobody_gives():
    with pytest.warns(PlausibilityWarning, match=r"the dose would be 0\.149 Gy, outside 1 to 1500 Gy"):
        sirt.mean_dose(150, 50_000)
    with pytest.warns(PlausibilityWarning, match=r"the dose would be 4\.98e\+03 Gy"):
        sirt.mean_dose(100_000, 1000)
