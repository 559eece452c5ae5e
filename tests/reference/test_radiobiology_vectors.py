"""Independently computed numbers for radiobiology, and one differential equation."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from mrtlab import FitError
from mrtlab import radiobiology as rb

LN2 = np.log(2)
KIDNEY = {"effective_half_life_h": 52.0, "repair_half_time_h": 2.8}


def g_by_ode(amplitudes, rates, repair_half_time_h):
    """Damage waiting for repair follows y' = R(t) - mu·y, and G·D^2 = 2·integral of R·y."""
    amplitudes, rates, mu = np.array(amplitudes), np.array(rates), LN2 / repair_half_time_h

    def slope(t, state):
        rate = amplitudes @ np.exp(-rates * t)
        return [rate - mu * state[0], 2 * rate * state[0], rate]

    end = 60 / rates.min()
    state = solve_ivp(slope, (0, end), [0, 0, 0], rtol=1e-10, atol=1e-13, method="DOP853").y[:, -1]
    return state[1] / state[2] ** 2


def test_b01_bed_of_one_cycle():
    g = rb.lea_catcheside(**KIDNEY)
    assert g == pytest.approx(0.051094890510948905, rel=1e-12)
    assert rb.bed(5.2, 2.5, g) == pytest.approx(5.752642335766423, rel=1e-12)


def test_b02_uptake_phase():
    rates = [LN2 / 52, LN2 / 2.5]
    g = rb.lea_catcheside_curve([1.0, -1.0], rates, 2.8)
    assert g == pytest.approx(0.049989323380280976, rel=1e-10)
    assert rb.bed(5.2, 2.5, g) == pytest.approx(5.740684521681119, rel=1e-10)
    assert g == pytest.approx(g_by_ode([1.0, -1.0], rates, 2.8), rel=1e-8)


@pytest.mark.parametrize(
    ("amplitudes", "half_lives", "repair"),
    [
        ([1.0], [52.0], 2.8), ([3.0, 1.0], [4.0, 60.0], 1.5), ([2.0, 1.0, -3.0], [10.0, 80.0, 1.0], 0.5),
        ([1.0, 0.4, -1.3], [66.0, 8.0, 0.7], 4.0),
    ],
)  # fmt: skip
def test_g_solves_the_differential_equation_of_repair(amplitudes, half_lives, repair):
    rates = LN2 / np.array(half_lives)
    assert rb.lea_catcheside_curve(amplitudes, rates, repair) == pytest.approx(
        g_by_ode(amplitudes, rates, repair), rel=1e-7
    )


def test_b03_cycles_add_their_bed():
    g = rb.lea_catcheside(**KIDNEY)
    assert rb.bed_total([5.2] * 4, 2.5, g) == pytest.approx(23.010569343065693, rel=1e-12)
    assert rb.bed(20.8, 2.5, g) == pytest.approx(29.642277372262775, rel=1e-12)  # the formula on the sum: wrong


def test_b04_dose_from_bed():
    g = rb.lea_catcheside(**KIDNEY)
    assert rb.dose_from_bed(28.0, 2.5, g) == pytest.approx(19.903509762954354, rel=1e-12)
    assert rb.dose_from_bed(40.0, 2.5, g) == pytest.approx(26.089093328593908, rel=1e-12)


def test_b05_cycles_allowed():
    bed = rb.bed(5.2, 2.5, rb.lea_catcheside(**KIDNEY))
    assert [int(23 // 5.2), int(28 // bed), int(40 // bed)] == [4, 4, 6]


def test_b07_eqd2():
    bed = rb.bed_total([5.2] * 4, 2.5, rb.lea_catcheside(**KIDNEY))
    assert rb.eqd2(bed, 2.5) == pytest.approx(12.783649635036497, rel=1e-12)


def test_b08_equivalent_uniform_doses():
    doses, volumes = [10, 20, 40, 60, 80], [0.1, 0.2, 0.4, 0.2, 0.1]
    assert rb.eud(doses, 0.1, volumes) == pytest.approx(26.351173592489754, rel=1e-12)
    assert rb.geud(doses, -10, volumes) == pytest.approx(12.586793082137804, rel=1e-12)
    assert rb.geud(doses, 8, volumes) == pytest.approx(61.47540367263469, rel=1e-12)
    assert rb.geud(doses, 1, volumes) == pytest.approx(41.0, rel=1e-12)


def test_b09_tumour_control():
    assert rb.tcp_poisson(60.0, 0.3, 5e7) == pytest.approx(0.46696592615737287, rel=1e-12)
    assert rb.tcp_d50(0.3, 5e7) == pytest.approx(60.313488279913614, rel=1e-12)
    assert rb.tcp_poisson(60.313488279913614, 0.3, 5e7) == pytest.approx(0.5, rel=1e-12)


def test_b10_complications():
    assert rb.ntcp_lkb(23.0, 28.0, 0.10) == pytest.approx(0.037072765555703435, rel=1e-12)
    assert rb.log_logistic(23.0, 28.0, 12 / 4) == pytest.approx(0.08623293298756336, rel=1e-12)


def test_b11_repopulation():
    g = rb.lea_catcheside(60.0, 1.5)
    bed = rb.bed_with_repopulation(30.0, 10.0, g, 0.3, 15 * 24.0, 21 * 24.0, 7 * 24.0)
    assert bed == pytest.approx(30.03866405614413, rel=1e-12)


def test_b12_two_repair_half_times():
    g = rb.lea_catcheside_curve([1.0], [LN2 / 52], [0.3, 4.0], [0.5, 0.5])
    assert g == pytest.approx(0.03858235454793772, rel=1e-12)
    assert rb.bed(5.2, 2.5, g) == pytest.approx(5.6173067467904945, rel=1e-12)


DOSES = [12, 15, 18, 20, 22, 25, 28, 30, 33, 36, 38, 42, 45, 50, 55, 60]
OUTCOMES = [0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1]


def test_b13_logistic_regression():
    found = rb.fit_dose_response(DOSES, OUTCOMES)
    assert found.b0.nominal_value == pytest.approx(-5.103262046626548, rel=1e-8)
    assert found.b1.nominal_value == pytest.approx(0.15862976890170968, rel=1e-8)
    assert found.b0.std_dev == pytest.approx(2.477564980545993, rel=1e-6)
    assert found.b1.std_dev == pytest.approx(0.07584702574927411, rel=1e-6)
    assert found.d50_gy.nominal_value == pytest.approx(32.17089756834126, rel=1e-8)
    assert found.d50_gy.std_dev == pytest.approx(4.368675109378081, rel=1e-6)
    assert found.gamma50.nominal_value == pytest.approx(1.275815511656637, rel=1e-8)
    assert found.probability(40.0) == pytest.approx(0.7758995556251291, rel=1e-8)
    assert found.log_likelihood == pytest.approx(-6.572943286853799, rel=1e-9)
    assert found.lr_p_value == pytest.approx(0.0026488467066851, rel=1e-7)
    assert found.auc == 0.890625
    # the reference took 1.96 for the quantile, whose digits end there
    assert found.band(40.0) == pytest.approx((0.3492187646178096, 0.9571531960228759), rel=1e-5)


def test_perfect_separation_is_refused():
    with pytest.raises(FitError, match="firth"):
        rb.fit_dose_response([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1])


# -------------------------------------------------- radioiodine and SIRT specification: other nuclides, other tissues


def test_tv36_bed_of_y90_and_ho166():
    liver = rb.lea_catcheside(64.1, 2.5)
    assert liver == pytest.approx(0.0375375, abs=5e-8)
    assert rb.bed(40.0, 2.5, liver) == pytest.approx(64.0240, abs=5e-5)
    assert rb.bed(50.0, 2.5, liver) == pytest.approx(87.5375, rel=5e-6)
    assert rb.bed(120.0, 10.0, rb.lea_catcheside(64.1, 1.5)) == pytest.approx(152.9268, abs=5e-5)
    assert rb.bed(40.0, 2.5, rb.lea_catcheside(26.8, 2.5)) == pytest.approx(94.6075, abs=5e-5)


def test_tv37_equivalent_uniform_doses():
    doses = [20, 40, 60, 80, 100, 120, 150, 180, 220, 280]
    assert rb.eud(doses, 0.002) == pytest.approx(118.997, abs=5e-4)
    assert rb.eubed(doses, 0.002, 10.0, rb.lea_catcheside(64.1, 1.5)) == pytest.approx(158.776, abs=5e-4)
    assert rb.geud(doses, 1 / 0.97) == pytest.approx(125.783, abs=5e-4)


def test_tv38_complications():
    assert rb.ntcp_lkb(40.0, 52.0, 0.28) == pytest.approx(0.204920, abs=5e-7)
    assert rb.ntcp_lkb(70.0, 52.0 * 0.5**-0.97, 0.28) == pytest.approx(0.131982, abs=5e-7)
    assert rb.log_logistic(205.0, 250.0, 0.9) == pytest.approx(0.328622, abs=5e-7)


def test_band_of_bed_over_the_parameters():
    """4 x 5.75 Gy, effective half-life 52 h: 24.1 to 29.3 Gy over alpha/beta 1.5 to 3.5 Gy and repair 1.5 to 4 h."""
    low, high = rb.bed_range([5.75] * 4, 52.0, (1.5, 3.5), (1.5, 4.0))
    assert (low, high) == pytest.approx((24.1, 29.3), abs=0.05)


def test_external_beam_curve_on_radionuclide_dose():
    """3.7 % at 23 Gy of external beam; 4 x 5.2 Gy of Lu-177 are an EQD2 of 12.8 Gy, with practically none."""
    eqd2 = rb.eqd2(rb.bed_total([5.2] * 4, 2.5, rb.lea_catcheside(**KIDNEY)), 2.5)
    assert rb.ntcp_lkb(eqd2, 28.0, 0.10) < 1e-6
