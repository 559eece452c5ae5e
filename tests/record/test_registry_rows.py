"""Rows of several centres: what a slip looks like, and what is none."""

import hashlib

import pytest
import yaml

from mrtlab import InputError, _content, record
from mrtlab.record import ROW_ERRORS, check_rows, merge_rows, read_rows, rows_csv

# three centres, as the script that made them says
PLANTED = {
    "a": {
        ("activity_unit", 1, 2, "left kidney"),
        ("activity_unit", 1, 2, "right kidney"),
        ("u_missing", 2, 3, "left kidney"),
        ("sides_swapped", 3, 2, "left kidney"),
        ("sides_swapped", 3, 2, "right kidney"),
    },
    "b": {
        ("interval", 1, 3, "left kidney"),
        ("interval", 1, 3, "right kidney"),
        ("decimal", 2, 1, "left kidney"),
        ("half_life", 2, 3, "right kidney"),
        ("method_missing", 3, 2, "left kidney"),
        ("method_missing", 3, 2, "right kidney"),
    },
    "c": {
        ("dose_per_activity", 1, 1, "left kidney"),
        ("dose_per_activity", 1, 1, "right kidney"),
        ("duplicate_row", 1, 3, "left kidney"),
        ("u_unit", 2, 2, "right kidney"),
    },
}


@pytest.fixture(scope="module")
def centres():
    folder = _content.dataset("registry")
    return {name: read_rows(folder / f"centre_{name}.csv") for name in PLANTED}


def row(**changes):
    """A row without error: 3.7 Gy of 7400 MBq."""
    good = {
        "case": 1, "cycle": 1, "version": 1, "nuclide": "Lu-177", "region": "left kidney", "prescribed_mbq": 7400.0,
        "administered_mbq": 7400.0, "dose_gy": 3.7, "dose_u_gy": 0.5, "dose_gy_per_mbq": 0.0005, "points": 3,
        "basis": "measured", "effective_half_life_h": 51.0, "mass_g": 150.0,
    }  # fmt: skip
    return dict.fromkeys(record.COLUMNS) | good | changes


def kinds(*rows):
    return [(one.row, one.kind) for one in check_rows(rows)]


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_is_found_and_nothing_else(centres, name):
    rows = centres[name]
    found = {
        (one.kind, *(rows[one.row][column] for column in ("case", "cycle", "region")))
        for one in check_rows(rows)
        if one.kind != "identifier"
    }
    assert found == PLANTED[name]
    who = [one for one in check_rows(rows) if one.kind == "identifier"]
    assert len(who) == (len(rows) if name == "c" else 0)


def test_an_unusual_kidney_is_no_error(centres):
    place = next(place for place, one in enumerate(centres["a"]) if one["within"] is False)
    assert centres["a"][place]["dose_gy"] == 11.9
    assert place not in {one.row for one in check_rows(centres["a"])}


def test_a_patient_of_two_centres_shows_only_in_the_merged_table(centres):
    assert not [one for name in centres for one in check_rows(centres[name]) if one.kind == "duplicate_patient"]
    merged = merge_rows(centres)
    copies = [one for one in check_rows(merged) if one.kind == "duplicate_patient"]
    assert len(copies) == 4
    assert {merged[one.row]["centre"] for one in copies} == {"c"}
    assert "case 2 of a" in copies[0].text
    assert "treated_on" not in merged[-1]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"administered_mbq": 7.4}, "activity_unit"),
        ({"administered_mbq": 7.4, "prescribed_mbq": None}, "activity_unit"),
        ({"dose_gy": 0.5, "dose_u_gy": 0.07}, "dose_per_activity"),
        ({"dose_gy_per_mbq": 0.5}, "per_activity_unit"),
        ({"dose_gy": 370.0}, "decimal"),
        ({"dose_gy": 4.4}, "inconsistent"),
        ({"dose_u_gy": None}, "u_missing"),
        ({"dose_u_gy": 0.0}, "u_missing"),
        ({"dose_u_gy": 14.0}, "u_unit"),
        ({"basis": None}, "method_missing"),
        ({"effective_half_life_h": 160.0}, "half_life"),
        ({"effective_half_life_h": 2.1}, "half_life"),
        ({"interval_days": 0}, "interval"),
        ({"case": "K. M., 1961"}, "identifier"),
        ({"born": "1961"}, "identifier"),
    ],
)
def test_each_slip_has_its_name(changes, kind):
    assert kinds(row()) == []
    assert kinds(row(**changes)) == [(0, kind)]
    assert kind in ROW_ERRORS


