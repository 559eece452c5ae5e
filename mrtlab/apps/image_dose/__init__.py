"""From the images of a virtual patient to doses, with the truth beside them."""

from mrtlab.apps.image_dose.model import ImageDosePage, Outcome

__all__ = ["ImageDosePage", "Outcome"]
