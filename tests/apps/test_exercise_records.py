"""A record as the answer of an exercise: from its beginning, over the page of records, to a verdict that is kept."""

from __future__ import annotations

import json

import pytest
from exercise_for_pages import below, html, press

from mrtlab import record
from mrtlab.apps import exercise
from mrtlab.apps.controls import Button, Card, Choice, Upload
from mrtlab.apps.exercise import view
from mrtlab.apps.record import RecordPage, store
from mrtlab.learn import identity
from mrtlab.learn.session import Session

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def work():
    return again(identity.choose("quiet-heron-42"))


def again(who=None):
    made = exercise.Work(Session("prrt-record", who or identity.current()))
    if made.session.unpredicted:
        made.submit("guess", {"choice": "physician"})
    return made


def card(work):
    return below(view.exercise_page(work), Card)[-1]


def chosen(box) -> Choice:
    return below(box, Choice)[0]


def entered(work, **changes) -> RecordPage:
    """The begun record on the page of records, filled as a learner types it from the tables of the sheet."""
    numbers = work.session._variant.formulas
    total = sum(float(one) for one in numbers["dose_gy"])
    dose = float(numbers["dose_gy"][3])
    given = {
        "activity": f"{float(numbers['given_gbq']):.3f} GBq".replace(".", ","),
        "residual": f"{float(numbers['kept_mbq']):.0f}",
        "measured_at": "2025-03-04 09:00 +01:00", "started_at": "2025-03-04 10:30 +01:00",
        "calibrator": "meter 2", "traceability": "national standard", "route": "intravenous",
    }  # fmt: skip
    verified = {
        "0.dose": f"{dose:.2f}".replace(".", ","), "0.u": f"{0.0943 * dose:.2f}", "0.systematic": "8",
        "0.points": "3", "0.kinetics": "three images",
        "next_cycle": f"All cycles: {total:.2f} Gy, as Okafor added up",
    }  # fmt: skip
    page = RecordPage(names={"MD": "A. Lindqvist", "MPE": "M. Okafor"})
    (mine,) = store.kept()
    page.open(mine.path)
    for role, kind, answers in (
        ("MPE", "administration", given), ("MPE", "verification", verified), ("MPE", "signature", {}),
        ("MD", "signature", {}),
    ):  # fmt: skip
        page.role = role
        page.take(kind, {**answers, **{key: text for key, text in changes.items() if key in answers}})
    return page


class TestAnswer:
    def test_from_the_beginning_to_the_verdict(self, work) -> None:
        box = card(work)
        press(box, "Put its beginning into my records")
        assert "It lies in your records now: <strong>P-8-" in html(box)
        assert "not final, signed by nobody" in html(box)
        press(box, "Check")
        assert "It is the turn of the physicist to enter the administration" in html(box)
        assert work.session.progress["complete"].attempts == 0
        entered(work)
        press(box, "Check")  # the record of now, not the one of when it was chosen
        assert "<strong>Right.</strong>" in html(box)
        assert "cycle 4, final, signed by a physician and a physicist" in html(box)
        kept = work.session.logbook.path.read_text(encoding="utf-8")
        assert "Okafor" not in kept
        assert "Lindqvist" not in kept
        # and in another tab, after this one was closed
        later = card(again())
        assert "Handed in: cycle 4, final, signed by a physician and a physicist" in html(later)
        assert "<strong>Right.</strong>" in html(later)

    def test_what_is_wrong_is_said_and_nothing_else(self, work) -> None:
        box = card(work)
        press(box, "Put its beginning into my records")
        entered(work, residual="1", next_cycle="none")
        press(box, "Check")
        said = html(box)
        assert "What stayed behind was read" in said
        assert "The dose of all cycles is not in the verification" in said
        for other in (
            "Nuclide or cycle",
            "The limit of the kidneys",
            "The delivered activity does not",
            "The standard",
        ):
            assert other not in said
        assert work.session.progress["complete"].answers[-1]["slip"] == "complete/4 complete/8"

    def test_the_beginning_never_replaces_what_has_gone_on(self, work) -> None:
        box = card(work)
        press(box, "Put its beginning into my records")
        entered(work)
        press(box, "Put its beginning into my records")
        assert "already: <strong>P-8-" in html(box)
        assert store.load(store.kept()[0].path).final

    def test_what_is_chosen_is_there_again_in_a_new_tab(self, work) -> None:
        box = card(work)
        press(box, "Put its beginning into my records")
        name = chosen(box).value
        assert chosen(card(again())).value == name

    def test_records_of_another_tab_are_found(self, work) -> None:
        box = card(work)
        assert [value for _, value in chosen(box).options] == [""]
        press(card(again()), "Put its beginning into my records")
        press(box, "Look into my records again")
        assert len(chosen(box).options) == 2
        assert chosen(box).value == ""


