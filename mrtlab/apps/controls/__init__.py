"""The shared controls of all pages. Write an app with these; see the list below.

An app is a model and a view. The model is a ``traitlets.HasTraits`` that validates and computes and knows no widget;
the view makes controls and links them. A view of a whole page::

    from traitlets import link
    from mrtlab.apps.controls import *

    def view(model):
        region = Choice("Region", ["Left kidney", "Right kidney"])
        mass = NumberField("Kidney mass", "g", 240.5, minimum=1)
        points = CheckRows("Points used", ("hours", "MBq"), [("3.7", "98.6"), ("27.7", "73.6")])
        result, flags = Result(), Flags()
        figure = Figure(draw=plots.time_activity, alt=describe, table=numbers)
        section = Section(
            "Which curve do the scans support?",
            controls=[Group("Measurement", [region, points]), Group("Parameters", [mass])],
            figure=figure,
            under=[result, flags, Details("The same in code", [CodePanel(CODE)])],
        )
        page = Page("How much dose did this kidney receive?", [section], crumbs=[("mrtlab", "../index.ipynb"), ...])

        link((region, "value"), (model, "region"))
        link((mass, "value"), (model, "mass_g"))

        @guard(page)
        def recompute(change=None):
            section.stale = "the kidney mass cannot be read" if mass.value is None else ""
            if not section.stale:
                answer = model.result()
                figure.show(answer)
                result.set("Kidney dose", format_quantity(answer.dose_gy, "Gy"), "95 %: …")
                flags.texts = [flag.text for flag in answer.flags]

        model.observe(recompute, ["region", "mass_g", "points"])
        recompute()
        return page

Fields (link or observe ``value``)
    ``NumberField(label, unit, value)``  float or None; ``text``, ``state`` "good"/"empty"/"bad", ``message``
    ``Slider(label, unit, value, minimum=, maximum=, step=)``  a NumberField with a range input
    ``TextField(label, value, lines=1)``  str
    ``Choice(label, options, value, radio=False)``  one option's value; ``options`` can be replaced
    ``CheckRows(label, columns, rows, names, value)``  tuple of bools; ``set_rows`` replaces them
Answers
    ``AnswerField(label, unit, parts=("value", "u"), button="Check")``  ``on_submit(f)``, ``raw`` (as typed),
    ``values``, ``states``, ``messages``, ``echo``, ``disabled``; reads and echoes, does not judge
    ``Picker(draw, alt, table, mode="point", label=, points=)``  a Figure to pick in: observe ``value``, the number of
    a point; mode "region": (low, high) on x; mode "place", ``size=``: (x, y); ``units=``, ``said``, ``disabled``
Actions
    ``Button(text, primary=False, on_click=None)``  ``on_click(f)``, ``click()``, ``text``, ``disabled``
    ``Upload(text, accept=".csv", limit_mb=5)``  observe ``file``: ``.name``, ``.content`` (bytes); ``message``
    ``Download(text, filename, content, mime, plain=False)``  saves bytes, or what a call-back returns at the click
Text (escaped; ``**bold**``, ``T_{eff}``, ``10^{6}``, `` `code` `` are marks)
    ``Text(text)``, ``Result(lead, value, rest)`` with ``set``/``clear``, ``Note(text)`` blue, ``Flag(text)`` attention,
    ``Right(text)`` green; set ``text`` later, empty text takes no room. ``Flags([text, …])``: set ``texts``
    ``DataTable(columns, rows, caption)`` with ``set(rows)``; ``CodePanel(code)``; ``Html(html)`` for HTML of our own;
    ``Steps(labels, current, done, reachable)``: observe ``current``;
    ``Progress(label)`` with ``set(0.4, "pack 12 of 30")``/``clear()``
Layout
    ``Page(title, children, crumbs=, subtitle=, units=, footer=)``  ``errors``, ``status``; with ``foot=False`` the
    notebook goes on in markdown and ends with ``Foot()``
    ``Section(question, controls, figure, under)``  ``stale``: words, or "" when up to date
    ``Card(number, title, children)`` frames one question
    ``Group(legend, children)``, ``Row(children)``, ``Details(summary, children, opened=False)`` with ``opened``
Figure
    ``Figure(draw, alt, table, axes=, width=, height=, empty=)``  ``show(result)``, ``wait(words)``, ``fail(words)``,
    ``empty(words)``; ``draw(axes, result)`` adds artists in plain matplotlib and may set limits, ticks and labels
    ``DragFigure(draw, alt, table, points=, label=, on_drag=)``  a Figure whose points are dragged, with pointer, finger
    or arrow keys: ``on_drag(index, x, y, phase)``, ``phase`` "move", "rest" or "end"; ``on_add=`` double-click
Failures
    ``guard(page)``  decorator or context for call-backs. It is needed for what Python itself starts; failures of
    observers when the change came from the browser reach the page without it. An InputError is shown in its own words,
    anything else is logged and shown as one plain sentence, and ``page.errors.unexpected`` is True

In a notebook shown by Voilà, a cell tagged ``lab-only`` is not displayed.
"""

from mrtlab.apps.controls._base import Control
from mrtlab.apps.controls._guard import guard
from mrtlab.apps.controls._text import escape, markup
from mrtlab.apps.controls.answers import AnswerField
from mrtlab.apps.controls.blocks import (
    CodePanel,
    DataTable,
    ErrorBox,
    Flag,
    Flags,
    Html,
    Note,
    Result,
    Right,
    Steps,
    Text,
)
from mrtlab.apps.controls.canvas import Canvas
from mrtlab.apps.controls.choices import Button, CheckRows, Choice, Upload, UploadedFile
from mrtlab.apps.controls.dragging import DragFigure
from mrtlab.apps.controls.fields import NumberField, Slider, TextField
from mrtlab.apps.controls.figure import Figure
from mrtlab.apps.controls.files import Download, Progress
from mrtlab.apps.controls.layout import Card, Details, Foot, Group, Page, Row, Section
from mrtlab.apps.controls.picker import Picker

__all__ = [
    "AnswerField",
    "Button",
    "Canvas",
    "Card",
    "CheckRows",
    "Choice",
    "CodePanel",
    "Control",
    "DataTable",
    "Details",
    "Download",
    "DragFigure",
    "ErrorBox",
    "Figure",
    "Flag",
    "Flags",
    "Foot",
    "Group",
    "Html",
    "Note",
    "NumberField",
    "Page",
    "Picker",
    "Progress",
    "Result",
    "Right",
    "Row",
    "Section",
    "Slider",
    "Steps",
    "Text",
    "TextField",
    "Upload",
    "UploadedFile",
    "escape",
    "guard",
    "markup",
]
