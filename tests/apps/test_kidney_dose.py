"""The kidney-dose page without a browser: the model's numbers, the view's manners, what is kept between visits."""

import contextlib
import io
import re

import numpy as np
import pytest
from scipy.optimize import curve_fit

import mrtlab
from mrtlab import _userdata, dose
from mrtlab.apps import kidney_dose
from mrtlab.apps.controls import UploadedFile
from mrtlab.apps.kidney_dose import view as view_module
from mrtlab.apps.kidney_dose import words

KIDNEY = ([3.741111, 27.725278, 103.094167, 123.983611], [98.561432, 73.599408, 25.39568, 19.04661])


OWN = "time_h;kidney_mbq\n4,5;120,5\n24;98,2\n72;55,1\n168;19,3\n"
HEAD = "# nuclide: Lu-177\n# decay_corrected: no\n# cv: 5 %\n"
CODE = r"\b\w+=\S|mrtlab\.|\(\)|sigma_mbq or cv"  # what a page does not say


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def model():
    return kidney_dose.KidneyDose()


@pytest.fixture
def view(model):
    return view_module._View(model)


def upload(view, name, content):
    """As the browser sends it."""
    view.upload._handle_custom_msg({"event": "file", "name": name}, [memoryview(content)])


def full_disk(page, state):
    raise OSError(28, "No space left on device")


def independent_tia(times, activity):
    times, activity = np.array(times), np.array(activity)
    best, _ = curve_fit(
        lambda t, a, rate: a * np.exp(-rate * t), times, activity, p0=[activity[0], 0.012], sigma=0.05 * activity
    )
    return best[0] / best[1]


