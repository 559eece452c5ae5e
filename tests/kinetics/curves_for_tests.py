"""Curves that several test files need: a known truth for every model, arbitrary data, and a formula of their own."""

import numpy as np
from hypothesis import strategies as st

from mrtlab.kinetics import TimeActivity
from mrtlab.nuclides import nuclide

LN2 = np.log(2)
LAMBDA_LU = LN2 / 159.528

# For every model amplitudes, effective half-lives of the free phases, and times that determine it.
TRUTHS = {
    "phys": ([100.0], [], [4, 24, 72, 168]),
    "mono": ([120.0], [52.0], [4, 24, 72, 120, 168]),
    "bi_phys": ([100.0, 20.0], [18.0], [2, 6, 12, 24, 72, 168, 240]),
    "uptake": ([150.0], [55.0, 2.5], [1, 2, 4, 8, 24, 72, 168]),
    "bi": ([80.0, 60.0], [6.0, 70.0], [1, 3, 6, 12, 24, 48, 96, 168, 240]),
    "uptake_bi": ([90.0, 60.0], [14.0, 80.0, 1.0], [0.5, 1, 2, 4, 8, 16, 24, 48, 96, 168, 240]),
    "tri": ([80.0, 60.0, 30.0], [1.5, 12.0, 80.0], [0.5, 1, 2, 4, 8, 16, 24, 48, 72, 120, 168, 240]),
}


def exponentials(model, amplitudes, half_lives, physical=LAMBDA_LU):
    """Weights and total rates of a curve, written out by hand, model by model."""
    rates = [LN2 / half_life for half_life in half_lives]
    a = amplitudes
    return {
        "phys": lambda: ([a[0]], [physical]),
        "mono": lambda: ([a[0]], rates),
        "bi_phys": lambda: (a, [*rates, physical]),
        "uptake": lambda: ([a[0], -a[0]], rates),
        "bi": lambda: (a, rates),
        "uptake_bi": lambda: ([a[0], a[1], -a[0] - a[1]], rates),
        "tri": lambda: (a, rates),
    }[model]()


def activity(model, times, amplitudes=None, half_lives=None):
    """The true activity at the times."""
    amplitudes = TRUTHS[model][0] if amplitudes is None else amplitudes
    half_lives = TRUTHS[model][1] if half_lives is None else half_lives
    weights, rates = exponentials(model, amplitudes, half_lives)
    times = np.asarray(times, dtype=float)
    return sum(weight * np.exp(-rate * times) for weight, rate in zip(weights, rates, strict=True))


def integral(model):
    """The true time-integrated activity, MBq·h."""
    weights, rates = exponentials(model, *TRUTHS[model][:2])
    return sum(weight / rate for weight, rate in zip(weights, rates, strict=True))


def true_curve(model, seed=None, cv=0.05, times=None, **options):
    """Points of the true curve, with noise if there is a seed; sigma is that of the true activity."""
    times = np.array(TRUTHS[model][2] if times is None else times, dtype=float)
    truth = activity(model, times)
    noise = 0 if seed is None else cv * np.random.default_rng(seed).standard_normal(len(times))
    return lutetium(times, truth * (1 + noise), cv * truth, **options)


def lutetium(times_h, activity_mbq, sigma_mbq=None, **options):
    """A Lu-177 curve that is not decay corrected; 5 % without a sigma."""
    options = {"nuclide": "Lu-177", "decay_corrected": False} | options
    if sigma_mbq is None and "cv" not in options:
        options["cv"] = 0.05
    return TimeActivity(times_h, activity_mbq, sigma_mbq, **options)


@st.composite
def any_curve(draw, min_points=1, max_points=9):
    """Whatever a table may hold: any nuclide, any scale, any shape, unequal uncertainties."""
    name = draw(st.sampled_from(["Lu-177", "Y-90", "Ga-68", "I-131", "Ac-225", "Tc-99m"]))
    half_life = nuclide(name).half_life_h
    count = draw(st.integers(min_points, max_points))
    steps = draw(st.lists(st.floats(0.01, 1), min_size=count, max_size=count))
    times = np.cumsum(steps) * half_life * draw(st.sampled_from([0.02, 0.3, 1.0]))
    logs = draw(st.lists(st.floats(-2, 2), min_size=count, max_size=count))
    falling = draw(st.floats(0, 6)) * LN2 / half_life
    measured = 10.0 ** draw(st.integers(-6, 8)) * np.exp(np.array(logs) * draw(st.sampled_from([0, 0.05, 1])))
    measured = measured * np.exp(-falling * times)
    relative = draw(st.lists(st.floats(0.01, 0.4), min_size=count, max_size=count))
    return TimeActivity(times, measured, np.array(relative) * measured, nuclide=name, decay_corrected=False)
