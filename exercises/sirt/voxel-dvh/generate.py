"""One slice of a Y-90 PET through a simulated tumour in the liver, as an image and as a table of voxels."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

SIZE = 28
VOXEL_MM = 4
BLUR_MM = 7 / 2.355  # 7 mm full width at half maximum


def generate(values, seed):
    """The slice by name.

    Parameters
    ----------
    values : mapping
        Drawn values of the exercise, and those of its ``let``.
    seed : int
        Not used: image and file must hold the same voxels, so both begin from the drawn number ``grain``.

    Returns
    -------
    dict of str to array, shape (28, 28), whole numbers
    """
    return {"pet": _slice(values)}


def files(values, seed):
    """The same voxels as text, one row of the image in a line, for a spreadsheet."""
    rows = "\n".join(";".join(str(int(count)) for count in row) for row in _slice(values))
    return {"slice.csv": (rows + "\n").encode("ascii")}


def _slice(values) -> np.ndarray:
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    x, y = values["tumour_x"], values["tumour_y"]
    liver = ((columns - 13.5) / 13) ** 2 + ((rows - 13.5) / 12) ** 2 <= 1
    tumour = ((columns - x) / 8) ** 2 + ((rows - y) / 7) ** 2 <= 1
    level = np.where(liver, 0.2, 0.0)
    level[tumour] = 1.0
    if values["finding"] == "cold":
        level[tumour & (rows > y)] = values["cold_part"]
    mean = values["counts_per_voxel"] * gaussian_filter(level, BLUR_MM / VOXEL_MM, mode="nearest")
    # reconstruction makes voxels noisier than their counts; the variance grows with the mean all the same
    noise = np.random.Generator(np.random.PCG64(int(values["grain"]))).standard_normal((SIZE, SIZE))
    noisy = mean + noise * values["cov"] * np.sqrt(mean * values["counts_per_voxel"])
    return np.rint(np.maximum(noisy, 0)).astype(np.uint16)
