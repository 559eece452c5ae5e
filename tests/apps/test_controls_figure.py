"""The live figure: what is blitted must be what a full draw gives, and its text and table follow the result."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

from mrtlab import InputError
from mrtlab.apps.controls import Canvas, Figure, Section

HOURS = np.linspace(0, 240, 200)


def draw(axes, rate):
    """A curve with band, points with bars, a hatched tail, words: all that a time-activity plot has."""
    activity = 100 * np.exp(-rate * HOURS)
    axes.plot(HOURS, activity, color="#0072B2")
    axes.fill_between(HOURS, 0.9 * activity, 1.1 * activity, color="#0072B2", alpha=0.14, linewidth=0)
    axes.errorbar([4, 28, 103, 124], [98, 73, 25, 19], yerr=[9, 7, 3, 2], fmt="o", color="black", capsize=3)
    axes.fill_between(HOURS[100:], 0, activity[100:], facecolor="none", edgecolor="0.6", hatch="///")
    axes.annotate("fit", (60, activity[50]), (120, 80), arrowprops={"arrowstyle": "-"})
    axes.axvline(124, linestyle="--", color="0.4")
    axes.set_xlim(0, 240)
    axes.set_ylim(0, 120)
    axes.set_xlabel("Time (h)")


def two_panels(figure):
    return figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})


def draw_two(axes, rate):
    draw(axes[0], rate)
    axes[1].plot([4, 28], [rate * 10, -rate * 10], "o")
    axes[1].set_ylim(-3, 3)


def full(canvas, ratio):
    """The same figure drawn by matplotlib as a whole."""
    canvas.figure.set_dpi(96 * ratio)
    agg = FigureCanvasAgg(canvas.figure)
    agg.draw()
    return np.asarray(agg.buffer_rgba())[..., :3].copy()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize(("function", "axes"), [(draw, None), (draw_two, two_panels)])
def test_blitted_picture_equals_a_full_draw(function, axes, ratio):
    live, fresh = Canvas(function, axes), Canvas(function, axes)
    for rate in (0.02, 0.005, 0.013):
        live.update(rate)
        blitted = live.rgb(ratio).copy()
    assert live.backgrounds == 1
    fresh.update(0.013)
    whole = full(fresh, ratio)
    assert blitted.shape == whole.shape == (460 * ratio, 724 * ratio, 3)
    different = np.abs(blitted.astype(int) - whole).max(axis=2)
    assert different.max() == 0


def test_the_comparison_can_fail():
    live = Canvas(draw)
    live.update(0.02)
    one = live.rgb().copy()
    live.update(0.0201)
    assert (live.rgb() != one).any()


def test_texts_kept_as_pixels_equal_texts_drawn_anew():
    """Words that stay, move, turn, change size, colour and transparency, on ratios that come and go."""

    def words(axes, step):
        axes.text(0.3, 0.5, "stays")
        axes.text(0.2 + 0.01 * (step % 3), 0.7, "moves\nin two lines", color="#D55E00")
        axes.text(0.5, 0.2, "turns", rotation=30 * (step % 2), alpha=1 - 0.3 * (step % 2))
        axes.text(0.7, 0.5, r"$T_{eff}$ grows", fontsize=10 + step % 2, weight="bold" if step % 2 else "normal")

    live = Canvas(words)
    for step, ratio in [(0, 1.0), (1, 1.0), (0, 1.0), (2, 2.0), (1, 2.0), (1, 1.0), (0, 2.0)]:
        live.update(step)
        kept = live.rgb(ratio).copy()
        fresh = Canvas(words)
        fresh.update(step)
        assert (kept == full(fresh, ratio)).all(), (step, ratio)


def test_a_text_that_stays_is_drawn_once(monkeypatch):
    drawn = []
    original = RendererAgg.draw_text
    monkeypatch.setattr(RendererAgg, "draw_text", lambda self, *args: (drawn.append(args[3]), original(self, *args))[1])
    live = Canvas(lambda axes, number: (axes.text(0.1, 0.1, "stays"), axes.text(0.1, 0.5, f"{number}")))
    for number in (1, 2, 1, 2):
        live.update(number)
        live.rgb()
    assert [drawn.count(text) for text in ("stays", "1", "2")] == [1, 1, 1]


def test_texts_kept_are_bounded():
    live = Canvas(lambda axes, number: axes.text(0.1, 0.1, f"{number}"), width=100, height=80)
    for number in range(600):
        live.update(number)
        live.rgb()
    assert len(live._canvas.get_renderer()._texts) <= 500


def test_new_limits_labels_or_ticks_renew_the_background():
    changes = {
        "limit": lambda axes: axes.set_ylim(0, 200),
        "label": lambda axes: axes.set_xlabel("Time after administration (h)"),
        "title": lambda axes: axes.set_title("Left kidney"),
        "ticks": lambda axes: axes.set_xticks([0, 100, 200]),
        "tick labels": lambda axes: axes.xaxis.set_major_formatter("{x:.0f} h"),
        "scale": lambda axes: axes.set_yscale("symlog"),
    }

    def draw_changed(axes, name):
        draw(axes, 0.01)
        changes.get(name, lambda axes: None)(axes)

    for name in changes:
        live, fresh = Canvas(draw_changed), Canvas(draw_changed)
        live.update("")
        live.rgb()
        live.update(name)
        blitted = live.rgb().copy()
        fresh.update(name)
        assert (blitted == full(fresh, 1)).all(), name
        assert live.backgrounds == 2, name


def test_nothing_is_left_behind_after_many_updates():
    canvas = Canvas(draw)
    canvas.update(0.01)
    children = len(canvas.axes.get_children())
    first = canvas.rgb().copy()
    for rate in np.linspace(0.005, 0.02, 30):
        canvas.update(rate)
    canvas.update(0.01)
    assert len(canvas.axes.get_children()) == children
    assert len(canvas.axes.containers) == 1
    assert (canvas.rgb() == first).all()


def test_colours_start_anew_and_limits_shrink_back():
    def automatic(axes, top):
        axes.plot([0, 1], [0, top])

    live, fresh = Canvas(automatic), Canvas(automatic)
    for top in (500, 3):
        live.update(top)
        live.rgb()
    fresh.update(3)
    assert (live.rgb() == full(fresh, 1)).all()


def test_what_is_fixed_lies_where_it_lies_in_a_full_draw():
    """A line and a word that the axes bring along, above and below what is drawn for a result."""

    def axes(figure):
        one = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        one.axhspan(20, 60, color="0.9", zorder=0)
        one.axhline(50, color="#D55E00", linewidth=6, zorder=8)
        one.bar([100], [30], width=20)
        one.twinx().set_ylim(0, 3)
        return one

    live, fresh = Canvas(draw, axes), Canvas(draw, axes)
    for rate in (0.02, 0.01):
        live.update(rate)
        blitted = live.rgb().copy()
    fresh.update(0.01)
    assert live.backgrounds == 1
    assert (blitted == full(fresh, 1)).all()
    assert len(live.axes.containers) == 2


def test_a_drawing_that_fails_leaves_nothing_behind():
    def sometimes(axes, rate):
        draw(axes, abs(rate))
        if rate < 0:
            raise InputError("no")

    live, fresh = Canvas(sometimes), Canvas(sometimes)
    with pytest.raises(InputError):
        live.update(-0.02)
    live.update(0.01)
    fresh.update(0.01)
    assert (live.rgb() == full(fresh, 1)).all()


def test_axes_added_by_a_drawing_function_are_refused():
    with pytest.raises(RuntimeError, match="make them in axes"):
        Canvas(lambda axes, result: axes.figure.add_axes((0, 0, 1, 1))).update(None)


def test_savefig_shows_everything(tmp_path):
    """The same figure can be saved for a report: nothing stays marked as moving."""
    canvas = Canvas(draw)
    canvas.update(0.01)
    canvas.rgb()
    assert not any(artist.get_animated() for artist in canvas.axes.get_children())


def test_png_is_what_was_drawn(tmp_path):
    from matplotlib.image import imread

    canvas = Canvas(draw, width=300, height=200)
    canvas.update(0.01)
    path = tmp_path / "f.png"
    path.write_bytes(canvas.png(2))
    assert (np.round(imread(path) * 255).astype(np.uint8)[..., :3] == canvas.rgb(2)).all()


def test_show_changes_picture_text_and_table():
    figure = Figure(
        draw,
        lambda rate: f"Activity falls with {rate:g} per hour. T_{{eff}} {np.log(2) / rate:.0f} h",
        lambda rate: (("Rate, 1/h", "Half-life, h"), [(rate, round(np.log(2) / rate, 1))]),
    )
    assert (figure.state, figure.alt, figure.png) == ("empty", "", b"")
    figure.show(0.01)
    first = figure.png
    assert figure.state == "ready"
    assert figure.alt == "Activity falls with 0.01 per hour. Teff 69 h"
    assert first.startswith(b"\x89PNG")
    figure.numbers.opened = True
    assert "<td>69.3</td>" in figure._rows.html
    figure.show(0.02)
    assert figure.png != first
    assert figure.alt.startswith("Activity falls with 0.02")
    assert "<td>34.7</td>" in figure._rows.html


def test_the_table_is_written_when_it_is_opened():
    asked = []
    figure = Figure(draw, lambda rate: "x", lambda rate: (asked.append(rate), (("a",), [(rate,)]))[1])
    figure.show(0.01)
    figure.show(0.02)
    assert asked == []
    figure.numbers.opened = True
    assert asked == [0.02]


def test_a_figure_without_words_is_refused():
    with pytest.raises(InputError, match="alt gave no text"):
        Figure(draw, lambda rate: "  ").show(0.01)


def test_states_are_never_blank():
    figure = Figure(draw, lambda rate: "x", lambda rate: (("a",), [(rate,)]), empty="Type a mass to see the curve.")
    assert figure._picture.words == "Type a mass to see the curve."
    figure.show(0.01)
    figure.numbers.opened = True
    figure.wait("Fitting 10 000 voxels…")
    assert (figure.state, figure.png[:4]) == ("waiting", b"\x89PNG")
    figure.fail("The fit was refused: two points cannot fix three parameters.")
    assert (figure.state, figure.png, figure.alt) == ("error", b"", "")
    assert "<tbody></tbody>" in figure._rows.html
    figure.empty("Choose a file.")
    assert (figure.state, figure._picture.words) == ("empty", "Choose a file.")
    figure.show(0.01)
    assert (figure.state, figure._picture.words) == ("ready", "")


def test_section_puts_the_numbers_last():
    figure = Figure(draw, lambda rate: "x", lambda rate: (("a",), [(rate,)]))
    section = Section("q", [], figure, ["under"])
    assert section._right.children[1].children[-1] is figure.numbers
