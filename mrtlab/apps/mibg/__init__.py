"""I-131 mIBG in two administrations, and the patient who goes home: retention, second activity, dose rate, contact."""

from mrtlab.apps.mibg.model import MibgPage
from mrtlab.apps.mibg.view import page

__all__ = ["MibgPage", "page"]
