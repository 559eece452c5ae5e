"""Assignments for nbgrader: a right and a wrong submission, autograded by nbgrader itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest

from mrtlab.errors import InputError
from mrtlab.learn import library, nbgrader
from mrtlab.learn.audit import typed
from mrtlab.learn.checking import Outcome
from mrtlab.learn.variants import variant

EXERCISE = "kidney-tia"


def code_of(raw: dict) -> str:
    """An answer as a learner writes it into the notebook."""
    if set(raw) == {"value", "u"}:
        return repr(f"{raw['value']} ± {raw['u']}")
    return repr(raw["value"]) if set(raw) == {"value"} else repr(raw)


def fill(path, learner: str, answers: dict) -> None:
    """Do the assignment."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name == "who":
            cell.source = f"pseudonym = {learner!r}"
        for question, raw in answers.items():
            if name == f"answer-{question.replace('_', '-')}":
                cell.source = f"answers[{question!r}] = {code_of(raw)}"
    nbformat.write(notebook, path)


@pytest.fixture
def right():
    one = variant(library.load(EXERCISE), "quiet-heron-42")
    return {key: typed(expected) for key, expected in one.expected.items()}


class TestNotebook:
    def test_is_a_valid_notebook_with_unique_ids(self):
        for exercise in library.exercises():
            notebook = nbformat.from_dict(nbgrader.notebook(exercise))
            nbformat.validate(notebook)
            ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
            assert len(set(ids)) == len(ids)

    def test_holds_no_answer(self, right):
        text = json.dumps(nbgrader.notebook(library.load(EXERCISE)))
        assert "wrong" not in text
        assert right["tia"]["value"] not in text

    def test_never_over_a_file(self, tmp_path):
        nbgrader.write(library.load(EXERCISE), tmp_path)
        with pytest.raises(InputError, match="already there"):
            nbgrader.write(library.load(EXERCISE), tmp_path)


class TestAssignment:
    def test_data_are_the_learners_own(self):
        mine, other = (nbgrader.Assignment(EXERCISE, name) for name in ("quiet-heron-42", "loud-owl-7"))
        assert mine.column("activity_mbq") != other.column("activity_mbq")
        assert f"{mine.column('activity_mbq')[0]:g}" in mine._repr_markdown_()
        with pytest.raises(InputError, match="time_h, activity_mbq"):
            mine.column("dose")

    def test_a_pseudonym_is_needed(self):
        with pytest.raises(InputError, match="pseudonym"):
            nbgrader.Assignment(EXERCISE, " ")

    def test_answers_in_several_forms(self, right):
        mine = nbgrader.Assignment(EXERCISE, "quiet-heron-42")
        value, u = right["tia"]["value"], right["tia"]["u"]
        for answer in (f"{value} ± {u} MBq·h", f"{value}±{u}", right["tia"], {"value": float(value), "u": float(u)}):
            assert mine.check("tia", {"tia": answer}).outcome == Outcome.RIGHT
        assert mine.check("half_life", {"half_life": float(right["half_life"]["value"])}).outcome == Outcome.RIGHT
        assert mine.check("half_life", {}).outcome == Outcome.NOT_ATTEMPTED
        assert mine.check("tia", {"tia": value}).outcome == Outcome.NOT_ATTEMPTED
        assert mine.points("tia", {"tia": f"{value} ± 1"}) == 0.5


def test_nbgrader_grades_a_right_and_a_wrong_submission(tmp_path, right):
    """The whole way through nbgrader's own commands: generate, collect, autograde, read the gradebook."""
    gradebook = pytest.importorskip("nbgrader.api", reason="nbgrader is not installed")
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "mrt"\nc.ExecutePreprocessor.timeout = 300\n', encoding="utf-8"
    )
    nbgrader.write(library.load(EXERCISE), tmp_path / "source")
    environment = {**os.environ, "JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(tmp_path / "ipython")}

    def run(*command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("generate_assignment", EXERCISE)
    released = tmp_path / "release" / EXERCISE / f"{EXERCISE}.ipynb"
    # one answer half right, one wrong, one missing
    wrong = {"tia": {**right["tia"], "u": "1"}, "half_life": {"value": "1"}}
    for student, answers in (("ada", right), ("bob", wrong)):
        path = tmp_path / "submitted" / student / EXERCISE / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(released.read_bytes())
        fill(path, "quiet-heron-42", answers)
    run("autograde", EXERCISE)
    with gradebook.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        scores = {student: book.find_submission(EXERCISE, student).score for student in ("ada", "bob")}
        assert book.find_assignment(EXERCISE).max_score == 3
    assert scores == {"ada": 3, "bob": 0.5}
