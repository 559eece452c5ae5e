"""What the dose-and-uncertainty page draws, with words and numbers of each figure."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import NullLocator

from mrtlab.apps.dose_budget.found import Grid, Mass, Spheres, Uncertain

BLUE, RED, GREEN, PINK, DARK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1f24"
RED_TEXT, GREEN_TEXT = "#9a4a00", "#00674c"
_STYLES = {
    "Lu-177": (BLUE, "-", "o"),
    "I-131": (RED, "--", "s"),
    "Y-90": (DARK, "-", "^"),
    "Ho-166": (GREEN, "-.", "D"),
    "Tb-161": (PINK, ":", "v"),
    "Cu-67": (GREEN, ":", "P"),
}
_SCALES = (0.03, 0.06, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 2.0)
PARTS = {
    "volume in counts": "volume → counts",
    "volume in recovery": "volume → recovery",
    "volume in S value": "volume → mass, S value",
    "recovery curve": "recovery curve",
    "sensitivity": "sensitivity",
    "curve fit": "curve fit, TIA",
    "covariance": "covariance",
}


def mass_axes(figure):
    """Dose over mass."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set(xlabel="Mass of the organ (g)", ylabel="Dose (Gy)")
    return ax


def mass_draw(ax, found: Mass) -> None:
    """Three doses over mass."""
    x, top = found.masses_g, 1.08 * max(found.scaled_gy.max(), found.local_gy.max(), found.reference_gy)
    ax.set(xlim=(0, float(f"{1.04 * x[-1]:.2g}")), ylim=(0, float(f"{top:.2g}")))
    ax.add_artist(Line2D(x, found.scaled_gy, color=BLUE, lw=5, alpha=0.5))
    ax.add_artist(Line2D(x, found.local_gy, color=GREEN, lw=1.8, ls="-."))
    ax.add_artist(Line2D([0, x[-1]], [found.reference_gy] * 2, color=RED, lw=1.8, ls="--"))
    ax.add_artist(
        Line2D([found.reference_g], [found.reference_gy], marker="s", markersize=8, color=RED, markerfacecolor="none")
    )
    ax.add_artist(Line2D([found.mass_g] * 2, [found.reference_gy, found.now_gy], color=DARK, lw=1.2, ls=":"))
    ax.add_artist(Line2D([found.mass_g], [found.now_gy], marker="o", markersize=9, color=BLUE))
    for place, words, color in (
        (0.97, "wide: S value scaled to the mass", BLUE),
        (0.9, "dash-dotted: local deposition", GREEN_TEXT),
        (0.83, "dashed: S value of the reference mass (square)", RED_TEXT),
        (0.76, "circle: this patient", BLUE),
    ):
        ax.text(0.98, place, words, color=color, ha="right", va="top", transform=ax.transAxes)


def mass_alt(found: Mass) -> str:
    """Text alternative."""
    return (
        f"Dose over mass, falling from {found.scaled_gy[0]:.3g} Gy at {found.masses_g[0]:.0f} g to "
        f"{found.scaled_gy[-1]:.3g} Gy at {found.masses_g[-1]:.0f} g; local deposition lies below or on it. "
        f"A dashed level line at {found.reference_gy:.3g} Gy, the dose of the reference mass, crosses it at "
        f"{found.reference_g:.0f} g. This patient: {found.mass_g:.4g} g, {found.now_gy:.3g} Gy."
    )


def mass_numbers(found: Mass):
    """Table."""
    columns = list(zip(found.masses_g, found.scaled_gy, found.local_gy, strict=True))
    rows = [(f"{m:.0f}", f"{a:.3g}", f"{b:.3g}", f"{found.reference_gy:.3g}") for m, a, b in columns[::6]]
    return ("Mass, g", "Scaled, Gy", "Local, Gy", "Reference mass, Gy"), rows


def spheres_axes(figure):
    """Electrons and photons."""
    axes = figure.add_axes((0.08, 0.14, 0.5, 0.76)), figure.add_axes((0.67, 0.14, 0.31, 0.76))
    for ax, what in zip(axes, ("electrons", "photons"), strict=True):
        ax.set_xscale("log")
        ax.set(xlim=(0.001, 300), xlabel="Mass of the sphere (g)", title=f"Absorbed fraction, {what}")
        ax.set_xticks([0.001, 0.01, 0.1, 1, 10, 100], ["0.001", "", "0.1", "1", "10", "100"])
        ax.xaxis.set_minor_locator(NullLocator())
    axes[0].set(ylim=(0, 1.03))
    axes[1].set(ylim=(0, 0.3))
    return axes


