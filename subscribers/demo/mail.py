"""What became of the mails of the past: opened by the ledger itself, one digest after the other, and reported on as a
provider would, so that whoever bounced or left has no mail afterwards.

    open_deliveries → skipped | sent → a few unknown, failed → events.record: delivered, bounced, complained, left → leave

No mail is made for it. A slot that is still to come stays queued: it is sent for real, as the rest of that digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from django.db.models import Case, F, Value, When
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery import events, names
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.reports import Report
from subscribers.models import Delivery, DeliveryEvent, Subscriber, Suppression

Status, Kind, Why = Delivery.Status, DeliveryEvent.Kind, Subscriber.Why
PROVIDER = "demo"
DELIVERED = 0.96
"""Of what was sent, so much is reported as delivered; of the rest nothing is ever heard."""

SECONDS_TO_SEND = 40  # all mails of a slot


class Fate(NamedTuple):
    """How many mails of one digest came to an unusual end."""

    bounced: int = 0
    soft: int = 0
    complained: int = 0
    left_by_report: int = 0
    failed: int = 0
    unknown: int = 0
    left: int = 0


FATES = (
    Fate(bounced=3, left=3, failed=1),
    Fate(bounced=1, soft=1, left=2),
    Fate(soft=1, left_by_report=1, left=3),
    Fate(bounced=1, complained=1, left=1),
    Fate(soft=2, left=2, failed=1),
    Fate(bounced=2, left_by_report=1, left=4),
    Fate(left=2),
    Fate(bounced=1, soft=1, left=3),
    Fate(bounced=1, complained=1, left_by_report=1, left=2),
    Fate(soft=1, left=2, failed=1),
    Fate(bounced=2, left=1),
    Fate(bounced=1, soft=1, left=2, unknown=2),
)
"""By digest, the earliest first. Fewer than one in a hundred bounce, as on a list that is looked after; the few that nobody
knows about are on the last one, where an editor can still decide."""

REASONS = {Why.TOO_MANY: 9, Why.TOPICS: 6, Why.WORDS: 3, Why.ELSEWHERE: 4, Why.OTHER: 2, "": 8}
GONE = ("550 5.1.1 User unknown", "550 5.1.1 No such mailbox", "554 5.7.1 This account has been closed")
FULL = ("452 4.2.2 Mailbox full", "451 4.7.1 Greylisted for too long", "421 4.4.2 Connection timed out")
REFUSED = "552 5.3.4 Message too big for this mailbox."
IN_DOUBT = "The connection broke while sending; it may have arrived."


def deliver(digest: Digest, number: int) -> None:
    """Open the digest's ledger and let its mails have their ends: of the digest of this number, counted from 0."""
    draw = Random(f"mails {number}")
    fate = FATES[number % len(FATES)]
    open_deliveries(digest)
    _send(digest)
    sent = list(digest.deliveries.filter(status=Status.SENT).order_by("subscriber_id"))
    draw.shuffle(sent)
    ends = iter(sent)
    _end_badly(_take(ends, fate.failed), Status.FAILED, REFUSED)
    _end_badly(_take(ends, fate.unknown), Status.UNKNOWN, IN_DOUBT)
    reports = [
        *_reports(_take(ends, fate.bounced), Kind.BOUNCED, draw, GONE),
        *_reports(_take(ends, fate.soft), Kind.SOFT_BOUNCE, draw, FULL),
        *_reports(_take(ends, fate.complained), Kind.COMPLAINED, draw),
        *_reports(_take(ends, fate.left_by_report), Kind.UNSUBSCRIBED, draw),
    ]
    leavers = _take(ends, fate.left)
    arrived = [*leavers, *(each for each in ends if draw.random() < DELIVERED)]
    _report(digest, [*reports, *_reports(arrived, Kind.DELIVERED, draw)])
    _leave(leavers, draw)
    if not digest.deliveries.filter(status__in=Delivery.OPEN).exists():
        digest.advance(Digest.Status.SENT)


def _send(digest: Digest) -> None:
    """What is due is sent, or had nothing for its reader; edition numbers below 2 name no category."""
    now = timezone.now()
    rows = digest.deliveries.all()
    rows.update(opened_at=digest.approved_at)
    due = rows.filter(status=Status.QUEUED, send_at__lte=now - dt.timedelta(seconds=SECONDS_TO_SEND))
    due.filter(edition__lt=2).update(status=Status.SKIPPED, finished_at=F("send_at"))
    # Readers of one edition are sent at the same moment, those of few categories first.
    seconds = [
        When(edition__gte=2 << n, then=F("send_at") + Value(dt.timedelta(seconds=5 + 4 * n))) for n in range(8, 0, -1)
    ]
    due.update(status=Status.SENT, attempts=1, finished_at=Case(*seconds, default=F("send_at")))


def _take(mails: Iterator[Delivery], many: int) -> list[Delivery]:
    return [mail for mail, _n in zip(mails, range(many), strict=False)]


def _end_badly(mails: Sequence[Delivery], status: str, error: str) -> None:
    Delivery.objects.filter(pk__in=[mail.pk for mail in mails]).update(status=status, error=error)


def _reports(
    mails: Sequence[Delivery], kind: DeliveryEvent.Kind, draw: Random, words: Sequence[str] = ("",)
) -> Iterator[Report]:
    """Each within minutes, a complaint or a leaving within hours, and none in the future."""
    slow = kind in (Kind.COMPLAINED, Kind.UNSUBSCRIBED)
    for mail in mails:
        finished_at = mail.finished_at or mail.send_at
        at = min(
            finished_at + dt.timedelta(seconds=draw.randint(600, 30000) if slow else draw.randint(1, 90)),
            timezone.now(),
        )
        yield Report(f"demo-{mail.pk}-{kind}", PROVIDER, kind, names.name_of(mail.pk), "", "", at, draw.choice(words))


def _report(digest: Digest, reports: Sequence[Report]) -> None:
    """Record them, and let what they did have been done then."""
    last = Suppression.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    events.record(reports)
    told = DeliveryEvent.objects.filter(digest=digest)
    told.update(received_at=F("occurred_at"))
    for event in told.exclude(reader_was="").select_related("delivery"):
        reader = Subscriber.objects.filter(pk=event.delivery.subscriber_id)
        reader.filter(left_at__isnull=False).update(left_at=event.occurred_at)
    Suppression.objects.filter(pk__gt=last).update(suppressed_at=digest.approved_at)


def _leave(mails: Sequence[Delivery], draw: Random) -> None:
    """Some, having read it, leave by the link, and some of them say why."""
    for mail in mails:
        at = min(mail.send_at + dt.timedelta(minutes=draw.randint(4, 500)), timezone.now())
        why = draw.choices(list(REASONS), list(REASONS.values()))[0]
        Subscriber.objects.filter(pk=mail.subscriber_id, status=Subscriber.Status.ACTIVE).update(
            status=Subscriber.Status.UNSUBSCRIBED, left_as=Subscriber.Status.ACTIVE, left_at=at, left_because=why
        )
