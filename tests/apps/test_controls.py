"""The controls without a browser: what Python sees when a browser sends something, and the other way round."""

from __future__ import annotations

import pytest
import traitlets as t

import mrtlab
from mrtlab import InputError
from mrtlab.apps.controls import (
    Button,
    CheckRows,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Flag,
    Flags,
    Foot,
    Note,
    NumberField,
    Page,
    Result,
    Section,
    Slider,
    Steps,
    Text,
    TextField,
    Upload,
    UploadedFile,
    markup,
)


class Model(t.HasTraits):
    """What an app's model looks like: no widget in it."""

    mass_g = t.Float(240.5, allow_none=True)
    region = t.Unicode("left")
    used = t.Tuple((True, True))


# ---- numbers


@pytest.mark.parametrize(
    ("text", "unit", "value", "echo"),
    [
        ("152,5", "g", 152.5, "understood as 152.5 g"),
        ("7,4 GBq", "MBq", 7400.0, "understood as 7400 MBq"),
        ("1,1 GBq", "MBq", 1100.0, "understood as 1100 MBq"),
        ("200 mCi", "MBq", 7400.0, "understood as 7400 MBq"),
        ("0.60", "", 0.6, "understood as 0.6"),
        ("0,000 001 2", "", None, None),
        ("0,0000012", "g", 1.2e-6, "understood as 0.0000012 g"),
        ("13 350", "MBq·h", 13350.0, "understood as 13350 MBq·h"),
        ("123456789,25", "g", 123456789.25, "understood as 123456789.2 g"),
    ],
)
def test_typed_numbers(text, unit, value, echo):
    field = NumberField("Mass", unit)
    field.set_state({"text": text})
    assert field.value == (pytest.approx(value) if value is not None else None)
    if echo:
        assert (field.state, field.message) == ("good", echo)
    else:
        assert field.state == "bad"


def test_refused_and_empty_text_leaves_no_old_value():
    field = NumberField("Mass", "g", 240.5)
    assert (field.value, field.text) == (240.5, "240.5")
    field.set_state({"text": "1.234,5"})
    assert field.value is None
    assert "both a point and a comma" in field.message
    field.set_state({"text": "240"})
    field.set_state({"text": "  "})
    assert (field.value, field.state) == (None, "empty")
    assert "type a number" in field.message


def test_an_optional_field_may_be_empty_without_a_word():
    field = NumberField("Residual", "MBq", 3, required=False)
    field.set_state({"text": ""})
    assert (field.value, field.state, field.message) == (None, "empty", "")


def test_echo_is_there_when_observers_of_the_value_are_called():
    field, heard = NumberField("Mass", "g", 1), []
    field.observe(lambda change: heard.append((change["new"], field.state, field.message)), "value")
    field.set_state({"text": "2"})
    field.set_state({"text": "x"})
    assert heard[0] == (2.0, "good", "understood as 2 g")
    assert heard[1][:2] == (None, "bad")


def test_limits_and_a_check_of_the_apps_own():
    def not_a_percentage(value):
        if value > 1:
            raise InputError(f"{value:g} looks like a percentage; give {value / 100:g}")

    field = NumberField("Mass", "g", minimum=1, maximum=2000)
    field.set_state({"text": "3 kg"})
    assert field.message == "3000 g is too large; the most allowed is 2000 g"
    field.set_state({"text": "0,5"})
    assert field.message == "0.5 g is too small; the least allowed is 1 g"
    field.set_state({"text": "1"})
    assert field.value == 1.0
    share = NumberField("Recovery", "", check=not_a_percentage)
    share.set_state({"text": "60"})
    assert (share.value, share.message) == (None, "60 looks like a percentage; give 0.6")


def test_a_change_of_the_limits_judges_the_number_again():
    field = NumberField("Mass", "g", 150)
    field.maximum = 100
    assert field.value is None
    field.maximum = 200
    assert field.value == 150


@pytest.mark.parametrize("value", [1 / 3, 240.5, 1e-9, 2.5e17, -4.0, 0.0])
def test_a_programs_value_is_kept_to_the_last_digit(value):
    field = NumberField("x", "g", value)
    assert field.value == value
    field.value = 7.0
    field.value = value
    assert field.value == value
    typed = NumberField("x", "g")
    typed.set_state({"text": field.text})  # what is shown can be typed
    assert typed.value == pytest.approx(value, rel=1e-9)


