"""New courses: what is in the packs, and above all what is not."""

from __future__ import annotations

import html
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from course_for_tests import KEY, fixed_pseudonyms, outside, write

import mrtlab
from mrtlab import PURPOSE, InputError, _content
from mrtlab.learn import course, identity
from mrtlab.learn.csvs import read_roster
from mrtlab.learn.draws import shown
from mrtlab.learn.library import load
from mrtlab.learn.sheet import Sheet
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


def test_data_files_are_read_by_mrtlab_with_the_same_numbers(tmp_path):
    made = course.create(tmp_path / "c", "C", n=1, exercises=["kidney-tia"])
    folder = tmp_path / "c" / "packs" / made.learners[0]
    sheet = variant(load("kidney-tia"), made.learners[0], "C").sheet
    for name in ("kidney-tia-scans.csv", "kidney-tia-scans-decimal-comma.csv"):
        table = mrtlab.read_tac(folder / name, nuclide="Lu-177", decay_corrected=False)
        assert tuple(table[0].times_h) == sheet.table("scans").column("time_h").values
        assert tuple(table[0].activity_mbq) == sheet.table("scans").column("activity_mbq").values


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
