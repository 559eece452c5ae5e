"""Files of evidence that are damaged, forged or of something else: refused with the name of the file and the field."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrtlab.errors import InputError
from mrtlab.learn import evidence as files
from mrtlab.learn.identity import Identity
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session

LEARNER = "quiet-heron-42"
REASON = "it has lost only a third of its activity"
IMAGE = {"name": "view", "caption": "A view", "alt": "A field.", "pixel_mm": 4.0, "unit": "counts"}


def changed(evidence, change):
    """A copy that somebody changed and gave a fitting hash."""
    copy = json.loads(json.dumps(evidence))
    change(copy)
    return json.dumps(files.seal(copy)).encode()


def first(evidence):
    return evidence["exercises"][0]


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Evidence of an exercise that comes with mrtlab, every kind of event in it."""
    one = Session("kidney-tia", Identity(LEARNER), Logbook(tmp_path_factory.mktemp("log") / "logbook.jsonl"))
    one.open()
    one.submit("half_life", {"value": "60"})
    one.hint("half_life")
    one.submit("tia", {"value": "12 000", "u": "300"})
    one.submit("decision", {"choice": "scan", "reason": REASON})
    one.give_up("tia")
    one.reflect("plan", "Plot first.")
    return files.build(one.identity, one.logbook)


class TestStrictReading:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda e: e.pop("notice"), "notice is missing"),
            (lambda e: e.update(extra=1), "extra is unknown"),
            (lambda e: e.update(mrtlab_evidence=2), "this mrtlab reads 1"),
            (lambda e: e.update(mode="exam"), "mode"),
            (lambda e: e.update(made="yesterday"), "made"),
            (lambda e: e.update(exercises=[]), "exercises"),
            (lambda e: e["exercises"].append(first(e)), "there twice"),
            (lambda e: first(e).update(exercise="../secret"), r"exercises\[1\].exercise"),
            (lambda e: first(e).update(version=True), r"exercises\[1\].version"),
            (lambda e: first(e).update(data="0" * 64), r"exercises\[1\].data"),
            (lambda e: first(e)["events"][1].update(learner="calm-owl-11"), r"events\[2\].learner"),
            (lambda e: first(e)["events"][1].update(code="0000-0000"), r"events\[2\].code"),
            (lambda e: first(e)["events"][1].update(question="other"), r"events\[2\].question"),
            (lambda e: first(e)["events"][1].update(extra=1), r"events\[2\].extra is unknown"),
            (lambda e: first(e)["events"][1].pop("slip"), r"events\[2\].slip is missing"),
            (lambda e: first(e)["events"][1]["raw"].update(value=["1"]), r"events\[2\].raw.value"),
            (lambda e: first(e)["events"][1]["raw"].update(code="x"), r"raw.code is unknown"),
            (lambda e: first(e)["events"][0].update(event="run"), r"events\[1\]"),
            (lambda e: first(e)["sheet"].pop("story"), "sheet"),
            (lambda e: first(e)["sheet"].update(extra=1), "sheet"),
            (lambda e: first(e)["sheet"].update(minutes="5"), "sheet: minutes"),
            (lambda e: first(e)["sheet"]["tables"][0].update(extra=1), "field that is unknown"),
            (lambda e: first(e)["sheet"].update(code="0000-0000"), "sheet.code"),
            (lambda e: first(e)["sheet"].update(plot={"table": "no", "x": "a", "y": "b"}), "sheet"),
        ],
    )
    def test_names_file_and_field(self, worked, tmp_path, change, said):
        path = tmp_path / "handed-in.mrt.json"
        path.write_bytes(changed(worked, change))
        with pytest.raises(InputError, match=said) as refused:
            files.read(path)
        assert str(refused.value).startswith("handed-in.mrt.json")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "not JSON"),
            (b"\xff\xfe", "UTF-8"),
            (b"[1]", "no evidence"),
            (b'{"mrtlab_pack": 1}', "no evidence"),
            (b'{"a": 1, "a": 2}', "there twice"),
            (b'{"mrtlab_evidence": NaN}', "NaN is not allowed"),
            (b"[" * 200_000, "not JSON"),
            (b" " * 20_000_001, "at most 20 MB"),
        ],
    )
    def test_no_evidence_at_all(self, content, said):
        with pytest.raises(InputError, match=said):
            files.read(content)

    def test_a_changed_answer_does_not_fit_the_hash(self, worked, tmp_path):
        path = files.write(worked, tmp_path / "a.json")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"reason": "it has', '"reason": "It has'), encoding="utf-8")
        with pytest.raises(InputError, match="changed after"):
            files.read(path)

    def test_a_file_cut_off(self, worked, tmp_path):
        content = files.write(worked, tmp_path / "a.json").read_bytes()
        with pytest.raises(InputError, match="cut off"):
            files.read(content[: len(content) // 2])

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            files.read(tmp_path / "none.json")

    @pytest.mark.parametrize(
        ("shape", "pixels"), [([2, 2], 10**8), ([2, 2], 2), ([10**5, 10**5], 4), ([-2, -2], 4), ([2], 2), ("22", 4)]
    )
    def test_an_image_that_lies_about_its_size(self, worked, shape, pixels):
        packed = base64.b64encode(zlib.compress(bytes(2 * pixels), 1)).decode()
        image = {**IMAGE, "shape": shape, "packed": packed}
        with pytest.raises(InputError, match="image"):
            files.read(changed(worked, lambda e: first(e)["sheet"].update(images=[image])))

    @settings(max_examples=100)
    @given(data=st.data())
    def test_whatever_is_changed_only_input_errors(self, worked, data):
        """One value anywhere becomes another; it is refused, or can be marked and scored."""
        copy = json.loads(json.dumps(worked))
        holder, keys = copy, []
        while isinstance(holder, (dict, list)) and holder:
            key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
            keys.append((holder, key))
            holder = holder[key]
        inside, key = data.draw(st.sampled_from(keys[1:] or keys))
        values = st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8),
            st.just([]), st.just({}), st.sampled_from(["1e999", "9" * 400, "-0", "<b>", "2027-03-02T10:20:00+01:00"]),
        )  # fmt: skip
        inside[key] = data.draw(values)
        try:
            found = files.read(json.dumps(files.seal(copy)).encode())
        except InputError:
            return
        files.scores(found, files.remark(found))
