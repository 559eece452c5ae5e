"""Every control in a real browser: what is typed, what is read out, what the keyboard does, what a narrow page does."""

from __future__ import annotations

import re

import pytest
from browser_harness import Dashboard

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(shared_tab):
    return anew(shared_tab)


@pytest.fixture(scope="module")
def shared_tab(browser, serve, controls_notebooks):
    """One page for the tests that look at it or type into its fields, whatever others left there."""
    tab = Dashboard(browser, serve(controls_notebooks)).open("page.ipynb")
    yield tab
    tab.close()


def anew(tab):
    """The page as nobody has touched it, at the width of a desk."""
    page = tab.page
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.mouse.move(0, 0)
    made = int(page.get_by_text("page number").inner_text().split()[-1])
    page.get_by_role("button", name="Anew").click()
    expect(page.get_by_text("page number")).to_have_text(f"page number {made + 1}", timeout=30_000)
    expect(page.locator("h1")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    return tab


def seen(tab, words: str) -> None:
    """What the Python side has, as it says itself."""
    expect(tab.page.locator(".mrt-text p").filter(has_text="mass=")).to_contain_text(words)


@pytest.mark.parametrize(
    ("label", "typed", "echo", "value"),
    [
        ("Kidney mass", "152,5", "understood as 152.5 g", "mass=152.5 "),
        ("Kidney mass", "0,24 kg", "understood as 240 g", "mass=240.0 "),
        ("Administered activity", "7,4 GBq", "understood as 7400 MBq", "given=7400.0 "),
        ("Administered activity", "1 234,5", "understood as 1234.5 MBq", "given=1234.5 "),
    ],
)
def test_what_is_typed_is_echoed_and_reaches_python(shared_tab, label, typed, echo, value):
    shared_tab.type(label, typed)
    field = shared_tab.field(label)
    expect(field).to_have_accessible_description(re.compile(re.escape(echo)))
    expect(shared_tab.page.get_by_text(echo)).to_be_visible()
    assert field.get_attribute("aria-invalid") is None
    seen(shared_tab, value)


def test_a_refused_number_says_why_and_marks_the_result_stale(shared_tab):
    shared_tab.type("Kidney mass", "150")
    expect(shared_tab.page.get_by_text("Not up to date")).to_have_count(0)
    shared_tab.type("Kidney mass", "1.234,5")
    field = shared_tab.field("Kidney mass")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("both a point and a comma"))
    message = shared_tab.page.get_by_text("both a point and a comma")
    expect(message).to_be_visible()
    assert message.evaluate("(node) => getComputedStyle(node).borderLeftWidth") == "4px"  # not colour alone
    assert message.evaluate("(node) => getComputedStyle(node).color") == "rgb(154, 74, 0)"
    expect(shared_tab.page.get_by_text("Not up to date: the kidney mass is missing.")).to_be_visible()
    seen(shared_tab, "mass=None ")


def test_out_of_range_and_empty_are_told(shared_tab):
    shared_tab.type("Kidney mass", "3 kg")
    expect(shared_tab.page.get_by_text("3000 g is too large; the most allowed is 2000 g")).to_be_visible()
    shared_tab.type("Kidney mass", " ")
    expect(shared_tab.page.get_by_text("nothing is entered")).to_be_visible()


def test_leaving_a_field_sends_it_at_once(shared_tab):
    field = shared_tab.field("Kidney mass")
    field.fill("88")
    field.press("Tab")
    seen(shared_tab, "mass=88.0 ")


def test_slider_by_keyboard_reads_its_number_with_the_unit(tab):
    slider = tab.page.get_by_role("slider", name="Scan delay, h")
    expect(slider).to_have_attribute("aria-valuetext", "72 h")
    slider.focus()
    before = tab.page.locator(".mrt-picture img").get_attribute("src")
    for _ in range(3):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "73.5 h")
    expect(tab.page.get_by_label("Scan delay, h, as a number")).to_have_value("73.5")
    seen(tab, "delay=73.5 ")
    expect(tab.page.get_by_role("img", name="A line that rises to 73.5.")).to_be_visible()
    assert tab.page.locator(".mrt-picture img").get_attribute("src") != before
    slider.press("Home")
    seen(tab, "delay=0.0 ")
    slider.press("PageUp")
    seen(tab, "delay=17.0 ")
    slider.press("End")
    seen(tab, "delay=168.0 ")


def test_slider_takes_a_typed_number(tab):
    tab.page.get_by_label("Scan delay, h, as a number").fill("3,25 d")
    seen(tab, "delay=78.0 ")
    expect(tab.page.get_by_role("slider", name="Scan delay, h")).to_have_attribute("aria-valuetext", "78 h")
    tab.page.get_by_label("Scan delay, h, as a number").fill("200")
    expect(tab.page.get_by_text("200 h is too large; the most allowed is 168 h")).to_be_visible()
    seen(tab, "delay=None ")


