"""Notebooks that show every control, made for the tests; none is shipped."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import nbformat

IMPORTS = """
import time
import numpy as np
from ipywidgets import VBox
from mrtlab import InputError
from mrtlab.apps.controls import *
"""

PAGE = """
mass = NumberField("Kidney mass", "g", help="from the CT outline", minimum=1, maximum=2000)
given = NumberField("Administered activity", "MBq", 7400)
delay = Slider("Scan delay", "h", 72, minimum=0, maximum=168, step=0.5)
points = CheckRows("Points used", ("hours", "MBq"), [("3.7", "98.6"), ("27.7", "73.6")],
                   ["use the point at 3.7 h, 98.6 MBq", "use the point at 27.7 h, 73.6 MBq"])
region = Choice("Region", [("Left kidney", "KL"), ("Right kidney", "KR"), ("<i>Spleen</i>", "SP")])
guess = Choice("Leaving out the last scan changes the dose by", ["less than 5 %", "more than 5 %"], radio=True)
reason = TextField("Because", lines=2, placeholder="one sentence")
upload = Upload("Use my own table…", accept=".csv")
press, fail, refuse = Button("Count"), Button("Fail"), Button("Refuse", primary=True)
counted = []

def draw(axes, share):
    axes.plot([0, 1], [0, share])
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 200)

def numbers(share):
    return ("x", "y"), [(0, 0), (1, share)]

figure = Figure(draw, lambda share: f"A line that rises to {share:g}.", numbers)
result, flags, seen = Result(), Flags(["**Look here.** Do <b>this</b>."]), Text()
why = Details("Why", [DataTable(("Curve", "p"), [("mono", "0.86"), ("<script>", "1")], "Curves tried")])
code = Details("The same in code", [CodePanel("import mrtlab\\nprint(1 < 2)")])
measurement, parameters = Group("Measurement", [region, points, guess]), Group("Parameters", [mass, given, delay])
section = Section("Which curve?", [measurement, parameters, Row([press, fail, refuse, upload]), reason], figure,
                  [result, flags, seen, why, code])
steps = Steps(["Predict", "Fit", "Dose"], 1, done=[0], reachable=[0, 1])
page = Page("Every <control>", [steps, Note("A note."), section], crumbs=[("mrtlab", "other.ipynb"), ("Here", None)],
            subtitle="15 min", units="MBq · h", footer="known answers: none")
page.status = "saved 14:32 ✓"

@guard(page)
def show(_=None):
    section.stale = "" if mass.value is not None else "the kidney mass is missing"
    figure.show(delay.value or 0)
    result.set("Dose", f"{delay.value} Gy", "T_{eff} 50 h")
    file = upload.file and (upload.file.name, len(upload.file.content))
    seen.text = " | ".join(f"{name}={value!r}" for name, value in dict(mass=mass.value, given=given.value,
        delay=delay.value, points=points.value, region=region.value, guess=guess.value, reason=reason.value,
        file=file, clicks=len(counted), step=steps.current, opened=why.opened).items())

@guard(page)
def refused(_):
    raise InputError("the mass is 60; did you mean 0.60?")

press.on_click(lambda button: (counted.append(1), show()))
fail.on_click(lambda button: 1 / 0)
refuse.on_click(refused)
for control in (mass, given, delay, points, region, guess, reason):
    control.observe(show, "value")
upload.observe(show, "file")
steps.observe(show, "current")
why.observe(show, "opened")
show()
"""

ANSWERS = """
seen, log = Text(), []

half = AnswerField("Effective half-life", "h")
tia = AnswerField("Time-integrated activity", "MBq·h", parts=("value", "u"))
dose = AnswerField("Absorbed dose", "Gy", parts=("value", "low", "high"))
verdict = Right()

def checked(field):
    log.append((field.label, dict(field.raw)))
    if field.raw["value"] == "slow":
        time.sleep(2)
    if field.raw["value"] == "stop":
        field.disabled = True
    verdict.text = "**Right.** Washout shortens the 159.5 h of physical decay to about a third."
    show()

for field in (half, tia, dose):
    field.on_submit(checked)

HOURS, MBQ = (24, 96, 168), (121.4, 52.0, 21.7)

def decay(axes, _):
    axes.set(xlabel="Time after administration (h)", ylabel="Activity (MBq)", xlim=(0, 240), ylim=(0, 150))
    axes.errorbar(HOURS, MBQ, yerr=6, fmt="o", color="black", capsize=3)

