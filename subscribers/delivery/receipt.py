"""The receipt of a digest: what became of each delivery, and what an editor may do about those whose fate is unknown."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery.opening import grace
from subscribers.models import Delivery

Status = Delivery.Status


class NotSettled(Exception):
    """Nothing was changed; the text says why and what to do."""


def receipt(digest: Digest) -> dict[str, int]:
    """How many rows of the digest stand where, every status named; `audience` is their sum."""
    rows = digest.deliveries.order_by().values_list("status").annotate(Count("pk"))
    counts = dict(rows)
    return {"audience": sum(counts.values())} | {status: counts.get(status, 0) for status in Status.values}


def reasons(digest: Digest) -> list[tuple[str, str, int]]:
    """(status, reason, how many) for every outcome that needs one, the most frequent reasons first."""
    with_reason = digest.deliveries.order_by().exclude(error="").values_list("status", "error")
    return list(with_reason.annotate(many=Count("pk")).order_by("status", "-many", "error")[:100])


def send_again(digest: Digest, expected: int, by: AbstractBaseUser) -> int:
    """Queue the `expected` unknown deliveries again, for now; returns how many.

    What is sent has the same Message-ID and the words of the same edition. A reader who did get the first mail gets it
    twice: that is why a person decides it, having seen the number. Raises NotSettled.
    """
    with transaction.atomic():
        digest = _locked(digest)
        if digest.status not in (Digest.Status.SENDING, Digest.Status.PAUSED, Digest.Status.SENT):
            raise NotSettled(f"A digest that is {digest.get_status_display()} sends nothing.")
        now = timezone.now()
        queued = _unknown(digest, expected).update(
            status=Status.QUEUED,
            send_at=now,
            expires_at=now + grace(),
            owner="",
            lease_until=None,
            finished_at=None,
            error=f"Sent again by {by}.",
        )
        if digest.status == Digest.Status.SENT:
            digest.advance(Digest.Status.SENDING)
    return queued


def settle_as_sent(digest: Digest, expected: int, by: AbstractBaseUser) -> int:
    """Close the `expected` unknown deliveries as sent; returns how many. Raises NotSettled."""
    with transaction.atomic():
        unknown = _unknown(_locked(digest), expected)
        return unknown.update(status=Status.SENT, error=f"Unknown; taken as sent by {by}.")


def _locked(digest: Digest) -> Digest:
    return Digest.objects.select_for_update().defer("approved_content").get(pk=digest.pk)


def _unknown(digest: Digest, expected: int) -> QuerySet[Delivery]:
    unknown = digest.deliveries.filter(status=Status.UNKNOWN)
    if unknown.count() != expected:
        raise NotSettled("The number of unknown deliveries has changed since you looked. Look again, then decide.")
    return unknown
