"""What the section of the three prescriptions says and draws."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from mrtlab.apps.sections.look import BLUE, DARK, DOSE_ENDS, GREEN, GREEN_TEXT, PURPLE, RED, RED_TEXT, bar, line, top_of
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_planning.compute import COMPARTMENTS, METHODS, Methods
from mrtlab.apps.sirt_planning.look import TISSUES, clear_of, gbq, low

NAMES = {"bsa": "Body surface", "single": "Single compartment", "partition": "Partition"}
_STYLE = {"bsa": (PURPLE, "//"), "single": (BLUE, ""), "partition": ("#8c959f", "..")}
_HEIGHT = 0.2
_PLACE = dict(zip(METHODS, (0.05, 0.29, 0.53), strict=True))


def axes(figure):
    """Four groups of bars, the tumour on top."""
    ax = figure.add_axes((0.2, 0.1, 0.77, 0.87))
    ax.set(ylim=(4.05, -0.1), xlabel="Mean dose (Gy)")
    names = ("Tumour", "Perfused\nnormal liver", "Whole\nnormal liver", "Lungs")
    ax.set_yticks([place + 0.49 for place in range(4)], names)
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Methods) -> None:
    """A bar per tissue and prescription, limits and aim as lines."""
    most = max([one.doses_gy[name] for one in found.methods if not one.refused for name in COMPARTMENTS])
    end, _ = top_of(1.05 * max(most, *(one.dose_gy for one in found.levels)), DOSE_ENDS)
    ax.set(xlim=(0, end))
    for group, tissue in enumerate(COMPARTMENTS):
        levels = [one for one in found.levels if one.compartment == tissue]
        lines = [max(one.dose_gy - one.previous_gy, 0) for one in levels]
        for at, one in zip(lines, levels, strict=True):
            _level(ax, group, at, one, end, max(lines))
        for one in found.methods:
            if not one.refused:
                y, dose = group + 0.1 + _PLACE[one.name], one.doses_gy[tissue]
                colour, hatch = _STYLE[one.name]
                bar(ax, y, dose, _HEIGHT, facecolor=colour, hatch=hatch, edgecolor="white")
                text = clear_of(dose + 0.008 * end, 0.1 * end, lines, 0.01 * end)
                ax.text(text, y + _HEIGHT / 2, gy(dose), color=DARK, va="center")
    for place, one in enumerate(found.methods):
        _key(ax, 1.65 + 0.38 * place, one, found.device, end)


def _level(ax, group, at, one, end, last) -> None:
    aim, second = one.kind == "aim", one.previous_gy > 0
    line(ax, [at, at], [group + 0.02, group + 0.9], color=GREEN if aim else RED, lw=2, ls="--" if aim else "-")
    word = f"{one.kind} {one.dose_gy:g} Gy" + (f" in all, {at:g} Gy left" if second else "")
    # the second line of the lungs has its words below the bars
    y = group + (0.91 if second else 0.06)
    ax.text((last if second else at) + 0.008 * end, y, word, color=GREEN_TEXT if aim else RED_TEXT, va="center")


def _key(ax, y, one, device, end) -> None:
    colour, hatch = _STYLE[one.name]
    style = {"facecolor": colour, "hatch": hatch, "edgecolor": "white"}
    ax.add_artist(Rectangle((0.56 * end, y), 0.04 * end, _HEIGHT, lw=0, **style))
    what = f"refused for {device}" if one.refused else gbq(one.activity_mbq)
    if one.name == "bsa" and not one.refused:
        what += ",\nnot dosimetric"
    ax.text(0.615 * end, y + _HEIGHT / 2, f"{NAMES[one.name]}: {what}", color=DARK, va="center")


def alt(found: Methods) -> str:
    """Text alternative."""
    said = [_told(one, found.device) for one in found.methods]
    lines = [f"{one.kind} of {one.dose_gy:g} Gy for {low(one.compartment)}" for one in found.levels]
    return "Bars of mean dose, a group for each tissue. " + ". ".join(said) + ". Lines: " + ", ".join(lines) + "."


def _told(one, device) -> str:
    if one.refused:
        return f"{NAMES[one.name]}: refused for {device}"
    doses = ", ".join(f"{low(name)} {gy(one.doses_gy[name])}" for name in COMPARTMENTS)
    remark = " (not dosimetric)" if one.name == "bsa" else ""
    return f"{NAMES[one.name]}{remark}, {gbq(one.activity_mbq)}: {doses}"


def numbers(found: Methods):
    """Table."""
    tissues = ("tumour", "normal", "whole_normal", "perfused", "lung")
    rows = [
        (NAMES[one.name], "refused", *("–",) * len(tissues))
        if one.refused
        else (NAMES[one.name], f"{one.activity_mbq / 1000:.3f}", *(f"{one.doses_gy[name]:.1f}" for name in tissues))
        for one in found.methods
    ]
    return ("Prescription", "Activity, GBq", *(f"{TISSUES[name]}, Gy" for name in tissues)), rows


def factor(found: Methods) -> float:
    """Largest over smallest activity, body surface as for resin."""
    every = [*found.activities.values(), *([found.resin_mbq] if found.resin_mbq else [])]
    return max(every) / min(every)


def result(found: Methods):
    """Lead, value, rest."""
    told = " · ".join(f"{NAMES[name].lower()} {gbq(activity)}" for name, activity in found.activities.items())
    given = found.activities.values()
    return f"Largest over smallest activity, {found.device}:", f"{max(given) / min(given):.2f}", told


def said(found: Methods) -> str:
    """What the bars mean."""
    resin = (
        f"Body surface would ask for **{gbq(found.resin_mbq)}** of resin; with it, the largest activity is "
        f"**{factor(found):.1f}** times the smallest. Choose resin to see what that would give this patient. "
        if found.device == "glass" and found.resin_mbq
        else ""
    )
    limits = {one.compartment: one for one in found.levels if one.kind == "limit"}
    over = [
        f"{NAMES[one.name].lower()} ({TISSUES[name].lower()} {gy(one.doses_gy[name])})"
        for one in found.methods
        for name, limit in limits.items()
        if not one.refused and one.doses_gy[name] + limit.previous_gy > limit.dose_gy
    ]
    above = f"Above a limit: **{', '.join(over)}**. " if over else "None of them exceeds a limit drawn here. "
    recalled = (
        ""
        if found.device == "glass"
        else "Of body surface, scaling to the lobe and table by lung shunt are recalled; 1 g is taken as 1 mL. "
    )
    return (
        f"{resin}{above}{recalled}Published for the tumour with {found.device}: {found.published}; the aim drawn is "
        "the physician’s. All doses are those of the partition model: a prescription that does not ask for a dose "
        "gives one all the same."
    )


def refusal(found: Methods) -> str:
    """The library's refusal of body surface."""
    words = next((one.refused for one in found.methods if one.refused), "")
    return f"Body surface, as the library answers: “{words}”." if words else ""
