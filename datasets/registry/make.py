"""Write the rows of three made-up centres, with the errors that are to be found in them.

Run this file to write them anew: ``python datasets/registry/make.py``. All numbers come from a fixed seed; masses,
doses and half-lives are drawn log-normally around teaching values. Nobody was treated.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

from mrtlab import planning
from mrtlab.record import COLUMNS
from mrtlab.record.export import csv_text

HERE = Path(__file__).resolve().parent
KINDS = {"left kidney": 1, "right kidney": 2}
CYCLES = {"a": (4, 4, 3), "b": (3, 4, 2), "c": (3, 4)}
POINTS = {"a": 3, "b": 1, "c": 4}


def _digits(value: float, digits: int = 3) -> float:
    return float(f"{value:.{digits}g}")


def centre(name: str) -> list[dict]:
    """A centre without errors: a row for each kidney and cycle."""
    draw, rows = random.Random(f"registry-{name}"), []
    for case, cycles in enumerate(CYCLES[name], 1):
        masses = {side: draw.lognormvariate(math.log(160), 0.1) for side in KINDS}
        # kidneys of case 3 differ clearly, as many do
        if case == 3:
            masses = {"left kidney": 185.0, "right kidney": 141.0}
        usual, half_life = draw.lognormvariate(math.log(0.55), 0.25), draw.lognormvariate(math.log(51), 0.12)
        for cycle in range(1, cycles + 1):
            prescribed = 7400.0
            given = round(prescribed * draw.uniform(0.97, 1.01))
            interval = None if cycle == 1 else round(draw.gauss(58, 4))
            both = draw.lognormvariate(math.log(usual), 0.08)
            for side in KINDS:
                dose = both * given / 1000 * draw.lognormvariate(0, 0.05)
                expected = planning.ExpectedRange(0.60 * prescribed / 1000, 1.4)
                low, high = expected.interval95_gy
                u = 0.14 if POINTS[name] > 1 else 0.22
                rows.append(
                    dict.fromkeys(COLUMNS)
                    | {
                        "case": case, "cycle": cycle, "interval_days": interval, "version": 1, "therapy": "prrt",
                        "nuclide": "Lu-177", "optimisation_level": 2, "status": "FINAL", "ending": "treated",
                        "region": side, "prescribed_mbq": prescribed, "administered_mbq": float(given),
                        "administered_u_mbq": _digits(0.02 * given), "mass_g": float(round(masses[side]
                        * draw.lognormvariate(0, 0.02))), "mass_u_g": 10.0, "expected_median_gy": _digits(expected
                        .median_gy), "expected_low_gy": _digits(low), "expected_high_gy": _digits(high),
                        "dose_gy": _digits(dose), "dose_u_gy": _digits(u * dose, 2), "systematic_rel": 0.08,
                        "effective_half_life_h": _digits(half_life * draw.lognormvariate(0, 0.05)),
                        "points": POINTS[name], "partial_volume": name != "b", "basis": "measured", "limit_gy": 23.0,
                    }
                )  # fmt: skip
    return rows


def finish(rows: list[dict]) -> list[dict]:
    """Dose per activity and verdict, from the other numbers."""
    for row in rows:
        row["dose_gy_per_mbq"] = _digits(row["dose_gy"] / row["administered_mbq"], 4)
        gsd = math.exp(math.log(row["expected_high_gy"] / row["expected_median_gy"]) / 1.959964)
        spread = math.hypot(math.log(gsd), row["dose_u_gy"] / row["dose_gy"])
        row["z"] = round(math.log(row["dose_gy"] / row["expected_median_gy"]) / spread, 2)
        row["within"] = abs(row["z"]) <= 1.96
    return rows


def pick(rows: list[dict], case: int, cycle: int, side: str = "") -> list[dict]:
    """The rows of one cycle, or of one kidney in it."""
    return [row for row in rows if (row["case"], row["cycle"]) == (case, cycle) and row["region"].startswith(side)]


def three() -> tuple[list[dict], list[dict], list[dict]]:
    """All centres, with what is wrong in them."""
    a, b, c = centre("a"), centre("b"), centre("c")
    # unusual and right: a kidney with a dose far above the others, looked into and confirmed
    for row in pick(a, 2, 4, "right"):
        row["dose_gy"], row["dose_u_gy"], row["effective_half_life_h"] = 11.9, 1.7, 88.0
    # the same patient was treated in the second centre before: two cycles are in both files
    for row in pick(a, 2, 1) + pick(a, 2, 2):
        c.append({**row, "case": 3})
    finish(a), finish(b), finish(c)

    for row in pick(a, 1, 2):
        row["administered_mbq"] /= 1000
    pick(a, 2, 3, "left")[0]["dose_u_gy"] = None
    for row in pick(a, 3, 2):
        row["region"] = "right kidney" if row["region"] == "left kidney" else "left kidney"

    for row in pick(b, 1, 3):
        row["interval_days"] = -3
    for row in pick(b, 1, 2):
        row["interval_days"] = 117  # the other side of the same slip, which no rule can tell from a late cycle
    pick(b, 2, 1, "left")[0]["dose_gy"] *= 100
    pick(b, 2, 3, "right")[0]["effective_half_life_h"] = 2.1
    for row in pick(b, 3, 2):
        row["points"] = row["basis"] = None

    for row in pick(c, 1, 1):
        row["dose_gy"], row["dose_u_gy"] = 1000 * row["dose_gy_per_mbq"], 0.08
    pick(c, 2, 2, "right")[0]["dose_u_gy"] = 14.0
    again = pick(c, 1, 3, "left")[0]
    c.insert(c.index(again) + 2, dict(again))
    for row in c:
        row["treated_on"] = date_of(row, c).strftime("%d/%m/%Y")
    return a, b, c


def date_of(row: dict, rows: list[dict]) -> date:
    """The first cycle of a case some days after that of the case before it, the others by their intervals."""
    before = {one["cycle"]: one["interval_days"] for one in rows if one["case"] == row["case"]}
    days = sum(before[cycle] or 0 for cycle in range(1, row["cycle"] + 1) if cycle in before)
    return date(2026, 1, 12) + timedelta(days=9 * row["case"] + days)


def main() -> None:
    """Write the three files."""
    a, b, c = three()
    for name, rows, columns, dialect in (
        ("centre_a.csv", a, COLUMNS, "comma"),
        ("centre_b.csv", b, COLUMNS, "semicolon"),
        ("centre_c.csv", c, (*COLUMNS, "treated_on"), "comma"),
    ):
        (HERE / name).write_text(csv_text(rows, columns, dialect), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
