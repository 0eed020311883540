"""Undoing a departure, for an hour, by whoever just pressed the button; and saying why, if the reader likes to.

The permission is in the answer to the press that ended the subscription and in no mail: who finds an old mail can leave
for its reader, and cannot bring back anybody.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from digests.models import Digest
from subscribers import links
from subscribers.models import Delivery, Subscriber

Status = Subscriber.Status
SAME_PRESS = dt.timedelta(seconds=60)
"""A second press so soon is the same person's double click, and is offered the way back as well."""


def may_come_back(reader: Subscriber | None) -> bool:
    """Whether the answer to a press may offer the way back: the reader left as an active one, by this very press."""
    if reader is None or reader.left_at is None:
        return False
    left_now = reader.left_at >= timezone.now() - SAME_PRESS
    return reader.status == Status.UNSUBSCRIBED and reader.left_as == Status.ACTIVE and left_now


def come_back(key: str) -> bool:
    """Make the departure of the last hour undone; True when this call did it. Mails that were held back are queued again."""
    earliest = timezone.now() - links.LIFETIME[links.RETURN]
    gone = Subscriber.objects.filter(
        key=key, status=Status.UNSUBSCRIBED, left_as=Status.ACTIVE, left_at__gte=earliest
    ).select_for_update()
    with transaction.atomic():
        reader = gone.first()
        if reader is None:
            return False
        _queue_again(reader)
        Subscriber.objects.filter(pk=reader.pk).update(status=Status.ACTIVE, left_at=None, left_as="", left_because="")
    return True


def tell_why(key: str, why: Subscriber.Why) -> bool:
    """Keep why the reader left, in the last hour; the last word counts. True when it was kept."""
    earliest = timezone.now() - links.LIFETIME[links.RETURN]
    gone = Subscriber.objects.filter(key=key, status=Status.UNSUBSCRIBED, left_at__gte=earliest)
    return bool(gone.update(left_because=why))


def _queue_again(reader: Subscriber) -> None:
    """The digests' rows are locked first, as they are by whoever closes them: none is closed with these rows in it."""
    held_back = Delivery.objects.filter(
        Q(finished_at__gte=reader.left_at),
        subscriber=reader,
        status=Delivery.Status.SUPPRESSED,
        expires_at__gt=timezone.now(),
    )
    going_out = Digest.objects.filter(
        pk__in=held_back.values("digest"), status__in=[Digest.Status.SENDING, Digest.Status.PAUSED]
    )
    still = list(going_out.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    held_back.filter(digest__in=still).update(
        status=Delivery.Status.QUEUED, finished_at=None, owner="", lease_until=None, error=""
    )
