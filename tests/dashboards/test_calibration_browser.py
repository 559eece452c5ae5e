"""The calibration dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_predictions_to_the_budget(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "foundations/calibration.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(3)
    for label, button in (
        ("about 1 %", "Commit my prediction of the decay"),
        ("falls", "Commit my prediction of the rate"),
        ("too large", "Commit my prediction of the covariance"),
    ):
        page.get_by_label(label, exact=True).check()
        page.get_by_role("button", name=button).click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(6)
    expect(page.locator(".mrt-result").first).to_contain_text("7392.5 MBq")
    expect(page.locator(".mrt-result").last).to_contain_text("Monte Carlo")
    tab.type("Reading of the syringe", "7,4 GBq")
    page.keyboard.press("Tab")
    expect(page.locator(".mrt-result").first).not_to_contain_text("7392.5 MBq")
    tab.type("Reading of the syringe", "nonsense")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Not up to date: the field “Reading of the syringe” cannot be used.")).to_be_visible()
    tab.type("Reading of the syringe", "152,5")
    page.keyboard.press("Tab")
    expect(page.locator(".mrt-result").first).to_contain_text("59.014 MBq")
    tab.type("Counts in the peak", "41000")
    page.keyboard.press("Tab")
    expect(page.get_by_text("come out negative")).to_be_visible()
    tab.look("calibration", (1280, 800))
