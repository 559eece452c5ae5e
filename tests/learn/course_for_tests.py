"""A course with an exercise that has every kind of question, and a class that works at it."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

from mrtlab.learn import evidence, identity
from mrtlab.learn.audit import typed
from mrtlab.learn.course import Course
from mrtlab.learn.identity import Identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session
from mrtlab.learn.variants import Variant, variant

KEY = bytes(range(32))

EVERY_KIND = r"""
id: every-kind
version: 1
title: Every kind of question
therapy: Lu-177
level: apply
audience: [physicist]
minutes: 25
goals: [meet all kinds of questions]
maps_to: [MRTLAB:TEST]
story: 'A vial held {a0_mbq} MBq & was measured < 4 times. Signs that mean something elsewhere: } ~ # \ / "x" {1:NM'
draw:
  a0_mbq: {uniform: [400, 900], round: 0.1}
  secret_h: {uniform: [40.0, 60.0], round: 0.0001}
data:
  scans:
    caption: Activity of the vial
    columns:
      hour_h: {is: "[1, 24, 48, 96]", unit: h, round: 1}
      reading_mbq: {is: 30 * a0_mbq * exp(-ln2 * hour_h / secret_h), cv: 0.02, label: Reading, unit: MBq, round: 1}
images:
  - {name: spots, caption: Two spots, alt: A bright and a faint spot., pixel_mm: 4.0}
plot: {table: scans, x: hour_h, y: reading_mbq, log_y: true}
work:
  half_life_h: secret_h * 1.0
  left_mbq: a0_mbq * 0.5 * ufloat(1, 0.04)
truth:
  hidden: {is: secret_h, label: hidden half-life, unit: h}
ask:
  - id: guess
    text: Before you compute, how much is left?
    choose: {half: about half, none: nothing}
    is: half
    predict: true
  - id: left
    text: Activity left, with its standard uncertainty
    unit: MBq
    is: left_mbq
    tol: 0.02
    why: Rounding differs by less than that.
    points: 2
    u:
      tol: 0.25
      wrong:
        - {is: left_mbq.s * 2.5, say: One standard uncertainty is asked.}
        - {is: left_mbq.s * 2.6, say: "This one is {left_mbq.s * 2.6:.1f} MBq."}
    right: 'Half of it, "as it were" {a0_mbq} / 2 = right ~ # } \.'
    wrong:
      - {is: a0_mbq, say: "No decay is in this: A_{0} < 2·A_{0} # ~ } / \" \\"}
      - {is: a0_mbq * 0.25, say: Halved twice.}
    hints: [Halve it.]
  - id: half_life
    text: Half-life, with a 95 % interval
    unit: h
    is: half_life_h
    tol: 0.03
    why: Fits of the same points agree within 1 %.
    interval:
      is: "[half_life_h * 0.9, half_life_h * 1.1]"
      tol: 0.2
      wrong: [{is: "[half_life_h * 0.7, half_life_h * 1.3]", say: That is three times as wide.}]
    right: It rules the rest.
    wrong: [{is: half_life_h / ln2, say: That is the mean life.}, {is: half_life_h * ln2, say: You multiplied by ln 2.}]
  - id: keep
    text: May it be used?
    choose: {use: 'use it } # ~ { / "x" \', discard: discard < it, measure: measure it & see}
    is: "'use' if a0_mbq < 650 else 'measure'"
    reason: true
    points: 0.5
    right: It has lost little.
    wrong:
      - {is: use, say: Too much.}
      - {is: discard, say: Too early.}
      - {is: measure, say: The decay is known better than the meter.}
  - id: why
    text: Why is it so?
    rubric: [{point: names the decay, words: [decay]}]
    sample: The decay of Lu-177 is known well, so the meter adds nothing to it.
  - id: worst
    text: Which point would you measure again?
    is: 3
    pick: point
    right: The latest has the fewest counts.
    wrong: [{is: 0, say: The first has the most counts.}]
  - id: span
    text: Over which times does it fall most?
    is: "[1, 24]"
    pick: region
    right: It falls most at the start.
  - id: spot
    text: Where is the bright spot?
    is: "[4, 8, 10, 14]"
    pick: place
    right: It is the tumour.
    wrong: [{is: "[15, 18, 2, 5]", say: That is the faint one.}]
solution: Halve {a0_mbq} MBq; see & read <the> rest. ]]> {left_mbq}
discuss: ["You found {left_mbq} MBq."]
sources: [nuclides.icrp107]
teacher: Ask who looked at the plot.
"""

GENERATE = """
import numpy as np


def generate(values, seed):
    image = np.random.default_rng(seed).poisson(3, (20, 24))
    image[10:14, 4:8] += 90
    image[2:5, 15:18] += 30
    return {"spots": image}
"""

TEXT = "The decay of Lu-177 is known much better than this meter is calibrated."


def write(folder: Path) -> Path:
    """The exercise below a folder that can stand for the exercises of mrtlab."""
    place = folder / "testing" / "every-kind"
    place.mkdir(parents=True, exist_ok=True)
    (place / "exercise.yaml").write_text(EVERY_KIND, encoding="utf-8", newline="\n")
    (place / "generate.py").write_text(GENERATE, encoding="utf-8", newline="\n")
    return folder


def fixed_pseudonyms(monkeypatch) -> None:
    """Let new courses have the same pseudonyms every time."""
    stream = random.Random(20270301)

    def suggest() -> str:
        pair = stream.choice(("quiet", "brave", "calm", "swift", "warm")), stream.choice(("heron", "otter", "lynx"))
        return f"{'-'.join(pair)}-{stream.randrange(10, 100)}"

    monkeypatch.setattr(identity, "suggest", suggest)


def right(one: Variant, question: str) -> dict:
    """The right answer as a learner gives it."""
    asked = one.expected[question]
    return {"text": TEXT} if asked.question.kind == "text" else typed(asked)


def hand_in(
    course: Course, learner: str, packs: Path, out: Path, answers: list[tuple[str, str, dict | None]], at: str = ""
) -> Path:
    """Let a learner answer (exercise, question, raw; None for the right answer) and hand the file in."""
    pack = json.loads((packs / learner / "pack.json").read_text(encoding="utf-8"))
    who = Identity(learner, pack["course"], pack["mode"], pack)
    logbook = Logbook(packs / learner / f"{at or 'work'}.jsonl")
    for exercise, question, raw in answers:
        one = variant(load(exercise), learner, course.name, course.key)
        Session(exercise, who, logbook).submit(question, right(one, question) if raw is None else raw)
    made = evidence.build(who, logbook)
    return evidence.write(made, out / f"{at}{evidence.filename(made)}")


ALL = ("guess", "left", "half_life", "keep", "why", "worst", "span", "spot")


def all_right() -> list[tuple[str, str, None]]:
    """Every question of the exercise, answered rightly."""
    return [("every-kind", question, None) for question in ALL]


def outside(folder: Path) -> list[str]:
    """Text of all files of a course but its key, those in zip files too."""
    found = []
    for file in folder.rglob("*"):
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                found += [archive.read(name).decode("utf-8") for name in archive.namelist()]
        elif file.is_file() and file.parent.name != "key":
            found.append(file.read_text(encoding="utf-8-sig"))
    return found
