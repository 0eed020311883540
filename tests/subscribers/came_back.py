"""Deliveries that went out, and reports about them, made in one call each."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from digests.models import Digest
from subscribers.delivery import names
from subscribers.delivery.reports import Report
from subscribers.models import Delivery, DeliveryEvent, Subscriber
from tests.factories import make_approved, make_reader

_turn = itertools.count(1)
Kind = DeliveryEvent.Kind


def make_sending(readers: int = 0, day: dt.date = dt.date(2024, 11, 22)) -> Digest:
    """A digest that is being sent, with mails to so many new readers accepted."""
    digest = make_approved(day=day)
    digest.advance(Digest.Status.SENDING)
    people = [
        Subscriber(email=f"r{next(_turn)}@example.com", status="active", confirmed_at=timezone.now())
        for _ in range(readers)
    ]
    make_deliveries(digest, Subscriber.objects.bulk_create(people))
    return digest


def make_deliveries(digest: Digest, readers: list[Subscriber], status: str = "sent") -> list[Delivery]:
    """Mails of this digest to these readers."""
    now = timezone.now()
    rows = [
        Delivery(digest=digest, subscriber=reader, status=status, send_at=now, expires_at=now, opened_at=now)
        for reader in readers
    ]
    return Delivery.objects.bulk_create(rows)


def make_delivery(status: str = "sent", digest: Digest | None = None, reader: Subscriber | None = None) -> Delivery:
    """One mail."""
    [delivery] = make_deliveries(digest or make_sending(), [reader or make_reader()], status)
    return delivery


def report(delivery: Delivery, kind: str, **fields: Any) -> Report:
    """A new report about the delivery."""
    given = {
        "key": f"event{next(_turn)}",
        "provider": "mailgun",
        "kind": kind,
        "name": names.name_of(delivery.pk),
        "message_id": "",
        "recipient": "",
        "at": timezone.now(),
        "detail": "",
    }
    return Report(**given | fields)


def status_of(delivery: Delivery) -> str:
    """Where the row stands now."""
    return Delivery.objects.get(pk=delivery.pk).status


def reader_of(delivery: Delivery) -> str:
    """Where the reader stands now."""
    return Subscriber.objects.get(deliveries=delivery).status
