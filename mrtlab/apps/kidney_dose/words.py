"""What the kidney-dose page says and draws, from an answer of its model."""

from __future__ import annotations

from mrtlab import plots
from mrtlab.apps.kidney_dose.model import Answer, KidneyDose
from mrtlab.errors import Flag
from mrtlab.kinetics import MODELS
from mrtlab.units import format_interval, format_quantity

_Z95 = 1.96

PREDICT = "Before you look: what does the last scan decide?"
PREDICT_STORY = (
    "This patient was given 7.2 GBq of Lu-177 DOTATATE and scanned at 4, 28, 103 and 124 hours. Suppose the camera had "
    "been down on the last day. Commit first; then take the last point out below and compare."
)
PREDICTIONS = [("less than 5 %", "less than 5 %"), ("5 to 15 %", "5 to 15 %"), ("more than 15 %", "more than 15 %")]

DECIDE = "Would you report this dose, or ask for something first?"
DECIDE_STORY = "Your decision is about what is shown above: region, points and curve as you left them."
DECISIONS = [
    ("report it, with its uncertainty", "report"),
    ("ask for another scan first", "scan"),
    ("say that it cannot be determined from these points", "cannot"),
]

RANKING = ("Curve", "χ² (dof)", "p", "AICc", "TIA, MBq·h", "Verdict")


def label(region: str) -> str:
    """``kidney_left`` as a person writes it."""
    words = region.replace("_", " ").strip()
    side = next((side for side in ("left", "right") if words.lower().endswith(f" {side}")), "")
    words = f"{side} {words[: -len(side) - 1]}" if side else words
    return words[:1].upper() + words[1:] if words else "(no name)"


def three(number: float) -> str:
    """Three significant figures, zeros at the end kept."""
    return f"{number:#.3g}".rstrip(".") if abs(number) < 1000 else f"{float(f'{number:.3g}'):g}"


def axes(figure):
    """Room for the curve above and the residuals under it, in pixels whatever the size."""
    width, height = figure.get_size_inches() * figure.dpi
    left, right = 66 / width, 1 - 84 / width
    upper = figure.add_axes((left, 172 / height, right, 1 - 186 / height))
    lower = figure.add_axes((left, 48 / height, right, 78 / height))
    return upper, lower


def draw(both, answer: Answer) -> None:
    """Figure of an answer."""
    upper, lower = both
    plots.time_activity(upper, answer.fit, answer.measured, answer.kept, title=_lower(label(answer.measured.region)))
    plots.residuals(lower, answer.fit, answer.measured)


def alt(answer: Answer) -> str:
    """Text alternative of the figure."""
    return f"{label(answer.measured.region)}. {plots.time_activity_text(answer.fit, answer.measured)}"


def numbers(answer: Answer):
    """Table of the figure."""
    return plots.time_activity_numbers(answer.fit, answer.measured)


def result(answer: Answer) -> tuple[str, str, str]:
    """Lead, value and rest of the result line."""
    name = _lower(label(answer.measured.region))
    if answer.fit is None:
        if answer.selection is not None:
            return f"No dose for the {name}:", "the chosen curve cannot be fitted to these points", ""
        return f"No dose for the {name}:", "no curve is supported by these points", ""
    fit, tia = answer.fit, answer.tia_mbq_h
    decay = fit.effective_half_life_h
    half_life = format_quantity(decay, "h") if decay.std_dev else f"{decay.nominal_value:.4g} h (physical)"
    rest = [f"T_{{eff}} {half_life}"]
    if answer.dose_gy is None:
        return (
            f"Time-integrated activity in the {name}",
            format_quantity(tia, "MBq·h"),
            " · ".join([_interval(tia, "MBq·h"), *rest]),
        )
    if answer.dose_gy_per_gbq is not None:
        rest.insert(0, format_quantity(answer.dose_gy_per_gbq, "Gy/GBq"))
    rest.append(f"TIA {format_quantity(tia, 'MBq·h')}")
    return (
        f"Dose to the {name}",
        format_quantity(answer.dose_gy, "Gy"),
        " · ".join([_interval(answer.dose_gy, "Gy"), *rest]),
    )


def extrapolated(answer: Answer) -> str:
    """What share rests on extrapolation, and which curve it is."""
    fit = answer.fit
    if fit is None:
        return answer.refusal
    share = 100 * fit.extrapolated_fraction
    mass = ""
    if answer.mass_g is None:
        mass = " Give a mass to get a dose."
    elif not hasattr(answer.mass_g, "std_dev"):
        mass = " The mass is taken as exact: its uncertainty is not in the result."
    return f"Curve: {MODELS[fit.model].title}. {share:.0f} % of the result lies after the last point used.{mass}"


def flags(answer: Answer) -> list[str]:
    """Flags as sentences, those that change the decision first."""
    said = [flag for flag in answer.flags if flag not in (Flag.CORRELATED,)]
    said.sort(key=lambda flag: flag in (Flag.SIGMA_ASSUMED, Flag.SHORT_SPAN))
    texts = [Flag(flag).text for flag in said]
    span = answer.dose_span_gy
    if Flag.MODELS_DISAGREE in said and span:
        texts[said.index(Flag.MODELS_DISAGREE)] += f" Here: {format_interval(*span, 'Gy')}."
    return texts


