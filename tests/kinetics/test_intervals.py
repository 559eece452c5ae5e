"""Intervals by profile likelihood and bootstrap, against a scan of the likelihood and against each other."""

import numpy as np
import pytest
from curves_for_tests import lutetium
from scipy.optimize import brentq

from mrtlab.errors import Flag, InputError
from mrtlab.kinetics import bootstrap_tia, fit, profile_tia, two_point

TIMES, POINTS = np.array([24.0, 96, 168]), np.array([118.0, 52, 22])


def scanned(times, points, sigma, rise, bracket):
    """End of the interval of a mono-exponential: the amplitude follows from the integral, the rate is scanned."""
    rates = np.log(2) / np.linspace(159.528, 5, 20001)

    def chi_square(tia):
        model = tia * rates[:, None] * np.exp(-rates[:, None] * times)
        return np.min(np.sum(((points - model) / sigma) ** 2, axis=1))

    shapes, target = np.exp(-rates[:, None] * times) / sigma, points / sigma
    least = np.min(target @ target - (shapes @ target) ** 2 / np.sum(shapes**2, axis=1))
    return brentq(lambda tia: chi_square(tia) - least - rise, *bracket)


@pytest.mark.parametrize("cv", [0.05, 0.2])
def test_profile_of_f05_by_a_scan(cv):
    best = fit(lutetium(TIMES, POINTS, cv=cv), "mono")
    found, middle = profile_tia(best), best.tia_mbq_h.n
    for interval, rise in ((found.interval68, 1.0), (found.interval95, 3.841459)):
        for end, far in zip(interval, (0.3, 3.0), strict=True):
            expected = scanned(TIMES, POINTS, cv * POINTS, rise, (middle, far * middle))
            assert end == pytest.approx(expected, rel=2e-5)
    assert Flag.NONLINEAR not in found.flags
    assert found.linear68 == pytest.approx((middle - best.tia_mbq_h.s, middle + best.tia_mbq_h.s))
    assert found.sources[-1] == "kinetics.profile"


def test_where_linear_propagation_fails_it_is_flagged():
    """Six points of two phases (F08): the upper end at 95 % lies a fifth further out than the covariance says."""
    curve = lutetium([1, 4, 24, 48, 96, 168], [139.1, 123.3, 78.6, 56.3, 34.9, 17.3])
    found = profile_tia(fit(curve, "bi"))
    assert Flag.NONLINEAR in found.flags
    assert found.interval95[1] - found.tia_mbq_h > 1.2 * (found.linear95[1] - found.tia_mbq_h)


def test_one_amplitude_is_linear_and_exact():
    """Physical decay alone: the integral is linear in the points, so all methods agree."""
    rate = np.log(2) / 159.528
    best = fit(lutetium(TIMES, 100 * np.exp(-rate * TIMES)), "phys")
    found = profile_tia(best)
    assert found.interval95 == pytest.approx(found.linear95, rel=1e-6)
    assert found.flags == ()


def test_systematic_part_widens_both_ends():
    plain = profile_tia(fit(lutetium(TIMES, POINTS), "mono"))
    wider = profile_tia(fit(lutetium(TIMES, POINTS, systematic_rel=0.1), "mono"))
    for old, new in zip(plain.interval68, wider.interval68, strict=True):
        both = np.hypot(np.log(old / plain.tia_mbq_h), 0.1)
        assert abs(np.log(new / plain.tia_mbq_h)) == pytest.approx(both, rel=1e-6)


def test_bootstrap_agrees_with_the_covariance_where_it_is_linear():
    best = fit(lutetium(TIMES, POINTS, cv=0.02), "mono")
    found = bootstrap_tia(best, n=400, seed=4)
    assert found.samples_mbq_h.std() == pytest.approx(best.tia_mbq_h.s, rel=0.12)  # three standard errors
    assert found.tia_mbq_h == pytest.approx(best.tia_mbq_h.n, abs=0.2 * best.tia_mbq_h.s)
    assert np.array_equal(found.samples_mbq_h, bootstrap_tia(best, n=400, seed=4).samples_mbq_h)


@pytest.mark.parametrize(
    ("change", "words"), [({"n": 50}, "n must be a whole number of 200"), ({"seed": 1.5}, "seed must be a whole")]
)
def test_refusals(change, words):
    with pytest.raises(InputError, match=words):
        bootstrap_tia(fit(lutetium(TIMES, POINTS), "mono"), **change)
    with pytest.raises(InputError, match="fit must be a Fit"):
        profile_tia(two_point(lutetium(TIMES[:2], POINTS[:2])))
