"""Mail through a provider's API: batches as large as the provider takes, several at a time, over kept connections."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import get_connection

from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of_opening
from subscribers.delivery.transports.base import Edition, Letter, Sent
from subscribers.delivery.transports.calls import PLAIN
from subscribers.delivery.transports.posting import Report, post, whole
from subscribers.delivery.transports.providers import provider_of
from subscribers.delivery.transports.tempo import Tempo

MOST_IN_A_CALL = 250  # larger calls are hardly faster, and a crash leaves more unknown
PATIENCE = 10.0  # seconds that letters are kept here when the provider asks for them; for longer they go back
UNCLEAR = "The provider gives no clear answers just now; nothing was sent."
LAST_WORDS = 5.0  # seconds for the calls under way when all is to end


@dataclass(eq=False)
class Kin:
    """The letters of a call that was refused as a whole. `accepted` once some of them were taken by themselves: what is
    still refused then is refused for its reader."""

    accepted: bool = False


class Batch(NamedTuple):
    """Letters for one call."""

    letters: Sequence[Letter]
    kin: Kin | None = None


class ApiTransport:
    """A `Transport` over Anymail. Holds at most connections × letters in a call, which a crash would leave unknown.

    How many are made at a time, and of how many letters, is up to `Tempo`.

    Calls are made and posted in threads, which touch neither the database nor this object: all decisions are taken by
    the thread that calls `submit` and `collect`.
    """

    def __init__(self, connections: int) -> None:
        self._provider = provider_of(settings.EMAIL_BACKEND)
        self._in_a_call = min(self._provider.most, MOST_IN_A_CALL)
        self._most_lanes = min(connections, self._provider.at_once)
        self._tempo = Tempo(settings.EMAIL_BACKEND, self._most_lanes)
        self._idle: deque[Any] = deque()
        self._threads: ThreadPoolExecutor | None = None
        self._waiting: dict[Edition | None, deque[Letter]] = {}
        self._again: list[Batch] = []  # halves of refused calls, calls that came too soon, readers who travel alone
        self._running: dict[Future[Report], Batch] = {}
        self._known: list[Sent] = []
        self._held = 0
        self._stopped = False

    @property
    def room(self) -> int:
        """How many letters fit; none while the provider wants to be left alone, or when it refuses us."""
        if self._stopped or self._tempo.rest:
            return 0
        return max(0, self._tempo.lanes * self._letters_in_next - self._held)

    def open(self) -> None:
        """Have Anymail's backend, or raise what is wrong with its settings. A provider is not spoken to before the first
        letter."""
        if self._threads:
            return
        self._idle.append(self._connected())
        self._threads = ThreadPoolExecutor(self._most_lanes, thread_name_prefix="mail")

    def submit(self, letters: Sequence[Letter]) -> None:
        """Take letters; they go out at the next `collect`, together with those of their edition. A reader whose address
        can be spelled in two ways travels alone: merge fields are found by the address."""
        merges = bool(self._provider.merge_field)
        for letter in letters:
            if merges and not PLAIN.fullmatch(letter.due.email):
                self._again.append(Batch([letter]))
            else:
                self._waiting.setdefault(letter.edition if merges else None, deque()).append(letter)
        self._held += len(letters)

    def collect(self, seconds: float) -> list[Sent]:
        """What is known by now; waits up to `seconds` for the first."""
        self._harvest()
        self._start()
        if not self._known and self._running:
            wait(self._running, seconds, FIRST_COMPLETED)
            self._harvest()
            self._start()
        elif not self._known and self._held:
            time.sleep(min(seconds, self._tempo.rest or seconds))
            self._start()
        known, self._known = self._known, []
        self._held -= len(known)
        return known

    def withdraw(self) -> list[Letter]:
        """Give back the letters that are not under way."""
        letters = self._unsent()
        self._held -= len(letters)
        return letters

    def close(self) -> None:
        """Hang up. A call that still has no answer is left to itself, and what it carried is unknown."""
        wait(self._running, LAST_WORDS)
        self._harvest()
        for batch in self._running.values():
            unknown = Outcome(Meaning.UNKNOWN, "The provider had not answered when the worker ended.")
            self._known += [Sent(letter, unknown) for letter in batch.letters]
        self._running.clear()
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
        while self._idle:
            self._idle.pop().close()

    @property
    def _letters_in_next(self) -> int:
        return 1 if self._tempo.wary else self._in_a_call

    def _start(self) -> None:
        """Post what is waiting, as many calls at a time as the provider bears."""
        while self._threads and len(self._running) < self._tempo.lanes and not self._tempo.rest and not self._stopped:
            batch = self._next()
            if batch is None:
                return
            self._running[self._threads.submit(self._carry, batch)] = batch

    def _next(self) -> Batch | None:
        """The letters for the next call: those of an earlier one, or as many of one edition as fit. Nobody is in a call
        twice. In doubt it is one letter, each time of another edition: the words of one may be what is wrong."""
        most = self._letters_in_next
        if self._again:
            letters, kin = self._again.pop()
            if len(letters) > most:
                self._again.insert(0, Batch(letters[most:], kin))
            return Batch(letters[:most], kin)
        if not self._waiting:
            return None
        edition, waiting = next(iter(self._waiting.items()))
        taken: dict[str, Letter] = {}
        while waiting and len(taken) < most and waiting[0].due.email.lower() not in taken:
            letter = waiting.popleft()
            taken[letter.due.email.lower()] = letter
        if not waiting or self._tempo.wary:
            del self._waiting[edition]
        if waiting and self._tempo.wary:
            self._waiting[edition] = waiting  # behind the others
        return Batch(list(taken.values()))

    def _carry(self, batch: Batch) -> Report:
        """In a thread: post the batch over a connection that nobody else uses meanwhile."""
        try:
            backend = self._idle.pop() if self._idle else self._connected()
        except Exception as error:  # noqa: BLE001 - nothing was sent, whatever it is
            return whole(batch.letters, outcome_of_opening(error))
        report = post(backend, self._provider, batch.letters)
        self._idle.append(backend)
        return report

    def _connected(self) -> Any:
        backend = get_connection(**self._provider.options)
        backend.open()
        return backend

    def _harvest(self) -> None:
        """Take in what the finished calls report."""
        for future in [future for future in self._running if future.done()]:
            batch = self._running.pop(future)
            self._take_in(batch, future.result())

    def _take_in(self, batch: Batch, report: Report) -> None:
        refused = report.refused
        if batch.kin and any(sent.outcome is None for sent in report.sent):
            batch.kin.accepted = True
        self._known += [self._judged(sent, batch) for sent in report.sent]
        self._stopped |= any(sent.outcome and sent.outcome.meaning is Meaning.STOP for sent in report.sent)
        if refused is None:
            self._learn(report.sent)
            if report.left:
                self._again.append(Batch(report.left, batch.kin))
        elif refused.meaning is Meaning.DEFERRED:
            self._again.append(Batch(report.left, batch.kin))
            self._wait(self._tempo.slow_down(refused), refused)
        else:
            half, kin = len(report.left) // 2, batch.kin or Kin()
            self._again += [Batch(report.left[:half], kin), Batch(report.left[half:], kin)]

    @staticmethod
    def _judged(sent: Sent, batch: Batch) -> Sent:
        """A reader who is refused alone, while others with the same words were taken, is refused as a person."""
        alone = len(batch.letters) == 1 and batch.kin and batch.kin.accepted
        if alone and sent.outcome and sent.outcome.meaning is Meaning.POLICY:
            return sent._replace(outcome=sent.outcome._replace(meaning=Meaning.BOUNCED))
        return sent

    def _learn(self, sent: Sequence[Sent]) -> None:
        """What a call that was answered, or perhaps taken, says about the next."""
        if any(each.outcome is None for each in sent):
            self._tempo.taken()
        elif any(each.outcome and each.outcome.meaning is Meaning.UNKNOWN for each in sent):
            self._wait(self._tempo.doubt(), Outcome(Meaning.DEFERRED, UNCLEAR))
            return
        self._tempo.speed_up()

    def _wait(self, rest: float, why: Outcome) -> None:
        """Keep the letters that are left for so many seconds, or give them back where that is too long."""
        if rest > PATIENCE:
            self._known += [Sent(letter, why) for letter in self._unsent()]

    def _unsent(self) -> list[Letter]:
        """Take out all letters that are not under way."""
        letters = [letter for batch in self._again for letter in batch.letters]
        letters += [letter for waiting in self._waiting.values() for letter in waiting]
        self._again.clear()
        self._waiting.clear()
        return letters
