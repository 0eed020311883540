"""When a reader's mail is due, in zones that change their clocks and in zones that do not."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from subscribers.delivery.slots import comes_daily, next_slot, slot
from subscribers.zones import time_zones


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "time_zone", "hour", "due"),
    [
        ("2024-11-22", "Asia/Seoul", 8, utc(2024, 11, 21, 23)),
        ("2024-11-22", "UTC", 0, utc(2024, 11, 22)),
        ("2024-07-01", "America/New_York", 6, utc(2024, 7, 1, 10)),
        ("2024-12-01", "America/New_York", 6, utc(2024, 12, 1, 11)),
        ("2024-11-22", "Asia/Kathmandu", 8, utc(2024, 11, 22, 2, 15)),
        ("2024-11-22", "Pacific/Kiritimati", 23, utc(2024, 11, 22, 9)),
    ],
)
def test_a_slot_is_the_readers_own_hour(day, time_zone, hour, due):
    assert slot(dt.date.fromisoformat(day), time_zone, hour) == due


@pytest.mark.parametrize(
    ("day", "time_zone", "hour", "first_instant_after"),
    [
        ("2024-03-31", "Europe/Berlin", 2, utc(2024, 3, 31, 1)),
        ("2024-03-10", "America/New_York", 2, utc(2024, 3, 10, 7)),
        ("2024-09-08", "America/Santiago", 0, utc(2024, 9, 8, 4)),
        ("2024-10-06", "Australia/Lord_Howe", 2, utc(2024, 10, 5, 15, 30)),  # clocks go forward by half an hour
        ("2011-12-30", "Pacific/Apia", 8, utc(2011, 12, 30, 10)),  # a day that Samoa never had
    ],
)
def test_an_hour_that_clocks_skip_becomes_the_first_instant_after_the_gap(day, time_zone, hour, first_instant_after):
    due = slot(dt.date.fromisoformat(day), time_zone, hour)
    zone = ZoneInfo(time_zone)
    before, after = (due - dt.timedelta(seconds=1)).astimezone(zone), due.astimezone(zone)
    assert due == first_instant_after
    assert before.utcoffset() != after.utcoffset()


@pytest.mark.parametrize(
    ("day", "time_zone", "hour", "first_time"),
    [
        ("2024-10-27", "Europe/Berlin", 2, utc(2024, 10, 27, 0)),
        ("2024-11-03", "America/New_York", 1, utc(2024, 11, 3, 5)),
        ("2024-04-06", "America/Santiago", 23, utc(2024, 4, 7, 2)),
    ],
)
def test_an_hour_that_comes_twice_is_taken_the_first_time(day, time_zone, hour, first_time):
    assert slot(dt.date.fromisoformat(day), time_zone, hour) == first_time


@pytest.mark.parametrize("hour", [0, 2, 8])
@pytest.mark.parametrize("time_zone", ["Europe/London", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo"])
def test_later_days_have_later_slots_and_only_a_day_that_never_was_shares_one(time_zone, hour):
    days = [dt.date(2011, 1, 1) + dt.timedelta(days=ahead) for ahead in range(731)]
    slots = [slot(day, time_zone, hour) for day in days]
    assert slots == sorted(slots)
    shared = {earlier for earlier, later in pairwise(slots) if earlier == later}
    assert shared <= {slot(dt.date(2011, 12, 31), "Pacific/Apia", 0)}


def test_every_time_zone_a_reader_can_choose_has_slots():
    now = utc(2026, 3, 29, 0, 30)
    for time_zone in time_zones():
        assert now < next_slot(now, time_zone, 2) <= now + dt.timedelta(hours=25)


def test_the_next_slot_is_today_until_its_hour_and_tomorrow_from_then_on():
    due = utc(2024, 11, 21, 23)
    assert next_slot(due - dt.timedelta(seconds=1), "Asia/Seoul", 8) == due
    assert next_slot(due, "Asia/Seoul", 8) == due + dt.timedelta(days=1)


def test_the_next_slot_counts_from_the_readers_date_not_from_ours():
    assert next_slot(utc(2024, 11, 22, 3), "America/Los_Angeles", 20) == utc(2024, 11, 22, 4)


def test_an_unknown_time_zone_is_an_error():
    with pytest.raises(KeyError):  # ZoneInfoNotFoundError is one
        slot(dt.date(2024, 11, 22), "Mars/Olympus", 8)


# ---- whatever the clocks do (F48): six zones, every hour, around every change of theirs in two years

SIX_ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Seoul",
]


def changes_of(time_zone):
    """The days in two years around which clocks of this zone are put forward or back; one day where they never are."""
    zone = ZoneInfo(time_zone)
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(731)]
    offsets = [dt.datetime.combine(day, dt.time(12), zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False) if before != after] or [
        days[0]
    ]


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("time_zone", SIX_ZONES)
def test_every_local_date_has_one_slot_in_it_whatever_the_clocks_do(time_zone, hour):
    zone = ZoneInfo(time_zone)
    for change in changes_of(time_zone):
        for day in (change + dt.timedelta(days=n) for n in range(-2, 3)):
            due = slot(day, time_zone, hour)
            local = due.astimezone(zone)
            assert local.date() == day
            assert (local.hour, local.minute) == (hour, 0) or local.hour in (hour, hour + 1)
            assert next_slot(due - dt.timedelta(seconds=1), time_zone, hour) == due
            assert next_slot(due, time_zone, hour).astimezone(zone).date() == day + dt.timedelta(days=1)


# ---- which days


@pytest.mark.parametrize(("cadence", "days"), [("daily", "1111111"), ("weekdays", "1111100"), ("weekly", "0000000")])
def test_a_cadence_says_which_daily_digests_come(cadence, days):
    monday = dt.date(2024, 11, 18)
    assert "".join(str(int(comes_daily(cadence, monday + dt.timedelta(days=n)))) for n in range(7)) == days


def test_the_next_slot_is_on_an_allowed_day_and_not_before_the_day_given():
    friday = utc(2024, 11, 22)
    monday = next_slot(friday, "UTC", 8, lambda day: day.weekday() == 0)
    assert monday == utc(2024, 11, 25, 8)
    assert next_slot(friday, "UTC", 8, lambda day: day.weekday() == 0, dt.date(2024, 11, 26)) == utc(2024, 12, 2, 8)
    with pytest.raises(ValueError, match="No day"):
        next_slot(friday, "UTC", 8, lambda day: False)
