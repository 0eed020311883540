"""One worker's turn at the queue: take, submit, collect, write down."""

from __future__ import annotations

import logging
import math
import os
import socket
import time
import uuid
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError

from newsletter.stopping import is_stopping
from subscribers.delivery import guard, ledger, pace
from subscribers.delivery.ledger import Due, Finished
from subscribers.delivery.letters import Letters
from subscribers.delivery.outcomes import Meaning, outcome_of_opening
from subscribers.delivery.queue import Queue
from subscribers.delivery.settle import FIRST_WAIT, Settler, insist
from subscribers.delivery.transports import transport
from subscribers.delivery.transports.base import Letter

logger = logging.getLogger(__name__)
LOOK_UP_SECONDS = 1.0  # how soon a pause, a cancelled digest or the end of the worker is noticed
STOP_SECONDS = 20.0  # for the mails on the wire, when the worker is being stopped
LAST_SECONDS = 90.0  # for the same, when only the run is over: longer than a server may be silent
CLAIM = 500
LONGEST_UNWRITTEN = 0.1  # seconds that what was accepted waits for the next marks to go with


class Run:
    """Rows are marked `sending` only as fast as the transport takes them: the marks are what a crash leaves unknown. Where
    nothing stands between a row and the wire, they are marked as they are taken out of the queue, and what was accepted
    is written by the same statement. Otherwise they are claimed first, which costs little and loses nothing."""

    def __init__(self, at: datetime, seconds: float) -> None:
        self.at = at
        self.owner = f"{socket.gethostname()[:16]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.end = time.monotonic() + seconds
        self.transport = transport()
        self.settler = Settler(self.owner, at)
        self.queue = Queue(self.owner, at)
        self.letters = Letters()
        self.claimed: deque[Due] = deque()
        self.on_the_way: dict[int, Letter] = {}
        self.is_open = self.too_fast = self.in_doubt = self.is_permitted = False
        self.looked_up = self.renewed = time.monotonic()
        self.asked = -math.inf

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
        if not self.claimed and self.is_open and not pace.is_limited():
            return self.take(room) if self.permitted() and self.open() else 0
        if not self.claimed:
            self.claimed.extend(ledger.claim(self.owner, max(CLAIM, room) if pace.is_limited() else room, self.at))
        if not self.claimed or not self.permitted() or not self.open():
            return 0
        wanted = [self.claimed.popleft() for _ in range(min(room, len(self.claimed)))]
        try:
            letters = self.begin(wanted)
        except DatabaseError:
            self.claimed.extendleft(wanted)  # marked or not, nothing was sent: they go back when the run ends
            raise
        self.submit(letters)
        return len(wanted) if letters or not self.too_fast else 0

    def take(self, room: int) -> int:
        """Take rows straight to the transport; returns how many."""
        try:
            dues = self.queue.take(room, self.settler.accepted)
            self.settler.written()
            letters = self.made(dues)
        except BaseException:
            self.in_doubt = True  # which rows were marked; nothing was sent for them
            raise
        if self.settler.stopped:
            self.claimed.extend(letter.due for letter in letters)
        else:
            self.submit(letters)
        return len(dues)

    def submit(self, letters: Sequence[Letter]) -> None:
        """Hand letters of rows that are marked to the transport."""
        if letters:
            self.on_the_way |= {letter.due.pk: letter for letter in letters}
            self.transport.submit(letters)

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
        """Marking rows half a transport at a time saves statements and commits, and the other half keeps the wire busy
        meanwhile; an idle transport takes any."""
        return max(1, (self.transport.room + len(self.on_the_way)) // 2)

    def begin(self, dues: Sequence[Due]) -> list[Letter]:
        """Make the letters and mark their rows `sending`. Rows that must not be sent now get their outcome, or wait."""
        letters = self.allowed(self.made(dues))
        begun = ledger.begin([letter.due for letter in letters], self.owner)
        held_back = [letter.due for letter in letters if letter.due.pk not in begun]
        if held_back:
            self.settler.counts["held"] += ledger.put_back(held_back, self.owner)
        return [letter for letter in letters if letter.due.pk in begun]

    def made(self, dues: Sequence[Due]) -> list[Letter]:
        """The letters for these rows. Where there is none for a reader the row gets its outcome; where the mail cannot be
        made the digest is paused, and the row waits in our hand."""
        letters: list[Letter] = []
        finished: list[Finished] = []
        for due in dues:
            try:
                made = self.letters.letter(due)
            except (DatabaseError, SoftTimeLimitExceeded):
                raise  # says nothing about the digest
            except Exception as error:
                self.claimed.append(due)
                if not self.settler.stopped:
                    logger.exception("An edition of digest %s cannot be made", due.digest_id)
                    told = f"The mail cannot be made ({type(error).__name__}); the log says why."
                    self.settler.stop(due.digest_id, told)
                continue
            if isinstance(made, Letter):
                letters.append(made)
            else:
                finished.append(made)
        self.settler.close(finished)
        return letters

    def permitted(self) -> bool:
        """Whether sending was not stopped, nor this database replaced by a backup; asked once a second."""
        if time.monotonic() - self.asked < LOOK_UP_SECONDS:
            return True
        self.asked = time.monotonic()
        if refusal := guard.begin_run():
            logger.warning("Sending ends. %s", refusal)
            self.settler.stopped = True
            self.let_go()
        self.is_permitted = refusal is None
        return self.is_permitted

    def open(self) -> bool:
        """Have a connection ahead of the first `sending` mark. When there is none everybody waits, nobody is blamed."""
        try:
            self.transport.open()
        except Exception as error:  # noqa: BLE001 - nothing was accepted, whatever it is
            outcome = outcome_of_opening(error)
            logger.warning("Mail connection: %s: %s", type(error).__name__, outcome.error)
            waiting = [*self.take_back(), *ledger.claim(self.owner, CLAIM, self.at)]
            put_off = self.settler.put_off(waiting, FIRST_WAIT, outcome.error, tried=False)
            self.settler.counts["deferred"] += put_off
            self.settler.stopped = True
            if outcome.meaning is Meaning.STOP and waiting:
                self.settler.stop(waiting[0].digest_id, outcome.error)
            return False
        self.is_open = True
        return True

    def collect(self, seconds: float) -> None:
        """Hear from the transport and write it down."""
        sent = self.transport.collect(seconds)
        self.settler.settle(sent)
        for each in sent:
            del self.on_the_way[each.letter.due.pk]
        self.settler.flush(older_than=LONGEST_UNWRITTEN if self.goes_on else 0.0)

    def look_up(self) -> None:
        """Once a second: is the transport alive, do the digests still go out, is the lease long enough?"""
        now = time.monotonic()
        if now - self.looked_up < LOOK_UP_SECONDS:
            return
        self.looked_up = now
        in_hand = {due.digest_id for due in (*self.claimed, *(letter.due for letter in self.on_the_way.values()))}
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
        return insist(lambda: ledger.put_back(taken, self.owner, tried=False)) if taken else 0

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
            self.settler.flush()
            self.let_go()
            if self.in_doubt:
                insist(lambda: ledger.disown(self.owner, [*self.on_the_way]))
            if self.is_permitted:
                guard.move_on()
