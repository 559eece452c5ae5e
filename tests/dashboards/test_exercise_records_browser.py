"""A record as an answer, by keyboard: taken, worked on elsewhere, handed in, on the disk before the page says so."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from mrtlab import _content, record
from mrtlab.apps.record import store
from mrtlab.learn import identity
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session

pytestmark = pytest.mark.browser
SLOW = {"timeout": 30_000}


def test_a_record_is_taken_and_handed_in_by_keyboard(new_dashboard, data_folder):
    session = Session("prrt-record", identity.choose("quiet-heron-42"), Logbook())
    session.submit("guess", {"choice": "physician"})
    tab = new_dashboard(_content.folder("notebooks")).open("exercises.ipynb?exercise=prrt-record")
    card = tab.page.locator(".mrt-question-5")
    take = card.get_by_role("button", name="Put its beginning into my records")
    take.focus()
    tab.page.keyboard.press("Enter")
    expect(card.get_by_text("It lies in your records now")).to_be_visible(**SLOW)
    expect(card.get_by_text("It is the turn of the physicist to enter the administration")).to_be_visible(**SLOW)
    (begun,) = store.kept()
    assert record.read(begun.path).plan is not None
    tab.look("exercise-record-begun")

    # what the page of records does in another tab
    store.keep(record.from_json(session._variant.expected["complete"].value.answer(4)))
    again = card.get_by_role("button", name="Look into my records again")
    again.focus()
    tab.page.keyboard.press("Enter")
    which = card.get_by_label("Your record")
    expect(which.locator("option")).to_have_count(3, **SLOW)
    which.focus()
    which.select_option(index=1)
    expect(card.get_by_text("cycle 4, final, signed by a physician and a physicist")).to_be_visible(**SLOW)
    check = card.get_by_role("button", name="Check: Complete the record of cycle 4")
    check.focus()
    tab.page.keyboard.press("Enter")
    expect(card.get_by_text("What stayed behind was read")).to_be_visible(**SLOW)
    (kept,) = [one for one in Logbook().events(question="complete") if one["event"] == "answer"]
    assert (kept["slip"], "Lindqvist" in kept["raw"]["record"]) == ("complete/4", False)
    tab.look("exercise-record-judged")
