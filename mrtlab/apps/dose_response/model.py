"""What the dose-response page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import traitlets as t

from mrtlab.errors import InputError
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

__all__ = ["QUESTIONS", "RANGES", "TRUE_D50_GY", "TRUE_GAMMA50", "Bed", "DoseResponsePage", "Fit"]

TRUE_D50_GY, TRUE_GAMMA50 = 50.0, 1.0  # illustrative
LESIONS = 3
QUESTIONS = {"cycles": ("same", "lower", "higher"), "slope": ("flatter", "same", "steeper")}
RANGES = {
    "total_gy": (1.0, 60.0),
    "cycles": (1.0, 8.0),
    "half_life_h": (5.0, 150.0),
    "repair_h": (0.3, 10.0),
    "patients": (10.0, 100.0),
    "error_percent": (0.0, 60.0),
    "between": (0.0, 3.0),
    "seed": (1.0, 999.0),
}
_WHOLE = ("cycles", "patients", "seed")
_NUMBER_OF_CYCLES = np.arange(1, 9)


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
    """

    data: SimulatedOutcomes
    response: DoseResponse
    doses_gy: np.ndarray
    curve: np.ndarray
    low: np.ndarray
    high: np.ndarray
    truth: np.ndarray
    corrected: object
    profile: tuple | None
    fieller: tuple | None


class DoseResponsePage(t.HasTraits):
    """Inputs of both sections, and what the learner predicted. Ranges are in :data:`RANGES`."""

    total_gy = t.Float(23.0)
    cycles = t.Float(4.0)
    half_life_h = t.Float(51.0)
    repair_h = t.Float(TISSUES["kidney"].repair_half_time_h)
    patients = t.Float(20.0)
    error_percent = t.Float(30.0)
    between = t.Float(2.5)
    seed = t.Float(1.0)
    predictions = t.Dict()
    skipped = t.List(t.Unicode())

    @t.validate(*RANGES)
    def _within(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        if not low <= value <= high or (name in _WHOLE and value != int(value)):
            kind = "a whole number" if name in _WHOLE else "a number"
            raise InputError(f"{name} must be {kind} between {low:g} and {high:g}, got {value!r}")
        return value

    def reset(self) -> None:
        """As at the first visit; predictions stay."""
        for name in RANGES:
            setattr(self, name, self.traits()[name].default_value)

    def asked(self, question: str) -> bool:
        """Whether a figure waits for its prediction."""
        return question not in self.predictions and question not in self.skipped

    def predict(self, question: str, choice: str) -> None:
        """Commit to an answer; the first one stays."""
        if choice not in QUESTIONS.get(question, ()):
            raise InputError(f"{question!r} cannot be answered with {choice!r}")
        self.predictions = {question: choice, **self.predictions}

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

        data = self._data()
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
            response.d50_interval(),
            response.d50_interval(method="fieller"),
        )

    def _data(self):
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
        data = self._data()
        groups = data.patient if clustered else None
        return fit_dose_response(data.dose_gy, data.outcome, groups, scale="log", method="firth").bootstrap(n, seed=1)

    def code(self) -> str:
        """Script of the first section."""
        return "\n".join(
            [
                "from mrtlab import radiobiology",
                "",
                'kidney = radiobiology.TISSUES["kidney"]',
                f"g = radiobiology.lea_catcheside({self.half_life_h!r}, {self.repair_h!r})",
                f"doses_gy = [{self.total_gy!r} / {int(self.cycles)}] * {int(self.cycles)}",
                'print(f"BED {radiobiology.bed_total(doses_gy, kidney.alpha_beta_gy, g):.1f} Gy")',
            ]
        )

    def fit_code(self) -> str:
        """Script of the second section."""
        return "\n".join(
            [
                "from mrtlab.radiobiology import fit_dose_response",
                "from mrtlab.radiobiology.simulate import simulated_outcomes",
                "",
                "data = simulated_outcomes(",
                f"    {int(self.patients)}, {LESIONS}, d50_gy={TRUE_D50_GY!r}, gamma50={TRUE_GAMMA50!r},",
                f"    dose_error={self.error_percent / 100!r}, between={self.between!r}, seed={int(self.seed)},",
                ")",
                'fit = fit_dose_response(data.dose_gy, data.outcome, data.patient, scale="log", method="firth")',
                'print(f"D50 {fit.d50_gy.n:.1f} Gy, slope {fit.gamma50.n:.2f}")',
            ]
        )

    def csv(self) -> str:
        """The simulated lesions."""
        data = self._data()
        rows = (
            f"{who + 1},{dose:.2f},{seen}"
            for who, dose, seen in zip(data.patient, data.dose_gy, data.outcome, strict=True)
        )
        return "\n".join(["patient,dose_gy,response", *rows, ""])

    def state(self) -> dict:
        """What is kept between visits."""
        return {name: getattr(self, name) for name in (*RANGES, "predictions", "skipped")}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        for name in (*RANGES, "skipped"):
            if name not in state:
                continue
            try:
                if isinstance(state[name], bool):
                    raise InputError(f"{name} must not be {state[name]}")
                setattr(self, name, state[name])
            except (t.TraitError, InputError, OverflowError):
                whole = False
        said = state.get("predictions") or {}
        try:
            for question, choice in said.items():
                self.predict(question, choice)
        except (AttributeError, TypeError, InputError):
            whole = False
        return whole
