"""What the section on the cycles so far says and draws."""

from __future__ import annotations

from mrtlab import prrt
from mrtlab.apps.prrt_cycles.compute import Cycles
from mrtlab.apps.prrt_cycles.look import gbq, gy, limit_name, n, u
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, SOFT, line, top_of
from mrtlab.apps.sections.words import chance

NEXT = ("Limit", "Left", "Would use it up", "Rounded down, within bounds", "Then in all", "Chance to exceed")
_NAMES = {
    "posterior": "population and cycles",
    "mean": "mean of the cycles",
    "last": "last cycle repeats",
    "step": "last change repeats",
    "line": "line through all",
}
_MARKS = {"posterior": "o", "mean": "s", "last": "^", "step": "D", "line": "v"}


def axes(figure):
    """Dose per activity over the cycle."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.82))
    ax.set(xlabel="Cycle", ylabel="Kidneys (Gy per GBq)")
    return ax


def _per_gbq(found: Cycles):
    return [1000 * one / mbq for one, mbq in zip(found.doses_gy, found.given_mbq, strict=True)]


def draw(ax, found: Cycles) -> None:
    """Measured points, and what each rule expects of the next cycle."""
    per, following = _per_gbq(found), len(found.doses_gy) + 1
    values = [n(one) + 1.96 * u(one) for one in per] + [
        1000 * (n(one) + 1.96 * u(one)) for one in found.predicted.values()
    ]
    ax.set(xlim=(0.4, 6.4), ylim=(0, top_of(1.05 * max(values))[0]), xticks=range(1, 6))
    high = ax.get_ylim()[1]
    for place, one in enumerate(per, 1):
        line(ax, [place, place], [n(one) - 1.96 * u(one), n(one) + 1.96 * u(one)], color=DARK, lw=2)
        line(ax, [place], [n(one)], color=DARK, marker="o", markersize=8, ls="none")
    for place, (rule, one) in enumerate(found.predicted.items()):
        x, value, spread = following - 0.24 + 0.12 * place, 1000 * n(one), 1960 * u(one)
        mine = rule == found.rule
        colour = RED if mine else SOFT
        line(ax, [x, x], [value - spread, value + spread], color=colour, lw=2.4 if mine else 1)
        line(ax, [x], [value], color=colour, marker=_MARKS[rule], markersize=8 if mine else 5, ls="none")
    mine = found.predicted[found.rule]
    ax.text(
        following + 0.42,
        1000 * n(mine),
        f"{_NAMES[found.rule]}:\n{1000 * n(mine):.2f} Gy/GBq",
        color=RED_TEXT,
        va="center",
    )
    ax.text(0.02, 0.03, "black: measured; right: expected; bars 95 %", color=BLUE, transform=ax.transAxes)
    if following > 1:
        line(ax, [following - 0.5] * 2, [0, high], color=SOFT, lw=0.8, ls=":")


def alt(found: Cycles) -> str:
    """Text alternative."""
    seen = "; ".join(f"cycle {k} {n(one):.2f}" for k, one in enumerate(_per_gbq(found), 1))
    told = "; ".join(f"{_NAMES[rule]} {1000 * n(one):.2f}" for rule, one in found.predicted.items())
    return (
        f"Kidney dose per activity by cycle, Gy/GBq with 95 % bars, as filled points: {seen}. Beside them, for the "
        f"next cycle, a marker for every rule: {told}."
    )


def numbers(found: Cycles):
    """Table."""
    rows = [
        (f"cycle {k}", gbq(mbq), f"{n(dose):.2f} ± {u(dose):.2f}", f"{1000 * n(dose) / mbq:.3f}")
        for k, (mbq, dose) in enumerate(zip(found.given_mbq, found.doses_gy, strict=True), 1)
    ]
    rows += [
        (f"next: {_NAMES[rule]}", "", "", f"{1000 * n(one):.3f} ± {1000 * u(one):.3f}")
        for rule, one in found.predicted.items()
    ]
    return ("What", "Activity", "Kidneys, Gy", "Gy/GBq"), rows


def result(found: Cycles):
    """Lead, value, rest."""
    total = found.total_gy
    return (
        f"After {len(found.doses_gy)} cycle{'s' * (len(found.doses_gy) > 1)}:",
        f"kidneys {n(total):.1f} ± {u(total):.1f} Gy",
        f"95 %: {n(total) - 1.96 * u(total):.1f} to {n(total) + 1.96 * u(total):.1f} Gy · taken as independent it "
        f"would claim ± {u(found.independent_gy):.1f} Gy",
    )


def said(found: Cycles) -> str:
    """What adds up, and what the rules say."""
    claims = (
        "With one cycle both ways of adding are the same. "
        if len(found.doses_gy) == 1
        else "What all cycles have in common, sensitivity, S value, recovery and mass, is wrong in the same direction "
        "every time: it adds up as it is, and more cycles do not average it out. "
    )
    values = [1000 * n(one) for one in found.predicted.values()]
    return (
        f"{claims}The next cycle is predicted by {prrt.RULES[found.rule]}. All rules together span {min(values):.2f} "
        f"to {max(values):.2f} Gy/GBq: that is how much the choice of rule matters. That a patient’s dose per activity "
        "stays constant is an assumption; compare with a trend before relying on it."
    )


def nexts(found: Cycles):
    """A row for every kidney limit chosen."""
    rows = []
    for limit, one in found.nexts:
        if isinstance(one, str):
            rows.append((limit_name(limit), "", "", one, "", ""))
            continue
        above = "cannot be told" if one.probability_above is None else chance(one.probability_above)
        rows.append(
            (
                limit_name(limit),
                gy(one.remaining_gy),
                gbq(one.allowed_mbq),
                gbq(one.activity_mbq) if one.activity_mbq else "none: do not treat, or discuss",
                f"{n(one.total_gy):.1f} ± {u(one.total_gy):.1f} Gy",
                above,
            )
        )
    return rows


def cannot(found: Cycles) -> str:
    """Where no limit is chosen."""
    return (
        ""
        if found.nexts
        else "No kidney limit is chosen above, so there is no next activity to compute: a limit is the physician’s."
    )
