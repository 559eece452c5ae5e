"""A notebook with the volume viewer and a small made-up patient, for the tests; none is shipped."""

from __future__ import annotations

from pathlib import Path

import nbformat

CODE = """
import numpy as np
from scipy.ndimage import gaussian_filter
from mrtlab.apps.viewer import view
from mrtlab.images import Grid, Image, Regions

def patient(count, spacing):
    z, y, x = (np.indices((count,) * 3) - (count - 1) / 2) * spacing
    body = (x / 170) ** 2 + (y / 110) ** 2 < 1
    left, right = (((x - side) / 30) ** 2 + ((y - 45) / 30) ** 2 + (z / 55) ** 2 < 1 for side in (70, -70))
    bone = ((x / 20) ** 2 + ((y - 70) / 20) ** 2 < 1) & body
    place = {{"origin_mm": (-(count - 1) / 2 * spacing,) * 3}}
    steps = (spacing,) * 3
    ct = Image(np.where(bone, 500.0, np.where(body, 40.0, -1000.0)), steps, "HU", **place)
    dose = Image(gaussian_filter(0.2 * body + 4.0 * left + 6.0 * right, 1.0), steps, "Gy", **place)
    return ct, dose, Regions({{"Left kidney": left, "Right kidney": right}}, Grid((count,) * 3, steps, **place))

viewer = view(*patient({count}, {spacing}), kind="{kind}", alt="A made-up patient after therapy.")
if viewer.kind == "itk":  # small, as browsers without a graphics card are slow
    viewer.drawn.canvas.layout.width = viewer.drawn.canvas.layout.height = "300px"
viewer
"""


def write(folder: Path) -> Path:
    """The folder, with ``slices.ipynb``, ``niivue.ipynb`` and ``itk.ipynb``."""
    for kind, count, spacing in (("slices", 64, 6.0), ("niivue", 32, 12.0), ("itk", 24, 16.0)):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(CODE.format(kind=kind, count=count, spacing=spacing).strip())],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(notebook, folder / f"{kind}.ipynb")
    return folder
