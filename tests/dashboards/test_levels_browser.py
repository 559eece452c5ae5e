"""The dashboard of the three levels as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_three_courses_and_a_trial(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "prrt/levels.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(3)
    for answer, question in (("1 in 3", "chance"), ("by the trial in Gy", "trial")):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(2, timeout=20000)
    # one cycle by activity, one by the limit, in a number typed with a comma
    page.get_by_role("button", name="Give 7.4 GBq").click()
    expect(page.get_by_text("not measured").first).to_be_visible()
    page.get_by_label("3: dose limit, and the activity follows").check()
    page.get_by_role("button", name="Give what the limit leaves: 7.4 GBq").click()
    expect(page.get_by_role("button", name="Give what the limit leaves: 4.5 GBq")).to_be_visible()
    tab.type("Another activity", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("152.5 GBq is too large")).to_be_visible()
    tab.type("Another activity", "4,4 GBq")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Give 4.4 GBq").click()
    page.get_by_role("button", name="Skip what is left").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(3)
    expect(page.get_by_text("True dose to the kidneys on levels 1, 2, 3:")).to_be_visible()
    page.get_by_label("Spread between patients, as a number").fill("1,0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("scatter by a factor of 1.00 in GBq")).to_be_visible()
    tab.look("levels", (1280, 800))
