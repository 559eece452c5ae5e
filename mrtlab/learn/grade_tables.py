"""A grading as tables: by exercise and by learner for a spreadsheet, for Moodle and for Canvas.

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
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from mrtlab.errors import InputError
from mrtlab.learn.csvs import name_columns, rows_csv
from mrtlab.learn.grading import Grading, Work
from mrtlab.learn.library import load

__all__ = ["canvas_names", "write"]


def write(grading: Grading, out: Path, *, semicolon: bool = False, zone: tzinfo | None = None) -> tuple[Path, ...]:
    """Write ``grades.csv``, ``grades-total.csv``, those for Moodle and Canvas, and ``grading-report.txt``.

    Parameters
    ----------
    grading : Grading
    out : Path
        Folder; files of these names are replaced.
    semicolon : bool
        Whether ``grades.csv`` and ``grades-total.csv`` are separated by semicolons with decimal commas, for a
        spreadsheet that expects them.
    zone : tzinfo, optional
        In which times are written; by default that of this computer.
    """
    report = "".join(f"{problem.file}: {problem.text}\n" for problem in grading.problems)
    contents = {
        "grades.csv": "\ufeff" + rows_csv(_generic(grading, zone), semicolon=semicolon),
        "grades-total.csv": "\ufeff" + rows_csv(_total(grading), semicolon=semicolon),
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


def _local(text: str, zone: tzinfo | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(zone) if text else None


def _clock(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def _zone(moments: Iterable[datetime | None]) -> str:
    """What the times are in; two offsets where the clocks were changed during the course."""
    offsets = sorted({moment.utcoffset() or timedelta(0) for moment in moments if moment})
    return f"local time, {' and '.join(map(_offset, offsets))}" if offsets else "local time"


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _generic(grading: Grading, zone: tzinfo | None) -> Iterable[list]:
    columns = grading.roster.columns if grading.roster else ()
    scores = [work.score for work in grading.works if work.score]
    named = _zone(_local(text, zone) for score in scores for text in (score.started, score.finished))
    yield [
        "learner", *columns, "exercise", "version", "points", "possible", "percent", "attempts", "hints", "minutes",
        f"started ({named})", f"finished ({named})", "code", "remarks", "on the class page",
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
            _rounded(score.minutes), _clock(_local(score.started, zone)), _clock(_local(score.finished, zone)),
            score.code, *end,
        ]  # fmt: skip


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _by_learner(grading: Grading) -> Iterable[tuple[str, list[Work]]]:
    for learner in grading.learners:
        yield learner, [work for work in grading.works if work.learner == learner]


def _possible(grading: Grading) -> dict[str, float | None]:
    """Points there are for verdicts in each exercise; None where nothing says so."""
    found = {}
    for name in grading.exercises:
        marked = [one.score.possible for one in grading.works if one.exercise == name and one.score]
        found[name] = max(marked) if marked else _in_exercise(grading, name)
    return found


def _in_exercise(grading: Grading, name: str) -> float | None:
    """Where nobody handed the exercise in."""
    try:
        asked = load(grading.own.get(name, name)).ask
    except InputError:
        return None
    return sum(one.points for one in asked if one.kind != "text" and not one.predict)


def _total(grading: Grading) -> Iterable[list]:
    """One line per learner. An exercise that was not handed in counts nothing; one that cannot be judged, no total."""
    columns = grading.roster.columns if grading.roster else ()
    yield ["learner", *columns, "points", "possible", "percent", "exercises handed in", "exercises", "remarks"]
    points = _possible(grading)
    possible = None if None in points.values() else sum(points.values())
    for learner, works in _by_learner(grading):
        person, scores = _person(grading, learner), [work.score for work in works if work.score]
        unjudged = [score.exercise for score in scores if score.got is None]
        got = sum(score.got for score in scores) if scores and not unjudged else None
        percent = _rounded(100 * got / possible) if got is not None and possible else None
        remarks = f"cannot be judged: {', '.join(unjudged)}" if unjudged else "" if scores else "nothing handed in"
        start = [learner, *(person.get(column) for column in columns)]
        yield [*start, got, possible, percent, len(scores), len(grading.exercises), remarks]


def _moodle(grading: Grading) -> Iterable[list]:
    columns = grading.roster.columns if grading.roster else ()
    yield ["pseudonym", *columns, *(f"{exercise} (per cent)" for exercise in grading.exercises)]
    for learner, works in _by_learner(grading):
        person = _person(grading, learner)
        yield [learner, *(person.get(column) for column in columns), *(_rounded(work.percent) for work in works)]


_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def canvas_names(grading: Grading) -> str:
    """From which columns of the roster the names for Canvas are, in a sentence."""
    used = name_columns(grading.roster.columns).used if grading.roster else ()
    if used:
        return f"In grades-canvas.csv Student is from the roster's {' and '.join(map(repr, used))}."
    return (
        "In grades-canvas.csv Student is the pseudonym: there is no roster with a column Student, Name, or First name "
        "and Last name."
    )


def _canvas(grading: Grading) -> Iterable[list]:
    names = name_columns(grading.roster.columns) if grading.roster else name_columns(())
    yield [*_CANVAS, *grading.exercises]
    yield ["    Points Possible", None, None, None, None, *_possible(grading).values()]
    for learner, works in _by_learner(grading):
        person = _person(grading, learner)
        cells = {column.casefold(): cell for column, cell in person.items()}
        known = [names.of(person, surname_first=True) or learner, *(cells.get(one.casefold()) for one in _CANVAS[1:])]
        yield [*known, *(work.score.got if work.score else None for work in works)]
