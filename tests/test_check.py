"""Checks of arguments that every method uses: what has no answer is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, _check, _numbers


@pytest.mark.parametrize("spread", [np.nan, np.inf])
def test_an_uncertainty_must_be_finite(spread):
    value = ufloat(1.0, 0.1)
    value.std_dev = spread
    with pytest.raises(InputError, match="dose_gy has no finite uncertainty"):
        _check.finite("dose_gy", value)
    with pytest.raises(InputError, match="dose_gy has no finite uncertainty"):
        _check.finite("dose_gy", [ufloat(2.0, 0.1), value])


@pytest.mark.parametrize("check", [_check.positive, _check.fraction])
def test_an_empty_row_is_refused(check):
    with pytest.raises(InputError, match="masses_g is empty"):
        check("masses_g", [])


@pytest.mark.parametrize("value", [None, 3, ["glass"], np.array(["glass", "resin"])])
def test_a_choice_is_a_word(value):
    with pytest.raises(InputError, match="device must be one of 'glass'"):
        _check.choice("device", value, ("glass", "resin"))


def test_rows_of_different_lengths_are_no_numbers():
    with pytest.raises(InputError, match="times_h must be a row of numbers"):
        _numbers.row("times_h", [[1, 2], [3]])
    with pytest.raises(InputError, match="mass_g must be one plain number"):
        _numbers.single("mass_g", [[1, 2], [3]])
