"""What is written is read back to the same numbers, to the last digit."""

import csv
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uncertainties import UFloat, ufloat

from mrtlab import InputError
from mrtlab.kinetics import TimeActivity
from mrtlab.tables import TacTable, read_tac, write_tac


def curve(region="liver", **more):
    more = {"nuclide": "Lu-177", "decay_corrected": False, "sigma_mbq": [1.0, 2.5]} | more
    return TimeActivity([1.5, 24.0], [1.234, 80.25], region=region, **more)


def state(table):
    """Everything that must survive a round trip."""
    curves = [
        (
            item.region,
            item.times_h.tolist(),
            item.activity_mbq.tolist(),
            item.sigma_mbq.tolist() if item.sigma_given else "assumed anew",  # 5 % of what is written
            item.sigma_given,
            item.nuclide.name,
            item.administered_mbq,
            item.systematic_rel,
            item.flags,
        )
        for item in table
    ]
    masses = {
        name: (mass.nominal_value, mass.std_dev) if isinstance(mass, UFloat) else mass
        for name, mass in table.masses_g.items()
    }
    return curves, masses, tuple(table.remarks)


def test_comma_dialect(tmp_path):
    table = TacTable(
        [curve(administered_mbq=7400.5, systematic_rel=0.05), curve("kidney, left", administered_mbq=7400.5)],
        {"liver": ufloat(1500, 62.5), "kidney, left": 250.25},
        remarks=["scanner: SPECT/CT"],
    )
    write_tac(table, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().decode("utf-8").split("\n") == [
        "# nuclide: Lu-177",
        "# decay_corrected: no",
        "# administered: 7400.5 MBq",
        "# systematic liver: 0.05",
        "# mass liver: 1500.0 ± 62.5 g",
        "# mass kidney, left: 250.25 g",
        "# scanner: SPECT/CT",
        "region,time_h,activity_mbq,sigma_mbq",
        "liver,1.5,1.2340,1.0",
        "liver,24.0,80.25,2.5",
        '"kidney, left",1.5,1.2340,1.0',
        '"kidney, left",24.0,80.25,2.5',
        "",
    ]


def test_semicolon_dialect_has_decimal_commas_and_a_byte_order_mark(tmp_path):
    write_tac([curve(sigma_mbq=None, administered_mbq=7400.5)], str(tmp_path / "x.csv"), dialect="semicolon")
    data = (tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").split("\n") == [
        "# nuclide: Lu-177",
        "# decay_corrected: no",
        "# administered: 7400,5 MBq",
        "region;time_h;activity_mbq",
        "liver;1,5;1,2340",
        "liver;24,0;80,25",
        "",
    ]


def test_other_readers_see_the_same_cells(tmp_path):
    name = 'left "upper"; kidney, #2'
    write_tac([curve(name)], tmp_path / "x.csv", "semicolon")
    with open(tmp_path / "x.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader((line for line in file if not line.startswith("#")), delimiter=";"))
    assert rows[1] == [name, "1,5", "1,2340", "1,0"]


def test_a_curve_without_a_name_has_no_column_of_regions(tmp_path):
    write_tac(TacTable([curve("")], {"": 5.5}), tmp_path / "x.csv")
    table = read_tac(tmp_path / "x.csv")
    assert table.regions == ("",)
    assert table.masses_g == {"": 5.5}
    assert "region" not in (tmp_path / "x.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([curve("a"), curve("b", nuclide="Y-90")], "another nuclide"),
        ([curve("a"), curve("b", administered_mbq=5.0)], "another administered_mbq"),
        ([curve("a"), curve("A")], "capitals aside"),
        ([curve(""), curve("a")], "has no name"),
        ([curve("two\nlines")], "line break"),
        ([curve("two  spaces")], "read back as 'two spaces'"),
        ([curve(" left")], "read back as 'left'"),
        ([curve("le\u200bft")], "invisible"),
        ([curve("12")], "is the number"),
        ([curve("x" * 201)], "201 characters"),
        (TacTable([curve()], remarks=["nuclide: Y-90"]), "read back as it is"),
        (TacTable([curve()], remarks=["two\nlines"]), "read back as it is"),
        (TacTable([curve()], remarks=["# hash"]), "read back as it is"),
        (curve(), r"write \[curve\]"),
        ([], "at least one"),
    ],
)
def test_refused_and_nothing_left_behind(table, said, tmp_path):
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        write_tac(table, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["x.csv"]


def test_bad_dialect_and_paths(tmp_path):
    with pytest.raises(InputError, match="'comma', 'semicolon'"):
        write_tac([curve()], tmp_path / "x.csv", "tab")
    for path in (tmp_path / "none" / "x.csv", tmp_path):
        with pytest.raises(InputError, match="cannot write"):
            write_tac([curve()], path)
    for path in (None, str(tmp_path / "a\0b" / "x.csv")):
        with pytest.raises(InputError, match="path must be a path"):
            write_tac([curve()], path)
    assert os.listdir(tmp_path) == []


def test_an_old_file_survives_a_failure(tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")

    def fail(*_):
        raise PermissionError("open in another program")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="open in another program"):
        write_tac([curve()], tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["x.csv"]


# ------------------------------------------------------------------------------------------------- round trips

positive = st.floats(1e-9, 1e12)
names = st.text(st.sampled_from("aZ9 _-+.,;:#\"'()/%±µéß\t中"), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
good_names = names.filter(lambda text: any(char.isalpha() for char in text))


@st.composite
def tables(draw, regions=good_names):
    chosen = draw(st.lists(regions, min_size=1, max_size=3, unique_by=str.casefold))
    nuclide = draw(st.sampled_from(["Lu-177", "Y-90", "I-131", "Tc-99m"]))
    administered = draw(st.none() | positive)
    curves = []
    for region in chosen:
        times = sorted(draw(st.sets(st.floats(1e-3, 110), min_size=1, max_size=4)))  # Tc-99m: 20 half-lives are 120 h
        activity = draw(st.lists(positive, min_size=len(times), max_size=len(times)))
        uncertainty = draw(
            st.sampled_from([{}, {"cv": 0.03}])
            | st.just({"sigma_mbq": [draw(st.floats(1e-3, 1)) * a for a in activity]})
        )
        curves.append(
            TimeActivity(
                times,
                activity,
                nuclide=nuclide,
                decay_corrected=draw(st.booleans()),
                administered_mbq=administered,
                systematic_rel=draw(st.sampled_from([0.0, 0.05]) | st.floats(1e-3, 1)),
                region=region,
                **uncertainty,
            )
        )
    masses = {}
    for region in chosen:
        mass = draw(st.none() | positive)
        if mass is not None:
            spread = draw(st.none() | positive)
            masses[region] = mass if spread is None else ufloat(mass, spread)
    return TacTable(
        curves, masses, remarks=draw(st.lists(st.sampled_from(["from: SPECT", "a; b, c", '"quoted"']), max_size=2))
    )


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from(["comma", "semicolon"]))
def test_round_trip(table, dialect):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        write_tac(table, path, dialect)
        assert state(read_tac(path)) == state(table)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=8), st.sampled_from(["comma", "semicolon"]))
@example("#1", "comma")
@example('"', "semicolon")
@example("e\u0301", "comma")
@example("\ufeff", "comma")
@example("=1+1", "comma")
@example(":", "comma")
def test_any_name_is_kept_or_refused(name, dialect):
    table = TacTable([curve(name)], {name: ufloat(250.5, 3)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        try:
            write_tac(table, path, dialect)
        except InputError:
            assert os.listdir(folder) == []
            # only what the rules name is refused: white space, hidden or composed characters, numbers
            plain = name.isprintable() and name.isascii() and " ".join(name.split()) == name
            assert not plain or all(char in "0123456789.,+- " for char in name)
            return
        assert state(read_tac(path)) == state(table)
