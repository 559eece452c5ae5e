"""What the dose-response page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.radiobiology import (
    TISSUES,
    DoseResponse,
    bed,
    bed_range,
    bed_total,
    fit_dose_response,
    lea_catcheside,
)
from mrtlab.radiobiology.simulate import SimulatedOutcomes, simulated_outcomes
from mrtlab.radiobiology.window import CURVES, Window, therapeutic_window

__all__ = [
    "LESIONS",
    "QUESTIONS",
    "RANGES",
    "RIGHT",
    "RULES",
    "TRUE_D50_GY",
    "TRUE_GAMMA50",
    "Bed",
    "DoseResponsePage",
    "Fit",
    "Plans",
    "Registry",
]

TRUE_D50_GY, TRUE_GAMMA50 = 50.0, 1.0  # illustrative
LESIONS = 3
PATIENTS, SAME_MBQ, MBQ_PER_KG = 100, 7400.0, 100.0
RULES = ("centres", "weight", "same")
QUESTIONS = {
    "cycles": ("same", "lower", "higher"),
    "window": ("narrow", "middle", "wide"),
    "slope": ("flatter", "same", "steeper"),
    "r2": ("none", "some", "much", "nearly all"),
    "plan": ("fewer", "same", "more"),
}
# a test computes those of "window", "r2" and "plan"; here they do not cost a returning learner two seconds
RIGHT = {"cycles": "lower", "window": "wide", "slope": "flatter", "r2": "some", "plan": "more"}
RANGES = {
    "total_gy": (1.0, 60.0),
    "cycles": (1.0, 8.0),
    "half_life_h": (5.0, 150.0),
    "repair_h": (0.3, 10.0),
    "patients": (10.0, 100.0),
    "error_percent": (0.0, 60.0),
    "between": (0.0, 3.0),
    "seed": (1.0, 999.0),
    "plan_gy": (5.0, 60.0),
    "per_kidney": (0.5, 8.0),
    "spread_percent": (0.0, 50.0),
    "cohort": (1.0, 999.0),
    "target_gy": (5.0, 60.0),
    "estimate_percent": (0.0, 60.0),
    "cap_gbq": (3.7, 20.0),
    "limit_gy": (5.0, 60.0),
}
_WHOLE = ("cycles", "patients", "seed", "cohort")
_CHOICES = ("curves", "rule")
_NUMBER_OF_CYCLES = np.arange(1, 9)
_KIDNEY_GY = np.linspace(0, 60, 81)
_COHORTS: dict = {}  # doses of cohorts already drawn, for all pages of this process
_COHORTS_KEPT = 8


@dataclass(frozen=True, eq=False)
class Bed:
    """BED of the kidney for every number of cycles, the total dose being the same.

    Attributes
    ----------
    cycles, right_gy, low_gy, high_gy : array
        Number of cycles; BED summed over cycles, with its range over alpha/beta.
    wrong_gy : float
        The formula applied to the summed dose.
    g : float
    chosen : int
    total_gy : float
    """

    cycles: np.ndarray
    right_gy: np.ndarray
    low_gy: np.ndarray
    high_gy: np.ndarray
    wrong_gy: float
    g: float
    chosen: int
    total_gy: float

    @property
    def now(self) -> tuple[float, float, float]:
        """BED at the number chosen, and its range, Gy."""
        k = self.chosen - 1
        return float(self.right_gy[k]), float(self.low_gy[k]), float(self.high_gy[k])


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit to simulated lesions.

    Attributes
    ----------
    data : SimulatedOutcomes
    response : DoseResponse
    doses_gy, curve, low, high, truth : array
        For the figure. ``truth`` is the curve of a patient without a shift.
    corrected : DilutionCorrected or None
        None where the dose error explains all of the spread.
    profile, fieller : tuple of float or None
        95 % intervals of D50, Gy.
    judged : bool
        Whether the intervals have been computed; see :meth:`DoseResponsePage.judged`.
    """

    data: SimulatedOutcomes
    response: DoseResponse
    doses_gy: np.ndarray
    curve: np.ndarray
    low: np.ndarray
    high: np.ndarray
    truth: np.ndarray
    corrected: object
    profile: tuple | None = None
    fieller: tuple | None = None
    judged: bool = False


@dataclass(frozen=True, eq=False)
class Registry:
    """A cohort whose activities follow a fixed rule.

    Attributes
    ----------
    rule : str
    outcome : StrategyOutcome
    r2, lesion_r2 : float or None
        Between activity and dose of kidneys, and of lesions; None where everybody has the same activity.
    limit_gy : float
    """

    rule: str
    outcome: object
    r2: float | None
    lesion_r2: float | None
    limit_gy: float


@dataclass(frozen=True, eq=False)
class Plans:
    """The same cohort with 7.4 GBq for everybody, and planned.

    Attributes
    ----------
    fixed, planned : StrategyOutcome
    capped : int
        Patients whose plan asked for more than the cap.
    limit_gy, target_gy, cap_mbq : float
    """

    fixed: object
    planned: object
    capped: int
    limit_gy: float
    target_gy: float
    cap_mbq: float


