"""``mrtlab course`` from making a course to its grades."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from mrtlab import InputError, _content
from mrtlab.cli.course import app

sys.path.insert(0, str(Path(__file__).parent / "learn"))
from course_for_tests import all_right, fixed_pseudonyms, hand_in, write


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")
    fixed_pseudonyms(monkeypatch)
    monkeypatch.chdir(tmp_path)


def run(*arguments) -> int:
    return app([str(argument) for argument in arguments], standalone_mode=False) or 0


def test_from_a_new_course_to_its_grades(tmp_path, capsys):
    from mrtlab.learn.course import read_key

    assert run("new", "--name", "Lund 2027", "--n", 3, "--exercise", "every-kind") == 0
    out = capsys.readouterr().out
    assert "3 packs, 1 exercises, practice" in out
    assert "keep" in out
    made = read_key(tmp_path / "lund-2027" / "key")
    for learner in made.learners[:2]:
        hand_in(made, learner, tmp_path / "lund-2027" / "packs", tmp_path / "in", all_right())
    roster = tmp_path / "lund-2027" / "roster-template.csv"
    arguments = ("--roster", roster, "--key", tmp_path / "lund-2027" / "key" / "course-key.json")
    assert run("grade", "in", *arguments) == 0
    out = capsys.readouterr().out
    assert "2 of 3 learners" in out
    assert f"Nothing from: {made.learners[2]}" in out
    written = {file.name for file in (tmp_path / "in" / "grades").iterdir()}
    assert written == {"grades.csv", "grades-moodle.csv", "grades-canvas.csv", "grading-report.txt", "class.html"}
    (tmp_path / "in" / "bad.mrt.json").write_text("{}", encoding="utf-8")
    assert run("grade", "in", *arguments, "--out", "elsewhere", "--semicolon") == 1
    assert "bad.mrt.json: not used" in capsys.readouterr().out
    assert (tmp_path / "elsewhere" / "grades.csv").read_text(encoding="utf-8-sig").startswith("learner;name;email;")


def test_an_assessment_is_graded_with_its_key(tmp_path, capsys):
    from mrtlab.learn.course import read_key

    assert run("new", "--name", "Exam", "--n", 1, "--assessment", "--folder", "x") == 0
    made = read_key(tmp_path / "x" / "key")
    hand_in(made, made.learners[0], tmp_path / "x" / "packs", tmp_path / "in", all_right())
    assert run("report", "in", "--out", "r") == 1
    assert "--key" in capsys.readouterr().out
    assert run("report", "in", "--key", "x/key", "--out", "r") == 0
    page = (tmp_path / "r" / "class.html").read_text(encoding="utf-8")
    assert made.learners[0] not in page
    assert run("report", "in", "--key", "x/key", "--out", "r", "--names") == 0
    assert made.learners[0] in (tmp_path / "r" / "class.html").read_text(encoding="utf-8")
    assert [file.name for file in (tmp_path / "r").iterdir()] == ["class.html"]


def test_a_moodle_bank_is_written_once_and_again_with_its_seed(tmp_path, capsys):
    assert run("moodle", "every-kind", "--n", 2) == 0
    seed = re.search(r"--seed (\w+)", capsys.readouterr().out)[1]
    first = (tmp_path / "every-kind-moodle.xml").read_bytes()
    assert len(ET.fromstring(first).findall("question")) == 3
    with pytest.raises(InputError, match="exists already"):
        run("moodle", "every-kind", "--n", 2)
    assert run("moodle", "every-kind", "--n", 2, "--seed", seed, "--out", "again.xml") == 0
    assert (tmp_path / "again.xml").read_bytes() == first
    assert run("moodle", "every-kind", "--n", 2, "--out", "other.xml") == 0
    assert (tmp_path / "other.xml").read_bytes() != first


def test_bad_input_is_an_input_error(tmp_path):
    for arguments in (
        ("new", "--name", "self"),
        ("new", "--name", "A", "--exercise", "none-such"),
        ("new", "--name", "A", "--roster", "none.csv"),
        ("grade", "nowhere"),
        ("grade", tmp_path, "--key", "none.json"),
        ("moodle", "none-such"),
    ):
        with pytest.raises(InputError):
            run(*arguments)
    assert {path.name for path in tmp_path.iterdir()} == {"exercises"}
