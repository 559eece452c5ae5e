"""Numbers in files. Stricter than typed numbers: nobody is there to see how a cell was understood."""

from __future__ import annotations

import math
import re

from mrtlab.errors import InputError
from mrtlab.tables.text import problem

_NUMBER = re.compile(r"([+\-−]?)([0-9]*)(?:([.,])([0-9]+))?(?:[eE]([+\-−]?[0-9]+))?")
_CLOCK = re.compile(r"\d\s*:\s*\d|\d{1,4}([-/])\d{1,2}\1\d{1,4}|\d{1,2}\.\d{1,2}\.(\d{4}|\d{2})(?!\d)")
_MONTH = re.compile(r"\d.*(jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])", re.IGNORECASE)
_NAMES = {".": "point", ",": "comma"}


class Decimals:
    """Reads number cells and finds out which sign is the decimal sign of the table.

    ``1.234`` may be one and a bit or one thousand and a bit. Any other cell in which a sign cannot separate
    thousands (``12.5``, ``0.234``, ``2037.352``) settles it for the whole table.
    """

    def __init__(self):
        self._settled: dict[str, tuple] = {}  # sign -> first cell that settles it
        self._open: dict[str, tuple] = {}  # sign -> first cell that could be read in two ways
        self.sign = ""

    def number(self, cell: str, line: int, column: tuple[int, str]) -> float:
        """Read one cell; whether its separator was the decimal sign is known after :meth:`settle`."""
        match = _NUMBER.fullmatch(cell)
        if not match or not (match[2] or match[4]):
            raise problem(_why_not(cell), line, column)
        if match[3]:
            kind = self._open if _ambiguous(match) else self._settled
            if match[3] not in kind:
                kind[match[3]] = (cell, line, column)
        return _finite(cell, lambda text: problem(text, line, column))

    def settle(self) -> str:
        """Decide on the decimal sign, or refuse the table; returns how it was decided."""
        if len(self._settled) == 2:
            (first, line, _), (second, *place) = sorted(self._settled.values(), key=lambda item: item[1])
            raise problem(
                f"{second!r} has a decimal {_sign(second)}, but {first!r} in line {line} a decimal {_sign(first)}; use "
                "one of them throughout",
                *place,
            )
        for sign, (cell, *place) in self._open.items():
            if sign in self._settled:
                continue
            whole = re.sub("[.,]", "", cell)
            if self._settled:
                other, line, _ = next(iter(self._settled.values()))
                raise problem(
                    f"{cell!r} seems to have a separator of thousands, as {other!r} in line {line} has a decimal "
                    f"{_sign(other)}; write {whole}",
                    *place,
                )
            raise problem(
                f"{cell!r} can be read in two ways: is the {_NAMES[sign]} the decimal sign, or does it separate "
                f"thousands? Nothing else in the table tells. Write {cell}0 for the first, {whole} for the second",
                *place,
            )
        if not self._settled:
            return "none needed, all numbers are whole"
        self.sign, (cell, line, _) = next(iter(self._settled.items()))
        return f"{_NAMES[self.sign]} (line {line}: {cell})"

    def in_comment(self, text: str) -> float:
        """A number in a comment: its sign may differ from the table's unless it can be read in two ways."""
        match = _NUMBER.fullmatch(text)
        if not match or not (match[2] or match[4]):
            raise InputError(_why_not(text))
        if match[3] and _ambiguous(match) and match[3] != self.sign:
            raise InputError(
                f"{text!r} can be read in two ways, with a decimal {_NAMES[match[3]]} or with thousands; write {text}0 "
                f"for the first, {re.sub('[.,]', '', text)} for the second"
            )
        return _finite(text, InputError)


def _ambiguous(match: re.Match) -> bool:
    _, whole, _, part, exponent = match.groups()
    return exponent is None and len(part) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"


def _finite(text: str, error) -> float:
    number = float(text.replace(",", ".").replace("−", "-"))
    if not math.isfinite(number):
        raise error(f"{text!r} is too large for a number")
    return number


def _sign(cell: str) -> str:
    return _NAMES["," if "," in cell else "."]


def _why_not(cell: str) -> str:
    """What is wrong with a cell that is not a number, and what to do."""
    shown = repr(cell if len(cell) <= 60 else cell[:57] + "...")
    if not cell:
        return "a number is missing"
    if re.fullmatch(r"[+\-−]?(nan|n/?a|inf|infinity|∞|null|none|-+|–|—|\?)", cell, re.IGNORECASE):
        return f"{shown} is not a measured number; leave the row out if there was no measurement"
    if _CLOCK.search(cell) or _MONTH.match(cell):
        return (
            f"{shown} is a date or clock time, or was turned into one by a spreadsheet; times are given in hours after "
            "administration, everything else as plain numbers"
        )
    if re.match(r"[<>≤≥~≈]", cell):
        return f"{shown} is a limit, not a measured number; leave the point out"
    if re.search(r"\d\s*(±|\+/-|\+-)", cell):
        return f"{shown} holds two numbers; give the uncertainty in a column of its own, such as sigma_mbq"
    if re.search(r"\d[\s'’_]+\d", cell):
        return f"{shown} has a space, apostrophe or underscore inside; write the digits without separating thousands"
    if set(cell) <= set("+-−0123456789.,") and cell.count(".") + cell.count(",") > 1:
        return f"{shown} has more than one point or comma; write the digits without separating thousands"
    if re.fullmatch(r"[+\-−]?[0-9]+[.,]", cell):
        return f"{shown} ends with its decimal sign; was something left out?"
    if re.match(r"[+\-−]?[\d.,]+\s*(%|[^\W\d])", cell):
        return f"{shown} has text after the number; the unit belongs in the header, as in activity_mbq"
    return f"{shown} is not a number"
