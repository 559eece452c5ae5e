"""Grading a course from the answer files its learners handed in.

Nothing a learner made is run, and no verdict in a file is believed: the data are drawn anew, every answer is judged
again, and points follow from that. A file that cannot be used is named with its reason and stops nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mrtlab.errors import InputError
from mrtlab.learn import _incoming, evidence
from mrtlab.learn._incoming import File, Problem
from mrtlab.learn.course import Course
from mrtlab.learn.csvs import Roster
from mrtlab.learn.remarks import NEEDS_KEY

__all__ = ["Grading", "Problem", "Work", "drawn_from", "grade"]


@dataclass(frozen=True)
class Work:
    """One learner's work at one exercise.

    Attributes
    ----------
    learner, exercise : str
    entry : dict or None
        Of the evidence; None if nothing was handed in.
    marks : tuple of evidence.Remark
        Every answer judged again.
    score : evidence.ExerciseScore or None
    notes : tuple of str
        What a person must know before the points are used.
    """

    learner: str
    exercise: str
    entry: dict | None = None
    marks: tuple[evidence.Remark, ...] = ()
    score: evidence.ExerciseScore | None = None
    notes: tuple[str, ...] = ()

    @property
    def percent(self) -> float | None:
        """Of the points there are; None where they cannot be computed."""
        if self.score is None or self.score.got is None or not self.score.possible:
            return None
        return 100 * self.score.got / self.score.possible


@dataclass(frozen=True)
class Grading:
    """A course, graded.

    Attributes
    ----------
    course : str
    mode : {"practice", "assessment"}
    key : bytes or None
    roster : Roster or None
    learners, exercises : tuple of str
        In the order of the results.
    works : tuple of Work
        One per learner and exercise.
    letters : dict of learner to letters
        What stands for learners where they are not named; the order says nothing.
    problems : tuple of Problem
    listed : bool
        Whether roster or key says who belongs to the course; otherwise nobody can be missed.
    own : mapping of id to Path
        Folders of the exercises that do not come with mrtlab.
    """

    course: str
    mode: str
    key: bytes | None
    roster: Roster | None
    learners: tuple[str, ...]
    exercises: tuple[str, ...]
    works: tuple[Work, ...]
    letters: dict[str, str]
    problems: tuple[Problem, ...]
    listed: bool = True
    own: Mapping[str, Path] = field(default_factory=dict)

    @property
    def handed_in(self) -> tuple[str, ...]:
        """Learners with at least one usable file."""
        return tuple(self.letters)


def grade(
    folder: Path,
    roster: Roster | None = None,
    course: Course | None = None,
    advance: Callable[[int, int], None] | None = None,
) -> Grading:
    """Read every ``*.mrt.json`` below a folder, in zip files too, and judge it.

    Parameters
    ----------
    folder : Path
    roster : Roster, optional
        Who belongs to the course; people without a file get empty results.
    course : Course, optional
        From :func:`mrtlab.learn.course.read_key`. An assessment cannot be judged without it.
    advance : callable, optional
        Told how many learners of how many are done.

    Raises
    ------
    InputError
        If there is no answer file at all, or it cannot be told which course is meant.
    """
    problems: list[Problem] = []
    files = _incoming.read(folder, problems)
    name, mode = (course.name, course.mode) if course else _common_course(files, problems)
    files = [one for one in files if _belongs(one, name, mode, problems)]
    if mode == "assessment" and course is None:
        problems.append(Problem("all files", f"{NEEDS_KEY}; give --key, and points can be computed"))
    learners = _learners(roster, course, files, problems)
    files = [one for one in files if _known(one, learners, roster, problems)]
    exercises = [one for one, _ in course.exercises] if course else []
    works: dict[tuple[str, str], Work] = {}
    hashes: dict[str, str] = {}
    for done, learner in enumerate(learners, 1):
        mine = [one for one in files if one.learner == learner]
        for work in _judged(learner, mine, course, problems) if mine else ():
            if work.exercise not in exercises:
                exercises.append(work.exercise)
            works[learner, work.exercise] = work
            hashes[learner] = mine[0].data["sha256"]
        if advance:
            advance(done, len(learners))
    if not course:
        exercises.sort()
    return Grading(
        course=name,
        mode=mode,
        key=course.key if course else None,
        roster=roster,
        learners=tuple(learners),
        exercises=tuple(exercises),
        works=tuple(
            works.get((learner, exercise), Work(learner, exercise, notes=("nothing handed in",)))
            for learner in learners
            for exercise in exercises
        ),
        letters=_letters(hashes, course.key if course else None),
        problems=tuple(problems),
        listed=roster is not None or course is not None,
        own=course.own if course else {},
    )


def _common_course(files: list[File], problems: list[Problem]) -> tuple[str, str]:
    """Without a key: the course most files are of."""
    counted = Counter((one.data["course"], one.data["mode"]) for one in files).most_common(2)
    if not counted:
        said = "".join(f"\n  {problem.file}: {problem.text}" for problem in problems[:10])
        raise InputError(f"none of the answer files can be used:{said}")
    if len(counted) > 1 and counted[0][1] == counted[1][1]:
        names = " and ".join(f"{name!r} ({mode})" for (name, mode), _ in counted)
        raise InputError(f"the files are of {names}; say which course with its key (--key)")
    return counted[0][0]


def _belongs(one: File, name: str, mode: str, problems: list[Problem]) -> bool:
    if one.data["course"] != name:
        problems.append(Problem(one.name, f"not used: it is of the course {one.data['course']!r}, not {name!r}"))
        return False
    if one.data["mode"] != mode:
        problems.append(Problem(one.name, f"not used: it is of {one.data['mode']}, and the course is {mode}"))
        return False
    return True


def _learners(roster: Roster | None, course: Course | None, files: list[File], problems: list[Problem]) -> list[str]:
    key = [learner.lower() for learner in course.learners] if course else []
    if roster is None:
        return key or sorted({one.learner for one in files})
    listed = [row.pseudonym for row in roster.rows]
    for learner in listed:
        if course and learner not in key:
            problems.append(Problem("roster", f"{learner!r} is not in the course {course.name!r}; a slip of the pen?"))
    missing = [learner for learner in key if learner not in listed]
    if missing and any(one.learner in missing for one in files):
        problems.append(Problem("roster", f"learners of the course who are not on it: {', '.join(missing)}"))
    return listed


def _known(one: File, learners: list[str], roster: Roster | None, problems: list[Problem]) -> bool:
    if one.learner in learners:
        return True
    where = "on the roster" if roster is not None else "in the course"
    problems.append(Problem(one.name, f"not used: nobody {where} has the pseudonym {one.data['learner']!r}"))
    return False


def _judged(learner: str, files: list[File], course: Course | None, problems: list[Problem]) -> Iterable[Work]:
    """All exercises of a learner: of each the file with more events, then the newer, counts."""
    best: dict[str, tuple[File, dict]] = {}
    notes: dict[str, list[str]] = {}
    for one in sorted(files, key=lambda one: one.data["made"], reverse=True):
        for entry in one.data["exercises"]:
            name = entry["exercise"]
            if course and name not in dict(course.exercises):
                problems.append(Problem(one.name, f"{name} is not in the course and was left out"))
                continue
            if name not in best:
                best[name] = one, entry
                continue
            winner, loser = best[name], (one, entry)
            if len(entry["events"]) > len(winner[1]["events"]):
                winner, loser = loser, winner
            best[name] = winner
            if winner[1] != loser[1]:
                why = "has more events" if len(winner[1]["events"]) > len(loser[1]["events"]) else "is newer"
                notes.setdefault(name, []).append(f"two files: {winner[0].name} counts, it {why}; not {loser[0].name}")
                problems.append(Problem(loser[0].name, f"{name} not used: {winner[0].name} {why}"))
            elif not any(problem.file == loser[0].name for problem in problems):
                problems.append(Problem(loser[0].name, f"the same as {winner[0].name}; counted once"))
    for name, (one, entry) in best.items():
        yield _work(learner, one, entry, notes.get(name, []), course, problems)


def _work(learner: str, one: File, entry: dict, notes: list[str], course: Course | None, problems) -> Work:
    alone = {**one.data, "exercises": [entry]}
    try:
        marks = _marked(alone, course)
        score = evidence.scores(alone, marks)[0]
    except Exception as error:  # whatever a file does, it must not stop the others
        text = f"cannot be judged ({type(error).__name__}: {error})"
        problems.append(Problem(one.name, f"{entry['exercise']} {text}"))
        return Work(learner, entry["exercise"], None, notes=(*notes, text))
    differing = list(dict.fromkeys(mark.note for mark in marks if not mark.same))
    for note in differing:
        count = sum(mark.note == note for mark in marks)
        text = f"{note} ({count} of {len(marks)} answers)" if len(marks) > 1 else note
        notes.append(text)
        if note != NEEDS_KEY:  # said once for all files
            problems.append(Problem(one.name, f"{entry['exercise']}: {text}"))
    if course and entry["version"] != dict(course.exercises)[entry["exercise"]]:
        notes.append(f"version {entry['version']}, and the course has {dict(course.exercises)[entry['exercise']]}")
    kinds = {question["id"]: question["kind"] for question in (entry["sheet"] or {}).get("questions", ())}
    texts = [each.question for each in score.questions if kinds.get(each.question) == "text" and each.answer]
    if texts:
        notes.append(f"to be judged by a person: {', '.join(texts)}")
    return Work(learner, entry["exercise"], entry, marks, score, tuple(notes))


def _marked(alone: dict, course: Course | None) -> tuple[evidence.Remark, ...]:
    """Every answer judged again; an exercise of the educator's own is read from its copy beside the key."""
    (entry,) = alone["exercises"]
    marks = evidence.remark(
        {**alone, "exercises": [drawn_from(entry, course.own if course else {})]}, course.key if course else None
    )
    return tuple(replace(mark, exercise=entry["exercise"]) for mark in marks)


def drawn_from(entry: dict, own: Mapping[str, Path]) -> dict:
    """An entry whose data are drawn anew from the educator's own exercise, if it is one."""
    folder = own.get(entry["exercise"])
    return {**entry, "exercise": str(folder.resolve())} if folder else entry


def _letters(hashes: dict[str, str], key: bytes | None) -> dict[str, str]:
    """A, B, … in an order nobody can tell from the pseudonyms."""
    secret = key or "".join(sorted(hashes.values())).encode()
    order = sorted(hashes, key=lambda learner: hashlib.sha256(secret + learner.encode()).digest())
    return {learner: _letter(place) for place, learner in enumerate(order)}


def _letter(place: int) -> str:
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
