"""What a failing call-back does: a plain message in the page, a traceback in the log, and never silence."""

from __future__ import annotations

import logging

import pytest

from mrtlab import InputError
from mrtlab.apps.controls import Button, CheckRows, Details, Group, NumberField, Page, Row, Section, guard
from mrtlab.apps.controls import _guard as guard_module


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A log file of this test's own."""
    monkeypatch.setattr(guard_module.platformdirs, "user_log_dir", lambda *_, **__: str(tmp_path / "logs"))
    logger = logging.getLogger("mrtlab")
    before = list(logger.handlers)
    logger.handlers = []
    yield tmp_path / "logs" / "mrtlab.log"
    for handler in logger.handlers:
        handler.close()
    logger.handlers = before


def test_guard_shows_an_input_error_in_its_own_words(log):
    page = Page("t")
    with guard(page):
        raise InputError("mass must be above 0, got -1")
    assert page.errors.messages == ("mass must be above 0, got -1",)
    assert not page.errors.unexpected
    assert not log.exists()


def test_guard_logs_anything_else_and_shows_no_traceback(log):
    page = Page("t")

    @guard(page)
    def call_back(change):
        return {}["no such <key>"]

    call_back(None)
    assert page.errors.unexpected
    assert page.errors.messages == (guard_module.UNEXPECTED,)
    assert "no such" not in page.errors.html
    assert "KeyError: 'no such <key>'" in log.read_text(encoding="utf-8")
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_success_takes_back_only_its_own_message(log):
    page, fail = Page("t"), {"one": True, "two": True}

    @guard(page)
    def one():
        if fail["one"]:
            raise InputError("one")
        return 1

    @guard(page)
    def two():
        if fail["two"]:
            raise InputError("two")

    one()
    two()
    assert page.errors.messages == ("one", "two")
    fail["one"] = False
    assert one() == 1
    assert page.errors.messages == ("two",)


def test_same_words_from_two_guards_are_shown_once(log):
    page = Page("t")
    for _ in range(2):
        with guard(page):
            raise InputError("a <b>")
    assert page.errors.html == "<p>a &lt;b&gt;</p>"


def test_guard_lets_an_interrupt_through():
    with pytest.raises(KeyboardInterrupt), guard(Page("t")):
        raise KeyboardInterrupt


def test_no_log_folder_is_no_failure(tmp_path, monkeypatch, log):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(guard_module.platformdirs, "user_log_dir", lambda *_, **__: str(tmp_path / "file" / "logs"))
    page = Page("t")
    with guard(page):
        raise RuntimeError
    assert page.errors.unexpected


def test_an_observer_that_fails_unguarded_reaches_the_page(log):
    field, rows = NumberField("Mass", "g"), CheckRows("P", ("h",), [("1",)])
    button = Button("Go", on_click=lambda _: 1 / 0)
    page = Page("t", [Section("q", [Group("g", [field, Row([button])])], None, [Details("d", [rows])])])
    field.observe(lambda _: 1 / 0, "value")
    field.set_state({"text": "5"})
    assert page.errors.unexpected
    field.unobserve_all("value")
    field.set_state({"text": "6"})
    assert not page.errors.unexpected
    button._handle_custom_msg({"event": "click"}, [])
    assert page.errors.unexpected
    page.errors.clear()
    rows.observe(lambda _: (_ for _ in ()).throw(InputError("no point is left")), "value")
    rows.set_state({"value": [False]})
    assert page.errors.messages == ("no point is left",)


def test_controls_added_later_report_to_the_page_too(log):
    row = Row([])
    page = Page("t", [Section("q", [row])])
    row.children = (Button("Go", on_click=lambda _: 1 / 0),)
    row.children[0].click()
    assert page.errors.unexpected


def test_without_a_page_exceptions_are_pythons():
    with pytest.raises(ZeroDivisionError):
        Button("Go", on_click=lambda _: 1 / 0).click()
