"""One learner's work: judged, kept before anything is said, and there again after every accident."""

from __future__ import annotations

import pytest
from exercise_for_tests import TEXT, write

from mrtlab.errors import InputError
from mrtlab.learn import library, session, variants
from mrtlab.learn.audit import typed
from mrtlab.learn.checking import Outcome
from mrtlab.learn.identity import Identity
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import RECEIPT, Session

WRONG = {"value": "1", "u": "1"}
REASON = "it has lost only a third of its activity"


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    """The small exercise, found by its id."""
    path = write(tmp_path / "exercises")
    real = library.load
    monkeypatch.setattr(session, "load", lambda which: real(path) if which == "left-over" else real(which))
    return real(path)


@pytest.fixture
def logbook(tmp_path):
    return Logbook(tmp_path / "logbook.jsonl")


@pytest.fixture
def start(exercise, logbook):
    def begin(learner: str = "quiet-heron-42") -> Session:
        return Session("left-over", Identity(learner, "self", "practice", None), logbook)

    return begin


@pytest.fixture
def right(exercise):
    one = variants.variant(exercise, "quiet-heron-42")
    return {key: typed(expected) for key, expected in one.expected.items()}


class TestAnswers:
    def test_a_verdict_is_on_the_disk_when_it_is_given(self, start, right, logbook):
        one = start()
        verdict = one.submit("left", right["left"])
        assert verdict.outcome == Outcome.RIGHT
        (event,) = Logbook(logbook.path).events(event="answer")
        assert event["outcome"] == "right"
        assert event["raw"] == right["left"]
        assert (event["code"], event["data"]) == (one.sheet.code, one.sheet.data_hash)

    def test_no_verdict_without_saving(self, start, right, monkeypatch):
        one = start()

        def full(*arguments, **named):
            raise InputError("not saved: no space left on the disk")

        monkeypatch.setattr(one.logbook, "append", full)
        with pytest.raises(InputError, match="not saved"):
            one.submit("left", right["left"])
        assert one.verdict("left") is None
        assert not one.progress["left"].closed

    def test_nothing_given_is_not_kept(self, start, logbook):
        assert start().submit("left", {"value": "", "u": ""}).outcome == Outcome.NOT_ATTEMPTED
        assert logbook.events() == []

    def test_the_same_answer_twice_is_one(self, start, logbook):
        one = start()
        assert one.submit("left", WRONG) == one.submit("left", dict(WRONG))
        assert len(logbook.events(event="answer")) == 1
        one.submit("left", {"value": "2", "u": "1"})
        one.submit("left", WRONG)
        assert [event["attempt"] for event in logbook.events(event="answer")] == [1, 2, 3]

    def test_unreadable_answers_are_kept_and_do_not_count(self, start):
        one = start()
        for typed_text in ("1.234,5", "a", "b", "c"):
            one.submit("left", {"value": typed_text, "u": "1"})
        assert one.progress["left"].attempts == 0
        assert len(one.progress["left"].answers) == 4
        assert not one.progress["left"].closed

    def test_a_question_that_is_not_there(self, start):
        with pytest.raises(InputError, match="no question 'right'"):
            start().submit("right", WRONG)

    def test_two_windows_count_together(self, start):
        one, other = start(), start()
        one.submit("left", WRONG)
        other.submit("left", {"value": "2", "u": "1"})
        one.submit("left", {"value": "3", "u": "1"})
        assert one.progress["left"].attempts == 3
        other.refresh()
        assert other.progress["left"].closed

    def test_learners_do_not_see_each_other(self, start):
        start().submit("left", WRONG)
        assert start("loud-owl-7").progress["left"].attempts == 0


class TestSolution:
    def test_opens_after_a_right_answer(self, start, right):
        one = start()
        assert one.solution("left") is None
        one.submit("left", right["left"])
        assert "±" in one.solution("left").answer
        assert "within 1 %" in one.solution("left").answer
        assert "MBq" in one.solution("left").working

    def test_opens_after_the_third_failure(self, start):
        one = start()
        for attempt, value in enumerate("123", 1):
            one.submit("left", {"value": value, "u": "1"})
            assert (one.solution("left") is not None) == (attempt == 3)

    def test_opens_after_giving_up(self, start):
        one = start()
        one.give_up("left")
        assert one.solution("left") is not None

    def test_what_is_answered_afterwards_does_not_count(self, start, right):
        one = start()
        one.give_up("left")
        assert one.submit("left", right["left"]).outcome == Outcome.RIGHT
        assert one.progress["left"].score == 0
        assert not one.progress["left"].right

    def test_truth_and_worked_solution_come_at_the_end(self, start, right):
        one = start()
        one.submit("left", right["left"])
        assert (one.worked, one.truth, one.discuss) == ("", (), ())
        one.submit("keep", right["keep"])
        assert one.finished
        assert "MBq" in one.worked
        assert one.truth[0].text.startswith("activity at the start: ")
        assert "±" in one.discuss[0]

    def test_score(self, start, right):
        one = start()
        one.submit("left", {**right["left"], "u": "1"})
        assert one.progress["left"].score == 0.5
        one.submit("left", right["left"])
        assert one.progress["left"].score == 1


