"""Weighted least squares for the two curves of this package."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from mrtlab.constants import value
from mrtlab.errors import FitError, Flag


def least_squares(residual, start, *, absolute: bool):
    """Parameters, their covariance and the sum of squares at the minimum.

    ``absolute`` residuals are in units of their standard uncertainty; otherwise their scatter about the curve sets
    the scale of the covariance.
    """
    import lmfit  # imported late: it costs a third of a second

    parameters = lmfit.Parameters()
    for k, number in enumerate(start):
        parameters.add(f"p{k}", value=float(number))
    minimizer = lmfit.Minimizer(
        lambda current: residual(*(item.value for item in current.values())),
        parameters,
        scale_covar=not absolute,
        nan_policy="raise",
    )
    try:
        # lmfit's own step for derivatives, 1e-5, leaves the minimum four digits short
        outcome = minimizer.leastsq(xtol=1e-12, ftol=1e-15, epsfcn=1e-14, max_nfev=2000)
    except ValueError as problem:
        raise FitError(f"the curve cannot be fitted to these points: {problem}") from None
    covariance = getattr(outcome, "covar", None)
    if covariance is None or not np.all(np.isfinite(covariance)):
        raise FitError("the points do not determine the curve: more of them, further apart, are needed")
    return np.array([item.value for item in outcome.params.values()]), covariance, float(outcome.chisqr)


def quality(chi_square: float, dof: int) -> tuple[float | None, list[str]]:
    """Probability of a larger chi-square, and the flags that follow."""
    if dof == 0:
        return None, [Flag.NO_DOF]
    p_value = float(chdtrc(dof, chi_square))
    if p_value < value("kinetics.chi_square_p"):
        return p_value, [Flag.CHI_SQUARE_REJECTED]
    return p_value, [Flag.SIGMA_OVERSTATED] if p_value > value("kinetics.chi_square_p_high") else []
