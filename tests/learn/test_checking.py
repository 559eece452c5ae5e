"""One message to an answer, the most specific, that never gives the answer away."""

from __future__ import annotations

import math

import pytest
from exercise_for_tests import TEXT, write
from hypothesis import given
from hypothesis import strategies as st

from mrtlab.learn import library
from mrtlab.learn.checking import Outcome, check, read
from mrtlab.learn.expected import Expected, Interval, Part, Slip, overlap
from mrtlab.learn.schema import Question
from mrtlab.learn.sheet import SheetQuestion
from mrtlab.learn.variants import variant


def number(value=7363.4, tol=0.002, parts=("value",), unit="MBq", slips=(), **more) -> tuple[Expected, SheetQuestion]:
    question = Question.model_validate_json(
        '{"id": "a", "text": "Activity", "is": 1, "tol": 0.1, "why": "because of the meter", "right": "It matters."}'
    )
    part = Part(value, tol * value, tuple(Slip(f"a/{n}", v, band, say) for n, (v, band, say) in enumerate(slips, 1)))
    return Expected(question, part, **more), SheetQuestion("a", "number", "Activity", unit=unit, parts=parts)


def outcome(raw, made=None) -> str:
    asked, question = made or number()
    return check(asked, question, raw).outcome


class TestNumbers:
    @pytest.mark.parametrize("typed", ["7363.4", "7363,4", "7 363,4", "7,3634 GBq", "7363.4 MBq", "7.3634e3", "7370"])
    def test_right(self, typed):
        assert outcome({"value": typed}) == Outcome.RIGHT

    @pytest.mark.parametrize(
        ("typed", "wanted"),
        [
            ("", Outcome.NOT_ATTEMPTED),
            ("   ", Outcome.NOT_ATTEMPTED),
            ("1.234,5", Outcome.UNREADABLE),
            ("about seven", Outcome.UNREADABLE),
            ("7363 bananas", Outcome.UNREADABLE),
            ("7363.4 Gy", Outcome.UNREADABLE),
            ("7.3634", Outcome.WRONG_UNIT),
            ("7363400", Outcome.WRONG_UNIT),
            ("0.0073634", Outcome.WRONG_UNIT),
            ("7.3634 kBq", Outcome.WRONG_UNIT),
            (f"{7363.4 * 3600:.6g}", Outcome.WRONG_UNIT),
            (f"{7363.4 / 60:.6g}", Outcome.WRONG_UNIT),
            (f"{7363.4 * 24:.6g}", Outcome.WRONG_UNIT),
            (f"{7363.4 * math.log(2):.6g}", Outcome.WRONG_UNIT),
            (f"{7363.4 / 2:.6g}", Outcome.WRONG_UNIT),
            (f"{7363.4 * 100:.6g}", Outcome.WRONG_UNIT),
            ("-7363.4", Outcome.WRONG_UNIT),
            ("7400", Outcome.OUTSIDE),
            ("0", Outcome.OUTSIDE),
            ("7379", Outcome.OUTSIDE),
            ("7378", Outcome.RIGHT),
        ],
    )
    def test_outcomes(self, typed, wanted):
        assert outcome({"value": typed}) == wanted

    def test_a_slip_with_a_name_is_said_before_a_factor(self):
        made = number(slips=[(7363.4 / math.log(2), 10.0, "You gave the mean life.")])
        verdict = check(*made, {"value": f"{7363.4 / math.log(2):.6g}"})
        assert (verdict.outcome, verdict.slip, verdict.message) == (Outcome.SLIP, "a/1", "You gave the mean life.")

    def test_of_a_whole_number_no_factor_is_told(self):
        asked, question = number(4.0, 0.01, unit="")
        for typed in ("2", "8", "400"):
            assert check(asked, question, {"value": typed}).outcome == Outcome.OUTSIDE

    def test_the_nearest_slip_is_said(self):
        made = number(slips=[(7900.0, 30.0, "one"), (7950.0, 22.0, "other")])
        assert check(*made, {"value": "7930"}).slip == "a/2"
        assert check(*made, {"value": "7889"}).slip == "a/1"
        assert check(*made, {"value": "7860"}).outcome == Outcome.OUTSIDE

    @given(st.floats(1, 1e6))
    def test_no_message_holds_the_right_value_or_the_distance(self, typed):
        verdict = check(*number(), {"value": f"{typed:.6g}"})
        assert "7363" not in verdict.message
        for word in ("too high", "too low", "larger", "smaller", "more than", "less than"):
            assert word not in verdict.message

    @given(st.text(max_size=30))
    def test_any_text_gets_an_answer(self, typed):
        verdict = check(*number(), {"value": typed})
        assert verdict.message
        assert verdict.outcome in Outcome


