"""When the next mail can come, as a reader is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from digests.models import Digest
from subscribers.delivery.slots import comes_daily, next_slot
from subscribers.models import Delivery, Subscriber

NOT_YET_OPEN = (Digest.Status.BUILDING, Digest.Status.DRAFT, Digest.Status.APPROVED)


def next_mail_at(reader: Subscriber, now: datetime) -> datetime:
    """The time, in UTC, of the mail that waits for this reader, else of the first digest that is still to come: one whose
    rows are open without the reader in them does not count."""
    waiting = reader.deliveries.filter(
        status__in=Delivery.OPEN, digest__status__in=[Digest.Status.SENDING, Digest.Status.PAUSED]
    )
    if first := waiting.order_by("send_at").values_list("send_at", flat=True).first():
        return max(first, now)
    is_weekly = reader.cadence == Subscriber.Cadence.WEEKLY
    kind = Digest.Kind.WEEKLY if is_weekly else Digest.Kind.DAILY
    lately = Digest.objects.filter(kind=kind, day__gte=now.date() - timedelta(days=2))
    gone = set(lately.exclude(status__in=NOT_YET_OPEN).values_list("day", flat=True))

    def comes_on(day: date) -> bool:
        if is_weekly:
            return day.weekday() == settings.DIGEST_WEEKLY_DAY and day not in gone
        return comes_daily(reader.cadence, day) and day not in gone

    return next_slot(now, reader.time_zone, reader.send_hour, comes_on, reader.paused_until)
