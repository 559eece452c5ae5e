"""The page on verifying microspheres: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

from mrtlab.apps.controls import Page, escape
from mrtlab.apps.sections import GATED, KeptRecord, RestingView
from mrtlab.apps.sections.view import event_loop
from mrtlab.apps.sirt_verification import casebook, compute, effect, measure, scripts, words
from mrtlab.apps.sirt_verification.compare_words import checklist, why
from mrtlab.apps.sirt_verification.layout import INPUTS, PICTURES, WORDS, Layout
from mrtlab.apps.sirt_verification.model import PATIENTS, SirtVerification, agree
from mrtlab.errors import InputError

__all__ = ["page"]

_PAINTED_S = 1.0  # by then the page is painted: only then the images of the last visit are measured again
_PICTURES_KEPT = 4
_MEASURE_FIRST = "Measure the patient first."
_COMPUTED = {
    "planned": compute.planned,
    "dose": compute.histogram,
    "compare": compute.compare,
    "biology": effect.biology,
    "holmium": lambda model, case: effect.holmium(model),
}


def page(model: SirtVerification | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : SirtVerification, optional
        A new one by default.
    """
    return _View(model or SirtVerification()).page


class _View(Layout, KeptRecord, RestingView):
    STATE = "sirt_verification"
    INPUTS = INPUTS
    DRAGGED: ClassVar = {
        "level_gy": "dose",
        "liver_alpha_beta": "biology",
        "liver_repair_h": "biology",
        "alpha": "biology",
        "holmium_aim_gy": "holmium",
    }
    _case = None
    _working = None  # the measurement under way

    def __init__(self, model):
        self._found, self._drawn = {}, {}
        super().__init__(model)
        self.load.observe(self._shown(lambda change: self._open(change["new"])), "file")
        with self._shown:
            if model.computed:
                self.shown_patient.text = "The images of your last visit are measured again…"
                self._after(_PAINTED_S, lambda: self._run(model.patient))

    @property
    def QUESTION(self):
        """The prediction that each section waits for; that on the doses is the patient's own."""
        mine = agree(self.model.patient)
        return {"compare": mine, "dose": "noise", "biology": "biology", "holmium": "holmium"}

    # measuring

    def _after(self, seconds, work) -> None:
        loop = event_loop()
        if loop is None:
            work()
        else:
            loop.call_later(seconds, self._shown(work))

    def _measure(self):
        with self._shown:
            self.model.measured()
            self._save()
            self._run(self.model.patient)

    def _run(self, key):
        """One step after the other; between them the page hears what the learner does."""
        self._case = None
        if measure.kept(key):
            self._measured(measure.case(key))
            return
        self._working = work = measure.measuring(key)
        self.measure.disabled = True
        done = 0

        def step():
            nonlocal done
            if work is not self._working:
                return  # another patient was asked for meanwhile
            try:
                self.progress.set(done / measure.STEPS, next(work))
                done += 1
            except StopIteration as end:
                self._ended()
                self._measured(measure.keep(end.value))
            except BaseException:
                self._ended()
                raise
            else:
                self._after(0.02, step)

        step()

    def _ended(self):
        self._working, self.measure.disabled = None, False
        self.progress.clear()

    def _measured(self, case):
        self._case, self._found = case, {}
        about = PATIENTS[case.key]
        self.shown_patient.text = (
            f"Measured: **{about.name.lower()}** ({about.pseudonym}), {len(case.lesions)} lesion"
            f"{'s' * (len(case.lesions) > 1)} of {case.masses_g['tumour']:.0f} g, liver {case.masses_g['liver']:.0f} g."
        )
        self._refresh()

    # what the learner does

    def _changed(self, name):
        if name == "picture":
            self._show_picture()
        elif name == "next_patient":
            self.report.text = words.report(self.model)
            self._stale()
        else:
            super()._changed(name)
            return
        self._save()

    def _answered(self, section):
        self._refresh()
        self._save()

    def _section_of(self, question):
        return next((section for section, name in self.QUESTION.items() if name == question), "compare")

    def _waits(self, section):
        if section in ("dose", "biology") and self.model.asked(agree(self.model.patient)):
            return True
        return super()._waits(section)

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label[0].lower() + field.label[1:]

    def _stale(self) -> None:
        super()._stale()
        if self._case is not None and self.model.next_patient != self._case.key:
            for name, section in self.sections.items():
                if name != "holmium" and not section.stale:
                    section.stale = "another patient is chosen; measure her first"

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        if names is None:
            self.report.text = words.report(self.model)
            self._show_record()
        self._show_sections(names)
        if names is None or set(names) & {"planned_gbq", "delivered_gbq", "background"}:
            self._show_picture()

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        mine = agree(self.model.patient)
        for name, section in self.asks.items():
            hidden = name.startswith("agree") and (name != mine or self._case is None)
            section.layout.display = "none" if hidden else None
        for section in INPUTS:
            there = not self._waits(section) and (section == "holmium" or self._case is not None)
            self.same[section].layout.display = None if there else "none"
        hidden = self._case is None or self._waits("compare")
        for widget in (self.csv, self.why, self.checks, self.put, self.investigation):
            widget.layout.display = "none" if hidden else None
        for widget in (self.begin, self.load):
            widget.layout.display = "none" if self._case is None else None

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        figure = self.figures[section]
        if section != "holmium" and self._case is None:
            self._blank(section)
            figure.empty(_MEASURE_FIRST)
            return
        if self._waits(section):
            self._blank(section)
            figure.empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = _COMPUTED[section](self.model, self._case)
        except InputError as error:  # of this section's inputs: the others go on
            self._blank(section)
            figure.fail(str(error))
            return
        said, _ = WORDS[section]
        self._found[section] = found
        figure.show(found)
        self.results[section].set(*said.result(found))
        self.said_of[section].text = said.said(found)
        self.flags[section].texts = list(getattr(found, "remarks", ()))
        source = {"compare": (found,), "holmium": ()}.get(section, (self._case,))
        self.codes[section].code = getattr(scripts, section)(self.model, *source)
        if section == "compare":
            self.why.text = why(found)
            items = "".join(f"<li>{escape(one)}</li>" for one in checklist(found))
            self.checks.html = f"<ol>{items}</ol>" if items else ""

    def _blank(self, section) -> None:
        super()._blank(section)
        self._found.pop(section, None)
        if section == "compare":
            self.why.text = self.checks.html = ""

    # the viewer

    def _show_picture(self):
        case, picture = self._case, self.model.picture
        if case is None:
            self.viewer.children, self.waits_for_images.text = (), _MEASURE_FIRST
            return
        if PICTURES[picture][1] and self._waits("compare"):
            self.viewer.children = ()
            self.waits_for_images.text = "It appears once you have committed to a prediction of the delivered doses."
            return
        self.waits_for_images.text = ""
        model = self.model
        activity = model.planned_gbq if picture == "planned" else model.delivered_gbq
        key = (case.key, picture, *((activity, model.background) if picture in ("planned", "delivered") else ()))
        if key not in self._drawn:  # a viewer takes over a second to make
            while len(self._drawn) >= _PICTURES_KEPT:
                self._drawn.pop(next(iter(self._drawn))).close()
            self._drawn[key] = self._picture(case, picture, 1000 * activity)
        self.viewer.children = (self._drawn[key],)

    def _picture(self, case, picture, activity_mbq):
        from mrtlab.apps import viewer
        from mrtlab.images import Regions

        over = {
            "maa": lambda: case.maa,
            "pet": lambda: case.pets["20 min"],
            "planned": lambda: case.image(case.dose_gy("maa", activity_mbq)),
            "delivered": lambda: case.image(
                case.dose_gy("20 min", activity_mbq, subtract=self.model.background == "subtracted")
            ),
        }[picture]()
        # the voxels that histograms and means are made of, so that the table under the slices has the same doses
        masks = {"normal liver": case.masks["normal"], **{name: case.masks[name] for name in case.lesions}}
        outlines = Regions(masks, case.regions.grid, case.regions.frame_of_reference)
        alt = f"{PICTURES[picture][0]} in grey, with the outlines of normal liver and lesions."
        return viewer.view(case.ct, over, outlines, kind="slices", alt=alt)

    # the record

    def _begin(self):
        with self._shown:
            if self._case is None or "planned" not in self._found:
                raise InputError("The plan has to be there first: measure the patient, and mend what cannot be read")
            self._keep(casebook.begun(self._case, self._found["planned"]))

    def _open(self, file):
        if file is None or self._case is None:
            return
        try:
            self._keep(casebook.opened(file.content, self._case))
        except InputError as refused:
            self.load.refuse(str(refused))

    def _put(self):
        with self._shown:
            self.record_refused.text = ""
            if self._stale_for_record():
                return
            found = self._found["compare"]
            start = self._record() or casebook.begun(self._case, self._found["planned"])
            try:
                done = casebook.verified(
                    self._case, start, found, compute.components(self.model), self.investigation.value
                )
            except InputError as refused:
                self.record_refused.text = words.answered(refused)
                return
            self._keep(done)

    def _stale_for_record(self) -> bool:
        stale = next((one.stale for one in self.sections.values() if one.stale), "")
        if stale or "compare" not in self._found:
            self.record_refused.text = f"Not yet: {stale or 'the comparison is not there'}."
        return bool(self.record_refused.text)

    def _told(self, found):
        return casebook.told(found)

    def _file(self, found):
        return f"{found.header.pseudonym}.json"

    def _csv(self) -> bytes:
        if "compare" not in self._found:
            raise InputError("There is nothing to compare yet")
        return scripts.compare_csv(self._found["compare"], self._found["planned"]).encode("utf-8")