def test_a_programs_value_out_of_range_is_refused_in_the_field():
    field = NumberField("Mass", "g", 5, minimum=1)
    field.value = 0.5
    assert (field.value, field.state, field.text) == (None, "bad", "0.5")
    field.value = None
    assert field.text == "0.5"
    field.value = 5
    field.value = None
    assert (field.text, field.message) == ("", "")


def test_link_with_a_model_goes_both_ways():
    model, field = Model(), NumberField("Kidney mass", "g")
    t.link((model, "mass_g"), (field, "value"))
    assert field.text == "240.5"
    field.set_state({"text": "152,5"})
    assert model.mass_g == 152.5
    field.set_state({"text": "152,"})
    assert model.mass_g is None
    model.mass_g = 1 / 3
    assert model.mass_g == field.value == 1 / 3


def test_slider_moves_and_takes_typed_numbers():
    slider = Slider("Delay", "h", 72, minimum=0, maximum=168, step=0.5)
    assert (slider.value, slider.position, slider.text) == (72, 72, "72")
    slider.set_state({"position": 80.5})
    assert (slider.value, slider.text) == (80.5, "80.5")
    slider.set_state({"text": "3,25 d"})
    assert (slider.value, slider.position) == (78.0, 78.0)
    slider.set_state({"text": "200"})
    assert (slider.value, slider.position) == (None, 78.0)
    slider.set_state({"position": 79.0})
    assert slider.value == 79.0
    slider.value = 1 / 3
    assert slider.position == slider.value == 1 / 3


def test_slider_back_to_where_the_handle_still_is():
    slider = Slider("Delay", "h", 72, minimum=0, maximum=168, step=1)
    slider.set_state({"text": "nonsense"})
    slider.value = 72
    assert (slider.text, slider.state) == ("72", "good")


# ---- choices


def test_choice_by_value_and_by_index():
    choice = Choice("Region", {"Left": "KL", "Right": "KR"}, "KR")
    assert (choice.index, choice.value) == (1, "KR")
    choice.set_state({"index": 0})
    assert choice.value == "KL"
    with pytest.raises(InputError, match="Left, Right"):
        choice.value = "SP"
    with pytest.raises(t.TraitError):
        choice.set_state({"index": 2})


def test_choice_keeps_its_value_when_the_options_change():
    choice = Choice("Model", ["mono", "bi"], "bi")
    choice.options = ["phys", "bi", "mono"]
    assert (choice.index, choice.value) == (1, "bi")
    choice.options = ["phys"]
    assert choice.value == "phys"
    assert choice.options == (("phys", "phys"),)
    choice.options = []
    assert choice.value is None


def test_same_index_but_another_option_is_a_change():
    choice, heard = Choice("Model", ["a", "b"]), []
    choice.observe(lambda change: heard.append(change["new"]), "value")
    choice.options = ["c", "d"]
    assert heard == ["c"]


def test_radio_buttons_start_with_nothing_chosen():
    choice = Choice("Guess", ["less", "more"], radio=True)
    assert choice.value is None
    choice.set_state({"index": 1})
    assert choice.value == "more"
    choice.value = None
    assert choice.index is None


def test_check_rows():
    rows = CheckRows("Points", ("hours", "MBq"), [(3.7, "98.6"), (27.7, "73.6")])
    assert rows.value == (True, True)
    assert rows.names == ["3.7 hours, 98.6 MBq", "27.7 hours, 73.6 MBq"]
    rows.set_state({"value": [True, False]})
    assert rows.value == (True, False)
    with pytest.raises(t.TraitError):
        rows.set_state({"value": [True]})
    rows.set_rows([("1", "2")] * 3, ["a", "b", "c"], [False, True, True])
    assert rows.value == (False, True, True)
    with pytest.raises(InputError, match="equally many"):
        rows.set_rows([("1", "2")], ["a", "b"])


def test_check_rows_link_with_a_model():
    model, rows = Model(), CheckRows("Points", ("h",), [("1",), ("2",)])
    t.link((model, "used"), (rows, "value"))
    rows.set_state({"value": [False, True]})
    assert model.used == (False, True)


def test_button_calls_back_unless_disabled():
    pressed = []
    button = Button("Go", on_click=pressed.append)
    button.click()
    button._handle_custom_msg({"event": "click"}, [])
    button.disabled = True
    button.click()
    assert pressed == [button, button]


