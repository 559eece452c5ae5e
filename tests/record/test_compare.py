"""Two copies of a record: which goes further, and by what."""

import pytest

from mrtlab import record
from mrtlab.errors import InputError


def test_a_copy_that_goes_on(case):
    own = case.until("decision")
    other = case.plan(case.prescribe(own))
    found = record.compare(own, other)
    assert found.relation == "ahead"
    assert [step.content.kind for step in found.steps] == ["prescription", "plan"]
    assert record.compare(other, own) == record.Comparison("behind")
    assert record.compare(own, own) == record.Comparison("same")


def test_a_new_version_shows_its_reason_and_what_follows_it(case):
    own = case.until("final")
    new = own.revise(case.PHYSICIST, "The wrong mass was entered.", "verification", at=case.later(own))
    new = case.verify(new)
    found = record.compare(own, new)
    assert found.relation == "ahead"
    assert [step.content.kind for step in found.steps] == ["revision", "verification"]
    assert record.versions(new) == (own, new)


def test_two_that_went_different_ways(case):
    start = case.until("options")
    treat, not_now = case.decide(start), case.decide(start, decision="do not treat")
    found = record.compare(treat, not_now)
    assert found.relation == "apart"
    assert [step.content.decision for step in found.steps] == ["do not treat"]


def test_another_record(case):
    assert record.compare(case.begin(), case.begin()).relation == "other"
    with pytest.raises(InputError, match="other must be a DosimetryRecord"):
        record.compare(case.begin(), case.DOCTOR)
