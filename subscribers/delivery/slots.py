"""When a reader's mail is due: an hour on their own clock, as an instant, on the days they chose. Pure functions over the
IANA time zones."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

SECOND = dt.timedelta(seconds=1)
SATURDAY = 5
DAYS_AHEAD = 40
"""So far `next_slot` looks. A weekly digest comes every seventh day; a pause is skipped before counting."""


def comes_daily(cadence: str, day: dt.date) -> bool:
    """Whether a reader of this cadence ("daily", "weekdays", "weekly") gets the daily digest of `day`."""
    return cadence == "daily" or (cadence == "weekdays" and day.weekday() < SATURDAY)


def slot(day: dt.date, time_zone: str, hour: int) -> dt.datetime:
    """The instant, in UTC, at which clocks in `time_zone` show `hour`:00 on `day`.

    Where clocks skip that hour (summer time begins, a country changes side of the date line) it is the first instant
    after the gap; where they show it twice, the first time. Raises zoneinfo.ZoneInfoNotFoundError.
    """
    zone = ZoneInfo(time_zone)
    wall = dt.datetime.combine(day, dt.time(hour), tzinfo=zone)
    instant = wall.astimezone(dt.UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _end_of_gap(instant, wall.replace(fold=1).astimezone(dt.UTC), zone)


def next_slot(
    now: dt.datetime,
    time_zone: str,
    hour: int,
    comes_on: Callable[[dt.date], bool] = lambda day: True,
    not_before: dt.date | None = None,
) -> dt.datetime:
    """The first slot after `now` (an aware time), in UTC, on a day that `comes_on` allows, `not_before` at the earliest.

    Raises ValueError when `comes_on` allows none of the next DAYS_AHEAD days.
    """
    today = now.astimezone(ZoneInfo(time_zone)).date()
    first = max(today, not_before) if not_before else today
    for day in (first + dt.timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        if comes_on(day) and (due := slot(day, time_zone, hour)) > now:
            return due
    raise ValueError("No day is allowed.")


def _end_of_gap(after: dt.datetime, before: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant at which the clocks were put forward. For a time inside a gap, zoneinfo's two readings of it
    (`fold` 0 and 1) lie at or after, and before, that instant; halving finds it to the second."""
    moved = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle -= dt.timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).utcoffset() == moved:
            after = middle
        else:
            before = middle
    return after
