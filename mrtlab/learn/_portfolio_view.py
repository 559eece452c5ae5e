"""What a portfolio page may show of one exercise: the rules of the session, applied to a file of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome
from mrtlab.learn.expected import Expected
from mrtlab.learn.identity import Identity
from mrtlab.learn.remarks import NEEDS_KEY, again, remark, scores
from mrtlab.learn.schema import Question
from mrtlab.learn.session import Progress, Session, progress
from mrtlab.learn.sheet import Sheet, SheetQuestion
from mrtlab.learn.variants import Variant

__all__ = ["View"]


class _Kept:
    """A logbook that holds the events of one file, and nothing can be added to."""

    def __init__(self, events):
        self._events = events

    def events(self, **match) -> list[dict]:
        return [dict(one) for one in self._events if all(one.get(name) == value for name, value in match.items())]

    def append(self, event):
        raise InputError("nothing can be added to a file of evidence")


@dataclass(frozen=True, eq=False)
class View:
    """One exercise of a file of evidence.

    Attributes
    ----------
    evidence, entry : mapping
    sheet : Sheet
    variant : Variant or None
        None in an assessment, and where this mrtlab does not make the same data.
    session : Session or None
        Read only; decides what is open.
    doubt : str
        Why the right answers cannot be shown; empty if they can.
    """

    evidence: Mapping
    entry: Mapping
    sheet: Sheet
    variant: Variant | None
    session: Session | None
    doubt: str

    @classmethod
    def of(cls, evidence: Mapping) -> View:
        """Of evidence with one exercise."""
        if len(evidence["exercises"]) != 1:
            raise InputError(f"a portfolio entry is about one exercise; this file has {len(evidence['exercises'])}")
        entry = evidence["exercises"][0]
        if entry["sheet"] is None:
            raise InputError(
                f"{entry['exercise']} was worked at in version {entry['version']}, which is not installed, so its page "
                "cannot be made. Install the mrtlab the events name, and make it there"
            )
        made, doubt = again(evidence, entry)
        pack = {"sheets": [entry["sheet"]], "exercises": []} if evidence["mode"] == "assessment" else None
        identity = Identity(evidence["learner"], evidence["course"], evidence["mode"], pack)
        known = not doubt or doubt == NEEDS_KEY
        session = Session(entry["exercise"], identity, _Kept(entry["events"])) if known else None
        return cls(evidence, entry, Sheet.from_dict(entry["sheet"]), None if doubt else made, session, doubt)

    @property
    def assessment(self) -> bool:
        """Whether only receipts were given."""
        return self.evidence["mode"] == "assessment"

    @property
    def events(self) -> list[dict]:
        """All events, oldest first."""
        return self.entry["events"]

    @cached_property
    def progress(self) -> dict[str, Progress]:
        """Where every question stands."""
        return self.session.progress if self.session else progress(self.sheet, self.events)

    @cached_property
    def remarks(self):
        """The answers judged again."""
        return remark(self.evidence)

    @cached_property
    def score(self):
        """Points by the verdicts computed now."""
        return scores(self.evidence, self.remarks)[0]

    @property
    def finished(self) -> bool:
        """Whether every question is closed, or answered in an assessment."""
        return all(one.answered if self.assessment else one.closed for one in self.progress.values())

    def final(self, question: str) -> dict | None:
        """The answer that counts: the last one that could be read and came before the solution."""
        counted = [one for one in self.progress[question].counted if one["outcome"] != Outcome.UNREADABLE]
        return counted[-1] if counted else None

    def solution(self, question: str):
        """What the session shows of the right answer; None while it is not open."""
        return self.session.solution(question) if self.session else None

    def expected(self, question: str) -> Expected | None:
        """What is right, once it is open."""
        return self.variant.expected[question] if self.variant and self.solution(question) else None

    def asked(self, question: str) -> Question | None:
        """The question as its author wrote it, once the right answer is open."""
        return self.variant.exercise.question(question) if self.variant and self.solution(question) else None

    def rendered(self, text: str) -> str:
        """A text of the author's with its placeholders filled."""
        return self.variant.render(text) if self.variant and text else text

    def reflections(self, field: str) -> list[dict]:
        """Reflections of one kind, oldest first."""
        return [one for one in self.events if one["event"] == "reflection" and one["field"] == field]

    def marks(self, question: str) -> list[bool]:
        """The learner's own marks of her text."""
        marks = [one["marks"] for one in self.events if one["event"] == "rubric" and one["question"] == question]
        return marks[-1] if marks else []

    def option(self, question: SheetQuestion, key: str) -> str:
        """The text of an option."""
        return dict(question.options).get(key, key)
