"""One tick of sending: open what was approved, send what is due, settle what was lost."""

from __future__ import annotations

import logging
import math
import os
import socket
import time
import uuid
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from digests.content import Content, shown
from digests.editions import EditionKey
from digests.models import Digest
from newsletter.stopping import is_stopping
from subscribers.delivery import guard, ledger, pace
from subscribers.delivery.closing import close_cancelled, close_finished, expire_late
from subscribers.delivery.compose import edition_of, image_of, render
from subscribers.delivery.correcting import follow_up
from subscribers.delivery.ledger import Due, Finished
from subscribers.delivery.opening import grace, open_deliveries
from subscribers.delivery.outcomes import Meaning, outcome_of_opening
from subscribers.delivery.settle import FIRST_WAIT, Settler, insist
from subscribers.delivery.transports import transport
from subscribers.delivery.transports.base import Edition, Letter
from subscribers.models import Delivery

logger = logging.getLogger(__name__)
TICK_SECONDS = 240  # then the next tick goes on; the task's own limits are far above
LOOK_UP_SECONDS = 1.0  # how soon a pause, a cancelled digest or the end of the worker is noticed
STOP_SECONDS = 20.0  # for the mails on the wire, when the worker is being stopped
LAST_SECONDS = 90.0  # for the same, when only the run is over: longer than a server may be silent
CLAIM = 500
MOST_EDITIONS = 64  # kept rendered; rows come ordered by edition, so few are in use at a time


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
    counts += Run(at, seconds).until_done()
    counts["closed"] = len(close_finished())
    return +counts