def table(_):
    return ("h", "MBq"), list(zip(HOURS, MBQ))

alt = lambda _: "Three points fall from 121.4 MBq at 24 h to 21.7 MBq at 168 h."
point = Picker(decay, alt, table, mode="point", label="The point to leave out",
               points=[(h, a, f"{h} h, {a:.1f} MBq") for h, a in zip(HOURS, MBQ)], height=320)
region = Picker(decay, alt, table, mode="region", label="The part that is extrapolated", units=("h", ""), height=320)

def logarithmic(axes, _):
    decay(axes, _)
    axes.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1, 1000))

late = Picker(logarithmic, alt, table, mode="region", label="The late phase", units=("h", ""), height=320)

def phantom(axes, _):
    y, x = np.mgrid[:64, :96]
    axes.imshow(np.exp(-((x - 30) ** 2 + (y - 20) ** 2) / 60), cmap="cividis", vmin=0, vmax=1)
    axes.set(xlabel="Column", ylabel="Row")

place = Picker(phantom, lambda _: "A bright spot in the upper left.", lambda _: (("column", "row"), [(30, 20)]),
               mode="place", label="The hottest lesion", size=12, units=("px", "px"), height=400)
for picker in (point, region, late, place):
    picker.observe(lambda change: show(), "value")
    picker.show(0)

def broken():
    raise InputError("there is nothing to save; fit a curve first")

csv = Download("Download as CSV", "Zeit–Aktivität 数.csv", lambda: "t;A\\n1,5;20\\n".encode(), "text/csv", plain=True)
large = Download("Save five megabytes", "large.bin", bytes(range(256)) * 20000)
fails = Download("Save nothing", "nothing.csv", broken)
work = Progress("Grading")

def run(_):
    for pack in range(1, 31):
        work.set(pack / 31, f"pack {pack} of 30")
        time.sleep(0.01)

def end(_):
    work.set(1, "done")

start, finish = Button("Grade", on_click=run), Button("End", on_click=end)
guess = Progress("Fitting")
guess.set(None, "10 000 voxels")

def show():
    seen.text = f"log={len(log)} last={log[-1] if log else None} point={point.value} region={region.value} " + (
        f"late={late.value} place={place.value}")

page = Page("Kidney time-integrated activity from three scans", [
    Row([csv, large, fails]),
    Card(1, "Effective half-life", [half, verdict]),
    Card(2, "Time-integrated activity, with its standard uncertainty", [tia, Button("Hint 2 of 3")]),
    Card(3, "Absorbed dose, with its 95 % interval", [dose]),
    Card(4, "Which point would you leave out?", [point]),
    Card(5, "Which part is extrapolated?", [region, late]),
    Card(6, "Where is the hottest lesion?", [place]),
    Row([start, finish]), work, guess, seen,
], crumbs=[("mrtlab", "other.ipynb"), ("Here", None)])
show()
"""


# A page as nobody has touched it, without another kernel and another load of ten seconds
AGAIN = """
made, holder = [], VBox(layout={"overflow": "visible"})

def anew(_=None):
    made.append(1)
    holder.children = [build(), Text(f"page number {len(made)}")]

anew()
VBox([holder, Button("Anew", on_click=anew)], layout={"overflow": "visible"})
"""


def renewed(code: str) -> str:
    """A cell that builds its page whenever "Anew" is pressed."""
    return f"{IMPORTS}\ndef build():\n{indent(code, '    ')}\n    return page\n{AGAIN}"


def write(folder: Path) -> Path:
    """The page, one for answers, a slow one and one that fails."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    v4 = nbformat.v4
    hidden = v4.new_markdown_cell("only in the notebook", metadata={"tags": ["lab-only"]})
    pages = {
        "page": [v4.new_code_cell(renewed(PAGE)), hidden, v4.new_markdown_cell("Mass $m_1$ in words")],
        "answers": [v4.new_code_cell(renewed(ANSWERS))],
        "slow": [v4.new_code_cell("import time; time.sleep(3)"), v4.new_code_cell(renewed(PAGE))],
        "broken": [v4.new_code_cell("not_for_learners = 1 / 0")],
    }
    for name, cells in pages.items():
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "title": "Every control"})
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder
