"""The queue as one worker sees it: rows that are due, taken as far as the transport has room, straight from `queued` to
`sending`. What was accepted meanwhile is written by the same statement.

So a mail costs two updates of its row and a share of one commit, which is durable: the mark is on disk before the caller
has the row. Where something may still come between a row and the wire (a limit, a connection that must first be there),
rows are claimed and marked in two steps instead: `ledger.claim`, `ledger.begin`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from digests.models import Digest
from subscribers.delivery import ledger
from subscribers.delivery.ledger import DUE_COLUMNS, Due, Finished, Status, lease_end
from subscribers.models import Subscriber

# The attempts before this one, as `Due` has them.
COLUMNS = DUE_COLUMNS.replace("delivery.attempts", "delivery.attempts - 1")


class Place(NamedTuple):
    """Where a row stands in the queue of its digest; `send_at` as the database writes it, for it is not looked at here."""

    send_at: str
    edition: int
    pk: int


class Queue:
    """What is due at `at`, digest by digest, for the worker `owner`.

    It remembers how far it came, and looks on from there: whoever was sent to leaves an entry in the index that
    PostgreSQL cannot drop while anybody still looks at an older state. When nothing is left ahead it starts anew.
    """

    def __init__(self, owner: str, at: datetime) -> None:
        self.owner, self.at = owner, at
        self._digest: tuple[int, date] | None = None
        self._reached: Place | None = None

    def take(self, most: int, accepted: Sequence[Finished] = ()) -> list[Due]:
        """Mark up to `most` rows `sending`, durably, and write down that the `accepted` were sent: all or nothing.

        Nothing is taken from a digest that was paused; a row whose reader left meanwhile gets its outcome instead. When
        this raises, rows may have been marked all the same: see `ledger.disown`.
        """
        if connection.vendor != "postgresql":
            return self._take_step_by_step(most, accepted)
        if self._digest and (dues := self._take_from(self._digest, most, accepted)):
            return dues
        running = Digest.objects.filter(status=Digest.Status.SENDING).order_by("day", "pk").values_list("pk", "day")
        left = () if self._digest else accepted
        for digest in running:
            self._digest, self._reached = digest, None
            if dues := self._take_from(digest, most, left):
                return dues
            left = ()
        self._digest = self._reached = None
        ledger.finish(left, self.owner)
        return []

    def _take_step_by_step(self, most: int, accepted: Sequence[Finished]) -> list[Due]:
        """The same for a database with one writer, where statements are cheap and cannot be put into one another."""
        with transaction.atomic():
            ledger.finish(accepted, self.owner)
            dues = ledger.claim(self.owner, most, self.at)
            begun = ledger.begin(dues, self.owner)
            ledger.put_back([due for due in dues if due.pk not in begun], self.owner)
        return [due for due in dues if due.pk in begun]

    def _take_from(self, digest: tuple[int, date], most: int, accepted: Sequence[Finished]) -> list[Due]:
        """Rows of one digest whose readers still want it."""
        while rows := self._marked(digest, most, accepted):
            if unwanted := [due.pk for status, due in rows if status != Status.SENDING]:
                ledger.close_unwanted(unwanted, self.owner)
            if wanted := [due for status, due in rows if status == Status.SENDING]:
                return wanted
            accepted = ()
        return []

    def _marked(self, digest: tuple[int, date], most: int, accepted: Sequence[Finished]) -> list[tuple[str, Due]]:
        """The next rows of one digest, `sending`, or `claimed` where the reader does not want it any more."""
        digest_id, day = digest
        finishing, outcomes = ledger.finishing(accepted, self.owner) if accepted else ("", [])
        also = f"finished AS ({finishing})," if accepted else ""
        ahead = "AND (send_at, edition, id) > (%s::timestamptz, %s, %s)" if self._reached else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH {also} due AS (
                    SELECT id, subscriber_id FROM subscribers_delivery
                    WHERE status = %s AND digest_id = %s AND send_at <= %s {ahead}
                      AND EXISTS (SELECT 1 FROM digests_digest WHERE id = %s AND status = %s)
                    ORDER BY send_at, edition, id LIMIT %s FOR UPDATE SKIP LOCKED
                )
                UPDATE subscribers_delivery AS delivery
                SET status = CASE WHEN reader.status = %s AND (reader.paused_until IS NULL OR reader.paused_until <= %s)
                                  THEN %s ELSE %s END,
                    attempts = delivery.attempts + 1, owner = %s, lease_until = %s
                FROM due JOIN subscribers_subscriber AS reader ON reader.id = due.subscriber_id
                WHERE delivery.id = due.id
                RETURNING delivery.send_at::text, delivery.edition, delivery.id, delivery.status, {COLUMNS}
                """,
                [*outcomes, Status.QUEUED, digest_id, self.at, *(self._reached or ()), digest_id, Digest.Status.SENDING]
                + [most, Subscriber.Status.ACTIVE, day, Status.SENDING, Status.CLAIMED, self.owner, lease_end()],
            )
            rows = [(Place._make(row[:3]), row[3], Due._make(row[4:])) for row in cursor.fetchall()]
        rows.sort()
        if rows:
            self._reached = rows[-1][0]
        return [(status, due) for _place, status, due in rows]
