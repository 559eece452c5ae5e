"""The form of the step that is open, and what the record says to it."""

from __future__ import annotations

from mrtlab.apps.controls import Choice, Control, Details, Group, NumberField, Text, TextField
from mrtlab.apps.record import fields, taking, words
from mrtlab.apps.record.layout import Layout
from mrtlab.apps.record.model import ROLES
from mrtlab.errors import InputError

__all__ = ["StepForm"]


class StepForm(Layout):
    """A part of the view: what is typed into the open step, checked, entered, or tried out of turn."""

    # what the learner does

    def _turned(self, kind):
        self._said()
        self._show_form()

    def _answers(self) -> dict[str, str]:
        return {key: ask.text if isinstance(ask, NumberField) else ask.value or "" for key, ask in self._asked.items()}

    def _typed(self):
        if self._quiet or self._formed is None:
            return
        self.model.draft(self._formed[1], self._answers())
        self.page.status = "typed, kept as a draft; not entered"
        self._said()

    def _check(self):
        with self._shown:
            self._said()
            try:
                found = self.model.check(self._kind(), self._answers())
            except InputError as error:
                self._refuse(error)
                return
            signing = found.steps[-1].content.kind == "signature"
            said = [] if signing else _said(words.blocks(found, self.model.role)[-1])
            self.would.text = "\n\n".join(["Nothing is refused; nothing is entered yet.", *said])

    def _enter(self):
        with self._shown:
            self._said()
            kind = self._kind()
            try:
                self.model.take(kind, self._answers())
            except InputError as error:
                self._refuse(error)
                return
            self._changed("")
            self.entered.text = f"Entered and kept: {words.DOES[kind]}. {words.turn(self.model.record)}"

    def _kind(self) -> str:
        if self.model.record is None:
            raise InputError("open or begin a record first")
        if self.turn.value is None:
            raise InputError("the record is final; a correction begins a new version")
        return self.turn.value

    def _refuse(self, error):
        self.refused.text = words.refusal(error)
        if "outside the expected range" in str(error):
            self.checklist_box.opened = True

    def _try(self):
        with self._shown:
            self._said()
            kind, role = self.trial.value, self.model.role
            if self.model.record is None:
                self.tried.text = "Open or begin a record first."
            elif role == "observer":
                self.tried.text = "The observer takes no step at all. Change your role above and try again."
            else:
                try:
                    taking.try_turn(self.model.record, kind, role)
                except InputError as error:
                    self.tried.text = f"**Refused.** {words.refusal(error)}"
                else:
                    self.tried.text = "This step is yours and it is its turn: its form is above."

    # what the form shows

    def _show_turns(self):
        one = self.model.record
        self.whose.text = words.turn(one) if one else "Open a record, or begin one."
        self.flags.texts = words.alert(one) if one else []
        self.steps.set(words.step_rows(one) if one else [])
        kinds = list(dict.fromkeys(step.kind for step in one.turns)) if one else []
        self.turn.options = [(f"to {words.DOES[kind]}", kind) for kind in kinds]
        self.turn.layout.display = "" if len(kinds) > 1 else "none"

    def _show_form(self):
        one, kind, role = self.model.record, self.turn.value, self.model.role
        roles = [step.role for step in one.turns if step.kind == kind] if one else []
        mine = role in roles
        for button in (self.check, self.enter):
            button.layout.display = "" if mine else "none"
        self.checklist_box.layout.display = "" if mine and kind == "verification" else "none"
        self.enter.text = f"Sign as {ROLES[role]}" if kind == "signature" else "Enter this step"
        self.not_mine.text = self._whose(one, kind, roles) if not mine else ""
        key = (one.header.record_id, kind, len(one.steps), one.header.version) if mine else None
        if key == self._formed and key is not None:
            return
        self._formed = key
        self._replace(self.form_box, self._make_form(one, kind) if mine else [])

    def _whose(self, one, kind, roles) -> str:
        if one is None:
            return "No record is open."
        if kind is None:
            return "The record is final. A correction begins a new version, further down."
        whose = " and ".join(words.WHO[role] for role in roles)
        have = f"You are the {ROLES[self.model.role]}."
        return f"To {words.DOES[kind]} is for the **{whose}**. {have} Hand the record over, or change your role."

    def _make_form(self, one, kind) -> list:
        if kind == "signature":
            self._asked = {}
            text = f"Your signature covers all that is written below, under the hash `{one.signed_sha256[:12]}…`. "
            return [Text(text + words.NO_SIGNATURE)]
        drafted, self._asked, made = self.model.drafted(kind), {}, []
        version = fields.from_before(one, kind)
        if version:
            made.append(Text(f"Filled in from version {version}: change what is wrong, and look at all of it again."))
        for group in fields.groups(one, kind):
            inside = [self._field(ask, drafted[ask.key]) for ask in group.asks]
            more = [self._field(ask, drafted[ask.key]) for ask in group.more]
            title = group.more_title or f"More of {group.legend}"
            details = [Details(title, more, opened=bool(group.more_title))] if more else []
            made.append(Group(group.legend, [*inside, *details]))
        return made

    def _field(self, ask, text: str) -> Control:
        if ask.kind == "number":
            control, name = NumberField(ask.label, ask.unit, help=ask.help, required=not ask.optional), "text"
            control.text = text
        elif ask.kind in ("choice", "radio"):
            control, name = Choice(ask.label, ask.options, radio=ask.kind == "radio", help=ask.help), "value"
            if text in [value for _, value in ask.options]:
                control.value = text
        else:
            lines = 3 if ask.kind == "text" else 1
            control, name = TextField(ask.label, text, help=ask.help, lines=lines), "value"
        control.observe(self._shown(lambda change: self._typed()), name)
        self._asked[ask.key] = control
        return control


def _said(block) -> list[str]:
    """The rows of a step's table as sentences, each number with the name of its column."""
    return [
        f"**{row[0]}.** " + "; ".join(f"{name}: {cell}" for name, cell in zip(block.columns[1:], row[1:], strict=True))
        for row in block.rows
    ]
