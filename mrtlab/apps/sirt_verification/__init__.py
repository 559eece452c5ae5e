"""After the infusion: the doses that the mapping promised beside those that a PET shows, on a virtual liver."""

from mrtlab.apps.sirt_verification.model import SirtVerification
from mrtlab.apps.sirt_verification.view import page

__all__ = ["SirtVerification", "page"]
