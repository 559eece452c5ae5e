"""``mrtlab exercise``: list, check, new, schema."""

from __future__ import annotations

import json

import yaml
from typer.testing import CliRunner

from mrtlab.cli import app, main

LONGEST = 30  # lines of an exercise without its comments


def run(*arguments: str):
    return CliRunner().invoke(app, ["exercise", *arguments])


def test_list():
    shown = run("list").output
    assert "curve-fitting\n" in shown
    assert "kidney-tia" in shown
    assert "Kidney time-integrated activity from three scans" in shown


def test_a_new_exercise_works_and_is_short(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "left-over", "--topic", "calibration").exit_code == 0
    path = tmp_path / "exercises" / "calibration" / "left-over" / "exercise.yaml"
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) < LONGEST
    assert "# " in text
    checked = run("check", "exercises/calibration/left-over", "--n", "40", "--ranges")
    assert checked.exit_code == 0, checked.output
    assert "ok: 40 learners" in checked.output
    assert "a0_mbq: 4" in checked.output


def test_never_over_an_exercise(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["exercise", "new", "left-over"]) == 0
    assert main(["exercise", "new", "left-over"]) == 2
    assert "already there" in capsys.readouterr().err
    assert main(["exercise", "new", "Left Over"]) == 2
    assert "kidney-tia" in capsys.readouterr().err


def test_what_must_be_mended_is_the_exit_status(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "left-over")
    path = tmp_path / "exercises" / "my-exercises" / "left-over" / "exercise.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("is: a0_mbq,", "is: left_mbq * 1.001,"), encoding="utf-8")
    checked = run("check", str(path.parent), "--n", "5")
    assert "TO MEND" in checked.output
    assert "too near to the right one" in checked.output
    assert main(["exercise", "check", str(path.parent), "--n", "5"]) == 1


def test_an_exercise_that_is_not_there(capsys):
    assert main(["exercise", "check", "no-such-thing"]) == 2
    assert "there is no exercise 'no-such-thing'" in capsys.readouterr().err


def test_the_schema_is_json_and_fits_the_template(tmp_path, monkeypatch):
    schema = json.loads(run("schema").output)
    monkeypatch.chdir(tmp_path)
    run("new", "left-over")
    path = tmp_path / "exercises" / "my-exercises" / "left-over" / "exercise.yaml"
    assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= set(schema["properties"])


def test_the_example_of_a_choice_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "left-over")
    path = tmp_path / "exercises" / "my-exercises" / "left-over" / "exercise.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = [line[1:] if line.startswith("# ") and line[2:3] == " " else line for line in lines]
    path.write_text("\n".join(lines), encoding="utf-8")
    checked = run("check", "left-over", "--n", "30")  # found by its id in the folder where it was written
    assert checked.exit_code == 0, checked.output
    assert "no decision" not in checked.output
    assert "to mend" not in checked.output.lower()
