"""The resource worksheet without a browser."""

import contextlib
import csv
import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mrtlab import InputError, _userdata, patients
from mrtlab.apps import resources
from mrtlab.apps.resources import scripts, words
from mrtlab.apps.resources import view as view_module
from mrtlab.apps.resources.layout import INPUTS
from mrtlab.apps.resources.model import POPULATIONS, RANGES, RIGHT, TIMES

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")
COHORT = patients.cohort("prrt", 4, 7)


@pytest.fixture(scope="module")
def measured():
    """A few patients, measured once for all tests."""
    return patients.precision(COHORT)


@pytest.fixture
def model(measured, monkeypatch):
    def quick(cohort, progress=None):
        progress(1, 1)
        return measured

    monkeypatch.setattr("mrtlab.apps.resources.model.precision", quick)
    return resources.ResourcesPage()


@pytest.fixture
def view(model, unpainted):
    made = view_module._View(model)
    made.skip["gain"].click()
    made.measure.click()
    return made


def type_times(view, **times):
    for name, text in times.items():
        view.fields[name].text = text


class TestMethods:
    def test_minutes_are_sums_of_what_is_typed(self):
        found = patients.workload(
            [4, 24, 72, 168], scanner_min=30, contact_min=45, evaluation_min=60, report_min=20, stay_h=24
        )
        assert (found.scans, found.visits, found.scanner_min, found.staff_min) == (4, 2, 120, 4 * 105 + 20)
        assert found.yearly_h(120) == (240, 880)

    def test_what_is_not_known_stays_unknown(self):
        found = patients.workload([96], scanner_min=30, contact_min=45)
        assert (found.scanner_min, found.staff_min, found.visits) == (30, None, 1)
        assert found.yearly_h(10) == (5, None)
        for wrong in ({"scanner_min": -1}, {"stay_h": np.nan}):
            with pytest.raises(InputError):
                patients.workload([96], **wrong)

    def test_precision_is_that_of_the_comparison(self, measured):
        compared = patients.compare(COHORT, list(patients.PROTOCOLS.values()), jitter_h=2.0)
        for one, row in zip(measured, compared.rows, strict=True):
            errors = compared.errors[one.method]
            assert one.within95 == pytest.approx(np.quantile(np.abs(errors), 0.95))
            assert (one.low95, one.high95) == pytest.approx((row.low95, row.high95))
            assert (one.failed, one.patients, one.beyond) == (row.failed, 4, pytest.approx(row.beyond))
        assert [one.scans for one in measured] == [1, 2, 3, 4] == list(patients.PROTOCOLS)

    def test_no_result_at_all_is_refused(self):
        with pytest.raises(InputError, match="no result in any of 1"):
            patients.precision(COHORT[:1], ["uptake_bi@24,72"])
        with pytest.raises(InputError, match="cohort is empty"):
            patients.precision([])


class TestModel:
    def test_the_second_scan_is_worth_most(self):
        """With patients enough: from a population's half-life to the patient's own."""
        found = patients.precision(patients.cohort("prrt", 12, 7))
        gains = [a.within95 - b.within95 for a, b in pairwise(found)]
        assert RIGHT["gain"] == ("second", "third", "fourth")[int(np.argmax(gains))]
        assert gains[0] > 0.03

    def test_nothing_is_built_in(self, model):
        assert all(getattr(model, name) is None for name in TIMES)
        assert all(one.staff_min is None and one.scanner_min is None for one in model.work())
        with pytest.raises(InputError, match="not been measured"):
            model.found()
        with pytest.raises(InputError, match="or empty"):
            model.contact_min = -5.0

    def test_what_was_measured_comes_back(self, model, measured):
        model.measure(lambda done, of: None)
        model.contact_min = 20.0
        again = resources.ResourcesPage()
        assert again.restore(model.state())
        assert again.measured
        assert again.found().precision == measured
        assert again.contact_min == 20
        again.number = 8.0
        assert not again.measured
        assert not resources.ResourcesPage().restore({"measured": [[["prrt", 1], [{"method": "mono"}]]], "stay_h": -1})

    def test_code_gives_the_same_numbers(self, model):
        model.patients, model.number = 20.0, 7.0
        model.contact_min, model.evaluation_min, model.report_min, model.stay_h = 45.0, 60.0, 20.0, 24.0
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(scripts.cost(model), {})  # the page's own code
        for one in model.work():
            assert f"{one.scans} scans: {one.visits} visits, {one.staff_min} staff min, None" in out.getvalue()
        code = scripts.precision(model).replace(", 20, 7, phases=1", ", 4, 7, phases=1")
        model.measure(lambda done, of: None)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})
        for one in model.found().precision:
            assert f"{one.method}: 19 of 20 within {100 * one.within95:.1f} %, {one.failed} without" in out.getvalue()


