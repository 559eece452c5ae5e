"""PSMA over six cycles: a unit trap, the tumour sink, glands and marrow, one image, alpha particles."""

from mrtlab.apps.psma_cycles.model import PsmaPage
from mrtlab.apps.psma_cycles.view import page

__all__ = ["PsmaPage", "page"]
