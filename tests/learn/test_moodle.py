"""The Moodle bank is read back by a small reader of its own, which follows what Moodle's import does."""

from __future__ import annotations

import base64
import html
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest
from course_for_tests import write

from mrtlab import PURPOSE, InputError, _content
from mrtlab.learn._html import markup
from mrtlab.learn.library import load
from mrtlab.learn.moodle import question_bank
from mrtlab.learn.variants import variant

GAP = re.compile(r"\{(\d+):([A-Z_]+):((?:[^}\\]|\\.)*)\}", re.DOTALL)


@dataclass
class Choice:
    right: bool
    answer: str
    feedback: str


@dataclass
class Gap:
    weight: int
    kind: str
    choices: list[Choice]

    def taken(self, value: float) -> Choice:
        """The first alternative that fits a number, as Moodle takes it."""
        for choice in self.choices:
            if choice.answer == "*":
                return choice
            centre, _, tolerance = choice.answer.partition(":")
            if abs(value - float(centre)) <= float(tolerance or 0):
                return choice
        raise AssertionError("nothing fits")


def decoded(text: str) -> str:
    return html.unescape(text).replace(r"\}", "}").replace(r"\#", "#")


def seen(text: str) -> str:
    """What a person reads of HTML without attributes."""
    return html.unescape(text)


def gaps(text: str) -> list[Gap]:
    found = []
    for weight, kind, inner in GAP.findall(text):
        choices = []
        for alternative in inner.split("~"):
            part = re.fullmatch(r"(=|%-?\d+(?:\.\d+)?%)?(.+?)(?<!&)(?:#(.*))?", alternative, re.DOTALL)
            # an answer ends at the first # that is not part of an entity
            body = alternative[len(part[1] or "") :]
            end = re.search(r"(?<!&)#", body)
            answer, feedback = (body[: end.start()], body[end.end() :]) if end else (body, "")
            choices.append(Choice(part[1] in ("=", "%100%"), decoded(answer), decoded(feedback)))
        found.append(Gap(int(weight), kind, choices))
    return found


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path)
    return load("every-kind")


def questions(bank: bytes) -> list[ET.Element]:
    return [one for one in ET.fromstring(bank).findall("question") if one.get("type") == "cloze"]


def text_of(question: ET.Element) -> str:
    return question.findtext("questiontext/text")


def test_a_category_and_as_many_different_questions_as_asked(exercise):
    root = ET.fromstring(question_bank(exercise, 5, "s"))
    first, *others = root.findall("question")
    assert first.get("type") == "category"
    assert first.findtext("category/text") == "$course$/top/mrtlab/every-kind version 1"
    assert (
        len(others) == len({text_of(one) for one in others}) == len({one.findtext("name/text") for one in others}) == 5
    )
    assert all(PURPOSE in text_of(one) for one in others)


def numbered(exercise, n=3, seed="s"):
    for place, question in enumerate(questions(question_bank(exercise, n, seed)), 1):
        yield variant(exercise, f"moodle-{place}", seed), gaps(text_of(question))


def test_the_reference_scores_in_full_and_every_slip_gets_its_own_feedback(exercise):
    for one, found in numbered(exercise):
        left, u, half_life, low, high, _, _, start, end, x, y = found
        assert {gap.kind for gap in (left, u, half_life, low, high, start, end, x, y)} == {"NUMERICAL"}
        for gap, part in ((left, one.expected["left"].value), (u, one.expected["left"].u)):
            taken = gap.taken(part.value)
            assert taken.right
            for inside in (part.value - 0.999 * part.tol, part.value + 0.999 * part.tol):
                assert gap.taken(inside).right
            assert not gap.taken(part.value + 1.01 * part.tol).right
            assert part.slips
            for slip in part.slips:
                taken = gap.taken(slip.value)
                assert not taken.right
                assert seen(taken.feedback) == seen(markup(one.render(slip.say)))
        asked = one.expected["half_life"]
        for gap, part in zip((half_life, low, high), (asked.value, *asked.interval.parts), strict=True):
            assert gap.taken(part.value).right
            assert not gap.taken(part.value + 1.01 * part.tol).right
        assert [half_life.taken(slip.value).feedback for slip in asked.slips] == [
            "That is the mean life.",
            "You multiplied by ln 2.",
        ]


def test_slips_of_an_interval_are_named_at_its_ends(exercise):
    for one, found in numbered(exercise):
        (slip,) = one.expected["half_life"].interval.slips
        for gap, end in zip(found[3:5], slip.value, strict=True):
            assert gap.taken(end).feedback == "That is three times as wide."


def test_slips_of_numbers_have_the_bands_of_mrtlab(exercise):
    for one, found in numbered(exercise):
        for slip in one.expected["left"].slips:
            say = seen(markup(one.render(slip.say)))
            assert seen(found[0].taken(slip.value + 0.99 * slip.band).feedback) == say
            assert seen(found[0].taken(slip.value + 1.01 * slip.band).feedback) != say


