"""Three simulated patients with thyroid cancer, made up for teaching (illustrative), and tables as they are typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mrtlab.errors import InputError
from mrtlab.units import parse_number

__all__ = ["CASES", "LESION", "MOST_ROWS", "Case", "read_rows"]

MOST_ROWS = 30


@dataclass(frozen=True)
class Case:
    """A simulated patient whose kinetics are known.

    Attributes
    ----------
    title : str
    story : str
    body, blood : str
        Tables as typed: hours and counts; drawn, counted, kBq/mL.
    weight_kg, tracer_mbq : float
    lungs : {"yes", "no"}
        Diffuse metastases that take up iodine.
    body_terms, blood_terms : tuple of (float, float)
        True fraction, and fraction per mL, as amplitude and effective half-life in hours.
    body_h, blood_h_per_ml, kept_48h : float
        What follows from them.
    """

    title: str
    story: str
    body: str
    blood: str
    weight_kg: float
    tracer_mbq: float
    lungs: str
    body_terms: tuple
    blood_terms: tuple
    body_h: float
    blood_h_per_ml: float
    kept_48h: float


def _tables(counts: str, samples: str, waited: float = 22) -> tuple[str, str]:
    hours = ("2", "6", "24", "96", "144")
    body = ["0.3; 52000", *(f"{hour}; {count}" for hour, count in zip(hours, counts.split(), strict=True))]
    blood = [f"{hour}; {float(hour) + waited:g}; {kbq}" for hour, kbq in zip(hours, samples.split(), strict=True)]
    return "\n".join(body), "\n".join(blood)


#: Kinetics are chosen, counts drawn once around them with 0.8 % for the body and 1.5 % for the samples.
CASES = {
    "normal": Case(
        "kidneys as they should be",
        "Papillary carcinoma, lymph node metastases that take up iodine; kidneys as they should be.",
        *_tables("46310 37240 15860 3130 1900", "1.489 1.109 0.3392 0.0498 0.03264"),
        70.0,
        60.0,
        "no",
        ((0.85, 11.0), (0.15, 70.0)),
        ((29e-6, 9.0), (2e-6, 80.0)),
        28.637,
        6.0737e-4,
        0.13454,
    ),
    "kidneys": Case(
        "impaired kidneys",
        "Papillary carcinoma, lymph node metastases that take up iodine; the kidneys clear half as fast.",
        *_tables("49390 43870 27760 6630 3440", "1.583 1.406 0.74 0.105 0.05161"),
        62.0,
        60.0,
        "no",
        ((0.80, 22.0), (0.20, 80.0)),
        ((29e-6, 18.0), (2.5e-6, 90.0)),
        48.475,
        1.07769e-3,
        0.30827,
    ),
    "lungs": Case(
        "metastases in the lungs",
        "Papillary carcinoma, diffuse metastases in both lungs that take up iodine and hold it; kidneys as they "
        "should be.",
        *_tables("47180 40010 20980 7500 5170", "1.561 1.143 0.3899 0.0792 0.05474"),
        66.0,
        60.0,
        "yes",
        ((0.70, 11.0), (0.30, 90.0)),
        ((29e-6, 9.0), (3e-6, 90.0)),
        50.062,
        7.6607e-4,
        0.24129,
    ),
}
#: I-124 in a lymph node, corrected for recovery: hours, per cent of what was given.
LESION = "24; 0.4606\n96; 0.2084"

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
