"""The page on PRRT over cycles without a browser."""

import contextlib
import csv
import io
import json
import math
import re

import pytest

from mrtlab import InputError, record
from mrtlab.apps import prrt_cycles
from mrtlab.apps.prrt_cycles import casebook, check, compute, effect, measure, range_words, scripts, words
from mrtlab.apps.prrt_cycles import view as view_module
from mrtlab.apps.prrt_cycles.layout import INPUTS
from mrtlab.apps.prrt_cycles.model import ASKS, CHOICES, DECISIONS, OPTIONAL, PATIENTS, QUESTIONS, RANGES, RIGHT

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


def after(patient: str, decisions=(), asked=(), **inputs):
    """A model some cycles on; the last one waits if it has no decision."""
    model = prrt_cycles.PrrtCycles(patient=patient, **inputs)
    for choice in (*decisions, None):
        model.give()
        if choice:
            model.decide(choice)
    for what in asked:
        model.ask(what)
    return model


class TestNumbers:
    """Against the specification and formulas worked by hand."""

    def test_first_cycle(self):
        model = prrt_cycles.PrrtCycles()
        found = compute.options(model)
        assert not found.chances  # nothing is ticked
        median, (low, high) = found.kidneys[-1]
        assert (median, low, high) == pytest.approx((4.44, 2.30, 8.59), abs=0.01)  # vector P-1
        model.limits = [0, 3, 6]
        assert [len(row) for row in compute.options(model).chances] == [3, 3, 3]

    def test_limits_that_leave_a_number_open_are_not_guessed(self):
        model = prrt_cycles.PrrtCycles(limits=[1])
        assert "leaves 15 and 17 Gy open" in compute.options(model).chances[0]
        model.between_low = 16.0
        assert len(compute.options(model).chances[0]) == 3
        with pytest.raises(InputError, match="rows of the table"):
            model.limits = [7]

    def test_later_cycles_keep_what_is_not_known_of_the_first(self):
        model = after("first", ["go on"] * 2)
        found, sums = compute.options(model), compute.cycles(model)
        median, (low, high) = found.kidneys[-1]
        # u of the total is no less than the common part of what was given
        assert math.log(high / low) / 3.92 * median > 0.08 * found.delivered_gy
        assert sums.total_gy.n == pytest.approx(sum(one.n for one in sums.doses_gy))
        common = 0.08 * sums.total_gy.n
        own = [one.s**2 - (0.08 * one.n) ** 2 for one in sums.doses_gy]
        assert sums.total_gy.s == pytest.approx(math.hypot(common, math.sqrt(sum(own))))
        assert sums.independent_gy.s == pytest.approx(math.sqrt(sum(one.s**2 for one in sums.doses_gy)))
        assert sums.independent_gy.s < 0.7 * sums.total_gy.s

    def test_next_activity_is_bounded_and_rounded_down(self):
        model = after("second", ["go on"] * 2, limits=[0])
        found = compute.cycles(model)
        ((_, one),) = found.nexts
        assert one.activity_mbq == pytest.approx(math.floor(one.allowed_mbq.n / 100) * 100)
        model.rule = "line"
        assert compute.cycles(model).nexts[0][1].gy_per_mbq.n > found.nexts[0][1].gy_per_mbq.n  # it rises
        model.maximum_gbq = 4.0
        assert compute.cycles(model).nexts[0][1].activity_mbq == 4000
        model.limits = [1]
        model.between_low = 15.0
        assert "already reached" in compute.cycles(model).nexts[0][1]

    def test_bed(self):
        found = effect.bed(prrt_cycles.PrrtCycles())
        assert found.added_gy[-1] == pytest.approx(23.0, abs=0.05)  # vector B03
        assert found.of_sum_gy[-1] == pytest.approx(29.6, abs=0.05)
        model = after("first", bed_of="patient")
        assert effect.bed(model).mine
        assert len(effect.bed(model).doses_gy) == 1

    def test_marrow(self):
        model = prrt_cycles.PrrtCycles()
        found = effect.marrow(model)
        assert found.blood_mbq_h_per_g == pytest.approx(2.698, abs=0.001)  # vector P-3
        assert found.by_blood.self_gy == pytest.approx(0.131, abs=0.0005)
        assert found.local_gy == pytest.approx(0.230, abs=0.0005)
        assert found.flags
        model.ratio, model.haematocrit = "haematocrit", 0.42
        assert effect.marrow(model).by_blood.self_gy == pytest.approx(0.1307 * 0.19 / 0.58, abs=0.0005)
        model.rest_gy, model.metastases = 0.05, "yes"
        found = effect.marrow(model)
        assert found.by_blood.total_gy == pytest.approx(found.by_blood.self_gy + 0.05)
        assert len(found.flags) == 1

    def test_tumour_and_what_changes(self):
        found = effect.tumour(after("first"))
        assert found.lines["G2"][1] == pytest.approx(0.86 * found.per_gbq[0])
        assert found.next_gy.n == pytest.approx(0.94 * found.doses_gy[0].n)
        model = prrt_cycles.PrrtCycles(amino="without")
        rows = effect.changed(model).rows
        usual = effect.changed(model).usual
        assert rows["kidneys"].dose_gy == pytest.approx(usual["kidneys"].dose_gy / 0.55)
        assert rows["tumour"].dose_gy == pytest.approx(usual["tumour"].dose_gy)
        model.amino, model.nuclide = "with", "Y-90"
        assert effect.changed(model).rows["kidneys"].gy_per_mbq / usual["kidneys"].gy_per_mbq == pytest.approx(
            4, abs=0.2
        )
        model.nuclide, model.kidneys_g = "Lu-177", 155.0
        assert effect.changed(model).rows["kidneys"].dose_gy > 1.9 * usual["kidneys"].dose_gy

    def test_right_answers(self):
        from mrtlab import planning, prrt

        chance = planning.expected_range(4.44, 1.4).probability_above(5.75)
        assert (chance, RIGHT["chance"]) == (pytest.approx(0.221, abs=0.001), "fifth")
        total = prrt.cumulative_dose([4.6, 5.4, 6.1], 0.05, 0.08)
        assert (total.s, RIGHT["sum"]) == (pytest.approx(1.37, abs=0.005), "linear")  # vector P-4
        found = effect.marrow(prrt_cycles.PrrtCycles())
        assert (found.local_gy / found.by_blood.self_gy, RIGHT["marrow"]) == (
            pytest.approx(1.76, abs=0.01),
            "three quarters",
        )
        assert set(RIGHT) == set(QUESTIONS) == set(words.HEADS) == set(words.OPTIONS)
        for question, options in words.OPTIONS.items():
            assert tuple(value for _, value in options) == QUESTIONS[question]


