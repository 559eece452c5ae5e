"""The inputs of such a page and what the learner predicted, without any widget."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

import traitlets as t

from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["SectionsModel", "heard", "hearing", "within"]


def within(ranges: Mapping[str, tuple[float, float]], whole: Collection[str] = ()):
    """Validator of a model's numbers: between two limits, some without a fraction."""

    def check(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = ranges[name]
        if not low <= value <= high or (name in whole and value != int(value)):
            kind = "a whole number" if name in whole else "a number"
            raise InputError(f"{name} must be {kind} between {low:g} and {high:g}, got {value!r}")
        return value

    return t.validate(*ranges)(check)


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Collect what the methods warn of, each text once; other warnings go on."""
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield texts
    for one in caught:
        if issubclass(one.category, PlausibilityWarning):
            texts.append(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    texts[:] = dict.fromkeys(texts)


def heard(work: Callable) -> tuple:
    """A result, and what its methods warned of."""
    with hearing() as texts:
        result = work()
    return result, tuple(texts)


class SectionsModel(t.HasTraits):
    """Inputs that can be reset, kept and taken up again, and predictions that stay.

    A subclass names its inputs in ``INPUTS`` and the values that answer each question in ``QUESTIONS``.
    """

    INPUTS: ClassVar[tuple[str, ...]] = ()
    QUESTIONS: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    predictions = t.Dict()
    skipped = t.List(t.Unicode())

    def reset(self) -> None:
        """As at the first visit; predictions stay."""
        for name in self.INPUTS:
            setattr(self, name, self.traits()[name].default_value)

    def asked(self, question: str) -> bool:
        """Whether a figure waits for its prediction."""
        return question not in self.predictions and question not in self.skipped

    def predict(self, question: str, choice: str) -> None:
        """Commit to an answer; the first one stays."""
        if choice not in self.QUESTIONS.get(question, ()):
            raise InputError(f"{question!r} cannot be answered with {choice!r}")
        self.predictions = {question: choice, **self.predictions}

    def skip(self, question: str) -> None:
        """Go on without an answer."""
        self.skipped = [*self.skipped, question]

    def state(self) -> dict:
        """What is kept between visits."""
        return {name: getattr(self, name) for name in (*self.INPUTS, "predictions", "skipped")}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        for name in (*self.INPUTS, "skipped"):
            if name not in state:
                continue
            try:
                if isinstance(state[name], bool):
                    raise InputError(f"{name} must not be {state[name]}")
                setattr(self, name, state[name])
            except (t.TraitError, InputError, OverflowError):
                whole = False
        said = state.get("predictions") or {}
        try:
            for question, choice in said.items():
                self.predict(question, choice)
        except (AttributeError, TypeError, InputError):
            whole = False
        return whole
