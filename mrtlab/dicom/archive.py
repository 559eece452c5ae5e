"""Zip files, unpacked only where nothing can go wrong."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path, PurePosixPath

from mrtlab.dicom.series import OTHER_KINDS
from mrtlab.errors import InputError

MAX_FILES = 5000
MAX_BYTES = 4 * 2**30
MAX_RATIO = 200
_CHUNK = 2**20


def unpack(path: Path, folder: Path, *, keep: str = "") -> Path:
    """Unpack a zip file into an empty folder.

    Files get numbers as names, so that no name in the archive decides where anything is written.

    Parameters
    ----------
    path, folder : Path
    keep : str, optional
        A file of this name, in whichever folder of the archive, keeps it.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    InputError
        For a damaged or encrypted archive, one with a path out of it, links, another archive inside, with more files
        or bytes than a scan has, or with several files to keep.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(path.name, entries, path.stat().st_size)
            names = [_name(entry, number, keep) for number, entry in enumerate(entries, 1)]
            if names.count(keep) > 1:
                raise InputError(f"{path.name} holds {names.count(keep)} files {keep}; leave the one for these images")
            left = MAX_BYTES
            for name, entry in zip(names, entries, strict=True):
                left -= _copy(archive, entry, folder / name, path.name, left)
    except InputError:
        raise
    except Exception:  # zipfile, zlib, lzma and the file system raise a dozen kinds
        raise InputError(f"{path.name} cannot be unpacked: the zip file is damaged or of an unusual kind") from None
    return folder


def _name(entry: zipfile.ZipInfo, number: int, keep: str) -> str:
    """Name of an unpacked file: its number, and what of its own tells that it is no image (hidden, a document)."""
    own = PurePosixPath(entry.filename.replace("\\", "/"))
    if keep and own.name == keep:
        return keep
    suffix = own.suffix.lower()
    return f"{'.' * own.name.startswith('.')}file {number:05d}{suffix if suffix in OTHER_KINDS else ''}"


def _check(name: str, entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_FILES:
        raise InputError(f"{name} holds {len(entries)} files; more than {MAX_FILES} are not unpacked")
    for number, entry in enumerate(entries, 1):
        inside = PurePosixPath(entry.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in entry.filename or "\0" in entry.filename:
            raise InputError(f"{name}: file {number} would be written outside the archive's folder; do not use it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputError(f"{name}: file {number} is a link; pack the files themselves")
        if entry.flag_bits & 1:
            raise InputError(f"{name} is encrypted; unpack it first")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        raise InputError(f"{name} would unpack to {total / 2**30:.1f} GiB; more than {MAX_BYTES >> 30} are refused")
    if total > MAX_RATIO * size:
        raise InputError(f"{name} would grow more than {MAX_RATIO}-fold; it is no archive of images")


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, name: str, left: int) -> int:
    """Copy one entry, counting what really comes out: the sizes in the archive may lie."""
    written = 0
    with archive.open(entry) as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            if not written and chunk[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
                raise InputError(f"{name} holds another zip file; unpack it first")
            written += len(chunk)
            if written > left:
                raise InputError(f"{name} unpacks to more than {MAX_BYTES >> 30} GiB")
            out.write(chunk)
    return written


def is_zip(path: Path) -> bool:
    """Whether a file is a zip archive, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as problem:
        raise InputError(f"{path.name} cannot be opened: {os.strerror(problem.errno or 0)}") from None
