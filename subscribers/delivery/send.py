"""One tick of sending: open what was approved, send what is due, settle what was lost."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime

from django.utils import timezone

from digests.models import Digest
from newsletter.garbage import seldom_collected
from subscribers.delivery import guard, ledger
from subscribers.delivery.closing import close_cancelled, close_finished, expire_late
from subscribers.delivery.correcting import follow_up
from subscribers.delivery.opening import grace, open_deliveries
from subscribers.delivery.run import Run

logger = logging.getLogger(__name__)
TICK_SECONDS = 240  # then the next tick goes on; the task's own limits are far above


def send_due(at: datetime | None = None, seconds: float = TICK_SECONDS) -> Counter[str]:
    """Do everything that is due at `at`, which is now unless said otherwise:

        recover_lost → open_deliveries → follow_up → expire_late → close_cancelled → claim, send, record → close_finished

    Safe to run at any time, twice at once, or not for hours. Returns counts by outcome.
    """
    at = at or timezone.now()
    if refusal := guard.may_send():
        logger.warning("Nothing is sent. %s", refusal)
        return Counter()
    counts = ledger.recover_lost()
    for digest in Digest.objects.filter(status=Digest.Status.APPROVED).order_by("day", "kind"):
        counts["opened"] += open_deliveries(digest)
    counts["opened"] += follow_up(grace())
    counts["expired"] = expire_late()
    counts["cancelled"] = close_cancelled()
    with ledger.by_key(), seldom_collected():
        counts += Run(at, seconds).until_done()
    counts["closed"] = len(close_finished())
    return +counts
