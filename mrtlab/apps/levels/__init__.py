"""Three levels of dosimetry on one patient, fixed against planned activity, and trials by activity or by dose."""

from mrtlab.apps.levels.model import LevelsPage
from mrtlab.apps.levels.view import page

__all__ = ["LevelsPage", "page"]
