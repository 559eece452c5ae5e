"""Evidence: the same file again after a journey, nothing believed that can be computed, nothing in it run."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from exercise_for_tests import TEXT, write

from mrtlab import PURPOSE, _content
from mrtlab.errors import InputError
from mrtlab.learn import evidence as files
from mrtlab.learn.audit import typed
from mrtlab.learn.identity import Identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session
from mrtlab.learn.variants import variant

LEARNER = "quiet-heron-42"
KEY = b"k" * 32
REASON = "it has lost only a third of its activity"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Exercises of our own, found by their ids."""
    root = tmp_path / "exercises"
    write(root)
    write(root, TEXT.replace("id: left-over", "id: second-one"), "second-one")
    monkeypatch.setattr(_content, "folder", lambda name: root)
    return root


@pytest.fixture
def logbook(folder, tmp_path):
    return Logbook(tmp_path / "logbook.jsonl")


@pytest.fixture
def session(logbook):
    return Session("left-over", Identity(LEARNER), logbook)


@pytest.fixture
def answers(folder):
    """The right answers, as they are typed."""
    made = variant(load("left-over"), LEARNER)
    return {name: typed(expected) for name, expected in made.expected.items()}


@pytest.fixture
def slip(folder):
    """An answer that forgets the decay."""
    value = variant(load("left-over"), LEARNER).expected["left"].slips[0].value
    return {"value": f"{value:.6g}", "u": "10"}


@pytest.fixture
def worked(session, answers, slip):
    """Evidence of a learner who slips once, then gets it right, and gives up the decision."""
    session.open()
    session.submit("left", {"value": "much", "u": "1"})
    session.submit("left", slip)
    session.hint("left")
    session.submit("left", answers["left"])
    session.give_up("keep")
    session.submit("keep", {"choice": "use", "reason": REASON})
    session.reflect("learned", "Decay first.")
    return files.build(session.identity, session.logbook, tags={"left-over": ["MRTLAB:CAL-S"]})


def assessment(logbook, learner="calm-owl-11", course="Lund 2027"):
    made = variant(load("left-over"), learner, course, KEY)
    pack = {"exercises": [{"exercise": "left-over", "version": 1}], "sheets": [made.sheet.to_dict()]}
    return Session("left-over", Identity(learner, course, "assessment", pack), logbook), made


def changed(evidence, change):
    """A copy that somebody changed and gave a fitting hash."""
    copy = json.loads(json.dumps(evidence))
    change(copy)
    return json.dumps(files.seal(copy)).encode()


class TestFile:
    def test_comes_back_the_same(self, worked, tmp_path):
        path = files.write(worked, tmp_path / "new" / files.filename(worked))
        assert files.read(path) == worked
        assert files.read(path.read_bytes()) == worked
        assert path.name == "self-quiet-heron-42.mrt.json"

    def test_the_hash_is_of_all_but_itself(self, worked, tmp_path):
        whole = json.loads(files.write(worked, tmp_path / "a.json").read_text(encoding="utf-8"))
        stated = whole.pop("sha256")
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == stated

    def test_holds_what_was_done(self, worked, session):
        assert worked["purpose"] == PURPOSE
        assert "not of clinical competence" in worked["notice"]
        (entry,) = worked["exercises"]
        assert entry["tags"] == ["MRTLAB:CAL-S"]
        assert entry["events"] == session.events
        assert [one["event"] for one in entry["events"]] == [
            "open", "answer", "answer", "hint", "answer", "give_up", "answer", "reflection",
        ]  # fmt: skip
        assert entry["data"] == session.sheet.data_hash

    def test_all_exercises_of_the_course_and_no_other_learner(self, worked, session, logbook):
        Session("second-one", session.identity, logbook).open()
        Session("second-one", Identity("calm-owl-11"), logbook).open()
        Session("second-one", Identity(LEARNER, "Lund 2027"), logbook).open()
        built = files.build(session.identity, logbook)
        assert [one["exercise"] for one in built["exercises"]] == ["left-over", "second-one"]
        assert len(built["exercises"][1]["events"]) == 1

    def test_half_an_emoji_is_no_reason_to_lose_the_rest(self, session):
        session.reflect("learned", "good \ud83d")
        built = files.build(session.identity, session.logbook)
        assert built["exercises"][0]["events"][0]["text"] == "good \ufffd"

    def test_nothing_done_is_no_evidence(self, session):
        with pytest.raises(InputError, match="nothing yet"):
            files.build(session.identity, session.logbook)

    def test_a_tag_must_be_of_the_exercise(self, worked, session):
        with pytest.raises(InputError, match="NSHCS:other"):
            files.build(session.identity, session.logbook, tags={"left-over": ["NSHCS:other"]})

    @pytest.mark.parametrize(
        ("course", "name"),
        [("Lund 2027", "lund-2027"), ("../..\\x: <é>", "x-e"), ("Київ", "course"), ("a" * 80, "a" * 40)],
    )
    def test_names_hold_on_windows(self, course, name):
        assert files.filename({"course": course, "learner": "Calm-Owl-11"}) == f"{name}-calm-owl-11.mrt.json"

    def test_a_folder_that_cannot_be_written(self, worked, tmp_path):
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(InputError, match="not saved"):
            files.write(worked, tmp_path / "file" / "a.json")


