"""The kidney-dose dashboard and the front page as a learner meets them, everything outside this machine blocked."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from browser_harness import Dashboard
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser
NOTEBOOK = "prrt/kidney_dose.ipynb"
OWN = "# nuclide: Lu-177\n# decay_corrected: no\ntime_h;kidney_mbq\n4,5;120,5\n24;98,2\n72;55,1\n168;19,3\n"


@pytest.fixture
def open_page(data_folder, open_dashboard):
    """Function: the dashboard as seen by somebody who was never here."""
    notebooks = _content.folder("notebooks")
    return lambda notebook=NOTEBOOK, **more: open_dashboard(notebooks, notebook, **more)


@pytest.fixture(scope="module")
def visit(browser, serve):
    """One tab for all tests that leave nothing behind which the button Reset does not undo: a page takes seconds."""
    tab = Dashboard(browser, serve(_content.folder("notebooks")), width=1280)
    tab.open(NOTEBOOK)
    skip(tab)
    yield tab
    tab.close()


@pytest.fixture
def tab(visit):
    """That tab as it was at first, but for the skipped prediction."""
    visit.resize(1280)
    visit.field("Region").select_option("Liver")
    expect(result(visit)).to_contain_text("liver")  # so that the next expectation can only be met after the reset
    visit.page.get_by_role("button", name="Reset").click()
    expect(result(visit)).to_contain_text("2.60 ± 0.11 Gy")
    return visit


def result(tab):
    return tab.page.locator(".mrt-result").first


def picture(tab):
    return tab.page.get_by_role("img", name=re.compile("measured points"))


def skip(tab):
    """Go on without a prediction."""
    tab.page.get_by_role("button", name="Skip the prediction").click()
    expect(last_scan(tab)).to_be_enabled()


def last_scan(tab):
    return tab.page.get_by_role("checkbox", name=re.compile("use the point at 124 h"))


def test_the_dose_of_patient_4_is_there_at_once(tab):
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy")
    expect(result(tab)).to_contain_text("TIA 7650 ± 190 MBq·h")
    expect(picture(tab)).to_be_visible()
    expect(tab.page.get_by_text("18 % of the result lies after the last point")).to_be_visible()
    expect(tab.page.get_by_role("cell", name="best supported")).to_be_visible()
    tab.screenshot("kidney_dose")


def test_leaving_out_a_point_repaints_and_widens(tab):
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy")
    before = picture(tab).get_attribute("src")
    box = last_scan(tab)
    box.focus()
    tab.page.keyboard.press("Space")
    expect(picture(tab)).to_have_accessible_name(re.compile("1 of them is left out"))
    assert picture(tab).get_attribute("src") != before
    expect(result(tab)).not_to_contain_text("TIA 7650 ± 190")
    tab.page.keyboard.press("Space")
    expect(result(tab)).to_contain_text("TIA 7650 ± 190 MBq·h")


def test_boxes_show_what_is_in_the_fit_after_a_change_of_region(tab):
    for region in ("Liver", "Spleen", "Whole body", "Left kidney"):
        tab.field("Region").select_option(region)
        expect(result(tab)).to_contain_text(region.lower())
        expect(tab.page.get_by_role("checkbox")).to_have_count(4)
        for box in tab.page.get_by_role("checkbox").all():
            expect(box).to_be_checked()


@pytest.mark.parametrize(("typed", "echo"), [("152,5", "understood as 152.5 g"), ("0,2 kg", "understood as 200 g")])
def test_a_typed_mass_changes_the_dose(tab, typed, echo):
    expect(result(tab)).to_contain_text("2.60")
    tab.type("Mass", typed)
    expect(tab.page.get_by_text(echo)).to_be_visible()
    expect(result(tab)).not_to_contain_text("2.60 ± 0.11 Gy")


def test_an_ambiguous_mass_is_refused_in_words(tab):
    expect(result(tab)).to_contain_text("2.60")
    tab.type("Mass", "1.234,5")
    expect(tab.page.get_by_text("both a point and a comma")).to_be_visible()
    expect(tab.page.get_by_text("Not up to date")).to_be_visible()
    tab.type("Mass", "250")
    expect(tab.page.get_by_text("Not up to date")).to_have_count(0)


def test_whole_body_does_not_pretend_to_be_decided(tab):
    tab.field("Region").select_option("Whole body")
    expect(result(tab)).to_contain_text("whole body")
    expect(tab.page.get_by_text(re.compile("Report the span"))).to_be_visible()
    tab.field("Region").select_option("Remainder of body")
    expect(tab.page.get_by_text(re.compile("uptake rate b2 ran to its bound"))).to_be_visible()
    expect(tab.page.get_by_text(re.compile("39.3 on 2 degrees of freedom"))).to_be_visible()


def test_from_a_state_that_does_not_fit_to_ones_own_table_and_back(open_page, data_folder):
    saved = data_folder / "pages" / "kidney_dose.json"
    saved.parent.mkdir()
    bad = '{"prediction": "under 5 %", "decision": "other", "mass_g": NaN, "cv_percent": 500, "reason": "\\ud800"}'
    saved.write_text(bad, encoding="utf-8")
    tab = open_page()
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy")
    expect(tab.page.get_by_text("this cannot be used and was left out")).to_be_visible()
    expect(last_scan(tab)).to_be_disabled()
    expect(tab.page.get_by_text("once you have committed to a prediction")).to_be_visible()
    tab.screenshot("kidney_dose_gated")
    tab.field("Region").select_option("Liver")
    expect(result(tab)).to_contain_text("liver")
    expect(last_scan(tab)).to_be_enabled()
    tab.field("Region").select_option("Left kidney")
    expect(last_scan(tab)).to_be_disabled()
    tab.page.get_by_label("5 to 15 %").check()
    tab.page.get_by_role("button", name="Commit my prediction").click()
    expect(last_scan(tab)).to_be_enabled()
    last_scan(tab).uncheck()
    expect(tab.page.get_by_text(re.compile("You predicted 5 to 15 %(, and so it is|; it is)"))).to_be_visible()
    assert json.loads(saved.read_text(encoding="utf-8"))["prediction"] == "5 to 15 %"

    # a mass that makes no sense gives an interval above zero
    last_scan(tab).check()
    expect(result(tab)).to_contain_text("2.60")
    tab.type("Mass", "1,234")
    expect(result(tab)).to_contain_text("about 530 Gy")
    expect(result(tab)).to_contain_text("11 to 25000 Gy (log-normal)")
    expect(tab.page.get_by_text("is still that of the mass in the table")).to_be_visible()
    tab.screenshot("kidney_dose_doubtful")
    tab.page.get_by_label("report it, with its uncertainty").check()
    tab.type("because", "It is a number.")
    tab.page.get_by_role("button", name="Save my decision").click()
    expect(tab.page.get_by_text("too uncertain for one number")).to_be_visible()
    expect(tab.page.get_by_text("That can be reported")).to_have_count(0)

    # own tables, good and bad
    tab.page.get_by_role("button", name="Reset").click()
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy")
    chooser, message = tab.page.locator("input[type=file]"), tab.page.locator(".mrt-upload .mrt-message")
    chooser.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"time_h,kidney_mbq\n1,5,123,4\n"})
    expect(message).to_contain_text("bad.csv was refused: line 2")
    expect(message).to_have_class(re.compile("mrt-refused"))
    expect(tab.page.get_by_text(re.compile(r"bad\.csv"))).to_have_count(1)
    expect(tab.page.get_by_text("csv was read")).to_have_count(0)
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy")
    tab.screenshot("kidney_dose_refused")
    unsaid = {"name": "unsaid.csv", "mimeType": "text/csv", "buffer": b"time_h,kidney_mbq\n4,120.5\n24,98.2\n"}
    chooser.set_input_files(unsaid)
    expect(message).to_contain_text("Add the line '# nuclide: Lu-177' above the header")
    chooser.set_input_files(unsaid)  # the same refusal again: the browser's own "reading" does not stay
    tab.page.wait_for_timeout(500)
    expect(message).to_contain_text("unsaid.csv was refused")
    chooser.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN.encode()})
    expect(result(tab)).to_contain_text("Time-integrated activity in the kidney")
    expect(message).to_contain_text("mine.csv was read")
    expect(message).not_to_have_class(re.compile("mrt-refused"))
    tab.type("Mass", "250")
    expect(result(tab)).to_contain_text("Dose to the kidney")

    # closed and opened again
    tab.page.get_by_role("button", name="Reset").click()
    tab.field("Region").select_option("Spleen")
    expect(result(tab)).to_contain_text("spleen")
    expect(tab.page.locator(".mrt-status")).to_contain_text("saved")
    tab.page.reload()
    tab.page.wait_for_selector(".mrt-page h1", timeout=60_000)
    expect(result(tab)).to_contain_text("spleen")
    expect(tab.page.get_by_text(re.compile("You predicted that"))).to_be_visible()
    expect(tab.page.get_by_label("5 to 15 %")).to_be_checked()


def test_two_points_leave_no_empty_table(tab):
    expect(tab.page.get_by_text("Why this curve and not another")).to_be_visible()
    for hours in ("27.7", "103"):
        tab.page.get_by_role("checkbox", name=re.compile(f"use the point at {hours} h")).uncheck()
    expect(tab.page.get_by_text("Tick a third")).to_have_count(1)
    expect(tab.page.get_by_text("Why this curve and not another")).to_be_hidden()
    expect(tab.page.get_by_text("mrtlab.kinetics.two_point")).to_have_count(0)
    tab.screenshot("kidney_dose_two_points")
    tab.page.get_by_role("checkbox", name=re.compile("use the point at 103 h")).check()
    expect(tab.page.get_by_text("Why this curve and not another")).to_be_visible()


def look(tab, notebook):
    assert tab.page.locator("h1:visible").count() == 1
    assert tab.page.evaluate("document.documentElement.lang") == "en"
    tab.look(notebook.replace("/", "_"))


def test_names_alternatives_and_width(tab):
    expect(picture(tab)).to_be_visible()
    look(tab, NOTEBOOK)


def test_front_page_leads_to_the_exercises_and_to_the_dashboard(open_page):
    tab = open_page("index.ipynb", width=1280)
    look(tab, "index.ipynb")
    tab.resize(1280)
    heading = tab.page.get_by_role("heading", level=1)
    tab.page.get_by_role("link", name=re.compile("All exercises")).click()
    expect(heading).to_contain_text("Exercises", timeout=60_000)
    tab.page.get_by_role("navigation", name="Where you are").get_by_role("link", name="mrtlab").click()
    expect(heading).to_contain_text("Practise dosimetry", timeout=60_000)
    tab.page.get_by_role("link", name=re.compile("Kidney dose after Lu-177")).click()
    # the front page has a heading too: only the result tells that the other page stands
    expect(result(tab)).to_contain_text("2.60 ± 0.11 Gy", timeout=60_000)


def test_the_source_does_not_reach_the_browser(tab):
    with urllib.request.urlopen(f"{tab.address}voila/render/{NOTEBOOK}") as response:
        assert "kidney_dose.page()" not in response.read().decode()
    folder = Path(_content.folder("notebooks"))
    assert "kidney_dose.page()" in (folder / NOTEBOOK).read_text(encoding="utf-8")
