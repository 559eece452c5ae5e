"""What a learner chose on a page, kept in her data folder so that it is there again when she comes back."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import platformdirs

__all__ = ["folder", "load", "save"]


def folder() -> Path:
    """The user's data folder; ``MRTLAB_DATA_DIR`` puts it elsewhere."""
    given = os.environ.get("MRTLAB_DATA_DIR")
    return Path(given) if given else Path(platformdirs.user_data_dir("mrtlab", appauthor=False))


def save(page: str, state: dict) -> None:
    """Write the state of a page. It is on the disk when this returns, whole or not at all.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    target = folder() / "pages" / f"{page}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{page}-", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            json.dump(state, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load(page: str) -> dict:
    """The state last saved, or an empty one if there is none or it cannot be read."""
    try:
        state = json.loads((folder() / "pages" / f"{page}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}
