"""What the calibration page draws."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import NullLocator

from mrtlab.apps.calibration.found import Decay, Meter, Rates, Recovered, Sensitivity, Shares

BLUE, RED, GREEN, DARK, GREY = "#0072B2", "#D55E00", "#009E73", "#1b1f24", "#6b7280"
RED_TEXT, GREEN_TEXT = "#9a4a00", "#00674c"
_VOLUMES, _RECOVERIES = [0.5, 1, 2, 5, 10, 20, 50, 100], [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]


def _round_up(number: float) -> float:
    """A limit with one digit and a half, so that ticks and background change seldom."""
    scale = 10 ** np.floor(np.log10(number))
    return float(np.ceil(2 * number / scale) / 2 * scale)


def _bar(ax, place, width, color, hatch=None):
    ax.add_artist(
        Rectangle((min(0, width), place - 0.26), abs(width), 0.52, facecolor=color, edgecolor="white", hatch=hatch)
    )


def _rows(figure, count, left=0.42):
    ax = figure.add_axes((left, 0.14, 0.97 - left, 0.84))
    ax.set(ylim=(count - 0.45, -0.55))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    return ax


def meter_axes(figure):
    """Five rows of bars."""
    ax = _rows(figure, 5)
    ax.set(xlabel="Error of the net activity (%)")
    return ax


def meter_draw(ax, found: Meter) -> None:
    """What each slip costs."""
    errors = [100 * error for _, error in found.slips if error is not None]
    low, high = min([*errors, 0.0]), max([*errors, 0.0])
    wide = _round_up(1.3 * max(high - low, 0.02))
    left = -_round_up(max(-low, 0) + 0.22 * wide) if low < 0 else -0.05 * wide
    right = _round_up(max(high, 0) + 0.22 * wide)
    ax.set(xlim=(left, right))
    ax.add_artist(Line2D([0, 0], [-1, 5], color=DARK, lw=1))
    for place, (name, error) in enumerate(found.slips):
        ax.text(-0.02, place, name, transform=ax.get_yaxis_transform(), ha="right", va="center", color=DARK)
        if error is None:
            ax.text(0, place, " refused: more left than there was", va="center", color=RED_TEXT)
            continue
        _bar(ax, place, 100 * error, RED)
        sign = "right" if error < 0 else "left"
        gap = 0.008 * (right - left) * (1 if error >= 0 else -1)
        ax.text(100 * error + gap, place, percent(error), ha=sign, va="center", color=DARK)


def whole(number: float) -> str:
    """Counts in groups of three digits."""
    return f"{number:,.0f}".replace(",", "\u202f")


def percent(share: float) -> str:
    """A signed percentage with two digits that matter."""
    number = 100 * share
    if abs(number) < 0.005:
        return "0 %"
    digits = 2 if abs(number) < 1 else 1 if abs(number) < 100 else 0
    return f"{number:+.{digits}f} %".replace("-", "−")


def sensitivity_axes(figure):
    """Counts per keV over energy."""
    ax = figure.add_axes((0.11, 0.14, 0.86, 0.83))
    ax.set(xlabel="Energy (keV)", ylabel="Counts per keV")
    return ax


def sensitivity_draw(ax, found: Sensitivity) -> None:
    """Three windows, and the trapezoid under the peak."""
    density = [n / (high - low) for n, (low, high) in zip(found.counts, found.limits_kev, strict=True)]
    low, peak, up = found.limits_kev
    ax.set(xlim=(low[0] - 4, up[1] + 4), ylim=(0, _round_up(1.25 * max(*density, 1e-3))))
    for k, (color, hatch) in enumerate(((GREEN, "//"), (BLUE, None), (GREEN, "//"))):
        left, right = found.limits_kev[k]
        ax.add_artist(
            Rectangle((left, 0), right - left, density[k], facecolor=color, alpha=0.3, edgecolor=color, hatch=hatch)
        )
    under = [(peak[0], 0), (peak[0], density[0]), (peak[1], density[2]), (peak[1], 0)]
    ax.add_artist(Polygon(under, closed=True, facecolor=RED, alpha=0.45, edgecolor=RED, lw=2))
    names = ("lower", "peak", "upper")
    for k, name in enumerate(names):
        x = sum(found.limits_kev[k]) / 2
        top = max(density) if k == 1 else density[k]  # clear of the trapezoid
        ax.text(x, top, f"{name}\n{whole(found.counts[k])}", ha="center", va="bottom", color=DARK)
    ax.text(0.015, 0.97, "orange: scatter estimated under the peak", transform=ax.transAxes, color=RED_TEXT, va="top")


def rates_axes(figure):
    """Recorded over true rate."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.83))
    ax.set(xlabel="True rate (kcps)", ylabel="Recorded rate (kcps)")
    return ax


