"""Roles, order, endings, and what a step must agree with."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta

import pytest
from uncertainties import ufloat

import mrtlab
from mrtlab import planning
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, TissueDose
from mrtlab.record import DosimetryRecord, Person, PlannedRegion

KINDS = ("intent", "options", "decision", "prescription", "plan", "administration", "verification", "waiver")
# what may follow what; written from table 1, not read from the code
NEXT = {
    None: {"intent"}, "intent": {"options"}, "options": {"decision"}, "decision": {"prescription"},
    "prescription": {"plan"}, "plan": {"administration"}, "administration": {"verification", "waiver"},
    "verification": {"signature"}, "signature": set(),
}  # fmt: skip


def test_the_whole_way(case):
    record = case.until("final")
    assert record.final
    assert (record.status, record.ending, record.verified) == ("FINAL", "treated", True)
    assert [step.content.kind for step in record.steps] == [*case.ORDER, "signature", "signature"]
    assert [step.role for step in record.steps] == ["MD", "MPE", "MD", "MD", "MPE", "MPE", "MPE", "MPE", "MD"]
    assert all(datetime.fromisoformat(step.at).utcoffset() == timedelta(0) for step in record.steps)
    assert record.header.purpose == mrtlab.PURPOSE
    assert record.header.software.version == mrtlab.__version__
    assert len({step.content.record_sha256 for step in record.signatures}) == 1


@pytest.mark.parametrize("after", [None, *KINDS[:7], "signature"])
def test_every_wrong_order_is_refused(case, after):
    record = case.begin() if after is None else case.until("final" if after == "signature" else after)
    before = record.steps
    for kind in (*KINDS, "signature"):
        take = case.STEPS[kind]
        people = (case.DOCTOR, case.PHYSICIST) if kind == "signature" else (case.WHOSE[kind],)
        for by in people:
            if kind in NEXT[after]:
                assert take(record, by).steps[:-1] == before
            else:
                with pytest.raises(InputError, match=r"it is the turn of the|the record is final"):
                    take(record, by)
    assert record.steps == before


@pytest.mark.parametrize("kind", KINDS)
def test_every_wrong_role_is_refused(case, kind):
    place = case.ORDER.index("verification" if kind == "waiver" else kind)
    record = case.until(case.ORDER[place - 1]) if place else case.begin()
    right = case.WHOSE[kind].role
    wrong = Person("E Fourth", "MPE" if right == "MD" else "MD")
    other = {"MD": "medical physics expert", "MPE": "physician"}[right]
    with pytest.raises(InputError, match=f"is for the .*{right}.*, not for the {other}.*it is the turn of the"):
        case.STEPS[kind](record, wrong)
    assert case.STEPS[kind](record, Person("F Fifth", right)).steps[-1].name == "F Fifth"


def test_the_message_says_whose_turn_it_is_and_what_is_missing(case):
    with pytest.raises(InputError) as caught:
        case.administer(case.until("decision"))
    text = str(caught.value)
    assert "it is the turn of the physician (MD) to set limits and aims (prescribe)" in text
    assert "Done so far: intent, options, decision" in text


@pytest.mark.parametrize("kind", KINDS[2:])
def test_nobody_acts_in_both_roles(case, kind):
    place = case.ORDER.index("verification" if kind == "waiver" else kind)
    record = case.until(case.ORDER[place - 1])
    right = case.WHOSE[kind].role
    other = case.DOCTOR if right == "MPE" else case.PHYSICIST
    with pytest.raises(InputError, match=r"acted as .* and cannot act as .* too"):
        case.STEPS[kind](record, Person(other.name.upper(), right))


class TestSignatures:
    def test_two_roles_in_either_order(self, case):
        record = case.until("verification")
        assert record.status == "TO BE SIGNED"
        for first, second in ((case.DOCTOR, case.PHYSICIST), (case.PHYSICIST, case.DOCTOR)):
            half = case.sign(record, first)
            assert not half.final
            assert half.status == "TO BE SIGNED"
            assert case.sign(half, second).final

    def test_one_person_cannot_be_both(self, case):
        half = case.sign(case.until("verification"), case.PHYSICIST)
        with pytest.raises(InputError, match=r"'bo sample' acted as medical physics expert"):
            case.sign(half, Person("bo  sample", "MD"))

    def test_nobody_signs_twice(self, case):
        half = case.sign(case.until("verification"), case.PHYSICIST)
        with pytest.raises(InputError, match=r"the medical physics expert \(MPE\) has signed already.*physician"):
            case.sign(half, Person("G Sixth", "MPE"))

    def test_after_both_nothing_can_be_added(self, case):
        for kind in (*KINDS, "signature"):
            with pytest.raises(InputError, match=r"the record is final.*begins a new version"):
                case.STEPS[kind](case.until("final"), case.DOCTOR)


class TestEndings:
    @pytest.mark.parametrize("decision", ["do not treat", "cannot be determined"])
    def test_both_sign_an_ending_without_treatment(self, case, decision):
        record = case.decide(case.until("options"), decision=decision)
        assert (record.status, record.ending, record.verified) == ("TO BE SIGNED", decision, None)
        with pytest.raises(InputError, match=r"it is the turn of .*to sign"):
            case.prescribe(record)
        final = case.sign(case.sign(record, case.DOCTOR), case.PHYSICIST)
        assert (final.status, final.ending, final.flags) == ("FINAL", decision, ())

    def test_what_cannot_be_determined_yet_may_be_measured(self, case):
        record = case.decide(case.until("options"), decision="cannot be determined")
        record = case.decide(case.options(record))
        assert record.ending is None
        assert case.prescribe(record).prescription.activity_mbq == 450
        with pytest.raises(InputError, match=r"it is the turn of"):
            case.options(case.decide(case.until("options"), decision="do not treat"))

    def test_a_decision_needs_its_reason(self, case):
        record = case.until("options")
        with pytest.raises(InputError, match=r"decision: reason .*at least 10 letters"):
            record.decide(case.DOCTOR, "do not treat", "no")
        with pytest.raises(
            InputError, match=r"decision must be one of 'treat', 'do not treat', 'cannot be determined'"
        ):
            record.decide(case.DOCTOR, "maybe", "Because of this and that.")


class TestVerification:
    def test_tv41(self, case):
        region = case.until("verification").verification.regions[0]
        assert region.z == pytest.approx(-1.71226, rel=1e-5)
        assert region.ratio == pytest.approx(206.204 / 300.885, rel=1e-9)
        assert region.within is True
        plan = case.until("plan").plan.regions[0]
        low, high = planning.ExpectedRange(plan.median_gy, plan.gsd).interval95_gy
        assert (low, high) == pytest.approx((185.571, 487.855), rel=1e-5)
        assert {part.name: part.relative for part in plan.components}["mass"] == 0.15

    def test_without_it_the_record_says_so(self, case):
        record = case.until("administration")
        assert (record.status, record.flags) == ("NOT VERIFIED", ("NOT_VERIFIED",))
        with pytest.raises(InputError, match=r"to verify the delivered doses \(verify\), or the .*say in writing why"):
            case.sign(record, case.PHYSICIST)

    def test_a_written_reason_may_stand_for_it(self, case):
        record = case.waive(case.until("administration"))
        assert record.status == "NOT VERIFIED"
        final = case.sign(case.sign(record, case.DOCTOR), case.PHYSICIST)
        assert (final.final, final.status, final.verified) == (True, "FINAL, NOT VERIFIED", False)
        with pytest.raises(InputError, match=r"waiver: reason .*at least 10 letters, got 'no time'"):
            case.until("administration").waive_verification(case.PHYSICIST, "no time")

    def test_no_half_life_is_longer_than_decay(self, case):
        record = case.until("administration")
        case.verify(record, regions=[case.measured(effective_half_life_h=192.4)])  # I-131: 8.0207 d
        with pytest.raises(InputError, match=r"effective_half_life_h of thyroid is 230 h, longer than the 192.\d h"):
            case.verify(record, regions=[case.measured(effective_half_life_h=230.0)])

    def test_given_before_it_was_read(self, case):
        early = datetime(2027, 3, 2, 8, 59, tzinfo=UTC)  # 9:59 or later at the calibrator's
        record = case.administer(case.until("plan"), started_at=early - timedelta(hours=3))
        assert "GIVEN_BEFORE_READ" in record.flags
        assert "GIVEN_BEFORE_READ" not in case.until("administration").flags

    def test_outside_needs_an_investigation(self, case):
        record = case.until("administration")
        with pytest.raises(InputError, match=r"thyroid lies outside the expected range; say in investigation="):
            case.verify(record, regions=[case.measured(90.0)])
        found = case.verify(record, regions=[case.measured(90.0)], investigation="Residual was read too late by a day.")
        assert found.flags == ("OUTSIDE_EXPECTED_RANGE",)
        assert found.verification.regions[0].within is False

    def test_every_planned_tissue_is_answered_for(self, case):
        kidneys = replace(case.PLANNED, region="kidneys")
        record = case.administer(case.plan(case.until("prescription"), regions=[case.PLANNED, kidneys]))
        with pytest.raises(InputError, match=r"nothing is said of kidneys, which was planned"):
            case.verify(record)
        assert case.verify(record, missing={"kidneys": "Outside the field of view."}).verification.missing
        with pytest.raises(InputError, match=r"'thyroid' twice"):
            case.verify(record, missing={"thyroid": "Measured, and yet named here."})

    def test_unexpected_uptake_gets_no_verdict(self, case):
        arm = case.measured(region="injection site", dose_gy=ufloat(4.1, 0.8), shared_rel=0.0, mass_g=400.0)
        record = case.verify(case.until("administration"), regions=[case.measured(), arm])
        found = record.verification.regions[1]
        assert (found.z, found.within, found.ratio) == (None, None, None)
        with pytest.raises(InputError, match=r"injection site was not planned, so shared_rel is shared with nothing"):
            case.verify(case.until("administration"), regions=[case.measured(), replace(arm, shared_rel=0.1)])

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"dose_gy": 206.0}, "dose_gy of thyroid must carry its uncertainty"),
            ({"systematic_rel": 0.5}, "more than the whole relative uncertainty of its dose"),
            ({"systematic_rel": 5}, "5 looks like a percentage"),
            ({"shared_rel": 0.4}, "shared_rel is 0.4, more than the whole relative uncertainty"),
            ({"points": 0}, "verification of thyroid: points .*greater than or equal to 1"),
            ({"basis": "guessed"}, "verification of thyroid: basis"), ({"mass_g": 0}, "mass_g must be above 0"),
            ({"bed_gy": float("nan")}, "verification of thyroid: bed_gy"),
            ({"kinetics": ""}, "verification of thyroid: kinetics"),
        ],
    )  # fmt: skip
    def test_refused(self, case, changes, message):
        with pytest.raises(InputError, match=message):
            case.verify(case.until("administration"), regions=[case.measured(**changes)])


class TestFrozen:
    def test_nothing_can_be_assigned(self, case):
        record = case.until("final")
        with pytest.raises(FrozenInstanceError):
            record.steps = ()
        for model in (record.header, record.steps[0], record.plan, record.plan.regions[0], record.administration):
            name = next(iter(type(model).model_fields))
            with pytest.raises(ValueError, match="frozen"):
                setattr(model, name, getattr(model, name))

    def test_a_step_leaves_the_record_before_it_alone(self, case):
        before = case.until("plan")
        hash_before = before.sha256
        after = case.administer(before)
        assert len(after.steps) == len(before.steps) + 1
        assert before.sha256 == hash_before != after.sha256
        assert before.administration is None

    @pytest.mark.parametrize("back_to", ["intent", "options", "decision", "prescription", "plan"])
    @pytest.mark.parametrize("kind", ["administration", "verification", "final"])
    def test_the_expected_range_stays_after_administration(self, case, kind, back_to):
        with pytest.raises(InputError, match=r"the activity has been administered.*cannot be changed any more"):
            case.until(kind).revise(case.PHYSICIST, "The dose came out lower.", back_to)

    def test_before_administration_the_plan_may_be_made_anew(self, case):
        record = case.until("plan")
        record = record.revise(case.PHYSICIST, "A digit of the mass was wrong.", "plan", at=case.later(record))
        other = replace(case.PLANNED, expected=planning.expected_range(280, 1.3))
        assert case.plan(record, regions=[other]).plan.regions[0].median_gy == 280


class TestStimulation:
    def test_tracer_and_therapy_must_be_alike(self, case):
        record = case.administer(case.plan(case.until("prescription"), stimulation="rhTSH"))
        assert "STIMULATION_MISMATCH" in record.flags
        record = case.verify(record)
        with pytest.raises(InputError, match=r"STIMULATION_MISMATCH: .*'rhTSH'.*'none'; .*cannot become final"):
            case.sign(record, case.PHYSICIST)
        mended = record.revise(
            case.PHYSICIST, "rhTSH was given and not entered.", "administration", at=case.later(record)
        )
        mended = case.verify(case.administer(mended, stimulation="rhtsh"))
        assert case.sign(case.sign(mended, case.PHYSICIST), case.DOCTOR).final


class TestAgreement:
    def test_one_activity_is_no_range(self, case):
        one = planning.activity_options([450], {"thyroid": TissueDose(0.6, 1.3), "marrow": TissueDose(1e-4, 1.5)})
        with pytest.raises(InputError, match=r"single activity; step ii asks for a range"):
            case.until("intent").present_options(case.PHYSICIST, one, "tracer study")

    def test_the_options_answer_for_every_tissue_named(self, case):
        some = planning.activity_options([300, 450], {"thyroid": TissueDose(0.6, 1.3)})
        record = case.until("intent")
        with pytest.raises(InputError, match=r"say nothing of marrow, which the physician named"):
            record.present_options(case.PHYSICIST, some, "tracer study")
        told = record.present_options(
            case.PHYSICIST, some, "tracer study", {"marrow": "No blood was taken."}, at=case.later(record)
        )
        assert told.options.unknown[0].region == "marrow"

    def test_the_plan_is_for_what_was_prescribed(self, case):
        with pytest.raises(InputError, match=r"the plan is for 500 MBq and 450 MBq are prescribed"):
            case.plan(case.until("prescription"), activity_mbq=500.0)
        record, limits = case.until("decision"), (Constraint("kidneys", "limit", 23),)
        record = record.prescribe(case.DOCTOR, replace(case.PRESCRIPTION, constraints=limits), at=case.later(record))
        with pytest.raises(InputError, match=r"no expected range for kidneys, which is prescribed for"):
            case.plan(record)

    def test_a_dose_prescription_leaves_the_activity_to_the_plan(self, case):
        record = case.until("decision")
        record = record.prescribe(case.DOCTOR, replace(case.PRESCRIPTION, activity_mbq=None), at=case.later(record))
        assert case.plan(record, activity_mbq=448.7).plan.activity_mbq == 448.7

    def test_the_prescription_is_entered_by_who_prescribes(self, case):
        record = case.until("decision")
        with pytest.raises(InputError, match=r"the prescription is 'Dr Ada Example''s and 'H Seventh' enters it"):
            record.prescribe(Person("H Seventh", "MD"), case.PRESCRIPTION)
        with pytest.raises(InputError, match=r"'Dr Ada Example' acted as physician"):
            record.prescribe(
                Person("H Seventh", "MD"),
                replace(case.PRESCRIPTION, prescribed_by="H Seventh", planned_by="Dr Ada Example"),
            )

    def test_time_does_not_run_backwards(self, case):
        record = case.until("intent")
        with pytest.raises(
            InputError, match=r"the step is dated 2027-03-01T08:30:00\+00:00, before the one it follows"
        ):
            record.present_options(case.PHYSICIST, case.OPTIONS, "tracer", at=case.START + timedelta(minutes=30))
        with pytest.raises(InputError, match=r"without a time zone"):
            record.present_options(case.PHYSICIST, case.OPTIONS, "tracer", at=datetime(2027, 3, 2))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"residual_mbq": None}, "residual_mbq is needed, or residual_reason why"),
            ({"residual_reason": "It was not measured."}, "and not both"), ({"administered_mbq": 0}, "must be above 0"),
            ({"measured_at": datetime(2027, 3, 2)}, "measured_at is .* without a time zone"),
            ({"started_at": "today"}, "started_at must be a datetime"), ({"traceability": ""}, "traceability"),
            ({"route": "oral\x00"}, "printable"), ({"calibrator": "two\nlines"}, "must be one line"),
        ],
    )  # fmt: skip
    def test_administrations_refused(self, case, changes, message):
        with pytest.raises(InputError, match=message):
            case.administer(case.until("plan"), **changes)

    def test_offsets_are_kept(self, case):
        given = case.until("administration").administration
        assert given.started_at == "2027-03-02T09:30:00+01:00"
        assert (given.administered_mbq.value, given.administered_mbq.u) == (448, 9)
        assert given.residual_mbq.u is None

    def test_wrong_kinds_are_refused(self, case):
        with pytest.raises(InputError, match=r"by must be a Person"):
            case.intent(case.begin(), by="Dr A")
        with pytest.raises(InputError, match=r"targets must be a list of tissues, got the text 'thyroid'"):
            case.begin().declare_intent(case.DOCTOR, "Graves", "ablative", "thyroid")
        with pytest.raises(InputError, match=r"'thyroid' twice"):
            case.begin().declare_intent(case.DOCTOR, "Graves", "ablative", ["thyroid"], ["Thyroid"])
        with pytest.raises(InputError, match=r"options must come from mrtlab.planning.activity_options, got list"):
            case.until("intent").present_options(case.PHYSICIST, [], "tracer")
        with pytest.raises(InputError, match=r"prescription must be a mrtlab.planning.Prescription, got dict"):
            case.until("decision").prescribe(case.DOCTOR, {})
        with pytest.raises(InputError, match=r"regions must be PlannedRegion with an ExpectedRange"):
            case.plan(case.until("prescription"), regions=[PlannedRegion("thyroid", 300, 20, "us", "k", "c")])
        with pytest.raises(InputError, match=r"role must be 'MD' \(physician\) or 'MPE'"):
            Person("I", "nurse")
        with pytest.raises(InputError, match=r"name is missing"):
            Person(" ", "MD")


class TestPseudonym:
    @pytest.mark.parametrize("text", ["case-07", "RI-E5-07", "quiet-heron-42", "VIRTUAL-RADIOIODINE-1234567", "P7"])
    def test_taken(self, text):
        assert DosimetryRecord.begin(text, "prrt", "Lu-177", "DOTATATE").header.pseudonym == text

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("p-1961-03-12", "date of birth"), ("p12031961", "date of birth"), ("x-120361", "date of birth"),
            ("19610312", "date of birth"), ("4711", "hospital number"), ("MRN-9438221", "hospital number"),
            ("a-943-822-1099", "hospital number"), ("Smith, John", "a name has no place"), ("", "2 to 64 letters"),
            (7, "2 to 64 letters"), ("case 7", "2 to 64 letters"),
        ],
    )  # fmt: skip
    def test_refused(self, text, message):
        with pytest.raises(InputError, match=message):
            DosimetryRecord.begin(text, "prrt", "Lu-177", "DOTATATE")
