"""What the kidney-dose page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, replace

import traitlets as t
from uncertainties import UFloat, ufloat

import mrtlab
from mrtlab import dose, kinetics, tables
from mrtlab.apps.kidney_dose.saved import CHOSEN, COMMITTED, restore
from mrtlab.dose import Interval95
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics import MODELS, Fit, Selection, TimeActivity

__all__ = ["BEST", "DECISIONS", "PREDICTED", "PREDICTIONS", "RANGES", "Answer", "KidneyDose"]

BEST = "best"
DATASET = "lu177-dotatate-patient4"
PREDICTED = "kidney_left"  # the region whose last point the learner makes a prediction about
PREDICTIONS = ("less than 5 %", "5 to 15 %", "more than 15 %")
DECISIONS = ("report", "scan", "cannot")
RANGES = {"cv_percent": (0.1, 50.0), "mass_g": (1e-4, 5e5), "mass_u_g": (1e-6, 5e5)}
_EVALUATIONS_KEPT = 100


@dataclass(frozen=True, eq=False)
class Answer:
    """One evaluation of one region.

    Attributes
    ----------
    measured, kept : TimeActivity
        All points, and those in the fit.
    selection : Selection or None
        None if every curve was refused.
    fit : Fit or None
        The curve shown.
    tia_mbq_h, dose_gy : ufloat or None
    refusal : str
        Why there is no fit, or "".
    unsupported : str
        Why every curve was refused, or "".
    flags : tuple of str
        Of the fit, of the region (``MODELS_DISAGREE`` whichever curve is chosen) and of the dose.
    mass_g : ufloat, float or None
    mass_u_kept : bool
        Whether the mass was typed and still has the uncertainty of the mass in the table.
    picture : tuple
        What the figure depends on: the same picture for the same tuple.
    """

    measured: TimeActivity
    kept: TimeActivity
    selection: Selection | None
    fit: Fit | None
    tia_mbq_h: UFloat | None
    dose_gy: UFloat | None
    refusal: str
    unsupported: str
    flags: tuple[str, ...]
    mass_g: UFloat | float | None
    mass_u_kept: bool
    picture: tuple

    @property
    def dose_gy_per_gbq(self) -> UFloat | None:
        """Absorbed dose per administered activity."""
        administered = self.measured.administered_mbq
        return self.dose_gy / (administered / 1000) if self.dose_gy is not None and administered else None

    @property
    def interval(self) -> Interval95 | None:
        """95 % interval of the dose, or of the time-integrated activity where there is no dose."""
        if self.dose_gy is not None:
            return dose.interval95(self.dose_gy, self.mass_g)
        return None if self.tia_mbq_h is None else dose.interval95(self.tia_mbq_h)

    @property
    def curve_rejected(self) -> bool:
        """Whether the curve shown is one that the points do not support."""
        return self.fit is not None and (self.selection is None or self.fit.model in self.selection.rejected)

    @property
    def dose_span_gy(self) -> tuple[float, float] | None:
        """Smallest and largest dose of all curves that fit."""
        if self.selection is None or self.mass_g is None:
            return None
        mass = getattr(self.mass_g, "nominal_value", self.mass_g)
        low, high = (dose.local(end, mass, self.measured.nuclide) for end in self.selection.span_tia_mbq_h)
        return low, high

    @property
    def supported_dose_gy(self) -> UFloat | None:
        """Dose by the supported curve or curves, whichever is chosen."""
        if self.selection is None or self.mass_g is None:
            return None
        return dose.local(self.selection.tia_mbq_h, self.mass_g, self.measured.nuclide)


class KidneyDose(t.HasTraits):
    """Table, choices and what follows from them.

    Traits
    ------
    table : TacTable
    source : str
        Name of the user's own file; "" for the patient that comes with mrtlab.
    region, used, curve : str, tuple of bool, str
        Region; which of its points are in the fit; ``"best"`` or a name in :data:`mrtlab.kinetics.MODELS`.
    cv_percent : float or None
        Relative uncertainty of every point instead of the table's.
    mass_g, mass_u_g : float or None
        Mass and its standard uncertainty.
    prediction, decision, reason, discussion : str
        What the learner committed, and what was said to it.
    skipped : bool
        Whether the learner asked to go on without a prediction.
    """

    table = t.Instance(tables.TacTable)
    source = t.Unicode("")
    region = t.Unicode()
    used = t.Tuple()
    curve = t.Unicode(BEST)
    cv_percent = t.Float(None, allow_none=True)
    mass_g = t.Float(None, allow_none=True)
    mass_u_g = t.Float(None, allow_none=True)
    prediction = t.Unicode("")
    skipped = t.Bool(False)
    decision = t.Unicode("")
    reason = t.Unicode("")
    discussion = t.Unicode("")

    def __init__(self):
        super().__init__()
        self._evaluated: dict[tuple, tuple] = {}
        self._fitted: dict[tuple, tuple] = {}
        self._best: dict[str, str] = {}  # the curve last found best, by region
        self._tables = 0
        self.use_patient()

    def use_patient(self) -> None:
        """Back to the patient that comes with mrtlab, with all points and the best-supported curve."""
        self._use(tables.read_tac(mrtlab.dataset(DATASET) / "tac.csv"), "")

    def use_file(self, name: str, content: bytes) -> None:
        """Read the user's own table.

        Raises
        ------
        InputError
            With the reader's own message; the model is then as it was.
        """
        try:
            self._use(tables.read_tac(content), name)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None

    def _use(self, table, source: str) -> None:
        for region, mass in table.masses_g.items():
            _require_mass(region, mass)
        for kept in (self._evaluated, self._fitted, self._best):
            kept.clear()
        self._tables += 1
        with self.hold_trait_notifications():
            self.table, self.source = table, source
            self.curve, self.cv_percent = BEST, None
            self.choose(table.regions[0])

    def choose(self, region: str) -> None:
        """Take another region: all its points, its mass from the table."""
        if region not in self.table.regions:
            raise InputError(f"region must be one of {', '.join(self.table.regions)}, got {region!r}")
        mass = self.table.masses_g.get(region)
        with self.hold_trait_notifications():
            self.region = region
            self.used = (True,) * len(self.table[region])
            self.mass_g = None if mass is None else float(getattr(mass, "nominal_value", mass))
            self.mass_u_g = float(mass.std_dev) if isinstance(mass, UFloat) else None

    @t.validate("curve", "prediction", "decision")
    def _known(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        options = {"curve": (BEST, *MODELS), "prediction": ("", *PREDICTIONS), "decision": ("", *DECISIONS)}[name]
        if value not in options:
            raise InputError(f"{name} must be one of {', '.join(map(repr, options))}, got {value!r}")
        return value

    @t.validate(*RANGES)
    def _within(self, proposal):
        (low, high), value = RANGES[proposal["trait"].name], proposal["value"]
        if value is not None and not low <= value <= high:  # not of NaN, which compares with nothing
            raise InputError(f"{proposal['trait'].name} must lie between {low:g} and {high:g}, got {value!r}")
        return value

    @property
    def gated(self) -> bool:
        """Whether the points are to stay in the fit until the learner has committed to a prediction, or skipped it.

        Only where the prediction is about: taking the last point out would answer it. All else works at once.
        """
        undecided = not (self.prediction or self.skipped or self.source)
        return undecided and self.region == PREDICTED and all(self.used)

    def measured(self) -> TimeActivity:
        """All points of the region, with the uncertainty in force."""
        curve = self.table[self.region]
        return curve if self.cv_percent is None else curve.with_cv(self.cv_percent / 100)

    def mass(self) -> UFloat | float | None:
        """Mass with its uncertainty where that is known."""
        if self.mass_g is None or not self.mass_u_g:
            return self.mass_g
        return ufloat(self.mass_g, self.mass_u_g)

    def first(self) -> Answer | None:
        """The answer as far as the picture needs it: the chosen curve, or that which was best last time.

        One fit instead of seven, to be painted before the curves are compared. None if there is no such fit, or
        nothing to gain because the comparison is known.
        """
        if self._key(self.used) in self._evaluated:
            return None
        name = self._best.get(self.region, "mono") if self.curve == BEST else self.curve
        measured, kept = self._points(self.used)
        fit, _ = self._fit(kept, self.used, name)
        if fit is None:
            return None
        return self._answer(measured, kept, self.used, selection=None, unsupported="", fit=fit, tia=None, refusal="")

    def answer(self, used: tuple[bool, ...] | None = None) -> Answer:
        """Fit, integrate, and turn into dose. What was computed once is remembered.

        Parameters
        ----------
        used : tuple of bool, optional
            Points in the fit; by default those chosen.
        """
        used = self.used if used is None else used
        key = self._key(used)
        if key not in self._evaluated:
            self._remember(self._evaluated, key, self._compare(used))
        measured, kept, selection, unsupported = self._evaluated[key]
        if self.curve == BEST:
            fit, tia = (None, None) if selection is None else (selection.best, selection.tia_mbq_h)
            refusal = unsupported
        else:
            fit, refusal = selection.fits.get(self.curve) if selection else None, ""
            if fit is None:
                fit, refusal = self._fit(kept, used, self.curve)
            tia = fit.tia_mbq_h if fit else None
        return self._answer(
            measured, kept, used, selection=selection, unsupported=unsupported, fit=fit, tia=tia, refusal=refusal
        )

    def _answer(self, measured, kept, used, *, selection, fit, tia, **reasons) -> Answer:
        mass = self.mass()
        flags = selection.flags if selection and fit is selection.best else (fit.flags if fit else kept.flags)
        # how far the curves differ belongs to the points, not to the curve one looks at
        if selection and Flag.MODELS_DISAGREE in selection.flags and Flag.MODELS_DISAGREE not in flags:
            flags = (*flags, Flag.MODELS_DISAGREE)
        answer = Answer(
            measured=measured,
            kept=kept,
            selection=selection,
            fit=fit,
            tia_mbq_h=tia,
            dose_gy=None if tia is None or mass is None else dose.local(tia, mass, kept.nuclide),
            flags=flags,
            mass_g=mass,
            mass_u_kept=self._mass_u_kept,
            picture=(*self._key(used), fit.model if fit else ""),
            **reasons,
        )
        return answer if answer.interval is None else replace(answer, flags=(*flags, *answer.interval.flags))

    def _key(self, used) -> tuple:
        return self._tables, self.region, tuple(used), self.cv_percent

    def _points(self, used) -> tuple[TimeActivity, TimeActivity]:
        if not any(used):
            raise InputError("no point is left; tick at least one")
        measured = self.measured()
        return measured, measured.keep(used)

    def _compare(self, used) -> tuple:
        """All points, those in use, the curves compared, and why none is supported."""
        measured, kept = self._points(used)
        try:
            selection = kinetics.select(kept)
        except InputError as refused:
            return measured, kept, None, str(refused).removeprefix(f"{self.region}: ")
        self._best[self.region] = selection.best.model
        return measured, kept, selection, ""

    def _fit(self, kept, used, name) -> tuple[Fit | None, str]:
        """One curve, or why it is refused."""
        key = (*self._key(used), name)
        if key not in self._fitted:
            try:
                found = kinetics.fit(kept, name), ""
            except InputError as refused:
                found = None, str(refused)
            self._remember(self._fitted, key, found)
        return self._fitted[key]

    @staticmethod
    def _remember(kept: dict, key, value) -> None:
        if len(kept) >= _EVALUATIONS_KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = value

    def without_last(self) -> tuple[Answer, Answer]:
        """The region with all its points, and without the last one: what the learner is asked to predict."""
        points = len(self.table[self.region])
        return self.answer((True,) * points), self.answer((*(True,) * (points - 1), False))

    def code(self) -> str:
        """A script of at most 15 lines that computes the number shown, without widgets."""
        path = repr(self.source) if self.source else f'mrtlab.dataset("{DATASET}") / "tac.csv"'
        curve = f"table[{self.region!r}]"
        curve += "" if self.cv_percent is None else f".with_cv({self.cv_percent / 100!r})"
        curve += "" if all(self.used) else f".keep({list(self.used)})"
        fitted = "select(curve)" if self.curve == BEST else f"fit(curve, {self.curve!r})"
        lines = [
            "import mrtlab",
            *(["from uncertainties import ufloat"] if self._mass_changed and self.mass_u_g else []),
            "",
            f"table = mrtlab.read_tac({path})",
            f"curve = {curve}",
            f"result = mrtlab.kinetics.{fitted}",
            'print("TIA", result.tia_mbq_h, "MBq·h")',
        ]
        if self.mass_g is not None:
            mass = f"ufloat({self.mass_g!r}, {self.mass_u_g!r})" if self.mass_u_g else f"{self.mass_g!r}"
            if not self._mass_changed:
                mass = f"table.masses_g[{self.region!r}]"
            doubtful = Flag.LINEARISATION_DOUBTFUL in self.answer().flags
            said = "mrtlab.dose.interval95(dose_gy, mass_g)" if doubtful else "dose_gy"
            lines += [
                f"mass_g = {mass}",
                "dose_gy = mrtlab.dose.local(result.tia_mbq_h, mass_g, curve.nuclide)",
                f'print("dose", {said}, "Gy")',
            ]
        return "\n".join(lines)

    @property
    def _mass_changed(self) -> bool:
        mass = self.table.masses_g.get(self.region)
        return mass is None or (self.mass_g, self.mass_u_g or 0.0) != (
            getattr(mass, "nominal_value", mass),
            getattr(mass, "std_dev", 0.0),
        )

    @property
    def _mass_u_kept(self) -> bool:
        of_table = self.table.masses_g.get(self.region)
        known = isinstance(of_table, UFloat) and self.mass_u_g == of_table.std_dev
        return known and self.mass_g != of_table.nominal_value

    def state(self) -> dict:
        """What is kept between visits: choices and committed answers, never the contents of a user's table."""
        return {name: getattr(self, name) for name in (COMMITTED if self.source else (*CHOSEN, *COMMITTED))}

    def restore(self, state: dict) -> tuple[str, ...]:
        """Take up a saved state; the names of what does not fit and was left at its default."""
        return restore(self, state)


def _require_mass(region: str, mass: UFloat | float) -> None:
    parts = {"mass_g": float(getattr(mass, "nominal_value", mass)), "mass_u_g": getattr(mass, "std_dev", None)}
    for name, number in parts.items():
        low, high = RANGES[name]
        if number is not None and not low <= number <= high:
            what = "mass" if name == "mass_g" else "uncertainty of the mass"
            raise InputError(
                f"the {what} of {region!r} is {number:g} g; it must lie between {low:g} and {high:g} g. Is the unit "
                "right?"
            )
