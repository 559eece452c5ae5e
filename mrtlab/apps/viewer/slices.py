"""The slice view: three pictures through one place, drawn by matplotlib. It needs nothing but the shared controls."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab.apps.controls import CheckRows, Choice, DataTable, Figure, Flags, Group, Section, Slider, Text, guard
from mrtlab.apps.viewer.drawing import Look, Slices, line_names
from mrtlab.apps.viewer.scene import Scene

__all__ = ["SlicesView"]

_AXES = (  # name of the slider, index of the place
    ("Axial slice: feet to head, z", 2),
    ("Coronal slice: front to back, y", 1),
    ("Sagittal slice: right to left, x", 0),
)


class _Fused(Figure):
    """The figure, painted by panes instead of by one canvas."""

    def __init__(self, slices: Slices, alt):
        super().__init__(lambda axes, result: None, alt, width=slices.width, height=slices.height)
        self.canvas = slices


class SlicesView(widgets.VBox):
    """Slices with their controls.

    Parameters
    ----------
    scene : Scene
    page
        Where failures are shown, as for :func:`~mrtlab.apps.controls.guard`.

    Attributes
    ----------
    sliders : tuple of Slider
        Places of the axial, the coronal and the sagittal slice, mm.
    figure : Figure
    look : Look
        What is shown.
    """

    def __init__(self, scene: Scene, page):
        self.scene = scene
        self._quiet = False
        self._index = scene.index(scene.start_mm)
        place = scene.place_mm(self._index)
        self.sliders = tuple(
            Slider(
                label,
                "mm",
                round(place[axis], 3),
                minimum=round(scene.ranges_mm[axis][0], 3),
                maximum=round(max(scene.ranges_mm[axis][1], scene.ranges_mm[axis][0] + 1e-3), 3),
                step=round(scene.grid.spacing_mm[2 - axis], 3),
            )
            for label, axis in _AXES
        )
        self.jump = Choice("Go to", [("choose a place", None), *scene.targets.items()])
        self.grey = Choice("Grey scale", scene.grey_windows())
        groups = [Group("Place", [*self.sliders, *([self.jump] if scene.targets else [])])]
        what = scene.quantity(scene.overlay) if scene.overlay else ""
        self.opacity = self.hide = self.isodoses = self.shown = None
        view = [self.grey]
        if scene.overlay:
            self.opacity = Slider(f"Opacity of the {what}", "%", 50, minimum=0, maximum=100, step=5)
            self.hide = Slider(
                "Hide what is below", "%", 5, minimum=0, maximum=95, step=1, help=f"of the highest {what}"
            )
            view += [self.opacity, self.hide]
        groups.append(Group("View", view))
        slices = Slices(scene)
        lines = [(name, line) for name, line in zip(scene.masks, line_names(len(scene.masks)), strict=True)]
        if slices.levels:
            lines.append(("Isodoses", f"thin, white; {', '.join(f'{level:g}' for level in slices.levels)} Gy"))
        if lines:
            self.shown = CheckRows(
                "Lines drawn", ("line", "looks"), lines, [f"draw the line: {name}" for name, _ in lines]
            )
            groups.append(Group("Lines", [self.shown]))
        self._isodoses = bool(slices.levels)
        self.figure = _Fused(slices, self._alt)
        self.here = Text()
        columns, rows = scene.table
        self.numbers = DataTable(columns, rows, "Numbers of the regions", show_caption=True)
        under = [self.here, Flags(scene.remarks), *([self.numbers] if rows else [])]
        super().__init__((Section("Slices", groups, self.figure, under),))
        self._link(page)
        with guard(page):
            self._repaint()

    def _link(self, page) -> None:
        for slider, (_, axis) in zip(self.sliders, _AXES, strict=True):
            slider.observe(guard(page)(lambda change, axis=axis: self._moved(axis, change["new"])), "value")
        self.jump.observe(guard(page)(self._jumped), "value")
        for control in (self.grey, self.opacity, self.hide, self.shown):
            if control is not None:
                control.observe(guard(page)(lambda change: self._repaint()), "value")

    @property
    def look(self) -> Look:
        """What the controls ask for."""
        drawn = self.shown.value if self.shown else ()
        count = len(self.scene.masks)
        return Look(
            self._index,
            self.grey.value,
            _share(self.opacity, 0.0),
            _share(self.hide, 0.0),
            tuple(drawn[:count]),
            bool(self._isodoses and drawn[count]),
        )

    def go(self, place_mm) -> None:
        """Show the slices through a place (x, y, z)."""
        self._index = self.scene.index(place_mm)
        self._quiet = True
        try:
            for slider, (_, axis) in zip(self.sliders, _AXES, strict=True):
                slider.value = round(self.scene.place_mm(self._index)[axis], 3)
        finally:
            self._quiet = False
        self._repaint()

    def _jumped(self, change):
        if change["new"] is not None:
            self.go(change["new"])

    def _moved(self, axis: int, value: float | None):
        if self._quiet or value is None:  # the field says what it cannot read; the picture stays
            return
        place = list(self.scene.place_mm(self._index))
        place[axis] = value
        self._index = self.scene.index(place)
        self.jump.value = None
        self._repaint()

    def _repaint(self):
        if self._quiet or self.grey.value is None:
            return
        self.figure.show(self.look)
        self.here.text = self._here() + "."

    def _here(self) -> str:
        x, y, z = self.scene.place_mm(self._index)
        values = ", ".join(f"{what} {value}" for what, value in self.scene.values_at(self._index))
        inside = [name for name, mask in self.scene.masks.items() if mask[self._index] >= 0.5]
        where = f"; inside {', '.join(inside)}" if inside else ""
        return f"At the cross, x {x:.0f}, y {y:.0f}, z {z:.0f} mm: {values}{where}"

    def _alt(self, look: Look) -> str:
        return f"{self.scene.words} Axial, coronal and sagittal slices. {self._here()}."


def _share(slider: Slider | None, otherwise: float) -> float:
    return otherwise if slider is None or slider.value is None else slider.value / 100
