"""Clocks, tracer and activity: what the file does not say is not made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from files_for_tests import code, ct, pet, planar, save, spect, tracer
from pydicom.dataset import Dataset
from pydicom.sr._snomed_dict import mapping as snomed
from pydicom.sr.codedict import codes

from mrtlab.dicom import find_series, read_headers, read_image
from mrtlab.dicom import tracer as tracers
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.images import decay_to

CET = timezone(timedelta(hours=1))


def read(file, tmp_path: Path, **statements):
    return read_image(save(file, tmp_path / "image.dcm"), **statements)


def test_without_a_zone_there_is_no_moment(tmp_path: Path) -> None:
    file = spect()
    del file.TimezoneOffsetFromUTC
    image = read(file, tmp_path)
    assert image.start is None
    assert Flag.TIMEZONE_UNKNOWN in image.flags
    assert image.administered_at is not None  # its date and time carry their own offset
    header = read_headers(tmp_path / "image.dcm")
    assert "start" in header.missing


@pytest.mark.parametrize("zone", ["Europe/Berlin", "+01:00", "+0100", CET, ZoneInfo("Europe/Paris")])
def test_a_stated_zone_makes_moments(tmp_path: Path, zone) -> None:
    file = spect()
    del file.TimezoneOffsetFromUTC
    assert read(file, tmp_path, timezone=zone).start == datetime(2026, 1, 12, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc", "+25:00", "", 1])
def test_a_zone_that_is_none_is_refused(tmp_path: Path, zone) -> None:
    with pytest.raises(InputError, match="timezone must be a name"):
        read(spect(), tmp_path, timezone=zone)


def test_a_zone_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    assert read(spect(), tmp_path, timezone="Europe/Berlin").start.hour == 9
    with pytest.raises(InputError, match=r"TimezoneOffsetFromUTC \(0008,0201\) is \+0100"):
        read(spect(), tmp_path, timezone="Europe/London")


def test_summer_time_counts_between_administration_and_scan(tmp_path: Path) -> None:
    """From noon before the change to noon after it 23 hours pass."""
    file = spect()
    del file.TimezoneOffsetFromUTC
    file.AcquisitionDate, file.AcquisitionTime = "20260329", "120000"
    file.RadiopharmaceuticalInformationSequence = [tracer("Lu-177", 7400, "20260328120000", None)]
    image = read(file, tmp_path, timezone="Europe/Berlin")
    assert (image.start.astimezone(UTC) - image.administered_at.astimezone(UTC)) == timedelta(hours=23)


def test_a_time_that_summer_time_skipped_is_refused(tmp_path: Path) -> None:
    file = spect()
    del file.TimezoneOffsetFromUTC
    file.AcquisitionDate, file.AcquisitionTime = "20260329", "023000"
    with pytest.raises(InputError, match=r"AcquisitionTime \(0008,0032\).*summer time skipped"):
        read(file, tmp_path, timezone="Europe/Berlin")


def test_detective_c_a_time_without_date_is_no_moment(tmp_path: Path) -> None:
    """Exercise C-7 c: injection at 23:40 of the previous day, stored without its date."""
    file = spect(nuclide="Tc-99m")
    file.AcquisitionTime = "004000"
    file.RadiopharmaceuticalInformationSequence = [tracer("Tc-99m", 600, None, "234000")]
    image = read(file, tmp_path, decay_state="NONE")
    assert image.administered_at is None
    assert Flag.ADMINISTRATION_TIME_UNKNOWN in image.flags
    assert any("23:40:00 without a date" in sentence for sentence in image.understood)
    stated = read(file, tmp_path, administered_at=datetime(2026, 1, 11, 23, 40, tzinfo=CET))
    assert stated.start - stated.administered_at == timedelta(hours=1)
    # 1 h of Tc-99m, not -23 h and not 25 h
    factor = decay_to(stated, "ADMIN").array.max() / decay_to(stated, "START").array.max()
    assert factor == pytest.approx(2 ** (1 / 6.0067), rel=1e-3)


def test_a_stated_administration_must_fit_the_time_of_day_and_precede_the_scan(tmp_path: Path) -> None:
    file = spect()
    file.RadiopharmaceuticalInformationSequence = [tracer("Lu-177", 7400, None, "213000")]
    at = datetime(2026, 1, 11, 21, 30, tzinfo=CET)
    assert read(file, tmp_path, administered_at=at.astimezone(UTC)).administered_at == at
    with pytest.raises(InputError, match="RadiopharmaceuticalStartTime"):
        read(file, tmp_path, administered_at=at + timedelta(hours=1))
    with pytest.raises(InputError, match="before the administration"):
        read(file, tmp_path, administered_at=at + timedelta(days=1))


def test_a_stated_administration_does_not_replace_that_of_the_file(tmp_path: Path) -> None:
    """The scanner corrected to its own time, even if that was the time of assay."""
    with pytest.raises(InputError, match=r"RadiopharmaceuticalStartDateTime.*image.changed\(administered_at"):
        read(spect(), tmp_path, administered_at=datetime(2026, 1, 11, 22, 0, tzinfo=CET))


def test_date_with_time_against_time_alone(tmp_path: Path) -> None:
    file = spect()
    file.RadiopharmaceuticalInformationSequence = [tracer("Lu-177", 7400, "20260111213000", "203000")]
    with pytest.raises(InputError, match=r"RadiopharmaceuticalStartDateTime \(0018,1078\)"):
        read(file, tmp_path)


def test_content_times_are_never_the_start(tmp_path: Path) -> None:
    file = spect()
    del file.AcquisitionDate
    image = read(file, tmp_path)
    assert image.start is None
    assert Flag.START_UNKNOWN in image.flags
    start = datetime(2026, 1, 12, 9, 30, tzinfo=CET)
    assert read(file, tmp_path, start=start).start == start


def test_a_stated_start_must_agree_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="start=2026"):
        read(spect(), tmp_path, start=datetime(2026, 1, 12, 10, 30, tzinfo=CET))
    file = spect()
    del file.TimezoneOffsetFromUTC
    assert read(file, tmp_path, start=datetime(2026, 1, 12, 9, 30, tzinfo=CET)).start.hour == 9


def test_acquisition_datetime_with_its_own_offset(tmp_path: Path) -> None:
    file = spect()
    file.AcquisitionDateTime = "20260112093000.5-0500"
    image = read(file, tmp_path)
    assert image.start.utcoffset() == timedelta(hours=-5)
    file.AcquisitionDateTime = "20260113093000"
    with pytest.raises(InputError, match="AcquisitionDateTime"):
        read(file, tmp_path)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("AcquisitionDate", "20261301"),
        ("AcquisitionDate", "18990101"),
        ("AcquisitionTime", "25"),
        ("AcquisitionTime", "096100"),
        ("TimezoneOffsetFromUTC", "+9900"),
        ("TimezoneOffsetFromUTC", "CET"),
    ],
)
def test_clocks_that_are_none_are_refused_by_tag(tmp_path: Path, keyword: str, value: str) -> None:
    file = spect()
    file[keyword]._value = value
    with pytest.raises(InputError, match=keyword):
        read(file, tmp_path)


def test_series_start_needs_a_zone_too(tmp_path: Path) -> None:
    file = planar()
    del file.TimezoneOffsetFromUTC
    save(file, tmp_path / "a.dcm")
    assert find_series(tmp_path)[0].start is None
    assert find_series(tmp_path, timezone="+01:00")[0].start.hour == 9


# --- activity


@pytest.mark.parametrize(
    ("modality", "value", "stated", "mbq"),
    [
        ("NM", 7400, None, 7400),
        ("NM", 7.4e9, "Bq", 7400),
        ("PT", 1.5e8, None, 150),
        ("PT", 150, "MBq", 150),
        ("NM", 0, None, None),
    ],
)
def test_activity_in_the_unit_of_the_standard_or_as_stated(tmp_path: Path, modality, value, stated, mbq) -> None:
    file = spect() if modality == "NM" else pet(1)[0]
    file.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = value
    image = read(file, tmp_path, total_dose_unit=stated)
    assert image.administered_mbq == mbq
    assert (Flag.ADMINISTERED_UNKNOWN in image.flags) is (mbq is None)
    assert mbq is None or any("RadionuclideTotalDose" in sentence for sentence in image.understood)


@pytest.mark.parametrize(
    ("modality", "value", "stated", "offered"),
    [
        ("NM", 7.4e9, None, "'Bq'"),
        ("PT", 150, None, "'MBq'"),
        ("NM", 7400, "Bq", "'MBq'"),
        ("NM", -1, None, "not"),
    ],
)
def test_an_activity_in_another_unit_is_refused(tmp_path: Path, modality, value, stated, offered) -> None:
    file = spect() if modality == "NM" else pet(1)[0]
    file.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = value
    with pytest.raises(InputError, match=rf"RadionuclideTotalDose \(0018,1074\).*{offered}"):
        read(file, tmp_path, total_dose_unit=stated)


def test_a_stated_activity_must_agree(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"administered_mbq=7000 was stated.*7400 MBq"):
        read(spect(), tmp_path, administered_mbq=7000)
    file = spect()
    del file.RadiopharmaceuticalInformationSequence
    image = read(file, tmp_path, administered_mbq=7000, nuclide="Lu-177")
    assert image.administered_mbq == 7000


# --- nuclide


def test_every_code_is_that_of_the_standard() -> None:
    """Against pydicom's copy of CID 18 and CID 4020 of PS3.16."""
    assert tracers._CODES
    for (scheme, value), name in tracers._CODES.items():
        symbol, mass = name.split("-")
        element = {short: long for long, short in tracers._ELEMENTS.items()}[symbol]
        value = snomed["SRT"][value] if scheme == "SRT" else value
        known = [getattr(codes, "CID18"), getattr(codes, "CID4020")]  # noqa: B009
        meanings = [code.meaning for group in known for code in group.concepts.values() if code.value == value]
        assert f"^{mass}^{element.capitalize()}" in meanings


