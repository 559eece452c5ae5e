"""The controls of the curve-fitting page and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    CheckRows,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Download,
    DragFigure,
    Flag,
    Flags,
    Group,
    Note,
    NumberField,
    Page,
    Result,
    Row,
    Section,
    Steps,
    Text,
    Upload,
)
from mrtlab.apps.curve_fitting import words
from mrtlab.apps.curve_fitting.lessons import LESSONS
from mrtlab.apps.curve_fitting.model import BEST, RANGES
from mrtlab.kinetics import MODELS

__all__ = ["Layout"]

_KEYS = tuple(LESSONS)


class Layout:
    """Makes controls and page; what they do is the view's."""

    def _make_controls(self):
        self.lessons = Steps([lesson.title for lesson in LESSONS.values()], _KEYS.index(self.model.lesson))
        self.left_out, self.story = Flag(), Text()
        self.prediction = Choice("Prediction", [("", "")], radio=True)
        self.predict = Button("Commit my prediction", on_click=lambda _: self._commit())
        self.skip = Button("Skip the prediction", on_click=lambda _: self._skip())
        self.missing, self.compared, self.tasks = Flag(), Note(), Text()
        self.region = Choice("Region", [("", "")])
        self.used = CheckRows("Points in the fit", ("hours", "MBq"))
        self.which = Choice("Point", [("new point", -1)])
        self.time = NumberField("Time", "h", required=False, minimum=1e-3, maximum=1e5)
        self.mbq = NumberField("Activity", "MBq", required=False, minimum=1e-6, maximum=1e9)
        self.set = Button("Add this point", on_click=lambda _: self._set_point())
        self.remove = Button("Take it away", on_click=lambda _: self._remove_point())
        self.weights = Choice("Uncertainty", [("", "")])
        (low, high), (least, most) = RANGES["cv_percent"], RANGES["u_mbq"]
        self.cv = NumberField("Of each point", "%", minimum=low, maximum=high)
        self.u = NumberField("Of each point, absolute", "MBq", minimum=least, maximum=most)
        curves = [("Best supported", BEST), *((shape.title, name) for name, shape in MODELS.items())]
        self.curve = Choice("Curve", [(text[0].upper() + text[1:], name) for text, name in curves])
        self.reset = Button("Reset", on_click=lambda _: self._reset())
        self.upload = Upload("Use my own table…", accept=".csv,.txt,.tsv")
        self.figure = DragFigure(
            words.draw,
            words.alt,
            words.numbers,
            points=words.handles,
            label="Points of the curve",
            on_drag=self._dragged,
            on_add=self._drawn,
            help="Drag a point, or double-click to draw a new one. With the keyboard: Tab to a point, then the arrow "
            "keys; Shift takes larger steps.",
            axes=words.axes,
            caption="Points, curve and residuals",
            height=480,
        )
        self.result, self.support, self.flags = Result(), Text(), Flags()
        self.ranking, self.also = DataTable(words.RANKING, caption="Curves and what became of them"), Text()
        self.code = CodePanel()
        self.download = Download("Download the points as CSV", "points.csv", self._csv, "text/csv")

    def _make_page(self):
        typing = Details(
            "Type, add or take away a point", [self.which, self.time, self.mbq, Row([self.set, self.remove])]
        )
        self.same = Details("The same in code", [self.code])
        self.why = Details("Which curves are accepted, and why", [self.also, self.ranking], opened=True)
        self.ask = Section(
            "Before you look",
            under=[
                self.left_out,
                self.story,
                self.prediction,
                Row([self.predict, self.skip]),
                self.missing,
                self.compared,
                self.tasks,
            ],
        )
        self.fit = Section(
            "Which curve do these points support?",
            controls=[
                Group("Measurement", [self.region, self.used, typing]),
                Group("Model", [self.curve]),
                Group("Parameters", [self.weights, self.cv, self.u]),
                Row([self.reset, self.upload]),
            ],
            figure=self.figure,
            under=[
                self.result,
                self.support,
                self.flags,
                self.why,
                self.same,
                self.download,
            ],
        )
        self.page = Page(
            "What do these points support, and what do they not say?",
            [self.lessons, self.ask, self.fit],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Curve fitting", None)],
            subtitle="Four lessons and a sheet of your own · 40 min · level: apply · simulated points (illustrative)",
            units="MBq · h",
            foot=False,
        )
