"""Reading exercises: YAML's traps, the schema, messages that name file, line and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from exercise_for_tests import TEXT, write

from mrtlab.errors import InputError
from mrtlab.learn import library


def changed(tmp_path: Path, old: str, new: str):
    assert old in TEXT
    return write(tmp_path, TEXT.replace(old, new, 1))


class TestTraps:
    @pytest.mark.parametrize(
        ("value", "advice"),
        [
            ("no", "quotes"),
            ("On", "quotes"),
            ("1:30", "base 60"),
            ("1e5", "as text"),
            ("1.0e5", "sign of the exponent"),
            ("012", "leading zero"),
            ("0x1F", "leading zero"),
            ("1_000", "without _"),
            ("1,5", "decimal comma"),
            (".inf", "finite"),
            (".NaN", "finite"),
            ("2027-03-01", "date in quotes"),
        ],
    )
    def test_a_trap_is_refused_with_its_line(self, tmp_path, value, advice):
        with pytest.raises(InputError, match=advice) as refused:
            library.load(changed(tmp_path, "minutes: 5", f"minutes: {value}"))
        assert "line 7" in str(refused.value)
        assert value in str(refused.value)

    def test_a_trap_as_a_name(self, tmp_path):
        with pytest.raises(InputError, match="quotes"):
            library.load(changed(tmp_path, "draw:", "on:"))

    @pytest.mark.parametrize("value", ["'no'", '"1:30"', "norway", "1.0e+5", "-3.5", "24h"])
    def test_what_is_no_trap_is_read(self, value):
        data, _ = library.read_yaml(f"a: {value}", "test")
        assert data["a"] == yaml.safe_load(value)

    def test_the_same_name_twice(self, tmp_path):
        with pytest.raises(InputError, match="'minutes' is given twice"):
            library.load(changed(tmp_path, "minutes: 5", "minutes: 5\nminutes: 6"))

    @pytest.mark.parametrize("text", ["", "- 1", "just words", "a: [1", "a: !!python/object:os.system {}", "a: *b"])
    def test_what_is_no_exercise(self, text):
        with pytest.raises(InputError, match="test"):
            library.read_yaml(text, "test")


class TestSchema:
    def test_the_example_is_good(self, tmp_path):
        exercise = library.load(write(tmp_path))
        assert exercise.question("left").kind == "number"
        assert exercise.folder == tmp_path / "topic" / "left-over"

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("minutes: 5", "minute: 5", "minute: there is no such field; did you mean minutes"),
            ("    reason: true", "    kind: choice", "choose, rubric or pick"),
            (
                "choose: {use: use it, discard: discard it, measure: measure it again first}",
                "choose: [use]",
                "discard: ",
            ),
            ("id: left-over", "id: Left Over", "such as kidney-tia"),
            ('text: "May it still be used?"', "text: May: it be used", "put the whole text in quotes"),
            ("minutes: 5", "minutes: 0", "minutes"),
            ("sources: [nuclides.icrp107]\n", "", "sources: is missing"),
            ("sources: [nuclides.icrp107]", "sources: []", "sources"),
            ("sources: [nuclides.icrp107]", "sources: [nuclides.icrp170]", "did you mean nuclides.icrp107"),
            ("round: 1}", "round: 0}", "rounding step"),
            ("uniform: [400, 900]", "uniform: [900, 400]", "must be below"),
            ("uniform: [400, 900]", "lognormal: [400, 25]", "1.25"),
            ("{uniform: [400, 900], round: 1}", "{round: 1}", "exactly one of uniform"),
            ("tol: 0.01", "tol: 1", "tol"),
            ("    tol: 0.01\n", "", "give one of tol"),
            ("why: Half-lives in use differ by less than 0.2 %.", "why: so", "what the tolerance rests on"),
            ("id: left\n", "id: Left\n", "small letters"),
            ("maps_to: [MRTLAB:CAL-S]", "maps_to: [calibration]", "such as NSHCS"),
            ("left_mbq: a0_mbq", "a0_mbq: a0_mbq", "given twice: a0_mbq"),
            ("version: 1", "version: true", "version"),
            ("version: 1", "version: '1'", "version"),
            ("level: know", "level: expert", "level"),
        ],
    )
    def test_what_breaks_a_rule_is_named_with_its_line(self, tmp_path, old, new, said):
        with pytest.raises(InputError, match=said) as refused:
            library.load(changed(tmp_path, old, new))
        assert "left-over/exercise.yaml, line " in str(refused.value)

    def test_the_folder_has_the_name_of_the_exercise(self, tmp_path):
        with pytest.raises(InputError, match="name of its folder"):
            library.load(changed(tmp_path, "id: left-over", "id: left-under"))

    def test_an_exercise_that_is_not_there(self):
        with pytest.raises(InputError, match="there is no exercise 'kidney-tea'"):
            library.load("kidney-tea")

    def test_a_changed_file_is_read_again(self, tmp_path):
        path = write(tmp_path)
        assert library.load(path).minutes == 5
        changed(tmp_path, "minutes: 5", "minutes: 6")
        assert library.load(path).minutes == 6

    def test_json_schema_knows_what_the_reader_knows(self, tmp_path):
        schema = library.json_schema()
        json.dumps(schema)
        fields = set(schema["properties"])
        assert {"id", "ask", "draw", "teacher"} <= fields
        assert schema["additionalProperties"] is False
        data, _ = library.read_yaml(TEXT, "test")
        assert set(data) <= fields
        assert set(data["ask"][0]) <= set(schema["$defs"]["Question"]["properties"])
