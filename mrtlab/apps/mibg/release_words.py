"""What the section of release and contact says and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from mrtlab.apps.mibg.compute import Release
from mrtlab.apps.sections.look import BLUE, DARK, RED, end_of, line

COLUMNS = ("Criterion you typed", "Found at the release", "Met")


def axes(figure):
    """Dose rate over time."""
    ax = figure.add_axes((0.1, 0.16, 0.87, 0.8))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2.4, 4.8, 9.6]))
    ax.set(xlabel="Hours after administration", ylabel="Dose rate (µSv/h)")
    return ax


def draw(ax, found: Release) -> None:
    """Dose rate, with release and the end of keeping away."""
    end, top = float(found.hours[-1]), end_of(1.1 * float(found.rates[0]))
    ax.set(xlim=(0, end), ylim=(0, top))
    line(ax, found.hours, found.rates, color=BLUE, lw=2.2)
    for at, style, marker, tone, words, place in (
        (found.release_h, "--", "o", RED, "dashed, circle: leaves at", 0.95),
        (found.wait_h, ":", "s", DARK, "dotted, square: contact from", 0.87),
    ):
        if at <= end:
            rate = float(np.interp(at, found.hours, found.rates))
            line(ax, [at, at], [0, top], color=tone, lw=1.6, ls=style)
            line(ax, [at], [rate], color=tone, marker=marker, markersize=8, ls="none")
        ax.text(0.98, place, f"{words} {at:.0f} h", ha="right", va="top", transform=ax.transAxes,
                color="#9a4a00" if tone == RED else tone)  # fmt: skip
    ax.text(0.98, 0.79, f"at {found.distance_m:g} m", color=BLUE, ha="right", va="top", transform=ax.transAxes)


def alt(found: Release) -> str:
    """Text alternative."""
    return (
        f"Dose rate at {found.distance_m:g} m, falling from {found.rates[0]:.3g} µSv/h, fast at first, then slowly, to "
        f"{found.rates[-1]:.2g} µSv/h after {found.hours[-1]:.0f} h. The patient leaves at {found.release_h:g} h with "
        f"{found.at_release:.2g} µSv/h; contact is allowed from {found.wait_h:.0f} h."
    )


def numbers(found: Release):
    """Table."""
    rows = [(f"{hour:.0f}", f"{rate:.3g}") for hour, rate in zip(found.hours[::10], found.rates[::10], strict=True)]
    return ("Hours", "Dose rate, µSv/h"), rows


def result(found: Release):
    """Lead, value, rest."""
    return (
        "Dose to the other person, from the administration on:",
        f"{found.partner_msv:.2f} mSv",
        f"from the release on {found.after_msv:.2f} mSv · {100 * found.first_day_share:.0f} % of the whole on the "
        f"first day · starts at {found.initial:.3g} µSv/h",
    )


def said(found: Release) -> str:
    """Contact, and what was compared."""
    wait = (
        f"After **{found.wait_h:.0f} h** ({found.wait_h / 24:.1f} d) the contact typed in adds no more than the "
        f"{found.allowed_msv:g} mSv allowed."
        if found.wait_h
        else f"The contact typed in stays within the {found.allowed_msv:g} mSv allowed without keeping away."
    )
    compared = (
        "Whether criteria stand beside each other or for each other, the regulation says."
        if found.checks
        else "**No criterion of release was typed**: limits are national, none is assumed, and nothing is said of "
        "whether the patient may leave."
    )
    return (
        f"{wait} At {found.release_h:g} h {found.left_mbq:.0f} MBq are left, with {found.one_metre:.3g} µSv/h at 1 m. "
        f"{compared} The coefficient is that of a generic patient (published), the phases are those of hyperthyroidism "
        "unless you typed others; a measured dose rate takes their place."
    )


def rows(found: Release) -> list[tuple[str, str, str]]:
    """The criteria typed in."""
    met = {True: "yes", False: "no", None: "cannot be told"}
    told = []
    for one in found.checks:
        what, _, rest = one.text.partition(": ")
        told.append((f"{what}, at most {one.criterion.limit:g}", rest, met[one.met]))
    return told
