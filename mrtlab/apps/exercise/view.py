"""The page of one exercise: controls linked to the model, nothing decided here."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab import _userdata
from mrtlab.apps.controls import (
    DataTable,
    Details,
    Download,
    Html,
    Note,
    Page,
    Row,
    Text,
    guard,
    markup,
)
from mrtlab.apps.exercise import pictures, words
from mrtlab.apps.exercise._widgets import Guide, Print, Ticks
from mrtlab.apps.exercise.card import QuestionCard
from mrtlab.apps.exercise.ending import Ending, HandIn, heading
from mrtlab.apps.exercise.model import Work

__all__ = ["exercise_page"]

SETTINGS = "exercise-settings"
_LONG = 16  # rows of a table that is shown folded
_NARROW = 60


def exercise_page(work: Work, back: widgets.Widget | None = None) -> Page:
    """The page of one learner at one exercise.

    Parameters
    ----------
    work : Work
    back : widget, optional
        A way back to the list, where the crumbs are no links.
    """
    return _View(work, back).page


class _View:
    def __init__(self, work: Work, back: widgets.Widget | None):
        self.work, self.guide = work, Guide()
        sheet = work.session.sheet
        self.facts = Html(kind="facts")
        self.cards = [QuestionCard(work, one, number, self.guide) for number, one in enumerate(sheet.questions, 1)]
        self.first = [card for card, one in zip(self.cards, sheet.questions, strict=True) if one.predict]
        self.rest = [card for card in self.cards if card not in self.first]
        self.body = widgets.VBox()
        self.body.add_class("mrt-body")
        self.remaining = Html(kind="remaining", live=True)
        self.ending, self.hand_in = Ending(work, self.guide), HandIn(work)
        self.data, self.before = None, heading("Before you look")
        short = sheet.short or sheet.title
        self.page = Page(
            words.plain(sheet.title),
            [
                self.guide,
                self.facts,
                *([back] if back else []),
                Html(words.goals(sheet), kind="goals"),
                *([Note(words.ASSESSMENT)] if work.session.assessment else []),
                Text(sheet.story, lead=True),
                self.body,
            ],
            crumbs=[
                ("mrtlab", "index.ipynb"),
                ("Exercises", "exercises.ipynb"),
                (words.topic(sheet.topic), None),
                (f"Exercise {short}" if sheet.short else short, None),
            ],
            units=f"your patient {sheet.code}",
        )
        with guard(self.page):
            work.open()
        self._show()
        work.observe(guard(self.page)(self._show), "changed")
        work.observe(lambda change: setattr(self.page, "status", change["new"]), "status")

    def _show(self, change=None) -> None:
        session = self.work.session
        self.facts.html = words.facts(session)
        for card in self.cards:
            card.show()
        words_left = words.remaining(session)
        self.remaining.html = f'<div class="mrt-note"><p>{markup(words_left)}</p></div>'
        self.ending.show()
        self.page.status = self.work.status
        self._unfold()

    def _unfold(self) -> None:
        """Before the predictions are made there is nothing else; afterwards they stay where they are."""
        first = tuple(card.box for card in self.first)
        if first:
            first = (self.before, *first)
        if self.work.session.unpredicted:
            self.body.children = (*first, Text(words.PREDICT)) if not self.body.children else self.body.children
            return
        if self.data is None:
            was_shown = bool(self.body.children)
            self.data = self._data()
            self.body.children = (
                *first,
                *self.data,
                heading("What would you report?"),
                *(card.box for card in self.rest),
                self.remaining,
                self.ending.box,
                self.hand_in.box,
                Details("Sources of this exercise", [Html(words.sources(self.work.session.sheet), kind="prose")]),
            )
            if was_shown:
                self.guide.go("mrt-data-heading")

    # ---- the data

    def _data(self) -> list:
        sheet = self.work.session.sheet
        picked_place = any(one.kind == "place" for one in sheet.questions)
        wide = [part for table in sheet.tables if _is_wide(table) for part in self._table(table)]
        tables = [part for table in sheet.tables if not _is_wide(table) for part in self._table(table)]
        shown = []
        if sheet.plot:
            figure = pictures.plot_figure(sheet)
            shown += [figure, figure.numbers]
        # an image in which a place is picked stands in that question
        images = sheet.images[1:] if picked_place else sheet.images
        for image in images:
            figure = pictures.image_figure(image)
            shown += [Html(f"<p>{markup(image.caption)}</p>", kind="caption"), figure, figure.numbers]
        tables += [part for file in sheet.files for part in _attached(sheet, file)]
        beside = bool(sheet.tables or sheet.files)
        left = [widgets.VBox((*tables, *self._settings()))] if beside else []
        right = widgets.VBox((Text(words.WORK), *shown, *([] if beside else self._settings())))
        columns = widgets.Box((*left, right))
        columns.add_class("mrt-data")
        return [heading("Your data", "mrt-data-heading"), *wide, columns]

    def _table(self, table) -> list:
        sheet, caption = self.work.session.sheet, table.caption
        grid = DataTable([column.heading for column in table.columns], table.rows, caption, show_caption=True)
        if len(table.rows) > _LONG:
            grid = Details(f"{words.plain(caption)}: {len(table.rows)} rows", [grid])
        name = f"{sheet.exercise}-{sheet.code}-{table.name}.csv".replace("_", "-")
        which = f" “{table.name.replace('_', ' ')}”" if len(sheet.tables) > 1 else ""
        file = Download(
            f"Download{which} as CSV",
            name,
            lambda: pictures.csv(sheet, table, bool(self.comma.value[0])),
            "text/csv",
            plain=True,
        )
        return [grid, file]

    def _settings(self) -> list:
        """How files are written: asked once, kept for all exercises."""
        kept = _userdata.load(SETTINGS).get("decimal_comma") is True
        self.comma = Ticks("", ["decimal comma (semicolons between columns)"], [kept])
        self.comma.observe(lambda change: _keep_comma(bool(change["new"][0])), "value")
        row = Row([*([self.comma] if self.work.session.sheet.tables else []), Print()])
        row.add_class("mrt-small")
        return [row]


def _is_wide(table) -> bool:
    """Whether a table needs the width of the page: about 45 letters fit beside a figure."""
    return sum(max(map(len, (column.heading, *column.cells)), default=0) + 3 for column in table.columns) > _NARROW


def _attached(sheet, file) -> list:
    """A file to work on with a program of one's own."""
    name = f"{sheet.exercise}-{sheet.code}-{file.name}"
    about = Html(f"<p>{markup(file.caption)}</p>", kind="caption")
    return [about, Download(f"Save {file.name} ({max(1, round(file.size / 1000))} kB)", name, lambda: file.content)]


def _keep_comma(comma: bool) -> None:
    """Only a convenience: where nothing can be written, it is asked again."""
    try:
        _userdata.save(SETTINGS, {"decimal_comma": comma})
    except OSError:
        return
