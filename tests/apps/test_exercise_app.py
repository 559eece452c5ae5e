"""The exercise pages without a browser: where one comes from, what is kept, what is said to an answer."""

from __future__ import annotations

import errno
import os
import re

import ipywidgets as widgets
import pytest
from exercise_for_pages import again, below, finish, html, pack, press

from mrtlab import InputError, _userdata
from mrtlab.apps import exercise
from mrtlab.apps.controls import Card, Flag, UploadedFile
from mrtlab.apps.exercise import view
from mrtlab.apps.exercise._widgets import Commit
from mrtlab.apps.exercise.address import in_dashboard, wanted
from mrtlab.apps.exercise.catalogue import listing
from mrtlab.learn import identity

pytestmark = pytest.mark.usefixtures("folders")


class TestAddress:
    @pytest.mark.parametrize(
        ("query", "id"),
        [
            ("exercise=kidney-tia", "kidney-tia"),
            ("a=1&exercise=x%2Fy", "x/y"),
            ("exercise=", ""),
            ("", ""),
            ("exercise=one&exercise=two", "one"),
        ],
    )
    def test_what_is_asked_for(self, query, id):
        assert wanted({"QUERY_STRING": query}) == id

    def test_without_a_server_there_is_none(self):
        assert wanted({}) == ""
        assert not in_dashboard({})
        assert in_dashboard({"SERVER_SOFTWARE": "voila/0.5.13"})

    @pytest.mark.parametrize("bad", ["../../etc/passwd", "no-such", "<script>alert(1)</script>", "kidney-tia%00", "."])
    def test_an_unknown_one_gets_the_list_and_a_word(self, monkeypatch, who, bad):
        monkeypatch.setenv("QUERY_STRING", f"exercise={bad}")
        page = exercise.page().page
        assert any("There is no exercise" in flag.text for flag in below(page, Flag))
        assert "<script>" not in html(page)
        assert "Every kind" in html(page)

    def test_in_a_cell_it_is_an_error(self):
        with pytest.raises(InputError, match="no exercise 'no-such'; there are: every-kind"):
            exercise.page("no-such")


class TestListing:
    def test_how_far_i_am(self, who, start):
        assert [entry.standing for entry in listing(None).entries] == ["not started"]
        work = again(who)
        work.open()
        assert listing(who).find("every-kind").standing == "not started"
        work.submit("guess", {"choice": "less"})
        work.submit("start", {"value": "1"})
        assert listing(who).find("every-kind").standing == "2 of 6 answered"
        finish(work, start)
        assert listing(who).find("every-kind").standing == "✓ done"
        assert listing(identity.Identity("other-1")).find("every-kind").standing == "not started"

    def test_a_broken_file_hides_nobody_else(self, folders, who):
        broken = folders / "testing" / "bro-ken" / "exercise.yaml"
        broken.parent.mkdir()
        broken.write_text("id: bro-ken\nversion: one\n", encoding="utf-8")
        there = listing(who)
        assert [entry.id for entry in there.entries] == ["every-kind"]
        assert "bro-ken/exercise.yaml" in there.problems[0]
        assert "bro-ken/exercise.yaml" in there.missing("bro-ken")
        assert "Exercises that cannot be used" in [
            box.children[0].text for box in below(exercise.page(), widgets.VBox) if hasattr(box, "opened")
        ]

    def test_links_only_where_they_lead_somewhere(self, who, monkeypatch):
        page = exercise.page().page
        assert "href" not in html(page)
        press(page, "Open")
        monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
        assert 'href="?exercise=every-kind"' in html(exercise.page().page)

    def test_opened_in_place_and_back(self, who):
        place = exercise.page()
        press(place, "Open")
        assert below(place, Card)
        press(place, "All exercises")
        assert not below(place, Card)


class TestWho:
    def test_asked_once(self):
        place = exercise.page("every-kind")
        assert "Start" in [button.text for button in below(place, Commit)]
        assert not any("every" in card.children[0].title.lower() for card in below(place, Card))
        press(place, "Start")
        learner = identity.current().learner
        assert f"You are {learner}" in html(place)
        assert f"You are {learner}" in html(exercise.page("every-kind"))

    def test_a_name_is_refused_beside_the_button(self):
        place = exercise.page()
        (field,) = [one for one in below(place, widgets.Widget) if getattr(one, "label", "") == "Pseudonym"]
        field.value = "john.smith@example.org"
        press(place, "Start")
        assert any("looks like" in flag.text for flag in below(place, Flag))
        assert identity.current() is None

    def test_a_course_pack_is_opened_left_and_entered_again(self, who):
        place = exercise.page()
        upload = below(place, type(place))  # the place itself
        assert upload == [place]
        self.upload(place, pack("practice"))
        assert identity.current().course == "Lund 2027"
        assert "(your course)" in html(place)
        press(place, "Leave the course")
        assert identity.current() == who
        press(place, "Switch")
        assert identity.current().course == "Lund 2027"

    def test_a_wrong_file_is_told_and_changes_nothing(self, who):
        place = exercise.page()
        self.upload(place, b"not a pack")
        assert "course pack" in place.page.errors.messages[0]
        assert identity.current() == who

    @staticmethod
    def upload(place, content):
        (upload,) = [one for one in below(place, widgets.Widget) if getattr(one, "accept", "") == ".json"]
        upload.file = UploadedFile("pack.json", content)


