"""Mail over SMTP, many connections at once, each a round trip a mail.

An event loop in a thread of its own keeps the connections busy while the caller's thread writes the ledger. Commands
are pipelined (RFC 2920): a mail's content and the next mail's MAIL, RCPT and DATA go out together, so that a mail costs
one round trip instead of four.

It knows how far each mail came. Until its content was handed to the network it was certainly not accepted, and it goes
over another connection; from then on only the server's reply tells, and without one the outcome is unknown.
"""

from __future__ import annotations

import asyncio
import logging
import re
import smtplib
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from django.conf import settings

from newsletter.dkim import signer
from subscribers.delivery.compose import mail_pieces
from subscribers.delivery.names import return_path
from subscribers.delivery.outcomes import Meaning, Outcome, of_reply
from subscribers.delivery.transports.base import Letter, Sent
from subscribers.delivery.transports.smtp_line import CLOSING, Line, Lost, Reply, connect

logger = logging.getLogger(__name__)
FLUSH_SECONDS = 0.01
FAREWELL_SECONDS = 1.0
LONGEST_PAUSE = 30.0
NO_ADDRESS = re.compile(r"[ <>\r\n\0]")
SUSPICIOUS = 5  # mails in a row that were not accepted: nothing more goes out before the caller has judged them
TRIES = 3  # connections over which a mail is begun before it is put off
UNANSWERED = Outcome(Meaning.UNKNOWN, "The mail server gave no reply to the mail; it may have arrived.")
BROKEN_EARLY = Outcome(Meaning.DEFERRED, "The connection broke before the mail was sent.")


class Packed:
    """A letter with its octets, ready for the wire."""

    __slots__ = ("content", "envelope", "letter")

    def __init__(self, letter: Letter) -> None:
        address = letter.due.email
        if NO_ADDRESS.search(address):
            raise ValueError("The address has characters that no address has.")
        self.letter = letter
        self.envelope = [
            f"MAIL FROM:<{return_path(letter.due.pk)}>\r\n".encode("ascii"),
            f"RCPT TO:<{address}>\r\n".encode("ascii"),
            b"DATA\r\n",
        ]
        # Base64 leaves no line that begins with a dot (RFC 5321, 4.5.2) except in headers, where a name stands first.
        # In pieces: they become one when they are written, and are copied no more than that.
        self.content = [*mail_pieces(letter.due, letter.edition.form), b".\r\n"]


