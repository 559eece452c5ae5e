"""What the curve-fitting page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, replace

import traitlets as t
from uncertainties import UFloat

from mrtlab import kinetics, tables
from mrtlab.apps.curve_fitting.editing import Editing
from mrtlab.apps.curve_fitting.lessons import LESSONS, Lesson, Truth
from mrtlab.apps.curve_fitting.saved import restore, work
from mrtlab.errors import InputError
from mrtlab.kinetics import MODELS, Fit, Selection, TimeActivity

__all__ = ["BEST", "RANGES", "WEIGHTS", "Answer", "CurveFitting"]

BEST = "best"
WEIGHTS = ("cv", "same", "counts", "given")
RANGES = {"cv_percent": (0.1, 100.0), "u_mbq": (1e-6, 1e9)}
_KEPT = 100


@dataclass(frozen=True, eq=False)
class Answer:
    """One evaluation of the points.

    Attributes
    ----------
    measured, kept : TimeActivity
        All points, and those in the fit.
    selection : Selection or None
        None while it was not asked for, or if every curve was refused.
    fit : Fit or None
        The curve shown.
    tia_mbq_h : ufloat or None
    refusal, unsupported : str
        Why there is no fit; why every curve was refused.
    truth : Truth or None
        Of a lesson, once the learner has committed.
    limits : tuple of float
        Of the axes, which stand still while a point is dragged.
    hidden : bool
        The learner has not committed yet: points alone.
    complete : bool
        False while the curves have not been compared.
    """

    measured: TimeActivity
    kept: TimeActivity
    selection: Selection | None = None
    fit: Fit | None = None
    tia_mbq_h: UFloat | None = None
    refusal: str = ""
    unsupported: str = ""
    truth: Truth | None = None
    limits: tuple[float, float, float] = (1.0, 1.0, 1.0)
    hidden: bool = False
    complete: bool = True

    @property
    def flags(self) -> tuple[str, ...]:
        """Of the fit and, where it is the best one, of the comparison."""
        if self.fit is None:
            return self.kept.flags
        best = self.selection is not None and self.fit is self.selection.best
        return self.selection.flags if best else self.fit.flags


class CurveFitting(Editing):
    """Points, what is done with them, and what the learner predicted.

    Traits
    ------
    lesson : str
        Key in :data:`LESSONS`.
    points : tuple of Point
        In order of time.
    used : tuple of bool
        Which of them are in the fit.
    weights : str
        ``"cv"``: per cent of each; ``"same"``: the same MBq for all; ``"counts"``; ``"given"``: each point's own.
    cv_percent, u_mbq : float
        For the first two.
    curve : str
        ``"best"`` or a name in :data:`mrtlab.kinetics.MODELS`.
    predictions : dict of str to str
        By lesson.
    skipped : tuple of str
        Lessons whose prediction was skipped.
    source, region, nuclide : str
        Of the learner's own table; "" without one.
    """

    lesson = t.Enum(tuple(LESSONS), "aicc")
    points = t.Tuple()
    used = t.Tuple()
    weights = t.Enum(WEIGHTS, "cv")
    cv_percent = t.Float(5.0)
    u_mbq = t.Float(5.0)
    curve = t.Enum((BEST, *MODELS), BEST)
    predictions = t.Dict()
    skipped = t.Tuple()
    source = t.Unicode("")
    region = t.Unicode("")
    nuclide = t.Unicode("Lu-177")

    def __init__(self):
        super().__init__()
        self.table: tables.TacTable | None = None
        self._works: dict[str, dict] = {}  # what was done in the other lessons
        self._limits: tuple[float, float, float] | None = None
        self._compared: dict[tuple, tuple] = {}
        self._best: dict[str, str] = {}
        self.reset()

    # ---- lessons

    @property
    def now(self) -> Lesson:
        """The lesson that is open."""
        return LESSONS[self.lesson]

    def open(self, lesson: str) -> None:
        """Go to another lesson; what was done in this one is found again."""
        if lesson not in LESSONS:
            raise InputError(f"lesson must be one of {', '.join(LESSONS)}, got {lesson!r}")
        self._works[self.lesson] = work(self)
        self.lesson = lesson
        self._start()
        if lesson in self._works:
            restore(self, self._works[lesson])
        self._limits = None

    def reset(self) -> None:
        """The lesson's own points, all in the fit; what was predicted stays."""
        self._works.pop(self.lesson, None)
        self._start()

    def _start(self) -> None:
        with self.hold_trait_notifications():
            self.table, self.source, self.region, self.nuclide = None, "", "", "Lu-177"
            self._put(self.now.points)
            self.weights, self.curve = "cv", BEST
            if self.now.curve:
                self.curve = self.now.curve
            if self.now.weights:
                self.weights = self.now.weights
            self.cv_percent, self.u_mbq = self.now.cv_percent, 5.0

    def _put(self, points, used=None) -> None:
        self.points = tuple(points)
        self.used = (True,) * len(self.points) if used is None else tuple(used)
        self._limits = None

    @property
    def asked(self) -> bool:
        """Whether the fit waits for a prediction."""
        return bool(self.now.options) and self.lesson not in self.predictions and self.lesson not in self.skipped

    def predict(self, choice: str) -> None:
        """Commit to a prediction; the first one stays."""
        if choice not in [value for _, value in self.now.options]:
            raise InputError(f"the prediction must be one of the answers, got {choice!r}")
        self.predictions = {self.lesson: choice, **self.predictions}

    def skip(self) -> None:
        """Go on without a prediction."""
        self.skipped = tuple(dict.fromkeys([*self.skipped, self.lesson]))

    # ---- evaluation

    @property
    def possible_weights(self) -> tuple[str, ...]:
        """Weights for which every point brings what they need."""
        missing = {
            "counts": any(point.counts is None for point in self.points),
            "given": any(point.u_mbq is None for point in self.points),
        }
        return tuple(name for name in WEIGHTS if not missing.get(name))

    @t.validate("cv_percent", "u_mbq")
    def _within(self, proposal):
        (low, high), value = RANGES[proposal["trait"].name], proposal["value"]
        if not low <= value <= high:  # not of NaN, which compares with nothing
            raise InputError(f"{proposal['trait'].name} must lie between {low:g} and {high:g}, got {value!r}")
        return value

    @property
    def uncertainty(self) -> dict:
        """The keyword of :class:`TimeActivity` that the weights stand for."""
        if self.weights == "counts":
            return {"counts": [point.counts for point in self.points]}
        if self.weights == "given":
            return {"sigma_mbq": [point.u_mbq for point in self.points]}
        return {"cv": self.cv_percent / 100} if self.weights == "cv" else {"sigma_mbq": self.u_mbq}

    def measured(self, points=None, **uncertainty) -> TimeActivity:
        """All points, with the uncertainty in force or another one."""
        points = self.points if points is None else points
        return TimeActivity(
            [point.time_h for point in points],
            [point.mbq for point in points],
            **(uncertainty or self.uncertainty),
            nuclide=self.nuclide,
            decay_corrected=False,
            region=self.region,
        )

    @property
    def known(self) -> bool:
        """Whether the curves have been compared for these points, so that the answer comes at once."""
        return self._key in self._compared

    @property
    def _key(self) -> tuple:
        return self.points, self.used, self.nuclide, str(self.uncertainty)

    def quick(self) -> Answer:
        """The curve chosen, or that which was best last time: one fit, for the picture."""
        name = self._best.get(self.lesson, "mono") if self.curve == BEST else self.curve
        return self._fitted(name)

    def answer(self) -> Answer:
        """Compare the curves and show the one chosen. What was compared once is remembered."""
        start = self._start_answer()
        if start.hidden:
            return start
        selection, unsupported = self._compare(start.kept)
        if self.curve == BEST:
            if selection is None:
                return replace(start, refusal=unsupported, unsupported=unsupported)
            return replace(start, selection=selection, fit=selection.best, tia_mbq_h=selection.tia_mbq_h)
        fit = selection.fits.get(self.curve) if selection else None
        shown = self._fitted(self.curve) if fit is None else replace(start, fit=fit, tia_mbq_h=fit.tia_mbq_h)
        return replace(shown, selection=selection, unsupported=unsupported, complete=True)

    def _start_answer(self) -> Answer:
        if not any(self.used):
            raise InputError("no point is left in the fit; tick at least one")
        measured = self.measured()
        if self._limits is None:
            self.settle()
        return Answer(
            measured,
            measured.keep(self.used),
            truth=None if self.asked or self.source else self.now.truth,
            limits=self._limits,
            hidden=self.asked,
        )

    def _fitted(self, name: str) -> Answer:
        start = self._start_answer()
        if start.hidden:
            return start
        try:
            fit = kinetics.fit(start.kept, name)
        except InputError as refused:
            return replace(start, refusal=str(refused), complete=False)
        return replace(start, fit=fit, tia_mbq_h=fit.tia_mbq_h, complete=False)

    def _compare(self, kept: TimeActivity) -> tuple[Selection | None, str]:
        key = self._key
        if key not in self._compared:
            if len(self._compared) >= _KEPT:
                self._compared.pop(next(iter(self._compared)))
            try:
                found = kinetics.select(kept), ""
            except InputError as refused:
                found = None, str(refused).removeprefix(f"{self.region}: ")
            self._compared[key] = found
        selection, unsupported = self._compared[key]
        if selection is not None:
            self._best[self.lesson] = selection.best.model
        return selection, unsupported

    # ---- the rest

    def code(self) -> str:
        """A script of at most 15 lines that computes the number shown, without widgets."""
        name, given = next(iter(self.uncertainty.items()))
        points = list(zip(self.points, self.used, strict=True))
        kept = [point for point, used in points if used]
        if isinstance(given, list):
            given = [one for one, used in zip(given, self.used, strict=True) if used]
        fitted = "select(curve)" if self.curve == BEST else f"fit(curve, {self.curve!r})"
        return "\n".join(
            [
                "from mrtlab import kinetics",
                "",
                "curve = kinetics.TimeActivity(",
                f"    times_h={[point.time_h for point in kept]},",
                f"    activity_mbq={[point.mbq for point in kept]},",
                f"    {name}={given!r},",
                f"    nuclide={self.nuclide!r},",
                "    decay_corrected=False,",
                ")",
                f"result = kinetics.{fitted}",
                'print("TIA", result.tia_mbq_h, "MBq·h")',
            ]
        )

    def csv(self) -> str:
        """The points as a table that this page, and :func:`mrtlab.read_tac`, can read."""
        sigma = self.measured().sigma_mbq
        rows = [f"{p.time_h:.6g},{p.mbq:.6g},{u:.6g}" for p, u in zip(self.points, sigma, strict=True)]
        name = self.region or "region"
        head = [f"# nuclide: {self.nuclide}", "# decay_corrected: no", f"time_h,{name}_mbq,{name}_sigma_mbq"]
        return "\n".join([*head, *rows, ""])

    def state(self) -> dict:
        """What is kept between visits; never the contents of a user's table."""
        works = dict(self._works)
        if not self.source:
            works[self.lesson] = work(self)
        return {
            "lesson": self.lesson,
            "predictions": dict(self.predictions),
            "skipped": list(self.skipped),
            "work": works,
        }

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        predictions, skipped = state.get("predictions", {}), state.get("skipped", [])
        try:
            right = {
                key: value
                for key, value in predictions.items()
                if key in LESSONS and value in [one for _, one in LESSONS[key].options]
            }
            whole = whole and right == predictions
            self.predictions = right
            self.skipped = tuple(key for key in skipped if key in LESSONS)
            works = {key: one for key, one in state.get("work", {}).items() if key in LESSONS and isinstance(one, dict)}
        except (AttributeError, TypeError):
            return False
        self._works = works
        if state.get("lesson") in LESSONS:
            self.lesson = state["lesson"]
        self._start()
        if self.lesson in works:
            whole = restore(self, works[self.lesson]) and whole
        self._limits = None
        return whole
