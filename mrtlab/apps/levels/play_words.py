"""What the page says and draws of one patient treated cycle by cycle, and of the three endings."""

from __future__ import annotations

from mrtlab.apps.levels.compute import Ending, Played
from mrtlab.apps.levels.model import CYCLES, LEVELS, LevelsPage
from mrtlab.apps.levels.words import chance, gbq
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED, RED_TEXT, line

COURSE = ("Cycle", "Activity", "Kidneys", "Tumour")
NEXT = ("One more cycle of", "Kidneys would then have had", "Chance to pass the limit")
ENDINGS = ("Level", "Activities, GBq", "Kidneys, Gy", "Of the limit", "Tumour, Gy", "Ended")
_ENDED = {"above": "above the limit", "within": "between ¾ of the limit and the limit", "below": "below ¾ of the limit"}


def axes(figure):
    """Dose so far over the cycles."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.76))
    ax.set(xlim=(0.5, CYCLES + 0.7), xlabel="Cycle", ylabel="Kidney dose so far (Gy)")
    ax.set_xticks(range(1, CYCLES + 1))
    return ax


def draw(ax, found: Played) -> None:
    """What is known of the cycles given, what one more would do, and the limit."""
    highs = [high for _, _, high in found.so_far] + [one.interval95_gy[1] for one in found.options]
    top = 1.12 * max([*highs, found.limit_gy])
    ax.set(ylim=(0, float(f"{top:.2g}")))
    line(ax, [0, CYCLES + 1], [found.limit_gy] * 2, color=RED, lw=1.6, ls="--")
    ax.text(0.55, found.limit_gy + 0.012 * top, f"limit {found.limit_gy:.3g} Gy", color=RED_TEXT, va="bottom")
    known = {"color": BLUE, "ls": "-"} if found.measured else {"color": DARK, "ls": "-."}
    for place, (best, low, high) in enumerate(found.so_far, start=1):
        line(ax, [place, place], [low, high], lw=2, marker="_", markersize=10, **known)
        line(
            ax, [place], [best], color=known["color"], ls="none", markersize=8,
            marker="o" if found.measured else "s", mfc=known["color"] if found.measured else "white",
        )  # fmt: skip
    at = len(found.so_far) + 1
    for place, one in enumerate(found.options):
        x = at + 0.2 * (place - (len(found.options) - 1) / 2)
        line(ax, [x, x], one.interval95_gy, color=GREEN, lw=1.6, ls=":", marker="_", markersize=8)
        line(ax, [x], [one.median_gy], color=GREEN, ls="none", marker="D", mfc="white", markersize=7)
    said = "filled: measured, 95 %" if found.measured else "open squares: what a cohort would have, 95 %"
    more = "; diamonds: after one more cycle" if found.options else ""
    ax.set_title(f"{said}{more}" if found.so_far else more.removeprefix("; "), loc="left")


def _span(best, low, high) -> str:
    return f"{best:.1f} ({low:.1f} to {high:.1f}) Gy"


def alt(found: Played) -> str:
    """Text alternative."""
    kind = "as measured" if found.measured else "as a cohort would have it"
    so_far = (
        f"Dose to the kidneys summed up to cycle {len(found.so_far)}, {kind}: {_span(*found.so_far[-1])}. "
        if found.so_far
        else "No cycle has been given. "
    )
    options = "; ".join(
        f"with {gbq(one.activity_mbq)} {_span(one.median_gy, *one.interval95_gy)}" for one in found.options
    )
    more = f"After one more cycle: {options}. " if options else ""
    return f"{so_far}{more}Dashed line: limit of {found.limit_gy:.3g} Gy."


def numbers(found: Played):
    """Table of the figure."""
    rows = [
        (f"after cycle {place}", gbq(mbq), *(f"{one:.1f}" for one in sums))
        for place, (mbq, sums) in enumerate(zip(found.activities_mbq, found.so_far, strict=True), start=1)
    ]
    rows += [
        ("one more cycle", gbq(one.activity_mbq), *(f"{gy:.1f}" for gy in (one.median_gy, *one.interval95_gy)))
        for one in found.options
    ]
    return ("Kidneys", "Activity", "Best estimate, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def result(found: Played):
    """Lead, value, rest."""
    if not found.so_far:
        return ("Kidneys so far:", "nothing given yet", f"level {found.level}")
    best, low, high = found.so_far[-1]
    kind = "measured" if found.measured else "of a cohort with these activities, not of this patient"
    return (
        f"Kidneys after {_cycles(len(found.so_far))}:",
        f"{best:.1f} Gy",
        f"95 %: {low:.1f} to {high:.1f} Gy, {kind} · {sum(found.activities_mbq) / 1000:.1f} GBq in all",
    )


def _cycles(count: int) -> str:
    return "one cycle" if count == 1 else f"{count} cycles"


def said(found: Played) -> str:
    """What this level lets one say."""
    if found.ended:
        return (
            f"The course of **level {found.level}** is over after {_cycles(len(found.activities_mbq))}. What it "
            "truly gave stands in the next section once all three levels have ended."
        )
    if found.level == "1":
        return (
            "**Level 1.** You prescribe an activity. No image is taken after it, so however many cycles you give, the "
            "interval stays as wide as the cohort, and the tumour’s dose is not known at all."
        )
    if found.refused:
        return f"**Level {found.level}.** {found.refused[0].upper()}{found.refused[1:]}."
    if found.level == "2":
        more = (
            f" To use up the limit, one more cycle would need {gbq(_nominal(found.advice.allowed_mbq))} by the best "
            "estimate."
            if found.activities_mbq
            else ""
        )
        return (
            "**Level 2.** You prescribe an activity, and after each cycle her own doses are measured. You may go on, "
            f"adapt, or stop.{more}"
        )
    if found.offered_mbq == 0:
        return "**Level 3.** What the limit leaves is less than an activity worth giving: do not treat, or discuss it."
    basis = "the cohort, for nothing has been measured yet" if not found.activities_mbq else "cohort and measurements"
    return (
        f"**Level 3.** The limit is prescribed, and by {basis}, **{gbq(found.offered_mbq)}** follow for the next "
        "cycle: the rest of the limit over what is left of four cycles, at most 7.4 GBq, rounded down. After the "
        "fourth you may go on while the limit leaves something."
    )


def _nominal(number) -> float:
    return getattr(number, "nominal_value", number)


def course_rows(found: Played):
    """A row for each cycle with what is known of it."""
    if not found.measured:
        return [(f"{n}", gbq(mbq), "not measured", "not measured") for n, mbq in enumerate(found.activities_mbq, 1)]
    rows = zip(found.activities_mbq, found.kidney_gy, found.tumour_gy, strict=True)
    return [
        (f"{n}", gbq(mbq), f"{kidney.n:.1f} ± {kidney.s:.1f} Gy", f"{tumour.n:.1f} ± {tumour.s:.1f} Gy")
        for n, (mbq, kidney, tumour) in enumerate(rows, 1)
    ]


def next_rows(found: Played):
    """A row for each activity that could come next."""
    return [
        (gbq(one.activity_mbq), _span(one.median_gy, *one.interval95_gy), chance(one.probability_above))
        for one in found.options
    ]


# --- the three endings


def endings_axes(figure):
    """Kidneys on the left, tumour on the right."""
    left, right = figure.add_axes((0.08, 0.13, 0.42, 0.77)), figure.add_axes((0.57, 0.13, 0.42, 0.77))
    for ax, title in ((left, "Kidneys, true dose (Gy)"), (right, "Tumour, true dose (Gy)")):
        ax.set(xlim=(-0.6, 3.5))
        ax.set_title(title, loc="left")
        ax.set_xticks([1, 2, 3], [f"level {level}" for level in LEVELS])
    return left, right


def endings_draw(both, found: tuple[Ending, ...]) -> None:
    """One stem for each level in both panels."""
    limit = found[0].limit_gy
    tops = [1.25 * max([limit, *(one.kidney_gy for one in found)]), 1.25 * max([1, *(one.tumour_gy for one in found)])]
    for ax, top in zip(both, tops, strict=True):
        ax.set(ylim=(0, float(f"{top:.2g}")))
    left, right = both
    for level, dashes, name in ((limit, "--", f"limit {limit:.3g} Gy"), (0.75 * limit, ":", "¾ of it")):
        line(left, [-1, 4], [level] * 2, color=RED, lw=1.5, ls=dashes)
        left.text(-0.55, level + 0.01 * tops[0], name, color=RED_TEXT, va="bottom")
    for x, one in enumerate(found, start=1):
        for ax, gy, color, marker, top in (
            (left, one.kidney_gy, DARK, "o", tops[0]),
            (right, one.tumour_gy, BLUE, "s", tops[1]),
        ):
            line(ax, [x, x], [0, gy], color=color, lw=5, solid_capstyle="butt", alpha=0.45)
            line(ax, [x], [gy], color=color, marker=marker, markersize=10, ls="none")
            ax.text(
                x,
                gy + 0.03 * top,
                f"{gy:.1f}" if gy < 99.5 else f"{gy:.0f}",
                ha="center",
                va="bottom",
                fontsize=13,
                color=color,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},  # the line of the limit may lie there
            )


def endings_alt(found: tuple[Ending, ...]) -> str:
    """Text alternative."""
    each = "; ".join(
        f"level {one.level}: kidneys {one.kidney_gy:.1f} Gy, {_ENDED[one.verdict]}, tumour {one.tumour_gy:.0f} Gy"
        for one in found
    )
    return f"Two panels, three endings of the same patient. {each}. Limit to the kidneys {found[0].limit_gy:.3g} Gy."


def endings_numbers(found: tuple[Ending, ...]):
    """Table."""
    return ENDINGS, endings_rows(found)


def endings_rows(found: tuple[Ending, ...]):
    """A row for each level."""
    return [
        (
            one.level,
            " + ".join(f"{mbq / 1000:.3g}" for mbq in one.activities_mbq) or "none",
            f"{one.kidney_gy:.1f}",
            f"{100 * one.kidney_gy / one.limit_gy:.0f} %",
            f"{one.tumour_gy:.1f}",
            _ENDED[one.verdict],
        )
        for one in found
    ]


def endings_result(found: tuple[Ending, ...]):
    """Lead, value, rest."""
    return (
        "True dose to the kidneys on levels 1, 2, 3:",
        " · ".join(f"{one.kidney_gy:.1f}" for one in found) + " Gy",
        "tumour " + " · ".join(f"{one.tumour_gy:.0f}" for one in found) + " Gy",
    )


def endings_said(model: LevelsPage, found: tuple[Ending, ...]) -> str:
    """What the comparison says, and what it does not."""
    parts = []
    if all(one.activities_mbq == found[0].activities_mbq for one in found):
        parts.append(
            "The three courses are the same, and so are the doses. What differs is that on level 1 nobody knows them."
        )
    for one in found:
        mbq = sum(one.activities_mbq)
        if one.verdict == "above":
            parts.append(
                f"**Level {one.level}** passed the limit by {one.kidney_gy - one.limit_gy:.1f} Gy with {gbq(mbq)}"
                + (", and nothing on that level could tell." if one.level == "1" else
                   ": what was measured, or what the next cycle would do, was not exact.")
            )  # fmt: skip
        elif one.verdict == "below":
            parts.append(f"**Level {one.level}** left more than a quarter of the limit unused ({gbq(mbq)}).")
    parts.append(
        "This is one patient, and a low limit used up is no aim in itself: try number 1, 5, 8 and 15. A better level "
        "gives what was decided; whether the decision is good is for outcomes to say."
    )
    return " ".join(parts)
