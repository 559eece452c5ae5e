"""Where the notebooks, datasets and exercises are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from mrtlab.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Path of ``notebooks``, ``datasets`` or ``exercises``.

    A wheel carries them inside the package; a checkout has them beside it.
    """
    for candidate in (_PACKAGE / "content" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise InputError(f"the folder {name!r} is missing from this installation of mrtlab; install it again")


def dataset(name: str) -> Path:
    """Path of one dataset's folder.

    Raises
    ------
    InputError
        If there is no such dataset; the message lists those there are.
    """
    root = folder("datasets")
    known = sorted(path.name for path in root.iterdir() if path.is_dir())
    if name not in known:
        raise InputError(f"there is no dataset {name!r}; there are: {', '.join(known)}")
    return root / name
