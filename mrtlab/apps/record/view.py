"""How the page of records works: what is entered is on the disk before the page says so."""

from __future__ import annotations

from mrtlab import _content, record
from mrtlab.apps import kept
from mrtlab.apps.controls import Card, DataTable, Page, Text, guard
from mrtlab.apps.record import scripts, store, words
from mrtlab.apps.record.form import StepForm
from mrtlab.apps.record.model import EXAMPLES, STATE, THERAPIES, RecordPage
from mrtlab.errors import InputError
from mrtlab.planning import CHECKLIST

__all__ = ["page"]

_TASKS = {
    "MD": "The **physician** declares the intent, decides, sets limits and aims, and signs. No equations are shown.",
    "MPE": "The **physicist** presents a range, plans, measures, verifies, and signs. Every dose has its uncertainty.",
    "observer": "The **observer** reads everything, signs nothing, and notes what the two did not say.",
}
_READERS = {
    "MD": "As a physician reads it: doses and chances in words.",
    "MPE": "As a physicist reads it: with uncertainties, z and what everything rests on.",
    "observer": "As the observer reads it: all of it.",
}


def page(model: RecordPage | None = None) -> Page:
    """The whole page."""
    return _View(model or RecordPage()).page


class _View(StepForm):
    """Links the controls to a model."""

    def __init__(self, model: RecordPage):
        self.model, self._quiet, self._asked, self._formed, self._added = model, False, {}, None, []
        self._make()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        self.checklist.set([[one] for one in CHECKLIST])
        for control, name, act in (
            (self.role, "value", self._role), (self.name, "value", self._name), (self.turn, "value", self._turned),
            (self.upload, "file", self._received), (self.more, "file", self._add), (self.version, "value", self._read),
            (self.therapy, "value", self._therapy),
        ):  # fmt: skip
            control.observe(self._shown(lambda change, act=act: None if self._quiet else act(change["new"])), name)
        with self._shown:
            self._refresh()

    # which record

    def _open(self):
        with self._shown:
            self._said(self.refused_open)
            try:
                place = self.which.value
                if place is None:
                    raise InputError("there is no record to open yet")
                (self.model.show if place in EXAMPLES else self.model.open)(place)
            except InputError as error:
                self.refused_open.text = words.refusal(error)
                return
            how = "a worked example; your own copy begins with your first step" if self.model.example else "your copy"
            self._changed(f"Opened: {how}.")

    def _begin(self):
        with self._shown:
            self._said(self.refused_begin)
            try:
                if self.cycle.value is None:
                    raise InputError("the cycle cannot be read")
                self.model.begin(
                    self.pseudonym.value, self.therapy.value, self.nuclide.value, self.product.value, self.cycle.value
                )
            except InputError as error:
                self.refused_begin.text = words.refusal(error)
                return
            self._changed("Begun, and kept.")

    def _received(self, file):
        if file is None:
            return
        self._said(self.refused_open)
        try:
            found = self.model.receive(file.content)
        except InputError as error:
            self.refused_open.text = f"{file.name}: {words.refusal(error)}"
            self.upload.refuse("not opened; see beside")
            return
        self._changed(f"{file.name}: {words.compared(found)}")

    def _again(self):
        with self._shown:
            self._said(self.refused_open)
            try:
                found = self.model.again()
            except InputError as error:
                self.refused_open.text = words.refusal(error)
                return
            if found is None:
                said = "The list of records was read again."
            elif found.relation == "same":
                said = "Nobody went on in the meantime."
            else:
                said = words.compared(found)
            self._changed(said)

    def _therapy(self, name):
        self.nuclide.value, self.product.value = THERAPIES[name]

    # who

    def _role(self, role):
        self.model.role = role
        self._said()
        self._refresh()
        self._save()

    def _name(self, text):
        self.model.names = {**self.model.names, self.model.role: text}
        self._save()

    def _note(self):
        with self._shown:
            self.note_refused.text = ""
            try:
                self.model.note(self.note_text.value)
            except InputError as error:
                self.note_refused.text = words.refusal(error)
                return
            self.note_text.value = ""
            self._show_notes()

    # a new version

    def _revise(self):
        with self._shown:
            self._said(self.revise_refused)
            try:
                if self.back_to.value is None:
                    raise InputError("there is no step yet that could be changed")
                self.model.revise(self.reason.value, self.back_to.value)
            except InputError as error:
                self.revise_refused.text = words.refusal(error)
                return
            self.reason.value = ""
            self._changed("")
            number = self.model.record.header.version
            self.revised.text = f"Version {number} is begun and kept. Version {number - 1} is in it, unchanged."

    def _read(self, number):
        found = record.versions(self.model.record) if self.model.record else ()
        old = [one for one in found if one.header.version == number]
        self._replace(self.old, _cards(old[0], self.model.role) if old else [])

    # rows

    def _add(self, file):
        if file is None:
            return
        self.rows_refused.text = ""
        try:
            self._added.append(record.from_json(file.content))
        except InputError as error:
            self.rows_refused.text = f"{file.name}: {words.refusal(error)}"
            self.more.refuse("not added; see beside")
            return
        self._show_rows()

    def _forget(self):
        with self._shown:
            self._added.clear()
            self.more.message = ""
            self._show_rows()

    def _all(self) -> list:
        """One copy of each record, the one that goes furthest."""
        found = {}
        for one in (*([self.model.record] if self.model.record else []), *self._added):
            known = found.get(one.header.record_id)
            if known is None or record.continues(one, known):
                found[one.header.record_id] = one
            elif not record.continues(known, one):
                raise InputError(
                    f"two copies of the record of {one.header.pseudonym}, cycle {one.header.cycle}, went different "
                    "ways; take the files away and add the right one"
                )
        return list(found.values())

    def _csv(self) -> bytes:
        return scripts.csv(self._all(), self.decimal.value)

    # what the page shows

    def _said(self, *more):
        """Take back what was said about the last thing done."""
        for one in (self.refused, self.would, self.entered, self.tried, self.revised, self.opened, *more):
            one.text = ""

    def _changed(self, said):
        self._said()
        self.opened.text = said
        self._refresh()
        self._save()

    def _refresh(self):
        self._quiet = True
        try:
            self._show_which()
            self._show_who()
            self._show_turns()
        finally:
            self._quiet = False
        self._show_form()
        self._show_record()
        self._show_notes()
        self._show_rows()

    def _show_which(self):
        mine = [(one.title, one.path) for one in store.kept()]
        shipped = [(f"worked example: {text}", name) for name, text in EXAMPLES.items()]
        self.which.options = [*mine, *shipped]
        one = self.model.record
        if one is None:
            self.chain.text = "No record is open."
            return
        if store.place(one) in [path for _, path in mine]:
            self.which.value = store.place(one)
        self.chain.text = (
            f"Open: **{store.title(one)}**.\n\nIts chain of hashes holds: {len(one.steps)} "
            f"step{'s' * (len(one.steps) != 1)}, the last "
            f"`{one.sha256[:12]}…`. " + ("Not kept yet, as it is an example." if self.model.example else "")
        )

    def _show_who(self):
        role, one = self.model.role, self.model.record
        self.role.value = role
        if one is not None and not self.model.example and not self.model.names.get(role, "").strip():
            last = next((step.name for step in reversed(one.steps) if step.role == role), "")
            self.model.names = {**self.model.names, role: last}
        self.name.value = self.model.names.get(role, "")
        self.task.text, self.reader.text = _TASKS[role], _READERS[role]
        self.observing.opened = role == "observer"

    def _show_record(self):
        one = self.model.record
        self._replace(self.told, _cards(one, self.model.role) if one else [])
        versions = record.versions(one) if one else ()
        self._quiet = True
        try:
            self.versions.set(words.version_rows(one) if one else [])
            self.version.options = [(f"version {old.header.version}", old.header.version) for old in versions]
            kinds = list(dict.fromkeys(step.content.kind for step in one.steps)) if one else []
            kinds = [kind for kind in kinds if kind not in ("revision", "waiver")]
            if one and one.waiver and "verification" not in kinds:
                kinds.append("verification")
            titles = {kind: title for kind, (_, title, _) in words.STEPS.items()} | {"signature": "Signature"}
            self.back_to.options = [(titles[kind], kind) for kind in kinds]
        finally:
            self._quiet = False
        self._read(self.version.value)
        if one is None:
            self.where.text = "No record is open."
            return
        place = store.place(one)
        name = f"{place.stem}-v{one.header.version}"
        self.json.filename, self.html.filename = f"{name}.json", f"{name}.html"
        self.where.text = f"Kept as `{place}`." if place.exists() else "Not kept yet: it is a worked example."
        shown = place if place.exists() else next(
            (path for path in _content.dataset("records").glob("*.json") if record.read(path) == one), place
        )  # fmt: skip
        self.code.code = scripts.code(str(shown))

    def _show_notes(self):
        one = self.model.record
        self.noted.set(words.notes(store.notes(one)) if one else [])

    def _show_rows(self):
        self.rows_refused.text = self.sums_said.text = ""
        self.merged.set([])
        self.sums.layout.display = "none"
        try:
            found = self._all()
            if not found:
                return
            self.merged.set([_row(row) for row in record.rows(found)])
        except InputError as error:
            self.rows_refused.text = words.refusal(error)
            return
        if len(found) > 1:
            try:
                sums = record.cumulative(found)
            except InputError as error:
                self.sums_said.text = f"No sum over cycles: {words.refusal(error)}"
                return
            self.sums.layout.display = ""
            self.sums.set([words.sum_row(one) for one in sums.values()])

    def _replace(self, box, children):
        """New children in a box; the old ones are closed, for a kernel keeps every widget."""
        old = box.children
        box.children = tuple(children)
        for child in old:
            _close(child)

    def _save(self):
        """Keep role, name and record; the names that other tabs keep of the other roles stay."""
        state = self.model.state()
        there = kept.load(STATE).get("names")
        if isinstance(there, dict):
            state["names"] = {**state["names"], **there, **{self.model.role: state["names"].get(self.model.role, "")}}
        kept.save(self.page, STATE, state)


def _cards(one, role) -> list:
    made = []
    for block in words.blocks(one, role):
        table = [DataTable(block.columns, block.rows, block.title)] if block.rows else []
        made.append(
            Card(block.number, block.title, [Text(block.text), *table, *([block.after] if block.after else [])])
        )
    return made or [Text("Nothing is entered yet.")]


def _row(row) -> tuple[str, ...]:
    dose = "–" if row["dose_gy"] is None else f"{row['dose_gy']:.3g} ± {row['dose_u_gy']:.2g} Gy"
    within = {True: "yes", False: "**no**", None: "–"}[row["within"]]
    return (f"case {row['case']}", str(row["cycle"]), row["region"] or "–", dose, within)


def _close(widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()
