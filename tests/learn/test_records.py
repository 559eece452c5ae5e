"""A dosimetry record as an answer: what must hold of it, what is said, and that nobody's name is kept."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from exercise_for_tests import TEXT, write
from uncertainties import ufloat

from mrtlab import planning, record
from mrtlab.errors import InputError
from mrtlab.learn import audit, class_page, evidence, identity, library, portfolio, records
from mrtlab.learn.checking import Outcome, check
from mrtlab.learn.course_pages import slip_keys
from mrtlab.learn.expressions import FormulaError, Formulas
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session
from mrtlab.learn.sheet import Sheet
from mrtlab.learn.variants import variant
from mrtlab.record import DosimetryRecord, MeasuredRegion, Person, PlannedRegion

ADA, BO = Person("Ada Lindqvist", "MD"), Person("Bo Okafor", "MPE")
AT = datetime(2025, 3, 3, 8, tzinfo=UTC)
REMARKS = "Agreed with Okafor and ada lindqvist; the tumour's dose is compromised. Left 3,5 Gy, right 4.25 Gy."


def whole(remarks: str = REMARKS, signed: bool = True) -> DosimetryRecord:
    """A record of one kidney, made without the exercise's own builder."""
    table = planning.activity_options([5000, 7400], {"Kidney": planning.TissueDose(0.0006, 1.4)})
    made = DosimetryRecord.begin("case-07", "PRRT", "Lu-177", "Lu-177 DOTATATE", 2, at=AT)
    made = made.declare_intent(ADA, "a tumour", "palliative", ["Kidney"], at=AT)
    made = made.present_options(BO, table, "a population", at=AT)
    made = made.decide(ADA, "treat", "Lindqvist and Okafor agree on it", at=AT)
    limit = planning.Constraint("Kidney", "limit", 23.0)
    made = made.prescribe(ADA, planning.Prescription(ADA.name, BO.name, 7400.0, (limit,), 2, "as presented"), at=AT)
    plan = PlannedRegion("Kidney", planning.expected_range(4.4, 1.4), 150.0, "CT", "a population", "0.0853")
    made = made.fix_plan(BO, 7400.0, [plan], at=AT)
    made = made.administer(
        BO, ufloat(7300, 100), measured_at=AT, started_at=AT + timedelta(minutes=30), residual_mbq=80.0,
        calibrator="well", traceability="standard", route="intravenous", at=AT,
    )  # fmt: skip
    dose = MeasuredRegion(
        "Kidney", ufloat(4.2, 0.4), 150.0, "CT", "one image", "0.0853", 1, True, systematic_rel=0.08
    )  # fmt: skip
    made = made.verify(BO, [dose], remarks=remarks, at=AT)
    return made.sign(ADA, at=AT).sign(BO, at=AT) if signed else made


