"""What the health page knows of sending."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from digests.models import Digest
from newsletter import disk
from newsletter.health import Finding
from subscribers.delivery import guard
from subscribers.models import Delivery, Sending, SignUp
from subscribers.signing_up.limits import is_alarm, within

LONGEST_SILENCE = dt.timedelta(minutes=3)
LONGEST_WAIT = dt.timedelta(minutes=30)
LOOKED_AFTER = dt.timedelta(days=7)
"""Unknown deliveries of digests approved before that are nobody's worry any more."""


def examine() -> list[Finding]:
    """The clock, the queue, deliveries in doubt, and whether anything may be sent. Before the first tick of a new
    installation there is nothing to say: perhaps nobody wants a worker."""
    row = Sending.objects.first()
    if row is None or row.ticked_at is None:
        return []
    now = timezone.now()
    refusal = guard.may_send()
    return [
        _clock(now - row.ticked_at),
        _queue(now),
        _unknown(now),
        _sign_ups(now),
        Finding("may_send", refusal is None, refusal or ""),
        _disk(disk.tightest()),
    ]


def looked_after(now: dt.datetime) -> QuerySet[Digest]:
    """The digests that were let go lately, of whatever day they are: a day can be made up for weeks later."""
    return Digest.objects.filter(approved_at__gt=now - LOOKED_AFTER)


def _disk(room: disk.Room) -> Finding:
    return Finding("disk_used_percent", round(100 * room.used), f"{room}. Make room." if room.is_scarce else "")


def _clock(silence: dt.timedelta) -> Finding:
    """How long ago the clock came by. A time that is still to come says nothing about that: some machine's clock is wrong
    or was put back, by a little on any machine."""
    seconds = round(silence.total_seconds())
    worry = ""
    if silence > LONGEST_SILENCE:
        worry = f"The clock last came by {seconds} seconds ago: do beat and a worker run?"
    elif silence < -guard.CLOCKS_DIFFER:
        worry = (
            f"The clock last came by at a time {-seconds} seconds ahead of this machine's: which of the two is wrong?"
        )
    return Finding("beat_age_seconds", max(0, seconds), worry)


def _queue(now: dt.datetime) -> Finding:
    """How long the mail waits that is due longest."""
    due = [
        first
        for digest_id in Digest.objects.filter(status=Digest.Status.SENDING).values_list("pk", flat=True)
        if (first := _first_due(digest_id, now))
    ]
    wait = max(now - min(due, default=now), dt.timedelta())
    seconds = round(wait.total_seconds())
    worry = f"A mail that was due {seconds // 60} minutes ago still waits."
    return Finding("oldest_due_seconds", seconds, worry if wait > LONGEST_WAIT else "")


def _first_due(digest_id: int, now: dt.datetime) -> dt.datetime | None:
    queued = Delivery.objects.filter(digest_id=digest_id, status=Delivery.Status.QUEUED, send_at__lte=now)
    return queued.order_by("send_at").values_list("send_at", flat=True).first()


def _unknown(now: dt.datetime) -> Finding:
    lately = looked_after(now).values("pk")
    count = Delivery.objects.filter(status=Delivery.Status.UNKNOWN, digest__in=lately).count()
    worry = f"{count} deliveries are unknown; the receipt in admin shows them and what to do."
    return Finding("unknown", count, worry if count else "")


def _sign_ups(now: dt.datetime) -> Finding:
    """How many wait to be decided about, and whether there were too many of late."""
    waiting = SignUp.objects.filter(state=SignUp.State.WAITING).count()
    mailed = SignUp.objects.filter(state__in=SignUp.MAILED, decided_at__gt=now - within(settings.SIGN_UP_ALARM)).count()
    worry = "More sign-ups than SIGN_UP_ALARM allows: no confirmation is mailed until it calms down."
    return Finding("sign_ups_waiting", waiting, worry if is_alarm(mailed) else "")
