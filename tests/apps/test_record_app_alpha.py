"""The page of records with an alpha emitter: what it asks for, refuses and shows."""

from __future__ import annotations

import json
import re

import pytest

from mrtlab import record
from mrtlab.apps.record import RecordPage, fields, words
from mrtlab.apps.record.view import _View
from mrtlab.errors import InputError

pytestmark = pytest.mark.usefixtures("own_data_folder")

CHOICE = "Fr-221 stays, 30 % of Bi-213 leaves the lesion"
REST = {"mass_method": "outlined on CT", "kinetics": "population", "constant": "energies of ICRP 107"}
ANSWERS = {
    "intent": {"indication": "mCRPC", "intent": "palliative", "targets": "lesion 1", "at_risk": "glands"},
    "options": {
        "activities": "6; 8,0", "basis": "a population", "0.per_gbq": "125", "0.u": "30", "1.unknown": "nobody knows",
    },
    "decision": {"decision": "treat", "reason": "Benefit outweighs the risk."},
    "prescription": {"activity": "8", "level": "2", "planned_by": "Bo Sample", "reason": "As others give.",
                     "0.dose": "0,9"},
    "plan": {
        "activity": "8", "0.median": "1", "0.parts": "uptake 30", "0.mass": "12", "0.daughters": CHOICE,
        **{f"0.{key}": text for key, text in REST.items()}, "1.median": "",
    },
    "administration": {
        "activity": "8", "u": "0,3", "residual": "0,1", "measured_at": "2025-03-04 09:00 +01:00",
        "started_at": "2025-03-04 09:30 +01:00", "calibrator": "well chamber 2", "traceability": "standard",
        "route": "intravenous",
    },
    "verification": {
        "0.dose": "0,814", "0.u": "0,1", "0.alpha": "0,793", "0.electrons": "0,021", "0.kinetics": "three images",
        "0.points": "3",
    },
    "signature": {},
}  # fmt: skip


def acting(page, kind, role="", **changes):
    page.role = role or ("MD" if kind in ("intent", "decision", "prescription") else "MPE")
    page.take(kind, {**ANSWERS[kind], **changes})


@pytest.fixture
def page():
    page = RecordPage(names={"MD": "Dr Ada", "MPE": "Bo Sample"})
    page.begin("case-07", "PSMA", "Ac-225", "Ac-225 PSMA-617", 1.0)
    return page


def through(page, last):
    for kind in ANSWERS:
        acting(page, kind)
        if kind == last:
            break


def labels(page, kind):
    return set(fields.labels(fields.groups(page.record, kind)).values())


def test_what_is_typed_is_in_the_record(page):
    through(page, "signature")
    acting(page, "signature", "MD")
    assert page.record.status == "FINAL"
    (lesion,) = page.record.verification.regions
    assert (lesion.alpha.alpha_gy, lesion.alpha.electron_gy, lesion.alpha.rbe) == (0.793, 0.021, 5.0)
    assert lesion.alpha.weighted_gy == pytest.approx(3.986)
    assert lesion.alpha.daughters == page.record.plan.regions[0].daughters == CHOICE
    for role in ("MD", "MPE"):
        text = json.dumps(words.blocks(page.record, role), ensure_ascii=False)
        assert "alpha particles 0.793 Gy, electrons 0.021 Gy; weighted 3.99 Gy (RBE 5)" in text
        assert text.count(CHOICE) == 2
        assert "without a weight" in text
        assert "Sv" not in text
    total = record.cumulative([page.record])["lesion 1"]
    assert "weighted 3.99 Gy (RBE 5)" in words.sum_row(total)[1]


def test_another_weight_is_called_by_its_number(page):
    through(page, "administration")
    acting(page, "verification", **{"0.rbe": "3,5"})
    text = json.dumps(words.blocks(page.record, "MPE"), ensure_ascii=False)
    assert "weighted 2.8 Gy (RBE 3.5)" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"0.alpha": ""}, "Dose of alpha particles, lesion 1: nothing is entered."),
        ({"0.electrons": " "}, "Dose of electrons, lesion 1: nothing is entered."),
        ({"0.rbe": ""}, r"Weight of alpha particles \(RBE\), lesion 1: nothing is entered."),
        ({"0.daughters": ""}, "Where the daughters decay, lesion 1: nothing is entered."),
        ({"0.alpha": "1.234,5"}, "Dose of alpha particles, lesion 1: "),
        ({"0.electrons": "0"}, "the dose is 0.814 Gy, and alpha particles and electrons together give 0.793 Gy"),
        ({"0.dose": "3,986"}, "It is the weighted dose; the absorbed one is asked for"),
        ({"0.rbe": "0"}, "rbe"),
    ],
    ids=range(8),
)
def test_what_is_missing_or_does_not_fit_is_refused(page, changes, said):
    through(page, "administration")
    with pytest.raises(InputError) as refused:
        acting(page, "verification", **changes)
    assert re.search(said, words.refusal(refused.value))
    assert page.record.verification is None


def test_the_plan_says_where_the_daughters_decay(page):
    through(page, "prescription")
    with pytest.raises(InputError, match="Where the daughters decay, lesion 1: nothing is entered"):
        acting(page, "plan", **{"0.daughters": ""})
    acting(page, "plan", **{"0.daughters": "all at the site"})
    acting(page, "administration")
    acting(page, "verification", **{"0.daughters": CHOICE})
    assert words.alert(page.record) == [
        "Doses that are compared or added here say in different words where the daughters decay. Read both: they may "
        "not be doses of the same thing."
    ]


def test_only_an_alpha_emitter_is_asked(page):
    other = RecordPage(names=page.names)
    other.begin("case-08", "PSMA", "Lu-177", "Lu-177 PSMA-617", 1.0)
    for kind in ("intent", "options", "decision", "prescription", "plan", "administration"):
        for one in (page, other):
            acting(one, kind)
    more = labels(page, "verification") - labels(other, "verification")
    assert more == {
        "Dose of alpha particles, lesion 1", "Dose of electrons, lesion 1", "Weight of alpha particles (RBE), lesion 1",
        "Where the daughters decay, lesion 1",
    }  # fmt: skip
    assert labels(other, "verification") < labels(page, "verification")


def test_the_controls_have_names_and_the_refusal_stands_beside_them(page):
    through(page, "administration")
    view = _View(page)
    view.role.value = "MPE"
    for key, text in {**ANSWERS["verification"], "0.alpha": ""}.items():
        setattr(view._asked[key], "text" if hasattr(view._asked[key], "state") else "value", text)
    assert view._asked["0.daughters"].value == CHOICE
    view.enter.click()
    assert view.refused.text == "Dose of alpha particles, lesion 1: nothing is entered."
    view._asked["0.alpha"].text = "0,793"
    view.check.click()
    assert "weighted 3.99 Gy (RBE 5)" in view.would.text
    view.enter.click()
    assert view.model.record.verification.regions[0].alpha.alpha_gy == 0.793
    assert view.page.errors.messages == ()
