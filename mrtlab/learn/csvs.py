"""CSV files of a course: data for learners, rosters from educators, grades for a spreadsheet.

What a person typed may begin with ``=`` and would run as a formula when a spreadsheet opens the file; such cells are
written with an apostrophe before them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mrtlab.errors import InputError
from mrtlab.learn.sheet import SheetTable

__all__ = ["NameColumns", "Roster", "RosterRow", "name_columns", "read_roster", "rows_csv", "table_csv"]

_LARGEST = 2_000_000  # bytes of a roster
_FORMULA = ("=", "+", "-", "@")
_CANVAS_EXTRA = ("points possible", "manual posting")  # lines under the header of what Canvas exports: no persons
_FIRST = ("first name", "firstname", "given name", "vorname", "fornavn", "förnamn", "prénom", "nombre")
_LAST = ("last name", "lastname", "surname", "family name", "nachname", "familienname", "etternavn", "efternamn")
_WHOLE = ("student", "full name", "name")


@dataclass(frozen=True)
class RosterRow:
    """One person of a course: the pseudonym, and what else the roster says, by column."""

    pseudonym: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Roster:
    """The people of a course, in the order of the file; ``columns`` are those other than the pseudonym."""

    columns: tuple[str, ...]
    rows: tuple[RosterRow, ...]

    def row(self, pseudonym: str) -> RosterRow | None:
        """The row of a pseudonym; None if there is none."""
        return next((row for row in self.rows if row.pseudonym == pseudonym), None)


@dataclass(frozen=True)
class NameColumns:
    """The columns of a roster that say who a person is; ``whole`` has first name and surname, in whatever order."""

    whole: str = ""
    first: str = ""
    last: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """The columns, surname first."""
        return tuple(filter(None, (self.whole, self.last, self.first)))

    def of(self, cells: dict[str, str], *, surname_first: bool = False) -> str:
        """The name in a row; empty if there is none."""
        if self.whole:
            return cells.get(self.whole, "")
        first, last = cells.get(self.first, ""), cells.get(self.last, "")
        if surname_first:
            return ", ".join(filter(None, (last, first)))
        return " ".join(filter(None, (first, last)))


def name_columns(columns: Sequence[str]) -> NameColumns:
    """Where a roster has the names: Student, Name, Vorname, First name, Surname and what else is usual."""

    def column(known: tuple[str, ...]) -> str:
        plain = {" ".join(re.split(r"[\s_-]+", title.casefold())): title for title in reversed(columns)}
        return next((plain[one] for one in known if one in plain), "")

    whole, first, last = column(_WHOLE), column(_FIRST), column(_LAST)
    if whole and first and not last and whole.casefold() == "name":
        return NameColumns(first=first, last=whole)  # in a list with "Vorname", "Name" is the surname
    if first and last and (not whole or whole.casefold() == "name"):
        return NameColumns(first=first, last=last)
    return NameColumns(whole=whole) if whole else NameColumns(first=first, last=last)


def read_roster(path: Path, *, pseudonyms: bool = True) -> Roster:
    """Read the list of people: a header, then one line per person, separated by commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
    pseudonyms : bool
        Whether every line must have its pseudonym, in a column of that name; otherwise there must be no such column,
        or it must be empty.

    Raises
    ------
    InputError
        Naming line and column.
    """
    name, text = path.name, _text(path)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = [(reader_line, row) for reader_line, row in _lines(text, delimiter, name) if any(row)]
    if not lines:
        raise InputError(f"{name} is empty; the first line names the columns, such as pseudonym,name,email")
    header = lines[0][1]
    for place, title in enumerate(header, 1):
        if not title:
            raise InputError(f"{name}, line {lines[0][0]}: column {place} has no name")
        if [one.casefold() for one in header].count(title.casefold()) > 1:
            raise InputError(f"{name}, line {lines[0][0]}: the column {title!r} is there twice")
    where = next((place for place, title in enumerate(header) if title.casefold() == "pseudonym"), None)
    if where is None and pseudonyms:
        raise InputError(
            f"{name}, line {lines[0][0]}: there is no column 'pseudonym', only {', '.join(map(repr, header))}; "
            "roster-template.csv of the course shows how it looks"
        )
    rows, seen = [], {}
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise InputError(
                f"{name}, line {line}: {len(cells)} cells, but the header has {len(header)} columns; "
                "a cell with a separator in it needs quotes"
            )
        pseudonym = cells[where].lower() if where is not None else ""
        if not pseudonym and any(cell.casefold() in _CANVAS_EXTRA for cell in cells):
            continue
        if pseudonyms and not pseudonym:
            raise InputError(f"{name}, line {line}, column 'pseudonym': the cell is empty")
        if not pseudonyms and pseudonym:
            raise InputError(
                f"{name}, line {line}, column 'pseudonym': {pseudonym!r} stands there, but pseudonyms are made with "
                "the course; leave the column out"
            )
        if pseudonym and pseudonym in seen:
            raise InputError(
                f"{name}, line {line}, column 'pseudonym': {pseudonym!r} stands in line {seen[pseudonym]} already"
            )
        seen[pseudonym] = line
        rows.append(RosterRow(pseudonym, {title: cells[place] for place, title in enumerate(header) if place != where}))
    if not rows:
        raise InputError(f"{name} has a header but nobody in it")
    return Roster(tuple(title for place, title in enumerate(header) if place != where), tuple(rows))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name} has {path.stat().st_size / 1e6:.1f} MB; is it a roster?")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"the roster {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 (byte {error.start + 1}), so names would come out wrong; in Excel save it as "
            "'CSV UTF-8'"
        ) from None


def _lines(text: str, delimiter: str, name: str):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.line_num}: {error}; check the quotes") from None


def rows_csv(rows: Iterable[Sequence], *, semicolon: bool = False) -> str:
    """Rows as CSV, for a spreadsheet: text that would run as a formula is made harmless, None is an empty cell.

    Parameters
    ----------
    rows : iterable of sequences
        The header among them. Numbers are written as numbers.
    semicolon : bool
        Separated by semicolons with decimal commas, as spreadsheets of most of Europe expect it; otherwise commas
        and decimal points.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if semicolon else ",", lineterminator="\n")
    for row in rows:
        writer.writerow([_cell(value, semicolon) for value in row])
    return out.getvalue()


def _cell(value, semicolon: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        text = f"{value:.10g}"
        return text.replace(".", ",") if semicolon else text
    text = re.sub(r"\r\n?", "\n", str(value))  # a lone carriage return would end the line for some readers
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def table_csv(table: SheetTable, remark: str = "", *, semicolon: bool = False) -> str:
    """A learner's table as CSV, digits as they are shown but without grouping.

    Headings are the names of the columns, which carry their units, so :func:`mrtlab.read_tac` reads what is a
    time-activity table; caption and remark are comments.

    Parameters
    ----------
    table : SheetTable
    remark : str
        A further comment.
    semicolon : bool
        As in :func:`rows_csv`.
    """
    out = io.StringIO(newline="")
    for words in (table.caption, remark):
        if words:
            out.write(f"# {' '.join(words.split())}\n")
    writer = csv.writer(out, delimiter=";" if semicolon else ",", lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    columns = [
        [_plain(cell, semicolon) if column.values is not None else cell for cell in column.cells]
        for column in table.columns
    ]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def _plain(cell: str, semicolon: bool) -> str:
    """A number as it is shown, without the spaces between thousands and with a sign every program knows."""
    text = "".join(cell.split()).replace("−", "-")
    return text.replace(".", ",") if semicolon else text
