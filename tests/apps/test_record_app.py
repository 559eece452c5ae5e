"""The page of records without a browser: three roles, one file, and nothing lost."""

from __future__ import annotations

import json

import pytest

from mrtlab import _content, record
from mrtlab.apps import kept
from mrtlab.apps.record import RecordPage, fields, scripts, store, taking, words
from mrtlab.apps.record.model import EXAMPLES, STATE, THERAPIES
from mrtlab.apps.record.view import _View
from mrtlab.errors import InputError

pytestmark = pytest.mark.usefixtures("own_data_folder")

ANSWERS = {
    "intent": {"indication": "Graves' disease", "intent": "ablative", "targets": "thyroid", "at_risk": "marrow"},
    "options": {
        "activities": "152,5; 300; 0,45 GBq", "basis": "tracer study of this patient",
        "0.per_gbq": "668", "0.u": "24,7", "1.per_gbq": "0,1", "1.u": "40", "1.limit": "2",
    },
    "decision": {"decision": "treat", "reason": "A year of tablets did not help."},
    "prescription": {
        "activity": "450", "level": "3", "planned_by": "Bo Sample", "reason": "Ablation.", "0.dose": "300",
    },
    "plan": {
        "activity": "450", "0.median": "300,9", "0.parts": "mass 15; uptake 7; half-life 10; transfer 15; energy 3",
        "0.mass": "18,98", "0.mass_u": "2,85", "0.mass_method": "ultrasound", "0.kinetics": "two uptakes",
        "0.constant": "24.7, recalled", "1.median": "",
    },
    "administration": {
        "activity": "0,448 GBq", "u": "9", "residual": "1,5", "measured_at": "2025-03-04 09:00 +01:00",
        "started_at": "2025-03-04 09:30 +01:00", "calibrator": "well chamber 2", "traceability": "national standard",
        "route": "oral",
    },
    "verification": {
        "0.dose": "206,2", "0.u": "39,1", "0.shared": "15,3", "0.kinetics": "two uptakes", "0.points": "2",
    },
    "signature": {},
}  # fmt: skip
WHOSE = {"intent": "MD", "decision": "MD", "prescription": "MD"}


def acting(page, kind, role=None, **changes):
    page.role = role or WHOSE.get(kind, "MPE")
    page.take(kind, {**ANSWERS[kind], **changes})


@pytest.fixture
def page():
    page = RecordPage(names={"MD": "Dr Ada", "MPE": "Bo Sample"})
    page.begin("case-07", "radioiodine", "I-131", "NaI capsule", 1.0)
    return page


def through(page, last):
    for kind in ANSWERS:
        acting(page, kind)
        if kind == last:
            break


def final(page):
    through(page, "signature")
    acting(page, "signature", "MD")


class TestSteps:
    def test_all_of_them_give_the_verdict_of_ri_e5(self, page):
        final(page)
        assert page.record.status == "FINAL"
        (thyroid,) = page.record.verification.regions
        assert thyroid.z == pytest.approx(-1.71, abs=0.03)  # RI-E5 and TV41
        assert page.record.options.rows[0].activity_mbq == 152.5
        assert page.record.options.rows[-2].median_gy == pytest.approx(0.668 * 450)
        assert page.record.administration.administered_mbq.value == pytest.approx(448)
        assert store.load(store.place(page.record)) == page.record

    @pytest.mark.parametrize("kind", [*words.STEPS])
    def test_are_refused_to_the_wrong_role_and_nothing_is_kept(self, page, kind):
        for before in ANSWERS:
            if before == kind:
                break
            acting(page, before)
        there = page.record
        with pytest.raises(InputError, match="not for the"):
            acting(page, kind, "MPE" if kind in WHOSE else "MD")
        with pytest.raises(InputError, match="observer reads"):
            acting(page, kind, "observer")
        assert store.load(store.place(there)) == there == page.record

    def test_refusals_name_the_field_as_the_page_does(self, page):
        acting(page, "intent")
        for key, text, said in (
            ("0.per_gbq", "", "Dose to thyroid per activity: nothing is entered"),
            ("0.u", "1.234,5", "Relative uncertainty, thyroid"),
            ("activities", "300 MBq", "single activity"),
            ("activities", "300; rubbish", "Activities"),
            ("1.unknown", "nobody knows", "keep one of the two"),
        ):
            with pytest.raises(InputError, match=said):
                acting(page, "options", **{key: text})

    def test_a_tissue_without_a_dose_needs_its_reason(self, page):
        acting(page, "intent")
        acting(page, "options", **{"1.per_gbq": "", "1.unknown": "no blood was drawn"})
        assert page.record.options.unknown[0].region == "marrow"

    def test_outside_the_range_the_investigation_is_wanted(self, page):
        through(page, "administration")
        with pytest.raises(InputError, match="investigation") as refused:
            acting(page, "verification", **{"0.dose": "100", "0.u": "19"})
        assert "under “Investigation”" in words.refusal(refused.value)
        acting(page, "verification", **{"0.dose": "100", "0.u": "19", "investigation": "The capsule was vomited."})
        assert page.record.verification.regions[0].within is False

    def test_clocks_need_their_zone(self):
        with pytest.raises(InputError, match="no time zone"):
            taking.moment("Administered at", "2025-03-04 09:30")
        with pytest.raises(InputError, match="no moment"):
            taking.moment("Administered at", "yesterday")

    def test_no_verification_has_a_reason(self, page):
        through(page, "administration")
        page.take("waiver", {"reason": "The patient did not come back."})
        assert page.record.status == "NOT VERIFIED"


