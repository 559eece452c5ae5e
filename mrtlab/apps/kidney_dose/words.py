"""What the kidney-dose page says and draws, from an answer of its model."""

from __future__ import annotations

from uncertainties import ufloat

from mrtlab import plots
from mrtlab.apps.kidney_dose.model import DECISIONS as _DECISIONS
from mrtlab.apps.kidney_dose.model import PREDICTED, PREDICTIONS, Answer, KidneyDose
from mrtlab.apps.kidney_dose.plain import label, lower, plain, reasons, sentence, three, two, upper
from mrtlab.errors import Flag
from mrtlab.kinetics import MODELS
from mrtlab.units import format_interval, format_quantity

_Z95 = 1.96
_TESTABLE = 3  # points without which no wash-out can be tested

PREDICT = "Before you look: what does the last scan decide?"
PREDICT_STORY = (
    "This patient was given 7.2 GBq of Lu-177 DOTATATE and scanned at 4, 28, 103 and 124 hours. Suppose the camera had "
    "been down on the last day. Commit first; then take the last point out below and compare."
)
GATED = "The points can be taken out once you have committed to a prediction above, or skipped it."
SKIPPED = "You skipped the prediction; the points below can be taken out. You can still commit to one."
COMPARING = "Comparing curves…"

DECIDE = "Would you report this dose, or ask for something first?"
DECIDE_STORY = "Your decision is about what is shown above: region, points and curve as you left them."
_TO_DECIDE = (
    "report it, with its uncertainty",
    "ask for another scan first",
    "say that it cannot be determined from these points",
)
DECISIONS = list(zip(_TO_DECIDE, _DECISIONS, strict=True))

_SAVED = {
    "region": "the region",
    "used": "the points in the fit",
    "curve": "the curve",
    "cv_percent": "the uncertainty of the points",
    "mass_g": "the mass",
    "mass_u_g": "the uncertainty of the mass",
    "skipped": "that the prediction was skipped",
    "prediction": "the prediction",
    "decision": "the decision",
    "reason": "the reason for the decision",
    "discussion": "the discussion",
}
RANKING = ("Curve", "χ² (dof)", "p", "AICc", "TIA, MBq·h", "Verdict")


def axes(figure):
    """Room for the curve above and the residuals under it, in pixels whatever the size."""
    width, height = figure.get_size_inches() * figure.dpi
    left, right = 86 / width, 1 - 104 / width  # five digits and the label fit on the left
    curve = figure.add_axes((left, 172 / height, right, 1 - 186 / height))
    under = figure.add_axes((left, 48 / height, right, 78 / height))
    return curve, under


def draw(both, answer: Answer) -> None:
    """Figure of an answer."""
    curve, under = both
    plots.time_activity(curve, answer.fit, answer.measured, answer.kept, title=lower(label(answer.measured.region)))
    plots.residuals(under, answer.fit, answer.measured)


def alt(answer: Answer) -> str:
    """Text alternative of the figure."""
    return f"{label(answer.measured.region)}. {plots.time_activity_text(answer.fit, answer.measured)}"


def numbers(answer: Answer):
    """Table of the figure."""
    return plots.time_activity_numbers(answer.fit, answer.measured)


def left_out(names) -> str:
    """What of a saved state could not be used."""
    if not names:
        return ""
    return f"Of what was saved on an earlier visit, this cannot be used and was left out: {_list(names)}."


def _list(names) -> str:
    said = [_SAVED[name] for name in names]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def refused(name: str, error: Exception, shown: str) -> str:
    """Why a file was not taken, for a person who has a file and a page, and no program."""
    return f"{name} was refused: {plain(str(error).removeprefix(f'{name}: '))}. What is shown is still {shown}."


def result(answer: Answer) -> tuple[str, str, str]:
    """Lead, value and rest of the result line."""
    name = lower(label(answer.measured.region))
    if answer.fit is None:
        if answer.selection is not None:
            return f"No dose for the {name}:", "the chosen curve cannot be fitted to these points", ""
        return f"No dose for the {name}:", "no curve is supported by these points", ""
    fit, tia = answer.fit, answer.tia_mbq_h
    decay = fit.effective_half_life_h
    half_life = format_quantity(decay, "h") if decay.std_dev else f"{decay.nominal_value:.4g} h (physical)"
    rest = [f"T_{{eff}} {half_life}"]
    if answer.dose_gy is None:
        value = _about(tia, "MBq·h") if _doubtful(answer) else format_quantity(tia, "MBq·h")
        return f"Time-integrated activity in the {name}", value, " · ".join([_interval(answer, "MBq·h"), *rest])
    wanted = _about if _doubtful(answer) else format_quantity
    if answer.dose_gy_per_gbq is not None:
        rest.insert(0, wanted(answer.dose_gy_per_gbq, "Gy/GBq"))
    rest.append(f"TIA {format_quantity(tia, 'MBq·h')}")
    return f"Dose to the {name}", wanted(answer.dose_gy, "Gy"), " · ".join([_interval(answer, "Gy"), *rest])


