"""The SIRT planning dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_shunt_to_the_vial(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "sirt/planning.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(5)
    expect(page.get_by_text("differ by a factor of 2.5")).to_be_hidden()  # the summary is closed
    for answer, question in (
        ("too high", "shunt"),
        ("above 2", "factor"),
        ("the same", "ratio"),
        ("about one half", "chance"),
        ("as it is", "clocks"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(5, timeout=20000)
    expect(page.get_by_text("not as you said")).to_have_count(2)
    # body surface is refused for glass, and shown as not dosimetric for resin
    expect(page.get_by_text("made for resin microspheres and has no meaning")).to_be_visible()
    page.get_by_label("Microspheres").select_option(label="resin")
    expect(page.get_by_text("contains no dose").first).to_be_visible()
    # the slider, a number with a decimal comma, and thresholds of another device
    page.get_by_label("Tumour-to-normal ratio, as a number").fill("2,0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No program can resolve that")).to_be_visible()
    expect(page.get_by_text("2 times as much per gram")).to_be_visible()
    page.get_by_label("Thresholds found with").select_option(label="resin")
    expect(page.get_by_text("thresholds are device specific")).to_be_visible()
    page.get_by_label("Thresholds found with").select_option(label="glass")
    tab.type("Lowest activity", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("too large")).to_be_visible()
    tab.type("Lowest activity", "1,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("in 100").first).to_be_visible()
    page.get_by_label("physicist", exact=True).check()
    expect(page.get_by_text("P(> 50 Gy)")).to_be_visible()
    tab.look("sirt_planning", (1280, 800))
