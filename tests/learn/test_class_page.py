"""The class page: numbers as ratios to each learner's own reference, and nobody's name."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from statistics import median

import pytest
from course_for_tests import KEY, all_right, fixed_pseudonyms, hand_in, write

from mrtlab import PURPOSE, _content
from mrtlab.learn import course, grading
from mrtlab.learn.class_page import class_page
from mrtlab.learn.class_plot import OUTCOMES, Row, Shown, legend, strip
from mrtlab.learn.csvs import read_roster
from mrtlab.learn.library import load
from mrtlab.learn.variants import variant

SVG = re.compile(r"<svg [^>]*role=\"img\".*?</svg>", re.DOTALL)
FACTORS = (1.0, 1.01, 0.99, 1.3)  # of the four learners' answers to their own reference


@pytest.fixture
def graded(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")
    fixed_pseudonyms(monkeypatch)
    made = course.create(tmp_path / "c", "Lund <2027>", n=5)
    for learner, factor in zip(made.learners, FACTORS, strict=False):
        asked = variant(load("every-kind"), learner, made.name).expected["left"]
        slip = {"value": f"{asked.slips[0].value:.6g}", "u": "1"}
        given = {"value": f"{asked.value.value * factor:.7g}", "u": f"{asked.u.value:.6g}"}
        reason = (
            "Dr Anna Müller told me so, therefore" if factor == 1.3 else "because <script>alert(1)</script> it decays"
        )
        choice = {"choice": "discard", "reason": reason}
        answers = [("every-kind", "guess", None), ("every-kind", "left", slip), ("every-kind", "left", given)]
        text = (
            "every-kind",
            "why",
            {"text": f"The decay is <b>known</b> to {factor}, the meter is not so well known."},
        )
        hand_in(
            made, learner, tmp_path / "c" / "packs", tmp_path / "in", [*answers, text, ("every-kind", "keep", choice)]
        )
    return grading.grade(tmp_path / "in", course=made)


def section(page: str, number: int) -> str:
    return page.split("<h3>")[number]


def test_ratios_median_and_verdicts_are_those_of_the_answers(graded):
    page = class_page(graded)
    part = section(page, 2)
    table = re.findall(
        r'<tr><th scope="row">(\w+)</th><td>([\d.]+)</td><td>±\xa0([\d.]+)</td><td>([\w ]+)</td><td>(\d+)', part
    )
    by_letter = {letter: (float(ratio), float(u), verdict, attempts) for letter, ratio, u, verdict, attempts in table}
    for learner, factor in zip(graded.learners, FACTORS, strict=False):
        ratio, u, verdict, attempts = by_letter[graded.letters[learner]]
        assert ratio == pytest.approx(factor, rel=1e-3)
        assert u == pytest.approx(0.04, rel=0.03)  # the reference has 4 %
        assert verdict == ("outside" if factor == 1.3 else "right")
        assert attempts == "2"
    words = html.unescape(SVG.search(part)[0])
    assert f"median {median(FACTORS):.3g}" in words
    assert "3 within the tolerance" in words
    assert "4 of 4 answered" in part
    assert f"class median {median(FACTORS):.3g}" in words


def test_slips_are_counted_with_their_sentences(graded):
    part = html.unescape(section(class_page(graded), 2))
    assert re.search(r"No decay is in this.*?</th><td>4</td><td>4</td>", part)
    assert re.search(r"none of the usual slips.*?</th><td>1</td><td>1</td>", part)
    assert "Halved twice" not in part


def test_choices_are_counted(graded):
    part = section(class_page(graded), 4)
    assert re.search(r"discard &lt; it</th><td><span class=\"bar wrong\"[^>]*></span>4<", part)
    assert re.search(r"Too early.*?</th><td>4</td><td>4</td>", part)


def test_nobody_can_be_told_but_with_names(graded):
    page = class_page(graded)
    assert not any(learner in page for learner in graded.learners)
    assert "Müller" not in page
    assert "it may say who wrote it" in page
    named = class_page(graded, names=True)
    assert all(learner in named for learner in graded.learners[:4])
    assert "Müller" in named
    assert "Keep it to yourself" in named


def test_the_page_is_whole_in_itself_and_runs_nothing(graded):
    page = class_page(graded)
    assert PURPOSE in page
    assert "<script" not in page
    assert "Lund <2027>" not in page
    assert "<b>known" not in page
    assert "&lt;b&gt;known" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    assert "Nobody answered." in section(page, 6)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_answers_are_listed_in_an_assessment_without_a_key(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")
    fixed_pseudonyms(monkeypatch)
    made = course.create(tmp_path / "c", "Exam", n=1, assessment=True, key=KEY)
    hand_in(made, made.learners[0], tmp_path / "c" / "packs", tmp_path / "in", all_right())
    page = class_page(grading.grade(tmp_path / "in"))
    assert "nothing is judged" in page
    assert "not judged" in section(page, 2)
    assert not SVG.search(page)
    with_key = class_page(grading.grade(tmp_path / "in", course=made))
    assert len(SVG.findall(with_key)) == 2
    assert re.search(r"point 4</th><td><span class=\"bar right\"[^>]*></span>1, right for 1<", with_key)


def circles(svg: str) -> list[tuple[float, float]]:
    root = ET.fromstring(svg)
    return [(float(one.get("cx")), float(one.get("cy"))) for one in root.iter() if one.tag.endswith("circle")]


def test_marks_stand_where_the_ratios_are_and_inside_the_drawing():
    rows = [Row(f"L{k}", 0.02, (Shown(1 + k / 100, "right", (0.97 + k / 100, 1.03 + k / 100)),)) for k in range(5)]
    svg = strip(rows, "a")
    xs = [x for x, _ in circles(svg)]
    steps = [later - earlier for earlier, later in pairwise(xs)]
    assert all(step == pytest.approx(steps[0], abs=0.11) for step in steps)  # linear
    reference = float(re.search(r'<line x1="([\d.]+)"[^>]*stroke="#006d4f"', svg)[1])
    assert xs[0] == pytest.approx(reference, abs=0.11)
    band = re.search(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"', svg)
    assert float(band[1]) + float(band[2]) / 2 == pytest.approx(reference, abs=0.2)
    assert float(band[2]) == pytest.approx(4 * steps[0], abs=0.3)


def test_what_is_far_off_is_drawn_on_a_logarithmic_axis_or_at_the_edge():
    rows = [Row("A", 0.05, (Shown(0.01, "slip"), Shown(0.1, "right"))), Row("B", 0.05, (Shown(10.0, "right"),))]
    rows += [Row("C", 0.05, (Shown(1.0, "right"),)), Row("D", 0.05, (Shown(-3.0, "outside"),))]
    rows += [Row("E", 0.05, (Shown(1e6, "wrong_unit"),))]
    svg = strip(rows, "a")
    left, right, middle = (x for x, _ in circles(svg))
    assert middle == pytest.approx((left + right) / 2, abs=0.2)
    assert "logarithmic" in svg
    assert "← -3" in svg
    assert "1e+06 →" in svg
    assert "nan" not in svg


def test_every_verdict_has_a_shape_of_its_own_in_drawing_and_legend():
    from mrtlab.learn.class_plot import _marker

    shapes = {re.sub(r'(stroke|fill)="#\w+"', "", _marker(outcome, 0, 0, 5)) for outcome in (*OUTCOMES, "received")}
    assert len(shapes) == len(OUTCOMES) + 1
    assert all(words in legend() for words, _ in OUTCOMES.values())


@pytest.mark.parametrize("ratios", [(1.0,), (1.0, 1.0, 1.0), (0.0, 0.0), (1e-9, 1e9), (0.999999, 1.000001)])
def test_any_class_can_be_drawn(ratios):
    svg = strip([Row("A & <B>", 1e-6, (Shown(ratio, "right", (-1e12, 1e12)),)) for ratio in ratios], "a")
    ET.fromstring(svg)
    assert "nan" not in svg
    assert all(0 <= x <= 640 for x, _ in circles(svg))


def test_names_are_those_of_the_roster_and_whole(graded, tmp_path):
    first, second, third, *_ = graded.learners
    file = tmp_path / "r.csv"
    long = "Wilhelmina-Maximiliane Müller-Lüdenscheidt"
    file.write_text(
        f"pseudonym,First name,Surname\n{first},Ann,Lee\n{second},Ann,Lee\n"
        f"{third},{long.partition(' ')[0]},{long.partition(' ')[2]}\n{graded.learners[3]},,\n",
        encoding="utf-8",
    )
    made = course.read_key(tmp_path / "c" / "key")
    page = class_page(grading.grade(tmp_path / "in", read_roster(file), made), names=True)
    assert "shows names" in page
    drawing = SVG.search(page)[0]
    labels = [html.unescape(label) for label in re.findall(r'text-anchor="end">([^<]+)</text>', drawing)]
    assert set(labels) == {f"Ann Lee ({first})", f"Ann Lee ({second})", long, graded.learners[3]}
    assert third not in page
    assert long not in class_page(graded)


@pytest.mark.parametrize(
    "label", ["A", "quiet-heron-42", "Wilhelmina WWWWMMMM Mmmmmwww", "山田太郎山田太郎山田太郎", "ÅÄÖ@%&"]
)
def test_labels_have_room_in_the_drawing(label):
    """Measured with a wide font, which people's fonts are no wider than."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    svg = strip([Row(label, 0.05, (Shown(1.0, "right"),))], "a")
    x = float(re.search(rf'<text x="([\d.]+)"[^>]*text-anchor="end">{re.escape(html.escape(label))}<', svg)[1])
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", 14)
    wide = sum(14.0 if sign > "\u2e80" else font.getlength(sign) for sign in label)
    assert wide < x
    assert circles(svg)[0][0] < float(re.search(r'viewBox="0 0 (\d+)', svg)[1])


def test_without_roster_and_key_nobody_is_said_to_be_missing(graded, tmp_path):
    assert "4 of 5 learners handed something in" in class_page(graded)
    page = class_page(grading.grade(tmp_path / "in"))
    assert "4 learners handed something in; without roster or key nobody is known to be missing" in page
    assert "4 of 4 learners" not in page
