"""How far the sending of a digest is: counts by state, how fast, and how long still."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from digests.models import Digest
from subscribers.models import Delivery

LOOKED_BACK = dt.timedelta(seconds=60)
Status = Delivery.Status


class Progress(NamedTuple):
    """`counts` by status, `audience` their sum, `done` how many have an outcome. `due` are those still to come whose time
    is now, `a_minute` the outcomes of the last minute; `seconds_left` for what is due, None while nothing moves.
    `next_at` is when the next mail is due where none is now."""

    counts: dict[str, int]
    audience: int
    done: int
    due: int
    a_minute: int
    seconds_left: int | None
    next_at: dt.datetime | None


def progress_of(digest: Digest, now: dt.datetime | None = None) -> Progress:
    """As it stands at `now`, in one pass over the digest's rows."""
    now = now or timezone.now()
    rows = digest.deliveries.order_by().values_list("status").annotate(
        many=Count("pk"),
        due=Count("pk", filter=Q(send_at__lte=now)),
        recent=Count("pk", filter=Q(finished_at__gte=now - LOOKED_BACK)),
    )  # fmt: skip
    counts, due, a_minute = dict.fromkeys(Status.values, 0), 0, 0
    for status, many, is_due, is_recent in rows:
        counts[status] = many
        if status in Delivery.OPEN:
            due += is_due
        else:
            a_minute += is_recent
    audience = sum(counts.values())
    still_open = sum(counts[status] for status in Delivery.OPEN)
    left = round(due / a_minute * LOOKED_BACK.total_seconds()) if a_minute and due else None
    return Progress(counts, audience, audience - still_open, due, a_minute, left, None if due else _next(digest))


def _next(digest: Digest) -> dt.datetime | None:
    waiting = digest.deliveries.filter(status=Status.QUEUED)
    return waiting.order_by("send_at").values_list("send_at", flat=True).first()
