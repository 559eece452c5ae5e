"""How long from the key on a control to the repainted figure, in headless Chromium under Voilà.

    python tests/benchmarks/browser_repaint.py                                # all pages below, asserts the ratios
    python tests/benchmarks/browser_repaint.py PAGE.ipynb "use the point"    # a page of mrtlab, by a control's name

Two comparisons, each of two pages that show the same, measured in this one run, in turn, 30 steps each after 5 to warm
up. One page is what one writes without mrtlab's controls (``interactive_output`` and inline pyplot).

1. A slider, an lmfit fit of a mono-exponential in its call-back, a curve with points and a band; against mrtlab's
   ``Slider`` and ``Figure``.
2. The kidney-dose page itself, as it is shipped. Its plain twin makes the same fit of the same curve with the same
   function and draws the same two panels, and makes **only that fit**: it compares no curves, which the page does once
   its picture is painted. Both get another uncertainty of the points at every step, so that each is a first visit and
   nothing remembered helps; then the box of the last point is ticked and unticked, where the page remembers (the plain
   page does not) and is asserted too. The least favourable ratio, that of first visits, is what the page is judged by.

The clock is the page's own ``performance.now()``. It starts in the task that dispatches the key event to the control
(for a number field: the input and Enter; for a check box: the click). It stops when the new picture has been painted:
a mutation observer sees an ``<img>`` with a source that was not there before, the image is waited for until it is
decoded, then the next animation frame, which paints it, and then a task queued in that frame, which runs after it.
Chromium's limit of 60 frames a second is lifted: waiting for the screen would add up to 16.7 ms to every step, of all
pages, and round all times to whole frames. Between steps the page rests until the kernel is idle again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dashboards"))
from browser_harness import Dashboard, chromium, find_chromium, voila

STEPS, WARM_UP, RATIO = 30, 5, 3.0
PAUSE_MS = 400

COMMON = '''
import lmfit
import numpy as np

times = np.array([3.7, 27.7, 103.1, 124.0])
measured = np.array([98.6, 73.6, 25.4, 19.0])
sigma = 0.05 * measured
hours = np.linspace(0, 240, 241)


def fit(last_mbq):
    """Mono-exponential through the points, the last of which the slider moves."""
    points = np.append(measured[:3], last_mbq)
    values = lmfit.create_params(a=dict(value=100, min=0), k=dict(value=0.0137, min=0))
    found = lmfit.minimize(lambda p: (p["a"] * np.exp(-p["k"] * times) - points) / sigma, values)
    return found.params["a"].value, found.params["k"].value, points


def layout(figure):
    """The house plot: activity over time, residuals under it."""
    top = figure.add_axes((0.1, 0.3, 0.88, 0.68))
    bottom = figure.add_axes((0.1, 0.12, 0.88, 0.13), sharex=top)
    for axes in (top, bottom):
        axes.spines[["top", "right"]].set_visible(False)
    top.tick_params(labelbottom=False)
    return top, bottom


def draw(axes, answer):
    top, bottom = axes
    a, k, points = answer
    curve = a * np.exp(-k * hours)
    top.fill_between(hours, 0.95 * curve, 1.05 * curve, color="#0072B2", alpha=0.14, linewidth=0)
    top.plot(hours, curve, color="#0072B2", linewidth=2)
    top.errorbar(times, points, yerr=1.96 * sigma, fmt="o", color="black", capsize=3)
    top.annotate("mono-exponential fit", (40, 60), (70, 90), color="#0072B2", arrowprops=dict(arrowstyle="-"))
    top.axvline(124, color="0.4", linestyle="--", linewidth=1)
    bottom.plot(times, (points - a * np.exp(-k * times)) / sigma, "o", color="black")
    bottom.axhline(0, color="0.4", linewidth=1)
    top.set(ylim=(0, 120), ylabel="Activity (MBq)")
    bottom.set(ylim=(-4, 4), ylabel="residual / σ", xlabel="Time after administration (h)", xlim=(0, 240))
    bottom.set_xticks(range(0, 241, 24))
'''

PLAIN = """
%matplotlib inline
import matplotlib.pyplot as plt
import ipywidgets as widgets


def show(last_mbq):
    figure = plt.figure(figsize=(724 / 96, 460 / 96), dpi=96)
    draw(layout(figure), fit(last_mbq))
    plt.show()


slider = widgets.FloatSlider(19.0, min=5, max=40, step=0.5, description="last")
widgets.VBox([slider, widgets.interactive_output(show, {"last_mbq": slider})])
"""

OURS = """
from mrtlab.apps.controls import Figure, Page, Section, Slider, guard

slider = Slider("Last point", "MBq", 19.0, minimum=5, maximum=40, step=0.5)
figure = Figure(draw, lambda answer: f"Activity falls from {answer[0]:.0f} MBq.", axes=layout)
page = Page("Repaint", [Section("How quick is it?", [slider], figure)])


