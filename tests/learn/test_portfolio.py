"""The portfolio page: one file from which an assessor can judge, and nothing that must not be in it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from exercise_for_tests import TEXT, write

import mrtlab
from mrtlab import PURPOSE, _content
from mrtlab.errors import InputError
from mrtlab.learn import evidence as files
from mrtlab.learn import portfolio
from mrtlab.learn.audit import typed
from mrtlab.learn.identity import Identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.session import Session
from mrtlab.learn.variants import variant

LEARNER = "quiet-heron-42"
SCRIPT = '<script>alert(1)</script> & **it** has lost "only" a third'
MORE = """\
  - {id: guess, text: What will it be, is: less, predict: true, choose: {less: less than half, more: more than half}}
  - id: why
    text: Say why.
    rubric: [{point: It decays., words: [decay]}, {point: The meter is worse., words: [meter]}]
    sample: It decays as is known.
  - {id: odd, text: Which reading is last, is: 2, pick: point, right: It is., wrong: [{is: 0, say: That is the first.}]}
  - {id: span, text: Which times, is: "[0, 20]", pick: region, right: All of them.}
  - {id: spot, text: Where is it hot, is: "[1, 3, 1, 3]", pick: place, right: There.}
"""
ALL = (
    TEXT.replace("solution: A = A_{0}", f"{MORE}solution: A = A_{{0}}")
    .replace("work:\n", "plot: {table: readings, x: hour_h, y: reading_mbq, error: 0.02 * reading_mbq}\n"
             "images: [{name: view, caption: A view, alt: A field with a spot., pixel_mm: 4}]\nwork:\n")
    .replace("sources: [nuclides.icrp107]", "sources: [nuclides.icrp107, {cite: 'From memory.', status: recalled}]")
)  # fmt: skip
GENERATE = "import numpy as np\n\ndef generate(values, seed):\n    return {'view': np.eye(8, 6) * 50}\n"


class Page(HTMLParser):
    """What of a page can be counted."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if not self._style:
            self.text += data

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    root = tmp_path / "exercises"
    path = write(root, ALL)
    (path.parent / "generate.py").write_text(GENERATE, encoding="utf-8")
    monkeypatch.setattr(_content, "folder", lambda name: root)
    return root


@pytest.fixture
def session(folder, tmp_path):
    return Session("left-over", Identity(LEARNER), Logbook(tmp_path / "logbook.jsonl"))


@pytest.fixture
def right(folder):
    """Right answers, as they are typed."""
    made = variant(load("left-over"), LEARNER)
    text = {"text": "The decay is known far better than the reading of any meter."}
    return {name: text if name == "why" else typed(one) for name, one in made.expected.items()}


@pytest.fixture
def done(session, right):
    """Everything answered, with a slip, a hint, a script where a reason belongs, and both reflections."""
    session.open()
    session.submit("guess", {"choice": "more"})
    session.submit("left", {**right["left"], "value": f"{1000 * float(right['left']['value']):.0f} MBq"})
    slip = variant(load("left-over"), LEARNER).expected["left"].slips[0].value
    session.submit("left", {"value": f"{slip:.5g}".replace(".", ","), "u": "10"})
    session.hint("left")
    session.submit("left", right["left"])
    session.submit("keep", {"choice": "measure", "reason": SCRIPT})
    session.submit("keep", {"choice": "use", "reason": SCRIPT})
    session.submit("odd", {"point": 0})
    for name in ("why", "odd", "span", "spot"):
        session.submit(name, right[name])
    session.mark_rubric("why", (True, False))
    session.reflect("learned", "Decay first.\n\n<b>Always</b> & everywhere.")
    session.reflect("plan", "Write the time beside every activity.")
    return session


def built(session):
    return files.build(session.identity, session.logbook, tags={"left-over": ["MRTLAB:CAL-S"]})


