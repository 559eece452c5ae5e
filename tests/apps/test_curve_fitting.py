"""The curve-fitting page without a browser: lessons, points that move, what waits for a prediction, what is kept."""

import contextlib
import io

import numpy as np
import pytest
from scipy.integrate import quad

import mrtlab
from mrtlab import InputError, _userdata
from mrtlab.apps import curve_fitting
from mrtlab.apps.controls import Details, DragFigure
from mrtlab.apps.curve_fitting import view as view_module
from mrtlab.apps.curve_fitting import words
from mrtlab.apps.curve_fitting.lessons import LESSONS, OWN

ASKING = [key for key, lesson in LESSONS.items() if lesson.options]


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def model():
    made = curve_fitting.CurveFitting()
    made.open(OWN)
    return made


@pytest.fixture
def view():
    made = view_module._View(curve_fitting.CurveFitting())
    made.lessons.current = list(LESSONS).index(OWN)
    return made


def drag(view, index, x, y, phase="end"):
    """As the browser tells it, where data coordinates say."""
    axes = view.figure.canvas.figure.axes[0]
    across, down = axes.transData.transform((x, y))
    width, height = axes.figure.bbox.size
    told = {"event": "drag", "index": index, "x": across / width, "y": 1 - down / height, "phase": phase}
    view.figure._picture._handle_custom_msg(told, [])


def said(view):
    return view.result.html + view.support.html


class TestLessons:
    @pytest.mark.parametrize("key", ASKING)
    def test_nothing_is_fitted_before_the_prediction(self, key):
        model = curve_fitting.CurveFitting()
        model.open(key)
        answer = model.answer()
        assert answer.hidden
        assert answer.fit is None
        assert answer.truth is None
        assert words.compared(model) == ""
        assert words.ranking(answer) == []
        model.predict(model.now.options[0][1])
        assert model.answer().fit is not None

    @pytest.mark.parametrize(
        ("key", "right", "number"),
        [
            ("aicc", "mono", "36.7 on 4 degrees"),
            ("late", "very_low", "−18.1 %"),
            ("weights", "early", "11101 ± 25 MBq·h"),
            ("rogue", "73", "1.16 times"),
        ],
    )
    def test_the_right_prediction_is_told_from_the_wrong_ones(self, key, right, number):
        for _, choice in LESSONS[key].options:
            model = curve_fitting.CurveFitting()
            model.open(key)
            model.predict(choice)
            text = words.compared(model)
            assert ("and so it is" in text) == (choice == right)
            assert number in text

    def test_the_first_prediction_stays(self, model):
        model.open("aicc")
        model.predict("tri")
        model.predict("mono")
        assert model.predictions["aicc"] == "tri"

    def test_the_specified_numbers_of_the_trap_and_of_the_missing_point(self, model):
        model.open("aicc")
        model.skip()
        assert model.answer().tia_mbq_h.nominal_value == pytest.approx(9790, rel=2e-3)
        model.open("late")
        model.skip()
        answer = model.answer()
        assert answer.truth.tia_mbq_h == pytest.approx(8440, rel=1e-4)
        assert answer.tia_mbq_h.nominal_value / answer.truth.tia_mbq_h - 1 == pytest.approx(-0.182, abs=3e-3)

    @pytest.mark.parametrize("key", ["late", "weights"])
    def test_a_truth_is_the_integral_of_its_curve(self, key):
        truth = LESSONS[key].truth
        area, _ = quad(lambda t: truth.activity([t])[0], 0, 3000, limit=200)
        assert truth.tia_mbq_h == pytest.approx(area, rel=1e-6)

    def test_points_of_the_late_lesson_lie_on_its_truth(self):
        lesson = LESSONS["late"]
        measured = [point.mbq for point in lesson.points]
        assert measured == pytest.approx(lesson.truth.activity([p.time_h for p in lesson.points]), abs=0.06)

    def test_the_simulated_patient_can_be_scanned_again(self, model):
        model.open("late")
        with pytest.raises(InputError, match="committed"):
            model.add(168.0)
        model.skip()
        for hours in (168.0, 240.0):
            model.add(hours)
        assert model.answer().tia_mbq_h.nominal_value == pytest.approx(8440, rel=0.01)

    def test_work_of_each_lesson_is_found_again(self, model):
        model.drag(0, 30.0, 100.0)
        model.open("aicc")
        model.open(OWN)
        assert model.points[0] == curve_fitting.lessons.Point(30.0, 100.0)
        model.reset()
        assert model.points == LESSONS[OWN].points


