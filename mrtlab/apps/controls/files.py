"""A file made in Python and saved by the browser, and how far a long piece of work has got."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.errors import InputError

__all__ = ["Download", "Progress"]

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


class Download(Control):
    """A button that saves a file made here in the browser's download folder, without a server or a network.

    Parameters
    ----------
    text : str
        On the button, such as "Download as CSV".
    filename : str
        The name the file gets; letters of any language. Set ``filename`` to change it.
    content : bytes or callable
        A callable is called at the click and returns the bytes; its :class:`~mrtlab.InputError` is shown on the page.
    mime : str
        Kind of the content, such as "text/csv".
    plain : bool
        Looks like a link, for a line of small actions.
    """

    _esm = script("download")
    text = t.Unicode().tag(sync=True)
    plain = t.Bool(False).tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    filename = t.Unicode()
    mime = t.Unicode("application/octet-stream")

    def __init__(
        self,
        text: str,
        filename: str,
        content: bytes | Callable[[], bytes],
        mime: str = "application/octet-stream",
        *,
        plain: bool = False,
        **traits,
    ):
        self._content = content
        super().__init__(text=text, filename=filename, mime=mime, plain=plain, **traits)

    @t.validate("filename")
    def _can_be_a_name(self, proposal):
        name = proposal["value"]
        found = _FORBIDDEN.search(name)
        if found:
            raise InputError(f"filename {name!r} has {found[0]!r}, which no file of Windows may have in its name")
        if not name or name != name.strip(" ."):
            raise InputError(f"filename {name!r} must not be empty, nor begin or end with a space or a point")
        return name

    def _received(self, content, buffers):
        if content.get("event") != "download" or self.disabled:
            return
        try:
            data = self._content() if callable(self._content) else self._content
            if not isinstance(data, (bytes, bytearray, memoryview)):
                raise TypeError(f"the content of {self.filename} must be bytes, got {type(data).__name__}")
        except BaseException:
            self.send({"event": "failed"})
            raise
        self.send({"event": "file", "name": self.filename, "mime": self.mime}, [data])


class Progress(Control):
    """How far something that takes over a second has got: a bar and words. Empty, it takes no room.

    It can be told of every step: the browser hears of some ten a second, and always of the first and of the end.

    Parameters
    ----------
    label : str
        What is being done, such as "Grading".

    Attributes
    ----------
    value : float or None
        From 0 to 1; None while it cannot be known.
    words : str
        Such as "pack 12 of 30".
    """

    _esm = script("progress")
    label = t.Unicode().tag(sync=True)
    shown = t.Tuple(t.Float(allow_none=True), t.Unicode(), default_value=(None, "")).tag(sync=True)
    value = t.Float(None, allow_none=True)
    words = t.Unicode()

    def __init__(self, label: str, **traits):
        self._last, self._both = -math.inf, False
        super().__init__(label=label, **traits)

    @t.validate("value")
    def _share(self, proposal):
        value = proposal["value"]
        if value is not None and not 0 <= value <= 1:
            slip = f"; {value:g} looks like a percentage, give {value / 100:g}" if 1 < value <= 100 else ""
            raise InputError(f"value of {self.label!r} must lie from 0 to 1, got {value:g}{slip}")
        return value

    def set(self, value: float | None, words: str = "") -> None:
        """Show both at once."""
        self._both = True
        try:
            self.value = value  # first, as it may be refused
            self.words = words
        finally:
            self._both = False
        self._show()

    def clear(self) -> None:
        """Show nothing."""
        self.set(None, "")

    @t.observe("value", "words")
    def _show(self, change=None):
        if self._both:
            return
        # a server that is sent thousands of messages in a few seconds drops them, the result among them
        now = time.monotonic()
        if self.value in (None, 1) or self.shown[0] is None or now - self._last > 0.1:
            self._last, self.shown = now, (self.value, self.words)