@guard(page)
def show(_=None):
    figure.show(fit(slider.value))


slider.observe(show, "value")
show()
page
"""

PLAIN_KIDNEY = """
%matplotlib inline
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np

import mrtlab

table = mrtlab.read_tac(mrtlab.dataset("lu177-dotatate-patient4") / "tac.csv")


def show(cv, last):
    measured = table["kidney_left"].with_cv(cv / 100)
    used = np.array([True, True, True, last])
    fit = mrtlab.kinetics.fit(measured.keep(used), "mono")
    figure = plt.figure(figsize=(724 / 96, 480 / 96), dpi=96)
    top = figure.add_axes((0.09, 0.36, 0.88, 0.61))
    bottom = figure.add_axes((0.09, 0.1, 0.88, 0.16))
    for axes in (top, bottom):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0, 240)
        axes.set_xticks(range(0, 241, 24))
    hours = np.linspace(0, 240, 241)
    curve, band = fit.activity(hours), fit.band(hours)
    end = fit.curve.times_h[-1]
    tail = hours >= end
    top.fill_between(hours, *band, color="#0072B2", alpha=0.14, linewidth=0)
    top.fill_between(hours[tail], 0, curve[tail], facecolor="none", edgecolor="#8c959f", hatch="////", linewidth=0)
    top.plot(hours, curve, color="#0072B2", linewidth=2.2)
    for mask, face in ((used, "black"), (~used, "white")):
        if mask.any():
            top.errorbar(measured.times_h[mask], measured.activity_mbq[mask], 1.96 * measured.sigma_mbq[mask], fmt="o",
                         color="black", markerfacecolor=face, capsize=3.5)
    top.plot([end, end], [0, 83], color="0.4", linestyle="--", linewidth=1)
    top.text(end, 84, "last scan used", ha="center", va="bottom", color="0.4")
    top.annotate("mono-exponential; band and bars 95 %", (48, curve[48]), (72, 115), color="#0072B2",
                 arrowprops={"arrowstyle": "-", "color": "#0072B2"})
    top.annotate(f"{100 * fit.extrapolated_fraction:.0f} % of the integral\\nrests on this tail", (182, 4), (186, 37),
                 ha="center", color="0.4", arrowprops={"arrowstyle": "-", "color": "0.4"})
    top.set(ylim=(0, 125), ylabel="Activity, left kidney (MBq)")
    bottom.axhspan(-2, 2, color="#f0f1f3")
    bottom.axhline(0, color="0.4", linewidth=0.8)
    bottom.plot(fit.curve.times_h, fit.residuals, "o", color="black")
    bottom.set(ylim=(-4, 4), yticks=[-2, 0, 2], ylabel="residual / σ", xlabel="Time after administration (h)")
    plt.show()


cv = widgets.FloatSlider(5.0, min=1, max=20, step=0.01, description="u, %")
last = widgets.Checkbox(True, description="use the last point")
widgets.VBox([cv, last, widgets.interactive_output(show, {"cv": cv, "last": last})])
"""

KIDNEY = """
from mrtlab.apps import kidney_dose

