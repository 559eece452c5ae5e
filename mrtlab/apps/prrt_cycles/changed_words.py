"""What the section on amino acids, Y-90 and the rest says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.prrt_cycles.effect import Changed
from mrtlab.apps.prrt_cycles.look import gbq, gy
from mrtlab.apps.sections.look import BLUE, DARK, SOFT, bar, top_of

_NAMES = {"kidneys": "Kidneys", "bed": "Kidneys, BED", "liver": "Liver", "spleen": "Spleen", "tumour": "Tumour"}


def axes(figure):
    """A row for each tissue."""
    ax = figure.add_axes((0.16, 0.15, 0.8, 0.81))
    ax.set(xlabel="One cycle (Gy). Thin, grey: 7.4 GBq Lu-177, amino acids, GFR 80; blue: as set", ylim=(4.6, -0.6))
    ax.yaxis.set_major_locator(FixedLocator(range(5)))
    ax.yaxis.set_major_formatter(FixedFormatter(list(_NAMES.values())))
    ax.tick_params(axis="y", length=0)
    return ax


def _values(rows):
    return {name: rows["kidneys"].bed_gy if name == "bed" else rows[name].dose_gy for name in _NAMES}


def draw(ax, found: Changed) -> None:
    """Two bars per tissue."""
    now, usual = _values(found.rows), _values(found.usual)
    end, step = top_of(1.2 * max(*now.values(), *usual.values()))
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    for place, name in enumerate(_NAMES):
        bar(ax, place - 0.34, usual[name], 0.24, color=SOFT)
        bar(ax, place - 0.06, now[name], 0.38, color=BLUE)
        ax.text(now[name] + 0.01 * end, place + 0.13, f"{now[name]:.1f}", color=DARK, va="center")


def alt(found: Changed) -> str:
    """Text alternative."""
    now, usual = _values(found.rows), _values(found.usual)
    told = "; ".join(f"{_NAMES[name].lower()} {now[name]:.1f} Gy in place of {usual[name]:.1f}" for name in _NAMES)
    return f"Pairs of bars for one cycle, as set and as usual: {told}."


def numbers(found: Changed):
    """Table."""
    now, usual = _values(found.rows), _values(found.usual)
    return ("Tissue", "As set, Gy", "Usual, Gy", "As set, Gy/GBq"), [
        (_NAMES[name], f"{now[name]:.2f}", f"{usual[name]:.2f}", f"{1000 * now[name] / found.activity_mbq:.3f}")
        for name in _NAMES
    ]


def result(found: Changed):
    """Lead, value, rest."""
    row = found.rows["kidneys"]
    return (
        f"{gbq(found.activity_mbq)} of {found.nuclide}, {'with' if found.protected else 'without'} amino acids:",
        f"kidneys {gy(row.dose_gy)}, BED {gy(row.bed_gy)}",
        f"{1000 * row.gy_per_mbq:.2f} Gy/GBq, usual {1000 * found.usual['kidneys'].gy_per_mbq:.2f} · tumour "
        f"{gy(found.rows['tumour'].dose_gy)} · half-life in the kidneys {row.effective_half_life_h:.0f} h, "
        f"G {row.g:.3f}",
    )


def said(found: Changed) -> str:
    """What moves, and why."""
    return (
        "Without amino acids the kidneys take up more, by the inverse of 0.55 (recalled: 40 to 50 % less with them); "
        "the tumour is not changed by that. Y-90 gives several times the energy per decay and is gone sooner: more "
        "dose per activity in less time, so less of it is repaired, and the same dose counts for more. A reference "
        "mass in place of the patient’s own was the error of early Y-90 dosimetry: move the mass and see how much. "
        "Uptakes, masses and the share of the clearance that follows the filtration are illustrative."
    )
