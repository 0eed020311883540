"""Open a digest's rows in the ledger: who gets it, when, and in which edition. Decided in the database, by one statement.

The audience is frozen here. Readers who change how often they read do not change rows that are open, and a weekly digest
asks the ledger which days' papers the dailies brought them: so a change in the middle of a week neither repeats a paper
nor loses one, whenever it happens.

A million rows cost PostgreSQL 5 s of its time. What it was spared, measured on the same machine: a foreign key to the
subscriber, whose rows it would look up one by one (5 s), one to the digest (2.7 s), ON CONFLICT (1.3 s), sorting the
rows first (4 s, for the unique index then grows at random), a second look for readers who were missed (0.7 s), an index of
readers beside the unique one (a fifth of what was left).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from digests.content import Content, shown
from digests.editions import bits_of, edition_number
from digests.models import Digest
from subscribers.delivery.correcting import open_rows
from subscribers.delivery.slots import comes_daily, slot
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
Status = Delivery.Status
Cadence = Subscriber.Cadence
LOST = (Status.BOUNCED, Status.FAILED, Status.SKIPPED, Status.SUPPRESSED, Status.EXPIRED, Status.CANCELLED)
"""Outcomes that brought the reader nothing."""


class Sql(NamedTuple):
    """A piece of a statement and its parameters."""

    text: str
    values: list[Any]


def open_deliveries(digest: Digest) -> int:
    """Open a row for everyone the approved digest is for; returns how many. All or nothing.

    For it are those who were confirmed at the time of approval, read that often and are not on pause. A slot that was
    past at the time of approval becomes the approval itself: a late digest goes out at once. A correction is for those
    who had the digest it is about (see `subscribers.delivery.correcting`). Of any number of callers
    one opens: the digest's row lets nobody else in, and a unique constraint stands behind it.
    """
    if not digest.approved_at:
        raise ValueError(f"The digest of {digest.day} is not approved.")
    with transaction.atomic():
        if not digest.advance(Digest.Status.SENDING):
            return 0
        content = shown(digest)
        is_correction = digest.kind == Digest.Kind.CORRECTION
        opened = open_rows(digest, content, grace()) if is_correction else _open(digest, content)
    logger.info("Digest %s: %d deliveries opened", digest, opened)
    return opened


def reschedule(subscriber: Subscriber) -> None:
    """Let the reader's rows that nobody has touched yet follow the present choice: the slot (now, if it is past), the
    language, the categories, the highlights; on a pause they are skipped."""
    waiting = subscriber.deliveries.filter(status=Status.QUEUED, attempts=0).select_related("digest")
    now = timezone.now()
    for delivery in waiting:
        digest, row = delivery.digest, Delivery.objects.filter(pk=delivery.pk, status=Status.QUEUED, attempts=0)
        if subscriber.paused_until and digest.day < subscriber.paused_until:
            row.update(status=Status.SKIPPED, finished_at=now, error=f"On pause until {subscriber.paused_until}.")
            continue
        send_at = max(slot_of(digest.day, subscriber.time_zone, subscriber.send_hour), now)
        edition = edition_number(shown(digest), subscriber.language, subscriber.categories)
        row.update(send_at=send_at, expires_at=send_at + grace(), edition=edition, highlights=subscriber.highlights)


def grace() -> timedelta:
    """How long after its time a mail may still be sent."""
    return timedelta(hours=settings.SEND_DEADLINE_HOURS)


def slot_of(day: date, time_zone: str, hour: int) -> datetime:
    """The reader's slot. A zone this machine does not know must not keep everybody's mail: it counts as UTC."""
    try:
        return slot(day, time_zone, hour)
    except (ZoneInfoNotFoundError, ValueError):
        logger.error("Readers in the unknown time zone %r are sent their mail by UTC", time_zone)
        return slot(day, "UTC", hour)


def audience_of(digest: Digest, content: Content) -> Sql:
    """The condition on `reader` for whom the digest is."""
    approved_at = connection.ops.adapt_datetimefield_value(digest.approved_at)
    day = connection.ops.adapt_datefield_value(digest.day)
    often = _how_often(digest, content)
    return Sql(
        "reader.status = %s AND reader.confirmed_at <= %s"
        f" AND (reader.paused_until IS NULL OR reader.paused_until <= %s) AND ({often.text})",
        [Subscriber.Status.ACTIVE, approved_at, day, *often.values],
    )


def _how_often(digest: Digest, content: Content) -> Sql:
    """A weekly digest is also for those who read weekly when its first day's digest came, and have changed since."""
    if digest.kind == Digest.Kind.WEEKLY:
        return Sql(
            "reader.cadence = %s OR reader.cadence_before = %s AND reader.cadence_since >= %s",
            [Cadence.WEEKLY, Cadence.WEEKLY, _first_day(content)],
        )
    cadences = [cadence.value for cadence in Cadence if comes_daily(cadence, digest.day)]
    return Sql(f"reader.cadence IN ({', '.join(['%s'] * len(cadences))})", cadences)


