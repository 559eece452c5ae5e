"""What is kept of the person who works here: where it lies, and how it gets onto the disk whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from mrtlab.errors import InputError

__all__ = ["folder", "load", "locked", "not_saved", "save", "sync_folder", "write"]

LOCK_TIMEOUT_S = 10
# what file systems answer that cannot sync a folder; the file itself has been synced by then
_NO_FOLDER_SYNC = {errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EBADF, errno.EISDIR, errno.ENOSYS}


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
    write(folder() / "pages" / f"{page}.json", json.dumps(state, ensure_ascii=False, indent=1))


def load(page: str) -> dict:
    """The state last saved, or an empty one if there is none or it cannot be read."""
    try:
        state = json.loads((folder() / "pages" / f"{page}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write(target: Path, content: str | bytes) -> None:
    """Replace a file. It is on the disk when this returns; until then the old one is there, whole.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _replace(temporary: Path, target: Path) -> None:
    """Put the new file in the place of the old one.

    Windows refuses while a virus scanner or OneDrive has the old one open, which is over in a moment.
    """
    for pause_s in (0.05, 0.1, 0.2, 0.4):
        try:
            temporary.replace(target)
        except PermissionError:
            time.sleep(pause_s)
        else:
            return
    temporary.replace(target)


def sync_folder(path: Path) -> None:
    """Make a new file's entry in its folder survive a power cut, where the system can: Windows cannot."""
    if os.name == "nt":
        return
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time change a file. A process that dies gives its lock back.

    Raises
    ------
    InputError
        If another process holds the file for too long, or the folder allows no locks.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=LOCK_TIMEOUT_S)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise InputError(
            f"not saved: another mrtlab window has held {path} for {LOCK_TIMEOUT_S:g} s. Wait a moment and try again; "
            "if it goes on, close the other windows"
        ) from None
    except (OSError, NotImplementedError) as error:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise not_saved(error, path) from None
        raise InputError(
            f"not saved: {path} cannot be locked ({_reason(error)}), so two windows could spoil it. Folders on a "
            "network drive, in OneDrive or without the right to write often refuse; set MRTLAB_DATA_DIR to a folder "
            "on this computer that can be written"
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):  # what was done under the lock is done; the system frees it with the process
            lock.release()


def not_saved(error: OSError, path: Path) -> InputError:
    """What to tell a person whose work could not be written."""
    return InputError(
        f"not saved: {_reason(error)} ({path}); free some space, or set MRTLAB_DATA_DIR to a folder that can be written"
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