class TestFile:
    def test_goes_to_another_pc_and_back(self, page, tmp_path, monkeypatch):
        through(page, "options")
        given = record.to_json(page.record).encode()
        here = tmp_path / "data"
        monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "elsewhere"))
        other = RecordPage(names={"MD": "Dr Ada"}, role="MD")
        assert other.receive(given) is None
        acting(other, "decision")
        monkeypatch.setenv("MRTLAB_DATA_DIR", str(here))
        found = page.receive(record.to_json(other.record).encode())
        assert "Treat or not by Dr Ada" in words.compared(found)
        assert page.record == other.record == store.load(store.place(other.record))
        assert "earlier state" in words.compared(page.receive(given))
        assert page.record == other.record

    def test_edited_or_gone_another_way_is_refused(self, page):
        through(page, "options")
        started = page.record
        acting(page, "decision")
        with pytest.raises(InputError, match="changed after it was written"):
            page.receive(record.to_json(started).replace("tracer study", "TRACER study").encode())
        away = started.decide(record.Person("Dr Ada", "MD"), "do not treat", "Pregnancy was found.")
        with pytest.raises(InputError, match="different ways"):
            page.receive(record.to_json(away).encode())
        assert page.record.decision.decision == "treat"

    def test_another_tab_went_on(self, page):
        acting(page, "intent")
        other = RecordPage(names=page.names, role="MPE")
        other.open(store.place(page.record))
        acting(other, "options")
        with pytest.raises(InputError, match="does not continue it"):
            page.revise("The wrong tissue was named.", "intent")
        assert page.again().relation == "ahead"
        acting(page, "decision")

    def test_a_change_after_signature_is_a_version_more(self, page):
        final(page)
        old = page.record
        page.role = "MPE"
        with pytest.raises(InputError, match=r"^Type why it is changed first"):
            page.revise(" ", "verification")
        page.revise("The wrong mass was entered.", "verification")
        assert page.record.signatures == ()
        assert store.load(store.place(old)).previous == old
        said = "It is the turn of the **physicist**, to verify the delivered doses, or to say why no dose was verified."
        assert words.turn(page.record) == said
        rows = words.version_rows(page.record)
        assert [row[0] for row in rows] == ["1", "2"]
        assert "wrong mass" in rows[1][1]
        with pytest.raises(InputError, match="cannot be changed any more"):
            page.revise("Another activity, please.", "prescription")

    def test_rows_name_nobody(self, page):
        final(page)
        text = scripts.csv([page.record], "semicolon").decode("utf-8-sig")
        assert "206,2" in text
        for secret in ("case-07", "Ada", "Sample", "2025", page.record.sha256):
            assert secret not in text

    def test_the_same_in_code(self, page, tmp_path, monkeypatch, capsys):
        final(page)
        code = scripts.code(str(store.place(page.record)))
        assert len(code.splitlines()) <= 15
        monkeypatch.chdir(tmp_path)
        exec(compile(code, "shown", "exec"), {})
        assert "thyroid 206.2 39.1 Gy: within" in capsys.readouterr().out
        assert (tmp_path / "rows.csv").exists()


