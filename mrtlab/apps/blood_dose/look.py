"""Names of the limits, and a mark, that the sections of the blood-dose page share."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Polygon

__all__ = ["RULES", "band"]

RULES = {
    "blood dose": "2 Gy to the blood",
    "retention at 48 h": "4.44 GBq in the body at 48 h",
    "retention at 48 h, lung metastases": "2.96 GBq at 48 h, lungs",
}


def band(ax, x, low, high, **style):
    """A filled band between two curves."""
    corners = np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[::-1]])
    return ax.add_artist(Polygon(corners, closed=True, lw=0, **style))
