"""Erase a person: what is left is a keyed hash, so that nobody mails the address again by mistake, and an empty row, so that
receipts still add up."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from subscribers import suppression
from subscribers.models import (
    AddressChange,
    Delivery,
    DeliveryEvent,
    Feedback,
    LetterSent,
    OwnersLink,
    SignUp,
    Subscriber,
    Suppression,
)
from subscribers.models.subscriber import new_key
from subscribers.owner import erasures
from subscribers.suppression import Reason

logger = logging.getLogger(__name__)
Status = Subscriber.Status


def erase(reader: Subscriber) -> bool:
    """Erase everything about the reader but the two things above; False when somebody did that before.

    The file outside the database comes first: what is in it and not done will be done after a restore. Raises OSError when
    it cannot be written, and then nothing was erased.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().exclude(status=Status.ERASED).filter(pk=reader.pk).first()
        if row is None:
            return False
        erasures.note(suppression.hashes(row.email)[0], now)
        suppression.suppress(row.email, Reason.ERASED)
        _forget_deliveries(row)
        Feedback.objects.filter(subscriber=row).update(subscriber=None, text="")
        OwnersLink.objects.filter(subscriber=row).delete()
        LetterSent.objects.filter(subscriber=row).delete()
        theirs = Q(subscriber=row) | Q(new_address__iexact=row.email) | Q(former_address__iexact=row.email)
        AddressChange.objects.filter(theirs).delete()
        SignUp.objects.filter(email__iexact=row.email).delete()
        Subscriber.objects.filter(pk=row.pk).update(**_nobody())
    logger.info("A subscriber was erased")
    return True


def replay() -> int:
    """Erase again whom a restored backup brought back, and suppress their addresses; returns how many people that were. Who
    signed up again after the erasure stays."""
    noted = erasures.noted()
    if not noted:
        return 0
    erased = 0
    back: set[str] = set()
    for reader in Subscriber.objects.exclude(status=Status.ERASED).iterator(chunk_size=2000):
        known = next((each for each in suppression.hashes(reader.email) if each in noted), None)
        if known is None:
            continue
        if max(reader.confirmed_at or erasures.FIRST, reader.signed_up_at) > noted[known]:
            back.add(known)
        else:
            erased += erase(reader)
    Suppression.objects.bulk_create(
        [Suppression(address_hash=each, reason=Reason.ERASED) for each in noted if each not in back],
        ignore_conflicts=True,
    )
    return erased


def _forget_deliveries(reader: Subscriber) -> None:
    """The rows stay, and are counted; what names the reader, or a server's words that may, goes. What waits is not sent."""
    theirs = Delivery.objects.filter(subscriber=reader)
    theirs.filter(status=Delivery.Status.QUEUED).update(status=Delivery.Status.SUPPRESSED, finished_at=timezone.now())
    theirs.exclude(error="", provider_id="").update(error="", provider_id="")
    DeliveryEvent.objects.filter(delivery__subscriber=reader).exclude(detail="").update(detail="")


def _nobody() -> dict[str, Any]:
    """The columns of somebody who is no more: each at its beginning, whatever will be added to them."""
    empty = {field.name: field.get_default() for field in Subscriber._meta.concrete_fields if not field.primary_key}
    return empty | {
        "email": f"{secrets.token_hex(12)}@erased.invalid",  # RFC 2606: no such host will ever be
        "key": new_key(),
        "status": Status.ERASED,
        "categories": 0,
        "signed_up_at": Now(),
        "left_at": Now(),
    }
