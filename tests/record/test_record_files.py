"""Records on the disk: the round trip, every change found, versions kept."""

import copy
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mrtlab import record as records
from mrtlab.errors import InputError
from mrtlab.record import checks


def leaves(node, path=()):
    """Every place of a JSON tree that holds a value."""
    if isinstance(node, dict):
        for name, item in node.items():
            yield from leaves(item, (*path, name))
    elif isinstance(node, list):
        for place, item in enumerate(node):
            yield from leaves(item, (*path, place))
    else:
        yield path, node


def containers(node, path=()):
    """Every object and list of a JSON tree."""
    if isinstance(node, (dict, list)):
        yield path, node
        for name, item in node.items() if isinstance(node, dict) else enumerate(node):
            yield from containers(item, (*path, name))


def at(tree, path):
    for name in path:
        tree = tree[name]
    return tree


def other(value):
    """Another value of the same type, as like as can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return math.nextafter(value, math.inf)
    if value is None:
        return "something that was not there"
    if len(value) == 64 or len(value) == 32:
        return ("0" if value[0] != "0" else "1") + value[1:]
    return value[:-1] + ("x" if value[-1] != "x" else "y")


def rechained(tree):
    """The hashes computed anew, as somebody would who knows how."""
    if tree["previous"] is not None:
        tree["header"]["previous_sha256"] = tree["previous"]["sha256"]
    before = checks.digest(tree["header"])
    for step in tree["steps"]:
        said = {name: item for name, item in step.items() if name != "sha256"}
        before = step["sha256"] = checks.digest({**said, "before": before})
    tree["sha256"] = before
    return tree


@pytest.mark.parametrize("kind", ["intent", "prescription", "administration", "verification", "final"])
def test_round_trip(case, tmp_path, kind):
    record = case.until(kind)
    path = tmp_path / "record.json"
    records.write(record, path)
    again = records.read(path)
    assert again == record
    assert again.sha256 == record.sha256
    assert records.to_json(again) == path.read_text(encoding="utf-8")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["record.json"]


def test_other_endings_come_back(case):
    waived = case.waive(case.until("administration"))
    ending = case.decide(case.until("options"), decision="do not treat")
    for record in (case.begin(), waived, case.sign(ending, case.DOCTOR)):
        assert records.from_json(records.to_json(record)) == record


def test_a_record_read_goes_on(case):
    record = records.from_json(records.to_json(case.until("plan")))
    assert case.verify(case.administer(record)).verified
    with pytest.raises(InputError, match=r"it is the turn of the"):
        case.verify(record)


class TestTampering:
    def tree(self, case):
        record = case.until("final")
        record = record.revise(
            case.PHYSICIST, "The residual was entered wrongly.", "administration", at=case.later(record)
        )
        record = case.verify(case.administer(record, residual_mbq=2.5))
        record = case.sign(case.sign(record, case.DOCTOR), case.PHYSICIST)
        return json.loads(records.to_json(record))

    def test_every_value_of_every_field(self, case):
        tree = self.tree(case)
        records.from_json(json.dumps(tree))
        checked = 0
        for path, value in leaves(tree):
            broken = copy.deepcopy(tree)
            at(broken, path[:-1])[path[-1]] = other(value)
            with pytest.raises(InputError):
                records.from_json(json.dumps(broken))
            checked += 1
        assert checked > 250

    def test_every_field_left_out_added_or_put_elsewhere(self, case):
        tree = self.tree(case)
        for path, node in containers(tree):
            for name in list(node) if isinstance(node, dict) else range(len(node)):
                broken = copy.deepcopy(tree)
                del at(broken, path)[name]
                with pytest.raises(InputError):
                    records.from_json(json.dumps(broken))
            broken = copy.deepcopy(tree)
            if isinstance(node, dict):
                at(broken, path)["added"] = 1
            else:
                at(broken, path).append(copy.deepcopy(node[-1]) if node else 1)
            with pytest.raises(InputError):
                records.from_json(json.dumps(broken))
            if isinstance(node, list) and len(node) > 1:
                broken = copy.deepcopy(tree)
                at(broken, path).reverse()
                with pytest.raises(InputError):
                    records.from_json(json.dumps(broken))

    @given(data=st.data())
    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_other_value(self, case, data):
        tree = json.loads(records.to_json(case.until("final")))
        path, value = data.draw(st.sampled_from(list(leaves(tree))))
        new = data.draw(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
            | st.just([]) | st.just({})
        )  # fmt: skip
        if new == value and isinstance(new, bool) == isinstance(value, bool):
            return
        at(tree, path[:-1])[path[-1]] = new
        with pytest.raises(InputError):
            records.from_json(json.dumps(tree))

    def test_the_message_names_the_step(self, case):
        tree = json.loads(records.to_json(case.until("final")))
        tree["steps"][4]["content"]["regions"][0]["median_gy"] = 210.0
        with pytest.raises(InputError, match=r"changed after it was written: step 5 \(fix the plan"):
            records.from_json(json.dumps(tree))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda tree: tree["steps"][1].update(role="MD"), "is for the medical physics expert"),
            (lambda tree: tree["steps"].pop(3), "it is not yet, or no longer, time"),
            (lambda tree: tree["steps"][5].update(name="Dr Ada Example"), "cannot act as"),
            (lambda tree: tree["steps"][4].update(at="2026-01-01T00:00:00+00:00"), "before the one it follows"),
            (lambda tree: tree["steps"][6]["content"]["regions"][0].update(z=-0.1), "on thyroid does not follow"),
            (lambda tree: tree["steps"][6]["content"]["regions"][0].update(dose_gy=250.0), "does not follow"),
            (lambda tree: tree["steps"][4]["content"]["regions"][0].update(median_gy=210.0), "does not follow"),
            (lambda tree: tree["steps"][5]["content"].update(stimulation="rhTSH"), "STIMULATION_MISMATCH"),
            (lambda tree: tree["steps"][5]["content"].update(route="iv"), "under another text than this record's"),
            (lambda tree: tree["header"].update(pseudonym="p-1961-03-12"), "date of birth"),
            (lambda tree: tree["header"].update(version=2), "version before is not the one it names"),
        ],
    )  # fmt: skip
    def test_hashes_made_anew_do_not_help_what_is_inconsistent(self, case, change, message):
        tree = json.loads(records.to_json(case.until("final")))
        change(tree)
        with pytest.raises(InputError, match=message):
            records.from_json(json.dumps(rechained(tree)))

    def test_a_new_version_cannot_bring_another_plan(self, case):
        """The range of a record that was revised is compared with that of the version it keeps."""
        record = case.until("final")
        record = record.revise(case.PHYSICIST, "The residual was wrong.", "administration", at=case.later(record))
        tree = json.loads(records.to_json(record))
        tree["steps"][4]["content"]["regions"][0]["median_gy"] = 210.0
        with pytest.raises(InputError, match=r"version 2 does not begin as the one before it"):
            records.from_json(json.dumps(rechained(tree)))
        for change, message in (
            (lambda tree: tree["header"].update(cycle=2), "version 2 is of another record: cycle"),
            (lambda tree: tree["header"].update(version=3), "version 3 is of another record: its number"),
            (lambda tree: tree["steps"].pop(), "does not say why it was made"),
            (lambda tree: tree["steps"][-1]["content"].update(back_to="plan"), "has been administered"),
        ):
            tree = json.loads(records.to_json(record))
            change(tree)
            with pytest.raises(InputError, match=message):
                records.from_json(json.dumps(rechained(tree)))


class TestStrict:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is not JSON, or was cut off"), ("[]", "no dosimetry record"),
            ("{}", "header.schema_version is missing"),
            ('{"header": {"schema_version": 2}}', "schema_version is 2; this mrtlab reads version 1"),
            ('{"header": {"schema_version": true}}', "schema_version is True"),
            ('{"header": {"schema_version": 1}}', "does not have the right form"), ("[" * 100_000, "not JSON"),
            ('{"header": NaN}', "NaN, which is no number"), ('{"a": 1, "a": 2}', "'a' twice"),
            (b"\xff\xfe", "is not UTF-8 text"),
        ],
        ids=range(10),
    )  # fmt: skip
    def test_refused(self, text, message):
        with pytest.raises(InputError, match=message):
            records.from_json(text)

    def test_numbers_that_are_none(self, case):
        text = records.to_json(case.until("administration")).replace('"gsd": 1.', '"gsd": 1e999, "x": 1.')
        with pytest.raises(InputError):
            records.from_json(text)
        with pytest.raises(InputError, match=r"Infinity, which is no number"):
            records.from_json(records.to_json(case.until("plan")).replace("450.0", "Infinity"))

    def test_cut_anywhere(self, case):
        text = records.to_json(case.until("plan"))
        for end in range(0, len(text.rstrip()), 97):
            with pytest.raises(InputError):
                records.from_json(text[:end])

    def test_files_that_cannot_be_read(self, tmp_path, monkeypatch):
        with pytest.raises(InputError, match=r"none.json cannot be read"):
            records.read(tmp_path / "none.json")
        (tmp_path / "big.json").write_bytes(b" " * 5_000_001)
        with pytest.raises(InputError, match=r"more than 5 MB"):
            records.read(tmp_path / "big.json")

    def test_models_refuse_what_is_not_finite(self):
        from mrtlab.record.form import Quantity

        with pytest.raises(ValidationError):
            Quantity(value=math.nan, u=None)


class TestWriting:
    def test_a_record_replaces_its_own_beginning(self, case, tmp_path):
        path = tmp_path / "r.json"
        record = case.until("plan")
        records.write(record, path)
        further = case.administer(record)
        records.write(further, path)
        assert records.read(path) == further

    def test_what_would_be_lost_stays(self, case, tmp_path):
        path = tmp_path / "r.json"
        record = case.until("plan")
        records.write(case.administer(record), path)
        kept = path.read_bytes()
        for one in (record, case.until("final")):
            with pytest.raises(InputError, match=r"holds another record, or steps that this one does not have"):
                records.write(one, path)
        path.write_bytes(kept[:-40])
        with pytest.raises(InputError, match=r"not written: r.json: the record is not JSON"):
            records.write(record, path)

    def test_nothing_half_written(self, case, tmp_path, monkeypatch):
        def fail(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", fail)
        with pytest.raises(InputError, match=r"cannot be written: No space left"):
            records.write(case.until("plan"), tmp_path / "r.json")
        assert list(tmp_path.iterdir()) == []


class TestVersions:
    def test_the_old_one_is_kept_and_its_signatures_stay_with_it(self, case, tmp_path):
        old = case.until("final")
        new = old.revise(case.PHYSICIST, "The residual was entered wrongly.", "administration", at=case.later(old))
        assert (new.header.version, new.header.previous_sha256) == (2, old.sha256)
        assert (new.previous, new.signatures, new.final) == (old, (), False)
        assert new.header.record_id == old.header.record_id
        assert new.plan == old.plan
        assert (old.final, old.header.version) == (True, 1)
        done = case.verify(case.administer(new, residual_mbq=2.5))
        done = case.sign(case.sign(done, case.PHYSICIST), case.DOCTOR)
        path = tmp_path / "r.json"
        records.write(old, path)
        records.write(done, path)
        again = records.read(path)
        assert again == done
        assert again.previous.administration.residual_mbq.value == 1.5
        assert again.administration.residual_mbq.value == 2.5

    def test_versions_of_versions(self, case):
        record = case.until("final")
        for back_to in ("signature", "verification", "administration", "administration"):
            record = record.revise(case.DOCTOR, "Something was not right.", back_to, at=case.later(record))
            if back_to == "administration":
                record = case.administer(record)
            if back_to != "signature":
                record = case.verify(record)
            record = case.sign(case.sign(record, case.PHYSICIST), case.DOCTOR)
            assert records.from_json(records.to_json(record)) == record
        assert record.header.version == 5
        assert record.previous.previous.previous.previous.previous is None

    def test_a_waiver_may_give_way_to_a_verification(self, case):
        record = case.waive(case.until("administration"))
        record = record.revise(case.PHYSICIST, "The patient came after all.", "verification", at=case.later(record))
        assert case.verify(record).verified
        assert records.from_json(records.to_json(case.verify(record))).verified

    def test_an_ending_may_be_reconsidered(self, case):
        record = case.decide(case.until("options"), decision="do not treat")
        record = case.sign(case.sign(record, case.DOCTOR), case.PHYSICIST)
        again = record.revise(case.DOCTOR, "The patient asks for it.", "decision", at=case.later(record))
        assert case.prescribe(case.decide(again)).ending is None

    def test_refused(self, case):
        record = case.until("verification")
        with pytest.raises(InputError, match=r"back_to is 'signature', a step that was not taken; taken were: intent"):
            record.revise(case.DOCTOR, "Something was not right.", "signature")
        with pytest.raises(InputError, match=r"revision: reason .*at least 10 letters"):
            record.revise(case.DOCTOR, "oops", "verification")
        with pytest.raises(InputError, match=r"revision: back_to"):
            record.revise(case.DOCTOR, "Something was not right.", "everything")
        with pytest.raises(InputError, match=r"before the one it follows"):
            record.revise(case.DOCTOR, "Something was not right.", "verification", at=case.START)
