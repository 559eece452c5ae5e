"""What the page on PRRT over cycles knows, without any widget: patient, choices, what was asked for and decided."""

from __future__ import annotations

from dataclasses import dataclass

import traitlets as t

from mrtlab import prrt
from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.radiobiology import TISSUES

__all__ = [
    "ASKS",
    "CHOICES",
    "CYCLES",
    "DECISIONS",
    "OPTIONAL",
    "PATIENTS",
    "QUESTIONS",
    "RANGES",
    "RIGHT",
    "Patient",
    "PrrtCycles",
]

CYCLES = 4


@dataclass(frozen=True)
class Patient:
    """Which virtual patient, and what happens to her; none of it is shown unasked.

    Attributes
    ----------
    name : str
    seed : int
    incident : {"", "extravasation", "obstruction", "clock"}
    cycle : int
        In which it happens.
    notes : tuple of str
        What the log of each cycle says.
    """

    name: str
    seed: int
    incident: str
    cycle: int
    notes: tuple[str, str, str, str]

    @property
    def pseudonym(self) -> str:
        """In her records."""
        return f"VIRTUAL-PRRT-{self.seed}"


_QUIET = "Infusion over 30 min, amino acids as planned. Nothing noted."
PATIENTS = {
    "first": Patient(
        "First patient",
        23,
        "",
        0,
        (
            _QUIET,
            "The pump gave an alarm and was started again. Amino acids as planned.",
            "The patient felt sick during the amino acids; they went on more slowly.",
            _QUIET,
        ),
    ),
    "second": Patient(
        "Second patient",
        6,
        "",
        0,
        (
            "Infusion over 30 min. Blood pressure treated; creatinine above normal for years.",
            _QUIET,
            "Another camera of the same type was used.",
            _QUIET,
        ),
    ),
    "third": Patient(
        "Third patient",
        11,
        "extravasation",
        3,
        (
            _QUIET,
            "The scan was some minutes later than planned; its time is in the file.",
            "The pump gave an alarm and was started again after the arm was moved. Amino acids as planned.",
            _QUIET,
        ),
    ),
    "fourth": Patient(
        "Fourth patient",
        21,
        "obstruction",
        3,
        (
            _QUIET,
            _QUIET,
            "The patient drank little and felt a pull in the left flank. Amino acids as planned.",
            _QUIET,
        ),
    ),
    "fifth": Patient(
        "Fifth patient",
        18,
        "clock",
        2,
        (
            _QUIET,
            "New software on the workstation since Monday. Infusion and amino acids as planned.",
            "The patient felt sick during the amino acids; they went on more slowly.",
            _QUIET,
        ),
    ),
}
#: What can be asked for in a cycle, beyond the routine.
ASKS = ("serial", "site", "anterior", "clock")
DECISIONS = ("go on", "change", "cannot")
CHOICES = {
    "patient": tuple(PATIENTS),
    "audience": ("physician", "physicist"),
    "rule": tuple(prrt.RULES),
    "ratio": ("one", "haematocrit"),
    "metastases": ("no", "yes"),
    "grade": ("G1", "G2"),
    "amino": ("with", "without"),
    "nuclide": ("Lu-177", "Y-90"),
    "bed_of": ("equal", "patient"),
}
QUESTIONS = {
    "chance": ("low", "fifth", "half"),
    "sum": ("independent", "linear", "more"),
    "bed": ("too much", "the same", "too little"),
    "marrow": ("the same", "fifth", "three quarters"),
    "yttrium": ("one", "four", "ten"),
}
# a test computes them
RIGHT = {"chance": "fifth", "sum": "linear", "bed": "too much", "marrow": "three quarters", "yttrium": "four"}
RANGES = {
    "low_gbq": (1.0, 12.0),
    "high_gbq": (2.0, 15.0),
    "steps": (2.0, 8.0),
    "marrow_mgy": (5.0, 100.0),
    "marrow_gsd": (1.05, 3.0),
    "tumour_gy": (0.1, 20.0),
    "tumour_gsd": (1.05, 4.0),
    "give_gbq": (1.0, 12.0),
    "systematic_u": (0.0, 20.0),
    "variation_u": (0.0, 20.0),
    "maximum_gbq": (1.0, 15.0),
    "minimum_gbq": (0.0, 10.0),
    "step_gbq": (0.01, 1.0),
    "alpha_beta": (1.0, 5.0),
    "repair_h": (0.5, 6.0),
    "equal_gy": (1.0, 15.0),
    "half_life_h": (10.0, 120.0),
    "blood_fast": (0.0001, 5.0),
    "blood_fast_h": (0.1, 10.0),
    "blood_slow": (0.0001, 1.0),
    "blood_slow_h": (5.0, 159.0),
    "s_marrow": (0.1, 5.0),
    "marrow_g": (200.0, 3000.0),
    "haematocrit": (0.15, 0.65),
    "vertebra": (0.1, 50.0),
    "recovery": (0.3, 1.0),
    "density": (0.9, 1.6),
    "gfr": (15.0, 140.0),
    "kidneys_g": (120.0, 500.0),
    "model_repair_h": (0.5, 6.0),
    "model_gbq": (1.0, 12.0),
}
#: Numbers that may be missing; nobody fills them in.
OPTIONAL = {"rest_gy": (0.0, 5.0), "between_low": (15.0, 17.0), "between_high": (30.0, 35.0)}
_WHOLE = ("steps",)


