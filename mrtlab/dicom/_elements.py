"""Elements of a DICOM file, each checked as it is taken, with errors that name file and tag and show no text of it."""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from mrtlab.dicom.deidentify import WANTED, looks_like_uid
from mrtlab.errors import InputError

MAX_FILE_BYTES = 2**31
_PIXEL_DATA = 0x7FE00010
_UNDEFINED = 0xFFFFFFFF


class Elements:
    """A dataset, or an item of a sequence in it, and the name of its file for messages.

    Every method gives None (or an empty sequence) for an element that is missing or empty, and raises
    ``InputError`` for one that is there but cannot be what the standard says.
    """

    def __init__(self, dataset, name: str):
        self._dataset = dataset
        self.name = name
        self._taken: dict[str, object] = {}
        self._opened: dict[str, list[Elements]] = {}

    def __repr__(self):
        return f"Elements({self.name!r})"

    def fail(self, keyword: str, what: str) -> NoReturn:
        """Refuse the file because of one element."""
        raise InputError(f"{self.name}: {called(keyword)} {what}") from None  # other errors quote the value

    def raw(self, keyword: str):
        """The value as pydicom gives it."""
        if keyword not in self._taken:
            self._taken[keyword] = self._checked(keyword)
        return self._taken[keyword]

    def _checked(self, keyword: str):
        from pydicom.datadict import dictionary_VR, tag_for_keyword

        tag = tag_for_keyword(keyword)
        if tag not in self._dataset:
            return None
        try:
            element = self._dataset[tag]
            representation, value = element.VR, element.value
        except Exception:  # pydicom's own messages hold the value, and a damaged one can raise anything
            self.fail(keyword, "cannot be read; the file is damaged")
        if representation not in dictionary_VR(tag).split(" or "):
            self.fail(keyword, f"is not stored as {dictionary_VR(tag)}, as the standard has it; the file is damaged")
        if value is None or (hasattr(value, "__len__") and not len(value)):
            return None
        return value

    def _several(self, keyword: str) -> list:
        value = self.raw(keyword)
        if value is None:
            return []
        return list(value) if hasattr(value, "__iter__") and not isinstance(value, (str, bytes)) else [value]

    def text(self, keyword: str) -> str:
        """One coded word, or an empty text. Never to be shown unless it is compared with the words of the standard."""
        values = self._several(keyword)
        if len(values) > 1:
            self.fail(keyword, f"holds {len(values)} values, it may hold one")
        return str(values[0]).strip(" \0") if values else ""

    def words(self, keyword: str) -> tuple[str, ...]:
        """Several coded words. The same caution holds."""
        return tuple(str(value).strip(" \0").upper() for value in self._several(keyword))

    def uid(self, keyword: str) -> str:
        """A unique identifier, not yet hashed."""
        text = self.text(keyword)
        if text and not looks_like_uid(text):
            self.fail(keyword, "is not a unique identifier; the file is damaged")
        return text

    def numbers(self, keyword: str, count: int | None = None) -> tuple[float, ...]:
        """Several finite numbers; of ``count``, if that is given."""
        values = self._several(keyword)
        if count is not None and values and len(values) != count:
            self.fail(keyword, f"holds {len(values)} values, it must hold {count}")
        try:
            found = tuple(float(value) for value in values)
        except (TypeError, ValueError):
            self.fail(keyword, "is not a number")
        if not all(map(math.isfinite, found)):
            self.fail(keyword, "is not finite")
        return found

    def number(self, keyword: str, *, above: float | None = None) -> float | None:
        """One finite number."""
        found = self.numbers(keyword)
        if len(found) > 1:
            self.fail(keyword, f"holds {len(found)} values, it may hold one")
        if not found:
            return None
        if above is not None and not found[0] > above:
            self.fail(keyword, f"is {found[0]:g}; it must be above {above:g}")
        return found[0]

    def whole(self, keyword: str) -> int | None:
        """One whole number."""
        found = self.number(keyword)
        if found is not None and found != int(found):
            self.fail(keyword, f"is {found:g}; it must be a whole number")
        return None if found is None else int(found)

    def wholes(self, keyword: str, count: int | None = None) -> tuple[int, ...]:
        """Several whole numbers."""
        found = self.numbers(keyword, count)
        if any(number != int(number) for number in found):
            self.fail(keyword, "holds a number that is not whole")
        return tuple(map(int, found))

    def items(self, keyword: str) -> list[Elements]:
        """Items of a sequence."""
        if keyword not in self._opened:
            try:
                self._opened[keyword] = [Elements(item, self.name) for item in self.raw(keyword) or ()]
            except TypeError:
                self.fail(keyword, "cannot be read; the file is damaged")
        return self._opened[keyword]

    def pixel_data(self) -> bytes:
        """Pixel data as stored."""
        found = self._dataset.get_item(_PIXEL_DATA) if _PIXEL_DATA in self._dataset else None
        if found is None or not isinstance(found.value, (bytes, bytearray)) or not found.value:
            self.fail("PixelData", "is missing; the file is cut short, or it is no image")
        return found.value

    @property
    def syntax(self):
        """Transfer syntax."""
        return self._dataset.file_meta.TransferSyntaxUID

    @property
    def dataset(self):
        """For pydicom's decoders of compressed pixels."""
        return self._dataset


