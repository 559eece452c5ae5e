"""What a learner has done, as one file that another person can check.

The same form serves for a portfolio entry (one exercise) and for the answer file of a course (all of them). It is built
from the logbook and holds the data, every attempt and a hash. The hash shows damage and careless editing, not fraud:
what a reader should trust is :func:`remark`, which draws the learner's data anew and judges every answer again.
"""

from __future__ import annotations

import json
import platform
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mrtlab
from mrtlab import PURPOSE, _userdata
from mrtlab.errors import InputError
from mrtlab.learn import _evidence_form as form
from mrtlab.learn.identity import Identity
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.remarks import ExerciseScore, QuestionScore, Remark, minutes_worked, remark, scores
from mrtlab.learn.session import Session

__all__ = [
    "NOTICE",
    "ExerciseScore",
    "QuestionScore",
    "Remark",
    "build",
    "filename",
    "minutes_worked",
    "read",
    "remark",
    "scores",
    "seal",
    "write",
]

NOTICE = "Simulated case: evidence of training activity, not of clinical competence."


def build(
    identity: Identity,
    logbook: Logbook,
    exercises: Sequence[str] | None = None,
    tags: Mapping[str, Sequence[str]] | None = None,
) -> dict:
    """The evidence of a learner in a course.

    Parameters
    ----------
    identity : Identity
    logbook : Logbook
    exercises : sequence of str, optional
        Their ids; by default all the learner has worked at in this course.
    tags : mapping of exercise id to tags, optional
        Competences the learner claims, from those of the exercise.

    Returns
    -------
    dict
        Plain data for :func:`write`. Of an exercise whose version is no longer installed the last one worked at is
        taken, with its events and without its sheet (None).

    Raises
    ------
    InputError
        If nothing was done yet, or a tag is none of the exercise's.
    """
    done = logbook.events(course=identity.course, learner=identity.learner, mode=identity.mode)
    if exercises is None:
        exercises = list(dict.fromkeys(event["exercise"] for event in done))
    if not exercises:
        raise InputError(f"{identity.learner!r} has done nothing yet in the course {identity.course!r}")
    unknown = sorted(set(tags or {}) - set(exercises))
    if unknown:
        raise InputError(f"tags are given for {', '.join(unknown)}, which is not among the exercises")
    entries = [_entry(identity, logbook, one, done, list((tags or {}).get(one, ()))) for one in exercises]
    evidence = {
        "mrtlab_evidence": 1,
        "purpose": PURPOSE,
        "notice": NOTICE,
        "course": identity.course,
        "learner": identity.learner,
        "mode": identity.mode,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "mrtlab": mrtlab.__version__,
        "python": platform.python_version(),
        "exercises": entries,
    }
    return form.checked(seal(evidence), "the logbook's evidence")


def _entry(identity: Identity, logbook: Logbook, exercise: str, done: list[dict], tags: list[str]) -> dict:
    sheet, events = None, [event for event in done if event["exercise"] == exercise]
    try:
        session = Session(exercise, identity, logbook)
    except InputError:
        if not events:
            raise
    else:
        sheet = session.sheet
        if session.events:
            events = session.events
        elif events:
            sheet = None  # all of them belong to another version, or to other data
    if not events:
        raise InputError(f"{identity.learner!r} has done nothing yet at {exercise}")
    last = events[-1]
    events = [one for one in events if all(one[name] == last[name] for name in ("version", "code"))]
    offered = sheet.maps_to if sheet else tags
    wrong = [tag for tag in tags if tag not in offered]
    if wrong:
        raise InputError(f"tags: {exercise} has no tag {wrong[0]!r}; it has {', '.join(offered)}")
    return {
        "exercise": exercise,
        "version": last["version"],
        "code": last["code"],
        "data": sheet.data_hash if sheet else last["data"],
        "sheet": sheet.to_dict() if sheet else None,
        "events": events,
        "tags": list(dict.fromkeys(tags)),
    }


def seal(evidence: Mapping[str, Any]) -> dict:
    """The evidence with the hash of what it holds."""
    whole = _whole_characters({name: value for name, value in evidence.items() if name != "sha256"})
    return {**whole, "sha256": form.hash_of(whole)}


def _whole_characters(value: Any) -> Any:
    """Half an emoji, as a browser may send it, has no UTF-8; a replacement character stands for it."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, Mapping):
        return {_whole_characters(name): _whole_characters(item) for name, item in value.items()}
    return [_whole_characters(item) for item in value] if isinstance(value, (list, tuple)) else value


def write(evidence: Mapping[str, Any], path: Path) -> Path:
    """Write the evidence; the file is there whole or not at all.

    Raises
    ------
    InputError
        If it breaks a rule, so that nobody could read it, or the folder cannot be written.
    """
    path = Path(path)
    form.checked(dict(evidence), "evidence")
    data = json.dumps(evidence, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8") + b"\n"
    form.small(len(data), path.name)
    try:
        _userdata.write(path, data)
    except OSError as error:
        raise _userdata.not_saved(error, path) from None
    return path


def read(source: Path | bytes) -> dict:
    """Evidence from a file, or from its bytes. Nothing in it is run.

    Raises
    ------
    InputError
        Naming file and field, if it cannot be read, breaks a rule, or does not fit its hash.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return form.parse(bytes(source), "the evidence")
    path = Path(source)
    try:
        form.small(path.stat().st_size, path.name)
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    return form.parse(data, path.name)


def filename(evidence: Mapping[str, Any]) -> str:
    """A name for the file that every system takes, such as ``lund-2027-quiet-heron-42.mrt.json``."""
    plain = unicodedata.normalize("NFKD", evidence["course"]).encode("ascii", "ignore").decode().lower()
    course = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "course"
    return f"{course}-{evidence['learner'].lower()}.mrt.json"
