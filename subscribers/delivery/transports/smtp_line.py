"""One SMTP connection (RFC 5321): greeting, EHLO, STARTTLS, AUTH, and replies as they come."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from base64 import b64encode
from collections import deque
from typing import NamedTuple

from django.conf import settings
from django.core.mail.utils import DNS_NAME

LONGEST_REPLY = 65_536
CLOSING = 421


class Lost(ConnectionError):
    """The connection broke, fell silent or speaks no SMTP."""


class Reply(NamedTuple):
    """A reply: its code, and its lines as one text without the codes."""

    code: int
    text: bytes


class Line(asyncio.Protocol):
    """An open connection. Commands are written, replies awaited in the order of the commands, which may be many."""

    def __init__(self) -> None:
        self.offers: set[str] = set()  # the words of the reply to EHLO: extensions and ways to log in
        self._transport: asyncio.Transport | None = None
        self._replies: deque[Reply] = deque()
        self._rest, self._texts = b"", list[bytes]()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: str | None = None
        self.silent_since: float | None = None

    # ---- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Also called anew when TLS has begun."""
        self._transport = transport  # type: ignore[assignment]  # a stream transport, as create_connection makes

    def data_received(self, octets: bytes) -> None:
        """Take replies apart."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            self._texts.append(line[4:].rstrip())
            if line[3:4] == b"-":
                continue
            try:
                self._replies.append(Reply(int(line[:3]), b" ".join(self._texts)))
            except ValueError:
                self.abort("it speaks no SMTP")
            self._texts = []
        if len(self._rest) + sum(map(len, self._texts)) > LONGEST_REPLY:
            self.abort("its reply has no end")
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """Note why, for whoever waits."""
        self._lost = self._lost or (f"it broke ({type(error).__name__})" if error else "the server hung up")
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    # ---- we call these

    def write(self, octets: bytes) -> None:
        """Send. On a broken connection nothing happens, and the reply that never comes raises Lost."""
        if self._transport and not self._lost:
            self._transport.write(octets)

    def heard(self) -> Reply | None:
        """The next reply, if it is there: of a pipeline's replies all but the first mostly are."""
        return self._replies.popleft() if self._replies else None

    async def reply(self) -> Reply:
        """The next reply. Raises Lost when there will be none."""
        loop = asyncio.get_running_loop()
        if not self._replies:
            self.silent_since = loop.time()  # until the whole reply is there, however much of it drips in
        while not self._replies:
            if self._lost:
                raise Lost(self._lost)
            self._waiter = loop.create_future()
            await self._waiter
        self._waiter = self.silent_since = None
        return self._replies.popleft()

    async def command(self, words: str) -> Reply:
        """Send one command and wait for its reply."""
        self.write(f"{words}\r\n".encode("ascii"))
        return await self.reply()

    def abort(self, why: str) -> None:
        """Break the connection at once."""
        self._lost = self._lost or why
        if self._transport:
            self._transport.abort()
        self._wake()

    async def hello(self) -> None:
        """Introduce ourselves and learn what the server can do. Raises SMTPHeloError, Lost."""
        code, text = await self.command(f"EHLO {DNS_NAME.get_fqdn()}")
        if code != 250:
            raise smtplib.SMTPHeloError(code, text)
        self.offers = set(text.decode("ascii", "replace").upper().split())

    async def encrypt(self) -> None:
        """Go over to TLS, verified, or not at all. Raises SMTPNotSupportedError, SMTPResponseException, ssl.SSLError, Lost."""
        if "STARTTLS" not in self.offers:
            raise smtplib.SMTPNotSupportedError(
                "The mail server does not offer STARTTLS, which EMAIL_USE_TLS asks for."
            )
        code, text = await self.command("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, text)
        if self._replies or self._rest:
            raise Lost("somebody spoke before the encryption began")  # an injected reply, CVE-2021-38371 and its kin
        loop, context = asyncio.get_running_loop(), ssl.create_default_context()
        assert self._transport is not None, "a reply came over it"
        upgraded = await loop.start_tls(
            self._transport,
            self,
            context,
            server_hostname=settings.EMAIL_HOST,
            ssl_handshake_timeout=settings.EMAIL_TIMEOUT,
        )
        self._transport = upgraded
        await self.hello()

    async def log_in(self) -> None:
        """AUTH PLAIN or LOGIN (RFC 4954). Raises SMTPAuthenticationError, SMTPNotSupportedError, Lost."""
        user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
        if "PLAIN" in self.offers:
            answer = await self.command("AUTH PLAIN " + _base64(f"\x00{user}\x00{password}"))
        elif "LOGIN" in self.offers:
            answer = await self.command("AUTH LOGIN")
            for secret in (user, password):
                answer = await self.command(_base64(secret)) if answer.code == 334 else answer
        else:
            raise smtplib.SMTPNotSupportedError("The mail server offers neither AUTH PLAIN nor AUTH LOGIN.")
        if answer.code != 235:
            raise smtplib.SMTPAuthenticationError(answer.code, answer.text)


async def connect() -> Line:
    """A connection to the operator's mail server, ready for mail. Raises OSError (Lost and TimeoutError included) or
    one of smtplib's exceptions."""
    loop = asyncio.get_running_loop()
    _transport, line = await asyncio.wait_for(
        loop.create_connection(Line, settings.EMAIL_HOST, settings.EMAIL_PORT), settings.EMAIL_TIMEOUT
    )
    try:
        async with asyncio.timeout(2 * settings.EMAIL_TIMEOUT):
            code, text = await line.reply()
            if code != 220:
                raise smtplib.SMTPConnectError(code, text)
            await line.hello()
            if settings.EMAIL_USE_TLS:
                await line.encrypt()
            if settings.EMAIL_HOST_USER:
                await line.log_in()
    except BaseException:
        line.abort("not ready")
        raise
    return line


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