class SmtpTransport:
    """See `transports.base.Transport`. `connections` at most, opened as they are needed; each stands for `chunk` letters."""

    def __init__(self, connections: int, chunk: int) -> None:
        self._connections, self._capacity = connections, connections * chunk
        self._held = 0
        self._waiting: deque[Letter] = deque()
        self._tries: dict[int, int] = {}
        self._known: list[Sent] = []
        self._results: SimpleQueue[list[Sent]] = SimpleQueue()
        self._trouble: Exception | None = None
        self._refused_in_a_row = 0
        self._closing = self._withdrawn = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._lines: set[Line] = set()

    # ---- the caller's thread

    @property
    def room(self) -> int:
        """See Transport."""
        return self._capacity - self._held

    def open(self) -> None:
        """Connect once, so that a wrong password or an absent server is known before the first row is marked."""
        signer()  # an unreadable key is known here, and not mail by mail
        if self._loop is None:
            self._start()
        if self._trouble:
            raise self._trouble

    def submit(self, letters: Sequence[Letter]) -> None:
        """See Transport."""
        self._held += len(letters)
        self._waiting.extend(letters)
        self._withdrawn = False
        assert self._loop is not None, "open comes first"
        self._loop.call_soon_threadsafe(self._stir)

    def collect(self, seconds: float) -> list[Sent]:
        """See Transport."""
        suspicious = self._refused_in_a_row >= SUSPICIOUS  # asked first: the refusals are at hand by then
        found = self._at_hand()
        if self._held and not found:
            if suspicious:  # the caller has seen them all, and wants to go on
                self._resume()
            with suppress(Empty):
                found = self._results.get(timeout=seconds) + self._at_hand()
        self._held -= len(found)
        return found

    def _at_hand(self) -> list[Sent]:
        found: list[Sent] = []
        with suppress(Empty):
            while True:
                found += self._results.get_nowait()
        return found

    def withdraw(self) -> list[Letter]:
        """See Transport."""
        letters: list[Letter] = []
        self._withdrawn = True  # nor is one begun that a broken connection gives back
        with suppress(IndexError):
            while True:
                letters.append(self._waiting.popleft())
        self._held -= len(letters)
        return letters

    def close(self) -> None:
        """Say goodbye on idle connections and break the others; what then is unknown can still be collected."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def _resume(self) -> None:
        self._refused_in_a_row = 0
        if self._loop:
            self._loop.call_soon_threadsafe(self._stir)

    def _start(self) -> None:
        self._closing, self._trouble, self._refused_in_a_row = False, None, 0
        self._loop = asyncio.new_event_loop()
        self._wanted = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()
        try:
            first = asyncio.run_coroutine_threadsafe(connect(), self._loop).result()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be sent; the caller says what it means
            self._trouble = error
            return
        asyncio.run_coroutine_threadsafe(self._begin(first), self._loop).result()

    # ---- the loop's thread

    async def _begin(self, first: Line) -> None:
        self._spawn(first)
        self._watcher = asyncio.create_task(self._watch())

    def _spawn(self, line: Line | None = None) -> None:
        task = asyncio.create_task(self._serve(line))
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)

    def _stir(self) -> None:
        """There is work: wake who waits for it, and take on as many connections as have some."""
        self._wanted.set()
        missing = min(self._connections, len(self._waiting)) - len(self._conversations)
        for _ in range(missing if not self._closing else 0):
            self._spawn()

    async def _watch(self) -> None:
        """Break connections that have been silent for too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            for line in self._lines:
                if line.silent_since and loop.time() - line.silent_since > 2 * settings.EMAIL_TIMEOUT:
                    line.abort("it fell silent")

    async def _serve(self, line: Line | None) -> None:
        """Keep one connection talking, and connect again when it breaks."""
        pause = 0.5
        while not self._closing:
            try:
                line = line or await connect()
            except (OSError, smtplib.SMTPException) as error:
                if not self._lines:
                    self._trouble = error  # no connection is left: the caller must know
                    self._flush()
                    return
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            self._lines.add(line)
            try:
                spoke = await Conversation(self, line).until_nothing_is_left()
            finally:
                self._lines.discard(line)
                line.abort("done with it")
            pause, line = (0.5 if spoke else min(2 * pause, LONGEST_PAUSE)), None

    async def _finish(self) -> None:
        self._closing = True
        self._wanted.set()
        for line in self._lines:
            if line.silent_since:
                line.abort("the sender stops")
        tasks = [*self._conversations, *([self._watcher] if self._watcher else [])]
        if self._conversations:
            await asyncio.wait(self._conversations, timeout=FAREWELL_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._flush()

    async def next(self) -> Packed | None:
        """The next letter, whenever there is one; None when there will be none."""
        while not self._closing:
            if packed := self.take():
                return packed
            self._wanted.clear()
            if not self._waiting or self._rests:  # one may have come between the two
                await self._wanted.wait()
        return None

    def take(self) -> Packed | None:
        """A letter that waits, packed. One that cannot be packed fails by itself."""
        while self._waiting and not self._rests:
            try:
                letter = self._waiting.popleft()
            except IndexError:  # the caller's thread withdrew it
                return None
            try:
                return Packed(letter)
            except Exception as error:  # noqa: BLE001 - whatever it is, the letter must have an outcome
                logger.error("Delivery %s could not be composed: %s", letter.due.pk, error)
                self.settle(
                    letter, Outcome(Meaning.FAILED, f"The message could not be built ({type(error).__name__}).")
                )
        return None

    @property
    def _rests(self) -> bool:
        """Whether no letter is to be begun: the caller took them back, or must first judge some refusals."""
        return self._closing or self._withdrawn or self._refused_in_a_row >= SUSPICIOUS

    def give_back(self, letter: Letter) -> None:
        """A letter whose connection broke before its content was sent: it goes first over the next one."""
        tries = self._tries[letter.due.pk] = self._tries.get(letter.due.pk, 1) + 1
        if tries > TRIES:
            self.settle(letter, BROKEN_EARLY)
        else:
            self._waiting.appendleft(letter)
            self._wanted.set()

    def settle(self, letter: Letter, outcome: Outcome | None) -> None:
        """Tell the caller what became of a letter, together with what others became."""
        if self._tries:
            self._tries.pop(letter.due.pk, None)
        if not self._known:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)
        self._known.append(Sent(letter, outcome))
        refused = 0 if outcome is None else self._refused_in_a_row + 1
        if len(self._known) >= self._capacity // 2 or refused >= SUSPICIOUS:
            self._flush()
        self._refused_in_a_row = refused  # the caller's thread reads it: no sooner than the refusals can be collected

    def _flush(self) -> None:
        if self._known or self._trouble:
            self._results.put(self._known)
            self._known = []


