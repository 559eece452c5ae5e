"""Outcomes of patients who do not exist, to practise fitting on: the curve behind them is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.radiobiology.effect import log_logistic

__all__ = ["SimulatedOutcomes", "simulated_outcomes"]


@dataclass(frozen=True, eq=False)
class SimulatedOutcomes:
    """Simulated lesions.

    Attributes
    ----------
    dose_gy : array
        As measured, with its error, Gy.
    true_gy : array
    outcome : array
        0 or 1.
    patient : array
        Whose lesion it is.
    """

    dose_gy: np.ndarray
    true_gy: np.ndarray
    outcome: np.ndarray
    patient: np.ndarray


def simulated_outcomes(
    patients: int,
    lesions: int,
    d50_gy: float,
    gamma50: float,
    dose_error: float,
    between: float,
    seed: int,
    median_gy: float = 50.0,
    spread: float = 0.45,
) -> SimulatedOutcomes:
    """Lesions that respond along a log-logistic curve, shifted for each patient, with doses measured with an error.

    Parameters
    ----------
    patients, lesions : int
        Patients, and lesions of each.
    d50_gy, gamma50 : float
        Of a patient whose shift is 0.
    dose_error : float
        Standard deviation of the error of ln(dose).
    between : float
        Standard deviation of the patients' shifts, on the logit scale. Half of the variance of ln(dose) is the
        patient's too.
    seed : int
    median_gy, spread : float
        Of the true doses, log-normal: median and standard deviation of the logarithm.

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    A construction for teaching (illustrative).
    """
    for name, count in (("patients", patients), ("lesions", lesions)):
        if isinstance(count, bool) or int(count) != count or count < 1:
            raise InputError(f"{name} must be a whole number, 1 or more, got {count!r}")
    _check.non_negative("dose_error", dose_error)
    _check.non_negative("between", between)
    random = np.random.default_rng(seed)
    whose = np.repeat(np.arange(int(patients)), int(lesions))
    own, lesion = random.standard_normal(int(patients)), random.standard_normal(len(whose))
    true = median_gy * np.exp(spread * (own[whose] + lesion) / np.sqrt(2))
    shift = between * random.standard_normal(int(patients))
    chance = expit(logit(log_logistic(true, d50_gy, gamma50)) + shift[whose])
    outcome = (random.random(len(whose)) < chance).astype(int)
    measured = true * np.exp(dose_error * random.standard_normal(len(whose)))
    return SimulatedOutcomes(measured, true, outcome, whose)
