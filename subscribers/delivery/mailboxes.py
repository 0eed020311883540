"""The mailbox that bounces return to, read by ourselves: IMAP over TLS, or a Maildir on this machine.

What was read is marked as seen and left where it is, for people to look at; a mail that is read again after a crash is the
same report again.
"""

from __future__ import annotations

import imaplib
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from subscribers.delivery.bounces import MOST_BYTES, report_in
from subscribers.delivery.events import record

SECONDS = 30
IMAPS_PORT = 993


def read_mailbox(address: str) -> Counter[str]:
    """Record what the unread mails in the mailbox report; returns counts. Raises what `unseen` raises."""
    counts: Counter[str] = Counter()
    for raw in unseen(address):
        report = report_in(raw)
        counts.update(record([report]) if report else {"no bounce": 1})
    return counts


def unseen(address: str) -> Iterator[bytes]:
    """The mails in the mailbox at `address` (imaps://user:password@host/Folder or maildir:///path) that nobody has read.
    Each is marked as seen when the next is asked for, that is, after the caller is done with it.

    Raises ValueError for an address that is neither, OSError or imaplib.IMAP4.error when the mailbox cannot be read.
    """
    parts = parts_of(address)
    return _imap(parts) if parts.scheme == "imaps" else _maildir(unquote(parts.path))


def parts_of(address: str) -> SplitResult:
    """The parts of a mailbox's address. Raises ValueError for one that is neither imaps:// nor maildir://."""
    parts = urlsplit(address)
    if (parts.scheme == "imaps" and parts.hostname) or (parts.scheme == "maildir" and parts.path):
        return parts
    raise ValueError("BOUNCE_MAILBOX must be imaps://user:password@host/Folder or maildir:///path.")


def _imap(parts: SplitResult) -> Iterator[bytes]:
    folder = unquote(parts.path.strip("/")) or "INBOX"
    host, port = str(parts.hostname), parts.port or IMAPS_PORT
    with imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS) as server:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _told = server.select(f'"{folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"There is no folder {folder}.")
        _status, [found] = server.uid("SEARCH", "UNSEEN")
        for uid in (found or b"").decode("ascii").split():
            _status, answer = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            for piece in answer:
                if isinstance(piece, tuple):
                    yield piece[1]
            server.uid("STORE", uid, "+FLAGS", r"(\Seen)")


def _maildir(path: str) -> Iterator[bytes]:
    """By the files' names alone (cr.yp.to/proto/maildir.html): a mail that no parser bears must not hide the others."""
    new, cur = Path(path) / "new", Path(path) / "cur"
    for file in [*sorted(new.iterdir()), *sorted(cur.iterdir())]:
        name, _colon, flags = file.name.partition(":2,")
        if "S" in flags or name.startswith("."):
            continue
        with suppress(FileNotFoundError):  # whoever moved it meanwhile is reading it; it is looked at again next time
            with file.open("rb") as opened:
                raw = opened.read(MOST_BYTES)
            yield raw
            file.rename(cur / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")
