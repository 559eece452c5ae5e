"""The blood-dose dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_counts_to_the_record(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "radioiodine/blood_dose.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(4)
    for answer, question in (
        ("a third too high", "areas"),
        ("the dose to the blood, in all three", "limit"),
        ("a third too low", "tracer"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(4, timeout=20000)
    expect(page.get_by_text("not as you said")).to_have_count(1)
    expect(page.get_by_text("2 Gy to the blood binds first")).to_be_visible()
    # another patient, another integral, a number with a decimal comma
    page.get_by_label("Simulated patient").select_option(label="metastases in the lungs")
    expect(page.get_by_text("2.96 GBq at 48 h, lungs binds first")).to_be_visible()
    page.get_by_label("Integral").select_option(label="two exponentials, fitted")
    expect(page.get_by_text("50.4 ± 1.3 h")).to_be_visible()
    tab.type("Weight", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("understood as 152.5 kg")).to_be_visible()
    # a table typed with commas, and one that cannot be read
    table = page.get_by_label("I-124 PET")
    table.fill("24; 0,4606\n96;")
    expect(page.get_by_text("PET, line 2")).to_have_count(2)  # the lesion and the range
    table.fill("24; 0,4606\n96; 0,2084")
    expect(page.get_by_text("PET, line 2")).to_have_count(0)
    page.get_by_label("physicist", exact=True).check()
    expect(page.get_by_text("P(> 2 Gy)")).to_be_visible()
    page.get_by_role("button", name="Begin the record").click()
    expect(page.get_by_text("Type a name for the case first.")).to_be_visible()
    tab.look("blood_dose", (1280, 800))
