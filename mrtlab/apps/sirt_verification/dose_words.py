"""What the section on the dose in voxels says and draws."""

from __future__ import annotations

from mrtlab.apps.sections.look import BLUE, DARK, DOSE_ENDS, RED, RED_TEXT, line, top_of
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_verification.compute import Histogram

METHODS = {"local": "local deposition", "kernel": "kernel"}
REGIONS = {"tumour": "all tumour", "normal": "normal liver"}
_PURPLE, _PURPLE_TEXT = "#CC79A7", "#8a3d6b"


def axes(figure):
    """Volume over dose."""
    ax = figure.add_axes((0.09, 0.13, 0.88, 0.83))
    ax.set(xlabel="Dose (Gy)", ylabel="Volume that receives it or more (%)", ylim=(0, 104))
    return ax


def draw(ax, found: Histogram) -> None:
    """Three histograms, D70, D95 and the volume above a level."""
    end, step = top_of(
        1.02 * max(float(found.shown.dose_at_volume(1)), float(found.true.dose_at_volume(1)), found.level_gy), DOSE_ENDS
    )
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    for dvh, style in (
        (found.true, {"color": DARK, "ls": ":", "lw": 2}),
        (found.other, {"color": _PURPLE, "ls": "--", "lw": 2}),
        (found.shown, {"color": BLUE, "lw": 2.4}),
    ):
        line(ax, *dvh.curve(161), **style)
    for percent, marker, above in ((70, "o", True), (95, "s", False)):
        at = float(found.shown.dose_at_volume(percent))
        line(ax, [at], [percent], color=BLUE, marker=marker, markersize=8, ls="none")
        line(ax, [0, at], [percent] * 2, color=BLUE, lw=0.8, ls=":")
        side = {"va": "bottom"} if above else {"va": "top"}
        ax.text(0.01 * end, percent + (1 if above else -1), f"D{percent} {gy(at)}", color=BLUE, **side)
    part = found.shown.volume_at_dose(found.level_gy)
    line(ax, [found.level_gy] * 2, [0, part], color=RED, lw=1.6)
    line(ax, [found.level_gy], [part], color=RED, marker="D", markersize=8, ls="none")
    other = next(text for key, text in METHODS.items() if key != found.method)
    legend = (
        (f"solid: {METHODS[found.method]}, PET {found.counts}", BLUE),
        (f"dashed: {other}, the same PET", _PURPLE_TEXT),
        ("dotted: as it is (virtual patient)", DARK),
        (f"V{found.level_gy:g}: {part:.0f} % of the volume", RED_TEXT),
    )
    for place, (text, colour) in enumerate(legend):
        ax.text(0.985, 0.97 - 0.07 * place, text, transform=ax.transAxes, color=colour, ha="right", va="top")


def alt(found: Histogram) -> str:
    """Text alternative."""
    return (
        f"Cumulative dose-volume histogram of {REGIONS[found.region]}, by {METHODS[found.method]} from the PET "
        f"{found.counts}: all of it at 0 Gy, D95 {_gy(found.shown, 95)}, D70 {_gy(found.shown, 70)}, falling to the "
        f"highest dose of {gy(float(found.shown.dose_gy[-1]))}; {found.shown.volume_at_dose(found.level_gy):.0f} % at "
        f"{found.level_gy:g} Gy. A dashed curve by the other method has D70 {_gy(found.other, 70)}; a dotted one, the "
        f"dose as it is, D95 {_gy(found.true, 95)} and D70 {_gy(found.true, 70)}."
    )


def _gy(dvh, percent) -> str:
    return gy(float(dvh.dose_at_volume(percent)))


def numbers(found: Histogram):
    """Table: every PET by both methods, and the truth."""
    made = [(f"PET {counts}, {METHODS[method]}", dvh) for (counts, method), dvh in found.every.items()]
    rows = [
        (
            label,
            f"{dvh.mean_gy:.1f}",
            *(f"{float(dvh.dose_at_volume(percent)):.1f}" for percent in (95, 70, 5)),
            f"{dvh.volume_at_dose(100):.1f}",
            f"{dvh.volume_at_dose(found.level_gy):.1f}",
        )
        for label, dvh in [*made, ("As it is", found.true)]
    ]
    return ("Image and method", "Mean, Gy", "D95, Gy", "D70, Gy", "D5, Gy", "V100, %", f"V{found.level_gy:g}, %"), rows


def result(found: Histogram):
    """Lead, value, rest."""
    return (
        f"{REGIONS[found.region].capitalize()}, {METHODS[found.method]}, PET {found.counts}:",
        f"mean {gy(found.mean_gy)}, D70 {_gy(found.shown, 70)}",
        f"D95 {_gy(found.shown, 95)} · V{found.level_gy:g} {found.shown.volume_at_dose(found.level_gy):.0f} % · as it "
        f"is: mean {gy(found.true.mean_gy)}, D95 {_gy(found.true, 95)}",
    )


def said(found: Histogram) -> str:
    """What moves, and what does not."""
    means = [found.every[counts, "local"].mean_gy for counts in ("20 min", "4 min")]
    edges = [float(found.every[counts, "local"].dose_at_volume(95)) for counts in ("20 min", "4 min")]
    local, kernel = (found.every["without noise", method] for method in METHODS)
    negative = f" {100 * found.negative:.1f} % of the voxels are below 0 and stand at 0 here." if found.negative else ""
    return (
        f"With 4 min in place of 20 the mean by local deposition goes from {gy(means[0])} to {gy(means[1])}, and D95 "
        f"from {gy(edges[0])} to {gy(edges[1])}: the mean is an answer, the ends of the curve are noise. Without "
        f"noise, the kernel takes the mean from {gy(local.mean_gy)} to {gy(kernel.mean_gy)}. It spreads the energy "
        "as electrons do, over an image that the scanner has spread already: it blurs twice. It smooths noise as "
        f"well, which looks like an improvement and is no information.{negative}"
    )
