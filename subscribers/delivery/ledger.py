"""The ledger's moves. Every move is a conditional update: it happens only to a row that still stands as expected.

queued → sending (by `queue.Queue`) → sent | bounced | failed | unknown
queued → claimed → sending, where something may come between
claimed → queued (worker lost, or nothing was tried)    sending → queued (deferred, nothing was accepted)
sending → unknown (worker lost)                          queued → expired    claimed → suppressed | skipped
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.utils import timezone

from digests.models import Digest
from newsletter.mail import one_line
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
Status = Delivery.Status
HELD = (Status.CLAIMED, Status.SENDING)


class Due(NamedTuple):
    """A claimed row, as far as sending needs it: plain values, for a model object a reader would cost more than a mail.
    `attempts` are those before this one."""

    pk: int
    digest_id: int
    subscriber_id: int
    attempts: int
    email: str
    key: str
    edition: int
    known_days: int
    highlights: str = ""


_OF_THE_READER = ("email", "key")
DUE_COLUMNS = ", ".join(
    f"reader.{name}" if name in _OF_THE_READER else f"delivery.{'id' if name == 'pk' else name}" for name in Due._fields
)


class Finished(NamedTuple):
    """What became of a row: its outcome, a short line for the editor, the provider's name for the mail."""

    pk: int
    status: str
    error: str = ""
    provider_id: str = ""


def claim(owner: str, most: int, at: datetime) -> list[Due]:
    """Take up to `most` rows due at `at`, of one digest that is being sent; readers who want the same stand together.
    No two workers ever take the same row: PostgreSQL skips rows another one is taking, SQLite lets one writer in."""
    running = Digest.objects.filter(status=Digest.Status.SENDING).order_by("day", "pk").values_list("pk", flat=True)
    for digest_id in running:
        if taken := _claim_from(digest_id, owner, most, at):
            return taken
    return []


def _claim_from(digest_id: int, owner: str, most: int, at: datetime) -> list[Due]:
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with transaction.atomic(), connection.cursor() as cursor:
        results_may_be_lost()  # a claim that a crash takes back was never acted upon: `begin` waits for the disk
        cursor.execute(
            f"""
            WITH due AS (
                SELECT id FROM subscribers_delivery WHERE status = %s AND digest_id = %s AND send_at <= %s
                ORDER BY send_at, edition, id LIMIT %s {skip_locked}
            )
            UPDATE subscribers_delivery SET status = %s, owner = %s, lease_until = %s
            WHERE id IN (SELECT id FROM due) RETURNING id
            """,
            [Status.QUEUED, digest_id, stored(at), most, Status.CLAIMED, owner, stored(lease_end())],
        )
        taken = [pk for (pk,) in cursor.fetchall()]
        those, pks = _those(taken)
        cursor.execute(
            f"""
            SELECT {DUE_COLUMNS} FROM subscribers_delivery AS delivery
            JOIN subscribers_subscriber AS reader ON reader.id = delivery.subscriber_id
            WHERE delivery.id {those} ORDER BY delivery.send_at, delivery.edition, delivery.id
            """,
            pks,
        )
        return [Due(*row) for row in cursor.fetchall()]