STATEMENT = "Each dose rests on one image and the half-life of a population; for the tumour that is compromised."


@pytest.mark.parametrize(
    ("remarks", "said"),
    [
        (STATEMENT, "<strong>Right.</strong>"),
        ("Each dose rests on the half-life of a population.", "takes it for a measured one"),
    ],
)
def test_three_tissues_typed_on_the_page_of_records(remarks, said) -> None:
    work = exercise.Work(Session("psma-single-image", identity.choose("quiet-heron-42")))
    work.submit("guess", {"choice": "nothing"})
    box = card(work)
    press(box, "Put its beginning into my records")
    numbers = work.session._variant.formulas
    page = RecordPage(names={"MD": "A. Lindqvist", "MPE": "M. Okafor"}, role="MPE")
    page.open(store.kept()[0].path)
    given = {
        "activity": f"{float(numbers['administered_gbq']):.2f} GBq".replace(".", ","),
        "residual_reason": "only the net activity is known", "calibrator": "meter", "traceability": "standard",
        "route": "intravenous", "measured_at": "2027-06-07 08:00 +02:00",
        "started_at": numbers["given_at"].isoformat(" "),
    }  # fmt: skip
    verified = {"remarks": remarks, "investigation": "outline and calibration, and serial images asked for"}
    for place, region in enumerate(page.record.plan.regions):
        found = numbers[region.region].dose_gy
        verified |= {
            f"{place}.dose": f"{found.nominal_value:.3g}".replace(".", ","), f"{place}.u": f"{found.std_dev:.2g}",
            f"{place}.points": "1", f"{place}.partial_volume": "yes", f"{place}.kinetics": "one SPECT",
        }  # fmt: skip
    page.take("administration", given)
    page.take("verification", verified)
    page.take("signature", {})
    page.role = "MD"
    page.take("signature", {})
    press(box, "Check")
    assert said in html(box)
    slips = "" if "Right" in said else "complete/11"
    assert work.session.progress["complete"].answers[-1]["slip"] == slips


class TestFile:
    def bring(self, box, content: bytes) -> Upload:
        (upload,) = below(box, Upload)
        upload._received({"event": "file", "name": "mine.json"}, [content])
        return upload

    def test_a_record_brought_as_a_file(self, work) -> None:
        box = card(work)
        given = work.session._variant.expected["complete"].value.answer(2)
        self.bring(box, given.encode())
        assert "cycle 4, final, signed by a physician and a physicist" in html(box)
        press(box, "Check")
        assert "The limit of the kidneys is not the one that was set" in html(box)
        assert not store.kept()

    def test_a_changed_file_is_refused_under_the_button(self, work) -> None:
        box = card(work)
        given = work.session._variant.expected["complete"].value.answer()
        upload = self.bring(box, given.replace('"cycle": 4', '"cycle": 3').encode())
        assert upload.refused
        assert "changed after it was written" in upload.message
        press(box, "Check")
        assert "Choose a record first" in html(box)

    def test_a_record_of_the_folder_takes_the_place_of_the_file(self, work) -> None:
        box = card(work)
        self.bring(box, work.session._variant.expected["complete"].value.answer().encode())
        press(box, "Put its beginning into my records")
        assert "not final" in html(box)
        press(box, "Check")
        assert not work.session.progress["complete"].attempts

    def test_nothing_chosen(self, work) -> None:
        box = card(work)
        press(box, "Check")
        assert "Choose a record first, or a file with one" in html(box)
        assert work.session.raw("complete") == {}


def test_controls_have_names(work) -> None:
    box = card(work)
    assert chosen(box).label == "Your record"
    (check,) = [one for one in below(box, Button) if one.text == "Check"]
    assert check.label.startswith("Complete the record of cycle 4")


def test_the_beginning_is_offered_as_a_file_too(work) -> None:
    file = work.session.sheet.files[0]
    begun = record.from_json(file.content)
    assert (begun.header.cycle, begun.steps[-1].content.kind) == (4, "plan")
    assert json.loads(file.content)["steps"][3]["content"]["constraints"][0]["dose_gy"] == 23.0
