"""A posterior planar view of a simulated patient after Lu-177: body, spine, liver, spleen, kidneys, bladder.

Seen from behind, so the patient's right is on the right of the image. Rows run from the chest down.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

SIZE = 128
BLUR_PIXELS = 1.1  # standard deviation of the camera's resolution, about 12 mm full width at half maximum
LEAK = 0.4  # counts per pixel outside the body, from photons that pass through the collimator's walls


def generate(values, seed):
    """Images by name, from the drawn values of the exercise.

    Parameters
    ----------
    values : mapping
        Rates in counts per pixel, places in pixels; see ``draw`` and ``let`` of exercise.yaml.
    seed : int

    Returns
    -------
    dict of str to array, shape (128, 128), whole counts
    """
    mean = gaussian_filter(_expected(values), BLUR_PIXELS, mode="nearest") + LEAK
    counts = np.random.Generator(np.random.PCG64(seed)).poisson(mean)
    return {"posterior": counts.astype(np.uint16)}


def _expected(values) -> np.ndarray:
    """Counts per pixel before blur and noise."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    kidneys = [
        _ellipse(rows, columns, values[f"{side}_x"], values[f"{side}_y"], 6.5, 11.5) for side in ("left", "right")
    ]
    liver = _ellipse(rows, columns, 82, values["liver_bottom"] - 17, 19, 17)
    spleen = _ellipse(rows, columns, 40, 40, 7, 11)
    # the trunk narrows a little at the waist
    half_width = 38 - 2.5 * np.exp(-(((rows - 78) / 18) ** 2))
    view = np.where(np.abs(columns - 64) <= half_width, values["body_rate"], 0.0)
    view += np.where(np.abs(columns - 64) <= 4, 0.8 * values["body_rate"], 0.0)
    # an organ takes the place of the tissue that would lie there
    share = values["kidney_thickness_cm"] / values["body_thickness_cm"]
    for kidney in kidneys:
        view += np.where(kidney, values["kidney_rate"] - share * values["body_rate"], 0.0)
    view += np.where(
        _ellipse(rows, columns, values["right_x"] - 3.5, values["right_y"], 2.5, 3.5), values["pelvis_rate"], 0
    )
    view += np.where(liver, values["liver_rate"], 0.0)
    view += np.where(spleen, 1.4 * values["kidney_rate"], 0.0)
    view += np.where(_ellipse(rows, columns, 64, 116, 8, 6), 2.5 * values["kidney_rate"], 0.0)
    return np.maximum(view, 0.0)


def _ellipse(rows, columns, x, y, half_width, half_height) -> np.ndarray:
    return ((columns - x) / half_width) ** 2 + ((rows - y) / half_height) ** 2 <= 1
