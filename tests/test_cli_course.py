"""``mrtlab course`` from making a course to its grades."""

from __future__ import annotations

import re
import shlex
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
    assert written == {
        "grades.csv", "grades-total.csv", "grades-moodle.csv", "grades-canvas.csv", "grading-report.txt", "class.html",
    }  # fmt: skip
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


def commands(block: str) -> list[list[str]]:
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith("mrtlab course ")]
    return [shlex.split(line, comments=True)[2:] for line in lines]


def test_the_commands_of_the_readme_run_as_typed(tmp_path, capsys):
    from mrtlab.learn import course

    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = text[text.index("**Teaching.**") : text.index("**Writing one.**")]
    assert "edited by the learner" in block
    new, grade, moodle = [one for one in commands(block) if one[0] != "nbgrader"]
    assert run(*new[:2], 2, *new[3:]) == 0
    printed = commands(capsys.readouterr().out)
    made = course.read_key(tmp_path / "lund-2027" / "key")
    hand_in(made, made.learners[0], tmp_path / "lund-2027" / "packs", tmp_path / "answers", all_right())
    for command in (grade, *printed):
        assert command[0] == "grade"
        assert run(*command) == 0
        assert "1 of 2 learners" in capsys.readouterr().out
    assert len(printed) == 1
    assert moodle == ["moodle", "kidney-tia"]


def test_practice_is_said_to_be_no_ground_for_marks_and_an_assessment_is_not(tmp_path, capsys):
    from mrtlab.learn.course import read_key

    for name, options in (("Trial", ()), ("Exam", ("--assessment",))):
        run("new", "--name", name, "--n", 1, *options)
        folder = tmp_path / name.lower()
        made = read_key(folder / "key")
        hand_in(made, made.learners[0], folder / "packs", tmp_path / f"in-{name}", all_right())
        capsys.readouterr()
        assert run("grade", f"in-{name}", "--key", folder / "key") == 0
        assert ("for marks make the course with --assessment" in capsys.readouterr().out) == (not options)
    run("grade", "--help")
    assert "can be edited by the learner" in " ".join(capsys.readouterr().out.split())


def test_without_roster_and_key_it_is_said_that_nobody_can_be_missed(tmp_path, capsys):
    from mrtlab.learn.course import read_key

    run("new", "--name", "Trial", "--n", 2)
    made = read_key(tmp_path / "trial" / "key")
    hand_in(made, made.learners[0], tmp_path / "trial" / "packs", tmp_path / "in", all_right())
    run("grade", "in")
    assert "1 learner handed something in; without roster or key nobody" in capsys.readouterr().out


def test_the_moodle_command_says_how_to_import(capsys):
    run("moodle", "every-kind", "--n", 1)
    assert "Question bank > Import > Moodle XML" in capsys.readouterr().out
    run("new", "--help")
    said = " ".join(re.sub("[│╭╮╰╯─]", " ", capsys.readouterr().out).split())
    assert "ID|FOLDER" in said
    assert "Canvas" in said


def test_an_exercise_of_ones_own_is_given_by_its_folder(tmp_path):
    shipped = tmp_path / "exercises" / "testing" / "every-kind"
    mine = tmp_path / "my-own"
    mine.mkdir()
    for file in shipped.iterdir():
        text = file.read_text(encoding="utf-8").replace("id: every-kind", "id: my-own")
        (mine / file.name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="your own"):
        run("new", "--name", "A", "--exercise", "my-own")
    assert run("new", "--name", "A", "--n", 1, "--exercise", "my-own", "--assessment") == 0
    assert run("moodle", "my-own", "--n", 1) == 0
