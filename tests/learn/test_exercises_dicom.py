"""Exercises on DICOM files: the tables against the files, the files against other programs, the answers against both.

Numbers are those of the scientific specification, or come from reading the files by a way the exercises do not use.
"""

from __future__ import annotations

import re

import pytest
from dicom_cases import LACKING, cases, complaints, datasets, judged, number, saved, stored
from test_exercises_content import answers, includes

from mrtlab.clock import elapsed_h
from mrtlab.dicom import read_image
from mrtlab.errors import Flag, InputError
from mrtlab.images import decay_to
from mrtlab.learn.audit import audit
from mrtlab.learn.draws import moment
from mrtlab.learn.library import load
from mrtlab.learn.variants import variant

IDS = ("dicom-detective", "spot-the-unit-error")


class TestTablesAndFiles:
    @pytest.mark.parametrize("case", LACKING)
    def test_detective(self, case):
        one = cases("dicom-detective")[case]
        for table, ds in zip(one.sheet.tables, datasets(one.sheet), strict=True):
            assert table.rows
            for tag, element, value in table.rows:
                assert stored(ds, tag, element) == value, (table.name, element)

    def test_an_element_without_a_date_is_in_no_other_place(self):
        ds = datasets(cases("dicom-detective")["scatter"].sheet)[2]
        assert not [item for item in ds.iterall() if item.keyword == "RadiopharmaceuticalStartDateTime"]


class TestOtherPrograms:
    @pytest.mark.parametrize("case", LACKING)
    def test_no_errors(self, tmp_path, case):
        for path in saved(cases("dicom-detective")[case], tmp_path).values():
            assert complaints(path) == []

    @pytest.mark.parametrize("id", IDS)
    def test_nobody_is_in_the_files(self, id):
        for ds in datasets(variant(load(id), "heron").sheet):
            assert ds.PatientIdentityRemoved == "YES"
            assert str(ds.PatientName) == ds.PatientID
            assert str(ds.PatientName).startswith(("DETECTIVE", "UNIT-ERROR"))


@pytest.mark.parametrize("id", IDS)
class TestLearners:
    def test_the_same_bytes_for_the_same_learner(self, id):
        first, again = (variant(load(id), "heron").sheet for _ in range(2))
        assert [file.content for file in first.files] == [file.content for file in again.files]

    def test_others_for_others(self, id):
        sheets = [variant(load(id), f"other-{number}").sheet for number in range(5)]
        for files in zip(*(sheet.files for sheet in sheets), strict=True):
            assert len({file.content for file in files}) == 5
        identifiers = {ds.SOPInstanceUID for sheet in sheets for ds in datasets(sheet)}
        assert len(identifiers) == 5 * 4

    def test_small(self, id):
        assert sum(file.size for file in variant(load(id), "heron").sheet.files) < 20_000

    def test_whole(self, id):
        found = audit(load(id), 25)
        assert found.errors == ()


BASE = {
    "pet_injected_min": 600,
    "pet_delay_min": 45,
    "pet_stored": 1200,
    "pet_slope": 2.5,
    "pet_injected_mbq": 150,
    "frames": 60,
    "frame_s": 20,
    "spect_counts": 5_000_000,
    "sensitivity": 9.26,
    "late_injected_min": 23 * 60 + 40,
    "late_hours": 10,
    "late_minutes": 35,
    "processed_min": 95,
    "lacking": "scatter",
}