class TestNames:
    def test_roles_stand_in_place_of_names_and_the_chain_holds(self) -> None:
        text = records.without_names(record.to_json(whole()))
        assert not re.search(r"\b(Ada|Bo|Lindqvist|Okafor)\b", text, re.IGNORECASE)
        found = record.from_json(text)  # replays every step against its hash
        assert found.final
        assert [step.name for step in found.steps][:4] == ["physician 1", "physicist 1", "physician 1", "physician 1"]
        assert found.prescription.planned_by == "physicist 1"
        assert found.verification.remarks.startswith("Agreed with physicist 1 and physician 1; the tumour's dose")
        assert found.verification.regions == whole().verification.regions
        assert found.header == record.from_json(record.to_json(found)).header

    def test_in_earlier_versions_too(self) -> None:
        later = whole().revise(BO, "Okafor found a slip in the mass", "verification", at=AT)
        text = records.without_names(record.to_json(later))
        assert "Okafor" not in text
        found = record.from_json(text)
        assert found.header.version == 2
        assert found.previous.final
        assert found.header.previous_sha256 == found.previous.sha256

    def test_other_people_in_texts_are_taken_out(self) -> None:
        found = record.from_json(records.without_names(record.to_json(whole("Seen by Dr Smith; compromised."))))
        assert found.verification.remarks == "Seen by [words removed]; compromised."
        assert "without words that look as if they told who" in records.summary(found)

    def test_a_name_as_pseudonym_too(self) -> None:
        begun = DosimetryRecord.begin("ada-lindqvist", "PRRT", "Lu-177", "Lu-177 DOTATATE", at=AT)
        begun = begun.declare_intent(ADA, "a tumour", "palliative", ["Kidney"], at=AT)
        text = records.without_names(record.to_json(begun))
        assert "lindqvist" not in text
        assert record.from_json(text).header.pseudonym == f"case-{begun.header.record_id[:4]}"
        assert record.from_json(records.without_names(record.to_json(whole()))).header.pseudonym == "case-07"

    def test_twice_is_once(self) -> None:
        once = records.without_names(record.to_json(whole()))
        assert records.without_names(once) == once

    def test_a_changed_record_is_refused(self) -> None:
        with pytest.raises(InputError, match="changed after it was written"):
            records.without_names(record.to_json(whole()).replace("7300.0", "7400.0"))

    def test_a_record_that_is_no_answer_any_more_is_refused(self, monkeypatch) -> None:
        monkeypatch.setattr(records, "LARGEST", 1000)
        with pytest.raises(InputError, match="an answer at most 1000"):
            records.without_names(record.to_json(whole()))


class TestHanded:
    @pytest.mark.parametrize(
        ("formula", "value"),
        [
            ("record.cycle", 2), ("record.nuclide", "Lu-177"), ("record.administered_mbq", 7300.0),
            ("record.residual_mbq", 80.0), ("record.planned_mbq", 7400.0), ("record.dose_gy('kidney')", 4.2),
            ("record.u_gy(' KIDNEY')", 0.4), ("record.systematic('Kidney')", 0.08), ("record.points('kidney')", 1.0),
            ("record.limit_gy('kidney')", 23.0), ("record.planned_gy('kidney')", 4.4), ("record.mass_g('kidney')", 150),
            ("record.recovered('kidney')", True), ("record.recovered('liver')", False),
            ("record.signed_by('MD')", True), ("record.says('compromis')", True), ("record.says('promised')", False),
            ("record.says('none', 'TUMOUR')", True), ("record.states(3.5, 0.01)", True),
            ("record.states(4.25, 0.001)", True), ("record.states(4.2, 0.01)", False),
            ("record.started_h(begun)", 1.5), ("record.residual_reason", ""), ("record.verified", True),
        ],
    )  # fmt: skip
    def test_what_formulas_see(self, formula, value) -> None:
        formulas = Formulas({"record": records.Handed(whole())})
        formulas["begun"] = AT - timedelta(hours=1)
        assert formulas.run(formula) == value

    def test_no_comparison_holds_of_what_is_not_there(self) -> None:
        seen = records.Handed(DosimetryRecord.begin("case-07", "PRRT", "Lu-177", "x", at=AT))
        assert all(math.isnan(one) for one in (seen.dose_gy("kidney"), seen.administered_mbq, seen.limit_gy("kidney")))
        assert math.isnan(seen.started_h(AT))
        assert not seen.says("population")
        assert not records._near(seen.dose_gy("kidney"), 4.2, 0.5)

    @pytest.mark.parametrize("formula", ["record._record", "record.sign", "record.header", "record.__class__"])
    def test_nothing_else_can_be_reached(self, formula) -> None:
        with pytest.raises(FormulaError, match="cannot be read"):
            Formulas({"record": records.Handed(whole())}).run(formula)


