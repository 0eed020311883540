"""The receipt of a digest: what became of each delivery, and what an editor may do about those whose fate is unknown."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from digests.models import Digest
from subscribers.delivery.opening import grace
from subscribers.models import Delivery

Status = Delivery.Status


class NotSettled(Exception):
    """Nothing was changed; the text says why and what to do."""


def receipt(digest: Digest) -> dict[str, int]:
    """How many rows of the digest stand where, every status named; `audience` is their sum."""
    # Count("*") and no column: the index on digest and status then has all that is asked for.
    counts = dict(digest.deliveries.order_by().values_list("status").annotate(many=Count("*")))
    return {"audience": sum(counts.values())} | {status: counts.get(status, 0) for status in Status.values}


def reasons(digest: Digest) -> list[tuple[str, str, int]]:
    """(status, reason, how many) for every outcome that needs one, the most frequent reasons first."""
    with_reason = digest.deliveries.order_by().exclude(error="").values_list("status", "error")
    return list(with_reason.annotate(many=Count("pk")).order_by("status", "-many", "error")[:100])


def send_again(digest: Digest, expected: int, by: AbstractBaseUser, status: str = Status.UNKNOWN) -> int:
    """Queue the `expected` unknown (or failed) deliveries again, for now; returns how many.

    What is sent has the same Message-ID and the words of the same edition. A reader who did get an unknown first mail gets
    it twice: that is why a person decides it, having seen the number. A failed one was refused for certain. Raises
    NotSettled.
    """
    with transaction.atomic():
        digest = _locked(digest)
        if digest.status not in (Digest.Status.SENDING, Digest.Status.PAUSED, Digest.Status.SENT):
            told = _("This digest is %(status)s, so nothing of it is sent. Nothing was changed.")
            raise NotSettled(told % {"status": digest.get_status_display()})
        now = timezone.now()
        queued = _expected(digest, status, expected).update(
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
        unknown = _expected(_locked(digest), Status.UNKNOWN, expected)
        return unknown.update(status=Status.SENT, error=f"Unknown; taken as sent by {by}.")


def _locked(digest: Digest) -> Digest:
    return Digest.objects.select_for_update().defer("approved_content").get(pk=digest.pk)


def _expected(digest: Digest, status: str, expected: int) -> QuerySet[Delivery]:
    """The deliveries in this status, if they are as many as the person saw. Raises NotSettled."""
    rows = digest.deliveries.filter(status=status)
    if rows.count() != expected:
        raise NotSettled(
            _("The number has changed since you looked, and nothing was changed. Look again, then decide.")
        )
    return rows
