r"""Variants of an exercise as a question bank for Moodle: cloze questions in Moodle XML, tolerances and slips kept.

Written to how Moodle reads it (``question/type/multianswer/questiontype.php``, 4.x). Of ``\}``, ``\#``, ``\~`` and
others the manual mentions, that code takes back only the first two, but it decodes HTML entities in answers and
feedback; so every character that has a meaning in cloze is written as an entity.

What differs from mrtlab: a gap is judged by itself, so a right uncertainty earns its share beside a wrong value; there
are no second attempts but those Moodle gives; texts, and places among several, cannot be asked.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from xml.sax.saxutils import escape

import mrtlab
from mrtlab.errors import InputError
from mrtlab.learn import _html, pictures
from mrtlab.learn.expected import Expected, Part, Slip
from mrtlab.learn.schema import Exercise, Question
from mrtlab.learn.variants import Variant, variant

__all__ = ["MOST", "question_bank"]

MOST = 500
_SPECIAL = str.maketrans({one: f"&#{ord(one)};" for one in '}{#~/"\\'})
_OUTSIDE = "Not within the tolerance, and none of the usual slips."
_OTHERWISE = {
    "u": "Ask which sources of uncertainty it contains, and whether it is one standard uncertainty.",
    "low": "Ask which sources of uncertainty it covers, and whether it is a 95 % interval.",
    "high": "Ask which sources of uncertainty it covers, and whether it is a 95 % interval.",
}
_PART = {"value": "", "u": "±", "low": "95 % interval from", "high": "to"}


def question_bank(exercise: Exercise, n: int = 30, seed: str = "moodle") -> bytes:
    """A category with one question per variant.

    Parameters
    ----------
    exercise : Exercise
    n : int
        How many variants.
    seed : str
        Whoever knows it can draw the same variants with mrtlab, and so their answers.

    Returns
    -------
    bytes
        Moodle XML, UTF-8.

    Raises
    ------
    InputError
        For an exercise without anything Moodle can judge, or a number that cannot be used.
    """
    if not 1 <= n <= MOST:
        raise InputError(f"n must be from 1 to {MOST} variants, got {n}")
    if not seed.strip():
        raise InputError("seed must not be empty")
    category = f"$course$/top/mrtlab/{exercise.id} version {exercise.version}"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n',
        f'<question type="category"><category><text>{escape(category)}</text></category>'
        f'<info format="html"><text>{_cdata(f"<p>{escape(mrtlab.PURPOSE)}</p>")}</text></info></question>\n',
    ]
    width = len(str(n))
    for number in range(1, n + 1):
        one = variant(exercise, f"moodle-{number:0{width}d}", seed)
        parts.append(_question(one, f"{exercise.title}, {number:0{width}d}"))
    return "".join([*parts, "</quiz>\n"]).encode("utf-8")


def _question(one: Variant, name: str) -> str:
    sheet = one.sheet
    if not any(_gaps(one.expected[question.id]) for question in one.exercise.ask):
        raise InputError(f"{one.exercise.id} has no question that Moodle could judge")
    units = _units(one.exercise)
    numbered = any(question.kind == "point" for question in sheet.questions)
    body = _html.paragraphs(sheet.story) + "".join(
        _html.sheet_table(table, numbered=numbered) for table in sheet.tables
    )
    files = []
    for file, content, alt, caption in _pictures(one):
        encoded = base64.b64encode(content).decode("ascii")
        files.append(f'<file name="{file}" path="/" encoding="base64">{encoded}</file>')
        body += (
            f'<p><img src="@@PLUGINFILE@@/{file}" alt="{escape(alt, {chr(34): "&quot;"})}"></p>'
            f"<p>{_html.markup(caption)}</p>"
        )
    for attached in sheet.files:
        encoded = base64.b64encode(attached.content).decode("ascii")
        files.append(f'<file name="{attached.name}" path="/" encoding="base64">{encoded}</file>')
        body += f'<p><a href="@@PLUGINFILE@@/{attached.name}">{attached.name}</a>: {_html.markup(attached.caption)}</p>'
    body = body.translate({ord("{"): "&#123;"})  # nothing but the gaps below may open one
    for place, question in enumerate(one.exercise.ask, 1):
        body += _asked(one, place, question, units)
    body += f"<hr><p><small>{escape(sheet.code)}. {escape(mrtlab.PURPOSE)}</small></p>"
    tags = "".join(f"<tag><text>{escape(tag)}</text></tag>" for tag in one.exercise.maps_to)
    return (
        f'<question type="cloze"><name><text>{escape(name)}</text></name>'
        f'<questiontext format="html"><text>{_cdata(body)}</text>{"".join(files)}</questiontext>'
        f'<generalfeedback format="html"><text>{_cdata(_solution(one))}</text></generalfeedback>'
        f"<penalty>0.3333333</penalty><hidden>0</hidden><idnumber>{one.exercise.id}-{sheet.code}</idnumber>"
        f"<tags>{tags}</tags></question>\n"
    )


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _pictures(one: Variant) -> Iterator[tuple[str, bytes, str, str]]:
    sheet = one.sheet
    if sheet.plot:
        table = sheet.table(sheet.plot.table)
        content = pictures.plot_picture(sheet.plot, table, "png")
        yield "plot.png", content, pictures.plot_text(sheet.plot, table), table.caption
    for image in sheet.images:
        yield f"{image.name}.png", pictures.image_png(image), pictures.image_text(image), image.caption


def _solution(one: Variant) -> str:
    truths = "".join(f"<li>{_html.markup(truth.text)}</li>" for truth in one.truth)
    hidden = f"<p>Hidden behind the data:</p><ul>{truths}</ul>" if truths else ""
    return _html.paragraphs(one.render(one.exercise.solution)) + hidden


def _asked(one: Variant, place: int, question: Question, units: Fraction) -> str:
    """One question with its gaps."""
    asked, sheet = one.expected[question.id], one.sheet.question(question.id)
    text = f"<h4>{place}. {_html.markup(sheet.text)}</h4>".translate({ord("{"): "&#123;"})
    if sheet.help:
        text += f"<p>{_html.markup(sheet.help)}</p>".translate({ord("{"): "&#123;"})
    found = _gaps(asked)
    if not found:
        kept = "".join(f"<li>{_html.markup(option)}</li>" for _, option in sheet.options)
        options = f"<ul>{kept}</ul>" if kept else ""
        what = "Decide before you calculate" if question.predict else "Write your answer down for the discussion"
        what = "Complete it on the page of records of mrtlab" if question.record else what
        return f"{text}{options}<p><em>{what}; it is not marked here.</em></p>".replace("{", "&#123;")
    gaps = []
    for part, share in found:
        weight = int(Fraction(question.points).limit_denominator(100) * share * units)
        gaps.append(f"{_label(part, question)} {_gap(one, asked, part, weight)}".strip())
    unit = f" {_html.markup(question.unit)}" if question.unit else ""
    if question.kind != "number":
        return f"{text}<p>{' '.join(gaps)}</p>"
    return f"{text}<p>{' '.join(gaps)}{unit}</p>"


def _label(part: str, question: Question) -> str:
    if question.kind == "region":
        return {"low": "from", "high": "to"}[part]
    return _PART.get(part, f"{part} =" if part in ("x", "y") else "")


def _gaps(asked: Expected) -> tuple[tuple[str, Fraction], ...]:
    """The gaps of a question, and the share of its points each has: a right value alone earns half, as in mrtlab."""
    question = asked.question
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    if question.kind == "number":
        if question.u:
            return ("value", half), ("u", half)
        if question.interval:
            return ("value", half), ("low", quarter), ("high", quarter)
        return (("value", Fraction(1)),)
    if question.kind == "region":
        return ("low", half), ("high", half)
    if question.kind == "place" and len(asked.value) == 1:
        return ("x", half), ("y", half)
    if (question.kind == "choice" and not question.predict) or question.kind == "point":
        return ((question.kind, Fraction(1)),)
    return ()


def _units(exercise: Exercise) -> Fraction:
    """By what all weights are multiplied, so that the smallest shares are whole numbers, as cloze wants them."""
    shares = []
    for question in exercise.ask:
        share = Fraction(1, 4) if question.interval else Fraction(1, 2) if question.u else Fraction(1)
        share = Fraction(1, 2) if question.kind in ("region", "place") else share
        shares.append(Fraction(question.points).limit_denominator(100) * share)
    return Fraction(math.lcm(*(share.denominator for share in shares)))


def _gap(one: Variant, asked: Expected, part: str, weight: int) -> str:
    if part == "choice":
        return _choice(one, asked, weight)
    if part == "point":
        return _point(one, asked, weight)
    right, slips = _numeric(asked, part)
    say = one.exercise.question(asked.question.id).right or ""
    answers = [f"={_number(right.value)}:{_number(right.tol)}#{_words(one, say if part == 'value' else '')}"]
    answers += [f"%0%{_number(slip.value)}:{_number(slip.band)}#{_words(one, slip.say)}" for slip in slips]
    answers.append(f"%0%*#{_words(one, _OTHERWISE.get(part, _OUTSIDE))}")
    return f"{{{weight}:NUMERICAL:{'~'.join(answers)}}}"


def _numeric(asked: Expected, part: str) -> tuple[Part, tuple[Slip, ...]]:
    """What is right in a gap for a number, and the slips about it."""
    if part == "value":
        return asked.value, asked.value.slips
    if part == "u":
        return asked.u, _apart(asked.u.slips)
    if asked.question.kind == "region":
        # within a quarter of its width at each end, two regions have half of what they cover in common
        low, high = asked.value
        return Part(low if part == "low" else high, (high - low) / 4), ()
    if part in ("low", "high"):
        end = part == "high"
        right = asked.interval.parts[end]
        slips = (replace(slip, value=slip.value[end]) for slip in asked.interval.slips)
        # a slip may be about the other end alone
        return right, _apart(tuple(slip for slip in slips if abs(slip.value - right.value) > right.tol + slip.band))
    left, right, top, bottom = asked.value[0]
    ends = (left, right) if part == "x" else (top, bottom)
    return Part(sum(ends) / 2, (ends[1] - ends[0]) / 2), ()


def _apart(slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    """Slips with bands that do not meet: Moodle takes the first that fits, mrtlab the nearest."""
    found = []
    for slip in slips:
        others = [abs(slip.value - other.value) for other in slips if other is not slip]
        found.append(replace(slip, band=min([slip.band, *(0.45 * distance for distance in others)])))
    return tuple(found)


def _choice(one: Variant, asked: Expected, weight: int) -> str:
    said = {slip.value: slip.say for slip in asked.slips}
    answers = []
    for key, text in one.sheet.question(asked.question.id).options:
        right = key == asked.value
        words = asked.question.right if right else said.get(key, "That is not it.")
        answers.append(f"{'=' if right else '%0%'}{_encoded(_html.markup(text))}#{_words(one, words or '')}")
    return f"{{{weight}:MULTICHOICE_V:{'~'.join(answers)}}}"


def _point(one: Variant, asked: Expected, weight: int) -> str:
    said = {slip.value: slip.say for slip in asked.slips}
    rows = len(one.sheet.table(one.sheet.plot.table).rows)
    answers = []
    for point in range(rows):
        right = point == asked.value
        words = asked.question.right if right else said.get(point, "That is not it.")
        answers.append(f"{'=' if right else '%0%'}point {point + 1}#{_words(one, words or '')}")
    return f"{{{weight}:MULTICHOICE:{'~'.join(answers)}}}"


def _words(one: Variant, text: str) -> str:
    return _encoded(_html.markup(one.render(text)))


def _encoded(html: str) -> str:
    """HTML as cloze takes it, which decodes entities once, on import.

    Quotes need no entity where there are no attributes, and a lone ampersand none at all, so that nothing but ``<`` and
    ``>`` is written twice: what else a platform does with the text, no ``&quot;`` can come to be seen.
    """
    html = html.replace("&#x27;", "'").replace("&quot;", '"')
    html = re.sub(r"&amp;(?!\s)", "&amp;amp;", html).replace("&lt;", "&amp;lt;").replace("&gt;", "&amp;gt;")
    pieces = re.split(r"(</?[a-z]+>|&(?:amp;)*(?:amp|lt|gt);)", html)
    return "".join(piece if place % 2 else piece.translate(_SPECIAL) for place, piece in enumerate(pieces))


def _number(value: float) -> str:
    """Twelve figures without an exponent: what an import reads alike everywhere."""
    text = f"{value:.12g}"
    return f"{value:.20f}".rstrip("0").rstrip(".") if "e" in text else text
