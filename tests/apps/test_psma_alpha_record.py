"""The record of a cycle of Ac-225 on the PSMA page, without a browser."""

import pytest

from mrtlab import InputError, psma, record
from mrtlab.apps import kept, psma_cycles
from mrtlab.apps.psma_cycles import alpha_case
from mrtlab.apps.psma_cycles import view as view_module
from mrtlab.apps.psma_cycles.case import PHYSICIAN, PHYSICIST
from mrtlab.apps.record import store
from mrtlab.errors import Flag

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return psma_cycles.PsmaPage(daughters="all")


def test_from_the_plan_to_the_signatures(model):
    begun = alpha_case.begun(model)
    (plan,) = begun.plan.regions
    whole = psma.alpha_dose(0.05, 1.0, retained="all")
    assert plan.median_gy == pytest.approx(whole.absorbed_gy)
    assert plan.daughters == whole.daughters
    assert begun.header.nuclide == "Ac-225"
    model.daughters, model.bismuth, model.rbe = "steps", 0.5, 4.0
    done = alpha_case.verified(model, begun, "")
    (lesion,) = done.verification.regions
    part = psma.alpha_dose(0.05, 1.0, retained={"Bi-213": 0.5}, rbe=4.0)
    assert lesion.alpha.alpha_gy == pytest.approx(part.alpha_gy)
    assert lesion.alpha.weighted_gy == pytest.approx(part.weighted_gy)
    assert (lesion.alpha.rbe, lesion.alpha.daughters) == (4.0, part.daughters)
    assert lesion.u_gy == pytest.approx(0.2 * part.absorbed_gy)
    assert (lesion.basis, lesion.partial_volume) == ("estimated", False)
    assert done.flags == (Flag.DAUGHTERS_DIFFER,)
    final = done.sign(PHYSICIST).sign(PHYSICIAN)
    assert final.status == "FINAL"
    assert record.from_json(record.to_json(final)) == final
    with pytest.raises(InputError, match="verified already"):
        alpha_case.verified(model, done, "")


def test_without_a_choice_there_is_no_record(model):
    model.daughters = "none"
    with pytest.raises(InputError, match="Where do the daughters go"):
        alpha_case.begun(model)


def test_far_from_the_plan_an_investigation_is_wanted(model):
    begun = alpha_case.begun(model)
    model.ac_tia = 1.0
    with pytest.raises(InputError, match="investigation"):
        alpha_case.verified(model, begun, " ")
    assert alpha_case.verified(model, begun, "The vial was that of another patient.").verified


def test_on_the_page(unpainted):
    view = view_module._View(psma_cycles.PsmaPage())
    here = view.alpha_record
    for button in (here.begin, here.put):
        button.click()
        assert here.record_refused.text.startswith("Not yet: there is no dose above yet")
    view.skip["alpha"].click()
    view.chosen["daughters"].value = "all"
    here.put.click()
    assert "begin the record first" in here.record_refused.text
    here.begin.click()
    assert not here.record_refused.text
    assert "to enter the administration" in here.recorded.text
    view.chosen["daughters"].value = "steps"
    view.fields["ac_tia"].text = "1,0"
    here.put.click()
    assert "say above what was found" in here.record_refused.text
    view.fields["ac_tia"].text = "0,05"
    view.fields["ac_u"].text = "15,5"
    here.put.click()
    said = here.recorded.text
    assert "0.735 ± 0.11 Gy absorbed" in said
    assert "(RBE 5)" in said
    assert "Bi-213 70 %" in said
    assert "different words where the daughters decay" in said
    assert "Sv" not in said
    (path,) = (one.path for one in store.kept())
    there = record.read(path)
    assert record.to_json(there).encode() == here._json()
    assert there.verification.regions[0].u_gy == pytest.approx(0.155 * there.verification.regions[0].dose_gy)
    view.fields["ac_g"].text = "nonsense"
    here.begin.click()
    assert here.record_refused.text == "Not yet: the field “mass of the site” cannot be used."
    assert (view.model.record, view.recorded.text) == ("", ""), "that of Lu-177 is another"
    again = psma_cycles.PsmaPage()
    assert again.restore(kept.load(view_module._View.STATE))
    assert record.from_json(again.alpha_record) == there
    assert view.page.errors.messages == ()
