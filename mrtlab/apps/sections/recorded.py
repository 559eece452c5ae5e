"""How a page of sections begins the record of its case, and goes on with it."""

from __future__ import annotations

from pathlib import Path

from mrtlab import record
from mrtlab.apps.controls import Button, Download, Flag, Html, Note, Row, Section, Text
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord

__all__ = ["BegunRecord", "KeptRecord", "current", "keep"]


def keep(made: DosimetryRecord) -> Path:
    """Keep a record in the learner's folder; see :func:`mrtlab.apps.record.store.keep`."""
    from mrtlab.apps.record import store  # imported late: it brings the page of records

    return store.keep(made)


def current(made: DosimetryRecord) -> DosimetryRecord:
    """A record as it lies in the learner's folder: signed, or in a new version, on the page of records.

    As it was made if its file was moved away, cannot be read, or is not a continuation of it.
    """
    from mrtlab.apps.record import store

    try:
        there = store.load(store.place(made))
    except InputError:
        return made
    return there if record.continues(there, made) else made


class BegunRecord:
    """Part of a page that begins a record as far as the physicist's options; a subclass says in ``_plan`` which."""

    def _plan(self) -> DosimetryRecord:
        raise NotImplementedError

    def _make_record(self) -> None:
        self.begin = Button("Begin the record of this plan", on_click=lambda _: self._begin())
        self.saved = Download(
            "Download the record as JSON", "record.json", lambda: self._record_json(), "application/json"
        )
        self.begun, self.not_begun = Note(), Flag()
        self.to_record = Html('<p><a href="../record.ipynb">Open the record page</a></p>', kind="prose")

    def _record_section(self, title: str, said: str) -> Section:
        who = self._some("pseudonym", "physician", "physicist")
        buttons = Row([self.begin, self.saved])
        return Section(title, under=[Text(said), Row(who), buttons, self.not_begun, self.begun, self.to_record])

    def _begin(self):
        with self._shown:
            self.begun.text = self.not_begun.text = ""
            try:
                path = keep(self._plan())
            except InputError as refused:
                self.not_begun.text = f"{str(refused).rstrip('.')}."
            else:
                self.begun.text = (
                    f"Kept as **{path.name}**. The next step is the physician’s: to decide whether to treat."
                )

    def _record_json(self) -> bytes:
        return record.to_json(self._plan()).encode("utf-8")


class KeptRecord:
    """Part of a page that holds the record of its case as text, in ``model.record``, and shows how far it is.

    A subclass says in ``_told`` what a record holds, and in ``_file`` the name to download it under.
    """

    def _told(self, found: DosimetryRecord) -> str:
        raise NotImplementedError

    def _file(self, found: DosimetryRecord) -> str:
        raise NotImplementedError

    def _make_kept(self, download: str) -> None:
        self.recorded, self.record_refused = Note(), Flag()
        self.json = Download(download, "record.json", lambda: self._json(), "application/json")
        self.to_record = Html(
            '<p>It is signed, by two persons, on <a href="../record.ipynb">the page of the record</a>.</p>',
            kind="prose",
        )

    def _record(self) -> DosimetryRecord | None:
        """As it is now, on whichever page it went on; None without one.

        A text of an earlier visit that was changed since is forgotten.
        """
        try:
            found = current(record.from_json(self.model.record)) if self.model.record else None
        except InputError:
            found = None
        self.model.record = record.to_json(found) if found else ""
        return found

    def _keep(self, made: DosimetryRecord) -> None:
        self.record_refused.text = ""
        keep(made)
        self.model.record = record.to_json(made)
        self._save()
        self._show_record()

    def _show_record(self) -> None:
        found = self._record()
        self.recorded.text = self._told(found) if found else ""
        self.json.filename = self._file(found) if found else "record.json"
        for widget in (self.json, self.to_record):
            widget.layout.display = None if found else "none"

    def _json(self) -> bytes:
        return self.model.record.encode("utf-8")
