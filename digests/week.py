"""What a week is: the daily digests that a weekly one is made of, and the facts about them that its content carries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q

from digests.models import Digest, Entry

DAYS = 7
DAYS_LATE = 14
"""So old a daily digest may be, that was approved too late for the weekly of its own week."""


def first_day(day: dt.date) -> dt.date:
    """The first of the seven days before the weekly digest of `day`."""
    return day - dt.timedelta(days=DAYS)


def latest_weekly_day(today: dt.date, weekday: int) -> dt.date:
    """The latest day, today included, that falls on `weekday` (Monday is 0)."""
    return today - dt.timedelta(days=(today.weekday() - weekday) % DAYS)


def dailies_before(day: dt.date) -> list[Digest]:
    """The approved daily digests of the seven days before `day`, and those of the week before that were approved only
    after the last weekly digest was made. Oldest first."""
    approved = Digest.objects.filter(kind=Digest.Kind.DAILY, status__in=Digest.PUBLIC, is_sample=False, day__lt=day)
    earlier = Digest.objects.filter(kind=Digest.Kind.WEEKLY, day__lt=day).exclude(status=Digest.Status.DISCARDED)
    last = earlier.order_by("day").last()
    wanted = Q(day__gte=first_day(day))
    if last:
        wanted |= Q(day__gte=day - dt.timedelta(days=DAYS_LATE), approved_at__gt=last.created_at)
    return list(approved.filter(wanted).order_by("day"))


def days_missing(day: dt.date) -> list[dt.date]:
    """The days before `day` whose daily digest is there but not approved, and hence not in its weekly digest."""
    waiting = (Digest.Status.BUILDING, Digest.Status.DRAFT)
    dailies = Digest.objects.filter(kind=Digest.Kind.DAILY, status__in=waiting, day__gte=first_day(day), day__lt=day)
    return list(dailies.order_by("day").values_list("day", flat=True))


def with_week(content: dict[str, Any], digest: Digest) -> dict[str, Any]:
    """The content of a weekly digest with what readers' editions are chosen by: each paper's `rank` in the week and the
    `day` of the daily digest it was in, all those `days`, and how many papers each category had in them."""
    ranks = dict(Entry.objects.filter(section__digest=digest).values_list("paper__arxiv_id", "position"))
    daily = Entry.objects.filter(kind=Digest.Kind.DAILY, paper__entries__section__digest=digest)
    days = {id_: day.isoformat() for id_, day in daily.values_list("paper__arxiv_id", "section__digest__day")}
    sections = [
        section
        | {"papers": [paper | {"rank": ranks[paper["id"]], "day": days[paper["id"]]} for paper in section["papers"]]}
        for section in content["sections"]
    ]
    return content | {
        "days": sorted(set(days.values())),
        "sections": sections,
        "distribution": _distribution(sorted(set(days.values()))),
    }


def _distribution(days: list[str]) -> list[dict[str, Any]]:
    dailies = Digest.objects.filter(kind=Digest.Kind.DAILY, day__in=days, approved_content__isnull=False).order_by(
        "day"
    )
    shares: dict[str, dict[str, Any]] = {}
    papers: Counter[str] = Counter()
    for of_a_day in dailies.values_list("approved_content__distribution", flat=True):
        for share in of_a_day:
            shares[share["slug"]] = share
            papers[share["slug"]] += share["papers"]
    return [shares[slug] | {"papers": many} for slug, many in papers.most_common() if many]
