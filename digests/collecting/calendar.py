"""Which days bring new papers. Pure: dates in, answers out.

arXiv announces at 20:00 US Eastern from Sunday to Thursday (https://info.arxiv.org/help/availability.html), which is the
next day in UTC: lists named by a day of UTC have a new batch from Monday to Friday. A deferred announcement leaves the
day after it without a batch; as dates of feeds may lag by a day, the deferred day itself may stay empty too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

SATURDAY = 5
# As arXiv published them for the year. Later years: the setting ARXIV_HOLIDAYS.
DEFERRED = frozenset(
    dt.date(2026, month, day)
    for month, day in [(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]
)


def expects_batch(list_day: dt.date, holidays: Collection[dt.date] = ()) -> bool:
    """Whether the lists of this day of UTC should bring new papers. `holidays` are deferred announcements beyond those
    known here."""
    deferred = {*DEFERRED, *holidays}
    return list_day.weekday() < SATURDAY and not {list_day, list_day - dt.timedelta(days=1)} & deferred


def list_day_of(day: dt.date, at: dt.datetime) -> dt.date:
    """The day of UTC whose lists a digest of `day` is made from when it is built at the moment `at`.

    Lists are named by days of UTC. Where the digest's day began before it did there, as every morning in Seoul, the
    newest list is that of the day before, and by then nearly whole.
    """
    return min(day, at.astimezone(dt.UTC).date())
