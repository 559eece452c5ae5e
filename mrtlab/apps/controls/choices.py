"""Controls one chooses with: options, check boxes in a table, buttons, a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.errors import InputError

__all__ = ["Button", "CheckRows", "Choice", "Upload", "UploadedFile"]


class Choice(Control):
    """One of several options, as a list to pull down or, with ``radio=True``, as radio buttons.

    ``value`` is the chosen option's value, None while nothing is chosen. ``options`` may be replaced later; the value
    stays if it is still there, otherwise the first option (with ``radio``: none) is chosen.

    Parameters
    ----------
    label : str
        The visible label.
    options : sequence of str, sequence of (text, value), or mapping of text to value
    value : optional
        The one chosen at first; without it the first option, or none for radio buttons.
    help : str, optional
        A short line under the label.
    """

    _esm = script("choice")
    label = t.Unicode().tag(sync=True)
    help = t.Unicode().tag(sync=True)
    radio = t.Bool(False).tag(sync=True)
    labels = t.List(t.Unicode()).tag(sync=True)
    index = t.Int(None, allow_none=True).tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    value = t.Any(None, allow_none=True)

    def __init__(self, label: str, options, value=None, *, radio: bool = False, **traits):
        super().__init__(label=label, radio=radio, **traits)
        self._values: tuple = ()
        self.observe(self._chosen, "index")
        self.observe(self._find, "value")
        self.options = options
        if value is not None:
            self.value = value

    @property
    def options(self) -> tuple:
        """Pairs of text and value."""
        return tuple(zip(self.labels, self._values, strict=True))

    @options.setter
    def options(self, options):
        pairs = list(options.items()) if isinstance(options, Mapping) else options
        pairs = [(pair, pair) if isinstance(pair, str) else tuple(pair) for pair in pairs]
        kept = self.value
        with self.hold_sync():
            self._values = tuple(value for _, value in pairs)
            self.labels = [str(text) for text, _ in pairs]
            first = 0 if pairs and not self.radio else None
            self.index = self._values.index(kept) if kept in self._values else first
            self._chosen(None)

    @t.validate("index")
    def _known(self, proposal):
        index = proposal["value"]
        if index is not None and not 0 <= index < len(self._values):
            raise t.TraitError(f"{self.label}: there is no option number {index + 1}")
        return index

    def _chosen(self, change):
        self.value = None if self.index is None else self._values[self.index]

    def _find(self, change):
        value = change["new"]
        if value is None:
            self.index = self._values.index(None) if None in self._values else None
        elif value not in self._values:
            raise InputError(f"{self.label} must be one of {', '.join(self.labels)}, got {value!r}")
        elif self.index is None or self._values[self.index] != value:
            self.index = self._values.index(value)


class CheckRows(Control):
    """A small table with a check box in front of every row. ``value`` is a tuple of bools, one per row.

    Parameters
    ----------
    label : str
        What is chosen here; read out by screen readers.
    columns : sequence of str
        Headings, without one for the boxes.
    rows : sequence of sequences of str
        The cells as they are to be shown.
    names : sequence of str, optional
        The accessible name of every box, such as "use the point at 27.7 h, 73.6 MBq"; made from the cells otherwise.
    value : sequence of bool, optional
        All true at first.
    choosing : bool
        Rows are picked out of a list, so one without a tick is not struck out as left out.
    """

    _esm = script("check_rows")
    label = t.Unicode().tag(sync=True)
    columns = t.List(t.Unicode()).tag(sync=True)
    rows = t.List(t.List(t.Unicode())).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    value = t.Tuple().tag(sync=True)
    choosing = t.Bool(False).tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)

    def __init__(self, label: str, columns: Sequence[str], rows=(), names=None, value=None, **traits):
        super().__init__(label=label, columns=list(columns), **traits)
        self.set_rows(rows, names, value)

    def set_rows(self, rows, names=None, value=None) -> None:
        """Replace all rows; without ``value`` every box is ticked."""
        rows = [[str(cell) for cell in row] for row in rows]
        if names is None:
            names = [", ".join(f"{cell} {head}" for head, cell in zip(self.columns, row, strict=True)) for row in rows]
        value = (True,) * len(rows) if value is None else tuple(bool(one) for one in value)
        if not len(rows) == len(names) == len(value):
            raise InputError(f"rows, names and value must be equally many, got {len(rows)}, {len(names)}, {len(value)}")
        with self.hold_sync():
            self.rows, self.names = rows, [str(name) for name in names]
            self.value = value

    @t.validate("value")
    def _booleans(self, proposal):
        value = tuple(bool(one) for one in proposal["value"])
        if len(value) != len(self.rows):
            raise t.TraitError(f"{self.label}: {len(self.rows)} rows need as many marks, got {len(value)}")
        return value


class Button(Control):
    """A button with visible text. ``on_click(callback)`` adds a call-back, which gets the button.

    Parameters
    ----------
    text : str
    primary : bool
        The one action the page leads to; filled.
    on_click : callable, optional
    """

    _esm = script("button")
    text = t.Unicode().tag(sync=True)
    primary = t.Bool(False).tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)

    def __init__(self, text: str, *, primary: bool = False, on_click: Callable | None = None, **traits):
        super().__init__(text=text, primary=primary, **traits)
        self._callbacks: list[Callable] = []
        if on_click:
            self.on_click(on_click)

    def on_click(self, callback: Callable) -> None:
        """Add a call-back."""
        self._callbacks.append(callback)

    def click(self) -> None:
        """Press it from Python."""
        with self._guarded():
            self._press()

    def _received(self, content, buffers):
        if content.get("event") == "click":
            self._press()

    def _press(self):
        if not self.disabled:
            for callback in self._callbacks:
                callback(self)


@dataclass(frozen=True)
class UploadedFile:
    """A file as the browser gave it: its name and its bytes."""

    name: str
    content: bytes


class Upload(Control):
    """A button to choose a file. Observe ``file`` (an :class:`UploadedFile` or None).

    Under the button stands ``message``. Who uses the file sets it, or calls :meth:`refuse`; otherwise the name is said
    to have been read.

    Parameters
    ----------
    text : str
        On the button, such as "Use my own table…".
    accept : str
        File name endings, such as ".csv,.txt"; a hint to the browser.
    limit_mb : float
        Larger files are refused with a message, in the browser and here.
    """

    _esm = script("upload")
    text = t.Unicode().tag(sync=True)
    accept = t.Unicode().tag(sync=True)
    limit_mb = t.Float(5.0).tag(sync=True)
    message = t.Unicode().tag(sync=True)
    refused = t.Bool(False).tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    file = t.Instance(UploadedFile, allow_none=True)

    def __init__(self, text: str, *, accept: str = "", limit_mb: float = 5.0, **traits):
        super().__init__(text=text, accept=accept, limit_mb=limit_mb, **traits)

    def refuse(self, reason: str) -> None:
        """Say under the button why the file cannot be used."""
        with self.hold_sync():
            self.message, self.refused = reason, True

    def _received(self, content, buffers):
        if content.get("event") != "file" or not buffers:
            return
        name, data = str(content.get("name", "")), bytes(buffers[0])
        try:
            with self.hold_sync():  # what the page makes of the file comes in place of these words, not after them
                self.message, self.refused = f"{name} was read", False
                self._take(name, data)
        except InputError as error:
            self.refuse(str(error))
            raise
        except Exception:
            self.refuse(f"{name} could not be used")
            raise
        finally:
            self.send({"event": "done"})  # the browser has said "reading", and an unchanged message is not sent

    def _take(self, name: str, data: bytes) -> None:
        if len(data) > self.limit_mb * 1e6:
            raise InputError(f"{name} has {len(data) / 1e6:.1f} MB; files of up to {self.limit_mb:g} MB can be read")
        self.file = None  # so that the same file, chosen once more, is a change
        self.file = UploadedFile(name, data)
