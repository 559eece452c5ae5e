"""The same numbers everywhere, from the distributions that were promised, rounded before anything else."""

from __future__ import annotations

import hashlib
import hmac
import math
import random
import statistics
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mrtlab.errors import InputError
from mrtlab.learn import draws
from mrtlab.learn.schema import Draw
from mrtlab.units import parse_number


def many(n: int = 4000, **spec) -> list:
    stream = random.Random(1)
    return [draws.draw(Draw(**spec), stream) for _ in range(n)]


class TestSeeds:
    def test_a_seed_is_the_hash_of_its_parts_with_their_lengths(self):
        parts = b"\0\0\0\4self\0\0\0\nkidney-tia\0\0\0\0011\0\0\0\5heron"
        assert draws.seed_of("self", "kidney-tia", 1, "heron") == hashlib.sha256(parts).digest()
        assert draws.seed_of("self", "kidney-tia", 1, "heron", b"k") == hmac.new(b"k", parts, "sha256").digest()

    def test_parts_do_not_run_into_each_other(self):
        assert draws.seed_of("ab", "c", 1, "d") != draws.seed_of("a", "bc", 1, "d")

    def test_a_code_can_be_read_out(self):
        codes = {draws.code_of(draws.seed_of("self", "x", 1, f"learner-{n}")) for n in range(500)}
        assert len(codes) == 500
        for code in codes:
            assert len(code) == 9
            assert not set(code) & set("ILOUilou")

    def test_every_purpose_has_its_own_stream(self):
        seed = draws.seed_of("self", "x", 1, "heron")
        first = draws.generator(seed, "draw/a").random()
        assert first == draws.generator(seed, "draw/a").random()
        assert first != draws.generator(seed, "draw/b").random()
        assert first != draws.generator(seed, "draw/a", 1).random()


class TestDistributions:
    def test_uniform(self):
        values = many(uniform=(10, 20), round=0.001)
        assert 10 <= min(values) < 10.05
        assert 19.95 < max(values) <= 20
        assert statistics.fmean(values) == pytest.approx(15, abs=0.15)

    def test_normal_is_cut_at_three_standard_deviations(self):
        values = many(normal=(100, 5), round=0.001)
        assert min(values) >= 85
        assert max(values) <= 115
        assert statistics.fmean(values) == pytest.approx(100, abs=0.3)
        assert statistics.stdev(values) == pytest.approx(5, rel=0.04)

    def test_lognormal(self):
        values = many(lognormal=(51, 1.2), round=0.001)
        assert statistics.median(values) == pytest.approx(51, rel=0.02)
        assert statistics.stdev(map(math.log, values)) == pytest.approx(math.log(1.2), rel=0.04)
        assert max(values) <= 51 * 1.2**3 + 0.001

    def test_integer_reaches_both_ends_alike(self):
        values = many(integer=(1, 6))
        counts = [values.count(face) for face in range(1, 7)]
        assert sum(counts) == len(values)
        assert min(counts) > 560
        assert many(1, integer=(1, 6))[0].text in "123456"

    def test_one_of(self):
        assert set(many(one_of=["left", "right"])) == {"left", "right"}

    def test_clock(self):
        span = ("2027-03-01T18:00+01:00", "2027-03-01T19:00+01:00")
        moments = many(clock=span, round=15)
        first = datetime.fromisoformat(span[0])
        assert set(moments) == {first + timedelta(minutes=15 * step) for step in range(5)}

    @pytest.mark.parametrize("time", ["2027-03-01T18:00", "18:00", "yesterday"])
    def test_a_clock_knows_its_offset(self, time):
        with pytest.raises(InputError, match=r"\+01:00"):
            draws.moment(time)


class TestNoise:
    def noise(self, value: float, n: int = 4000, **spec) -> list[float]:
        stream = random.Random(2)
        return [draws.noisy(value, stream, **spec) for _ in range(n)]

    def test_multiplicative(self):
        values = self.noise(200, cv=0.05)
        assert statistics.fmean(values) == pytest.approx(200, rel=0.003)
        assert statistics.stdev(values) == pytest.approx(10, rel=0.04)

    def test_additive(self):
        assert statistics.stdev(self.noise(0, sd=3)) == pytest.approx(3, rel=0.04)

    @pytest.mark.parametrize("mean", [0.3, 4, 150, 91234])
    def test_counting(self, mean):
        counts = self.noise(mean, poisson=True)
        assert all(count == int(count) >= 0 for count in counts)
        assert statistics.fmean(counts) == pytest.approx(mean, abs=4 * math.sqrt(mean / len(counts)))
        assert statistics.variance(counts) == pytest.approx(mean, rel=0.1)

    @given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.floats(0.01, 1e6))
    def test_counts_invert_the_distribution(self, chance, mean):
        from scipy.stats import poisson

        count = draws._poisson(mean, chance)
        assert poisson.cdf(count, mean) >= chance * (1 - 1e-9)
        assert count == 0 or poisson.cdf(count - 1, mean) <= chance * (1 + 1e-9)

    def test_events(self):
        assert set(self.noise(0.3, bernoulli=True)) == {0.0, 1.0}
        assert statistics.fmean(self.noise(0.3, bernoulli=True)) == pytest.approx(0.3, abs=0.03)
        assert set(self.noise(0, bernoulli=True)) == {0.0}
        assert set(self.noise(1, bernoulli=True)) == {1.0}
        with pytest.raises(InputError, match="probability"):
            self.noise(1.2, bernoulli=True)


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "step", "digits", "text"),
        [
            (152.46, 0.1, None, "152.5"),
            (152.0, 0.1, None, "152.0"),
            (152.46, 5, None, "150"),
            (7.345, 0.01, None, "7.34"),  # half to even, in decimals
            (13474.2, None, None, "13\u202f470"),
            (0.0123456, None, 3, "0.0123"),
            (1234, 1, None, "1234"),
            (-0.04, 0.1, None, "0.0"),
            (-3.06, 0.1, None, "−3.1"),
            (0, None, 4, "0.000"),
            (2.5, 0.25, None, "2.50"),
        ],
    )
    def test_text(self, value, step, digits, text):
        assert draws.rounded(value, step, digits).text == text

    @given(st.floats(-1e9, 1e9), st.sampled_from([0.001, 0.1, 1, 5, 100]))
    def test_what_is_shown_is_what_is_computed_with(self, value, step):
        number = draws.rounded(value, step)
        assert parse_number(number.text.replace("−", "-")) == float(number)
        assert abs(number - value) <= step / 2 * (1 + 1e-9) + 1e-12 * abs(value)

    @given(st.floats(1e-6, 1e9), st.integers(1, 8))
    def test_figures(self, value, digits):
        number = draws.rounded(value, None, digits)
        assume(number > 0)
        assert number == pytest.approx(value, rel=0.5001 * 10 ** (1 - digits))

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_what_is_no_number(self, value):
        with pytest.raises(InputError, match="finite"):
            draws.rounded(value)

    def test_a_last_bit_does_not_matter(self):
        value = 51.23456
        texts = {draws.rounded(math.nextafter(value, end), 0.1).text for end in (0, 100)}
        assert texts == {"51.2"}
