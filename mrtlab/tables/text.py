"""From a path, a buffer or bytes to rows of cells: encoding, comments, separator, quotes."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

from mrtlab.errors import InputError

LIMIT = 5_000_000  # bytes; a time-activity table has a few hundred
LONGEST = 200  # characters of a cell or a region's name
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # first bytes of .xlsx and of .xls
_UNICODE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # byte order marks of UTF-16
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Excel quotes a comment that holds its separator, and pads it with separators to the width of the table
_QUOTED_COMMENT = re.compile(r'\s*"(\s*#(?:[^"]|"")*)"[;,\t\s]*')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Grid:
    """A table as text: every row as wide as the header, nothing interpreted yet.

    Attributes
    ----------
    encoding : str
        Empty for UTF-8, else what was assumed.
    header : list of str
    header_line : int
        Line number, the first is 1.
    rows : list of (int, list of str)
        Line number and cells, stripped.
    comments : list of (int, str)
        Line number and text without the ``#``.
    """

    encoding: str
    separator: str
    header: list[str]
    header_line: int
    rows: list[tuple[int, list[str]]]
    comments: list[tuple[int, str]]


def problem(message: str, line: int, column: tuple[int, str] | None = None) -> InputError:
    """An error that says where: the line, and the column as (position from 0, name)."""
    place = f"line {line}" + (f", column {column[0] + 1} ({column[1] or 'no name'})" if column else "")
    return InputError(f"{place}: {message}")


def source_name(source) -> str:
    """What to call the table in messages."""
    if not isinstance(source, (str, os.PathLike)) or "\n" in str(source):
        return "table"
    return Path(source).name[:100]


def load(source) -> tuple[str, str]:
    """The text of a path, a text or binary buffer, or bytes, and the encoding unless it is UTF-8."""
    if isinstance(source, (str, os.PathLike)):
        data = _from_path(source)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif hasattr(source, "read"):
        data = _from_buffer(source)
    else:
        raise InputError(f"path_or_buffer must be a path, an open file or bytes, got {type(source).__name__}")
    if len(data) > LIMIT:
        raise InputError("the file is larger than 5 MB; a time-activity table is not. Is it the right file?")
    if isinstance(data, str):
        text, encoding = data, ""
        if text.startswith("PK\x03\x04"):
            raise InputError("this is an Excel workbook, not text; save it as CSV (UTF-8) and read that")
    else:
        text, encoding = _decode(data)
    text = text.removeprefix("\ufeff")
    found = CONTROL.search(text)
    if found:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: found.start()]))
        raise problem(f"the character {found[0]!r} does not belong in a text file; is this a CSV file?", line)
    if not text.strip():
        raise InputError("nothing to read: the file is empty, or the buffer was already read to its end")
    return text, encoding


def split(text: str) -> Grid:
    """Find comments, header and rows, and require every row to be as wide as the header."""
    comments, separator, header, header_line, rows = [], "", None, 0, []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        quoted = _QUOTED_COMMENT.fullmatch(line)
        if quoted or line.lstrip().startswith("#"):
            if header and not quoted and len(_cells(line, separator, number)) == len(header):
                raise problem(
                    f"{_short(line)} begins with '#' and is as wide as the table. Delete the line if the point is "
                    "to be left out; write the first cell in quotes if the region's name begins with '#'",
                    number,
                )
            comment = quoted[1].replace('""', '"') if quoted else line
            comments.append((number, clean_comment(comment)))
        elif not line.strip():
            continue
        elif header is None:
            separator = _separator(line, number, comments)
            header, header_line = _cells(line, separator, number), number
        else:
            rows.append((number, _cells(line, separator, number)))
    if header is None:
        raise InputError("there is no table, only comments: the first line without '#' must be the header")
    while rows and not any(rows[-1][1]):  # what Excel leaves of deleted rows
        rows.pop()
    if not rows:
        raise InputError(f"there is a header in line {header_line}, but no row of data under it")
    for number, cells in rows:
        if len(cells) != len(header):
            raise problem(_width(cells, header, separator), number)
    return Grid("", separator, header, header_line, rows, comments)


def clean_comment(line: str) -> str:
    """The text of a comment line."""
    return " ".join(line.strip("; ,\t\u00a0").lstrip("# \t\u00a0").split())


def _from_path(source) -> bytes:
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        raise InputError("path_or_buffer is taken as a path; to read text, pass io.StringIO(text)")
    try:
        with open(source, "rb") as file:
            return file.read(LIMIT + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {os.fspath(source)!r}; is the folder right?") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {os.fspath(source)!r}: {error}; is it a file, and open elsewhere?") from None


def _from_buffer(source) -> bytes | str:
    try:
        data = source.read(LIMIT + 1)
    except UnicodeDecodeError:
        raise InputError("the open file is not in the encoding it was opened with; pass its path instead") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the buffer: {error}") from None
    if not isinstance(data, (bytes, bytearray, memoryview, str)):
        raise InputError(f"the buffer gave {type(data).__name__}, not text or bytes")
    return data if isinstance(data, str) else bytes(data)


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith(_EXCEL):
        raise InputError("this is an Excel workbook, not text; save it as CSV (UTF-8) and read that")
    if data.startswith(_UNICODE_TEXT):
        raise InputError("the file is in UTF-16 (Excel calls it 'Unicode text'); save it as CSV (UTF-8)")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise InputError("the file is neither UTF-8 nor Windows-1252 text; save it as CSV (UTF-8)") from None


def _separator(line: str, number: int, comments: list) -> str:
    """The one kind of separator in the header, outside quotes."""
    quoted, bare = _QUOTED.findall(line), _QUOTED.sub("", line)
    if any(re.fullmatch(r"\s*[+\-−]?[\d.,]+\s*", cell.strip('"')) for cell in [*quoted, *re.split("[;,\t]", bare)]):
        hint = (
            f" Line {comments[-1][0]} begins with '#': is that the header? Then take the '#' away." if comments else ""
        )
        raise problem(
            f"the header is missing: {_short(line)} holds numbers. Name the columns, with units, for example "
            f"time_h,kidney_left_mbq.{hint}",
            number,
        )
    found = [mark for mark in SEPARATORS if mark in bare]
    if len(found) > 1:
        names = " and ".join(SEPARATORS[mark] for mark in found)
        raise problem(
            f"the header {_short(line)} holds {names}, so its columns could be split in two ways; use one separator, "
            "and put names that contain another in quotes",
            number,
        )
    if not found:
        raise problem(
            f"the header {_short(line)} is a single column; columns are separated by comma, semicolon or tab", number
        )
    return found[0]


def _cells(line: str, separator: str, number: int) -> list[str]:
    # One line at a time: a quote that is never closed must not swallow the rows below it.
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error:
        raise problem(
            f"the quotes in {_short(line)} do not match; a cell must not contain a line break", number
        ) from None
    cells = [cell.strip() for cell in cells]
    long = max(cells, key=len)
    if len(long) > LONGEST:
        raise problem(
            f"a cell of {len(long)} characters: {_short(long)}; is a quote not closed, or is this not a table?", number
        )
    return cells


def _width(cells: list[str], header: list[str], separator: str) -> str:
    text = (
        f"{len(cells)} cells under {len(header)} columns ({_short(', '.join(header))}): "
        f"{_short(separator.join(cells))}. "
    )
    if len(cells) < len(header):
        return text + f"Is a cell missing, or does this row use another separator than the {SEPARATORS[separator]}?"
    if not any(cells[len(header) :]):
        return text + "The row ends with separators that the header does not have."
    if separator == ",":
        return text + (
            "Were decimal commas written without quotes? Separate the columns by semicolons, or write the numbers with "
            "a decimal point"
        )
    return text + "Is there a cell too many, or a separator inside a name without quotes?"


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
