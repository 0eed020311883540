"""One tick of sending: open what was approved, send what is due, settle what was lost."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import uuid
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from digests.content import Content, shown
from digests.editions import EditionKey
from digests.models import Digest
from newsletter.mail import Rendered
from subscribers.delivery import ledger
from subscribers.delivery.compose import compose_digest, edition_of, render
from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of, outcome_of_opening
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
TICK_SECONDS = 240  # then the next tick goes on; the task's own limits are far above


def send_due(at: datetime | None = None, seconds: float = TICK_SECONDS) -> Counter[str]:
    """Do everything that is due at `at`, which is now unless said otherwise:

        recover_lost → expire_late → open_deliveries → claim, send, record → close_finished

    Safe to run at any time, twice at once, or not for hours. Returns counts by outcome.
    """
    at = at or timezone.now()
    counts = ledger.recover_lost()
    counts["expired"] = ledger.expire_late(at)
    for digest in Digest.objects.filter(status=Digest.Status.APPROVED).order_by("day"):
        counts["opened"] += ledger.open_deliveries(digest)
    counts += Run(at, seconds).until_done()
    counts["closed"] = len(ledger.close_finished())
    return +counts


class Run:
    """One worker's turn at the queue, over one open connection."""

    def __init__(self, at: datetime, seconds: float) -> None:
        self.at = at
        self.owner = f"{socket.gethostname()[:16]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.end = time.monotonic() + seconds
        self.counts: Counter[str] = Counter()
        self.contents: dict[int, tuple[Content, str]] = {}
        self.editions: dict[EditionKey, Rendered] = {}
        self.connection: BaseEmailBackend = get_connection()
        self.stopped = False

    def until_done(self) -> Counter[str]:
        """Claim and send chunks until nothing is due, the time is up, or the provider refuses us."""
        try:
            while not self.stopped and time.monotonic() < self.end:
                chunk = ledger.claim(self.owner, settings.SEND_CHUNK, self.at)
                if not chunk:
                    break
                self.send_chunk(chunk)
        finally:
            self._close()
        return self.counts

    def send_chunk(self, chunk: list[Delivery]) -> None:
        """Send the claimed rows one by one; what is not tried goes back to the queue at once."""
        if not self._open(chunk):
            return
        waiting = list(chunk)
        try:
            while waiting and not self.stopped and time.monotonic() < self.end:
                self.send_one(waiting.pop(0))
        finally:
            ledger.put_back(waiting, self.owner)

    def send_one(self, delivery: Delivery) -> None:
        """Compose, mark, send and record one delivery. Exactly one of its outcomes is written."""
        content, content_hash = self._content(delivery)
        key = edition_of(delivery.subscriber, content, content_hash)
        if not key.slugs:
            self.counts["skipped"] += ledger.finish(delivery, self.owner, Delivery.Status.SKIPPED)
            return
        try:
            message = compose_digest(delivery, self._edition(key, content))
            message.message()  # a header or address that cannot be built fails here, not on an open connection
        except Exception as error:
            logger.exception("Delivery %s could not be composed", delivery.pk)
            text = f"The message could not be built ({type(error).__name__})."
            self.counts["failed"] += ledger.finish(delivery, self.owner, Delivery.Status.FAILED, text)
            return
        if not ledger.begin(delivery, self.owner):
            self.counts["held"] += 1
            ledger.put_back([delivery], self.owner)
            return
        try:
            self.connection.send_messages([message])
        except Exception as error:  # noqa: BLE001 - every error has a meaning; outcome_of knows it
            logger.warning("Delivery %s: %s: %s", delivery.pk, type(error).__name__, outcome_of(error).error)
            self._record_failure(delivery, outcome_of(error))
            self._reopen()
        else:
            # Only Anymail's backends learn an id; Django's own leave None.
            provider_id = message.anymail_status.message_id
            named = "" if provider_id is None else str(provider_id)
            self.counts["sent"] += ledger.finish(delivery, self.owner, Delivery.Status.SENT, "", named)

    def _record_failure(self, delivery: Delivery, outcome: Outcome) -> None:
        self.counts[outcome.meaning.value] += 1
        if outcome.meaning in (Meaning.DEFERRED, Meaning.STOP):
            wait = outcome.wait or min(LONGEST_WAIT, FIRST_WAIT * 2**delivery.attempts)
            ledger.put_back([delivery], self.owner, wait * random.uniform(1, 1.2), outcome.error)
            if outcome.meaning is Meaning.STOP:
                self._stop(delivery, outcome)
            return
        ledger.finish(delivery, self.owner, outcome.meaning.value, outcome.error)
        if outcome.meaning is Meaning.BOUNCED:
            Subscriber.objects.filter(pk=delivery.subscriber_id, status=Subscriber.Status.ACTIVE).update(
                status=Subscriber.Status.BOUNCED
            )

    def _stop(self, delivery: Delivery, outcome: Outcome) -> None:
        """Pause the digest: the refusal is ours, the next reader would get it too."""
        self.stopped = True
        digest = Digest.objects.get(pk=delivery.digest_id)
        if digest.status == Digest.Status.SENDING:
            digest.advance(Digest.Status.PAUSED, notes=[*digest.notes, f"Sending paused: {outcome.error}"])
        logger.error("Sending of %s is paused: %s. Mend it, then resume in admin.", digest.day, outcome.error)

    def _content(self, delivery: Delivery) -> tuple[Content, str]:
        if delivery.digest_id not in self.contents:
            digest = Digest.objects.get(pk=delivery.digest_id)
            self.contents[delivery.digest_id] = shown(digest), digest.content_hash
        return self.contents[delivery.digest_id]

    def _edition(self, key: EditionKey, content: Content) -> Rendered:
        if key not in self.editions:
            self.editions[key] = render(key, content)
        return self.editions[key]

    def _open(self, chunk: list[Delivery]) -> bool:
        """Open the connection ahead of the first `sending` mark; on failure the whole chunk waits, nobody is blamed."""
        try:
            self.connection.open()
        except Exception as error:  # noqa: BLE001 - nothing was accepted, whatever it is
            outcome = outcome_of_opening(error)
            logger.warning("Mail connection: %s: %s", type(error).__name__, outcome.error)
            self.counts["deferred"] += ledger.put_back(chunk, self.owner, FIRST_WAIT, outcome.error)
            self.stopped = True
            if outcome.meaning is Meaning.STOP:
                self._stop(chunk[0], outcome)
            return False
        return True

    def _reopen(self) -> None:
        """A fresh connection after any error: Django's SMTP backend keeps a dead one and fails ever after."""
        self._close()
        self.connection = get_connection()
        try:
            self.connection.open()
        except Exception as error:  # noqa: BLE001 - the next message of the chunk would meet the same; end this turn
            logger.warning("Mail connection could not be opened again: %s", type(error).__name__)
            self.stopped = True

    def _close(self) -> None:
        try:
            self.connection.close()
        except Exception as error:  # noqa: BLE001 - the mails are sent and recorded; a failed farewell changes nothing
            logger.info("Mail connection did not close cleanly: %s", type(error).__name__)
