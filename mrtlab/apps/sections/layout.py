"""The controls that such pages have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from mrtlab.apps.controls import (
    Button,
    Choice,
    CodePanel,
    Details,
    Figure,
    Flag,
    Flags,
    Note,
    NumberField,
    Result,
    Row,
    Section,
    Slider,
    Text,
)
from mrtlab.errors import InputError

__all__ = ["SectionsLayout", "whole"]


def whole(value: float) -> None:
    """Refuse a number with a fraction."""
    if value != int(value):
        raise InputError(f"{value:g} is not a whole number")


class SectionsLayout:
    """Makes controls; what they do is the view's.

    A subclass has in ``RANGES`` the limits of its model's numbers, and in ``words`` the module with the texts of its
    questions: HEADS, ASKED, OPTIONS, COMMITTED, and STORIES for those that have one.
    """

    RANGES: ClassVar[Mapping[str, tuple[float, float]]]
    words: ClassVar
    clocks: Mapping = {}  # replaced by pages that have some

    def _slider(self, name, label, unit, step, **more):
        low, high = self.RANGES[name]
        return Slider(label, unit, getattr(self.model, name), minimum=low, maximum=high, step=step, **more)

    def _number(self, name, label, unit, **more):
        low, high = self.RANGES[name]
        return NumberField(label, unit, getattr(self.model, name), minimum=low, maximum=high, **more)

    def _some(self, *names) -> list:
        """The controls of some inputs, in this order."""
        controls = self.fields | self.chosen | self.clocks
        return [controls[name] for name in names]

    def _make_figures(self, shown: Mapping[str, tuple]) -> None:
        """A figure and flags for each section; ``shown`` has the module that draws and describes it, and a height."""
        self.figures = {
            name: Figure(found.draw, found.alt, found.numbers, axes=found.axes, height=height)
            for name, (found, height) in shown.items()
        }
        self.flags = {name: Flags() for name in shown}

    def _make_sections(self, titles: Mapping[str, str], controls: Mapping, extra: Mapping | None = None) -> None:
        """Controls beside a figure, and under it its words, what the page adds in ``extra``, and the same in code."""
        self.sections = {
            name: Section(
                title,
                controls=controls.get(name, []),
                figure=self.figures[name],
                under=[*self._under(name), *(extra or {}).get(name, ()), self.same[name]],
            )
            for name, title in titles.items()
        }

    def _under(self, name: str) -> list:
        """What stands first under a figure."""
        return [self.results[name], self.said_of[name], self.flags[name]]

    def _make_results(self, titles: Mapping[str, str]) -> None:
        """What stands under each figure; ``titles`` tell apart the panels with the same in code."""
        self.left_out = Flag()
        self.results = {name: Result() for name in titles}
        self.said_of = {name: Text() for name in titles}
        self.codes = {name: CodePanel() for name in titles}
        self.same = {name: Details(f"The same in code: {titles[name]}", [code]) for name, code in self.codes.items()}
        self.reset = Button("Reset", on_click=lambda _: self._reset())

    def _make_questions(self, names: Iterable[str]) -> None:
        words = self.words
        self.choices = {name: Choice(words.ASKED[name], words.OPTIONS[name], radio=True) for name in names}
        self.commit, self.skip, self.missing, self.said = {}, {}, {}, {}
        for name in self.choices:
            text = words.COMMITTED[name]
            self.commit[name] = Button(
                f"Commit my prediction of the {text}", on_click=lambda _, n=name: self._commit(n)
            )
            self.skip[name] = Button(f"Skip the prediction of the {text}", on_click=lambda _, n=name: self._skip(n))
            self.missing[name], self.said[name] = Flag(), Note()

    def _ask(self, name: str) -> Section:
        """The section in which a question is asked."""
        story = getattr(self.words, "STORIES", {}).get(name)
        return Section(
            self.words.HEADS[name],
            under=[
                *([Text(story)] if story else []),
                self.choices[name],
                Row([self.commit[name], self.skip[name]]),
                self.missing[name],
                self.said[name],
            ],
        )
