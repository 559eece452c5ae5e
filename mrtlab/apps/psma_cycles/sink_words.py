"""What the section on the tumour sink says and draws."""

from __future__ import annotations

from mrtlab.apps.psma_cycles.found import Sink
from mrtlab.apps.psma_cycles.look import TISSUES, gy, small
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line, top_of

_STYLES = {"kidney": (BLUE, "o", BLUE), "parotid": (RED, "s", RED_TEXT)}


def axes(figure):
    """Dose of every cycle, and the tumour."""
    left, right = figure.add_axes((0.085, 0.14, 0.55, 0.76)), figure.add_axes((0.74, 0.14, 0.245, 0.76))
    left.set(xlim=(0.6, 6.4), xlabel="Cycle", ylabel="Dose of one cycle (Gy)", title="Organs")
    right.set(xlim=(0.6, 6.4), xlabel="Cycle", ylabel="Volume (mL)", title="Tumour")
    for ax in (left, right):
        ax.set_xticks(range(1, 7))
    return left, right


def draw(both, found: Sink) -> None:
    """Doses with the level that cycle 1 promises; the volume."""
    left, right = both
    cycles = range(1, len(found.volumes_ml) + 1)
    left.set(ylim=(0, _end(1.3 * max(float(doses.max()) for doses in found.doses_gy.values()))))
    for tissue, doses in found.doses_gy.items():
        color, marker, _ = _STYLES[tissue]
        line(left, cycles, doses, color=color, marker=marker, markersize=8, lw=2)
        line(left, [1, 6], [doses[0]] * 2, color=color, lw=1.3, ls="--")
    line(right, cycles, found.volumes_ml, color=DARK, marker="^", markersize=8, lw=1.6)
    right.set(ylim=(0, _end(1.1 * max(float(found.volumes_ml.max()), 90.0))))
    for place, (text, color) in enumerate(
        (
            ("squares: parotid gland", RED_TEXT),
            ("circles: kidneys", BLUE),
            ("dashed: every cycle like the first", DARK),
        )
    ):
        left.text(0.02, 0.97 - 0.075 * place, text, color=color, va="top", transform=left.transAxes)


def _end(value: float) -> float:
    """A round end of an axis, in steps."""
    return 5000.0 if value > 4000 else float(top_of(value)[0])


def alt(found: Sink) -> str:
    """Text alternative."""
    each = "; ".join(
        f"{small(tissue)} from {gy(doses[0])} in the first to {gy(doses[-1])} in the sixth"
        for tissue, doses in found.doses_gy.items()
    )
    return (
        f"Left: dose of each of six cycles, {each}; dashed level lines at the doses of the first. Right: tumour volume "
        f"from {found.volumes_ml[0]:.0f} to {found.volumes_ml[-1]:.0f} mL."
    )


def numbers(found: Sink):
    """Table."""
    rows = [
        (
            str(place + 1),
            f"{found.volumes_ml[place]:.0f}",
            *(f"{doses[place]:.2f}" for doses in found.doses_gy.values()),
        )
        for place in range(len(found.volumes_ml))
    ]
    rows.append(("All", "–", *(f"{found.total(tissue):.1f}" for tissue in found.doses_gy)))
    rows.append(("Like the first", "–", *(f"{found.naive(tissue):.1f}" for tissue in found.doses_gy)))
    return ("Cycle", "Tumour, mL", *(f"{TISSUES[tissue]}, Gy" for tissue in found.doses_gy)), rows


def result(found: Sink):
    """Lead, value, rest."""
    return (
        "Kidneys over six cycles:",
        gy(found.total("kidney")),
        f"planned from cycle 1 alone {gy(found.naive('kidney'))} · parotid gland {gy(found.total('parotid'))}, planned "
        f"{gy(found.naive('parotid'))}",
    )


def said(found: Sink) -> str:
    """Whether a plan from the first cycle is safe."""
    off = 100 * (found.total("kidney") / found.naive("kidney") - 1)
    if off > 0.5:
        words = (
            f"The plan from cycle 1 is **not safe**: the organs get {off:.0f} % more than it says, for the sink "
            "shrinks. Dosimetry in later cycles would show it."
        )
    elif off < -0.5:
        words = (
            f"The tumour grows, and the organs get {-off:.0f} % less than the plan from cycle 1 says. That is no good "
            "news: the tumour does not answer."
        )
    else:
        words = "The sink stays as it is, and the first cycle speaks for all six."
    return (
        f"{words} That organs take up less beside more tumour is published. How strongly (s = {found.strength:g} at "
        f"{found.half_volume_ml:g} mL) and the formula are illustrative, and no patient shrinks by a constant factor: "
        "read the direction, not the digits."
    )
