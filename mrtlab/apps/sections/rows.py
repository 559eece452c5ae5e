"""Tables of numbers as they are typed or pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrtlab.errors import InputError
from mrtlab.units import parse_number

__all__ = ["MOST_ROWS", "read_rows"]

MOST_ROWS = 30
_BLANKS = re.compile(r"[ \u00a0]+")


def read_rows(name: str, text: str, columns: Sequence[str], least: int = 2) -> list[tuple[float, ...]]:
    """Rows of numbers as typed or pasted, with decimal points or commas.

    Columns are parted by semicolons, tabs or blanks; a first line without any number is a heading.

    Parameters
    ----------
    name : str
        Of the table, for messages.
    columns : sequence of str
        What each holds; all must be there.
    least : int
        Fewest rows.

    Raises
    ------
    InputError
        With the line, and how to write it.
    """
    rows, form = [], "; ".join(columns)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and not re.search(r"\d", lines[0][1]):
        lines = lines[1:]
    for number, line in lines:
        parted = line.split(";") if ";" in line else line.split("\t") if "\t" in line else _BLANKS.split(line)
        cells = [cell.strip() for cell in parted]
        if len(cells) != len(columns):
            comma = ". Commas are read as decimal signs; part columns by ; or by blanks" if "," in line else ""
            raise InputError(
                f"{name}, line {number}: “{line[:60]}” has {len(cells)} of {len(columns)} columns; write {form}{comma}"
            )
        try:
            rows.append(tuple(parse_number(cell) for cell in cells))
        except InputError as error:
            raise InputError(f"{name}, line {number}: {error}") from None
        if len(rows) > 1 and rows[-1][0] <= rows[-2][0]:
            raise InputError(
                f"{name}, line {number}: {rows[-1][0]:g} h does not come after {rows[-2][0]:g} h; sort the rows by time"
            )
    if not least <= len(rows) <= MOST_ROWS:
        raise InputError(f"{name} has {len(rows)} rows; write {least} to {MOST_ROWS}, each as {form}")
    return rows
