"""Close what is over: rows past their deadline, rows of cancelled digests, digests all of whose rows have an outcome."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from digests.models import Digest
from subscribers.delivery.ledger import HELD
from subscribers.models import Delivery

logger = logging.getLogger(__name__)
Status = Delivery.Status


def expire_late() -> int:
    """Close queued rows that missed their deadline, in paused digests too."""
    now = timezone.now()
    late = _queued(Digest.Status.SENDING, Digest.Status.PAUSED).filter(send_at__lte=now, expires_at__lt=now)
    return late.update(status=Status.EXPIRED, finished_at=now, error="The time within which it could be sent was over.")


def close_cancelled() -> int:
    """Close the queued rows of cancelled digests; those a worker holds come back to the queue, and to the next tick."""
    return _queued(Digest.Status.CANCELLED).update(
        status=Status.CANCELLED, finished_at=timezone.now(), error="The sending was cancelled by an editor."
    )


def close_finished() -> list[Digest]:
    """Close the digests all of whose rows have an outcome."""
    # Two questions, for each has a small index of its own; one about all open states reads a million rows.
    rows = Delivery.objects.filter(digest=OuterRef("pk"))
    finished = Digest.objects.filter(
        ~Exists(rows.filter(status=Status.QUEUED)), ~Exists(rows.filter(status__in=HELD)), status=Digest.Status.SENDING
    )
    return [digest for digest in finished.defer("approved_content") if _close(digest, finished)]


def _close(digest: Digest, finished: QuerySet[Digest]) -> bool:
    """Close it unless rows were queued again meanwhile: asked once more when the digest's row is ours, as it is theirs
    while they queue some."""
    with transaction.atomic():
        Digest.objects.select_for_update().only("pk").get(pk=digest.pk)
        is_over = finished.filter(pk=digest.pk).exists() and digest.advance(Digest.Status.SENT)
    if is_over:
        logger.info("Digest %s: sent, every reader has an outcome", digest)
    return is_over


def take_back_expiries() -> int:
    """Queue rows again that expired by a clock that was ahead: their deadline is still to come. Returns how many.

    They were never sent, so nobody gets a mail twice.
    """
    now = timezone.now()
    digests = Digest.objects.filter(status__in=[Digest.Status.SENDING, Digest.Status.SENT]).defer("approved_content")
    hasty = Delivery.objects.filter(digest=OuterRef("pk"), status=Status.EXPIRED, expires_at__gt=now)
    taken_back = 0
    for digest in digests.filter(Exists(hasty)):
        with transaction.atomic():
            if digest.status == Digest.Status.SENT and not digest.advance(Digest.Status.SENDING):
                continue
            taken_back += digest.deliveries.filter(status=Status.EXPIRED, expires_at__gt=now).update(
                status=Status.QUEUED, finished_at=None, error=""
            )
    if taken_back:
        logger.warning("%d deliveries had expired by a clock that was ahead; they are queued again", taken_back)
    return taken_back


def _queued(*of_digests: str) -> QuerySet[Delivery]:
    """Queued rows of digests in these states. Digest by digest, as the index of the queue is."""
    digests = Digest.objects.filter(status__in=of_digests).values("pk")
    return Delivery.objects.filter(status=Status.QUEUED, digest__in=digests)
