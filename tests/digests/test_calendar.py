"""On which days new papers are to be expected, and whose lists a digest is made from."""

import datetime as dt

import pytest

from digests.collecting.calendar import DEFERRED, expects_batch, list_day_of


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-11-22", True),  # Friday
        ("2024-11-23", False),
        ("2024-11-24", False),
        ("2024-11-25", True),
        ("2026-11-25", True),
        ("2026-11-26", False),  # Thanksgiving: nothing is announced that evening in New York …
        ("2026-11-27", False),  # … which is the next day in UTC
        ("2026-11-30", True),
        ("2026-12-25", False),
        ("2026-12-28", True),
        ("2026-12-29", False),
        ("2026-12-30", False),
        ("2027-01-01", False),
    ],
)
def test_new_papers_come_on_weekdays_that_are_no_holiday(day, expected):
    assert expects_batch(dt.date.fromisoformat(day)) == expected


def test_an_operator_adds_the_holidays_of_later_years():
    thursday = dt.date(2027, 11, 25)
    assert expects_batch(thursday)
    assert not expects_batch(thursday, [thursday])
    assert not expects_batch(thursday + dt.timedelta(days=1), [thursday])
    assert expects_batch(thursday - dt.timedelta(days=1), [thursday])


def test_the_holidays_known_are_weekdays():
    assert {day.weekday() for day in DEFERRED} <= set(range(5))


@pytest.mark.parametrize(
    ("at", "list_day"),
    [
        ("2024-11-22T05:00:00+09:00", "2024-11-21"),  # at five in Seoul it is still the 21st in UTC
        ("2024-11-22T08:59:59+09:00", "2024-11-21"),
        ("2024-11-22T09:00:00+09:00", "2024-11-22"),
        ("2024-11-22T20:00:00-08:00", "2024-11-22"),
        ("2026-01-01T00:00:00+00:00", "2024-11-22"),  # a past day has its own lists
        ("2024-11-20T00:00:00+00:00", "2024-11-20"),
    ],
)
def test_a_day_that_has_not_begun_in_utc_is_served_by_the_newest_list(at, list_day):
    day = dt.date(2024, 11, 22)
    assert list_day_of(day, dt.datetime.fromisoformat(at)) == dt.date.fromisoformat(list_day)
