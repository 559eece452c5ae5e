"""The page of one exercise without a browser: what is shown, when, and to whom; what goes into files."""

from __future__ import annotations

import json

import ipywidgets as widgets
import numpy as np
import pytest
from exercise_for_pages import SENTENCE, again, below, finish, html, pack, press

import mrtlab
from mrtlab.apps import exercise
from mrtlab.apps.controls import Button, Card, Download, Flag, Picker
from mrtlab.apps.exercise import pictures, view, words
from mrtlab.apps.exercise._widgets import Ticks
from mrtlab.apps.exercise.catalogue import listing
from mrtlab.learn import identity
from mrtlab.learn.session import Session

pytestmark = pytest.mark.usefixtures("folders")


class TestPage:
    def test_only_the_prediction_before_it_is_made(self, work):
        page = view.exercise_page(work)
        assert [card.children[0].title for card in below(page, Card)] == ["Is it more or less"]
        assert "Readings" not in html(page)
        work.submit("guess", {"choice": "less"})
        titles = [card.children[0].title for card in below(page, Card)]
        assert titles[0] == "Is it more or less"
        assert len(titles) == 6
        assert "Readings" in html(page)
        assert "opens" not in html(below(page, Card)[0])

    def test_nothing_of_the_answer_is_in_the_page_before(self, predicted, start):
        """Not in any widget: whoever looks into the page's source must not find it."""
        page = view.exercise_page(predicted)
        state = json.dumps([one.get_state() for one in below(page, widgets.Widget)], default=str)
        for words_ in ("Three times", "It comes before", "It decays, and its mass", "Read it off", "at the start: "):
            assert words_ not in state
        finish(predicted, start)
        state = json.dumps([one.get_state() for one in below(page, widgets.Widget)], default=str)
        assert "Read it off" in state

    def test_hints_are_noted_and_the_button_goes_with_the_last(self, predicted):
        page = view.exercise_page(predicted)
        press(page, "Hint 1 of 2")
        assert "<strong>Hint 1.</strong> Look at the first." in html(page)
        assert "last" not in html(page).replace("Which point is the last?", "")
        press(page, "Hint 2 of 2")
        assert "Look at the <strong>last</strong>." in html(page)
        assert not [one for one in below(page, Button) if one.text.startswith("Hint")]
        assert "hints used: 2 of 2" in html(page)

    def test_giving_up_is_asked_once_more(self, predicted):
        page = view.exercise_page(predicted)
        card = below(page, Card)[1]
        press(card, "I give up")
        assert not predicted.session.progress["start"].given_up
        press(card, "No, I go on")
        assert not predicted.session.progress["start"].given_up
        press(card, "I give up")
        press(card, "Yes, show me the solution")
        assert predicted.session.progress["start"].given_up
        assert "<h4>Solution</h4>" in html(card)
        assert "Your answer</dt><dd>none" in html(card)

    def test_the_third_failure_opens_the_solution_and_later_answers_do_not_count(self, predicted, start):
        page = view.exercise_page(predicted)
        card = below(page, Card)[1]
        for value in ("1", "2"):
            predicted.submit("start", {"value": value})
            assert "Solution" not in html(card)
        assert "2 attempts not right yet; the solution opens after 1 more" in html(card)
        predicted.submit("start", {"value": "3"})
        assert "<h4>Solution</h4>" in html(card)
        assert "Your answer</dt><dd>3 MBq" in html(card)
        predicted.submit("start", {"value": str(start)})
        assert "it does not count" in html(card)
        assert "solution opened after 3 attempts" in html(card)

    def test_everything_comes_back(self, predicted, who, start):
        page = view.exercise_page(predicted)
        press(page, "Hint 1 of 2")
        finish(predicted, start)
        predicted.mark_rubric("say", (True, False))
        predicted.reflect({"learned": "a <b>lot</b>", "plan": "", "later": ""})
        before = [html(card) for card in below(page, Card)]
        fresh = view.exercise_page(again(who))
        assert [html(card) for card in below(fresh, Card)] == before
        assert "a &lt;b&gt;lot&lt;/b&gt;" in html(fresh)
        (marks,) = [one for one in below(fresh, Ticks) if one.label.startswith("Which of these")]
        assert marks.ticked == ("it decays",)
        (picked,) = [one for one in below(fresh, Picker) if one.mode == "region"]
        assert picked.value == (10, 50)
        (place,) = [one for one in below(fresh, Picker) if one.mode == "place"]
        assert place.value == (8, 8)

    def test_a_pick_is_a_draft_at_once_and_an_answer_when_checked(self, predicted):
        page = view.exercise_page(predicted)
        picker = next(one for one in below(page, Picker) if one.mode == "point")
        picker.value = 0
        assert predicted.raw("pick_point") == {"point": 0}
        assert not predicted.session.progress["pick_point"].answers
        card = below(page, Card)[2]
        press(card, "Check")
        assert "That is the first." in html(card)

    def test_the_end_puts_the_truth_beside_the_answers(self, predicted, start):
        page = view.exercise_page(predicted)
        assert "What was hidden" not in html(page)
        predicted.submit("start", {"value": str(start * 1.005)})
        finish(predicted, start * 1.005)
        assert words.hidden(predicted.session) == [
            ("activity: at the start", f"{start:.0f} MBq", f"{start * 1.005:.10g} MBq", f"{start:.1f} MBq (within 1 %)")
        ]
        assert "You had" in html(page)

    def test_what_a_learner_writes_stays_text(self, predicted, start):
        finish(predicted, start)
        page = view.exercise_page(predicted)
        predicted.submit("say", {"text": f"<script>alert(1)</script> {SENTENCE}"})
        assert "<script>" not in html(page)
        assert "&lt;script&gt;" in html(page)

    def test_purpose_patient_and_names(self, predicted):
        page = view.exercise_page(predicted)
        assert mrtlab.PURPOSE in html(page)
        assert page.children[0].units == f"your patient {predicted.session.sheet.code}"
        assert page.children[0].title == "Every kind of question, Teff too"
        for picker in below(page, Picker):
            assert picker.alt
            assert picker.numbers is not None

    def test_tags_are_kept_and_go_into_the_entry(self, predicted, who, start):
        finish(predicted, start)
        page = view.exercise_page(predicted)
        (tags,) = [one for one in below(page, Ticks) if one.label.startswith("Competences")]
        assert tags.ticked == ()
        tags.value = (False, True)
        assert again(who).tags == ("NSHCS:S-NM-S3/6",)
        press(page, "Make the portfolio entry")
        assert predicted.problems == {}
        assert any(flag.text.startswith("**A draft.**") for flag in below(page, Flag))
        files = [one for one in below(page, Download) if one.text.startswith("Download ") and "CSV" not in one.text]
        assert [file.filename for file in files] == [
            f"every-kind-{predicted.session.sheet.code}{end}" for end in (".html", ".mrt.json")
        ]
        kept = json.loads(files[1]._content())
        assert kept["exercises"][0]["tags"] == ["NSHCS:S-NM-S3/6"]

    def test_a_name_in_a_reflection_stops_the_entry_until_it_is_left_out(self, predicted, start):
        finish(predicted, start)
        predicted.reflect({"learned": "DOB 12/03/1961 was on the form", "plan": "look twice next time"})
        page = view.exercise_page(predicted)
        press(page, "Make the portfolio entry")
        assert "12/03/1961" in predicted.problems["evidence"]
        assert not [one for one in below(page, Download) if "HTML" in one.text]
        press(page, "Make it without these words")
        (file,) = [one for one in below(page, Download) if "HTML" in one.text]
        assert b"12/03/1961" not in file._content()


