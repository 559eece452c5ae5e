"""``mrtlab remark``: a table of verdicts, and an exit status that says whether to believe the file."""

from __future__ import annotations

import json

import pytest
import typer

from mrtlab.cli.remark import remark
from mrtlab.errors import InputError
from mrtlab.learn import course, evidence
from mrtlab.learn.audit import typed
from mrtlab.learn.identity import Identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session
from mrtlab.learn.variants import variant

LEARNER = "quiet-heron-42"


@pytest.fixture
def run(capsys):
    """The command with its arguments: exit status and what it printed."""
    app = typer.Typer(rich_markup_mode=None)
    app.command()(remark)

    def start(*arguments: object) -> tuple[int, str]:
        status = app([str(one) for one in arguments], standalone_mode=False)
        return status, capsys.readouterr().out

    return start


@pytest.fixture
def file(tmp_path):
    made = variant(load("kidney-tia"), LEARNER)
    session = Session("kidney-tia", Identity(LEARNER), Logbook(tmp_path / "logbook.jsonl"))
    session.submit("half_life", {"value": "1"})
    session.submit("half_life", typed(made.expected["half_life"]))
    return evidence.write(evidence.build(session.identity, session.logbook), tmp_path / "a.mrt.json")


def test_all_the_same(run, file):
    status, out = run(file)
    assert status == 0
    lines = out.splitlines()
    assert lines[-1] == "2 of 2 verdicts the same"
    assert "outside" in lines[2]
    assert lines[3].split()[:3] == ["ok", "kidney-tia", "half_life"]


def test_a_forged_verdict(run, file):
    found = json.loads(file.read_text(encoding="utf-8"))
    found["exercises"][0]["events"][0]["outcome"] = "right"
    file.write_text(json.dumps(evidence.seal(found)), encoding="utf-8")
    status, out = run(file)
    assert status == 1
    assert "DIFFERS" in out
    assert out.splitlines()[-1] == "1 of 2 verdicts the same"


def test_a_file_that_cannot_be_used(run, file):
    file.write_text(file.read_text(encoding="utf-8").replace('"outside"', '"right"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.mrt\.json: sha256"):  # exit status 2
        run(file)


def test_an_assessment_needs_the_key_of_its_course(run, tmp_path):
    made = course.create(tmp_path / "lund", "Lund 2027", n=1, exercises=["kidney-tia"], assessment=True)
    (pack,) = (tmp_path / "lund").rglob("pack.json")
    content = json.loads(pack.read_text(encoding="utf-8"))
    identity = Identity(content["learner"], content["course"], content["mode"], content)
    session = Session("kidney-tia", identity, Logbook(tmp_path / "logbook.jsonl"))
    expected = variant(load("kidney-tia"), identity.learner, identity.course, made.key).expected
    session.submit("tia", typed(expected["tia"]))
    file = evidence.write(evidence.build(identity, session.logbook), tmp_path / "b.mrt.json")

    status, out = run(file)
    assert status == 1
    assert "need the educator's key" in out
    assert "right" not in out
    (key,) = (tmp_path / "lund").rglob(course.KEY_FILE)
    status, out = run(file, "--key", key)
    assert status == 0
    assert "right" in out

    course.create(tmp_path / "oslo", "Oslo 2027", n=1, exercises=["kidney-tia"], assessment=True)
    (other,) = (tmp_path / "oslo").rglob(course.KEY_FILE)
    with pytest.raises(InputError, match="Oslo 2027"):
        run(file, "--key", other)
