"""The page of the three levels without a browser."""

import contextlib
import csv
import io
import math

import numpy as np
import pytest

from mrtlab import InputError, _userdata, planning, prrt, record
from mrtlab.apps import levels
from mrtlab.apps.levels import cohort_words, compute, play_words, scripts, trial_words, words
from mrtlab.apps.levels import view as view_module
from mrtlab.apps.levels.layout import INPUTS, QUESTION
from mrtlab.apps.levels.model import CHOICES, QUESTIONS, RANGES, RIGHT
from mrtlab.apps.record import store
from mrtlab.patients.levels import subject

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return levels.LevelsPage()


@pytest.fixture
def few(monkeypatch):
    """A cohort of six patients of each drug."""
    monkeypatch.setattr(compute, "PATIENTS", 6)
    monkeypatch.setattr(compute, "_cohorts", {})


@pytest.fixture
def view(model, unpainted):
    view = view_module._View(model)
    for name in QUESTIONS:
        view.skip[name].click()
    return view


def played(model, level, *given):
    model.level = level
    for mbq in given:
        model.give(mbq)
    return compute.play(model)


class TestWhatALevelKnows:
    def test_level_1_knows_the_cohort_alone(self, model):
        """0.60 Gy/GBq, gsd 1.40: 14.8 GBq give 8.88 Gy, 95 % 4.6 to 17.2."""
        found = played(model, "1", 7400, 7400)
        best, low, high = found.so_far[-1]
        assert best == pytest.approx(8.88)
        assert (low, high) == pytest.approx((8.88 / 1.4**1.96, 8.88 * 1.4**1.96), rel=1e-3)
        assert found.kidney_gy == found.tumour_gy == ()
        assert found.advice is None
        third = next(one for one in found.options if one.activity_mbq == pytest.approx(7400))
        assert third.median_gy == pytest.approx(13.32)
        other = levels.LevelsPage(patient=8.0)
        assert played(other, "1", 7400, 7400).so_far == found.so_far, "it cannot tell one patient from another"

    def test_levels_2_and_3_know_what_was_measured(self, model):
        truth = subject(2).treat([7400, 7400])
        for level in ("2", "3"):
            found = played(model, level, 7400, 7400)
            assert found.so_far[-1][0] == pytest.approx(sum(one.n for one in truth.measured_kidney_gy))
            assert found.options[0].probability_above is not None
            assert found.so_far[-1][0] != pytest.approx(truth.kidney_gy.sum(), rel=1e-3), "not the truth"

    def test_only_level_3_offers_an_activity(self, model):
        assert played(model, "1").offered_mbq == played(model, "2").offered_mbq == 0
        assert played(model, "3").offered_mbq == 7400
        second = played(model, "3", 7400)
        assert 3700 <= second.offered_mbq < 7400
        assert second.offered_mbq in [one.activity_mbq for one in second.options]

    def test_a_limit_that_is_reached_leaves_nothing(self, model):
        found = played(model, "3", 7400, 7400, 7400, 7400)
        assert "limit already reached" in found.refused
        assert not found.options
        assert "Limit already reached" in play_words.said(found)

    def test_the_course_ends_after_six_cycles(self, model):
        played(model, "1", *[3700] * 6)
        assert model.ended == ["1"]
        with pytest.raises(InputError, match="over"):
            model.give(3700)
        model.again()
        assert model.given("1") == ()
        assert model.ended == []

    def test_endings_are_the_truth(self, model):
        model.finish(compute.skipped_courses(model))
        truth = subject(2)
        for one in compute.endings(model):
            assert one.kidney_gy == pytest.approx(truth.treat(one.activities_mbq).kidney_gy.sum())
        assert [one.verdict for one in compute.endings(model)] == ["above", "within", "within"]

    def test_what_was_played_is_kept_and_the_rest_skipped(self, model):
        played(model, "1", 3700)
        model.stop()
        played(model, "2", 5550)
        courses = compute.skipped_courses(model)
        assert courses["1"] == (3700,)
        assert courses["2"][0] == 5550
        assert len(courses["2"]) > 1

    def test_another_patient_begins_anew(self, model):
        played(model, "1", 7400)
        model.stop()
        model.patient = 5.0
        assert model.courses == {}
        assert model.ended == []


