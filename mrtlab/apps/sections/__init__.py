"""Pages of sections that ask before they show: what their models, layouts and views share."""

from mrtlab.apps.sections.layout import SectionsLayout, whole
from mrtlab.apps.sections.model import SectionsModel, heard, hearing, within
from mrtlab.apps.sections.view import Rest, SectionsView
from mrtlab.apps.sections.words import GATED, compared

__all__ = [
    "GATED",
    "Rest",
    "SectionsLayout",
    "SectionsModel",
    "SectionsView",
    "compared",
    "heard",
    "hearing",
    "whole",
    "within",
]
