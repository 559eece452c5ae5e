"""``mrtlab verify``: what it prints, and that a wrong number cannot hide in it."""

from dataclasses import replace

import pytest

from mrtlab import known_answers
from mrtlab.cli import main
from mrtlab.known_answers.entry import KINDS


def test_all_known_answers_come_out():
    missed = [f"{one.entry.key}: {one.got} {one.problem}" for one in known_answers.run() if not one.passed]
    assert missed == []


def test_there_are_enough_and_each_says_where_it_comes_from():
    entries = known_answers.ENTRIES
    assert len(entries) >= 60
    assert len({entry.key for entry in entries}) == len(entries)
    assert all(entry.source and entry.what and entry.kind in KINDS and 0 < entry.tolerance <= 0.03 for entry in entries)
    assert sum(entry.kind == "published" for entry in entries) >= 15


@pytest.mark.parametrize("entry", known_answers.ENTRIES, ids=lambda entry: entry.key)
def test_a_number_off_by_twice_the_tolerance_is_missed(entry):
    got = entry.check().got
    shifted = replace(entry, expected=got + 2 * entry.tolerance * (abs(got) or 1))
    assert not shifted.check().passed


def test_a_failing_entry_is_a_miss_with_its_reason():
    outcome = replace(known_answers.ENTRIES[0], compute=lambda: 1 / 0).check()
    assert not outcome.passed
    assert "ZeroDivisionError" in outcome.problem


def test_the_command_prints_a_table(capsys):
    assert main(["verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 62
    assert "expected" in lines[0]
    assert lines[-1] == f"{len(known_answers.ENTRIES)} of {len(known_answers.ENTRIES)} known answers"


def test_the_command_fails_on_a_miss(capsys, monkeypatch):
    wrong = replace(known_answers.ENTRIES[0], expected=1.0)
    monkeypatch.setattr(known_answers, "ENTRIES", (wrong, *known_answers.ENTRIES[1:3]))
    assert main(["verify"]) == 1
    out = capsys.readouterr().out
    assert "MISSED" in out
    assert "2 of 3" in out
