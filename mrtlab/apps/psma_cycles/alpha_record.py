"""The part of the PSMA page that keeps the record of a cycle of Ac-225."""

from __future__ import annotations

from mrtlab.apps.controls import Button, Row, Section, Text, TextField
from mrtlab.apps.psma_cycles import alpha_case, case
from mrtlab.apps.sections import KeptRecord
from mrtlab.errors import InputError

__all__ = ["AlphaRecord"]


class _Held:
    """The model as a kept record sees it: its text stands beside that of the record of Lu-177."""

    def __init__(self, model):
        self._model = model

    @property
    def record(self) -> str:
        return self._model.alpha_record

    @record.setter
    def record(self, text: str) -> None:
        self._model.alpha_record = text


class AlphaRecord(KeptRecord):
    """Begins a record with the dose that is shown as its plan, and puts the dose shown later into it."""

    def __init__(self, view):
        self.view, self.model = view, _Held(view.model)
        self.begin = Button("Begin the record of an Ac-225 cycle", on_click=lambda _: self._begin())
        self.investigation = TextField(
            "What was found about the Ac-225 dose", help="in a sentence; asked for where it lies outside its range"
        )
        self.put = Button("Put the Ac-225 dose into the record", on_click=lambda _: self._put())
        self._make_kept("Download the Ac-225 record")

    def section(self) -> Section:
        """Where it stands."""
        return Section(
            "What does a record say of Ac-225?",
            under=[
                Text(
                    "Begin: the dose above becomes the plan of one lesion, with your choice for the daughters. Then "
                    "change the measurement, or the choice, and put the dose in: alpha particles, electrons, weight "
                    "and choice go with it. **The verdict is of the absorbed dose**; a choice other than the plan’s "
                    "is remarked. Patient and persons are made up."
                ),
                self.begin,
                self.investigation,
                Row([self.put, self.json]),
                self.record_refused,
                self.recorded,
                self.to_record,
            ],
        )

    def show(self) -> None:
        """How far the record is."""
        self._show_record()

    def _save(self) -> None:
        self.view._save()

    def _ready(self) -> bool:
        """Whether there is a dose above; if not, it is said why not."""
        self.record_refused.text = ""
        stale = self.view.sections["alpha"].stale
        if stale or "alpha" not in self.view._found:
            why = stale or "there is no dose above yet; answer the question, then choose where the daughters go"
            self.record_refused.text = f"Not yet: {why}."
        return not self.record_refused.text

    def _begin(self):
        with self.view._shown:
            if self._ready():
                self._keep(alpha_case.begun(self.view.model))

    def _put(self):
        with self.view._shown:
            if not self._ready():
                return
            start = self._record()
            try:
                if start is None:
                    raise InputError("begin the record first: a verification needs a range fixed before")
                done = alpha_case.verified(self.view.model, start, self.investigation.value)
            except InputError as refused:
                said = str(refused).replace("say in investigation= what was found", "say above what was found")
                self.record_refused.text = f"As the record answers: “{said}”."
                return
            self._keep(done)

    def _told(self, found):
        said = case.told(found)
        if found.verification is None:
            return said
        (lesion,) = found.verification.regions
        part, remarks = lesion.alpha, " ".join(flag.text for flag in found.flags)
        return (
            f"{said}\n\nIn it: {lesion.dose_gy:.3g} ± {lesion.u_gy:.2g} Gy absorbed, of it alpha particles "
            f"{part.alpha_gy:.3g} and electrons {part.electron_gy:.3g} Gy; weighted {part.weighted_gy:.3g} Gy (RBE "
            f"{part.rbe:g}); {part.daughters}. Verdict: {lesion.verdict}. {remarks}"
        )

    def _file(self, found):
        return f"{found.header.pseudonym}-cycle-{found.header.cycle}.json"
