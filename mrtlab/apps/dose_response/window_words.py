"""What the dose-response page says and draws of the therapeutic window."""

from __future__ import annotations

from matplotlib.lines import Line2D

from mrtlab.apps.dose_response.words import BLUE, DARK, GREEN, GREEN_TEXT, RED, RED_TEXT, add_band
from mrtlab.radiobiology.window import Window, parameter_source

CURVES = [("Poisson, and LKB", "poisson-lkb"), ("both logistic", "logistic")]
PARAMETERS = ("Parameter", "Median", "Standard deviation", "Status")
_NAMES = {
    "alpha_per_gy": ("α of the tumour", "1/Gy"),
    "clonogens": ("clonogens", ""),
    "d50_gy": ("D_{50} of the tumour", "Gy"),
    "gamma50": ("γ_{50} of the tumour", ""),
    "td50_gy": ("TD_{50} of the kidneys", "Gy in 2 Gy fractions"),
    "m": ("m of the kidneys", ""),
    "kidney_gamma50": ("γ_{50} of the kidneys", ""),
}


def axes(figure):
    """Both curves above, their difference below."""
    top, bottom = figure.add_axes((0.1, 0.44, 0.87, 0.54)), figure.add_axes((0.1, 0.11, 0.87, 0.26))
    top.set(xlim=(0, 60), ylim=(-0.04, 1.08), ylabel="Probability")
    top.tick_params(labelbottom=False)
    bottom.set(xlim=(0, 60), ylim=(-0.3, 1.08), ylabel="Difference", xlabel="Kidney dose in four cycles (Gy)")
    return top, bottom


def draw(both, found: Window) -> None:
    """Control, complication, and their difference, with bands."""
    top, bottom = both
    x = found.kidney_gy[:-1]  # the last is the plan's
    for ax, band, color, dashes in (
        (top, found.tcp, BLUE, "-"),
        (top, found.ntcp, RED, "--"),
        (bottom, found.window, GREEN, "-"),
    ):
        add_band(ax, x, band.low[:-1], band.high[:-1], color)
        ax.add_artist(Line2D(x, band.middle[:-1], color=color, lw=2, ls=dashes))
    at = found.kidney_gy[-1]
    for ax, bands in ((top, ((found.tcp, BLUE), (found.ntcp, RED))), (bottom, ((found.window, GREEN),))):
        ax.add_artist(Line2D([at, at], ax.get_ylim(), color=DARK, lw=1, ls=":"))
        for band, color in bands:
            ax.add_artist(Line2D([at, at], [band.low[-1], band.high[-1]], color=color, lw=3.5, alpha=0.8))
            ax.add_artist(Line2D([at], [band.middle[-1]], color=color, marker="o", markersize=7))
    top.text(0.6, 1.02, "solid: tumour control", color=BLUE, va="top")
    top.text(0.6, 0.93, "dashed: kidney complication", color=RED_TEXT, va="top")
    top.text(0.6, 0.84, "shaded: 95 % of the draws", color=DARK, va="top")
    bottom.text(0.6, 1.0, "control less complication", color=GREEN_TEXT, va="top")


def _two(number) -> str:
    return f"{round(float(number), 2) + 0.0:.2f}"  # + 0: no minus before a zero


def _span(band, place=-1) -> str:
    return f"{_two(band.low[place])} to {_two(band.high[place])}"


def _with_band(band, place=-1) -> str:
    return f"{_two(band.middle[place])} ({_span(band, place)})"


def alt(found: Window) -> str:
    """Text alternative."""
    return (
        "Two curves that rise with the kidney dose from 0 to 60 Gy, tumour control first and kidney complication "
        f"later, each with a 95 % band, and below them their difference. At the plan's {found.kidney_gy[-1]:.3g} Gy: "
        f"control {_with_band(found.tcp)}, complication {_with_band(found.ntcp)}, difference "
        f"{_with_band(found.window)}."
    )


def numbers(found: Window):
    """Table, every 7.5 Gy."""
    rows = [
        (
            f"{found.kidney_gy[k]:.3g}",
            f"{found.tumour_gy[k]:.3g}",
            f"{found.kidney_eqd2_gy[k]:.1f}",
            *(_with_band(one, k) for one in (found.tcp, found.ntcp, found.window)),
        )
        for k in range(0, len(found.kidney_gy) - 1, 10)
    ]
    return ("Kidney, Gy", "Tumour, Gy", "Kidney EQD2, Gy", "Control", "Complication", "Difference"), rows


def result(found: Window):
    """Lead, value, rest."""
    return (
        f"Control less complication at {found.kidney_gy[-1]:.3g} Gy:",
        _two(found.window.middle[-1]),
        f"95 % {_span(found.window)} · control {_with_band(found.tcp)} · complication {_with_band(found.ntcp)}",
    )


def said(found: Window) -> str:
    """What follows, in sentences."""
    width = found.tcp.high[-1] - found.tcp.low[-1]
    best = int(found.window.middle[:-1].argmax())
    return (
        f"At the plan's dose the band of tumour control is **{width:.2f}** wide. With medians the window is widest at "
        f"{found.kidney_gy[best]:.0f} Gy, with a band of {_span(found.window, best)}. The kidney curve is one of "
        f"external beam: it is read at the EQD2 of the four cycles, {found.kidney_eqd2_gy[-1]:.1f} Gy, not at "
        f"{found.kidney_gy[-1]:.3g} Gy."
    )


def parameters(found: Window):
    """Rows: what each parameter was drawn from, and how far it can be trusted."""
    rows = []
    for name, item in found.parameters.items():
        title, unit = _NAMES[name]
        shown = f"{item.median:.0e}" if item.median > 1e5 else f"{item.median:.3g}"
        rows.append(
            (title, f"{shown} {unit}".strip(), f"{100 * item.relative_sd:.0f} %", parameter_source(name).status)
        )
    return rows
