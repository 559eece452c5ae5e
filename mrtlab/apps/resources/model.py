"""What the resource worksheet knows: local times as typed, and the precision of protocols. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.errors import InputError
from mrtlab.patients import PROTOCOLS, Precision, Workload, cohort, precision, workload
from mrtlab.patients.methods import find_method

__all__ = ["POPULATIONS", "PRICED", "QUESTIONS", "RANGES", "RIGHT", "TIMES", "Found", "ResourcesPage"]

#: Therapy and phases of each population.
POPULATIONS = {"prrt": ("prrt", 1), "prrt two": ("prrt", 2), "psma": ("psma", 1)}
RANGES = {
    "patients": (20, 100),
    "number": (1, 999),
    "scanner_min": (0, 240),
    "contact_min": (0, 480),
    "evaluation_min": (0, 960),
    "report_min": (0, 960),
    "stay_h": (0, 96),
    "cycles": (1, 5000),
}
#: Local times: nothing stands in them before somebody types it.
TIMES = ("scanner_min", "contact_min", "evaluation_min", "report_min", "stay_h", "cycles")
#: Those without which staff minutes are unknown.
PRICED = ("contact_min", "evaluation_min", "report_min")
QUESTIONS = {"gain": ("second", "third", "fourth", "none")}
RIGHT = {"gain": "second"}


@dataclass(frozen=True)
class Found:
    """Protocols with what they cost and buy, in the order of their scans."""

    precision: tuple[Precision, ...]
    work: tuple[Workload, ...]
    yearly_h: tuple[tuple[float | None, float | None], ...] | None

    @property
    def priced(self) -> bool:
        """Whether staff minutes are known."""
        return self.work[0].staff_min is not None


class ResourcesPage(SectionsModel):
    """Inputs and results of the page."""

    INPUTS = ("population", "patients", "number", *TIMES)
    QUESTIONS = QUESTIONS

    population = t.Enum(tuple(POPULATIONS), "prrt")
    patients = t.Float(40)
    number = t.Float(7)
    scanner_min = t.Float(None, allow_none=True)
    contact_min = t.Float(None, allow_none=True)
    evaluation_min = t.Float(None, allow_none=True)
    report_min = t.Float(None, allow_none=True)
    stay_h = t.Float(None, allow_none=True)
    cycles = t.Float(None, allow_none=True)

    _whole_and_within = within({name: RANGES[name] for name in ("patients", "number")}, ("patients", "number"))

    @t.validate(*TIMES)
    def _time(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        if value is not None and not low <= value <= high:
            raise InputError(f"{name} must be between {low:g} and {high:g}, or empty, got {value!r}")
        return value

    def __init__(self):
        super().__init__()
        self._measured: dict[tuple, tuple[Precision, ...]] = {}

    @property
    def _key(self) -> tuple:
        return self.population, int(self.patients), int(self.number)

    @property
    def measured(self) -> bool:
        """Whether the precision of this population is known."""
        return self._key in self._measured

    def measure(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Scan the virtual patients with every protocol; what was measured once is kept."""
        if not self.measured:
            therapy, phases = POPULATIONS[self.population]
            patients = cohort(therapy, int(self.patients), int(self.number), phases=phases)
            self._measured[self._key] = precision(patients, progress=progress)

    def work(self) -> tuple[Workload, ...]:
        """What each protocol costs."""
        times = {name: getattr(self, name) for name in ("scanner_min", "contact_min", "evaluation_min", "report_min")}
        return tuple(
            workload(find_method(method, "kidneys").times_h, **times, stay_h=self.stay_h or 0.0)
            for method in PROTOCOLS.values()
        )

    def found(self) -> Found:
        """Cost beside precision; measure first."""
        if not self.measured:
            raise InputError("the virtual patients have not been measured yet")
        work = self.work()
        yearly = None if self.cycles is None else tuple(one.yearly_h(self.cycles) for one in work)
        return Found(self._measured[self._key], work, yearly)

    def state(self) -> dict:
        """Inputs, predictions, and what was measured, which takes long."""
        measured = [[list(key), [asdict(one) for one in rows]] for key, rows in self._measured.items()][-4:]
        return {**super().state(), "measured": measured}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = super().restore(state)
        try:
            for key, rows in state.get("measured") or []:
                kept = tuple(Precision(**row) for row in rows)
                if tuple(one.method for one in kept) == tuple(PROTOCOLS.values()):
                    self._measured[key[0], int(key[1]), int(key[2])] = kept
        except (TypeError, ValueError, AttributeError, IndexError):
            whole = False
        return whole
