"""The population factor of a single measurement, against its closed form for exponentials."""

import numpy as np
import pytest
from curves_for_tests import lutetium
from scipy import stats

from mrtlab.errors import Flag, InputError
from mrtlab.kinetics import TimeActivity, fit, select, stp_factor

TIMES = np.array([4.0, 24, 96, 168])
HALF_LIVES = np.array([40.0, 52, 60, 75])


@pytest.fixture
def curves():
    return [lutetium(TIMES, 100 * np.exp2(-TIMES / half)) for half in HALF_LIVES]


def test_exponentials_in_closed_form(curves):
    """TIA / A(t) is exp(lambda t) / lambda, whatever the amplitude."""
    found = stp_factor([fit(item, "mono") for item in curves], 72.0)
    expected = np.exp2(72 / HALF_LIVES) * HALF_LIVES / np.log(2)
    assert found.values_h == pytest.approx(expected, rel=1e-6)
    assert found.factor_h.n == pytest.approx(expected.mean(), rel=1e-6)
    assert found.factor_h.s == pytest.approx(np.std(expected, ddof=1), rel=1e-5)
    logs = np.log(expected)
    # prediction interval of a new observation, by the usual formula with Student's t on 3 degrees of freedom
    reach = 3.182446 * np.sqrt(np.sum((logs - logs.mean()) ** 2) / 3 * 1.25)
    assert found.interval95 == pytest.approx(np.exp([logs.mean() - reach, logs.mean() + reach]), rel=1e-5)
    assert found.flags == ()


def test_curves_fits_and_selections_are_the_same(curves):
    by_curve = stp_factor(curves, 72.0)
    assert by_curve.factor_h.n == stp_factor([select(item) for item in curves], 72.0).factor_h.n


def test_interval_covers_a_new_patient():
    rng = np.random.default_rng(31)
    inside = 0
    for _ in range(60):
        half = 52 * np.exp(0.2 * rng.standard_normal(6))
        fits = [fit(lutetium(TIMES, np.exp2(-TIMES / item)), "mono") for item in half[:5]]
        low, high = stp_factor(fits, 24.0).interval95
        inside += low <= np.exp2(24 / half[5]) * half[5] / np.log(2) <= high
    assert stats.binom.cdf(inside, 60, 0.95) > 0.005


def test_a_new_patient_measured_once(curves):
    factor = stp_factor(curves, 72.0)
    bare, noisy = factor.single_point(50.0), factor.single_point(50.0, sigma_mbq=5.0)
    assert bare.tia_mbq_h.n == pytest.approx(50 * factor.factor_h.n)
    assert bare.interval95 == pytest.approx([50 * end for end in factor.interval95])
    relative = factor.factor_h.s / factor.factor_h.n
    assert noisy.tia_mbq_h.s / noisy.tia_mbq_h.n == pytest.approx(np.hypot(relative, 0.1))
    assert noisy.interval95[0] < bare.interval95[0] < bare.interval95[1] < noisy.interval95[1]
    assert Flag.SIGMA_MISSING in bare.flags
    assert Flag.SIGMA_MISSING not in noisy.flags
    assert Flag.SINGLE_POINT_DEPENDS_ON_PRIOR in noisy.flags


def test_outside_the_points_is_flagged(curves):
    assert stp_factor(curves, 200.0).flags == (Flag.OUTSIDE_SAMPLED_TIMES,)


def test_refusals(curves):
    with pytest.raises(InputError, match="two patients or more"):
        stp_factor(curves[:1], 72.0)
    with pytest.raises(InputError, match="two patients or more"):
        stp_factor(curves[0], 72.0)
    other = TimeActivity([1, 5, 20, 40], [100, 90, 70, 50], nuclide="Y-90", decay_corrected=False, cv=0.05)
    with pytest.raises(InputError, match="several nuclides, Lu-177, Y-90"):
        stp_factor([fit(curves[0], "mono"), fit(other, "mono")], 24.0)
    with pytest.raises(InputError, match=r"curves\[1\] must be"):
        stp_factor([curves[0], 5.0], 24.0)
    with pytest.raises(InputError, match="time_h must be above 0"):
        stp_factor(curves, 0.0)