class TestAssessment:
    @pytest.fixture
    def assessed(self):
        return exercise.Work(Session("every-kind", identity.open_pack(pack("assessment"))))

    def test_receipts_only(self, assessed):
        page = view.exercise_page(assessed)
        assessed.submit("guess", {"choice": "less"})
        assessed.submit("start", {"value": "5"})
        assert "Received and saved" in html(page)
        assert assessed.said("start").kind == "note"
        texts = [button.text for button in below(page, Button)]
        assert not [text for text in texts if text.startswith(("Hint", "I give up"))]
        assert "Solution" not in html(page)
        assert "1 of 6" not in html(page)
        assert "2 of 6 questions answered" in html(page)

    def test_hand_in_holds_what_was_answered(self, assessed):
        page = view.exercise_page(assessed)
        assessed.submit("guess", {"choice": "less"})
        assessed.submit("start", {"value": "5,5"})
        (button,) = [one for one in below(page, Download) if one.text.startswith("Hand in")]
        kept = json.loads(button._content())
        assert button.filename == "lund-2027-k7q2m4xp.mrt.json"
        assert [one["raw"] for one in kept["exercises"][0]["events"] if one["event"] == "answer"][-1] == {
            "value": "5,5"
        }

    def test_only_what_the_pack_holds_is_listed(self, assessed, folders):
        assert [entry.standing for entry in listing(identity.current()).entries] == ["not started"]

    def test_a_learner_alone_has_nobody_to_hand_in_to(self, predicted):
        assert not [one for one in below(view.exercise_page(predicted), Download) if one.text.startswith("Hand in")]


