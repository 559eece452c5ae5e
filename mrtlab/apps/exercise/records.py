"""A dosimetry record as an answer: chosen among the learner's own records, or brought as a file."""

from __future__ import annotations

from collections.abc import Mapping

from mrtlab import record as records
from mrtlab.apps.controls import Button, Choice, Flag, Html, Note, Right, Upload
from mrtlab.apps.exercise.answers import Answer
from mrtlab.apps.record import store
from mrtlab.errors import InputError
from mrtlab.learn.records import left_to_do, summary
from mrtlab.learn.sheet import Sheet

__all__ = ["RecordAnswer"]

_NONE = ""
_WHERE = (
    '<p>Records are worked on <a href="record.ipynb" target="_blank">the page of records</a>, which keeps every step '
    "in your own folder. Come back when yours is ready, and choose it here. Your answer is a copy of it with roles in "
    "place of names; nothing in the record itself changes.</p>"
)


class RecordAnswer(Answer):
    """The controls of a question for a record; a draft is the name of its file, an answer its text."""

    def __init__(self, sheet: Sheet, *rest):
        self._sheet, self._brought = sheet, None
        super().__init__(*rest)

    def _make(self, button):
        begun = self.question.parts[1:]
        take = [Button("Put its beginning into my records", on_click=lambda _: self._take(begun[0]))] if begun else []
        self._taken, self._refused, self._told = Right(), Flag(), Note()
        self._which = Choice("Your record", _options())
        self._again = Button("Look into my records again", on_click=lambda _: self._look())
        self._file = Upload("Or choose a record file…", accept=".json")
        self._which.observe(lambda change: self._chosen(), "value")
        self._file.observe(self._received, "file")
        where = Html(_WHERE, kind="prose")
        more = [self._taken] if take else []
        return [where, *take, *more, self._which, self._again, self._file, self._refused, self._told,
                self._commit(button)]  # fmt: skip

    # ---- the record

    def _take(self, name: str) -> None:
        """Lay the beginning into the learner's folder, unless it lies there and has gone on."""
        self._say(self._taken, "")
        self._say(self._refused, "")
        try:
            given = records.from_json(next(file for file in self._sheet.files if file.name == name).content)
            place = store.place(given)
            there = place.exists()
            if there:
                given = store.load(place)
            else:
                store.keep(given)
        except InputError as error:
            self._say(self._refused, _sentence(error))
            return
        how = "It lies in your records already" if there else "It lies in your records now"
        self._say(self._taken, f"{how}: **{store.title(given)}**. Open it on the page of records and go on with it.")
        self._look()
        self._which.value = place.name

    def _look(self) -> None:
        """The records as they are now: another tab may have gone on with one."""
        self._which.options = _options()
        self._show_read()

    def _received(self, change) -> None:
        file = change["new"]
        if file is None:
            return
        try:
            records.from_json(file.content)
        except InputError as error:
            self._file.refuse(f"{file.name}: {_sentence(error)}")
            return
        self._quietly(_NONE)
        self._brought = file.content.decode("utf-8-sig")
        self._file.message = f"{file.name} was read"
        self._chosen(brought=True)

    def _chosen(self, brought: bool = False) -> None:
        """Say what was read, before it is handed in."""
        if self._quiet and not brought:
            return
        if self._which.value and not brought:
            self._brought, self._file.message = None, ""
        self._show_read()
        self._changed()

    def _show_read(self) -> None:
        self._say(self._refused, "")
        self._say(self._told, "")
        try:
            text = self._text()
            if not text:
                return
            found = records.from_json(text)
        except InputError as error:
            self._say(self._refused, _sentence(error))
            return
        left = left_to_do(found, self.question.parts[0])
        self._say(self._told, f"Read: {found.header.pseudonym}, {summary(found)}. {left}".strip())

    def _text(self) -> str:
        """The record as it lies in the folder now, or as it was brought."""
        if not self._which.value:
            return self._brought or ""
        path = store.folder() / self._which.value
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path.name} cannot be read any more ({error}); look into your records again") from None

    def _quietly(self, name: str) -> None:
        before, self._quiet = self._quiet, True
        try:
            self._which.value = name
        finally:
            self._quiet = before

    @staticmethod
    def _say(box, text: str) -> None:
        if box.text != text:
            box.text = text

    # ---- as an answer

    def _commit(self, button):
        made = super()._commit(button)
        made.on_click(lambda _: self._show_read())  # the record may have gone on since it was chosen
        return made

    def raw(self):
        try:
            text = self._text()
        except InputError as error:
            self._say(self._refused, _sentence(error))
            return {}
        return {"record": text} if text else {}

    def _changed(self, change=None) -> None:
        if not self._quiet:
            self._typed({"kept": self._which.value} if self._which.value else {})

    def show(self, raw: Mapping) -> None:
        name = raw.get("kept")
        if name and name != self._which.value and not self._brought:
            if name not in dict(map(reversed, self._which.options)):
                self._which.options = _options()
            if name in dict(map(reversed, self._which.options)):
                self._quietly(name)
                self._show_read()
        elif raw.get("record") and not self._which.value and not self._brought:
            self._say(self._told, f"Handed in: {summary(records.from_json(str(raw['record'])))}.")

    def _put(self, raw):
        self.show(raw)


def _options() -> list[tuple[str, str]]:
    return [("none chosen", _NONE), *((one.title, one.path.name) for one in store.kept())]


def _sentence(error: InputError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
