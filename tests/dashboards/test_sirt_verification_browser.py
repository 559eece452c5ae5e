"""The dashboard on verifying microspheres as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser

_SLOW = 60_000  # a patient is measured in a second or two, on a busy machine in many


def test_the_second_patient_from_her_images_to_the_record(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "sirt/verification.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("Measure the patient first.").first).to_be_visible()
    expect(page.get_by_text("handed back to it without a word")).to_be_hidden()  # the summary is closed
    page.get_by_label("Virtual patient", exact=True).select_option(label="Second patient")
    page.get_by_role("button", name="Measure this patient").click()
    expect(page.get_by_text("Measured: second patient")).to_be_visible(timeout=_SLOW)
    expect(page.locator(".mrt-figure img:visible")).to_have_count(2, timeout=_SLOW)  # the plan, and slices
    for answer, question in (
        ("below it", "delivered doses"),
        ("both stay", "noise"),
        ("too low", "BED"),
        ("about 3 Gy, to be subtracted from the therapy", "scout dose"),
    ):
        page.get_by_label(answer, exact=True).and_(page.locator(":visible")).first.check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").locator("visible=true").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(6, timeout=_SLOW)
    expect(page.get_by_text("not as you said")).to_have_count(1)
    expect(page.get_by_text("decay and clocks: were all activities")).to_be_visible()
    # numbers as they are typed, and none
    page.get_by_label("Volume above, Gy, as a number").fill("152,5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("V152.5").first).to_be_visible()
    page.get_by_label("Dose by").select_option(label="kernel")
    expect(page.get_by_text("All tumour, kernel, PET 20 min")).to_be_visible()
    tab.field("Liver treated").fill("")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Not up to date").first).to_be_visible()
    tab.type("Liver treated", "1350")
    page.keyboard.press("Tab")
    # a dose outside its range needs words before it is recorded
    page.get_by_role("button", name="Put this verification into the record").click()
    expect(page.get_by_text("say under “What the investigation found” what was found")).to_be_visible()
    tab.field("What the investigation found").fill("The catheter lay 2 cm further back than at the mapping.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Put this verification into the record").click()
    expect(page.get_by_text("Record of VIRTUAL-SIRT-13")).to_contain_text("to be signed")
    tab.look("sirt_verification", (1280, 800))
