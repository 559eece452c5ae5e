"""Random numbers that are the same everywhere, and rounding that comes before all computing.

Only :class:`random.Random`, whose stream Python promises to keep, and inverse distribution functions. A drawn number
is rounded before anything is computed from it, so that a last bit that differs between two mathematical libraries
never reaches a learner.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import random
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import NormalDist

from scipy.special import pdtr, pdtrik

from mrtlab.errors import InputError

__all__ = ["Rounded", "code_of", "draw", "noisy", "rounded", "seed_of", "shown"]

_NORMAL = NormalDist()
_CUT = 3.0  # standard deviations: a learner's patient is ordinary, not one in a thousand
_LOW, _HIGH = _NORMAL.cdf(-_CUT), _NORMAL.cdf(_CUT)
_DIGITS = 4
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U, so that a code can be read out


class Rounded(float):
    """A number that remembers how it is shown."""

    text: str

    def __new__(cls, value: float, text: str):
        number = super().__new__(cls, value)
        number.text = text
        return number


def seed_of(course: str, exercise: str, version: int, learner: str, key: bytes | None = None) -> bytes:
    """32 bytes from which everything random of one learner's exercise follows.

    SHA-256 of the four; with the educator's key HMAC-SHA-256, which nobody can compute without it.
    """
    parts = [course, exercise, str(version), learner]
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key, message, hashlib.sha256).digest() if key else hashlib.sha256(message).digest()


def code_of(seed: bytes) -> str:
    """Eight characters that name a variant, such as ``K7Q2-M4XP``."""
    number = int.from_bytes(hashlib.sha256(b"code" + seed).digest()[:5], "big")
    letters = "".join(_LETTERS[(number >> (5 * place)) & 31] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def generator(seed: bytes, purpose: str, redraw: int = 0) -> random.Random:
    """A stream of its own for every purpose, so that a change to one leaves the others as they were."""
    digest = hashlib.sha256(seed + purpose.encode() + redraw.to_bytes(4, "big")).digest()
    return random.Random(int.from_bytes(digest, "big"))


def draw(spec, stream: random.Random):
    """One value of a distribution, rounded as its specification says.

    Parameters
    ----------
    spec : mrtlab.learn.schema.Draw
    stream : random.Random

    Returns
    -------
    Rounded, int, str or datetime
    """
    chance = stream.random()
    if spec.kind == "one_of":
        picked = spec.one_of[int(chance * len(spec.one_of))]
        return picked if isinstance(picked, str) else Rounded(picked, _grouped(f"{Decimal(repr(picked)):f}"))
    if spec.kind == "integer":
        low, high = spec.integer
        whole = low + int(chance * (high - low + 1))
        return Rounded(whole, str(whole))
    if spec.kind == "clock":
        return _clock(spec, chance)
    if spec.kind == "uniform":
        low, high = spec.uniform
        value = low + chance * (high - low)
    else:
        z = _NORMAL.inv_cdf(_LOW + chance * (_HIGH - _LOW))
        first, spread = getattr(spec, spec.kind)
        value = first + spread * z if spec.kind == "normal" else first * math.exp(math.log(spread) * z)
    return rounded(value, spec.round, spec.digits)


def _clock(spec, chance: float) -> datetime:
    first, last = (moment(text) for text in spec.clock)
    step = spec.round or 5.0  # minutes
    steps = int((last - first).total_seconds() / 60 / step + 1e-9)
    if steps < 1:
        raise InputError(f"clock: {spec.clock[1]} must be at least {step:g} minutes after {spec.clock[0]}")
    return first + timedelta(minutes=step * int(chance * (steps + 1)))


def moment(text: str) -> datetime:
    """A point in time from ISO text, which must say its offset from UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a time; write it as 2027-03-01T18:00+01:00") from None
    if time.tzinfo is None:
        raise InputError(f"{text!r} has no offset from UTC; write it as {text}+01:00")
    return time


def noisy(
    value: float,
    stream: random.Random,
    *,
    cv: float | None = None,
    sd: float | None = None,
    poisson: bool = False,
    bernoulli: bool = False,
) -> float:
    """A measurement of a true value, not yet rounded.

    Multiplicative (``cv``) or additive (``sd``) normal noise cut at 3 standard deviations, counting statistics, or
    whether an event of this probability happens (1 or 0).
    """
    chance = stream.random()
    if poisson:
        return _poisson(value, chance)
    if bernoulli:
        if not 0 <= value <= 1:
            raise InputError(f"a probability must lie between 0 and 1, got {value:g}")
        return float(chance < value)
    if cv is None and sd is None:
        return value
    z = _NORMAL.inv_cdf(_LOW + chance * (_HIGH - _LOW))
    return value * (1 + cv * z) if cv is not None else value + sd * z


def _poisson(mean: float, chance: float) -> float:
    """Counts by the inverse of the Poisson distribution function."""
    if not mean >= 0:
        raise InputError(f"expected counts must not be negative, got {mean:g}")
    if mean == 0:
        return 0.0
    counts = max(math.ceil(float(pdtrik(chance, mean)) - 1e-9), 0)
    while counts > 0 and pdtr(counts - 1, mean) >= chance:
        counts -= 1
    while pdtr(counts, mean) < chance:
        counts += 1
    return float(counts)


def rounded(value: float, step: float | None = None, digits: int | None = None) -> Rounded:
    """The nearest multiple of a step, or so many significant figures, exact in decimals, with its text.

    Raises
    ------
    InputError
        For numbers that are not finite.
    """
    if not math.isfinite(value):
        raise InputError(f"a value shown to a learner must be finite, got {value}")
    exact = Decimal(repr(float(value)))
    if step is None:
        place = (exact.adjusted() if exact else 0) - (digits or _DIGITS) + 1
        unit = Decimal(1).scaleb(place)
    else:
        unit = Decimal(repr(float(step)))
    multiple = (exact / unit).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * unit
    places = max(-unit.normalize().as_tuple().exponent, 0)
    number = float(multiple)
    return Rounded(number + 0.0, _grouped(f"{multiple:.{places}f}"))


def shown(value) -> str:
    """How a value stands in a sentence or a table."""
    if isinstance(value, Rounded):
        return value.text
    if isinstance(value, datetime):
        return f"{value:%A} {value.day} {value:%B} {value.year}, {value:%H:%M}"
    if isinstance(value, str):
        return value
    return rounded(float(value)).text


def _grouped(digits: str) -> str:
    """Thousands apart by a narrow no-break space, as the number fields read them, from five digits on."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, part = digits.partition(".")
    if not whole.strip("0") and not part.strip("0"):
        sign = ""
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", "\u202f")
    return f"{sign}{whole}{point}{part}"
