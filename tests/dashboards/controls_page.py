"""Notebooks that show every control, made for the tests; none is shipped."""

from __future__ import annotations

from pathlib import Path

import nbformat

PAGE = """
from mrtlab import InputError
from mrtlab.apps.controls import *

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
page
"""


def write(folder: Path) -> Path:
    """The page, a slow one and one that fails."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    v4 = nbformat.v4
    hidden = v4.new_markdown_cell("only in the notebook", metadata={"tags": ["lab-only"]})
    pages = {
        "page": [v4.new_code_cell(PAGE), hidden, v4.new_markdown_cell("Mass $m_1$ in words")],
        "slow": [v4.new_code_cell("import time; time.sleep(3)"), v4.new_code_cell(PAGE)],
        "broken": [v4.new_code_cell("not_for_learners = 1 / 0")],
    }
    for name, cells in pages.items():
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "title": "Every control"})
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder
