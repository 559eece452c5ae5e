"""The known-answer suite: what mrtlab must compute, and who says so.

Every entry compares one number of the package with a value that does not come from it: *published* (seen in the cited
source), *independent* (computed by other code) or *analytic* (a limit or an exact result). ``mrtlab verify`` prints
them all.
"""

from __future__ import annotations

from mrtlab.known_answers.entry import KnownAnswer, Outcome
from mrtlab.known_answers.foundations import ENTRIES as _FOUNDATIONS
from mrtlab.known_answers.methods import ENTRIES as _METHODS
from mrtlab.known_answers.planning import ENTRIES as _PLANNING
from mrtlab.known_answers.prrt import ENTRIES as _PRRT
from mrtlab.known_answers.psma import ENTRIES as _PSMA
from mrtlab.known_answers.radioiodine import ENTRIES as _RADIOIODINE
from mrtlab.known_answers.sirt import ENTRIES as _SIRT

__all__ = ["ENTRIES", "KnownAnswer", "Outcome", "run"]

ENTRIES: tuple[KnownAnswer, ...] = (*_FOUNDATIONS, *_METHODS, *_PLANNING, *_RADIOIODINE, *_SIRT, *_PRRT, *_PSMA)


def run() -> tuple[Outcome, ...]:
    """Compute every entry. A failure inside one is that entry's outcome, not an exception."""
    return tuple(entry.check() for entry in ENTRIES)
