"""The ledger's moves. Every move is a conditional update: it happens only to a row that still stands as expected.

queued → claimed → sending → sent | bounced | failed | unknown
claimed → queued (worker lost, or nothing was tried)    sending → queued (deferred, nothing was accepted)
sending → unknown (worker lost)                          queued → expired    claimed → suppressed | skipped
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery.slots import slot
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)  # far longer than one message may take: EMAIL_TIMEOUT is half a minute
Status = Delivery.Status


def open_deliveries(digest: Digest) -> int:
    """Open a row for everyone who was confirmed when the digest was approved; returns how many. All or nothing.

    One statement for each (time zone, hour), so the cost does not grow with Python's patience. A slot that was past at
    the time of approval becomes the approval itself: a late digest goes out at once.
    """
    if not digest.approved_at:
        raise ValueError(f"The digest of {digest.day} is not approved.")
    opened = 0
    with transaction.atomic():
        if not digest.advance(Digest.Status.SENDING):
            return 0
        audience = Subscriber.objects.filter(
            ~Exists(Delivery.objects.filter(digest=digest, subscriber=OuterRef("pk"))),
            status=Subscriber.Status.ACTIVE,
            confirmed_at__lte=digest.approved_at,
        )
        slots = audience.order_by().values_list("time_zone", "send_hour").distinct()
        # Again until nobody is left: on PostgreSQL a reader may change the hour between two statements.
        while waiting := list(slots.all()):
            for time_zone, hour in waiting:
                send_at = max(_slot(digest.day, time_zone, hour), digest.approved_at)
                opened += _open_slot(digest, time_zone, hour, send_at)
    logger.info("Digest %s: %d deliveries opened", digest.day, opened)
    return opened


def _open_slot(digest: Digest, time_zone: str, hour: int, send_at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subscribers_delivery (digest_id, subscriber_id, status, send_at, expires_at)
            SELECT %s, id, %s, %s, %s FROM subscribers_subscriber
            WHERE status = %s AND confirmed_at <= %s AND time_zone = %s AND send_hour = %s
            ON CONFLICT (digest_id, subscriber_id) DO NOTHING
            """,
            [
                digest.pk,
                Status.QUEUED,
                connection.ops.adapt_datetimefield_value(send_at),
                connection.ops.adapt_datetimefield_value(send_at + grace()),
                Subscriber.Status.ACTIVE,
                connection.ops.adapt_datetimefield_value(digest.approved_at),
                time_zone,
                hour,
            ],
        )
        return int(cursor.rowcount)


def grace() -> timedelta:
    """How long after its time a mail may still be sent."""
    return timedelta(hours=settings.SEND_DEADLINE_HOURS)


def _slot(day: date, time_zone: str, hour: int) -> datetime:
    """The reader's slot. A zone this machine does not know must not keep everybody's mail: it counts as UTC."""
    try:
        return slot(day, time_zone, hour)
    except (ZoneInfoNotFoundError, ValueError):
        logger.error("Readers in the unknown time zone %r are sent their mail by UTC", time_zone)
        return slot(day, "UTC", hour)


