"""The answers of a class beside each other, as a drawing and in words."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from mrtlab.learn.pictures import decades

__all__ = ["OUTCOMES", "Row", "Shown", "legend", "strip", "strip_text"]

# outcome: what it is called, colour (at least 3:1 on white); its marker is a shape of its own
OUTCOMES = {
    "right": ("right", "#006d4f"),
    "wrong_uncertainty": ("uncertainty wrong", "#0072b2"),
    "slip": ("named slip", "#d55e00"),
    "wrong_unit": ("wrong unit", "#8a3f74"),
    "outside": ("outside", "#1b1f24"),
}
_SOFT, _LINE, _BAND = "#57606a", "#d6dbe1", "#e3efe9"
_FIELD, _LEAST, _RIGHT, _TOP, _BOTTOM = 528, 92, 20, 48, 44  # _LEAST: room for labels where they are short
_SHOWN_AT = 14  # font size
_FARTHEST = 100.0  # a ratio beyond it, or below its inverse, stands at the edge


@dataclass(frozen=True)
class Shown:
    """One answer: its ratio to the learner's own reference, the ends of its uncertainty bar, and its verdict."""

    ratio: float
    outcome: str
    bar: tuple[float, float] | None = None


@dataclass(frozen=True)
class Row:
    """One learner: all answers, the last one last, and the relative tolerance of the reference."""

    label: str
    tolerance: float
    answers: tuple[Shown, ...]

    @property
    def last(self) -> Shown:
        """The answer that stands."""
        return self.answers[-1]


class _Scale:
    """From ratios to pixels: linear where the class agrees, logarithmic where it does not."""

    def __init__(self, rows: Sequence[Row]):
        self.left = max(_LEAST, *(20 + _long(row.label) for row in rows))
        self.right = self.left + _FIELD
        ends = [1 - max(row.tolerance for row in rows), 1 + max(row.tolerance for row in rows)]
        ends += [answer.ratio for row in rows for answer in row.answers]
        ends += [end for row in rows for end in row.last.bar or ()]
        usable = [end for end in ends if 1 / _FARTHEST <= end <= _FARTHEST]
        low, high = min(usable), max(usable)
        self.logarithmic = low < 0.5 or high > 2
        if self.logarithmic:
            self.low, self.high = low / 1.15, high * 1.15
            self.ticks = decades(self.low, self.high)
        else:
            spare = 0.06 * (high - low) or 0.05
            self.low, self.high = low - spare, high + spare
            step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (self.high - self.low) / step <= 9)
            first = math.ceil(self.low / step)
            self.ticks = [round(k * step, 2) for k in range(first, math.floor(self.high / step) + 1)]

    def inside(self, ratio: float) -> bool:
        return self.low <= ratio <= self.high

    def x(self, ratio: float) -> float:
        ratio = min(max(ratio, self.low), self.high)
        share = (ratio - self.low) / (self.high - self.low)
        if self.logarithmic:
            share = math.log(ratio / self.low) / math.log(self.high / self.low)
        return round(self.left + share * _FIELD, 1)


def _long(text: str) -> int:
    """How many pixels a text needs at most, in any usual font: labels are never cut off."""
    return math.ceil(_SHOWN_AT * sum(_em(sign) for sign in text))


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF" or sign in "mwMW%@":
        return 1.05
    return 0.85 if sign.isupper() else 0.65


def strip(rows: Sequence[Row], name: str) -> str:
    """SVG: a line per learner with all answers, the tolerance, the reference (1) and the median of the class.

    Parameters
    ----------
    rows : sequence of Row
        At least one, in the order in which they are drawn.
    name : str
        Identifier of the drawing on its page.
    """
    scale = _Scale(rows)
    step = 19 if len(rows) <= 40 else 13
    bottom = _TOP + step * len(rows)
    parts = [_tolerance(rows, scale, step)]
    for tick in scale.ticks:
        x = scale.x(tick)
        parts.append(f'<line x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}" stroke="{_LINE}"/>')
        parts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
    parts += _marked(scale, 1.0, "own reference = 1", 14, bottom, f'stroke="{OUTCOMES["right"][1]}" stroke-width="1.6"')
    middle = median(row.last.ratio for row in rows)
    style = f'stroke="{_SOFT}" stroke-width="1.6" stroke-dasharray="6 4"'
    parts += _marked(scale, middle, f"class median {middle:.3g}", 32, bottom, style)
    for place, row in enumerate(rows):
        parts.append(_row(row, scale, _TOP + step * (place + 0.5)))
    axis = "answer / own reference" + (", logarithmic" if scale.logarithmic else "")
    parts.append(f'<text x="{(scale.left + scale.right) / 2}" y="{bottom + 36}" text-anchor="middle">{axis}</text>')
    height = bottom + _BOTTOM
    return (
        f'<svg viewBox="0 0 {scale.right + _RIGHT} {height}" role="img" aria-labelledby="{name}" '
        f'font-size="{_SHOWN_AT}" fill="#1b1f24" '
        f'font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif"><title id="{name}">{escape(strip_text(rows))}'
        f"</title>{''.join(parts)}</svg>"
    )


