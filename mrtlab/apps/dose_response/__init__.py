"""Dose and response: BED cycle by cycle, and a curve from few patients."""

from mrtlab.apps.dose_response.model import DoseResponsePage
from mrtlab.apps.dose_response.view import page

__all__ = ["DoseResponsePage", "page"]