class TestCohortAndTrials:
    def test_right_answers_are_what_the_page_computes(self, model):
        found = planning.expected_range(4 * 7400 * prrt.expected_per_activity().median_gy_per_mbq, 1.40)
        within = found.probability_above(0.75 * 23) - found.probability_above(23)
        assert RIGHT["chance"] == "third"
        assert within == pytest.approx(1 / 3, abs=0.05)
        assert found.median_gy == pytest.approx(17.8, abs=0.05), "so it is said"
        arms = compute.escalation(model)
        assert RIGHT["trial"] == "dose"
        assert arms.dose.found > arms.activity.found + 0.05

    def test_a_largest_activity(self, model):
        free = compute.escalation(model).dose
        model.most_gbq = 100.0
        found = compute.escalation(model)
        assert np.all(found.dose.toxicity <= free.toxicity + 1e-6), "nobody gets more"
        # 54 Gy from 100 GBq need 0.54 Gy/GBq: log-normal between patients (1.4) and in the estimate (0.15)
        spread = np.hypot(np.log(1.4), 0.15)
        share = 0.5 * (1 + math.erf(np.log(54 / (100 * 0.6)) / spread / np.sqrt(2)))
        assert found.dose.capped[-1] == pytest.approx(share, abs=1e-6)
        assert f"that of 54 Gy {100 * share:.0f} %" in trial_words.said(found)
        model.most_gbq = 60.0
        with pytest.raises(InputError, match="rise to 90 GBq, above the largest activity of a course, 60 GBq"):
            compute.escalation(model)

    def test_plan_of_the_cohort_as_it_is_said(self, model):
        compute.draw(model)
        assert RIGHT["plan"] == "most"
        found = compute.plans(model, "prrt")
        assert [cohort_words.between(one) for one in (found.planned, found.fixed)] == [47, 22]
        psma = compute.plans(model, "psma")
        assert (cohort_words.between(psma.fixed), psma.fixed.above.sum()) == (11, 33)
        for arm in (found.fixed, psma.planned):
            assert arm.above.sum() + cohort_words.between(arm) + arm.below.sum() == 60

    def test_code_gives_the_same_numbers(self, model, few):
        compute.draw(model)
        model.drug = "psma"
        plans, arms = compute.plans(model), compute.escalation(model)
        first = played(model, "1", 7400)
        texts = [(scripts.play(model), f"{first.options[0].median_gy:.1f} Gy")]
        third = played(model, "3", 7400)
        texts.append((scripts.play(model), third.advice.text))
        model.finish(compute.skipped_courses(model))
        texts += [
            (scripts.endings(model), f"kidneys {compute.endings(model)[2].kidney_gy:.1f} Gy"),
            (scripts.cohort(model), f"above {plans.planned.above.sum()}, below {plans.planned.below.sum()}"),
            (scripts.trial(model), f"dose: found by {100 * arms.dose.found:.0f} %"),
        ]
        for code, expected in texts:
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_csv(self, model, few):
        compute.draw(model)
        rows = list(csv.DictReader(io.StringIO(scripts.cohort_csv(model))))
        assert len(rows) == 2 * 6
        rows = list(csv.DictReader(io.StringIO(scripts.trial_csv(model))))
        assert len(rows) == 2 * compute.TRIALS
        assert np.mean([int(one["toxicities"]) for one in rows if one["arm"] == "dose"]) == pytest.approx(
            compute.escalation(model).dose.toxicities.mean()
        )


