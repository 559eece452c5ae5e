"""What people type, in a hospital where the comma is the decimal sign."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab.errors import InputError
from mrtlab.units import format_quantity, parse_number, parse_quantity, parse_uncertain


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("152,5", "MBq", 152.5), ("152.5", "MBq", 152.5), ("7,4 GBq", "MBq", 7400), ("7.4GBq", "MBq", 7400),
        ("200 mCi", "MBq", 7400), ("5 µCi", "MBq", 0.185), ("5 μCi", "MBq", 0.185), ("1 234 567", "MBq", 1234567),
        ("1\u202f234,5", "MBq", 1234.5), ("1\u00a0234,5", "MBq", 1234.5), ("  12 ", "g", 12), (",5", "g", 0.5),
        (".5", "g", 0.5), ("−5", "h", -5), ("-5", "h", -5), ("+5", "h", 5), ("7,4e3 MBq", "MBq", 7400),
        ("1,5E-3", "g", 0.0015), ("0,31 kg", "g", 310), ("3 d", "h", 72), ("3 days", "h", 72), ("90 min", "h", 1.5),
        ("2300 cGy", "Gy", 23), ("60 %", "", 0.6), ("60 %", "%", 60), ("0,6", "", 0.6), ("5 cm³", "mL", 5),
        ("0,25 l", "mL", 250), ("13,5 GBq·h", "MBq·h", 13500), ("13.5 GBq*h", "MBq·h", 13500), ("2 kcps", "cps", 2000),
        ("208 keV", "MeV", 0.208), ("1.000", "MBq", 1.0), ("1,234", "MBq", 1.234),
    ],
)  # fmt: skip
def test_understood(text, unit, number):
    assert parse_quantity(text, unit) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing was entered"), ("   ", "nothing was entered"), ("1.234,5", "both a point and a comma"),
        ("1,234.5", "both a point and a comma"), ("1.234.567", "more than one '.'"), ("1,2,3", "more than one ','"),
        ("12 34", "space inside"), ("1234 567", "space inside"), ("7 4 GBq", "space inside"), ("5,", "decimal sign"),
        ("1'234", "apostrophe"), ("1’234", "apostrophe"), ("1\t234", "'234'"), ("12\t34,5", "'34,5'"),
        ("GBq", "does not start with a number"), (".", "does not start with a number"), ("nan", "start with a number"),
        ("inf", "start with a number"), ("--5", "start with a number"), ("1e400", "too large"), ("1_000", "not known"),
        ("0x10", "not known"), ("5 Hz", "'Hz' in '5 Hz' is not known"), ("5 rpm", "not known"), ("5 Sv", "not known"),
        ("5 gbq", "not known"), ("5 GBq 3", "not known"), ("7;4", "not known"), ("12:30", "not known"),
        ("5 s", "'5 s' is a time; an activity in MBq is needed here"), ("5 g", "is a mass; an activity"),
        ("5 GBq h", "is a time-integrated activity; an activity"), ("5 %", "is a percentage; an activity"),
        ("5 Gy", "is an absorbed dose; an activity"), ("5 GBq/mL", "an activity in MBq is needed"),
    ],
)  # fmt: skip
def test_refused_with_the_reason(text, reason):
    with pytest.raises(InputError) as refused:
        parse_quantity(text, "MBq")
    assert reason in str(refused.value)


def test_only_text_is_parsed():
    for wrong in (5, 5.0, None, b"5"):
        with pytest.raises(InputError, match=r"expected typed text"):
            parse_quantity(wrong, "MBq")


def test_a_plain_number_has_no_unit():
    assert parse_number("1 234,5") == 1234.5
    with pytest.raises(InputError, match=r"has 'GBq' after the number"):
        parse_number("7,4 GBq")


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)


@given(NUMBERS)
def test_comma_and_point_are_the_same(number):
    text = f"{number:f}"
    assert parse_number(text) == parse_number(text.replace(".", ",")) == pytest.approx(float(number), rel=1e-15)


@given(NUMBERS, st.sampled_from(" \u00a0\u2009\u202f"))
def test_grouped_thousands(number, space):
    grouped = f"{number:,.3f}".replace(",", space)
    assert parse_number(grouped) == parse_number(grouped.replace(".", ",")) == float(number)


@given(st.floats(1e-6, 1e9), st.sampled_from([("GBq", 1000), ("kBq", 1e-3), ("Bq", 1e-6), ("mCi", 37), ("MBq", 1)]))
def test_units_there_and_back(number, unit):
    name, factor = unit
    megabecquerels = parse_quantity(f"{number!r} {name}", "MBq")
    assert megabecquerels == pytest.approx(number * factor, rel=1e-12)
    assert parse_quantity(f"{megabecquerels!r} MBq", name) == pytest.approx(number, rel=1e-12)


@given(st.text(alphabet="0123456789.,'’ \t\u202feE+-−±%()/*^·MGkmBqChgdsµ", max_size=12))
def test_any_text_gives_a_finite_number_or_a_refusal(text):
    for parse in (parse_number, lambda typed: parse_quantity(typed, "MBq")):
        try:
            number = parse(text)
        except InputError:
            continue
        assert math.isfinite(number)


@given(st.text(alphabet="123.,", min_size=1, max_size=9))
def test_two_separators_never_load(text):
    assume(len([mark for mark in text if mark in ".,"]) > 1)
    with pytest.raises(InputError):
        parse_number(text)


class TestUncertain:
    @pytest.mark.parametrize(
        ("text", "value", "spread"),
        [
            ("250,6 ± 8,5 g", 250.6, 8.5), ("250.6 +/- 8.5 g", 250.6, 8.5), ("(250.6 ± 8.5) g", 250.6, 8.5),
            ("0,2506 kg ± 8,5 g", 250.6, 8.5), ("0,2506±0,0085 kg", 250.6, 8.5), ("250,6 ± 8,5", 250.6, 8.5),
        ],
    )  # fmt: skip
    def test_understood(self, text, value, spread):
        read = parse_uncertain(text, "g")
        assert (read.nominal_value, read.std_dev) == pytest.approx((value, spread), rel=1e-12)

    def test_without_an_uncertainty_a_float(self):
        assert parse_uncertain("0,25 kg", "g") == 250.0
        assert isinstance(parse_uncertain("0,25 kg", "g"), float)

    @pytest.mark.parametrize("text", ["250 ± 0", "250 ± -8 g", "250 ±", "± 8", "1 ± 2 ± 3", "250 g ± 5 %", "5 ± 1 MBq"])
    def test_refused(self, text):
        with pytest.raises(InputError):
            parse_uncertain(text, "g")


class TestFormat:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (ufloat(13473.95, 394.79), "13470 ± 390 MBq·h"), (ufloat(0.0996, 0.0099999), "0.100 ± 0.010 MBq·h"),
            (ufloat(5, 0.95), "5.00 ± 0.95 MBq·h"), (ufloat(3, 1000), "0 ± 1000 MBq·h"),
            (ufloat(-3, 1000), "0 ± 1000 MBq·h"), (ufloat(2.6646, 0.1811), "2.66 ± 0.18 MBq·h"),
            (ufloat(1e-30, 1e-32), "1.000e-30 ± 1.0e-32 MBq·h"), (13473.95, "13470 MBq·h"), (0, "0 MBq·h"),
            (-0.0, "0 MBq·h"), (0.99999, "1.000 MBq·h"), (1e-300, "1.000e-300 MBq·h"),
        ],
    )  # fmt: skip
    def test_two_figures_of_the_uncertainty(self, value, text):
        assert format_quantity(value, "MBq·h") == text

    @pytest.mark.filterwarnings("ignore:Using UFloat objects with std_dev==0")
    def test_no_uncertainty_is_said(self):
        assert format_quantity(ufloat(5, 0), "g") == "5.000 (exact) g"

    @pytest.mark.parametrize("wrong", [float("nan"), float("inf"), ufloat(1, float("nan")), ufloat(1, float("inf"))])
    def test_what_is_no_number_is_not_written(self, wrong):
        with pytest.raises(InputError, match=r"value must be finite"):
            format_quantity(wrong)

    @given(st.floats(-1e9, 1e9), st.floats(1e-9, 1e9))
    def test_read_back(self, value, spread):
        text = format_quantity(ufloat(value, spread), "g")
        read = parse_uncertain(text.replace(".", ","), "g")
        assert read.std_dev == pytest.approx(spread, rel=0.0501)
        assert abs(read.nominal_value - value) <= max(0.0501 * spread, 1e-14 * abs(value))

    @given(st.floats(-1e300, 1e300).filter(lambda number: number == 0 or abs(number) > 1e-300))
    def test_four_figures_without(self, number):
        assert parse_number(format_quantity(number)) == pytest.approx(number, rel=5.1e-4)

    @given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
    def test_nothing_is_too_large_or_too_small(self, value, spread):
        assert len(format_quantity(ufloat(value, spread))) < 60


@pytest.mark.parametrize(
    ("typed", "unit", "meant"), [("7400 mBq", "MBq", "MBq"), ("5 Mg", "g", "mg"), ("2 ML", "mL", "mL")]
)
def test_capitals_that_nobody_means_are_refused(typed, unit, meant):
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        parse_quantity(typed, unit)