def test_upload_gives_name_and_bytes():
    upload, files = Upload("Mine…", limit_mb=0.001), []
    upload.observe(lambda change: files.append(change["new"]), "file")
    upload._handle_custom_msg({"event": "file", "name": "a.csv"}, [memoryview(b"1;2")])
    assert files == [UploadedFile("a.csv", b"1;2")]
    assert upload.message == "a.csv was read"
    with pytest.raises(InputError, match="files of up to"):
        upload._handle_custom_msg({"event": "file", "name": "a.csv"}, [memoryview(b"x" * 1001)])
    assert len(files) == 1


def test_text_field():
    field = TextField("Because", "x")
    field.set_state({"value": "y"})
    assert field.value == "y"


# ---- text


def test_markup_escapes_all_but_its_marks():
    assert markup("**T_{eff}** < 10^{6} & `a<b>` 'q'") == (
        "<strong>T<sub>eff</sub></strong> &lt; 10<sup>6</sup> &amp; <code>a&lt;b&gt;</code> &#x27;q&#x27;"
    )


@pytest.mark.parametrize(
    "block",
    [
        Text("<script>"),
        Note("<script>"),
        Flag("<script>"),
        Flags(["<script>"]),
        Result("<script>", "<script>", "<script>"),
        DataTable(["<script>"], [["<script>"]], "<script>"),
        Page("title", footer="<script>").children[-1],
        Section("<script>").children[0],
    ],
)
def test_foreign_text_is_escaped(block):
    assert "&lt;script&gt;" in block.html
    assert "<script" not in block.html


def test_stale_words_are_escaped_and_go_away():
    section = Section("q", [], None, [Result("a", "1")])
    section.stale = "<b> cannot be read"
    assert "Not up to date: &lt;b&gt; cannot be read." in section._mark.html
    assert "mrt-stale" in section._right._dom_classes
    section.stale = ""
    assert section._mark.html == ""
    assert "mrt-stale" not in section._right._dom_classes


def test_boxes_take_no_room_without_text():
    note = Note("x")
    note.text = ""
    flags = Flags(["x"])
    flags.texts = []
    result = Result("Dose", "1 Gy")
    result.clear()
    assert note.html == flags.html == result.html == ""


def test_flags_do_not_rest_on_colour():
    assert "Attention: " in Flag("x").html
    assert Flags(["x", "y"]).html.count("Attention: ") == 2


def test_table_has_caption_and_headings():
    table = DataTable(("t, h", "A"), [(1, 2.5)], "Points")
    assert '<th scope="col">t, h</th>' in table.html
    assert '<th scope="row">1</th><td>2.5</td>' in table.html
    assert ">Points</caption>" in table.html
    table.set([], caption="None")
    assert "<tbody></tbody>" in table.html
    assert ">None</caption>" in table.html


def test_code_and_steps_hold_what_they_are_given():
    assert CodePanel("a < b").code == "a < b"
    steps = Steps(["a", "b"], done=[0])
    assert (steps.current, steps.reachable, steps.done) == (0, [0, 1], [0])


def test_details_are_observed_and_set_from_either_side():
    details = Details("Why", ["because"])
    details._summary.set_state({"opened": True})
    assert details.opened
    details.opened = False
    assert not details._summary.opened


def test_small_print_is_broken_between_its_parts():
    assert Result("Dose", "1 Gy", "95 %: 0.9 to 1.1 Gy · 0.4 Gy/GBq").html == (
        '<p>Dose <strong>1 Gy</strong> <span class="mrt-rest"><span>95 %: 0.9 to 1.1 Gy</span> · '
        "<span>0.4 Gy/GBq</span></span></p>"
    )


def test_page_says_what_it_is_for():
    page = Page(
        "Title", ["text"], crumbs=[("mrtlab", "../index.ipynb"), ("Here", None)], footer="known answers: 1 of 1"
    )
    assert mrtlab.PURPOSE in page.children[-1].html
    assert f"mrtlab {mrtlab.__version__} · known answers: 1 of 1" in page.children[-1].html
    page.status = "saved 14:32 ✓"
    assert page._head.status == "saved 14:32 ✓"


def test_a_page_that_markdown_continues_leaves_its_foot_to_the_last_cell():
    page = Page("Title", ["text"], foot=False)
    assert mrtlab.PURPOSE not in "".join(getattr(child, "html", "") for child in page.children)
    foot = Foot("sources")
    assert mrtlab.PURPOSE in foot.children[0].html
    assert foot.children[0].html.endswith("· sources</p>")