class DoseResponsePage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`."""

    total_gy = t.Float(23.0)
    cycles = t.Float(4.0)
    half_life_h = t.Float(51.0)
    repair_h = t.Float(TISSUES["kidney"].repair_half_time_h)
    patients = t.Float(20.0)
    error_percent = t.Float(30.0)
    between = t.Float(2.5)
    seed = t.Float(1.0)
    plan_gy = t.Float(23.0)
    per_kidney = t.Float(3.0)
    curves = t.Enum(CURVES, "poisson-lkb")
    spread_percent = t.Float(20.0)
    rule = t.Enum(RULES, "centres")
    cohort = t.Float(1.0)
    target_gy = t.Float(23.0)
    estimate_percent = t.Float(15.0)
    cap_gbq = t.Float(11.1)
    limit_gy = t.Float(23.0)

    INPUTS = (*RANGES, *_CHOICES)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    def bed(self) -> Bed:
        """BED over the number of cycles."""
        kidney = TISSUES["kidney"]
        g = lea_catcheside(self.half_life_h, self.repair_h)
        rows = [np.full(n, self.total_gy / n) for n in _NUMBER_OF_CYCLES]
        spans = [
            bed_range(row, self.half_life_h, kidney.alpha_beta_range_gy, (self.repair_h, self.repair_h)) for row in rows
        ]
        low, high = np.array(spans).T
        right = np.array([bed_total(row, kidney.alpha_beta_gy, g) for row in rows])
        wrong = float(bed(self.total_gy, kidney.alpha_beta_gy, g))
        return Bed(_NUMBER_OF_CYCLES, right, low, high, wrong, float(g), int(self.cycles), self.total_gy)

    def fit(self) -> Fit:
        """Simulate, and fit as if lesions were independent (the curve; for intervals see :meth:`bootstrap`)."""
        from mrtlab.errors import FitError
        from mrtlab.radiobiology import log_logistic

        data = self.lesions()
        response = fit_dose_response(data.dose_gy, data.outcome, groups=data.patient, scale="log", method="firth")
        doses = np.geomspace(8, 250, 120)
        low, high = response.band(doses)
        try:
            corrected = response.dilution_corrected(self.error_percent / 100 * data.dose_gy)
        except FitError:
            corrected = None
        return Fit(
            data,
            response,
            doses,
            response.probability(doses),
            low,
            high,
            log_logistic(doses, TRUE_D50_GY, TRUE_GAMMA50),
            corrected,
        )

    @staticmethod
    def judged(found: Fit) -> Fit:
        """The fit with its intervals of D50, which take longer than the curve."""
        response = found.response
        return replace(
            found,
            profile=response.d50_interval(),
            fieller=response.d50_interval(method="fieller"),
            judged=True,
        )

    def lesions(self) -> SimulatedOutcomes:
        """Simulated lesions of the cohort chosen."""
        return simulated_outcomes(
            int(self.patients),
            LESIONS,
            TRUE_D50_GY,
            TRUE_GAMMA50,
            self.error_percent / 100,
            self.between,
            int(self.seed),
        )

    def bootstrap(self, clustered: bool, n: int = 400):
        """Resampled patients, or lesions as if they were independent."""
        data = self.lesions()
        groups = data.patient if clustered else None
        return fit_dose_response(data.dose_gy, data.outcome, groups, scale="log", method="firth").bootstrap(n, seed=1)

    def window(self) -> Window:
        """Tumour control and complication over the kidney dose; the last dose is the plan's."""
        return therapeutic_window(
            np.append(_KIDNEY_GY, self.plan_gy), self.per_kidney, self.curves, self.spread_percent / 100
        )

    @property
    def drawn(self) -> bool:
        """Whether the virtual cohort of this number is there already."""
        return int(self.cohort) in _COHORTS

    def draw(self, told=None):
        """Doses of the virtual cohort; a second or two the first time."""
        from mrtlab.patients import cohort
        from mrtlab.patients.strategies import course_doses

        number = int(self.cohort)
        if number not in _COHORTS:
            found = course_doses(cohort("prrt", PATIENTS, number), told=told)
            while len(_COHORTS) >= _COHORTS_KEPT:
                _COHORTS.pop(next(iter(_COHORTS)))
            _COHORTS[number] = found
        return _COHORTS[number]

    def registry(self) -> Registry:
        """The cohort under the fixed rule chosen."""
        from mrtlab.patients.strategies import by_weight, determination, three_centres

        doses = self.draw()
        given = {
            "centres": lambda: three_centres(doses),
            "weight": lambda: by_weight(doses, MBQ_PER_KG),
            "same": lambda: SAME_MBQ,
        }[self.rule]()
        found = self._simulated(doses, given)
        of_lesion = found.activity_mbq[doses.lesion_of]
        return Registry(
            self.rule,
            found,
            determination(found.activity_mbq, found.kidney_gy),
            determination(of_lesion, found.lesion_gy),
            self.limit_gy,
        )

    def plans(self) -> Plans:
        """The cohort with the same activity for everybody, and planned."""
        from mrtlab.patients.strategies import planned

        doses, cap = self.draw(), 1000 * self.cap_gbq
        given = planned(doses, self.target_gy, self.estimate_percent / 100, cap, int(self.cohort))
        capped = int(np.sum(given >= np.floor(cap / 100 + 1e-9) * 100))
        return Plans(
            self._simulated(doses, SAME_MBQ),
            self._simulated(doses, given),
            capped,
            self.limit_gy,
            self.target_gy,
            cap,
        )

    def _simulated(self, doses, activity_mbq):
        from mrtlab.constants import value
        from mrtlab.patients.strategies import simulate_course

        return simulate_course(
            doses,
            activity_mbq,
            self.limit_gy,
            d50_gy=TRUE_D50_GY,
            gamma50=TRUE_GAMMA50,
            td50_gy=value("radiobiology.window_td50_gy"),
            m=value("radiobiology.window_m"),
            seed=int(self.cohort),
        )
