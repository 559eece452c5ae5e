"""Linked slices and a rendering by ipyniivue, from arrays in memory."""

from __future__ import annotations

from importlib.util import find_spec

import ipywidgets as widgets
import numpy as np

from mrtlab.apps.controls import Choice, DataTable, Flags, Group, Section, Slider, Text, guard
from mrtlab.apps.viewer.drawing import line_styles
from mrtlab.apps.viewer.scene import Scene
from mrtlab.images import Grid, Unit

__all__ = ["NiivueView", "affine_ras", "missing", "nifti"]

# DICOM's x to the left and y to the back; NIfTI's to the right and to the front
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_HEIGHT = 520
_PICTURES = {"Slices and 3-D": 3, "3-D alone": 4, "Axial": 0, "Coronal": 1, "Sagittal": 2}  # niivue's slice types


def missing() -> str:
    """Why ipyniivue cannot be used; empty if it can."""
    absent = [name for name in ("ipyniivue", "nibabel") if find_spec(name) is None]
    return (
        f"The linked view needs {' and '.join(absent)}, which is not installed; the slices are shown." if absent else ""
    )


def affine_ras(grid: Grid) -> np.ndarray:
    """4 x 4: NIfTI's index (column, row, slice) to its position (x to the right, y to the front), mm."""
    return _LPS_TO_RAS @ grid.matrix[:, [2, 1, 0, 3]]


def fraction_ras(scene: Scene, place_mm) -> tuple[float, float, float]:
    """A place (x, y, z) as niivue counts it: from 0 to 1 towards right, front and head, from edge to edge."""
    parts = []
    for place, (low, high), step in zip(place_mm, scene.ranges_mm, scene.grid.spacing_mm[::-1], strict=True):
        parts.append(float((place - low + step / 2) / (high - low + step)))
    return 1 - parts[0], 1 - parts[1], parts[2]


def nifti(array: np.ndarray, grid: Grid, *, label: bool = False) -> bytes:
    """A volume as the bytes of a compressed NIfTI file.

    Parameters
    ----------
    array : array, shape of the grid
        In the order slices, rows, columns.
    grid : Grid
    label : bool
        Whether the values are numbers of regions.
    """
    import gzip

    import nibabel

    image = nibabel.Nifti1Image(np.transpose(array, (2, 1, 0)), affine_ras(grid))
    image.header.set_xyzt_units("mm")
    if label:
        image.header.set_intent("label")
    return gzip.compress(image.to_bytes(), compresslevel=1)