RECORD = """
  - id: whole
    text: Complete the record.
    record:
      until: final
      begun: plan
      caption: The record as far as its plan
      make:
        therapy: PRRT
        nuclide: Lu-177
        product: Lu-177 DOTATATE
        indication: a tumour
        intent: palliative
        physician: Ada Lindqvist
        expert: Bo Okafor
        basis: a population
        activity_mbq: 7400
        tissues: {Kidney: {target: true, expected: [4.4, 1.4], dose_gy: "ufloat(a0_mbq / 150, 0.4)"}}
        administered_mbq: a0_mbq
        residual_mbq: 80
        remarks: "compromised, {a0_mbq} MBq"
      require:
        - that: near(record.administered_mbq, a0_mbq, 0.001)
          say: Not what was given.
          but: {administered_mbq: 1000}
        - that: near(record.dose_gy('kidney'), a0_mbq / 150, 0.01)
          say: Not the dose of {a0_mbq} MBq.
          but: {tissues: {Kidney: {dose_gy: "ufloat(a0_mbq / 200, 0.3)"}}}
        - {that: "record.says('compromised')", say: The statement is missing., but: {remarks: nothing}}
    right: It says what it rests on.
solution: A"""


@pytest.fixture
def exercise(tmp_path):
    return library.load(write(tmp_path, TEXT.replace("\nsolution: A", RECORD, 1)))


class TestAudit:
    def test_right_and_wrong_records_are_told_apart(self, exercise) -> None:
        assert audit.audit(exercise, 4).errors == ()

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("but: {remarks: nothing}", "but: {remarks: compromised after all}", "whole/3: this wrong answer is taken"),
            ("but: {administered_mbq: 1000}", "but: {administered_mbq: 1000, remarks: x}", "taken for whole/1 whole/3"),
            ("near(record.dose_gy('kidney')", "near(record.dose_gy('liver')", "reference answer is judged slip"),
            ("residual_mbq: 80\n", "residual_reason: none\n", "no right record can be made: administration"),
            ("say: Not the dose of {a0_mbq} MBq.", "say: Not {lost}.", "lost, which is not known here"),
            ("a0_mbq / 150, 0.01)", "a0_mbq / lost, 0.01)", "lost, which is not known here"),
        ],
    )  # fmt: skip
    def test_what_is_to_be_mended(self, tmp_path, old, new, said) -> None:
        text = TEXT.replace("\nsolution: A", RECORD, 1)
        assert old in text
        found = audit.audit(library.load(write(tmp_path, text.replace(old, new, 1))), 3)
        assert said in "\n".join(found.errors)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (", but: {remarks: nothing}", "", "but"),
            ("but: {remarks: nothing}", "but: {remark: nothing}", "remark"),
            ("that: \"record.says('compromised')\"", "that: a0_mbq > 3", "says nothing of the record"),
            ("caption: The record as far as its plan\n", "\n", "caption"),
            ("  left_mbq: a0", "  near: a0_mbq\n  left_mbq: a0", "near is a name in what is required"),
            ("    right: It says", "    is: a0_mbq\n    right: It says", "require instead of is"),
        ],
    )
    def test_forms_that_are_refused(self, tmp_path, old, new, said) -> None:
        text = TEXT.replace("\nsolution: A", RECORD, 1)
        assert old in text
        with pytest.raises(InputError, match=said):
            library.load(write(tmp_path, text.replace(old, new, 1)))


class TestAnswers:
    def test_each_failure_has_its_sentence_and_nothing_else_is_said(self, exercise) -> None:
        one = variant(exercise, "owl-11")
        asked, question = one.expected["whole"], one.sheet.question("whole")
        verdict = check(asked, question, {"record": record.to_json(whole("no statement"))}, one.render)
        assert verdict.outcome is Outcome.SLIP
        dose = f"Not the dose of {one.formulas['a0_mbq'].text} MBq."
        assert verdict.message == f"Not what was given. {dose} The statement is missing."
        assert verdict.slip == "whole/1 whole/2 whole/3"
        right = check(asked, question, {"record": asked.value.answer()}, one.render)
        assert (right.outcome, right.understood) == (
            Outcome.RIGHT, "cycle 1, final, signed by a physician and a physicist"
        )  # fmt: skip

    def test_an_unfinished_record_is_no_attempt_and_says_whose_turn_it_is(self, exercise) -> None:
        one = variant(exercise, "owl-11")
        raw = {"record": record.to_json(whole(signed=False))}
        verdict = check(one.expected["whole"], one.sheet.question("whole"), raw, one.render)
        assert verdict.outcome is Outcome.UNREADABLE
        assert not verdict.attempt
        assert "the turn of the physicist to sign, or the physician to sign" in verdict.message

    def test_the_beginning_is_the_same_whenever_it_is_made_and_goes_no_further(self, exercise) -> None:
        first, again, other = (variant(exercise, name).sheet for name in ("owl-11", "owl-11", "elk-12"))
        (file,) = first.files
        assert file.content == again.files[0].content
        begun = record.from_json(file.content)
        assert begun.plan is not None
        assert begun.administration is None
        assert begun.header.record_id != record.from_json(other.files[0].content).header.record_id
        assert first.question("whole").parts == ("final", file.name)
        assert Sheet.from_dict(json.loads(json.dumps(first.to_dict()))) == first


