"""Drawing on given matplotlib axes, for reports and pages alike. No pyplot, no state.

Each function adds artists and returns them. Measured values are filled black points with 95 % bars, points left out are
open, the model is a blue line with its 95 % band, what rests on extrapolation is hatched. Beside every drawing function
stand one that says the same in a sentence (``..._text``) and one that gives the numbers (``..._numbers``).
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator

from mrtlab.kinetics import MODELS, Fit, TimeActivity
from mrtlab.units import format_quantity

__all__ = [
    "COLOURS",
    "residuals",
    "time_activity",
    "time_activity_limits",
    "time_activity_numbers",
    "time_activity_text",
]

# at least 3:1 on white
COLOURS = {"measured": "#1b1f24", "model": "#0072B2", "soft": "#57606a", "band": "#f0f1f3"}
_STEPS_H = (0.25, 0.5, 1, 2, 4, 6, 12, 24, 48, 96, 168, 336)
_Z95 = 1.96


def time_activity_limits(curve: TimeActivity) -> tuple[float, float, float]:
    """End of the time axis (h), distance of its ticks (h) and top of the activity axis (MBq) for a curve.

    They depend on the measured points alone, so a plot stays still while points are left out or models changed.
    """
    wanted = 1.9 * float(curve.times_h[-1])
    step = next((step for step in _STEPS_H if wanted / step <= 10.5), float(f"{wanted / 8:.1g}"))
    high = float(np.max(curve.activity_mbq + _Z95 * curve.sigma_mbq))
    ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0, 1.12 * high)
    return float(np.ceil(wanted / step) * step), step, float(ticks[-1])


def time_activity(
    ax: Axes,
    fit: Fit | None,
    measured: TimeActivity | None = None,
    kept: TimeActivity | None = None,
    *,
    title: str = "",
    limits: tuple[float, float, float] | None = None,
) -> list:
    """Points with 95 % bars, the fitted curve with its 95 % band, and the part that is extrapolated.

    Parameters
    ----------
    ax : Axes
    fit : Fit or None
        None draws the points alone.
    measured : TimeActivity, optional
        All points, those left out of the fit included; by default those of the fit.
    kept : TimeActivity, optional
        The points in use, where there is no fit to tell.
    title : str
        What was measured, for the axis label.
    limits : tuple of float, optional
        As :func:`time_activity_limits` gives them, where axes must stand still while points move.

    Returns
    -------
    list of Artist
    """
    measured = measured if measured is not None else fit.curve
    end, step, top = limits or time_activity_limits(measured)
    ax.set(xlim=(0, end), ylim=(0, top))
    ax.xaxis.set_major_locator(FixedLocator(np.arange(0, end + step / 2, step)))
    ax.set_ylabel(f"Activity{', ' + title if title else ''} (MBq)")
    used = np.isin(measured.times_h, (fit.curve if fit else kept or measured).times_h)
    artists = _points(ax, measured, used)
    if fit:
        artists += _curve(ax, fit, end, top)
    return artists


def residuals(
    ax: Axes,
    fit: Fit | None,
    measured: TimeActivity | None = None,
    *,
    limits: tuple[float, float, float] | None = None,
) -> list:
    """Residuals in units of their standard uncertainty, with the range from -2 to 2 shaded.

    Those beyond 3.7 are drawn at the edge, as a triangle with their number. ``limits`` as for :func:`time_activity`.
    """
    measured = measured if measured is not None else fit.curve
    end, step, _ = limits or time_activity_limits(measured)
    ax.set(xlim=(0, end), ylim=(-4, 4), xlabel="Time after administration (h)", ylabel="residual / σ")
    ax.xaxis.set_major_locator(FixedLocator(np.arange(0, end + step / 2, step)))
    ax.yaxis.set_major_locator(FixedLocator([-2, 0, 2]))
    across = ax.get_yaxis_transform()
    artists = [
        ax.add_artist(Rectangle((0, -2), 1, 4, transform=across, color=COLOURS["band"], zorder=0)),
        _line(ax, [0, 1], [0, 0], transform=across, color=COLOURS["soft"], lw=0.8, zorder=1),
    ]
    if fit is None:
        return artists
    inside = np.abs(fit.residuals) <= 3.7
    style = {"linestyle": "none", "color": COLOURS["measured"], "markersize": 6.5, "zorder": 3}
    artists.append(_line(ax, fit.curve.times_h[inside], fit.residuals[inside], marker="o", **style))
    for time, residual in zip(fit.curve.times_h[~inside], fit.residuals[~inside], strict=True):
        side = np.sign(residual)
        artists.append(_line(ax, [time], [3.6 * side], marker="^" if side > 0 else "v", **style))
        artists.append(
            ax.annotate(
                f"{residual:+.0f}".replace("-", "−"),
                (time, 3.6 * side),
                (8, 0),
                textcoords="offset points",
                va="center",
                color=COLOURS["measured"],
            )
        )
    return artists


def time_activity_text(fit: Fit | None, measured: TimeActivity | None = None) -> str:
    """The same as :func:`time_activity` in words, for people who do not see it."""
    measured = measured if measured is not None else fit.curve
    first, last = measured.activity_mbq[0], measured.activity_mbq[-1]
    words = (
        f"Activity against time after administration: {len(measured)} measured points, from {first:.3g} MBq at "
        f"{measured.times_h[0]:.3g} h to {last:.3g} MBq at {measured.times_h[-1]:.3g} h."
    )
    if fit is None:
        return words + " No curve is drawn."
    out = len(measured) - len(fit.curve)
    left_out = f" {out} of them {'is' if out == 1 else 'are'} left out." if out else ""
    return (
        f"{words}{left_out} The {MODELS[fit.model].title} curve has an effective half-life of "
        f"{format_quantity(fit.effective_half_life_h, 'h')} in its slowest phase; "
        f"{100 * fit.extrapolated_fraction:.0f} % of its "
        f"integral lies after the last point. Largest residual {np.max(np.abs(fit.residuals)):.1f} standard "
        "uncertainties."
    )


def time_activity_numbers(fit: Fit | None, measured: TimeActivity | None = None):
    """Columns and rows of the numbers behind :func:`time_activity` and :func:`residuals`."""
    measured = measured if measured is not None else fit.curve
    columns = ("Time, h", "Measured, MBq", "u, MBq", "In the fit", "Fitted, MBq", "Residual / σ")
    rows = []
    for time, activity, sigma in zip(measured.times_h, measured.activity_mbq, measured.sigma_mbq, strict=True):
        used = fit is not None and time in fit.curve.times_h
        fitted = f"{fit.activity(float(time)):.4g}" if fit else "–"
        off = f"{(activity - fit.activity(float(time))) / sigma:+.2f}" if fit else "–"
        rows.append((f"{time:.4g}", f"{activity:.4g}", f"{sigma:.2g}", "yes" if used else "no", fitted, off))
    return columns, rows


def _points(ax, measured, used) -> list:
    times, activity, half = measured.times_h, measured.activity_mbq, _Z95 * measured.sigma_mbq
    # all bars as one broken line: error bars made one by one take three times as long
    ends = np.column_stack([activity - half, activity + half])
    broken = np.column_stack([ends, np.full(len(times), np.nan)]).ravel()
    dark = COLOURS["measured"]
    caps = {"ls": "none", "marker": "_", "markersize": 7, "markeredgewidth": 1.5}
    artists = [
        _line(ax, np.repeat(times, 3), broken, color=dark, lw=1.5, zorder=4),
        _line(ax, np.repeat(times, 2), ends.ravel(), color=dark, zorder=4, **caps),
    ]
    for mask, face in ((used, dark), (~used, "white")):
        if np.any(mask):
            dots = {"ls": "none", "marker": "o", "markersize": 7, "markerfacecolor": face}
            artists.append(_line(ax, times[mask], activity[mask], color=dark, zorder=4.1, **dots))
    return artists


def _curve(ax, fit, end, top) -> list:
    times = np.linspace(0, end, 241)
    line, (low, high) = fit.activity(times), fit.band(times)
    last = float(fit.curve.times_h[-1])
    tail = np.concatenate([[last], times[times > last], [end, last]])
    under_tail = np.concatenate([[fit.activity(last)], line[times > last], [0, 0]])
    colour, soft = COLOURS["model"], COLOURS["soft"]
    hatched = {"facecolor": "none", "edgecolor": "#8c959f", "hatch": "////", "alpha": 0.55}
    artists = [
        _area(ax, np.append(times, times[::-1]), np.append(low, high[::-1]), color=colour, alpha=0.14, zorder=1),
        _area(ax, tail, under_tail, zorder=0, **hatched),
        _line(ax, times, line, color=colour, lw=2.2, zorder=3),
        _line(ax, [last, last], [0, 0.66 * top], color=soft, lw=1, ls=(0, (4, 3)), zorder=1),
        ax.text(last, 0.67 * top, "last scan used", ha="center", va="bottom", color=soft),
    ]
    # the label stands over the early fall, right of the first points, where there is mostly room
    at = int(np.argmin(np.abs(times - 0.2 * end)))
    # plain lines lead to what is named: annotations with arrows would take a quarter of the time to draw
    artists.append(_line(ax, [0.35 * end, times[at]], [0.885 * top, line[at]], color=colour, lw=1, zorder=2))
    artists.append(
        ax.text(0.3 * end, 0.92 * top, f"{MODELS[fit.model].title}; band and bars 95 %", va="center", color=colour)
    )
    middle = (last + end) / 2
    under, over = 0.5 * float(fit.activity(middle)), min(float(fit.activity(last)) + 0.13 * top, 0.6 * top)
    over = 0.02 * top * round(over / (0.02 * top))  # in steps: a label that stays where it is need not be drawn anew
    artists.append(_line(ax, [middle + 0.02 * end, middle], [over, under], color=soft, lw=0.8, zorder=2))
    artists.append(
        ax.text(
            middle + 0.02 * end,
            over + 0.015 * top,
            f"{100 * fit.extrapolated_fraction:.0f} % of the integral\nrests on this tail",
            ha="center",
            va="bottom",
            color=soft,
            linespacing=1.25,
        )
    )
    return artists


def _line(ax, x, y, **style) -> Line2D:
    """As ``ax.plot`` for one line, without its search for limits, which are set here anyway: a third of the time."""
    return ax.add_artist(Line2D(x, y, **style))


def _area(ax, x, y, **style) -> Polygon:
    """A filled outline, for the same reason."""
    return ax.add_artist(Polygon(np.column_stack([x, y]), closed=True, lw=0, **style))
