"""A bare Mailgun that keeps a log: `python -m tests.faults.receiver --port P --control C --log FILE`.

It takes `POST /v3/DOMAIN/messages` with up to 1,000 recipients and `recipient-variables`, and writes a line for each
recipient. A fault is set at the phase `call` (it looks at the recipients) with a mode:

    400, 401, 402, 429, 500, …    refused; nothing is accepted. `delay` is the Retry-After of a 429
    accept-500, accept-502        accepted and logged, but the caller sees an error
    hang, reset                   no answer; nothing is accepted
    accept-hang, accept-reset     accepted and logged, no answer
    garbage, no-id                accepted; status 200 with an HTML page, or without an id
    slow                          accepted and answered after `delay` seconds
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import signal
import socket
import struct
from email.parser import BytesParser
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from tests.faults.mischief import Log, Mischief, serve_commands, shared_commands

MOST_RECIPIENTS = 1000
LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
CONTENT_TYPE = re.compile(rb"^content-type: *([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
VARIABLE = re.compile(r"%recipient\.([\w:-]+)%")
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
           404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable"}  # fmt: skip
Fields = dict[str, list[str]]


def fields_of(content_type: str, body: bytes) -> Fields:
    """The form that was posted, urlencoded or in parts."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100_000)
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: Fields = {}
    for part in message.get_payload():
        name = str(part.get_param("name", "", "content-disposition"))  # type: ignore[union-attr]
        fields.setdefault(name, []).append(part.get_payload(decode=True).decode("utf-8"))  # type: ignore[union-attr]
    return fields


def bare(address: str) -> str:
    """The address without a display name."""
    return (address.rpartition("<")[2] if "<" in address else address).strip(" >").lower()


def filled(template: str, own: dict[str, str]) -> str:
    """The text with the recipient's own words in it."""
    return VARIABLE.sub(lambda found: str(own.get(found[1], found[0])), template)


class Receiver:
    """What all connections share."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.mischief = Mischief()
        self.calls = 0

    def accept(self, recipients: list[str], fields: Fields) -> str:
        """Log every recipient as they would get the mail; the id of the call."""
        self.calls += 1
        theirs = json.loads((fields.get("recipient-variables") or ["{}"])[0])
        known = {bare(address): values for address, values in theirs.items()}
        words = "".join((fields.get("text") or []) + (fields.get("html") or []))
        shared = hashlib.sha256(words.encode()).hexdigest()[:16]
        template = next((values[0] for name, values in fields.items() if name.lower() == "h:message-id"), "")
        variables = {name[2:]: values[0] for name, values in fields.items() if name.startswith("v:")}
        for recipient in recipients:
            own = known.get(recipient, {})
            told = {name: filled(value, own) for name, value in variables.items()}
            self.log.write(to=recipient, mid=filled(template, own), sha=shared, call=self.calls, variables=told)
        return f"<{self.calls}@mailgun.example>"


class Connection(asyncio.Protocol):
    """One kept-alive HTTP connection."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.buffer = bytearray()
        self.wanted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self.buffer += data
        while len(self.buffer) >= self.wanted:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end])
            found = LENGTH.search(head)
            self.wanted = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < self.wanted:
                return
            body = bytes(self.buffer[end + 4 : self.wanted])
            del self.buffer[: self.wanted]
            self.wanted = 0
            self.take(head, body)

    def take(self, head: bytes, body: bytes) -> None:
        """Accept a call, or do what a fault asks for."""
        line = head.partition(b"\r\n")[0].decode("latin-1")
        if not re.match(r"POST /v3/[^/]+/messages HTTP", line):
            self.answer(404, {"message": "not found"})
            return
        kind = CONTENT_TYPE.search(head)
        fields = fields_of(kind[1].decode("latin-1") if kind else "", body)
        recipients = [bare(part) for value in fields.get("to", []) for part in value.split(",")]
        if len(recipients) > MOST_RECIPIENTS:
            self.answer(400, {"message": "to: at most 1000 recipients"})
            return
        rule = self.receiver.mischief.at("call", " ".join(recipients))
        mode = rule.mode if rule else ""
        if mode[:1].isdigit():
            extra = f"Retry-After: {rule.delay:.0f}\r\n" if mode == "429" and rule else ""
            self.answer(int(mode), {"message": (rule.text if rule else "") or "refused"}, extra)
            return
        identity = "" if mode in ("hang", "reset") else self.receiver.accept(recipients, fields)
        if mode.endswith("hang"):
            return
        if mode.endswith("reset"):
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
            return
        status = int(mode.removeprefix("accept-")) if mode.startswith("accept-") else 200
        answer = {"id": identity, "message": "Queued. Thank you."}
        if mode == "no-id":
            del answer["id"]
        send = partial(self.answer, status, "<html>maintenance</html>" if mode == "garbage" else answer)
        if mode == "slow" and rule:
            asyncio.get_running_loop().call_later(rule.delay, send)
        else:
            send()

    def answer(self, status: int, content: object, extra: str = "") -> None:
        """Send a response."""
        body = content if isinstance(content, str) else json.dumps(content)
        kind = "text/html" if isinstance(content, str) else "application/json"
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}\r\nContent-Type: {kind}\r\n{extra}"
        self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    log = Log(options.log)
    receiver = Receiver(log)
    loop = asyncio.get_running_loop()
    await loop.create_server(partial(Connection, receiver), "127.0.0.1", options.port, backlog=512)
    commands = shared_commands(receiver.mischief, log) | {"calls": lambda: receiver.calls}
    await serve_commands(commands, options.control)
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    log.flush()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
