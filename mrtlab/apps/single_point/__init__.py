"""One scan and a population: how far the time-integrated activity is off, for every time of the scan."""

from mrtlab.apps.single_point.model import Answer, SinglePointPage
from mrtlab.apps.single_point.view import page

__all__ = ["Answer", "SinglePointPage", "page"]
