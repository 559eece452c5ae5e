"""A dosimetry record as an answer: what it says, what must hold of it, and how it is kept without anybody's name.

The chain of hashes covers the names that were typed. So a record that is handed in is written anew with roles in place
of names ("physician 1"), and its hashes are taken anew; that copy is whole, and is all that is kept and leaves.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from uncertainties import nominal_value

from mrtlab import record as records
from mrtlab.errors import InputError
from mrtlab.learn._schema_record import FINAL
from mrtlab.learn._words import ORDINARY
from mrtlab.learn.expressions import FormulaError, Formulas
from mrtlab.learn.privacy import REMOVED, personal_data
from mrtlab.record import DosimetryRecord, machine
from mrtlab.record.checks import digest

__all__ = ["LARGEST", "NAMES", "Handed", "Judge", "left_to_do", "nameless", "summary", "without_names"]

LARGEST = 400_000  # characters of a record that is kept as an answer; one of six steps has 10 000
_ROLES = {"MD": "physician", "MPE": "physicist"}
_SHORTEST_NAME = 3  # letters: shorter ones are also words
# what the program itself wrote, or one of a fixed list; nothing a person typed
_FIXED = {"kind", "decision", "quantity", "basis", "back_to", "record_sha256", "measured_at", "started_at"}
_NAN = math.nan
NAMES = ("record", "near")  # of formulas about a record, beside those of the exercise


# --- what is kept


def without_names(text: str | bytes) -> str:
    """A record as one line of JSON, with roles in place of names and other words that tell who somebody is.

    Parameters
    ----------
    text : str or bytes
        Of :func:`mrtlab.record.to_json`.

    Raises
    ------
    InputError
        If it is no record, was changed after it was written, or is too large.
    """
    whole = json.loads(records.to_json(records.from_json(text)))
    named = _stand_ins(whole)
    _rewrite(whole, named, _patterns(named))
    line = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(line) > LARGEST:
        raise InputError(
            f"the record has {len(line)} characters, and an answer at most {LARGEST}; shorten its remarks, or begin it "
            "anew without its earlier versions"
        )
    records.from_json(line)
    return line


def nameless(raw: Mapping) -> dict:
    """An answer as it is kept: a record that can be read, without names."""
    return {**raw, "record": without_names(str(raw["record"]))} if raw.get("record") else dict(raw)


def _stand_ins(whole: dict) -> dict[str, str]:
    """For every name, without regard to case, the role that stands for it: the same in all versions."""
    found: dict[str, str] = {}
    while whole is not None:
        for step in whole["steps"]:
            pairs = [(step["name"], step["role"])]
            if step["content"]["kind"] == "prescription":
                pairs.append((step["content"]["planned_by"], "MPE"))
            for name, role in pairs:
                count = sum(one.startswith(_ROLES[role]) for one in found.values())
                found.setdefault(_same(name), f"{_ROLES[role]} {count + 1}")
        whole = whole["previous"]
    return found


def _patterns(named: dict[str, str]) -> list[tuple[re.Pattern, str]]:
    """Names as they may stand in texts: whole in any case, and their longer parts with a capital letter."""
    words = {name: role for name, role in named.items() if len(name) >= _SHORTEST_NAME}
    parts = {
        part.capitalize(): role
        for name, role in words.items()
        for part in name.split()
        if len(part) > _SHORTEST_NAME and part.isalpha() and part not in ORDINARY
    }
    longest_first = sorted(words, key=len, reverse=True)
    found = [(re.compile(rf"(?<!\w){re.escape(one)}(?!\w)", re.IGNORECASE), words[one]) for one in longest_first]
    return found + [(re.compile(rf"(?<!\w){one}(?!\w)"), role) for one, role in parts.items()]


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def _rewrite(whole: dict, named: dict[str, str], patterns: list) -> None:
    """Put other words into a record and its earlier versions, and take their hashes anew."""
    if whole["previous"] is not None:
        _rewrite(whole["previous"], named, patterns)
        whole["header"]["previous_sha256"] = whole["previous"]["sha256"]
    header = whole["header"]
    header |= {name: _reworded(header[name], patterns) for name in ("therapy", "product")}
    spaced = re.sub("[-_]", " ", header["pseudonym"])
    if _reworded(spaced, patterns) != spaced:
        header["pseudonym"] = f"case-{header['record_id'][:4]}"
    before = unsigned = digest(whole["header"])
    for step in whole["steps"]:
        step["name"] = named[_same(step["name"])]
        content = step["content"]
        if content["kind"] == "signature":
            content["record_sha256"] = unsigned
        planner = content.pop("planned_by", None)
        content = _reworded(content, patterns)
        if planner is not None:
            content["planned_by"] = named[_same(planner)]
        step["content"] = content
        del step["sha256"]
        before = step["sha256"] = digest({**step, "before": before})
        if content["kind"] != "signature":
            unsigned = before
    whole["sha256"] = before


def _reworded(value, patterns: list):
    if isinstance(value, dict):
        return {name: one if name in _FIXED else _reworded(one, patterns) for name, one in value.items()}
    if isinstance(value, list):
        return [_reworded(one, patterns) for one in value]
    if not isinstance(value, str):
        return value
    for pattern, role in patterns:
        value = pattern.sub(role, value)
    for _ in range(5):  # what is left over may look like something again
        for one in personal_data(value):
            value = value.replace(one.text, REMOVED)
    return value


# --- what it says


def summary(record: DosimetryRecord) -> str:
    """What was read, such as "cycle 4, final, signed by a physician and a physicist"."""
    header, roles = record.header, [_ROLES[step.role] for step in record.signatures]
    version = f", version {header.version}" if header.version > 1 else ""
    unverified = ", not verified" if record.verified is False else ""
    state = f"final{unverified}" if record.final else f"not final{unverified}"
    if record.ending and record.ending != "treated":
        state += f", decided: {record.ending}"
    signed = f"signed by {' and '.join(f'a {role}' for role in sorted(roles))}" if roles else "signed by nobody"
    removed = ", without words that look as if they told who somebody is" if REMOVED in records.to_json(record) else ""
    return f"cycle {header.cycle}{version}, {state}, {signed}{removed}"


def left_to_do(record: DosimetryRecord, until: str) -> str:
    """Whose turn it is, if the record has not come as far as it must; otherwise empty."""
    reached = record.final if until == FINAL else getattr(record, until) is not None
    if reached:
        return ""
    wanted = "final" if until == FINAL else f"as far as its {until}"
    turns = ", or ".join(
        f"the {_ROLES[turn.role]} to {machine.WHAT[turn.kind].rpartition(' (')[0]}" for turn in record.turns
    )
    whose = f"It is the turn of {turns}" if turns else "It has ended without it"
    return f"This record is sound, but not {wanted}. {whose}. Go on with it on the page of records, then hand it in."


@dataclass(frozen=True)
class Handed:
    """A record as formulas see it: numbers, words and answers to questions, and no way into anything else.

    What the record does not have is NaN or an empty text, of which no comparison holds. Tissues are looked up without
    regard to case.
    """

    _record: DosimetryRecord

    therapy = property(lambda self: self._record.header.therapy)
    nuclide = property(lambda self: self._record.header.nuclide)
    product = property(lambda self: self._record.header.product)
    cycle = property(lambda self: self._record.header.cycle)
    version = property(lambda self: self._record.header.version)
    final = property(lambda self: self._record.final)
    verified = property(lambda self: self._record.verification is not None)
    planned_mbq = property(lambda self: self._plain(self._record.plan, "activity_mbq"))
    administered_mbq = property(lambda self: self._value(self._record.administration, "administered_mbq"))
    residual_mbq = property(lambda self: self._value(self._record.administration, "residual_mbq"))
    residual_reason = property(lambda self: getattr(self._record.administration, "residual_reason", None) or "")

    def started_h(self, moment: datetime) -> float:
        """Hours from a moment of the exercise to the administration."""
        given = self._record.administration
        return (datetime.fromisoformat(given.started_at) - moment).total_seconds() / 3600 if given else _NAN

    def signed_by(self, role: str) -> bool:
        """Whether "MD" or "MPE" has signed."""
        return any(step.role == role for step in self._record.signatures)

    def dose_gy(self, tissue: str) -> float:
        """The verified dose."""
        return self._plain(self._verified(tissue), "dose_gy")

    def u_gy(self, tissue: str) -> float:
        """Its standard uncertainty."""
        return self._plain(self._verified(tissue), "u_gy")

    def systematic(self, tissue: str) -> float:
        """The part of its relative uncertainty that all cycles have in common."""
        return self._plain(self._verified(tissue), "systematic_rel")

    def points(self, tissue: str) -> float:
        """Measurements in time."""
        return self._plain(self._verified(tissue), "points")

    def recovered(self, tissue: str) -> bool:
        """Whether recovery was corrected for."""
        return getattr(self._verified(tissue), "partial_volume", False)

    def mass_g(self, tissue: str) -> float:
        """The mass of the verification."""
        return self._value(self._verified(tissue), "mass_g")

    def kinetics(self, tissue: str) -> str:
        """What the time integral rests on, in words."""
        return getattr(self._verified(tissue), "kinetics", "")

    def planned_gy(self, tissue: str) -> float:
        """The median that the plan expects."""
        return self._plain(_of(getattr(self._record.plan, "regions", ()), "region", tissue), "median_gy")

    def limit_gy(self, tissue: str) -> float:
        """The physician's limit."""
        constraints = getattr(self._record.prescription, "constraints", ())
        return self._plain(_of([one for one in constraints if one.kind == "limit"], "tissue", tissue), "dose_gy")

    def says(self, *words: str) -> bool:
        """Whether the verification has one of these words, or one that begins so, anywhere in its texts."""
        return any(re.search(rf"(?<!\w){re.escape(word)}", self._texts, re.IGNORECASE) for word in words)

    def states(self, number: float, tolerance: float) -> bool:
        """Whether a number within this distance stands in the texts of the verification."""
        found = (float(text.replace(",", ".")) for text in re.findall(r"\d+(?:[.,]\d+)?", self._texts))
        return any(abs(one - nominal_value(number)) <= tolerance for one in found)

    @cached_property
    def _texts(self) -> str:
        found = self._record.verification
        if found is None:
            return ""
        texts = [found.remarks, found.next_cycle, found.investigation]
        texts += [one.kinetics for one in found.regions] + [one.reason for one in found.missing]
        return "\n".join(text for text in texts if text)

    def _verified(self, tissue: str):
        return _of(getattr(self._record.verification, "regions", ()), "region", tissue)

    @staticmethod
    def _plain(holder, name: str) -> float:
        found = getattr(holder, name, None)
        return _NAN if found is None else float(found)

    @classmethod
    def _value(cls, holder, name: str) -> float:
        return cls._plain(getattr(holder, name, None), "value")