def rates_draw(ax, found: Rates) -> None:
    """Both models, the recorded rate and where it crosses them."""
    x, observed = found.true / 1e3, found.observed / 1e3
    high = _round_up(1.3 * max(found.nonparalysable.max() / 1e3, observed))
    ax.set(xlim=(0, _round_up(x[-1])), ylim=(0, high))
    ax.add_artist(Line2D([0, high], [0, high], color=GREY, lw=1, ls=":"))
    ax.add_artist(Line2D(x, found.paralysable / 1e3, color=BLUE, lw=2.2))
    ax.add_artist(Line2D(x, found.nonparalysable / 1e3, color=GREEN, lw=2.2, ls="--"))
    ax.add_artist(Line2D([0, _round_up(x[-1])], [observed] * 2, color=RED, lw=1.2, ls="-."))
    for rate, color, marker in ((found.below, BLUE, "o"), (found.above, BLUE, "s"), (found.other, GREEN, "^")):
        if rate is not None and rate <= found.true[-1]:
            ax.add_artist(Line2D([rate / 1e3] * 2, [0, observed], color=color, lw=1, ls=":"))
            ax.add_artist(Line2D([rate / 1e3], [observed], color=color, marker=marker, markersize=9, ls="none"))
    for place, (text, color) in enumerate(
        (
            ("solid: paralysable, circle and square: its two branches", BLUE),
            ("dashed: non-paralysable, triangle", GREEN_TEXT),
            ("dash-dot: the rate you recorded", RED_TEXT),
        )
    ):
        ax.text(0.985, 0.975 - 0.065 * place, text, transform=ax.transAxes, color=color, ha="right", va="top")


def source_axes(figure):
    """Rates above, residuals below."""
    upper, lower = figure.add_axes((0.1, 0.4, 0.87, 0.57)), figure.add_axes((0.1, 0.13, 0.87, 0.21))
    upper.set(ylabel="Recorded rate (kcps)")
    lower.set(xlabel="Activity (GBq)", ylabel="residual / u", ylim=(-4.4, 4.4))
    lower.set_yticks([-4, -2, 0, 2, 4])
    return upper, lower


def source_draw(both, found: Decay) -> None:
    """Points, curve, and the residuals of the fit."""
    upper, lower = both
    x, y = found.activity_mbq / 1e3, np.array([one.n for one in found.observed]) / 1e3
    wide, straight = _round_up(1.05 * x.max()), found.grid_mbq / 1e3
    upper.set(xlim=(0, wide), ylim=(0, _round_up(1.2 * y.max())))
    lower.set(xlim=(0, wide))
    upper.add_artist(Line2D(x, y, color=DARK, marker="o", ls="none", markersize=6))
    lower.add_artist(Line2D([0, wide], [0, 0], color=GREY, lw=1))
    if found.fit is None:
        return
    upper.add_artist(Line2D(straight, found.curve / 1e3, color=BLUE, lw=2))
    upper.add_artist(Line2D(straight, found.fit.sensitivity_cps_per_mbq.n * straight, color=GREY, lw=1.2, ls=":"))
    upper.text(0.015, 0.96, "points: simulated · line: fit · dotted: no losses", transform=upper.transAxes, va="top")
    inside = np.clip(found.fit.residuals, -4, 4)
    beyond = np.abs(found.fit.residuals) > 4
    lower.add_artist(Line2D(x[~beyond], inside[~beyond], color=BLUE, marker="o", ls="none", markersize=5))
    if beyond.any():
        upper.text(0.015, 0.88, "crosses below: more than 4 u off", transform=upper.transAxes, color=RED_TEXT, va="top")
    lower.add_artist(Line2D(x[beyond], inside[beyond], color=RED, marker="x", ls="none", markersize=7, mew=2))