def extrapolated(answer: Answer) -> str:
    """What share rests on extrapolation, and which curve it is; or why there is none, and what to do."""
    fit = answer.fit
    if fit is None:
        return _why_none(answer)
    share = 100 * fit.extrapolated_fraction
    mass = ""
    if answer.mass_g is None:
        mass = " Give a mass to get a dose."
    elif not hasattr(answer.mass_g, "std_dev"):
        mass = " The mass is taken as exact: its uncertainty is not in the result."
    return f"Curve: {MODELS[fit.model].title}. {share:.0f} % of the result lies after the last point used.{mass}"


def _why_none(answer: Answer) -> str:
    count = len(answer.kept)
    if answer.selection is None and count == 1:
        return (
            "One point shows how much there was at one time, and nothing of how it falls. Tick at least two more; "
            "or take the fall from other patients, as single-time-point methods do, which this page does not."
        )
    if answer.selection is None and count == 2:
        return (
            "Through two points a falling exponential always passes, so nothing shows whether it is the right curve. "
            "Tick a third. To see it all the same, enter the uncertainty of each point and choose the mono-exponential."
        )
    head = reasons(answer.refusal)[0] if answer.selection is None else plain(answer.refusal)
    return sentence(upper(head))


def flags(answer: Answer) -> list[str]:
    """Flags as sentences, those that change the decision first."""
    said = [flag for flag in answer.flags if flag not in (Flag.CORRELATED,)]
    said.sort(key=lambda flag: flag in (Flag.SIGMA_ASSUMED, Flag.SHORT_SPAN))
    said.sort(key=lambda flag: flag != Flag.LINEARISATION_DOUBTFUL)
    texts = {flag: Flag(flag).text for flag in said}
    if Flag.MODELS_DISAGREE in texts:
        texts[Flag.MODELS_DISAGREE] += f" Here: {_span(answer)}."
    if Flag.LINEARISATION_DOUBTFUL in texts:
        texts[Flag.LINEARISATION_DOUBTFUL] = _doubt(answer)
    return list(texts.values())


def _doubt(answer: Answer) -> str:
    """Why there is no ±, and what to look at."""
    tia = 100 * _relative(answer.tia_mbq_h)
    parts = [f"the time-integrated activity by {tia:.2g} %"]
    todo = "Another scan, or better points, would help."
    if hasattr(answer.mass_g, "std_dev"):
        of_mass = 100 * _relative(answer.mass_g)
        parts.insert(0, f"the mass by {three(of_mass)} %")
        if of_mass > tia:
            todo = "Is its unit right? A better mass would help."
        if answer.mass_u_kept:
            todo = (
                f"The uncertainty of the mass, {three(answer.mass_g.std_dev)} g, is still that of the mass in the "
                "table; change it if it does not belong to the mass you typed."
            )
    return (
        f"Uncertain by more than 30 %, too much for a value ± u: {', '.join(parts)}. The interval is that of a "
        f"log-normal distribution around the value as median. {todo}"
    )


def ranking(answer: Answer) -> list[tuple[str, ...]]:
    """One row per candidate curve: numbers and verdict. None where there are too few points for any verdict."""
    selection = answer.selection
    if selection is None:
        why = reasons(answer.unsupported)[1] if len(answer.kept) >= _TESTABLE else {}
        return [(MODELS[name].title, "–", "–", "–", "–", f"refused: {text}") for name, text in why.items()]
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
        if answer.fit is None or len(answer.kept) < _TESTABLE:  # it is said under the result, or by a flag
            return ""
        return sentence(upper(reasons(answer.unsupported)[0]))
    said = []
    if len(selection.ranking) > 1:
        said.append(f"All curves that fit: {_span(answer)}.")
    if selection.bracket_tia_mbq_h:
        low, high = selection.bracket_tia_mbq_h
        said.append(
            f"Without any curve, trapezoids give {format_quantity(low)} MBq·h with a tail at the rate of the "
            "last two points, and "
            f"{format_quantity(high)} MBq·h if nothing but physical decay follows."
        )
        said.append(_apart(selection))
    return " ".join(said).strip()


def _apart(selection) -> str:
    """Says it when curves and trapezoids exclude each other."""
    tias = [fit.tia_mbq_h for fit in selection.ranking]
    lowest = min(tia.nominal_value - _Z95 * tia.std_dev for tia in tias)
    highest = max(tia.nominal_value + _Z95 * tia.std_dev for tia in tias)
    low, high = selection.bracket_tia_mbq_h
    if lowest <= high and low <= highest:
        return ""
    side = "above" if low > highest else "below"
    curves = "all curves that fit" if len(tias) > 1 else "the one curve that fits"
    return (
        f"**Both lie {side} {curves}, their 95 % intervals included.** The trapezoids follow the last two points "
        "alone, the curves smooth over all of them; they cannot both be right, and neither is shown to be. Say so "
        "when you report, or ask for a later scan."
    )


