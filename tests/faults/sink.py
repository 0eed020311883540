"""An SMTP server that keeps a log instead of the mails: `python -m tests.faults.sink --port P --control C --log FILE`.

It offers PIPELINING, 8BITMIME, AUTH and, with a certificate, STARTTLS. A fault is set at a phase (`connect`, `ehlo`,
`starttls`, `auth`, `mail`, `rcpt`, `data`, `body`; `body` is the moment after the final dot) with a mode:

    421, "550 5.7.515", …   that reply; 421 also hangs up
    hang, drop, reset       silence; a clean end; a TCP reset; nothing was accepted
    slow                    the right reply, `delay` seconds late
    accept-hang, accept-drop, accept-reset   the mail is accepted and logged, then no reply
    accept-hold             the same, and the reply follows when `release` is commanded
    reply-reset             the right reply, then a TCP reset
    garble                  for `starttls`: yes, and then no TLS
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
from functools import partial
from pathlib import Path

from tests.faults.mischief import Log, Mischief, serve_commands, shared_commands
from tests.faults.session import Session


class Sink:
    """What all sessions share."""

    def __init__(self, log: Log, context: ssl.SSLContext | None, keep: Path | None) -> None:
        self.log, self.context, self.keep = log, context, keep
        self.mischief = Mischief()
        self.round_trip = 0.0
        self.accept_seconds = 0.0
        self.open_now: set[Session] = set()
        self.most_open = 0
        self.server: asyncio.Server | None = None
        self.port = 0

    async def listen(self, on: bool) -> None:
        """Open or close the port; closing ends all sessions too."""
        if on and self.server is None:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(partial(Session, self), "127.0.0.1", self.port, backlog=512)
        elif not on and self.server is not None:
            self.server.close()
            self.server = None
            for session in list(self.open_now):
                session.reset()

    def pace(self, round_trip: float = 0.0, accept_seconds: float = 0.0) -> None:
        """Answer `round_trip` seconds late, and take `accept_seconds` over each mail of a connection."""
        self.round_trip, self.accept_seconds = round_trip, accept_seconds

    def release(self) -> int:
        """Send the replies that were held; how many."""
        held = [session for session in self.open_now if session.held]
        for session in held:
            session.release()
        return len(held)

    def holding(self) -> int:
        """How many replies are held."""
        return sum(bool(session.held) for session in self.open_now)


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    context = None
    if options.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.cert, options.key)
    log = Log(options.log)
    sink = Sink(log, context, options.keep)
    sink.port = options.port
    await sink.listen(True)
    commands = shared_commands(sink.mischief, log) | {
        "listen": sink.listen,
        "pace": sink.pace,
        "release": sink.release,
        "holding": sink.holding,
        "most_open": lambda: sink.most_open,
    }
    await serve_commands(commands, options.control)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    log.flush()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="folder for whole mails")
    parser.add_argument("--cert", type=Path)
    parser.add_argument("--key", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
