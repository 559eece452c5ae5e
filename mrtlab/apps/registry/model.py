"""What the page of the data set knows: three files, the learner's marks, what they are worth. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import traitlets as t

from mrtlab import _content, record
from mrtlab.apps.record import store
from mrtlab.apps.record.model import EXAMPLES
from mrtlab.apps.sections import SectionsModel
from mrtlab.errors import InputError
from mrtlab.record import ROW_ERRORS, RowFinding, RowSummary

__all__ = ["CENTRES", "QUESTIONS", "RIGHT", "TAKEN", "Merged", "Planted", "RegistryPage", "centre_rows", "first_lines"]

CENTRES = ("A", "B", "C")
TAKEN = ("all", "marked", "checked")
QUESTIONS = {"mean": ("same", "fifth", "double")}
RIGHT = {"mean": "double"}


@cache
def centre_rows(centre: str) -> tuple[dict, ...]:
    """Rows of one centre as its file has them."""
    return tuple(record.read_rows(_content.dataset("registry") / f"centre_{centre.lower()}.csv"))


def first_lines(centre: str) -> str:
    """Head and two rows of a file, as text: what a table with points and chosen columns does not show."""
    text = (_content.dataset("registry") / f"centre_{centre.lower()}.csv").read_text(encoding="utf-8-sig")
    return "\n".join(text.splitlines()[:3])


@dataclass(frozen=True)
class Planted:
    """An error of a file: one slip may stand in several rows."""

    kind: str
    rows: tuple[int, ...]
    text: str


@cache
def planted(centre: str) -> tuple[Planted, ...]:
    """Errors that the rules find in a file; those of one cycle and kind are one slip."""
    rows, slips = centre_rows(centre), {}
    for one in record.check_rows(rows):
        row = rows[one.row]
        where = () if one.kind == "identifier" else (row["case"], row["cycle"])
        slips.setdefault((one.kind, *where), []).append(one)
    return tuple(Planted(key[0], tuple(one.row for one in found), found[0].text) for key, found in slips.items())


@dataclass(frozen=True)
class Merged:
    """Three files in one table."""

    rows: tuple[dict, ...]
    summary: RowSummary
    as_delivered: RowSummary
    findings: tuple[RowFinding, ...]


class RegistryPage(SectionsModel):
    """Inputs and results of the page."""

    INPUTS = ("centre", "marks", "revealed", "taken")
    QUESTIONS = QUESTIONS

    centre = t.Enum(CENTRES, "A")
    marks = t.List()
    revealed = t.List(t.Enum(CENTRES))
    taken = t.Enum(TAKEN, "all")

    @t.validate("marks")
    def _marks(self, proposal):
        found = []
        for mark in proposal["value"]:
            try:
                centre, row, kind = mark
                known = centre in CENTRES and kind in ROW_ERRORS and type(row) is int
            except (TypeError, ValueError):
                known = False
            if not known or not 0 <= row < len(centre_rows(centre)):
                raise InputError(f"a mark must be a centre, one of its rows and an error, got {mark!r}")
            found.append([centre, row, kind])
        return found

    def reset(self) -> None:
        """As at the first visit; predictions stay."""
        self.centre, self.taken, self.marks, self.revealed = "A", "all", [], []

    def mark(self, row: int, kind: str) -> None:
        """Name an error of a row; a row has one mark for each kind."""
        if [self.centre, row, kind] not in self.marks:
            self.marks = [*self.marks, [self.centre, row, kind]]

    def unmark(self, row: int) -> None:
        """Take back what was said of a row."""
        self.marks = [mark for mark in self.marks if mark[:2] != [self.centre, row]]

    def marked(self, centre: str) -> list[tuple[int, str]]:
        """Marks of a file, by rows."""
        return sorted((row, kind) for where, row, kind in self.marks if where == centre)

    def verdict(self, centre: str, row: int, kind: str) -> str:
        """What a mark is worth.

        ``"right"``, ``"before"`` (the other end of an exchanged date), ``"other"`` (something else is wrong there),
        ``"unusual"`` (and right), or ``"nothing"``.
        """
        here = {one.kind for one in planted(centre) if row in one.rows} | self._copied(centre, row)
        if kind in here:
            return "right"
        if kind == "interval" and self._before_slip(centre, row):
            return "before"
        if here - {"identifier", "duplicate_patient"}:
            return "other"
        return "unusual" if centre_rows(centre)[row]["within"] is False else "nothing"

    @staticmethod
    def _before_slip(centre: str, row: int) -> bool:
        """Whether the next cycle's interval is wrong: then it is the date of this cycle that was exchanged."""
        rows = centre_rows(centre)
        next_cycle = (rows[row]["case"], rows[row]["cycle"] + 1)
        slips = [rows[one.rows[0]] for one in planted(centre) if one.kind == "interval"]
        return rows[row]["interval_days"] is not None and any((x["case"], x["cycle"]) == next_cycle for x in slips)

    @staticmethod
    def _copied(centre: str, row: int) -> set[str]:
        """Whether another centre has the same patient, which neither of them can know."""
        one = centre_rows(centre)[row]
        names = ("cycle", "region", "administered_mbq", "mass_g", "dose_gy", "effective_half_life_h")
        others = (other for name in CENTRES if name != centre for other in centre_rows(name))
        same = any(all(other[name] == one[name] for name in names) for other in others)
        return {"duplicate_patient"} if same else set()

    def found(self, centre: str) -> tuple[int, int]:
        """How many errors of a file were named, and of how many."""
        said = self.marked(centre)
        slips = planted(centre)
        return sum(any((row, one.kind) in said for row in one.rows) for one in slips), len(slips)

    def reveal(self) -> None:
        """Show the errors of this file."""
        if self.centre not in self.revealed:
            self.revealed = [*self.revealed, self.centre]

    def _left_out(self) -> dict[str, set[int]]:
        """Rows that do not go in. A column too many costs no row: it stays behind by itself."""
        out: dict[str, set[int]] = {centre: set() for centre in CENTRES}
        for centre in CENTRES:
            if self.taken == "marked":
                out[centre] = {row for row, kind in self.marked(centre) if kind != "identifier"}
                out[centre] |= self._copies_of_marked(centre)
            slips = [one for one in planted(centre) if one.kind != "identifier"]
            for one in slips:
                # a slip named in one of its rows is a slip in all of them
                if self.taken == "checked" or (
                    self.taken == "marked" and any((row, one.kind) in self.marked(centre) for row in one.rows)
                ):
                    out[centre] |= set(one.rows)
        return out

    def _copies_of_marked(self, centre: str) -> set[int]:
        """A patient who is there twice and was named in one row is there twice in all copied rows."""
        rows = centre_rows(centre)
        cases = {
            rows[row]["case"]
            for row, kind in self.marked(centre)
            if kind == "duplicate_patient" and self._copied(centre, row)
        }
        return {place for place, one in enumerate(rows) if one["case"] in cases and self._copied(centre, place)}

    def merged(self) -> Merged:
        """The three files in one, without what is left out."""
        centres = {centre: centre_rows(centre) for centre in CENTRES}
        rows = record.merge_rows(centres, self._left_out())
        findings = record.check_rows(rows)
        if self.taken == "checked":  # what shows only now
            copies = {one.row for one in findings}
            rows = [row for place, row in enumerate(rows) if place not in copies]
            findings = record.check_rows(rows)
        delivered = record.summarise_rows(record.merge_rows(centres))
        return Merged(tuple(rows), record.summarise_rows(rows), delivered, findings)

    # rows of one's own

    @staticmethod
    def records() -> dict[str, Path]:
        """Records whose rows can be seen: the examples, and those kept on this computer."""
        examples = {f"example: {name}": _content.dataset("records") / file for file, name in EXAMPLES.items()}
        return examples | {f"kept: {one.title}": one.path for one in store.kept()}

    @staticmethod
    def own_rows(path: Path) -> tuple[list[dict], tuple[RowFinding, ...]]:
        """Rows of a record, and what the rules say to them."""
        rows = record.rows(record.read(path))
        return rows, record.check_rows(rows)
