"""Pages of sections whose sliders repaint what stands beside them at once, and the rest when they rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import ClassVar

from mrtlab.apps.sections.view import SectionsView
from mrtlab.apps.sections.words import GATED
from mrtlab.errors import InputError

__all__ = ["RestingView"]


class RestingView(SectionsView):
    """Computes sections from the model and shows them.

    A subclass names in ``DRAGGED`` the section beside each slider, in ``TYPED`` the inputs that are typed key by key
    (all of theirs waits), in ``COMPUTED`` the function of the model behind each section, and in ``SCRIPTS`` the module
    with the same in code.
    """

    DRAGGED: ClassVar[Mapping[str, str]] = {}
    TYPED: ClassVar[Collection[str]] = ()
    PAUSE_S: ClassVar[float] = 0.25
    COMPUTED: ClassVar[Mapping[str, Callable]] = {}
    SCRIPTS: ClassVar = None

    _later = ()  # sections that wait until a slider rests

    def _changed(self, name):
        self._refresh((name,))
        if not self._waits_for_rest(name):
            self._save()

    def _waits_for_rest(self, name) -> bool:
        return name in self.DRAGGED or name in self.TYPED

    def _show_sections(self, names=None) -> None:
        """Show anew the sections that depend on some inputs, or all."""
        sections = [one for one in self.INPUTS if names is None or set(names) & set(self.INPUTS[one])]
        moved = names[0] if names and len(names) == 1 else None
        beside = self.DRAGGED.get(moved)
        if beside:
            self._show(beside)
            sections.remove(beside)
        self._later = [one for one in self.INPUTS if one in {*sections, *self._later}]
        self._rest.cancel()
        if self._waits_for_rest(moved):
            self._rest.then(self.PAUSE_S, self._shown(self._rested))
        else:
            self._show_later()

    def _rested(self):
        self._show_later()
        self._save()

    def _show_later(self):
        sections, self._later = self._later, ()
        for section in sections:
            self._show(section)

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self._blank(section)
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = self.COMPUTED[section](self.model)
            self._tell(section, found)
            self.codes[section].code = getattr(self.SCRIPTS, section)(self.model)
        except InputError as refused:  # of this section, such as a table half typed: the others go on
            self._blank(section)
            self.figures[section].fail(str(refused))

    def _tell(self, section, found) -> None:
        raise NotImplementedError
