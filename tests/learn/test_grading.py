"""Grading: nobody's file stops another's, and no verdict in a file is believed."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone

import pytest
from course_for_tests import KEY, all_right, fixed_pseudonyms, hand_in, write

from mrtlab import InputError, _content
from mrtlab.learn import course, evidence, grade_tables, grading
from mrtlab.learn.csvs import read_roster


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")
    fixed_pseudonyms(monkeypatch)


@pytest.fixture
def made(tmp_path):
    return course.create(tmp_path / "c", "Lund 2027", n=3)


@pytest.fixture
def packs(tmp_path):
    return tmp_path / "c" / "packs"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "in"


def left_wrong(made, learner) -> dict:
    """The slip that is named first, for this learner."""
    from mrtlab.learn.library import load
    from mrtlab.learn.variants import variant

    asked = variant(load("every-kind"), learner, made.name, made.key).expected["left"]
    return {"value": f"{asked.slips[0].value:.5g}", "u": f"{asked.u.value:.4g}"}


def of(graded, learner) -> grading.Work:
    return next(work for work in graded.works if work.learner == learner)


def said(graded, file) -> str:
    return " | ".join(problem.text for problem in graded.problems if file in problem.file)


def rows(path, delimiter=",") -> list[dict]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=delimiter))


def test_points_follow_from_the_answers(made, packs, folder, tmp_path):
    first, second, third = made.learners
    hand_in(made, first, packs, folder, all_right())
    # a slip, then right: full points after two attempts; only one other question
    wrong = left_wrong(made, second)
    answers = [("every-kind", "guess", None), ("every-kind", "left", wrong), ("every-kind", "left", None)]
    hand_in(made, second, packs, folder / "below", [*answers, ("every-kind", "worst", {"point": 0})])
    graded = grading.grade(folder, course=made)
    assert graded.problems == ()
    assert graded.handed_in == tuple(graded.letters)
    assert set(graded.letters) == {first, second}
    assert set(graded.letters.values()) == {"A", "B"}
    # points: 2 + 1 + ½ + 1 + 1 + 1; the text is for a person, the prediction for nobody
    assert (of(graded, first).score.got, of(graded, first).percent) == (6.5, 100)
    assert (of(graded, second).score.got, of(graded, second).score.attempts) == (2, 4)
    assert of(graded, third).score is None

    grade_tables.write(graded, tmp_path / "out")
    table = {row["learner"]: row for row in rows(tmp_path / "out" / "grades.csv")}
    assert table[first] | {"points": "6.5", "possible": "6.5", "percent": "100"} == table[first]
    assert "to be judged by a person: why" in table[first]["remarks"]
    assert table[second]["percent"] == "30.8"
    assert table[third]["points"] == ""
    assert "nothing handed in" in table[third]["remarks"]
    assert [row["every-kind (per cent)"] for row in rows(tmp_path / "out" / "grades-moodle.csv")] == ["100", "30.8", ""]
    canvas = rows(tmp_path / "out" / "grades-canvas.csv")
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert [row["every-kind"] for row in canvas] == ["6.5", "6.5", "2", ""]
    assert "Nothing to report" in (tmp_path / "out" / "grading-report.txt").read_text(encoding="utf-8")


def test_a_stored_verdict_is_not_believed(made, packs, folder):
    learner = made.learners[0]
    file = hand_in(
        made, learner, packs, folder, [("every-kind", "guess", None), ("every-kind", "left", left_wrong(made, learner))]
    )
    data = json.loads(file.read_text(encoding="utf-8"))
    data["exercises"][0]["events"][-1].update(outcome="right", slip="", message="**Right.**")
    file.write_text(json.dumps(evidence.seal(data)), encoding="utf-8")
    graded = grading.grade(folder, course=made)
    assert of(graded, learner).score.got == 0
    assert "verdict differs" in said(graded, file.name)
    assert any("verdict differs" in note for note in of(graded, learner).notes)


def test_files_that_cannot_be_used_are_named_and_stop_nothing(made, packs, folder, tmp_path):
    good, other, unknown = made.learners
    hand_in(made, good, packs, folder, all_right())
    torn = hand_in(made, other, packs, folder, all_right())
    content = torn.read_bytes()
    torn.write_bytes(content[: len(content) // 2])
    (folder / "foreign.mrt.json").write_text('{"hello": 1}', encoding="utf-8")
    (folder / "empty.mrt.json").write_bytes(b"")
    changed = json.loads(content)
    changed["learner"] = "someone-else-11"
    (folder / "tampered.mrt.json").write_text(json.dumps(changed), encoding="utf-8")
    (folder / "deep.mrt.json").write_text("[" * 100_000, encoding="utf-8")
    (folder / "all.zip").write_bytes(b"PK")
    (folder / "notes.txt").write_text("not an answer", encoding="utf-8")
    elsewhere = course.create(tmp_path / "d", "Oslo 2027", n=1)
    hand_in(elsewhere, elsewhere.learners[0], tmp_path / "d" / "packs", folder, all_right())
    stranger = evidence.seal({**json.loads(content), "learner": unknown})
    for entry in stranger["exercises"]:
        for event in entry["events"]:
            event["learner"] = unknown
    (folder / "stranger.mrt.json").write_text(json.dumps(evidence.seal(stranger)), encoding="utf-8")
    roster = tmp_path / "r.csv"
    roster.write_text(f"pseudonym,name\n{good},Ann\n{other},Bo\n", encoding="utf-8")
    graded = grading.grade(folder, read_roster(roster), made)
    assert of(graded, good).percent == 100
    assert of(graded, other).score is None
    assert graded.learners == (good, other)
    assert "cut off" in said(graded, torn.name)
    assert "mrtlab_evidence" in said(graded, "foreign")
    assert "not JSON" in said(graded, "empty")
    assert "not used" in said(graded, "deep")
    assert "changed after it was made" in said(graded, "tampered")
    assert "zip file cannot be read" in said(graded, "all.zip")
    assert "Oslo 2027" in said(graded, "oslo-2027")
    assert f"nobody on the roster has the pseudonym '{unknown}'" in said(graded, "stranger")
    assert "only answer files" in said(graded, "notes.txt")


def test_a_file_of_another_learner_under_a_false_name_is_not_confirmed(made, packs, folder):
    good, lazy, _ = made.learners
    data = json.loads(hand_in(made, good, packs, folder, all_right()).read_text(encoding="utf-8"))
    data["learner"] = lazy
    for event in data["exercises"][0]["events"]:
        event["learner"] = lazy
    (folder / "copied.mrt.json").write_text(json.dumps(evidence.seal(data)), encoding="utf-8")
    graded = grading.grade(folder, course=made)
    assert not of(graded, lazy).score.confirmed
    assert of(graded, lazy).percent < 100
    assert "these are other data" in said(graded, "copied")


def test_of_two_files_the_one_with_more_events_counts(made, packs, folder):
    learner = made.learners[0]
    some = [("every-kind", "guess", None), ("every-kind", "worst", None)]
    hand_in(made, learner, packs, folder, all_right(), at="a-")
    hand_in(made, learner, packs, folder, some, at="b-")  # newer, but less
    graded = grading.grade(folder, course=made)
    assert of(graded, learner).percent == 100
    assert "has more events" in said(graded, "b-lund")
    assert any("two files" in note for note in of(graded, learner).notes)


def test_with_as_many_events_the_newer_counts_and_a_copy_is_no_second_file(made, packs, folder):
    learner = made.learners[0]
    file = hand_in(
        made, learner, packs, folder, [("every-kind", "guess", None), ("every-kind", "worst", {"point": 1})], at="a-"
    )
    data = json.loads(
        hand_in(
            made, learner, packs, folder, [("every-kind", "guess", None), ("every-kind", "worst", None)], at="b-"
        ).read_text(encoding="utf-8")
    )
    data["made"] = "2099-01-01T00:00:00+00:00"
    (folder / "c.mrt (1).json").write_text(json.dumps(evidence.seal(data)), encoding="utf-8")
    graded = grading.grade(folder, course=made)
    assert of(graded, learner).score.got == 1
    assert "is newer" in said(graded, file.name)
    assert "the same as" in said(graded, "b-lund")


def test_an_assessment_needs_its_key(tmp_path, folder):
    made = course.create(tmp_path / "exam", "Exam", n=2, assessment=True, key=KEY)
    learner = made.learners[0]
    wrong = left_wrong(made, learner)
    answers = [*all_right(), ("every-kind", "left", wrong)]  # the last answer counts
    hand_in(made, learner, tmp_path / "exam" / "packs", folder, answers)
    without = grading.grade(folder)
    assert of(without, learner).percent is None
    assert [problem.file for problem in without.problems] == ["all files"]
    assert "--key" in said(without, "all files")
    graded = grading.grade(folder, course=made)
    assert of(graded, learner).score.got == 4.5
    assert graded.problems == ()


def test_without_a_key_the_course_of_most_files_is_meant(made, packs, folder, tmp_path):
    first, second, _ = made.learners
    hand_in(made, first, packs, folder, all_right())
    other = course.create(tmp_path / "d", "Oslo", n=1)
    hand_in(other, other.learners[0], tmp_path / "d" / "packs", folder, all_right())
    with pytest.raises(InputError, match=r"'Lund 2027'.*'Oslo'|'Oslo'.*'Lund 2027'"):
        grading.grade(folder)
    hand_in(made, second, packs, folder, all_right())
    graded = grading.grade(folder)
    assert graded.course == "Lund 2027"
    assert graded.learners == tuple(sorted((first, second)))
    assert "Oslo" in said(graded, "oslo")


def test_an_exercise_that_is_not_in_the_course_is_left_out_and_said(made, packs, folder):
    learner = made.learners[0]
    file = hand_in(made, learner, packs, folder, all_right())
    narrow = course.Course(made.name, made.mode, made.learners, (("another", 1),), None, made.made)
    graded = grading.grade(folder, course=narrow)
    assert "every-kind is not in the course" in said(graded, file.name)
    assert [work.exercise for work in graded.works] == ["another"] * 3


def test_another_version_is_a_remark_and_no_crash(made, packs, folder, tmp_path):
    learner = made.learners[0]
    file = hand_in(made, learner, packs, folder, all_right())
    path = tmp_path / "exercises" / "testing" / "every-kind" / "exercise.yaml"
    text = path.read_text(encoding="utf-8").replace("version: 1", "version: 2")
    path.write_text(text + "\n", encoding="utf-8")
    graded = grading.grade(folder, course=made)
    assert of(graded, learner).percent is None
    assert "version 1 of the exercise" in said(graded, file.name)


def test_rosters_give_names_to_every_table_and_formulas_to_none(made, packs, folder, tmp_path):
    first, second, third = made.learners
    hand_in(made, first, packs, folder, all_right())
    roster = tmp_path / "r.csv"
    roster.write_text(
        f"First name;Last name;ID;pseudonym\nÅsa;Öst;=7;{first}\nBo;@Lind;8;{second}\nCy;X;9;{third}x\n",
        encoding="utf-8-sig",
    )
    graded = grading.grade(folder, read_roster(roster), made)
    assert "not in the course" in said(graded, "roster")
    grade_tables.write(graded, tmp_path / "out", semicolon=True)
    row = rows(tmp_path / "out" / "grades.csv", ";")[0]
    assert (row["Last name"], row["ID"], row["points"]) == ("Öst", "'=7", "6,5")
    assert (
        rows(tmp_path / "out" / "grades-canvas.csv")[1] | {"Student": "Öst, Åsa", "ID": "'=7"}
        == rows(tmp_path / "out" / "grades-canvas.csv")[1]
    )
    assert rows(tmp_path / "out" / "grades-canvas.csv")[2]["Student"] == "'@Lind, Bo"
    for name in ("grades.csv", "grades-moodle.csv", "grades-canvas.csv"):
        reader = csv.reader(
            io.StringIO((tmp_path / "out" / name).read_text(encoding="utf-8-sig"), newline=""),
            delimiter=";" if name == "grades.csv" else ",",
        )
        assert not [cell for line in reader for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_a_folder_without_answers_is_refused(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        grading.grade(tmp_path / "nowhere")
    (tmp_path / "x").mkdir()
    with pytest.raises(InputError, match="no answer file"):
        grading.grade(tmp_path / "x")


def test_letters_go_on_after_z():
    letters = grading._letters({f"learner-{k}": "0" for k in range(60)}, KEY)
    assert set(letters.values()) >= {"A", "Z", "AA", "AZ", "BH"}
    assert len(set(letters.values())) == 60
    assert letters == grading._letters({f"learner-{k}": "1" for k in range(60)}, KEY)
    assert [letters[f"learner-{k}"] for k in range(3)] != ["A", "B", "C"]


def test_totals_are_per_learner_and_what_was_not_handed_in_counts_nothing(made, packs, folder, tmp_path):
    first, second, third = made.learners
    hand_in(made, first, packs, folder, all_right())
    hand_in(made, second, packs, folder, [("every-kind", "guess", None), ("every-kind", "left", None)])
    two = course.Course(made.name, made.mode, made.learners, (("every-kind", 1), ("never-made", 1)), None, made.made)
    grade_tables.write(grading.grade(folder, course=made), tmp_path / "out")
    table = {row["learner"]: row for row in rows(tmp_path / "out" / "grades-total.csv")}
    assert [(table[one]["points"], table[one]["possible"], table[one]["percent"]) for one in made.learners] == [
        ("6.5", "6.5", "100"), ("2", "6.5", "30.8"), ("", "6.5", ""),
    ]  # fmt: skip
    assert table[third]["remarks"] == "nothing handed in"
    assert table[first]["exercises handed in"] == "1"
    # an exercise that nobody handed in and nothing is known of: no total is made up
    grade_tables.write(grading.grade(folder, course=two), tmp_path / "out")
    row = rows(tmp_path / "out" / "grades-total.csv")[0]
    assert (row["points"], row["possible"], row["percent"], row["exercises"]) == ("6.5", "", "", "2")


def test_possible_points_are_known_of_an_exercise_that_nobody_handed_in(made, packs, folder, tmp_path):
    path = tmp_path / "exercises" / "testing"
    text = (
        (path / "every-kind" / "exercise.yaml").read_text(encoding="utf-8").replace("id: every-kind", "id: second-one")
    )
    (path / "second-one").mkdir()
    (path / "second-one" / "exercise.yaml").write_text(text, encoding="utf-8")
    hand_in(made, made.learners[0], packs, folder, all_right())
    both = course.Course(made.name, made.mode, made.learners, (("every-kind", 1), ("second-one", 1)), None, made.made)
    grade_tables.write(grading.grade(folder, course=both), tmp_path / "out")
    row = rows(tmp_path / "out" / "grades-total.csv")[0]
    assert (row["points"], row["possible"], row["percent"]) == ("6.5", "13", "50")


def test_times_are_local_and_say_their_zone(made, packs, folder, tmp_path):
    hand_in(made, made.learners[0], packs, folder, all_right())
    graded = grading.grade(folder, course=made)
    grade_tables.write(graded, tmp_path / "out", zone=timezone(timedelta(hours=-3, minutes=-30)))
    row = rows(tmp_path / "out" / "grades.csv")[0]
    start = datetime.fromisoformat(of(graded, made.learners[0]).score.started)
    written = datetime.strptime(row["started (local time, UTC-03:30)"], "%Y-%m-%d %H:%M")
    assert written == (start.replace(tzinfo=None) - timedelta(hours=3.5)).replace(second=0, microsecond=0)


def test_two_offsets_are_both_named_when_the_clocks_were_changed():
    winter = datetime(2027, 3, 1, tzinfo=timezone(timedelta(hours=1)))
    summer = datetime(2027, 4, 1, tzinfo=timezone(timedelta(hours=2)))
    assert grade_tables._zone([summer, None, winter]) == "local time, UTC+01:00 and UTC+02:00"


def test_names_for_canvas_come_from_german_columns_too_and_it_is_said(made, packs, folder, tmp_path):
    hand_in(made, made.learners[0], packs, folder, all_right())
    roster = tmp_path / "r.csv"
    roster.write_text(f"Name;Vorname;pseudonym\nÖst;Åsa;{made.learners[0]}\n", encoding="utf-8")
    graded = grading.grade(folder, read_roster(roster), made)
    grade_tables.write(graded, tmp_path / "out")
    assert rows(tmp_path / "out" / "grades-canvas.csv")[1]["Student"] == "Öst, Åsa"
    assert "'Name' and 'Vorname'" in grade_tables.canvas_names(graded)
    without = grading.grade(folder, course=made)
    assert "pseudonym" in grade_tables.canvas_names(without)
