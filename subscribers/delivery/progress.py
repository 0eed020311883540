"""How far the sending of a digest is: counts by state, how fast, and how long still."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

from django.utils import timezone

from digests.models import Digest
from subscribers.delivery.receipt import receipt
from subscribers.models import Delivery, DigestCount

PACE_HOLDS = dt.timedelta(minutes=2)
"""So long the clock's last count, which it makes every minute, says how fast mails go."""
Status = Delivery.Status


class Progress(NamedTuple):
    """`counts` by status, `audience` their sum, `done` how many have an outcome. `due` are those still to come whose time
    is now, `a_minute` the outcomes in a minute as last counted; `seconds_left` for what is due, None while nothing moves.
    `next_at` is when the next mail is due where none is now."""

    counts: dict[str, int]
    audience: int
    done: int
    due: int
    a_minute: int
    seconds_left: int | None
    next_at: dt.datetime | None


def progress_of(digest: Digest, now: dt.datetime | None = None) -> Progress:
    """As it stands at `now`. It is looked at every few seconds while a million rows move, so rows are counted in indexes;
    how fast they do is the clock's to count."""
    now = now or timezone.now()
    counts = receipt(digest)
    audience = counts.pop("audience")
    still_open = sum(counts[status] for status in Delivery.OPEN)
    queue = digest.deliveries.filter(status=Status.QUEUED)
    due = still_open - (queue.filter(send_at__gt=now).count() if counts[Status.QUEUED] else 0)
    lately = DigestCount.objects.filter(digest=digest, what=DigestCount.PACE, counted_at__gt=now - PACE_HOLDS)
    a_minute = lately.values_list("count", flat=True).first() or 0
    left = math.ceil(60 * due / a_minute) if a_minute and due else None
    return Progress(counts, audience, audience - still_open, due, a_minute, left, None if due else _next(digest))


def _next(digest: Digest) -> dt.datetime | None:
    waiting = digest.deliveries.filter(status=Status.QUEUED)
    return waiting.order_by("send_at").values_list("send_at", flat=True).first()
