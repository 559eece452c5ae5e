"""The single-time-point page without a browser, and the error distribution behind it."""

import contextlib
import io
import math

import numpy as np
import pytest

from mrtlab import InputError, _userdata
from mrtlab.apps import single_point
from mrtlab.apps.single_point import view as view_module
from mrtlab.apps.single_point import words
from mrtlab.apps.single_point.model import RANGES, TISSUES
from mrtlab.kinetics import single_point_errors
from mrtlab.nuclides import nuclide
from mrtlab.patients.populations import population

SPREAD = math.exp(0.18)


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def model():
    made = single_point.SinglePointPage()
    made.skipped = True
    return made


@pytest.fixture
def view(model):
    made = view_module._View(single_point.SinglePointPage())
    made.skip.click()
    return made


class TestErrors:
    @pytest.mark.parametrize(
        ("hours", "low", "high"), [(24, -22, 24), (48, -15, 8), (72, -8, 0), (96, -18, 4), (168, -46, 39)]
    )
    def test_a_known_median_agrees_with_the_independent_table(self, hours, low, high):
        found = 100 * single_point_errors(hours, 51, SPREAD, "Lu-177", "known_half_life").percentiles(2.5, 97.5)[:, 0]
        assert found == pytest.approx([low, high], abs=1.0)

    def test_drawn_half_lives_give_the_same(self):
        """Draws and a formula of their own, instead of quantiles."""
        rng = np.random.default_rng(3)
        half = 51 * np.exp(0.18 * rng.standard_normal(400_000))
        half = half[half < nuclide("Lu-177").half_life_h]
        for hours in (24.0, 72.0, 168.0):
            ratio = 2 * (hours / half) * 0.5 ** (hours / half) - 1
            mine = single_point_errors(hours, 51, SPREAD, "Lu-177", "haenscheid")
            assert mine.percentiles(2.5, 50, 97.5)[:, 0] == pytest.approx(
                np.percentile(ratio, [2.5, 50, 97.5]), abs=0.003
            )
            assert mine.bias[0] == pytest.approx(ratio.mean(), abs=0.002)
            assert mine.spread[0] == pytest.approx(ratio.std(), abs=0.002)

    def test_the_shortcut_is_at_most_so_much_too_high(self):
        found = single_point_errors(np.arange(4, 300, 1.0), 60, 1.8, "Lu-177", "haenscheid")
        assert found.errors.max() == pytest.approx(2 / (math.e * math.log(2)) - 1, abs=1e-4)
        assert found.errors.max() <= 2 / (math.e * math.log(2)) - 1 + 1e-12

    @pytest.mark.parametrize("noise", [0.0, 0.05])
    def test_the_best_time_for_kidneys(self, noise):
        found = single_point_errors(np.arange(4, 241, 1.0), 51, SPREAD, "Lu-177", "known_half_life", noise)
        assert found.best_time_h == pytest.approx(72, abs=4)

    def test_noise_adds_in_squares_where_the_half_life_is_nearly_known(self):
        found = single_point_errors(24, 51, 1.011, "Lu-177", "known_half_life", 0.1)
        alone = single_point_errors(24, 51, 1.011, "Lu-177", "known_half_life")
        assert found.spread[0] == pytest.approx(math.hypot(alone.spread[0], 0.1), rel=0.01)

    def test_worst_is_the_size_of_the_largest_hundredth(self):
        found = single_point_errors(24, 51, SPREAD, "Lu-177", "known_half_life", patients=1000)
        assert found.worst[0] == pytest.approx(np.sort(np.abs(found.errors[0]))[-10:].mean())

    @pytest.mark.parametrize(
        "wrong",
        [
            {"times_h": 0},
            {"half_life_median_h": 200},
            {"half_life_gsd": 0.9},
            {"half_life_gsd": float("nan")},
            {"method": "guess"},
            {"noise_rel": 5},
            {"patients": 3},
        ],
    )
    def test_what_cannot_be_is_refused(self, wrong):
        given = {"times_h": 72, "half_life_median_h": 51, "half_life_gsd": 1.25, "nuclide": "Lu-177", **wrong}
        with pytest.raises(InputError):
            single_point_errors(**given)