class TestModel:
    def test_left_kidney_agrees_with_an_independent_fit(self, model):
        answer = model.answer()
        tia = independent_tia(*KIDNEY)
        assert answer.tia_mbq_h.nominal_value == pytest.approx(tia, rel=1e-5)
        assert answer.dose_gy.nominal_value == pytest.approx(tia * 0.0853201 / model.mass_g, rel=1e-4)

    def test_uncertainty_of_the_mass_is_in_the_dose(self, model):
        whole = model.answer().dose_gy
        tia = model.answer().tia_mbq_h
        relative = np.hypot(tia.std_dev / tia.nominal_value, model.mass_u_g / model.mass_g)
        assert whole.std_dev / whole.nominal_value == pytest.approx(relative, rel=1e-9)
        model.mass_u_g = None
        less = model.answer().dose_gy
        assert less.std_dev / less.nominal_value == pytest.approx(tia.std_dev / tia.nominal_value, rel=1e-9)

    def test_leaving_out_the_last_point(self, model):
        model.used = (True, True, True, False)
        answer = model.answer()
        assert answer.tia_mbq_h.nominal_value == pytest.approx(independent_tia(KIDNEY[0][:3], KIDNEY[1][:3]), rel=1e-5)
        assert answer.tia_mbq_h.std_dev > kidney_dose.KidneyDose().answer().tia_mbq_h.std_dev
        assert len(answer.measured) == 4
        assert len(answer.kept) == 3

    def test_whole_body_says_how_far_the_curves_differ(self, model):
        model.choose("whole_body")
        answer = model.answer()
        low, high = answer.selection.span_tia_mbq_h
        assert low == pytest.approx(1.215e5, rel=0.01)
        assert high == pytest.approx(1.634e5, rel=0.01)
        assert "MODELS_DISAGREE" in answer.flags
        assert re.search(r"0\.106\d? to 0\.143\d? Gy", " ".join(words.flags(answer)))

    @pytest.mark.parametrize("curve", ["mono", "bi_phys", "phys"])
    def test_how_far_the_curves_differ_does_not_depend_on_the_one_looked_at(self, model, curve):
        model.choose("whole_body")
        model.curve = curve
        answer = model.answer()
        assert answer.fit.model == curve
        assert answer.flags.count("MODELS_DISAGREE") == 1
        assert "121000 to 163000 MBq·h, 0.106 to 0.143 Gy" in " ".join(words.flags(answer))
        assert "121000 to 163000 MBq·h, 0.106 to 0.143 Gy" in words.discussion(answer, "report")
        assert "can be reported" not in words.discussion(answer, "report")

    def test_two_points_are_refused_with_the_reason(self, model):
        model.used = (True, False, False, True)
        answer = model.answer()
        assert answer.fit is None
        assert answer.dose_gy is None
        assert "as many parameters as points" in answer.refusal

    @pytest.mark.parametrize(("used", "todo"), [((1, 0, 0, 1), "Tick a third"), ((0, 1, 0, 0), "Tick at least two")])
    def test_few_points_are_explained_once_in_the_page_s_words(self, model, used, todo):
        model.used = tuple(map(bool, used))
        answer = model.answer()
        said = " ".join([*words.result(answer), words.extrapolated(answer), words.also(answer)])
        assert said.count(todo) == 1
        assert not re.search(CODE, said)
        assert words.ranking(answer) == []

    def test_refused_curves_of_enough_points_keep_their_reasons(self, model):
        odd = HEAD.replace("5 %", "1 %") + "time_h;kidney_mbq\n4;100,5\n24;29\n72;97\n168;16\n"
        model.use_file("odd.csv", odd.encode())
        answer = model.answer()
        assert answer.selection is None
        assert words.extrapolated(answer).startswith("No curve is supported by these 4 points")
        verdicts = {row[0]: row[-1] for row in words.ranking(answer)}
        assert len(verdicts) == 7
        assert "refused: χ² = " in verdicts["mono-exponential"]
        model.curve = "mono"
        assert "No curve is supported" in words.also(model.answer())
        assert "no other is, either" in words.discussion(model.answer(), "report")

    def test_bracket_outside_all_curves_is_said(self, model):
        model.choose("liver")
        assert "Both lie above all curves that fit" in words.also(model.answer())
        model.choose("whole_body")
        assert "Both lie" not in words.also(model.answer())

    def test_span_has_the_figures_of_its_uncertainty(self, model):
        model.choose("spleen")
        assert "9610 to 9720 MBq·h, 3.12 to 3.15 Gy" in words.also(model.answer())

    def test_named_curve_is_shown_even_if_rejected(self, model):
        model.curve = "phys"
        answer = model.answer()
        assert answer.fit.model == "phys"
        assert answer.curve_rejected
        assert "CHI_SQUARE_REJECTED" in answer.flags

    def test_own_uncertainty_replaces_the_assumed_one(self, model):
        model.cv_percent = 10.0
        assert model.answer().tia_mbq_h.std_dev == pytest.approx(
            2 * kidney_dose.KidneyDose().answer().tia_mbq_h.std_dev, rel=1e-6
        )
        assert "SIGMA_ASSUMED" not in model.answer().flags

    def test_unknown_region_names_those_there_are(self, model):
        with pytest.raises(mrtlab.InputError, match="kidney_left, kidney_right"):
            model.choose("kidney")

    def test_a_table_that_is_refused_leaves_everything_as_it_was(self, model):
        before = model.state(), model.table
        with pytest.raises(mrtlab.InputError, match=r"mine\.csv: "):
            model.use_file("mine.csv", b"time_h,kidney_mbq\n1,5,123,4\n")
        assert (model.state(), model.table) == before

    def test_own_table_without_mass_gives_no_dose(self, model):
        model.use_file("mine.csv", (HEAD + OWN).encode())
        answer = model.answer()
        assert answer.dose_gy is None
        assert answer.tia_mbq_h.nominal_value > 0
        assert "Give a mass" in words.extrapolated(answer)
        model.mass_g = 250.0
        assert model.answer().dose_gy.nominal_value == pytest.approx(
            dose.local(answer.tia_mbq_h.nominal_value, 250.0, "Lu-177")
        )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"used": (True, True, True, False)},
        {"curve": "uptake"},
        {"cv_percent": 7.5},
        {"mass_g": 240.5, "mass_u_g": 8.0},
        {"mass_g": 240.5, "mass_u_g": None},
        {"cv_percent": 3.0, "used": (False, True, True, True), "curve": "mono", "mass_g": 200.0},
    ],
    ids=lambda change: "-".join(change) or "untouched",
)
def test_the_same_in_code_gives_the_same_number(model, change):
    for name, value in change.items():
        setattr(model, name, value)
    code = model.code()
    assert len(code.splitlines()) <= 15
    scope = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, scope)
    assert scope["dose_gy"].nominal_value == pytest.approx(model.answer().dose_gy.nominal_value, rel=1e-9)
    assert scope["dose_gy"].std_dev == pytest.approx(model.answer().dose_gy.std_dev, rel=1e-9)