class TestState:
    @pytest.mark.parametrize(
        "state",
        [
            {"patient": 2.5},
            {"level": "4"},
            {"courses": [1]},
            {"courses": {"4": [7400]}},
            {"courses": {"1": [7400] * 7}},
            {"courses": {"1": [-1]}},
            {"courses": {"1": [True]}},
            {"ended": ["5"]},
            {"ended": 3},
            {"predictions": {"a": "b"}},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        compute.play(model)

    def test_state_comes_back(self, model):
        model.patient = 5.0
        played(model, "2", 7400, 5550)
        model.stop()
        model.predict("chance", "few")
        again = levels.LevelsPage()
        assert again.restore(model.state())
        assert again.state() == model.state()
        assert again.given("2") == (7400, 5550)


class TestView:
    def test_nothing_is_told_before_its_prediction(self, model, unpainted, few):
        view = view_module._View(model)
        for section, question in QUESTION.items():
            assert view.figures[section].state == "empty"
            assert view.results[section].html == ""
            view.commit[question].click()
            assert view.missing[question].text
            view.choices[question].value = RIGHT[question]
            view.commit[question].click()
            assert "as you said" in words.compared(model, question)
        assert view.figures["play"].state == view.figures["trial"].state == "ready"
        assert view.figures["cohort"].state == view.figures["endings"].state == "empty"
        view.draw.click()
        assert view.figures["cohort"].state == "ready"
        assert view.draw.layout.display == "none"
        assert view.page.errors.messages == ()

    def test_three_courses_played_and_compared(self, view):
        for level in ("1", "2", "3"):
            assert view.figures["endings"].state == "empty"
            view.chosen["level"].value = level
            shown = view.give_offered.layout.display is None
            assert shown == (level == "3")
            (view.give_offered if shown else view.give_label).click()
            view.give_own.click()
            assert view.model.given(level) == (7400, 5500)
            assert ("not measured" in view.tables["course"].html) == (level == "1")
            view.stop.click()
            assert view.give_own.disabled
        assert view.figures["endings"].state == "ready"
        assert view.to_play.text == ""
        assert "same" in view.said_of["endings"].text
        assert view.page.errors.messages == ()
        view.again.click()
        assert view.figures["endings"].state == "empty"
        assert view.tables["endings"].layout.display == "none"
        view.finish.click()
        assert view.model.all_ended
        again = view_module._View(levels.LevelsPage())
        assert again.figures["endings"].state == "ready"
        assert again.model.given("1") == (7400, 5500)

    def test_every_control_from_end_to_end(self, view, few, monkeypatch):
        monkeypatch.setattr(compute, "TRIALS", 60)
        view.draw.click()
        for name, field in view.fields.items():
            low, high = RANGES[name]
            start = field.value
            for value in (low, (low + high) // 2 or high, high):
                field.value = value
                assert view.page.errors.messages == (), (name, value)
            for text in ("", "nonsense", "1e12"):
                field.text = text
                assert any(section.stale for section in view.sections.values()), name
            field.value = start
        for name, choice in view.chosen.items():
            for value in CHOICES[name]:
                choice.value = value
                assert getattr(view.model, name) == value
        assert view.page.errors.messages == ()
        view.reset.click()
        assert not any(section.stale for section in view.sections.values())
        view.fields["own_gbq"].text = "7,4 GBq"
        assert view.model.own_gbq == 7.4
        view.fields["patient"].text = "152,5"
        assert view.sections["play"].stale
        assert view.model.patient == 2
        assert set(INPUTS) == set(view.figures)

    def test_a_plan_of_less_than_nothing_is_refused_alone(self, view, few):
        view.draw.click()
        view.fields["target_gy"].value = 5.0
        view.fields["cap_gbq"].value = 3.7
        assert view.figures["trial"].state == "ready"
        assert view.page.errors.messages == ()

    def test_record_of_the_next_cycle(self, view):
        view.begin.click()
        assert "Type a name for the case first" in view.not_begun.text
        for name, text in (("pseudonym", "case-07"), ("physician", "Ada"), ("physicist", "Bo")):
            view.clocks[name].value = text
        view.chosen["level"].value = "3"
        view.give_offered.click()
        view.begin.click()
        assert "case-07-cycle-2" in view.begun.text
        (kept,) = store.kept()
        case = store.load(kept.path)
        assert record.from_json(view._record_json().decode()).header.cycle == 2
        assert "decide" in case.turns[0].text
        kidneys = case.steps[1].content.rows[0]
        assert kidneys.tissue == "kidneys"
        offered = compute.play(view.model).advice.per_activity
        assert kidneys.median_gy == pytest.approx(offered.previous_gy + 3700 * offered.median_gy_per_mbq)
        view.stop.click()
        view.begin.click()
        assert "no next cycle" in view.not_begun.text

    def test_what_cannot_be_used_of_an_earlier_visit_is_said(self, unpainted):
        _userdata.save(view_module._View.STATE, {"courses": {"1": "much"}})
        assert view_module._View(levels.LevelsPage()).left_out.text
