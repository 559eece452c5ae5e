"""The dosimetry record: who decided, planned, measured and signed what, in a chain that shows every later change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from uncertainties import UFloat

import mrtlab
from mrtlab import _check, _numbers, nuclides
from mrtlab.errors import InputError
from mrtlab.planning import OptionTable, Prescription
from mrtlab.record import checks, form, machine
from mrtlab.record.chain import Chain
from mrtlab.record.form import Header
from mrtlab.record.regions import (
    MeasuredRegion,
    Person,
    PlannedRegion,
    planned,
    quantity,
    reasons,
    require_possible,
    row,
    verified,
    who,
)

__all__ = ["DosimetryRecord"]


@dataclass(frozen=True)
class DosimetryRecord(Chain):
    """Steps i to vi of EFOMP policy statement 19 for one treatment, each taken by the right role and in order.

    Nothing in a record changes: every method returns a new one with a step more. Begin with :meth:`begin`.

    Attributes
    ----------
    header : Header
        Pseudonym, therapy, nuclide, product, cycle, version, software.
    steps : tuple of Step
        Who, in which role, when (UTC) and what, with hashes that cover all before.
    previous : DosimetryRecord or None
        The version this one corrects, whole.

    References
    ----------
    Table 1 in Sjögreen Gleisner et al. (EFOMP policy statement 19), doi:10.1016/j.ejmp.2023.103166.
    """

    @classmethod
    def begin(
        cls, pseudonym: str, therapy: str, nuclide: str, product: str, cycle: int = 1, at: datetime | None = None
    ) -> DosimetryRecord:
        """An empty record.

        Parameters
        ----------
        pseudonym : str
            Letters, digits and hyphens; what looks like a date of birth or a hospital number is refused.
        therapy, product : str
            Such as "radioiodine" and "NaI capsule".
        nuclide : str
        cycle : int
        at : datetime, optional
            With a time zone; now if not given.

        Raises
        ------
        InputError
            If something is missing or refused.
        """
        header = checks.make(
            Header,
            "record",
            schema_version=form.SCHEMA_VERSION,
            record_id=uuid.uuid4().hex,
            version=1,
            previous_sha256=None,
            created=checks.utc("at", at),
            software=form.Software(name="mrtlab", version=mrtlab.__version__),
            purpose=mrtlab.PURPOSE,
            pseudonym=checks.check_pseudonym(pseudonym),
            therapy=therapy,
            nuclide=nuclides.nuclide(nuclide).name,
            product=product,
            cycle=cycle,
        )
        return cls(header)

    # --- steps i to vi

    def declare_intent(
        self,
        by: Person,
        indication: str,
        intent: str,
        targets: Sequence[str],
        at_risk: Sequence[str] = (),
        at: datetime | None = None,
    ) -> DosimetryRecord:
        """Step i, physician: what is to be treated, and which tissues are at risk."""
        content = checks.make(
            form.Intent,
            "intent",
            indication=indication,
            intent=intent,
            targets=row("targets", targets),
            at_risk=row("at_risk", at_risk),
        )
        return self._step(by, content, at)

    def present_options(
        self,
        by: Person,
        options: OptionTable,
        basis: str,
        unknown: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> DosimetryRecord:
        """Step ii, expert: at least two activities with the doses each would give.

        Parameters
        ----------
        by : Person
        options : OptionTable
            Of :func:`mrtlab.planning.activity_options`.
        basis : str
            What the doses rest on: a population, a tracer study, earlier cycles.
        unknown : mapping of str to str, optional
            Tissues the physician named and nobody can give a dose for, with the reason.
        at : datetime, optional
        """
        if not isinstance(options, OptionTable):
            raise InputError(f"options must come from mrtlab.planning.activity_options, got {type(options).__name__}")
        rows = tuple(
            checks.make(form.OptionRow, "options", **{name: item for name, item in row.items() if name != "limiting"})
            for row in options.rows()
        )
        content = checks.make(form.Options, "options", basis=basis, rows=rows, unknown=reasons("unknown", unknown))
        return self._step(by, content, at)

    def decide(self, by: Person, decision: str, reason: str, at: datetime | None = None) -> DosimetryRecord:
        """Step iii, physician: ``"treat"``, ``"do not treat"`` or ``"cannot be determined"``, and why.

        The last two are endings, which both sign; after the last the expert may present other options instead.
        """
        _check.choice("decision", decision, form.DECISIONS)
        return self._step(by, checks.make(form.Decision, "decision", decision=decision, reason=reason), at)

    def prescribe(self, by: Person, prescription: Prescription, at: datetime | None = None) -> DosimetryRecord:
        """Step iv, physician: activity, limits and aims. ``by`` is who the prescription says prescribes."""
        if not isinstance(prescription, Prescription):
            raise InputError(f"prescription must be a mrtlab.planning.Prescription, got {type(prescription).__name__}")
        if who(by).name.casefold() != " ".join(prescription.prescribed_by.split()).casefold():
            raise InputError(f"the prescription is {prescription.prescribed_by!r}'s and {by.name!r} enters it")
        content = checks.make(
            form.Prescribed,
            "prescription",
            activity_mbq=prescription.activity_mbq,
            constraints=tuple(
                checks.make(form.ConstraintRow, "constraint", **vars(constraint))
                for constraint in prescription.constraints
            ),
            optimisation_level=prescription.optimisation_level,
            planned_by=" ".join(prescription.planned_by.split()),
            reason=prescription.reason,
        )
        return self._step(by, content, at)

    def fix_plan(
        self,
        by: Person,
        activity_mbq: float,
        regions: Sequence[PlannedRegion],
        stimulation: str = "none",
        remarks: str | None = None,
        at: datetime | None = None,
    ) -> DosimetryRecord:
        """Step v, expert: the plan with the range of doses expected. After administration nothing changes it.

        Parameters
        ----------
        by : Person
        activity_mbq : float
            To be administered; what was prescribed, if an activity was.
        regions : sequence of PlannedRegion
        stimulation : str
            Under which the kinetics were measured: "none", "rhTSH", "withdrawal".
        remarks : str, optional
        at : datetime, optional
        """
        content = checks.make(
            form.Plan,
            "plan",
            activity_mbq=_numbers.single("activity_mbq", activity_mbq),
            regions=tuple(planned(region) for region in regions),
            stimulation=stimulation,
            remarks=remarks,
        )
        return self._step(by, content, at)

    def administer(
        self,
        by: Person,
        administered_mbq: float | UFloat,
        *,
        measured_at: datetime,
        started_at: datetime,
        residual_mbq: float | UFloat | None = None,
        residual_reason: str | None = None,
        calibrator: str,
        traceability: str,
        route: str,
        stimulation: str = "none",
        remarks: str | None = None,
        at: datetime | None = None,
    ) -> DosimetryRecord:
        """Step v, expert: what the patient got.

        Parameters
        ----------
        by : Person
        administered_mbq : float or ufloat
            Delivered activity at ``started_at``, residual already subtracted (``calibration.net_activity``), MBq.
        measured_at, started_at : datetime
            Of the calibrator reading and of the administration, with time zones; kept with their offsets.
        residual_mbq : float or ufloat, optional
            What stayed behind; without it ``residual_reason`` says why it was not measured.
        calibrator, traceability : str
            The instrument, and what its reading is traceable to.
        route, stimulation : str
        remarks, residual_reason : str, optional
        at : datetime, optional
        """
        content = checks.make(
            form.Administration,
            "administration",
            administered_mbq=quantity("administered_mbq", administered_mbq),
            measured_at=checks.local("measured_at", measured_at),
            started_at=checks.local("started_at", started_at),
            residual_mbq=None if residual_mbq is None else quantity("residual_mbq", residual_mbq),
            residual_reason=residual_reason,
            calibrator=calibrator,
            traceability=traceability,
            route=route,
            stimulation=stimulation,
            remarks=remarks,
        )
        return self._step(by, content, at)

    def verify(
        self,
        by: Person,
        regions: Sequence[MeasuredRegion],
        missing: Mapping[str, str] | None = None,
        investigation: str | None = None,
        next_cycle: str | None = None,
        remarks: str | None = None,
        at: datetime | None = None,
    ) -> DosimetryRecord:
        """Step vi, expert: the delivered doses against the expected range of the plan.

        Parameters
        ----------
        by : Person
        regions : sequence of MeasuredRegion
            Tissues that were not planned may be among them and get no verdict.
        missing : mapping of str to str, optional
            Planned tissues without a dose, and why.
        investigation : str, optional
            Needed if a dose lies outside: what was found.
        next_cycle, remarks : str, optional
        at : datetime, optional
        """
        machine.require_turn(self.steps, "verification", who(by).role)
        plans = {region.region: region for region in self.plan.regions}
        for region in regions:
            require_possible(region, self.header.nuclide)
        content = checks.make(
            form.Verification,
            "verification",
            regions=tuple(verified(region, plans.get(region.region)) for region in regions),
            missing=reasons("missing", missing),
            investigation=investigation,
            next_cycle=next_cycle,
            remarks=remarks,
        )
        return self._step(by, content, at)

    def waive_verification(self, by: Person, reason: str, at: datetime | None = None) -> DosimetryRecord:
        """Step vi, expert: why no dose could be verified. The record then stays marked as not verified."""
        return self._step(by, checks.make(form.Waiver, "waiver", reason=reason), at)

    def sign(self, by: Person, at: datetime | None = None) -> DosimetryRecord:
        """Sign all that was entered; with the second signature, of the other role, the record is final.

        Raises
        ------
        InputError
            Out of turn, by a person of the other role, or if tracer and therapy stimulation differ.
        """
        return self._step(by, checks.make(form.Signature, "signature", record_sha256=self.signed_sha256), at)

    def revise(self, by: Person, reason: str, back_to: str, at: datetime | None = None) -> DosimetryRecord:
        """Begin a new version that keeps this one, and goes on from before one of its steps. Signatures are void.

        Parameters
        ----------
        by : Person
        reason : str
        back_to : str
            The first step to be taken again: "decision", "verification" and so on. After administration nothing
            before it: the expected range stays as it was fixed.
        at : datetime, optional

        Raises
        ------
        InputError
            If there is no such step, or it lies before the administration.
        """
        content = checks.make(form.Revision, "revision", reason=reason, back_to=back_to)
        kinds = [step.content.kind for step in self.steps]
        wanted = ("verification", "waiver") if back_to == "verification" else (back_to,)
        places = [place for place, kind in enumerate(kinds) if kind in wanted]
        if not places:
            raise InputError(
                f"back_to is {back_to!r}, a step that was not taken; taken were: {', '.join(kinds) or 'none'}"
            )
        place = places[0] if back_to == "signature" else places[-1]
        if "administration" in kinds and place < kinds.index("administration"):
            raise InputError(
                f"back_to is {back_to!r}, and the activity has been administered: what was decided and expected before "
                "cannot be changed any more. Revise from 'administration' on"
            )
        machine.require_person(self.steps, who(by).name, by.role)
        moment = self._not_before(checks.utc("at", at))
        header = self.header.model_copy(
            update={
                "version": self.header.version + 1,
                "previous_sha256": self.sha256,
                "software": form.Software(name="mrtlab", version=mrtlab.__version__),
            }
        )
        new = DosimetryRecord(header, (), self)
        for step in self.steps[:place]:
            new = new._append(step.role, step.name, step.at, step.content)
        return new._append(by.role, by.name, moment, content)
