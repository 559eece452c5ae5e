"""What the verification says and draws."""

from __future__ import annotations

from mrtlab.apps.radioiodine.given import Verified
from mrtlab.apps.radioiodine.look import days, gy, mbq
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED, RED_TEXT, line, top_of

NO_PLAN = "No plan is fixed yet. A dose is verified against the range that was expected of it before."


def axes(figure):
    """The two curves, and the dose against its range."""
    left, right = figure.add_axes((0.085, 0.16, 0.4, 0.74)), figure.add_axes((0.6, 0.16, 0.37, 0.74))
    left.set(xlim=(0, 240), xlabel="Hours after administration", ylabel="Uptake (%)", title="Tracer and therapy")
    left.set_xticks(range(0, 241, 48))
    right.set(ylim=(2.6, -0.6), xlabel="Dose to the thyroid (Gy)", title="Against what was expected")
    right.set_yticks([0, 1], ["expected", "measured"])
    right.tick_params(axis="y", length=0)
    return left, right


def draw(both, found: Verified) -> None:
    """Curves; the expected range as a bar, the dose with twice its uncertainty."""
    left, right = both
    left.set(ylim=(0, top_of(115 * max(found.before.max(), found.after.max()))[0]))
    line(left, found.hours, 100 * found.before, color=BLUE, lw=1.8, ls="--")
    line(left, found.hours, 100 * found.after, color=RED, lw=2.2)
    line(
        left,
        [one.time_h for one in found.uptakes],
        [100 * one.uptake.n for one in found.uptakes],
        color=RED,
        marker="o",
        markersize=8,
        ls="none",
    )
    left.text(0.97, 0.94, "dashed: tracer", color=BLUE, ha="right", transform=left.transAxes)
    left.text(0.97, 0.87, "solid: therapy", color=RED_TEXT, ha="right", transform=left.transAxes)
    low, high = found.expected.interval95_gy
    dose, u = found.dose_gy.n, found.dose_gy.s
    right.set(xlim=(0, top_of(1.1 * max(high, dose + 2 * u))[0]))
    line(right, [low, high], [0, 0], color=BLUE, lw=9, solid_capstyle="butt", alpha=0.35)
    line(right, [low, high], [0, 0], color=BLUE, lw=1.5, marker="|", markersize=18)
    line(right, [found.expected.median_gy], [0], color=BLUE, marker="D", markersize=8)
    line(right, [dose - 2 * u, dose + 2 * u], [1, 1], color=RED, lw=2.5)
    line(right, [dose], [1], color=RED, marker="o", markersize=9)
    line(right, [found.expected.median_gy] * 2, [-0.4, 1.4], color=GREEN, lw=1, ls=":")
    right.text(0.03, 0.13, f"diamond: planned, {gy(found.expected.median_gy)}", color=BLUE, transform=right.transAxes)
    right.text(0.03, 0.05, f"circle: measured, {gy(dose)}, ± 2u", color=RED_TEXT, transform=right.transAxes)
    right.text(low, -0.32, f"{low:.0f}", color=DARK, ha="center")
    right.text(high, -0.32, f"{high:.0f}", color=DARK, ha="center")


def alt(found: Verified) -> str:
    """Text alternative."""
    low, high = found.expected.interval95_gy
    return (
        "Left: uptake of tracer and therapy over ten days; the therapy falls with a half-life of "
        f"{days(found.integral.effective_half_life_h)}. Right: the expected range as a bar from {low:.0f} to "
        f"{high:.0f} Gy about {gy(found.expected.median_gy)}, and under it the measured {gy(found.dose_gy)} with twice "
        f"its uncertainty of {found.dose_gy.s:.0f} Gy."
    )


def numbers(found: Verified):
    """Table."""
    low, high = found.expected.interval95_gy
    return ("What", "Value"), [
        ("Activity planned, MBq", f"{found.planned_mbq:.0f}"),
        ("Activity delivered, MBq", f"{found.delivered_mbq:.0f}"),
        ("Expected, Gy", f"{found.expected.median_gy:.1f} ({low:.1f} to {high:.1f})"),
        ("Measured, Gy", f"{found.dose_gy.n:.1f} ± {found.dose_gy.s:.1f}"),
        ("Measured / planned", f"{found.verdict.ratio.n:.3f}"),
        ("z", _signed(found.verdict.z)),
        ("Half-life of the therapy, d", f"{found.integral.effective_half_life_h.n / 24:.2f}"),
        ("Integral of the therapy, d", f"{found.integral.tiac_h.n / 24:.3f}"),
        ("Mass, g", f"{found.mass_g:.2f}"),
    ]


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def result(found: Verified):
    """Lead, value, rest."""
    return (
        "Delivered to the thyroid:",
        f"{found.dose_gy.n:.0f} ± {found.dose_gy.s:.0f} Gy",
        f"{found.verdict.ratio.n:.2f} of the planned {gy(found.expected.median_gy)} · z = {_signed(found.verdict.z)} · "
        f"{mbq(found.delivered_mbq)}",
    )


def said(found: Verified) -> str:
    """Verdict and what it does not say."""
    shared = f"{100 * found.shared_rel:.0f} %"
    parts = ", ".join(f"{name} {100 * part:.0f} %" for name, part in found.own.items())
    shrunk = (
        f" The gland shrinks meanwhile in this teaching model, which raises the dose by "
        f"{100 * (found.shrinkage - 1):.0f} %; prescriptions are to the first mass."
        if abs(found.shrinkage - 1) > 1e-9
        else ""
    )
    return (
        f"**{found.verdict.text[0].upper()}{found.verdict.text[1:]}.** Uncertain by {parts} (illustrative); mass and "
        f"energy ({shared}) are the same in plan and measurement and are left out of z.{shrunk} A dose inside its "
        "range is recorded and told as well: inside is not on target."
    )


def moved(found: Verified) -> str:
    """Whether the inputs have changed since the plan was fixed."""
    if found.now_gy is None or abs(found.now_gy / found.expected.median_gy - 1) < 5e-4:
        return ""
    return (
        f"The sections above were changed after the plan was fixed: today they would give {gy(found.now_gy)} for "
        f"{mbq(found.planned_mbq)}. The expected range stays as it was fixed, about {gy(found.expected.median_gy)}."
    )