class TestAnswering:
    def test_slip_then_right(self, predicted, start):
        predicted.submit("start", {"value": str(3 * start)})
        said = predicted.said("start")
        assert (said.kind, said.text) == ("flag", "Three times is too often.")
        assert said.about == f"Attempt 1: {3 * start:g} MBq"
        predicted.submit("start", {"value": f"{start:g}".replace(".", ",")})
        said = predicted.said("start")
        assert said.kind == "right"
        assert said.about.startswith("Attempt 2")
        assert re.fullmatch(r"2 attempts · saved \d\d:\d\d ✓", predicted.status.replace("3 att", "2 att"))

    def test_nothing_and_what_cannot_be_read_do_not_count(self, predicted):
        predicted.submit("start", {"value": ""})
        assert predicted.said("start").text == "Nothing is entered yet."
        predicted.submit("start", {"value": "1.234,5"})
        assert "could not be read" in predicted.said("start").text
        assert predicted.session.progress["start"].attempts == 0

    def test_answers_come_after_the_prediction(self, work):
        assert not work.submit("start", {"value": "1"})
        assert "prediction first" in work.said("start").text

    def test_a_prediction_made_in_another_window_stays(self, work, who):
        other = again(who)
        work.submit("guess", {"choice": "less"})
        assert not other.submit("guess", {"choice": "more"})
        assert "already kept" in other.said("guess").text
        assert other.session.raw("guess") == {"choice": "less"}
        other.submit("pick_point", {"point": 0})
        assert other.said("guess").kind == "note"

    def test_what_is_typed_is_kept_until_it_is_handed_in(self, predicted, who, start):
        predicted.type("start", {"value": "58,"})
        assert again(who).raw("start") == {"value": "58,"}
        predicted.submit("start", {"value": "58"})
        assert again(who).raw("start") == {"value": "58"}
        predicted.type("start", {"value": ""})
        assert predicted.raw("start") == {}
        assert again(who).raw("start") == {}

    @pytest.mark.parametrize(
        "content", ["{", "[]", '{"drafts": [1], "tags": 5}', '{"drafts": {"start": 1, "x": {"y": []}}}']
    )
    def test_damaged_drafts_are_no_drafts(self, predicted, who, content):
        predicted.type("start", {"value": "5"})
        (path,) = (_userdata.folder() / "pages").glob("exercise-every-kind-*.json")
        path.write_text(content, encoding="utf-8")
        assert again(who).raw("start") == {}

    def test_two_windows_see_each_other_at_the_next_action(self, predicted, who, start):
        other = again(who)
        predicted.submit("start", {"value": str(start)})
        other.type("say", {"text": "half a sentence"})
        assert other.said("start") is None
        other.submit("pick_point", {"point": 0})
        assert other.said("start").kind == "right"
        assert other.raw("say") == {"text": "half a sentence"}
        predicted.type("pick_place", {"x": 1.0, "y": 2.0})
        assert again(who).raw("say") == {"text": "half a sentence"}, "one window wiped out the other's draft"


class TestNotSaved:
    @pytest.fixture
    def full(self, monkeypatch):
        """A disk that fills up at the next write; the function makes room."""
        with monkeypatch.context() as patch:

            def fsync(handle):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            patch.setattr(os, "fsync", fsync)
            yield patch.undo

    def test_no_verdict_and_the_reason(self, predicted, who, start, full):
        assert not predicted.submit("start", {"value": str(start)})
        said = predicted.said("start")
        assert said.kind == "flag"
        assert "Not saved, so there is no verdict" in said.text
        assert os.strerror(errno.ENOSPC) in said.text
        assert predicted.status == "not saved"
        assert again(who).said("start") is None, "a verdict was kept that was never told"
        full()
        assert predicted.submit("start", {"value": str(start)})
        assert predicted.said("start").kind == "right"
        assert "saved" in predicted.status
        assert "not" not in predicted.status

    def test_the_page_stands_and_shows_no_verdict(self, predicted, start, full):
        page = view.exercise_page(predicted)
        assert page.status == "not saved"
        assert "not saved" in page.errors.messages[0]
        predicted.submit("start", {"value": str(start)})
        assert "mrt-right-answer" not in html(page)
        assert "Not saved, so there is no verdict" in html(page)

    def test_an_answer_on_the_disk_is_judged_though_its_draft_cannot_be_dropped(self, predicted, start, monkeypatch):
        predicted.type("start", {"value": str(start)})

        def save(page, state):
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(_userdata, "save", save)
        assert predicted.submit("start", {"value": str(start)})
        assert predicted.said("start").kind == "right"

    def test_a_reflection_stays_in_its_field(self, predicted, start, monkeypatch):
        finish(predicted, start)
        page = view.exercise_page(predicted)
        field = next(one for one in below(page, widgets.Widget) if getattr(one, "label", "") == "What did I learn?")
        field.value = "to wait"
        with monkeypatch.context() as patch:
            patch.setattr(predicted.session.logbook, "append", _refuse)
            press(page, "Save what I wrote")
        assert field.value == "to wait"
        assert any("Not saved" in flag.text for flag in below(page, Flag))
        press(page, "Save what I wrote")
        assert field.value == ""
        assert "to wait" in html(page)


def _refuse(event):
    raise InputError("not saved: no room")


class TestCommit:
    def test_it_hears_nothing_before_the_last_change_has_arrived(self):
        heard, sent = [], []
        button = Commit("Save", on_click=heard.append)
        button.send = lambda content, buffers=None: sent.append(content["event"])
        button._received({"event": "ask"}, [])
        assert (heard, sent) == ([], ["settle"])
        button._received({"event": "go"}, [])
        assert heard == [button]
        assert sent == ["settle", "done"]

    def test_it_lets_go_after_a_failure(self):
        sent = []
        button = Commit("Save", on_click=lambda _: 1 / 0)
        button.send = lambda content, buffers=None: sent.append(content["event"])
        with pytest.raises(ZeroDivisionError):
            button._received({"event": "go"}, [])
        assert sent == ["done"]