kidney_dose.page()
"""
# as one finds it who has been here: no prediction is waited for, and the uncertainty of the points is a number
KIDNEY_STATE = {"skipped": True, "cv_percent": 5.0}

MEASURE = """
async (control, { key, text }) => {
  const before = new Set([...document.images].map((image) => image.src));
  const painted = new Promise((done, fail) => {
    const nextFrame = () => new Promise((go) => requestAnimationFrame(go));
    const afterFrame = () => new Promise((go) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = go;
      port2.postMessage(null);
    });
    const seen = async (image) => {
      observer.disconnect();
      try { await image.decode(); } catch { await new Promise((go) => (image.onload = go)); }
      await nextFrame();
      await afterFrame();
      done(performance.now());
    };
    const observer = new MutationObserver((changes) => {
      for (const change of changes) {
        const nodes = change.type === "attributes" ? [change.target] : [...change.addedNodes];
        for (const node of nodes) {
          const image = node.tagName === "IMG" ? node : node.querySelector?.("img");
          if (image?.src && !before.has(image.src)) return seen(image);
        }
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
    setTimeout(() => fail(new Error("the figure was not repainted within 10 s")), 10000);
  });
  control.focus();
  const start = performance.now();
  const press = (name) =>
    control.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  if (control.type === "checkbox") control.click();
  else if (text === null) press(key);
  else {
    control.value = text;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    press("Enter");
  }
  return (await painted) - start;
}
"""


def measure(tab: Dashboard, control) -> list[float]:
    """Milliseconds of each step."""
    typed = control.evaluate("(node) => node.type === 'text'")
    start = float(control.input_value().split()[0].replace(",", ".")) if typed else 0
    times = []
    for step in range(WARM_UP + STEPS):
        text = f"{start * (1 + 0.002 * (step + 1)):.6g}" if typed else None
        milliseconds = control.evaluate(MEASURE, {"key": "ArrowRight", "text": text})
        if step >= WARM_UP:
            times.append(milliseconds)
        tab.page.wait_for_timeout(PAUSE_MS)  # as a person steps; the kernel is idle again
    return times


def report(name: str, times: list[float]) -> float:
    """Print and return the median."""
    median, p95 = statistics.median(times), sorted(times)[round(0.95 * len(times)) - 1]
    print(f"{name:44} p50 {median:6.1f} ms   p95 {p95:6.1f} ms   ({len(times)} steps)", flush=True)
    return median


def compare(browser) -> int:
    """Measure the pages above; the exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["MRTLAB_DATA_DIR"] = str(folder / "data")  # the server and its kernels inherit it
        (folder / "data" / "pages").mkdir(parents=True)
        (folder / "data" / "pages" / "kidney_dose.json").write_text(json.dumps(KIDNEY_STATE), encoding="utf-8")
        kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
        pages = {"plain": [COMMON, PLAIN], "ours": [COMMON, OURS], "plain_kidney": [PLAIN_KIDNEY], "kidney": [KIDNEY]}
        for page, sources in pages.items():
            cells = [nbformat.v4.new_code_cell(source) for source in sources]
            nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / f"{page}.ipynb")
        with voila(folder) as address:
            plain = _plain(browser, address, "plain", {"interactive_output, inline pyplot": ".noUi-handle"})
            ours = _ours(browser, address, "ours", {"mrtlab Slider and Figure": "Last point"})
            kidney_plain = _plain(
                browser,
                address,
                "plain_kidney",
                {"kidney dose made plainly, uncertainty": ".noUi-handle", "the same, last point": "[type=checkbox]"},
            )
            kidney = _ours(
                browser,
                address,
                "kidney",
                {
                    "kidney-dose page, uncertainty: first visits": "Uncertainty of each point",
                    "kidney-dose page, last point: remembered": "use the point at 124 h",
                },
            )
    ratios = {
        "slider": plain[0] / ours[0],
        "kidney-dose page, first visits": kidney_plain[0] / kidney[0],
        "kidney-dose page, remembered": kidney_plain[1] / kidney[1],
    }
    for what, ratio in ratios.items():
        print(f"{'ratio of the medians, ' + what:60} {ratio:6.1f}")
    if min(ratios.values()) < RATIO:
        print(f"every ratio must be at least {RATIO:g}", file=sys.stderr)
        return 1
    return 0


def _plain(browser, address: str, page: str, controls: dict[str, str]) -> list[float]:
    """Medians of a page without mrtlab's controls, which are found by selectors."""
    tab = Dashboard(browser, address)
    tab.go(f"{page}.ipynb")
    tab.page.wait_for_selector("img", timeout=60000)
    medians = [report(name, measure(tab, tab.page.locator(css).first)) for name, css in controls.items()]
    tab.close()
    return medians


def _ours(browser, address: str, page: str, controls: dict[str, str]) -> list[float]:
    """Medians of a page of mrtlab, whose controls are found by their names."""
    tab = Dashboard(browser, address).open(f"{page}.ipynb")
    tab.page.wait_for_selector(".mrt-picture img[src]", timeout=60000)
    tab.page.wait_for_timeout(PAUSE_MS)
    medians = [report(name, measure(tab, tab.field(label))) for name, label in controls.items()]
    tab.close()
    return medians


def one(browser, notebook: Path, label: str, limit: float | None) -> int:
    """Measure a page of mrtlab by one of its controls; the exit status."""
    with voila(notebook.parent) as address:
        tab = Dashboard(browser, address).open(notebook.name)
        tab.page.wait_for_selector(".mrt-picture img[src]", timeout=60000)
        median = report(f"{notebook.stem}: {label}", measure(tab, tab.field(label)))
        tab.close()
    return int(limit is not None and median > limit)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="?", type=Path, help="a dashboard; without it the two pages are compared")
    parser.add_argument(
        "control", nargs="?", help="accessible name, or its beginning, of a slider, number field or check box"
    )
    parser.add_argument("--limit", type=float, help="fail if the median is above so many milliseconds")
    options = parser.parse_args()
    if bool(options.notebook) != bool(options.control):
        parser.error("give a notebook and the name of a control, or neither")
    path = find_chromium()
    if path is None:
        parser.error("no Chromium, Chrome or Edge was found; set MRTLAB_CHROMIUM to one")
    with chromium(path, "--disable-gpu-vsync", "--disable-frame-rate-limit") as browser:
        if options.notebook:
            return one(browser, options.notebook.resolve(), options.control, options.limit)
        return compare(browser)


if __name__ == "__main__":
    sys.exit(main())
