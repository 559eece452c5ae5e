"""The uncertainty chain against worked numbers of other scripts, on two algebraic routes and by Monte Carlo."""

from collections import namedtuple

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from uncertainties import correlated_values

from mrtlab import uncertainty

Recovery = namedtuple("Recovery", "b1_ml b2")
RANDOM = 0.029300049705039855  # three points at 5 %, mono-exponential (F05)
CASES = {
    # volume, outline voxel and FWHM; then u_V, R, phi, u_R, u_C, cov_RC, u_A, u_TIA, cov_TS, u_D, without covariances
    "U01": (
        (20, 0.2, 0.3), 0.176204677, 0.821854980, 0.798781206, 0.036946677, 0.085628844, 0.002553493798,
        0.067010211, 0.073135909, -0.009637019822, 0.12606905062, 0.20068490916,
    ),
    "U02": (
        (20, 0.442, 1.0), 0.558602956, 0.821854980, 0.798781206, 0.097020547, 0.271460023, 0.025662939681,
        0.180769608, 0.183128764, -0.096853283360, 0.37351059505, 0.62011499796,
    ),
    "U03": (
        (150, 0.2, 0.3), 0.090018204, 0.969025417, 0.897202760, 0.007129298, 0.041673097, 0.000110386305,
        0.049665897, 0.057664497, -0.003442633708, 0.06497933602, 0.10643474012,
    ),
    "U04": (
        (3, 0.2, 0.3), 0.331629899, 0.432097628, 0.621319426, 0.183076119, 0.238427713, 0.042658708174,
        0.077118241, 0.082496764, -0.019340906935, 0.27156426130, 0.44468683164,
    ),
}  # fmt: skip
MONTE_CARLO = {
    "U01": (0.12653, 0.78909, 1.28918),
    "U02": (0.39090, 0.53503, 2.14565),
    "U03": (0.06496, 0.88173, 1.13704),
    "U04": (0.27907, 0.62275, 1.74910),
}


@pytest.fixture(scope="module")
def recovery():
    return Recovery(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))


@pytest.mark.parametrize("case", CASES)
def test_every_step_of_the_chain(case, recovery):
    outline, *numbers = CASES[case]
    budget = uncertainty.dose_budget(*outline, 1.0, recovery, 0.03, RANDOM, 0.98)
    found = [
        budget.volume_rel, budget.recovery, budget.edge, budget.recovery_rel, budget.counts_rel,
        budget.covariance_recovery_counts, budget.activity_rel, budget.tia_rel, budget.covariance_tia_s_value,
        budget.total_rel, budget.correlation_neglected_rel,
    ]  # fmt: skip
    assert found == pytest.approx(numbers, rel=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_monte_carlo_agrees(case, recovery):
    samples = uncertainty.dose_monte_carlo(*CASES[case][0], 1.0, recovery, 0.03, RANDOM, 0.98)
    spread, low, high = MONTE_CARLO[case]
    assert samples.values.std() / samples.values.mean() == pytest.approx(spread, rel=0.02)
    assert samples.interval95 == pytest.approx((low, high), rel=0.02)
    assert samples.median == pytest.approx(1, abs=0.005)


def test_linear_budget_and_monte_carlo_agree_where_they_must(recovery):
    arguments = (150, 0.2, 0.3, 1.0, recovery, 0.03, RANDOM, 0.98)
    assert uncertainty.dose_monte_carlo(*arguments).std == pytest.approx(
        uncertainty.dose_budget(*arguments).total_rel, rel=0.02
    )


def test_u07_edge_of_a_blurred_sphere():
    assert uncertainty.edge_value(20.0, 1.0) / 2 == pytest.approx(0.39939060293647033, rel=1e-12)


def test_edge_of_a_blurred_sphere_on_a_grid():
    """The same number from an image: a voxelised sphere, blurred, read at its edge."""
    step, volume_ml, fwhm_cm = 0.05, 4.0, 0.8
    radius = (3 * volume_ml / (4 * np.pi)) ** (1 / 3)
    axis = np.arange(-2.4, 2.4 + step / 2, step)
    distance = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    # soft edge of one voxel, so that the volume is right
    sphere = np.clip((radius - distance) / step + 0.5, 0, 1)
    blurred = gaussian_filter(sphere, fwhm_cm / (2 * np.sqrt(2 * np.log(2))) / step)
    middle = len(axis) // 2
    edge = np.interp(radius, axis[middle:], blurred[middle, middle, middle:])
    assert uncertainty.edge_value(volume_ml, fwhm_cm) / 2 == pytest.approx(edge, rel=0.01)
