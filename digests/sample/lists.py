"""What the lists of papers gave on the days of the sample's past: figures that are made up, judged as the clock does."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from django.conf import settings

from digests.collecting.calendar import list_day_of
from digests.collecting.day_state import ListReport, judge, usual
from digests.collecting.days import moment
from digests.models import DayReport
from digests.sample.past import Days
from digests.sources import SOURCES

USUAL = {"huggingface": (18, 31), "arxiv": (178, 262), "deeplearn": (7, 14)}
"""How many papers a list has on a day of new ones: fewer than the real lists, lest a trial that goes on with those finds
them thin."""

FAILING, FAILED_SAYS = "arxiv", "rss.arxiv.org answered with status 503."
FAILS_ON, IS_THIN_ON = 5, 8
"""The days, counted from the first, on which one list could not be read, and on which it was far shorter than usual."""

THIN = 41

Told = dict[str, dict[str, Any]]


def report(days: Days) -> None:
    """A report for each day that has none, the earliest first."""
    known = set(DayReport.objects.values_list("day", flat=True))
    earlier: list[Told] = []
    for day in sorted(days.busy + days.quiet):
        number = days.busy.index(day) if day in days.busy else None
        told = {name: _list(name, number, earlier) for name in settings.DIGEST_SOURCES}
        sources = {name: each.as_json() for name, each in told.items()}
        earlier.insert(0, sources)
        if day not in known:
            built_at = moment(day, settings.DIGEST_BUILD_HOUR)
            list_day = list_day_of(day, built_at)
            judged = judge(told, list_day, number is not None, is_patient=False, is_open=False)
            row = DayReport.objects.create(
                day=day, list_day=list_day, state=judged.state, why=judged.why, sources=sources
            )
            DayReport.objects.filter(pk=row.pk).update(checked_at=built_at + dt.timedelta(minutes=1))


def _list(name: str, number: int | None, earlier: list[Told]) -> ListReport:
    """What one list gave on the busy day of this number, counted from 0, or (None) on a quiet day: nothing."""
    source = SOURCES[name]
    told = ListReport(
        follows_calendar=source.follows_calendar, is_vouched=source.is_vouched, median=usual(earlier, name)
    )
    if number is None:
        return told
    draw = Random(f"list {name} {number}")
    told.listed = draw.randint(*USUAL.get(name, (10, 20)))
    is_troubled = name == FAILING and len(settings.DIGEST_SOURCES) > 1  # a day whose only list failed had no digest
    if is_troubled and number == IS_THIN_ON:
        told.listed = THIN
    told.new = draw.randint(told.listed * 8 // 10, told.listed)
    if is_troubled and number == FAILS_ON:
        told.listed, told.new, told.failed = 0, 0, FAILED_SAYS
    return told