def begin(dues: Sequence[Due], owner: str) -> set[int]:
    """Mark the rows `sending`, durably, ahead of the network; returns which. A row is left out when it was lost, when
    its digest was paused, or when its reader left meanwhile (it is then suppressed)."""
    if not dues:
        return set()
    # COALESCE hides the index of leases, which PostgreSQL would rather walk through, with all that was ever in it.
    those, pks = _those([due.pk for due in dues])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE subscribers_delivery SET status = %s, attempts = attempts + 1, lease_until = %s
            WHERE id {those} AND COALESCE(status, '') = %s AND owner = %s AND lease_until > %s
              AND EXISTS (SELECT 1 FROM subscribers_subscriber AS reader, digests_digest AS digest
                          WHERE reader.id = subscriber_id AND reader.status = %s
                            AND digest.id = digest_id AND digest.status = %s
                            AND (reader.paused_until IS NULL OR reader.paused_until <= digest.day))
            RETURNING id
            """,
            [Status.SENDING, stored(lease_end()), *pks, Status.CLAIMED, owner]
            + [stored(timezone.now()), Subscriber.Status.ACTIVE, Digest.Status.SENDING],
        )
        begun = {pk for (pk,) in cursor.fetchall()}
    close_unwanted([due.pk for due in dues if due.pk not in begun], owner)
    return begun


def close_unwanted(pks: Sequence[int], owner: str) -> None:
    """Give claimed rows of readers who left, or are on pause, their outcome."""
    if not pks:
        return
    mine = Delivery.objects.filter(pk__in=pks, owner=owner, status=Status.CLAIMED)
    now, reader = timezone.now(), Subscriber.objects.filter(pk=OuterRef("subscriber_id"))
    mine.filter(~Exists(reader.filter(status=Subscriber.Status.ACTIVE))).update(
        status=Status.SUPPRESSED, finished_at=now, error="The reader does not want mail (any more)."
    )
    mine.filter(Exists(reader.filter(paused_until__gt=OuterRef("digest__day")))).update(
        status=Status.SKIPPED, finished_at=now, error="The reader is on pause."
    )


def finish(outcomes: Sequence[Finished], owner: str) -> int:
    """Record outcomes of rows this worker holds; returns how many it still held. A row that was given up as `unknown`
    because the lease seemed over takes the truth from the one who knows it."""
    groups: dict[tuple[str, str], list[Finished]] = {}
    for each in outcomes:
        groups.setdefault((each.status, one_line(each.error)[:300]), []).append(each)
    changed = 0
    for group in groups.values():
        with connection.cursor() as cursor:
            cursor.execute(*finishing(group, owner))
            changed += cursor.rowcount
    return changed


def finishing(alike: Sequence[Finished], owner: str) -> tuple[str, list[Any]]:
    """The statement, with its parameters, that records outcomes which differ in nothing but the provider's names for the
    mails; those, where there are any, are looked up by the row's id."""
    those, whose = _those([each.pk for each in alike])
    provider_id, named = "''", []
    if any(each.provider_id for each in alike):
        # One value with all names: a table of them beside the rows would be joined one by one with each.
        is_postgresql = connection.vendor == "postgresql"
        provider_id = (
            "%s::jsonb ->> held.id::text" if is_postgresql else """json_extract(%s, '$."' || held.id || '"')"""
        )
        # A batch may have one name for all of its mails.
        fit = {name: one_line(name)[:200] for name in {each.provider_id for each in alike}}
        named = [json.dumps({each.pk: fit[each.provider_id] for each in alike})]
    statement = f"""
        UPDATE subscribers_delivery AS held
        SET status = %s, error = %s, finished_at = %s, provider_id = {provider_id}
        WHERE held.id {those} AND held.owner = %s AND held.status IN (%s, %s, %s)
        """
    values = [alike[0].status, one_line(alike[0].error)[:300], stored(timezone.now()), *named, *whose, owner]
    return statement, [*values, *HELD, Status.UNKNOWN]


def put_back(
    dues: Sequence[Due], owner: str, due: datetime | None = None, error: str = "", *, tried: bool = True
) -> int:
    """Queue rows again that were certainly not accepted, to be tried at `due` at the earliest. Of rows that were marked
    and then not `tried`, the try does not count."""
    return _queue_again(Delivery.objects.filter(pk__in=[each.pk for each in dues]), owner, due, error, tried)


def disown(owner: str, but: Collection[int]) -> int:
    """Queue again whatever this worker holds without knowing it, which is all `but` these rows: it was marked by a
    statement whose answer was lost. Nothing was sent for it."""
    return _queue_again(Delivery.objects.exclude(pk__in=but), owner, None, "", tried=False)


def _queue_again(rows: QuerySet[Delivery], owner: str, due: datetime | None, error: str, tried: bool) -> int:
    changes: dict[str, object] = {"status": Status.QUEUED, "owner": "", "lease_until": None}
    if error:
        changes["error"] = one_line(error)[:300]
    if due:
        changes["send_at"] = due
    if not tried:
        changes["attempts"] = F("attempts") - Case(When(status=Status.SENDING, then=1), default=0)
    return rows.filter(owner=owner, status__in=HELD).update(**changes)


def renew(owner: str) -> int:
    """Hold on to this worker's rows for another lease."""
    return Delivery.objects.filter(owner=owner, status__in=HELD, lease_until__isnull=False).update(
        lease_until=lease_end()
    )


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


def still_running(digest_ids: Collection[int]) -> set[int]:
    """Those of the digests that are being sent right now, neither paused nor cancelled."""
    return set(Digest.objects.filter(pk__in=digest_ids, status=Digest.Status.SENDING).values_list("pk", flat=True))


def lease_end() -> datetime:
    """When a lease taken now is over. It is renewed long before; only a dead or stopped worker lets it run out."""
    return timezone.now() + timedelta(seconds=settings.SEND_LEASE_SECONDS)


def results_may_be_lost() -> None:
    """Let this transaction's commit not wait for the disk. Only for what can be lost without a mail being sent twice."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


@contextmanager
def by_key() -> Iterator[None]:
    """Have PostgreSQL find rows by their keys. What it knows of a ledger that was just opened is from before, when no row
    was in anybody's hands: it expects one and reads the whole table for it, again with each statement."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # Without a scan to fall back on, plans look dear enough to be compiled, which takes longer than to run them.
        cursor.execute("SET enable_seqscan TO OFF; SET jit TO OFF")
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan; RESET jit")


def _those(pks: Sequence[int]) -> tuple[str, list[Any]]:
    """A condition for these ids and its parameters: an array where there are arrays, which is one value to pass on."""
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])", [_array(pks)]
    return f"IN ({', '.join(['%s'] * len(pks))})", [*pks]


def _array(pks: Sequence[int]) -> str:
    """Ids as PostgreSQL writes an array, for which psycopg takes a microsecond an id."""
    return f"{{{','.join(map(str, pks))}}}"


def stored(moment: datetime) -> Any:
    """The moment as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
