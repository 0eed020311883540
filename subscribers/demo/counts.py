"""The counts of readers on each day of the past, out of the lives that the demo's readers have had by now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from digests.collecting.days import moment, today
from digests.models import Category, Digest
from subscribers.models import DeliveryEvent, ReaderCount, Subscriber
from subscribers.statistics import counting

Facet, Status = ReaderCount.Facet, Subscriber.Status


class Life(NamedTuple):
    """A subscriber as of now; `ended_at` is when an active reader became what they are."""

    status: str
    language: str
    cadence: str
    categories: int
    signed_up_at: dt.datetime
    confirmed_at: dt.datetime | None
    left_at: dt.datetime | None
    ended_at: dt.datetime | None

    def status_at(self, at: dt.datetime) -> str | None:
        """What the subscriber was at a time; None before the sign-up."""
        if self.signed_up_at > at:
            return None
        if self.confirmed_at is None or self.confirmed_at > at:
            return Status.PENDING
        return self.status if self.ended_at and self.ended_at <= at else Status.ACTIVE


def count(first: dt.date, digests: Sequence[Digest]) -> None:
    """Count readers on each day from `first` to yesterday, those of today and the deliveries as the clock does."""
    lives, bits = _lives(), {each.slug: each.bit for each in Category.objects.all()}
    for day in (first + dt.timedelta(days=n) for n in range((today() - first).days)):
        start, end = moment(day, 0), moment(day + dt.timedelta(days=1), 0)
        counting.keep(day, _told(lives, bits, start, end), end - dt.timedelta(minutes=1))
    now = timezone.now()
    counting.count_readers(now)
    for digest in digests:
        counting.count_deliveries(digest, now)


def _lives() -> list[Life]:
    struck = dict(DeliveryEvent.objects.exclude(reader_was="").values_list("delivery__subscriber_id", "occurred_at"))
    return [
        Life(
            each.status,
            each.language,
            each.cadence,
            each.categories,
            each.signed_up_at,
            each.confirmed_at,
            each.left_at,
            struck.get(each.pk) or each.left_at,
        )
        for each in Subscriber.objects.all()
    ]


def _told(lives: list[Life], bits: dict[str, int], start: dt.datetime, end: dt.datetime) -> dict[str, Counter[str]]:
    told: dict[str, Counter[str]] = {facet: Counter() for facet in Facet.values}
    told[Facet.CATEGORY].update(dict.fromkeys(bits, 0))
    told[Facet.FLOW].update({"joined": 0, "left": 0})
    for life in lives:
        if life.confirmed_at and start <= life.confirmed_at < end:
            told[Facet.FLOW]["joined"] += 1
        if life.left_at and start <= life.left_at < end:
            told[Facet.FLOW]["left"] += 1
        if (status := life.status_at(end)) is None:
            continue
        told[Facet.STATUS][status] += 1
        if status == Status.ACTIVE:
            told[Facet.LANGUAGE][life.language] += 1
            told[Facet.CADENCE][life.cadence] += 1
            told[Facet.CATEGORY].update(slug for slug, bit in bits.items() if life.categories >> bit & 1)
    return told
