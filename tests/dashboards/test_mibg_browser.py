"""The dashboard of mIBG and release as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_counts_to_the_way_home(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "radioiodine/mibg_and_release.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    for answer, question in (
        ("about a third of what it is", "dose"),
        ("about half the first", "second activity"),
        ("mostly on the days after", "partner’s dose"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(3, timeout=20000)
    expect(page.get_by_text("not as you said")).to_have_count(1)
    # the bag shows in a ratio; then a child for whom nothing is left
    page.get_by_label("Simulated child").select_option(label="a urine bag at 24 h")
    expect(page.get_by_text("0.81, 0.81, 1.33, 0.81")).to_be_visible()
    page.get_by_label("Simulated child").select_option(label="iodine leaves slowly")
    expect(page.get_by_text("Nothing is left to give:")).to_be_visible()
    page.get_by_label("Limit of both together, Gy, as a number").fill("6,5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Both reach 6.5 Gy")).to_be_visible()
    # no criterion of release is assumed
    expect(page.get_by_text("No criterion of release was typed")).to_be_visible()
    page.get_by_text("more: your criteria").click()
    tab.type("Dose rate at 1 m", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("dose rate at 1 m, µSv/h, at most 152.5")).to_be_visible()
    # the record of the plan
    tab.type("Name of the case", "nb-02")
    tab.type("Who plays the physician", "Dr Example")
    tab.type("Who plays the physicist", "Bo Sample")
    page.get_by_role("button", name="Begin the record").click()
    expect(page.get_by_text("Kept as")).to_be_visible()
    tab.look("mibg", (1280, 800))
