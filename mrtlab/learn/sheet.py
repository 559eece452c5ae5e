"""What a learner sees of an exercise: story, data, questions; nothing that gives an answer away.

A sheet is plain data that goes into a file and comes back the same. In an assessment it is all that leaves the
educator's machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from mrtlab.errors import InputError

__all__ = ["Sheet", "SheetColumn", "SheetFile", "SheetImage", "SheetPlot", "SheetQuestion", "SheetTable"]

LARGEST_FILE = 2_000_000


@dataclass(frozen=True)
class SheetColumn:
    """One column: what it is, and its cells as they are shown.

    ``values`` are the same cells as numbers; None for a column of words.
    """

    name: str
    label: str
    unit: str
    cells: tuple[str, ...]
    values: tuple[float, ...] | None = None

    @property
    def heading(self) -> str:
        """Label with its unit."""
        return f"{self.label}, {self.unit}" if self.unit else self.label


@dataclass(frozen=True)
class SheetTable:
    """A table of the learner's data."""

    name: str
    caption: str
    columns: tuple[SheetColumn, ...]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells by row."""
        return tuple(zip(*(column.cells for column in self.columns), strict=True))

    def column(self, name: str) -> SheetColumn:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class SheetImage:
    """An image of whole numbers (counts), packed as text."""

    name: str
    caption: str
    alt: str
    pixel_mm: float
    unit: str
    shape: tuple[int, int]
    packed: str

    @classmethod
    def pack(cls, array: np.ndarray, **words) -> SheetImage:
        """From an array of whole numbers, shape (rows, columns), 0 to 65535."""
        array = np.asarray(array)
        if (
            array.ndim != 2
            or array.size == 0
            or np.any(array != np.rint(array))
            or array.min() < 0
            or array.max() > 65535
        ):
            raise InputError("an image must be an array (rows, columns) of whole numbers from 0 to 65535")
        data = zlib.compress(array.astype("<u2").tobytes(), 9)
        return cls(shape=array.shape, packed=base64.b64encode(data).decode("ascii"), **words)

    @property
    def array(self) -> np.ndarray:
        """Counts, shape (rows, columns)."""
        rows, columns = self.shape
        opened = zlib.decompressobj()
        # no more than the shape says, whatever a file from elsewhere claims to hold
        data = opened.decompress(base64.b64decode(self.packed), 2 * rows * columns)
        if len(data) != 2 * rows * columns or opened.unconsumed_tail:
            raise ValueError(f"image {self.name} does not hold {rows} × {columns} counts")
        return np.frombuffer(data, dtype="<u2").reshape(self.shape).astype(float)


@dataclass(frozen=True)
class SheetFile:
    """A file the learner works on, packed as text."""

    name: str
    caption: str
    size: int
    packed: str

    @classmethod
    def pack(cls, name: str, caption: str, content: bytes) -> SheetFile:
        """From its bytes, 2 MB at most."""
        if not isinstance(content, bytes) or not 0 < len(content) <= LARGEST_FILE:
            raise InputError(f"file {name} must hold 1 to {LARGEST_FILE} bytes")
        return cls(name, caption, len(content), base64.b64encode(zlib.compress(content, 9)).decode("ascii"))

    @property
    def content(self) -> bytes:
        """Its bytes."""
        if not 0 < self.size <= LARGEST_FILE:
            raise ValueError(f"file {self.name} says that it has {self.size} bytes")
        opened = zlib.decompressobj()
        data = opened.decompress(base64.b64decode(self.packed), self.size)
        if len(data) != self.size or opened.unconsumed_tail:
            raise ValueError(f"file {self.name} does not hold {self.size} bytes")
        return data


@dataclass(frozen=True)
class SheetPlot:
    """The plot of one table: columns for x and y, standard uncertainties of y for the bars."""

    table: str
    x: str
    y: str
    error: tuple[float, ...] | None = None
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class SheetQuestion:
    """One question as it is put.

    Attributes
    ----------
    kind : str
        ``"number"``, ``"choice"``, ``"text"``, ``"point"``, ``"region"``, ``"place"`` or ``"record"``.
    parts : tuple of str
        Of a number: ``("value",)``, ``("value", "u")`` or ``("value", "low", "high")``. Of a record: how far it must
        come, and the file with its beginning, if there is one.
    options : tuple of (key, text)
    hints : int
        How many there are.
    """

    id: str
    kind: str
    text: str
    help: str = ""
    unit: str = ""
    parts: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    reason: bool = False
    predict: bool = False
    hints: int = 0
    points: float = 1.0


@dataclass(frozen=True)
class Sheet:
    """An exercise as one learner gets it."""

    exercise: str
    version: int
    code: str
    title: str
    short: str
    topic: str
    therapy: str
    level: str
    minutes: int
    audience: tuple[str, ...]
    prerequisites: tuple[str, ...]
    goals: tuple[str, ...]
    maps_to: tuple[str, ...]
    story: str
    tables: tuple[SheetTable, ...]
    images: tuple[SheetImage, ...]
    plot: SheetPlot | None
    questions: tuple[SheetQuestion, ...]
    sources: tuple[tuple[str, str], ...]
    files: tuple[SheetFile, ...] = ()

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 of story and tables as shown, in hexadecimal.

        Images are left out: the last bit of their noise may depend on the version of numpy; see
        :func:`mrtlab.learn.variants.same_images`. So are files: they name the version of what wrote them.
        """
        shown = [self.exercise, self.version, self.code, self.story, [asdict(table) for table in self.tables]]
        return hashlib.sha256(canonical(shown)).hexdigest()

    def table(self, name: str) -> SheetTable:
        """The table of this name."""
        return next(table for table in self.tables if table.name == name)

    def question(self, id: str) -> SheetQuestion:
        """The question with this id.

        Raises
        ------
        InputError
            If there is none.
        """
        for question in self.questions:
            if question.id == id:
                return question
        raise InputError(f"{self.exercise} has no question {id!r}; it has {', '.join(q.id for q in self.questions)}")

    def to_dict(self) -> dict:
        """Plain data for a JSON file."""
        data = asdict(self)
        if not self.files:
            del data["files"]  # sheets from before there were files stay the same
        return json.loads(canonical(data))

    @classmethod
    def from_dict(cls, data: Mapping) -> Sheet:
        """From :meth:`to_dict`.

        Raises
        ------
        InputError
            If a field is missing, unknown or of the wrong type.
        """
        try:
            fields = dict(data)
            fields["tables"] = tuple(
                SheetTable(one["name"], one["caption"], tuple(_column(column) for column in one["columns"]))
                for one in fields["tables"]
            )
            fields["images"] = tuple(SheetImage(**{**one, "shape": tuple(one["shape"])}) for one in fields["images"])
            fields["files"] = tuple(SheetFile(**one) for one in fields.get("files", ()))
            fields["plot"] = SheetPlot(**_tuples(fields["plot"], "error")) if fields["plot"] else None
            fields["questions"] = tuple(
                SheetQuestion(**{**_tuples(one, "parts"), "options": tuple(tuple(pair) for pair in one["options"])})
                for one in fields["questions"]
            )
            fields["sources"] = tuple(tuple(pair) for pair in fields["sources"])
            sheet = cls(**_tuples(fields, "audience", "prerequisites", "goals", "maps_to"))
            rows = [table.rows for table in sheet.tables]  # raises where columns differ in length
            arrays = [image.array for image in sheet.images] + [file.content for file in sheet.files]
        except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
            raise InputError(f"this is not a sheet of an exercise, or it is damaged ({error})") from None
        del rows, arrays
        return sheet


def canonical(data) -> bytes:
    """JSON in one form only: keys sorted, no spaces, UTF-8; what hashes are taken of.

    Raises
    ------
    InputError
        For NaN and infinities, which JSON has no word for.
    """
    try:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise InputError(f"this cannot be written as JSON: {error}") from None
    return text.encode("utf-8", "surrogatepass")  # half an emoji is no reason to lose an answer


def _column(data: Mapping) -> SheetColumn:
    return SheetColumn(**_tuples(data, "cells", "values"))


def _tuples(data: Mapping, *names: str) -> dict:
    return {name: tuple(value) if name in names and value is not None else value for name, value in data.items()}