class NiivueView(widgets.VBox):
    """The linked view with its controls.

    Attributes
    ----------
    canvas : ipyniivue.NiiVue
    """

    def __init__(self, scene: Scene, page):
        from ipyniivue import ColormapType, NiiVue, ShowRender, Volume

        self.scene = scene
        self.canvas = NiiVue(
            height=_HEIGHT,
            is_radiological_convention=True,  # the patient's right on the left, as in the slice view
            is_colorbar=False,
            multiplanar_show_render=ShowRender.ALWAYS,
            show_3d_crosshair=True,
            crosshair_color=(1.0, 0.84, 0.29, 0.8),
            drag_and_drop_enabled=False,
            sagittal_nose_left=True,
            font_color=(1.0, 1.0, 1.0, 1.0),
            crosshair_width_unit="mm",
            crosshair_width=1.5,
            log_level="error",  # its remarks on its own scaling, which is not used, fill the console
        )
        self.windows = scene.grey_windows()
        self.grey = Choice("Grey scale", list(self.windows))
        self.picture = Choice("Picture", list(_PICTURES))
        low, high = self.windows[self.grey.value]
        self._under = Volume(
            data=nifti(scene.under, scene.grid), name="image.nii.gz", colormap="gray", cal_min=low, cal_max=high
        )
        volumes, view = [self._under], [self.picture, self.grey]
        self._over = self._labels = self.opacity = self.hide = self.regions = None
        if scene.overlay:
            what = scene.quantity(scene.overlay)
            self.opacity = Slider(f"Opacity of the {what}", "%", 50, minimum=0, maximum=100, step=5)
            self.hide = Slider(
                "Hide what is below", "%", 5, minimum=0, maximum=95, step=1, help=f"of the highest {what}"
            )
            end = scene.over_range[1]
            self._over = Volume(
                data=nifti(scene.overlay.array, scene.overlay.grid),
                name="overlay.nii.gz",
                colormap="viridis" if scene.overlay.unit == Unit.GY else "cividis",
                colormap_type=ColormapType.ZERO_TO_MAX_TRANSPARENT_BELOW_MIN,
                opacity=0.5,
                cal_min=0.05 * end,
                cal_max=end,
            )
            volumes.append(self._over)
            view += [self.opacity, self.hide]
        if scene.masks:
            self.regions = Slider("Opacity of the regions", "%", 30, minimum=0, maximum=100, step=5)
            self._labels = Volume(data=nifti(scene.labels, scene.grid, label=True), name="regions.nii.gz", opacity=0.3)
            self._labels.set_colormap_label(_colours(list(scene.masks)))
            volumes.append(self._labels)
            view.append(self.regions)
        self.canvas.load_volumes(volumes)
        self.canvas.scene.crosshair_pos = list(fraction_ras(scene, scene.start_mm))
        self.here = Text("Click into a slice to read the values there; drag the rendering to turn it.")
        columns, rows = scene.table
        self.numbers = DataTable(columns, rows, "Numbers of the regions", show_caption=True)
        self.said = Text(scene.words)
        under = [self.said, self.here, Flags(scene.remarks), *([self.numbers] if rows else [])]
        super().__init__((Section("Linked slices and rendering", [Group("View", view)], self.canvas, under),))
        self._link(page)

    def _link(self, page) -> None:
        from ipyniivue import SliceType

        caught = guard(page)
        self.picture.observe(
            caught(lambda change: self.canvas.set_slice_type(SliceType(_PICTURES[change["new"]]))), "value"
        )
        self.grey.observe(caught(lambda change: self._rescale()), "value")
        for slider, volume in ((self.opacity, self._over), (self.regions, self._labels)):
            if slider is not None:
                slider.observe(caught(lambda change, volume=volume: _fade(volume, change["new"])), "value")
        if self.hide is not None:
            self.hide.observe(caught(lambda change: self._rescale()), "value")
        self.canvas.on_location_change(caught(self._clicked))

    def _rescale(self):
        self._under.cal_min, self._under.cal_max = self.windows[self.grey.value]
        if self._over is not None and self.hide.value is not None:
            # a little above 0, so that nothing is coloured where there is nothing
            self._over.cal_min = max(self.hide.value / 100, 1e-6) * self.scene.over_range[1]

    def _clicked(self, location: dict):
        right, front, up = location["mm"][:3]
        place = (-right, -front, up)
        index = self.scene.index(place)
        values = ", ".join(f"{what} {value}" for what, value in self.scene.values_at(index))
        inside = [name for name, mask in self.scene.masks.items() if mask[index] >= 0.5]
        where = f"; inside {', '.join(inside)}" if inside else ""
        x, y, z = place
        self.here.text = f"At the cross, x {x:.0f}, y {y:.0f}, z {z:.0f} mm: {values}{where}."


def _fade(volume, percent: float | None) -> None:
    if percent is not None:
        volume.opacity = percent / 100


def _colours(names: list[str]) -> dict:
    """niivue's colours of the regions, the same as in the slice view; 0 is nothing."""
    rgb = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour, _ in line_styles(len(names))]
    red, green, blue = ([0, *(one[part] for one in rgb)] for part in range(3))
    return {
        "R": red,
        "G": green,
        "B": blue,
        "A": [0] + [255] * len(names),
        "I": list(range(len(names) + 1)),
        "labels": ["", *names],
    }
