"""Volume rendering with regions by itkwidgets, shown through our own extension of JupyterLab and Voilà."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import ipywidgets as widgets
import numpy as np

from mrtlab.apps.controls import Choice, DataTable, Flags, Group, Section, Text, guard
from mrtlab.apps.viewer.scene import GREY_WINDOWS, Scene, straight
from mrtlab.images import Grid, Image, Regions, Unit, resample

__all__ = ["EXTENSION", "ItkView", "extension_folder", "itk_image", "missing"]

EXTENSION = "mrtlab-itkwidgets"
_HEIGHT = 480
_MOST_VOXELS = 128  # along an axis; without a graphics card a rendering of this size takes most of a minute
# the first is how nuclear medicine looks at a volume; small hot spots vanish in the other
_BLENDS = {"Highest value on each ray": "max", "Nearer parts hide others": "composite"}
# opacity that rises with the value, and is full at the highest
_RISING = {"position": 1.0, "height": 1.0, "width": 0.95, "xBias": 0.0, "yBias": 1.0}
# CT numbers to render: from soft tissue, so that air and most fat are transparent, to dense bone
_CT_RANGE = (GREY_WINDOWS["Soft tissue"][0], GREY_WINDOWS["Bone"][1])


def extension_folder() -> Path | None:
    """Where the extension that draws is installed; None if nowhere."""
    from jupyter_core.paths import jupyter_path

    folders = (Path(folder) / EXTENSION for folder in jupyter_path("labextensions"))
    return next((folder for folder in folders if (folder / "package.json").is_file()), None)


def missing() -> str:
    """Why itkwidgets cannot be used; empty if it can."""
    absent = [name for name in ("itkwidgets", "itk", "ipydatawidgets") if find_spec(name) is None]
    if not absent and extension_folder() is not None:
        return ""
    what = "its extension for JupyterLab and Voilà is not installed"
    if absent:
        what = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not installed"
    return (
        f"Volume rendering by itkwidgets is not set up: {what}. Run 'mrtlab install-itkwidgets' once, with a "
        "connection to the internet, then start the dashboards anew. Until then another view is shown."
    )


class ItkView(widgets.VBox):
    """The rendering, with what it shows in words and numbers.

    Attributes
    ----------
    volume, blend : Choice
        What is rendered, and how.
    canvas : itkwidgets.Viewer
    """

    def __init__(self, scene: Scene, page):
        self.scene = scene
        shown = [scene.image] if scene.overlay is None else [scene.overlay, scene.image]
        self.volume = Choice(
            "Volume rendered", [(_sentence(scene.quantity(image)), number) for number, image in enumerate(shown)]
        )
        self.blend = Choice("Blending", list(_BLENDS.items()))
        self._shown = shown
        self._stand = widgets.VBox(())
        self.said = Text()
        columns, rows = scene.table
        self.numbers = DataTable(columns, rows, "Numbers of the regions", show_caption=True)
        under = [self.said, Flags(scene.remarks), *([self.numbers] if rows else [])]
        section = Section("Volume rendering", [Group("View", [self.volume, self.blend])], self._stand, under)
        super().__init__((section,))
        self._render()
        self.volume.observe(guard(page)(lambda change: self._render()), "value")
        self.blend.observe(guard(page)(lambda change: setattr(self.canvas, "blend_mode", change["new"])), "value")

    def _render(self) -> None:
        """A new canvas: that of the package keeps the range and the place of its first image."""
        import itkwidgets

        image, regions = self._shown[self.volume.value], self.scene.regions
        grid = straight(image.grid, _MOST_VOXELS)
        options = {}
        if regions:
            options = {
                "label_image": itk_image(_labels(regions, grid), grid),
                "label_image_names": list(enumerate(["outside", *regions])),
            }
        array = resample(image, grid, outside=float(image.array.min())).array
        low, high = _CT_RANGE
        if image.unit != Unit.HU:
            # the package's opacity is made for values of hundreds: doses of a few Gy would all but vanish
            low, high = 0.0, 1000.0
            array = array * np.float32(high / max(float(image.array.max()), np.finfo(np.float32).tiny))
        self.canvas = itkwidgets.Viewer(
            image=itk_image(array, grid),
            channels=[True],  # without it the package asks numpy for a function that is gone
            cmap=["Grayscale" if image.unit == Unit.HU else "Viridis (matplotlib)"],
            vmin=[low],
            vmax=[high],
            blend_mode=self.blend.value,
            gradient_opacity=0.01,  # the least it takes, so that what has no sharp edge is seen too
            shadow=False,
            opacity_gaussians=[[_RISING]],
            background=(0.0, 0.0, 0.0),
            ui_collapsed=True,
            units="mm",
            **options,
        )
        self.canvas.layout.height = f"{_HEIGHT}px"
        before, self._stand.children = self._stand.children, (self.canvas,)
        for old in before:
            old.close()
        self.said.text = self._words(image, regions)

    def _words(self, image: Image, regions: Regions | None) -> str:
        lead = self.scene.about.strip().rstrip(".")
        parts = [f"{lead}." if lead else "", f"{_sentence(self.scene.quantity(image))} rendered as a volume"]
        named = f", with {', '.join(regions)} coloured" if regions else ""
        scale = "" if image.unit == Unit.HU else " The canvas counts in thousandths of the highest value."
        return f"{' '.join(parts).strip()}{named}. One volume is rendered at a time; drag to turn it.{scale}"


def itk_image(array: np.ndarray, grid: Grid):
    """An array with its place for ITK, whose directions are DICOM's; the grid must be a straight one."""
    import itk

    image = itk.image_from_array(np.ascontiguousarray(array))
    image.SetSpacing([float(step) for step in grid.spacing_mm[::-1]])
    image.SetOrigin([float(place) for place in grid.origin_mm])
    return image


def _labels(regions: Regions, grid: Grid) -> np.ndarray:
    """Number of the region of each voxel, from 1."""
    labels = np.zeros(grid.shape, np.uint8 if len(regions) < 256 else np.uint16)
    moved = regions.on(grid)
    for number, name in enumerate(moved, start=1):
        labels[np.asarray(moved[name], np.float32) >= 0.5] = number
    return labels


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
