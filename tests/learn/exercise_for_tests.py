"""A small exercise for tests, and a way to write it where the library finds it."""

from __future__ import annotations

from pathlib import Path

TEXT = """\
id: left-over
version: 1
title: Activity left after some days
therapy: Lu-177
level: know
audience: [physicist]
minutes: 5
goals: [bring an activity to another time]
maps_to: [MRTLAB:CAL-S]
story: A vial held {a0_mbq} MBq of Lu-177. How much is left {wait_h} h later? The kidney keeps T_{eff}.
draw:
  a0_mbq: {uniform: [400, 900], round: 1}
  wait_h: {uniform: [60, 100], round: 1}
data:
  readings:
    caption: Readings of the vial
    columns:
      hour_h: {is: "[0, 10, 20]", unit: h, round: 1}
      reading_mbq: {is: a0_mbq * exp(-ln2 * hour_h / 159.5), cv: 0.02, unit: MBq, round: 0.1}
work:
  left_mbq: a0_mbq * exp(-ln2 * wait_h / 159.5) * ufloat(1, 0.03)
truth:
  start: {is: a0_mbq, label: activity at the start, unit: MBq}
ask:
  - id: left
    text: Activity left, with its standard uncertainty
    unit: MBq
    is: left_mbq
    tol: 0.01
    why: Half-lives in use differ by less than 0.2 %.
    u: {tol: 0.25, wrong: [{is: left_mbq.s * 2, say: One standard uncertainty is asked.}]}
    right: Every activity belongs to a time.
    wrong:
      - {is: a0_mbq, say: No decay is in this.}
      - {is: a0_mbq * exp(-wait_h / 159.5), say: The exponent lacks ln 2.}
      - {is: a0_mbq * exp(ln2 * wait_h / 159.5), say: It has grown; look at the sign.}
    hints: ["Which time does the reading belong to?", The exponent holds ln 2.]
    solution: A = {left_mbq} MBq.
  - id: keep
    text: "May it still be used?"
    choose: {use: use it, discard: discard it, measure: measure it again first}
    is: "'use' if wait_h < 200 else 'discard'"
    reason: true
    right: It has lost little.
    wrong: [{is: discard, say: Too early.}, {is: measure, say: The decay is known better than the meter.}]
solution: A = A_{0}·2^{-t/T} = {left_mbq} MBq.
discuss: ["You found {left_mbq} MBq. What is not in this uncertainty?"]
sources: [nuclides.icrp107]
teacher: Ask who noticed that the vial is past its first half-life.
"""


def write(folder: Path, text: str = TEXT, name: str = "left-over") -> Path:
    """Write an exercise below a folder; the path of its file."""
    path = folder / "topic" / name / "exercise.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    if path.stat().st_mtime_ns == before:  # a coarse clock would hide the change
        import os

        os.utime(path, ns=(before + 10**9, before + 10**9))
    return path
