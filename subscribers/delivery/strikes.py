"""What comes back strikes readers off: at once, unless so much comes (see `flood`) that it cannot be true. Then what it
did is taken back, sending pauses, and an editor decides. All of it runs inside the transaction that keeps the event."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from digests.models import Digest
from subscribers import lifecycle, suppression
from subscribers.delivery import flood
from subscribers.delivery.moves import BECOMES, REPLACES, STRIKES, TAKEN, Kind, Reader, Status
from subscribers.models import Delivery, DeliveryEvent, Subscriber

logger = logging.getLogger(__name__)
State = DeliveryEvent.State
OFTEN, LATELY = 3, 5
"""So many bounces in so many of the last mails, and the reader is struck off though each was perhaps for now."""

CAN_BE_TAKEN_BACK = (Kind.COMPLAINED, Kind.BOUNCED, Kind.SOFT_BOUNCE)
"""The strongest first. Who left stays away: they can sign up again, and mail to somebody who left is the worse mistake."""

TOO_MANY_COMPLAIN = "More than 1 reader in 400 complained. Receivers will soon refuse us; find out why before going on."


def lock(digest_ids: Collection[int]) -> None:
    """Let nobody else strike off readers of these digests until the transaction is over: the counts must be exact."""
    if digest_ids:
        rows = Digest.objects.filter(pk__in=digest_ids).select_for_update(no_key=True).order_by("pk")
        list(rows.values_list("pk", flat=True))


def is_held(event: DeliveryEvent) -> bool:
    """Whether the event must wait for an editor, because others of its digest do."""
    return event.settled_by_id is None and _striking(event.digest_id).filter(state=State.HELD).exists()


def strike(event: DeliveryEvent) -> str:
    """Do to the reader what the event says, and suppress the address; returns what the reader was, empty when nothing
    changed. An event of a mail before the reader's last confirmation is out of date, unless it is a complaint."""
    becomes, out_of = STRIKES[event.kind]
    reader = Subscriber.objects.select_for_update(no_key=True, of=("self",)).get(deliveries=event.delivery_id)
    was = reader.status
    if was not in out_of or not _counts_against(reader, event):
        return ""
    if event.kind == Kind.UNSUBSCRIBED:
        lifecycle.leave(reader.key)
        return was
    Subscriber.objects.filter(pk=reader.pk).update(status=becomes, letter_due_at=None)
    suppression.suppress(reader.email, suppression.REASON_OF[Reader(becomes)])
    return was


def beware(event: DeliveryEvent) -> bool:
    """Look whether too much came back of the event's digest; True when the event is now held with all the others.
    What an editor has believed is not counted."""
    if event.settled_by_id is not None:
        return False
    counted = _striking(event.digest_id).filter(state__in=[State.WAITING, State.APPLIED], settled_by=None)
    came_back = counted.values("delivery").distinct().count()
    if _rings(flood.FLOOD, event.digest_id, came_back):
        _hold(event.digest_id, came_back)
        return True
    if event.kind == Kind.COMPLAINED:
        complaints = counted.filter(kind=Kind.COMPLAINED).values("delivery").distinct().count()
        if _rings(flood.COMPLAINTS, event.digest_id, complaints):
            _tell(event.digest_id, TOO_MANY_COMPLAIN, once=True)
    return False


def _counts_against(reader: Subscriber, event: DeliveryEvent) -> bool:
    if event.kind == Kind.COMPLAINED:
        return True
    if reader.confirmed_at is None or reader.confirmed_at > event.occurred_at:
        return False
    return event.kind != Kind.SOFT_BOUNCE or _bounces_often(reader)


def _bounces_often(reader: Subscriber) -> bool:
    """Whether OFTEN of the LATELY mails sent since the reader confirmed came back."""
    theirs = reader.deliveries.filter(status__in=TAKEN, opened_at__gte=reader.confirmed_at).order_by("-pk")
    lately = list(theirs.values_list("status", flat=True)[:LATELY])
    return lately.count(Status.BOUNCED) >= OFTEN


def _striking(digest_id: int) -> QuerySet[DeliveryEvent]:
    return DeliveryEvent.objects.filter(digest=digest_id, kind__in=DeliveryEvent.STRIKING)


def _rings(alarm: flood.Alarm, digest_id: int, events: int) -> bool:
    if not flood.is_due(alarm, events):
        return False
    taken = Delivery.objects.filter(digest=digest_id, status__in=TAKEN)
    return flood.rings(alarm, events, taken[: flood.enough(alarm, events)].count())


def _hold(digest_id: int, came_back: int) -> None:
    """Take back what the digest's events did to deliveries and readers, keep them for an editor, and say so."""
    doubted = _striking(digest_id).filter(
        kind__in=CAN_BE_TAKEN_BACK, state__in=[State.WAITING, State.APPLIED], settled_by=None
    )
    for kind in CAN_BE_TAKEN_BACK:
        _restore_deliveries(doubted.filter(kind=kind), BECOMES[kind])
        _restore_readers(doubted.filter(kind=kind), STRIKES[kind][0])
    _believe_delivered(doubted)
    suppression.follow(Subscriber.objects.filter(deliveries__events__in=doubted.exclude(reader_was="")).distinct())
    doubted.update(state=State.HELD, delivery_was="", reader_was="")
    _tell(
        digest_id,
        f"{came_back} mails came back as bounced or complained of: too many to be believed. Nobody is struck off for them"
        " until an editor has applied or dismissed the held delivery events.",
    )


def _restore_deliveries(events: QuerySet[DeliveryEvent], became: str) -> None:
    for was in list(events.exclude(delivery_was="").values_list("delivery_was", flat=True).order_by().distinct()):
        moved = Delivery.objects.filter(pk__in=events.filter(delivery_was=was).values("delivery"), status=became)
        moved.update(status=was)


def _restore_readers(events: QuerySet[DeliveryEvent], became: str) -> None:
    """Who asked to leave since then stays away."""
    for was in list(events.exclude(reader_was="").values_list("reader_was", flat=True).order_by().distinct()):
        struck = events.filter(reader_was=was).values("delivery__subscriber")
        Subscriber.objects.filter(pk__in=struck, status=became).update(
            status=Case(When(left_at__isnull=False, then=Value(Reader.UNSUBSCRIBED)), default=Value(was))
        )


def _believe_delivered(events: QuerySet[DeliveryEvent]) -> None:
    """A "delivered" that meant nothing beside a bounce means something once the bounce is taken back."""
    delivered = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind=Kind.DELIVERED)
    restored = Delivery.objects.filter(pk__in=events.values("delivery"), status__in=REPLACES[Status.DELIVERED])
    restored.filter(Exists(delivered)).update(status=Status.DELIVERED)


def _tell(digest_id: int, sentence: str, once: bool = False) -> None:
    """Pause the digest if it is being sent, and tell editor and operator why. With `once` not again, so that an editor who
    has read it can go on."""
    digest = Digest.objects.get(pk=digest_id)
    if once and any(sentence in note for note in digest.notes):
        return
    if digest.status == Digest.Status.SENDING:
        digest.advance(Digest.Status.PAUSED, notes=[*digest.notes, f"Sending paused: {sentence}"])
    else:
        Digest.objects.filter(pk=digest_id).update(notes=[*digest.notes, sentence])
    logger.error("Digest %s: %s", digest.day, sentence)
