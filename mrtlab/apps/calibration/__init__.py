"""Calibration: from the readings of meter and camera to a corrected activity and its uncertainty."""

from mrtlab.apps.calibration.model import CalibrationPage
from mrtlab.apps.calibration.view import page

__all__ = ["CalibrationPage", "page"]
