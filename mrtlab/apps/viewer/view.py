"""``view``: one widget with three ways to draw, the first that works in this environment."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import traitlets as t

from mrtlab import _check
from mrtlab.apps.controls import Choice, Control, ErrorBox, Flag, guard
from mrtlab.apps.controls._base import asset
from mrtlab.apps.viewer import itk, niivue
from mrtlab.apps.viewer.scene import Scene
from mrtlab.apps.viewer.slices import SlicesView
from mrtlab.images import Image, Regions

__all__ = ["Viewer", "view"]

_HERE = Path(__file__).resolve().parent
KINDS = {
    "slices": "Slices",
    "niivue": "Slices and 3-D, linked (niivue)",
    "itk": "3-D volume rendering (itk)",
}
_NO_WEBGL = (
    "This browser cannot draw in three dimensions (WebGL 2 is missing or switched off), so the slices are shown. "
    "They hold the same volumes, regions and numbers."
)


def view(
    image: Image,
    overlay: Image | None = None,
    regions: Regions | None = None,
    *,
    kind: str = "auto",
    alt: str = "",
) -> Viewer:
    """Show a volume, with another over it and regions.

    Parameters
    ----------
    image : Image
        Drawn in grey, such as a CT.
    overlay : Image, optional
        Drawn in colour over it, such as a SPECT or a dose map; on any grid in the same coordinates.
    regions : Regions, optional
        Drawn as outlines with names; their volume, mean, least and highest value stand in a table.
    kind : str
        ``"slices"`` is drawn by matplotlib and always works; ``"niivue"`` links slices with a rendering and needs
        WebGL; ``"itk"`` renders the volume and needs ``mrtlab install-itkwidgets``. ``"auto"`` takes niivue where it
        works. What cannot be shown is said, and the next best is shown.
    alt : str
        What these volumes are, in a sentence, for those who do not see them.

    Returns
    -------
    Viewer
        A widget for JupyterLab and Voilà.

    Raises
    ------
    InputError
        For planar pictures, volumes that do not share coordinates, and unknown kinds.
    """
    return Viewer(Scene(image, overlay, regions, alt), kind)


class _Stage(Control):
    """Brings the style sheet, finds out about WebGL, and names the canvases of other programs."""

    _esm = asset("js/common.js") + (_HERE / "js" / "stage.js").read_text(encoding="utf-8")
    _css = asset("style.css") + asset("style_controls.css") + (_HERE / "style.css").read_text(encoding="utf-8")
    webgl = t.Enum(("unknown", "yes", "no"), "unknown").tag(sync=True)
    words = t.Unicode().tag(sync=True)


class Viewer(widgets.VBox):
    """The widget made by :func:`view`.

    Attributes
    ----------
    scene : Scene
    kind : str
        ``"slices"``, ``"niivue"`` or ``"itk"``: what is shown now. ``choice.value`` asks for another.
    drawn : widget
        The view of that kind.
    why_not : Flag
        Why something else than what was asked for is shown.
    """

    def __init__(self, scene: Scene, kind: str = "auto"):
        _check.choice("kind", kind, ["auto", *KINDS])
        self.scene, self.kind = scene, ""
        self.errors = ErrorBox()
        self.why_not = Flag()
        self._made: dict[str, widgets.Widget] = {}
        self._stage = _Stage(words=scene.words)
        wanted = kind if kind != "auto" else "slices" if niivue.missing() else "niivue"
        self.choice = Choice("Shown as", [(text, name) for name, text in KINDS.items()], wanted)
        self._body = widgets.VBox(())
        super().__init__((self._stage, self.errors, self.choice, self.why_not, self._body))
        self.add_class("mrt-page")
        self.add_class("mrt-viewer")
        for control in (self._stage, self.choice, self.why_not):
            control.errors = self.errors
        self.choice.observe(guard(self)(lambda change: self._show(change["new"])), "value")
        self._stage.observe(guard(self)(lambda change: self._show(self.choice.value)), "webgl")
        self._show(wanted)

    @property
    def drawn(self) -> widgets.Widget:
        """The view that is shown."""
        return self._made[self.kind]

    def _show(self, wanted: str) -> None:
        kind, reason = wanted, ""
        if kind != "slices" and self._stage.webgl == "no":
            kind, reason = "slices", _NO_WEBGL
        if kind == "itk" and itk.missing():
            kind, reason = "niivue", itk.missing()
        if kind == "niivue" and niivue.missing():
            kind, reason = "slices", f"{reason} {niivue.missing()}".strip()
        self.why_not.text = reason
        if kind == self.kind:
            return
        if kind not in self._made:
            self._made[kind] = self._make(kind)
        self.kind = kind
        self._body.children = (self._made[kind],)
        self._name()

    def _make(self, kind: str) -> widgets.Widget:
        made = {"slices": SlicesView, "niivue": niivue.NiivueView, "itk": itk.ItkView}[kind](self.scene, self)
        _adopt(made, self.errors)
        if kind != "slices":
            made.said.observe(lambda change: self._name(), "text")
        return made

    def _name(self) -> None:
        """What the canvas shows is its accessible name."""
        if self.kind != "slices":
            self._stage.words = self.drawn.said.text


def _adopt(widget: widgets.Widget, errors: ErrorBox) -> None:
    """Failures of the controls inside are shown on this viewer."""
    if isinstance(widget, Control) and widget.errors is None:
        widget.errors = errors
    for child in getattr(widget, "children", ()):
        _adopt(child, errors)
