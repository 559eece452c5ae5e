"""What the single-time-point page says and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.ticker import FixedLocator

from mrtlab.apps.single_point.model import Answer, Patient, SinglePointPage

__all__ = ["alt", "axes", "draw", "numbers", "one_alt", "one_axes", "one_draw", "one_numbers"]

_BLUE, _RED, _GREEN, _SOFT, _DARK = "#0072B2", "#D55E00", "#009E73", "#57606a", "#1b1f24"
_LEVELS = (2.5, 25, 50, 75, 97.5)
_Y = (-80.0, 80.0)

METHODS = {
    "known_half_life": "the population's median half-life for everybody",
    "haenscheid": "2t/ln 2, no half-life at all",
}
WHEN = [("24 h", "24"), ("48 h", "48"), ("72 h", "72"), ("96 h", "96"), ("168 h", "168")]
MOST = [("some 6 %, whatever the half-life", "6"), ("some 25 %", "25"), ("without limit", "none")]
STORY = (
    "A patient had Lu-177 DOTATATE, and there is camera time for **one** SPECT/CT. Activity in the kidneys falls "
    "with one "
    "exponential. Nobody knows this patient's effective half-life; in the population it is log-normal with a median "
    "of 51 h "
    "and a spread of about 25 % (recalled teaching values)."
)
_NAMES = {
    "haenscheid": "2t/ln 2",
    "known_half_life": "median half-life",
    "map": "most probable half-life (prior)",
    "mono": "fit of one exponential",
}
GATED = "The figures appear once you have committed to both predictions, or skipped them."


def axes(figure):
    """The bands above, the distribution at the chosen time under them."""
    width, height = figure.get_size_inches() * figure.dpi
    left, right = 70 / width, 1 - 90 / width
    over = figure.add_axes((left, 210 / height, right, 1 - 224 / height))
    under = figure.add_axes((left, 48 / height, right, 100 / height))
    return over, under


def draw(both, answer: Answer) -> None:
    """Percentile bands over the scan time, and the histogram at the time chosen."""
    over, under = both
    times, bands = answer.times.times_h, 100 * answer.times.percentiles(*_LEVELS)
    bands = np.clip(bands, -100, 200)
    over.set(xlim=(0, 240), ylim=_Y, ylabel="Error of the integral (%)", xlabel="Time of the one scan (h)")
    over.xaxis.set_major_locator(FixedLocator(np.arange(0, 241, 24)))
    _area(over, times, bands[0], bands[4], 0.14)
    _area(over, times, bands[1], bands[3], 0.28)
    over.add_artist(Line2D(times, bands[2], color=_BLUE, lw=2.2))
    over.add_artist(Line2D([0, 240], [0, 0], color=_SOFT, lw=0.8))
    over.add_artist(Line2D([answer.time_h] * 2, _Y, color=_RED, lw=1.6, ls=(0, (5, 3))))
    side = "right" if answer.time_h > 120 else "left"
    shift = -3 if side == "right" else 3
    over.text(answer.time_h + shift, 72, f"scan at {answer.time_h:.4g} h", color="#9a4a00", ha=side, va="center")
    best = answer.times.best_time_h
    over.add_artist(Line2D([best], [_Y[0] + 5], color=_GREEN, marker="^", markersize=10, ls="none"))
    over.text(best + 4, _Y[0] + 6, f"best: {best:.0f} h", color="#006b4f", va="center")
    white = {"boxstyle": "square,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0}
    over.text(238, -72, "line: median; bands: 50 and 95 %", color=_BLUE, ha="right", va="center", bbox=white)
    errors = 100 * answer.now.errors[0]
    counts, edges = np.histogram(np.clip(errors, *_Y), bins=np.arange(_Y[0], _Y[1] + 1, 2.0))
    shares = 100 * counts / len(errors)
    under.set(xlim=_Y, ylim=(0, next((top for top in (15, 30, 60) if shares.max() < top), 100)), ylabel="patients (%)")
    under.set_xlabel("Error at this time (%)")
    x, y = np.repeat(edges, 2), np.concatenate([[0], np.repeat(shares, 2), [0]])
    under.add_artist(Polygon(np.column_stack([x, y]), closed=True, color=_BLUE, alpha=0.5, lw=0))
    under.add_artist(Line2D(x, y, color=_BLUE, lw=1))
    under.add_artist(Line2D([answer.bias] * 2, [0, under.get_ylim()[1]], color=_DARK, lw=1.5, ls=":"))


def _area(ax, times, low, high, alpha):
    outline = np.column_stack([np.append(times, times[::-1]), np.append(low, high[::-1])])
    ax.add_artist(Polygon(outline, closed=True, color=_BLUE, alpha=alpha, lw=0))


def alt(answer: Answer) -> str:
    """Text alternative."""
    low, high = answer.interval
    return (
        "Bands of the error of the time-integrated activity over the time of the single scan, from 4 to 240 h: "
        "narrowest "
        f"at about {answer.times.best_time_h:.0f} h, wider to both sides. Under them a histogram for a scan at "
        f"{answer.time_h:.4g} h: mean {signed(answer.bias)} %, 95 % of the patients between {signed(low)} and "
        f"{signed(high)} %."
    )


def numbers(answer: Answer):
    """Table of the bands, every 12 h."""
    columns = ("Scan at, h", "2.5 %", "25 %", "median", "75 %", "97.5 %", "Bias, %", "Spread, %", "Worst 1 %")
    times = answer.times
    bands = 100 * times.percentiles(*_LEVELS)
    rows = []
    for k in range(2, len(times.times_h), 3):
        parts = [*bands[:, k], 100 * times.bias[k]]
        rows.append(
            (
                f"{times.times_h[k]:g}",
                *(signed(one) for one in parts),
                f"{100 * times.spread[k]:.1f}",
                f"{100 * times.worst[k]:.0f}",
            )
        )
    return columns, rows


def one_axes(figure):
    """One pair of axes."""
    width, height = figure.get_size_inches() * figure.dpi
    return figure.add_axes((70 / width, 54 / height, 1 - 90 / width, 1 - 70 / height))


def one_draw(ax, patient: Patient) -> None:
    """Error of both methods in one patient over the time of the scan."""
    ax.set(xlim=(0, 240), ylim=(-60, 60), ylabel="Error in this patient (%)", xlabel="Time of the one scan (h)")
    ax.xaxis.set_major_locator(FixedLocator(np.arange(0, 241, 24)))
    ax.add_artist(Line2D([0, 240], [0, 0], color=_SOFT, lw=0.8))
    ax.add_artist(Line2D(patient.times_h, 100 * patient.known, color=_RED, lw=1.8, ls=(0, (6, 3))))
    ax.add_artist(Line2D(patient.times_h, 100 * patient.errors, color=_BLUE, lw=2.2))
    for x in (1, 2):
        if x * patient.half_life_h < 240:
            ax.add_artist(Line2D([x * patient.half_life_h], [0], color=_BLUE, marker="o", markersize=7, ls="none"))
    peak = 100 * float(np.max(patient.errors))
    ax.add_artist(Line2D([patient.peak_h], [peak], color=_BLUE, marker="^", markersize=9, ls="none"))
    white = {"boxstyle": "square,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0}
    height = f"highest: {signed(peak, 2)} %"
    ax.text(patient.peak_h, peak + 5, height, color=_BLUE, ha="center", va="bottom", bbox=white)
    ax.add_artist(Line2D([patient.time_h] * 2, [-60, 60], color=_DARK, lw=1.2, ls=":"))
    ax.text(236, 54, "solid: 2t/ln 2", color=_BLUE, ha="right", va="center")
    ax.text(236, 46, "dashed: median half-life", color="#9a4a00", ha="right", va="center")


def one_alt(patient: Patient) -> str:
    """Text alternative."""
    return (
        f"Error over the time of the scan for a patient with an effective half-life of {patient.half_life_h:.4g} h. "
        "The "
        f"approximation 2t/ln 2 starts far below zero, is exact at one and at two half-lives, is highest between them, "
        f"{signed(100 * float(np.max(patient.errors)), 2)} % at {patient.peak_h:.0f} h, and falls again. At "
        f"{patient.time_h:.4g} h it is off by {signed(100 * patient.error)} %, the population's median half-life by "
        f"{signed(100 * patient.known_error)} %."
    )


def one_numbers(patient: Patient):
    """Table of both curves, every 12 h."""
    rows = [
        (f"{patient.times_h[k]:g}", signed(100 * patient.errors[k]), signed(100 * patient.known[k]))
        for k in range(20, len(patient.times_h), 24)
    ]
    return ("Scan at, h", "2t/ln 2, %", "median half-life, %"), rows


def result(answer: Answer) -> tuple[str, str, str]:
    """Lead, value and rest of the result line."""
    low, high = answer.interval
    return (
        f"One scan at {answer.time_h:.4g} h: 95 % of the patients are off by",
        f"{signed(low)} to {signed(high)} %",
        f"bias {signed(answer.bias)} % · spread {answer.spread:.1f} % · worst 1 %: {answer.worst:.0f} %",
    )


def advice(answer: Answer) -> str:
    """The best time, and how it compares."""
    times = answer.times
    place = int(np.argmin(times.rms))
    best, here = 100 * times.rms[place], 100 * answer.now.rms[0]
    cut = f" {100 * times.cut:.1f} % of this population lie at or beyond physical decay and are left out."
    return (
        f"In this population the error is smallest, {best:.1f} % (root mean square), for a scan at about "
        f"{times.best_time_h:.0f} h; at {answer.time_h:.4g} h it is {here:.1f} %." + (cut if times.cut > 0.001 else "")
    )


def one(patient: Patient) -> str:
    """The two errors in words."""
    ratio = patient.time_h / patient.half_life_h
    return (
        f"In a patient with {patient.half_life_h:.4g} h a scan at {patient.time_h:.4g} h ({ratio:.2f} half-lives) "
        "makes "
        f"2t/ln 2 **{signed(100 * patient.error)} %** off, and the population's median half-life "
        f"**{signed(100 * patient.known_error)} %**. 2t/ln 2 is exact at one and at two half-lives and highest at "
        "1/ln 2 = 1.44 "
        "of them, by 2/(e·ln 2) − 1 = 6.15 %. It has no such limit downwards."
    )


def compared(model: SinglePointPage) -> str:
    """The predictions beside what is so."""
    if model.asked:
        return ""
    truths = model.truths()
    (when, best), (most, height) = truths["when"], truths["most"]
    said = []
    if model.predictions:
        for name, options, right in (("when", WHEN, when), ("most", MOST, most)):
            words = {value: text for text, value in options}
            predicted = model.predictions[name]
            verdict = ", and so it is." if predicted == right else f"; it is **{words[right]}**."
            said.append(f"You predicted **{words[predicted]}**{verdict}")
    said.append(
        f"With the median half-life for everybody the error is smallest at about {best:.0f} h, near 1.44 half-lives, "
        "where a "
        "wrong half-life changes the integral least. 2t/ln 2 never reads more than "
        f"{height:.2f} % too high in a mono-exponential patient, but may read half the truth when the scan is early "
        "or late."
    )
    return " ".join(said)


def virtual(comparison) -> list[tuple[str, ...]]:
    """Rows of the comparison on virtual patients."""
    rows = []
    for row in comparison.rows:
        method, _, hours = row.method.partition("@")
        name = f"{_NAMES[method]}, {hours.replace(',', ', ')} h"
        if row.bias is None:
            rows.append((name, *("–",) * 4, str(row.failed)))
            continue
        spread = "–" if row.spread is None else f"{100 * row.spread:.1f}"
        span = f"{signed(100 * row.low95)} to {signed(100 * row.high95)}"
        rows.append((name, signed(100 * row.bias), spread, span, f"{100 * row.beyond:.0f} %", str(row.failed)))
    return rows


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign, a true minus."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")
