"""The audit finds what is wrong with an exercise, and the exercises that come with mrtlab pass it."""

from __future__ import annotations

import pytest
from exercise_for_tests import TEXT, write

from mrtlab.learn import library
from mrtlab.learn.audit import audit

# `mrtlab exercise check` takes 500; here so many that a fault of one in twenty is found in 95 of 100 runs
LEARNERS = 60


def of(tmp_path, *changes, n: int = 12):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return audit(library.load(write(tmp_path, text)), n)


class TestFindings:
    def test_nothing_to_mend(self, tmp_path):
        seen = []
        found = audit(library.load(write(tmp_path)), 12, seen.append)
        assert found.errors == ()
        assert found.variants == 12
        assert seen == list(range(1, 13))
        low, high = found.ranges["a0_mbq"]
        assert 400 <= low < high <= 900

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ([("story: A vial held {a0_mbq}", "let: {part: a0_mbq / 3}\nstory: It held {part}")], "not rounded first"),
            ([("{is: discard, say: Too early.}, ", "")], "nothing is said to the option 'discard'"),
            ([("say: No decay is in this.", "say: 'No: {left_mbq.n:.1f} MBq is right.'")], "gives the answer away"),
            ([("The exponent holds ln 2.", "'It is about {left_mbq.n:.0f}.'")], "hint 2 gives the answer away"),
            ([("A = {left_mbq} MBq.\n  - id", "A = {lost} MBq.\n  - id")], "cannot be shown"),
            ([("uniform: [400, 900]", "uniform: [-400, 900]")], "above 0"),
            ([("ask:\n", "require: [a0_mbq > 850]\nask:\n")], "draws are refused"),
            ([("ask:\n", "require: [a0_mbq > 950]\nask:\n")], "only 0 of 12 learners"),
            ([("is: left_mbq.s * 2", "is: left_mbq.s * 1.1")], "left/u/1: this slip cannot be told apart"),
            ([("is: a0_mbq, say", "is: left_mbq * 1.01, say")], "too near to the right one"),
        ],
    )  # fmt: skip
    def test_what_is_to_be_mended(self, tmp_path, changes, said):
        found = of(tmp_path, *changes)
        assert not found.passed
        assert said in "\n".join(found.errors)

    def test_the_same_fault_is_told_once(self, tmp_path):
        found = of(tmp_path, ("ask:\n", "require: [a0_mbq > 950]\nask:\n"), n=200)
        assert len(found.errors) <= 5
        assert not any("narrow the draws" in text for text in found.errors)

    def test_a_fault_in_a_formula_ends_it(self, tmp_path):
        found = of(tmp_path, ("is: left_mbq\n", "is: left_gbq\n"))
        assert "left_gbq, which is not known" in found.errors[0]

    def test_a_level_without_uncertainty_is_noted(self, tmp_path):
        found = of(
            tmp_path,
            ("level: know", "level: apply"),
            ("    u: {tol: 0.25, wrong: [{is: left_mbq.s * 2, say: One standard uncertainty is asked.}]}\n", ""),
        )
        assert found.passed
        assert "no uncertainty is asked for" in found.notes[0]

    def test_a_slip_that_another_message_answers_is_found(self, tmp_path, monkeypatch):
        from mrtlab.learn import checking

        monkeypatch.setattr(checking, "_slip", lambda part, value: part.slips[0] if part.slips else None)
        assert "left/2: this wrong answer is taken for left/1" in "\n".join(of(tmp_path).errors)

    def test_a_right_answer_that_is_not_accepted_is_found(self, tmp_path, monkeypatch):
        from mrtlab.learn import checking

        monkeypatch.setattr(checking, "parse_quantity", lambda text, unit: float(text.replace(",", "")))
        assert "the reference answer is judged" in "\n".join(of(tmp_path).errors)


@pytest.mark.parametrize("name", [exercise.id for exercise in library.exercises()])
def test_exercises_of_mrtlab(name):
    exercise = library.load(name)
    found = audit(exercise, LEARNERS)
    assert found.errors == ()
    assert found.variants == LEARNERS
