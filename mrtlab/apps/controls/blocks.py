"""Text on a page: sentences, boxes, tables, code. Text is escaped; see :func:`markup` for the marks it may carry."""

from __future__ import annotations

from collections.abc import Sequence

import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.apps.controls._text import escape, markup

__all__ = ["CodePanel", "DataTable", "ErrorBox", "Flag", "Flags", "Html", "Note", "Result", "Right", "Steps", "Text"]


class Html(Control):
    """A block of HTML written by us; text from elsewhere goes through :func:`escape` or :func:`markup` first."""

    _esm = script("html")
    html = t.Unicode().tag(sync=True)
    kind = t.Unicode("html").tag(sync=True)
    live = t.Bool(False).tag(sync=True)

    def __init__(self, html: str = "", **traits):
        super().__init__(html=html, **traits)


class Text(Html):
    """Paragraphs of text, a blank line between them. Set ``text`` to change it."""

    text = t.Unicode()

    def __init__(self, text: str = "", *, lead: bool = False, **traits):
        super().__init__(kind="lead" if lead else "text", **traits)
        self.text = text

    @t.observe("text")
    def _show(self, change):
        parts = [part.strip() for part in self.text.split("\n\n") if part.strip()]
        self.html = "".join(f"<p>{markup(part)}</p>" for part in parts)


class Result(Html):
    """The result as a sentence: what it is, its value in bold, the small print. ``set`` changes, ``clear`` empties it.

    Examples
    --------
    >>> result = Result("Kidney dose", "2.7 ± 0.2 Gy", "95 %: 2.4 to 3.1 Gy · T_{eff} 50 ± 2 h")    # doctest: +SKIP
    """

    def __init__(self, lead: str = "", value: str = "", rest: str = ""):
        super().__init__(kind="result", live=True)
        self.set(lead, value, rest)

    def set(self, lead: str, value: str = "", rest: str = "") -> None:
        """Change the sentence."""
        # broken between parts, not within "0.38 Gy/GBq"
        parts = " · ".join(f"<span>{markup(part)}</span>" for part in rest.split(" · "))
        small = f' <span class="mrt-rest">{parts}</span>' if rest else ""
        bold = f" <strong>{markup(value)}</strong>" if value else ""
        self.html = f"<p>{markup(lead)}{bold}{small}</p>" if lead or value else ""

    def clear(self) -> None:
        """Show nothing."""
        self.html = ""


class Note(Html):
    """A sentence in a blue box. Without text it takes no room. Set ``text`` to change it."""

    text = t.Unicode()
    _kind, _spoken = "note", ""

    def __init__(self, text: str = "", **traits):
        super().__init__(kind=self._kind, live=True, **traits)
        self.text = text

    @t.observe("text")
    def _show(self, change):
        spoken = f'<span class="mrt-hidden">{self._spoken}: </span>' if self._spoken else ""
        self.html = f"<p>{spoken}{markup(self.text)}</p>" if self.text else ""


class Flag(Note):
    """A sentence that asks for attention: what, how much, what to do. A bar on the left, never colour alone."""

    _kind, _spoken = "flag", "Attention"


class Right(Note):
    """A sentence that says something is right."""

    _kind, _spoken = "right-answer", ""


class Flags(Html):
    """Any number of flags under one another. Set ``texts``."""

    texts = t.List(t.Unicode())

    def __init__(self, texts: Sequence[str] = ()):
        super().__init__(kind="flags", live=True)
        self.texts = list(texts)

    @t.observe("texts")
    def _show(self, change):
        spoken = '<span class="mrt-hidden">Attention: </span>'
        self.html = "".join(f'<div class="mrt-flag"><p>{spoken}{markup(text)}</p></div>' for text in self.texts)


class ErrorBox(Html):
    """Plain messages of what went wrong, one for each guard. ``unexpected`` tells tests that one was a bug."""

    unexpected = t.Bool(False).tag(sync=True)

    def __init__(self):
        super().__init__(kind="error", live=True)
        self._messages: dict = {}

    @property
    def messages(self) -> tuple[str, ...]:
        """What is shown at present."""
        return tuple(text for text, _ in self._messages.values())

    def show(self, key, message: str, unexpected: bool = False) -> None:
        """Show a message, in place of the earlier one of the same key."""
        self._messages[key] = (message, unexpected)
        self._update()

    def clear(self, key=None) -> None:
        """Take away the message of one key, or all."""
        if key is None:
            self._messages.clear()
        elif self._messages.pop(key, None) is None:
            return
        self._update()

    def _update(self):
        with self.hold_sync():
            self.unexpected = any(bug for _, bug in self._messages.values())
            shown = dict.fromkeys(text for text, _ in self._messages.values())  # each sentence once
            self.html = "".join(f"<p>{escape(text)}</p>" for text in shown)


class DataTable(Html):
    """A table with a caption and headed columns; ``set`` replaces the rows.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of sequences
        Cells, shown with ``str``; write numbers with :func:`mrtlab.units.format_quantity` first.
    caption : str
        What the table shows.
    show_caption : bool
        Otherwise only screen readers get it.
    row_heads : bool
        Whether the first cell heads its row.
    """

    def __init__(
        self, columns: Sequence[str], rows=(), caption: str = "", *, show_caption: bool = False, row_heads: bool = True
    ):
        super().__init__(kind="table")
        self._columns, self._caption = tuple(columns), caption
        self._show_caption, self._row_heads = show_caption, row_heads
        self.set(rows)

    def set(self, rows, columns: Sequence[str] | None = None, caption: str | None = None) -> None:
        """Replace the rows, and columns and caption if given."""
        self._columns = self._columns if columns is None else tuple(columns)
        self._caption = self._caption if caption is None else caption
        hidden = "" if self._show_caption else ' class="mrt-hidden"'
        head = "".join(f'<th scope="col">{markup(name)}</th>' for name in self._columns)
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in rows)
        self.html = (
            f"<table><caption{hidden}>{markup(self._caption)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )

    def _row(self, row) -> str:
        cells = [markup(cell).replace(" ± ", "\u00a0±\u00a0") for cell in row]  # not broken at the sign
        first = f'<th scope="row">{cells[0]}</th>' if self._row_heads else f"<td>{cells[0]}</td>"
        return first + "".join(f"<td>{cell}</td>" for cell in cells[1:])


class CodePanel(Control):
    """Code to select or to copy with a button. Set ``code`` to change it."""

    _esm = script("code_panel")
    code = t.Unicode().tag(sync=True)
    label = t.Unicode("The same in code").tag(sync=True)

    def __init__(self, code: str = "", **traits):
        super().__init__(code=code, **traits)


class Steps(Control):
    """The row of steps of a page. ``current`` is the step shown; clicking a reachable step sets it.

    Parameters
    ----------
    labels : sequence of str
    current : int
        Counted from 0.
    done : sequence of int
        Steps marked with a tick.
    reachable : sequence of int, optional
        Steps that can be gone to; all of them otherwise.
    """

    _esm = script("steps")
    labels = t.List(t.Unicode()).tag(sync=True)
    current = t.Int(0).tag(sync=True)
    done = t.List(t.Int()).tag(sync=True)
    reachable = t.List(t.Int()).tag(sync=True)

    def __init__(self, labels: Sequence[str], current: int = 0, done=(), reachable=None):
        reachable = range(len(labels)) if reachable is None else reachable
        super().__init__(labels=list(labels), current=current, done=list(done), reachable=list(reachable))