class TestDetective:
    def test_numbers_of_the_specification(self):
        found, formulas = answers(load("dicom-detective"), **BASE)
        assert found["concentration"].value.value == pytest.approx(1892.6, abs=0.06)
        assert includes(found["concentration"], 3000, 757, 1200, 4755.38)
        assert found["elapsed"].value.value == pytest.approx(10 + 35 / 60)
        assert includes(found["elapsed"], 10 + 35 / 60 - 24, 10 + 35 / 60 + 24)
        assert found["quantitative"].value == "scatter"
        # 60 projections of 20 000 ms; two heads of 9.26 cps/MBq each
        assert formulas["stored_b"][4] == "20000"
        assert found["rate"].value.value == pytest.approx(5_000_000 / 1200)
        assert includes(found["rate"], 5000 / 1200, 2_500_000 / 1200)
        assert found["activity"].value.value == pytest.approx(5_000_000 / 1200 / 18.52)
        assert found["activity"].u.value == pytest.approx(0.0320156 * 5_000_000 / 1200 / 18.52, rel=1e-5)
        assert includes(found["activity"], 5_000_000 / 1200 / 9.26, 5000 / 1200 / 18.52)

    @pytest.mark.parametrize(("lacking", "verdict"), [("attenuation", "attenuation"), ("nothing", "use")])
    def test_file_d(self, lacking, verdict):
        assert answers(load("dicom-detective"), **{**BASE, "lacking": lacking})[0]["quantitative"].value == verdict

    @pytest.mark.parametrize("case", LACKING)
    def test_the_files_give_the_answers(self, tmp_path, case):
        one = cases("dicom-detective")[case]
        paths, right = saved(one, tmp_path), {key: asked.value for key, asked in one.expected.items()}
        pet = decay_to(read_image(paths["a-pet.dcm"]), "START")
        assert float(pet.array[0, 3, 4]) == pytest.approx(right["concentration"].value, rel=1e-5)
        spect = read_image(paths["b-spect.dcm"])
        rate = float(spect.array.sum(dtype=float)) / spect.duration_s
        assert rate == pytest.approx(right["rate"].value, rel=1e-9)
        assert rate / spect.heads / one.formulas["sensitivity"] == pytest.approx(right["activity"].value, rel=1e-9)
        unknown = read_image(paths["c-spect.dcm"])
        assert Flag.ADMINISTRATION_TIME_UNKNOWN in unknown.flags
        assert unknown.administered_at is None
        hour, minute = divmod(int(one.formulas["late_injected_min"]), 60)
        by_record = moment(f"2027-03-01T{hour:02d}:{minute:02d}+01:00")
        late = read_image(paths["c-spect.dcm"], administered_at=by_record)
        assert elapsed_h(late.administered_at, late.start) == pytest.approx(right["elapsed"].value, abs=1e-9)
        flagged = Flag.NOT_QUANTITATIVE in read_image(paths["d-spect.dcm"]).flags
        assert flagged == (right["quantitative"] != "use")

    def test_a_day_that_is_not_the_record_s_is_not_accepted_in_silence(self, tmp_path):
        one = cases("dicom-detective")["scatter"]
        hour, minute = divmod(int(one.formulas["late_injected_min"]), 60)
        same_day = moment(f"2027-03-02T{hour:02d}:{minute:02d}+01:00")
        with pytest.raises(InputError, match="before the administration"):
            read_image(saved(one, tmp_path)["c-spect.dcm"], administered_at=same_day)


class TestSolvedFromTheSheet:
    """By somebody who sees what a learner sees, and has never heard of mrtlab."""

    @pytest.mark.parametrize("learner", range(8))
    def test_detective(self, learner):
        one = variant(load("dicom-detective"), f"solved-{learner}")
        a, b, c, d = ({row[1]: row[2] for row in table.rows} for table in one.sheet.tables)
        start, injected = minutes(a["AcquisitionTime"]), minutes(a["RadiopharmaceuticalStartDateTime"][8:14])
        seconds = float(a["RadionuclideHalfLife"])
        value = float(a["PixelData, row 4, column 5"]) * float(a["RescaleSlope"])
        assert judged(one, "concentration", number(value * 2 ** (-(start - injected) * 60 / seconds))) == "right"
        duration = int(b["NumberOfFramesInRotation"]) * int(b["ActualFrameDuration"]) / 1000
        rate = int(b["CountsAccumulated"]) / duration
        assert judged(one, "rate", number(rate)) == "right"
        activity = rate / 2 / float(re.search(r"head is ([\d.]+) cps/MBq", one.sheet.story)[1])
        assert judged(one, "activity", number(activity, activity * 0.032)) == "right"
        hours = (24 * 60 - minutes(c["RadiopharmaceuticalStartTime"]) + minutes(c["AcquisitionTime"])) / 60
        assert judged(one, "elapsed", number(hours)) == "right"
        words = d["CorrectedImage"].split("\\")
        fit = "attenuation" if "ATTN" not in words else "scatter" if "SCAT" not in words else "use"
        assert judged(one, "quantitative", {"choice": fit, "reason": "by the list of corrections"}) == "right"


def minutes(text: str) -> int:
    """Minutes after midnight of a time as DICOM writes it."""
    return int(text[:2]) * 60 + int(text[2:4])