@pytest.mark.parametrize(
    ("coded", "nuclide"),
    [
        (code("447553000"), "Lu-177"),
        (code("C-101ED", "SRT"), "Lu-177"),
        (code("C-114B1", "SNM3"), "I-131"),
        (code("x", "99ABC", "^177^Lutetium"), "Lu-177"),
        (code("x", "99ABC", "Lu-177"), "Lu-177"),
        (code("x", "99ABC", "161Tb"), "Tb-161"),
        (code("447553000", "99ABC"), None),
        (code("x", "99ABC", "Lu-177 for Mr Smith"), None),
    ],
)
def test_nuclide_by_code_or_plain_name(tmp_path: Path, coded: Dataset, nuclide: str | None) -> None:
    file = spect()
    item = file.RadiopharmaceuticalInformationSequence[0]
    del item.RadionuclideHalfLife
    item.RadionuclideCodeSequence = [coded]
    image = read(file, tmp_path)
    assert image.nuclide == nuclide
    assert (Flag.NUCLIDE_UNKNOWN in image.flags) is (nuclide is None)


def test_half_life_checks_the_nuclide_and_does_not_choose_it(tmp_path: Path) -> None:
    file = spect()
    item = file.RadiopharmaceuticalInformationSequence[0]
    item.RadionuclideHalfLife = 574300.8 * 1.005
    assert read(file, tmp_path).nuclide == "Lu-177"
    item.RadionuclideHalfLife = 159.5
    with pytest.raises(InputError, match=r"RadionuclideHalfLife \(0018,1075\) is 159.5 s, but Lu-177"):
        read(file, tmp_path)
    item.RadionuclideHalfLife = 574300.8
    del item.RadionuclideCodeSequence
    assert read(file, tmp_path).nuclide is None
    assert read(file, tmp_path, nuclide="177Lu").nuclide == "Lu-177"
    with pytest.raises(InputError, match="RadionuclideHalfLife"):
        read(file, tmp_path, nuclide="I-131")


