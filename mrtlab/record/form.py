"""What a dosimetry record holds, field by field: the form of its JSON file, checked strictly in both directions."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_serializer, model_validator

from mrtlab import constants

SCHEMA_VERSION = 1

DECISIONS = ("treat", "do not treat", "cannot be determined")


def _printable(text: str) -> str:
    if text != text.strip():
        raise ValueError("must not begin or end with spaces")
    if not text.replace("\n", "").isprintable():
        raise ValueError("must have printable characters only")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return _printable(text)


def _with_offset(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or moment.isoformat() != text:
        raise ValueError('must be a date and time with its offset, such as "2027-03-02T10:20:00+01:00"')
    return text


def _in_utc(text: str) -> str:
    if datetime.fromisoformat(_with_offset(text)).utcoffset().total_seconds():
        raise ValueError("must be in UTC, with the offset +00:00")
    return text


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8000), AfterValidator(_printable)]
Reason = Annotated[str, StringConstraints(min_length=10, max_length=8000), AfterValidator(_printable)]
Moment = Annotated[str, AfterValidator(_in_utc)]
LocalMoment = Annotated[str, AfterValidator(_with_offset)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Role = Literal["MD", "MPE"]


class Strict(BaseModel):
    """No unknown fields, no conversions, no NaN, and nothing can be assigned."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Sparing(Strict):
    """A part with fields that are left out, and not written as null, where there is nothing to say.

    Records from before such a field keep their text and their hashes.
    """

    @model_serializer(mode="wrap")
    def _without_empty(self, handler):
        later = {name for name, field in type(self).model_fields.items() if not field.is_required()}
        return {name: item for name, item in handler(self).items() if item is not None or name not in later}


class Quantity(Strict):
    """A number and its standard uncertainty, None where it is not known."""

    value: NonNegative
    u: NonNegative | None


class Missing(Strict):
    """A tissue without a dose, and why."""

    region: Line
    reason: Reason


