"""Small volumes with known places, for tests of the viewer."""

from __future__ import annotations

import numpy as np

from mrtlab.images import Grid, Image, Regions

CT = (20, 24, 32)
ORIGIN = (-62.0, -46.0, 100.0)  # x, y, z
STEP = (5.0, 4.0, 4.0)  # z, y, x


def ct(**more):
    """Soft tissue with one bone voxel at index (12, 7, 25)."""
    array = np.full(CT, 40.0)
    array[12, 7, 25] = 900.0
    return Image(array, STEP, "HU", **({"origin_mm": ORIGIN} | more))


def dose():
    """On a coarser grid of its own: 2 Gy on the patient's left, 10 Gy in one voxel of the right."""
    array = np.zeros((10, 12, 16), np.float32)
    array[:, :, 8:] = 2.0
    array[6, 4, 3] = 10.0
    return Image(array, (10.0, 8.0, 8.0), "Gy", origin_mm=(-60.0, -44.0, 102.5))


def regions():
    masks = {name: np.zeros(CT, bool) for name in ("Left kidney", "Right kidney")}
    masks["Left kidney"][4:10, 8:14, 20:26] = True
    masks["Right kidney"][10:16, 8:14, 4:8] = True
    return Regions(masks, Grid(CT, STEP, ORIGIN))


def reoriented(image):
    """The same voxels stored as columns, slices from the head down, rows: as a sagittal scan may be."""
    axes = np.asarray(image.axes)
    array = np.ascontiguousarray(image.array.transpose(2, 0, 1)[:, ::-1])
    place = image.grid.matrix @ (image.array.shape[0] - 1, 0, 0, 1)
    spacing = [image.spacing_mm[axis] for axis in (2, 0, 1)]
    return image.changed(array=array, spacing_mm=spacing, origin_mm=place[:3], axes=(axes[2], -axes[0], axes[1]))
