"""What the section on the last cycle says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.prrt_cycles.check import Checked
from mrtlab.apps.prrt_cycles.look import gbq, n, signed, u
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line, top_of

ASKED = {
    "serial": "Serial scans, 4 to 168 h",
    "site": "Image of the injection site",
    "anterior": "Anterior view, early and late",
    "clock": "Check of the clocks",
}
COST = {
    "serial": "three more visits",
    "site": "ten minutes on the day of the infusion",
    "anterior": "twice ten minutes on the camera",
    "clock": "a phone call and a watch",
}
DECIDED = {
    "go on": "Go on with the dose as measured",
    "change": "Change it: put it right, and go on with that",
    "cannot": "The dose of this cycle cannot be determined",
}


def axes(figure):
    """A row for each region."""
    ax = figure.add_axes((0.15, 0.16, 0.81, 0.8))
    ax.set(xlabel="Over the median expected")
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Checked) -> None:
    """The expected range as a band, the measured dose as a point; both over the median."""
    names = list(found.rows)
    labels = [name.capitalize() for name in names]
    high = max(
        max(row.expected.interval95_gy[1], n(row.dose_gy) + 1.96 * u(row.dose_gy)) / row.expected.median_gy
        for row in found.rows.values()
    )
    ax.set(xlim=(0, top_of(1.1 * high)[0]), ylim=(len(names) - 0.4, -0.6))
    if getattr(ax.yaxis.get_major_formatter(), "seq", None) != labels:  # new labels cost a new background
        ax.yaxis.set_major_locator(FixedLocator(range(len(names))))
        ax.yaxis.set_major_formatter(FixedFormatter(labels))
    line(ax, [1, 1], [-0.6, len(names)], color=BLUE, lw=1, ls=":")
    for place, row in enumerate(found.rows.values()):
        middle, within = row.expected.median_gy, row.verdict.within
        low, top = (gy / middle for gy in row.expected.interval95_gy)
        line(ax, [low, top], [place, place], color=BLUE, lw=9, alpha=0.35, solid_capstyle="butt")
        dose, half = n(row.dose_gy) / middle, 1.96 * u(row.dose_gy) / middle
        colour, mark = (DARK, "o") if within else (RED, "D")
        line(ax, [dose - half, dose + half], [place + 0.14] * 2, color=colour, lw=1.6)
        line(ax, [dose], [place + 0.14], color=colour, marker=mark, markersize=8, ls="none")
        text = f"{n(row.dose_gy):.2f} Gy" + ("" if within else ", outside")
        ax.text(dose, place - 0.18, text, ha="center", va="bottom", color=DARK if within else RED_TEXT)


def alt(found: Checked) -> str:
    """Text alternative."""
    told = "; ".join(
        f"{name} {n(row.dose_gy):.2f} Gy, expected {row.expected.interval95_gy[0]:.1f} to "
        f"{row.expected.interval95_gy[1]:.1f} Gy, {'within' if row.verdict.within else 'outside'}"
        for name, row in found.rows.items()
    )
    return f"For each region a band of the range expected and a point with a bar for the dose measured: {told}."


def numbers(found: Checked):
    """Table."""
    rows = [
        (
            name.capitalize(),
            f"{n(row.dose_gy):.2f} ± {u(row.dose_gy):.2f}",
            f"{row.expected.median_gy:.2f}",
            " to ".join(f"{gy:.2f}" for gy in row.expected.interval95_gy),
            signed(row.verdict.z, 2),
            "within" if row.verdict.within else "outside",
        )
        for name, row in found.rows.items()
    ]
    return ("Region", "Measured, Gy", "Median expected, Gy", "95 % expected, Gy", "z", "Verdict"), rows


def result(found: Checked):
    """Lead, value, rest."""
    outside = found.outside
    return (
        f"Cycle {found.cycle}, {gbq(found.mbq)}:",
        f"outside its range: {', '.join(outside)}" if outside else "all within their ranges",
        f"kidneys {n(found.rows['kidneys'].dose_gy):.1f} ± {u(found.rows['kidneys'].dose_gy):.1f} Gy, z "
        f"{signed(found.rows['kidneys'].verdict.z)} · larger over smaller kidney {1 + n(found.pair.asymmetry):.2f}",
    )


def said(found: Checked) -> str:
    """What it rests on."""
    basis = "the population alone" if found.cycle == 1 else "the population and this patient’s earlier cycles"
    how = (
        "serial scans"
        if found.serial
        else "one scan at 72 h, with the half-life of cycle 1 taken over: a change of kinetics would not show"
    )
    without = (
        f" {found.without[0].capitalize()} has no range of its own before the second cycle; the record compares it "
        "with the number that is typed for tumours, so wide that nearly every dose lies in it."
        if found.without
        else ""
    )
    return (
        f"**Log of cycle {found.cycle}:** {found.note} The range rests on {basis}; the dose on {how}. What cycles have "
        f"in common is no reason to differ and is taken out of z.{without} Within the range is not proof of right: "
        "nothing here looks at the arm, the pelvis or the clocks unless you ask."
    )


_TRUTH = {
    "": "Nothing had gone wrong in this cycle.",
    "extravasation": "A part of the injection had gone beside the vein. It drained within a day, so organs and tumours "
    "had nearly all of it in the end, late; one scan at 72 h cannot know that, serial scans can. The arm had a dose of "
    "its own, which belongs into the record and has to be told to the physician.",
    "obstruction": "Urine was held in the left renal pelvis and lay inside the outline. Less activity next time would "
    "have answered an artefact; without the pelvis both kidneys agree.",
    "clock": "The clock of the workstation was a day ahead. Every dose of the cycle was too high by the same factor, "
    "and no scan could have shown it.",
}


def ended(found: Checked, what: str, fair: bool, asked: tuple[str, ...], true_gy: dict[str, float], part: float) -> str:
    """Once a decision was taken: what happened, whether the decision followed, what was true."""
    told = ", ".join(f"{name} {part * gy:.1f} Gy" for name, gy in true_gy.items())
    looked = "; ".join(ASKED[one].lower() for one in asked) or "nothing"
    verdict = (
        "Your decision follows from what you looked at."
        if fair
        else "Your decision does not follow from what you looked at: "
        + (
            "the dose was sound, and changing or giving it up was not called for."
            if not what
            else "what you had seen did not yet tell, so the dose could not be determined; or it did tell, and asked "
            "for something else."
        )
    )
    return (
        f"You decided: **{DECIDED[found.decided].lower()}**. You had asked for: {looked}. {verdict} {_TRUTH[what]} "
        f"True doses of this virtual patient: {told}."
    )