class TestHints:
    def test_one_after_another_and_noted(self, start):
        one = start()
        assert one.hints("left") == ()
        assert one.hint("left") == "Which time does the reading belong to?"
        assert one.hint("left") == "The exponent holds ln 2."
        with pytest.raises(InputError, match="no more hints"):
            one.hint("left")
        assert start().hints("left") == ("Which time does the reading belong to?", "The exponent holds ln 2.")
        one.submit("left", WRONG)
        assert one.progress["left"].answers[-1]["hints"] == 2


class TestResume:
    def test_everything_is_there_again(self, start, right):
        first = start()
        first.open()
        first.hint("left")
        said = first.submit("left", WRONG)
        first.submit("keep", {"choice": "discard", "reason": REASON})
        first.reflect("learned", "A fit has a tail.")
        again = start()
        assert again.verdict("left") == said
        assert again.raw("keep") == {"choice": "discard", "reason": REASON}
        assert again.hints("left") == first.hints("left")
        assert [one["text"] for one in again.reflections("learned")] == ["A fit has a tail."]
        assert again.progress == first.progress

    def test_a_new_version_begins_anew(self, start, tmp_path):
        start().submit("left", WRONG)
        write(tmp_path / "exercises", TEXT.replace("version: 1", "version: 2"))
        assert start().progress["left"].attempts == 0

    def test_reflections_have_kinds(self, start):
        with pytest.raises(InputError, match="learned, plan, later"):
            start().reflect("mood", "fine")
        with pytest.raises(InputError, match="nothing is written"):
            start().reflect("plan", "  ")


class TestPrediction:
    @pytest.fixture
    def predicting(self, tmp_path, exercise, start):
        question = (
            "ask:\n  - {id: before, text: More or less than half, choose: {more: more, less: less}, "
            "is: more, predict: true}\n"
        )
        write(tmp_path / "exercises", TEXT.replace("ask:\n", question))
        return start()

    def test_comes_first(self, predicting):
        assert predicting.unpredicted == ("before",)
        with pytest.raises(InputError, match="prediction first"):
            predicting.submit("left", WRONG)
        assert predicting.submit("before", {"choice": "less"}).outcome == Outcome.RECORDED
        assert predicting.unpredicted == ()
        predicting.submit("left", WRONG)

    def test_cannot_be_changed_and_is_compared_at_the_end(self, predicting):
        predicting.submit("before", {"choice": "less"})
        with pytest.raises(InputError, match="cannot be changed"):
            predicting.submit("before", {"choice": "more"})
        assert predicting.solution("before") is None
        predicting.give_up("left")
        predicting.give_up("keep")
        assert predicting.solution("before").answer == "more"
        assert predicting.progress["before"].score is None


class TestAssessment:
    @pytest.fixture
    def assessed(self, exercise, logbook):
        sheet = variants.variant(exercise, "heron", "lund", b"key" * 8).sheet
        pack = {
            "exercises": [{"exercise": "left-over", "version": 1}],
            "sheets": [sheet.to_dict()],
        }
        return Session("left-over", Identity("heron", "lund", "assessment", pack), logbook)

    def test_receipts_only(self, assessed, logbook):
        for value in ("1", "2", "3", "4"):
            verdict = assessed.submit("left", {"value": value, "u": "1"})
            assert verdict.message == RECEIPT
        assert {event["outcome"] for event in logbook.events(event="answer")} == {"received"}
        assert assessed.progress["left"].attempts == 4
        assert assessed.solution("left") is None
        assert not assessed.progress["left"].closed

    def test_what_cannot_be_read_is_still_said(self, assessed):
        assert assessed.submit("left", {"value": "1.234,5", "u": "1"}).outcome == Outcome.UNREADABLE
        assert assessed.submit("left", {"value": "1"}).outcome == Outcome.NOT_ATTEMPTED
        assert assessed.progress["left"].attempts == 0

    def test_no_hints_no_giving_up_no_truth(self, assessed):
        with pytest.raises(InputError, match="hints"):
            assessed.hint("left")
        with pytest.raises(InputError, match="grading"):
            assessed.give_up("left")
        assessed.submit("left", WRONG)
        assessed.submit("keep", {"choice": "use", "reason": REASON})
        assert assessed.finished
        assert (assessed.worked, assessed.truth, assessed.discuss) == ("", (), ())

    def test_an_exercise_that_is_not_in_the_pack(self, assessed):
        with pytest.raises(InputError, match="has no exercise 'kidney-tia'"):
            Session("kidney-tia", assessed.identity, assessed.logbook)

    def test_a_course_made_with_another_version(self, exercise, logbook):
        pack = {"exercises": [{"exercise": "left-over", "version": 7}]}
        with pytest.raises(InputError, match="version 7 of left-over"):
            Session("left-over", Identity("heron", "lund", "practice", pack), logbook)
