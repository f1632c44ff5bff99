"""The clinic's clock in words, and what staff type turned into moments."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from cast import DAY
from staff_words import NOON

from blog.clinic_time import NoSuchTime, at_clinic, clock, day, full_day, short, short_day, spoken, today


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOON, "today 12:00 pm, Alaska time"),
        (NOON - timedelta(hours=12), "today 12:00 am, Alaska time"),
        (NOON + DAY, "Tuesday 12:00 pm, Alaska time"),
        (NOON + 6 * DAY, "Sunday 12:00 pm, Alaska time"),
        (NOON + 7 * DAY, "November 30, 12:00 pm, Alaska time"),
        (NOON - 6 * DAY, "Tuesday 12:00 pm, Alaska time"),
        (NOON - 7 * DAY, "November 16, 12:00 pm, Alaska time"),
        (datetime(2027, 1, 2, 18, 5, tzinfo=UTC), "January 2, 2027, 9:05 am, Alaska time"),
        (datetime(2026, 12, 1, 8, 59, tzinfo=UTC), "November 30, 11:59 pm, Alaska time"),
    ],
)
def test_a_moment_in_a_sentence(moment, said):
    assert spoken(moment, NOON) == said
    assert f"{spoken(moment, NOON, zone=False)}, Alaska time" == said


def test_the_clinics_day_and_not_the_servers():
    late = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # 10:30 pm on Monday in Alaska
    assert spoken(late, NOON, zone=False) == "today 10:30 pm"
    assert today(late) == "Monday, November 23"


def test_days_and_columns():
    assert (day(NOON, NOON), day(NOON - 365 * DAY, NOON)) == ("November 23", "November 23, 2025")
    assert (full_day(NOON), short_day(NOON), clock(NOON)) == ("November 23, 2026", "Nov 23, 2026", "12:00 pm")
    assert short(NOON + DAY, NOON) == "Tue 12:00 pm"
    assert short(NOON + 9 * DAY, NOON) == "Dec 2, 12:00 pm"
    assert short(NOON + 60 * DAY, NOON) == "Jan 22, 2027, 12:00 pm"
    assert short(NOON, NOON) == "today 12:00 pm"


def test_typed_times_become_moments():
    assert at_clinic(date(2026, 11, 24), time(9)) == datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert at_clinic(date(2026, 7, 1), time(9)) == datetime(2026, 7, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_times_that_the_clock_skips_or_shows_twice_are_refused(minute):
    with pytest.raises(NoSuchTime, match="skip"):
        at_clinic(date(2027, 3, 14), time(2, minute))
    with pytest.raises(NoSuchTime, match="twice"):
        at_clinic(date(2027, 11, 7), time(1, minute))
    at_clinic(date(2027, 3, 14), time(3, minute))
    at_clinic(date(2027, 11, 7), time(2, minute))