def test_a_nuclide_the_file_contradicts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nuclide=Y-90 was stated"):
        read(spect(), tmp_path, nuclide="Y-90")
    file = spect()
    file.RadiopharmaceuticalInformationSequence[0].RadionuclideCodeSequence = [code("447553000", meaning="^90^Yttrium")]
    with pytest.raises(InputError, match="Lu-177 and Y-90"):
        read(file, tmp_path)


def test_a_nuclide_unknown_here_is_not_replaced_by_a_stated_one(tmp_path: Path) -> None:
    file = spect()
    item = file.RadiopharmaceuticalInformationSequence[0]
    item.RadionuclideCodeSequence = [code("3027009", meaning="^133^Barium")]
    del item.RadionuclideHalfLife
    assert read(file, tmp_path).nuclide is None
    with pytest.raises(InputError, match="the code of another nuclide"):
        read(file, tmp_path, nuclide="Tc-99m")


@pytest.mark.parametrize(
    ("make", "statement"),
    [
        (lambda: ct(1)[0], {"nuclide": "Lu-177"}),
        (lambda: ct(1)[0], {"decay_state": "NONE"}),
        (lambda: pet(1)[0], {"views": ("anterior",)}),
        (spect, {"views": ("anterior",)}),
        (planar, {"energy_window_kev": (187, 229)}),
    ],
)
def test_a_statement_that_means_nothing_is_not_lost_in_silence(tmp_path: Path, make, statement: dict) -> None:
    with pytest.raises(InputError, match=f"{next(iter(statement))} was stated"):
        read(make(), tmp_path, **statement)


def test_two_tracers_are_refused(tmp_path: Path) -> None:
    file = spect()
    file.RadiopharmaceuticalInformationSequence = [tracer("Lu-177", 7400), tracer("Lu-177", 7400)]
    with pytest.raises(InputError, match=r"RadiopharmaceuticalInformationSequence \(0054,0016\) holds 2 tracers"):
        read(file, tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "Bq"},
        {"total_dose_unit": "GBq"},
        {"decay_state": "yes"},
        {"duration_s": -1},
        {"nuclide": "Xx-1"},
        {"start": datetime(2026, 1, 12, 9, 30)},
        {"energy_window_kev": (228, 187)},
        {"energy_window_kev": 208},
        {"energy_window_kev": "187-229"},
    ],
)
def test_statements_are_checked(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        read(spect(), tmp_path, **wrong)


def test_the_hour_that_comes_twice_is_said_without_its_date(tmp_path: Path) -> None:
    file = spect()
    del file.TimezoneOffsetFromUTC
    file.AcquisitionDate, file.AcquisitionTime = "20261025", "023000"
    with pytest.warns(PlausibilityWarning, match=r"AcquisitionTime \(0008,0032\).*came twice") as said:
        image = read(file, tmp_path, timezone="Europe/Berlin")
    assert image.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not any("2026" in str(warning.message) for warning in said)
