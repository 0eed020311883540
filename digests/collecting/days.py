"""The days of digests: which lists a day's digest is made from, what became of it, and when to ask again."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from digests.collecting.calendar import list_day_of
from digests.collecting.day_state import FAILED, FRESH, QUIET, WAITING, Judgement
from digests.collecting.harvest import Harvest
from digests.models import DayReport

SOON, LATER = dt.timedelta(minutes=15), dt.timedelta(hours=1)
DAYS_CAUGHT_UP = 3
REPORTS_WITH_IDS = 15
"""Of the latest reports only are the ids kept that a feed listed and that were not stored."""


def today() -> dt.date:
    """The digest's own date: the calendar day in DIGEST_TIME_ZONE."""
    return timezone.now().astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)).date()


def moment(day: dt.date, hour: int) -> dt.datetime:
    """The full hour of a day in DIGEST_TIME_ZONE."""
    return dt.datetime.combine(day, dt.time(hour), ZoneInfo(settings.DIGEST_TIME_ZONE))


def list_day_for(day: dt.date, at: dt.datetime) -> dt.date:
    """The day whose lists the digest of `day` is made from: as an earlier try settled it, else as it is at `at`."""
    settled = DayReport.objects.filter(day=day).values_list("list_day", flat=True).first()
    return settled or list_day_of(day, at)


def report(day: dt.date, harvest: Harvest, judgement: Judgement) -> DayReport:
    """Store what became of a day, in place of what an earlier try said."""
    told, _ = DayReport.objects.update_or_create(
        day=day,
        defaults={
            "list_day": harvest.list_day,
            "state": judgement.state,
            "why": judgement.why,
            "sources": {name: each.as_json() for name, each in harvest.reports.items()},
            "retry_at": retry_at(day, judgement.state, timezone.now()),
        },
    )
    _forget_ids()
    return told


def retry_at(day: dt.date, state: str, now: dt.datetime) -> dt.datetime | None:
    """When the clock asks again: soon while it waits, each hour where something is wrong, never when all is said. A day
    that is over is given up after DAYS_CAUGHT_UP, and at once where its lists held nothing new."""
    if state in (FRESH, QUIET):
        return None
    if state == WAITING:
        return now + SOON
    end = day + dt.timedelta(days=1 + (DAYS_CAUGHT_UP if state == FAILED else 0))
    return now + LATER if now + LATER < moment(end, 0) else None


def _forget_ids() -> None:
    for old in DayReport.objects.order_by("-day")[REPORTS_WITH_IDS : REPORTS_WITH_IDS + 1]:
        for name in old.sources:
            old.sources[name]["unkept"] = []
        old.save(update_fields=["sources"])
