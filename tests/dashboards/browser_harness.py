"""Voilà in a process of its own and headless Chromium, for tests and benchmarks of dashboards.

Nothing but 127.0.0.1 may be asked for: every other request is aborted and recorded.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mrtlab

SHARE = Path(mrtlab.__file__).resolve().parent / "share"
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OUTSIDE = re.compile(r"^(?!https?://127\.0\.0\.1[:/]|wss?://127\.0\.0\.1[:/]|data:|blob:|about:)")
# Voilà's front end was built with older packages than the widgets ask for; it says so and works
HARMLESS = re.compile(r"(Unsatisfied|No satisfying) version")


def find_chromium() -> str | None:
    """Path of a browser that Playwright can drive: $MRTLAB_CHROMIUM, or one of the usual places."""
    named = os.environ.get("MRTLAB_CHROMIUM")
    if named:
        return named
    # the first is the same engine without a window, and an eighth faster
    shell = "chromium-headless-shell"
    for name in (shell, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"):
        found = shutil.which(name)
        if found:
            return found
    folders = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    places = [
        Path(folder) / maker / "Application" / name
        for folder in folders
        if folder
        for maker, name in (("Google/Chrome", "chrome.exe"), ("Microsoft/Edge", "msedge.exe"))
    ]
    for name in ("Chromium", "Google Chrome", "Microsoft Edge"):
        places.append(Path("/Applications") / f"{name}.app" / "Contents" / "MacOS" / name)
    return next((str(place) for place in places if place.is_file()), None)


@contextmanager
def voila(folder: Path, *options: str) -> Iterator[str]:
    """Serve the notebooks of a folder with mrtlab's own settings and template; gives the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = [str(SHARE / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", errors="replace", suffix=".log") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", str(folder), "--no-browser", f"--port={port}", *options],
            cwd=SHARE,  # where voila.json is
            env={**os.environ, "JUPYTER_PATH": os.pathsep.join(paths)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}/"
        try:
            _wait_for(f"{address}voila/static/voila.js", process, output)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(address: str, process: subprocess.Popen, output, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    output.seek(0)
    raise RuntimeError("Voilà did not start:\n" + output.read()[-3000:])


@contextmanager
def chromium(path: str, *flags: str):
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


# markup of controls that nothing names
NAMELESS = """() =>
  [...document.querySelectorAll('button, input, select, textarea, a[href], [role=slider], summary')]
  .filter(node => node.checkVisibility() && !(node.labels?.length || node.getAttribute('aria-label')
    || node.getAttribute('aria-labelledby') || node.textContent.trim() || node.title))
  .map(node => node.outerHTML.slice(0, 120))"""


class Dashboard:
    """One browser tab.

    Attributes
    ----------
    page : playwright.sync_api.Page
    outside : list of str
        Addresses outside this machine that the page asked for.
    errors : list of str
        Console errors and warnings, uncaught exceptions.
    """

    def __init__(self, browser, address: str, width: int = 1280, height: int = 1000, **more):
        self.address = address
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.expect_failure = False
        self.context = browser.new_context(viewport={"width": width, "height": height}, **more)
        self.context.route(OUTSIDE, self._refuse)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _refuse(self, route):
        self.outside.append(route.request.url)
        route.abort()

    def _heard(self, message):
        if message.type in ("error", "warning") and not HARMLESS.search(message.text):
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def go(self, notebook: str, until: str = "commit") -> None:
        """Ask for a notebook without waiting for its widgets."""
        self.page.goto(f"{self.address}voila/render/{notebook}", wait_until=until)

    def open(self, notebook: str, seconds: float = 60) -> Dashboard:
        """Open a notebook and wait until its page stands."""
        self.go(notebook)
        self.page.wait_for_selector(".mrt-page h1", timeout=1000 * seconds)
        self.page.wait_for_selector("#mrt-waiting", state="detached")
        return self

    def field(self, label: str):
        """The control with this accessible name, or one that begins with it."""
        return self.page.get_by_label(re.compile("^" + re.escape(label)), exact=False).first

    def type(self, label: str, text: str) -> None:
        """Replace what is in a field, key by key, and leave it alone."""
        field = self.field(label)
        field.click()
        field.press("ControlOrMeta+a")
        self.page.keyboard.type(text, delay=15)

    def resize(self, width: int) -> None:
        """Give the page another width, and wait until it has been painted anew."""
        self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def text(self, selector: str) -> str:
        """The visible words of the first element found."""
        return self.page.locator(selector).first.inner_text()

    def kernel_id(self) -> str:
        """Of the program behind this page."""
        return self.page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")

    def screenshot(self, name: str) -> Path | None:
        """The whole page as PNG in the folder MRTLAB_SCREENSHOTS names; nothing without it, for each takes a second."""
        if not os.environ.get("MRTLAB_SCREENSHOTS"):
            return None
        folder = Path(os.environ["MRTLAB_SCREENSHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def look(self, name: str, widths=(1280, 800, 640)) -> None:
        """At every width no sideways scroll; every picture has a text and every control a name.

        640 px is what is left of a 1280 px screen at 200 %.
        """
        page = self.page
        for width in widths:
            self.resize(width)
            self.screenshot(f"{name}_{width}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"at {width} px the page is {wide} px too wide"
        for image in page.locator("img:visible").all():
            assert image.get_attribute("alt")
        assert page.evaluate(NAMELESS) == []

    def _end(self, kernel: str) -> None:
        """A browser that is closed by force takes its page's last message with it, and the kernel would stay."""
        if kernel:
            request = urllib.request.Request(f"{self.address}api/kernels/{kernel}", method="DELETE")
            with suppress(urllib.error.URLError):  # gone already
                urllib.request.urlopen(request, timeout=10).close()

    def close(self) -> None:
        """Close the tab; complain about what must never happen."""
        bugs = broken = 0
        kernel = ""
        try:
            if not self.page.is_closed():
                bugs = self.page.locator(".mrt-unexpected").count()
                broken = self.page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count()
                if self.page.locator("#jupyter-config-data").count():
                    kernel = self.kernel_id()
        finally:
            self.context.close()
            self._end(kernel)
        assert not self.outside, f"the page asked for {self.outside}"
        if not self.expect_failure:
            assert not bugs, "a call-back failed; see mrtlab's log"
            assert not broken, "a cell of the notebook failed"
            assert not self.errors, "\n".join(self.errors)
