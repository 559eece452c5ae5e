"""What was picked in a plot or an image, drawn into it, with the right answer beside it once that is open."""

from __future__ import annotations

from mrtlab.learn import pictures
from mrtlab.learn.sheet import Sheet, SheetQuestion

__all__ = ["picked"]

_PICK, _RIGHT, _INK = "#9a4a00", "#006d4f", "#1b1f24"


def picked(sheet: Sheet, question: SheetQuestion, value, right) -> tuple[str, str]:
    """Address that holds the picture, and its words.

    Parameters
    ----------
    sheet : Sheet
    question : SheetQuestion
        Where something is picked.
    value : int or tuple
        The learner's, as it was read.
    right : int, tuple or None
        None while it must not be shown.
    """
    from matplotlib import rc_context

    with rc_context(
        {"svg.hashsalt": "mrtlab", "font.size": 10.5, "axes.spines.top": False, "axes.spines.right": False}
    ):
        figure, ax = _axes()
        words = (
            _place(ax, sheet, value, right) if question.kind == "place" else _plot(ax, sheet, question, value, right)
        )
        return pictures.data_uri(_png(figure), "image/png"), words


def _axes():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 3.4), layout="constrained")
    return figure, figure.add_subplot()


def _png(figure) -> bytes:
    import io

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=144, metadata={"Software": None})
    return out.getvalue()


def _plot(ax, sheet: Sheet, question: SheetQuestion, value, right) -> str:
    plot = sheet.plot
    table = sheet.table(plot.table)
    x, y = table.column(plot.x), table.column(plot.y)
    ax.errorbar(x.values, y.values, plot.error, fmt="o", color=_INK, markersize=5, capsize=3, elinewidth=1.2)
    ax.set(xlabel=x.heading, ylabel=y.heading)
    ax.set_xscale("log" if plot.log_x else "linear")
    ax.set_yscale("log" if plot.log_y else "linear")
    shown = [(value, "answer", _PICK, "-")] + ([(right, "right", _RIGHT, "--")] if right is not None else [])
    words = []
    for place, (pick, name, colour, line) in enumerate(shown):
        if question.kind == "region":
            ax.axvspan(*pick, facecolor=colour, alpha=0.12)
            for end in pick:
                ax.axvline(end, color=colour, linestyle=line, linewidth=1.6)
            said, at = f"{pick[0]:.4g} to {pick[1]:.4g} {x.unit}".strip(), sum(pick) / 2
        elif 0 <= pick < len(x.values):
            size = 13 + 5 * place
            ax.plot(x.values[pick], y.values[pick], "os"[place], markersize=size, mfc="none", mec=colour, mew=2)
            said, at = f"point {pick + 1} ({x.cells[pick]} {x.unit}, {y.cells[pick]} {y.unit})", x.values[pick]
        else:
            said, at = f"point {pick + 1}, which is not there", x.values[0]
        above = 1.02 + 0.08 * place  # above the axes, where no point can be
        ax.text(at, above, name, color=colour, ha="center", weight="bold", transform=ax.get_xaxis_transform())
        words.append(f"{name}: {said}")
    return f"{y.label} against {x.label} with what was picked. {'; '.join(words)}."


def _place(ax, sheet: Sheet, value, right) -> str:
    from matplotlib.patches import Rectangle

    image = sheet.images[0]
    rows, columns = image.shape
    ax.imshow(image.array, cmap="gray_r", interpolation="nearest", origin="upper")
    ax.set(xlabel="x, pixels", ylabel="y, pixels", xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    x, y = value
    words = [f"answer: x {x:.4g}, y {y:.4g} pixels"]
    for place, (left, far, top, bottom) in enumerate(right or ()):
        style = {"fill": False, "edgecolor": _RIGHT, "linestyle": "--", "linewidth": 2}
        ax.add_patch(Rectangle((left, top), far - left, bottom - top, label="" if place else "right", **style))
        words.append(f"right: x {left:.4g} to {far:.4g}, y {top:.4g} to {bottom:.4g}")
    for colour, width, label in (("white", 5, ""), (_PICK, 2.5, "answer")):
        ax.plot([x], [y], "+", color=colour, markersize=18, markeredgewidth=width, label=label, zorder=5)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    return f"{image.alt} With the place that was picked. {'; '.join(words)}."
