"""The page from images to dose as a learner meets it: a visit, narrow, by keyboard, without its kernel, and back."""

import urllib.request

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser

_FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const around = getComputedStyle(at.parentElement);
  return {
    what: at.tagName + "|" + (at.innerText || at.getAttribute("aria-label") || at.id || "").trim().slice(0, 40),
    seen: style.outlineStyle !== "none" || style.boxShadow !== "none" || around.outlineStyle !== "none",
    page: at === document.body,
  };
}"""
_SLOW = 60_000  # a patient is measured in some seconds, on a busy machine in many


def test_a_visit_a_kernel_that_dies_and_the_same_work_back(open_dashboard, data_folder):
    tab = open_dashboard(_content.folder("notebooks"), "foundations/image_dose.ipynb")
    page, result = tab.page, tab.page.locator(".mrt-result").first
    truth = page.get_by_role("table", name="The hidden truth")
    assert page.locator("h1:visible").count() == 1
    expect(page.locator("details").get_by_text("A total that cannot be true")).to_be_hidden()
    expect(page.locator("table:visible").filter(has=page.locator("caption"))).to_have_count(0)
    tab.screenshot("image_dose_asked")

    page.get_by_role("button", name="Measure and compute").click()
    expect(page.get_by_role("table", name="Plausibility").get_by_role("row")).to_have_count(5, timeout=_SLOW)
    expect(page.locator("img:visible")).to_have_count(1, timeout=_SLOW)
    expect(page.get_by_role("button", name="Show what is true")).to_be_hidden()
    page.get_by_label("the curve through four points").first.check()
    page.get_by_label("recovery: what blur takes away").last.check()
    page.get_by_role("button", name="Commit my predictions").click()
    expect(result).to_contain_text("left kidney", timeout=_SLOW)
    expect(page.locator("img:visible")).to_have_count(2, timeout=_SLOW)
    expect(page.get_by_role("button", name="Commit my predictions")).to_be_disabled()
    expect(truth).to_be_hidden()
    page.get_by_role("button", name="Show what is true").click()
    expect(truth.get_by_role("row")).to_have_count(7, timeout=_SLOW)
    page.get_by_label("Region", exact=True).and_(page.locator("select")).select_option(label="spleen")
    expect(result).to_contain_text("spleen", timeout=_SLOW)
    expect(result).to_contain_text("= 100 %")

    tab.look("image_dose", (800, 640, 1280))
    page.locator("a:visible").first.focus()
    stops = []
    for _ in range(90):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        stops.append(found["what"])
        if found["page"]:
            break
        assert found["seen"], f"{found['what']} has the focus and does not show it"
    for name in ("Measure and compute", "Download the doses as CSV", "Download this patient as DICOM"):
        assert any(name in stop for stop in stops), (name, stops)

    assert tab.errors == []
    tab.expect_failure = True  # the 404 is what is looked for
    address = f"{tab.address}api/kernels/{tab.kernel_id()}"
    urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=10).close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # what coming back to the page does
    asleep = page.get_by_role("alert").filter(has_text="This page has gone to sleep.")
    expect(asleep).to_be_visible()
    asleep.get_by_role("button", name="Reload").click()
    expect(asleep).to_be_hidden(timeout=_SLOW)
    expect(result).to_contain_text("spleen", timeout=_SLOW)
    expect(truth.get_by_role("row")).to_have_count(7)
    expect(page.locator(".mrt-unexpected")).to_have_count(0)
