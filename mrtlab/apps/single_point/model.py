"""What the single-time-point page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import traitlets as t

from mrtlab.errors import InputError
from mrtlab.kinetics import SinglePointErrors, haenscheid_tia, known_half_life_tia, single_point_errors

__all__ = ["METHODS", "NUCLIDE", "QUESTIONS", "RANGES", "TISSUES", "Answer", "Patient", "SinglePointPage"]

NUCLIDE = "Lu-177"
METHODS = ("known_half_life", "haenscheid")
# effective half-lives for teaching, all as remembered from the literature: median (h) and geometric standard deviation
TISSUES = {
    "kidneys, DOTATATE": (51.0, 1.25),
    "tumour, DOTATATE": (77.0, 1.4),
    "kidneys, PSMA-617": (40.0, 1.3),
    "parotids, PSMA-617": (30.0, 1.3),
    "tumour, PSMA-617": (52.0, 1.5),
}
QUESTIONS = {"when": ("24", "48", "72", "96", "168"), "most": ("6", "25", "none")}
RANGES = {
    "time_h": (4.0, 240.0),
    "median_h": (5.0, 150.0),
    "gsd": (1.01, 3.0),
    "noise_percent": (0.0, 50.0),
    "patient_h": (10.0, 150.0),
}
_GRID_H = np.arange(4.0, 241.0, 4.0)
_COHORT = 100
_SEED = 7


@dataclass(frozen=True, eq=False)
class Answer:
    """Errors of one method over a population.

    Attributes
    ----------
    times : SinglePointErrors
        At every time of the axis.
    now : SinglePointErrors
        At the time chosen.
    time_h : float
    """

    times: SinglePointErrors
    now: SinglePointErrors
    time_h: float

    @property
    def bias(self) -> float:
        """Mean error at the time chosen, %."""
        return 100 * float(self.now.bias[0])

    @property
    def spread(self) -> float:
        """Standard deviation at the time chosen, %."""
        return 100 * float(self.now.spread[0])

    @property
    def worst(self) -> float:
        """Mean size of the largest 1 % of the errors at the time chosen, %."""
        return 100 * float(self.now.worst[0])

    @property
    def interval(self) -> tuple[float, float]:
        """Central 95 % of the errors at the time chosen, %."""
        low, high = 100 * self.now.percentiles(2.5, 97.5)[:, 0]
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Patient:
    """One patient who falls mono-exponentially.

    Attributes
    ----------
    half_life_h, time_h : float
    times_h, errors : array
        Error of 2t/ln 2 at every time.
    known : array
        Error of the population's median half-life at every time.
    error, known_error : float
        At the time chosen.
    """

    half_life_h: float
    time_h: float
    times_h: np.ndarray
    errors: np.ndarray
    known: np.ndarray
    error: float
    known_error: float

    @property
    def peak_h(self) -> float:
        """Where 2t/ln 2 is highest."""
        return float(self.times_h[np.argmax(self.errors)])


class SinglePointPage(t.HasTraits):
    """Population, method, time, and what the learner predicted.

    Traits
    ------
    tissue : str
        Key in :data:`TISSUES`, or "" after a number of it was changed.
    median_h, gsd : float
        Of the effective half-life.
    method : str
        In :data:`METHODS`.
    noise_percent : float
        Relative standard uncertainty of the measured activity.
    time_h : float
        Of the single scan.
    patient_h : float
        Effective half-life of the one patient of the second figure.
    predictions : dict of str to str
        By question.
    skipped : bool
    """

    tissue = t.Unicode("kidneys, DOTATATE")
    median_h = t.Float(51.0)
    gsd = t.Float(1.25)
    method = t.Enum(METHODS, "known_half_life")
    noise_percent = t.Float(0.0)
    time_h = t.Float(24.0)
    patient_h = t.Float(51.0)
    predictions = t.Dict()
    skipped = t.Bool(False)

    def __init__(self):
        super().__init__()
        self._kept: tuple = ((), None)

    def choose(self, tissue: str) -> None:
        """Take the half-lives of a tissue."""
        if tissue not in TISSUES:
            raise InputError(f"tissue must be one of {', '.join(TISSUES)}, got {tissue!r}")
        self.tissue = tissue
        self.median_h, self.gsd = TISSUES[tissue]

    def reset(self) -> None:
        """As at the first visit; what was predicted stays."""
        for name in ("method", "noise_percent", "time_h", "patient_h"):
            setattr(self, name, self.traits()[name].default_value)
        self.choose("kidneys, DOTATATE")

    @t.validate(*RANGES)
    def _within(self, proposal):
        (low, high), value = RANGES[proposal["trait"].name], proposal["value"]
        if not low <= value <= high:  # not of NaN, which compares with nothing
            raise InputError(f"{proposal['trait'].name} must lie between {low:g} and {high:g}, got {value!r}")
        return value

    @t.observe("median_h", "gsd")
    def _of_no_tissue(self, change):
        if self.tissue and (self.median_h, self.gsd) != TISSUES[self.tissue] and change["name"] != "tissue":
            found = [name for name, numbers in TISSUES.items() if numbers == (self.median_h, self.gsd)]
            self.tissue = found[0] if found else self.tissue

    @property
    def asked(self) -> bool:
        """Whether the figures wait for the predictions."""
        return not (self.skipped or set(self.predictions) == set(QUESTIONS))

    def predict(self, **choices: str) -> None:
        """Commit to an answer to every question; the first one stays."""
        for name, options in QUESTIONS.items():
            if choices.get(name) not in options:
                raise InputError(f"{name} must be one of {', '.join(options)}, got {choices.get(name)!r}")
        self.predictions = {**choices, **self.predictions}

    def _errors(self, times_h, method=None) -> SinglePointErrors:
        return single_point_errors(
            times_h, self.median_h, self.gsd, NUCLIDE, method or self.method, self.noise_percent / 100
        )

    def answer(self) -> Answer:
        """Over the population. What does not depend on the time of the scan is remembered."""
        key = (self.median_h, self.gsd, self.method, self.noise_percent)
        if self._kept[0] != key:
            self._kept = (key, self._errors(_GRID_H))
        return Answer(self._kept[1], self._errors(self.time_h), self.time_h)

    def patient(self) -> Patient:
        """One patient."""
        times = np.linspace(2, 240, 477)
        truth = 1 / known_half_life_tia(1.0, times, self.patient_h)
        chosen = 1 / known_half_life_tia(1.0, self.time_h, self.patient_h)
        return Patient(
            half_life_h=self.patient_h,
            time_h=self.time_h,
            times_h=times,
            errors=haenscheid_tia(truth, times) - 1,
            known=known_half_life_tia(truth, times, self.median_h) - 1,
            error=float(haenscheid_tia(chosen, self.time_h) - 1),
            known_error=float(known_half_life_tia(chosen, self.time_h, self.median_h) - 1),
        )

    def truths(self) -> dict[str, tuple[str, float]]:
        """The right answer to each question for the kidneys, and the number behind it."""
        kidneys = single_point_errors(np.arange(12.0, 240.5), *TISSUES["kidneys, DOTATATE"], NUCLIDE, "known_half_life")
        best = kidneys.best_time_h
        nearest = min(QUESTIONS["when"], key=lambda hours: abs(float(hours) - best))
        shortcut = single_point_errors(_GRID_H, 60, 1.6, NUCLIDE, "haenscheid")
        most = 100 * float(shortcut.errors.max())
        return {"when": (nearest, best), "most": ("6" if most < 10 else "25" if most < 40 else "none", most)}

    def virtual(self):
        """The chosen time on virtual patients, whose kidneys take up, are noisy and fall in one phase.

        Returns
        -------
        mrtlab.patients.Comparison
        """
        from mrtlab import patients  # late: it takes a while

        hours = f"{self.time_h:g}"
        names = [f"haenscheid@{hours}", f"known_half_life@{hours}", f"map@{hours}", "mono@24,72,168"]
        return patients.compare(patients.cohort("prrt", _COHORT, _SEED), names)

    def code(self) -> str:
        """A script of at most 15 lines that computes the numbers shown, without widgets."""
        return "\n".join(
            [
                "from mrtlab import kinetics",
                "",
                "errors = kinetics.single_point_errors(",
                f"    times_h={self.time_h!r},",
                f"    half_life_median_h={self.median_h!r},",
                f"    half_life_gsd={self.gsd!r},",
                f"    nuclide={NUCLIDE!r},",
                f"    method={self.method!r},",
                f"    noise_rel={self.noise_percent / 100!r},",
                ")",
                "low, high = 100 * errors.percentiles(2.5, 97.5)[:, 0]",
                'print(f"bias {100 * errors.bias[0]:+.1f} %, 95 % from {low:+.1f} to {high:+.1f} %")',
            ]
        )

    def csv(self) -> str:
        """Percentiles, bias, spread and worst 1 % for every time, in per cent."""
        times = self.answer().times
        columns = 100 * np.column_stack(
            [times.percentiles(2.5, 25, 50, 75, 97.5).T, times.bias, times.spread, times.rms, times.worst]
        )
        head = "time_h,p2.5_%,p25_%,p50_%,p75_%,p97.5_%,bias_%,spread_%,rms_%,worst_1_%"
        rows = (
            ",".join(f"{one:.4g}" for one in (hours, *row)) for hours, row in zip(times.times_h, columns, strict=True)
        )
        return "\n".join([head, *rows, ""])

    def state(self) -> dict:
        """What is kept between visits."""
        names = (*RANGES, "tissue", "method", "predictions", "skipped")
        return {name: getattr(self, name) for name in names}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        for name in ("tissue", *RANGES, "method", "skipped"):
            if name not in state:
                continue
            try:
                if isinstance(state[name], bool) != (name == "skipped"):
                    raise InputError(f"{name} must not be {state[name]!r}")
                if name == "tissue" and state[name] not in TISSUES:
                    raise InputError(f"there is no tissue {state[name]!r}")
                setattr(self, name, state[name])
            except (t.TraitError, InputError, OverflowError):
                whole = False
        said = state.get("predictions")
        if said:
            try:
                self.predict(**said)
            except (InputError, TypeError):
                whole = False
        return whole