class Run:
    """One worker's turn at the queue.

    Rows are claimed in hundreds, which costs little and loses nothing, and marked `sending` only as fast as the
    transport takes them: the marks are what a crash leaves unknown.
    """

    def __init__(self, at: datetime, seconds: float) -> None:
        self.at = at
        self.owner = f"{socket.gethostname()[:16]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.end = time.monotonic() + seconds
        self.transport = transport()
        self.settler = Settler(self.owner, at)
        self.claimed: deque[Due] = deque()
        self.on_the_way: dict[int, Letter] = {}
        self.too_fast = False
        self.looked_up = self.renewed = time.monotonic()
        self.asked = -math.inf
        self.contents: dict[int, tuple[Content, str]] = {}
        self.editions: OrderedDict[EditionKey, Edition] = OrderedDict()

    @property
    def goes_on(self) -> bool:
        """Whether another mail may be begun: the provider takes ours, the time is not up, the worker is not stopping."""
        return not self.settler.stopped and time.monotonic() < self.end and not is_stopping()

    def until_done(self) -> Counter[str]:
        """Claim, send and record until nothing is due, or it must not go on. Returns counts by outcome."""
        try:
            while self.feed() or self.on_the_way or self.naps():
                self.collect(0.2)
                if not self.goes_on:
                    break
                self.look_up()
        finally:
            self.wind_up()
        return self.settler.counts

    def feed(self) -> int:
        """Give the transport letters, when it has room for a good many; returns how many rows were looked at."""
        room = self.transport.room
        if room < self.least_room() or not self.goes_on:
            return 0
        if not self.claimed:
            self.claimed.extend(ledger.claim(self.owner, max(CLAIM, room), self.at))
        if not self.claimed or not self.permitted() or not self.open():
            return 0
        wanted = [self.claimed.popleft() for _ in range(min(room, len(self.claimed)))]
        try:
            letters = self.begin(wanted)
        except DatabaseError:
            self.claimed.extendleft(wanted)  # marked or not, nothing was sent: they go back when the run ends
            raise
        if letters:
            self.on_the_way |= {letter.due.pk: letter for letter in letters}
            self.transport.submit(letters)
        return len(wanted) if letters or not self.too_fast else 0

    def allowed(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those that the limits let through now. Of the others, some wait in our hand and some in the queue."""
        granted = pace.grant([letter.due for letter in letters])
        for seconds, waiting in granted.later.items():
            self.settler.put_off(waiting, seconds)
        self.claimed.extendleft(reversed(granted.in_hand))
        self.too_fast = bool(granted.in_hand)
        now = {due.pk for due in granted.now}
        return [letter for letter in letters if letter.due.pk in now]

    def naps(self) -> bool:
        """Whether the only thing to do was to wait for a limit's next window; it is there now."""
        seconds = pace.nap() if self.too_fast and self.goes_on else 0.0
        time.sleep(seconds)
        return seconds > 0

    def least_room(self) -> int:
        """Marking rows a quarter of the transport at a time saves commits; an idle transport takes any."""
        return max(1, (self.transport.room + len(self.on_the_way)) // 4)

    def begin(self, dues: Sequence[Due]) -> list[Letter]:
        """Mark the rows `sending` and make their letters. Rows that must not be sent now get their outcome, or wait."""
        letters: list[Letter] = []
        finished: list[Finished] = []
        for due in dues:
            made = self.letter(due)
            if isinstance(made, Letter):
                letters.append(made)
            elif made:
                finished.append(made)
            else:
                self.claimed.append(due)
        self.settler.close(finished)
        letters = self.allowed(letters)
        begun = ledger.begin([letter.due for letter in letters], self.owner)
        held_back = [letter.due for letter in letters if letter.due.pk not in begun]
        if held_back:
            self.settler.counts["held"] += ledger.put_back(held_back, self.owner)
        return [letter for letter in letters if letter.due.pk in begun]

    def letter(self, due: Due) -> Letter | Finished | None:
        """The reader's letter, or the outcome when there is none for them. None, with the digest paused, when the mail
        cannot be made."""
        try:
            if not guard.may_be_mailed(due.email):
                return Finished(due.pk, Delivery.Status.SUPPRESSED, "SEND_ONLY_TO does not name this address.")
            content, content_hash = self.content(due)
            key = edition_of(due, content, content_hash)
            if not key.slugs:
                return Finished(due.pk, Delivery.Status.SKIPPED)
            edition = self.edition(key, content)
            return Letter(due, edition)
        except (DatabaseError, SoftTimeLimitExceeded):
            raise  # says nothing about the digest
        except Exception as error:
            if not self.settler.stopped:
                logger.exception("An edition of digest %s cannot be made", due.digest_id)
                self.settler.stop(due.digest_id, f"The mail cannot be made ({type(error).__name__}); the log says why.")
            return None

    def permitted(self) -> bool:
        """Whether sending was not stopped, nor this database replaced by a backup; asked once a second."""
        if time.monotonic() - self.asked < LOOK_UP_SECONDS:
            return True
        self.asked = time.monotonic()
        if refusal := guard.begin_run():
            logger.warning("Sending ends. %s", refusal)
            self.settler.stopped = True
            self.let_go()
        return refusal is None

    def open(self) -> bool:
        """Have a connection ahead of the first `sending` mark. When there is none everybody waits, nobody is blamed."""
        try:
            self.transport.open()
        except Exception as error:  # noqa: BLE001 - nothing was accepted, whatever it is
            outcome = outcome_of_opening(error)
            logger.warning("Mail connection: %s: %s", type(error).__name__, outcome.error)
            waiting = self.take_back()
            self.settler.counts["deferred"] += self.settler.put_off(waiting, FIRST_WAIT, outcome.error)
            self.settler.stopped = True
            if outcome.meaning is Meaning.STOP and waiting:
                self.settler.stop(waiting[0].digest_id, outcome.error)
            return False
        return True

    def collect(self, seconds: float) -> None:
        """Hear from the transport and write it down."""
        sent = self.transport.collect(seconds)
        self.settler.settle(sent)
        for each in sent:
            del self.on_the_way[each.letter.due.pk]

    def look_up(self) -> None:
        """Once a second: is the transport alive, do the digests still go out, is the lease long enough?"""
        now = time.monotonic()
        if now - self.looked_up < LOOK_UP_SECONDS:
            return
        self.looked_up = now
        in_hand = {due.digest_id for due in self.in_hand()}
        if not self.permitted() or not self.open() or ledger.still_running(in_hand) != in_hand:
            self.let_go()
        self.keep()

    def keep(self) -> None:
        """Renew the lease long before it runs out."""
        if time.monotonic() - self.renewed > settings.SEND_LEASE_SECONDS / 4:
            insist(lambda: ledger.renew(self.owner))
            self.renewed = time.monotonic()

    def let_go(self) -> int:
        """Put the rows nothing was sent for back into the queue; how many."""
        taken = self.take_back()
        return insist(lambda: ledger.put_back(taken, self.owner)) if taken else 0

    def in_hand(self) -> Iterable[Due]:
        """All rows this worker holds."""
        return [*self.claimed, *(letter.due for letter in self.on_the_way.values())]

    def take_back(self) -> list[Due]:
        """The rows nothing was sent for, out of every hand."""
        withdrawn = [letter.due for letter in self.transport.withdraw()]
        for due in withdrawn:
            del self.on_the_way[due.pk]
        taken = [*self.claimed, *withdrawn]
        self.claimed.clear()
        return taken

    def wind_up(self) -> None:
        """Wait for the mails on the wire as long as there is time for it, and let go of everything else."""
        try:
            since = time.monotonic()
            while self.let_go() or self.on_the_way:
                if time.monotonic() - since > (STOP_SECONDS if is_stopping() else LAST_SECONDS):
                    break
                self.collect(0.2)
                self.keep()
        finally:
            self.transport.close()
            self.collect(0)
            self.let_go()

    def content(self, due: Due) -> tuple[Content, str]:
        """The digest's approved content and its hash."""
        if due.digest_id not in self.contents:
            digest = Digest.objects.get(pk=due.digest_id)
            self.contents[due.digest_id] = shown(digest), digest.content_hash
        return self.contents[due.digest_id]

    def edition(self, key: EditionKey, content: Content) -> Edition:
        """The rendered edition."""
        found = self.editions.pop(key, None) or Edition(render(key, content), image_of(content, key.language))
        self.editions[key] = found
        if len(self.editions) > MOST_EDITIONS:
            self.editions.popitem(last=False)
        return found