def _of(rows, name: str, tissue: str):
    return next((one for one in rows if _same(getattr(one, name)) == _same(tissue)), None)


def _near(value: float, right, share: float) -> bool:
    """Whether a number of the record is right within a share of it; never for what is not there."""
    right = float(nominal_value(right))
    return bool(abs(value - right) <= share * abs(right))


# --- what must hold of it


@dataclass(frozen=True, eq=False)
class Judge:
    """What must hold of one learner's record.

    Attributes
    ----------
    asked : mrtlab.learn._schema_record.Recorded
    formulas : Formulas
        With the learner's own data.
    """

    asked: object
    formulas: Formulas

    def failed(self, record: DosimetryRecord) -> tuple[int, ...]:
        """Numbers, from 1, of the requirements it does not meet."""
        formulas = self.formulas.also({"record": Handed(record), "near": _near})
        found = []
        for number, one in enumerate(self.asked.require, 1):
            holds = formulas.run(one.that)
            if not isinstance(holds, (bool, np.bool_)):
                raise FormulaError(f"{one.that!r} must hold or not, got {holds!r}")
            if not holds:
                found.append(number)
        return tuple(found)

    def answer(self, number: int = 0) -> str:
        """A record as JSON that is right, or fails the requirement of this number, from 1."""
        from mrtlab.learn._records_made import made

        return records.to_json(made(self.asked.otherwise(number), self.formulas, self.asked.until))
