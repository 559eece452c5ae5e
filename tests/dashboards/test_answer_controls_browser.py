"""Answer line, figures to pick in, files, cards and progress in a real browser: by mouse, by touch, by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from browser_harness import Dashboard
from playwright.sync_api import expect
from test_controls_browser import FONT_SIZES, MISSING_IDS, REPEATED_IDS, UNNAMED, anew

pytestmark = pytest.mark.browser

POINT, REGION, LATE, PLACE = range(4)  # the figures of the page, from the top


@pytest.fixture(scope="module")
def shared_tab(browser, serve, controls_notebooks):
    tab = Dashboard(browser, serve(controls_notebooks)).open("answers.ipynb")
    yield tab
    tab.close()


@pytest.fixture
def tab(shared_tab):
    return ready(anew(shared_tab))


def opened(open_dashboard, controls_notebooks, **more):
    return ready(open_dashboard(controls_notebooks, "answers.ipynb", **more))


def ready(tab):
    expect(tab.page.locator(".mrt-stage img")).to_have_count(4)
    expect(tab.page.locator(".mrt-stage img").last).to_be_visible()
    return tab


def seen(tab, words: str) -> None:
    """What the Python side has, as it says itself."""
    expect(tab.page.locator(".mrt-text p").filter(has_text="log=")).to_contain_text(words)


def where(tab, figure: int, x: float, y: float) -> tuple[float, float]:
    """On the screen, of a place in a figure given as fractions of its axes, from the lower left."""
    image = tab.page.locator(".mrt-stage img").nth(figure)
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    width, height = 724, 400 if figure == PLACE else 320
    left, top, across, down = 70, 16, width - 90, height - 70
    if figure == PLACE:  # keeps its shape, 96 by 64, in the middle
        left, across = left + (across - 1.5 * down) / 2, 1.5 * down
    scale = box["width"] / width
    return box["x"] + scale * (left + x * across), box["y"] + scale * (top + (1 - y) * down)


# ---- answer line


def test_a_fast_typist_hands_in_what_she_typed(tab):
    field = tab.field("Effective half-life, h")
    field.focus()
    tab.page.keyboard.type("58,2")  # no pause between the keys, none before Enter
    tab.page.keyboard.press("Enter")
    seen(tab, "log=1 last=('Effective half-life', {'value': '58,2'})")
    expect(tab.page.get_by_text("understood as 58.2 h")).to_be_visible()
    expect(tab.page.get_by_text("Washout shortens")).to_be_visible()
    expect(field).to_be_focused()


def test_each_key_is_echoed_without_being_handed_in(tab):
    tab.type("Time-integrated activity, MBq·h", "13 350")
    tab.type("Time-integrated activity, standard uncertainty, MBq·h", "130")
    expect(tab.page.get_by_text("understood as 13350 ± 130 MBq·h")).to_be_visible()
    expect(tab.field("Time-integrated activity, standard")).to_have_accessible_description(re.compile("± 130 MBq·h"))
    seen(tab, "log=0 ")


def test_what_is_typed_while_an_answer_is_checked_stays(tab):
    field = tab.field("Effective half-life, h")
    field.focus()
    tab.page.keyboard.type("slow")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Enter")  # the same again is not another attempt
    field.press("ControlOrMeta+a")
    tab.page.keyboard.type("61")
    expect(tab.page.get_by_text("checking…")).to_be_visible()
    tab.page.keyboard.type(",5")
    seen(tab, "log=1 last=('Effective half-life', {'value': 'slow'})")
    expect(field).to_have_value("61,5")
    expect(tab.page.get_by_text("understood as 61.5 h")).to_be_visible()
    tab.page.keyboard.press("Enter")
    seen(tab, "log=2 last=('Effective half-life', {'value': '61,5'})")


def test_another_answer_handed_in_meanwhile_is_checked_after_it(tab):
    field = tab.field("Effective half-life, h")
    field.fill("slow")
    field.press("Enter")
    field.fill("62")
    field.press("Enter")
    seen(tab, "log=2 last=('Effective half-life', {'value': '62'})")


def test_the_button_hands_in_and_a_refusal_is_told_beside_it(tab):
    tab.type("Absorbed dose, Gy", "2,6")
    tab.type("Absorbed dose, lower end of the 95 % interval, Gy", "1.234,5")
    low = tab.field("Absorbed dose, lower end")
    expect(low).to_have_attribute("aria-invalid", "true")
    expect(low).to_have_accessible_description(re.compile("lower end: .*both a point and a comma"))
    expect(tab.page.get_by_text("nothing is entered")).to_have_count(0)
    tab.page.get_by_role("button", name="Check: Absorbed dose").click()
    seen(tab, "log=1 last=('Absorbed dose', {'value': '2,6', 'low': '1.234,5', 'high': ''})")
    expect(tab.page.get_by_text("upper end: nothing is entered; type a number")).to_be_visible()
    message = tab.page.get_by_text("both a point and a comma")
    assert message.evaluate("(node) => getComputedStyle(node).borderLeftWidth") == "4px"  # not colour alone


def test_a_closed_answer_can_be_read_and_not_changed(tab):
    field = tab.field("Effective half-life, h")
    field.fill("stop")
    field.press("Enter")
    expect(field).to_have_attribute("aria-disabled", "true")
    expect(field).to_be_focused()  # her place on the page is kept
    tab.page.keyboard.type("9")
    expect(field).to_have_value("stop")
    field.press("Enter")
    tab.page.get_by_role("button", name="Check: Effective half-life").click(force=True)
    seen(tab, "log=1 ")


# ---- picking


def test_a_point_is_taken_by_the_mouse(tab):
    stage = tab.page.get_by_role("application", name="The point to leave out, in the figure")
    tab.page.mouse.move(*where(tab, POINT, 0.42, 0.4))
    expect(stage.get_by_text("96 h, 52.0 MBq")).to_be_visible()  # before the click: what it would take
    tab.page.mouse.click(*where(tab, POINT, 0.42, 0.4))
    seen(tab, "point=1 ")
    expect(tab.page.get_by_text("96 h, 52.0 MBq chosen")).to_be_visible()
    expect(tab.page.locator(".mrt-picked").first).to_have_attribute("aria-live", "polite")
    expect(tab.page.get_by_role("radio", name="96 h, 52.0 MBq")).to_be_checked()
    expect(tab.page.get_by_role("img", name=re.compile(r"168 h\. Chosen: 96 h, 52\.0 MBq\.$"))).to_be_visible()
    tab.page.mouse.click(*where(tab, POINT, 0.42, -0.2))  # on the numbers of the axis: none
    tab.page.get_by_role("radio", name="24 h, 121.4 MBq").check()
    seen(tab, "point=0 ")


def test_a_point_is_taken_by_the_keyboard(tab):
    stage = tab.page.get_by_role("application", name="The point to leave out")
    tab.page.get_by_role("button", name="Check: Absorbed dose").focus()
    tab.page.keyboard.press("Tab")
    expect(stage).to_be_focused()
    assert stage.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
    stage.press("Enter")  # nothing is pointed at yet
    stage.press("ArrowRight")
    expect(stage.get_by_text("24 h, 121.4 MBq")).to_be_visible()
    stage.press("ArrowRight")
    expect(tab.page.locator(".mrt-picker [aria-live]").first).to_have_text("96 h, 52.0 MBq; Enter chooses it")
    stage.press("Enter")
    seen(tab, "point=1 ")
    stage.press("End")
    stage.press("Space")
    seen(tab, "point=2 ")


def test_a_region_is_dragged_and_its_ends_moved(tab):
    page = tab.page
    page.mouse.move(*where(tab, REGION, 0.25, 0.6))
    page.mouse.down()
    page.mouse.move(*where(tab, REGION, 0.4, 0.6))
    band = page.locator(".mrt-band").first
    expect(band).to_be_visible()  # at once, without Python
    page.mouse.move(*where(tab, REGION, 0.5, 0.5))
    page.mouse.up()
    low, high = region(tab, "region")
    assert (low, high) == (pytest.approx(60, abs=0.4), pytest.approx(120, abs=0.4))
    expect(band).to_be_hidden()
    expect(page.get_by_label("The part that is extrapolated, from, h")).to_have_value(f"{low:g}")
    handle = page.get_by_role("slider", name="The part that is extrapolated, upper end")
    expect(handle).to_have_attribute("aria-valuetext", f"{high:g} h")
    handle.focus()
    handle.press("ArrowRight")  # a hundredth of the axis
    assert_region(tab, "region", (low, high + 2.4), 0.11)
    handle.press("End")
    assert_region(tab, "region", (low, 240))
    page.get_by_role("slider", name="The part that is extrapolated, lower end").press("PageUp")
    assert_region(tab, "region", (low + 24, 240), 0.11)
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(*where(tab, REGION, 0.75, 0.5), steps=3)
    page.mouse.up()
    assert_region(tab, "region", (low + 24, 180), 0.5)
    page.get_by_label("The part that is extrapolated, to, h").fill("8 d")
    assert_region(tab, "region", (low + 24, 192), 0.11)
    expect(handle).to_have_attribute("aria-valuetext", "192 h")


def region(tab, name: str) -> tuple[float, float]:
    text = tab.page.locator(".mrt-text p").filter(has_text="log=")
    expect(text).to_contain_text(f"{name}=(")
    low, high = re.search(rf"{name}=\(([\d.]+), ([\d.]+)\)", text.inner_text()).groups()
    return float(low), float(high)


def assert_region(tab, name: str, wanted: tuple[float, float], near: float = 1e-9) -> None:
    for _ in range(40):
        found = region(tab, name)
        if found == pytest.approx(wanted, abs=near):
            return
        tab.page.wait_for_timeout(50)
    assert found == pytest.approx(wanted, abs=near)


def test_a_region_of_two_clicks_on_a_logarithmic_axis(tab):
    page = tab.page
    page.mouse.click(*where(tab, LATE, 2 / 3, 0.8))
    expect(page.get_by_text("One end is set; now click the other. Escape begins anew.")).to_be_visible()
    page.keyboard.press("Escape")  # the focus is elsewhere: it stays
    page.mouse.click(*where(tab, LATE, 1 / 3, 0.8))
    low, high = region(tab, "late")
    assert (low, high) == (pytest.approx(10, rel=0.02), pytest.approx(100, rel=0.02))  # a pixel is 1 %
    expect(page.get_by_text("One end is set; now")).to_have_count(0)


def test_a_place_is_taken_by_mouse_and_by_keyboard(tab):
    page = tab.page
    stage = page.get_by_role("application", name="The hottest lesion")
    page.mouse.click(*where(tab, PLACE, 30.5 / 96, 1 - 20.5 / 64))
    text = page.locator(".mrt-text p").filter(has_text="log=")
    expect(text).to_contain_text("place=(")
    x, y = map(float, re.search(r"place=\(([\d.]+), ([\d.]+)\)", text.inner_text()).groups())
    assert (x, y) == (pytest.approx(30, abs=0.3), pytest.approx(20, abs=0.3))
    stage.focus()
    page.mouse.move(5, 5)
    stage.press("ArrowRight")  # shows where the keys are
    stage.press("ArrowRight")
    stage.press("Shift+ArrowDown")
    stage.press("Enter")
    expect(page.get_by_label("The hottest lesion, x, px")).not_to_have_value(f"{x:g}")
    assert float(page.get_by_label("The hottest lesion, x, px").input_value()) == pytest.approx(x + 1, abs=0.11)
    assert float(page.get_by_label("The hottest lesion, y, px").input_value()) == pytest.approx(y + 10, abs=0.11)
    page.get_by_label("The hottest lesion, y, px").fill("70")
    expect(page.get_by_text("70 px is too large; the most allowed is 63.5 px")).to_be_visible()
    seen(tab, "place=None")


def test_fingers_pick_too(open_dashboard, controls_notebooks):
    tab = opened(open_dashboard, controls_notebooks, width=400, height=800, has_touch=True)
    tab.page.touchscreen.tap(*where(tab, POINT, 0.7, 0.15))
    seen(tab, "point=2 ")
    tab.page.touchscreen.tap(*where(tab, LATE, 1 / 3, 0.8))
    tab.page.touchscreen.tap(*where(tab, LATE, 2 / 3, 0.8))
    low, high = region(tab, "late")
    assert (low, high) == (pytest.approx(10, rel=0.04), pytest.approx(100, rel=0.04))
    swipe(tab, where(tab, REGION, 0.25, 0.5), where(tab, REGION, 0.75, 0.5))
    low, high = region(tab, "region")
    assert (low, high) == (pytest.approx(60, abs=2), pytest.approx(180, abs=2))


def swipe(tab, start, stop) -> None:
    """One finger drawn over the screen."""
    session = tab.context.new_cdp_session(tab.page)
    for step in range(11):
        x, y = (a + (b - a) * step / 10 for a, b in zip(start, stop, strict=True))
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_click_means_the_same_on_a_narrow_zoomed_page(open_dashboard, controls_notebooks):
    """640 px with two pixels each is what 1280 px become at 200 % zoom."""
    tab = opened(open_dashboard, controls_notebooks, width=640, height=500, device_scale_factor=2)
    tab.page.mouse.click(*where(tab, PLACE, 30.5 / 96, 1 - 20.5 / 64))
    x = tab.page.get_by_label("The hottest lesion, x, px")
    expect(x).not_to_have_value("")
    assert float(x.input_value()) == pytest.approx(30, abs=0.3)


# ---- files and progress


@pytest.mark.parametrize(
    ("button", "name", "content"),
    [
        ("Download as CSV", "Zeit–Aktivität 数.csv", b"t;A\n1,5;20\n"),
        ("Save five megabytes", "large.bin", bytes(range(256)) * 20000),
    ],
)
def test_a_file_is_saved_by_the_browser(tab, button, name, content):
    for _ in range(2):  # and once more
        with tab.page.expect_download() as waiting:
            tab.page.get_by_role("button", name=button).click()
        assert waiting.value.suggested_filename == name
        assert Path(waiting.value.path()).read_bytes() == content
        expect(tab.page.get_by_role("button", name=button)).to_have_accessible_description(f"saved as {name}")


def test_why_there_is_no_file_is_told(tab):
    tab.page.get_by_role("button", name="Save nothing").click()
    expect(tab.page.get_by_text("there is nothing to save; fit a curve first")).to_be_visible()
    expect(tab.page.get_by_text("not saved; the reason is told above")).to_be_visible()


def test_progress_is_shown_while_python_works(tab):
    bar = tab.page.get_by_role("progressbar", name="Grading", include_hidden=True)
    expect(bar).to_be_hidden()
    tab.page.get_by_role("button", name="Grade").click()
    expect(bar).to_be_visible()
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"^pack \d+ of 30, \d+ %$"))
    tab.page.get_by_role("button", name="End").click()
    expect(bar).to_have_attribute("aria-valuenow", "100")
    expect(tab.page.get_by_role("status").filter(has_text="Grading: done, 100 %")).to_have_count(1)
    unknown = tab.page.get_by_role("progressbar", name="Fitting")
    expect(unknown).to_have_attribute("aria-valuetext", "10 000 voxels")
    assert unknown.get_attribute("aria-valuenow") is None


# ---- the page as a whole


def test_everything_has_a_name_and_every_card_its_heading(tab):
    page = tab.page
    for summary in page.locator(".mrt-page summary").all():
        summary.click()
    expect(page.get_by_role("table", name="Numbers behind the figure").last.get_by_text("20")).to_be_visible()
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("[...document.images].filter((image) => !image.alt.trim()).length") == 0
    assert page.evaluate(REPEATED_IDS) == []
    assert page.evaluate(MISSING_IDS) == []
    expect(page.get_by_role("heading", level=3, name="4 Which point would you leave out?")).to_be_visible()
    card = page.get_by_role("group", name="1 Effective half-life")
    expect(card.get_by_role("button", name="Check: Effective half-life")).to_have_count(1)
    assert set(page.evaluate(FONT_SIZES)) <= {"28px", "20px", "18px", "16px", "14px"}


def test_the_page_fits_its_width(tab):
    tab.type("Absorbed dose, lower", "1.234,5")
    expect(tab.page.get_by_text("both a point and a comma")).to_be_visible()
    for width in (1280, 800, 640, 320):
        tab.resize(width)
        tab.page.mouse.move(*where(tab, POINT, 0.7, 0.15))  # a name beside its point
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        tab.screenshot(f"answers-{width}")


def test_a_print_shows_answers_and_no_buttons(tab):
    tab.field("Effective half-life, h").fill("58,2")
    tab.page.emulate_media(media="print")
    expect(tab.page.get_by_role("button", name="Check: Effective half-life")).to_be_hidden()
    expect(tab.page.get_by_role("button", name="Save nothing")).to_be_hidden()
    expect(tab.field("Effective half-life, h")).to_be_visible()