@pytest.fixture
def session(tmp_path, monkeypatch) -> Session:
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path))
    session = Session("prrt-record", identity.choose("quiet-heron-42"), Logbook())
    session.submit("guess", {"choice": "physician"})
    return session


class TestKept:
    def test_on_the_disk_without_names_and_judged_again_by_the_educator(self, session) -> None:
        asked = session._variant.expected["complete"]
        given = asked.value.answer(1)
        assert "Lindqvist" in given
        assert session.submit("complete", {"record": given}).slip == "complete/1"
        assert session.submit("complete", {"record": asked.value.answer()}).outcome is Outcome.RIGHT
        text = session.logbook.path.read_text(encoding="utf-8")
        assert "Lindqvist" not in text
        assert "Okafor" not in text
        built = evidence.read(json.dumps(evidence.build(session.identity, session.logbook)).encode())
        marks = [one for one in evidence.remark(built) if one.question == "complete"]
        assert [(one.same, one.now, one.slip) for one in marks] == [
            (True, "slip", "complete/1"), (True, "right", ""),
        ]  # fmt: skip
        assert "Nuclide or cycle is another" in marks[0].message

    def test_a_record_changed_in_the_file_is_found(self, session) -> None:
        session.submit("complete", {"record": session._variant.expected["complete"].value.answer()})
        built = evidence.build(session.identity, session.logbook)
        raw = built["exercises"][0]["events"][-1]["raw"]
        raw["record"] = raw["record"].replace('"cycle":4', '"cycle":3')
        (mark,) = [one for one in evidence.remark(evidence.seal(built)) if one.question == "complete"]
        assert (mark.same, mark.now) == (False, "unreadable")

    def test_what_cannot_be_read_is_not_kept(self, session) -> None:
        given = session._variant.expected["complete"].value.answer()
        for text, said in (
            (given.replace('"cycle": 4', '"cycle": 3'), "The record was changed after it was written"),
            ("{", "The record is not JSON"), ('{"a": 1}', "This is no dosimetry record"),
        ):  # fmt: skip
            verdict = session.submit("complete", {"record": text})
            assert verdict.outcome is Outcome.NOT_ATTEMPTED
            assert verdict.message.startswith(said)
        assert session.raw("complete") == {}

    def test_no_record_chosen(self, session) -> None:
        assert session.submit("complete", {}).message == "Choose a record first, or a file with one."


class TestReports:
    def test_every_requirement_that_failed_is_counted_by_itself(self, exercise) -> None:
        question = exercise.question("whole")
        assert dict(slip_keys(question))["whole/3"] == "The statement is missing."
        mark = evidence.Remark("left-over", "whole", "", "", "slip", "slip", True, slip="whole/1 whole/3")
        assert class_page._kinds(mark) == ["whole/1", "whole/3"]

    def test_the_portfolio_says_which_ones_and_names_nobody(self, session) -> None:
        session.submit("complete", {"record": session._variant.expected["complete"].value.answer(4)})
        built = evidence.build(session.identity, session.logbook, ["prrt-record"])
        shown = portfolio.html(built)
        assert "What stayed behind was read" in shown
        assert "a record, kept in the evidence with roles in place of names" in shown
        assert "Okafor" not in json.dumps(built["exercises"][0]["events"])
