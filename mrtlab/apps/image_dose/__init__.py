"""From the images of a virtual patient to doses, with the truth beside them."""

from mrtlab.apps.image_dose.model import ImageDosePage, Outcome
from mrtlab.apps.image_dose.view import page

__all__ = ["ImageDosePage", "Outcome", "page"]
