"""What the section on Ac-225 says and draws."""

from __future__ import annotations

from mrtlab.apps.psma_cycles.found import Alpha
from mrtlab.apps.psma_cycles.look import digits, n
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED, RED_TEXT, bar, line, top_of

_ROWS = ("alpha particles", "electrons")


def axes(figure):
    """Absorbed doses, and the weighted one apart, for its unit is another."""
    left, right = figure.add_axes((0.165, 0.17, 0.44, 0.72)), figure.add_axes((0.7, 0.17, 0.28, 0.72))
    left.set(ylim=(1.6, -0.6), xlabel="Absorbed dose (Gy)", title="Absorbed")
    left.set_yticks([0, 1], _ROWS)
    right.set(ylim=(1.6, -0.6), title="Weighted")
    right.set_yticks([])
    for ax in (left, right):
        ax.tick_params(axis="y", length=0)
    return left, right


def draw(both, found: Alpha) -> None:
    """Bars as chosen, marks with all daughters at the site."""
    left, right = both
    dose, whole = found.dose, found.whole
    _scale(left, 1.3 * n(whole.alpha_gy))
    _scale(right, 1.3 * n(whole.weighted_gy))
    right.set(xlabel=dose.weighted_unit)
    for place, (one, other, color) in enumerate(
        ((dose.alpha_gy, whole.alpha_gy, BLUE), (dose.electron_gy, whole.electron_gy, GREEN))
    ):
        bar(left, place - 0.25, n(one), 0.5, facecolor=color)
        line(left, [n(other)] * 2, [place - 0.36, place + 0.36], color=RED, lw=2, ls="--")
        left.text(max(n(one), n(other)) * 1.02 + 0.01 * n(whole.alpha_gy), place, three(one), va="center", color=DARK)
    bar(right, 0.25, n(dose.weighted_gy), 0.5, facecolor="white", edgecolor=DARK, hatch="..").set_linewidth(1.2)
    line(right, [n(whole.weighted_gy)] * 2, [0.14, 0.86], color=RED, lw=2, ls="--")
    right.text(0.02, 0.9, f"{three(dose.weighted_gy)} {dose.weighted_unit}", color=DARK, va="top",
               transform=right.transAxes)  # fmt: skip
    right.text(0.02, 0.03, "dashed: all stay", color=RED_TEXT, transform=right.transAxes)


def _scale(ax, value: float) -> None:
    power = 1.0
    while value < 0.4:
        value, power = 10 * value, power / 10
    end, step = (power * one for one in top_of(value))
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])


def three(dose) -> str:
    """Three digits."""
    return f"{n(dose):.3g}"


def alt(found: Alpha) -> str:
    """Text alternative."""
    dose, whole = found.dose, found.whole
    return (
        f"Left: absorbed dose of alpha particles {three(dose.alpha_gy)} Gy and of electrons {three(dose.electron_gy)} "
        f"Gy; marks with all daughters at the site at {three(whole.alpha_gy)} and {three(whole.electron_gy)} Gy. "
        f"Right, on a scale of its own: weighted {three(dose.weighted_gy)} {dose.weighted_unit}, mark at "
        f"{three(whole.weighted_gy)}."
    )


def numbers(found: Alpha):
    """Table of decays."""
    rows = [
        (
            name,
            f"{n(tia):.4g}",
            f"{n(found.dose.leaving_mbq_h.get(name, 0.0)):.4g}",
            f"{n(found.whole.tia_mbq_h[name]):.4g}",
        )
        for name, tia in found.dose.tia_mbq_h.items()
    ]
    return ("Nuclide", "Decays at the site, MBq·h", "Leaves before it decays, MBq·h", "If all stayed, MBq·h"), rows


def result(found: Alpha):
    """Lead, value, rest."""
    dose = found.dose
    return (
        "At the site:",
        f"alpha particles {three(dose.alpha_gy)} Gy, electrons {three(dose.electron_gy)} Gy",
        f"weighted {three(dose.weighted_gy)} {dose.weighted_unit} · {found.choice}",
    )


def said(found: Alpha) -> str:
    """What the weight is and where the rest goes."""
    dose, whole = found.dose, found.whole
    lost = 100 * (1 - n(dose.alpha_gy) / n(whole.alpha_gy))
    words = (
        f"**Written down with the dose: {found.choice}.** The two doses stay apart; the weighted one is "
        f"{dose.rbe:g} times the first plus the second. The factor is a choice by which doses are compared, and its "
        "unit is never the sievert, which is for stochastic effects."
    )
    if lost < 0.05:
        return f"{words} Nothing is lost here, which no measurement has shown: it is the most that the site can get."
    away = n(dose.leaving_mbq_h["Bi-213"])
    words += f" The site gets {lost:.0f} % less of the alpha dose than if all had stayed."
    if away and found.kidney_share:
        kidneys = found.kidneys
        words += (
            f" {digits(away)} MBq·h of Bi-213 leave it; if {100 * found.kidney_share:.0f} % of them decay in the "
            f"kidneys (310 g), those get {three(1000 * kidneys.alpha_gy)} mGy from alpha particles and "
            f"{three(1000 * kidneys.electron_gy)} mGy from electrons, for each such site. An image of the kidneys at "
            "440 keV then shows Bi-213 and not Ac-225."
        )
    return words


PRINTED_NOTE = (
    "Published for Ac-225-PSMA-617, as printed and recalled: salivary glands 2.3, kidneys 0.7, marrow 0.05 "
    "Sv(RBE 5)/MBq. The sievert is what is printed; here it would read Gy (RBE 5)."
)