def claim(owner: str, most: int, at: datetime) -> list[Delivery]:
    """Take up to `most` rows due at `at`, of digests that are being sent. No two workers ever take the same row:
    PostgreSQL skips rows another one is taking, SQLite lets one writer in at a time."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(
            status=Status.QUEUED, send_at__lte=at, digest__status=Digest.Status.SENDING
        ).order_by("send_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        taken = list(due.values_list("pk", flat=True)[:most])
        Delivery.objects.filter(pk__in=taken, status=Status.QUEUED).update(
            status=Status.CLAIMED, owner=owner, lease_until=now + LEASE
        )
    mine = Delivery.objects.filter(pk__in=taken, owner=owner, status=Status.CLAIMED)
    return list(mine.select_related("subscriber").order_by("send_at", "pk"))


def begin(delivery: Delivery, owner: str) -> bool:
    """Mark the row `sending`, durably, ahead of the network. False when it must not be sent now: the row was lost, its
    digest was paused, or the reader left meanwhile (the row is then suppressed)."""
    now = timezone.now()
    mine = Delivery.objects.filter(pk=delivery.pk, owner=owner, status=Status.CLAIMED)
    reader = Subscriber.objects.filter(pk=OuterRef("subscriber_id"), status=Subscriber.Status.ACTIVE)
    running = Digest.objects.filter(pk=OuterRef("digest_id"), status=Digest.Status.SENDING)
    # A late worker whose lease ran out may find its row queued, taken or unknown; it changes nothing then.
    begun = mine.filter(Exists(reader), Exists(running), lease_until__gt=now).update(
        status=Status.SENDING, attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    if not begun:
        mine.filter(~Exists(reader)).update(status=Status.SUPPRESSED, finished_at=now)
    return bool(begun)


def finish(delivery: Delivery, owner: str, outcome: str, error: str = "", provider_id: str = "") -> bool:
    """Record an outcome of a row this worker holds; False when it no longer does."""
    held = Delivery.objects.filter(pk=delivery.pk, owner=owner, status__in=[Status.CLAIMED, Status.SENDING])
    return bool(
        held.update(status=outcome, error=error[:300], provider_id=provider_id[:200], finished_at=timezone.now())
    )


def put_back(deliveries: Sequence[Delivery], owner: str, due: datetime | None = None, error: str = "") -> int:
    """Queue rows again that were certainly not accepted, to be tried at `due` at the earliest."""
    held = Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries], owner=owner, status__in=[Status.CLAIMED, Status.SENDING]
    )
    changes: dict[str, object] = {"status": Status.QUEUED, "owner": "", "lease_until": None}
    if error:
        changes["error"] = error[:300]
    if due:
        changes["send_at"] = due
    return held.update(**changes)


def recover_lost() -> Counter[str]:
    """Settle rows whose worker died: `claimed` is queued again, `sending` becomes `unknown` for good. A mail that may
    have been accepted is never sent again by itself."""
    now = timezone.now()
    lost = Delivery.objects.filter(lease_until__lt=now)
    queued = lost.filter(status=Status.CLAIMED).update(status=Status.QUEUED, owner="", lease_until=None)
    unknown = lost.filter(status=Status.SENDING).update(
        status=Status.UNKNOWN, finished_at=now, error="The worker was lost while it was sending."
    )
    if unknown:
        logger.error("%d deliveries are unknown: their worker was lost while sending", unknown)
    return Counter(requeued=queued, unknown=unknown)


def expire_late() -> int:
    """Close queued rows that missed their deadline, in paused digests too."""
    now = timezone.now()
    late = Delivery.objects.filter(status=Status.QUEUED, expires_at__lt=now)
    return late.update(status=Status.EXPIRED, finished_at=now)


def reschedule(subscriber: Subscriber) -> None:
    """Move the reader's queued rows to the slot they have now chosen; to now, if that is past."""
    for delivery in subscriber.deliveries.filter(status=Status.QUEUED, attempts=0).select_related("digest"):
        send_at = max(_slot(delivery.digest.day, subscriber.time_zone, subscriber.send_hour), timezone.now())
        Delivery.objects.filter(pk=delivery.pk, status=Status.QUEUED).update(
            send_at=send_at, expires_at=send_at + grace()
        )


def close_finished() -> list[Digest]:
    """Close the digests all of whose rows have an outcome."""
    still_open = Delivery.objects.filter(digest=OuterRef("pk"), status__in=Delivery.OPEN)
    finished = Digest.objects.filter(~Exists(still_open), status=Digest.Status.SENDING).defer("approved_content")
    return [digest for digest in finished if digest.advance(Digest.Status.SENT)]


def receipt(digest: Digest) -> dict[str, int]:
    """How many rows of the digest stand where, every status named; `audience` is their sum."""
    counts = Counter(digest.deliveries.order_by().values_list("status", flat=True))
    return {"audience": sum(counts.values())} | {status: counts[status] for status in Status.values}
