"""Pages of sections that ask before they show: what their models, layouts and views share."""

from mrtlab.apps.sections.handed import HandedRange
from mrtlab.apps.sections.layout import SectionsLayout, whole
from mrtlab.apps.sections.model import SectionsModel, heard, hearing, within
from mrtlab.apps.sections.recorded import BegunRecord, KeptRecord, current, keep
from mrtlab.apps.sections.resting import RestingView
from mrtlab.apps.sections.view import Rest, SectionsView
from mrtlab.apps.sections.words import GATED, compared

__all__ = [
    "GATED",
    "BegunRecord",
    "HandedRange",
    "KeptRecord",
    "Rest",
    "RestingView",
    "SectionsLayout",
    "SectionsModel",
    "SectionsView",
    "compared",
    "current",
    "heard",
    "hearing",
    "keep",
    "whole",
    "within",
]
