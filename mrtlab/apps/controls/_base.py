"""What all controls have in common: a small script of their own, and no exception that vanishes."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import anywidget

from mrtlab.apps.controls._guard import guard

_HERE = Path(__file__).resolve().parent


def script(name: str, *parts: str) -> str:
    """The shared helpers and one control's script as a single module (a module from text cannot import another).

    ``parts`` are what only a few controls share, from ``js/parts``.
    """
    return "".join(map(asset, ["js/common.js", *(f"js/parts/{part}.js" for part in parts), f"js/{name}.js"]))


def asset(name: str) -> str:
    """A script or the style sheet as text."""
    return (_HERE / name).read_text(encoding="utf-8")


class Control(anywidget.AnyWidget):
    """A control or a block of text. ``Page`` gives it the error box in which its call-backs' failures are shown."""

    errors = None
    _guard = None

    def _guarded(self):
        """Without a page (in a script or a test) exceptions go where Python sends them."""
        if self.errors is None:
            return nullcontext()
        if self._guard is None:
            self._guard = guard(self.errors)
        return self._guard

    def set_state(self, sync_data):
        with self._guarded():
            super().set_state(sync_data)

    def _handle_custom_msg(self, content, buffers):
        with self._guarded():
            self._received(content, buffers)
        super()._handle_custom_msg(content, buffers)

    def _received(self, content, buffers):
        """What the control's script sent; not through ``on_msg``, which swallows exceptions."""
