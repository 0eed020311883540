"""Open the rows of a correction's mailing: for those who had the digest it is about, each once.

The rows are deliveries of a digest of its own (kind "correction"), so the ledger holds for them what it holds for all.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from digests.content import Content, shown
from digests.models import Digest
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
HAD = (Delivery.Status.SENT, Delivery.Status.DELIVERED)
"""Who has the words that are put right. Of an unknown nobody knows; it gets the correction once it is known to be sent."""
LOOKED_AFTER = timedelta(days=1)
STILL_SENT = (Digest.Status.SENDING, Digest.Status.SENT)


def readers_of(corrected_id: int) -> QuerySet[Delivery]:
    """The deliveries of the digest whose readers a correction goes to, if it goes now."""
    had = Delivery.objects.filter(digest_id=corrected_id, status__in=HAD)
    return had.filter(subscriber__status=Subscriber.Status.ACTIVE)


def open_rows(mailing: Digest, content: Content, expires_after: timedelta) -> int:
    """Insert a row, due since the approval, for everyone who had the corrected digest, still reads and has no row yet; how many."""
    times = (mailing.approved_at, timezone.now() + expires_after)
    send_at, expires_at = (connection.ops.adapt_datetimefield_value(at) for at in times)
    second_language = content["languages"][1:2] or [""]
    values: list[Any] = [mailing.pk, Delivery.Status.QUEUED, send_at, expires_at, *second_language]
    kind = "::timestamptz" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO subscribers_delivery
                (digest_id, subscriber_id, status, send_at, expires_at, edition, known_days)
            SELECT %s, reader.id, %s, %s{kind}, %s{kind}, CASE WHEN reader.language = %s THEN 1 ELSE 0 END, 0
            FROM subscribers_delivery AS had
            JOIN subscribers_subscriber AS reader ON reader.id = had.subscriber_id
            WHERE had.digest_id = %s AND had.status IN (%s, %s) AND reader.status = %s
              AND NOT EXISTS (SELECT 1 FROM subscribers_delivery AS mailed
                              WHERE mailed.digest_id = %s AND mailed.subscriber_id = reader.id)
            """,
            [*values, content["corrects"], *HAD, Subscriber.Status.ACTIVE, mailing.pk],
        )
        return int(cursor.rowcount)


def follow_up(expires_after: timedelta) -> int:
    """Open the rows of readers who got the corrected digest only after its correction had begun, in a later time zone;
    returns how many. For a day, since a provider's report may say late that a mail was sent."""
    since = timezone.now() - LOOKED_AFTER
    lately = Digest.objects.filter(kind=Digest.Kind.CORRECTION, status__in=STILL_SENT, approved_at__gte=since)
    return sum(_follow_up(pk, expires_after) for pk in lately.values_list("pk", flat=True))


def _follow_up(mailing_id: int, expires_after: timedelta) -> int:
    with transaction.atomic():
        # The row lets one worker in: of two, the second finds the first one's rows.
        mailing = Digest.objects.select_for_update().get(pk=mailing_id)
        if mailing.status not in STILL_SENT:
            return 0
        opened = open_rows(mailing, shown(mailing), expires_after)
        if opened and mailing.status == Digest.Status.SENT:
            mailing.advance(Digest.Status.SENDING)
    return opened
