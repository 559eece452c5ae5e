"""The page on evidence: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.evidence_reading import scripts, words
from mrtlab.apps.evidence_reading.layout import INPUTS, Layout
from mrtlab.apps.evidence_reading.model import EvidencePage, remarks, table
from mrtlab.apps.sections import GATED, SectionsView

__all__ = ["page"]


def page(model: EvidencePage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : EvidencePage, optional
        A new one by default.
    """
    return _View(model or EvidencePage()).page


class _View(Layout, SectionsView):
    STATE = "evidence_reading"
    INPUTS = INPUTS
    QUESTION = {"growth": "both"}  # noqa: RUF012

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_question("both")
        self._stale()
        if names is None or set(names) & set(INPUTS["tables"]):
            shown = self.model.shown
            self.table.set(
                table(shown), words.COLUMNS[shown], f"As published: {dict(map(reversed, words.TABLES))[shown]}"
            )
            self.ask.text = words.ASK_YOURSELF[shown]
            found = remarks(shown)
            self.remarks.set(found)
            self.answers.layout.display = None if found else "none"
        if self.sections["growth"].stale or (names is not None and not set(names) & set(INPUTS["growth"])):
            return
        waits = self._waits("growth")
        self.same["growth"].layout.display = "none" if waits else None
        if waits:
            self.figure.empty(GATED)
            return
        found = self.model.growth()
        self.figure.show(found)
        self.results["growth"].set(*words.result(found))
        self.said_of["growth"].text = words.said(found)
        self.codes["growth"].code = scripts.growth(self.model)
