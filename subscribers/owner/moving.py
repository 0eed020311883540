"""Change a reader's address once both sides have agreed. Who agrees last makes it happen, in one transaction."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers import links, suppression
from subscribers.delivery.opening import reschedule
from subscribers.models import AddressChange, Delivery, OwnersLink, Subscriber
from subscribers.suppression import Reason

Status = Subscriber.Status
CHOSEN = (
    "language",
    "time_zone",
    "send_hour",
    "categories",
    "cadence",
    "cadence_before",
    "cadence_since",
    "paused_until",
)


class Side(NamedTuple):
    """One side of a wished change: `name` is "former" or "new"."""

    change: AddressChange
    name: str


def side_of(key: str) -> Side | None:
    """The side that the key of a link stands for; None when that change is no more."""
    change = AddressChange.objects.filter(Q(former_key=key) | Q(new_key=key)).select_related("subscriber").first()
    return Side(change, "former" if change.former_key == key else "new") if change else None


def agree(side: Side) -> bool:
    """Note that this side agrees, and let the change happen when the other has. True when it has happened by now.

    A side can agree for as long as its link is good; a change that ended stays as it ended.
    """
    now = timezone.now()
    with transaction.atomic():
        change = AddressChange.objects.select_for_update().get(pk=side.change.pk)
        if change.ended_at:
            return change.happened
        if change.asked_at < now - links.LIFETIME[links.ADDRESS] - dt.timedelta(days=1):
            return False
        setattr(change, f"{side.name}_agreed_at", getattr(change, f"{side.name}_agreed_at") or now)
        if change.former_agreed_at and change.new_agreed_at:
            change.happened, change.ended_at = _move(change), now
        change.save()
    return change.happened


def refuse(side: Side) -> None:
    """Let nothing come of the change; what has happened stays. The new address is then not asked again for a while."""
    now = timezone.now()
    changes: dict[str, object] = {"ended_at": now, "former_due_at": None, "new_due_at": None}
    if side.name == "new":
        changes["refused_at"] = now
    AddressChange.objects.filter(pk=side.change.pk, ended_at=None).update(**changes)


def _move(change: AddressChange) -> bool:
    """Give the reader the new address, or the known owner of that address the reader's subscription; True unless the
    reader is gone, has another address by now, or the new one complained about us."""
    reader = Subscriber.objects.select_for_update().get(pk=change.subscriber_id)
    if reader.status != Status.ACTIVE or reader.email.lower() != change.former_address.lower():
        return False
    if suppression.is_suppressed(change.new_address) == Reason.COMPLAINED:
        return False
    known = _known(change.new_address, reader)
    if known is None:
        try:
            with transaction.atomic():
                Subscriber.objects.filter(pk=reader.pk).update(email=change.new_address)
        except IntegrityError:  # somebody signed up with it this very moment
            known = _known(change.new_address, reader)
    if known is not None and not _hand_over(reader, known):
        return False
    OwnersLink.objects.filter(subscriber=reader).delete()  # they were mailed to the address that was left
    suppression.lift(change.new_address, Reason.BOUNCED, Reason.ERASED)
    return True


def _known(address: str, reader: Subscriber) -> Subscriber | None:
    same = Subscriber.objects.alias(address=Lower("email")).filter(address=address.lower())
    return same.exclude(pk=reader.pk).select_for_update().first()


def _hand_over(reader: Subscriber, known: Subscriber) -> bool:
    """Both addresses have a row, and one person has both: the row of the new address goes on, as the reader chose."""
    if known.status == Status.COMPLAINED:
        return False
    now = timezone.now()
    for name in CHOSEN:
        setattr(known, name, getattr(reader, name))
    known.status, known.confirmed_at, known.left_at, known.letter_due_at = Status.ACTIVE, now, None, None
    known.save()
    waiting = Delivery.objects.filter(subscriber=reader, status=Delivery.Status.QUEUED)
    waiting.exclude(digest__in=known.deliveries.values("digest")).update(subscriber=known)
    waiting.update(status=Delivery.Status.SUPPRESSED, finished_at=now)
    Subscriber.objects.filter(pk=reader.pk).update(status=Status.UNSUBSCRIBED, left_as=F("status"), left_at=now)
    reschedule(known)
    return True
