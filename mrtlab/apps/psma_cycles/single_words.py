"""What the section on one image says and draws, for the physician and for the physicist."""

from __future__ import annotations

from mrtlab.apps.psma_cycles import case
from mrtlab.apps.psma_cycles.look import TISSUES, gy, n, small, span, u, with_u
from mrtlab.apps.psma_cycles.model import PsmaPage
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED, RED_TEXT, line, top_of
from mrtlab.errors import Flag
from mrtlab.psma import SingleImage


def axes(figure):
    """Expected and measured."""
    ax = figure.add_axes((0.16, 0.2, 0.81, 0.76))
    ax.set(ylim=(1.7, -0.6), xlabel="Dose of this cycle (Gy)")
    ax.set_yticks([0, 1], ["expected", "one image"])
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: SingleImage) -> None:
    """The range as a bar, the dose with its interval."""
    low, high = found.expected.interval95_gy
    first, last = found.interval95_gy
    end, step = top_of(1.15 * max(high, last))
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    line(ax, [low, high], [0, 0], color=GREEN, lw=9, alpha=0.35, solid_capstyle="butt")
    line(ax, [low, high], [0, 0], color=GREEN, lw=1.5, marker="|", markersize=16)
    line(ax, [found.expected.median_gy], [0], color=GREEN, marker="D", markersize=8)
    color = BLUE if found.verdict.within else RED
    line(ax, [first, last], [1, 1], color=color, lw=2.5, marker="|", markersize=12)
    line(ax, [n(found.dose_gy)], [1], color=color, marker="o" if found.verdict.within else "X", markersize=10)
    ax.text(0.99, 0.04, f"{gy(found.dose_gy)}, 95 % {span(found.interval95_gy)}", ha="right", transform=ax.transAxes,
            color=BLUE if found.verdict.within else RED_TEXT)  # fmt: skip
    ax.text(0.99, 0.95, f"{gy(found.expected.median_gy)}, 95 % {span((low, high))}", ha="right", va="top", color=DARK,
            transform=ax.transAxes)  # fmt: skip


def alt(found: SingleImage) -> str:
    """Text alternative."""
    return (
        f"The range to expect as a bar from {span(found.expected.interval95_gy)} about "
        f"{gy(found.expected.median_gy)}; under it the dose of the {small(found.tissue)} by one image, "
        f"{gy(found.dose_gy)}, with its interval from {span(found.interval95_gy)}, "
        f"{'inside' if found.verdict.within else 'outside'} the range."
    )


def numbers(found: SingleImage):
    """Table."""
    return ("What", "Value"), [
        ("Dose, Gy", f"{n(found.dose_gy):.4g} ± {u(found.dose_gy):.2g}"),
        ("95 %, Gy", "{:.4g} to {:.4g}".format(*found.interval95_gy)),
        ("Expected, Gy", f"{found.expected.median_gy:.4g}, factor {found.expected.gsd:g} (one standard deviation)"),
        ("Expected 95 %, Gy", "{:.4g} to {:.4g}".format(*found.expected.interval95_gy)),
        ("z", f"{found.verdict.z:.2f}".replace("-", "−")),
        ("Verdict", "within" if found.verdict.within else "outside: serial imaging"),
        ("Statement", found.statement or "none needed"),
    ]


def result(found: SingleImage):
    """Lead, value, rest."""
    return (
        f"{TISSUES[found.tissue]}, by one image:",
        gy(found.dose_gy),
        f"95 % {span(found.interval95_gy)} · expected {span(found.expected.interval95_gy)} · "
        + ("within" if found.verdict.within else "outside"),
    )


def statement(found: SingleImage) -> str:
    """What must go with the number."""
    if not found.statement:
        return ""
    return (
        f"{TISSUES[found.tissue]}: {found.statement}. The sentence goes into report and record with the number; with "
        "it, even a dose inside its range is no proof. Serial imaging is the answer if the dose matters."
    )


def said(found: SingleImage, model: PsmaPage) -> str:
    """Verdict, for whom it is shown."""
    verdict = "within" if found.verdict.within else "outside"
    low, high = found.expected.interval95_gy
    unsure = found.verdict.within and not low <= n(found.dose_gy) <= high
    where = "outside" if unsure else verdict
    if model.audience == "physician":
        words = (
            f"The {small(found.tissue)} received about **{gy(found.dose_gy)}** in this cycle, with 95 % certainty "
            f"{span(found.interval95_gy)}. That is **{where} the range** of earlier patients. "
        )
        if unsure:
            return words + (
                "But the dose is so uncertain that it **cannot be told apart** from what the range allows: an earlier "
                "image, or more of them, would tell."
            )
        words += (
            "Within does not mean correct, and it is no limit either: whether to go on is yours to decide."
            if found.verdict.within
            else "Before anything is concluded, more images of this patient are needed: it may be the patient, the "
            "outline, or the calibration."
        )
        return words
    return (
        f"z = {found.verdict.z:.2f}, {verdict} (|z| ≤ 1.96). Dose {with_u(found.dose_gy)}, electrons absorbed "
        f"locally; the half-life of a population, {model.half_life_h:g} h (factor {model.half_life_gsd:g}), decides "
        f"all that one image does not show. Recovery {model.recovery_one:g}."
    ).replace("z = -", "z = −")


def truth(model: PsmaPage) -> str:
    """As the virtual patient is, for the cycle chosen."""
    row = case.patient().of(model.region)[int(model.cycle) - 1]
    return (
        f"As it is (only a virtual patient tells): {small(model.region)} {gy(row.dose_gy)} in cycle {model.cycle:g}, "
        f"from {row.activity_mbq / 1000:g} GBq."
    )


def parts(found: SingleImage, model: PsmaPage):
    """Rows for the physicist: what the dose is made of."""
    return [
        ("Activity seen", f"{model.activity_mbq:.4g} MBq ± {model.activity_u:g} %", "image, calibration included"),
        ("Recovery", f"{model.recovery_one:g}", "illustrative, of one camera"),
        ("Mass", f"{model.mass_g:g} g", "outline on CT, or recalled"),
        (
            "Effective half-life",
            f"{model.half_life_h:g} h, factor {model.half_life_gsd:g}",
            "a population, remembered with low confidence (illustrative)",
        ),
        ("Range to expect", span(found.expected.interval95_gy), "spans published doses (teaching values)"),
        ("Relative uncertainty of the dose", f"{100 * u(found.dose_gy) / n(found.dose_gy):.0f} %", "all together"),
    ]


def remarks(found: SingleImage) -> tuple[str, ...]:
    """Flags but the one that has its own sentence."""
    return tuple(Flag(one).text for one in found.flags if one != Flag.SINGLE_IMAGE_COMPROMISED)
