"""What the section on the marrow says and draws."""

from __future__ import annotations

from mrtlab.apps.psma_cycles.found import Marrows
from mrtlab.apps.psma_cycles.look import gy, n
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, GREEN_TEXT, RED, RED_TEXT, bar, top_of

SITES = {
    "uninvolved": "far from metastases",
    "beside metastases": "beside a metastasis",
    "metastases": "in a metastasis",
}


def axes(figure):
    """Blood and image."""
    ax = figure.add_axes((0.2, 0.19, 0.77, 0.77))
    ax.set(ylim=(1.6, -0.6), xlabel="Dose of one cycle (Gy)")
    ax.set_yticks([0, 1], ["by the blood", "by the image"])
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Marrows) -> None:
    """Self-dose and cross-dose on one another; what is refused is hatched."""
    cross = n(sum(found.blood.cross_gy.values()))
    image = n(found.image.dose_gy) if found.image else found.region_gy
    end, step = top_of(1.4 * max(n(found.blood.dose_gy), image))
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    own = n(found.blood.self_gy)
    bar(ax, -0.25, own, 0.5, facecolor=BLUE)
    bar(ax, -0.25, cross, 0.5, facecolor=GREEN).set_x(own)
    ax.text(own + cross + 0.015 * end, 0, gy(found.blood.dose_gy), va="center", color=DARK)
    if found.image:
        seen = n(found.image.self_gy)
        bar(ax, 0.75, seen, 0.5, facecolor=BLUE)
        bar(ax, 0.75, cross, 0.5, facecolor=GREEN).set_x(seen)
        ax.text(image + 0.015 * end, 1, gy(image), va="center", color=DARK)
    else:
        patch = bar(ax, 0.75, image, 0.5, facecolor="white", edgecolor=RED, hatch="///")
        patch.set_linewidth(1.2)
        ax.text(image + 0.015 * end, 1, f"refused: {gy(image)}", va="center", color=RED_TEXT)
    ax.text(0.99, 0.13, "left part: activity in the marrow", color=BLUE, ha="right", transform=ax.transAxes)
    ax.text(0.99, 0.04, "right part: from bone metastases", color=GREEN_TEXT, ha="right", transform=ax.transAxes)


def alt(found: Marrows) -> str:
    """Text alternative."""
    cross = gy(sum(found.blood.cross_gy.values()))
    image = (
        f"by the image {gy(found.image.dose_gy)}, of it {gy(found.image.self_gy)} from the region itself"
        if found.image
        else f"by the image a hatched bar of {gy(found.region_gy)}, marked as refused"
    )
    return (
        f"Two bars for the dose of the red marrow: by the blood {gy(found.blood.dose_gy)}, of it "
        f"{gy(found.blood.self_gy)} from the marrow itself and {cross} from bone metastases; {image}."
    )


def numbers(found: Marrows):
    """Table."""
    cross = f"{n(sum(found.blood.cross_gy.values())):.3g}"
    image = (
        (f"{n(found.image.self_gy):.3g}", cross, f"{n(found.image.dose_gy):.3g}")
        if found.image
        else (f"{found.region_gy:.3g} (refused)", "–", "–")
    )
    rows = [
        ("Blood", f"{n(found.blood.self_gy):.3g}", cross, f"{n(found.blood.dose_gy):.3g}"),
        (f"Image, region {SITES[found.site]}", *image),
    ]
    return ("Method", "Marrow itself, Gy", "From metastases, Gy", "All, Gy"), rows


def result(found: Marrows):
    """Lead, value, rest."""
    image = (
        f"by the image {gy(found.image.dose_gy)}"
        if found.image
        else f"region {SITES[found.site]}: {gy(found.region_gy)}, refused"
    )
    return "Red marrow, one cycle, by the blood:", gy(found.blood.dose_gy), image


def said(found: Marrows) -> str:
    """What each method knows."""
    own = n(found.blood.self_gy)
    if found.refused:
        words = (
            f"A region {SITES[found.site]} makes {found.region_gy / own:.0f} times the dose that the blood gives the "
            "marrow itself. It is **refused**: what is counted there is the metastasis, whose activity spills into any "
            "region beside it. Put the region far from metastases, or use the blood with the dose from metastases."
        )
    else:
        words = "The region lies far from metastases, and its activity is that of the marrow."
    cross = n(sum(found.blood.cross_gy.values()))
    if cross:
        words += (
            f" Bone metastases add {gy(cross)} to the mean over all marrow; the marrow right beside one gets more, and "
            "neither method says how much."
        )
    return (
        f"{words} Marrow is taken to hold {found.ratio:.2f} times the concentration of the blood: which ratio holds "
        "for the drug is for the literature to say, not for this page. Activities and the S value from bone are "
        "illustrative."
    )