class TestUncertainty:
    one_degree = Slip("a/u/1", 120.0, 90.0, "One degree of freedom.")
    made = number(13474.0, 0.015, ("value", "u"), "MBq·h", u=Part(395.0, 99.0, (one_degree,)))

    @pytest.mark.parametrize(
        ("raw", "wanted"),
        [
            ({"value": "13470"}, Outcome.NOT_ATTEMPTED),
            ({"u": "395"}, Outcome.NOT_ATTEMPTED),
            ({"value": "13470", "u": "395"}, Outcome.RIGHT),
            ({"value": "13,47 GBq·h", "u": "0,395 GBq·h"}, Outcome.RIGHT),
            ({"value": "13470", "u": "300"}, Outcome.RIGHT),
            ({"value": "13470", "u": "290"}, Outcome.WRONG_UNCERTAINTY),
            ({"value": "13470", "u": "0"}, Outcome.UNREADABLE),
            ({"value": "13470", "u": "-395"}, Outcome.UNREADABLE),
            ({"value": "13470", "u": "5 %"}, Outcome.UNREADABLE),
            ({"value": "9000", "u": "395"}, Outcome.OUTSIDE),
        ],
    )
    def test_outcomes(self, raw, wanted):
        assert outcome(raw, self.made) == wanted

    def test_no_uncertainty_no_answer(self):
        assert "No uncertainty, no answer" in check(*self.made, {"value": "13470"}).message

    def test_its_slips_are_named(self):
        verdict = check(*self.made, {"value": "13470", "u": "120"})
        assert verdict.slip == "a/u/1"
        assert "value is right, the uncertainty is not" in verdict.message
        assert "One degree of freedom." in verdict.message

    def test_an_interval(self):
        narrow = Slip("a/interval/1", (12600.0, 16200.0), 700.0, "One standard uncertainty either way is 68 %.")
        ends = Interval(11000.0, 18000.0, 900.0, (narrow,))
        made = number(14404.0, 0.01, ("value", "low", "high"), "MBq·h", interval=ends)
        good = {"value": "14400", "low": "10500", "high": "18500"}
        assert outcome(good, made) == Outcome.RIGHT
        assert outcome({**good, "low": "12500"}, made) == Outcome.WRONG_UNCERTAINTY
        assert outcome({**good, "high": "16500"}, made) == Outcome.WRONG_UNCERTAINTY
        assert check(*made, {**good, "low": "12500", "high": "16500"}).slip == "a/interval/1"
        assert "68 %" in check(*made, {**good, "low": "12500", "high": "16500"}).message
        assert outcome({**good, "low": "18500", "high": "10500"}, made) == Outcome.UNREADABLE
        assert outcome({"value": "14400"}, made) == Outcome.NOT_ATTEMPTED


