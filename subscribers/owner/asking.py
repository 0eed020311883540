"""Ask for a link that goes to the owner of the address alone; and, by such a link, for another address."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.models import AddressChange, OwnersLink, Subscriber

Status = Subscriber.Status
MAY_BE_MAILED = (Status.PENDING, Status.ACTIVE, Status.UNSUBSCRIBED)
"""Whoever left has a right to their data, too. Who complained, or cannot be reached, is mailed nothing."""

DAY = dt.timedelta(days=1)
BETWEEN_LINKS, LINKS_A_DAY = dt.timedelta(minutes=10), 5
CHANGES_A_DAY = 3
NEW_ADDRESS_RESTS = DAY
REFUSAL_HOLDS = dt.timedelta(days=30)


def ask_for_link(reader: Subscriber) -> bool:
    """Have a link mailed to the reader's address; False when there were enough lately, or nothing may be mailed there."""
    now = timezone.now()
    with transaction.atomic():
        locked = Subscriber.objects.select_for_update().filter(pk=reader.pk, status__in=MAY_BE_MAILED)
        if not locked.exists():
            return False
        lately = OwnersLink.objects.filter(subscriber=reader, asked_at__gt=now - DAY)
        if lately.count() >= LINKS_A_DAY or lately.filter(asked_at__gt=now - BETWEEN_LINKS).exists():
            return False
        OwnersLink.objects.create(subscriber=reader, asked_at=now, due_at=now)
    return True


def ask_for_change(link: OwnersLink, new_address: str) -> bool:
    """Write to both addresses whether the digest shall come to the new one; False when this link has done that before, or
    the day's number is used up.

    Nobody is told whether the new address is known: that one is written to or not, the answer is the same. It is not when
    somebody asked it within a day, or it refused lately, or must not be mailed at all (`subscribers.owner.mail`).
    """
    now = timezone.now()
    with transaction.atomic():
        reader = Subscriber.objects.select_for_update().get(pk=link.subscriber_id)
        today = AddressChange.objects.filter(subscriber=reader, asked_at__gt=now - DAY).count()
        if reader.status != Status.ACTIVE or today >= CHANGES_A_DAY:
            return False
        if not OwnersLink.objects.filter(pk=link.pk, moved_at=None).update(moved_at=now):
            return False
        AddressChange.objects.filter(subscriber=reader, ended_at=None).update(
            ended_at=now, former_due_at=None, new_due_at=None
        )
        AddressChange.objects.create(
            subscriber=reader,
            former_address=reader.email,
            new_address=new_address,
            asked_at=now,
            former_due_at=now,
            new_due_at=None if _rests(new_address, now) else now,
        )
    return True


def _rests(address: str, now: dt.datetime) -> bool:
    lately = Q(asked_at__gt=now - NEW_ADDRESS_RESTS) | Q(refused_at__gt=now - REFUSAL_HOLDS)
    return AddressChange.objects.filter(lately, new_address__iexact=address).exists()
