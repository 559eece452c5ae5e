"""Files of an exercise on its page: offered after the prediction, saved byte for byte."""

from __future__ import annotations

import json

import ipywidgets as widgets
import pytest
from exercise_for_pages import GENERATE, YAML, again, below, html, pack

from mrtlab.apps import exercise
from mrtlab.apps.controls import Download
from mrtlab.apps.exercise import view
from mrtlab.apps.exercise._widgets import Print
from mrtlab.learn import identity, variants
from mrtlab.learn.session import Session

CONTENT = bytes(range(256)) * 12
FILES = """\
files:
  - {name: scan-1.bin, caption: The **first** scan}
  - {name: note.txt, caption: A note with <b>}
"""


@pytest.fixture
def attached(folders):
    """The exercise of the pages, with two files."""
    folder = folders / "testing" / "every-kind"
    (folder / "exercise.yaml").write_text(YAML.replace("plot:", f"{FILES}plot:", 1), encoding="utf-8")
    more = '\n\ndef files(values, seed):\n    return {"scan-1.bin": bytes(range(256)) * 12, "note.txt": b"1"}\n'
    (folder / "generate.py").write_text(GENERATE + more, encoding="utf-8")
    return folder


@pytest.fixture
def mine(attached):
    return again(identity.choose("quiet-heron-42"))


def buttons(page) -> list[Download]:
    return [one for one in below(page, Download) if one.text.startswith("Save ")]


def saved(button, monkeypatch) -> list[bytes]:
    """What the browser gets when the button is pressed."""
    messages = []
    monkeypatch.setattr(Download, "send", lambda _, content, buffers=None: messages.append((content, buffers)))
    button._handle_custom_msg({"event": "download"}, [])
    ((_, buffers),) = messages
    return [bytes(one) for one in buffers]


def test_after_the_prediction_with_names_of_their_own(mine):
    assert not buttons(view.exercise_page(mine))
    mine.submit("guess", {"choice": "less"})
    page = view.exercise_page(mine)
    first, second = buttons(page)
    assert (first.text, second.text) == ("Save scan-1.bin (3 kB)", "Save note.txt (1 kB)")
    code = mine.session.sheet.code
    assert (first.filename, second.filename) == (f"every-kind-{code}-scan-1.bin", f"every-kind-{code}-note.txt")
    assert "The <strong>first</strong> scan" in html(page)
    assert "A note with &lt;b&gt;" in html(page)


def test_saved_byte_for_byte(mine, monkeypatch):
    mine.submit("guess", {"choice": "less"})
    first, second = buttons(view.exercise_page(mine))
    assert saved(first, monkeypatch) == [CONTENT]
    assert saved(second, monkeypatch) == [b"1"]


def test_content_waits_until_it_is_wanted(mine):
    """A page that is opened again and again does not carry its files each time."""
    mine.submit("guess", {"choice": "less"})
    page = view.exercise_page(mine)
    state = json.dumps([one.get_state() for one in below(page, widgets.Widget)], default=str)
    assert mine.session.sheet.files[0].packed not in state


def test_in_an_assessment_they_come_with_the_pack(attached, monkeypatch):
    work = exercise.Work(Session("every-kind", identity.open_pack(pack("assessment"))))
    monkeypatch.setattr(variants, "_generate", lambda path: pytest.fail("the educator's machine made them"))
    work.submit("guess", {"choice": "less"})
    assert saved(buttons(view.exercise_page(work))[0], monkeypatch) == [CONTENT]


def test_print_is_there_without_any_table(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path))
    work = exercise.Work(Session("net-activity", identity.choose("quiet-heron-42")))
    assert not work.session.sheet.tables
    assert work.submit("guess", {"choice": "seven"})
    assert len(below(view.exercise_page(work), Print)) == 1
