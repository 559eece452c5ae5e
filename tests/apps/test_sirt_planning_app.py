"""The SIRT planning page without a browser."""

import asyncio
import contextlib
import csv
import io
from datetime import timedelta

import pytest

from mrtlab import InputError, _userdata, sirt
from mrtlab.apps import sirt_planning
from mrtlab.apps.sirt_planning import compute, giving, methods_words, range_words, scripts, words
from mrtlab.apps.sirt_planning import view as view_module
from mrtlab.apps.sirt_planning.layout import INPUTS, QUESTION
from mrtlab.apps.sirt_planning.model import CHOICES, CLOCKS, QUESTIONS, RANGES, RIGHT, clock

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def model():
    return sirt_planning.SirtPage()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted, which takes a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        view = view_module._View(sirt_planning.SirtPage())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted):
    """The same page for every test, as it is after a reset."""
    made.reset.click()
    return made


class TestModel:
    def test_three_prescriptions(self, model):
        """Worked by hand from the formulas, to three digits."""
        model.device = "resin"
        found = {one.name: one for one in compute.methods(model).methods}
        assert found["bsa"].activity_mbq == pytest.approx(1158, abs=1)
        assert found["single"].activity_mbq == pytest.approx(2862, abs=1)
        assert found["partition"].activity_mbq == pytest.approx(1939, abs=1)
        assert found["bsa"].doses_gy["tumour"] == pytest.approx(122, abs=0.6)
        assert found["bsa"].doses_gy["normal"] == pytest.approx(27, abs=0.3)
        assert found["single"].doses_gy["tumour"] == pytest.approx(303, abs=0.6)
        assert found["single"].doses_gy["perfused"] == pytest.approx(120)
        assert found["partition"].doses_gy["tumour"] == pytest.approx(205)

    def test_body_surface_is_refused_for_glass_in_the_librarys_words(self, model):
        found = compute.methods(model)
        assert found.methods[0].activity_mbq is None
        assert "made for resin" in found.methods[0].refused
        assert "made for resin" in methods_words.refusal(found)
        assert not found.remarks
        assert found.resin_mbq == pytest.approx(1158, abs=1)
        model.device = "resin"
        assert any("contains no dose" in text for text in compute.methods(model).remarks)

    def test_body_surface_is_refused_for_a_high_shunt(self, model):
        model.device, model.shunt_percent = "resin", 25.0
        found = compute.methods(model)
        assert "contraindicated" in found.methods[0].refused
        assert found.resin_mbq is None
        assert methods_words.said(found)

    def test_the_aim_of_the_table_is_said_beside_ones_own(self, model):
        assert "with glass: at least 205 Gy, at least 250-300 Gy" in methods_words.said(compute.methods(model))
        model.device = "resin"
        assert "with resin: at least 100-120 Gy;" in methods_words.said(compute.methods(model))

    def test_limits_are_those_of_the_device(self, model):
        def liver(device):
            return {
                (one.compartment, one.dose_gy, one.device)
                for one in compute.constraints(model, device)
                if one.compartment in ("normal", "whole_normal")
            }

        assert liver("glass") == {("whole_normal", 50, "glass")}
        assert liver("resin") == {("normal", 40, "resin")}
        model.bilirubin, model.reserve = 0.8, "low"
        assert liver("glass") == {("whole_normal", 90, "glass"), ("normal", 120, "glass")}

    def test_conflict_and_refusal(self, model):
        assert compute.explore(model).plan.status == "FEASIBLE"
        model.ratio = 2.0
        found = compute.explore(model)
        assert found.plan.status == "CONFLICT"
        assert found.plan.limiting.constraint.compartment == "whole_normal"
        model.thresholds = "resin"
        found = compute.explore(model)
        assert found.plan is None
        assert "device specific" in found.refused
        assert found.table.device == "resin"

    def test_previous_dose_of_the_lungs_counts(self, model):
        model.previous_lung_gy = 45.0
        found = compute.explore(model).plan
        assert found.limiting.constraint.compartment == "lung"
        assert found.limiting_activity_mbq == pytest.approx(5 / 0.0497710623 / 0.06, rel=1e-6)
        table = giving.options(model).table
        assert "lung_all" in table.tissues
        model.previous_lung_gy = 55.0
        assert compute.explore(model).plan.status == "CONFLICT"
        with pytest.raises(InputError, match="no activity is left"):
            giving.options(model)

    def test_shunt_and_what_falsifies_it(self, model):
        found = compute.shunt(model)
        assert found.shown.n == pytest.approx(0.0582582, rel=1e-5)
        # sqrt of the sum of squares of both organs, counts alone
        lung = 0.5 * ((21000**0.5 / 19500) ** 2 + (24000**0.5 / 22500) ** 2) ** 0.5
        liver = 0.5 * ((412000**0.5 / 408000) ** 2 + (285000**0.5 / 281000) ** 2) ** 0.5
        assert found.shown.s == pytest.approx(0.0582582 * (1 - 0.0582582) * (lung**2 + liver**2) ** 0.5, rel=1e-3)
        assert sirt.apparent_shunt(found.behind_transmission, 0.62, 0.31) == pytest.approx(found.shown.n, rel=1e-3)
        assert found.behind_transmission < found.behind_free < found.shown.n
        model.liver_seen = 62.0
        assert compute.shunt(model).behind_transmission == pytest.approx(found.shown.n, rel=1e-3)
        model.free_percent, model.free_lung = 60.0, 50.0
        assert compute.shunt(model).behind_free is None

    def test_options_choose_nothing(self, model):
        found = giving.options(model)
        assert found.table.activities_mbq == (1500, 2000, 2500, 3000, 3500, 4000)
        whole = [one for one in found.table if one.tissue == "whole_normal"]
        assert whole[-1].median_gy == pytest.approx(compute.treatment(model, 4000.0).whole_normal_gy)
        assert [one.probability_above for one in whole] == sorted(one.probability_above for one in whole)
        assert list(found.reached) == sorted(found.reached)
        rows = [*range_words.physician(found)[1], *range_words.physicist(found)[1]]
        assert not any("**" in cell or "recommend" in cell for row in rows for cell in row)
        assert range_words.chance(found.reached[1]) == f"{round(100 * found.reached[1])} in 100"

    def test_physicians_words_hold_no_equation(self, model):
        found = giving.options(model)
        columns, rows = range_words.physician(found)
        told = " ".join([*columns, *(cell for row in rows for cell in row), range_words.said(found, "physician")])
        assert not set("=√ΣΦ±·") & set(told)
        assert "sirt.partition" in range_words.said(found, "physicist")
        assert {status for _, _, status in range_words.sources(found)} <= {"published", "derived", "recalled"}
        assert len(range_words.physicist(found)[0]) == len(range_words.physicist(found)[1][0])

    def test_without_a_shunt_the_lungs_are_left_out(self, model):
        model.shunt_percent = 0.0
        assert giving.options(model).table.tissues == ("tumour", "normal", "whole_normal")
        assert compute.explore(model).plan.rows[-1].activity_mbq == float("inf")

    def test_vial(self, model):
        found = giving.vial(model)
        assert found.hours == 64.5
        assert found.unzoned_h == 70.5
        assert found.infusion_mbq == pytest.approx(2489, abs=1)
        assert found.residual == pytest.approx(0.0413, abs=1e-4)
        assert found.delivered_mbq == pytest.approx(2386, abs=1)
        assert found.unzoned_mbq == pytest.approx(5000 * 2 ** (-70.5 / 64.1), rel=1e-3)

    def test_day_and_month_exchanged_are_noticed(self, model):
        model.infused = "2024-06-03 10:30 +01:00"
        assert any("order of day and month" in text for text in giving.vial(model).remarks)

    def test_clocks(self):
        assert clock("2024-03-03 12:00 -05:00") == clock("2024-03-03T18:00+01:00") == clock("2024-03-03 12:00 −05:00")
        assert clock("2024-03-03 12:00 +01:00").utcoffset() == timedelta(hours=1)
        with pytest.raises(InputError, match="no time zone"):
            clock("2024-03-03 12:00")
        for text in ("", "nonsense", "2024-13-03 12:00 +01:00", "3/3/2024 12:00"):
            with pytest.raises(InputError, match="no moment"):
                clock(text)

    @pytest.mark.parametrize(
        "changed",
        [
            {"tumour_g": 400.0},
            {"perfused_g": 1900.0},
            {"tumour_all_g": 2000.0},
            {"perfused_g": 240.0},
            {"liver_g": 1150.0},
        ],
    )
    def test_parts_larger_than_the_whole_are_refused(self, model, changed):
        for name, value in changed.items():
            setattr(model, name, value)
        with pytest.raises(InputError, match=r"(change|Change) one"):
            compute.masses(model)

    def test_right_answers_are_what_the_page_computes(self, model):
        found = compute.shunt(model)
        assert RIGHT["shunt"] == "high"
        assert max(found.behind_transmission, found.behind_free) < found.shown.n
        factor = methods_words.factor(compute.methods(model))
        assert RIGHT["factor"] == "more"
        assert factor == pytest.approx(2.5, abs=0.05), "so it is said"
        before = compute.methods(model).methods[2].doses_gy["whole_normal"]
        model.ratio = 2.0
        after = compute.methods(model).methods[2].doses_gy["whole_normal"]
        assert (RIGHT["ratio"], round(before), round(after)) == ("double", 27, 60)
        model.ratio = 4.5
        model.low_gbq = compute.explore(model).plan.limiting_activity_mbq / 1000
        first = next(one for one in giving.options(model).table if one.tissue == "whole_normal")
        assert RIGHT["chance"] == "even"
        assert first.probability_above == pytest.approx(0.5)
        vial = giving.vial(model)
        assert RIGHT["clock"] == "low"
        assert vial.infusion_mbq / vial.unzoned_mbq == pytest.approx(1.07, abs=0.005)
        assert set(RIGHT) == set(QUESTIONS) == set(QUESTION.values())

    def test_code_gives_the_same_numbers(self, model):
        model.ratio, model.previous_lung_gy, model.reserve, model.bilirubin = 3.0, 20.0, "low", 0.9
        plan = compute.explore(model)
        whole = next(one for one in giving.options(model).table if one.tissue == "whole_normal")
        methods = compute.methods(model)
        for code, expected in (
            (scripts.shunt(model), f"lungs allow {compute.shunt(model).allowed_mbq.n:.0f} MBq"),
            (scripts.methods(model), f"partition {methods.activities['partition']:.0f} MBq: tumour 205.0"),
            (scripts.methods(model), f"body surface, resin {methods.resin_mbq}"),
            (scripts.partition(model), f"{plan.plan.limiting_activity_mbq:.0f} MBq\ntumour {plan.doses.tumour_gy:.1f}"),
            (scripts.options(model), f"whole_normal {whole.median_gy:.1f} ({whole.interval95_gy[0]:.1f} to"),
            (scripts.vial(model), f"delivered {giving.vial(model).delivered_mbq:.1f} MBq"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out, pytest.warns() if "bsa" in code else _nothing():
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_csv_has_every_activity_and_tissue(self, model):
        model.previous_lung_gy = 10.0
        rows = list(csv.DictReader(io.StringIO(scripts.options_csv(model))))
        assert len(rows) == 6 * 5
        assert float(rows[0]["activity_mbq"]) == 1500

    @pytest.mark.parametrize(
        "state",
        [
            {"steps": 2.5},
            {"ratio": float("nan")},
            {"liver_g": True},
            {"predictions": [1]},
            {"predictions": {"a": "b"}},
            {"device": "Ho-166"},
            {"calibrated": 3},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        compute.methods(model)

    def test_state_comes_back(self, model):
        model.ratio, model.device, model.audience = 2.5, "resin", "physicist"
        model.calibrated = "2025-01-01 08:00 +09:00"
        model.predict("shunt", "high")
        model.predict("shunt", "low")
        again = sirt_planning.SirtPage()
        assert again.restore(model.state())
        assert again.state() == model.state()
        assert again.predictions == {"shunt": "high"}


def _nothing():
    return contextlib.nullcontext()


class TestView:
    def test_nothing_of_a_section_is_told_before_its_prediction(self, model, unpainted):
        view = view_module._View(model)
        view.commit["factor"].click()
        assert view.missing["factor"].text
        shown = set()
        for section, question in (*QUESTION.items(), (None, None)):
            for name in INPUTS:
                seen = [
                    view.figures[name].state == "ready",
                    view.results[name].html != "",
                    view.said[QUESTION[name]].text != "",
                    view.same[name].layout.display is None,
                ]
                assert seen == [name in shown] * 4, name
            assert (view.tabled.layout.display is None) == ("options" in shown)
            if section:
                view.choices[question].value = RIGHT[question]
                view.commit[question].click()
                shown.add(section)
        assert view.page.errors.messages == ()
        assert all("as you said" in words.compared(model, name) for name in QUESTIONS)

    def test_every_control_from_end_to_end(self, view):
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
        for name in CLOCKS:
            for text in ("", "nonsense", "2024-03-04 12:00", "2024-03-04 12:00 +00:00"):
                view.clocks[name].value = text
                assert view.figures["vial"].state == ("ready" if text.endswith("+00:00") else "error")
        assert view.page.errors.messages == ()
        view.reset.click()
        assert view.page.errors.messages == ()
        assert not any(section.stale for section in view.sections.values())
        assert {figure.state for figure in view.figures.values()} == {"ready"}
        view.fields["tumour_aim_gy"].text = "152,5 Gy"
        assert view.model.tumour_aim_gy == 152.5
        view.fields["activity_gbq"].text = "2100 MBq"
        assert view.model.activity_gbq == pytest.approx(2.1)

    def test_masses_that_do_not_fit_stop_their_sections_alone(self, view):
        view.fields["tumour_all_g"].value = 100.0
        states = {name: figure.state for name, figure in view.figures.items()}
        assert states.pop("shunt") == "ready"
        assert set(states.values()) == {"error"}
        assert view.results["partition"].html == ""
        assert view.tabled.layout.display == "none"
        view.fields["tumour_all_g"].value = 320.0
        assert {figure.state for figure in view.figures.values()} == {"ready"}
        assert view.tabled.layout.display is None

    def test_shunt_of_the_counts_goes_to_the_patient(self, view):
        view.take.click()
        assert view.model.shunt_percent == 5.83
        assert "5.83 %" in view.patient.text

    def test_thresholds_of_resin_are_refused(self, view):
        view.chosen["thresholds"].value = "resin"
        assert view.figures["partition"].state == "error"
        assert "device specific" in view.refused["partition"].text
        assert "40 Gy" in view.offered.html
        view.chosen["thresholds"].value = "glass"
        assert view.refused["partition"].text == ""
        assert "205" in view.offered.html
        assert "Weber" in view.source.text
        assert "(published)" in view.source.text

    def test_two_views_of_one_table(self, view):
        assert "Chance above 50 Gy" in view.table.html
        assert view.physicist.layout.display == "none"
        view.chosen["audience"].value = "physicist"
        assert "P(&gt; 50 Gy)" in view.table.html
        assert view.physicist.layout.display is None
        assert "illustrative" in view.parts.html

    def test_a_slider_paints_beside_it_and_the_rest_when_it_rests(self, view, monkeypatch, in_a_loop):
        monkeypatch.setattr(view_module._View, "PAUSE_S", 0.01)
        painted = []
        for name, figure in view.figures.items():
            monkeypatch.setattr(figure, "show", lambda found, name=name: painted.append(name))

        async def drag():
            for ratio in (4.0, 3.5, 3.0):
                view.fields["ratio"].value = ratio
            view.fields["activity_gbq"].value = 2.5  # another slider: what the first left to do is not forgotten
            assert painted == ["partition"] * 4
            await asyncio.sleep(0.1)

        in_a_loop(drag())
        assert painted[4:] == ["shunt", "methods", "options", "vial"]
        assert _userdata.load(view_module._View.STATE)["ratio"] == 3.0

    def test_the_next_visit_finds_what_was_left(self, view):
        view.fields["bilirubin"].value = 0.9
        again = view_module._View(sirt_planning.SirtPage())
        assert again.fields["bilirubin"].value == 0.9
        assert again.figures["methods"].state == "ready"
        _userdata.save(view_module._View.STATE, {"ratio": "much"})
        assert view_module._View(sirt_planning.SirtPage()).left_out.text
