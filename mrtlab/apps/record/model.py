"""What the page of records knows: a record, who looks at it, and what is typed but not yet entered. No widgets."""

from __future__ import annotations

import traitlets as t

from mrtlab import _content, _userdata, record
from mrtlab.apps import kept
from mrtlab.apps.record import fields, store, taking
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord, Person

__all__ = ["EXAMPLES", "ROLES", "STATE", "THERAPIES", "RecordPage"]

STATE = "record"
ROLES = {"MD": "physician", "MPE": "physicist", "observer": "observer"}
THERAPIES = {
    "radioiodine": ("I-131", "NaI capsule"),
    "mIBG": ("I-131", "I-131 mIBG"),
    "SIRT": ("Y-90", "glass microspheres"),
    "PRRT": ("Lu-177", "Lu-177 DOTATATE"),
    "PSMA": ("Lu-177", "Lu-177 PSMA-617"),
}
EXAMPLES = {"graves.json": "Graves’ disease, I-131", "microspheres.json": "liver tumour, Y-90 glass microspheres"}


class RecordPage(t.HasTraits):
    """One record, seen in one role. Whatever is entered is in the store before it is here."""

    record = t.Instance(DosimetryRecord, allow_none=True)
    role = t.Enum(tuple(ROLES), default_value="MD")
    names = t.Dict()
    example = t.Bool(False)

    # which record

    def begin(self, pseudonym: str, therapy: str, nuclide: str, product: str, cycle: float) -> None:
        """An empty record, kept."""
        if cycle != int(cycle):
            raise InputError(f"the cycle is {cycle:g}; cycles are whole numbers")
        made = DosimetryRecord.begin(pseudonym.strip(), therapy, nuclide.strip(), product.strip(), int(cycle))
        store.keep(made)
        self.record, self.example = made, False

    def open(self, path) -> None:
        """A record of the folder."""
        self.record, self.example = store.load(path), False

    def show(self, name: str) -> None:
        """A worked example. It is kept once something is done with it; one's own copy of it comes first."""
        found = record.read(_content.dataset("records") / name)
        own = store.place(found)
        self.record, self.example = (store.load(own), False) if own.exists() else (found, True)

    def receive(self, content: bytes) -> record.Comparison | None:
        """A record handed over as a file: kept if it goes on from one's own copy, or if there is none.

        Returns
        -------
        Comparison or None
            With one's own copy; None without one.

        Raises
        ------
        InputError
            If it is no sound record, or goes another way than one's own.
        """
        given = record.from_json(content)
        own = store.place(given)
        if not own.exists():
            store.keep(given)
            self.record, self.example = given, False
            return None
        mine = store.load(own)
        found = record.compare(mine, given)
        if found.relation == "apart":
            raise InputError(
                "The file and your own copy of this record went different ways: each has steps that the other has not "
                f"(the file has {', '.join(f'{step.content.kind} by {step.name}' for step in found.steps)}). Neither "
                "is changed. Decide together which one goes on; the other begins anew from it"
            )
        if found.relation == "ahead":
            store.keep(given)
        self.record, self.example = (given if found.relation == "ahead" else mine), False
        return found

    def again(self) -> record.Comparison | None:
        """Look into the folder, where another tab may have gone on; what it has more."""
        if self.record is None or not store.place(self.record).exists():
            return None
        there = store.load(store.place(self.record))
        found = record.compare(self.record, there)
        self.record, self.example = there, False
        return found

    # who

    def person(self) -> Person:
        """Who acts.

        Raises
        ------
        InputError
            For the observer, who does not, and without a name.
        """
        if self.role == "observer":
            raise InputError("The observer reads all of it, and neither decides, measures nor signs")
        if not self.names.get(self.role, "").strip():
            raise InputError(f"Type your name as {ROLES[self.role]} first; each step names an individual person")
        return Person(self.names[self.role], self.role)

    # what is done

    def check(self, kind: str, given: dict) -> DosimetryRecord:
        """The record as it would be, nothing kept."""
        if self.record is None:
            raise InputError("Open or begin a record first")
        return taking.take(self.record, kind, self.person(), given)

    def take(self, kind: str, given: dict) -> None:
        """Take a step. It is on the disk before the page knows of it."""
        self._keep(self.check(kind, given))
        self.draft(kind, {})

    def revise(self, reason: str, back_to: str) -> None:
        """A new version; the old one stays in it."""
        if self.record is None:
            raise InputError("Open or begin a record first")
        by = self.person()
        if not reason.strip():
            raise InputError("Type why it is changed first; the reason stays beside both versions")
        self._keep(self.record.revise(by, reason.strip(), back_to))

    def note(self, text: str) -> None:
        """An observation, kept beside the record and not in it."""
        if self.record is None:
            raise InputError("Open or begin a record first")
        store.note(self.record, self.names.get("observer", "").strip() or "observer", text)

    def _keep(self, new: DosimetryRecord) -> None:
        store.keep(new)
        self.record, self.example = new, False

    # what is typed

    def drafted(self, kind: str) -> dict[str, str]:
        """What was typed into the form of a step and not entered yet."""
        first = fields.at_first(self.record, kind)
        saved = kept.load(self._draft(kind))
        return {key: saved[key] if isinstance(saved.get(key), str) else value for key, value in first.items()}

    def draft(self, kind: str, given: dict) -> None:
        """Keep what is typed."""
        try:
            _userdata.save(self._draft(kind), given)
        except OSError as error:
            raise _userdata.not_saved(error, _userdata.folder()) from None

    def _draft(self, kind: str) -> str:
        header = self.record.header
        return f"record-{header.record_id[:12]}-{header.version}-{kind}"

    # between visits

    def state(self) -> dict:
        """Which record, which role, the names."""
        place = None if self.record is None or self.example else store.place(self.record).name
        return {"record": place, "role": self.role, "names": dict(self.names)}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        try:
            self.role = state.get("role", "MD")
        except t.TraitError:
            whole = False
        names = state.get("names", {})
        if isinstance(names, dict):
            self.names = {role: text for role, text in names.items() if role in ROLES and isinstance(text, str)}
        name = state.get("record")
        if name:
            try:
                found = {one.path.name: one.path for one in store.kept()}
                self.open(found[name])
            except (KeyError, TypeError, InputError):
                whole = False
        return whole
