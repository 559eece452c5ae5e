"""Two courses that were worked on the pages by hand, from the plan of each cycle to the second signature.

Nothing here was written by a program: what was decided, asked for and found is in the words of who sat there. The files
are as they came out of the learner's folder, by the pages of that day; none of them is ever written anew.
"""

import math
from pathlib import Path

import pytest

from mrtlab import record

FOLDER = Path(__file__).parent / "cases"
COURSES = {"prrt-by-hand": 4, "psma-by-hand": 6}


@pytest.fixture(params=sorted(COURSES))
def course(request):
    """Reading checks roles, order, every verdict's numbers and the chain of hashes."""
    return [record.read(FOLDER / request.param / f"cycle-{n}.json") for n in range(1, COURSES[request.param] + 1)]


def region(one, name):
    return next(item for item in one.verification.regions if item.region.casefold() == name)


def test_is_final_with_two_signatures(course):
    for one in course:
        assert one.status == "FINAL"
        assert {(step.role, step.name) for step in one.signatures} == {("MD", "Dr Ada Example"), ("MPE", "Bo Sample")}
    assert len({one.header.record_id for one in course}) == len(course)


def test_one_was_changed_after_its_signatures_and_the_old_version_is_kept(course):
    (changed,) = [one for one in course if one.header.version > 1]
    assert (changed.header.version, changed.previous.status) == (2, "FINAL")
    assert changed.header.previous_sha256 == changed.previous.sha256


def test_what_lies_outside_was_investigated(course):
    outside = [one for one in course if any(row.within is False for row in one.verification.regions)]
    assert outside
    for one in outside:
        assert len(one.verification.investigation) > 80


def test_cycles_add_up_with_what_they_share_linearly(course):
    for name, total in record.cumulative(course).items():
        rows = [region(one, name.casefold()) for one in course]
        doses = [one.dose_gy for one in rows]
        common = math.fsum(one.systematic_rel * one.dose_gy for one in rows)
        random = math.fsum(one.u_gy**2 - (one.systematic_rel * one.dose_gy) ** 2 for one in rows)
        assert total.dose_gy.nominal_value == pytest.approx(math.fsum(doses))
        assert total.dose_gy.std_dev == pytest.approx(math.sqrt(random + common**2))
        assert total.cycles == tuple(range(1, len(course) + 1))


def test_prrt_the_third_cycle_went_beside_the_vein():
    course = [record.read(FOLDER / "prrt-by-hand" / f"cycle-{n}.json") for n in (1, 2, 3, 4)]
    third = course[2]
    assert "beside the vein" in third.verification.investigation
    assert [region(one, "kidneys").within for one in course] == [True, True, False, True]
    assert region(third, "kidneys").z < 0
    # 4.4 GBq at the injection with 2.3 h in 180 mL: 147.9 keV for each decay of Lu-177
    gy = 4400 * 2.3 / math.log(2) * 0.0853 / 180
    assert gy == pytest.approx(7.0, abs=0.1)
    assert record.cumulative(course)["kidneys"].limit_gy == 23


def test_psma_the_limit_of_the_parotid_gland_was_given_up():
    course = [record.read(FOLDER / "psma-by-hand" / f"cycle-{n}.json") for n in range(1, 7)]
    limited = ["Parotid gland" in {one.tissue for one in made.prescription.constraints} for made in course]
    assert limited == [True, True, False, False, False, False]
    assert "gave up the limit" in course[2].verification.investigation
    total = record.cumulative(course)
    assert total["Parotid gland"].limit_gy is None
    assert total["Kidneys"].remaining_gy == pytest.approx(28 - total["Kidneys"].dose_gy.nominal_value)
    kidneys = [region(one, "kidneys").dose_gy for one in course]
    assert kidneys == sorted(kidneys), "the sink shrinks"
    for one in course:
        for tissue in ("Tumours", "Red marrow"):
            assert f"{tissue}: single-time-point estimate compromised" in one.verification.remarks


def test_rows_leave_without_what_points_to_a_person(course):
    text = str(record.rows(course))
    for one in course:
        private = (one.header.pseudonym, one.header.record_id, "Ada", "Bo Sample", "well chamber", "2026", "2025")
        assert [word for word in private if word in text] == []
