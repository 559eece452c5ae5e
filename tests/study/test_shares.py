"""Shares of a budget in whole per cent."""

import pytest

from mrtlab.study import share_percents, shares_text


@pytest.mark.parametrize(
    "shares",
    [
        {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3},
        {"mass": 1.7213, "counts": 0.4338, "sensitivity": 0.3595, "fit": 0.0816, "covariance": -1.5962},
        {"only": 1.0, "nothing": 0.0},
        {"a": 0.996, "b": 0.002, "c": 0.002},
    ],
)
def test_whole_per_cent_add_up_to_100_and_none_is_off_by_one(shares):
    whole = share_percents(shares)
    assert sum(whole.values()) == 100
    for name, share in shares.items():
        assert abs(whole.get(name, 0) - 100 * share) < 1


def test_a_negative_covariance_stands_last_and_is_explained():
    text, why = shares_text({"covariance": -2.0, "mass": 2.5, "counts": 0.5})
    assert text == "mass 250 % + counts 50 % − covariance 200 % = 100 %"
    assert "recovery and mass" in why
    assert shares_text({"mass": 0.5, "counts": 0.5})[1] == ""
