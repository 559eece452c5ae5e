"""How a page is laid out: page, sections, groups of controls, details that open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ipywidgets as widgets
import traitlets as t

import mrtlab
from mrtlab.apps.controls._base import Control, asset, script
from mrtlab.apps.controls._text import escape, markup
from mrtlab.apps.controls.blocks import ErrorBox, Html, Text

__all__ = ["Card", "Details", "Foot", "Group", "Page", "Row", "Section"]


class _Marker(Control):
    """First child of a box that becomes a group with a legend."""

    _esm = script("legend")
    text = t.Unicode().tag(sync=True)


class _Summary(Control):
    """First child of a box that opens and closes."""

    _esm = script("summary")
    text = t.Unicode().tag(sync=True)
    opened = t.Bool(False).tag(sync=True)


class _CardHead(Control):
    """First child of a box that becomes a group with a heading."""

    _esm = script("card_head")
    number = t.Unicode().tag(sync=True)
    title = t.Unicode().tag(sync=True)


class _Head(Control):
    """Where I am, what was saved, the title; brings the style sheet, once per page."""

    _esm = script("head")
    _css = asset("style.css") + asset("style_controls.css") + asset("style_answers.css")
    title = t.Unicode().tag(sync=True)
    subtitle = t.Unicode().tag(sync=True)
    crumbs = t.List().tag(sync=True)
    units = t.Unicode().tag(sync=True)
    status = t.Unicode().tag(sync=True)


def _as_widgets(children) -> tuple[widgets.Widget, ...]:
    children = [children] if isinstance(children, (str, widgets.Widget)) else list(children or ())
    return tuple(Text(child) if isinstance(child, str) else child for child in children)


class Row(widgets.HBox):
    """Controls or buttons beside each other, wrapping where there is no room."""

    def __init__(self, children: Iterable[widgets.Widget | str]):
        super().__init__(_as_widgets(children))
        self.add_class("mrt-row")


class Group(widgets.VBox):
    """Controls that belong together, framed, under a legend such as "Measurement"."""

    def __init__(self, legend: str, children: Iterable[widgets.Widget | str]):
        super().__init__((_Marker(text=legend), *_as_widgets(children)))
        self.add_class("mrt-group")


class Card(widgets.VBox):
    """The framed box of one question, under a heading with its number.

    Parameters
    ----------
    number : int or str
        Shown before the title; "" for none.
    title : str
        Becomes a third-level heading and the name of the box.
    children : sequence of widgets or str
        The numbers behind a figure follow it by themselves.
    """

    def __init__(self, number: int | str, title: str, children: Iterable[widgets.Widget | str]):
        inside = []
        for child in _as_widgets(children):
            numbers = getattr(child, "numbers", None)
            inside += [child] if numbers is None else [child, numbers]
        super().__init__((_CardHead(number=str(number), title=title), *inside))
        self.add_class("mrt-task")


class Details(widgets.VBox):
    """What one may open: a summary line, and children under it. ``opened`` can be observed and set."""

    opened = t.Bool(False)

    def __init__(self, summary: str, children, *, opened: bool = False):
        self._summary = _Summary(text=summary, opened=opened)
        self._body = widgets.VBox(_as_widgets(children))
        self._body.add_class("mrt-details-body")
        super().__init__((self._summary, self._body), opened=opened)
        self.add_class("mrt-details")
        t.link((self._summary, "opened"), (self, "opened"))


class Section(widgets.VBox):
    """One idea: a question, its controls on the left, the figure and what is under it on the right.

    Parameters
    ----------
    question : str
        A sentence; becomes a heading.
    controls : sequence of widgets
        At most four; more belong into a ``Details("more", ...)``. Without controls the figure takes the whole width.
    figure : widget, optional
    under : sequence of widgets
        Result, flags, details; the numbers behind the figure follow by themselves.

    Attributes
    ----------
    stale : str
        Why what is shown no longer belongs to the inputs, such as "the kidney mass cannot be read"; empty when it does.
        The figure and what is under it are dimmed and the words are shown.
    """

    stale = t.Unicode()

    def __init__(self, question: str, controls=(), figure: widgets.Widget | None = None, under=()):
        self._mark = Html(kind="stalemark", live=True)
        numbers = getattr(figure, "numbers", None)
        shown = widgets.VBox([part for part in (figure, *_as_widgets(under), numbers) if part is not None])
        shown.add_class("mrt-shown")
        right = widgets.VBox((self._mark, shown))
        right.add_class("mrt-right")
        controls = _as_widgets(controls)
        left = widgets.VBox(controls)
        left.add_class("mrt-left")
        columns = widgets.Box((left, right) if controls else (right,))
        columns.add_class("mrt-columns")
        super().__init__((Html(f"<h2>{markup(question)}</h2>", kind="question"), columns))
        self.add_class("mrt-section")
        self._right = right

    @t.observe("stale")
    def _dim(self, change):
        if self.stale:
            self._right.add_class("mrt-stale")
            self._mark.html = f"<p>Not up to date: {escape(self.stale)}.</p>"
        else:
            self._right.remove_class("mrt-stale")
            self._mark.html = ""


def _foot(more: str) -> Html:
    last = " · ".join(part for part in (f"mrtlab {mrtlab.__version__}", more) if part)
    return Html(f"<p>{escape(mrtlab.PURPOSE)}</p><p>{markup(last)}</p>", kind="footer")


class Foot(widgets.VBox):
    """The purpose sentence and the version, for the last cell of a notebook whose page has ``foot=False``.

    Parameters
    ----------
    more : str
        After the version: known-answer status, sources.
    """

    def __init__(self, more: str = ""):
        super().__init__((_foot(more),))
        self.add_class("mrt-page")


class Page(widgets.VBox):
    """A whole page: where I am, title, children, the purpose sentence. Display it last in a notebook.

    Parameters
    ----------
    title : str
        The page's only first-level heading.
    crumbs : sequence of (text, address or None)
        From the index to this page, such as ``[("mrtlab", "../index.ipynb"), ("PRRT", None), ("Kidney dose", None)]``.
        Addresses are relative to the notebook; they become links in the dashboard.
    subtitle : str
        One line: what is shown, minutes, level.
    units : str
        The units of the page, such as "MBq · h · Gy".
    children : sequence of widgets or str
    footer : str
        After the purpose sentence: known-answer status, sources.
    foot : bool
        False for a page that markdown cells continue; the notebook then ends with a :class:`Foot`.

    Attributes
    ----------
    errors : ErrorBox
        Give the page to :func:`guard`, or this.
    status : str
        What was saved and when, such as "saved 14:32 ✓"; announced to screen readers.
    """

    status = t.Unicode()

    def __init__(
        self,
        title: str,
        children=(),
        *,
        crumbs: Sequence[tuple[str, str | None]] = (),
        subtitle: str = "",
        units: str = "",
        footer: str = "",
        foot: bool = True,
    ):
        pairs = [[str(text), address or ""] for text, address in crumbs]
        self._head = _Head(title=title, subtitle=subtitle, crumbs=pairs, units=units)
        self.errors = ErrorBox()
        last = (_foot(footer),) if foot else ()
        super().__init__((self._head, self.errors, *_as_widgets(children), *last))
        self.add_class("mrt-page")
        t.link((self, "status"), (self._head, "status"))
        self._adopt(self)

    def _adopt(self, box: widgets.Box) -> None:
        """Let every control below report its failures on this page, those added later too."""
        box.observe(self._adopt_new, "children")  # a second time changes nothing
        for child in box.children:
            if isinstance(child, Control) and child.errors is None:
                child.errors = self.errors
            elif isinstance(child, widgets.Box):
                self._adopt(child)

    def _adopt_new(self, change):
        self._adopt(change["owner"])
