"""The dose-response dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_predictions_to_the_numbers(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "foundations/dose_response.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(5)
    expect(page.get_by_text("the formula on the summed dose is too high")).to_be_hidden()  # the summary is closed
    tab.screenshot("dose_response_asked")
    results = page.locator(".mrt-result")
    for answer, question in (
        ("lower", "BED"),
        ("0.1 to 0.5 wide", "band"),
        ("flatter", "slope"),
        ("above 0.8", "r²"),
        ("fewer", "plan"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(results.first).to_contain_text("25.8 Gy")
    expect(page.locator(".mrt-figure img:visible")).to_have_count(5, timeout=30000)
    expect(page.get_by_text("95 % profile")).to_be_visible()  # it comes after the picture
    expect(page.get_by_text("but it is not so")).to_have_count(3)
    expect(page.get_by_text("instead of 27")).to_be_visible()
    tab.type("Total kidney dose", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("too large")).to_be_visible()
    tab.type("Total kidney dose", "24,5")
    page.keyboard.press("Tab")
    expect(results.first).not_to_contain_text("25.8 Gy")
    page.get_by_role("button", name="Resample lesions, and patients").click()
    expect(page.get_by_text("patients with all their lesions")).to_be_visible(timeout=20000)
    page.get_by_label("How the activity is set").select_option(label="7.4 GBq for everybody")
    expect(page.get_by_text("r² of activity and kidney dose:")).to_contain_text("not defined")
    page.get_by_label("Largest activity, GBq, as a number").fill("7,4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("plans end at the cap of 7.4 GBq")).to_be_visible()
    tab.look("dose_response", (1280, 800))
