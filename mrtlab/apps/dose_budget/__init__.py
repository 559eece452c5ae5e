"""Dose and its uncertainty: mass, spheres, voxel kernels, and the budget of a dose."""

from mrtlab.apps.dose_budget.model import DoseBudgetPage
from mrtlab.apps.dose_budget.view import page

__all__ = ["DoseBudgetPage", "page"]