class TestPoints:
    def test_a_dragged_point_stays_between_its_neighbours_and_above_zero(self, model):
        model.drag(1, 500.0, -5.0)
        assert model.points[1].time_h == pytest.approx(167.9)
        assert model.points[1].mbq > 0
        model.drag(1, 0.0, 50.0)
        assert model.points[1].time_h == pytest.approx(24.1)

    def test_axes_stand_still_while_a_point_moves(self, model):
        before = model.answer().limits
        model.drag(2, 150.0, 40.0)
        assert model.quick().limits == before
        model.drag(2, 320.0, 40.0)
        model.settle()
        assert model.quick().limits[0] > before[0]

    def test_a_typed_point_may_pass_others(self, model):
        model.set_point(0, 100.0, 60.0)
        assert [point.time_h for point in model.points] == [96, 100, 168]

    @pytest.mark.parametrize(("hours", "mbq"), [(96.0, 10.0), (0.0, 10.0), (-4.0, 10.0), (30.0, 0.0), (30.0, None)])
    def test_points_that_cannot_be_are_refused(self, model, hours, mbq):
        with pytest.raises(InputError):
            model.add(hours, mbq)
        assert model.points == LESSONS[OWN].points

    def test_the_last_point_stays(self, model):
        model.remove(0)
        model.remove(0)
        with pytest.raises(InputError, match="last point"):
            model.remove(0)

    def test_weights_change_the_result_as_an_independent_fit_says(self, model):
        times, mbq = np.array([24.0, 96, 168]), np.array([118.0, 52, 22])
        model.curve = "mono"
        tias = []
        for weights, sigma in (("cv", 0.05 * mbq), ("same", np.full(3, 5.0))):
            model.weights = weights
            from scipy.optimize import curve_fit

            best, _ = curve_fit(lambda t, a, k: a * np.exp(-k * t), times, mbq, p0=[140, 0.012], sigma=sigma)
            tias.append(model.answer().tia_mbq_h.nominal_value)
            assert tias[-1] == pytest.approx(best[0] / best[1], rel=1e-4)
        assert tias[0] != pytest.approx(tias[1], rel=1e-3)

    def test_weights_need_what_they_are_made_of(self, model):
        assert model.possible_weights == ("cv", "same")
        model.open("weights")
        assert "counts" in model.possible_weights

    def test_an_own_table_brings_its_uncertainties(self, model):
        table = "# nuclide: I-131\n# decay_corrected: no\ntime_h;a_mbq;a_sigma_mbq\n4,5;120,5;6\n24;98;5\n72;55;3\n"
        model.use_file("own.csv", table.encode())
        assert (model.nuclide, model.weights, model.source) == ("I-131", "given", "own.csv")
        assert model.measured().sigma_mbq == pytest.approx([6, 5, 3])
        assert "points" not in model.state()["work"].get(OWN, {})

    def test_a_table_that_cannot_be_read_changes_nothing(self, model):
        model.open("aicc")
        with pytest.raises(InputError, match=r"bad\.csv"):
            model.use_file("bad.csv", b"nonsense")
        assert (model.lesson, model.source) == ("aicc", "")

    def test_the_downloaded_table_can_be_read_again(self, model):
        table = mrtlab.read_tac(model.csv().encode())
        assert table[0].activity_mbq == pytest.approx([118, 52, 22])
        assert table[0].sigma_mbq == pytest.approx([5.9, 2.6, 1.1])

    @pytest.mark.parametrize("weights", ["cv", "same", "counts"])
    def test_the_same_in_code_gives_the_same_number(self, model, weights):
        model.open("weights")
        model.skip()
        model.curve, model.weights = "mono", weights
        model.used = (True, True, True, False, True)
        code = model.code()
        assert len(code.splitlines()) <= 15
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})  # the page's own code
        assert str(model.answer().tia_mbq_h) in out.getvalue()


