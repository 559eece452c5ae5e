"""What the comparison of planned and delivered doses says and draws."""

from __future__ import annotations

import math

from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.sections.look import BLUE, DARK, GREEN, GREEN_TEXT, RED, RED_TEXT, line
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_verification.compute import Compared
from mrtlab.apps.sirt_verification.words import name
from mrtlab.planning import CHECKLIST

_Z = 1.96
_LOW, _HIGH = math.log(0.3), math.log(3.3)
_TICKS = (0.5, 0.7, 1.0, 1.4, 2.0)


def axes(figure):
    """Ratio of the doses, on a logarithmic scale, a row for every region."""
    ax = figure.add_axes((0.16, 0.17, 0.58, 0.76))
    ax.set(xlabel="Delivered over planned dose", xlim=(_LOW, _HIGH))
    ax.xaxis.set_major_locator(FixedLocator([math.log(one) for one in _TICKS]))
    ax.xaxis.set_major_formatter(FixedFormatter([f"{one:g}" for one in _TICKS]))
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Compared) -> None:
    """Points with 95 % bars, the band in which they are expected, z beside them."""
    names = [name(row.name) for row in found.rows]
    if getattr(ax.yaxis.get_major_formatter(), "seq", None) != names:
        ax.yaxis.set_major_locator(FixedLocator(range(len(names))))
        ax.yaxis.set_major_formatter(FixedFormatter(names))
        ax.set(ylim=(len(names) + 0.1, -0.5))
    last = len(names) - 0.5
    spread = found.rows[0].spread
    band = Rectangle((-_Z * spread, -0.5), 2 * _Z * spread, last + 0.5, color=GREEN, alpha=0.14, lw=0)
    ax.add_artist(band)
    line(ax, [0, 0], [-0.5, last], color=DARK, lw=1.2, ls=":")
    for place, row in enumerate(found.rows):
        at = math.log(row.verdict.ratio.nominal_value)
        within = row.verdict.within
        colour = BLUE if within else RED
        seen = min(max(at, _LOW), _HIGH)
        own = row.delivered.std_dev / row.delivered.nominal_value
        line(ax, [seen - _Z * own, seen + _Z * own], [place] * 2, color=colour, lw=2)
        line(ax, [seen], [place], color=colour, marker="o" if within else "X", markersize=9, ls="none")
        told = f"{math.exp(at):.2f}, z {row.verdict.z:+.1f}".replace("-", "−") + ("" if within else ": look")
        ax.text(1.02, place, told, transform=ax.get_yaxis_transform(), color=DARK if within else RED_TEXT, va="center")
    ax.text(-_Z * spread, last + 0.02, "shaded: |z| < 1.96", color=GREEN_TEXT, va="top", ha="left")


def alt(found: Compared) -> str:
    """Text alternative."""
    each = "; ".join(
        f"{name(row.name).lower()} {row.verdict.ratio.nominal_value:.2f} (z {row.verdict.z:+.1f}"
        f"{'' if row.verdict.within else ', outside'})"
        for row in found.rows
    )
    return (
        f"Delivered over planned dose on a logarithmic scale, a point with a bar for each region: {each}. A band "
        "around 1 holds what the uncertainties of both explain."
    )


def numbers(found: Compared):
    """Table."""
    rows = [
        (
            name(row.name),
            f"{row.expected.median_gy:.1f}",
            f"{row.expected.interval95_gy[0]:.0f} to {row.expected.interval95_gy[1]:.0f}",
            f"{row.delivered.nominal_value:.1f} ± {row.delivered.std_dev:.1f}",
            f"{row.verdict.ratio.nominal_value:.3f}",
            f"{row.verdict.z:+.2f}".replace("-", "−"),
            "within" if row.verdict.within else "outside",
            f"{row.true_gy:.1f}",
        )
        for row in found.rows
    ]
    columns = ("Region", "Planned, Gy", "95 %, Gy", "Delivered ± u, Gy", "Ratio", "z", "Verdict", "As it is, Gy")
    return columns, rows


def result(found: Compared):
    """Lead, value, rest."""
    tumour = next(row for row in found.rows if row.name == "tumour")
    return (
        "Tumour, delivered:",
        f"{tumour.delivered.nominal_value:.0f} ± {tumour.delivered.std_dev:.0f} Gy",
        f"planned {gy(tumour.expected.median_gy)} · ratio {tumour.verdict.ratio.nominal_value:.2f} · z "
        f"{tumour.verdict.z:+.1f}".replace("-", "−")
        + f" · {tumour.verdict.text}",
    )


def said(found: Compared) -> str:
    """Where the activity went, and what the limits of agreement are worth."""
    before, after = found.shares
    moved = after["tumour"] - before["tumour"]
    away, agreement = found.extrahepatic, found.comparison.agreement
    overlap = (
        f"Volumes of {found.isodose_gy:.0f} Gy and more, planned and delivered, overlap by {found.dice:.2f} (Dice; 1 "
        "is the same). "
        if found.dice is not None
        else ""
    )
    low, high = agreement.limits_gy
    return (
        f"Share of the tumour in the counts of the liver: {before['tumour']:.3f} planned, {after['tumour']:.3f} "
        f"delivered ({moved:+.3f}). Away from liver and lungs: {100 * away.share:.1f} % of the counts of the liver, "
        f"{away.significance:.1f} standard deviations. {overlap}Bland–Altman over tumour and normal liver: "
        f"{agreement.bias_gy:+.0f} Gy, limits {low:.0f} to {high:.0f} Gy; two pairs make no statistics, and "
        "differences in Gy hide that the small doses are as far off as the large. z is the difference in standard "
        "deviations of plan and PET together, without what they share. Within the range does not mean correct."
    ).replace("-", "−")


def checklist(found: Compared) -> tuple[str, ...]:
    """What to look at; nothing where all agrees."""
    return CHECKLIST if found.investigate else ()


def why(found: Compared) -> str:
    """Why an investigation is asked for, or that it is not."""
    reasons = []
    if found.outside:
        reasons.append("outside its range: " + ", ".join(name(row.name).lower() for row in found.outside))
    if found.comparison.flags:
        reasons.append("the share of the tumour moved by more than 0.1")
    if found.extrahepatic.flags:
        reasons.append(
            "activity outside the liver, although every verdict is “within”"
            if not found.outside
            else "activity outside the liver"
        )
    if not reasons:
        return "Nothing asks for an investigation. It is recorded all the same: a patient who agreed is data too."
    return f"**Investigate** ({'; '.join(reasons)}). In this order:"
