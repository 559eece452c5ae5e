"""The dose-response dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_predictions_to_the_numbers(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "foundations/dose_response.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(2)
    tab.screenshot("dose_response_asked")
    page.get_by_label("lower", exact=True).check()
    page.get_by_role("button", name="Commit my prediction of the BED").click()
    expect(page.locator(".mrt-result").first).to_contain_text("25.8 Gy")
    page.get_by_label("flatter", exact=True).check()
    page.get_by_role("button", name="Commit my prediction of the slope").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(2)
    tab.type("Total kidney dose", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("too large")).to_be_visible()
    tab.type("Total kidney dose", "24,5")
    page.keyboard.press("Tab")
    expect(page.locator(".mrt-result").first).not_to_contain_text("25.8 Gy")
    page.get_by_role("button", name="Resample lesions, and patients").click()
    expect(page.get_by_text("patients with all their lesions")).to_be_visible(timeout=20000)
    for width in (1280, 800):
        tab.resize(width)
        tab.screenshot(f"dose_response_{width}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    for image in page.locator("img:visible").all():
        assert image.get_attribute("alt")
