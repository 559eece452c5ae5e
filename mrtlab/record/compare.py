"""Two files of one record: which goes further, and what was done in between."""

from __future__ import annotations

from dataclasses import dataclass

from mrtlab.errors import InputError
from mrtlab.record.form import Step
from mrtlab.record.record import DosimetryRecord

__all__ = ["Comparison", "compare", "continues", "versions"]


@dataclass(frozen=True)
class Comparison:
    """What another copy of a record has.

    Attributes
    ----------
    relation : {"same", "ahead", "behind", "apart", "other"}
        Of the other copy: it says the same, goes on from one's own, is an earlier state of it, goes another way from
        somewhere on, or is another record altogether.
    steps : tuple of Step
        Steps of the other copy that one's own does not have, in order, through all versions.
    """

    relation: str
    steps: tuple[Step, ...] = ()


def versions(record: DosimetryRecord) -> tuple[DosimetryRecord, ...]:
    """A record and the versions it corrects, the first one first."""
    found = [record]
    while found[0].previous is not None:
        found.insert(0, found[0].previous)
    return tuple(found)


def continues(new: DosimetryRecord, old: DosimetryRecord) -> bool:
    """Whether a record has all that another has: the same version with no step less, or a later version of it."""
    return any(one.header == old.header and one.steps[: len(old.steps)] == old.steps for one in versions(new))


def compare(own: DosimetryRecord, other: DosimetryRecord) -> Comparison:
    """What another copy of a record has that one's own has not.

    Parameters
    ----------
    own, other : DosimetryRecord

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        For what is no record.
    """
    for name, one in (("own", own), ("other", other)):
        if not isinstance(one, DosimetryRecord):
            raise InputError(f"{name} must be a DosimetryRecord, got {type(one).__name__}")
    if own.header.record_id != other.header.record_id:
        return Comparison("other")
    known = {step.sha256 for one in versions(own) for step in one.steps}
    # a version begins with the steps it keeps under new hashes; what is new in it begins with its revision
    steps = tuple(step for one in versions(other) for step in _own(one) if step.sha256 not in known)
    if own.sha256 == other.sha256:
        return Comparison("same")
    if continues(other, own):
        return Comparison("ahead", steps)
    return Comparison("behind" if continues(own, other) else "apart", steps)


def _own(record: DosimetryRecord) -> tuple[Step, ...]:
    places = [place for place, step in enumerate(record.steps) if step.content.kind == "revision"]
    return record.steps[places[-1] if record.previous is not None and places else 0 :]