def called(keyword: str) -> str:
    """Name and tag of an element, for messages."""
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    return f"{keyword} {_shown(tag)}"


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing of pydicom's warnings gets out: they quote values, and what matters is checked here."""
    import logging

    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"pydicom(\..*)?$")
            yield
    finally:
        logger.disabled = before


def is_dicom(path: Path) -> bool:
    """Whether a file says of itself that it is DICOM."""
    try:
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError as problem:
        raise InputError(f"{path.name} cannot be opened: {os.strerror(problem.errno or 0)}") from None


def load(path: Path, *, pixels: bool, more: tuple[str, ...] = ()) -> Elements:
    """The wanted elements of a file.

    Parameters
    ----------
    path : Path
    pixels : bool
        Whether to read the pixel data too.
    more : tuple of str
        Elements beside those of :data:`mrtlab.dicom.deidentify.WANTED`.

    Raises
    ------
    InputError
        If it is no DICOM file, too large, cut short, compressed as a whole, or has elements twice or out of order.
    """
    from pydicom.datadict import tag_for_keyword
    from pydicom.filereader import read_file_meta_info, read_partial

    if not is_dicom(path):
        raise InputError(f"{path.name} is not a DICOM file: it is empty, cut short or of another kind")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_FILE_BYTES / 2**30:g} GiB; no single image is")
    wanted = [tag_for_keyword(keyword) for keyword in (*WANTED, *more)] + ([_PIXEL_DATA] if pixels else [])
    try:
        meta = read_file_meta_info(path)
        syntax = str(meta.get("TransferSyntaxUID", ""))
    except Exception:
        raise InputError(f"{path.name}: the file meta information (group 0002) is damaged") from None
    _check_syntax(path.name, syntax)
    stream = io.BytesIO(path.read_bytes())
    size = stream.getbuffer().nbytes
    faults: list[str] = []
    last = [0]

    def watch(tag, _representation, length) -> bool:
        tag = int(tag)  # pydicom's own tags compare slowly
        # DICOM stores elements once and in ascending order (PS3.5 7.1): anything else is damage, and reading on would
        # let a stray element replace the true one
        if tag <= last[0]:
            faults.append(f"element {_shown(tag)} comes twice or out of order; the file is damaged")
        if length != _UNDEFINED and stream.tell() + length > size:
            faults.append(f"element {_shown(tag)} runs beyond the end of the file; the file is cut short or damaged")
        last[0] = tag
        return bool(faults) or (tag >= _PIXEL_DATA and not pixels)

    try:
        dataset = read_partial(stream, stop_when=watch, specific_tags=wanted)
        dataset.file_meta = meta
    except Exception:
        raise InputError(f"{path.name} cannot be read as DICOM; the file is damaged or cut short") from None
    if faults:
        raise InputError(f"{path.name}: {faults[0]}")
    return Elements(dataset, path.name)


def _shown(tag: int) -> str:
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"


def _check_syntax(name: str, syntax: str) -> None:
    from pydicom.uid import AllTransferSyntaxes, DeflatedExplicitVRLittleEndian

    tag = called("TransferSyntaxUID")
    if not syntax:
        raise InputError(f"{name}: {tag} is missing; save the file again as Explicit VR Little Endian")
    if syntax == DeflatedExplicitVRLittleEndian:
        raise InputError(f"{name}: {tag} says the whole file is deflated; save it as Explicit VR Little Endian")
    if syntax not in AllTransferSyntaxes:
        raise InputError(f"{name}: {tag} is none of the standard's; save the file again as Explicit VR Little Endian")