def ranking(answer: Answer) -> list[tuple[str, ...]]:
    """One row per candidate curve: numbers and verdict."""
    selection = answer.selection
    if selection is None:
        return []
    rows = []
    order = [fit.model for fit in selection.ranking] + [name for name in MODELS if name in selection.rejected]
    for name in order:
        fit = selection.fits.get(name)
        verdict = _verdict(selection, name)
        if fit is None:
            rows.append((MODELS[name].title, "–", "–", "–", "–", verdict))
            continue
        p_value = "–" if fit.p_value is None else ("<0.001" if fit.p_value < 0.001 else f"{fit.p_value:.2g}")
        aicc = "–" if fit.aicc is None or name in selection.rejected else f"{fit.aicc:.1f}"
        tia = format_quantity(fit.tia_mbq_h) if name not in selection.rejected else three(fit.tia_mbq_h.nominal_value)
        rows.append((MODELS[name].title, f"{fit.chi_square:.2f} ({fit.dof})", p_value, aicc, tia, verdict))
    return rows


def also(answer: Answer) -> str:
    """What else the points allow."""
    selection = answer.selection
    if selection is None:
        return answer.refusal
    said = []
    if len(selection.ranking) > 1:
        low, high = selection.span_tia_mbq_h
        dose = ""
        if answer.dose_span_gy:
            dose = f", {format_interval(*answer.dose_span_gy, 'Gy')}"
        said.append(f"All curves that fit: {format_interval(low, high, 'MBq·h')}{dose}.")
    if selection.bracket_tia_mbq_h:
        low, high = selection.bracket_tia_mbq_h
        said.append(
            f"Without any curve, trapezoids give {format_quantity(low)} MBq·h with a tail at the rate of the "
            "last two points, and "
            f"{format_quantity(high)} MBq·h if nothing but physical decay follows."
        )
    return " ".join(said)


def promised(model: KidneyDose) -> str:
    """After the prediction, before the comparison."""
    back = (
        ""
        if model.region == "kidney_left" and not model.source
        else "Go back to the left kidney of this patient, then t"
    )
    return (
        f"You predicted that leaving out the last scan changes the dose by **{model.prediction}**. "
        f"{back or 'T'}ake the point at 124 h alone out below and see."
    )


def compared(prediction: str, whole: Answer, less: Answer) -> str:
    """The prediction beside what happened."""
    start = f"You predicted **{prediction}**. "
    if whole.tia_mbq_h is None or less.tia_mbq_h is None:
        return start + "With these settings no curve is supported, so there is nothing to compare."
    change = less.tia_mbq_h.nominal_value / whole.tia_mbq_h.nominal_value - 1
    size = abs(100 * change)
    happened = "less than 5 %" if size < 5 else ("5 to 15 %" if size <= 15 else "more than 15 %")
    before, after = (100 * one.tia_mbq_h.std_dev / one.tia_mbq_h.nominal_value for one in (whole, less))
    verdict = "As you said." if happened == prediction else "Not as you said."
    return (
        f"{start}{verdict} The dose changes by {100 * change:+.1f} %".replace("-", "−")
        + f"; the uncertainty of the time-integrated activity grows from {before:.1f} to {after:.1f} %, and the "
        "share that is "
        f"extrapolated from {100 * whole.fit.extrapolated_fraction:.0f} to "
        f"{100 * less.fit.extrapolated_fraction:.0f} %. A late point "
        "may move the value little and still be what makes it trustworthy."
    )


def discussion(answer: Answer, decision: str) -> str:
    """What the numbers say to a decision; there is no mark."""
    chosen = next(text for text, value in DECISIONS if value == decision)
    lead, value, _ = result(answer)
    start = f"About: {lead} {value}. You would **{chosen}**. "
    if answer.fit is None:
        return (
            start + "No curve is supported here, so there is no number to report: a further scan, or saying so, is "
            "the answer."
        )
    if Flag.MODELS_DISAGREE in answer.flags or Flag.SELECTION_UNDECIDED in answer.flags:
        return (
            start + "Curves that these points cannot tell apart lead to different results. One number with its fitted "
            "uncertainty "
            "would hide that; report the span, or ask for a later scan and say why."
        )
    share = 100 * answer.fit.extrapolated_fraction
    relative = 100 * answer.tia_mbq_h.std_dev / answer.tia_mbq_h.nominal_value
    if share > 20:
        return (
            start
            + f"{share:.0f} % lies after the last point, above the 20 % at which a later scan is asked for. Whether "
            "that matters depends on how close the dose is to a limit; say so in the report."
        )
    if answer.curve_rejected:
        return (
            start + "The curve you chose was rejected by the points; compare it with the best supported one before "
            "you report."
        )
    return (
        start + f"One curve is supported, {share:.0f} % of the result is extrapolated and its time-integrated activity "
        "is known "
        f"to {relative:.1f} %. That can be reported, with the interval and the way the uncertainty was obtained."
    )


def _verdict(selection, name) -> str:
    if name in selection.rejected:
        reasons = "; ".join(selection.rejected[name])
        # the library speaks of its arguments, the page of its fields
        return "refused: " + reasons.replace("give sigma_mbq or cv", "enter the uncertainty of the points")
    fit = selection.fits[name]
    if fit is selection.best:
        return "best supported" if selection.weights else "simplest that fits; too few points to rank"
    if fit.aicc is None:
        return "fits; too few points to rank"
    return f"fits; Akaike weight {selection.weights[name]:.2g}"


def _interval(number, unit: str) -> str:
    half = _Z95 * number.std_dev
    return f"95 %: {format_interval(number.nominal_value - half, number.nominal_value + half, unit)}"


def _lower(text: str) -> str:
    """Lower case at the start, except for abbreviations."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