def test_boxes_options_buttons_and_text(tab):
    page = tab.page
    box = page.get_by_role("checkbox", name="use the point at 27.7 h, 73.6 MBq")
    expect(box).to_be_checked()
    box.focus()
    box.press("Space")
    seen(tab, "points=(True, False) ")
    page.get_by_label("Region").select_option("Right kidney")
    seen(tab, "region='KR' ")
    page.get_by_role("radio", name="less than 5 %").focus()
    page.keyboard.press("Space")
    seen(tab, "guess='less than 5 %' ")
    page.keyboard.press("ArrowDown")
    seen(tab, "guess='more than 5 %' ")
    expect(page.get_by_role("group", name="Leaving out the last scan")).to_have_count(1)
    page.get_by_role("button", name="Count").click()
    seen(tab, "clicks=1 ")
    tab.type("Because", "it is only one of four")
    seen(tab, "reason='it is only one of four' ")
    page.get_by_role("button", name="Predict").click()
    seen(tab, "step=0 ")
    expect(page.get_by_role("button", name="Dose")).to_be_disabled()


def test_groups_have_their_legend_as_name(shared_tab):
    expect(shared_tab.page.get_by_role("group", name="Measurement").get_by_label("Region")).to_have_count(1)
    expect(shared_tab.page.get_by_role("group", name="Parameters").get_by_role("slider")).to_have_count(1)


def test_a_file_reaches_python_and_a_large_one_is_refused(tab, tmp_path):
    (tmp_path / "mine.csv").write_bytes(b"time_h;activity_mbq\n1,5;20\n")
    (tmp_path / "large.csv").write_bytes(b"x" * 5_000_001)
    chooser = tab.page.get_by_label("Use my own table…")
    chooser.set_input_files(tmp_path / "mine.csv")
    seen(tab, "file=('mine.csv', 27) ")
    expect(tab.page.get_by_text("mine.csv was read")).to_be_visible()
    chooser.set_input_files(tmp_path / "large.csv")
    expect(tab.page.get_by_text("large.csv has 5.0 MB; files of up to 5 MB can be read")).to_be_visible()
    expect(tab.page.get_by_text("was read")).to_have_count(0)
    seen(tab, "file=('mine.csv', 27) ")


def test_details_open_by_keyboard_and_show_their_table(tab):
    table = tab.page.get_by_role("table", name="Curves tried")
    expect(table).to_be_hidden()
    tab.page.get_by_text("Why", exact=True).focus()
    tab.page.keyboard.press("Enter")
    expect(table).to_be_visible()
    expect(table.get_by_role("rowheader", name="<script>")).to_be_visible()
    seen(tab, "opened=True")
    tab.page.locator("summary", has_text="Numbers behind the figure").click()
    expect(tab.page.get_by_role("table", name="Numbers behind the figure").get_by_text("72.0")).to_be_visible()


def test_code_can_be_copied(tab):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.get_by_text("The same in code", exact=True).click()
    tab.page.get_by_role("button", name="Copy").click()
    expect(tab.page.get_by_text("copied", exact=True)).to_be_visible()
    assert tab.page.evaluate("navigator.clipboard.readText()") == "import mrtlab\nprint(1 < 2)"


def test_tab_goes_through_the_page_in_reading_order(tab):
    tab.page.get_by_role("link", name="mrtlab").focus()
    names = []
    for _ in range(16):
        tab.page.keyboard.press("Tab")
        names.append(
            tab.page.evaluate(
                "(({ ariaLabel, labels, textContent }) => ariaLabel || labels?.[0]?.textContent || textContent)"
                "(document.activeElement)"
            )
        )
    assert names[:2] == ["✓ Step 1: Predict, done", "2 Step 2: Fit"]
    order = ["Region", "use the point at 3.7 h, 98.6 MBq", "use the point at 27.7 h, 73.6 MBq", "less than 5 %"]
    assert names[2:6] == order
    assert names[6:8] == ["Kidney mass, g", "Administered activity, MBq"]
    assert names[8:10] == ["Scan delay, h", "Scan delay, h, as a number"]
    assert names[10:15] == ["Count", "Fail", "Refuse", "Use my own table…", "Because"]
    ring = tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"


UNNAMED = """() => {
  const seen = (node) => node.offsetParent !== null || node.classList.contains("mrt-hidden");
  const name = (node) => (node.ariaLabel || [...(node.labels || [])].map((label) => label.innerText).join(" ")
    || node.innerText || "").trim();
  return [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex='0'], [role=slider]")]
    .filter((node) => seen(node) && !name(node)).map((node) => node.outerHTML);
}"""


REPEATED_IDS = """[...document.querySelectorAll("[id]")].map((node) => node.id)
  .filter((id, index, all) => id && all.indexOf(id) !== index)"""
MISSING_IDS = """["aria-describedby", "aria-labelledby"].flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
  .flatMap((node) => node.getAttribute(name).trim().split(" "))).filter((id) => !document.getElementById(id))"""
FONT_SIZES = """[...document.querySelectorAll(".mrt-page *")]
  .filter((node) => node.offsetParent && !node.closest("sub, .mrt-hidden"))
  .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
  .map((node) => getComputedStyle(node).fontSize)"""
COLUMNS = "(node) => getComputedStyle(node).gridTemplateColumns.split(' ').length"