class TestPage:
    @pytest.fixture
    def html(self, done):
        return portfolio.html(built(done))

    @pytest.fixture
    def page(self, html):
        return Page(html)

    def test_one_file_with_nothing_fetched_and_nothing_run(self, html, page):
        for tag, attrs in page.tags:
            assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
            assert not [name for name in attrs if name.startswith("on")]
            for name in ("src", "href", "xlink:href", "action", "data", "srcset"):
                assert attrs.get(name, "#").startswith(("#", "data:image/"))
        assert not re.search(r"@import|url\((?!#)", html)
        policy = next(one for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
        assert "default-src 'none'" in policy["content"]

    def test_what_a_learner_typed_stays_text(self, html, page):
        assert SCRIPT in page.text
        assert "<script" not in html
        assert "<b>Always</b> & everywhere." in page.text

    def test_says_whose_it_is_and_what_it_is_not(self, done, page):
        evidence = built(done)
        for words in (evidence["notice"], PURPOSE, LEARNER, done.sheet.code, mrtlab.__version__, evidence["learner"]):
            assert words in page.text
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == 1

    def test_the_task_is_there(self, done, page):
        assert done.sheet.story.replace("T_{eff}", "Teff") in page.text
        for table in done.sheet.tables:
            for row in table.rows:
                assert all(cell in page.text for cell in row)
        (svg,) = page.all("svg")
        assert "3 points" in svg["aria-label"]
        images = page.all("img")
        assert len(images) == 4  # the image, and three picks
        assert all(len(one["alt"]) > 20 for one in images)
        assert "A field with a spot." in images[0]["alt"]

    def test_every_attempt_with_what_was_said(self, done, page):
        answers = [one for one in done.events if one["event"] == "answer"]
        assert len(answers) == 11
        for one in answers:
            assert re.sub(r"\*\*|[_^]\{(.*?)\}", r"\1", one["message"]) in page.text
            assert one["understood"] in page.text
        for typed_in in ("0 MBq", "point 1", "✗ a known slip", "✓ right", "wrong unit or factor"):
            assert typed_in in page.text

    def test_right_answers_tolerance_working_and_truth(self, done, page):
        for words in (
            "Half-lives in use differ by less than 0.2 %.",
            "within 1 %",
            "25 %",
            done.solution("left").answer.split(" (")[0],
            "x 1 to 3, y 1 to 3 pixels",
            done.truth[0].text.split(": ")[1],
            "activity at the start",
            "It decays as is known.",
        ):
            assert words in page.text
        assert done.worked.replace("A_{0}", "A0").replace("2^{-t/T}", "2-t/T") in page.text

    def test_reflections_tags_and_prompts(self, done, page):
        for words in ("Decay first.", "What will I do differently?", "A later reflection", "MRTLAB:CAL-S"):
            assert words in page.text
        assert done.discuss[0] in page.text
        assert "Which number would have to change" in page.text
        assert "☑ claimed" in page.text

    def test_sources_say_how_sure_they_are(self, page):
        assert "From memory." in page.text
        assert "⚠ recalled" in page.text

    def test_room_for_the_supervisor(self, page):
        for words in ("Name", "Role", "Registration number", "Date", "Signature", "Comment", "☐ 5"):
            assert words in page.text

    def test_judged_again_while_it_is_made(self, page):
        assert "11 of 11 verdicts the same" in page.text

    def test_the_same_every_time(self, done):
        evidence = built(done)
        assert portfolio.html(evidence) == portfolio.html(json.loads(json.dumps(evidence)))

    def test_no_answers_at_all(self, session):
        session.open()
        assert "No answer was given" in portfolio.html(built(session))

    def test_two_exercises_are_not_one_entry(self, done):
        evidence = built(done)
        evidence["exercises"] *= 2
        with pytest.raises(InputError, match="about one exercise"):
            portfolio.html(evidence)


class TestNothingTooEarly:
    def hidden(self, made):
        """What gives an answer away."""
        left = made.expected["left"]
        return [
            made.render("{left_mbq}"),
            *(slip.say for slip in left.slips[1:]),
            "activity at the start",
            "Every activity belongs",
            "It decays as is known.",
        ]

    def test_an_open_question(self, session, right):
        session.submit("guess", {"choice": "less"})
        session.submit("left", {"value": "1", "u": "1"})
        text = portfolio.html(built(session))
        assert not [one for one in self.hidden(variant(load("left-over"), LEARNER)) if one in text]
        assert "Not open yet" in text

    def test_the_truth_waits_for_the_last_question(self, session, right):
        session.submit("guess", {"choice": "less"})
        session.submit("left", right["left"])
        text = portfolio.html(built(session))
        assert "Every activity belongs" in text
        assert "activity at the start" not in text

    def test_an_assessment(self, folder, tmp_path, right):
        key = b"k" * 32
        made = variant(load("left-over"), "calm-owl-11", "Lund 2027", key)
        pack = {"exercises": [{"exercise": "left-over", "version": 1}], "sheets": [made.sheet.to_dict()]}
        identity = Identity("calm-owl-11", "Lund 2027", "assessment", pack)
        session = Session("left-over", identity, Logbook(tmp_path / "a.jsonl"))
        session.submit("guess", {"choice": "less"})
        for name, expected in made.expected.items():
            if name not in ("guess", "left"):
                session.submit(name, right["why"] if name == "why" else typed(expected))
        session.submit("left", {"value": "1", "u": "1"})
        assert session.finished
        text = portfolio.html(built(session))
        assert not [one for one in self.hidden(made) if one in text]
        assert "come with the grading" in text
        assert "✓ right" not in text

    def test_data_that_are_not_the_learners(self, done):
        evidence = built(done)
        for holder in (evidence, *evidence["exercises"][0]["events"]):
            holder["learner"] = "calm-owl-11"
        text = portfolio.html(files.seal(evidence))
        assert "Not confirmed" in text
        assert "activity at the start" not in text

    def test_another_version(self, done, folder):
        evidence = built(done)
        write(folder, ALL.replace("version: 1", "version: 2"))
        assert "version 2" in portfolio.html(evidence)
        with pytest.raises(InputError, match="not installed"):
            portfolio.html(built(done))


class TestDraft:
    def test_both_reflections_after_the_last_answer(self, session, right):
        session.submit("guess", {"choice": "less"})
        session.reflect("learned", "Too early.")
        session.reflect("plan", "Too early.")
        session.submit("left", right["left"])
        assert portfolio.is_draft(built(session))
        assert "DRAFT" in portfolio.html(built(session))
        session.reflect("learned", "In time.")
        assert portfolio.is_draft(built(session))
        session.reflect("plan", "In time.")
        assert not portfolio.is_draft(built(session))
        assert "DRAFT" not in portfolio.html(built(session))

    def test_no_answer_is_a_draft(self, session):
        session.reflect("learned", "Nothing.")
        session.reflect("plan", "Something.")
        assert portfolio.is_draft(built(session))


class TestExport:
    def test_two_files_with_one_hash(self, done, tmp_path):
        made = portfolio.export(done, tmp_path / "out", ["MRTLAB:CAL-S"])
        assert [made.html_path.name, made.json_path.name] == [
            f"left-over-{done.sheet.code}.html", f"left-over-{done.sheet.code}.mrt.json",
        ]  # fmt: skip
        evidence = files.read(made.json_path)
        assert evidence["sha256"] == made.sha256
        assert made.sha256 in made.html_path.read_text(encoding="utf-8")
        assert evidence["exercises"][0]["tags"] == ["MRTLAB:CAL-S"]
        assert not made.draft

    def test_by_default_into_the_data_folder(self, done, tmp_path, monkeypatch):
        monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))
        assert portfolio.export(done).html_path.parent == tmp_path / "data" / "portfolio"

    @pytest.mark.parametrize(
        ("act", "where", "words"),
        [
            (lambda s: s.reflect("later", "All well.\nDOB 12/03/1961 was on it"), "A later reflection", "12/03/1961"),
            (
                lambda s: s.submit("keep", {"choice": "use", "reason": "Ask Mr Smith, he knows it"}),
                "reason",
                "Mr Smith",
            ),
            (lambda s: s.submit("left", {"value": "Mr Smith", "u": "1"}), "entry", "Mr Smith"),
            (
                lambda s: s.submit("why", {"text": "It was seen that the patient John Smith came late for the scan."}),
                "text",
                "John Smith",
            ),
        ],
    )
    def test_what_tells_who_somebody_is_stays_here(self, done, tmp_path, act, where, words):
        act(done)
        with pytest.raises(InputError, match="not exported") as refused:
            portfolio.export(done, tmp_path / "out")
        assert words in str(refused.value)
        assert where in str(refused.value)
        assert not (tmp_path / "out").exists()
        made = portfolio.export(done, tmp_path / "out", redact=True)
        for path in (made.html_path, made.json_path):
            assert words not in path.read_text(encoding="utf-8")
            assert portfolio.REMOVED in path.read_text(encoding="utf-8")
        assert all(one.same for one in files.remark(files.read(made.json_path)))

    def test_a_pseudonym_that_is_a_name_cannot_be_removed(self, done, monkeypatch):
        real = portfolio.personal_data
        monkeypatch.setattr(portfolio, "personal_data", lambda text: real("Mr Smith" if text == LEARNER else text))
        for redact in (False, True):
            with pytest.raises(InputError, match="pseudonym"):
                portfolio.export(done, redact=redact)

    def test_measurements_are_no_personal_data(self, session, tmp_path):
        session.submit("guess", {"choice": "less"})
        session.submit("left", {"value": "13474000", "u": "1234567"})
        session.reflect("learned", "The left kidney received 2.60 ± 0.11 Gy from 7.38 GBq Lu-177 DOTATATE.")
        assert portfolio.export(session, tmp_path).draft

    def test_a_folder_that_cannot_be_written(self, done, tmp_path):
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(InputError, match="not saved"):
            portfolio.export(done, tmp_path / "file")
