"""What the section of the vial says and draws."""

from __future__ import annotations

from mrtlab.apps.sections.look import BLUE, DARK, GREEN, GREEN_TEXT, RED, RED_TEXT, line
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_planning.giving import Vial
from mrtlab.apps.sirt_planning.look import gbq


def axes(figure):
    """Activity over time."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.82))
    ax.set(xlabel="Hours from the calibration on the label", ylabel="Activity (GBq)")
    return ax


def draw(ax, found: Vial) -> None:
    """Decay of the vial, the infusion, what was delivered, and the slip with the clocks."""
    top = 1.12 * found.curve_mbq.max() / 1000
    first, end = float(found.curve_h[0]), float(found.curve_h[-1])
    span = end - first
    ax.set(xlim=(first - 0.02 * span, end), ylim=(0, float(f"{top:.2g}")))
    line(ax, found.curve_h, found.curve_mbq / 1000, color=BLUE, lw=2)
    dots = [
        (0.0, found.reference_mbq, DARK, DARK, "D", "label"),
        (found.hours, found.infusion_mbq, BLUE, BLUE, "o", "at the infusion"),
        (found.hours, found.delivered_mbq, GREEN, GREEN_TEXT, "v", "delivered"),
    ]
    if found.unzoned_h != found.hours:
        dots.append((found.unzoned_h, found.unzoned_mbq, RED, RED_TEXT, "X", "zones left out: wrong"))
    for place, (hours, mbq, colour, words, marker, name) in enumerate(dots):
        line(ax, [hours], [mbq / 1000], color=colour, marker=marker, markersize=9, ls="none")
        y = 0.33 - 0.08 * place
        line(ax, [0.03], [y], transform=ax.transAxes, color=colour, marker=marker, markersize=8, ls="none")
        told = f"{name}, {hours:.4g} h: {mbq / 1000:.3f} GBq"
        ax.text(0.055, y, told, transform=ax.transAxes, color=words, va="center")


def alt(found: Vial) -> str:
    """Text alternative."""
    return (
        f"Activity of the vial falling from {gbq(found.reference_mbq)} at its calibration to "
        f"{found.infusion_mbq / 1000:.3f} GBq {found.hours:.4g} h later, at the infusion; "
        f"{found.delivered_mbq / 1000:.3f} GBq of it were delivered. A cross marks {found.unzoned_mbq / 1000:.3f} GBq "
        f"at {found.unzoned_h:.4g} h, which leaving out the time zones gives."
    )


def numbers(found: Vial):
    """Table."""
    return ("What", "Hours from calibration", "Activity, GBq"), [
        ("Label", "0", f"{found.reference_mbq / 1000:.4g}"),
        ("At the infusion", f"{found.hours:.4g}", f"{found.infusion_mbq / 1000:.3f}"),
        ("Delivered", f"{found.hours:.4g}", f"{found.delivered_mbq / 1000:.3f}"),
        ("Time zones left out", f"{found.unzoned_h:.4g}", f"{found.unzoned_mbq / 1000:.3f}"),
    ]


def result(found: Vial):
    """Lead, value, rest."""
    return (
        "Delivered:",
        f"{found.delivered_mbq / 1000:.3f} GBq",
        f"{found.hours:.4g} h after calibration: {found.infusion_mbq / 1000:.3f} GBq · residual "
        f"{100 * found.residual:.2f} %",
    )


def said(found: Vial) -> str:
    """Doses with what was delivered."""
    doses = found.doses
    off = 100 * (found.unzoned_mbq / found.infusion_mbq - 1)
    zones = (
        f"Leaving out the time zones makes {found.unzoned_h:.4g} h of it, and the activity {abs(off):.1f} % too "
        f"{'low' if off < 0 else 'high'}. "
        if found.unzoned_h != found.hours
        else "Both clocks have the same distance from UTC: nothing can go wrong with the zones. "
    )
    return (
        f"{zones}With what was delivered the plan predicts: tumour **{gy(doses.tumour_gy)}**, perfused normal liver "
        f"{gy(doses.normal_gy)}, whole normal liver **{gy(doses.whole_normal_gy)}**, lungs {gy(doses.lung_gy)}. What "
        "they received is for the images after the treatment to say."
    )
