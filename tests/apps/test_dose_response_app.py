"""The dose-response page without a browser, and the simulated outcomes behind it."""

import contextlib
import io

import numpy as np
import pytest

from mrtlab import InputError, _userdata
from mrtlab.apps import dose_response
from mrtlab.apps.dose_response import model as model_module
from mrtlab.apps.dose_response import scripts, window_words, words
from mrtlab.apps.dose_response import view as view_module
from mrtlab.apps.dose_response.layout import QUESTION
from mrtlab.apps.dose_response.model import QUESTIONS, RANGES, RIGHT, RULES
from mrtlab.radiobiology import fit_dose_response
from mrtlab.radiobiology.simulate import simulated_outcomes

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture(scope="module", autouse=True)
def few_patients():
    """Cohorts of 12 in place of 100, kept for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (model_module, scripts):
            patch.setattr(module, "PATIENTS", 12)
        patch.setattr(model_module, "_COHORTS", {})
        yield


@pytest.fixture
def model():
    return dose_response.DoseResponsePage()


@pytest.fixture
def view(model, unpainted):
    """Everything skipped."""
    made = view_module._View(model)
    for name in QUESTIONS:
        made.skip[name].click()
    return made


def many(dose_error=0.0, between=0.0, seed=1):
    data = simulated_outcomes(4000, 1, 50, 1.0, dose_error, between, seed)
    return data, fit_dose_response(data.dose_gy, data.outcome, scale="log")


class TestSimulated:
    def test_a_large_cohort_gives_the_curve_back(self):
        _, fit = many()
        assert fit.d50_gy.n == pytest.approx(50, rel=0.05)
        assert fit.gamma50.n == pytest.approx(1.0, rel=0.1)

    def test_dose_error_dilutes_and_the_correction_undoes_it(self):
        data, fit = many(dose_error=0.3)
        assert fit.gamma50.n < 0.8
        assert np.std(np.log(data.dose_gy / data.true_gy)) == pytest.approx(0.3, rel=0.05)
        assert fit.dilution_corrected(0.3 * data.dose_gy).gamma50.n == pytest.approx(1.0, rel=0.15)

    def test_differences_between_patients_flatten_too(self):
        assert many(between=2.0)[1].gamma50.n < 0.8

    @pytest.mark.parametrize("wrong", [{"patients": 0}, {"lesions": 1.5}, {"between": -1}, {"dose_error": -0.1}])
    def test_what_cannot_be_is_refused(self, wrong):
        given = {"patients": 5, "lesions": 2, "d50_gy": 50, "gamma50": 1, "dose_error": 0.1, "between": 1, "seed": 1}
        with pytest.raises(InputError):
            simulated_outcomes(**given | wrong)


class TestModel:
    def test_bed_is_summed_per_cycle(self, model):
        found = model.bed()
        g = 2.8 / (2.8 + 51)
        assert found.now[0] == pytest.approx(23 * (1 + g * 23 / 4 / 2.5))
        assert found.wrong_gy == pytest.approx(23 * (1 + g * 23 / 2.5))
        assert found.now[1] < found.now[0] < found.now[2]

    def test_first_prediction_stays(self, model):
        assert words.compared(model, "cycles") == ""
        model.predict("cycles", "same")
        model.predict("cycles", "lower")
        assert "but it is not so" in words.compared(model, "cycles")
        with pytest.raises(InputError):
            model.predict("slope", "wider")

    def test_code_gives_the_same_numbers(self, model):
        model.cycles, model.error_percent, model.per_kidney, model.target_gy = 3.0, 20.0, 2.75, 20.0
        model.rule = "weight"
        window, registry, plans = model.window(), model.registry(), model.plans()
        arms = [
            f"above {arm.above.sum()}, below {arm.below.sum()}, responded {arm.responded.sum()}"
            for arm in (plans.fixed, plans.planned)
        ]
        for code, expected in (
            (scripts.bed(model), f"BED {model.bed().now[0]:.1f} Gy"),
            (scripts.fit(model), f"D50 {model.fit().response.d50_gy.n:.1f} Gy"),
            (scripts.window(model), f"tcp {window.tcp.middle[-1]:.2f}, 95 % {window.tcp.low[-1]:.2f} to"),
            (scripts.cohort(model), f"r2 {registry.r2!r}"),
            (scripts.plan(model), "\n".join(arms)),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    @pytest.mark.parametrize("rule", RULES)
    def test_code_of_every_rule(self, model, rule):
        model.rule = rule
        compile(scripts.cohort(model), rule, "exec")

    def test_right_answers_are_what_the_page_computes(self, model, monkeypatch):
        monkeypatch.setattr(model_module, "PATIENTS", 100)
        monkeypatch.setattr(model_module, "_COHORTS", {})
        band = model.window().tcp
        width = band.high[-1] - band.low[-1]
        assert RIGHT["window"] == ("narrow" if width < 0.1 else "middle" if width <= 0.5 else "wide")
        assert band.middle[-1] == pytest.approx(0.95, abs=0.005), "the story quotes it"
        r2 = model.registry().r2
        assert RIGHT["r2"] == ("none" if r2 < 0.1 else "some" if r2 < 0.5 else "much" if r2 < 0.8 else "nearly all")
        found = model.plans()
        more = found.planned.above.sum() - found.fixed.above.sum()
        assert RIGHT["plan"] == ("fewer" if more < -3 else "more" if more > 3 else "same")
        assert found.planned.kidney_gy.max() < found.fixed.kidney_gy.max(), "so it is said"
        assert found.planned.below.sum() < 0.4 * found.fixed.below.sum()
        assert set(RIGHT) == set(QUESTIONS) == set(QUESTION.values())

    def test_r2_is_not_defined_for_one_activity(self, model):
        model.rule = "same"
        found = model.registry()
        assert found.r2 is None
        model.rule = "weight"
        assert model.registry().r2 is not None
        # the spread of the doses is there all the same
        assert np.ptp(found.outcome.kidney_gy) > 10

    def test_an_aim_below_the_limit_protects(self, model):
        at = model.plans()
        model.target_gy = 19.0
        below = model.plans()
        assert below.planned.above.sum() < 0.4 * min(at.planned.above.sum(), at.fixed.above.sum())
        model.cap_gbq = 7.4
        capped = model.plans()
        assert capped.capped > below.capped
        assert np.all(capped.planned.activity_mbq <= 7400)

    def test_csv_has_every_patient(self, model):
        lines = scripts.cohort_csv(model).splitlines()
        assert len(lines) == 13
        assert lines[1].split(",")[1] == "7400"
        assert len(scripts.lesions_csv(model).splitlines()) == 61

    @pytest.mark.parametrize(
        "state",
        [
            {"cycles": 2.5},
            {"total_gy": float("nan")},
            {"seed": True},
            {"predictions": [1]},
            {"predictions": {"a": "b"}},
            {"curves": "lkb"},
            {"rule": 3},
            {"cohort": 1.5},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        model.bed()

    def test_state_comes_back(self, model):
        model.cycles, model.per_kidney, model.limit_gy = 6.0, 4.5, 28.0
        model.curves, model.rule = "logistic", "same"
        model.predict("slope", "flatter")
        model.predict("r2", "much")
        again = dose_response.DoseResponsePage()
        assert again.restore(model.state())
        assert again.state() == model.state()


class TestView:
    def test_figures_wait(self, model):
        view = view_module._View(model)
        assert {figure.state for figure in view.figures.values()} == {"empty"}
        view.commit["cycles"].click()
        assert view.missing["cycles"].text
        view.choices["cycles"].value = "lower"
        view.commit["cycles"].click()
        assert {name for name, figure in view.figures.items() if figure.state == "ready"} == {"bed"}
        assert "25.8 Gy" in view.figures["bed"].alt

    def test_nothing_of_a_section_is_told_before_its_prediction(self, model):
        view = view_module._View(model)
        shown = set()
        for section, question in (*reversed(QUESTION.items()), (None, None)):
            for name in QUESTION:
                seen = [
                    view.figures[name].state == "ready",
                    view.results[name].html != "",
                    view.said[QUESTION[name]].text != "",
                    view.same[name].layout.display is None,
                ]
                assert seen == [name in shown] * 4, name
                assert (view.said_of[name].text != "") == (name in shown and name != "bed")
            assert (view.strategies.layout.display is None) == ("plan" in shown)
            assert (view.drawn_from.layout.display is None) == ("window" in shown)
            if section:
                view.skip[question].click()
                shown.add(section)

    def test_every_control_from_end_to_end(self, view):
        for name, field in view.fields.items():
            low, high = RANGES[name]
            for value in (low, (low + high) // 2, high):
                if name == "cohort":
                    value = 1 + value % 2  # two cohorts are enough to draw
                field.value = value
                assert view.page.errors.messages == ()
            for text in ("", "nonsense", "1e9"):
                field.text = text
                assert any(section.stale for section in view.sections.values())
            field.value = 1 if name == "cohort" else (low + high) // 2
        for name, choice in view.chosen.items():
            for value in [value for _, value in choice.options]:
                choice.value = value
                assert view.page.errors.messages == ()
                assert getattr(view.model, name) == value
        view.reset.click()
        assert view.page.errors.messages == ()
        assert not any(section.stale for section in view.sections.values())
        assert view.model.total_gy == 23.0
        assert view.model.rule == "centres"
        view.fields["total_gy"].text = "24,5 Gy"
        assert view.model.total_gy == 24.5

    def test_resampling_both_ways(self, view, monkeypatch):
        both = [view.model.bootstrap(clustered, n=100) for clustered in (False, True)]
        assert [one.clustered for one in both] == [False, True]
        monkeypatch.setattr(view.model, "bootstrap", lambda clustered: both[clustered])
        view.resample.click()
        assert "patients with all their lesions" in view.table.html

    def test_the_curve_is_painted_before_its_interval(self, view, monkeypatch):
        shown = []
        monkeypatch.setattr(view.figures["fit"], "show", shown.append)
        view.fields["seed"].value = 4
        assert [one.judged for one in shown] == [False, True]
        assert shown[1].profile is not None
        assert "95 % profile" in view.results["fit"].html

    def test_intervals_wait_until_the_inputs_rest(self, view, monkeypatch):
        class Loop:
            waiting = ()

            def call_later(self, delay, call):
                self.waiting = [*self.waiting, (delay, call)]
                return self

            def cancel(self):
                self.waiting = self.waiting[:-1]

        loop = Loop()
        monkeypatch.setattr("mrtlab.apps.sections.view.event_loop", lambda: loop)
        view.fields["seed"].value = 4
        view.fields["seed"].value = 5
        assert len(loop.waiting) == 1
        assert "is being computed" in view.results["fit"].html
        loop.waiting[0][1]()
        expected = view.model.judged(view.model.fit())
        assert words.fit_result(expected)[2].split(" · ")[0] in view.results["fit"].html
        assert view.figures["fit"].alt == words.fit_alt(expected)

    def test_a_bad_field_holds_up_only_its_own_sections(self, view):
        view.fields["total_gy"].text = "nonsense"
        view.fields["half_life_h"].value = 60
        view.fields["seed"].value = 9
        assert view.sections["bed"].stale
        assert not view.sections["fit"].stale
        assert "seed=9" in view.codes["fit"].code
        view.fields["total_gy"].text = "23"
        assert "60.0" in view.codes["bed"].code
        view.fields["limit_gy"].text = "much"
        assert [name for name, section in view.sections.items() if section.stale] == ["cohort", "plan"]

    def test_half_a_cohort_is_refused(self, view):
        view.fields["cohort"].text = "1,5"
        assert view.fields["cohort"].state == "bad"
        assert "whole number" in view.fields["cohort"].message

    def test_the_plan_answers_to_the_limit(self, view):
        before = view.strategies.html
        view.fields["limit_gy"].text = "28"
        assert view.strategies.html != before
        assert "28 Gy" in view.results["plan"].html

    def test_choices_are_kept(self, view):
        view.fields["cycles"].value = 6
        view.fields["target_gy"].value = 20
        view.chosen["curves"].value = "logistic"
        assert _userdata.load("dose_response")["cycles"] == 6
        again = view_module._View(dose_response.DoseResponsePage())
        assert again.fields["cycles"].value == 6
        assert again.fields["target_gy"].value == 20
        assert again.chosen["curves"].value == "logistic"
        assert {figure.state for figure in again.figures.values()} == {"ready"}

    def test_a_later_visit_does_not_wait_for_the_cohort(self, view, monkeypatch):
        monkeypatch.setattr(model_module, "_COHORTS", {})
        again = view_module._View(dose_response.DoseResponsePage())
        assert (again.figures["cohort"].state, again.figures["plan"].state) == ("empty", "empty")
        assert again.draw.layout.display is None
        assert again.strategies.layout.display == "none"
        again.draw.click()
        assert {figure.state for figure in again.figures.values()} == {"ready"}
        assert again.draw.layout.display == "none"

    def test_parameters_say_how_certain_they_are(self, view):
        rows = window_words.parameters(view.model.window())
        assert {row[-1] for row in rows} == {"recalled", "illustrative"}