def recovery_axes(figure):
    """Recovery over volume."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.83))
    ax.set_xscale("log")
    ax.set(xlim=(0.3, 200), ylim=(0, 1.3), xlabel="Volume (mL)", ylabel="Recovery coefficient")
    ax.set_xticks(_VOLUMES, [f"{one:g}" for one in _VOLUMES])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(_RECOVERIES)
    return ax


def recovery_draw(ax, found: Recovered) -> None:
    """Spheres, curve with band, the lesion."""
    x, low, high = found.grid_ml, found.middle - 2 * found.spread, found.middle + 2 * found.spread
    outline = np.column_stack([np.append(x, x[::-1]), np.append(low, high[::-1])])
    ax.add_artist(Polygon(outline, closed=True, color=BLUE, alpha=0.18, lw=0))
    ax.add_artist(Line2D(x, found.middle, color=BLUE, lw=2.2))
    ax.add_artist(Line2D([0.3, 200], [1, 1], color=GREY, lw=1, ls=":"))
    for volume, value, spread in zip(found.volumes_ml, found.recoveries, found.sigma, strict=True):
        ax.add_artist(Line2D([volume] * 2, [value - 2 * spread, value + 2 * spread], color=DARK, lw=1.4))
    ax.add_artist(Line2D(found.volumes_ml, found.recoveries, color=DARK, marker="o", ls="none", markersize=6))
    r = found.coefficient.n
    ax.add_artist(Line2D([found.lesion_ml] * 2, [0, r], color=RED, lw=1.3, ls="--"))
    ax.add_artist(Line2D([found.lesion_ml], [r], color=RED, marker="D", ls="none", markersize=8))
    ax.text(0.33, 1.26, "points: spheres ± 2 u · line: fit and ± 2 u", color=BLUE, va="top")
    ax.text(0.33, 1.18, "diamond: the lesion", color=RED_TEXT, va="top")


NAMES = {
    "volume in counts": "outline, in the counts",
    "volume in recovery": "outline, in the recovery",
    "volume in S value": "outline, in the S value",
    "recovery curve": "recovery curve (spheres)",
    "sensitivity": "sensitivity",
    "curve fit": "time–activity fit",
    "covariance": "covariances of the outline's three",
}


def shares_axes(figure):
    """Seven rows of bars."""
    ax = _rows(figure, len(NAMES), left=0.36)
    ax.set(xlabel="Share of the variance (%)")
    return ax


def shares_draw(ax, found: Shares) -> None:
    """One bar a share; the negative one hatched."""
    shares = {name: 100 * found.budget.shares[name] for name in NAMES}
    low, high = min(*shares.values(), 0.0), max(shares.values())
    wide = high - low
    left = -_round_up(-low + 0.15 * wide) if low < -0.5 else -0.06 * wide
    ax.set(xlim=(left, _round_up(high + 0.15 * wide)))
    ax.add_artist(Line2D([0, 0], [-1, len(NAMES)], color=DARK, lw=1))
    for place, (name, share) in enumerate(shares.items()):
        ax.text(-0.02, place, NAMES[name], transform=ax.get_yaxis_transform(), ha="right", va="center", color=DARK)
        _bar(ax, place, share, RED if share < 0 else BLUE, "//" if share < 0 else None)
        gap = 0.012 * wide * (1 if share >= 0 else -1)
        ax.text(share + gap, place, percent(share / 100).lstrip("+"), ha="left" if share >= 0 else "right", va="center")
