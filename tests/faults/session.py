"""One SMTP connection to the sink, right or wrong as its faults say."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import ssl
import struct
from collections import deque
from typing import TYPE_CHECKING

from tests.faults.mischief import Rule

if TYPE_CHECKING:
    from tests.faults.sink import Sink

USUAL = {
    "421": "4.3.2 closing", "450": "4.2.0 try again later", "451": "4.3.0 local error", "452": "4.3.1 no space",
    "530": "5.7.0 authentication required", "535": "5.7.8 authentication failed", "550": "5.1.1 no such user",
    "552": "5.2.3 message too large", "554": "5.6.0 message refused",
}  # fmt: skip
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
SUBJECT = re.compile(rb"^Subject: *([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"<([^>]*)>")


class Session(asyncio.Protocol):
    """One connection. Input is worked through as far as it goes; `busy_until` and `stuck` keep it waiting."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()
        self.looked = 0
        self.in_mail = self.in_data = self.stuck = self.secure = False
        self.busy_until = 0.0
        self.held = ""
        self.recipients: list[str] = []
        self.outgoing: deque[tuple[float, bytes]] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.open_now.add(self)
        self.sink.most_open = max(self.sink.most_open, len(self.sink.open_now))
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.goes_wrong("connect", ""):
            self.reply("220 sink.example ESMTP")

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the session."""
        self.stuck = True
        self.sink.open_now.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take input."""
        self.buffer += data
        self.work()

    def work(self) -> None:
        """Work through the input until more is needed or the session must wait."""
        while not self.stuck:
            if (wait := self.busy_until - self.loop.time()) > 0:
                self.loop.call_later(wait, self.work)
                return
            if not (self.take_body() if self.in_data else self.take_command()):
                return

    def take_command(self) -> bool:
        """Answer one command; False when none is complete."""
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = self.buffer[:end].decode("latin-1")
        del self.buffer[: end + 2]
        verb = line[:4].upper()
        phase = {"EHLO": "ehlo", "HELO": "ehlo", "STAR": "starttls", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt",
                 "DATA": "data"}.get(verb, "")  # fmt: skip
        if phase and self.goes_wrong(phase, line):
            return True
        getattr(self, f"on_{verb.lower()}", self.on_other)(line)
        return True

    def on_ehlo(self, line: str) -> None:
        """Say what is on offer."""
        offers = ["sink.example", "PIPELINING", "8BITMIME", "SIZE 50000000", "AUTH PLAIN LOGIN"]
        if self.sink.context and not self.secure:
            offers.append("STARTTLS")
        self.reply("\r\n".join(f"250{'-' if offer is not offers[-1] else ' '}{offer}" for offer in offers))

    def on_helo(self, line: str) -> None:
        """Nothing is on offer for who asks so."""
        self.reply("250 sink.example")

    def on_star(self, line: str) -> None:
        """Begin TLS."""
        if self.sink.context is None:
            self.reply("454 4.7.0 no TLS here")
            return
        self.reply("220 go on")
        self.stuck = True
        self.buffer.clear()
        self.loop.create_task(self.secure_transport(self.sink.context))

    async def secure_transport(self, context: ssl.SSLContext) -> None:
        """Shake hands; a client that does not like the certificate hangs up."""
        self.secure = True
        try:
            secured = await self.loop.start_tls(self.transport, self, context, server_side=True)
        except (OSError, ssl.SSLError):
            self.sink.open_now.discard(self)
            return
        if secured is not None:
            self.transport = secured
            self.stuck = False
            self.work()

    def on_auth(self, line: str) -> None:
        """Anybody may."""
        self.reply("235 2.7.0 welcome" if "PLAIN " in line.upper() else "504 5.5.4 AUTH PLAIN with the words at once")

    def on_mail(self, line: str) -> None:
        """Begin a mail."""
        self.recipients, self.in_mail = [], True
        self.reply("250 2.1.0 ok")

    def on_rcpt(self, line: str) -> None:
        """Take a recipient."""
        if not self.in_mail:
            self.reply("503 5.5.1 MAIL first")
            return
        found = ADDRESS.search(line)
        self.recipients.append(found[1] if found else line)
        self.reply("250 2.1.5 ok")

    def on_data(self, line: str) -> None:
        """Ask for the mail, if anybody is to get it."""
        if not self.recipients:
            self.reply("554 5.5.1 no valid recipients")
            return
        self.in_data, self.looked = True, 0
        self.reply("354 go on")

    def on_rset(self, line: str) -> None:
        """Forget the mail."""
        self.recipients, self.in_mail = [], False
        self.reply("250 2.0.0 ok")

    def on_quit(self, line: str) -> None:
        """Farewell."""
        self.reply("221 2.0.0 bye")
        self.stuck = True
        self.loop.call_later(self.sink.round_trip, self.transport.close)

    def on_other(self, line: str) -> None:
        """NOOP and what we do not know."""
        self.reply("250 2.0.0 ok" if line[:4].upper() == "NOOP" else "500 5.5.2 what?")

    def take_body(self) -> bool:
        """Take the mail up to the final dot; False when it is not there yet."""
        end = -1 if not self.buffer.startswith(b".\r\n") else 0
        if end < 0 and (found := self.buffer.find(b"\r\n.\r\n", max(0, self.looked - 4))) >= 0:
            end = found + 2
        if end < 0:
            self.looked = len(self.buffer)
            return False
        mail = bytes(self.buffer[:end])
        del self.buffer[: end + 3]
        self.in_data = False
        self.busy_until = max(self.busy_until, self.loop.time()) + self.sink.accept_seconds
        if not self.goes_wrong("body", " ".join(self.recipients), mail):
            self.accept(mail)
            self.reply("250 2.0.0 accepted")
        self.recipients, self.in_mail = [], False
        return True

    def accept(self, mail: bytes) -> None:
        """From here on the mail is ours: it is in the log."""
        head, _, body = mail.partition(b"\r\n\r\n")
        identity, subject = MESSAGE_ID.search(head), SUBJECT.search(head)
        for recipient in self.recipients:
            self.sink.log.write(
                to=recipient.lower(),
                mid=identity[1].decode("latin-1") if identity else "",
                subject=subject[1].decode("latin-1") if subject else "",
                size=len(mail),
                sha=hashlib.sha256(body).hexdigest()[:16],
                tls=self.secure,
            )
        if self.sink.keep:
            (self.sink.keep / f"{self.sink.log.lines:06}.eml").write_bytes(mail)

    def goes_wrong(self, phase: str, subject: str, mail: bytes = b"") -> bool:
        """Do what a fault at this phase asks for; False when there is none."""
        rule = self.sink.mischief.at(phase, subject)
        if rule is None:
            return False
        if rule.mode == "slow":
            self.busy_until = max(self.busy_until, self.loop.time()) + rule.delay
            return False
        if rule.mode.startswith(("accept-", "reply-")):
            self.accept(mail)
        if rule.mode[:1].isdigit():
            code, _, text = rule.mode.partition(" ")
            self.reply(f"{code} {rule.text or text or USUAL.get(code, 'no')}")
            if code == "421":
                self.stuck = True
                self.loop.call_later(self.sink.round_trip, self.transport.close)
            return True
        self.part(rule)
        return True

    def part(self, rule: Rule) -> None:
        """Fall silent, hang up, or wait, as the rule says."""
        self.stuck = True
        match rule.mode:
            case "drop" | "accept-drop":
                self.transport.close()
            case "reset" | "accept-reset":
                self.reset()
            case "reply-reset":
                self.transport.write(b"250 2.0.0 accepted\r\n")
                self.reset()
            case "accept-hold":
                self.held = "250 2.0.0 accepted"
            case "garble":
                self.transport.write(b"220 go on\r\nthis is no TLS\r\n" * 3)

    def release(self) -> None:
        """Send the reply that was held and go on."""
        reply, self.held, self.stuck = self.held, "", False
        self.reply(reply)
        self.work()

    def reset(self) -> None:
        """End with a TCP reset."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def reply(self, text: str) -> None:
        """Answer, not before the work on it is done, and a round trip later."""
        line = text.encode("latin-1") + b"\r\n"
        when = max(self.busy_until, self.loop.time()) + self.sink.round_trip
        if not self.outgoing and when <= self.loop.time():
            self.transport.write(line)
            return
        self.outgoing.append((when, line))
        if len(self.outgoing) == 1:
            self.loop.call_at(when, self.let_out)

    def let_out(self) -> None:
        """Send what is due."""
        while self.outgoing and self.outgoing[0][0] <= self.loop.time() + 0.0005:
            self.transport.write(self.outgoing.popleft()[1])
        if self.outgoing:
            self.loop.call_at(self.outgoing[0][0], self.let_out)