def spheres_draw(both, found: Spheres) -> None:
    """All nuclides, the chosen one thick."""
    for ax, curves, now in zip(both, (found.electrons, found.photons), (found.electron, found.photon), strict=True):
        for name, curve in curves.items():
            color, dashes, marker = _STYLES[name]
            lw = 3 if name == found.nuclide else 1.3
            ax.add_artist(
                Line2D(found.masses_g, curve, color=color, ls=dashes, lw=lw, marker=marker, markevery=10, markersize=5)
            )
        if now is not None:
            color, _, _ = _STYLES[found.nuclide]
            ax.add_artist(Line2D([found.mass_g], [now], marker="o", markersize=12, color=color, markerfacecolor="none"))
    for row, (name, (color, dashes, marker)) in enumerate(_STYLES.items()):
        y = 0.4 - 0.065 * row
        both[0].add_artist(Line2D([12, 30], [y, y], color=color, ls=dashes, marker=marker, markersize=5, lw=1.5))
        both[0].text(40, y, name, color=DARK, va="center")


def spheres_alt(found: Spheres) -> str:
    """Text alternative."""
    photon = "" if found.photon is None else f", {found.photon:.3f} of photons"
    return (
        "Left: the fraction of the electron energy that a sphere absorbs itself, rising with mass from 1 mg to 300 g; "
        "Y-90 is lowest, then Ho-166, the others are above 0.9 from 0.1 g. Right: the same for photons, below 0.3 "
        f"everywhere. A ring marks {found.mass_g:.4g} g of {found.nuclide}: {found.electron:.3f} of electrons{photon}."
    )


def spheres_numbers(found: Spheres):
    """Table."""
    names = list(found.electrons)
    rows = [
        (f"{found.masses_g[k]:.3g}", *(f"{found.electrons[name][k]:.3f}" for name in names))
        for k in range(0, len(found.masses_g), 7)
    ]
    return ("Mass, g", *(f"{name}, electrons" for name in names)), rows


def voxels_axes(figure):
    """Profile and histogram."""
    axes = figure.add_axes((0.085, 0.14, 0.4, 0.76)), figure.add_axes((0.585, 0.14, 0.4, 0.76))
    axes[0].set(xlabel="Place on a line through the middle (mm)", ylabel="Dose (Gy)", title="Profile")
    axes[1].set(
        xlabel="Dose (Gy)", ylabel="Volume with that dose or more (%)", ylim=(0, 104), title="DVH of the sphere"
    )
    return axes


def voxels_draw(both, found: Grid) -> None:
    """Both ways in both panels."""
    left, right = both
    top = float(f"{1.18 * max(found.local_gy.max(), found.kernel_gy.max()):.2g}")
    wide = abs(found.places_mm[0])
    left.set(xlim=(-wide, wide), ylim=(0, top))
    right.set(xlim=(0, top))
    for profile, dvh, color, dashes, marker in (
        (found.local_gy, found.local, RED, "--", "s"),
        (found.kernel_gy, found.kernel, BLUE, "-", "o"),
    ):
        left.add_artist(Line2D(found.places_mm, profile, color=color, ls=dashes, marker=marker, markersize=4, lw=1.6))
        levels, percent = dvh.curve(101)
        levels, percent = np.append(levels, levels[-1]), np.append(percent, 0)
        right.add_artist(Line2D(levels, percent, color=color, ls=dashes, lw=2))
        right.add_artist(Line2D([dvh.dose_at_volume(95)], [95], color=color, marker=marker, markersize=7))
    for edge in (-found.diameter_mm / 2, found.diameter_mm / 2):
        left.add_artist(Line2D([edge, edge], [0, top], color=DARK, lw=1, ls=":"))
    left.text(0.02, 0.97, "squares: local", color=RED_TEXT, va="top", transform=left.transAxes)
    left.text(0.02, 0.9, "circles: kernel", color=BLUE, va="top", transform=left.transAxes)
    right.text(0.03, 0.08, "markers: D95", color=DARK, va="bottom", transform=right.transAxes)


def voxels_alt(found: Grid) -> str:
    """Text alternative."""
    return (
        f"Left: dose on a line through a hot sphere of {found.diameter_mm:g} mm. Local deposition is a box of "
        f"{found.local_gy.max():.3g} Gy on {found.local_gy.min():.3g} Gy; the kernel rounds its edges, with "
        f"{found.kernel_gy.max():.3g} Gy at most. Right: dose-volume histograms of the sphere; D95 is "
        f"{found.local.dose_at_volume(95):.3g} Gy local and {found.kernel.dose_at_volume(95):.3g} Gy with the kernel."
    )


