"""A learner's variant: the same everywhere, its own, and nothing on the sheet that gives it away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from exercise_for_tests import TEXT, write

from mrtlab.errors import InputError
from mrtlab.learn import library
from mrtlab.learn.sheet import Sheet, SheetImage
from mrtlab.learn.variants import VariantError, same_images, variant


def bomb() -> dict:
    """An image that unpacks to more than it says."""
    import base64
    import zlib

    packed = base64.b64encode(zlib.compress(bytes(10**6))).decode()
    return {"name": "x", "caption": "", "alt": "", "pixel_mm": 1, "unit": "", "shape": [2, 2], "packed": packed}


@pytest.fixture
def exercise(tmp_path):
    return library.load(write(tmp_path))


def with_text(tmp_path, *changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return library.load(write(tmp_path, text))


class TestSameEverywhere:
    def test_twice(self, exercise):
        assert variant(exercise, "heron").sheet == variant(exercise, "heron").sheet

    def test_in_another_process_with_another_hash_seed_and_locale(self, exercise):
        code = (
            "import json, sys; from mrtlab.learn import library; from mrtlab.learn.variants import variant;"
            "v = variant(library.load(sys.argv[1]), 'heron');"
            "print(json.dumps([v.sheet.data_hash, v.code, v.expected['left'].value.value]))"
        )
        mine = variant(exercise, "heron")
        for seed in ("1", "2"):
            done = subprocess.run(
                [sys.executable, "-c", code, str(exercise.folder)],
                env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
                capture_output=True,
                check=True,
                text=True,
            )
            assert json.loads(done.stdout) == [mine.sheet.data_hash, mine.code, mine.expected["left"].value.value]

    def test_everybody_has_another(self, exercise):
        seen = {variant(exercise, f"learner-{n}").sheet.data_hash for n in range(50)}
        assert len(seen) == 50

    def test_course_and_version_change_the_data(self, tmp_path, exercise):
        mine = variant(exercise, "heron").sheet
        assert variant(exercise, "heron", "lund").sheet.tables != mine.tables
        newer = with_text(tmp_path, ("version: 1", "version: 2"))
        assert variant(newer, "heron").sheet.tables != mine.tables

    def test_an_assessment_needs_the_key(self, exercise):
        with_key = variant(exercise, "heron", "lund", b"secret" * 6)
        assert with_key.sheet.data_hash != variant(exercise, "heron", "lund").sheet.data_hash
        assert with_key.sheet.data_hash != variant(exercise, "heron", "lund", b"Secret" * 6).sheet.data_hash
        assert with_key.sheet.data_hash == variant(exercise, "heron", "lund", b"secret" * 6).sheet.data_hash

    def test_a_draw_that_is_added_leaves_the_others_as_they_were(self, tmp_path, exercise):
        before = variant(exercise, "heron")
        more = with_text(tmp_path, ("draw:\n", "draw:\n  other_g: {uniform: [1, 2], round: 0.1}\n"))
        assert variant(more, "heron").formulas["a0_mbq"] == before.formulas["a0_mbq"]


class TestNumbers:
    def test_everything_is_computed_from_what_is_shown(self, exercise):
        one = variant(exercise, "heron")
        story = one.sheet.story
        a0, wait = one.formulas["a0_mbq"], one.formulas["wait_h"]
        assert f"held {a0.text} MBq" in story
        assert f"left {wait.text} h" in story
        assert one.expected["left"].value.value == pytest.approx(float(a0) * 2 ** (-float(wait) / 159.5), rel=1e-12)
        table = one.sheet.table("readings")
        column = table.column("reading_mbq")
        assert [float(cell) for cell in column.cells] == list(column.values)
        assert list(one.formulas["reading_mbq"]) == list(column.values)

    def test_marks_are_no_placeholders(self, exercise):
        assert "T_{eff}" in variant(exercise, "heron").sheet.story

    def test_tolerance_and_uncertainty(self, exercise):
        left = variant(exercise, "heron").expected["left"]
        assert left.value.tol == pytest.approx(0.01 * left.value.value)
        assert left.u.value == pytest.approx(0.03 * left.value.value)
        assert left.u.tol == pytest.approx(0.25 * left.u.value)

    def test_bands_meet_neither_the_right_answer_nor_each_other(self, exercise):
        for n in range(30):
            right = variant(exercise, f"learner-{n}").expected["left"].value
            spans = sorted([(right.value, right.tol), *((slip.value, slip.band) for slip in right.slips)])
            for (low, low_band), (high, high_band) in pairwise(spans):
                assert low + low_band < high - high_band

    def test_a_text_rounds_values_without_figures(self, exercise):
        one = variant(exercise, "heron")
        assert one.render("{a0_mbq / 3:.1f} and {left_mbq}") == (
            f"{float(one.formulas['a0_mbq']) / 3:.1f} and {one.render('{left_mbq}')}"
        )
        assert "±" in one.render("{left_mbq}")


class TestRedraws:
    def test_a_wrong_answer_too_near_to_the_right_one(self, tmp_path):
        near = with_text(tmp_path, ("{is: a0_mbq, say: No decay is in this.}", "{is: left_mbq * 1.019, say: Near.}"))
        with pytest.raises(VariantError, match=r"left/1: the wrong answer .* too near to the right one"):
            variant(near, "heron")
        far = with_text(tmp_path, ("{is: a0_mbq, say: No decay is in this.}", "{is: left_mbq * 1.021, say: Near.}"))
        assert variant(far, "heron").expected["left"].value.slips[0].band == pytest.approx(
            0.45 * 0.021 * variant(far, "heron").expected["left"].value.value
        )

    def test_two_wrong_answers_too_near_to_each_other(self, tmp_path):
        another = "say: None.}\n      - {is: a0_mbq + 0.01, say: Same.}"
        near = with_text(tmp_path, ("say: No decay is in this.}", another))
        with pytest.raises(VariantError, match="too near to another"):
            variant(near, "heron")

    def test_what_is_required_holds_and_costs_draws(self, tmp_path):
        strict = with_text(tmp_path, ("ask:\n", "require: [a0_mbq > 700]\nask:\n"))
        drawn = [variant(strict, f"learner-{n}") for n in range(20)]
        assert all(one.formulas["a0_mbq"] > 700 for one in drawn)
        assert sum(one.redraw for one in drawn) > 5
        assert any("not a0_mbq > 700" in one.refused for one in drawn)

    def test_data_on_which_the_competent_method_refuses_are_drawn_again(self, tmp_path):
        sometimes = with_text(
            tmp_path,
            ("work:\n", "work:\n  refused: kinetics.haenscheid_tia(a0_mbq - 650, 72)\n"),
        )
        assert all(variant(sometimes, f"learner-{n}").formulas["a0_mbq"] > 650 for n in range(10))

    def test_a_fault_of_the_exercise_is_not_drawn_away(self, tmp_path):
        faulty = with_text(tmp_path, ("left_mbq: a0_mbq *", "left_mbq: a1_mbq *"))
        with pytest.raises(InputError, match="a1_mbq, which is not known"):
            variant(faulty, "heron")

    def test_a_wrong_way_that_leads_nowhere_is_left_out(self, tmp_path):
        nowhere = with_text(tmp_path, ("{is: a0_mbq, say", "{is: 'kinetics.haenscheid_tia(-a0_mbq, 72)', say"))
        left = variant(nowhere, "heron").expected["left"]
        assert left.dropped == ("left/1",)
        assert [slip.key for slip in left.value.slips] == ["left/2", "left/3"]


class TestSheet:
    def test_nothing_gives_the_answer_away(self, exercise):
        for n in range(20):
            one = variant(exercise, f"learner-{n}")
            text = json.dumps(one.sheet.to_dict())
            assert "No decay" not in text
            assert "The exponent" not in text
            left = one.expected["left"].value
            for value in (left.value, left.tol, *(slip.value for slip in left.slips[1:])):
                assert f"{value:.5g}" not in text
                assert repr(value) not in text

    def test_there_and_back(self, exercise):
        sheet = variant(exercise, "heron").sheet
        assert Sheet.from_dict(json.loads(json.dumps(sheet.to_dict()))) == sheet

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: data.pop("story"),
            lambda data: data.update(more=1),
            lambda data: data["tables"][0]["columns"][0]["cells"].pop(),
            lambda data: data.update(questions=[{}]),
            lambda data: data.update(images=[{"name": "x"}]),
            lambda data: data.update(images=[bomb()]),
        ],
    )
    def test_a_damaged_sheet_is_refused(self, exercise, damage):
        data = variant(exercise, "heron").sheet.to_dict()
        damage(data)
        with pytest.raises(InputError, match="sheet"):
            Sheet.from_dict(data)

    def test_the_hash_is_of_what_is_shown(self, exercise):
        sheet = variant(exercise, "heron").sheet
        data = sheet.to_dict()
        data["tables"][0]["columns"][1]["cells"][0] = "1.0"
        assert Sheet.from_dict(data).data_hash != sheet.data_hash
        data = sheet.to_dict()
        data["title"] = "Another title"
        assert Sheet.from_dict(data).data_hash == sheet.data_hash

    def test_images_are_compared_with_tolerance(self, exercise):
        counts = np.random.default_rng(1).poisson(50, (20, 30))
        words = {"name": "view", "caption": "A view", "alt": "Two kidneys", "pixel_mm": 4.8, "unit": "counts"}
        image = SheetImage.pack(counts, **words)
        assert np.array_equal(image.array, counts)
        sheet = variant(exercise, "heron").sheet
        from dataclasses import replace

        one = replace(sheet, images=(image,))
        counts[3, 4] += 1
        assert same_images(one, replace(sheet, images=(SheetImage.pack(counts, **words),)))
        assert not same_images(one, replace(sheet, images=(SheetImage.pack(counts.T, **words),)))
        assert not same_images(one, replace(sheet, images=(SheetImage.pack(counts[::-1], **words),)))
        assert not same_images(one, sheet)
        assert one.data_hash == sheet.data_hash

    @pytest.mark.parametrize("array", [np.full((2, 2), 0.5), np.full((2, 2), -1), np.full((2, 2), 70000), np.ones(4)])
    def test_an_image_holds_counts(self, array):
        with pytest.raises(InputError, match="whole numbers"):
            SheetImage.pack(array, name="view", caption="A view", alt="x", pixel_mm=1, unit="")


class TestIntervals:
    def asked(self, tmp_path, wrong: str):
        slips = f"[{{is: {wrong!r}, say: It is narrow.}}]"
        interval = f"    interval: {{is: '[left_mbq.n * 0.9, left_mbq.n * 1.1]', wrong: {slips}}}"
        u = "    u: {tol: 0.25, wrong: [{is: left_mbq.s * 2, say: One standard uncertainty is asked.}]}"
        return variant(with_text(tmp_path, (u, interval)), "heron").expected["left"]

    def test_ends_and_tolerance(self, tmp_path):
        left = self.asked(tmp_path, "[left_mbq.n * 0.96, left_mbq.n * 1.04]")
        value = left.value.value
        assert left.interval.low == pytest.approx(0.9 * value)
        assert left.interval.tol == pytest.approx(0.25 * 0.2 * value)
        assert left.interval.near(0.94 * value, 1.06 * value)
        assert not left.interval.near(0.96 * value, 1.1 * value)
        assert left.interval.dropped == ("left/interval/1",)

    def test_a_slip(self, tmp_path):
        left = self.asked(tmp_path, "[left_mbq.n * 0.5, left_mbq.n * 1.5]")
        assert left.interval.slips[0].value == pytest.approx((0.5 * left.value.value, 1.5 * left.value.value))
