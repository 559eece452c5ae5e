"""Copies of the shipped notebooks to work in, kept up to date without touching what the user has changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import platformdirs

from mrtlab import __version__

__all__ = ["place", "update"]

RECORD = ".mrtlab.json"  # what was copied: path and SHA-256 of the file as shipped


def place(folder: Path | None) -> Path:
    """The folder asked for, by default ``mrtlab`` in the user's documents."""
    return Path(folder).resolve() if folder else platformdirs.user_documents_path() / "mrtlab"


def update(shipped: Path, folder: Path) -> list[str]:
    """Copy what is new, replace what the user left as it was, put the new version beside what the user changed.

    Parameters
    ----------
    shipped : Path
        Folder of the notebooks as installed.
    folder : Path
        The user's; made if it is not there.

    Returns
    -------
    list of str
        One sentence for each file that did not simply get its place.
    """
    record_file = folder / RECORD
    try:
        record = dict(json.loads(record_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        record = {}  # then every file that differs counts as the user's
    remarks = []
    for source in sorted(path for path in shipped.rglob("*") if path.is_file()):
        name = source.relative_to(shipped).as_posix()
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        content = source.read_bytes()
        digest, before = hashlib.sha256(content).hexdigest(), record.get(name)
        target = folder / name
        now = _digest(target) if target.exists() else None
        if now is None or (now == before and now != digest):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        elif now != digest and before != digest:
            beside = _beside(target, digest)
            beside.write_bytes(content)
            remarks.append(f"You have changed {name}; the new version is beside it as {beside.name}")
        record[name] = digest
    record_file.write_text(json.dumps(record, indent=1), encoding="utf-8", newline="\n")
    return remarks


def _beside(target: Path, digest: str) -> Path:
    """A free name next to the user's file."""
    number = 1
    while True:
        suffix = f"-{number}" if number > 1 else ""
        path = target.with_name(f"{target.stem}-mrtlab-{__version__}{suffix}{target.suffix}")
        if not path.exists() or _digest(path) == digest:
            return path
        number += 1


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
