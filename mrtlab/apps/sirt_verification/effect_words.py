"""What the sections on biology and on Ho-166 say and draw."""

from __future__ import annotations

from types import SimpleNamespace

from mrtlab.apps.sections.look import BLUE, DARK, DOSE_ENDS, GREEN, GREEN_TEXT, PURPLE, RED, RED_TEXT, bar, line, top_of
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_verification.effect import Biology, Holmium
from mrtlab.nuclides import nuclide

_TITLES = {"tumour": "All tumour", "normal": "Normal liver"}
_BARS = (
    ("mean_gy", "mean dose"),
    ("eud_gy", "EUD"),
    ("bed_gy", "BED"),
    ("eubed_gy", "EUBED"),
    ("other_bed_gy", "BED, public code"),
)


def _biology_axes(figure):
    made = [figure.add_axes((0.21, y, 0.74, 0.34)) for y in (0.6, 0.13)]
    for ax in made:
        ax.set(ylim=(len(_BARS) - 0.5, -0.5))
        ax.set_yticks(range(len(_BARS)), [label for _, label in _BARS])
        ax.tick_params(axis="y", length=0)
    made[1].set_xlabel("Gy")
    return made


def _biology_draw(panels, found: Biology) -> None:
    for ax, (key, one) in zip(panels, found.tissues.items(), strict=True):
        values = [getattr(one, field) for field, _ in _BARS]
        end, step = top_of(1.25 * max(values), DOSE_ENDS)
        ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
        ax.set_title(
            f"{_TITLES[key]}: α/β {one.alpha_beta_gy:g} Gy, repair {one.repair_h:g} h, G {one.g:.4f}", loc="left"
        )
        for place, value in enumerate(values):
            foreign = _BARS[place][0] == "other_bed_gy"
            style = {"facecolor": "none", "edgecolor": RED, "hatch": "///"} if foreign else {"facecolor": BLUE}
            bar(ax, place - 0.32, value, 0.64, **style)
            ax.text(value + 0.01 * end, place, gy(value), va="center", color=RED_TEXT if foreign else DARK)


def _biology_alt(found: Biology) -> str:
    each = ". ".join(
        f"{_TITLES[key]}: " + ", ".join(f"{label} {gy(getattr(one, field))}" for field, label in _BARS)
        for key, one in found.tissues.items()
    )
    return f"Two groups of bars. {each}. The last bar of each is hatched."


def _biology_numbers(found: Biology):
    rows = [
        (_TITLES[key], *(f"{getattr(one, field):.1f}" for field, _ in _BARS), f"{one.bed_of_mean_gy:.1f}")
        for key, one in found.tissues.items()
    ]
    return ("Tissue", *(f"{label}, Gy" for _, label in _BARS), "BED of the mean dose, Gy"), rows


def _biology_result(found: Biology):
    one = found.tissues["normal"]
    return (
        "Normal liver:",
        f"BED {gy(one.bed_gy)} from {gy(one.mean_gy)}",
        f"public code, α/β {one.other.alpha_beta_gy:g} Gy and repair {one.other.repair_half_time_h:g} h: "
        f"{gy(one.other_bed_gy)} · without repair (G = 1): {gy(found.acute_bed_gy)}",
    )


def _biology_said(found: Biology) -> str:
    tumour, normal = found.tissues["tumour"], found.tissues["normal"]
    off = 100 * (normal.other_bed_gy / normal.bed_gy - 1)
    return (
        f"The public code is **{abs(off):.0f} % {'low' if off < 0 else 'high'}** for normal liver at your numbers. EUD "
        f"and EUBED ask for one more number, α ({found.alpha_per_gy:g} per Gy, recalled for no tumour in particular): "
        f"with it the tumour's mean of {gy(tumour.mean_gy)} is worth no more than {gy(tumour.eud_gy)}, because the "
        f"coldest voxels decide. Without the noise of the PET it would be {gy(tumour.quiet_eud_gy)}, and what is "
        "colder than the image can resolve was never seen. What α/β of 2.5 and 10 Gy rest on is recalled; a table "
        "of tolerance found with external beams holds for none of these numbers."
    )


BIOLOGY = SimpleNamespace(
    axes=_biology_axes,
    draw=_biology_draw,
    alt=_biology_alt,
    numbers=_biology_numbers,
    result=_biology_result,
    said=_biology_said,
)


def _holmium_axes(figure):
    left, right = figure.add_axes((0.2, 0.16, 0.4, 0.76)), figure.add_axes((0.7, 0.16, 0.27, 0.76))
    left.set(xlabel="Dose to the liver (Gy)", ylim=(2.5, -0.7))
    left.set_yticks(range(3), ["scout\nsubtracted", "scout\nforgotten", "constant\nof Y-90"])
    left.tick_params(axis="y", length=0)
    right.set(
        xlabel="Hours after the order",
        ylabel="Activity left (%)",
        ylim=(0, 135),
        xlim=(0, 96),
        yticks=range(0, 101, 25),
    )
    right.set_xticks([0, 24, 48, 72, 96])
    return left, right


