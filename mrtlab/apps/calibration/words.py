"""What the calibration page says."""

from __future__ import annotations

from math import floor, log10

from mrtlab.apps import sections
from mrtlab.apps.calibration.found import Decay, Meter, Rates, Recovered, Sensitivity, Shares
from mrtlab.apps.calibration.model import CPS_PER_MBQ, RIGHT, CalibrationPage
from mrtlab.apps.calibration.pictures import NAMES, percent
from mrtlab.constants import value as constant

ASKED = {
    "clock": "Lu-177: the syringe was read two hours before the injection, and nobody corrects for decay. The net "
    "activity comes out too high by …",
    "rate": "A paralysable camera, dead time 4.6 µs, true rate 200 kcps. The activity in front of it doubles. The "
    "recorded rate …",
    "covariance": "One outline decides counts, recovery and S value of an 8 mL lesion. If the covariances between the "
    "three are left out, the uncertainty of the dose comes out …",
}
OPTIONS = {
    "clock": [("about 0.1 %", "tenth"), ("about 1 %", "one"), ("about 10 %", "ten")],
    "rate": [("doubles", "doubles"), ("rises, but less", "rises"), ("falls", "falls")],
    "covariance": [("too small", "smaller"), ("the same", "same"), ("too large", "larger")],
}
HEADS = {
    "clock": "Before you look: two hours without decay correction",
    "rate": "Before you look: twice the activity",
    "covariance": "Before you look: one outline, three errors",
}
COMMITTED = {"clock": "decay", "rate": "rate", "covariance": "covariance"}
_WHY = {
    "clock": "Two hours are little beside a half-life of 6.6 days: **0.9 %**. The same two hours cost 26 % with "
    "Tc-99m, and one wrong day costs 10 % with Lu-177. Change the nuclide.",
    "rate": "It **falls**, from 79.7 to 63.5 kcps: the maximum, 80.0 kcps, is reached at 217 kcps. Every event that "
    "comes too early prolongs the dead time, until hardly a gap is left. On the display nothing tells the branches "
    "apart.",
    "covariance": "It comes out **too large**. An outline that is too wide holds more counts, which raises the dose; "
    "it also asks for less recovery correction and spreads the energy over more mass, which lowers it. The errors "
    "partly cancel.",
}
_FIELDS = {
    "syringe_at": "“Syringe read at”",
    "administered_at": "“Injected at”",
    "residual_at": "“Residual read at”",
    "observed_cps times dead_time_s": "recorded rate times dead time",
    "volume_ml": "the volume of the lesion",
    "duration_s": "the duration",
    "residual_mbq is": "the residual is",
}
_METER = (
    f"{100 * constant('calibration.meter_rel_low'):g} to {100 * constant('calibration.meter_rel_high'):g} % (recalled)"
)


def plain(texts) -> list[str]:
    """Warnings of the methods with the names of the fields; the first letter large."""
    result = []
    for text in texts:
        for name, field in _FIELDS.items():
            text = text.replace(name, field)
        result.append(f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}")
    return result


