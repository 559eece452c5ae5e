"""The test of runs of one sign: tabulated critical values, and every order of the signs counted."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from curves_for_tests import lutetium

from mrtlab.errors import Flag
from mrtlab.kinetics import fit
from mrtlab.kinetics.runs import runs_p


def runs(signs):
    return 1 + sum(a != b for a, b in pairwise(signs))


@pytest.mark.parametrize("signs", ["++--", "+++---+", "+-+-+-", "--+++++", "+----++-"])
def test_by_counting_every_order(signs):
    orders = set(permutations(signs))
    expected = sum(runs(order) <= runs(signs) for order in orders) / len(orders)
    assert runs_p(np.array([1.0 if sign == "+" else -1.0 for sign in signs])) == pytest.approx(expected)


def test_five_and_five_in_two_runs():
    """2 of the 252 orders."""
    assert runs_p(np.repeat([1.0, -1.0], 5)) == pytest.approx(2 / 252)


def test_no_sign_at_rounding_level_or_on_one_side():
    assert runs_p(np.array([1e-9, 1e-9, -1e-9, -1e-9])) == 1
    assert runs_p(np.array([1.0, 2.0, 0.5])) == 1


def test_a_fit_of_the_wrong_shape_is_flagged_before_chi_square_sees_it():
    times = np.array([1, 3, 6, 12, 24, 36, 48, 72, 96, 120, 144, 168.0])
    truth = 60 * np.exp2(-times / 8) + 60 * np.exp2(-times / 60)
    wrong = fit(lutetium(times, truth, 0.2 * truth), "mono")
    assert wrong.p_value > 0.01
    assert Flag.RESIDUAL_RUNS in wrong.flags
    assert Flag.RESIDUAL_RUNS not in fit(lutetium(times, truth, 0.2 * truth), "bi").flags
