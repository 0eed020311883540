"""One tick of sending: open what was approved, send what is due, settle what was lost."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import uuid
from collections import Counter
from datetime import datetime, timedelta

from anymail.message import AnymailMessage
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError
from django.utils import timezone

from digests.content import Content, shown
from digests.editions import EditionKey
from digests.models import Digest
from newsletter.mail import Rendered
from newsletter.stopping import is_stopping
from subscribers.delivery import ledger
from subscribers.delivery.compose import compose_digest, edition_of, render
from subscribers.delivery.doubt import Doubt, Verdict
from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of, outcome_of_opening
from subscribers.models import Delivery, Subscriber

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
TICK_SECONDS = 240  # then the next tick goes on; the task's own limits are far above


def send_due(at: datetime | None = None, seconds: float = TICK_SECONDS) -> Counter[str]:
    """Do everything that is due at `at`, which is now unless said otherwise:

        recover_lost → open_deliveries → expire_late → claim, send, record → close_finished

    Safe to run at any time, twice at once, or not for hours. Returns counts by outcome.
    """
    at = at or timezone.now()
    counts = ledger.recover_lost()
    for digest in Digest.objects.filter(status=Digest.Status.APPROVED).order_by("day"):
        counts["opened"] += ledger.open_deliveries(digest)
    counts["expired"] = ledger.expire_late()
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
        self.connection: BaseEmailBackend | None = None
        self.doubt = Doubt()
        self.stopped = False

    @property
    def goes_on(self) -> bool:
        """Whether another mail may be begun: the provider takes ours, the time is not up, the worker is not stopping."""
        return not self.stopped and time.monotonic() < self.end and not is_stopping()

    def until_done(self) -> Counter[str]:
        """Claim and send chunks until nothing is due or it must not go on."""
        try:
            while self.goes_on:
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
            while waiting and self.goes_on:
                self.send_one(waiting.pop(0))
        finally:
            ledger.put_back(waiting, self.owner)

    def send_one(self, delivery: Delivery) -> None:
        """Compose, mark, send and record one delivery. Exactly one of its outcomes is written."""
        try:
            message = self._message(delivery)
        except (DatabaseError, SoftTimeLimitExceeded):
            raise  # says nothing about this row; its lease will run out and it is queued again
        except Exception as error:
            logger.exception("Delivery %s could not be composed", delivery.pk)
            text = f"The message could not be built ({type(error).__name__})."
            self.counts["failed"] += ledger.finish(delivery, self.owner, Delivery.Status.FAILED, text)
            return
        if message is None:
            self.counts["skipped"] += ledger.finish(delivery, self.owner, Delivery.Status.SKIPPED)
            return
        if not ledger.begin(delivery, self.owner):
            self.counts["held"] += 1
            ledger.put_back([delivery], self.owner)
            return
        assert self.connection is not None, "send_chunk opened it"
        try:
            self.connection.send_messages([message])
        except Exception as error:
            logger.warning("Delivery %s: %s: %s", delivery.pk, type(error).__name__, outcome_of(error).error)
            self._record_failure(delivery, outcome_of(error))
            if isinstance(error, SoftTimeLimitExceeded):
                raise
            self._reopen()
        else:
            # Only Anymail's backends learn an id; Django's own leave None.
            provider_id = message.anymail_status.message_id
            named = "" if provider_id is None else str(provider_id)
            self.counts["sent"] += ledger.finish(delivery, self.owner, Delivery.Status.SENT, "", named)
            self.doubt.accepted(delivery)

    def _message(self, delivery: Delivery) -> AnymailMessage | None:
        """The reader's message, or None when the day has nothing for them."""
        content, content_hash = self._content(delivery)
        key = edition_of(delivery.subscriber, content, content_hash)
        if not key.slugs:
            return None
        message = compose_digest(delivery, self._edition(key, content))
        message.message()  # a header or address that cannot be built fails here, not on an open connection
        return message

    def _record_failure(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write what the failure means, and stop when it is rather about us than about the reader."""
        meaning = outcome.meaning
        self.counts[meaning.value] += 1
        if meaning in (Meaning.UNKNOWN, Meaning.FAILED):
            ledger.finish(delivery, self.owner, meaning.value, outcome.error)
            return
        verdict = {Meaning.DEFERRED: Verdict.TRY_AGAIN, Meaning.STOP: Verdict.STOP}.get(meaning)
        verdict = verdict or self.doubt.refused(delivery, by_policy=meaning is Meaning.POLICY)
        if verdict is Verdict.BELIEVE:
            self._believe(delivery, outcome)
            return
        wait = outcome.wait or min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(delivery.attempts, 6))
        due = max(self.at, timezone.now()) + timedelta(seconds=wait * random.uniform(1, 1.2))
        ledger.put_back([delivery], self.owner, due, outcome.error)
        if verdict is Verdict.STOP:
            self._stop(delivery, outcome)

    def _believe(self, delivery: Delivery, outcome: Outcome) -> None:
        """The refusal stands: the address bounces for good, or this one mail failed."""
        bounced = outcome.meaning is Meaning.BOUNCED
        ledger.finish(delivery, self.owner, "bounced" if bounced else "failed", outcome.error)
        if bounced:
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
        outcome = self._opened()
        if outcome is None:
            return True
        due = max(self.at, timezone.now()) + timedelta(seconds=FIRST_WAIT)
        self.counts["deferred"] += ledger.put_back(chunk, self.owner, due, outcome.error)
        if outcome.meaning is Meaning.STOP:
            self._stop(chunk[0], outcome)
        return False

    def _opened(self) -> Outcome | None:
        """Open a connection unless one is open. Otherwise nothing can be sent in this run: why, as an outcome."""
        try:
            self.connection = self.connection or get_connection()
            self.connection.open()
        except Exception as error:  # noqa: BLE001 - nothing was accepted, whatever it is
            outcome = outcome_of_opening(error)
            logger.warning("Mail connection: %s: %s", type(error).__name__, outcome.error)
            self.stopped = True
            return outcome
        return None

    def _reopen(self) -> None:
        """A fresh connection after any error: Django's SMTP backend keeps a dead one and fails ever after."""
        self._close()
        if not self.stopped:
            self._opened()

    def _close(self) -> None:
        connection, self.connection = self.connection, None
        try:
            if connection:
                connection.close()
        except Exception as error:  # noqa: BLE001 - the mails are sent and recorded; a failed farewell changes nothing
            logger.info("Mail connection did not close cleanly: %s", type(error).__name__)