class TestWords:
    def test_the_physician_reads_no_z_and_the_physicist_does(self, page):
        final(page)
        seen = {role: json.dumps(words.blocks(page.record, role)) for role in ("MD", "MPE", "observer")}
        assert '"z"' not in seen["MD"]
        assert "P(>" not in seen["MD"]
        assert "under 1 of 100" in seen["MD"]
        assert f'"{page.record.verification.regions[0].z:+.2f}"' in seen["MPE"]
        assert seen["MPE"] == seen["observer"]

    def test_the_steps_say_who_is_waited_for(self, page):
        assert [row[3] for row in words.step_rows(page.record)][:2] == ["**open**, waits for the physician", "not yet"]
        acting(page, "intent")
        assert "✓ done by Dr Ada" in words.step_rows(page.record)[0][3]
        acting(page, "options")
        acting(page, "decision", decision="do not treat")
        states = [row[3] for row in words.step_rows(page.record)]
        assert states[3:7] == ["not needed: do not treat"] * 4
        assert states[7:] == ["**open**, waits for the physicist", "**open**, waits for the physician"]

    def test_no_name_of_a_function_is_left_in_a_refusal(self, page):
        for kind in (*words.STEPS, "signature"):
            with pytest.raises(InputError) as refused:
                taking.try_turn(page.record, kind, "MPE")
            assert "_" not in words.refusal(refused.value)
            assert "(de" not in words.refusal(refused.value)


class TestNewVersion:
    """A step that is taken again has what the version before has, so that only what is wrong is typed."""

    @pytest.mark.parametrize("name", EXAMPLES)
    @pytest.mark.parametrize("kind", ["administration", "verification"])
    def test_nothing_changed_says_the_same(self, name, kind):
        page = RecordPage(role="MPE", names={"MPE": "Bo Sample"})
        page.show(name)
        page.revise("To look at it once more.", kind)
        page.take(kind, {})
        assert getattr(page.record, kind) == getattr(page.record.previous, kind)

    def test_from_the_intent_on(self, page):
        for kind in ("intent", "options", "decision", "prescription", "plan"):
            acting(page, kind)
        page.role = "MD"
        page.revise("All of it once more.", "intent")
        for kind in ("intent", "options", "decision", "prescription", "plan"):
            page.role = WHOSE.get(kind, "MPE")
            page.take(kind, {})
            again, before = getattr(page.record, kind), getattr(page.record.previous, kind)
            if kind != "options":
                assert again == before
                continue
            assert (again.basis, again.unknown) == (before.basis, before.unknown)
            for one, other in zip(again.rows, before.rows, strict=True):
                assert (one.tissue, one.activity_mbq, one.limit_gy) == (
                    other.tissue,
                    other.activity_mbq,
                    other.limit_gy,
                )
                assert (one.median_gy, one.high_gy) == pytest.approx((other.median_gy, other.high_gy), rel=1e-3)

    def test_only_what_is_wrong_is_typed(self, page):
        through(page, "verification")
        page.role = "MPE"
        page.revise("A slip in the dose.", "verification")
        assert fields.at_first(page.record, "verification")["0.shared"] == "15.3"
        assert fields.from_before(page.record, "verification") == 1
        page.take("verification", {"0.dose": "216,2"})
        (new,), (old,) = page.record.verification.regions, page.record.previous.verification.regions
        assert (new.dose_gy, new.u_gy, new.shared_rel) == (216.2, old.u_gy, old.shared_rel)
        assert fields.from_before(page.record, "signature") is None

    def test_a_first_version_is_empty(self, page):
        acting(page, "intent")
        assert fields.at_first(page.record, "options")["basis"] == ""
        assert fields.from_before(page.record, "options") is None


@pytest.mark.parametrize(
    ("typed", "parts"),
    [("SPECT 1 15; T1/2 7,5 %", {"SPECT 1": 0.15, "T1/2": 0.075}), ("mass: 15", {"mass": 0.15})],
)
def test_names_of_uncertainties_may_have_digits(page, typed, parts):
    for kind in ("intent", "options", "decision", "prescription"):
        acting(page, kind)
    acting(page, "plan", **{"0.parts": typed})
    assert {one.name: one.relative for one in page.record.plan.regions[0].components} == pytest.approx(parts)


def test_a_source_from_external_beam_says_so(page):
    for kind in ("intent", "options", "decision"):
        acting(page, kind)
    with pytest.raises(InputError, match="speaks of external beam"):
        acting(page, "prescription", **{"0.source": "TD5/5, external beam"})
    acting(page, "prescription", **{"0.source": "TD5/5, external beam", "0.beam": "yes"})
    assert page.record.prescription.constraints[0].from_external_beam


