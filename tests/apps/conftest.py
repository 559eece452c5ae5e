"""A learner and an exercise, for tests of the exercise pages."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from exercise_for_pages import GENERATE, YAML, again
from ipywidgets.widgets.widget import _instances

from mrtlab import _content
from mrtlab.learn import identity
from mrtlab.learn.library import load
from mrtlab.learn.variants import variant


@pytest.fixture(autouse=True)
def no_widgets_left():
    """A kernel keeps every widget until it is closed; here hundreds of pages would stay in memory."""
    before = set(_instances)
    yield
    for key in set(_instances) - before:
        if widget := _instances.get(key):
            widget.close()


@pytest.fixture
def own_data_folder(tmp_path, monkeypatch):
    """Nobody was here before."""
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def no_event_loop(monkeypatch):
    """Browser tests of the same process leave one running; without one nothing waits until inputs rest."""
    monkeypatch.setattr("mrtlab.apps.sections.view.event_loop", lambda: None)


@pytest.fixture
def in_a_loop():
    """Function: run a coroutine in an event loop of its own; browser tests leave one running in this thread."""

    def run(work) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, work).result()

    return run


@pytest.fixture
def unpainted(monkeypatch):
    """Figures are drawn, but not made into pictures, which takes most of the time."""
    monkeypatch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A learner's own data folder, and one exercise with every kind of question."""
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))
    for name in ("QUERY_STRING", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "exercises"
    folder = root / "testing" / "every-kind"
    folder.mkdir(parents=True)
    (folder / "exercise.yaml").write_text(YAML, encoding="utf-8")
    (folder / "generate.py").write_text(GENERATE, encoding="utf-8")
    shipped = _content.folder
    monkeypatch.setattr(_content, "folder", lambda name: root if name == "exercises" else shipped(name))
    return root


@pytest.fixture
def who(folders):
    return identity.choose("quiet-heron-42")


@pytest.fixture
def work(who):
    return again(who)


@pytest.fixture
def predicted(work):
    assert work.submit("guess", {"choice": "less"})
    return work


@pytest.fixture
def start(who):
    """The right answer to the question for a number."""
    return variant(load("every-kind"), who.learner).expected["start"].value.value
