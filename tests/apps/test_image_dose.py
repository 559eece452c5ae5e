"""The page from images to dose without a browser: what it shows is what the study says, and the truth stays hidden."""

import contextlib
import csv
import io
import zipfile
from dataclasses import replace

import pydicom
import pytest
import traitlets

from mrtlab import InputError
from mrtlab.apps.image_dose import ImageDosePage
from mrtlab.apps.image_dose.model import DEFECTS, TIMES_H
from mrtlab.patients import virtual_patient
from mrtlab.study import RegionDose, read_study, study_dose


@pytest.fixture(scope="module")
def kept():
    """One page for all: outcomes are remembered by patient and defects."""
    return ImageDosePage()


@pytest.fixture
def page(kept):
    kept.set_trait("seed", 3)
    kept.defects, kept.predictions, kept.revealed, kept.region = (), {}, False, "left kidney"
    return kept


def spoilt(page, name):
    page.defects = (name,)
    return page.outcome()


def test_every_scan_is_below_what_decay_alone_would_leave(page):
    rows = page.totals()
    assert len(rows) == len(TIMES_H)
    for row, start in zip(rows, TIMES_H, strict=True):
        assert row.time_h == pytest.approx(start, abs=0.5)  # the middle of the scan
        assert 0 < row.measured_mbq < row.left_mbq
        assert row.left_mbq == pytest.approx(7400 * 2 ** (-row.time_h / 159.5), rel=0.005)  # 6.647 d


def test_the_truth_waits_for_predictions_and_the_wish_to_see_it(page):
    with pytest.raises(InputError, match="hidden"):
        page.truth()
    with pytest.raises(InputError, match="predict first"):
        page.reveal()
    with pytest.raises(InputError, match="lesion must be"):
        page.predict(kidney="curve")
    page.predict(kidney="curve", lesion="recovery")
    page.predict(kidney="recovery", lesion="curve")
    assert page.predictions == {"kidney": "curve", "lesion": "recovery"}  # the first one stays
    with pytest.raises(InputError, match="hidden"):
        page.truth()
    page.reveal()
    assert {row.region for row in page.truth()} >= {"liver", "spleen", "left kidney", "right kidney"}
    page.seed = 4
    assert not page.revealed


def test_z_is_the_distance_to_the_truth(page):
    page.predict(kidney="curve", lesion="recovery")
    page.reveal()
    truth = virtual_patient("prrt", 3).truth
    for row in page.truth():
        assert row.z * row.u_gy == pytest.approx(row.dose_gy - row.true_gy)
        # 0.0853 Gy·g/(MBq·h): 148 keV of electrons in each decay of Lu-177
        expected = 0.0853 * float(truth.tia_mbq_h(row.region)) / truth.mass_g(row.region)
        assert row.true_gy == pytest.approx(expected, rel=0.01)
        assert row.inside == (abs(row.dose_gy - row.true_gy) <= 2 * row.u_gy)


def test_a_kidney_suffers_from_the_curve_a_lesion_from_recovery(page):
    assert page.larger("left kidney") == "curve"
    assert page.larger("lesion 2") == "recovery"
    assert page.curve("left kidney").recovery > page.curve("lesion 2").recovery
    with pytest.raises(InputError, match="no region"):
        page.curve("thyroid")


def test_milliseconds_and_another_window_are_refused(page):
    assert "milliseconds" in spoilt(page, "milliseconds").refused
    with pytest.raises(InputError, match="milliseconds"):
        page.doses_csv()
    assert "another peak" in spoilt(page, "window").refused


def test_missing_recovery_is_flagged_and_lowers_the_dose(page):
    good = page.outcome().result["left kidney"].dose_gy.nominal_value
    found = spoilt(page, "no recovery").result["left kidney"]
    assert "RECOVERY_MISSING" in found.flags
    assert found.dose_gy.nominal_value < 0.9 * good


def test_a_wrong_clock_goes_unnoticed(page):
    """Nothing refuses it and nothing flags it, though the dose has moved: that is the lesson."""
    good = page.outcome().result
    found = spoilt(page, "clock").result
    assert not found.flags
    assert found["left kidney"].flags == good["left kidney"].flags
    assert found["left kidney"].dose_gy.nominal_value != pytest.approx(good["left kidney"].dose_gy.nominal_value, 1e-3)


def test_outcomes_are_remembered(page):
    said = []
    first = page.outcome()
    assert page.outcome(said.append) is first
    assert not said


def test_progress_says_what_is_done():
    said = []
    ImageDosePage().outcome(said.append)
    assert [text for text in said if text.startswith("scan ")] == [f"scan {number} of 4" for number in range(1, 5)]
    assert "dose of every voxel" in said


def test_bad_choices_are_refused(page):
    with pytest.raises(InputError, match="no defect 'fog'"):
        page.defects = ("fog",)
    with pytest.raises(traitlets.TraitError):
        page.seed = -1
    page.defects = tuple(reversed(DEFECTS))
    assert page.defects == tuple(DEFECTS)  # one order, so that it is remembered once


def test_a_refused_lesion_keeps_its_row_and_has_no_truth_to_compare(page):
    good = page.outcome()
    refused = RegionDose("lesion 1", 2.4, 2.3, refused="not quantifiable")
    regions = tuple(refused if item.region == "lesion 1" else item for item in good.result.regions)
    page = ImageDosePage()
    page._kept[3, ()] = replace(good, result=replace(good.result, regions=regions))
    with pytest.raises(InputError, match="not quantifiable"):
        page.larger("lesion 1")
    page.predict(kidney="curve", lesion="recovery")
    page.reveal()
    assert "lesion 1" not in {row.region for row in page.truth()}
    rows = {row["region"]: row for row in csv.DictReader(io.StringIO(page.doses_csv()))}
    assert set(rows) == set(page.regions())
    assert not rows["lesion 1"]["dose_gy"]
    assert "not quantifiable" in rows["lesion 1"]["refused"]
    assert float(rows["liver"]["dose_gy"]) == page.outcome().result["liver"].dose_gy.nominal_value


def test_rtdose_holds_the_map(page):
    found = pydicom.dcmread(io.BytesIO(page.rtdose()))
    assert found.Modality == "RTDOSE"
    peak = float(found.pixel_array.max()) * float(found.DoseGridScaling)
    assert peak == pytest.approx(float(page.dose_map().array.max()), rel=1e-3)


def test_the_folder_gives_the_same_doses(page, tmp_path):
    """By another route: written, zipped, read as anybody's DICOM; only the outlines lose their parts of voxels."""
    with zipfile.ZipFile(io.BytesIO(page.dicom_zip())) as packed:
        packed.extractall(tmp_path)
    again = study_dose(read_study(tmp_path / "patient-3"), voxels=False)
    for item in page.outcome().result.regions:
        if item.dose_gy is not None:
            mine, other = item.dose_gy, again[item.region].dose_gy.nominal_value
            allowed = mine.std_dev if item.region.startswith("lesion") else 0.02 * mine.nominal_value
            assert abs(other - mine.nominal_value) < allowed, item.region


def test_the_same_in_code_gives_the_same_dose(page):
    page.region = "spleen"
    script = page.code()
    assert len(script.splitlines()) <= 15
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(script, {})
    assert out.getvalue().strip() == str(page.outcome().result["spleen"].dose_gy)
