"""What the section on the marrow says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.prrt_cycles.effect import Marrow
from mrtlab.apps.prrt_cycles.look import n
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, bar, line, top_of

_ROWS = ("From blood", "From vertebrae", "All energy left\nwhere it was released")


def axes(figure):
    """A row for each method."""
    ax = figure.add_axes((0.22, 0.17, 0.74, 0.79))
    ax.set(xlabel="Dose to the red marrow, this cycle (Gy)", ylim=(2.6, -0.6))
    ax.yaxis.set_major_locator(FixedLocator(range(3)))
    ax.yaxis.set_major_formatter(FixedFormatter(_ROWS))
    ax.tick_params(axis="y", length=0)
    return ax


def _values(found: Marrow):
    return (
        (n(found.by_blood.self_gy), n(found.by_blood.total_gy)),
        (n(found.by_image.self_gy), n(found.by_image.total_gy)),
        (found.local_gy, found.local_gy),
    )


def draw(ax, found: Marrow) -> None:
    """Bars; the wrong one in another colour and said so."""
    values = _values(found)
    end, step = top_of(1.25 * max(total for _, total in values))
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    for place, (own, total) in enumerate(values):
        wrong = place == 2
        bar(ax, place - 0.3, own, 0.6, color=RED if wrong else BLUE)
        if total > own:
            line(ax, [own, total], [place, place], color=DARK, lw=3)
            line(ax, [total], [place], color=DARK, marker="D", markersize=7, ls="none")
        text = f"{own:.3f}" + (f", with the rest {total:.3f}" if total > own else "") + (" (too high)" if wrong else "")
        ax.text(total + 0.015 * end, place, text, color=RED_TEXT if wrong else DARK, va="center")


def alt(found: Marrow) -> str:
    """Text alternative."""
    (blood, all_blood), (image, all_image), (local, _) = _values(found)
    return (
        f"Three bars of the dose to the marrow: from blood {blood:.3f} Gy alone, {all_blood:.3f} Gy with what is given "
        f"for the rest of the body; from vertebrae {image:.3f} and {all_image:.3f} Gy; and, in another colour, "
        f"{local:.3f} Gy if all energy stayed where it is released, which is too high."
    )


def numbers(found: Marrow):
    """Table."""
    names = ("From blood", "From vertebrae", "All energy left where it was released")
    return ("Method", "From the marrow itself, Gy", "With the rest, Gy"), [
        (name, f"{own:.4f}", f"{total:.4f}") for name, (own, total) in zip(names, _values(found), strict=True)
    ]


def result(found: Marrow):
    """Lead, value, rest."""
    return (
        "Marrow, this cycle, from blood:",
        f"{n(found.by_blood.total_gy):.3f} Gy",
        f"from vertebrae {n(found.by_image.total_gy):.3f} Gy · {found.blood_mbq_h_per_g:.3f} MBq·h per g of blood, "
        f"marrow to blood {found.ratio:.2g}",
    )


def said(found: Marrow) -> str:
    """What each method misses."""
    times = found.local_gy / n(found.by_blood.self_gy)
    return (
        "Blood says nothing of activity that the marrow, or metastases in it, hold on to; an image of vertebrae counts "
        f"both as the marrow’s. Leaving all energy in place claims {times:.2f} times the dose of the same blood, as "
        "many electrons leave the small cavities. The rest of the body and the tumours add photons: type what you have "
        "computed, or read the dose as a lower bound."
    )
