"""The page of records as three people meet it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content, record
from mrtlab.apps import kept
from mrtlab.apps.record import RecordPage
from mrtlab.apps.record.model import STATE
from mrtlab.apps.record.view import _View

pytestmark = pytest.mark.browser


def test_from_the_intent_to_a_refusal_and_back(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "record.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    press = lambda name: page.get_by_role("button", name=name, exact=True).click()  # noqa: E731
    # a worked example, read by two
    page.get_by_label("Record", exact=True).select_option(label="worked example: Graves’ disease, I-131")
    press("Open this record")
    expect(page.get_by_text("The record is final: both have signed")).to_be_visible()
    page.get_by_label("physicist", exact=True).check()
    expect(page.get_by_text("As a physicist reads it")).to_be_visible()
    # a new record; the physician begins
    page.get_by_label("physician", exact=True).check()
    page.get_by_text("A new, empty record").click()
    tab.type("Pseudonym", "case-07")
    press("Begin an empty record")
    expect(page.get_by_text("Begun, and kept.")).to_be_visible()
    tab.type("Name", "Dr Ada")
    tab.type("Indication", "Graves' disease")
    tab.type("Intent", "ablative")
    tab.type("Targets", "thyroid")
    press("Enter this step")
    expect(page.get_by_text("Entered and kept")).to_be_visible()
    (path,) = (data_folder / "records").glob("*.json")
    assert record.read(path).intent.targets == ("thyroid",)
    # the physicist's step is not the physician's
    page.get_by_text("Try a step that is not yours").click()
    page.get_by_label("Try out of turn").select_option(label="ii. Range of activities and doses")
    press("Try it")
    expect(page.get_by_text("is for the medical physics expert (MPE), not for the physician")).to_be_visible()
    # a number with a decimal comma
    page.get_by_label("physicist", exact=True).check()
    tab.type("Dose to thyroid per activity", "152,5")
    expect(page.get_by_text("understood as 152.5 Gy/GBq")).to_be_visible()
    press("Enter this step")
    expect(page.get_by_text("Type your name as physicist first")).to_be_visible()
    tab.look("record", (1280, 800))
    # what a tab opened again begins with; the same record, role, name and draft
    again = RecordPage()
    assert again.restore(kept.load(STATE))
    assert (again.record, again.role, again.names["MD"]) == (record.read(path), "MPE", "Dr Ada")
    assert again.drafted("options")["0.per_gbq"] == "152,5"
    view = _View(again)
    assert [one.text for one in view._asked.values() if getattr(one, "text", "") == "152,5"]