def _holmium_draw(both, found: Holmium) -> None:
    left, right = both
    therapy = found.aim_gy - found.scout_gy
    rows = ((found.scout_gy, therapy), (found.scout_gy, found.aim_gy), (0.0, found.yttrium_gy))
    end, step = top_of(1.3 * max(found.limit_gy, *(sum(row) for row in rows)), DOSE_ENDS)
    left.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    for place, (scout, rest) in enumerate(rows):
        bar(
            left,
            place - 0.3,
            scout + rest,
            0.6,
            facecolor=BLUE if place == 0 else "none",
            edgecolor=BLUE,
            hatch=None if place == 0 else "///",
        )
        bar(left, place - 0.3, scout, 0.6, facecolor=PURPLE)
        left.text(scout + rest + 0.01 * end, place, gy(scout + rest), va="center", color=DARK)
    line(left, [found.limit_gy] * 2, [-0.5, 2.5], color=RED, lw=1.8)
    left.text(found.limit_gy, -0.55, f"{found.limit_gy:g} Gy tolerated", color=RED_TEXT, ha="center", va="bottom")
    line(right, found.curve_h, 100 * found.ho, color=BLUE, lw=2.2)
    line(right, found.curve_h, 100 * found.y, color=DARK, lw=1.8, ls="--")
    at = 100 * found.therapy_mbq / found.ordered_mbq
    line(right, [found.ahead_h], [at], color=GREEN, marker="o", markersize=9, ls="none")
    right.text(0.97, 0.97, "solid: Ho-166", transform=right.transAxes, color=BLUE, ha="right", va="top")
    right.text(0.97, 0.9, "dashed: Y-90", transform=right.transAxes, color=DARK, ha="right", va="top")
    right.text(
        0.97, 0.83, f"dot: {at:.0f} % at treatment", transform=right.transAxes, color=GREEN_TEXT, ha="right", va="top"
    )


def _holmium_alt(found: Holmium) -> str:
    return (
        f"Left, bars of the dose to the liver: {gy(found.aim_gy)} with the scout's {gy(found.scout_gy)} subtracted, "
        f"{gy(found.forgotten_gy)} with it forgotten, {gy(found.yttrium_gy)} with the dose constant of Y-90; a line at "
        f"{found.limit_gy:g} Gy. Right, Ho-166 falls from 100 to {100 * found.ho[-1]:.0f} % in 96 h, Y-90 to "
        f"{100 * found.y[-1]:.0f} %; a dot at {found.ahead_h:g} h and "
        f"{100 * found.therapy_mbq / found.ordered_mbq:.0f} %."
    )


def _holmium_numbers(found: Holmium):
    rows = [
        ("Therapy, scout subtracted", f"{found.therapy_mbq:.0f}", f"{found.aim_gy:.1f}"),
        ("Therapy, scout forgotten", f"{found.whole_mbq:.0f}", f"{found.forgotten_gy:.1f}"),
        ("With the constant of Y-90", f"{found.yttrium_mbq:.0f}", f"{found.yttrium_gy:.1f}"),
        ("Scout alone", f"{found.scout_mbq:.0f}", f"{found.scout_gy:.1f}"),
        (f"To be ordered {found.ahead_h:g} h before", f"{found.ordered_mbq:.0f}", "–"),
    ]
    return ("What", "Activity, MBq", "Dose to the liver, Gy"), rows


def _holmium_result(found: Holmium):
    return (
        "Ho-166 at treatment:",
        f"{found.therapy_mbq:.0f} MBq",
        f"for {gy(found.aim_gy)} in all · scout {gy(found.scout_gy)} · {found.ordered_mbq / 1000:.2f} GBq if the "
        f"vial is calibrated {found.ahead_h:g} h before",
    )


def _holmium_said(found: Holmium) -> str:
    half = nuclide("Ho-166").half_life_h
    return (
        f"Ho-166 decays with {half:g} h, more than twice as fast as Y-90, and a GBq of it leaves a third of the "
        f"dose: with the dose constant of Y-90 the patient would get {gy(found.yttrium_gy)}. **What changes for "
        "images** (recalled): the scout is made of the spheres of the therapy, so it may predict better than MAA, in "
        "the lungs above all; Ho-166 emits photons of 81 keV for SPECT, and it disturbs the magnetic field, so that "
        "MR sees it. After the therapy itself a gamma camera is blinded by the activity (dead time): the scan is "
        "made days later. The library has no Ho-166 camera yet; the calibration by what was delivered is the same as "
        "above."
    )


HOLMIUM = SimpleNamespace(
    axes=_holmium_axes,
    draw=_holmium_draw,
    alt=_holmium_alt,
    numbers=_holmium_numbers,
    result=_holmium_result,
    said=_holmium_said,
)
