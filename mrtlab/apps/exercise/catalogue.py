"""The exercises there are, and how far a learner is with each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

from mrtlab import _content
from mrtlab.errors import InputError
from mrtlab.learn.identity import SELF, Identity
from mrtlab.learn.library import FILE, load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import progress
from mrtlab.learn.sheet import Sheet

__all__ = ["Entry", "Listing", "listing"]


@dataclass(frozen=True)
class Entry:
    """One exercise in the list.

    Attributes
    ----------
    id, short, title, topic, therapy, level : str
    minutes : int
    standing : str
        How far the learner is.
    course : bool
        Whether it is one of the learner's course.
    """

    id: str
    short: str
    title: str
    topic: str
    therapy: str
    level: str
    minutes: int
    standing: str
    course: bool = False


@dataclass(frozen=True)
class Listing:
    """All exercises of a learner, those of her course first, and what is wrong with files that cannot be used."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()

    def find(self, id: str) -> Entry | None:
        """The entry of an exercise."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def missing(self, id: str) -> str:
        """Why there is no such entry: its file cannot be used, or it was never there."""
        broken = (text for text in self.problems if text.startswith(f"{id}/"))
        known = ", ".join(entry.id for entry in self.entries) or "none"
        return next(broken, f"there is no exercise {id!r}; there are: {known}")


def listing(identity: Identity | None, logbook: Logbook | None = None) -> Listing:
    """What a learner can do; in an assessment only what the course pack holds.

    Parameters
    ----------
    identity : Identity or None
        None before a pseudonym has been chosen; then nothing is started.
    logbook : Logbook, optional
    """
    logbook = logbook or Logbook()
    if identity is not None and identity.mode == "assessment":
        sheets = [Sheet.from_dict(data) for data in identity.pack["sheets"]]
        return Listing(_sorted(_packed(sheet, identity, logbook) for sheet in sheets))
    entries, problems = [], []
    for path in sorted(_content.folder("exercises").glob(f"*/*/{FILE}")):
        try:  # one broken file must not hide the others
            entries.append(_entry(load(path), identity, logbook))
        except InputError as error:
            problems.append(str(error))
    return Listing(_sorted(entries), tuple(problems))


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (not entry.course, entry.topic, entry.short or "~", entry.title)))


def _entry(exercise, identity: Identity | None, logbook: Logbook) -> Entry:
    standing = "not started"
    if identity is not None:
        events = logbook.events(
            course=identity.course, learner=identity.learner, exercise=exercise.id, version=exercise.version
        )
        standing = _standing(SimpleNamespace(questions=exercise.ask), events, False)
    named = {one["exercise"] for one in (identity.pack or {}).get("exercises", ())} if identity else set()
    return Entry(
        id=exercise.id,
        short=exercise.code,
        title=exercise.title,
        topic=exercise.folder.parent.name,
        therapy=exercise.therapy,
        level=exercise.level,
        minutes=exercise.minutes,
        standing=standing,
        course=exercise.id in named and identity.course != SELF,
    )


def _packed(sheet: Sheet, identity: Identity, logbook: Logbook) -> Entry:
    events = logbook.events(course=identity.course, learner=identity.learner, exercise=sheet.exercise, code=sheet.code)
    facts = (sheet.exercise, sheet.short, sheet.title, sheet.topic, sheet.therapy, sheet.level, sheet.minutes)
    return Entry(*facts, _standing(sheet, events, True), True)


def _standing(sheet, events: list[dict], assessment: bool) -> str:
    states = progress(sheet, events).values()
    closed = sum(one.answered if assessment else one.closed for one in states)
    if closed == len(states):
        return "✓ done"
    answered = sum(bool(one.answered or one.closed) for one in states)
    if answered or any(event["event"] != "open" for event in events):
        return f"{answered} of {len(states)} answered"
    return "not started"