def test_choices_keep_their_words_whatever_signs_are_in_them(exercise):
    for one, found in numbered(exercise):
        keep = found[5]
        assert keep.kind == "MULTICHOICE_V"
        assert [seen(choice.answer) for choice in keep.choices] == [
            'use it } # ~ { / "x" \\',
            "discard < it",
            "measure it & see",
        ]
        assert "<" not in keep.choices[1].answer  # which would open an element
        keys = [key for key, _ in one.sheet.question("keep").options]
        assert [key for key, choice in zip(keys, keep.choices, strict=True) if choice.right] == [
            one.expected["keep"].value
        ]
        said = {slip.value: slip.say for slip in one.expected["keep"].slips}
        for key, choice in zip(keys, keep.choices, strict=True):
            assert choice.feedback == said.get(key, "It has lost little.")
    assert len({one.expected["keep"].value for one, _ in numbered(exercise, 5)}) == 2


def test_what_is_picked_becomes_a_choice_or_numbers(exercise):
    for _, found in numbered(exercise, 1):
        worst, start, end, x, y = found[6:]
        assert [choice.right for choice in worst.choices] == [False, False, False, True]
        assert worst.choices[0].feedback == "The first has the most counts."
        assert start.taken(1).right
        assert end.taken(24).right
        assert not end.taken(1).right
        assert x.taken(4).right
        assert x.taken(8).right
        assert not x.taken(3.9).right
        assert y.taken(12).right


def test_weights_are_whole_and_as_the_points_and_halves_of_mrtlab(exercise):
    for _, found in numbered(exercise, 1):
        # points 2 (value and u), 1 (value, low, high), ½, 1, 1, 1, in quarters
        assert [gap.weight for gap in found] == [4, 4, 2, 1, 1, 2, 4, 2, 2, 2, 2]


def test_no_brace_of_the_story_opens_a_gap_and_pictures_come_along(exercise):
    question = questions(question_bank(exercise, 1, "s"))[0]
    text = text_of(question)
    assert "{" not in GAP.sub("", text)
    assert text.count("not marked here") == 2  # the prediction and the text
    files = question.findall("questiontext/file")
    assert [one.get("name") for one in files] == ["plot.png", "spots.png"]
    assert all(base64.b64decode(one.text).startswith(b"\x89PNG") for one in files)
    assert all(f'src="@@PLUGINFILE@@/{one.get("name")}"' in text for one in files)
    assert "]]>" in html.unescape(question.findtext("generalfeedback/text"))


def test_the_seed_decides_and_numbers_are_checked(exercise):
    assert question_bank(exercise, 2, "a") == question_bank(exercise, 2, "a")
    assert question_bank(exercise, 2, "a") != question_bank(exercise, 2, "b")
    with pytest.raises(InputError, match="from 1 to 500"):
        question_bank(exercise, 0)
    with pytest.raises(InputError, match="seed"):
        question_bank(exercise, 1, " ")


def test_the_reference_of_a_shipped_exercise_scores(monkeypatch):
    exercise = load("kidney-tia")
    for one, found in numbered(exercise, 3):
        half_life, tia, u, decision = found
        for gap, part in (
            (half_life, one.expected["half_life"].value),
            (tia, one.expected["tia"].value),
            (u, one.expected["tia"].u),
        ):
            assert gap.taken(float(f"{part.value:.5g}")).right
            for slip in part.slips:
                assert seen(gap.taken(slip.value).feedback) == seen(markup(one.render(slip.say)))
        assert [choice.right for choice in decision.choices] == [True, False, False]


SHIPPED = ["background-region", "single-time-point", "recovery-curve", "every-kind"]


@pytest.mark.parametrize("name", SHIPPED)
def test_no_entity_comes_to_be_seen_in_choices_and_feedback(name, tmp_path, monkeypatch):
    if name == "every-kind":
        write(tmp_path)
        monkeypatch.setattr(_content, "folder", lambda _: tmp_path)
    for question in questions(question_bank(load(name), 2, "s")):
        found = gaps(text_of(question))
        texts = [text for gap in found for choice in gap.choices for text in (choice.answer, choice.feedback)]
        for text in texts:
            assert not re.search(r"&(#\w+|quot|apos|amp);", text)  # not even before the browser decodes it
            assert not re.search(r"&(#?\w+);", seen(text))
        assert any("'" in text or '"' in text for text in texts)


@pytest.mark.parametrize(
    "text",
    [
        "\"a\" & 'b'",
        "a &",
        "R&D",
        "&lt; and &#x27; as they are",
        "a<b>c",
        "**&**",
        "x&#y",
        "&amp;",
        "T_{eff} ~ 5 # 6 \\ /",
    ],
)
def test_whatever_an_author_writes_is_what_a_learner_reads(text):
    from mrtlab.learn.moodle import _encoded

    written = _encoded(markup(text))
    (gap,) = gaps(f"{{1:MULTICHOICE_V:={written}#{written}}}")
    for got in (gap.choices[0].answer, gap.choices[0].feedback):
        assert ET.tostring(ET.fromstring(f"<p>{_strict(got)}</p>")) == ET.tostring(
            ET.fromstring(f"<p>{markup(text)}</p>")
        )
    # Moodle does not let an answer end behind & or &amp;
    assert not re.search(r"(&|&amp;)$", written)


def _strict(text: str) -> str:
    """As a browser takes it: an ampersand that begins no entity is one."""
    return re.sub(r"&(?!#?\w+;)", "&amp;", text)
