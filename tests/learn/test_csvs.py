"""CSV files of a course: rosters from outside, cells that spreadsheets would run, names, and data."""

from __future__ import annotations

import csv
import io

import pytest

from mrtlab import InputError
from mrtlab.learn.csvs import name_columns, read_roster, rows_csv, table_csv
from mrtlab.learn.sheet import SheetColumn, SheetTable


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("name,email\nA,b\n", "no column 'pseudonym'"),
        ("pseudonym,name\n,Ann\n", "line 2, column 'pseudonym'"),
        ("pseudonym,name\nquiet-heron-42,Ann\nQuiet-Heron-42,Bo\n", "line 3, column 'pseudonym'.*line 2"),
        ("pseudonym,name\nquiet-heron-42,Ann,more\n", "line 2: 3 cells"),
        ("pseudonym,Name,name\nx,y,z\n", "line 1: the column"),
        ("pseudonym,\nx,y\n", "column 2 has no name"),
        ('pseudonym,name\nquiet-heron-42,"Ann\n', "check the quotes"),
        ("pseudonym,name\n", "nobody"),
    ],
)
def test_a_roster_that_cannot_be_used_says_where(tmp_path, text, message):
    file = tmp_path / "r.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_roster(file)


def test_rosters_of_all_kinds_are_read(tmp_path):
    file = tmp_path / "r.csv"
    for text in (
        "pseudonym,name\na-b-1,Åsa\n",
        "\ufeffname;Pseudonym\r\nÅsa;A-B-1\r\n",
        "name\tpseudonym\n\nÅsa\ta-b-1\n\n",
    ):
        file.write_bytes(text.encode("utf-8"))
        row = read_roster(file).rows[0]
        assert (row.pseudonym, row.cells) == ("a-b-1", {"name": "Åsa"})
    file.write_bytes("pseudonym,name\na-b-1,Åsa\n".encode("cp1252"))
    with pytest.raises(InputError, match="CSV UTF-8"):
        read_roster(file)


def test_the_second_line_of_canvas_is_nobody(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("Student,ID,pseudonym\n    Points Possible,,\nÖst Åsa,7,a-b-1\n", encoding="utf-8")
    assert [row.pseudonym for row in read_roster(file).rows] == ["a-b-1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n+1"])
def test_no_cell_runs_as_a_formula(text):
    written = next(csv.reader(io.StringIO(rows_csv([[text, -1.5]]), newline="")))
    assert written[0].startswith("'")
    assert written[1] == "-1.5"  # our own numbers are numbers
    assert rows_csv([[1.5, None, "a;b"]], semicolon=True) == '1,5;;"a;b"\n'


def test_numbers_in_data_files_lose_their_grouping():
    column = SheetColumn("a_mbq", "A", "MBq", ("13\u202f350", "−0.5"), (13350.0, -0.5))
    table = SheetTable("t", "Caption", (column, SheetColumn("who", "Who", "", ("x,y", "z"))))
    assert table_csv(table).splitlines() == ["# Caption", "a_mbq,who", '13350,"x,y"', "-0.5,z"]
    assert table_csv(table, semicolon=True).splitlines()[2:] == ["13350;x,y", "-0,5;z"]


@pytest.mark.parametrize(
    ("header", "cells", "plain", "sorted_name", "used"),
    [
        ("Name;Vorname", "Öst;Åsa", "Åsa Öst", "Öst, Åsa", ("Name", "Vorname")),
        ("Vorname;Nachname", "Åsa;Öst", "Åsa Öst", "Öst, Åsa", ("Nachname", "Vorname")),
        ("first_name;LAST NAME;Name", "Åsa;Öst;x", "Åsa Öst", "Öst, Åsa", ("LAST NAME", "first_name")),
        ("Surname;e-mail", "Öst;x", "Öst", "Öst", ("Surname",)),
        ("name;email", "Åsa Öst;x", "Åsa Öst", "Åsa Öst", ("name",)),
        ("Student;Name;ID", "Öst, Åsa;x;7", "Öst, Åsa", "Öst, Åsa", ("Student",)),
        ("email;group", "x;y", "", "", ()),
    ],
)
def test_names_are_found_under_the_usual_headings(header, cells, plain, sorted_name, used):
    columns = header.split(";")
    found = name_columns(columns)
    row = dict(zip(columns, cells.split(";"), strict=True))
    assert (found.of(row), found.of(row, surname_first=True), found.used) == (plain, sorted_name, used)
