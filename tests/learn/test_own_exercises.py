"""Courses with exercises of the educator's own: assessments alone, and graded from copies beside the key."""

from __future__ import annotations

import pytest
from course_for_tests import KEY, all_right, fixed_pseudonyms, hand_in, outside, right, write

from mrtlab import InputError, _content
from mrtlab.learn import course
from mrtlab.learn.library import load
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