class PrrtCycles(SectionsModel):
    """Inputs of all sections, what the learner predicted, and what happened to every patient.

    Activities are GBq, doses Gy (marrow mGy/GBq), masses g, uncertainties per cent: as they are typed. ``limits`` are
    numbers of rows of :func:`mrtlab.prrt.tolerance`; none at first.
    """

    patient = t.Enum(CHOICES["patient"], "first")
    audience = t.Enum(CHOICES["audience"], "physician")
    low_gbq = t.Float(3.7)
    high_gbq = t.Float(7.4)
    steps = t.Float(3.0)
    marrow_mgy = t.Float(30.0)
    marrow_gsd = t.Float(1.6)
    tumour_gy = t.Float(3.4)
    tumour_gsd = t.Float(2.0)
    limits = t.List(t.Int())
    between_low = t.Float(None, allow_none=True)
    between_high = t.Float(None, allow_none=True)
    give_gbq = t.Float(7.4)
    rule = t.Enum(CHOICES["rule"], "posterior")
    systematic_u = t.Float(8.0)
    variation_u = t.Float(5.0)
    maximum_gbq = t.Float(value("prrt.maximum_mbq") / 1000)
    minimum_gbq = t.Float(value("prrt.minimum_mbq") / 1000)
    step_gbq = t.Float(value("prrt.step_mbq") / 1000)
    alpha_beta = t.Float(TISSUES["kidney"].alpha_beta_gy)
    repair_h = t.Float(TISSUES["kidney"].repair_half_time_h)
    equal_gy = t.Float(5.2)
    half_life_h = t.Float(52.0)
    bed_of = t.Enum(CHOICES["bed_of"], "equal")
    blood_fast = t.Float(0.45)
    blood_fast_h = t.Float(1.2)
    blood_slow = t.Float(0.035)
    blood_slow_h = t.Float(38.0)
    ratio = t.Enum(CHOICES["ratio"], "one")
    haematocrit = t.Float(0.40)
    s_marrow = t.Float(1.15)
    marrow_g = t.Float(1170.0)
    rest_gy = t.Float(None, allow_none=True)
    vertebra = t.Float(2.6)
    recovery = t.Float(0.78)
    density = t.Float(1.15)
    metastases = t.Enum(CHOICES["metastases"], "no")
    grade = t.Enum(CHOICES["grade"], "G1")
    amino = t.Enum(CHOICES["amino"], "with")
    nuclide = t.Enum(CHOICES["nuclide"], "Lu-177")
    gfr = t.Float(value("prrt.reference_gfr_ml_per_min"))
    kidneys_g = t.Float(value("prrt.organ_kidneys_mass_g"))
    model_repair_h = t.Float(TISSUES["kidney"].repair_half_time_h)
    model_gbq = t.Float(7.4)
    cases = t.Dict()  # by patient: given (MBq), asked ("3:serial"), decided (by cycle), records (JSON by cycle)

    INPUTS = (*RANGES, *OPTIONAL, *CHOICES, "limits")
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    @t.validate("between_low", "between_high", "rest_gy")
    def _optional(self, proposal):
        name, found = proposal["trait"].name, proposal["value"]
        low, high = OPTIONAL[name]
        if found is not None and not low <= found <= high:
            raise InputError(f"{name} must be between {low:g} and {high:g}, or empty; got {found!r}")
        return found

    @t.validate("limits")
    def _rows(self, proposal):
        rows, top = sorted(set(proposal["value"])), len(prrt.tolerance())
        if any(not 0 <= row < top for row in rows):
            raise InputError(f"limits must be rows of the table, 0 to {top - 1}, got {rows}")
        return rows

    # what happened to the patient

    @property
    def about(self) -> Patient:
        """The patient shown."""
        return PATIENTS[self.patient]

    @property
    def case(self) -> dict:
        """What was given to the patient shown, asked for, decided and recorded; a copy."""
        found = self.cases.get(self.patient, {})
        return {
            "given": list(found.get("given", [])),
            "asked": list(found.get("asked", [])),
            "decided": dict(found.get("decided", {})),
            "records": dict(found.get("records", {})),
        }

    @property
    def given_mbq(self) -> tuple[float, ...]:
        """Activity of every cycle so far."""
        return tuple(self.case["given"])

    def asked_for(self, cycle: int) -> tuple[str, ...]:
        """What was asked for in a cycle, in order."""
        return tuple(one.partition(":")[2] for one in self.case["asked"] if one.partition(":")[0] == str(cycle))

    def decided(self, cycle: int) -> str:
        """What was decided on a cycle, or nothing."""
        return self.case["decided"].get(str(cycle), "")

    def _put(self, **news) -> None:
        self.cases = {**self.cases, self.patient: {**self.case, **news}}

    def reset(self) -> None:
        """As at the first visit; predictions stay, and so does what happened to the patients."""
        for name in self.INPUTS:
            setattr(self, name, [] if name == "limits" else self.traits()[name].default_value)

    def give(self) -> int:
        """Administer the next cycle, and measure it as routine has it; its number."""
        case = self.case
        if len(case["given"]) >= CYCLES:
            raise InputError(f"this patient has had {CYCLES} cycles, all that this page has")
        if case["given"] and not self.decided(len(case["given"])):
            raise InputError(
                f"cycle {len(case['given'])} waits for a decision at the end of the page: go on, change, or cannot be "
                "determined"
            )
        self._put(given=[*case["given"], 1000 * self.give_gbq])
        return len(case["given"]) + 1

    def ask(self, what: str) -> None:
        """Ask for more about the last cycle; asking stays on record."""
        if what not in ASKS or not self.given_mbq:
            raise InputError(f"{what!r} cannot be asked for; give a cycle first, then ask for {', '.join(ASKS)}")
        cycle = len(self.given_mbq)
        if self.decided(cycle):
            raise InputError(f"cycle {cycle} is decided; what was not asked for before comes too late")
        if what not in self.asked_for(cycle):
            self._put(asked=[*self.case["asked"], f"{cycle}:{what}"])

    def decide(self, choice: str) -> None:
        """Decide on the last cycle; the first decision stays."""
        cycle = len(self.given_mbq)
        if choice not in DECISIONS or not cycle:
            raise InputError(f"{choice!r} cannot be decided; give a cycle first, then decide {', '.join(DECISIONS)}")
        self._put(decided={str(cycle): choice, **self.case["decided"]})

    def keep(self, cycle: int, text: str) -> None:
        """The record of a cycle."""
        self._put(records={**self.case["records"], str(cycle): text})

    def start_over(self) -> None:
        """The patient shown as before the first cycle; her records stay where they were kept."""
        self.cases = {key: found for key, found in self.cases.items() if key != self.patient}

    def state(self) -> dict:
        """What is kept between visits."""
        return super().state() | {"cases": self.cases}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = super().restore(state)
        for key, found in (state.get("cases") or {}).items() if isinstance(state.get("cases"), dict) else ():
            try:
                if key not in PATIENTS:
                    raise InputError(f"there is no patient {key!r}")
                self.cases = {**self.cases, key: _checked(found)}
            except (AttributeError, TypeError, ValueError, KeyError, InputError):
                whole = False
        return whole and isinstance(state.get("cases", {}), dict)


def _checked(found: dict) -> dict:
    given = [float(mbq) for mbq in found["given"]]
    low, high = (1000 * gbq for gbq in RANGES["give_gbq"])
    if len(given) > CYCLES or any(not low <= mbq <= high for mbq in given):
        raise InputError("given holds what no cycle of this page has")
    cycles = [str(number) for number in range(1, len(given) + 1)]
    asked = [str(one) for one in found["asked"]]
    if any(one.partition(":")[0] not in cycles or one.partition(":")[2] not in ASKS for one in asked):
        raise InputError("asked holds what cannot be asked for")
    decided, records = ({str(a): str(b) for a, b in found[name].items()} for name in ("decided", "records"))
    if any(a not in cycles or b not in DECISIONS for a, b in decided.items()) or any(a not in cycles for a in records):
        raise InputError("decided or records hold what no cycle of this page has")
    return {"given": given, "asked": asked, "decided": decided, "records": records}
