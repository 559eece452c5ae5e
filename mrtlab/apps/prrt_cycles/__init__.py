"""PRRT over several cycles: range of activities, dose so far, next activity, marrow, tumour, and what goes wrong."""

from mrtlab.apps.prrt_cycles.model import PrrtCycles
from mrtlab.apps.prrt_cycles.view import page

__all__ = ["PrrtCycles", "page"]
