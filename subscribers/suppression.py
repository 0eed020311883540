"""Addresses that must not be mailed, kept as keyed hashes: the no outlives the subscriber's row.

A bounce is forgotten when the owner of the address confirms again: whoever reads the confirmation can be reached. A
complaint stands until an editor takes it back.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from itertools import islice

from django.conf import settings
from django.db import transaction

from subscribers.models import Subscriber, Suppression

Reason = Suppression.Reason
STRONGER = {Reason.BOUNCED: (), Reason.ERASED: (Reason.BOUNCED,), Reason.COMPLAINED: (Reason.BOUNCED, Reason.ERASED)}
"""Which reasons give way to a reason that comes later."""

REASON_OF = {Subscriber.Status.BOUNCED: Reason.BOUNCED, Subscriber.Status.COMPLAINED: Reason.COMPLAINED}


def normalised(address: str) -> str:
    """The address as it is compared: one form of Unicode, whatever the case."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


def is_suppressed(address: str) -> Suppression.Reason | None:
    """Why the address must not be mailed; None when nothing is known against it."""
    reason = Suppression.objects.filter(address_hash__in=hashes(address)).values_list("reason", flat=True).first()
    return None if reason is None else Reason(reason)


def suppress(address: str, reason: Suppression.Reason) -> None:
    """Note that the address must not be mailed. Of two reasons the stronger stays."""
    suppress_hashed(hashes(address)[0], reason, *hashes(address)[1:])


def suppress_hashed(hashed: str, reason: Suppression.Reason, *also: str) -> None:
    """The same for an address of which only the hash was kept; `also` are its hashes under older keys."""
    with transaction.atomic():
        known = Suppression.objects.filter(address_hash__in=[hashed, *also])
        known.filter(reason__in=STRONGER[reason]).update(reason=reason)
        if not known.exists():
            Suppression.objects.bulk_create([Suppression(address_hash=hashed, reason=reason)], ignore_conflicts=True)


def lift(address: str, *reasons: Suppression.Reason) -> bool:
    """Forget the suppression of the address if it stands for one of `reasons`; True when there was one."""
    deleted, _each = Suppression.objects.filter(address_hash__in=hashes(address), reason__in=reasons).delete()
    return bool(deleted)


def follow(readers: Iterable[Subscriber]) -> None:
    """Make the suppressions of these readers say what their statuses say; any number of readers."""
    rest = iter(readers)
    while some := list(islice(rest, 500)):
        theirs = [each for reader in some for each in hashes(reader.email)]
        Suppression.objects.filter(address_hash__in=theirs, reason__in=REASON_OF.values()).delete()
        still = [(reader.email, REASON_OF.get(Subscriber.Status(reader.status))) for reader in some]
        Suppression.objects.bulk_create(
            [Suppression(address_hash=hashes(email)[0], reason=reason) for email, reason in still if reason],
            ignore_conflicts=True,
        )


def forgive(reader: Subscriber) -> bool:
    """An editor takes a complaint back: the reader may sign up again, and gets nothing before. True if it stood."""
    with transaction.atomic():
        forgiven = Subscriber.objects.filter(pk=reader.pk, status=Subscriber.Status.COMPLAINED).update(
            status=Subscriber.Status.UNSUBSCRIBED
        )
        if forgiven:
            lift(reader.email, Reason.COMPLAINED)
    return bool(forgiven)


def hashes(address: str) -> list[str]:
    """The address's hash under each of the keys; new suppressions are noted under the first."""
    return [_hash(key, normalised(address)) for key in settings.SUPPRESSION_KEYS]


def _hash(key: str, address: str) -> str:
    return hmac.new(f"subscribers.suppression:{key}".encode(), address.encode(), hashlib.sha256).hexdigest()
