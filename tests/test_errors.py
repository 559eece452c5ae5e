"""Errors, flags and the checks of arguments behind every message."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import UFloat, ufloat, unumpy

import mrtlab
from mrtlab import _check
from mrtlab.errors import FitError, Flag, InputError, PhysicsError, PlausibilityWarning


class Column:
    """A column of somebody's table: a sequence by ``__array__`` alone, as pandas and others offer it."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numbers, dtype=dtype)


def test_every_refusal_is_an_input_error_and_a_value_error():
    assert issubclass(InputError, ValueError)
    assert issubclass(PhysicsError, InputError)
    assert issubclass(FitError, InputError)
    assert issubclass(PlausibilityWarning, UserWarning)
    for name in ("InputError", "PhysicsError", "FitError", "PlausibilityWarning"):
        assert getattr(mrtlab, name) is getattr(mrtlab.errors, name)


@pytest.mark.parametrize("flag", Flag)
def test_flags_are_words_with_an_explanation(flag):
    assert flag == flag.value == flag.name
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*[A-Z]", flag)
    assert not flag.startswith(("E_", "W_"))
    assert flag.text.endswith(".")
    assert len(flag.text) > 30
    assert flag not in flag.text, "people read words, not codes"


def sources(root):
    return {path: path.read_text(encoding="utf-8") for path in sorted((root / "mrtlab").rglob("*.py"))}


def test_no_flag_is_dead(root):
    text = "\n".join(text for path, text in sources(root).items() if path.name != "errors.py")
    assert {flag.name for flag in Flag} - set(re.findall(r"\bFlag\.([A-Z0-9_]+)\b", text)) == set()


def test_no_codes_with_a_prefix(root):
    for path, text in sources(root).items():
        assert re.findall(r"['\"][EW]_[A-Z]", text) == [], path


class TestFinite:
    @pytest.mark.parametrize(
        "number", [1, 1.5, np.int8(100), np.float32(2), np.array(3), Fraction(1, 3), Decimal("1.5"), np.uint64(7)]
    )
    def test_any_kind_of_number_becomes_a_float(self, number):
        checked = _check.finite("x", number)
        assert isinstance(checked, float)
        assert checked == pytest.approx(float(number))

    @pytest.mark.parametrize(
        "row", [[1, 2], (1, 2), range(1, 3), np.array([1, 2], dtype=np.int32), Column([1, 2]), [Decimal(1), 2]]
    )
    def test_any_kind_of_row_becomes_a_float_array(self, row):
        checked = _check.finite("x", row)
        assert checked.dtype == float
        assert list(checked) == [1.0, 2.0]

    def test_single_precision_stays_as_it_is(self):
        assert _check.finite("x", np.ones(3, dtype=np.float32)).dtype == np.float32

    def test_ufloats_keep_their_identity(self):
        number = ufloat(5, 1)
        assert _check.finite("x", number) is number
        row = _check.finite("x", [number, ufloat(3, 1)])
        assert row[0] is number
        assert (row[0] - number).std_dev == 0

    def test_nothing_wraps_around(self):
        """5e9 does not fit into the 32-bit integers an image often holds."""
        activity = np.array([30_000_000], dtype=np.int32)
        assert mrtlab.kinetics.haenscheid_tia(activity, np.array([96], dtype=np.int32)) == pytest.approx(
            3e7 * 2 * 96 / np.log(2)
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            None, True, np.True_, "5", b"5", [1, None], ["1", "2"], [True, False], [[1, 2], [3]], 1 + 2j, [1 + 2j],
            np.array(["2027-01-01"], dtype="datetime64[D]"), {1: 2}, {1.0}, object(), iter([1]), [10**400],
            float("nan"), float("inf"), [1, float("-inf")], np.array([[1, np.nan]]), ufloat(float("nan"), 1),
            np.ma.array([1.0, 2.0], mask=[False, True]),
        ],
        ids=lambda wrong: type(wrong).__name__,  # an object's repr differs from process to process
    )  # fmt: skip
    def test_anything_else_is_refused_by_name(self, wrong):
        with pytest.raises(InputError, match=r"^activity_mbq (must|is)"):
            _check.finite("activity_mbq", wrong)

    def test_text_points_to_the_parser(self):
        with pytest.raises(InputError, match=r"'152,5', not a number; .*parse_quantity"):
            _check.finite("x", "152,5")

    def test_the_place_is_named(self):
        with pytest.raises(InputError, match=r"got nan at position 2"):
            _check.finite("x", [1, float("nan")])
        with pytest.raises(InputError, match=r"got -3 at position 3"):
            _check.positive("x", [1, 2, -3])


class TestRanges:
    def test_zero(self):
        assert _check.non_negative("x", 0) == 0
        with pytest.raises(InputError, match=r"x must be above 0, got 0; leave it out"):
            _check.positive("x", 0.0, "leave it out")
        with pytest.raises(InputError, match=r"x must not be negative, got -1"):
            _check.non_negative("x", -1)

    def test_percentages_are_recognised(self):
        assert _check.fraction("uptake", 0.6) == 0.6
        with pytest.raises(InputError, match=r"uptake must lie between 0 and 1, got 60; .*percentage; give 0\.6"):
            _check.fraction("uptake", 60)
        with pytest.raises(InputError, match=r"must lie between 0 and 1, got -0.1$"):
            _check.fraction("uptake", -0.1)

    @pytest.mark.parametrize("wrong", [0.35, 0, -1, 35, 5.1])
    def test_geometric_standard_deviations(self, wrong):
        with pytest.raises(InputError, match=r"gsd must lie between 1 and 5.*for 35 % give 1.35"):
            _check.geometric_sd("gsd", wrong)
        assert _check.geometric_sd("gsd", 1.35) == 1.35

    def test_words(self):
        assert _check.choice("body", "log", ("log", "linear")) == "log"
        with pytest.raises(InputError, match=r"body must be one of 'log', 'linear', got 'cubic'"):
            _check.choice("body", "cubic", ("log", "linear"))


def test_exact_carries_no_uncertainty():
    assert isinstance(_check.exact(3), UFloat)
    assert _check.exact(3).std_dev == 0
    number = ufloat(1, 1)
    assert _check.exact(number) is number


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=5))
def test_exponential_is_the_same_for_every_kind(exponents):
    expected = np.exp(exponents)
    assert _check.exp(np.array(exponents)) == pytest.approx(expected)
    assert _check.exp(exponents[0]) == pytest.approx(expected[0])
    with_u = _check.exp(unumpy.uarray(exponents, 0.01))
    assert unumpy.nominal_values(with_u) == pytest.approx(expected)
    assert unumpy.std_devs(with_u) == pytest.approx(0.01 * expected)
    assert _check.exp(ufloat(exponents[0], 0.01)).std_dev == pytest.approx(0.01 * expected[0])