class TestOthers:
    @pytest.fixture
    def one(self, tmp_path):
        return variant(library.load(write(tmp_path)), "heron")

    def test_a_choice_and_its_reason(self, one):
        asked, question = one.expected["keep"], one.sheet.question("keep")
        reason = "it has lost only a third of its activity"
        for raw, wanted in [
            ({}, Outcome.NOT_ATTEMPTED),
            ({"choice": "use"}, Outcome.NOT_ATTEMPTED),
            ({"choice": "use", "reason": "yes"}, Outcome.NOT_ATTEMPTED),
            ({"choice": "use", "reason": "xxxxxxxxxxxx"}, Outcome.NOT_ATTEMPTED),
            ({"choice": "sell", "reason": reason}, Outcome.UNREADABLE),
            ({"choice": "use", "reason": reason}, Outcome.RIGHT),
            ({"choice": "discard", "reason": reason}, Outcome.SLIP),
        ]:
            assert check(asked, question, raw).outcome == wanted
        assert check(asked, question, {"choice": "measure", "reason": reason}).slip == "keep/2"

    def make(self, tmp_path, question: str):
        plot = "plot: {table: readings, x: hour_h, y: reading_mbq}\n"
        text = TEXT[: TEXT.index("ask:")] + plot + "ask:\n" + question + TEXT[TEXT.index("\nsolution: A =") :]
        one = variant(library.load(write(tmp_path, text)), "heron")
        return one.expected["it"], one.sheet.question("it")

    def test_a_point(self, tmp_path):
        made = self.make(
            tmp_path,
            "  - {id: it, text: Which point, pick: point, is: largest(reading_mbq), right: It is the first.,"
            " wrong: [{is: 2, say: That is the last.}]}",
        )
        assert outcome({"point": 0}, made) == Outcome.RIGHT
        assert outcome({"point": 2}, made) == Outcome.SLIP
        assert outcome({"point": 1}, made) == Outcome.OUTSIDE
        assert outcome({}, made) == Outcome.NOT_ATTEMPTED
        for nonsense in ("first", -1, 1.5, True):
            assert outcome({"point": nonsense}, made) == Outcome.UNREADABLE

    def test_a_region(self, tmp_path):
        made = self.make(
            tmp_path,
            "  - {id: it, text: When, pick: region, is: '[60, 110]', right: There it is.,"
            " wrong: [{is: '[0, 30]', say: Too early.}]}",
        )
        assert outcome({"low": "62,5", "high": "115"}, made) == Outcome.RIGHT
        assert outcome({"low": "62,5 h", "high": "4,75 d"}, made) == Outcome.RIGHT
        assert outcome({"low": "0", "high": "28"}, made) == Outcome.SLIP
        assert outcome({"low": "60", "high": "300"}, made) == Outcome.OUTSIDE
        assert outcome({"low": "110", "high": "60"}, made) == Outcome.UNREADABLE
        assert outcome({"low": "sixty", "high": "110"}, made) == Outcome.UNREADABLE
        assert outcome({"low": "60"}, made) == Outcome.NOT_ATTEMPTED

    def test_a_text(self, tmp_path):
        made = self.make(
            tmp_path,
            "  - id: it\n    text: Why\n"
            "    rubric: [{point: names decay, words: [decay]}, {point: names time, words: [time]}]",
        )
        said = "The activity is lost by radioactive decay, nothing else is involved."
        verdict = check(*made, {"text": said})
        assert verdict.outcome == Outcome.RECORDED
        assert "1 of 2" in verdict.message
        assert outcome({"text": "decay"}, made) == Outcome.UNREADABLE
        assert outcome({"text": ""}, made) == Outcome.NOT_ATTEMPTED

    def test_an_answer_can_be_read_without_the_truth(self, one):
        understood = read(one.sheet.question("left"), {"value": "0,5 GBq", "u": "20"})
        assert understood.text == "500 ± 20 MBq"

    @pytest.mark.parametrize(
        ("one_region", "other", "share"),
        [((0, 1), (0, 1), 1), ((0, 1), (2, 3), 0), ((0, 2), (1, 3), 1 / 3), ((0, 4), (1, 2), 0.25)],
    )
    def test_overlap(self, one_region, other, share):
        assert overlap(one_region, other) == pytest.approx(share)
        assert overlap(other, one_region) == pytest.approx(share)