def first(evidence):
    return evidence["exercises"][0]


class TestRemark:
    def test_every_verdict_the_same(self, worked):
        remarks = files.remark(worked)
        assert [one.now for one in remarks] == ["unreadable", "slip", "right", "right"]
        assert all(one.same and not one.note for one in remarks)
        assert remarks[1].slip == "left/1"
        assert remarks[2].answer.endswith("MBq")

    @pytest.mark.parametrize(
        ("change", "note"),
        [({"outcome": "right", "slip": ""}, "verdict differs"), ({"slip": "left/2"}, "another slip")],
    )
    def test_a_forged_verdict_is_found(self, worked, change, note):
        found = files.read(changed(worked, lambda e: first(e)["events"][2].update(change)))
        remarks = files.remark(found)
        assert [one.same for one in remarks] == [True, False, True, True]
        assert note in remarks[1].note

    def test_another_learners_work_under_ones_own_name(self, worked):
        def rename(evidence):
            evidence["learner"] = "calm-owl-11"
            for event in first(evidence)["events"]:
                event["learner"] = "calm-owl-11"

        remarks = files.remark(files.read(changed(worked, rename)))
        assert not any(one.same for one in remarks)
        assert "other data" in remarks[0].note

    def test_easier_data(self, worked):
        def easier(evidence):
            entry = first(evidence)
            entry["sheet"]["story"] = "Nothing decays."
            data = json.dumps(
                [entry["exercise"], entry["version"], entry["code"], "Nothing decays.", entry["sheet"]["tables"]],
                ensure_ascii=False, sort_keys=True, separators=(",", ":"),
            )  # fmt: skip
            entry["data"] = hashlib.sha256(data.encode()).hexdigest()

        remarks = files.remark(files.read(changed(worked, easier)))
        assert all("story or tables" in one.note and not one.same for one in remarks)

    def test_questions_worth_more(self, worked):
        found = files.read(changed(worked, lambda e: first(e)["sheet"]["questions"][0].update(points=50.0)))
        assert all("questions in the file" in one.note for one in files.remark(found))
        assert not files.scores(found, files.remark(found))[0].confirmed

    def test_another_version_is_a_note(self, worked, folder):
        write(folder, TEXT.replace("version: 1", "version: 2"))
        remarks = files.remark(worked)
        assert {one.same for one in remarks} == {False}
        assert all("version 1" in one.note and "version 2" in one.note for one in remarks)
        (score,) = files.scores(worked, remarks)
        assert score.got is None

    def test_an_exercise_that_is_not_installed_is_a_note(self, worked, folder):
        (folder / "topic" / "left-over" / "exercise.yaml").unlink()
        assert all("cannot be drawn here" in one.note for one in files.remark(worked))

    def test_a_version_worked_at_before_is_kept_without_its_sheet(self, worked, session, logbook, folder):
        write(folder, TEXT.replace("version: 1", "version: 2"))
        (entry,) = files.build(session.identity, logbook)["exercises"]
        assert (entry["version"], entry["sheet"]) == (1, None)
        assert len(entry["events"]) == 8
        found = files.read(json.dumps(files.build(session.identity, logbook)).encode())
        assert files.scores(found, files.remark(found))[0].questions == ()

    def test_nothing_answered_has_nothing_to_judge(self, session):
        session.open()
        assert files.remark(files.build(session.identity, session.logbook)) == ()