class TestIncidents:
    def test_measured_doses_are_near_the_truth(self):
        for key in ("first", "fourth"):
            found, true = measure.measured(key, 1), measure.clean(key, 1)
            assert compute.kidneys(found, 7400).mean_gy.n == pytest.approx(true["kidneys"], rel=0.1)

    def test_a_wrong_clock_moves_all_and_no_curve_tells(self):
        model = after("fifth", ["go on"], ["serial"])
        assert set(check.check(model).outside) >= {"kidneys", "left kidney", "right kidney"}
        (seen,) = check.shown(model)
        assert "within what two kidneys may differ" in seen.text
        assert check.check(model).rows["kidneys"].verdict.z > 1.96
        model.decide("change")
        assert check.fair(model) == ("clock", False)  # nobody had looked at a clock
        assert not compute.corrected(model, 2)
        model = after("fifth", ["go on"], ["clock"])
        assert any("24 h ahead" in cell for row in check.shown(model)[0].rows for cell in row)
        model.decide("change")
        assert check.fair(model) == ("clock", True)
        assert not check.check(model).outside

    def test_an_obstruction_moves_one_kidney(self):
        model = after("fourth", ["go on"] * 2)
        found = check.check(model)
        assert "left kidney" in found.outside
        assert "right kidney" not in found.outside
        assert any("differ by more than 30 %" in text for text in found.flags)
        assert check.fair(after("fourth", ["go on"] * 2)) == ("obstruction", False)
        model.ask("anterior")
        assert "not parenchyma" in check.shown(model)[0].text
        model.decide("change")
        assert check.fair(model) == ("obstruction", True)
        assert not check.check(model).outside

    def test_an_extravasation_is_not_in_the_doses(self):
        model = after("third", ["go on"] * 2)
        assert not check.check(model).outside
        model.ask("site")
        told = dict(check.shown(model)[0].rows)
        assert told["at the injection, extrapolated"].startswith("4.4")
        assert told["dose in that volume"].startswith("7.0")
        model.decide("go on")
        assert check.fair(model) == ("extravasation", False)  # an image of the arm says nothing of kidneys
        model = after("third", ["go on"] * 2, ["site", "serial"])
        model.decide("go on")
        assert check.fair(model)[1]

    def test_a_trend_is_no_incident(self):
        model = after("second", ["go on"] * 3, ["serial", "anterior", "clock", "site"])
        assert check.check(model).outside
        assert any("nothing" in one.text.lower() or "agree" in one.text for one in check.shown(model))
        model.decide("go on")
        assert check.fair(model) == ("", True)

    def test_what_cannot_be_determined_stops_the_sum(self):
        model = after("fourth", ["go on"] * 2)
        model.decide("cannot")
        assert check.fair(model) == ("obstruction", True)
        for work in (compute.options, compute.cycles):
            with pytest.raises(InputError, match="cycle 3 cannot be determined"):
                work(model)
        assert casebook.cycle_record(model).verified is False

    def test_order_of_things(self):
        model = prrt_cycles.PrrtCycles()
        with pytest.raises(InputError, match="give a cycle first"):
            model.ask("serial")
        with pytest.raises(InputError, match="give a cycle first"):
            model.decide("go on")
        model.give()
        with pytest.raises(InputError, match="waits for a decision"):
            model.give()
        model.decide("go on")
        model.decide("cannot")
        assert model.decided(1) == "go on"  # the first decision stays
        with pytest.raises(InputError, match="too late"):
            model.ask("clock")

    def test_patients_do_not_give_themselves_away(self):
        told = " ".join(f"{about.name} {' '.join(about.notes)}" for about in PATIENTS.values()).lower()
        assert not re.search("extravas|obstruct|clock|impaired|incident", told)


