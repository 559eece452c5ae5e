"""What the section of contact and release says and draws."""

from __future__ import annotations

from mrtlab.apps.radioiodine.given import Contact
from mrtlab.apps.radioiodine.look import mbq
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line, top_of


def axes(figure):
    """Dose rate, and dose by the day contact begins."""
    left, right = figure.add_axes((0.085, 0.16, 0.4, 0.74)), figure.add_axes((0.585, 0.16, 0.4, 0.74))
    left.set(xlim=(0, 28), xlabel="Days after administration", title="Dose rate there (µSv/h)")
    right.set(xlim=(0, 28), xlabel="Day on which contact begins", title="Dose from then on (mSv)")
    for ax in (left, right):
        ax.set_xticks(range(0, 29, 7))
    return left, right


def draw(both, found: Contact) -> None:
    """Two falling curves, the chosen day, a limit if one was typed."""
    left, right = both
    at = found.start_h / 24
    for ax, x, curve, now in (
        (left, found.days, found.rate, found.now_usv_per_h),
        (right, found.starts, found.dose_msv, found.now_msv),
    ):
        line(ax, x, curve, color=BLUE, lw=2.2)
        line(ax, [at], [now], color=BLUE, marker="o", markersize=9)
        line(ax, [at, at], [0, now], color=DARK, lw=1, ls=":")
    left.set(ylim=(0, top_of(1.1 * found.rate.max())[0]))
    right.set(ylim=(0, top_of(1.1 * max(found.dose_msv.max(), found.limit_msv or 0))[0]))
    right.text(
        0.97, 0.94, f"circle: day {at:g}, {found.now_msv:.3g} mSv", ha="right", color=BLUE, transform=right.transAxes
    )
    left.text(
        0.97,
        0.94,
        f"circle: day {at:g}, {found.now_usv_per_h:.3g} µSv/h",
        ha="right",
        color=BLUE,
        transform=left.transAxes,
    )
    if found.limit_msv is not None:
        line(right, [0, 28], [found.limit_msv] * 2, color=RED, lw=1.8)
        right.text(
            0.97,
            0.87,
            f"line: {found.limit_msv:g} mSv, typed in",
            ha="right",
            color=RED_TEXT,
            transform=right.transAxes,
        )


def alt(found: Contact) -> str:
    """Text alternative."""
    limit = "" if found.limit_msv is None else f" A line marks the {found.limit_msv:g} mSv typed in."
    return (
        f"Left: dose rate at {found.distance_m:g} m, falling from {found.first_usv_per_h:.3g} µSv/h over 28 days, "
        f"{found.now_usv_per_h:.3g} on day {found.start_h / 24:g}. Right: dose to a person there for "
        f"{100 * found.occupancy:.0f} % of the time by the day contact begins, {found.whole_msv:.3g} mSv from the "
        f"start and {found.now_msv:.3g} from that day.{limit}"
    )


def numbers(found: Contact):
    """Table, every second day."""
    every = zip(found.days, found.rate, found.dose_msv, strict=True)
    rows = [(f"{day:g}", f"{rate:.3g}", f"{dose:.3g}") for day, rate, dose in every if day < 1 or day % 2 == 0]
    return ("Day", "Dose rate, µSv/h", "Dose from then on, mSv"), rows


def result(found: Contact):
    """Lead, value, rest."""
    return (
        f"Dose to one person from day {found.start_h / 24:g} on:",
        f"{found.now_msv:.3g} mSv",
        f"at {found.distance_m:g} m for {100 * found.occupancy:.0f} % of the time · {found.first_usv_per_h:.3g} µSv/h "
        f"at first · {found.rate_1m_usv_per_h:.3g} µSv/h at 1 m on that day",
    )


def said(found: Contact) -> str:
    """What it rests on, and the limits typed in."""
    told = (
        f"After {mbq(found.activity_mbq)}; dose rate and its fall are those of a generic patient with an overactive "
        "gland (published with the calculator dorn), not of this one: where it matters, measure it. "
    )
    if not found.checks:
        return told + (
            "**Whether that allows anybody to go home is national law**: type the limits of your own regulation, with "
            "their source, under “more”; none is assumed here."
        )
    keep = ""
    if found.away_h is not None:
        keep = (
            "Within the limit from the start. "
            if found.away_h == 0
            else f"Keeping away for **{found.away_h / 24:.1f} days** leaves just the {found.limit_msv:g} mSv. "
        )
    checks = " ".join(f"{one.text[0].upper()}{one.text[1:]}." for one in found.checks)
    return (
        f"{told}{keep}On day {found.start_h / 24:g}: {checks} The limits are those typed in, and the law says "
        "whether one or all must hold."
    )