class TestFiles:
    @pytest.mark.parametrize(("comma", "separator", "sign"), [(False, ",", "."), (True, ";", ",")])
    def test_csv(self, work, comma, separator, sign):
        sheet = work.session.sheet
        data = pictures.csv(sheet, sheet.tables[0], comma)
        assert data.startswith(b"\xef\xbb\xbf") == comma
        lines = data.decode("utf-8-sig").splitlines()
        assert any(sheet.code in line and mrtlab.PURPOSE in line for line in lines if line.startswith("#"))
        rows = [line.split(separator) for line in lines if not line.startswith("#")]
        assert rows[0] == ["time_h", "activity_mbq"]
        numbers = [float(row[1].replace(sign, ".")) for row in rows[1:]]
        assert numbers == list(sheet.tables[0].column("activity_mbq").values)
        assert all(sign in row[1] for row in rows[1:])

    def test_the_tick_is_remembered(self, predicted, who):
        page = view.exercise_page(predicted)
        tick = below(page, Ticks)[0]
        download = below(page, Download)[0]
        assert not download._content().startswith(b"\xef\xbb\xbf")
        tick.value = (True,)
        assert download._content().startswith(b"\xef\xbb\xbf")
        assert below(view.exercise_page(again(who)), Ticks)[0].value == (True,)


class TestPictures:
    def test_plot_has_words_numbers_and_ticks_one_can_read(self, work):
        figure = pictures.plot_figure(work.session.sheet)
        assert "3 points" in figure.alt
        columns, rows = pictures.plot_numbers(work.session.sheet)
        assert columns[-1] == "standard uncertainty, MBq"
        assert [float(row[2]) for row in rows] == pytest.approx([0.05 * float(row[1]) for row in rows], rel=0.01)
        (axes,) = figure.canvas.figure.axes
        assert axes.get_yscale() == "log"
        low, high = axes.get_ylim()
        assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2

    def test_blocks_of_an_image_hold_all_its_counts(self, work):
        image = work.session.sheet.images[0]
        _, rows = pictures.image_numbers(image)
        assert sum(float(cell) for row in rows for cell in row[1:]) == image.array.sum() == 231 + 25 * 50

    def test_places_are_pixels(self, work):
        """The middle of the picture of the bright square is the middle of its pixels."""
        picker = pictures.image_picker(work.session.sheet.images[0], "Your place")
        axes = picker.canvas.figure.axes[0]
        box = axes.get_window_extent()
        width, height = picker.canvas.figure.bbox.size
        x = (box.x0 + box.width * 8.5 / 16) / width
        y = 1 - (box.y1 - box.height * 8.5 / 16) / height
        picker._picked({"event": "pick", "x": x, "y": y})
        assert np.allclose(picker.value, (8, 8), atol=0.06)

    def test_a_pixel_reaches_half_a_pixel_to_each_side(self, work):
        """Seen in the colours of the picture, so that what is clicked is what is seen."""
        figure = pictures.image_figure(work.session.sheet.images[0])
        picture, axes = figure.canvas.rgb().astype(int), figure.canvas.figure.axes[0]

        def bright(x, y):
            across, up = axes.transData.transform((x, y))
            return picture[picture.shape[0] - 1 - int(up), int(across)].sum() > 400

        assert [bright(x, 8) for x in (5.3, 5.7, 10.3, 10.7)] == [False, True, True, False]
        assert [bright(8, y) for y in (5.3, 5.7, 10.3, 10.7)] == [False, True, True, False]
