"""The chain of steps under a record: what it says, and how a step gets in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from mrtlab.errors import Flag, InputError
from mrtlab.record import alpha, checks, machine
from mrtlab.record.form import Header, Step
from mrtlab.record.regions import Person, who


@dataclass(frozen=True)
class Chain:
    """Steps, each with a hash that covers all before it. Frozen: a step more makes a new chain."""

    header: Header
    steps: tuple[Step, ...] = ()
    previous: Self | None = None

    @property
    def sha256(self) -> str:
        """The hash of all of it."""
        return self.steps[-1].sha256 if self.steps else checks.digest(self.header.model_dump(mode="json"))

    @property
    def signed_sha256(self) -> str:
        """The hash of all before the signatures, which each signature holds."""
        unsigned = tuple(step for step in self.steps if step.content.kind != "signature")
        return replace(self, steps=unsigned).sha256

    @property
    def turns(self) -> tuple[machine.Turn, ...]:
        """The steps that may come next, and whose they are; none once the record is final."""
        return machine.turns(self.steps)

    @property
    def final(self) -> bool:
        """Whether both have signed."""
        return not self.turns

    @property
    def ending(self) -> str | None:
        """``"treated"``, ``"do not treat"``, ``"cannot be determined"``, or None while it is open."""
        if self.administration:
            return "treated"
        decision = self.decision
        return decision.decision if decision and decision.decision != "treat" else None

    @property
    def verified(self) -> bool | None:
        """Whether delivered doses were verified; None where nothing was administered."""
        return None if self.administration is None else self.verification is not None

    @property
    def status(self) -> str:
        """``"PLANNING"``, ``"NOT VERIFIED"``, ``"TO BE SIGNED"``, ``"FINAL"`` or ``"FINAL, NOT VERIFIED"``."""
        unverified = self.verified is False
        if self.final:
            return "FINAL, NOT VERIFIED" if unverified else "FINAL"
        if unverified:
            return "NOT VERIFIED"
        return "TO BE SIGNED" if any(turn.kind == "signature" for turn in self.turns) else "PLANNING"

    @property
    def flags(self) -> tuple[str, ...]:
        """Remarks a reader must know."""
        found = []
        if machine.stimulation_differs(self.steps):
            found.append(Flag.STIMULATION_MISMATCH)
        if machine.given_before_read(self.steps):
            found.append(Flag.GIVEN_BEFORE_READ)
        if self.verified is False:
            found.append(Flag.NOT_VERIFIED)
        if self.verification and any(region.within is False for region in self.verification.regions):
            found.append(Flag.OUTSIDE_EXPECTED_RANGE)
        return (*found, *alpha.flags(self.header.nuclide, self.plan, self.verification))

    intent = property(lambda self: machine.find(self.steps, "intent"), doc="Step i, or None.")
    options = property(lambda self: machine.find(self.steps, "options"), doc="Step ii, or None.")
    decision = property(lambda self: machine.find(self.steps, "decision"), doc="Step iii, or None.")
    prescription = property(lambda self: machine.find(self.steps, "prescription"), doc="Step iv, or None.")
    plan = property(lambda self: machine.find(self.steps, "plan"), doc="Step v before administration, or None.")
    administration = property(lambda self: machine.find(self.steps, "administration"), doc="Step v, or None.")
    verification = property(lambda self: machine.find(self.steps, "verification"), doc="Step vi, or None.")
    waiver = property(lambda self: machine.find(self.steps, "waiver"), doc="The reason for no verification, or None.")

    @property
    def signatures(self) -> tuple[Step, ...]:
        """The signatures so far."""
        return tuple(step for step in self.steps if step.content.kind == "signature")

    def _step(self, by: Person, content, at: datetime | None) -> Self:
        made = self._checked(who(by).role, by.name, content, checks.utc("at", at))
        alpha.require_said(self.header.nuclide, content)
        return made

    def _checked(self, role: str, name: str, content, at: str) -> Self:
        machine.require_turn(self.steps, content.kind, role)
        machine.require_person(self.steps, name, role)
        machine.require_consistent(self.steps, name, content)
        alpha.require_consistent(self.header.nuclide, content, self.plan)
        if content.kind == "signature":
            if machine.stimulation_differs(self.steps):
                raise InputError(
                    f"STIMULATION_MISMATCH: the kinetics were measured under {self.plan.stimulation!r} and the therapy "
                    f"was given under {self.administration.stimulation!r}; a record with both cannot become final"
                )
            if content.record_sha256 != self.signed_sha256:
                raise InputError(f"the signature of {name!r} is under another text than this record's")
        return self._append(role, name, self._not_before(at), content)

    def _not_before(self, at: str) -> str:
        before = self.steps[-1].at if self.steps else self.header.created
        if datetime.fromisoformat(at) < datetime.fromisoformat(before):
            raise InputError(f"the step is dated {at}, before the one it follows, {before}; check the clock")
        return at

    def _append(self, role: str, name: str, at: str, content) -> Self:
        fields = {"role": role, "name": name, "at": at, "content": content}
        said = {**fields, "content": content.model_dump(mode="json"), "before": self.sha256}
        step = checks.make(Step, "step", **fields, sha256=checks.digest(said))
        return replace(self, steps=(*self.steps, step))
