"""Counting, by the clock: readers once an hour, the deliveries of a digest while they move. Counting twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from digests.collecting.days import today
from digests.models import Category, Digest
from subscribers.delivery.receipt import receipt
from subscribers.models import Delivery, DeliveryEvent, DigestCount, ReaderCount, Subscriber

READERS_EVERY = dt.timedelta(hours=1)
MOVING_EVERY = dt.timedelta(minutes=1)
SETTLED_EVERY = dt.timedelta(hours=6)
REPORTS_COME_FOR = dt.timedelta(days=30)
"""So long after a digest's day providers' reports about it are taken."""

Facet = ReaderCount.Facet
OUTCOMES = [status for status in Delivery.Status if status not in Delivery.OPEN]
PACE_OVER = dt.timedelta(minutes=5)
MOVING = (Digest.Status.SENDING, Digest.Status.PAUSED)


def count() -> None:
    """Count what was not counted lately; of old digests that never were, one each time."""
    now = timezone.now()
    if not ReaderCount.objects.filter(day=today(), counted_at__gt=now - READERS_EVERY).exists():
        count_readers(now)
    for digest in _digests_to_count(now):
        count_deliveries(digest, now)


def count_readers(now: dt.datetime) -> None:
    """Today's counts of subscribers, in one pass over them."""
    told: dict[str, Counter[str]] = {facet: Counter() for facet in Facet.values}
    masks: Counter[int] = Counter()
    groups = Subscriber.objects.order_by().values_list("status", "language", "cadence", "categories")
    for status, language, cadence, mask, many in groups.annotate(many=Count("pk")):
        told[Facet.STATUS][status] += many
        if status == Subscriber.Status.ACTIVE:
            told[Facet.LANGUAGE][language] += many
            told[Facet.CADENCE][cadence] += many
            masks[mask] += many
    for category in Category.objects.all():
        told[Facet.CATEGORY][category.slug] = sum(many for mask, many in masks.items() if mask >> category.bit & 1)
    told[Facet.FLOW] = _flow_of(today())
    keep(today(), told, now)
    ReaderCount.objects.filter(day=today(), counted_at__lt=now).update(count=0)  # values that nobody has any more


def keep(day: dt.date, told: Mapping[str, Mapping[str, int]], now: dt.datetime) -> None:
    """Store a day's counts, by facet and value, in place of earlier ones."""
    rows = [
        ReaderCount(day=day, facet=facet, value=value, count=many, counted_at=now)
        for facet, counts in told.items()
        for value, many in counts.items()
    ]
    unique = ["day", "facet", "value"]
    ReaderCount.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=["count", "counted_at"]
    )


def _flow_of(day: dt.date) -> Counter[str]:
    zone = ZoneInfo(settings.DIGEST_TIME_ZONE)
    start, end = (dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), zone) for n in (0, 1))
    found = Subscriber.objects.aggregate(
        joined=Count("pk", filter=Q(confirmed_at__gte=start, confirmed_at__lt=end)),
        left=Count("pk", filter=Q(left_at__gte=start, left_at__lt=end)),
    )
    return Counter(found)


def count_deliveries(digest: Digest, now: dt.datetime) -> None:
    """The outcomes of a digest's deliveries as they stand, and how fast they come."""
    counts: Mapping[str, int] = receipt(digest)
    left = DeliveryEvent.objects.filter(
        digest=digest, kind=DeliveryEvent.Kind.UNSUBSCRIBED, state=DeliveryEvent.State.APPLIED
    ).count()
    rows = [
        DigestCount(digest=digest, what=what, count=many, counted_at=now)
        for what, many in {**counts, DigestCount.LEFT: left, DigestCount.PACE: _pace(digest, counts, now)}.items()
        if what != "audience"
    ]
    DigestCount.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["digest", "what"], update_fields=["count", "counted_at"]
    )


def _pace(digest: Digest, counts: Mapping[str, int], now: dt.datetime) -> int:
    """Outcomes a minute since the count before, if that was lately."""
    before = DigestCount.objects.filter(digest=digest, what__in=OUTCOMES, counted_at__gt=now - PACE_OVER)
    told = before.aggregate(Sum("count"), at=Max("counted_at"))
    if told["at"] is None or told["at"] >= now:
        return 0
    came = sum(counts[status] for status in OUTCOMES) - told["count__sum"]
    return max(0, round(came * dt.timedelta(minutes=1) / (now - told["at"])))


def _digests_to_count(now: dt.datetime) -> list[Digest]:
    public = Digest.objects.filter(status__in=Digest.PUBLIC).exclude(status=Digest.Status.APPROVED)
    fresh = DigestCount.objects.values("digest")
    moving = public.filter(status__in=MOVING).exclude(pk__in=fresh.filter(counted_at__gt=now - MOVING_EVERY))
    settled = public.filter(day__gte=(now - REPORTS_COME_FOR).date()).exclude(status__in=MOVING)
    settled = settled.exclude(pk__in=fresh.filter(counted_at__gt=now - SETTLED_EVERY))
    never = public.exclude(pk__in=fresh).order_by("-day")[:1]
    found = {each.pk: each for rows in (moving, settled, never) for each in rows.defer("approved_content")}
    return list(found.values())
