"""Exercises as assignments for nbgrader, with every learner's own data.

nbgrader hands the same notebook to everybody. Here the notebook asks for the pseudonym in its first cell and shows the
data that follow from it, so that thirty learners still have thirty patients. Its test cells end with the number of
points, as nbgrader's partial credit wants it.

nbgrader runs what learners write; where only answers are to be marked, ``mrtlab course grade`` does it without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import mrtlab
from mrtlab.errors import InputError
from mrtlab.learn.checking import Verdict, check
from mrtlab.learn.library import load
from mrtlab.learn.schema import Exercise
from mrtlab.learn.session import SCORED
from mrtlab.learn.sheet import SheetQuestion
from mrtlab.learn.variants import variant

__all__ = ["Assignment", "notebook", "write"]

_SCHEMA = 3  # of nbgrader's cell metadata, since nbgrader 0.6
_EXAMPLES = {
    "number": '"13 350"',
    "choice": '{"choice": "…", "reason": "…"}',
    "text": '"…"',
    "point": "0",
    "region": '{"low": "…", "high": "…"}',
    "place": '{"x": 0, "y": 0}',
    "record": 'open("record.json", encoding="utf-8").read()',
}


class Assignment:
    """One learner's exercise inside a notebook.

    Parameters
    ----------
    exercise : str
        Its id.
    learner : str
        Pseudonym.
    course : str
    """

    def __init__(self, exercise: str, learner: str, course: str = "self"):
        if not str(learner).strip():
            raise InputError("type your pseudonym between the quotes first; it decides which patient you get")
        self._variant = variant(load(exercise), learner.strip(), course)
        self.sheet = self._variant.sheet

    def _repr_markdown_(self) -> str:
        """Story and data as Jupyter shows them."""
        parts = [f"*Your patient {self.sheet.code}*", self.sheet.story]
        for table in self.sheet.tables:
            head = " | ".join(column.heading for column in table.columns)
            rule = " | ".join("---:" for _ in table.columns)
            rows = "\n".join(f"| {' | '.join(row)} |" for row in table.rows)
            parts.append(f"**{table.caption}**\n\n| {head} |\n| {rule} |\n{rows}")
        for file in self.sheet.files:
            parts.append(f"File `{file.name}`: {file.caption} Its bytes: `mine.file({file.name!r})`.")
        return "\n\n".join(parts)

    def column(self, name: str) -> tuple[float, ...]:
        """The numbers of one column of the data, by its name."""
        for table in self.sheet.tables:
            for column in table.columns:
                if column.name == name:
                    return column.values if column.values is not None else column.cells
        known = [column.name for table in self.sheet.tables for column in table.columns]
        raise InputError(f"there is no column {name!r}; there are: {', '.join(known)}")

    def file(self, name: str) -> bytes:
        """The content of one file of the data, by its name."""
        for file in self.sheet.files:
            if file.name == name:
                return file.content
        raise InputError(f"there is no file {name!r}; there are: {', '.join(file.name for file in self.sheet.files)}")

    def check(self, question: str, answers: Mapping) -> Verdict:
        """What there is to say to an answer."""
        asked = self.sheet.question(question)
        return check(self._variant.expected[question], asked, raw(asked, answers.get(question)), self._variant.render)

    def points(self, question: str, answers: Mapping) -> float:
        """Points for an answer, and what there is to say to it; texts and predictions are for a person to mark."""
        verdict = self.check(question, answers)
        print(verdict.message.replace("**", ""))
        return self.sheet.question(question).points * SCORED.get(verdict.outcome, 0.0)


def raw(question: SheetQuestion, answer) -> dict:
    """An answer in the form of the logbook, from what a learner writes in a notebook.

    A number may be a number or text, with its uncertainty as "13 350 ± 390", or a mapping.
    """
    if answer is None:
        return {}
    if isinstance(answer, Mapping):
        return {str(name): value if name in ("point", "x", "y") else str(value) for name, value in answer.items()}
    if question.kind == "number":
        value, sign, u = str(answer).partition("±")
        return {"value": value.strip(), **({"u": u.strip()} if sign else {})}
    return {question.kind if question.kind in ("choice", "text", "point", "record") else "value": answer}


def notebook(exercise: Exercise, course: str = "self") -> dict:
    """The source notebook of an assignment, for ``source/<assignment>/`` of an nbgrader course.

    Returns
    -------
    dict
        A notebook of format 4.5, ready for :func:`json.dump`.
    """
    cells = [
        _markdown("title", f"# {exercise.title}\n\n{_goals(exercise)}\n\n{mrtlab.PURPOSE}"),
        _code(
            "who",
            '# Your pseudonym, as your teacher gave it to you. It decides which patient you get.\npseudonym = ""',
            solution=True,
        ),
        _code(
            "data",
            "from mrtlab.learn.nbgrader import Assignment\n\n"
            f"mine = Assignment({exercise.id!r}, pseudonym, {course!r})\nanswers = {{}}\nmine",
            locked=True,
        ),
    ]
    for question in exercise.ask:
        options = "".join(f"\n- `{key}`: {text}" for key, text in (question.choose or {}).items())
        unit = f" ({question.unit})" if question.unit else ""
        cells.append(_markdown(f"ask-{question.id}", f"## {question.text}{unit}\n{options}"))
        example = '"13 350 ± 390"' if question.u else _EXAMPLES[question.kind]
        if question.interval:
            example = '{"value": "…", "low": "…", "high": "…"}'
        answer = f"# such as: answers[{question.id!r}] = {example}\nanswers[{question.id!r}] = None"
        cells.append(_code(f"answer-{question.id}", answer, solution=True))
        if question.kind != "text" and not question.predict:
            test = f"mine.points({question.id!r}, answers)"
            cells.append(_code(f"test-{question.id}", test, points=question.points, locked=True))
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(exercise: Exercise, folder: Path, course: str = "self") -> Path:
    """Write the assignment of an exercise; never over a file that is there.

    Returns
    -------
    Path
        ``<folder>/<exercise>/<exercise>.ipynb``
    """
    path = Path(folder) / exercise.id / f"{exercise.id}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            json.dump(notebook(exercise, course), file, ensure_ascii=False, indent=1)
    except FileExistsError:
        raise InputError(f"{path} is already there; remove it first or choose another folder") from None
    return path


def _goals(exercise: Exercise) -> str:
    goals = "\n".join(f"- {goal}" for goal in exercise.goals)
    return f"{exercise.minutes} minutes · level: {exercise.level} · {exercise.therapy}\n\n{goals}"


def _markdown(name: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": _id(name), "metadata": {}, "source": text}


def _code(name: str, text: str, *, solution: bool = False, locked: bool = False, points: float | None = None) -> dict:
    marks = {
        "grade": points is not None,
        "grade_id": _id(name),
        "locked": locked,
        "schema_version": _SCHEMA,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": _id(name),
        "metadata": {"nbgrader": marks},
        "outputs": [],
        "source": text,
    }


def _id(name: str) -> str:
    return name.replace("_", "-")