def _tolerance(rows, scale: _Scale, step: float) -> str:
    """A band per learner: tolerances may differ where they are absolute."""
    found = []
    for place, row in enumerate(rows):
        left, right = scale.x(1 - row.tolerance), scale.x(1 + row.tolerance)
        y = round(_TOP + step * place, 1)
        found.append(f'<rect x="{left}" y="{y}" width="{round(right - left, 1)}" height="{step}" fill="{_BAND}"/>')
    return "".join(found)


def _marked(scale: _Scale, ratio: float, words: str, y: float, bottom: float, style: str) -> list[str]:
    x = scale.x(ratio)
    anchor = "start" if x < scale.left + 70 else "end" if x > scale.right - 70 else "middle"
    return [
        f'<line x1="{x}" x2="{x}" y1="{y + 3}" y2="{bottom}" {style}/>',
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>',
    ]


def _row(row: Row, scale: _Scale, y: float) -> str:
    y = round(y, 1)
    parts = [f'<text x="{scale.left - 10}" y="{y + 4.5}" text-anchor="end">{escape(row.label)}</text>']
    for earlier in row.answers[:-1]:
        parts.append(_marker(earlier.outcome, *_place(scale, earlier.ratio, y), 3.2, earlier=True))
    bar = row.last.bar
    if bar and bar[1] > scale.low and bar[0] < scale.high:
        left, right = scale.x(bar[0]), scale.x(bar[1])
        ends = "".join(f"M{x} {y - 4}V{y + 4}" for x in (left, right))
        parts.append(f'<path d="M{left} {y}H{right}{ends}" stroke="#1b1f24" stroke-width="1.3" fill="none"/>')
    parts.append(_marker(row.last.outcome, *_place(scale, row.last.ratio, y), 5.2))
    if not scale.inside(row.last.ratio):
        left = row.last.ratio < scale.low
        x = scale.x(row.last.ratio) + (12 if left else -12)
        words = f"← {row.last.ratio:.2g}" if left else f"{row.last.ratio:.2g} →"
        parts.append(f'<text x="{x}" y="{y + 4.5}" text-anchor="{"start" if left else "end"}">{words}</text>')
    return "".join(parts)


def _place(scale: _Scale, ratio: float, y: float) -> tuple[float, float]:
    return scale.x(ratio), y


def _marker(outcome: str, x: float, y: float, size: float, *, earlier: bool = False) -> str:
    """A shape of its own for every verdict; earlier answers small and open."""
    colour = OUTCOMES.get(outcome, ("", _SOFT))[1]
    fill = "#fff" if earlier or outcome == "wrong_uncertainty" else colour
    style = f'stroke="{colour}" stroke-width="{1.2 if earlier else 1.8}" fill="{fill}"'
    s = size
    if outcome in ("right", "wrong_uncertainty"):
        dot = f'<circle cx="{x}" cy="{y}" r="{0.35 * s:.1f}" fill="{colour}"/>' if outcome != "right" else ""
        return f'<circle cx="{x}" cy="{y}" r="{s}" {style}/>{dot}'
    if outcome == "slip":
        return f'<path d="M{x} {y - 1.15 * s:.1f}l{1.1 * s:.1f} {2 * s:.1f}h{-2.2 * s:.1f}z" {style}/>'
    if outcome == "wrong_unit":
        h = 1.3 * s
        return f'<path d="M{x} {y - h:.1f}l{s:.1f} {h:.1f}l{-s:.1f} {h:.1f}l{-s:.1f} {-h:.1f}z" {style}/>'
    if outcome == "outside":
        d = f"M{x - s:.1f} {y - s:.1f}l{2 * s:.1f} {2 * s:.1f}m0 {-2 * s:.1f}l{-2 * s:.1f} {2 * s:.1f}"
        return f'<path d="{d}" stroke="{colour}" stroke-width="{1.2 if earlier else 2}" fill="none"/>'
    return f'<rect x="{x - s:.1f}" y="{y - s:.1f}" width="{2 * s:.1f}" height="{2 * s:.1f}" {style}/>'


def legend() -> str:
    """What the marks mean."""
    marks = "".join(
        f'<span class="key"><svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">'
        f"{_marker(key, 9, 9, 5.2)}</svg>{words}</span>"
        for key, (words, _) in OUTCOMES.items()
    )
    return (
        f'<p class="soft keys">{marks} Uncertainty wrong: the value is right. Small and open: earlier answers of '
        "the same learner. Bars: the uncertainty or "
        "interval that was stated. Shaded: the tolerance.</p>"
    )


def strip_text(rows: Sequence[Row]) -> str:
    """The drawing in words."""
    ratios = [row.last.ratio for row in rows]
    counted = Counter(row.last.outcome for row in rows)
    verdicts = ", ".join(f"{counted[key]} {words}" for key, (words, _) in OUTCOMES.items() if counted[key])
    inside = sum(abs(row.last.ratio - 1) <= row.tolerance for row in rows)
    learners = "1 learner" if len(rows) == 1 else f"{len(rows)} learners"
    return (
        f"Answers of {learners}, each divided by the reference on the learner's own data: from "
        f"{min(ratios):.3g} to {max(ratios):.3g}, median {median(ratios):.3g}; {inside} within the tolerance. "
        f"Verdicts: {verdicts or 'none'}."
    )
