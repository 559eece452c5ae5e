"""Records of the cycles of the PSMA page: begun, verified, signed elsewhere, and added up."""

from __future__ import annotations

import pytest

from mrtlab import InputError, record
from mrtlab.apps import psma_cycles
from mrtlab.apps.psma_cycles import case, compute
from mrtlab.apps.psma_cycles import view as view_module
from mrtlab.apps.psma_cycles.look import n
from mrtlab.apps.record import store

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return psma_cycles.PsmaPage()


@pytest.fixture
def view(unpainted):
    """A page whose section on one image is open."""
    made = view_module._View(psma_cycles.PsmaPage())
    made.skip["single"].click()
    return made


class TestRecord:
    def test_from_the_plan_to_the_signatures(self, model):
        model.cycle, model.limit_kidney = 2.0, 23.0
        case.fill(model)
        begun = case.begun(model)
        assert [turn.kind for turn in begun.turns] == ["administration"]
        assert begun.header.cycle == 2
        with pytest.raises(InputError, match="investigation"):
            case.verified(model, begun, "")
        done = case.verified(model, begun, "High uptake of the gland, outline checked twice.")
        remarks = done.verification.remarks
        for name in ("Red marrow", "Tumours"):
            assert f"{name}: single-time-point estimate compromised" in remarks
        assert {one.region for one in done.verification.regions} == set(case.NAMES.values())
        final = done.sign(case.PHYSICIST).sign(case.PHYSICIAN)
        assert final.status == "FINAL"
        assert record.from_json(record.to_json(final)).sha256 == final.sha256
        with pytest.raises(InputError, match="verified already"):
            case.verified(model, done, "")
        model.cycle = 3.0
        with pytest.raises(InputError, match="of cycle 2"):
            case.verified(model, begun, "")

    def test_six_cycles_add_up(self, model):
        records = []
        for cycle in (1, 2):
            model.cycle = float(cycle)
            case.fill(model)
            found = case.verified(model, case.begun(model), "High uptake of the gland, outline checked.")
            records.append(found.sign(case.PHYSICIST).sign(case.PHYSICIAN))
        total = record.cumulative(records)["Kidneys"]
        each = [next(one.dose_gy for one in made.verification.regions if one.region == "Kidneys") for made in records]
        assert each[1] > each[0], "the tumour shrinks"
        assert n(total.dose_gy) == pytest.approx(sum(each))

    def test_earlier_cycles_count_as_measured(self, model):
        model.cycle, model.limit_parotid = 3.0, 60.0
        case.fill(model)
        truth = float(sum(case.patient().doses_gy("parotid")[:2]))
        seen = case._before(model, ())["parotid"]
        assert 1.02 * truth < seen.nominal_value < 1.06 * truth
        assert seen.std_dev > 0.05 * seen.nominal_value, "the calibration is the same in all cycles"
        first = psma_cycles.PsmaPage(region="parotid")
        case.fill(first)
        first.activity_mbq /= 2
        made = case.verified(first, case.begun(first), "Outline drawn anew, half of it was the gland.")
        halved = case._before(model, [made])["parotid"]
        gland = next(one.dose_gy for one in made.verification.regions if one.region == "Parotid gland")
        assert seen.nominal_value - halved.nominal_value == pytest.approx(gland, rel=1e-3)
        option = case.begun(model, [made]).options.rows[1]
        assert option.tissue == "Parotid gland"
        assert option.median_gy > halved.nominal_value

    def test_what_the_record_says_of_marrow(self, model):
        done = case.verified(model, case.begun(model), "High uptake of the gland, outline checked.")
        by = {one.region: one for one in done.verification.regions}
        assert "reference man" in by["Red marrow"].mass_method
        assert "CT" in by["Kidneys"].mass_method
        assert not by["Red marrow"].partial_volume
        assert "image of 48 h" in done.administration.remarks
        assert by["Parotid gland"].partial_volume

    def test_typed_numbers_reach_the_record(self, model):
        model.activity_mbq = 200.0
        done = case.verified(model, case.begun(model), "High uptake of the gland, outline checked.")
        kidneys = next(one for one in done.verification.regions if one.region == "Kidneys")
        assert kidneys.dose_gy == pytest.approx(n(compute.single(model).dose_gy))
        assert "200 MBq seen" in kidneys.kinetics


class TestView:
    def test_a_limit_used_up_is_said(self, view):
        view.fields["cycle"].value = 3.0
        view.fields["limit_parotid"].value = 40.0
        before = view.model.record
        view.begin.click()
        assert "of its limit of 40 Gy" in view.record_refused.text
        assert view.model.record == before
        view.fields["limit_parotid"].value = 0.0
        view.begin.click()
        assert not view.record_refused.text
        assert "cycle 3" in view.recorded.text

    def test_what_was_found_is_said_once_in_words_of_the_page(self, view):
        view.begin.click()
        view.put.click()
        assert "say above what the investigation found" in view.record_refused.text
        view.investigation.value = "x"
        view.put.click()
        assert "at least 10" in view.record_refused.text
        assert "String" not in view.record_refused.text
        view.investigation.value = "High uptake of the gland, outline checked twice."
        view.put.click()
        assert view.investigation.value == "", "not for the next cycle"

    def test_record_goes_on_from_what_another_page_made_of_it(self, view):
        view.begin.click()
        view.investigation.value = "High uptake of the gland, outline checked twice."
        view.put.click()
        final = store.load(store.kept()[0].path).sign(case.PHYSICIST).sign(case.PHYSICIAN)
        store.keep(final)
        again = view_module._View(psma_cycles.PsmaPage())
        assert "final" in again.recorded.text
        store.keep(final.revise(case.PHYSICIST, "The sentence was that of another cycle.", "verification"))
        again.investigation.value = "Outline, recovery and calibration looked at again."
        again.put.click()
        assert not again.record_refused.text
        done = store.load(store.kept()[0].path)
        assert done.header.version == 2
        assert done.verification.investigation.startswith("Outline, recovery")
