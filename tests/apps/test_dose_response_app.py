"""The dose-response page without a browser, and the simulated outcomes behind it."""

import contextlib
import io

import numpy as np
import pytest

from mrtlab import InputError, _userdata
from mrtlab.apps import dose_response
from mrtlab.apps.dose_response import view as view_module
from mrtlab.apps.dose_response import words
from mrtlab.apps.dose_response.model import QUESTIONS, RANGES
from mrtlab.radiobiology import fit_dose_response
from mrtlab.radiobiology.simulate import simulated_outcomes


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def model():
    return dose_response.DoseResponsePage()


@pytest.fixture
def view(model):
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
        assert "not as you said" in words.compared(model, "cycles")
        with pytest.raises(InputError):
            model.predict("slope", "wider")

    def test_code_gives_the_same_numbers(self, model):
        model.cycles, model.error_percent = 3.0, 20.0
        for code, expected in (
            (model.code(), f"BED {model.bed().now[0]:.1f} Gy"),
            (model.fit_code(), f"D50 {model.fit().response.d50_gy.n:.1f} Gy"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    @pytest.mark.parametrize(
        "state",
        [
            {"cycles": 2.5},
            {"total_gy": float("nan")},
            {"seed": True},
            {"predictions": [1]},
            {"predictions": {"a": "b"}},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        model.bed()

    def test_state_comes_back(self, model):
        model.cycles = 6.0
        model.predict("slope", "flatter")
        again = dose_response.DoseResponsePage()
        assert again.restore(model.state())
        assert again.state() == model.state()


class TestView:
    def test_figures_wait(self, model):
        view = view_module._View(model)
        assert (view.figure.state, view.curve.state) == ("empty", "empty")
        view.commit["cycles"].click()
        assert view.missing["cycles"].text
        view.choices["cycles"].value = "lower"
        view.commit["cycles"].click()
        assert (view.figure.state, view.curve.state) == ("ready", "empty")
        assert "25.8 Gy" in view.figure.alt

    def test_every_control_from_end_to_end(self, view):
        for name, field in view.fields.items():
            low, high = RANGES[name]
            for value in (low, (low + high) // 2, high):
                field.value = value
                assert view.page.errors.messages == ()
            for text in ("", "nonsense", "1e9"):
                field.text = text
                assert view.first.stale or view.second.stale
            field.value = (low + high) // 2
        view.reset.click()
        assert view.page.errors.messages == ()
        assert not view.first.stale
        assert not view.second.stale
        assert view.model.total_gy == 23.0
        view.fields["total_gy"].text = "24,5 Gy"
        assert view.model.total_gy == 24.5

    def test_resampling_both_ways(self, view, monkeypatch):
        both = [view.model.bootstrap(clustered, n=100) for clustered in (False, True)]
        assert [one.clustered for one in both] == [False, True]
        monkeypatch.setattr(view.model, "bootstrap", lambda clustered: both[clustered])
        view.resample.click()
        assert "patients with all their lesions" in view.table.html

    def test_a_bad_field_holds_up_only_its_own_section(self, view):
        view.fields["total_gy"].text = "nonsense"
        view.fields["half_life_h"].value = 60
        view.fields["seed"].value = 9
        assert view.first.stale
        assert not view.second.stale
        assert "seed=9" in view.fit_code.code
        view.fields["total_gy"].text = "23"
        assert "60.0" in view.code.code

    def test_choices_are_kept(self, view):
        view.fields["cycles"].value = 6
        assert _userdata.load("dose_response")["cycles"] == 6
        again = view_module._View(dose_response.DoseResponsePage())
        assert again.fields["cycles"].value == 6
        assert again.figure.state == "ready"