def _open(digest: Digest, content: Content) -> int:
    """Insert the rows. Readers who want the same get the same number as their edition (see `edition_number`)."""
    audience, week, known = audience_of(digest, content), _week(digest, content), _known_days(digest, content)
    second_language = content["languages"][1:2] or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT time_zone, send_hour FROM subscribers_subscriber AS reader WHERE {audience.text}",
            audience.values,
        )
        # Who moves to an hour that nobody had, just now, is in no slot of the table and gets the usual one.
        usual = (settings.DIGEST_TIME_ZONE, settings.DIGEST_SEND_HOUR)
        slots = _slot_table(digest, {*cursor.fetchall(), usual})
        send_at, expires_at = _times(digest, *usual)
        cursor.execute(
            f"""
            INSERT INTO subscribers_delivery
                (digest_id, subscriber_id, status, send_at, expires_at, edition, known_days, highlights)
            WITH {week.text} slot (time_zone, hour, send_at, expires_at) AS (VALUES {slots.text})
            SELECT %s, reader.id, %s, COALESCE(slot.send_at, {send_at}), COALESCE(slot.expires_at, {expires_at}),
                ((reader.categories & %s) << 1) + CASE WHEN reader.language = %s THEN 1 ELSE 0 END, {known.text}, reader.highlights
            FROM subscribers_subscriber AS reader
            LEFT JOIN slot ON slot.time_zone = reader.time_zone AND slot.hour = reader.send_hour
            WHERE {audience.text}
            """,
            [*week.values, *slots.values, digest.pk, Status.QUEUED, bits_of(content), *second_language]
            + [*known.values, *audience.values],
        )
        return int(cursor.rowcount)


def _slot_table(digest: Digest, slots: Iterable[tuple[str, int]]) -> Sql:
    """One line for each (time zone, hour). Only the zone is a parameter: SQLite takes 32,766, and of hours in all zones
    there are 10,000."""
    lines = [(time_zone, f"(%s, {hour:d}, {', '.join(_times(digest, time_zone, hour))})") for time_zone, hour in slots]
    return Sql(", ".join(line for _zone, line in lines), [zone for zone, _line in lines])


def _times(digest: Digest, time_zone: str, hour: int) -> tuple[str, str]:
    """When to send and when it is too late, as the database writes instants."""
    assert digest.approved_at is not None
    send_at = max(slot_of(digest.day, time_zone, hour), digest.approved_at)
    kind = "timestamptz" if connection.vendor == "postgresql" else ""
    first, last = (f"{kind} '{connection.ops.adapt_datetimefield_value(at)}'" for at in (send_at, send_at + grace()))
    return first, last


def _week(digest: Digest, content: Content) -> Sql:
    """A weekly digest's days as a table of the statement: the daily digest, the day, and its bit in `known_days`."""
    if digest.kind != Digest.Kind.WEEKLY:
        return Sql("", [])
    dailies = Digest.objects.filter(kind=Digest.Kind.DAILY, day__in=content["days"]).values_list("pk", "day")
    stored = connection.ops.adapt_datefield_value
    rows = [[pk, stored(day), 1 << content["days"].index(day.isoformat())] for pk, day in dailies]
    lines = ", ".join(["(%s, %s, %s)"] * len(rows))
    return Sql(f"week (digest_id, day, bit) AS (VALUES {lines}),", [value for row in rows for value in row])


def _known_days(digest: Digest, content: Content) -> Sql:
    """The days whose papers are not for this reader's weekly: what came by dailies, and what the reader, having turned
    to dailies, gets from them. Asked only about those who changed since the first of the days; others know none."""
    if digest.kind != Digest.Kind.WEEKLY:
        return Sql("0", [])
    return Sql(
        f"""
        CASE WHEN reader.cadence_since >= %s THEN COALESCE((
            SELECT SUM(week.bit) FROM week
            WHERE reader.cadence <> %s AND week.day > reader.cadence_since OR EXISTS (
                SELECT 1 FROM subscribers_delivery AS had
                WHERE had.digest_id = week.digest_id AND had.subscriber_id = reader.id
                  AND had.status NOT IN ({", ".join(["%s"] * len(LOST))}))), 0)
        ELSE 0 END
        """,
        [_first_day(content), Cadence.WEEKLY, *LOST],
    )


def _first_day(content: Content) -> Any:
    return connection.ops.adapt_datefield_value(date.fromisoformat(content["days"][0]))