class TestView:
    def test_first_sight(self, view):
        assert view.page.errors.messages == ()
        assert "2.60 ± 0.11 Gy" in view.result.html
        assert "4 measured points" in view.figure.alt
        assert view.figure.png.startswith(b"\x89PNG")
        assert view.fit.stale == ""

    def test_unticking_a_point_repaints(self, view):
        before = view.figure.png
        view.used.value = (True, True, True, False)
        assert view.figure.png != before
        assert "1 of them is left out" in view.figure.alt
        assert view.model.used == (True, True, True, False)

    def test_no_point_left_is_said_and_the_rest_is_marked_stale(self, view):
        view.used.value = (False,) * 4
        assert "no point is in the fit" in view.fit.stale
        view.used.value = (True,) * 4
        assert view.fit.stale == ""
        assert "2.60 ± 0.11 Gy" in view.result.html

    def test_one_point_left_is_explained(self, view):
        view.used.value = (True, False, False, False)
        assert view.page.errors.messages == ()
        assert "no curve is supported" in view.result.html

    @pytest.mark.parametrize(("typed", "grams"), [("240,5", 240.5), ("0,25 kg", 250.0), ("240.5 g", 240.5)])
    def test_typed_mass(self, view, typed, grams):
        view.mass.text = typed
        assert view.model.mass_g == pytest.approx(grams)
        assert view.fit.stale == ""

    @pytest.mark.parametrize("typed", ["1.234,5", "abc", "-5", "7 MBq"])
    def test_unusable_mass_marks_the_result_stale(self, view, typed):
        shown = view.result.html
        view.mass.text = typed
        assert view.mass.state == "bad"
        assert "mass" in view.fit.stale
        assert view.result.html == shown
        view.mass.text = "250"
        assert view.fit.stale == ""
        assert view.model.mass_g == 250

    def test_region_brings_its_points_and_mass(self, view):
        view.region.value = "liver"
        assert view.mass.value == pytest.approx(view.model.table.masses_g["liver"].nominal_value)
        assert "liver" in view.result.html
        assert view.used.rows[0][1] == "378"

    def test_refused_upload_is_refused_under_its_button_and_nowhere_said_to_be_read(self, view):
        upload(view, "mine.csv", b"time_h,kidney_mbq\n1,5,123,4\n")
        assert view.upload.refused
        assert view.upload.message.startswith("mine.csv was refused: line 2: 4 cells under 2 columns")
        assert view.upload.message.endswith("What is shown is still the patient of this page.")
        assert "was read" not in view.upload.message
        assert view.page.errors.messages == ()
        assert "2.60 ± 0.11 Gy" in view.result.html

    def test_a_good_file_takes_the_refusal_away(self, view):
        upload(view, "bad.csv", b"nonsense")
        upload(view, "mine.csv", (HEAD + OWN).encode())
        assert not view.upload.refused
        assert view.upload.message.startswith("mine.csv was read")
        upload(view, "bad.csv", b"nonsense")
        assert "still mine.csv" in view.upload.message
        view.reset.click()
        assert (view.upload.message, view.upload.refused) == ("", False)

    def test_a_failure_of_ours_does_not_say_that_the_file_was_read(self, view, monkeypatch):
        monkeypatch.setattr(view.model, "use_file", lambda *_: 1 / 0)
        upload(view, "mine.csv", (HEAD + OWN).encode())
        assert view.page.errors.unexpected
        assert "was read" not in view.upload.message

    def test_upload_and_reset(self, view):
        view.upload.file = UploadedFile("mine.csv", (HEAD + OWN).encode())
        assert view.page.errors.messages == ()
        assert view.region.value == "kidney"
        assert "Time-integrated activity" in view.result.html
        view.reset.click()
        assert view.region.value == "kidney_left"
        assert "2.60 ± 0.11 Gy" in view.result.html

    def test_table_that_falls_slower_than_physical_decay_says_why(self, view):
        slow = HEAD + "time_h,kidney_mbq\n4,100.5\n24,99\n72,97\n168,96\n"
        view.upload.file = UploadedFile("slow.csv", slow.encode())
        assert view.page.errors.messages == ()
        assert "decay corrected" in view.extrapolated.text

    def test_every_region_and_curve_without_unexpected_error(self, view):
        for _, region in view.region.options:
            view.region.value = region
            for _, curve in view.curve.options:
                view.curve.value = curve
                assert not view.page.errors.unexpected
                assert view.result.html

    def test_prediction_is_compared_only_after_it_was_committed(self, view):
        view.used.value = (True, True, True, False)
        assert view.predicted.text == ""
        view.predict.click()
        assert "Choose one" in view.prediction_missing.text
        view.prediction.value = "more than 15 %"
        view.predict.click()
        assert "more than 15 %**; it is **" in view.predicted.text
        view.used.value = (True,) * 4
        assert "You predicted" in view.predicted.text
        assert "changes by" not in view.predicted.text.replace("changes the dose by", "")

    def test_decision_needs_a_reason(self, view):
        view.decision.value = "scan"
        view.decide.click()
        assert "reason" in view.decision_missing.text
        assert view.decided.text == ""
        view.reason.value = "The tail carries a fifth."
        view.decide.click()
        assert "ask for another scan" in view.decided.text
        assert view.decision_missing.text == ""

    def test_a_decision_stays_with_what_it_was_about(self, view):
        view.decision.value, view.reason.value = "report", "Close to no limit."
        view.decide.click()
        said = view.decided.text
        assert "Dose to the left kidney 2.60 ± 0.11 Gy" in said
        view.region.value = "whole_body"
        assert view.decided.text == said
        assert view_module._View(kidney_dose.KidneyDose()).decided.text == said

    def test_a_refused_mass_that_is_then_cleared_takes_the_dose_away(self, view):
        view.mass.text = "abc"
        view.mass.text = ""
        assert view.model.mass_g is None
        assert view.fit.stale == ""
        assert "Time-integrated activity" in view.result.html

    def test_a_complaint_goes_once_the_fault_is_mended(self, view, monkeypatch):
        with monkeypatch.context() as full:
            full.setattr(_userdata, "save", full_disk)
            view.region.value = "spleen"
        assert view.page.errors.messages
        view.region.value = "liver"
        assert view.page.errors.messages == ()

    def test_a_curve_that_cannot_be_fitted_leaves_the_verdicts(self, view):
        view.curve.value = "tri"
        assert "the chosen curve cannot be fitted" in view.result.html
        assert "best supported" in view.ranking.html
