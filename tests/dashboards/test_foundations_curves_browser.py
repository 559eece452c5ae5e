"""The curve-fitting and single-time-point dashboards as a learner meets them; one page load each."""

import json
import re

import pytest
from playwright.sync_api import expect

from mrtlab import _content

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(data_folder, open_dashboard):
    notebooks = _content.folder("notebooks")
    return lambda name: open_dashboard(notebooks, f"foundations/{name}.ipynb")


def look(tab, name):
    assert tab.page.locator("h1:visible").count() == 1
    tab.look(name)
    tab.resize(1280)


def numbers(handle):
    """Hours and MBq of a point to drag."""
    return [float(one) for one in re.findall(r"[\d.]+", handle.get_attribute("aria-valuetext"))[:2]]


def test_curve_fitting_from_the_prediction_to_a_dragged_point(open_page, data_folder):
    tab = open_page("curve_fitting")
    page, result = tab.page, tab.page.locator(".mrt-result").first
    points = page.get_by_role("slider")
    expect(page.get_by_role("img", name=re.compile("6 measured points.*No curve"))).to_be_visible()
    expect(page.get_by_text("once you have committed to a prediction above")).to_be_visible()
    expect(points).to_have_count(0)
    tab.screenshot("curve_fitting_asked")

    page.get_by_label("two exponentials").check()
    page.get_by_role("button", name="Commit my prediction").click()
    expect(page.get_by_text("You predicted two exponentials; the answer is")).to_be_visible()
    expect(result).to_contain_text("9790 ± 280 MBq·h")
    expect(points).to_have_count(6)
    look(tab, "curve_fitting")

    # with the mouse: the last point goes where it is taken, the picture follows while it is held
    last = page.get_by_role("slider", name="Point 6 of 6")
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    picture = page.locator(".mrt-drag-stage img")
    before, start = picture.get_attribute("src"), numbers(last)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 10, steps=6)
    expect(last).not_to_have_attribute("aria-valuetext", re.compile("^168 h"))
    assert picture.get_attribute("src") != before
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('.mrt-result').textContent.indexOf('9790') < 0")
    dragged = numbers(last)
    assert dragged[0] > start[0]
    assert dragged[1] > start[1]

    # with the keyboard
    last.focus()
    page.keyboard.press("Shift+ArrowDown")  # further than the mouse has gone up
    page.wait_for_function(
        "mbq => parseFloat(document.querySelector('[aria-label=\"Point 6 of 6\"]').getAttribute('aria-valuetext')"
        ".split(', ')[1]) < mbq",
        arg=dragged[1],
    )
    expect(page.get_by_role("checkbox", name=re.compile("use the point at 168 h"))).to_have_count(0)

    # with a finger
    page.get_by_role("button", name="Reset").click()
    expect(result).to_contain_text("9790 ± 280 MBq·h")
    first = page.get_by_role("slider", name="Point 4 of 6")
    first.evaluate(
        """node => {
          const box = node.getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          const tell = (type, dy) => node.dispatchEvent(new PointerEvent(type, {pointerId: 7, pointerType: "touch",
            isPrimary: true, button: 0, clientX: x, clientY: y + dy, bubbles: true, cancelable: true}));
          node.setPointerCapture = () => {};
          tell("pointerdown", 0); tell("pointermove", -20); tell("pointermove", -40); tell("pointerup", -40);
        }"""
    )
    expect(first).not_to_have_attribute("aria-valuetext", re.compile(r"56\.3 MBq"))
    assert page.evaluate("getComputedStyle(document.querySelector('.mrt-drag-handle')).touchAction") == "none"

    # a new one
    corner = picture.bounding_box()
    page.mouse.dblclick(corner["x"] + 0.5 * corner["width"], corner["y"] + 0.3 * corner["height"])
    expect(points).to_have_count(7)

    # numbers as people type them
    page.get_by_role("button", name="Reset").click()
    expect(points).to_have_count(6)
    expect(result).to_contain_text("9790 ± 280 MBq·h")
    tab.type("Of each point", "7,5")
    expect(page.get_by_text("understood as 7.5 %")).to_be_visible()
    tab.type("Of each point", "1.234,5")
    expect(page.get_by_text("Not up to date")).to_be_visible()
    tab.type("Of each point", "5")
    expect(page.get_by_text("Not up to date")).to_have_count(0)

    # another lesson, and the one scan that is missing
    page.get_by_role("button", name="The missing late point").click()
    expect(points).to_have_count(0)
    page.get_by_role("button", name="Skip the prediction").click()
    expect(page.get_by_text("the result is off by")).to_contain_text("−18.1 %")
    page.get_by_text("Type, add or take away a point").click()
    tab.type("Time", "168")
    press = page.get_by_role("button", name="Add this point")
    press.hover()
    page.mouse.down()  # the echo of what was typed would move the button away: it waits
    page.wait_for_timeout(400)
    page.mouse.up()
    expect(points).to_have_count(4)
    expect(page.get_by_text("the result is off by")).to_contain_text("+15.9 %")
    tab.screenshot("curve_fitting_late")

    # the tab is closed, and somebody comes back
    saved = json.loads((data_folder / "pages" / "curve_fitting.json").read_text(encoding="utf-8"))
    assert saved["predictions"] == {"aicc": "bi"}
    tab.open("foundations/curve_fitting.ipynb")
    expect(points).to_have_count(4)
    expect(page.get_by_text("the result is off by")).to_contain_text("+15.9 %")


def test_single_time_point_from_the_prediction_to_virtual_patients(open_page):
    tab = open_page("single_time_point")
    page, result = tab.page, tab.page.locator(".mrt-result").first
    expect(page.locator("img:visible")).to_have_count(0)
    expect(page.get_by_text("The figures appear once you have committed").first).to_be_visible()
    tab.screenshot("single_time_point_asked")

    page.get_by_label("72 h").check()
    page.get_by_label("without limit").check()
    page.get_by_role("button", name="Commit my predictions").click()
    expect(page.get_by_text("You predicted 72 h, and so it is")).to_be_visible()
    expect(page.get_by_text("6.15 % too high").first).to_be_visible()
    expect(page.locator("img:visible")).to_have_count(2)
    expect(result).to_contain_text("One scan at 24 h")
    look(tab, "single_time_point")

    time = tab.field("Time of the scan")
    time.focus()
    page.keyboard.press("ArrowRight")
    expect(result).to_contain_text("One scan at 26 h")
    page.get_by_label("Tissue").select_option("tumour, PSMA-617")
    expect(page.get_by_role("img", name=re.compile("narrowest at about"))).to_be_visible()
    expect(tab.field("Median effective half-life")).to_have_value("52")  # before one types into it
    tab.type("Median effective half-life", "52,5")
    expect(page.get_by_text("understood as 52.5 h")).to_be_visible()
    tab.type("Geometric standard deviation", "0,9")
    expect(page.get_by_text("Not up to date").first).to_be_visible()
    tab.type("Geometric standard deviation", "1,3")
    expect(page.get_by_text("Not up to date")).to_have_count(0)

    page.get_by_role("button", name="Measure 100 virtual patients").click()
    expect(page.get_by_role("rowheader", name="fit of one exponential, 24, 72, 168 h")).to_be_visible(timeout=60_000)
    tab.screenshot("single_time_point_virtual")
    tab.open("foundations/single_time_point.ipynb")
    expect(result).to_contain_text("One scan at 26 h")