def voxels_numbers(found: Grid):
    """Table."""
    columns = zip(found.places_mm, found.local_gy, found.kernel_gy, strict=True)
    return ("Place, mm", "Local, Gy", "Kernel, Gy"), [tuple(f"{one:.3g}" for one in row) for row in columns]


def budget_axes(figure):
    """Bars, and the dose drawn."""
    left, right = figure.add_axes((0.265, 0.13, 0.39, 0.78)), figure.add_axes((0.71, 0.13, 0.275, 0.78))
    left.set(ylim=(len(PARTS) + 0.5, -0.6), xlabel="Share of the variance (%)", title="Budget")
    left.set_yticks([*range(len(PARTS)), len(PARTS)], [*PARTS.values(), "all together"])
    right.set(xlabel="Dose over best estimate", title="Monte Carlo")
    right.set_yticks([])
    return left, right


def budget_draw(both, found: Uncertain) -> None:
    """Bars of shares; the density of the dose."""
    left, right = both
    shares = {name: 100 * found.budget.shares[name] for name in PARTS}
    low = 100 * np.floor((min(-1, *shares.values()) - 60) / 100)  # in steps: new limits cost half of a repaint
    high = 100 * np.ceil((max(100, *shares.values()) + 60) / 100)
    left.set(xlim=(low, high))
    pad = 0.012 * (high - low)
    for row, (name, share) in enumerate([*shares.items(), ("all", 100.0)]):
        look = {"facecolor": BLUE, "edgecolor": BLUE}
        if name == "covariance":
            look = {"facecolor": "white", "edgecolor": RED, "hatch": "///"}
        elif name == "all":
            look = {"facecolor": DARK, "edgecolor": DARK}
        elif not name.startswith("volume"):
            look = {"facecolor": GREEN, "edgecolor": GREEN}
        left.add_artist(Rectangle((min(share, 0), row - 0.34), abs(share), 0.68, lw=1.2, **look))
        below, words = share < 0, f"{share:.0f}".replace("-", "−")
        place, side = (share - pad, "right") if below else (share + pad, "left")
        left.text(place, row, words, ha=side, va="center", color=DARK)
    left.add_artist(Line2D([0, 0], [-0.6, len(PARTS) + 0.5], color=DARK, lw=1))
    _density(right, found)


def _density(ax, found: Uncertain) -> None:
    """Densities, relative to the highest of the linear one."""
    u = max(found.budget.total_rel, 1e-4)
    step = next((one for one in _SCALES if one >= u), _SCALES[-1])
    ends = [max(0.0, 1 - 3.5 * step), 1 + 4 * step]
    x = np.linspace(*ends, 200)
    ax.set(xlim=ends, ylim=(0, 1.6))
    if found.samples is not None:
        height, edges = np.histogram(found.samples.values, bins=60, range=ends)
        height = height / (len(found.samples.values) * np.diff(edges)) * u * np.sqrt(2 * np.pi)
        xs, ys = np.repeat(edges, 2), np.concatenate([[0], np.repeat(height, 2), [0]])
        ax.add_artist(Polygon(np.column_stack([xs, ys]), closed=True, facecolor=BLUE, alpha=0.35, lw=0))
        ax.add_artist(Line2D(found.samples.interval95, [0.04] * 2, color=BLUE, lw=4))
        ax.text(0.03, 0.91, "filled: drawn", color=BLUE, va="top", transform=ax.transAxes)
        ax.text(0.03, 0.85, "thick: its 95 %", color=BLUE, va="top", transform=ax.transAxes)
    ax.add_artist(Line2D(x, np.exp(-(((x - 1) / u) ** 2) / 2), color=RED, lw=1.8, ls="--"))
    ax.text(0.03, 0.97, "dashed: linear", color=RED_TEXT, va="top", transform=ax.transAxes)


def budget_alt(found: Uncertain) -> str:
    """Text alternative."""
    shares = ", ".join(f"{PARTS[name]} {100 * found.budget.shares[name]:.0f} %" for name in PARTS)
    drawn = ""
    if found.samples is not None:
        low, high = found.samples.interval95
        drawn = f" Right: the doses drawn, 95 % between {low:.2f} and {high:.2f} of the best estimate."
    return (
        f"Horizontal bars of the shares in the variance of the dose: {shares}; together 100 %, which is a relative "
        f"uncertainty of {100 * found.budget.total_rel:.1f} %. The covariance is hatched.{drawn}"
    )


def budget_numbers(found: Uncertain):
    """Table."""
    rows = [(text, f"{100 * found.budget.shares[name]:.1f}") for name, text in PARTS.items()]
    return ("Contribution", "Share of the variance, %"), [*rows, ("all together", "100.0")]