def test_everything_has_a_name_and_the_page_its_frame(tab):
    page = tab.page
    for summary in page.locator(".mrt-page summary").all():
        summary.click()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("[...document.images].filter((image) => !image.alt.trim()).length") == 0
    assert page.evaluate("document.images.length") == 1
    assert page.locator("h1").count() == 1
    assert tab.text("h1") == "Every <control>"
    assert page.title() == "Every <control> · mrtlab"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("main").count() == 1
    assert page.evaluate(REPEATED_IDS) == []
    assert page.evaluate(MISSING_IDS) == []
    expect(page.locator("[role=status]").filter(has_text="saved 14:32 ✓")).to_have_attribute("aria-live", "polite")
    assert "Not a medical device" in tab.text(".mrt-footer")


def test_foreign_text_is_never_markup(shared_tab):
    assert shared_tab.page.locator(".mrt-page i, .mrt-page script, .mrt-flags b").count() == 0
    expect(shared_tab.page.get_by_text("Do <b>this</b>.")).to_be_visible()
    assert "<i>Spleen</i>" in shared_tab.page.get_by_label("Region").inner_text()
    assert shared_tab.page.locator(".mrt-flags strong").inner_text() == "Look here."


def test_cells_for_the_notebook_are_hidden_and_tex_is_set(shared_tab):
    expect(shared_tab.page.get_by_text("only in the notebook")).to_be_hidden()
    sentence = shared_tab.page.locator(".jp-RenderedMarkdown", has_text="in words")
    expect(sentence.locator("mjx-container")).to_be_visible()
    expect(sentence).not_to_contain_text("$")


def test_failures_are_plain_and_marked(open_dashboard, controls_notebooks):
    tab = open_dashboard(controls_notebooks, "page.ipynb")
    tab.expect_failure = True
    page = tab.page
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("the mass is 60; did you mean 0.60?")).to_be_visible()
    expect(page.locator(".mrt-unexpected")).to_have_count(0)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_text("Something went wrong inside mrtlab")).to_be_visible()
    expect(page.locator(".mrt-unexpected")).to_have_count(1)
    assert "ZeroDivisionError" not in page.inner_text("body")
    expect(page.get_by_text("the mass is 60")).to_be_visible()  # one message does not hide the other


def test_the_page_fits_its_width(open_dashboard, controls_notebooks):
    """640 px is what 1280 px become at 200 % zoom, 320 px at 400 %."""
    tab = open_dashboard(controls_notebooks, "page.ipynb", height=700)
    for summary in tab.page.locator(".mrt-page summary").all():
        summary.click()
    expect(tab.page.locator(".mrt-picture img")).to_be_visible()
    for width, columns in ((1280, 2), (801, 2), (800, 1), (640, 1), (320, 1)):
        tab.resize(width)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.page.locator(".mrt-columns").evaluate(COLUMNS) == columns
        if columns == 2:
            assert tab.page.locator(".mrt-left").bounding_box()["width"] == 300
        assert tab.page.locator(".mrt-picture img").bounding_box()["width"] <= width
        tab.screenshot(f"controls-{width}")


def test_text_is_large_enough(shared_tab):
    assert set(shared_tab.page.evaluate(FONT_SIZES)) == {"28px", "20px", "16px", "14px"}


@pytest.mark.parametrize("scale", [1, 2])
def test_the_figure_has_the_pixels_the_screen_has(open_dashboard, controls_notebooks, scale):
    tab = open_dashboard(controls_notebooks, "page.ipynb", device_scale_factor=scale)
    image = tab.page.locator(".mrt-picture img")
    expect(image).to_be_visible()
    tab.page.wait_for_timeout(500)  # the browser tells its pixel ratio
    tab.page.get_by_role("slider", name="Scan delay").press("ArrowRight")
    expect(image).to_have_attribute("alt", "A line that rises to 72.5.")
    tab.page.wait_for_timeout(200)
    assert image.evaluate("(image) => image.naturalWidth") == round(scale * image.bounding_box()["width"])


def test_the_figure_is_drawn_again_where_zooming_asks_for_more_pixels(open_dashboard, controls_notebooks):
    tab = open_dashboard(controls_notebooks, "page.ipynb")
    image = tab.page.locator(".mrt-picture img")
    tab.page.get_by_role("slider", name="Scan delay").press("ArrowRight")
    tab.page.wait_for_timeout(500)
    assert image.evaluate("(image) => image.naturalWidth") == 724
    zoomed = {"width": 1200, "height": 900, "deviceScaleFactor": 3, "mobile": False}
    tab.context.new_cdp_session(tab.page).send("Emulation.setDeviceMetricsOverride", zoomed)
    tab.page.wait_for_function("document.querySelector('.mrt-picture img').naturalWidth === 3 * 724", timeout=5000)


def test_a_print_shows_no_buttons(tab):
    tab.page.emulate_media(media="print")
    expect(tab.page.get_by_role("button", name="Count")).to_be_hidden()
    expect(tab.page.locator(".mrt-picture img")).to_be_visible()
    expect(tab.page.get_by_role("heading", name="Every <control>")).to_be_visible()
