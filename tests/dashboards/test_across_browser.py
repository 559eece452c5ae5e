"""The data set as a learner meets it; one page load. The worksheet is built of the same parts."""

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


def test_a_slip_is_named_and_the_files_merged(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "across/registry.ipynb")
    page = tab.page
    expect(page.locator("h1:visible")).to_have_count(1)
    expect(page.get_by_text("once you have committed to a prediction")).to_have_count(1)
    page.get_by_label("Row", exact=True).select_option(label="3: case 1, cycle 2, left kidney")
    page.get_by_label("What is wrong with it?").select_option(label="activity in GBq in a column of MBq")
    page.get_by_role("button", name="Mark the row", exact=True).click()
    expect(page.get_by_text("1 of 3")).to_be_visible()
    page.get_by_label("the same within 5 %").check()
    page.get_by_role("button", name="Commit my prediction of the mean").click()
    expect(page.locator(".mrt-figure img:visible")).to_have_count(1, timeout=20000)
    page.get_by_label("What goes in").select_option(label="all but what the rules find")
    expect(page.get_by_text("40 of 59 rows")).to_be_visible()
    tab.look("registry")
    page.get_by_label("File of").select_option(label="centre C")
    expect(page.get_by_text("treated_on").first).to_be_visible()
    expect(page.locator(".mrt-status")).to_contain_text("saved")
