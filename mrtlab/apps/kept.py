"""A page's state on the disk: what was chosen is there before the page says so, and back at the next visit."""

from __future__ import annotations

from datetime import datetime

from mrtlab import _userdata
from mrtlab.errors import InputError

__all__ = ["load", "save"]


def load(name: str) -> dict:
    """What was saved under a name; nothing from a file nested too deeply to be read."""
    try:
        return _userdata.load(name)
    except RecursionError:
        return {}


def save(page, name: str, state: dict) -> None:
    """Keep a state, and say on the page that it is kept.

    Raises
    ------
    InputError
        If it could not be written; the page then says "not saved".
    """
    try:
        _userdata.save(name, state)
    except OSError as error:
        page.status = "not saved"
        raise InputError(
            f"your work could not be saved in {_userdata.folder()}: {error.strerror or error}. Free some space, or "
            "set MRTLAB_DATA_DIR to a folder that can be written"
        ) from None
    page.status = f"saved {datetime.now():%H:%M} ✓"
