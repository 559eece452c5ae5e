"""The dashboard on benign thyroid as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content, _userdata

pytestmark = pytest.mark.browser


def test_from_the_first_count_to_the_record(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "radioiodine/benign.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(5)
    for answer, question in (
        ("a few per cent too high", "background"),
        ("after 1 day", "day"),
        ("10 to 30 % more", "formula"),
        ("185 to 490 Gy", "range"),
        ("inside the range; it is recorded and told, with its third less", "verdict"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(5, timeout=20000)
    expect(page.get_by_text("not as you said")).to_have_count(1)
    expect(page.get_by_text("No plan is fixed yet")).to_be_visible()
    # a decimal comma, another unit, nonsense
    tab.type("Dose asked for by the physician", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("152.5 Gy would need")).to_be_visible()
    tab.type("Dose asked for by the physician", "much")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Not up to date")).to_have_count(1)
    tab.type("Dose asked for by the physician", "300")
    tab.type("Left lobe", "4,8 x 1,9 x 1,7")
    page.keyboard.press("Tab")
    expect(page.get_by_text("300 Gy would need")).to_be_visible()
    page.get_by_label("Half-life in the gland, d, as a number").fill("7,0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("where 7.00 d is true")).to_be_visible()
    # the physician prescribes; the plan is fixed; the therapy is verified and goes into the record
    page.get_by_role("button", name="Let the physician of the case decide").click()
    expect(tab.field("Activity prescribed")).to_have_value("451")
    page.get_by_role("button", name="Fix the plan and begin its record").click()
    expect(page.get_by_text("The record has begun")).to_be_visible()
    expect(page.get_by_text("Within the expected range of 180 to 490 Gy")).to_be_visible()
    page.get_by_role("button", name="Put this verification into the record").click()
    expect(page.get_by_text("What is missing are two signatures")).to_be_visible()
    tab.look("radioiodine_benign", (1280, 800))
    # what a later visit takes up; that it does is tested without a browser
    left = _userdata.load("radioiodine_benign")
    assert left["t_eff"] == 7
    assert "Dr Ada Example" in left["record"]
    assert len(list((data_folder / "records").glob("graves-case-*.json"))) == 1
