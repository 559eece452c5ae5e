"""The server around a page: waiting, sleeping, leaving, failing, and what an address may not change."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(open_dashboard, controls_notebooks):
    return open_dashboard(controls_notebooks, "page.ipynb")


def test_waiting_is_never_a_white_page(new_dashboard, controls_notebooks):
    tab = new_dashboard(controls_notebooks)
    tab.go("slow.ipynb")
    waiting = tab.page.locator("#mrt-waiting")
    expect(waiting).to_be_visible(timeout=2500)
    expect(waiting).to_contain_text("Starting the page… This takes a few seconds.")
    gaps = tab.page.evaluate("""() => new Promise((done) => {
      const gaps = [];
      const look = () => {
        const waiting = document.getElementById("mrt-waiting");
        const title = document.querySelector(".mrt-page h1");
        if (!waiting && !(title && title.offsetParent)) gaps.push(performance.now());
        if (title && !waiting) done(gaps.length); else requestAnimationFrame(look);
      };
      look();
    })""")
    assert gaps == 0


def test_a_page_whose_kernel_has_gone_says_so(tab):
    tab.expect_failure = True  # the 404 is what is looked for
    address = f"{tab.address}api/kernels/{tab.kernel_id()}"
    expect(tab.page.locator("#mrt-asleep")).to_be_hidden()
    urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=10).close()
    tab.page.evaluate("window.dispatchEvent(new Event('focus'))")  # what coming back to the page does
    expect(tab.page.get_by_role("alert")).to_contain_text("This page has gone to sleep.")
    tab.page.get_by_role("button", name="Reload").click()
    tab.page.wait_for_selector(".mrt-page h1", timeout=60000)
    expect(tab.page.locator("#mrt-asleep")).to_be_hidden()


def test_leaving_a_page_ends_its_kernel(tab):
    address = f"{tab.address}api/kernels/{tab.kernel_id()}"
    urllib.request.urlopen(address, timeout=10).close()
    with tab.page.expect_event("close"):
        tab.page.close(run_before_unload=True)
    assert _ended(address), "the kernel still runs ten seconds after its page was left"


def _ended(address: str) -> bool:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except urllib.error.HTTPError as error:
            return error.code == 404
        time.sleep(0.1)
    return False


def test_a_broken_notebook_and_a_missing_page_are_plain(new_dashboard, controls_notebooks):
    tab = new_dashboard(controls_notebooks)
    tab.expect_failure = True
    tab.go("broken.ipynb")
    expect(tab.page.get_by_text("This page could not be built")).to_be_visible(timeout=30000)
    expect(tab.page.locator("#mrt-waiting")).to_have_count(0)
    assert "ZeroDivision" not in tab.page.content()
    assert "not_for_learners" not in tab.page.content()
    tab.go("missing.ipynb", until="load")
    expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_addresses_cannot_choose_another_template(new_dashboard, controls_notebooks):
    tab = new_dashboard(controls_notebooks)
    tab.go("page.ipynb?template=lab&theme=dark")
    tab.page.wait_for_selector(".mrt-page h1", timeout=60000)
    assert tab.page.locator("body.mrt-dashboard").count() == 1
    theme = tab.page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).jupyterLabTheme")
    assert theme == "light"
