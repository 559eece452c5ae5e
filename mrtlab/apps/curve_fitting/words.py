"""What the curve-fitting page says and draws, from an answer of its model."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D

from mrtlab import plots
from mrtlab.apps.curve_fitting.lessons import OWN
from mrtlab.apps.curve_fitting.model import Answer, CurveFitting
from mrtlab.apps.kidney_dose.plain import label, plain, reasons, sentence, three, upper
from mrtlab.errors import Flag
from mrtlab.kinetics import MODELS, akaike_weights
from mrtlab.units import format_interval, format_quantity

__all__ = ["RANKING", "WEIGHTS", "alt", "axes", "draw", "flags", "handles", "numbers", "ranking", "result", "support"]

_TRUTH = "#D55E00"
_Z95 = 1.96

WEIGHTS = {
    "cv": "per cent of each point",
    "same": "the same MBq for all points",
    "counts": "from the counts alone",
    "given": "each point's own",
}
RANKING = ("Curve", "χ² (dof)", "p", "AICc", "Weight", "TIA, MBq·h", "Verdict")
GATED = (
    "The fit appears once you have committed to a prediction above, or skipped it. Until then the points stay where "
    "they are."
)


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
    plots.time_activity(curve, answer.fit, answer.measured, answer.kept, limits=answer.limits)
    plots.residuals(under, answer.fit, answer.measured, limits=answer.limits)
    if answer.truth is None:
        return
    end, _, top = answer.limits
    times = np.linspace(0, end, 161)
    line = answer.truth.activity(times)
    curve.add_artist(Line2D(times, line, color=_TRUTH, lw=1.8, ls=(0, (6, 3)), zorder=2.5))
    # under the label of the tail, at the right end, where it meets nothing
    low = float(line[int(0.85 * len(times))]) + 0.02 * top
    curve.text(0.985 * end, low, "truth (simulated)", ha="right", va="bottom", color="#9a4a00")


def alt(answer: Answer) -> str:
    """Text alternative of the figure."""
    said = plots.time_activity_text(answer.fit, answer.measured)
    if answer.truth is not None:
        said += f" A dashed line is the true curve; its integral is {answer.truth.tia_mbq_h:.4g} MBq·h."
    return said


def numbers(answer: Answer):
    """Table of the figure."""
    return plots.time_activity_numbers(answer.fit, answer.measured)


def handles(answer: Answer):
    """The points to drag, with what each is called."""
    measured = answer.measured
    used = np.isin(measured.times_h, answer.kept.times_h)
    return [
        (time, mbq, f"{time:.4g} h, {mbq:.4g} MBq{'' if keep else ', not in the fit'}")
        for time, mbq, keep in zip(measured.times_h, measured.activity_mbq, used, strict=True)
    ]


def result(answer: Answer) -> tuple[str, str, str]:
    """Lead, value and rest of the result line."""
    if answer.hidden:
        return "", "", ""
    if answer.fit is None:
        chosen = answer.selection is not None or not answer.unsupported
        why = "the chosen curve cannot be fitted to these points" if chosen else "no curve is supported by these points"
        return "No result:", why, ""
    fit, tia = answer.fit, answer.tia_mbq_h
    decay = fit.effective_half_life_h
    half_life = format_quantity(decay, "h") if decay.std_dev else f"{decay.nominal_value:.4g} h (physical)"
    low, high = (tia.nominal_value + side * _Z95 * tia.std_dev for side in (-1, 1))
    rest = [f"95 %: {format_interval(low, high, 'MBq·h')}", f"T_{{eff}} {half_life}"]
    return "Time-integrated activity", format_quantity(tia, "MBq·h"), " · ".join(rest)


def support(answer: Answer) -> str:
    """χ², which curve, what is extrapolated, how far from the truth; or why there is none."""
    fit = answer.fit
    if answer.hidden:
        return GATED
    if fit is None:
        head = reasons(answer.refusal)[0] if answer.unsupported else plain(answer.refusal)
        return sentence(upper(head))
    chance = "nothing is left to test it" if fit.p_value is None else _chance(fit.p_value)
    said = (
        f"{upper(MODELS[fit.model].title)}: χ² = {_plain(fit.chi_square)} on {_dof(fit)}, {chance}. "
        f"**{100 * fit.extrapolated_fraction:.0f} %** of the result lies after the last point used."
    )
    if answer.truth is not None:
        off = 100 * (answer.tia_mbq_h.nominal_value / answer.truth.tia_mbq_h - 1)
        stated = 100 * answer.tia_mbq_h.std_dev / answer.tia_mbq_h.nominal_value
        said += (
            f" The truth is {three(answer.truth.tia_mbq_h)} MBq·h: the result is off by **{_signed(off)} %** and "
            "states "
            f"±{stated:.1f} % (one standard uncertainty)."
        )
    return said


def flags(answer: Answer) -> list[str]:
    """Flags as sentences."""
    return [] if answer.hidden else [Flag(flag).text for flag in answer.flags if flag != Flag.CORRELATED]


def ranking(answer: Answer) -> list[tuple[str, ...]]:
    """One row per curve, in the order of the verdict; the AICc also of those that were refused."""
    selection = answer.selection
    if answer.hidden:
        return []
    if selection is None:
        why = reasons(answer.unsupported)[1] if answer.unsupported else {}
        return [(MODELS[name].title, *("–",) * 5, f"refused: {text}") for name, text in why.items()]
    rows = []
    for name in [fit.model for fit in selection.ranking] + [name for name in MODELS if name in selection.rejected]:
        fit, refused = selection.fits.get(name), selection.rejected.get(name)
        verdict = "refused: " + plain("; ".join(refused)) if refused else _verdict(selection, name)
        if fit is None:
            rows.append((MODELS[name].title, *("–",) * 5, verdict))
            continue
        tia = three(fit.tia_mbq_h.nominal_value) if refused else format_quantity(fit.tia_mbq_h)
        weight = f"{selection.weights[name]:.2g}" if name in selection.weights else "–"
        aicc = "–" if fit.aicc is None else f"{fit.aicc:.1f}"
        p_value = "–" if fit.p_value is None else _p(fit.p_value)
        rows.append((MODELS[name].title, f"{_plain(fit.chi_square)} ({fit.dof})", p_value, aicc, weight, tia, verdict))
    return rows


def _verdict(selection, name) -> str:
    if selection.fits[name] is selection.best:
        return "best supported" if selection.weights else "simplest that fits; too few points to rank"
    return "fits" if selection.fits[name].aicc is not None else "fits; too few points to rank"


def also(answer: Answer) -> str:
    """How far the curves that fit are apart."""
    selection = answer.selection
    if selection is None or len(selection.ranking) < 2:
        return ""
    low, high = selection.span_tia_mbq_h
    return (
        f"All curves that fit give {three(low)} to {three(high)} MBq·h. Where no weight exceeds 0.95 the result is "
        "their "
        "average, and its uncertainty holds their distance."
    )


def read(model: CurveFitting) -> str:
    """Which table was read."""
    return f"{label(model.region)}, {model.nuclide}, from {model.source}." if model.source else ""


# ---- what became of a prediction, from the lesson's own points


def compared(model: CurveFitting) -> str:
    """The prediction beside what happened; "" before it."""
    if not model.now.options or model.asked:
        return ""
    predicted = model.predictions.get(model.lesson)
    right, said = {"aicc": _aicc, "late": _late, "weights": _weights, "rogue": _rogue}[model.lesson](model)
    if predicted is None:
        return said
    words = {value: text for text, value in model.now.options}
    verdict = ", and so it is." if predicted == right else f"; the answer is **{words[right]}**."
    return f"You predicted **{words[predicted]}**{verdict} {said}"


def _fits(model, names=("mono",), **uncertainty):
    from mrtlab.kinetics import fit

    curve = model.measured(model.now.points, **(uncertainty or {"cv": model.now.cv_percent / 100}))
    return [fit(curve, name) for name in names]


def _aicc(model):
    mono, double, triple = _fits(model, ("mono", "bi", "tri"))
    found = {fit.model: fit.aicc for fit in (mono, double, triple) if fit.aicc is not None}
    right = min(found, key=found.get)
    weights = dict(zip(found, akaike_weights(list(found.values())), strict=True))
    return right, (
        f"AICc is {mono.aicc:.1f} for one exponential and {double.aicc:.1f} for two; three have none, as six points "
        "are too "
        f"few. By AICc alone one exponential would win with weight {weights['mono']:.2g}, although its χ² of "
        f"{mono.chi_square:.1f} on {_dof(mono)} ({_chance(mono.p_value)}) says that it is wrong, and "
        f"two fit with {double.chi_square:.2g}. With few points the small-sample term outweighs any misfit: **first "
        "χ², then "
        "AICc among what is left**."
    )


def _late(model):
    (mono,) = _fits(model)
    truth = model.now.truth.tia_mbq_h
    off = 100 * (mono.tia_mbq_h.nominal_value / truth - 1)
    right = "near" if abs(off) < 5 else "high" if off > 0 else "low" if off > -15 else "very_low"
    stated = 100 * mono.tia_mbq_h.std_dev / mono.tia_mbq_h.nominal_value
    return right, (
        f"The result is {_signed(off)} % from the truth, states ±{stated:.1f} %, and is accepted "
        f"({_chance(mono.p_value)}). "
        "Three early points lie nearly on one exponential, and nothing in them knows of the slow one. **No test of a "
        "fit sees "
        "what was not measured**; only a late scan does."
    )


def _weights(model):
    (poisson,) = _fits(model, counts=[point.counts for point in model.now.points])
    (relative,) = _fits(model)
    off = abs(poisson.residuals * poisson.curve.sigma_mbq / poisson.curve.activity_mbq)
    right = "all" if max(off) < 0.05 else "early" if max(off[:2]) < max(off[-2:]) else "late"
    return right, (
        f"With weights from the counts the result is {format_quantity(poisson.tia_mbq_h, 'MBq·h')}, the last point "
        "lies "
        f"{100 * off[-1]:.0f} % from the curve, and χ² is {poisson.chi_square:.0f} on {_dof(poisson)}; with "
        f"5 % of each it is {format_quantity(relative.tia_mbq_h, 'MBq·h')}, χ² {relative.chi_square:.2g}. Two points "
        "with "
        "millions of counts were taken for exact. **The weight of a point is what it really scatters by**, and "
        "counting "
        "is only a part of that."
    )


def _rogue(model):
    from mrtlab.kinetics import fit

    points = model.now.points
    curve = model.measured(points, cv=model.now.cv_percent / 100)
    without = [fit(curve.keep([j != i for j in range(len(points))]), "mono") for i in range(len(points))]
    rogue = min(range(len(points)), key=lambda i: without[i].chi_square)
    others, point = without[rogue], points[rogue]
    expected = others.activity(point.time_h)
    earlier = others.activity(point.time_h - 12) / expected
    twice = 1 / curve.nuclide.decay_factor(point.time_h)
    return f"{point.time_h:g}", (
        f"Without the point at {point.time_h:g} h, χ² falls to {others.chi_square:.2g} on {_dof(others)}; "
        f"without any other it stays above {min(o.chi_square for i, o in enumerate(without) if i != rogue):.0f}. Its "
        "activity "
        f"is {point.mbq / expected:.2f} times what the others expect. One of two heads would give 0.50, an activity "
        "that was "
        f"decay corrected {twice:.2f}, a clock that is 12 h wrong {earlier:.2f}. **A point is left out for its cause, "
        "not for "
        "its residual**: look the cause up, mend it if you can, and write down what was done."
    )


def task_list(model: CurveFitting) -> str:
    """What to try, as marked-up text."""
    start = "" if model.lesson == OWN else "Now try: "
    return "\n\n".join(f"{start if k == 0 else ''}{k + 1}. {task}" for k, task in enumerate(model.now.tasks))


def _plain(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _dof(fit) -> str:
    return f"{fit.dof} degree{'' if fit.dof == 1 else 's'} of freedom"


def _chance(value: float) -> str:
    return f"p {'' if value < 0.001 else '= '}{_p(value)}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.2g}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