class TestModel:
    def test_nothing_is_said_before_the_predictions(self):
        model = single_point.SinglePointPage()
        assert model.asked
        assert words.compared(model) == ""
        with pytest.raises(InputError):
            model.predict(when="72")
        model.predict(when="96", most="6")
        model.predict(when="72", most="none")
        assert model.predictions == {"when": "96", "most": "6"}
        assert "96 h**; it is **72 h**" in words.compared(model)
        assert "half-life**, and so it is" in words.compared(model)

    def test_the_right_answers(self, model):
        truths = model.truths()
        assert truths["when"][0] == "72"
        assert truths["most"][0] == "6"
        assert truths["most"][1] == pytest.approx(6.15, abs=0.01)

    def test_kidneys_are_those_of_the_virtual_patients(self):
        assert TISSUES["kidneys, DOTATATE"] == tuple(population("prrt")["organs"]["kidneys"]["half_life_h"])

    def test_one_patient(self, model):
        model.patient_h, model.time_h = 60.0, 120.0
        patient = model.patient()
        assert patient.error == pytest.approx(0, abs=1e-9)
        assert patient.peak_h == pytest.approx(60 / math.log(2), abs=0.5)

    def test_the_same_in_code_gives_the_same_numbers(self, model):
        model.time_h, model.method, model.noise_percent = 48.0, "haenscheid", 7.5
        assert len(model.code().splitlines()) <= 15
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(model.code(), {})  # the page's own code
        answer = model.answer()
        low, high = answer.interval
        assert f"bias {answer.bias:+.1f} %, 95 % from {low:+.1f} to {high:+.1f} %" in out.getvalue()

    def test_csv_holds_the_bands(self, model):
        rows = [line.split(",") for line in model.csv().splitlines()]
        row = next(row for row in rows if row[0] == "72")
        model.time_h = 72.0
        assert float(row[1]) == pytest.approx(model.answer().interval[0], abs=0.01)
        assert all(len(row) == len(rows[0]) for row in rows)

    def test_state_comes_back(self, model):
        model.choose("tumour, PSMA-617")
        model.time_h = 96.0
        again = single_point.SinglePointPage()
        assert again.restore(model.state())
        assert again.state() == model.state()

    @pytest.mark.parametrize(
        "state",
        [
            {"tissue": "skin"},
            {"time_h": float("nan")},
            {"gsd": True},
            {"method": 3},
            {"predictions": {"when": "72"}},
            {"predictions": [1]},
            {"skipped": 1},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, state):
        model = single_point.SinglePointPage()
        assert not model.restore(state)
        model.answer()


class TestView:
    def test_figures_wait_for_the_predictions(self):
        view = view_module._View(single_point.SinglePointPage())
        assert (view.figure.state, view.one.state) == ("empty", "empty")
        view.predict.click()
        assert "both" in view.missing.html
        view.when.value, view.most.value = "72", "6"
        view.predict.click()
        assert (view.figure.state, view.one.state) == ("ready", "ready")
        assert "72 h" in view.compared.text
        assert "narrowest at about" in view.figure.alt
        assert "+6.15 %" in view.one.alt

    def test_every_control_from_end_to_end(self, view):
        for field, trait in (
            (view.time, "time_h"),
            (view.noise, "noise_percent"),
            (view.median, "median_h"),
            (view.gsd, "gsd"),
            (view.patient, "patient_h"),
        ):
            low, high = RANGES[trait]
            for text in (low, (low + high) / 2, high):
                field.value = text
            for text in ("", "nonsense", "1.234,5", "1e9"):
                field.text = text
                assert view.many.stale or view.single.stale
            field.text = f"{(low + high) / 2:.2f}".replace(".", ",")
            assert not view.many.stale
            assert not view.single.stale
        for choice in (view.method, view.tissue):
            for _, value in choice.options:
                choice.value = value
        view.reset.click()
        assert view.page.errors.messages == ()
        assert (view.model.median_h, view.time.value) == (51.0, 24.0)
        view.figure.numbers.opened = view.one.numbers.opened = True
        assert "<td>" in view.figure._rows.html

    def test_other_numbers_are_no_tissue(self, view):
        view.median.text = "52,5"
        assert view.tissue.value == ""
        view.median.text, view.gsd.text = "40", "1,3"
        assert view.tissue.value == "kidneys, PSMA-617"

    def test_virtual_patients(self, view, monkeypatch):
        monkeypatch.setattr("mrtlab.apps.single_point.model._COHORT", 8)
        view.time.value = 72
        view.measure.click()
        for name in ("2t/ln 2, 72 h", "median half-life, 72 h", "fit of one exponential, 24, 72, 168 h"):
            assert name in view.virtual.html
        assert view.page.errors.messages == ()

    def test_choices_are_kept(self, view):
        view.time.value = 100
        assert _userdata.load("single_point")["time_h"] == 100
        again = view_module._View(single_point.SinglePointPage())
        assert again.time.value == 100
        assert again.figure.state == "ready"
