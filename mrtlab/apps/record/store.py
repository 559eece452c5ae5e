"""The records kept on this computer: one file each in the learner's data folder, and no other one lost.

No widgets here: every page can keep the record of its case.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from mrtlab import _userdata, record
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord

__all__ = ["Kept", "folder", "keep", "kept", "load", "note", "notes", "place", "title"]


class Kept(NamedTuple):
    """A file in the folder: where it lies, and what to call it in a list."""

    path: Path
    title: str


def folder() -> Path:
    """Where records are kept."""
    return _userdata.folder() / "records"


def place(kept_record: DosimetryRecord) -> Path:
    """The file of a record: the same for all its versions."""
    header = kept_record.header
    return folder() / f"{header.pseudonym}-cycle-{header.cycle}-{header.record_id[:12]}.json"


def title(kept_record: DosimetryRecord) -> str:
    """A record in one line."""
    header = kept_record.header
    return f"{header.pseudonym}, {header.therapy} cycle {header.cycle}, version {header.version}: {kept_record.status}"


def keep(kept_record: DosimetryRecord) -> Path:
    """Keep a record. It is on the disk when this returns, whole or not at all.

    Parameters
    ----------
    kept_record : DosimetryRecord
        A later state, or a new version, takes the place of what it continues.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the folder holds steps of this record that the new one does not have (somebody went on from an older
        copy), or a file that is no sound record is in its place, or nothing can be written.
    """
    path = place(kept_record)
    with _userdata.locked(path):
        _refuse_a_loss(kept_record, path)
        record.write(kept_record, path)
    return path


def kept() -> list[Kept]:
    """All that lies in the folder, what was written last first; a file that is no sound record says so."""
    found = [(path.stat().st_mtime, path.name, path) for path in folder().glob("*.json") if path.is_file()]
    return [Kept(path, _titled(path)) for _, _, path in sorted(found, reverse=True)]


def load(path) -> DosimetryRecord:
    """Read a record and check all of it.

    Raises
    ------
    InputError
        If it cannot be read, or was changed after it was written.
    """
    return record.read(path)


def notes(kept_record: DosimetryRecord) -> list[dict]:
    """What observers noted beside a record: ``at`` (UTC), ``name``, ``version``, ``done`` (the last step), ``text``."""
    try:
        found = json.loads(_notes(kept_record).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    fields = ("at", "name", "version", "done", "text")
    return (
        [one for one in found if isinstance(one, dict) and set(one) == set(fields)] if isinstance(found, list) else []
    )


def note(kept_record: DosimetryRecord, name: str, text: str) -> None:
    """Note an observation beside a record; the record itself stays as it is.

    Raises
    ------
    InputError
        If nothing is typed, or it cannot be written.
    """
    if not text.strip():
        raise InputError("nothing is entered to be noted")
    done = kept_record.steps[-1].content.kind if kept_record.steps else "nothing"
    new = {
        "at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "name": name,
        "version": kept_record.header.version,
        "done": done,
        "text": text.strip(),
    }
    path = _notes(kept_record)
    with _userdata.locked(path):
        whole = [*notes(kept_record), new]
        try:
            _userdata.write(path, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise _userdata.not_saved(error, path) from None


def _notes(kept_record: DosimetryRecord) -> Path:
    return folder() / "observations" / place(kept_record).name


def _titled(path: Path) -> str:
    try:
        return title(load(path))
    except InputError:
        return f"{path.name}: cannot be read, or was changed outside this page"


def _refuse_a_loss(new: DosimetryRecord, path: Path) -> None:
    """Say which record would lose what, before :func:`mrtlab.record.write` refuses it in general words."""
    if not path.exists():
        return
    there = load(path)
    if record.continues(new, there):
        return
    raise InputError(
        f"not kept: {path.name} holds version {there.header.version} of this record with {len(there.steps)} steps "
        f"({there.status}), and the one to be kept (version {new.header.version}, {len(new.steps)} steps) does not "
        "continue it; those steps would be lost. Open the record in the folder and go on from there, or move its file "
        f"away from {path.parent}"
    )
