"""Records on this computer: kept whole, found again, and none lost for another."""

from datetime import UTC, datetime

import pytest

from mrtlab import record
from mrtlab.apps.record import store
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord, Person

DOCTOR = Person("Dr Ada Example", "MD")


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path))
    return tmp_path


def begun(pseudonym="case-07"):
    day = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
    return DosimetryRecord.begin(pseudonym, "radioiodine", "I-131", "NaI capsule", at=day)


def test_a_record_is_found_again():
    one = begun().declare_intent(DOCTOR, "Graves' disease", "ablative", ["thyroid"])
    path = store.keep(one)
    assert path.parent == store.folder()
    ((found, title),) = store.kept()
    assert found == path
    assert "case-07" in title
    assert store.load(path) == one


def test_a_step_more_takes_its_place_and_another_record_does_not():
    one = begun()
    path = store.keep(one)
    later = one.declare_intent(DOCTOR, "Graves' disease", "ablative", ["thyroid"])
    assert store.keep(later) == path
    assert store.keep(later) == path
    assert store.keep(begun()) != path
    assert store.load(path) == later
    assert len(store.kept()) == 2


def test_steps_that_would_be_lost_are_refused_and_stay():
    one = begun()
    mine = one.declare_intent(DOCTOR, "Graves' disease", "ablative", ["thyroid"])
    path = store.keep(mine)
    with pytest.raises(InputError, match="does not continue it"):
        store.keep(one)
    with pytest.raises(InputError, match="does not continue it"):
        store.keep(one.declare_intent(DOCTOR, "toxic adenoma", "ablative", ["adenoma"]))
    assert store.load(path) == mine


def test_a_new_version_continues_the_old_one():
    one = begun().declare_intent(DOCTOR, "Graves' disease", "ablative", ["thyroid"])
    path = store.keep(one)
    new = one.revise(DOCTOR, "The thyroid is not all of it.", "intent")
    assert store.keep(new) == path
    assert store.load(path).previous == one
    with pytest.raises(InputError, match="version 2 of this record"):
        store.keep(one)


def test_a_spoilt_file_is_listed_and_never_replaced():
    one = begun()
    path = store.keep(one)
    path.write_text(record.to_json(one).replace("NaI capsule", "NaI solution"), encoding="utf-8", newline="\n")
    assert "changed outside" in store.kept()[0].title
    with pytest.raises(InputError, match="changed after it was written"):
        store.keep(one)
    assert "NaI solution" in path.read_text(encoding="utf-8")


def test_an_empty_folder():
    assert store.kept() == []
