"""The PSMA dashboard as a learner meets it; one page load."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_from_the_unit_to_the_daughters(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "psma/cycles.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(7)
    for answer, question in (
        ("gray per gigabecquerel, as printed", "unit"),
        ("more than planned: the plan is not safe", "course"),
        ("a fifth of the true one", "gland"),
        ("several times higher", "marrow"),
        ("marrow and tumours", "statement"),
        ("a third", "daughter"),
    ):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name=f"Commit my prediction of the {question}").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(6, timeout=20000)
    expect(page.get_by_text("not as you said")).to_have_count(1)
    # a limit with a decimal comma, and the sink
    tab.type("Limit, lacrimal gland", "152,5")
    page.keyboard.press("Tab")
    expect(page.get_by_role("cell", name="152.5 Gy")).to_be_visible()
    page.get_by_label("Left after each cycle, as a number").fill("1,2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("no good news")).to_be_visible()
    # no recovery, no dose
    page.get_by_label("Recovery", exact=True).first.select_option(label="not measured")
    expect(page.get_by_text("recovery is missing")).to_be_visible()
    page.get_by_label("Recovery", exact=True).first.select_option(label="measured for this size")
    # the statement
    page.get_by_label("Tissue", exact=True).select_option(label="Tumours")
    expect(page.get_by_text("compromised for this tissue").first).to_be_visible()
    # the daughters are a choice
    expect(page.get_by_text("Where do the daughters go?")).to_be_visible()
    page.get_by_label("Daughters", exact=True).select_option(label="all decay at the site")
    expect(page.get_by_text("Written down with the dose")).to_be_visible()
    page.get_by_role("button", name="Begin the record of this plan").click()
    expect(page.get_by_role("button", name="Download the record")).to_be_visible()
    tab.look("psma_cycles", (1280, 800))
