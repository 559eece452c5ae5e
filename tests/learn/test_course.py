"""New courses: what is in the packs, and above all what is not."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from course_for_tests import KEY, all_right, fixed_pseudonyms, hand_in, right, write

import mrtlab
from mrtlab import PURPOSE, InputError, _content
from mrtlab.learn import course, identity
from mrtlab.learn.csvs import name_columns, read_roster, rows_csv, table_csv
from mrtlab.learn.draws import shown
from mrtlab.learn.library import load
from mrtlab.learn.sheet import Sheet, SheetColumn, SheetTable
from mrtlab.learn.variants import variant


@pytest.fixture(autouse=True)
def same_pseudonyms(monkeypatch):
    """Pseudonyms decide the data; a test must see the same ones every time."""
    fixed_pseudonyms(monkeypatch)


@pytest.fixture
def library(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")


@pytest.fixture
def made(library, tmp_path):
    return course.create(tmp_path / "lund", "Lund 2027", n=3)


@pytest.fixture
def assessed(library, tmp_path):
    return course.create(tmp_path / "exam", "Exam", n=2, assessment=True, key=KEY)


def test_a_pack_opens_and_gives_the_learner_the_data_of_the_handout(made, tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))
    assert len(set(made.learners)) == 3
    for learner in made.learners:
        folder = tmp_path / "lund" / "packs" / learner
        who = identity.open_pack((folder / "pack.json").read_bytes())
        assert (who.learner, who.course, who.mode) == (learner, "Lund 2027", "practice")
        sheet = variant(load("every-kind"), learner, "Lund 2027").sheet
        page = (folder / "handout.html").read_text(encoding="utf-8")
        assert sheet.code in page
        assert all(f">{cell}<" in page for row in sheet.tables[0].rows for cell in row)
        assert PURPOSE in html.unescape(page)


def test_every_pseudonym_is_one_that_a_learner_could_choose(made):
    assert [identity.check_pseudonym(learner) for learner in made.learners] == list(made.learners)


def test_an_assessment_brings_its_sheets_along(assessed, tmp_path):
    for learner in assessed.learners:
        pack = json.loads((tmp_path / "exam" / "packs" / learner / "pack.json").read_text(encoding="utf-8"))
        sheet = Sheet.from_dict(pack["sheets"][0])
        one = variant(load("every-kind"), learner, "Exam", KEY)
        assert sheet == replace(one.sheet, goals=())
        assert sheet.data_hash != variant(load("every-kind"), learner, "Exam").sheet.data_hash


def words(exercise) -> list[str]:
    """All an exercise says to answers, and its solution."""
    texts = [exercise.solution, exercise.teacher]
    for question in exercise.ask:
        texts += [question.right or "", question.why, question.sample, question.solution, *question.hints]
        texts += [wrong.say for wrong in question.wrong]
        texts += [wrong.say for wrong in (question.u.wrong if question.u else ())]
        texts += [point.point for point in question.rubric or ()]
    return [text for text in texts if len(text) > 8]


@pytest.mark.parametrize("name", ["every-kind", "kidney-tia"])
def test_nothing_in_a_pack_gives_an_answer_away(name, tmp_path, monkeypatch):
    if name == "every-kind":
        write(tmp_path / "exercises")
        monkeypatch.setattr(_content, "folder", lambda _: tmp_path / "exercises")
    made = course.create(tmp_path / "exam", "Exam", n=2, assessment=True, key=KEY, exercises=[name])
    exercise = load(name)
    for learner in made.learners:
        one = variant(exercise, learner, "Exam", KEY)
        files = list((tmp_path / "exam" / "packs" / learner).iterdir())
        assert {file.suffix for file in files} == {".json", ".csv", ".html", ".txt"}
        # the plot is drawn from the table, and an image is what the learner sees: their encoded text says nothing
        text = "\n".join(
            re.sub(r"data:[^\"]+|\"packed\": \"[^\"]*\"", "", file.read_text(encoding="utf-8")) for file in files
        )
        numbers = {round(float(found.replace(",", ".")), 9) for found in re.findall(r"\d+[.,]\d+", text)}
        shown_to_learners = set(re.findall(r"{(\w+)", exercise.story)) | {"first_h", "second_h", "third_h"}
        hidden = [one.formulas[parameter] for parameter in exercise.draw if parameter not in shown_to_learners]
        hidden += [truth.value for truth in one.truth]
        for asked in one.expected.values():
            if asked.question.kind == "number":
                parts = [asked.value, *([asked.u] if asked.u else ())]
                hidden += [number for part in parts for number in (part.value, *(slip.value for slip in part.slips))]
                hidden += [asked.interval.low, asked.interval.high] if asked.interval else []
        told = [float(one.formulas[parameter]) for parameter in exercise.draw if parameter in shown_to_learners]
        for value in hidden:
            if np.isclose(float(value), told).any():
                continue  # such as the slip of giving back what the story says
            assert round(float(value), 9) not in numbers
            if sum(sign.isdigit() for sign in shown(value)) >= 4:
                assert not re.search(rf"(?<!\d){re.escape(shown(value))}(?!\d)", text)
        plain = html.unescape(text)
        assert not any(goal in plain for goal in exercise.goals)
        assert [said for said in words(exercise) if said in plain or one.render(said) in plain] == []
        assert KEY.hex() not in text
        pack = json.loads((tmp_path / "exam" / "packs" / learner / "pack.json").read_text(encoding="utf-8"))
        assert set(pack["sheets"][0]) == set(one.sheet.to_dict())


def outside(folder: Path) -> list[str]:
    """Text of all files of a course but its key, those in zip files too."""
    found = []
    for file in folder.rglob("*"):
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                found += [archive.read(name).decode("utf-8") for name in archive.namelist()]
        elif file.is_file() and file.parent.name != "key":
            found.append(file.read_text(encoding="utf-8-sig"))
    return found


def test_the_key_comes_back_and_stays_in_its_folder(assessed, tmp_path):
    folder = tmp_path / "exam"
    assert course.read_key(folder / "key") == course.read_key(folder / "key" / course.KEY_FILE) == assessed
    assert assessed.key == KEY
    assert "yourself" in (folder / "key" / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    assert not any(KEY.hex() in text for text in outside(folder))


def test_a_random_key_is_made_and_practice_has_none(library, tmp_path, made):
    first = course.create(tmp_path / "one", "One", n=1, assessment=True)
    second = course.create(tmp_path / "two", "Two", n=1, assessment=True)
    assert len(first.key) == len(second.key) == 32
    assert first.key != second.key
    assert made.key is None


def test_the_answer_key_has_what_is_right_for_everyone(assessed, tmp_path):
    page = html.unescape((tmp_path / "exam" / "key" / "answer-key.html").read_text(encoding="utf-8"))
    assert "Keep this folder to yourself" in page
    for learner in assessed.learners:
        one = variant(load("every-kind"), learner, "Exam", KEY)
        left = one.expected["left"]
        row = re.search(rf"<tr><th[^>]*>{learner}</th>.*?</tr>", page)[0]
        assert one.code in row
        for value in (left.value.value, *(slip.value for slip in left.value.slips)):
            assert f">{value:.5g}<" in row
        assert shown(one.truth[0].value) in page
    low, high = (
        variant(load("every-kind"), assessed.learners[0], "Exam", KEY).expected["half_life"].interval.slips[0].value
    )
    assert f">{low:.5g} to {high:.5g}<" in page
    assert "That is three times as wide." in page
    assert "Halved twice." in page
    assert "point 4" in page


def test_the_programme_adds_up(library, tmp_path):
    made = course.create(tmp_path / "c", "C", n=1)
    page = (tmp_path / "c" / "programme.html").read_text(encoding="utf-8")
    assert len(made.exercises) == 1
    assert "0:25" in page
    assert "Ask who looked at the plot." in page
    assert PURPOSE in page


def test_a_break_comes_before_work_goes_too_far(library):
    from mrtlab.learn.course_pages import programme

    one = load("every-kind")
    page = programme("C", "practice", [one] * 5)  # 25 minutes each: a break after three
    assert re.findall(r'<th scope="row">(\d:\d\d)', page) == ["0:00", "0:25", "0:50", "1:15", "1:30", "1:55", "2:20"]
    assert "125 minutes of work" in page


def test_a_course_is_never_written_over_and_a_failure_leaves_nothing(library, tmp_path, made, monkeypatch):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="exists already"):
        course.create(tmp_path / "lund", "Lund 2027", n=1)

    def broken(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(course, "_pack", broken)
    with pytest.raises(InputError, match="No space left"):
        course.create(tmp_path / "other", "Other", n=1)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "self"}, "without a course"),
        ({"name": " "}, "1 to 80"),
        ({"name": "a\x00b"}, "one line"),
        ({"n": 0}, "from 1 to 500"),
        ({"n": 501}, "from 1 to 500"),
        ({"exercises": ["nothing-like-it"]}, "no exercise"),
        ({"exercises": ["every-kind", "every-kind"]}, "twice"),
        ({"key": b"short", "assessment": True}, "32 bytes"),
    ],
)
def test_what_cannot_be_used_is_refused(library, tmp_path, arguments, message):
    arguments = {"name": "Lund", "n": 1, **arguments}
    with pytest.raises(InputError, match=message):
        course.create(tmp_path / "new", **arguments)
    assert not (tmp_path / "new").exists()


def test_with_a_roster_names_stay_in_the_key_folder(library, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("Name;E-mail\nÅsa Öst;asa@example.org\n=cmd();x@example.org\n", encoding="utf-8-sig")
    made = course.create(tmp_path / "lund", "Lund", roster=people)
    assert len(made.learners) == 2
    kept = read_roster(tmp_path / "lund" / "key" / "roster.csv")
    assert {row.pseudonym for row in kept.rows} == set(made.learners)
    assert [row.cells["Name"] for row in kept.rows] == ["Åsa Öst", "'=cmd()"]
    assert not any("Öst" in text for text in outside(tmp_path / "lund"))
    with pytest.raises(InputError, match="2 people"):
        course.create(tmp_path / "more", "More", roster=people, n=3)


def test_the_roster_template_can_be_filled_in_and_read(made, tmp_path):
    file = tmp_path / "lund" / "roster-template.csv"
    roster = read_roster(file)
    assert [row.pseudonym for row in roster.rows] == list(made.learners)
    assert roster.columns == ("name", "email")


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


def test_data_files_are_read_by_mrtlab_with_the_same_numbers(tmp_path):
    made = course.create(tmp_path / "c", "C", n=1, exercises=["kidney-tia"])
    folder = tmp_path / "c" / "packs" / made.learners[0]
    sheet = variant(load("kidney-tia"), made.learners[0], "C").sheet
    for name in ("kidney-tia-scans.csv", "kidney-tia-scans-decimal-comma.csv"):
        table = mrtlab.read_tac(folder / name, nuclide="Lu-177", decay_corrected=False)
        assert tuple(table[0].times_h) == sheet.table("scans").column("time_h").values
        assert tuple(table[0].activity_mbq) == sheet.table("scans").column("activity_mbq").values


def test_numbers_in_data_files_lose_their_grouping():
    column = SheetColumn("a_mbq", "A", "MBq", ("13\u202f350", "−0.5"), (13350.0, -0.5))
    table = SheetTable("t", "Caption", (column, SheetColumn("who", "Who", "", ("x,y", "z"))))
    assert table_csv(table).splitlines() == ["# Caption", "a_mbq,who", '13350,"x,y"', "-0.5,z"]
    assert table_csv(table, semicolon=True).splitlines()[2:] == ["13350;x,y", "-0,5;z"]


def test_names_of_courses_become_names_of_folders():
    assert course.slug("Lund 2027") == "lund-2027"
    assert course.slug("Zürich / März") == "zurich-marz"
    assert course.slug("CON") == "course-con"
    assert course.slug("../..") == "course"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"mrtlab_course": 2}', '{"mrtlab_course": 1, "course": 5}', "\x00", '{"mrtlab_pack": 1}'],
)
def test_a_key_that_is_none_is_refused(tmp_path, text):
    file = tmp_path / "course-key.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"key|another mrtlab"):
        course.read_key(file)


def test_a_key_whose_parts_do_not_fit_is_refused(assessed, tmp_path):
    file = tmp_path / "exam" / "key" / course.KEY_FILE
    data = json.loads(file.read_text(encoding="utf-8"))
    for change in ({"key": None}, {"mode": "practice"}, {"learners": [1]}, {"key": "zz"}, {"exercises": [{}]}):
        file.write_text(json.dumps({**data, **change}), encoding="utf-8")
        with pytest.raises(InputError, match="damaged"):
            course.read_key(file)


def test_every_learner_has_one_zip_file_with_all_of_the_pack(made, tmp_path):
    for learner in made.learners:
        folder = tmp_path / "lund" / "packs" / learner
        with zipfile.ZipFile(folder.with_name(f"{learner}.zip")) as archive:
            assert sorted(archive.namelist()) == sorted(file.name for file in folder.iterdir())
            assert all(archive.read(file.name) == file.read_bytes() for file in folder.iterdir())
        assert {"pack.json", "handout.html", "READ-ME.txt", "every-kind-scans.csv"} <= {
            f.name for f in folder.iterdir()
        }


def test_the_instructions_name_the_buttons_of_the_page(made, tmp_path):
    text = (tmp_path / "lund" / "packs" / made.learners[0] / "READ-ME.txt").read_text(encoding="utf-8")
    page = Path(mrtlab.__file__).parent / "apps" / "exercise"
    assert "Open my course pack…" in (page / "entry.py").read_text(encoding="utf-8")
    assert "Open my course pack…" in text
    assert "Hand in: download my answer file" in (page / "ending.py").read_text(encoding="utf-8")
    assert "Hand in: download my answer file" in text
    assert made.learners[0] in text
    assert PURPOSE in text


def test_goals_stand_behind_the_questions_in_practice_and_nowhere_in_an_assessment(made, assessed, tmp_path):
    page = (tmp_path / "lund" / "packs" / made.learners[0] / "handout.html").read_text(encoding="utf-8")
    assert page.index("Where is the bright spot?") < page.index("meet all kinds of questions")
    assert not any("meet all kinds of questions" in text for text in outside(tmp_path / "exam" / "packs"))
    assert "meet all kinds of questions" in (tmp_path / "exam" / "programme.html").read_text(encoding="utf-8")


def test_without_a_roster_the_key_has_one_of_pseudonyms_alone(made, tmp_path):
    roster = read_roster(tmp_path / "lund" / "key" / "roster.csv")
    assert [row.pseudonym for row in roster.rows] == list(made.learners)
    assert roster.columns == ()


@pytest.fixture
def own(library, tmp_path):
    """An exercise that does not come with mrtlab."""
    folder = tmp_path / "mine" / "my-own"
    folder.mkdir(parents=True)
    shipped = tmp_path / "exercises" / "testing" / "every-kind"
    text = (shipped / "exercise.yaml").read_text(encoding="utf-8").replace("id: every-kind", "id: my-own")
    (folder / "exercise.yaml").write_text(text, encoding="utf-8")
    (folder / "generate.py").write_text((shipped / "generate.py").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_an_exercise_of_ones_own_is_refused_for_practice(own, tmp_path):
    with pytest.raises(InputError, match=r"'my-own' is your own.*--assessment.*mrtlab's exercises"):
        course.create(tmp_path / "p", "P", n=1, exercises=["every-kind", str(own)])
    assert not (tmp_path / "p").exists()


def test_an_assessment_of_ones_own_exercise_goes_from_pack_to_points(own, tmp_path, monkeypatch):
    from mrtlab.learn import grading
    from mrtlab.learn.class_page import class_page

    made = course.create(tmp_path / "x", "X", n=2, exercises=["every-kind", str(own)], assessment=True, key=KEY)
    assert not any("Halved twice" in text for text in outside(tmp_path / "x" / "packs"))
    learner = made.learners[0]
    one = variant(load(own), learner, "X", KEY)
    answers = [("my-own", question, right(one, question)) for _, question, _ in all_right()]
    # the learner's computer knows nothing of the exercise
    (own / "exercise.yaml").unlink()
    monkeypatch.setattr("course_for_tests.load", lambda name: load("every-kind"))
    hand_in(made, learner, tmp_path / "x" / "packs", tmp_path / "in", answers)
    graded = grading.grade(tmp_path / "in", course=course.read_key(tmp_path / "x" / "key"))
    assert graded.problems == ()
    work = next(work for work in graded.works if (work.learner, work.exercise) == (learner, "my-own"))
    assert (work.score.got, work.percent, work.score.confirmed) == (6.5, 100, True)
    page = class_page(graded)
    assert page.count("1 within the tolerance") >= 2
    (tmp_path / "x" / "key" / "exercises" / "my-own" / "exercise.yaml").unlink()
    with pytest.raises(InputError, match=r"of your own, 'my-own'.*keep the whole"):
        course.read_key(tmp_path / "x" / "key")


def test_what_canvas_exports_is_a_roster_of_new_courses(library, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(
        "Student,ID,SIS Login ID,Section,Dose (12)\n,,,,Manual Posting\n    Points Possible,,,,10\n"
        '"Öst, Åsa",77,asa,A,\n',
        encoding="utf-8",
    )
    course.create(tmp_path / "c", "C", roster=file)
    (row,) = read_roster(tmp_path / "c" / "key" / "roster.csv").rows
    assert (row.cells["Student"], row.cells["ID"]) == ("Öst, Åsa", "77")


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
