"""Uncertainty budgets of absorbed doses, with the correlations that a shared volume brings, and Monte Carlo.

The chain is that of the EANM practical guidance: a volume of interest decides the counts, the recovery coefficient and
the S value together, so their errors partly cancel. Leaving the covariances out overstates the result by half.

Doses of several organs and cycles have sensitivity, recovery curve and S values in common: :meth:`Budget.dose` makes
ufloats of them whose sums, differences and ratios come out right.

References
----------
Gear et al., EANM practical guidance on uncertainty analysis for molecular radiotherapy absorbed dose calculations,
Eur J Nucl Med Mol Imaging 2018;45:2456-2474, doi:10.1007/s00259-018-4136-7. The formulas were derived anew and agree
with Monte Carlo; the clinical example of the guidance was not at hand and is not claimed to be reproduced.
"""

from mrtlab.uncertainty.budget import Budget, dose_budget, with_shared
from mrtlab.uncertainty.chain import dose_monte_carlo, refitted
from mrtlab.uncertainty.outline import edge_value, volume
from mrtlab.uncertainty.sampling import LogNormal, Samples, monte_carlo

__all__ = [
    "Budget",
    "LogNormal",
    "Samples",
    "dose_budget",
    "dose_monte_carlo",
    "edge_value",
    "monte_carlo",
    "refitted",
    "volume",
    "with_shared",
]