def test_what_may_be_is_left_alone():
    # rounding; a residual; the physical half-life itself; a late cycle; nothing measured
    assert kinds(row(dose_gy=3.73)) == []
    assert kinds(row(administered_mbq=6900.0, dose_gy=3.45)) == []
    assert kinds(row(effective_half_life_h=159.5)) == []
    assert kinds(row(cycle=2, interval_days=300)) == []
    assert kinds(row(dose_gy=None, dose_u_gy=None, dose_gy_per_mbq=None, points=None, basis=None)) == []


def test_copies():
    assert kinds(row(), row()) == [(1, "duplicate_row")]
    assert kinds(row(), row(version=2)) == [(0, "duplicate_row")]  # the older version goes
    assert kinds(row(), row(case=2)) == [(1, "duplicate_patient")]
    assert kinds(row(), row(case=2, mass_g=151.0)) == []
    assert kinds(row(centre="x"), row(centre="y")) == [(1, "duplicate_patient")]


def pair(cycle, left, right):
    return [row(cycle=cycle, mass_g=left), row(cycle=cycle, mass_g=right, region="right kidney")]


def test_sides():
    assert kinds(*pair(1, 180, 140), *pair(2, 141, 182), *pair(3, 178, 142)) == [
        (2, "sides_swapped"),
        (3, "sides_swapped"),
    ]
    assert kinds(*pair(1, 180, 140), *pair(2, 141, 182)) == []  # of two nobody can tell
    assert kinds(*pair(1, 150, 147), *pair(2, 147, 150), *pair(3, 151, 148)) == []  # equal within the outlines


def test_rows_of_a_record_pass_and_come_back(tmp_path):
    found = record.rows(record.read(_content.dataset("records") / "graves.json"))
    assert check_rows(found) == ()
    for dialect in ("comma", "semicolon"):
        path = tmp_path / f"{dialect}.csv"
        path.write_text(rows_csv(found, dialect), encoding="utf-8")
        assert read_rows(path) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("case,cycle\n1,1\n", "no column region, administered_mbq, dose_gy"),
        ("case,cycle,region,administered_mbq,dose_gy\n1,1,k,7400,4,1\n", "decimal comma between commas"),
        ("case;cycle;region;administered_mbq;dose_gy\n1;1;k;7.400;4,1\n", "Decimal sign or thousands"),
        ("case,cycle,region,administered_mbq,dose_gy\n1,1,k,many,4\n", "must be a number, got 'many'"),
        ("case,cycle,region,administered_mbq,dose_gy\n1,1.5,k,7400,4\n", "whole number"),
        ("case,cycle,region,administered_mbq,dose_gy,within\n1,1,k,7400,4,maybe\n", "must be yes or no"),
        ("case,case,cycle,region,administered_mbq,dose_gy\n1,1,1,k,7400,4\n", "a column twice"),
        ("case,cycle,region,administered_mbq,dose_gy\n1,1,k,inf,4\n", "finite"),
    ],
)
def test_what_could_mean_two_things_is_not_read(tmp_path, text, message):
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_rows(path)


def test_merging_leaves_out_what_it_is_told(centres):
    merged = merge_rows(centres, {"a": {0, 1}, "c": range(19)})
    assert len(merged) == 20 + 18
    assert {one["case"] for one in merged} == {1, 2, 3, 4, 5, 6}
    for left_out, message in (({"d": {0}}, "'d'; the centres"), ({"a": {22}}, "rows 0 to 21")):
        with pytest.raises(InputError, match=message):
            merge_rows(centres, left_out)
    with pytest.raises(InputError, match="no row is left"):
        merge_rows({"a": centres["a"]}, {"a": range(22)})
    with pytest.raises(InputError, match="row 0 has no cycle"):
        check_rows([{"case": 1, "region": "k"}])


def test_intervals_not_dates_leave_the_hospital(case):
    rows = record.rows([case.until("final"), case.until("final", cycle=2)])
    assert [one["interval_days"] for one in rows] == [None, 0]


def test_the_files_are_what_the_card_says():
    folder = _content.dataset("registry")
    card = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
    assert set(card["files"]) == {path.name for path in folder.glob("[!_]*")} - {"card.yaml"}
    for name, about in card["files"].items():
        if name.endswith(".csv"):
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]
    assert card["status"] == "illustrative"
