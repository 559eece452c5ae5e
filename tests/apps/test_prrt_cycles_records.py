"""The records of cycles of PRRT: what was handed over, what was measured, and what they add up to."""

import pytest
from uncertainties import ufloat

from mrtlab import record
from mrtlab.apps import prrt_cycles
from mrtlab.apps.prrt_cycles import casebook, compute, measure
from mrtlab.apps.record import store

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


def after(patient: str, decisions=(), asked=(), **inputs):
    """A model some cycles on; the last one waits if it has no decision."""
    model = prrt_cycles.PrrtCycles(patient=patient, **inputs)
    for choice in (*decisions, None):
        model.give()
        if choice:
            model.decide(choice)
    for what in asked:
        model.ask(what)
    return model


def test_a_new_version_is_what_adds_up():
    model = after("first", limits=[0])
    model.decide("go on")
    made = casebook.cycle_record(model)
    path = store.keep(made)
    model.keep(1, record.to_json(made))
    for who in (casebook.PHYSICIST, casebook.PHYSICIAN):
        made = made.sign(who)
    again = made.revise(casebook.PHYSICIST, "Another mass.", "verification")
    halved = [record.MeasuredRegion("kidneys", ufloat(2.0, 0.2), 300.0, "CT", "as before", "as before", 4, True)]
    away = {"marrow": "Not measured in this cycle.", measure.lesion("first"): "See version 1."}
    why = "The mass was that of another patient."
    again = again.verify(casebook.PHYSICIST, halved, missing=away, investigation=why)
    store.keep(again)
    assert casebook.cumulative_rows(model)[0][3] == "2.0 ± 0.2 Gy"
    assert casebook.kept_record(model, 1).header.version == 2
    path.unlink()  # what the page knows itself is still there
    assert casebook.kept_record(model, 1).header.version == 1


def test_the_record_has_the_range_that_was_handed_over():
    model = after("third", ["go on"], limits=[0, 3])
    model.decide("go on")
    page = compute.options(model)
    model.give()
    model.decide("go on")
    made = casebook.cycle_record(model, "nothing found")
    assert "all cycles together" in made.options.basis
    rows = [one for one in made.options.rows if one.tissue == "kidneys"]
    assert [one.median_gy for one in rows] == pytest.approx([median for median, _ in page.kidneys])
    assert [one.high_gy for one in rows] == pytest.approx([high for _, (_, high) in page.kidneys])
    assert [one.probability_above for one in rows] == pytest.approx(list(page.chances[0]))
    tumour = [one for one in made.options.rows if one.tissue == "lesion 1"]
    handed = [one for one in page.found.doses if one.tissue == "tumour"]
    assert [one.high_gy for one in tumour] == pytest.approx([one.interval95_gy[1] for one in handed])
    total = compute.cycles(model).total_gy
    assert f"{total.n:.1f} ± {total.s:.1f} Gy after 3 cycles" in made.verification.next_cycle
    assert [one.source.rpartition(" ")[2] for one in made.prescription.constraints[:2]] == [
        "(published)",
        "(recalled)",
    ]


def test_serial_scans_and_the_arm_are_in_the_record():
    model = after("third", ["go on"] * 2, ["site", "serial"])
    model.decide("go on")
    kidneys = casebook.cycle_record(model, "late").verification.regions[0]
    assert kidneys.effective_half_life_h == pytest.approx(63, abs=0.5)  # that of cycle 1 is 59.9 h
    assert "4.4 ± 0.5 GBq beside the vein" in casebook.cycle_record(model, "late").verification.investigation
    model = after("third", ["go on"] * 2)
    model.decide("go on")
    kidneys = casebook.cycle_record(model).verification.regions[0]
    assert kidneys.effective_half_life_h == pytest.approx(compute.own_half_life(model))


def test_after_a_cycle_without_a_dose_no_sum_is_claimed():
    model = after("fourth", ["cannot"], limits=[0])
    model.decide("go on")
    made = casebook.cycle_record(model, "nothing found")
    assert {one.tissue for one in made.options.rows} == {"marrow", "lesion 1"}
    assert "cycle 1 was not determined" in str(made.options.unknown)
    assert "no sum of all cycles" in made.verification.next_cycle