class TestRecords:
    def test_cycles_add_up(self):
        model = prrt_cycles.PrrtCycles(patient="first", limits=[0, 4, 6])
        for cycle in (1, 2):
            model.give()
            model.decide("go on")
            made = casebook.cycle_record(model)
            assert made.verified
            assert {one.limit_gy for one in record.cumulative([made]).values()} >= {23}
            model.keep(cycle, record.to_json(made))
        rows = {row[0]: row for row in casebook.cumulative_rows(model)}
        total = compute.cycles(model).total_gy
        assert rows["Kidneys"][3] == f"{total.n:.1f} ± {total.s:.1f} Gy"
        assert rows["Kidneys"][1:3] == ("1, 2", "none")

    def test_outside_the_range_asks_for_a_finding(self):
        model = after("fifth", ["go on"])
        with pytest.raises(InputError, match="decided first"):
            casebook.cycle_record(model)
        model.decide("go on")
        with pytest.raises(InputError, match="outside the range"):
            casebook.cycle_record(model)
        made = casebook.cycle_record(model, "not understood")
        assert "Asked for beyond the routine: nothing" in made.verification.investigation

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(scripts.cycles_csv(after("third", ["go on"], ["serial"])))))
        assert [row["cycle"] for row in rows] == ["1"] * 3 + ["2"] * 3
        assert rows[-1]["points"] == "4"
        assert rows[-1]["asked_for"] == "serial"

    @pytest.mark.parametrize("section", INPUTS)
    def test_code_gives_the_same_numbers(self, section):
        model = after("first", ["go on"], limits=[0])
        found = view_module._View.COMPUTED[section](model)
        code = getattr(scripts, section)(model, found)
        assert len(code.splitlines()) <= 15
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, section, "exec"), {})
        expected = {
            "options": lambda: f"{found.kidneys[-1][0]:.2f} Gy",
            "cycles": lambda: f"{1000 * found.predicted['posterior']:.3f} Gy/GBq",
            "bed": lambda: f"added {found.added_gy[-1]:.2f} Gy",
            "marrow": lambda: f"{found.by_blood.total_gy:.4f} Gy",
            "tumour": lambda: f"{found.next_gy.n:.1f} Gy",
            "changed": lambda: f"BED {found.rows['kidneys'].bed_gy:.2f} Gy",
            "check": lambda: f"z {found.rows['kidneys'].verdict.z:.2f}",
        }[section]()
        assert expected in out.getvalue()


