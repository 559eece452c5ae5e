"""The dashboard on PRRT over cycles as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content, _userdata

pytestmark = pytest.mark.browser


def test_two_cycles_and_a_clock(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "prrt/cycles.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(5)
    for answer, question in (
        ("22 of 100 patients", "chance"),
        ("about 0.9 Gy", "uncertainty"),
        ("too high", "BED"),
        ("three quarters too high", "marrow dose"),
        ("about four times the dose", "kidney dose"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.get_by_text("not as you said")).to_have_count(1)
    expect(page.locator(".mrt-figure img:visible")).to_have_count(4, timeout=20000)
    # no limit is ticked; one is chosen, and one that leaves a number open
    assert not any(box.is_checked() for box in page.locator("input[type=checkbox]").all())
    page.get_by_label("keep: 28 Gy BED").check()
    expect(page.get_by_text("Chance of more: kidneys, BED 28 Gy")).to_be_visible()
    # a decimal comma, too much, nothing
    tab.type("Activity of the next cycle", "152,5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Give cycle 1 and measure it").click()
    expect(page.get_by_text("cannot be read")).to_be_visible()
    tab.type("Activity of the next cycle", "7,4")
    page.keyboard.press("Tab")
    page.get_by_label("Virtual patient").select_option(label="Fifth patient")
    expect(page.get_by_text("VIRTUAL-PRRT-18")).to_be_visible(timeout=20000)
    for cycle in (1, 2):
        page.get_by_role("button", name=f"Give cycle {cycle} and measure it").click()
        expect(page.get_by_text(f"Log of cycle {cycle}:")).to_be_visible(timeout=20000)
        if cycle == 1:
            tab.type("What you found, and why you decide so", "within its range")
            page.get_by_label("Go on with the dose as measured").check()
            page.get_by_role("button", name="Decide", exact=True).click()
            expect(page.get_by_text("True doses of this virtual patient")).to_be_visible()
    expect(page.get_by_text("outside its range: kidneys, left kidney, right kidney")).to_be_visible()
    page.get_by_role("button", name="Ask: check of the clocks").click()
    expect(page.get_by_text("24 h ahead")).to_be_visible()
    tab.type("What you found, and why you decide so", "the clock was a day ahead")
    page.get_by_label("Change it: put it right").check()
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("Your decision follows from what you looked at")).to_be_visible()
    expect(page.get_by_text("all within their ranges")).to_be_visible()
    page.get_by_role("button", name="Put this cycle into the record").click()
    expect(page.get_by_text("What is missing are the signatures")).to_be_visible()
    page.get_by_label("physicist", exact=True).check()
    page.get_by_label("keep: 40 Gy BED").check()
    expect(page.get_by_text("P(kidneys, BED 40 Gy)")).to_be_visible()
    tab.look("prrt_cycles", (1280, 800))
    # what a later visit takes up; that it does is tested without a browser
    left = _userdata.load("prrt_cycles")
    assert left["cases"]["fifth"]["asked"] == ["2:clock"]
    assert left["limits"] == [3, 4]
    assert len(list((data_folder / "records").glob("VIRTUAL-PRRT-18-cycle-2-*.json"))) == 1
