"""The box of one question: answer, verdict, hints, solution, rubric."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab.apps.controls import Button, Card, Html, Row, Text, markup
from mrtlab.apps.exercise import words
from mrtlab.apps.exercise._widgets import Commit, Guide, Ticks
from mrtlab.apps.exercise.answers import answer_to
from mrtlab.apps.exercise.model import Said, Work
from mrtlab.learn.sheet import SheetQuestion

__all__ = ["QuestionCard"]

_BOXES = {"right": "mrt-right-answer", "flag": "mrt-flag", "note": "mrt-note"}


class QuestionCard:
    """One question as it stands.

    Parameters
    ----------
    work : Work
    question : SheetQuestion
    number : int
    guide : Guide

    Attributes
    ----------
    box : Card
    """

    def __init__(self, work: Work, question: SheetQuestion, number: int, guide: Guide):
        self._work, self._question, self._guide = work, question, guide
        self._id, self._target = question.id, f"mrt-question-{number}"
        self._answer = answer_to(
            work.session.sheet,
            question,
            self._button(),
            lambda raw: work.type(question.id, raw),
            lambda raw: work.submit(question.id, raw),
        )
        self._said = Html(kind="verdict", live=True)
        self._hints = Html(kind="hints", live=True)
        self._hints.add_class(f"{self._target}-hints")
        self._hint = Commit("", on_click=lambda _: self._next_hint(), label=self._answer.name)
        self._give_up = Button("I give up", on_click=lambda _: self._ask())
        self._standing = Html(kind="standing")
        self._sure = widgets.VBox()
        self._actions = Row([self._standing])
        self._solution = Html(kind="solution")
        self._solution.add_class(f"{self._target}-solution")
        self._rubric = widgets.VBox()
        self.box = Card(
            number,
            words.plain(question.text),
            [
                *([Text(question.help)] if question.help else []),
                *self._answer.widgets,
                self._said,
                self._hints,
                self._actions,
                self._sure,
                self._solution,
                self._rubric,
            ],
        )
        self.box.add_class(self._target)

    def _button(self) -> str:
        if self._question.predict:
            return "Commit my prediction"
        return "Save my answer" if self._work.session.assessment or self._question.kind == "text" else "Check"

    # ---- what the learner does

    def _next_hint(self) -> None:
        last = self._work.session.progress[self._id].hints == self._question.hints - 1
        if self._work.hint(self._id) and last:  # the button goes away
            self._guide.go(f"{self._target}-hints")

    def _ask(self) -> None:
        yes = Button("Yes, show me the solution", on_click=lambda _: self._open())
        no = Button("No, I go on", on_click=lambda _: self._go_on())
        question = Text(words.GIVE_UP)
        question.add_class(f"{self._target}-sure")
        self._sure.children = (question, Row([yes, no]))
        self._guide.go(f"{self._target}-sure")  # not the button: a key held down would press it

    def _open(self) -> None:
        self._sure.children = ()
        done = self._work.give_up(self._id)
        self._guide.go(f"{self._target}-solution" if done else self._target)

    def _go_on(self) -> None:
        self._sure.children = ()
        self._guide.go(self._target)

    # ---- what is shown

    def show(self) -> None:
        """Everything as it stands now."""
        session, state = self._work.session, self._work.session.progress[self._id]
        self._answer.show(self._work.raw(self._id))
        if self._question.predict and state.answered:
            self._answer.close()
        self._said.html = _said(self._work.said(self._id))
        self._hints.html = words.hints(session.hints(self._id))
        standing = words.standing(state, session.assessment)
        self._standing.html = f"<p>{markup(standing)}</p>" if standing else ""
        open_ = not (state.closed or session.assessment or self._question.predict)
        more = open_ and state.hints < self._question.hints
        if more:
            self._hint.text = f"Hint {state.hints + 1} of {self._question.hints}"
        actions = ((self._hint,) if more else ()) + ((self._give_up,) if open_ else ()) + (self._standing,)
        if self._actions.children != actions:
            self._actions.children = actions
        if not open_ and self._sure.children:
            self._sure.children = ()
        self._solution.html = words.solution(session, self._question)
        self._show_rubric()

    def _show_rubric(self) -> None:
        found = self._work.session.solution(self._id) if self._question.kind == "text" else None
        if found is None or not found.rubric:
            return
        marks = self._work.session.rubric_marks(self._id) or (False,) * len(found.rubric)
        if not self._rubric.children:
            names = [words.plain(point) for point in found.rubric]
            self._marks = Ticks("Which of these points does your text make?", names, marks)
            self._rubric.children = (self._marks,)
            self._marks.observe(lambda change: self._work.mark_rubric(self._id, change["new"]), "value")
        elif self._marks.value != marks:
            self._marks.value = marks


def _said(said: Said | None) -> str:
    """The box with what is said; a bar and words, never colour alone."""
    if said is None:
        return ""
    spoken = '<span class="mrt-hidden">Attention: </span>' if said.kind == "flag" else ""
    about = f'<span class="mrt-about">{markup(said.about)}</span>' if said.about else ""
    return f'<div class="{_BOXES[said.kind]}"><p>{spoken}{markup(said.text)}{about}</p></div>'
