"""What people type, and what a page shows. Inside the package units live in the names; only here are they words."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache

from uncertainties import UFloat, ufloat

from mrtlab.errors import InputError

__all__ = ["format_interval", "format_quantity", "parse_number", "parse_quantity", "parse_uncertain"]

# A registry of our own: activity is a dimension, so "5 Hz" or "3 rpm" never passes for an activity,
# and it loads in a hundredth of the time of the full list.
_DEFINITIONS = """
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
milli- = 1e-3 = m-
micro- = 1e-6 = µ- = u- = μ-
centi- = 1e-2 = c-
hour = [time] = h
minute = hour / 60 = min
second = hour / 3600 = s
day = 24 * hour = d
becquerel = [activity] = Bq
curie = 3.7e10 * becquerel = Ci
gram = [mass] = g
meter = [length] = m
liter = 1000 * centimeter ** 3 = l = L
gray = [absorbed_dose] = Gy
electronvolt = [energy] = eV
count = [counts] = counts
counts_per_second = count / second = cps
fraction = []
percent = 0.01 = pct
"""
# what each kind of quantity is called in messages
_KINDS = {
    "[time]": "a time",
    "[activity]": "an activity",
    "[mass]": "a mass",
    "[length]": "a length",
    "[length] ** 3": "a volume",
    "[absorbed_dose]": "an absorbed dose",
    "[energy]": "an energy",
    "[activity] * [time]": "a time-integrated activity",
    "[counts] / [time]": "a count rate",
    "dimensionless": "a plain number",
}
_SPACES = " \u00a0\u2007\u2008\u2009\u200a\u202f"  # plain, no-break, figure and thin; a tab parts two cells
_NUMBER = re.compile(rf"([+\-−]?)([\d.,'’{_SPACES}]*\d[\d.,'’{_SPACES}]*)(?:[eE]([+\-−]?\d+))?")


def parse_number(text: str) -> float:
    """Read a typed number with a decimal point or a decimal comma.

    One separator is the decimal sign: ``"152,5"`` and ``"152.5"`` are the same. Spaces, thin ones too, may group
    thousands. Whatever can be read in two ways is refused.

    Raises
    ------
    InputError
        With what was typed and how to type it.
    """
    number, rest = _split(text)
    if rest:
        raise InputError(f"{text!r} has {rest!r} after the number; give a number alone")
    return number


def parse_quantity(text: str, unit: str) -> float:
    """Read a typed quantity and return it in ``unit``.

    Parameters
    ----------
    text : str
        ``"152,5"`` is 152.5 in ``unit``; ``"7,4 GBq"`` is converted.
    unit : str
        The unit of the result, for example ``"MBq"``, ``"g"``, ``"MBq·h"``; ``""`` for plain numbers.

    Raises
    ------
    InputError
        For an empty field, ``"1.234,5"`` and other ambiguous numbers, unknown units, and units of another kind.

    Examples
    --------
    >>> parse_quantity("7,4 GBq", "MBq")
    7400.0
    """
    number, typed = _split(text)
    if not typed:
        return number
    wanted = _unit(unit or "fraction", unit)
    found = _unit(typed, text)
    if found.dimensionality != wanted.dimensionality and "%" in typed:
        raise InputError(f"{text.strip()!r} is a percentage; {_kind(wanted)} in {unit} is needed here, not per cent")
    if found.dimensionality != wanted.dimensionality:
        raise InputError(
            f"{text.strip()!r} is {_kind(found)}; {_kind(wanted)}" + (f" in {unit}" if unit else "") + " is needed here"
        )
    return float(_registry().Quantity(number, found).to(wanted).magnitude)


def parse_uncertain(text: str, unit: str):
    """Read a typed quantity with or without its standard uncertainty and return it in ``unit``.

    ``"250,6 ± 8,5 g"``, ``"250.6 +/- 8.5 g"`` and ``"(250.6 ± 8.5) g"`` are the same; a unit after the uncertainty
    alone is that of both.

    Returns
    -------
    ufloat, or float where no uncertainty was typed

    Raises
    ------
    InputError
        As :func:`parse_quantity`; also for an uncertainty that is not above 0.
    """
    if not isinstance(text, str):
        raise InputError(f"expected typed text, got {text!r}")
    bracket = re.fullmatch(r"\s*\(([^()]*)\)(.*)", text)
    parts = re.split(r"±|\+/-|\+-", f"{bracket[1]} {bracket[2]}" if bracket else text)
    if len(parts) == 1:
        return parse_quantity(text, unit)
    if len(parts) > 2:
        raise InputError(f"{text!r} has more than one ±; type one value and one uncertainty")
    spread_typed = _split(parts[1])[1]
    value_typed = parts[0] if _split(parts[0])[1] else f"{parts[0]} {spread_typed}"
    spread = parse_quantity(parts[1], unit)
    if spread <= 0:
        raise InputError(f"the uncertainty in {text!r} must be above 0; leave it out if it is not known")
    return ufloat(parse_quantity(value_typed, unit), spread)


def format_quantity(value, unit: str = "") -> str:
    """Write a value for people, rounded to two significant figures of its uncertainty.

    Parameters
    ----------
    value : float or ufloat
        Without an uncertainty four significant figures are given.
    unit : str
        Appended as it is.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> format_quantity(ufloat(13473.95, 394.79), "MBq·h")
    '13470 ± 390 MBq·h'
    """
    suffix = f" {unit}" if unit else ""
    if not isinstance(value, UFloat):
        number = float(value)
        if not math.isfinite(number):
            raise InputError(f"value must be finite, got {number}")
        return _rounded(number, _last_place(number, 4)) + suffix
    number, spread = value.nominal_value, value.std_dev
    if not (math.isfinite(number) and math.isfinite(spread)):
        raise InputError(f"value must be finite, got {number} ± {spread}")
    if spread == 0:
        return _rounded(number, _last_place(number, 4)) + " (exact)" + suffix
    place = _last_place(spread, 2)
    return f"{_rounded(number, place)} ± {_rounded(spread, place)}{suffix}"


def format_interval(low: float, high: float, unit: str = "") -> str:
    """Write the ends of a 95 % interval, rounded as its standard uncertainty would be.

    Examples
    --------
    >>> format_interval(2.3866, 2.8223, "Gy")
    '2.39 to 2.82 Gy'
    """
    low, high = float(low), float(high)
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise InputError(f"an interval needs two finite ends in order, got {low} and {high}")
    place = _last_place((high - low) / 4, 2) if high > low else _last_place(high, 4)
    return f"{_rounded(low, place)} to {_rounded(high, place)}" + (f" {unit}" if unit else "")


def _split(text: str) -> tuple[float, str]:
    """The number at the start and the unit after it."""
    if not isinstance(text, str):
        raise InputError(f"expected typed text, got {text!r}")
    stripped = text.strip()
    if not stripped:
        raise InputError("nothing was entered; type a number")
    match = _NUMBER.match(stripped)
    if not match:
        raise InputError(f"{text!r} does not start with a number")
    sign, digits, exponent = match.groups()
    rest = stripped[match.end() :].strip()
    number = float(_decimal(digits.strip(), text) + (f"e{exponent.replace('−', '-')}" if exponent else ""))
    if not math.isfinite(number):
        raise InputError(f"{text!r} is too large for a number")
    return (-number if sign in ("-", "−") else number), rest


def _decimal(digits: str, text: str) -> str:
    """Digits with a decimal point and nothing else, or an error that says what was ambiguous."""
    if "'" in digits or "’" in digits:
        raise InputError(f"{text!r} has an apostrophe; type the digits without one, for example 1234.5")
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:
        raise InputError(
            f"{text!r} has both a point and a comma, so it could mean two numbers; type thousands without a "
            "separator, for example 1234,5"
        )
    if len(marks) > 1:
        raise InputError(f"{text!r} has more than one {marks[0]!r}; type one number with one decimal sign")
    whole, _, part = digits.replace(",", ".").partition(".")
    if marks and not part.strip():
        raise InputError(f"{text!r} ends with its decimal sign; was something left out?")
    if re.search(rf"[{_SPACES}]", part) or not re.fullmatch(rf"\d*|\d{{1,3}}([{_SPACES}]\d{{3}})+", whole):
        raise InputError(f"{text!r} has a space inside that does not group thousands; type one number")
    whole = re.sub(rf"[{_SPACES}]", "", whole) or "0"
    return f"{whole}.{part}" if part else whole


@cache
def _registry():
    import pint  # imported late: most sessions never type a unit

    return pint.UnitRegistry(_DEFINITIONS.strip().splitlines(), autoconvert_offset_to_baseunit=False)


_SLIPS = {"mBq": "MBq", "Mg": "mg", "ML": "mL", "MGy": "mGy"}  # units nobody means here, and what was meant


def _unit(name: str, text: str):
    """A pint unit, or an error that lists what can be typed."""
    for slip, meant in _SLIPS.items():
        if slip in re.split(r"[^A-Za-z]+", name):
            raise InputError(f"{text!r} is in {slip}; capitals matter in units, did you mean {meant}?")
    plain = re.sub(r"[·×⋅]", "*", name.strip()).replace("%", "percent").replace("³", "**3").replace("²", "**2")
    try:
        if re.search(r"\d", plain.replace("**3", "").replace("**2", "")) or not plain:
            raise ValueError
        return _registry().Unit(plain)
    except Exception:  # pint raises many kinds; the learner needs one sentence
        raise InputError(
            f"the unit {name!r} in {text!r} is not known; MBq, GBq, mCi, h, d, min, g, kg, mL, Gy, MBq·h are"
        ) from None


def _kind(unit) -> str:
    return _KINDS.get(str(unit.dimensionality), f"a quantity in {unit:~}")


def _last_place(number: float, figures: int) -> int:
    """Power of ten of the last of so many significant figures, after rounding."""
    if number == 0:
        return 0
    mantissa = f"{abs(number):.{figures - 1}e}"
    return int(mantissa.split("e")[1]) - figures + 1


def _rounded(number: float, place: int) -> str:
    """Decimal notation rounded at 10**place; powers of ten only beyond what people read as digits."""
    if number:
        place = max(place, _last_place(number, 15))  # a float holds no more figures
    if place > 6 or place < -9:
        digits = 3 if number == 0 else max(int(f"{abs(number):e}".split("e")[1]) - place, 0)
        return f"{number:.{digits}e}"
    quantum = Decimal(1).scaleb(place)
    text = f"{Decimal(repr(float(number))).quantize(quantum):f}"
    return re.sub(r"^-(0(\.0+)?)$", r"\1", text)
