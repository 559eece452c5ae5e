"""An exercise with every kind of question, and what tests of its pages do again and again."""

from __future__ import annotations

import json

from mrtlab.apps import exercise
from mrtlab.apps.controls import Button, Html
from mrtlab.learn.library import load
from mrtlab.learn.session import Session
from mrtlab.learn.variants import variant

YAML = """\
id: every-kind
code: T-1
version: 1
title: Every kind of question, T_{eff} too
therapy: Lu-177
level: know
audience: [physicist]
minutes: 5
prerequisites: [arithmetic]
goals: [answer in every way there is]
maps_to: [MRTLAB:CAL-S, NSHCS:S-NM-S3/6]
story: A vial held {start_mbq} MBq.
draw:
  start_mbq: {uniform: [400, 900], round: 1}
data:
  readings:
    caption: Readings
    columns:
      time_h: {is: "[10, 50, 90]", unit: h, label: Time, round: 1}
      activity_mbq: {is: "start_mbq * exp(-ln2 * time_h / 50)", unit: MBq, label: Activity, round: 0.1}
images:
  - {name: view, caption: A view, alt: One bright square in the middle., pixel_mm: 5}
plot: {table: readings, x: time_h, y: activity_mbq, error: 0.05 * activity_mbq, log_y: true}
truth:
  true_start_mbq: {is: start_mbq, label: "activity: at the start", unit: MBq}
ask:
  - {id: guess, text: Is it more or less, choose: {more: more, less: less}, is: less, predict: true}
  - id: start
    text: Activity at the start
    unit: MBq
    is: start_mbq
    tol: 0.01
    why: Everybody finds the same within rounding.
    right: It comes before all others.
    wrong: [{is: "start_mbq * 3", say: Three times is too often.}]
    hints: [Look at the first., Look at the **last**.]
  - id: pick_point
    text: Which point is the last?
    pick: point
    is: "2"
    right: It decides the tail.
    wrong: [{is: "0", say: That is the first.}]
  - {id: pick_region, text: Pick what lies between the first two, pick: region, is: "[10, 50]", right: There it is.}
  - {id: pick_place, text: Pick the square, pick: place, is: "[[6, 10, 6, 10]]", right: There it is bright.}
  - id: say
    text: Say why.
    rubric: [{point: it decays, words: [decay]}, {point: it is weighed, words: [mass]}]
    sample: It decays, and its mass matters.
solution: Read it off.
discuss: ["You had {start_mbq} MBq."]
sources: [nuclides.icrp107]
teacher: Nothing to add.
"""
GENERATE = """\
import numpy as np


def generate(values, seed):
    image = np.ones((16, 16), int)
    image[6:11, 6:11] = 50
    return {"view": image}
"""
SENTENCE = "It decays with its half-life, and one has to know its mass."


def again(who):
    """The same learner after everything was closed."""
    return exercise.Work(Session("every-kind", who))


def below(box, kind):
    """All widgets of a kind in a page, in order."""
    found = [box] if isinstance(box, kind) else []
    for child in getattr(box, "children", ()):
        found += below(child, kind)
    return found


def html(box):
    return " ".join(one.html for one in below(box, Html))


def press(box, text):
    """Press the button with this text; hidden ones do not count."""
    (button,) = [one for one in below(box, Button) if one.text == text]
    button.click()


def finish(work, start):
    if work.session.unpredicted:
        work.submit("guess", {"choice": "less"})
    work.submit("start", {"value": str(start)})
    for name, raw in {
        "pick_point": {"point": 2},
        "pick_region": {"low": "10", "high": "50"},
        "pick_place": {"x": 8.0, "y": 8.0},
        "say": {"text": SENTENCE},
    }.items():
        assert work.submit(name, raw)
    assert work.session.finished


def pack(mode):
    """A course pack as an educator hands it out."""
    sheets = [variant(load("every-kind"), "K7Q2M4XP", "Lund 2027", b"k" * 32).sheet.to_dict()]
    data = {
        "mrtlab_pack": 1,
        "course": "Lund 2027",
        "learner": "K7Q2M4XP",
        "mode": mode,
        "exercises": [{"exercise": "every-kind", "version": 1}],
        "sheets": sheets if mode == "assessment" else [],
        "made": "2026-11-25T10:00:00+00:00",
        "mrtlab": "0.1.0",
    }
    return json.dumps(data).encode()
