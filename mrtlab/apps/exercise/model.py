"""What the exercise page knows and does, without any widget."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import traitlets as t

from mrtlab import _userdata
from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome, Verdict
from mrtlab.learn.session import Session

__all__ = ["Said", "Work"]

_NOT_SAVED = "not saved"
_UNREADABLE = "This could not be read, so it does not count as an attempt. What to change is said beside the field."


@dataclass(frozen=True)
class Said:
    """What stands under a question.

    Attributes
    ----------
    kind : str
        ``"right"``, ``"flag"`` or ``"note"``.
    text : str
    about : str
        Which answer it is about: an older one than what stands in the field, perhaps.
    """

    kind: str
    text: str
    about: str = ""


class Work(t.HasTraits):
    """One learner at one exercise: what is kept, what is typed and not yet handed in, and what went wrong.

    Traits
    ------
    changed : int
        Goes up with everything that was done; what is shown follows from the session and the methods below.
    status : str
        What was saved and when, or that it was not.
    """

    changed = t.Int(0)
    status = t.Unicode("")

    def __init__(self, session: Session):
        super().__init__()
        self.session = session
        self.problems: dict[str, str] = {}  # by question, and "evidence" for the end: why something was not done
        self._missing: dict[str, Verdict] = {}  # verdicts on answers that were none, which are not kept
        self._page = f"exercise-{session.sheet.exercise}-{session.sheet.code}"
        state = _userdata.load(self._page)
        self._drafts = _drafts(state.get("drafts"))
        tags = state.get("tags")
        self.tags = tuple(tag for tag in session.sheet.maps_to if isinstance(tags, list) and tag in tags)

    def open(self) -> None:
        """Note that the exercise was opened.

        Raises
        ------
        InputError
            If that could not be saved; then no answer could be either, and the learner should know at once.
        """
        try:
            self.session.open()
        except InputError:
            self.status = _NOT_SAVED
            raise
        self._done()

    # ---- what is shown

    def raw(self, question: str) -> dict:
        """What belongs into the fields of a question: what was typed last, handed in or not."""
        # a field that was emptied stays empty
        return dict(self._drafts[question] if question in self._drafts else self.session.raw(question))

    def draft(self, name: str) -> str:
        """A text that was typed and not saved yet."""
        return str(self._drafts.get(name, {}).get("text", ""))

    def said(self, question: str) -> Said | None:
        """What is said to the last answer, or why there is nothing to say."""
        if question in self.problems:
            return Said("flag", self.problems[question])
        if question in self._missing:
            return Said("flag", self._missing[question].message)
        verdict = self.session.verdict(question)
        if verdict is None:
            return None
        kind = {Outcome.RIGHT: "right", Outcome.RECORDED: "note"}.get(verdict.outcome, "flag")
        if verdict.outcome == Outcome.UNREADABLE and self.session.sheet.question(question).kind == "number":
            return Said(kind, _UNREADABLE)  # the field itself says what to change
        return Said(kind, verdict.message, self._about(question, verdict))

    def _about(self, question: str, verdict: Verdict) -> str:
        state = self.session.progress[question]
        if state.question.kind == "text" or state.question.predict or not verdict.understood:
            return ""
        last = state.answers[-1]
        if last.get("closed"):
            return f"Your answer {verdict.understood}, given with the solution open; it does not count."
        number = f"Attempt {last['attempt']}" if verdict.attempt and not self.session.assessment else "Your answer"
        return f"{number}: {verdict.understood}"

    # ---- what the learner does

    def type(self, name: str, raw: Mapping) -> None:
        """Keep what was typed and not handed in, so that a closed tab does not cost it.

        Raises
        ------
        InputError
            If it cannot be saved.
        """
        given, kept = _given(raw), {}
        if name in self.session.progress:
            kept = _given(self.session.raw(name))
        if given == kept:
            if self._drafts.pop(name, None) is None:
                return
        elif self._drafts.get(name) == given:
            return
        else:
            self._drafts[name] = given
        self._keep(name)

    def submit(self, question: str, raw: Mapping) -> bool:
        """Hand in an answer. Its verdict can be seen only once the answer is on the disk."""
        self._missing.pop(question, None)

        def hand_in():
            verdict = self.session.submit(question, _given(raw))
            if verdict.outcome == Outcome.NOT_ATTEMPTED:
                self._missing[question] = verdict
            else:
                self._forget(question)

        return self._do(question, hand_in, saving=True)

    def hint(self, question: str) -> bool:
        """Show the next hint."""
        return self._do(question, lambda: self.session.hint(question))

    def give_up(self, question: str) -> bool:
        """Open the solution of a question."""
        return self._do(question, lambda: self.session.give_up(question))

    def mark_rubric(self, question: str, marks: tuple[bool, ...]) -> bool:
        """Keep which points the learner finds in her text."""
        if tuple(marks) == self.session.rubric_marks(question):
            return True
        return self._do(question, lambda: self.session.mark_rubric(question, marks))

    def reflect(self, texts: Mapping[str, str]) -> bool:
        """Keep reflections: those that are not empty, each with its time."""

        def write():
            filled = {field: text for field, text in texts.items() if text.strip()}
            if not filled:
                raise InputError("nothing is written yet")
            for field, text in filled.items():
                self.session.reflect(field, text)
                self._forget(f"reflect-{field}")

        return self._do("evidence", write, saving=True)

    def claim(self, tags: tuple[str, ...]) -> None:
        """Keep which competences the learner claims."""
        self.tags = tuple(tags)
        self._keep()

    def export(self, redact: bool = False):
        """Make the portfolio entry.

        Parameters
        ----------
        redact : bool
            Leave out the words that look as if they told who somebody is, instead of refusing them.

        Returns
        -------
        mrtlab.learn.portfolio.Exported or None
            None if it was refused; ``problems["evidence"]`` says why.
        """
        from mrtlab.learn import portfolio

        made = []

        def make():
            self.session.refresh()
            made.append(portfolio.export(self.session, tags=self.tags, redact=redact))

        self._do("evidence", make)
        return made[0] if made else None

    def answer_file(self) -> tuple[str, bytes]:
        """Name and content of the file that is handed in: the whole course. It is kept in the data folder too."""
        from mrtlab.learn import evidence

        built = evidence.build(self.session.identity, self.session.logbook)
        path = _userdata.folder() / "handed-in" / evidence.filename(built)
        evidence.write(built, path)
        return path.name, path.read_bytes()

    def _do(self, where: str, action, saving: bool = False) -> bool:
        """Do something and note how it ended. Nothing is told as done that is not."""
        self.problems.pop(where, None)
        try:
            action()
        except InputError as error:
            words = str(error)
            self.problems[where] = _told(words, where in self.session.progress)
            if words.startswith(_NOT_SAVED) or (saving and not self._kept(where)):
                self.status = _NOT_SAVED
            self.changed += 1
            return False
        # what was refused for good, as another window had been first, need not be told for ever
        self.problems = {place: words for place, words in self.problems.items() if not self._kept(place)}
        self._done()
        return True

    def _kept(self, question: str) -> bool:
        """Whether this is a prediction that has been made."""
        state = self.session.progress.get(question)
        return state is not None and state.question.predict and state.answered

    def _done(self) -> None:
        answers = sum(one.attempts for one in self.session.progress.values())
        noun = "answer" if self.session.assessment else "attempt"
        count = f"{answers or 'no'} {noun}{'' if answers == 1 else 's'}"
        self.status = f"{count} · saved {datetime.now():%H:%M} ✓"
        self.changed += 1

    # ---- drafts

    def _forget(self, name: str) -> None:
        """Drop a draft that has been handed in; one that cannot be dropped says the same as the answer."""
        if self._drafts.pop(name, None) is not None:
            with suppress(InputError):
                self._keep(name)

    def _keep(self, name: str = "") -> None:
        """Write one draft, leaving to another window those it wrote meanwhile."""
        drafts = _drafts(_userdata.load(self._page).get("drafts"))
        if name in self._drafts:
            drafts[name] = self._drafts[name]
        else:
            drafts.pop(name, None)
        try:
            _userdata.save(self._page, {"drafts": drafts, "tags": list(self.tags)})
        except OSError as error:
            self.status = _NOT_SAVED
            raise _userdata.not_saved(error, _userdata.folder()) from None


def _given(raw: Mapping) -> dict:
    """An answer without what was left empty."""
    return {name: value for name, value in raw.items() if value is not None and value != ""}


def _drafts(kept) -> dict[str, dict]:
    """Drafts as they were kept; whatever an accident made of the file, only what can be a draft."""
    if not isinstance(kept, dict):
        return {}
    return {
        name: {part: value for part, value in raw.items() if isinstance(value, (str, int, float))}
        for name, raw in kept.items()
        if isinstance(raw, dict)
    }


def _told(words: str, answer: bool) -> str:
    """A refusal as a sentence; an answer that was not saved has no verdict."""
    end = "" if words.endswith((".", "?", "!")) else "."
    if answer and words.startswith(_NOT_SAVED):
        return f"**Not saved, so there is no verdict.**{words.removeprefix(f'{_NOT_SAVED}:')}{end} Then try again."
    return words[:1].upper() + words[1:] + end
