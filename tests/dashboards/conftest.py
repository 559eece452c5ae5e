"""Fixtures for tests of dashboards in a browser.

``open_dashboard(folder, notebook, width=…)`` gives an open page; see ``browser_harness.Dashboard``. Server and browser
are started once per test run. Without a browser the tests are skipped, unless MRTLAB_REQUIRE_BROWSER=1.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import controls_page
import pytest
from browser_harness import Dashboard, chromium, find_chromium, voila


def _unless_required(reason: str):
    if os.environ.get("MRTLAB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and MRTLAB_REQUIRE_BROWSER is 1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    path = find_chromium()
    if path is None:
        _unless_required("no Chromium, Chrome or Edge was found; set MRTLAB_CHROMIUM to one")
    try:
        import playwright  # noqa: F401
    except ImportError:
        _unless_required("playwright is not installed")
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)  # a slow machine is not a failure
    with chromium(path) as running:
        yield running


@pytest.fixture(scope="session")
def serve():
    """Function: the address at which Voilà serves a folder of notebooks. One server per folder for the whole run."""
    with ExitStack() as running:
        addresses: dict[Path, str] = {}

        def address(folder: Path) -> str:
            folder = Path(folder).resolve()
            if folder not in addresses:
                addresses[folder] = running.enter_context(voila(folder))
            return addresses[folder]

        yield address


@pytest.fixture
def data_folder():
    """The learner's data folder of the whole run, which every server shares, emptied: somebody who was never here."""
    folder = Path(os.environ["MRTLAB_DATA_DIR"])
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder


@pytest.fixture
def new_dashboard(browser, serve):
    """Function: a tab on the dashboards of a folder, nothing opened yet; closed and judged after the test."""
    tabs: list[Dashboard] = []

    def new(folder: Path, **more) -> Dashboard:
        tabs.append(Dashboard(browser, serve(folder), **more))
        return tabs[-1]

    yield new
    with ExitStack() as closing:
        for tab in tabs:
            closing.callback(tab.close)


@pytest.fixture
def open_dashboard(new_dashboard):
    """Function: an open dashboard."""

    def opened(folder: Path, notebook: str, **more) -> Dashboard:
        return new_dashboard(folder, **more).open(notebook)

    return opened


@pytest.fixture(scope="session")
def controls_notebooks(tmp_path_factory):
    """Folder with notebooks that show every control."""
    return controls_page.write(tmp_path_factory.mktemp("controls"))