@pytest.mark.parametrize("name", EXAMPLES)
def test_shipped_examples_are_whole_and_a_copy_is_kept_only_once_changed(name):
    page = RecordPage(role="MPE", names={"MPE": "Bo Sample"})
    page.show(name)
    assert page.record.status == "FINAL"
    assert store.kept() == []
    page.revise("The mass of the plan was wrong.", "verification")
    assert len(store.kept()) == 1
    again = RecordPage()
    again.show(name)
    assert again.record == page.record


@pytest.mark.parametrize("therapy", THERAPIES)
def test_every_therapy_can_begin(therapy):
    page = RecordPage()
    page.begin("case-01", therapy, *THERAPIES[therapy], 2.0)
    assert page.record.header.cycle == 2


class TestPage:
    def press(self, view, kind, role=None, **changes):
        view.role.value = role or WHOSE.get(kind, "MPE")
        if kind in [value for _, value in view.turn.options]:
            view.turn.value = kind
        for key, text in {**ANSWERS[kind], **changes}.items():
            setattr(view._asked[key], "text" if hasattr(view._asked[key], "state") else "value", text)
        view.enter.click()

    def test_one_case_through_three_tabs(self):
        tabs = {}
        for role, name in (("MD", "Dr Ada"), ("MPE", "Bo Sample"), ("observer", "Cleo Third")):
            tabs[role] = _View(RecordPage())
            tabs[role].role.value, tabs[role].name.value = role, name
        doctor = tabs["MD"]
        doctor.pseudonym.value = "case-07"
        doctor.begin.click()
        path = store.place(doctor.model.record)
        for kind in [*ANSWERS, "signature"]:
            role = WHOSE.get(kind, "MPE")
            if kind == "signature" and doctor.model.record.signatures:
                role = "MD"
            view = tabs[role]
            view.model.open(path)
            view._changed("")
            self.press(view, kind, role)
            assert not view.refused.text, (kind, view.refused.text)
            assert "Entered and kept" in view.entered.text
            doctor.again.click()
        watching = tabs["observer"]
        watching.model.open(path)
        watching._changed("")
        assert watching.enter.layout.display == "none"
        watching.note_text.value = "Nobody asked for the dose to the marrow afterwards."
        watching.note_add.click()
        assert store.notes(watching.model.record)[0]["name"] == "Cleo Third"
        assert store.load(path).final
        for view in tabs.values():
            assert view.page.errors.messages == ()
        assert RecordPage().restore(kept.load(STATE))
        assert kept.load(STATE)["names"] == {"MD": "Dr Ada", "MPE": "Bo Sample", "observer": "Cleo Third"}

    def test_a_refusal_is_shown_and_what_was_typed_stays(self):
        view = _View(RecordPage())
        view.pseudonym.value = "1961-03-12"
        view.begin.click()
        assert "looks like a" in view.refused_begin.text or "date" in view.refused_begin.text
        view.pseudonym.value = "case-07"
        view.begin.click()
        view.role.value = "MPE"
        assert "is for the **physician**" in view.not_mine.text
        view.trial.value = "intent"
        view.try_it.click()
        assert "not for the medical physics expert" in view.tried.text
        view.role.value = "MD"
        view._asked["indication"].value = "Graves"
        view.enter.click()
        assert "Type your name" in view.refused.text
        again = _View(RecordPage())
        assert again._asked["indication"].value == "Graves"
        assert again.model.record == view.model.record

    def test_every_control_to_its_ends(self, page):
        final(page)
        view = _View(page)
        for choice in (view.which, view.role, view.version, view.back_to, view.decimal, view.trial, view.therapy):
            for _, value in choice.options:
                choice.value = value
        for button in (
            view.open,
            view.again,
            view.begin,
            view.revise,
            view.check,
            view.enter,
            view.try_it,
            view.forget,
        ):
            button.click()
        assert not view.page.errors.unexpected

    def test_forms_of_every_step_have_names_of_their_own(self, page):
        for kind in words.STEPS:
            found = [ask for group in fields.groups(page.record, kind) for ask in (*group.asks, *group.more)]
            assert len({ask.key for ask in found}) == len({ask.label for ask in found}) == len(found)
            acting(page, kind)

    def test_rows_of_several_records(self, page):
        final(page)
        view = _View(page)
        for name in EXAMPLES:
            view._add(type("File", (), {"name": name, "content": (_content.dataset("records") / name).read_bytes()}))
        assert view.merged.html.count("<tr>") == 1 + 1 + 1 + 3
        assert "No sum over cycles" in view.sums_said.text
        assert view._csv().count(b"\n") == 6
