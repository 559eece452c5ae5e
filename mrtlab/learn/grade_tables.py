"""A grading as tables: for a spreadsheet, for Moodle and for Canvas.

Columns of other systems, and how sure they are:

* Moodle: whoever imports a CSV file chooses which column names the person (e-mail address or ID number) and which is
  a grade, so the roster's columns and one column of percentages per exercise are written (published: docs.moodle.org,
  "Grade import", 3.11 to 4.5). A new grade item counts to 100 (recalled), hence per cent.
* Canvas: Student, ID, SIS User ID, SIS Login ID, Section, then assignments, with a line "Points Possible" under the
  header (published: the gradebook exporter in Canvas's source). ID must be Canvas's own (recalled): export the grade
  book from Canvas, add a column ``pseudonym``, and use that file as roster. Neither import was tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mrtlab.errors import InputError
from mrtlab.learn.csvs import rows_csv
from mrtlab.learn.grading import Grading, Work

__all__ = ["write"]


def write(grading: Grading, out: Path, *, semicolon: bool = False) -> tuple[Path, ...]:
    """Write ``grades.csv``, ``grades-moodle.csv``, ``grades-canvas.csv`` and ``grading-report.txt``.

    Parameters
    ----------
    grading : Grading
    out : Path
        Folder; files of these names are replaced.
    semicolon : bool
        Whether ``grades.csv`` is separated by semicolons with decimal commas, for a spreadsheet that expects them.
    """
    report = "".join(f"{problem.file}: {problem.text}\n" for problem in grading.problems)
    contents = {
        "grades.csv": "\ufeff" + rows_csv(_generic(grading), semicolon=semicolon),
        "grades-moodle.csv": rows_csv(_moodle(grading)),
        "grades-canvas.csv": rows_csv(_canvas(grading)),
        "grading-report.txt": report or "Nothing to report: every file was used and confirmed.\n",
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            (out / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"the grades could not be written to {out}: {error.strerror or error}; is one open in a spreadsheet?"
        ) from None
    return tuple(out / name for name in contents)


def _person(grading: Grading, learner: str) -> dict[str, str]:
    row = grading.roster.row(learner) if grading.roster else None
    return row.cells if row else {}


def _generic(grading: Grading) -> Iterable[list]:
    columns = grading.roster.columns if grading.roster else ()
    yield [
        "learner", *columns, "exercise", "version", "points", "possible", "percent", "attempts", "hints", "minutes",
        "started", "finished", "code", "remarks", "on the class page",
    ]  # fmt: skip
    for work in grading.works:
        person, score = _person(grading, work.learner), work.score
        start = [work.learner, *(person.get(column) for column in columns), work.exercise]
        end = ["; ".join(work.notes), grading.letters.get(work.learner)]
        if score is None:
            yield [*start, *[None] * 10, *end]
            continue
        yield [
            *start, score.version, score.got, score.possible, _rounded(work.percent), score.attempts, score.hints,
            _rounded(score.minutes), score.started, score.finished, score.code, *end,
        ]  # fmt: skip


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _by_learner(grading: Grading) -> Iterable[tuple[str, list[Work]]]:
    for learner in grading.learners:
        yield learner, [work for work in grading.works if work.learner == learner]


def _moodle(grading: Grading) -> Iterable[list]:
    columns = grading.roster.columns if grading.roster else ()
    yield ["pseudonym", *columns, *(f"{exercise} (per cent)" for exercise in grading.exercises)]
    for learner, works in _by_learner(grading):
        person = _person(grading, learner)
        yield [learner, *(person.get(column) for column in columns), *(_rounded(work.percent) for work in works)]


_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def _canvas(grading: Grading) -> Iterable[list]:
    possible = {
        exercise: max(
            (one.score.possible for one in grading.works if one.exercise == exercise and one.score), default=None
        )
        for exercise in grading.exercises
    }
    yield [*_CANVAS, *grading.exercises]
    yield ["    Points Possible", None, None, None, None, *possible.values()]
    for learner, works in _by_learner(grading):
        person = {column.casefold(): cell for column, cell in _person(grading, learner).items()}
        names = [person.get("student") or person.get("name") or person.get("full name") or _first_last(person)]
        known = [names[0] or learner, *(person.get(column.casefold()) for column in _CANVAS[1:])]
        yield [*known, *(work.score.got if work.score else None for work in works)]


def _first_last(person: dict[str, str]) -> str:
    """Surname first, as Canvas has it."""
    first = person.get("first name") or person.get("firstname") or ""
    last = person.get("last name") or person.get("surname") or person.get("lastname") or ""
    return f"{last}, {first}" if first and last else first or last
