"""A range of activities as it is handed over: to the physician in words, to the physicist with its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from mrtlab.apps.controls import DataTable, Details, Download, Section, Text

__all__ = ["HandedRange"]


class HandedRange:
    """Part of a page of sections, of which one is ``options``.

    A subclass has in ``range_words`` the module with the texts of its range: PARTS, SOURCES, and functions of what was
    computed named ``physician``, ``physicist``, ``said``, ``parts`` and ``sources``.
    """

    range_words: ClassVar

    def _make_range(self, csv: Callable[[], str]) -> None:
        self.table = DataTable((), caption="A row for every activity")
        self.handed = Text()
        self.parts = DataTable(self.range_words.PARTS, caption="Components of the uncertainty", show_caption=True)
        self.sources = DataTable(self.range_words.SOURCES, caption="Sources", show_caption=True)
        self.physicist = Details("Components of the uncertainty, and sources", [self.parts, self.sources], opened=True)
        self.download = Download(
            "Download the range as CSV", "activities.csv", lambda: csv().encode("utf-8"), "text/csv"
        )
        self.tabled = Section(
            "The range as it is handed over", under=[self.table, self.handed, self.physicist, self.download]
        )

    def _stale(self) -> None:
        super()._stale()
        self.tabled.stale = self.sections["options"].stale

    def _blank(self, section) -> None:
        super()._blank(section)
        if section == "options":
            self.tabled.layout.display = "none"

    def _tell_range(self, found) -> None:
        audience = self.model.audience
        columns, rows = getattr(self.range_words, audience)(found)
        self.tabled.layout.display = None
        self.table.set(rows, columns)
        self.handed.text = self.range_words.said(found, audience)
        if audience == "physicist":
            self.parts.set(self.range_words.parts(found))
            self.sources.set(self.range_words.sources(found))
