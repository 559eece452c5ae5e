"""Times and the decay between them; above all the hour that summer time adds or takes."""

import warnings
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import clock
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.nuclides import nuclide

OSLO = ZoneInfo("Europe/Oslo")
ZONES = ["UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_summer_time_starts():
    """Three days by the wall clock are 71 hours; Python's own subtraction says 72."""
    friday, monday = datetime(2027, 3, 26, 12, tzinfo=OSLO), datetime(2027, 3, 29, 12, tzinfo=OSLO)
    assert monday - friday == timedelta(hours=72)
    assert clock.elapsed_h(friday, monday) == 71
    assert clock.elapsed_h(monday, friday) == -71


def test_summer_time_ends():
    friday, monday = datetime(2027, 10, 29, 12, tzinfo=OSLO), datetime(2027, 11, 1, 12, tzinfo=OSLO)
    assert clock.elapsed_h(friday, monday) == 73


def test_the_slip_in_activity():
    """An hour of Tc-99m is 12 %."""
    start, stop = datetime(2027, 3, 28, 1, tzinfo=OSLO), datetime(2027, 3, 28, 9, tzinfo=OSLO)
    right = clock.activity_at(1000.0, "Tc-99m", start, stop)
    assert right == pytest.approx(1000 * 2 ** (-7 / 6.015), rel=1e-12)
    assert 1000 * 2 ** (-8 / 6.015) / right == pytest.approx(0.89, abs=0.002)


def test_zones_may_differ():
    assert clock.elapsed_h(datetime(2027, 7, 1, 12, tzinfo=OSLO), datetime(2027, 7, 1, 12, tzinfo=UTC)) == 2
    fixed = timezone(timedelta(hours=5, minutes=45))
    assert clock.elapsed_h(datetime(2027, 7, 1, 12, tzinfo=fixed), datetime(2027, 7, 1, 12, tzinfo=UTC)) == 5.75


def test_an_hour_that_came_twice():
    before = datetime(2027, 10, 31, 1, 30, tzinfo=OSLO)
    message = r"stop is 2027-10-31T02:30:00.*came twice.*fold=1 means the second"
    with pytest.warns(PlausibilityWarning, match=message) as issued:
        assert clock.elapsed_h(before, datetime(2027, 10, 31, 2, 30, tzinfo=OSLO)) == 1
    assert issued[0].filename == __file__, "the warning points at the caller"
    assert clock.elapsed_h(before, datetime(2027, 10, 31, 2, 30, tzinfo=OSLO, fold=1)) == 2


def test_an_hour_that_never_was():
    with pytest.raises(InputError, match=r"start is 2027-03-28T02:30:00.*summer time skipped"):
        clock.elapsed_h(datetime(2027, 3, 28, 2, 30, tzinfo=OSLO), NOON)


@pytest.mark.parametrize("wrong", [None, "2027-03-01 12:00", 12.0, date(2027, 3, 1)])
def test_only_datetimes(wrong):
    with pytest.raises(InputError, match=r"stop must be a datetime with a time zone"):
        clock.elapsed_h(NOON, wrong)


def test_a_time_zone_is_demanded():
    naive = datetime(2027, 3, 1, 12)
    with pytest.raises(InputError, match=r"start is 2027-03-01T12:00:00 without a time zone; add one"):
        clock.elapsed_h(naive, NOON)
    with pytest.raises(InputError, match=r"wanted_at is 2027-03-01T12:00:00 without a time zone; add one"):
        clock.activity_at(100, "Lu-177", NOON, naive)


AWARE = st.datetimes(
    datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.sampled_from(ZONES).map(ZoneInfo), allow_imaginary=False
)


@given(AWARE, AWARE, AWARE)
def test_differences_are_those_of_utc(start, middle, stop):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        whole = clock.elapsed_h(start, stop)
        assert whole == pytest.approx((stop.timestamp() - start.timestamp()) / 3600, abs=1e-9)
        assert whole == -clock.elapsed_h(stop, start)
        assert whole == pytest.approx(clock.elapsed_h(start, middle) + clock.elapsed_h(middle, stop), abs=1e-9)


@given(st.floats(0, 1e6), st.floats(-1000, 1000), st.sampled_from(["Lu-177", "Y-90", "I-131", "Ac-225"]))
def test_decay_there_and_back(activity, hours, name):
    later = NOON + timedelta(hours=hours)
    there = clock.activity_at(activity, name, NOON, later)
    assert clock.activity_at(there, name, later, NOON) == pytest.approx(activity, rel=1e-12)


def test_kinds_of_activity():
    later = NOON + timedelta(hours=64.1)
    assert clock.activity_at(ufloat(100, 3), "Y-90", NOON, later).std_dev == pytest.approx(1.5, rel=1e-12)
    assert clock.activity_at(np.array([100, 50]), nuclide("Y-90"), NOON, later) == pytest.approx([50, 25], rel=1e-12)
    assert clock.activity_at([100, 50], "Y-90", NOON, later) == pytest.approx([50, 25], rel=1e-12)


def test_negative_activity():
    with pytest.raises(InputError, match=r"activity_mbq must not be negative, got -5"):
        clock.activity_at(-5, "Lu-177", NOON, NOON)


def test_a_wrong_year():
    with pytest.warns(PlausibilityWarning, match=r"8760 h is more than 20 half-lives of Lu-177; check the dates"):
        assert clock.activity_at(100, "Lu-177", NOON, NOON + timedelta(days=365)) < 1e-14
    # the other way round there is no number, and 0 times infinity would be none either
    with (
        pytest.warns(PlausibilityWarning),
        pytest.raises(InputError, match=r"more than a thousand half-lives of Ga-68 back; check the dates"),
    ):
        clock.activity_at(0, "Ga-68", NOON, NOON - timedelta(days=3650))
