"""What the lists of papers gave on the days of the sample's past: made up, and told as the clock would have."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from django.conf import settings

from digests.collecting.calendar import list_day_of
from digests.collecting.day_state import ListReport, usual
from digests.collecting.days import moment
from digests.models import DayReport
from digests.sample.past import Days
from digests.sources import SOURCES

USUAL = {"huggingface": (18, 31), "arxiv": (178, 262), "deeplearn": (7, 14)}
"""How many papers a list has on a day of new ones: fewer than the real lists, lest a trial that goes on with those finds
them thin."""

FAILING, FAILED_SAYS = "deeplearn", "The service answered with status 503."
FAILS_ON, IS_THIN_ON = 5, 8
"""The days, counted from the first, on which one list could not be read, and on which it was far shorter than usual."""

Told = dict[str, dict[str, Any]]
WHY_QUIET = "Nothing is announced for {}: it is a weekend, or arXiv's holiday. (Made for the demo.)"


def report(days: Days) -> None:
    """A report for each day that has none, the earliest first."""
    known = set(DayReport.objects.values_list("day", flat=True))
    earlier: list[Told] = []
    for day in sorted(days.busy + days.quiet):
        number = days.busy.index(day) if day in days.busy else None
        sources = {name: _list(name, number, earlier).as_json() for name in settings.DIGEST_SOURCES}
        earlier.insert(0, sources)
        if day not in known:
            _report(day, number, sources)


def _report(day: dt.date, number: int | None, sources: Told) -> None:
    built_at = moment(day, settings.DIGEST_BUILD_HOUR)
    list_day = list_day_of(day, built_at)
    if number is None:
        state, why = DayReport.State.QUIET, WHY_QUIET.format(list_day)
    else:
        failures = [f"{name}: {each['failed']}" for name, each in sources.items() if each["failed"]]
        state, why = DayReport.State.FRESH, " ".join(failures)
    told = DayReport.objects.create(day=day, list_day=list_day, state=state, why=why, sources=sources)
    DayReport.objects.filter(pk=told.pk).update(checked_at=built_at + dt.timedelta(minutes=1))


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
    if name == FAILING and number == IS_THIN_ON:
        told.listed = 2
    told.new = draw.randint(told.listed * 8 // 10, told.listed)
    if name == FAILING and number == FAILS_ON:
        told.listed, told.new, told.failed = 0, 0, FAILED_SAYS
    return told
