"""What stands below the questions: the worked solution, what was hidden, evidence, handing in."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from mrtlab.apps.controls import Button, DataTable, Download, Flag, Html, Note, Row, Text, TextField, markup
from mrtlab.apps.exercise import words
from mrtlab.apps.exercise._widgets import Commit, Guide, Ticks
from mrtlab.apps.exercise.model import Work
from mrtlab.errors import InputError
from mrtlab.learn.identity import SELF

__all__ = ["Ending", "HandIn"]

_HTML, _JSON = "text/html", "application/json"


def heading(text: str, css_class: str = "") -> Html:
    """A second-level heading."""
    html = Html(f"<h2>{markup(text)}</h2>", kind="question")
    if css_class:
        html.add_class(css_class)
    return html


class Ending:
    """Everything that is shown once all questions are closed; empty before. ``box`` goes into the page."""

    def __init__(self, work: Work, guide: Guide):
        self._work, self._guide = work, guide
        self.box = widgets.VBox()
        self.box.add_class("mrt-ending")

    def show(self) -> None:
        """Everything as it stands now."""
        session = self._work.session
        if not session.finished or session.assessment:
            self.box.children = ()
            return
        if not self.box.children:
            self.box.children = self._make()
        self._hidden.set(words.hidden(session))
        for field, earlier in self._earlier.items():
            earlier.html = words.saved_reflections(session, field)
        self._problem.text = self._work.problems.get("evidence", "")

    def _make(self) -> tuple:
        session = self._work.session
        columns = ("What", "The truth", "You", "Worked out from your data")
        self._hidden = DataTable(columns, caption="What was hidden, beside your answers")
        parts = [heading("Worked solution"), Text(session.worked)]
        if session.truth:
            parts += [heading("What was hidden"), self._hidden]
        if session.discuss:
            parts += [
                heading("Talk it over"),
                Text("With your supervisor or with each other:"),
                Html(words.prompts(session.discuss), kind="prose"),
            ]
        return (*parts, *self._evidence())

    # ---- evidence

    def _evidence(self) -> list:
        work = self._work
        self._fields, self._earlier, fields = {}, {}, []
        for name, (label, help) in words.REFLECTIONS.items():
            field = TextField(label, work.draft(f"reflect-{name}"), lines=3, help=help)
            field.observe(lambda change, name=name: work.type(f"reflect-{name}", {"text": change["new"]}), "value")
            self._fields[name], self._earlier[name] = field, Html(kind="earlier")
            fields += [field, self._earlier[name]]
        tags = work.session.sheet.maps_to
        self._tags = Ticks("Competences this is evidence for", tags, [tag in work.tags for tag in tags])
        self._tags.observe(lambda change: work.claim(self._tags.ticked), "value")
        self._problem, self._made, self._draft = Flag(), Note(), Flag()
        self._files = Row([])
        save = Commit("Save what I wrote", on_click=lambda _: self._reflect())
        make = Commit("Make the portfolio entry", primary=True, on_click=lambda _: self._export())
        parts = [*fields, Row([save]), self._tags, Row([make]), self._problem, self._draft, self._made, self._files]
        return [heading("Keep as evidence"), Text(words.EVIDENCE), *parts]

    def _reflect(self) -> None:
        if self._work.reflect({name: field.value for name, field in self._fields.items()}):
            for field in self._fields.values():
                field.value = ""

    def _export(self) -> None:
        self._made.text, self._draft.text, self._files.children = "", "", ()
        written = {name: field.value for name, field in self._fields.items()}
        if any(text.strip() for text in written.values()):
            self._reflect()  # what stands in the fields belongs into the entry
            if self._work.problems.get("evidence"):
                return
        self._make_entry()

    def _make_entry(self, redact: bool = False) -> None:
        self._files.children = ()
        made = self._work.export(redact)
        if made is None:
            if not redact and self._work.problems["evidence"].startswith("Not exported"):
                words_out = Button("Make it without these words", on_click=lambda _: self._make_entry(redact=True))
                self._files.children = (words_out,)
            return
        if made.draft:
            self._draft.text = (
                "**A draft.** Write what you learned and what you will do differently after your last answer, save it, "
                "and make the entry again."
            )
        folder = Path(made.html_path).parent
        self._made.text = f"**The portfolio entry is made.** It lies in {folder}; open or print the first file."
        self._files.children = (
            _download("Download the entry (HTML)", made.html_path, _HTML),
            _download("Download its data (JSON)", made.json_path, _JSON),
        )


class HandIn:
    """The answer file of a course; nothing for a learner who works alone. ``box`` goes into the page."""

    def __init__(self, work: Work):
        self._work = work
        self.box = widgets.VBox()
        self.box.add_class("mrt-ending")
        identity = work.session.identity
        if identity.course == SELF:
            return
        names = {entry["exercise"] for entry in (identity.pack or {}).get("exercises", ())}
        if names and work.session.sheet.exercise not in names:
            self.box.children = (Text(f"This exercise does not belong to your course “{identity.course}”."),)
            return
        self._button = Download("Hand in: download my answer file", "answers.mrt.json", self._content, _JSON)
        said = Text(f"Course “{identity.course}”. {words.HAND_IN}")
        self.box.children = (heading("Hand in"), said, Row([self._button]))

    def _content(self) -> bytes:
        self._button.filename, content = self._work.answer_file()
        return content


def _download(text: str, path, mime: str) -> Download:
    path = Path(path)

    def content() -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}; make the entry again") from None

    return Download(text, path.name, content, mime)
