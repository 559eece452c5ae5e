"""The dose-and-uncertainty dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_predictions_to_the_budget(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "foundations/dose_and_uncertainty.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(4)
    results = page.locator(".mrt-result")
    for answer, question in (
        ("too low by about 40 %", "mass"),
        ("above 0.9", "sphere"),
        ("D95 more than the mean", "kernel"),
        ("smaller", "budget"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(4, timeout=30000)
    expect(results.nth(1)).to_contain_text("0.690")
    expect(results.nth(3)).to_contain_text("12.6 %")
    expect(results.nth(3)).to_contain_text("20.1 %")
    expect(results.nth(3)).to_contain_text("times the dose", timeout=20000)  # drawn after the bars
    expect(page.get_by_text("it is not so")).to_have_count(2)
    tab.look("dose_budget", (1280, 800))
    page.get_by_role("button", name="Small lesion, 3 mL").click()
    expect(page.get_by_text("linear propagation is doubtful")).to_be_visible()
    tab.type("Mass of the patient's organ", "nonsense")
    page.keyboard.press("Tab")
    expect(page.get_by_text("cannot be used")).to_be_visible()
    tab.type("Mass of the patient's organ", "152,5")
    page.keyboard.press("Tab")
    expect(results.first).to_contain_text("Dose for 152.5 g")
    page.get_by_label("Nuclide in the voxels").select_option(label="Lu-177")
    expect(results.nth(2)).not_to_contain_text("−35.5 %", timeout=20000)
    for image in page.locator("img:visible").all():
        assert image.get_attribute("alt")
    expect(page.locator(".mrt-status")).to_contain_text("saved")  # what is taken up again: test_dose_budget_app.py
