"""What the page on evidence knows: two numbers, and which table is looked at. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

import traitlets as t

from mrtlab import prrt, psma, radioiodine, sirt
from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import sources

__all__ = ["QUESTIONS", "RANGES", "RIGHT", "TABLES", "EvidencePage", "Growth", "remarks", "table"]

RANGES = {"factor": (1, 8), "percent": (0, 400)}
QUESTIONS = {"both": ("both", "one", "same")}
RIGHT = {"both": "both"}
TABLES = ("liver", "thyroid", "prrt", "psma")


@dataclass(frozen=True)
class Growth:
    """Two numbers on growth, and what would have to be so between them."""

    factor: float
    percent: float

    @property
    def patients(self) -> float:
        """The factor of patients."""
        return 1 + self.percent / 100

    @property
    def each(self) -> float:
        """The factor of administrations for each patient."""
        return self.factor / self.patients


def table(name: str) -> list[tuple[str, ...]]:
    """Rows as published, the last two cells being source and status."""
    if name == "liver":
        return [
            (one.study, one.compared, "; ".join(one.findings), sources(one.sources[0]).citation,
             sources(one.sources[0]).status)
            for one in sirt.outcomes()
        ]  # fmt: skip
    if name == "thyroid":
        return [
            (one.indication, f"{one.patients}" + ("" if one.dose_gy is None else f"; {one.dose_gy:g} Gy"),
             _outcome(one), one.citation, one.status)
            for one in radioiodine.OBSERVED_OUTCOMES
        ]  # fmt: skip
    if name == "prrt":
        return [
            (one.tissue, one.drug, one.text, sources(one.sources[0]).citation, sources(one.sources[0]).status)
            for one in prrt.dose_per_activity()
        ]
    return [
        (one.tissue, one.drug or "not visible", _printed(one), one.citation, one.status) for one in psma.published()
    ]


def remarks(name: str) -> list[tuple[str, ...]]:
    """What is to be said of single rows, apart from them: it answers what the table asks."""
    if name != "psma":
        return []
    return [
        (one.tissue, _printed(one), one.citation, one.remark)
        for one in psma.published()
        if one.remark and not _about(one)
    ]


def _about(one) -> bool:
    return one.remark.startswith("About ")


def _printed(one) -> str:
    number = f"{one.value:g}" + (f" ± {one.sd:g}" if one.sd else "")
    return f"{'about ' if _about(one) else ''}{number} {one.unit}"


def _outcome(one) -> str:
    if one.odds_ratio is not None:
        words = f"{one.outcome}: odds ratio {one.odds_ratio:g} ({one.odds_ratio_low:g} to {one.odds_ratio_high:g})"
        return f"{words}. {one.remark}" if one.remark else words
    return one.outcome if one.percent is None else f"{one.outcome}: {one.percent:g} %"


class EvidencePage(SectionsModel):
    """Inputs and results of the page."""

    INPUTS = ("factor", "percent", "shown")
    QUESTIONS = QUESTIONS

    factor = t.Float(4)
    percent = t.Float(80)
    shown = t.Enum(TABLES, "liver")

    _in_range = within(RANGES)

    def growth(self) -> Growth:
        """The two numbers as they are set."""
        return Growth(self.factor, self.percent)