class TestSaved:
    def test_a_state_comes_back(self, model):
        model.open("late")
        model.predict("low")
        model.add(168.0)
        model.curve = "mono"
        again = curve_fitting.CurveFitting()
        assert again.restore(model.state())
        assert (again.lesson, again.curve, len(again.points)) == ("late", "mono", 4)
        assert again.predictions == {"late": "low"}

    @pytest.mark.parametrize(
        "state",
        [
            {"predictions": {"aicc": "seven"}},
            {"predictions": 5},
            {"lesson": "own", "work": {"own": {"points": [[1, 2]], "used": [True]}}},
            {
                "lesson": "own",
                "work": {"own": {"points": [[5, 2, None, None], [4, 2, None, None]], "used": [True, True]}},
            },
            {"lesson": "own", "work": {"own": {"cv_percent": float("nan")}}},
            {"lesson": "own", "work": {"own": {"weights": "counts"}}},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, state):
        model = curve_fitting.CurveFitting()
        assert not model.restore(state)
        model.answer()

    def test_a_damaged_file_does_not_stop_the_page(self):
        _userdata.save("curve_fitting", {"work": {"aicc": {"curve": "seven"}}, "lesson": "aicc"})
        made = view_module._View(curve_fitting.CurveFitting())
        assert "left out" in made.left_out.html
        assert made.page.errors.messages == ()


class TestView:
    def test_a_dragged_point_changes_figure_result_and_table(self, view):
        before, text, table = view.figure.png, said(view), view.ranking.html
        drag(view, 2, 168, 30, "move")
        assert view.figure.png != before
        assert said(view) != text
        assert view.ranking.html == table  # compared when the point rests
        drag(view, 2, 168, 30, "rest")
        assert view.ranking.html != table
        assert view.model.points[2].mbq == pytest.approx(30, abs=0.5)
        assert _userdata.load("curve_fitting")["work"][OWN]["points"][2][1] == view.model.points[2].mbq

    def test_a_point_is_drawn_where_the_figure_is_double_clicked(self, view):
        axes = view.figure.canvas.figure.axes[0]
        (across, down), (width, height) = axes.transData.transform((60, 80)), axes.figure.bbox.size
        told = {"event": "add", "x": across / width, "y": 1 - down / height}
        view.figure._picture._handle_custom_msg(told, [])
        assert view.model.points[1].time_h == pytest.approx(60, abs=0.5)
        assert view.model.points[1].mbq == pytest.approx(80, abs=0.5)
        assert len(view.used.value) == 4

    def test_nothing_can_be_dragged_before_the_prediction(self, view):
        view.lessons.current = 0
        points = view.model.points
        drag(view, 2, 24, 30)
        assert view.model.points == points
        assert view.used.disabled

    @pytest.mark.parametrize(
        "told", [{"index": 9}, {"index": -1}, {"phase": "up"}, {"x": None}, {"x": float("nan")}, {"index": "1"}]
    )
    def test_nonsense_from_the_browser_moves_nothing(self, view, told):
        points = view.model.points
        view.figure._picture._handle_custom_msg(
            {"event": "drag", "index": 1, "x": 0.5, "y": 0.5, "phase": "end", **told}, []
        )
        assert view.model.points == points

    @pytest.mark.parametrize("lesson", [list(LESSONS).index(key) for key in ("late", "weights", OWN)])
    def test_every_control_from_end_to_end(self, view, lesson):
        view.lessons.current = lesson
        if not view.skip.disabled:
            view.skip.click()
        for choice in (view.curve, view.weights):
            for _, value in choice.options:
                choice.value = value
        view.weights.value = "cv"
        for text in ("0,1", "7,5", "100", "", "nonsense", "1.234,5", "5"):
            view.cv.text = text
        view.weights.value = "same"
        for text in ("0,001", "152,5", "1e6", "", "5 MBq"):
            view.u.text = text
        count = len(view.model.points)
        for mask in ((True,) * count, (False,) * count, (True,) + (False,) * (count - 1), (True,) * count):
            view.used.value = mask
        view.which.value = 0
        view.time.text, view.mbq.text = "200", "5,5"
        view.set.click()
        view.which.value = count - 1
        view.remove.click()
        view.which.value = -1
        view.time.text, view.mbq.text = "210", "4"
        view.set.click()
        view.reset.click()
        assert not view.page.errors.unexpected
        assert view.page.errors.messages == ()
        assert view.model.points == view.model.now.points

    def test_an_unusable_field_marks_what_is_shown_as_stale(self, view):
        view.cv.text = "five"
        assert "cannot be used" in view.fit.stale
        view.cv.text = "5"
        assert view.fit.stale == ""

    def test_figure_says_what_it_shows_and_has_numbers(self, view):
        assert isinstance(view.figure, DragFigure)
        assert "3 measured points" in view.figure.alt
        assert isinstance(view.figure.numbers, Details)
        view.lessons.current = list(LESSONS).index("late")
        view.skip.click()
        assert "true curve" in view.figure.alt

    def test_a_full_disk_is_said(self, view, monkeypatch):
        def full(page, state):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_userdata, "save", full)
        view.curve.value = "mono"
        assert "could not be saved" in view.page.errors.messages[0]