class TestState:
    def test_state_comes_back(self):
        model = after("fifth", ["go on"], ["clock"], limits=[0, 3], between_low=16.0)
        again = prrt_cycles.PrrtCycles()
        assert again.restore(json.loads(json.dumps(model.state())))
        assert again.case == model.case
        assert again.limits == [0, 3]
        again.patient = "first"
        assert not again.given_mbq
        again.patient = "fifth"
        assert again.asked_for(2) == ("clock",)  # asking stays on record

    @pytest.mark.parametrize(
        "state",
        [
            {"cases": {"nobody": {}}},
            {"cases": {"first": {"given": [7400] * 9, "asked": [], "decided": {}, "records": {}}}},
            {"cases": {"first": {"given": [7400], "asked": ["2:serial"], "decided": {}, "records": {}}}},
            {"cases": {"first": {"given": ["much"], "asked": [], "decided": {}, "records": {}}}},
            {"cases": [1]},
            {"limits": [99]},
            {"gfr": -3},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, state):
        model = prrt_cycles.PrrtCycles()
        assert not model.restore(state)
        assert not model.given_mbq
        assert not model.limits


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted, which takes a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        patch.setattr("mrtlab.apps.sections.view.event_loop", lambda: None)
        view = view_module._View(prrt_cycles.PrrtCycles())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted):
    """The same page for every test, as it is after a reset, with nothing given."""
    made.model.cases = {}
    made.reset.click()
    return made


class TestView:
    def test_nothing_is_told_before_the_prediction(self, unpainted):
        view = view_module._View(prrt_cycles.PrrtCycles())
        assert {figure.state for figure in view.figures.values()} == {"empty"}
        assert not any(view.ticks.value)
        for question in QUESTIONS:
            view.choices[question].value = RIGHT[question]
            view.commit[question].click()
            assert ": as you said" in view.said[question].text
        assert {name for name in INPUTS if view.figures[name].state == "ready"} == {
            "options",
            "bed",
            "marrow",
            "changed",
        }

    def test_every_control_from_end_to_end(self, view):
        view.give.click()
        for name, field in view.fields.items():
            low, high = (RANGES | OPTIONAL)[name]
            start = field.value
            for value in (low, (low + high) / 2, high):
                field.value = round(value) if name == "steps" else value
                assert view.page.errors.messages == (), (name, value)
            field.text = "1e12"
            assert field.state == "bad"
            field.text = ""
            field.value = start
        for name, choice in view.chosen.items():
            for value in CHOICES[name] if name != "patient" else ("second", "first"):
                choice.value = value
                assert getattr(view.model, name) == value
        view.ticks.value = (True,) * len(view.ticks.value)
        assert len(view.missing_limits.texts) == 2
        assert view.page.errors.messages == ()
        view.reset.click()
        assert not any(view.ticks.value)
        assert view.page.errors.messages == ()

    def test_from_a_cycle_to_its_record(self, view, tmp_path):
        view.chosen["patient"].value = "fifth"
        view.give.click()
        assert "Cycle 1, 7.4 GBq, is given and measured" in view.waits.text
        view.decide.click()
        assert "Choose" in view.not_decided.text
        view.decision.value = "go on"
        view.decide.click()
        assert "Type" in view.not_decided.text
        view.finding.value = "within its range"
        view.decide.click()
        assert "Nothing had gone wrong" in view.ended.text
        assert not view.waits.text
        view.put.click()
        assert "signatures" in view.kept.text
        assert "Kidneys" in view.sums.html
        assert len(list((tmp_path / "data" / "records").glob("*.json"))) == 1
        view.give.click()
        assert view.decision.value is None
        view.ask_for["clock"].click()
        assert len(view.seen.children) == 1
        assert view.ask_for["clock"].disabled
        again = view_module._View(prrt_cycles.PrrtCycles())  # the next visit
        assert len(again.model.given_mbq) == 2
        assert len(again.seen.children) == 1

    def test_physicians_words_hold_no_equation(self, view):
        view.give.click()
        found = compute.options(view.model)
        columns, rows = range_words.physician(found)
        told = " ".join([*columns, *(cell for row in rows for cell in row), range_words.said(found, "physician")])
        assert not set("=√ΣΦ±·") & set(told)
        assert "recommend" not in told
        assert {status for _, _, status in range_words.limit_sources()} <= {"published", "recalled"}
        assert len(ASKS) == 4
        assert len(DECISIONS) == 3
