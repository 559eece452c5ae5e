"""Formulas compute what mathematics says, and reach nothing but mathematics and mrtlab."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import UFloat, ufloat

from mrtlab import kinetics
from mrtlab.errors import InputError, PhysicsError
from mrtlab.learn.expressions import FUNCTIONS, FormulaError, Formulas, names_in


@pytest.fixture
def formulas() -> Formulas:
    return Formulas({"a": 3.0, "times": np.array([24.0, 96.0, 168.0]), "u": ufloat(10, 1)})


class TestValues:
    @pytest.mark.parametrize(
        ("formula", "value"),
        [
            ("2 * a", 6),
            ("ln2", math.log(2)),
            ("exp(-ln2 * 2)", 0.25),
            ("sqrt(a + 1)", 2),
            ("1 if a > 2 and not a > 5 else 0", 1),
            ("sum([x * a for x in range(4)])", 18),
            ("times[-1] - times[0]", 144),
            ("largest(times)", 2),
            ("smallest(times)", 0),
            ("mean(times)", 96),
            ("ceil(a / 2)", 2),
            ("nuclides.nuclide('Lu-177').half_life_h", 159.528),
            ("1000 * radioiodine.blood_dose(6.0e-4, 22.0, 70)", 0.0891509),
            ("protection.dose_rate(600)", 30),
            ("u.n + u.s", 11),
        ],
    )
    def test_numbers(self, formulas, formula, value):
        assert float(formulas.run(formula)) == pytest.approx(value, rel=1e-4)

    def test_rows(self, formulas):
        assert list(formulas.run("2 * row([1, 2, 3])")) == [2, 4, 6]
        assert list(formulas.run("[1, 2]")) == [1, 2]
        assert formulas.run("exp(-times / 10)") == pytest.approx(np.exp([-2.4, -9.6, -16.8]))

    def test_uncertainty_keeps_its_correlation(self, formulas):
        assert formulas.run("u - u").std_dev == 0
        assert formulas.run("exp(u / 10)").std_dev == pytest.approx(math.e / 10)

    def test_a_fit_is_the_fit_of_the_package(self, formulas):
        formulas["mbq"] = np.array([118.0, 52.0, 22.0])
        formulas["curve"] = formulas.run(
            "kinetics.TimeActivity(times, mbq, cv=0.05, nuclide='Lu-177', decay_corrected=False)"
        )
        got = formulas.run("kinetics.fit(curve, 'mono').tia_mbq_h")
        curve = kinetics.TimeActivity([24, 96, 168], [118, 52, 22], cv=0.05, nuclide="Lu-177", decay_corrected=False)
        assert isinstance(got, UFloat)
        assert got.n == kinetics.fit(curve, "mono").tia_mbq_h.n

    def test_loop_variables_do_not_outlive_their_formula(self, formulas):
        assert list(formulas.run("[q for q in [1, 2]]")) == [1, 2]
        with pytest.raises(FormulaError, match="q, which is not known"):
            formulas.run("q")

    def test_names(self):
        assert names_in("a * exp(b) + [c for c in d][0]") == {"a", "exp", "b", "d"}


class TestRefused:
    @pytest.mark.parametrize(
        "formula",
        [
            "open('x')",
            "__import__('os')",
            "import os",
            "a.__class__",
            "().__class__.__bases__",
            "kinetics.np",
            "kinetics.fitting",
            "kinetics.fit.__globals__",
            "kinetics.TimeActivity.__init__",
            "times.tofile('x')",
            "times.dump('x')",
            "'{0.__class__}'.format(a)",
            "f'{a}'",
            "lambda: 1",
            "print(a)",
            "print",
            "getattr(a, 'real')",
            "eval('1')",
            "exec('1')",
            "globals()",
            "a := 4",
            "a = 4",
            "[*times]",
            "max(*times)",
            "dict(**{})",
            "{1: 2}",
            "{1}",
            "b'x'",
            "1j",
            "(x for x in times)",
            "await a",
            "tables.read_tac('x')",
            "constants.value('x')",
            "units.parse_number('1')",
            "sum.__self__",
            "_a",
            "",
            "1 +",
            "a[0]",
            "1 / 0",
            "exp(10000)",
            "9**9**9**9",
            "'a' * 10**10",
            "range(10**9)",
            "row(range(10000), 1)[",
            "no_such_name",
        ],
    )
    def test_formula(self, formulas, formula, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InputError):
            formulas.run(formula)
        assert not list(tmp_path.iterdir())

    def test_a_refusal_of_the_package_keeps_its_own_words(self, formulas):
        with pytest.raises(InputError, match="time_h must be above 0") as refused:
            formulas.run("kinetics.haenscheid_tia(52, -96)")
        assert not isinstance(refused.value, FormulaError)
        with pytest.raises(PhysicsError):
            formulas.run("calibration.true_rate(1000000.0, 0.000005)")

    def test_what_was_meant_is_offered(self, formulas):
        with pytest.raises(FormulaError, match=r"did you mean times"):
            formulas.run("time * 2")
        with pytest.raises(FormulaError, match=r"there are: .*exp.*kinetics.*sqrt"):
            formulas.run("math * 2")
        with pytest.raises(FormulaError, match=r"write \*\* for a power"):
            formulas.run("a ^ 2")

    def test_the_names_of_functions_are_taken(self, formulas):
        with pytest.raises(FormulaError, match="name of a function"):
            formulas["exp"] = 1

    def test_nothing_survives_from_a_failed_formula(self, formulas):
        with pytest.raises(FormulaError):
            formulas.run("1 / 0")
        assert formulas.run("a") == 3

    @given(st.text(max_size=40))
    def test_any_text_is_refused_or_gives_a_value(self, text):
        formulas = Formulas({"a": 3.0})
        with suppress(InputError):
            formulas.run(text)

    @given(st.sampled_from(sorted(FUNCTIONS)), st.sampled_from(["a", "times", "u", "'w'", "kinetics", "None"]))
    def test_no_function_gives_more_than_values(self, function, argument):
        formulas = Formulas({"a": 3.0, "times": np.array([1.0, 2.0]), "u": ufloat(1, 0.1)})
        try:
            value = formulas.run(f"{function}({argument})")
        except InputError:
            return
        assert isinstance(value, (float, int, str, bool, np.ndarray, np.generic, UFloat, list, type(None)))