class TestPage:
    def test_prediction_then_measurement_then_times(self, model, unpainted):
        made = view_module._View(model)
        assert "committed to a prediction" in made.figures["precision"]._picture.words
        made.measure.click()
        assert not model.measured
        made.choices["gain"].value = "fourth"
        made.commit["gain"].click()
        assert "it is not so" in made.said["gain"].html
        assert made.figures["precision"].state == "empty"
        made.measure.click()
        assert made.figures["precision"].state == "ready"
        assert made.measure.layout.display == "none"
        assert "no staffing norm" in made.unpriced.html
        type_times(made, contact_min="42,5", evaluation_min="1 h", report_min="20")
        assert made.figures["cost"].state == "ready"
        assert "122 to 430 min" in made.results["cost"].html  # 42.5 + 60 + 20; four of the first two
        assert made.page.errors.messages == ()

    def test_a_time_taken_out_again_is_not_zero(self, view):
        type_times(view, contact_min="40", evaluation_min="60", report_min="20", scanner_min="30", cycles="100")
        assert "a year: staff 200 to 700 h" in view.results["cost"].html.replace("</span> · <span>", " · ")
        view.fields["evaluation_min"].text = ""
        assert "Still to be typed in: staff to evaluate a scan." in view.unpriced.html
        assert view.model.evaluation_min is None
        assert view.figures["cost"].state == "empty"
        assert view.sections["cost"].stale == ""
        view.fields["evaluation_min"].text = "nonsense"
        assert "staff to evaluate a scan" in view.sections["cost"].stale

    def test_every_control_at_its_ends_and_between(self, view):
        for name in (*TIMES, "patients", "number"):
            low, high = RANGES[name]
            for value in (low, (low + high) // 2, high):
                view.fields[name].value = float(value)
        for population in POPULATIONS:
            view.chosen["population"].value = population
            view.measure.click()
            assert view.figures["cost"].state == "ready"
        view.fields["contact_min"].value = view.fields["evaluation_min"].value = 0.0
        view.fields["report_min"].value = 0.0
        assert view.figures["cost"].state == "ready"
        view.reset.click()
        assert view.model.contact_min is None
        assert view.page.errors.messages == ()

    def test_more_scans_can_be_worse_and_it_is_said(self, view):
        found = view.model.found()
        assert "error is larger" not in words.precision_said(found)
        assert "moves by several points" in words.precision_said(found)
        worse = replace(found.precision[3], within95=0.3, failed=2)
        found = replace(found, precision=(*found.precision[:3], worse))
        assert "With 4 scans the error is larger than with 3" in words.precision_said(found)
        assert "4 scans gave no result in 2 of 4" in words.precision_result(found)[2]

    def test_table_and_csv(self, view):
        type_times(view, contact_min="40", evaluation_min="60", report_min="20", scanner_min="30")
        lines = list(csv.DictReader(io.StringIO(view._csv().decode("utf-8"))))
        assert [float(line["staff_min"]) for line in lines] == [120, 220, 320, 420]
        assert [line["staff_h_per_year"] for line in lines] == [""] * 4
        assert {(line["population"], line["cohort"]) for line in lines} == {("PRRT kidneys one phase", "7")}
        comma = view._csv(True).decode("utf-8-sig")
        again = list(csv.DictReader(io.StringIO(comma), delimiter=";"))
        assert [{name: text.replace(",", ".") for name, text in line.items()} for line in again] == lines
        assert float(lines[0]["within95_percent"]) == pytest.approx(
            100 * view.model.found().precision[0].within95, abs=0.01
        )
        for name in INPUTS:
            columns, rows = words.numbers(view.model.found())
            assert all(len(row) == len(columns) for row in rows)
            assert len(view.figures[name].alt) > 80

    def test_it_comes_back(self, view):
        type_times(view, contact_min="40")
        assert _userdata.load("resources")["contact_min"] == 40
        again = view_module._View(resources.ResourcesPage())
        assert again.fields["contact_min"].value == 40
        assert again.fields["report_min"].state == "empty"
        assert again.figures["precision"].state == "ready"
