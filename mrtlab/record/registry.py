"""Rows of several centres: read as they are, checked against themselves, merged without anybody's name."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from types import MappingProxyType

from mrtlab.errors import InputError
from mrtlab.record.export import ALPHA_COLUMNS, COLUMNS, columns_of, csv_text
from mrtlab.record.row_checks import ROW_ERRORS, RowFinding, check_rows

__all__ = [
    "ROW_ERRORS",
    "RowFinding",
    "RowSummary",
    "check_rows",
    "merge_rows",
    "read_rows",
    "rows_csv",
    "summarise_rows",
]

_WHOLE = ("cycle", "version", "optimisation_level", "points", "interval_days")
_WORDS = ("case", "therapy", "nuclide", "status", "ending", "region", "basis")
_YES_NO = MappingProxyType({"yes": True, "no": False})
_BOOLEANS = ("partial_volume", "within")
_NEEDED = ("case", "cycle", "region", "administered_mbq", "dose_gy")


def read_rows(path) -> list[dict]:
    """Read rows as :func:`mrtlab.record.write_rows` writes them.

    A table with semicolons has decimal commas, one with commas decimal points. Nothing is put right: what a row says
    is what comes back.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    list of dict
        With :data:`mrtlab.record.COLUMNS`; None where nothing stands or a column is missing. Those of
        :data:`mrtlab.record.ALPHA_COLUMNS` come after them as numbers, columns that do not belong there as text.
        ``case`` is a number, or text if it is none.

    Raises
    ------
    InputError
        If the file cannot be read, a column that every row needs is missing, a row has too many or too few cells, or a
        number has the other decimal sign or is none.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not UTF-8; save it as “CSV UTF-8”") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    first = text.partition("\n")[0]
    separator = ";" if ";" in first else ","
    table = list(csv.reader(io.StringIO(text), delimiter=separator))
    if not table or not table[0]:
        raise InputError(f"{path.name} is empty; its first line must name the columns")
    head = [name.strip() for name in table[0]]
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        raise InputError(f"{path.name} has no column {', '.join(missing)}; columns are named as in record.COLUMNS")
    if len(set(head)) != len(head):
        raise InputError(f"{path.name} names a column twice")
    found = []
    for line, cells in enumerate(table[1:], 2):
        if not cells:
            continue
        if len(cells) != len(head):
            slip = "; is there a decimal comma between commas?" if separator == "," and len(cells) > len(head) else ""
            raise InputError(f"{path.name}, line {line} has {len(cells)} cells for {len(head)} columns{slip}")
        read = {name: _read(name, cell.strip(), separator, f"{path.name}, line {line}") for name, cell in
                zip(head, cells, strict=True)}  # fmt: skip
        found.append({**dict.fromkeys(COLUMNS), **read})
    return found


def _read(name: str, cell: str, separator: str, where: str):
    if not cell:
        return None
    if name == "case":
        return int(cell) if cell.isdecimal() else cell
    if name in _WORDS or name not in (*COLUMNS, *ALPHA_COLUMNS):
        return cell.removeprefix("'")
    if name in _BOOLEANS:
        if cell not in _YES_NO:
            raise InputError(f"{where}: {name} must be yes or no, got {cell!r}")
        return _YES_NO[cell]
    sign, other = (",", ".") if separator == ";" else (".", ",")
    if other in cell:
        raise InputError(
            f"{where}: {name} is {cell!r}; with {separator!r} between cells the decimal sign is {sign!r}. Decimal sign "
            "or thousands? Write the number without doubt"
        )
    try:
        value = float(cell.replace(sign, ".").replace("−", "-"))
    except ValueError:
        raise InputError(f"{where}: {name} must be a number, got {cell!r}") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: {name} must be a finite number, got {cell!r}")
    if name in _WHOLE:
        if value != int(value):
            raise InputError(f"{where}: {name} must be a whole number, got {cell!r}")
        return int(value)
    return value


def merge_rows(
    centres: Mapping[str, Sequence[Mapping]], left_out: Mapping[str, Iterable[int]] | None = None
) -> list[dict]:
    """One table of several centres' rows.

    Parameters
    ----------
    centres : mapping of str to sequence of mapping
        Rows of each centre, by a name that may be seen.
    left_out : mapping of str to iterable of int, optional
        Places of the rows (from 0) that do not go in.

    Returns
    -------
    list of dict
        ``centre`` first, then :data:`mrtlab.record.COLUMNS` and, if a row has them, ``ALPHA_COLUMNS``; cases numbered
        anew through all centres. Other columns stay behind. Check the result: a patient of two centres shows only here.

    Raises
    ------
    InputError
        If no row is left, or ``left_out`` names a centre or row that there is not.
    """
    left_out = {name: set(rows) for name, rows in (left_out or {}).items()}
    for name, rows in left_out.items():
        if name not in centres:
            raise InputError(f"left_out names {name!r}; the centres are {', '.join(centres)}")
        if beyond := [row for row in rows if not 0 <= row < len(centres[name])]:
            raise InputError(f"left_out names row {beyond[0]} of {name}, which has rows 0 to {len(centres[name]) - 1}")
    cases: dict[tuple, int] = defaultdict(lambda: len(cases) + 1)
    columns = columns_of([row for rows in centres.values() for row in rows])
    merged = [
        {"centre": name, **{column: row.get(column) for column in columns}, "case": cases[name, row["case"]]}
        for name, rows in centres.items()
        for place, row in enumerate(rows)
        if place not in left_out.get(name, ())
    ]
    if not merged:
        raise InputError("no row is left to merge")
    return merged


def rows_csv(rows: Sequence[Mapping], dialect: str = "comma") -> str:
    """Rows as CSV text, for :func:`read_rows` and for spreadsheets.

    Parameters
    ----------
    rows : sequence of mapping
        Of :func:`mrtlab.record.rows` or :func:`merge_rows`; other columns stay behind.
    dialect : {"comma", "semicolon"}
        The second has decimal commas and a byte order mark.
    """
    columns = columns_of(rows)
    columns = ("centre", *columns) if any("centre" in row for row in rows) else columns
    return csv_text(rows, columns, dialect)


@dataclass(frozen=True)
class RowSummary:
    """Doses of some rows.

    Attributes
    ----------
    rows, cases : int
        Rows with a dose, and patients behind them.
    mean_gy, median_gy, low_gy, high_gy : float
        Of a region and cycle; lowest and highest.
    """

    rows: int
    cases: int
    mean_gy: float
    median_gy: float
    low_gy: float
    high_gy: float


def summarise_rows(rows: Sequence[Mapping]) -> RowSummary:
    """Mean and median dose of rows. Rows are not weighted, and those of one patient are not independent.

    Raises
    ------
    InputError
        If no row has a dose.
    """
    measured = [row for row in rows if row.get("dose_gy") is not None]
    if not measured:
        raise InputError("no row has a dose")
    doses = [row["dose_gy"] for row in measured]
    cases = {(row.get("centre"), row["case"]) for row in measured}
    return RowSummary(len(doses), len(cases), fmean(doses), median(doses), min(doses), max(doses))
