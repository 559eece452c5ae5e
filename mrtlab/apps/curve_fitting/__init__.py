"""Points that one draws, drags, weights and fits, and four lessons about what a fit does not say."""

from mrtlab.apps.curve_fitting.model import Answer, CurveFitting
from mrtlab.apps.curve_fitting.view import page

__all__ = ["Answer", "CurveFitting", "page"]
