"""The lessons: simulated points (illustrative throughout), what is asked before the fit, what is to be tried."""

from __future__ import annotations

from dataclasses import dataclass

from mrtlab.kinetics import MODELS, biological_half_life_h
from mrtlab.nuclides import nuclide

__all__ = ["LESSONS", "OWN", "Lesson", "Point", "Truth"]

OWN = "own"


@dataclass(frozen=True)
class Point:
    """One point: hours after administration, MBq not decay corrected, and what is known of its uncertainty.

    Attributes
    ----------
    time_h, mbq : float
    u_mbq : float or None
        Its own standard uncertainty, MBq.
    counts : float or None
        Detected counts behind it.
    """

    time_h: float
    mbq: float
    u_mbq: float | None = None
    counts: float | None = None


@dataclass(frozen=True)
class Truth:
    """The curve from which a lesson's points were simulated: one or two exponentials.

    Attributes
    ----------
    amplitudes_mbq, half_lives_h : tuple of float
        Effective half-lives, the shortest first.
    nuclide : str
    """

    amplitudes_mbq: tuple[float, ...]
    half_lives_h: tuple[float, ...]
    nuclide: str = "Lu-177"

    @property
    def _shape(self):
        return MODELS["mono" if len(self.half_lives_h) == 1 else "bi"]

    @property
    def _rates(self):
        found = nuclide(self.nuclide)
        biological = [biological_half_life_h(half, self.nuclide) for half in self.half_lives_h]
        return [found.decay_constant_per_h * found.half_life_h / one for one in biological]

    def activity(self, times_h):
        """MBq at the times, shape of ``times_h``."""
        physical = nuclide(self.nuclide).decay_constant_per_h
        return self._shape.basis(times_h, self._rates, physical) @ list(self.amplitudes_mbq)

    @property
    def tia_mbq_h(self) -> float:
        """Time-integrated activity, MBq·h."""
        physical = nuclide(self.nuclide).decay_constant_per_h
        return float(self._shape.integral(self.amplitudes_mbq, self._rates, physical))


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes
    ----------
    key, title : str
    story, question : str
        Shown before anything is fitted.
    options : tuple of (str, str)
        Words and value of each prediction; empty where nothing is asked.
    tasks : tuple of str
        What to try afterwards.
    points : tuple of Point
    cv_percent : float
        Relative standard uncertainty with which it starts.
    truth : Truth or None
        Shown once the learner has committed.
    curve, weights : str
        With which it starts, where it is not the best supported one and per cent of each point.
    """

    key: str
    title: str
    story: str
    question: str
    options: tuple[tuple[str, str], ...]
    tasks: tuple[str, ...]
    points: tuple[Point, ...]
    cv_percent: float = 5.0
    truth: Truth | None = None
    curve: str = ""
    weights: str = ""


def _points(times_h, mbq, counts=None) -> tuple[Point, ...]:
    counts = counts or (None,) * len(times_h)
    return tuple(Point(float(t), float(a), None, n) for t, a, n in zip(times_h, mbq, counts, strict=True))


_SIMULATED = "The points are simulated (Lu-177, not decay corrected)."

LESSONS: dict[str, Lesson] = {
    lesson.key: lesson
    for lesson in (
        Lesson(
            "aicc",
            "The AICc trap",
            f"A kidney was scanned six times; each activity is known to 5 %. {_SIMULATED} Three curves are compared: "
            "sums "
            "of one, two and three exponentials. The lower AICc, the better a curve is said to be supported.",
            "Which of the three has the lowest AICc?",
            (("one exponential", "mono"), ("two exponentials", "bi"), ("three exponentials", "tri")),
            (
                "Choose the mono-exponential and read χ², then the residuals. Would you have needed the AICc?",
                "Drag points until the mono-exponential is accepted. How far must they go?",
                "Set the uncertainty to 15 %. Which curve is supported now, and what happened to the result?",
            ),
            _points((1, 4, 24, 48, 96, 168), (139.1, 123.3, 78.6, 56.3, 34.9, 17.3)),
        ),
        Lesson(
            "late",
            "The missing late point",
            f"A kidney was scanned at 4, 24 and 72 hours; each activity is known to 5 %. {_SIMULATED} The true curve "
            "is "
            "known here and is shown after you have committed. One exponential passes through these points well "
            "enough to "
            "be accepted.",
            "How far is its time-integrated activity from the truth?",
            (
                ("less than 5 % either way", "near"),
                ("5 to 15 % too low", "low"),
                ("more than 15 % too low", "very_low"),
                ("more than 5 % too high", "high"),
            ),
            (
                "Measure once more: give a time, leave the activity empty, and the simulated patient is scanned. "
                "Which one "
                "scan helps most, and which curve is accepted with it?",
                "Is one late scan enough? Add a second, and watch which curves are still accepted.",
                "Compare the uncertainty that the fit states with the distance from the truth.",
            ),
            _points((4, 24, 72), (132.6, 77.8, 34.1)),
            truth=Truth((90.0, 60.0), (15.0, 75.0)),
        ),
        Lesson(
            "weights",
            "Weights",
            "A kidney was scanned five times. The first two scans were long and hold millions of counts, the last "
            "one ten "
            f"thousand. {_SIMULATED} From day to day, outlining and reconstruction scatter by 5 % at every time "
            "alike. One "
            "exponential is fitted, with the uncertainty of every point taken from its counts alone.",
            "What will that curve do?",
            (
                ("pass close to all five points, as the counts are right", "all"),
                ("follow the early points and leave the late ones aside", "early"),
                ("follow the late points and leave the early ones aside", "late"),
            ),
            (
                "Change the weights: from the counts, the same for all, per cent. How far do the three results differ?",
                "With weights from the counts, drag the first point by 2 %. Then drag the last one by 20 %.",
                "Which χ² tells you that the stated uncertainties cannot be the whole truth?",
            ),
            _points((4, 20, 48, 96, 168), (164.0, 123.8, 88.2, 47.9, 19.6), (5e6, 2e6, 4e4, 2e4, 1e4)),
            truth=Truth((26.46, 150.0), (9.943, 58.0)),
            curve="mono",
            weights="counts",
        ),
        Lesson(
            "rogue",
            "The rogue point",
            "A kidney was scanned five times with a camera of two heads; each activity is known to 2 %. The wash-out "
            "is "
            f"mono-exponential. {_SIMULATED} Something went wrong with one of the scans.",
            "Looking at the points alone: which one does not belong to the others?",
            tuple((f"the one at {time} h", str(time)) for time in (23, 47, 73, 118, 167)),
            (
                "Take out one point after the other. Which one, left out, makes χ² acceptable?",
                "Put it back and drag it up, down, left, right until χ² is acceptable. Which way was shortest to a "
                "cause "
                "that you can name?",
                "What would you look up before you leave the point out?",
            ),
            _points((23, 47, 73, 118, 167), (119.7, 89.0, 73.8, 35.5, 19.3)),
            2.0,
            curve="mono",
        ),
        Lesson(
            OWN,
            "Your own points",
            "Draw, type or load points of your own. It starts with three illustrative ones.",
            "",
            (),
            (
                "Drag the last point down, until the fit is refused or changes. Which sentence told you?",
                "Take out the middle point. What is left of the uncertainty, and of χ²?",
                "Load a table of your own (CSV; the first lines say nuclide and decay correction).",
            ),
            _points((24, 96, 168), (118, 52, 22)),
        ),
    )
}
