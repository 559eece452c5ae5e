"""The form of a question that is answered with a dosimetry record."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mrtlab.learn._schema_data import Formula, Model, Words

__all__ = ["FINAL", "Made", "MadeTissue", "Recorded", "Requirement"]

FINAL = "final"
Step = Literal["intent", "options", "decision", "prescription", "plan", "administration", "verification"]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class MadeTissue(Model):
    """A tissue of a record that is made from the exercise's numbers."""

    target: bool = Field(False, description="To be treated; otherwise at risk.")
    mass_g: Formula = "100"
    expected: Formula | None = Field(None, description="Median in Gy and geometric SD of the plan; none: not planned.")
    limit_gy: Formula | None = None
    limit_source: str = ""
    unknown: str = Field("", description="Why no dose can be given before; where nothing is expected.")
    dose_gy: Formula | None = Field(None, description="What was measured, with its uncertainty.")
    missing: str = Field("", description="Why there is no dose; where it was planned.")
    points: Formula = "1"
    systematic: Formula = Field("0", description="Part of the relative uncertainty that all cycles have in common.")
    recovered: bool = True
    mass_method: Line = "outline on CT"
    kinetics: Words = "effective half-life of a population"
    constant: Line = "electrons absorbed locally"


class Made(Model):
    """What a right record holds: the part that is given to the learner, and the part that audit and tests add."""

    therapy: Line
    nuclide: Line
    product: Line
    cycle: Formula = "1"
    indication: Line
    intent: Words
    physician: Line
    expert: Line
    basis: Words = Field(description="What the doses of the options rest on.")
    activity_mbq: Formula = Field(description="Prescribed and planned.")
    tissues: dict[Line, MadeTissue] = Field(min_length=1)
    administered_mbq: Formula
    started_at: Formula | None = Field(None, description="A clock of the exercise.")
    residual_mbq: Formula | None = None
    residual_reason: str = ""
    route: Line = "intravenous"
    calibrator: Line = "activity meter of the department"
    traceability: Line = "national standard, by comparison"
    investigation: str = ""
    next_cycle: str = ""
    remarks: str = ""


class Requirement(Model):
    """What must hold of a record, what is said where it does not, and a record of which it does not hold."""

    that: Formula = Field(description="A formula with record, such as near(record.dose_gy('kidney'), kidney, 0.03).")
    say: Words
    but: dict[str, Any] = Field(
        min_length=1, description="What is otherwise in a record that fails this alone; for the audit. Fields of make."
    )


class Recorded(Model):
    """A record that the learner completes on the page of records and hands in."""

    until: Step | Literal["final"] = Field(FINAL, description="How far it must have come.")
    begun: Step | None = Field(None, description="How far it has come when the learner gets it; without: nothing.")
    caption: str = Field("", description="What the begun record is.")
    make: Made
    require: list[Requirement] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self):
        if self.begun and len(self.caption) < 3:
            raise ValueError("say in caption what the record is that the learner gets")
        for number, one in enumerate(self.require, 1):
            if "record." not in one.that:
                raise ValueError(f"require {number} says nothing of the record: {one.that}")
            self.otherwise(number)
        return self

    def otherwise(self, number: int) -> Made:
        """What is in the record that fails one requirement, from 1; 0 is the right one."""
        if not number:
            return self.make
        return Made.model_validate(_merged(self.make.model_dump(exclude_unset=True), self.require[number - 1].but))


def _merged(fields: dict, other: dict) -> dict:
    both = dict(fields)
    for name, value in other.items():
        deeper = isinstance(value, dict) and isinstance(both.get(name), dict)
        both[name] = _merged(both[name], value) if deeper else value
    return both
