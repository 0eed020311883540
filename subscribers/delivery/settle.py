"""Write down what became of the letters of a run, and judge what the refusals among them mean."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from digests.models import Digest
from newsletter.mail import one_line
from subscribers.delivery import ledger
from subscribers.delivery.doubt import Doubt, Verdict
from subscribers.delivery.ledger import Due, Finished
from subscribers.delivery.outcomes import Meaning, Outcome
from subscribers.delivery.transports.base import Sent
from subscribers.models import Delivery, Subscriber, Suppression
from subscribers.suppression import suppress

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
Status = Delivery.Status
T = TypeVar("T")


class Settler:
    """Records outcomes for one worker's run. `stopped` says that the run must end: the provider refuses *us*."""

    def __init__(self, owner: str, at: datetime) -> None:
        self.owner, self.at = owner, at
        self.counts: Counter[str] = Counter()
        self.doubt = Doubt()
        self.stopped = False
        self.accepted: list[Finished] = []
        """What was accepted and is not written down yet: it goes with the next marks, or by `flush` when none follow."""
        self._since = 0.0

    def settle(self, sent: Sequence[Sent]) -> None:
        """Take in what became of each. What was accepted waits a moment for the next marks, unless others failed: it is
        written first, since it is what must not be lost."""
        if not self.accepted:
            self._since = time.monotonic()
        self.accepted += [Finished(s.letter.due.pk, Status.SENT, "", s.provider_id) for s in sent if s.outcome is None]
        errors = Counter(s.outcome.error for s in sent if s.outcome)
        for error, times in errors.items():
            logger.warning("%d deliveries: %s", times, error)
        if errors:
            self.flush()
        later: dict[tuple[str, float], list[Due]] = {}
        for letter, outcome, _provider_id in sent:
            if outcome is None:
                self.doubt.accepted(letter.due)
            elif wait := self._judge(letter.due, outcome):
                later.setdefault((outcome.error, wait), []).append(letter.due)
        for (error, wait), dues in later.items():
            self.put_off(dues, wait, error)

    def flush(self, older_than: float = 0.0) -> None:
        """Write down what was accepted, unless the first of it has not waited for so many seconds."""
        if self.accepted and time.monotonic() - self._since >= older_than:
            insist(lambda: ledger.finish(self.accepted, self.owner))
            self.written()

    def written(self) -> None:
        """Count what was accepted: it is written down."""
        self.counts[Status.SENT] += len(self.accepted)
        self.accepted = []

    def close(self, finished: Sequence[Finished]) -> None:
        """Write outcomes that need no judgement."""
        if finished:
            insist(lambda: ledger.finish(finished, self.owner))
            self.counts.update(each.status for each in finished)

    def put_off(self, dues: Sequence[Due], wait: float, error: str = "", *, tried: bool = True) -> int:
        """Queue them again for `wait` seconds from now and a little more, lest all come back at one moment."""
        due = max(self.at, timezone.now()) + timedelta(seconds=wait * random.uniform(1, 1.2))
        return insist(lambda: ledger.put_back(dues, self.owner, due, error, tried=tried))

    def stop(self, digest_id: int, error: str) -> None:
        """Pause the digest: the refusal is ours, the next reader would get it too."""
        self.stopped = True
        digest = Digest.objects.get(pk=digest_id)
        if digest.status == Digest.Status.SENDING:
            digest.advance(Digest.Status.PAUSED, notes=[*digest.notes, f"Sending paused: {one_line(error)}"])
        logger.error("Sending of %s is paused: %s. Mend it, then resume in admin.", digest.day, error)

    def _judge(self, due: Due, outcome: Outcome) -> float:
        """Write what a failure means, or give the seconds after which to try again."""
        meaning = outcome.meaning
        if meaning in (Meaning.UNKNOWN, Meaning.FAILED):
            self.close([Finished(due.pk, meaning.value, outcome.error)])
            return 0
        self.counts[meaning.value] += 1
        if meaning is Meaning.DEFERRED and self.doubt.put_off():
            self.stopped = True
        verdict = {Meaning.DEFERRED: Verdict.TRY_AGAIN, Meaning.STOP: Verdict.STOP}.get(meaning)
        verdict = verdict or self.doubt.refused(due, by_policy=meaning is Meaning.POLICY)
        if verdict is Verdict.BELIEVE:
            self._believe(due, outcome)
            return 0
        if verdict is Verdict.STOP and not self.stopped:
            self.stop(due.digest_id, outcome.error)
        return outcome.wait or min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(due.attempts, 6))

    def _believe(self, due: Due, outcome: Outcome) -> None:
        """The refusal stands: the address bounces for good, or this one mail failed."""
        bounced = outcome.meaning is Meaning.BOUNCED
        insist(lambda: ledger.finish([Finished(due.pk, "bounced" if bounced else "failed", outcome.error)], self.owner))
        if bounced:
            active = Subscriber.objects.filter(pk=due.subscriber_id, status=Subscriber.Status.ACTIVE)
            if active.update(status=Subscriber.Status.BOUNCED):
                suppress(due.email, Suppression.Reason.BOUNCED)


def insist(write: Callable[[], T]) -> T:
    """Write what is known even when the database goes away for a while: for as long as the lease keeps the rows ours."""
    end = time.monotonic() + settings.SEND_LEASE_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > end:
                raise
            logger.warning("The database is away, and outcomes wait to be written: %s", type(error).__name__)
            connection.close()
            time.sleep(0.5)
