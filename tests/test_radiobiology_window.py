"""The therapeutic window with uncertain parameters."""

import numpy as np
import pytest
from scipy.stats import norm

from mrtlab import InputError, radiobiology
from mrtlab.radiobiology.window import CURVES, parameter_source, therapeutic_window, window_parameters


@pytest.mark.parametrize("curves", CURVES)
def test_uncertain_dose_scales_widen_the_band(curves):
    narrow, wide = (therapeutic_window([23.0], 3.0, curves, spread).tcp for spread in (0.0, 0.3))
    assert wide.high[0] - wide.low[0] > 1.2 * (narrow.high[0] - narrow.low[0])


def test_lkb_band_against_draws_made_here():
    found = therapeutic_window([40.0], 3.0, "poisson-lkb", 0.2, n=200_000)
    parameters = window_parameters("poisson-lkb", 0.2)
    td50, m = parameters["td50_gy"], parameters["m"]
    z = norm.rvs(size=(2, 400_000), random_state=5)
    samples = norm.cdf(
        (found.kidney_eqd2_gy[0] / (td50.median * np.exp(td50.log_sd * z[0])) - 1)
        / (m.median * np.exp(m.log_sd * z[1]))
    )
    assert (found.ntcp.low[0], found.ntcp.high[0]) == pytest.approx(
        tuple(np.quantile(samples, [0.025, 0.975])), abs=0.01
    )


def test_middle_is_the_curve_at_the_medians_with_the_kidney_in_eqd2():
    found = therapeutic_window([23.0, 40.0], 2.0)
    bed = 4 * (10.0 * (1 + 10.0 / 2.5 * 2.8 / (2.8 + 51)))
    eqd2 = bed / (1 + 2 / 2.5)
    assert found.kidney_eqd2_gy[1] == pytest.approx(eqd2)
    assert found.ntcp.middle[1] == pytest.approx(norm.cdf((eqd2 - 28) / 2.8))
    tumour_bed = 4 * (20.0 * (1 + 20.0 / 10 * 1.5 / (1.5 + 77)))
    assert found.tcp.middle[1] == pytest.approx(np.exp(-1e8 * np.exp(-0.3 * tumour_bed)))
    assert found.window.middle == pytest.approx(found.tcp.middle - found.ntcp.middle)


def test_nothing_is_left_where_control_and_complication_are_certain():
    found = therapeutic_window([80.0], 3.0)
    assert found.window.low[0] == pytest.approx(0, abs=1e-3)
    assert found.window.high[0] == pytest.approx(0, abs=1e-3)


def test_both_slopes_of_the_kidney_curve_are_the_same():
    near = [therapeutic_window([40.0, 40.4], 3.0, curves, 0.0).ntcp.middle for curves in CURVES]
    at_half = [28.0 - 0.05, 28.0 + 0.05]
    lkb = np.diff([float(radiobiology.ntcp_lkb(dose, 28.0, 0.10)) for dose in at_half])
    logistic = np.diff(
        [
            float(radiobiology.ntcp_logistic(dose, 28.0, window_parameters("logistic", 0.0)["kidney_gamma50"].median))
            for dose in at_half
        ]
    )
    assert logistic == pytest.approx(lkb, rel=1e-3)
    assert near[0] == pytest.approx(near[1], abs=0.02)


@pytest.mark.parametrize(
    "wrong",
    [{"tumour_per_kidney": 0}, {"curves": "lkb"}, {"relative_sd": 20}, {"kidney_gy": [-1.0]}, {"n": 10}],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InputError):
        therapeutic_window(**{"kidney_gy": [23.0], "tumour_per_kidney": 3.0} | wrong)


@pytest.mark.parametrize("curves", CURVES)
def test_every_parameter_says_how_certain_it_is(curves):
    for name in window_parameters(curves, 0.2):
        assert parameter_source(name).status in ("recalled", "illustrative")
