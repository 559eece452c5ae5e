"""The seven curves as formulas: values, integrals and derivatives."""

from itertools import pairwise

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, TRUTHS, activity, integral
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from uncertainties import ufloat

from mrtlab.kinetics import MODELS

NAMES = list(MODELS)


def parameters(model):
    """Amplitudes and biological rates of any curve of this model, rates in the order it names them."""
    shape = MODELS[model]
    amplitudes = st.lists(st.floats(0.01, 1e4), min_size=shape.amplitudes, max_size=shape.amplitudes)
    rates = st.lists(st.floats(1e-4, 2.0), min_size=shape.rates, max_size=shape.rates).map(sorted)

    def order(rising):
        falling = rising[::-1]
        return falling if shape.uptake is None else [*falling[1:], falling[0]]

    return st.tuples(amplitudes, rates.map(order))


ANY = st.sampled_from(NAMES).flatmap(lambda model: st.tuples(st.just(model), parameters(model)))


def test_the_seven_curves():
    counts = {"phys": 1, "mono": 2, "bi_phys": 3, "uptake": 3, "bi": 4, "uptake_bi": 5, "tri": 6}
    assert {name: shape.parameters for name, shape in MODELS.items()} == counts
    for name, shape in MODELS.items():
        assert shape.name == name
        assert len(shape.parameter_names) == shape.parameters
        assert shape.title
        assert shape.formula.startswith("A1·")
        assert all(MODELS[wider].parameters > shape.parameters for wider in shape.within)


@pytest.mark.parametrize("model", NAMES)
def test_values_and_integral_against_the_formula_written_out(model):
    amplitudes, half_lives, times = TRUTHS[model]
    biological = [LN2 / half_life - LAMBDA_LU for half_life in half_lives]
    basis = MODELS[model].basis(times, biological, LAMBDA_LU)
    assert basis @ amplitudes == pytest.approx(activity(model, times), rel=1e-12)
    assert MODELS[model].integral(amplitudes, biological, LAMBDA_LU) == pytest.approx(integral(model), rel=1e-12)


@given(ANY)
def test_the_integral_is_the_area(drawn):
    model, (amplitudes, biological) = drawn
    shape = MODELS[model]

    def curve(time):
        return float(shape.basis([time], biological, LAMBDA_LU)[0] @ amplitudes)

    ends = [0, 0.1, 1, 10, 60, 400, 2000, 20000]
    area = sum(quad(curve, low, high, epsabs=1e-12, epsrel=1e-10)[0] for low, high in pairwise(ends))
    whole = shape.integral(amplitudes, biological, LAMBDA_LU)
    scale = sum(amplitudes) / LAMBDA_LU
    assert whole == pytest.approx(area, rel=1e-7, abs=1e-9 * scale)
    late = sum(quad(curve, low, high, epsabs=1e-12)[0] for low, high in pairwise(ends[4:]))
    assert shape.integral_after(60, amplitudes, biological, LAMBDA_LU) == pytest.approx(
        late, rel=1e-6, abs=1e-9 * scale
    )


@given(ANY, st.floats(0.01, 100))
def test_linear_in_the_amplitudes(drawn, factor):
    model, (amplitudes, biological) = drawn
    shape, times = MODELS[model], [0, 1, 24, 168]
    scaled = [factor * amplitude for amplitude in amplitudes]
    once = shape.basis(times, biological, LAMBDA_LU) @ amplitudes
    assert shape.basis(times, biological, LAMBDA_LU) @ scaled == pytest.approx(factor * once, rel=1e-9, abs=1e-9)
    assert shape.integral(scaled, biological, LAMBDA_LU) == pytest.approx(
        factor * shape.integral(amplitudes, biological, LAMBDA_LU), rel=1e-9
    )


@given(ANY)
def test_no_rate_below_physical_and_no_activity_below_zero(drawn):
    model, (amplitudes, biological) = drawn
    shape = MODELS[model]
    assert min(shape.total_rates(biological, LAMBDA_LU)) >= LAMBDA_LU
    values = shape.basis(np.geomspace(1e-3, 1e4, 60), biological, LAMBDA_LU) @ amplitudes
    assert np.all(values >= -1e-9 * sum(amplitudes))
    if shape.uptake is not None:
        assert shape.basis([0.0], biological, LAMBDA_LU) @ amplitudes == pytest.approx([0], abs=1e-9 * sum(amplitudes))


@given(ANY)
def test_derivatives_against_differences(drawn):
    model, (amplitudes, biological) = drawn
    shape, times = MODELS[model], np.array([0.5, 5, 50])
    numbers = np.array([*amplitudes, *biological])
    exact = shape.jacobian(times, amplitudes, biological, LAMBDA_LU)
    assert exact.shape == (3, shape.parameters)
    for k, number in enumerate(numbers):
        step = 1e-6 * number
        ends = []
        for sign in (1, -1):
            moved = numbers.copy()
            moved[k] += sign * step
            ends.append(shape.basis(times, moved[shape.amplitudes :], LAMBDA_LU) @ moved[: shape.amplitudes])
        numeric = (ends[0] - ends[1]) / (2 * step)
        scale = max(np.max(np.abs(exact[:, k])), 1e-12)
        assert exact[:, k] == pytest.approx(numeric, abs=1e-4 * scale + 1e-9 * sum(amplitudes) / number)


def test_many_sets_of_rates_at_once():
    rates = np.array([[0.5, 0.01], [0.2, 0.0], [1.0, 0.1]])
    together = MODELS["bi"].basis([1, 10], rates, LAMBDA_LU)
    assert together.shape == (3, 2, 2)
    for k in range(3):
        assert together[k] == pytest.approx(MODELS["bi"].basis([1, 10], rates[k], LAMBDA_LU), rel=1e-14)


def test_ufloats_go_through():
    """Half the relative uncertainty of the rate cannot vanish on its way into the integral."""
    rate = ufloat(0.01, 0.001)
    tia = MODELS["mono"].integral([ufloat(100, 5)], [rate], LAMBDA_LU)
    total = 0.01 + LAMBDA_LU
    assert tia.std_dev / tia.nominal_value == pytest.approx(np.hypot(0.05, 0.001 / total), rel=1e-9)
