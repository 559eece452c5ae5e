"""Answer line, figures to pick in, files, cards, progress: what Python sees when a browser sends something."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import traitlets as t

from mrtlab import InputError
from mrtlab.apps import controls
from mrtlab.apps.controls import (
    AnswerField,
    Button,
    Card,
    Details,
    Download,
    Figure,
    Note,
    Page,
    Picker,
    Progress,
    files,
)

POINTS = [(24, 121.4, "24 h, 121.4 MBq"), (96, 52.0, "96 h, 52.0 MBq"), (168, 21.7, "168 h, 21.7 MBq")]


# ---- answer line


def typed(field, **raw):
    """What the browser sends a moment after a key was pressed."""
    field.set_state({"raw": {**field.raw, **raw}})


def handed_in(field, **raw):
    """What the browser sends at Enter."""
    field._handle_custom_msg({"event": "submit", "raw": {**field.raw, **raw}}, [])


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        (("value",), ["Half-life, h"]),
        (("value", "u"), ["Half-life, h", "Half-life, standard uncertainty, h"]),
        (
            ("low", "high"),
            ["Half-life, lower end of the 95 % interval, h", "Half-life, upper end of the 95 % interval, h"],
        ),
    ],
)
def test_every_input_has_its_own_name(parts, names):
    assert list(AnswerField("Half-life", "h", parts=parts).names.values()) == names


@pytest.mark.parametrize(
    ("parts", "raw", "echo"),
    [
        (("value",), {"value": "58,2"}, "understood as 58.2 h"),
        (("value",), {"value": "2 d"}, "understood as 48 h"),
        (("value", "u"), {"value": "58,2", "u": "1 min"}, "understood as 58.2 ± 0.01666666667 h"),
        (("value", "u"), {"u": "2"}, "understood as … ± 2 h"),
        (("low", "high"), {"low": "50", "high": "60,5"}, "understood as 95 %: 50 to 60.5 h"),
        (
            ("value", "low", "high"),
            {"value": "55", "low": "50", "high": "60"},
            "understood as 55 h, 95 %: 50 to 60 h",
        ),
        (("value", "low", "high"), {"value": "55", "low": "1.000,5"}, "understood as 55 h"),
    ],
)
def test_what_is_typed_is_echoed_as_understood(parts, raw, echo):
    field = AnswerField("Half-life", "h", parts=parts)
    typed(field, **raw)
    assert field.echo == echo
    assert field.raw == dict.fromkeys(parts, "") | raw


def test_a_part_that_is_refused_has_no_value():
    field = AnswerField("Activity", "MBq", parts=("value", "u"))
    typed(field, value="1.234,5", u="3 h")
    assert field.states == {"value": "bad", "u": "bad"}
    assert field.values == {"value": None, "u": None}
    assert "both a point and a comma" in field.messages["value"]
    assert "is a time; an activity in MBq is needed" in field.messages["u"]
    typed(field, u="0")
    assert field.messages["u"] == "0 MBq is no standard uncertainty; it must be above 0"
    typed(field, value="7,4 GBq", u="0,1 GBq")
    assert field.values == {"value": 7400.0, "u": 100.0}


def test_nothing_is_asked_for_before_it_is_handed_in():
    field = AnswerField("Half-life", "h", parts=("value", "u"))
    typed(field, value="50")
    assert (field.states["u"], field.messages["u"]) == ("empty", "")
    handed_in(field)
    assert field.messages["u"] == "nothing is entered; type a number"
    typed(field, value="51")
    assert field.messages["u"] == ""


def test_swapped_ends_are_told_when_they_are_handed_in_and_not_while_typing():
    field = AnswerField("Dose", "Gy", parts=("low", "high"))
    typed(field, low="12", high="1")  # on the way to 14
    assert field.states["high"] == "good"
    handed_in(field)
    assert field.states == {"low": "good", "high": "bad"}
    assert "1 Gy is not above the lower end, 12 Gy; are the ends swapped?" in field.messages["high"]
    typed(field, high="14")
    assert field.states["high"] == "good"


def test_what_is_handed_in_is_what_stood_in_the_inputs():
    """Enter comes before the pause after which typing is sent."""
    field, heard = AnswerField("Half-life", "h"), []
    field.on_submit(lambda field: heard.append((field.raw["value"], field.values["value"])))
    typed(field, value="5")
    handed_in(field, value="58,2")
    assert heard == [("58,2", 58.2)]


def test_handing_in_calls_back_even_with_nothing_or_nonsense():
    field, heard = AnswerField("Half-life", "h"), []
    field.on_submit(lambda field: heard.append(dict(field.raw)))
    field.submit()
    handed_in(field, value="about 50")
    assert heard == [{"value": ""}, {"value": "about 50"}]


def test_a_disabled_field_is_not_handed_in():
    field, heard = AnswerField("Half-life", "h", disabled=True), []
    field.on_submit(heard.append)
    handed_in(field, value="1")
    field.submit()
    assert heard == []


def test_an_earlier_answer_is_shown_again():
    field = AnswerField("Half-life", "h", parts=("value", "u"), raw={"value": "58,2"})
    assert (field.raw, field.echo) == ({"value": "58,2", "u": ""}, "understood as 58.2 h")
    field.raw = {"value": "60", "u": "1"}
    assert field.echo == "understood as 60 ± 1 h"
    field.raw = {}
    assert (field.raw, field.echo) == ({"value": "", "u": ""}, "")


def test_what_is_handed_in_is_not_sent_back_over_what_is_typed_meanwhile(monkeypatch):
    sent = []
    field = AnswerField("Half-life", "h")
    monkeypatch.setattr(field, "send_state", lambda key=None: sent.extend([key] if isinstance(key, str) else key))
    handed_in(field, value="58,2")
    assert "echo" in sent
    assert "raw" not in sent


@pytest.mark.parametrize("raw", [{"u": "1"}, {"value": 5}])
def test_raw_answers_of_another_shape_are_refused(raw):
    field = AnswerField("Half-life", "h", raw={"value": "1"})
    with pytest.raises(InputError, match="raw of 'Half-life'"):
        field.raw = raw
    assert field.raw == {"value": "1"}


def test_unknown_parts_are_refused():
    with pytest.raises(InputError, match="parts must be one of: value; value, u; low, high; value, low, high; got u"):
        AnswerField("Half-life", "h", parts=("u",))


def test_the_browser_is_told_the_end_even_when_a_call_back_fails(monkeypatch):
    field, sent = AnswerField("Half-life", "h"), []
    monkeypatch.setattr(field, "send", lambda content, buffers=None: sent.append(content))

    def refuse(field):
        raise InputError("the logbook cannot be written")

    field.on_submit(refuse)
    page = Page("t", [Card(1, "q", [field])])
    handed_in(field, value="1")
    assert page.errors.messages == ("the logbook cannot be written",)
    assert sent == [{"event": "submitted"}]


# ---- figures to pick in


def curve(axes, _):
    axes.set(xlim=(0, 240), ylim=(0, 150))
    axes.plot([24, 96, 168], [121.4, 52.0, 21.7], "o")


def log_log(axes, _):
    axes.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1, 1000))


def image(axes, _):
    axes.imshow(np.arange(64 * 96).reshape(64, 96) % 7)


def picker(draw=curve, **more):
    made = Picker(draw, lambda _: "Three points fall", **{"label": "The point", "width": 400, "height": 300, **more})
    made.show(0)
    return made


def click(made, x, y, event="pick"):
    """A click where data coordinates say, as a browser tells it."""
    axes = made.canvas.figure.axes[0]
    across, down = axes.transData.transform((x, y))
    width, height = axes.figure.bbox.size
    made._picture._handle_custom_msg({"event": event, "x": across / width, "y": 1 - down / height}, [])


def drag(made, start, stop):
    axes = made.canvas.figure.axes[0]
    ends = [axes.transData.transform((x, 1))[0] / axes.figure.bbox.width for x in (start, stop)]
    made._picture._handle_custom_msg({"event": "region", "from": ends[0], "to": ends[1]}, [])


def test_a_click_takes_the_point_nearest_on_the_screen():
    made = picker(mode="point", points=POINTS)
    assert (made.value, made.said) == (None, "Nothing is chosen yet.")
    click(made, 100, 60)
    assert (made.value, made.said) == (1, "96 h, 52.0 MBq chosen")
    assert made.alt == "Three points fall. Chosen: 96 h, 52.0 MBq."
    assert "<p>96 h, 52.0 MBq chosen</p>" in made._words.html
    # nearer in hours to the first, nearer on the screen to the second: 1 MBq is as long as 1.9 h here
    click(made, 55, 55)
    assert made.value == 1


def test_the_list_beside_a_picture_is_linked_both_ways():
    made, heard = picker(mode="point", points=POINTS), []
    made.observe(lambda change: heard.append(change["new"]), "value")
    assert [text for text, _ in made.twin.options] == [name for _, _, name in POINTS]
    made.twin.set_state({"index": 2})
    assert made.value == 2
    click(made, 24, 121.4)
    assert made.twin.value == 0
    made.value = None
    assert made.twin.index is None
    assert heard == [2, 0, None]


def test_keys_choose_a_point_by_its_number():
    made = picker(mode="point", points=POINTS)
    made._picture._handle_custom_msg({"event": "point", "index": 2}, [])
    assert made.value == 2


def test_points_outside_the_picture_cannot_be_clicked_and_stay_in_the_list():
    made = picker(log_log, mode="point", points=[(0, 10), (10, 10), (2e4, 10)], units=("h", "MBq"))
    assert [spot is None for spot in made._picture.spots] == [True, False, True]
    click(made, 1, 10)
    assert made.value == 1
    made.twin.value = 0
    assert made.said == "0 h, 10 MBq chosen"


def test_the_choice_is_drawn_and_leaves_the_axes_alone():
    def automatic(axes, top):
        axes.plot([0, 1], [0, top], "o")

    made = picker(automatic, mode="point", points=[(0, 0), (1, 5)])
    made.show(5)
    limits, before = made.canvas.axes.get_ylim(), made.canvas.rgb().copy()
    made.value = 1
    assert made.canvas.axes.get_ylim() == limits
    different = (made.canvas.rgb() != before).any(axis=2)
    rows, columns = np.nonzero(different)
    spot = made._picture.spots[1]
    assert rows.mean() / 300 == pytest.approx(spot[1], abs=0.01)
    assert columns.mean() / 400 == pytest.approx(spot[0], abs=0.01)
    made.value = None
    assert (made.canvas.rgb() == before).all()


@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.1])
def test_a_pick_means_the_same_at_any_zoom(ratio):
    made = picker(mode="region", units=("h", ""))
    made._picture.set_state({"ratio": ratio})
    drag(made, 60, 110)
    # 310 of 400 pixels show 240 h: one is 0.77 h, so tenths can be told
    assert made.value == (pytest.approx(60, abs=0.05), pytest.approx(110, abs=0.05))
    assert all(round(end, 1) == end for end in made.value)


def test_a_region_on_a_logarithmic_axis():
    made = picker(log_log, mode="region", units=("h", ""))
    drag(made, 300, 2)
    low, high = made.value
    assert low == pytest.approx(2, abs=0.005)
    assert high == pytest.approx(300, abs=0.5)  # a pixel is 2 % of either, so fewer decimals at the upper end
    assert (round(low, 2), round(high, 0)) == made.value
    assert made.said == f"{low:g} to {high:g} h chosen"
    assert made._picture.end_words == [f"{low:g} h", f"{high:g} h"]


def test_a_region_beyond_the_axes_ends_with_them():
    made = picker(mode="region")
    drag(made, -80, 500)
    assert made.value == (0, 240)
    drag(made, 50, 50)
    assert made.value == (0, 240)  # nothing between the ends: no region


def test_the_fields_beside_a_region_are_linked_both_ways():
    made, heard = picker(mode="region", units=("h", ""), label="Late phase"), []
    made.observe(lambda change: heard.append(change["new"]), "value")
    low, high = made.twin
    assert (low.label, high.label, low.unit) == ("Late phase, from", "Late phase, to", "h")
    low.set_state({"text": "2 d"})
    assert made.value is None
    high.set_state({"text": "110"})
    assert made.value == (48, 110)
    drag(made, 60, 240)
    assert (low.value, high.value) == made.value
    low.set_state({"text": "abc"})
    assert (made.value, low.text, high.text) == (None, "abc", "240")
    assert len(heard) == 3
    made.value = (1, 2)
    assert (low.text, high.text) == ("1", "2")
    made.value = None
    assert (low.text, high.text, low.message) == ("", "", "")


def test_swapped_ends_are_no_region_and_said():
    made = picker(mode="region")
    made.twin[0].set_state({"text": "110"})
    made.twin[1].set_state({"text": "60"})
    assert made.value is None
    assert made.said == "The first number must be below the second; are they swapped?"
    assert "are they swapped?" in made._words.html
    made.twin[1].set_state({"text": "160"})
    assert (made.value, made.said) == ((110, 160), "110 to 160 chosen")


def test_what_lies_outside_the_figure_is_refused_beside_it():
    made = picker(mode="region", units=("h", ""))
    made.twin[1].set_state({"text": "500"})
    assert made.twin[1].message == "500 h is too large; the most allowed is 240 h"


def test_a_place_in_an_image_counts_rows_downwards():
    made = picker(image, mode="place", size=10, units=("px", "px"))
    click(made, 30, 20)
    assert made.value == (pytest.approx(30, abs=0.05), pytest.approx(20, abs=0.05))
    assert (made.twin[0].value, made.twin[1].value) == made.value
    click(made, 30, 40)
    assert made.value[1] == pytest.approx(40, abs=0.05)
    made.twin[1].set_state({"text": "12.5"})
    assert (made.value[1], made.said.split(", ")[1]) == (12.5, "y 12.5 px chosen")
    box = made._picture
    assert box.marker[0] * 400 == pytest.approx(box.marker[1] * 300)  # round on the screen
    left, _, right, _ = box.frame
    assert box.marker[0] / (right - left) == pytest.approx(10 / 96)
    assert box.cursor == pytest.approx([left + 30.5 / 96 * (right - left), box.cursor[1]], abs=0.001)


def test_the_marker_of_a_place_has_its_size():
    made = picker(image, mode="place", size=20)
    before = made.canvas.rgb().copy()
    made.value = (48, 32)
    columns = np.nonzero((made.canvas.rgb() != before).any(axis=(0, 2)))[0]
    assert np.ptp(columns) == pytest.approx(made._picture.marker[0] * 400, abs=6)  # and the width of its line


@pytest.mark.parametrize("panel", [0, 1])
def test_one_of_several_panels_is_picked_on(panel):
    def two(figure):
        return figure.subplots(2, 1)

    def draw(axes, _):
        axes[0].set_xlim(0, 100)
        axes[1].set_xlim(0, 10)

    made = picker(draw, mode="region", axes=two, panel=panel)
    left, _, right, bottom = made._picture.frame
    assert (bottom < 0.5) == (panel == 0)
    made._picture._handle_custom_msg({"event": "region", "from": left, "to": (left + right) / 2}, [])
    assert made.value == (0, 50 if panel == 0 else 5)


def test_a_disabled_picker_keeps_its_choice():
    made = picker(mode="point", points=POINTS, disabled=True)
    click(made, 96, 52)
    assert made.value is None
    made.value = 2
    assert made.twin.disabled
    assert made._picture.disabled
    made.disabled = False
    click(made, 96, 52)
    assert made.value == 1


def test_nothing_is_picked_on_a_figure_that_is_not_there():
    made = picker(mode="region")
    made.wait("Fitting…")
    drag(made, 1, 200)
    assert made.value is None
    made.value = (1, 2)  # a program may, and it is drawn when the figure is
    made.show(0)
    assert "Chosen: 1 to 2." in made.alt


@pytest.mark.parametrize(
    ("mode", "value", "words"),
    [
        ("point", 3, "the number of a point, 0 to 2, got 3"),
        ("point", True, "the number of a point"),
        ("point", (1, 2), "the number of a point"),
        ("region", (2, 1), "its lower end first"),
        ("region", 5, "must be two numbers"),
        ("region", (1, float("nan")), "finite"),
        ("place", ("a", 1), "two numbers"),
    ],
)
def test_values_of_another_kind_are_refused(mode, value, words):
    more = {"point": {"points": POINTS}, "place": {"size": 3}}.get(mode, {})
    made = picker(mode=mode, **more)
    with pytest.raises(InputError, match=words):
        made.value = value
    assert made.value is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"mode": "line"}, "mode must be point, region or place"),
        ({"mode": "point"}, "points belong to mode 'point'"),
        ({"mode": "region", "points": POINTS}, "points belong to mode 'point'"),
        ({"mode": "place"}, "size belongs to mode 'place'"),
        ({"mode": "place", "size": -1}, "must be above 0"),
        ({"mode": "point", "points": [(1,)]}, "a point must be"),
        ({"mode": "region", "panel": 1}, "panel must be"),
    ],
)
def test_pickers_that_cannot_work_are_refused(more, words):
    with pytest.raises(InputError, match=words):
        picker(**more)


def test_names_of_points_are_escaped():
    made = picker(mode="point", points=[(1, 1, "<script>")])
    made.value = 0
    assert "&lt;script&gt;" in made._words.html


def test_a_picker_links_with_a_model():
    class Model(t.HasTraits):
        left_out = t.Int(None, allow_none=True)

    model, made = Model(left_out=1), picker(mode="point", points=POINTS)
    t.link((model, "left_out"), (made, "value"))
    assert made.value == 1
    click(made, 24, 121.4)
    assert model.left_out == 0


def test_a_failing_observer_of_a_pick_reaches_the_page():
    made = picker(mode="point", points=POINTS)
    page = Page("t", [Card(1, "q", [made])])

    def refuse(change):
        raise InputError("not this one")

    made.observe(refuse, "value")
    click(made, 96, 52)
    assert page.errors.messages == ("not this one",)


# ---- files, cards, progress


@pytest.fixture
def sent(monkeypatch):
    """What controls send to the browser."""
    messages = []
    monkeypatch.setattr(Download, "send", lambda _, content, buffers=None: messages.append((content, buffers)))
    return messages


def test_a_file_is_made_at_the_click(sent):
    made = []
    button = Download("Save", "Zeit–Aktivität.csv", lambda: made.append(1) or b"1;2\n", "text/csv")
    assert made == []
    button._handle_custom_msg({"event": "download"}, [])
    assert made == [1]
    assert sent == [({"event": "file", "name": "Zeit–Aktivität.csv", "mime": "text/csv"}, [b"1;2\n"])]
    button.disabled = True
    button._handle_custom_msg({"event": "download"}, [])
    assert made == [1]


def test_bytes_made_before_are_sent_as_they_are(sent):
    Download("Save", "a.bin", b"\x00\xff")._handle_custom_msg({"event": "download"}, [])
    assert sent[0][1] == [b"\x00\xff"]


def test_why_there_is_no_file_is_shown_on_the_page(sent):
    def broken():
        raise InputError("fit a curve first")

    button = Download("Save", "a.csv", broken)
    page = Page("t", [button])
    button._handle_custom_msg({"event": "download"}, [])
    assert page.errors.messages == ("fit a curve first",)
    assert sent == [({"event": "failed"}, None)]


def test_text_in_place_of_bytes_is_a_mistake_of_ours(sent):
    with pytest.raises(TypeError, match="must be bytes, got str"):
        Download("Save", "a.csv", lambda: "text")._handle_custom_msg({"event": "download"}, [])


@pytest.mark.parametrize("name", ["", "a/b.csv", "a\\b.csv", "12:30.csv", "a.csv ", "a.", "..", ".csv", "a\n.csv"])
def test_names_that_some_system_refuses_are_refused(name):
    with pytest.raises(InputError, match="filename"):
        Download("Save", name, b"")


def test_a_card_brings_the_numbers_behind_its_figure():
    figure = Figure(curve, lambda _: "x", lambda _: (("a",), [(1,)]))
    card = Card(2, "Which <curve>?", ["text", figure, Note("after")])
    assert (card.children[0].number, card.children[0].title) == ("2", "Which <curve>?")
    assert card.children[3] is figure.numbers
    assert isinstance(card.children[3], Details)
    assert isinstance(card.children[4], Note)


def test_what_is_in_a_card_reports_to_the_page():
    button = Button("Go", on_click=lambda _: 1 / 0)
    page = Page("t", [Card("", "q", [button])])
    button.click()
    assert page.errors.unexpected


def test_progress_runs_from_0_to_1():
    work = Progress("Grading")
    assert work.shown == (None, "")
    work.set(0.4, "pack 12 of 30")
    assert (work.value, work.words, work.shown) == (0.4, "pack 12 of 30", (0.4, "pack 12 of 30"))
    with pytest.raises(InputError, match="40 looks like a percentage"):
        work.set(40, "x")
    assert work.shown == (0.4, "pack 12 of 30")
    work.clear()
    assert work.shown == (None, "")


def test_progress_does_not_flood_the_server(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(files.time, "monotonic", lambda: now[0])
    work, shown = Progress("Checking"), []
    work.observe(lambda change: shown.append(change["new"]), "shown")
    for step in range(1, 10_001):
        now[0] += 1e-4  # a second in all
        work.set(step / 10_000, f"{step}")
    assert shown[0] == (0.0001, "1")
    assert shown[-1] == (1.0, "10000")
    assert 8 <= len(shown) <= 14


# ---- the look


def test_the_style_of_answers_stays_inside_the_page():
    style = (Path(controls.__file__).parent / "style_answers.css").read_text(encoding="utf-8")
    plain = re.sub(r"/\*.*?\*/", "", style, flags=re.S)
    selectors = [part.strip() for block in re.findall(r"([^{}]+)\{", plain) for part in block.split(",")]
    selectors = [one for one in selectors if not one.startswith("@")]
    assert len(selectors) > 30
    assert [one for one in selectors if not one.startswith(".mrt-page")] == []
    assert style in controls.layout._Head._css


def test_every_control_is_in_the_list():
    for name in controls.__all__:
        if name not in ("Canvas", "Control", "UploadedFile", "escape", "markup", "ErrorBox"):
            assert f"``{name}(" in controls.__doc__, name
