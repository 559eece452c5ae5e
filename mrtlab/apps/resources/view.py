"""The resource worksheet: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.resources import scripts, words
from mrtlab.apps.resources.layout import INPUTS, Layout
from mrtlab.apps.resources.model import PRICED, TIMES, ResourcesPage
from mrtlab.apps.sections import GATED, SectionsView

__all__ = ["page"]


def page(model: ResourcesPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : ResourcesPage, optional
        A new one by default.
    """
    return _View(model or ResourcesPage()).page


class _View(Layout, SectionsView):
    STATE = "resources"
    INPUTS = INPUTS
    QUESTION = {"precision": "gain", "cost": "gain"}  # noqa: RUF012

    def __init__(self, model):
        super().__init__(model)
        for name in TIMES:  # a time that is taken out again is not known any more
            self.fields[name].observe(self._shown(lambda change, name=name: self._emptied(name)), "state")

    # what the learner does

    def _emptied(self, name):
        if not self._quiet and self.fields[name].state == "empty" and getattr(self.model, name) is not None:
            setattr(self.model, name, None)
            self._changed(name)

    def _measure(self):
        with self._shown:
            self._stale()
            if self.sections["precision"].stale or self._waits("precision"):
                return
            self.measure.disabled = True
            for figure in self.figures.values():
                figure.wait("Scanning the virtual patients…")
            try:
                self.model.measure(lambda done, of: self.progress.set(done / of, f"patient {done} of {of}"))
            finally:
                self.measure.disabled = False
                self.progress.clear()
                self._refresh()
            self._save()

    def _csv(self, comma: bool = False) -> bytes:
        return words.csv(self.model.found(), self.model, comma).encode("utf-8-sig" if comma else "utf-8")

    # what the page shows

    def _wrong(self, name) -> str:
        field = self.fields.get(name)
        if name in TIMES and field.state == "empty":
            return ""
        return super()._wrong(name)

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_question("gain")
        self._stale()
        waits, measured = self._waits("precision"), self.model.measured
        self.measure.layout.display = "none" if waits or measured else None
        for name in ("precision", "cost"):
            if self.sections[name].stale or (names is not None and not set(names) & set(INPUTS[name])):
                continue
            getattr(self, f"_refresh_{name}")(GATED if waits else "" if measured else words.UNMEASURED)

    def _refresh_precision(self, why):
        self.same["precision"].layout.display = "none" if self._waits("precision") else None
        self.codes["precision"].code = scripts.precision(self.model)
        if why:
            self.figures["precision"].empty(why)
            self.results["precision"].clear()
            self.said_of["precision"].text = ""
            return
        found = self.model.found()
        self.figures["precision"].show(found)
        self.results["precision"].set(*words.precision_result(found))
        self.said_of["precision"].text = words.precision_said(found)

    def _refresh_cost(self, why):
        for widget in (self.same["cost"], self.table, self.download, self.download_comma):
            widget.layout.display = "none" if why else None
        self.codes["cost"].code = scripts.cost(self.model)
        self.results["cost"].clear()
        self.said_of["cost"].text = self.unpriced.text = ""
        if why:
            self.figures["cost"].empty(why)
            return
        found = self.model.found()
        self.table.set(words.rows(found))
        if not found.priced:
            missing = [name for name in PRICED if getattr(self.model, name) is None]
            some = len(missing) < len(PRICED) or self.model.scanner_min is not None
            self.unpriced.text = words.unpriced([self._called(self.fields[name]) for name in missing] if some else [])
            self.figures["cost"].empty("Minutes appear here as soon as your times are typed in.")
            return
        self.figures["cost"].show(found)
        self.results["cost"].set(*words.cost_result(found))
        self.said_of["cost"].text = words.cost_said(found)