def compared(model: CalibrationPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(model, question, OPTIONS[question], RIGHT[question], _WHY[question])


def p_value(p: float) -> str:
    """A probability; nobody needs the digits of a very small one."""
    return "p < 0.001" if p < 0.001 else f"p {p:.2g}"


def plus_minus(number, unit: str = "", factor: float = 1.0) -> str:
    """Value ± u without exponents."""
    value, spread = factor * number.n, factor * number.s
    if spread <= 0:
        return f"{value:.4g} {unit}".strip()
    places = max(0, 1 - floor(log10(spread)))
    return f"{value:.{places}f} ± {spread:.{places}f} {unit}".strip().replace("-", "−")


# ---- activity meter


def meter_alt(found: Meter) -> str:
    """Text alternative."""
    costs = "; ".join(f"{name} {'refused' if error is None else percent(error)}" for name, error in found.slips)
    return f"Bars: error of the net activity of {found.net_mbq:.5g} MBq {found.nuclide} for five slips: {costs}."


def meter_numbers(found: Meter):
    """Table."""
    rows = [
        (name, "refused", "") if error is None else (name, percent(error), f"{found.net_mbq * (1 + error):.5g}")
        for name, error in found.slips
    ]
    return ("Slip", "Error", "Net activity, MBq"), rows


def meter_result(found: Meter):
    """Lead, value, rest."""
    return (
        "Net activity at the injection:",
        f"{found.net_mbq:.5g} MBq",
        f"{found.syringe_mbq:.5g} MBq in the syringe less {found.residual_mbq:.4g} MBq left, both at that time · "
        f"read {found.clocks[0]}, injected {found.clocks[1]}, residual {found.clocks[2]} · half-life "
        f"{found.half_life_h:.4g} h",
    )


def meter_said() -> str:
    """What the digits do not say."""
    return f"Digits are no certainty: the activity meter itself is uncertain by {_METER}."


# ---- sensitivity


def sensitivity_alt(found: Sensitivity) -> str:
    """Text alternative."""
    parts = ", ".join(
        f"{name} {low:g} to {high:g} keV with {n:.6g}"
        for name, (low, high), n in zip(("lower", "peak", "upper"), found.limits_kev, found.counts, strict=True)
    )
    return (
        f"Counts per keV in three windows: {parts} counts. A trapezoid under the peak, {found.scatter.n:.6g} counts of "
        f"scatter, leaves {found.primary.n:.6g} primary counts."
    )


def sensitivity_numbers(found: Sensitivity):
    """Table."""
    rows = [
        (name, f"{low:g} to {high:g}", f"{n:.7g}", f"{n / (high - low):.5g}")
        for name, (low, high), n in zip(("lower", "peak", "upper"), found.limits_kev, found.counts, strict=True)
    ]
    more = (("scatter in the peak", found.scatter), ("primary", found.primary))
    return ("Window", "keV", "Counts", "Per keV"), [*rows, *((name, "", plus_minus(n), "") for name, n in more)]


def sensitivity_result(found: Sensitivity):
    """Lead, value, rest."""
    counts = f"primary {plus_minus(found.primary)} counts · scatter {plus_minus(found.scatter)}"
    if found.planar is None:
        return "Planar sensitivity:", "none", counts
    return (
        "Planar sensitivity of one head:",
        plus_minus(found.planar, "cps/MBq"),
        f"{counts} · without scatter correction {found.uncorrected.n:.4g}, "
        f"{percent(found.uncorrected.n / found.planar.n - 1)}",
    )


def sensitivity_said(found: Sensitivity) -> str:
    """What follows, in sentences."""
    spect = (
        f"SPECT: the calibration factor of one head is {found.factor:.4g} MBq/mL per (cps/voxel), and with the "
        f"voxel's volume that is **{found.spect:.4g} cps/MBq**. "
    )
    if found.planar is None:
        return spect + (
            "The planar primary counts are not above zero: there is nothing to calibrate with here, but a negative "
            "pixel or region stays in every sum. Set to zero, it would push the sum up."
        )
    apart = found.spect / found.planar.n - 1
    limit = constant("calibration.planar_spect_agreement")
    close = abs(apart) <= limit
    return spect + (
        f"It lies {percent(apart)} from the planar one, {'within' if close else 'outside'} the "
        f"{100 * limit:g}\u00a0% that mrtlab takes as agreement (a convention). "
        + ("" if close else "One head or two, window, collimator, decay to mid-scan: look for a factor. ")
        + f"The uncertainty is that of counting alone; the activity meter adds {_METER}."
    )


# ---- dead time


def _kcps(rate) -> str:
    return "none" if rate is None else f"{rate / 1e3:.4g} kcps"


def rates_alt(found: Rates) -> str:
    """Text alternative."""
    return (
        f"Recorded over true rate, dead time {1e6 * found.dead_time_s:.3g} µs. Paralysable: rises to "
        f"{found.top / 1e3:.4g} kcps at {1e-3 / found.dead_time_s:.4g} kcps, then falls. Non-paralysable: towards "
        f"{1e-3 / found.dead_time_s:.4g} kcps. {_kcps(found.observed)} recorded crosses the first at "
        f"{_kcps(found.below)} and {_kcps(found.above)}, the second at {_kcps(found.other)}."
    )


def rates_numbers(found: Rates):
    """Table, every tenth rate."""
    rows = [
        tuple(f"{one[k] / 1e3:.4g}" for one in (found.true, found.paralysable, found.nonparalysable))
        for k in range(0, len(found.true), 10)
    ]
    return ("True, kcps", "Paralysable, kcps", "Non-paralysable, kcps"), rows


def rates_result(found: Rates):
    """Lead, value, rest."""
    if found.below is None:
        return (
            "True rate, paralysable:",
            "none",
            f"this camera never shows more than {found.top / 1e3:.4g} kcps · non-paralysable {_kcps(found.other)}",
        )
    return (
        "True rate, paralysable:",
        f"{_kcps(found.below)} or {_kcps(found.above)}",
        f"correction × {found.below / found.observed:.4g} or × {found.above / found.observed:.4g} · non-paralysable "
        f"{_kcps(found.other)}",
    )


# ---- decaying source


def source_alt(found: Decay) -> str:
    """Text alternative."""
    first, last = found.observed[0].n / 1e3, found.observed[-1].n / 1e3
    start = (
        f"Recorded rate of a Lu-177 source over its activity, {len(found.hours)} points from "
        f"{found.activity_mbq[0] / 1e3:.3g} GBq, {first:.4g} kcps, down to {found.activity_mbq[-1] / 1e3:.3g} GBq, "
        f"{last:.4g} kcps."
    )
    if found.fit is None:
        return start
    worst = max(abs(found.fit.residuals))
    return f"{start} The fitted curve misses them by up to {worst:.2g} standard uncertainties."


def source_numbers(found: Decay):
    """Table."""
    residuals = ["" for _ in found.hours] if found.fit is None else [f"{one:+.2f}" for one in found.fit.residuals]
    columns = zip(found.hours, found.activity_mbq, found.observed, residuals, strict=True)
    rows = [(f"{hours / 24:g}", f"{mbq:.5g}", plus_minus(rate), miss) for hours, mbq, rate, miss in columns]
    return ("Day", "Activity, MBq", "Recorded, cps", "Residual / u"), rows


def source_result(found: Decay):
    """Lead, value, rest."""
    if found.fit is None:
        return ("Dead time:", "none" if found.problem else "", "" if found.problem else "is being fitted")
    fit = found.fit
    p = "" if fit.p_value is None else f" · χ² {fit.chi_square:.3g} for {fit.dof}, {p_value(fit.p_value)}"
    return (
        "Dead time:",
        plus_minus(fit.dead_time_s, "µs", 1e6),
        f"and {plus_minus(fit.sensitivity_cps_per_mbq)} cps/MBq, by counting alone · behind the data: "
        f"{1e6 * found.true_s:.3g} µs, paralysable, {CPS_PER_MBQ:g} cps/MBq (illustrative){p}",
    )


def source_flags(found: Decay) -> list[str]:
    """Why there is no fit, or what it says of itself."""
    return plain([found.problem]) if found.problem else [flag.text for flag in found.fit.flags] if found.fit else []


# ---- recovery


def recovery_alt(found: Recovered) -> str:
    """Text alternative."""
    return (
        f"Recovery over volume: six spheres from {found.volumes_ml[0]:.2g} mL with {found.recoveries[0]:.2f} to "
        f"{found.volumes_ml[-1]:.3g} mL with {found.recoveries[-1]:.2f}, the fitted curve with a band of two standard "
        f"uncertainties, and the lesion of {found.lesion_ml:.3g} mL at {found.coefficient.n:.3f}."
    )


def recovery_numbers(found: Recovered):
    """Table."""
    from mrtlab.calibration import recovery

    rows = [
        (f"{ml:.3g}", f"{value:.3f} ± {spread:.3f}", plus_minus(recovery(ml, found.curve.b1_ml, found.curve.b2)))
        for ml, value, spread in zip(found.volumes_ml, found.recoveries, found.sigma, strict=True)
    ]
    return ("Sphere, mL", "Measured", "Fitted"), rows


def recovery_result(found: Recovered):
    """Lead, value, rest."""
    curve = f"R = {plus_minus(found.coefficient)} · b1 {plus_minus(found.curve.b1_ml, 'mL')}, b2 "
    curve += f"{plus_minus(found.curve.b2)} · χ² {found.curve.chi_square:.3g} for {found.curve.dof}, "
    curve += p_value(found.curve.p_value)
    if found.corrected is None:
        return "Activity of the lesion:", "not quantifiable", curve
    return (
        "Activity of the lesion:",
        plus_minus(found.corrected, "MBq"),
        f"{curve} · apparent {plus_minus(found.apparent, 'MBq')}",
    )


def recovery_said(found: Recovered) -> str:
    """Covariance in sentences."""
    matrix = found.curve.covariance
    correlation = matrix[0, 1] / (matrix[0, 0] * matrix[1, 1]) ** 0.5
    start = f"The fit links b1 and b2: their correlation is **{correlation:+.2f}**. ".replace("-", "−")
    if found.unlinked is None:
        return start
    return start + (
        f"With it the lesion is {plus_minus(found.corrected, 'MBq')}; as if they were independent, "
        f"{plus_minus(found.unlinked, 'MBq')}. The uncertainty of the lesion's volume is not in here yet: it follows "
        "below, since it changes the counts as well."
    )


def recovery_flags(found: Recovered) -> list[str]:
    """All that has to be said of curve and lesion."""
    problem = [found.problem] if found.problem else []
    return [*(flag.text for flag in found.curve.flags), *plain([*found.said, *problem])]


# ---- budget


def shares_alt(found: Shares) -> str:
    """Text alternative."""
    shares = "; ".join(f"{name} {percent(found.budget.shares[key]).lstrip('+')}" for key, name in NAMES.items())
    return f"Bars: shares of the variance of the dose, together 100 %. {shares}."


def shares_numbers(found: Shares):
    """Table."""
    one = found.budget
    rows = [(name, percent(one.shares[key]).lstrip("+")) for key, name in NAMES.items()]
    return ("Contribution", "Share of the variance"), [
        *rows,
        ("together", percent(sum(one.shares.values())).lstrip("+")),
    ]


def shares_result(found: Shares):
    """Lead, value, rest."""
    one = found.budget
    start = (
        "Standard uncertainty of the dose:",
        f"{100 * one.total_rel:.2g} %",
        f"covariances left out {100 * one.correlation_neglected_rel:.2g} % · activity at one time "
        f"{100 * one.activity_rel:.2g} % · volume {100 * one.volume_rel:.2g} %",
    )
    if found.samples is None:
        return (*start[:2], f"{start[2]} · Monte Carlo is being drawn")
    low, high = found.samples.interval95
    return (
        *start[:2],
        f"{start[2]} · Monte Carlo {100 * found.samples.std / found.samples.median:.2g} %, 95 % from {low:.2f} to "
        f"{high:.2f} times the best estimate",
    )


_OUTLINE = ("volume in counts", "volume in recovery", "volume in S value")


def shares_said(found: Shares) -> str:
    """The negative bar in words."""
    one = found.budget
    share = one.shares["covariance"]
    top = max((key for key in NAMES if key != "covariance"), key=lambda key: one.shares[key])
    sign = (
        f"The hatched bar, {percent(share)}, is no uncertainty below zero: it takes back what the three bars of the "
        "outline count too much. An outline 10 % too large holds more counts, needs less recovery correction, and "
        "divides by more mass; the first works against the other two. "
        if share < 0
        else "Here the covariances add: the errors that the outline brings work in the same direction. "
    )
    last = " A better outline shortens all three of its bars, and the hatched one with them." if top in _OUTLINE else ""
    return f"{sign}Largest single bar: **{NAMES[top]}**.{last}"
