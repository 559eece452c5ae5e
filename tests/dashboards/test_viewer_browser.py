"""The volume viewer in Voilà: each of the three ways to draw is seen to draw, and nothing leaves the machine.

Canvases of WebGL read back empty, so that the screenshot is judged: a drawn volume has many colours.
"""

from __future__ import annotations

import io
import os
import site
import subprocess
import sys
import sysconfig
import time
import venv
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import viewer_page
from browser_harness import FLAGS, Dashboard, find_chromium, voila
from matplotlib.image import imread

pytestmark = pytest.mark.browser

WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
WITHOUT = ("--disable-gpu", "--disable-3d-apis")
# said by the browser about the drawing libraries' own scripts
REMARKS = ("willReadFrequently", "GPU stall due to ReadPixels", "WebGL: CONTEXT_LOST_WEBGL")
NAMELESS = """() => [...document.querySelectorAll('button, input, select, textarea, a[href], [role=slider], canvas')]
    .filter(node => node.checkVisibility() && !(node.labels?.length || node.getAttribute('aria-label')
      || node.getAttribute('aria-labelledby') || node.textContent.trim() || node.title || node.alt))
    .map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    return viewer_page.write(tmp_path_factory.mktemp("viewer"))


@pytest.fixture
def tab(browser, serve, notebooks):
    """Function: a tab on one of the notebooks, in a browser with or without WebGL."""
    with ExitStack() as closing:

        def opened(kind: str, *, flags=WEBGL, address: str = "", **more) -> Dashboard:
            # a second browser of the same Playwright, which allows one of itself in a process
            other = browser.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, *flags])
            closing.callback(other.close)
            one = Dashboard(other, address or serve(notebooks), **more)
            closing.callback(_judge, one)
            one.page.set_default_timeout(150_000)  # drawing without a graphics card keeps the browser busy
            one.go(f"{kind}.ipynb")
            one.page.wait_for_selector(".mrt-viewer .mrt-section")
            return one

        yield opened


def _judge(one: Dashboard) -> None:
    one.errors[:] = [error for error in one.errors if not any(remark in error for remark in REMARKS)]
    one.close()


def colours(one: Dashboard, selector: str) -> int:
    """How many colours, of 16 levels each, the middle of a part of the page shows: no logo, no scale, no axes."""
    shot = one.page.locator(selector).first.screenshot()
    pixels = (imread(io.BytesIO(shot), format="png")[..., :3] * 15.99).astype(int)
    tall, wide, _ = pixels.shape
    pixels = pixels[tall // 4 : tall * 7 // 10, wide // 4 : wide * 3 // 4]
    return len(np.unique(pixels.reshape(-1, 3), axis=0))


def wait_for_colours(one: Dashboard, selector: str, least: int, seconds: float) -> int:
    one.page.wait_for_selector(selector)
    end = time.monotonic() + seconds
    while (found := colours(one, selector)) < least and time.monotonic() < end:
        one.page.wait_for_timeout(500)
    return found


def test_slices_draw_and_follow_the_keyboard(tab):
    one = tab("slices")
    picture = one.page.locator(".mrt-figure img").first
    picture.wait_for()
    assert wait_for_colours(one, ".mrt-figure img", 40, 30) >= 40
    alt = picture.get_attribute("alt")
    assert alt.startswith("A made-up patient after therapy. CT number in grey; dose in colour")
    before = picture.get_attribute("src")
    slider = one.page.get_by_role("slider", name="Axial slice")
    slider.focus()
    slider.press("ArrowRight")
    one.page.wait_for_function("old => document.querySelector('.mrt-figure img').getAttribute('alt') !== old", arg=alt)
    assert picture.get_attribute("src") != before
    for width in (1280, 800):
        one.resize(width)
        one.screenshot(f"slices_{width}")
        assert one.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert one.page.evaluate(NAMELESS) == []


def test_niivue_draws_what_it_is_given(tab):
    """The right kidney has 6 Gy, the left one 4, and the picture has the patient's right on its left."""
    one = tab("niivue", width=800)
    both = wait_for_colours(one, ".mrt-viewer canvas", 40, 90)
    assert both >= 40
    one.screenshot("niivue")
    canvas = one.page.locator(".mrt-viewer canvas").first
    assert canvas.get_attribute("aria-label").startswith("A made-up patient")
    assert one.page.evaluate(NAMELESS) == []

    one.page.get_by_label("Picture").select_option(label="Axial")
    one.page.wait_for_timeout(1000)
    box = canvas.bounding_box()
    side = min(box["width"], box["height"])
    for sign, name in ((-1, "Right kidney"), (1, "Left kidney")):
        # 32 voxels of 12 mm fill the height; a kidney lies 70 mm beside and 45 mm behind the middle
        canvas.click(
            position={"x": box["width"] / 2 + sign * 70 / 384 * side, "y": box["height"] / 2 + 45 / 384 * side}
        )
        one.page.get_by_text(f"inside {name}").wait_for(timeout=30_000)

    for label in ("Opacity of the dose", "Opacity of the regions"):
        one.page.get_by_role("slider", name=label).press("Home")
    end = time.monotonic() + 30
    while (grey := colours(one, ".mrt-viewer canvas")) >= both / 2 and time.monotonic() < end:
        one.page.wait_for_timeout(300)
    assert grey < both / 2  # the image alone is grey