class TestAssessment:
    @pytest.fixture
    def handed_in(self, logbook):
        session, made = assessment(logbook)
        right = typed(made.expected["left"])
        session.submit("left", right)
        session.submit("left", {"value": "1", "u": "1"})
        session.submit("keep", {"choice": "discard", "reason": REASON})
        session.submit("keep", {"choice": made.expected["keep"].value, "reason": REASON})
        return files.build(session.identity, logbook)

    def test_without_the_key_nothing_is_confirmed(self, handed_in):
        remarks = files.remark(handed_in)
        assert {(one.stored, one.now, one.same) for one in remarks} == {("received", "", False)}
        assert all("educator's key" in one.note for one in remarks)
        assert files.scores(handed_in, remarks)[0].got is None

    def test_with_the_key_verdicts_are_computed_and_the_last_answer_counts(self, handed_in):
        remarks = files.remark(handed_in, KEY)
        assert [one.now for one in remarks][::3] == ["right", "right"]
        assert all(one.same for one in remarks)
        (score,) = files.scores(handed_in, remarks)
        assert [one.got for one in score.questions] == [0.0, 1.0]
        assert (score.got, score.possible, score.attempts) == (1.0, 2, 4)

    def test_an_unreadable_last_answer_leaves_the_one_before(self, logbook):
        session, made = assessment(logbook)
        session.submit("left", typed(made.expected["left"]))
        session.submit("left", {"value": "much", "u": "1"})
        built = files.build(session.identity, logbook)
        assert files.scores(built, files.remark(built, KEY))[0].questions[0].got == 1.0

    def test_another_key(self, handed_in):
        remarks = files.remark(handed_in, b"z" * 32)
        assert not any(one.same for one in remarks)
        assert "this key gives" in remarks[0].note

    def test_practice_in_the_same_course_stays_out(self, logbook):
        practice = Session("second-one", Identity("calm-owl-11", "Lund 2027"), logbook)
        practice.submit("left", {"value": "1", "u": "1"})
        session, _ = assessment(logbook)
        session.open()
        built = files.build(session.identity, logbook)
        assert [one["exercise"] for one in built["exercises"]] == ["left-over"]

    def test_practice_does_not_pass_for_an_assessment(self, worked):
        assert not any(one.same for one in files.remark(worked, KEY))

    def test_nothing_of_the_truth_is_in_the_file(self, handed_in):
        text = json.dumps(handed_in)
        made = variant(load("left-over"), "calm-owl-11", "Lund 2027", KEY)
        slips = [one.say for one in made.expected["left"].slips]
        assert not any(words in text for words in [*slips, "Every activity belongs", "activity at the start"])


class TestScores:
    def score(self, session):
        built = files.build(session.identity, session.logbook)
        return files.scores(built, files.remark(built))[0]

    def test_right_after_a_slip_is_right(self, worked):
        (score,) = files.scores(worked, files.remark(worked))
        left, keep = score.questions
        assert (left.got, left.attempts, left.hints, left.outcome) == (1.0, 2, 1, "right")
        assert score.confirmed
        assert (keep.got, keep.given_up, keep.attempts) == (0.0, True, 0)  # answered after the solution was open
        assert (score.got, score.possible, score.hints) == (1.0, 2, 1)

    def test_half_for_a_wrong_uncertainty(self, session, answers):
        session.submit("left", {**answers["left"], "u": "900"})
        assert self.score(session).questions[0].got == 0.5

    def test_nothing_after_the_third_failure(self, session, answers):
        for value in ("1", "2", "3"):
            session.submit("left", {"value": value, "u": "1"})
        session.submit("left", answers["left"])
        assert self.score(session).questions[0].got == 0.0

    def test_closed_is_worked_out_and_not_believed(self, worked):
        def reopen(evidence):
            for event in first(evidence)["events"]:
                if event["event"] == "answer":
                    event["closed"] = False

        found = files.read(changed(worked, reopen))
        assert files.scores(found, files.remark(found))[0].questions[1].got == 0.0

    def test_texts_are_for_a_person(self, folder, logbook):
        asked = "  - {id: why, text: Say why., rubric: [{point: decay, words: [decay]}]}\nsolution:"
        write(folder, TEXT.replace("solution: A = A_{0}", f"{asked} A = A_{{0}}").replace("version: 1", "version: 3"))
        session = Session("left-over", Identity(LEARNER), logbook)
        session.submit("why", {"text": "The decay is known far better than the reading of any meter."})
        why = self.score(session).questions[2]
        assert (why.got, why.judged, why.outcome) == (None, False, "recorded")
        assert self.score(session).possible == 2

    def test_pauses_are_not_work(self):
        start = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
        minutes = (0, 5, 19.9, 34.9, 300, 301)  # a gap of exactly 15 min is a pause
        events = [{"at": (start + timedelta(minutes=one)).isoformat()} for one in minutes]
        assert files.minutes_worked(events) == pytest.approx(5 + 14.9 + 1)
        assert files.minutes_worked(events[:1]) == 0
