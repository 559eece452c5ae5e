"""One known answer and what became of it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from mrtlab import _check
from mrtlab.errors import PlausibilityWarning

__all__ = ["KnownAnswer", "Outcome"]

KINDS = ("published", "independent", "analytic")


@dataclass(frozen=True)
class KnownAnswer:
    """One number that must come out.

    Attributes
    ----------
    key, what, unit : str
    expected : float
    tolerance : float
        Relative to the expected value; absolute where that is 0.
    kind : str
        ``"published"``, ``"independent"`` or ``"analytic"``.
    source : str
    compute : callable
        Without arguments.
    """

    key: str
    what: str
    unit: str
    expected: float
    tolerance: float
    kind: str
    source: str
    compute: Callable[[], float]

    def check(self) -> Outcome:
        """Compute and compare."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", PlausibilityWarning)  # several entries are made of extreme input
                got = float(_check.nominal(self.compute()))
        except Exception as error:  # an entry that breaks is a miss, and the others still count
            return Outcome(self, math.nan, False, f"{type(error).__name__}: {error}")
        allowed = self.tolerance * (abs(self.expected) or 1.0)
        return Outcome(self, got, abs(got - self.expected) <= allowed, "")


@dataclass(frozen=True)
class Outcome:
    """What an entry gave.

    Attributes
    ----------
    entry : KnownAnswer
    got : float
        NaN if it could not be computed; then ``problem`` says why.
    passed : bool
    problem : str
    """

    entry: KnownAnswer
    got: float
    passed: bool
    problem: str