def test_without_webgl_slices_are_shown_and_why(tab):
    one = tab("niivue", flags=WITHOUT)
    one.page.get_by_text("cannot draw in three dimensions").wait_for()
    assert wait_for_colours(one, ".mrt-figure img", 40, 30) >= 40
    one.errors[:] = [error for error in one.errors if "webgl" not in error.lower()]  # niivue had begun to try


@pytest.fixture(scope="module")
def with_itkwidgets(tmp_path_factory):
    """An environment over the present one, in which ``mrtlab install-itkwidgets`` was run; the path of its Python."""
    folder = tmp_path_factory.mktemp("environment")
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    base = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=base))
    line = "".join(f"site.addsitedir({path!r}); " for path in [sysconfig.get_path("purelib"), *site.getsitepackages()])
    (packages / "parent.pth").write_text(f"import site; {line}\n", encoding="utf-8")
    command = [str(python), "-m", "mrtlab", "install-itkwidgets"]
    done = subprocess.run([*command, "--yes"], capture_output=True, text=True, encoding="utf-8", errors="replace")
    if done.returncode:
        reason = f"itkwidgets could not be installed: {done.stderr[-800:]}"
        if os.environ.get("MRTLAB_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    yield python
    done = subprocess.run([*command, "--remove", "--yes"], capture_output=True, text=True, check=True)
    assert "Removed" in done.stdout
    assert not list(packages.glob("itk*"))
    assert not (folder / "share" / "jupyter" / "labextensions" / "mrtlab-itkwidgets").exists()


@pytest.fixture
def itk_address(with_itkwidgets, notebooks, monkeypatch):
    """Where Voilà of that environment serves; it outlives the tab."""
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))
    monkeypatch.setattr(sys, "executable", str(with_itkwidgets))
    with voila(notebooks) as address:
        yield address


def test_itkwidgets_draws(with_itkwidgets, itk_address, tab):
    code = "from importlib.metadata import version; print(version('ipywidgets'), version('itkwidgets'))"
    said = subprocess.run([with_itkwidgets, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert said == [version("ipywidgets"), "0.32.6"]
    one = tab("itk", address=itk_address)
    one.page.get_by_text("rendered as a volume").wait_for()
    assert one.page.get_by_text("is not set up").count() == 0
    assert wait_for_colours(one, ".mrt-viewer canvas", 8, 120) >= 8
    one.screenshot("itk")
    assert one.page.evaluate(NAMELESS) == []