class Intent(Strict):
    """Step i."""

    kind: Literal["intent"] = "intent"
    indication: Line
    intent: Text
    targets: Annotated[tuple[Line, ...], Field(min_length=1)]
    at_risk: tuple[Line, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Intent:
        _once("targets and at_risk", (*self.targets, *self.at_risk))
        return self


class OptionRow(Strict):
    """What one activity would give one tissue."""

    activity_mbq: Positive
    tissue: Line
    median_gy: Positive
    low_gy: Positive
    high_gy: Positive
    limit_gy: Positive | None
    probability_above: Fraction | None


class Options(Strict):
    """Step ii."""

    kind: Literal["options"] = "options"
    basis: Text
    rows: Annotated[tuple[OptionRow, ...], Field(min_length=1)]
    unknown: tuple[Missing, ...]

    @model_validator(mode="after")
    def _a_range(self) -> Options:
        if len({row.activity_mbq for row in self.rows}) < 2:
            raise ValueError("has a single activity; step ii asks for a range of activities, so give at least two")
        return self


class Decision(Strict):
    """Step iii."""

    kind: Literal["decision"] = "decision"
    decision: Literal[DECISIONS]
    reason: Reason


class ConstraintRow(Strict):
    """A limit or an aim."""

    tissue: Line
    kind: Literal["limit", "aim"]
    dose_gy: Positive
    quantity: Literal["absorbed dose", "BED"]
    source: str
    from_external_beam: bool


class Prescribed(Strict):
    """Step iv."""

    kind: Literal["prescription"] = "prescription"
    activity_mbq: Positive | None
    constraints: tuple[ConstraintRow, ...]
    optimisation_level: Literal[1, 2, 3]
    planned_by: Line
    reason: Text


class Component(Strict):
    """A part of a plan's relative uncertainty."""

    name: Line
    relative: Fraction


class PlannedRegion(Sparing):
    """A tissue with the range of absorbed doses expected of it; with an alpha emitter, where its daughters decay."""

    region: Line
    mass_g: Quantity
    mass_method: Line
    kinetics: Text
    constant: Line
    median_gy: Positive
    gsd: Annotated[float, Field(ge=1, le=5)]
    components: tuple[Component, ...]
    daughters: Text = None  # not "| None": null in a file is refused


class Plan(Strict):
    """Step v, before administration: fixed from then on."""

    kind: Literal["plan"] = "plan"
    activity_mbq: Positive
    regions: Annotated[tuple[PlannedRegion, ...], Field(min_length=1)]
    stimulation: Line
    remarks: Text | None

    @model_validator(mode="after")
    def _each_once(self) -> Plan:
        _once("regions", [region.region for region in self.regions])
        return self


class Administration(Strict):
    """Step v: what the patient got."""

    kind: Literal["administration"] = "administration"
    administered_mbq: Quantity
    measured_at: LocalMoment
    started_at: LocalMoment
    residual_mbq: Quantity | None
    residual_reason: Reason | None
    calibrator: Line
    traceability: Line
    route: Line
    stimulation: Line
    remarks: Text | None

    @model_validator(mode="after")
    def _complete(self) -> Administration:
        if not self.administered_mbq.value > 0:
            raise ValueError("administered_mbq must be above 0; activities are MBq")
        if (self.residual_mbq is None) == (self.residual_reason is None):
            raise ValueError("residual_mbq is needed, or residual_reason why it was not measured, and not both")
        return self


class AlphaPart(Strict):
    """Absorbed doses of alpha particles and of electrons, and what a weight makes of them: never one without all."""

    alpha_gy: NonNegative
    electron_gy: NonNegative
    rbe: Positive
    weighted_gy: Positive
    daughters: Text

    @model_validator(mode="after")
    def _weighted(self) -> AlphaPart:
        weighted = self.rbe * self.alpha_gy + self.electron_gy
        if not math.isclose(self.weighted_gy, weighted, rel_tol=1e-6):
            raise ValueError(
                f"weighted_gy is {self.weighted_gy:.4g} and rbe·alpha_gy + electron_gy is {weighted:.4g}; only the "
                "alpha particles are weighted"
            )
        return self


class VerifiedRegion(Sparing):
    """The absorbed dose to a tissue and its verdict against the plan; without verdict where no range was planned."""

    region: Line
    basis: Literal["measured", "estimated"]
    points: Annotated[int, Field(ge=1, le=1000)]
    partial_volume: bool
    mass_g: Quantity
    mass_method: Line
    kinetics: Text
    constant: Line
    effective_half_life_h: Positive | None
    dose_gy: Positive
    u_gy: Positive
    systematic_rel: Fraction
    shared_rel: Fraction
    bed_gy: Positive | None
    z: float | None
    within: bool | None
    ratio: Positive | None
    verdict: Text
    alpha: AlphaPart = None  # not "| None": null in a file is refused

    @model_validator(mode="after")
    def _whole(self) -> VerifiedRegion:
        if self.alpha is None:
            return self
        both = self.alpha.alpha_gy + self.alpha.electron_gy
        rounding = constants.value("record.parts_agree_rel")
        if abs(both - self.dose_gy) <= rounding * self.dose_gy:
            return self
        said = f"the dose is {self.dose_gy:.4g} Gy, and alpha particles and electrons together give {both:.4g} Gy"
        if math.isclose(self.dose_gy, self.alpha.weighted_gy, rel_tol=rounding):
            said += ". It is the weighted dose; the absorbed one is asked for, without a weight"
        raise ValueError(said)


class Verification(Strict):
    """Step vi: the doses delivered, against the expected range of the plan."""

    kind: Literal["verification"] = "verification"
    regions: Annotated[tuple[VerifiedRegion, ...], Field(min_length=1)]
    missing: tuple[Missing, ...]
    investigation: Reason | None
    next_cycle: Text | None
    remarks: Text | None

    @model_validator(mode="after")
    def _each_once(self) -> Verification:
        _once("regions and missing", [one.region for one in (*self.regions, *self.missing)])
        return self


class Waiver(Strict):
    """Step vi, where no dose could be determined: why."""

    kind: Literal["waiver"] = "waiver"
    reason: Reason


class Signature(Strict):
    """A name under everything before the signatures."""

    kind: Literal["signature"] = "signature"
    record_sha256: Hash


class Revision(Strict):
    """The beginning of a new version."""

    kind: Literal["revision"] = "revision"
    reason: Reason
    back_to: Literal[
        "intent", "options", "decision", "prescription", "plan", "administration", "verification", "signature"
    ]


Content = Annotated[
    Intent | Options | Decision | Prescribed | Plan | Administration | Verification | Waiver | Signature | Revision,
    Field(discriminator="kind"),
]


class Step(Strict):
    """Who did what, in which role and when; its hash covers all before it."""

    role: Role
    name: Line
    at: Moment
    content: Content
    sha256: Hash


class Software(Strict):
    """What the record was written with."""

    name: Line
    version: Line


class Header(Strict):
    """What stays the same through all steps of a version."""

    schema_version: Literal[SCHEMA_VERSION]
    record_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    version: Annotated[int, Field(ge=1)]
    previous_sha256: Hash | None
    created: Moment
    software: Software
    purpose: Line
    pseudonym: Line
    therapy: Line
    nuclide: Line
    product: Line
    cycle: Annotated[int, Field(ge=1, le=100)]


class Form(Strict):
    """The file."""

    header: Header
    steps: tuple[Step, ...]
    sha256: Hash
    previous: Form | None


def _once(what: str, names) -> None:
    names = [name.casefold() for name in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what} has {twice[0]!r} twice")