class Conversation:
    """What is said over one connection, mail after mail."""

    def __init__(self, transport: SmtpTransport, line: Line) -> None:
        self.transport, self.line = transport, line
        self.pipelines = "PIPELINING" in line.offers
        self.asked: Packed | None = None  # its envelope is on the wire
        self.handed: Packed | None = None  # its content is on the wire, and nobody has said what became of it
        self.spoke = False

    async def until_nothing_is_left(self) -> bool:
        """Send letters until the transport has none or the connection ends; whether it was of any use."""
        try:
            while packed := await self.transport.next():
                await self._ask(packed)
                while self.asked:
                    await self._send()
            await self.line.command("QUIT")
        except (Lost, asyncio.CancelledError) as error:
            if self.handed or self.asked:
                logger.info("A mail connection ended early: %s", error)
        finally:
            if self.handed:
                self.transport.settle(self.handed.letter, UNANSWERED)
            if self.asked:
                self.transport.give_back(self.asked.letter)
        return self.spoke

    async def _ask(self, packed: Packed) -> None:
        """Put an envelope on the wire; without pipelining, as far as the server lets us."""
        self.asked = packed
        if self.pipelines:
            self.line.write(b"".join(packed.envelope))

    async def _send(self) -> None:
        """Hear what the server says to the envelope that is on the wire; hand over the content, and the next envelope."""
        packed = self.asked
        assert packed is not None
        refusal = await self._permission(packed)
        if refusal is not None:
            self.asked = None
            self.transport.settle(packed.letter, refusal)
            return
        self.handed, self.asked = packed, self.transport.take() if self.pipelines else None
        following = self.asked.envelope if self.asked else []
        self.line.write(b"".join([*packed.content, *following]))
        answer = await self.line.reply()
        self.handed, self.spoke = None, True
        accepted = 200 <= answer.code < 300
        self.transport.settle(packed.letter, None if accepted else of_reply(*answer, to_recipient=False))
        if answer.code == CLOSING:
            raise Lost("the server closes the connection")

    async def _permission(self, packed: Packed) -> Outcome | None:
        """None when the server wants the content; otherwise why not, with the connection fit for another mail."""
        first: tuple[Reply, bool] | None = None
        wants_content = False
        for step, (command, good) in enumerate(zip(packed.envelope, (250, 250, 354), strict=True)):
            if not self.pipelines:
                self.line.write(command)
            answer = self.line.heard() or await self.line.reply()
            if step == 1 and answer.code == 251:
                continue  # "will forward"
            wants_content = answer.code == 354
            if answer.code != good and first is None:
                first = answer, step == 1
                if answer.code == CLOSING or not self.pipelines:
                    break
        if first is None:
            return None
        answer, to_recipient = first
        outcome = of_reply(*answer, to_recipient=to_recipient)
        if answer.code == CLOSING:
            self.asked = None
            self.transport.settle(packed.letter, outcome)
            raise Lost("the server closes the connection")
        if wants_content:  # for nobody: end it with nothing in it
            self.line.write(b".\r\n")
            await self.line.reply()
        await self.line.command("RSET")
        return outcome
