"""Exercises across therapies: their own formulas on base values, against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
from test_exercises_content import answers, includes

from mrtlab.learn.audit import typed
from mrtlab.learn.checking import Outcome, check
from mrtlab.learn.library import load
from mrtlab.learn.variants import variant
from mrtlab.record import check_rows


def test_evidence_numbers() -> None:
    found, _ = answers(
        load("reading-evidence"), patients_before=50, patients_after=90, doses_before=60, doses_after=270, growth=1.8
    )
    assert found["each"].value.value == pytest.approx(20 / 9)
    assert includes(found["each"], 5.0, 0.45, 3.2, 7.2)
    assert found["own"].value.value == pytest.approx(350)  # 270 / 60 is 4.5
    assert includes(found["own"], 450, 80, 4.5)
    # ln 5.87 = 1.76985, ln 2.4 = 0.87547; over 3.92
    assert found["log_odds"].value.value == pytest.approx(0.22816, rel=1e-3)


def test_positions_are_judged_by_points_and_not_by_side() -> None:
    exercise = load("reading-evidence")
    assert [one.id for one in exercise.ask if one.kind == "text"] == ["first_position", "second_position", "quoting"]
    one = variant(exercise, "reader", "test")
    for name in ("first_position", "second_position", "quoting"):
        asked, sheet = one.expected[name], one.sheet.question(name)
        verdict = check(asked, sheet, {"text": exercise.question(name).sample}, one.render)
        assert verdict.outcome is Outcome.RECORDED
        assert "3 of 3 points" in verdict.message


@pytest.mark.parametrize(
    ("plant", "ratio"), [("activity", 1000), ("dose", 1000 / 7400), ("point", 100), ("unusual", 1)]
)
def test_each_slip_in_a_row(plant, ratio) -> None:
    found, formulas = answers(
        load("registry-rows"),
        first_mbq=7300, second_mbq=7400, third_mbq=7350, usual=0.5, change=1.05, other_change=0.97, unusual=2.3,
        half_life=50, plant=plant, row_of=2,
    )  # fmt: skip
    assert found["factor"].value.value == pytest.approx(ratio)
    per = 0.5 * 1.05 * (2.3 if plant == "unusual" else 1)
    assert found["dose_there"].value.value == pytest.approx(per * 7.4)
    assert found["decision"].value == plant
    # the rules of the package name the same
    rows = [
        {
            "case": 1, "cycle": k + 1, "region": "left kidney", "administered_mbq": formulas["activity"][k],
            "dose_gy": formulas["dose_gy"][k], "dose_u_gy": formulas["dose_gy"][k] / 10, "points": 3,
            "dose_gy_per_mbq": formulas["per_activity"][k] / 1000, "basis": "measured",
        }
        for k in range(3)
    ]  # fmt: skip
    kinds = {"activity": "activity_unit", "dose": "dose_per_activity", "point": "decimal"}
    assert [(one.row, one.kind) for one in check_rows(rows)] == ([(1, kinds[plant])] if plant in kinds else [])
    assert math.isclose(formulas["teff"][0], 50, abs_tol=10)


def test_every_ending_happens_and_competent_answers_are_right() -> None:
    for name in ("registry-rows", "reading-evidence"):
        exercise, endings = load(name), set()
        for learner in range(40):
            one = variant(exercise, f"across-{learner}", "test")
            if "decision" in one.expected:
                endings.add(one.expected["decision"].value)
            if learner < 2:
                for question in exercise.ask:
                    if not question.predict and question.kind != "text":
                        asked, sheet = one.expected[question.id], one.sheet.question(question.id)
                        assert check(asked, sheet, typed(asked), one.render).outcome is Outcome.RIGHT, question.id
        assert endings in ({"activity", "dose", "point", "unusual"}, set())
