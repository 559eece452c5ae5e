"""Radioiodine for one benign thyroid: uptake, kinetics, mass, a range of activities, verification, contact."""

from mrtlab.apps.radioiodine.model import RadioiodinePage
from mrtlab.apps.radioiodine.view import page

__all__ = ["RadioiodinePage", "page"]