def _span(answer: Answer) -> str:
    """Results of all curves that fit, to the figures that their own uncertainty leaves."""
    selection = answer.selection
    spread = max(fit.tia_mbq_h.std_dev for fit in selection.ranking)
    text = _ends(*selection.span_tia_mbq_h, spread, "MBq·h")
    if not answer.dose_span_gy:
        return text
    return f"{text}, {_ends(*answer.dose_span_gy, answer.supported_dose_gy.std_dev, 'Gy')}"


def _ends(low: float, high: float, spread: float, unit: str) -> str:
    """An interval between results, each rounded as a result with this uncertainty is, to three figures at least."""
    spread = max(min(spread, 0.1 * high), high - low)
    ends = [format_quantity(ufloat(end, spread)).partition(" ± ")[0] for end in (low, high)]
    return f"{' to '.join(dict.fromkeys(ends))} {unit}"


def promised(model: KidneyDose) -> str:
    """After the prediction, before the comparison."""
    back = (
        "" if model.region == PREDICTED and not model.source else "Go back to the left kidney of this patient, then t"
    )
    return (
        f"You predicted that leaving out the last scan changes the dose by **{model.prediction}**. "
        f"{back or 'T'}ake the point at 124 h alone out below and see."
    )


def compared(prediction: str, whole: Answer, less: Answer) -> str:
    """The prediction beside what happened."""
    start = f"You predicted **{prediction}**"
    if whole.tia_mbq_h is None or less.tia_mbq_h is None:
        return start + ". With these settings no curve is supported, so there is nothing to compare."
    change = less.tia_mbq_h.nominal_value / whole.tia_mbq_h.nominal_value - 1
    size = abs(100 * change)
    happened = PREDICTIONS[0 if size < 5 else 1 if size <= 15 else 2]
    before, after = (100 * one.tia_mbq_h.std_dev / one.tia_mbq_h.nominal_value for one in (whole, less))
    verdict = ", and so it is." if happened == prediction else f"; it is **{happened}**."
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
    share = 100 * answer.fit.extrapolated_fraction
    against = list(_against(answer, share))
    if against:
        return start + " ".join(against)
    known = f"its time-integrated activity is known to {100 * _relative(answer.tia_mbq_h):.1f} %"
    if answer.dose_gy is not None:
        known += f" and the dose to {100 * _relative(answer.dose_gy):.1f} %"
    return (
        f"{start}One curve is supported, {share:.0f} % of the result is extrapolated, {known}. That can be reported, "
        "with the interval and the way the uncertainty was obtained."
    )


def _against(answer: Answer, share: float):
    """What speaks against reporting the number as it is."""
    if answer.curve_rejected:
        todo = "compare it with the best supported one before you report" if answer.selection else "no other is, either"
        yield f"The curve you chose is not supported by the points; {todo}."
    if _doubtful(answer):
        what = "dose" if answer.dose_gy is not None else "time-integrated activity"
        yield (
            f"The {what} itself is too uncertain for one number ({_interval(answer, _unit(answer))}). What makes it so "
            "stands under the result; mend that first, or report the interval and no value ± u."
        )
    if Flag.MODELS_DISAGREE in answer.flags:
        yield (
            f"Curves that these points cannot tell apart lead to different results, {_span(answer)}. One number with "
            "its fitted uncertainty would hide that; report the span, or ask for a later scan and say why."
        )
    elif Flag.SELECTION_UNDECIDED in answer.flags:
        yield (
            "The points are too few to rank curves against each other. One number with its fitted uncertainty would "
            "hide that; say so with the result, or ask for a later scan."
        )
    if share > 20:
        yield (
            f"{share:.0f} % lies after the last point, above the 20 % at which a later scan is asked for. Whether "
            "that matters depends on how close the dose is to a limit; say so in the report."
        )


def _verdict(selection, name) -> str:
    if name in selection.rejected:
        return "refused: " + plain("; ".join(selection.rejected[name]))
    fit = selection.fits[name]
    if fit is selection.best:
        return "best supported" if selection.weights else "simplest that fits; too few points to rank"
    if fit.aicc is None:
        return "fits; too few points to rank"
    return f"fits; Akaike weight {selection.weights[name]:.2g}"


def _interval(answer: Answer, unit: str) -> str:
    found = answer.interval
    if found.distribution == "normal":
        return f"95 %: {format_interval(found.low, found.high, unit)}"
    return f"95 %: {two(found.low)} to {two(found.high)} {unit} ({found.distribution})"


def _doubtful(answer: Answer) -> bool:
    return Flag.LINEARISATION_DOUBTFUL in answer.flags


def _unit(answer: Answer) -> str:
    return "Gy" if answer.dose_gy is not None else "MBq·h"


def _relative(number) -> float:
    return number.std_dev / number.nominal_value


def _about(number, unit: str) -> str:
    """A value whose uncertainty is said elsewhere, as an interval."""
    return f"about {two(number.nominal_value)} {unit}"
