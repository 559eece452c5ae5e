"""Planning of microspheres: lung shunt, three prescriptions, partition, a range of activities, the vial."""

from mrtlab.apps.sirt_planning.model import SirtPage
from mrtlab.apps.sirt_planning.view import page

__all__ = ["SirtPage", "page"]
