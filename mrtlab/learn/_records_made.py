"""Records made from the numbers of an exercise: the beginning a learner gets, and whole ones for audit and tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from uncertainties import UFloat, ufloat

from mrtlab import planning
from mrtlab.learn._filled import render
from mrtlab.learn._schema_record import FINAL, Made
from mrtlab.learn.expressions import Formulas
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

__all__ = ["begun", "made"]

_FIRST = datetime(2025, 3, 3, 8, tzinfo=UTC)  # before any learner opens one: steps are in the order of their times
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_FRACTIONS = (0.75, 1.0)  # of the planned activity: the range that is presented


def begun(asked, formulas: Formulas, name: str, code: str) -> DosimetryRecord:
    """The record as the learner gets it, the same whenever it is made.

    Parameters
    ----------
    asked : mrtlab.learn._schema_record.Recorded
    formulas : Formulas
    name, code : str
        Of the exercise, and of the learner's variant.
    """
    whole = hashlib.sha256(f"{name}/{code}".encode()).hexdigest()
    # letters only: digits could look like a date of birth or a hospital number
    letters = "".join(_LETTERS[int(whole[2 * place : 2 * place + 2], 16) % len(_LETTERS)] for place in range(4))
    return made(asked.make, formulas, asked.begun, f"{name}-{letters}", whole[:32])


def made(make: Made, formulas: Formulas, until: str, pseudonym: str = "CASE-A", ident: str = "") -> DosimetryRecord:
    """A record as far as a step, from what an exercise says of it.

    Raises
    ------
    InputError
        If the record itself refuses.
    """
    return _Maker(make, formulas, pseudonym, ident).until(until)


class _Maker:
    def __init__(self, make: Made, formulas: Formulas, pseudonym: str, ident: str):
        self.make, self._formulas, self._run = make, formulas, formulas.run
        self.doctor, self.expert = Person(make.physician, "MD"), Person(make.expert, "MPE")
        at = _FIRST
        begun = DosimetryRecord.begin(
            pseudonym, make.therapy, make.nuclide, make.product, int(self._number(make.cycle)), at=at
        )
        if ident:
            begun = DosimetryRecord(begun.header.model_copy(update={"record_id": ident}))
        self.record, self._at = begun, at

    def until(self, step: str) -> DosimetryRecord:
        steps = ("intent", "options", "decision", "prescription", "plan", "administration", "verification", FINAL)
        for one in steps[: steps.index(step) + 1]:
            getattr(self, f"_{one}")()
        return self.record

    def _take(self, method: str, *what, **more) -> None:
        self._at += timedelta(minutes=10)
        self.record = getattr(self.record, method)(*what, **more, at=self._at)

    def _number(self, formula: str) -> float:
        value = self._run(formula)
        return float(value.nominal_value if isinstance(value, UFloat) else value)

    def _maybe(self, formula: str | None) -> float | None:
        return None if formula is None else self._number(formula)

    def _words(self, text: str) -> str | None:
        return render(text, self._formulas) or None

    def _uncertain(self, formula: str):
        value = self._run(formula)
        return ufloat(value.nominal_value, value.std_dev) if isinstance(value, UFloat) else float(value)

    def _expected(self, tissue) -> planning.ExpectedRange:
        median, gsd = self._run(tissue.expected)
        return planning.expected_range(float(median), float(gsd))

    @property
    def _planned(self):
        return {name: one for name, one in self.make.tissues.items() if one.expected is not None}

    def _intent(self) -> None:
        targets = [name for name, one in self.make.tissues.items() if one.target]
        at_risk = [name for name, one in self.make.tissues.items() if not one.target]
        self._take("declare_intent", self.doctor, self.make.indication, self.make.intent, targets, at_risk)

    def _options(self) -> None:
        activity = self._number(self.make.activity_mbq)
        doses, limits = {}, {}
        for name, one in self._planned.items():
            expected = self._expected(one)
            doses[name] = planning.TissueDose(expected.median_gy / activity, expected.gsd)
            if one.limit_gy is not None:
                limits[name] = self._number(one.limit_gy)
        table = planning.activity_options([activity * part for part in _FRACTIONS], doses, limits)
        unknown = {name: one.unknown for name, one in self.make.tissues.items() if one.expected is None}
        self._take("present_options", self.expert, table, self.make.basis, unknown)

    def _decision(self) -> None:
        self._take("decide", self.doctor, "treat", "benefit is expected at the doses presented")

    def _prescription(self) -> None:
        limits = tuple(
            planning.Constraint(name, "limit", self._number(one.limit_gy), source=one.limit_source)
            for name, one in self._planned.items()
            if one.limit_gy is not None
        )
        activity = self._number(self.make.activity_mbq)
        reason = "the larger of the activities presented"
        prescription = planning.Prescription(self.doctor.name, self.expert.name, activity, limits, 2, reason)
        self._take("prescribe", self.doctor, prescription)

    def _plan(self) -> None:
        regions = [
            PlannedRegion(
                name, self._expected(one), self._number(one.mass_g), one.mass_method, self.make.basis, one.constant
            )
            for name, one in self._planned.items()
        ]
        self._take("fix_plan", self.expert, self._number(self.make.activity_mbq), regions)

    def _administration(self) -> None:
        make = self.make
        started = self._run(make.started_at) if make.started_at else self._at
        self._take(
            "administer",
            self.expert,
            self._uncertain(make.administered_mbq),
            measured_at=started,
            started_at=started,
            residual_mbq=self._maybe(make.residual_mbq),
            residual_reason=self._words(make.residual_reason),
            calibrator=make.calibrator,
            traceability=make.traceability,
            route=make.route,
        )

    def _verification(self) -> None:
        measured = [
            MeasuredRegion(
                name,
                self._uncertain(one.dose_gy),
                self._number(one.mass_g),
                one.mass_method,
                one.kinetics,
                one.constant,
                points=int(self._number(one.points)),
                partial_volume=one.recovered,
                systematic_rel=self._number(one.systematic),
            )
            for name, one in self.make.tissues.items()
            if one.dose_gy is not None
        ]
        missing = {name: one.missing for name, one in self._planned.items() if one.dose_gy is None}
        make = self.make
        self._take(
            "verify",
            self.expert,
            measured,
            missing,
            investigation=self._words(make.investigation),
            next_cycle=self._words(make.next_cycle),
            remarks=self._words(make.remarks),
        )

    def _final(self) -> None:
        self._take("sign", self.expert)
        self._take("sign", self.doctor)
