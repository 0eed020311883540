"""Mails that come back, read: bounces (RFC 3464 and what servers send instead), and complaints by mail (RFC 5965). Pure.

Finding out what a bounce says is left to flufl.bounce, which has Mailman's experience in it. Which of our mails it is about
is told by what only its receiver can know: the sealed name in the return path, or in the Message-ID of the mail that comes
back. A sender's address proves nothing and is not looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from flufl.bounce import all_failures

from subscribers.delivery import names
from subscribers.delivery.codes import code_in, means_gone
from subscribers.delivery.reports import Report, clean, key_of
from subscribers.models import DeliveryEvent

logger = logging.getLogger(__name__)
Kind = DeliveryEvent.Kind
MOST_BYTES = 1_000_000  # whatever is worth reading comes before that
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
PROVIDER = "mail"


class Returned(NamedTuple):
    """What a mail in the bounce mailbox says: which mail of ours it is about (`name`, empty when it is about none), what
    became of that (None: nothing, the mail is an answer or a letter), and which addresses failed, for good or for now."""

    name: str
    kind: Kind | None
    failed: frozenset[str]
    delayed: frozenset[str]
    words: str


def read(raw: bytes) -> Returned:
    """Read a mail. Hostile ones say nothing: the worst they get is to be ignored."""
    try:
        return _read(message_from_bytes(raw[:MOST_BYTES]))
    except RecursionError:  # nested a thousand deep, which nobody's mail server does: it must not hold up the others
        logger.warning("A returned mail could not be read (it is nested too deep)")
        return Returned("", None, frozenset(), frozenset(), "")


def _read(message: Message) -> Returned:
    name = _name_in(message)
    if _is_complaint(message):
        return Returned(name, Kind.COMPLAINED, frozenset(), frozenset(), "feedback report")
    delayed, failed = _failures(message)
    words = " ".join(_words_of_servers(message))
    return Returned(name, _kind(failed, delayed, words), failed, delayed, words)


def report_in(raw: bytes) -> Report | None:
    """The report in a mail; None when it reports nothing. The same bounce read again is the same report, and a delivery
    bounces once however many mails say so."""
    found = read(raw)
    if found.kind is None:
        return None
    key = key_of(PROVIDER, found.kind, found.name)
    return Report(key, PROVIDER, found.kind, found.name, "", "", None, clean(found.words)[:300])


def _kind(failed: frozenset[str], delayed: frozenset[str], words: str) -> Kind | None:
    """For good only if a code says so: the words of servers without codes are too many to be sure of."""
    if failed:
        return Kind.BOUNCED if means_gone(code_in(words)) else Kind.SOFT_BOUNCE
    return Kind.ACCEPTED if delayed else None


def _failures(message: Message) -> tuple[frozenset[str], frozenset[str]]:
    """The addresses that failed for now and for good."""
    try:
        found = all_failures(message)
    except Exception as error:  # noqa: BLE001 - the library meets mails from anywhere; one it stumbles over is no bounce
        logger.warning("A returned mail could not be read (%s)", type(error).__name__)
        return frozenset(), frozenset()
    for_now, for_good = (frozenset(filter(_is_address, (each.decode() for each in addresses))) for addresses in found)
    return for_now, for_good


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _name_in(message: Message) -> str:
    """The sealed name of the mail this one is about: the address it was returned to, or else the mail inside it."""
    for header in RECIPIENT_HEADERS:
        for value in message.get_all(header, []):
            if name := names.named_in_return_path(str(value)):
                return name
    for line in _returned_message_ids(message):
        if name := names.named_in_message_id(line):
            return name
    return ""


def _returned_message_ids(message: Message) -> Iterator[str]:
    """Message-IDs of mails inside this one: whole, their headers only, or quoted in a text. Never the mail's own, and not
    what it answers to: anyone who writes to us has those."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part is not message and part.is_multipart():
            inner = part.get_payload(0)
            yield str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
        elif kind in ("text/rfc822-headers", "text/plain"):
            lines = (line.lower().lstrip("> \t") for line in _text(part).splitlines())
            yield from (line for line in lines if line.startswith("message-id:"))


def _words_of_servers(message: Message) -> Iterator[str]:
    """Where a bounce says why: the fields of RFC 3464, the receiver's own words first, else the text."""
    status = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    for part in status:
        for block in part.get_payload() if part.is_multipart() else []:
            if isinstance(block, Message):
                yield from (str(block[field]) for field in ("Diagnostic-Code", "Status") if block[field])
    if not status:
        yield from (_text(part) for part in message.walk() if part.get_content_type() == "text/plain")


def _is_complaint(message: Message) -> bool:
    """Whether this is a feedback report that a reader marked our mail as spam."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = part.get_payload(0) if part.is_multipart() else part
            kind = str(fields.get("Feedback-Type", "")) if isinstance(fields, Message) else ""
            return kind.strip().lower() in ("abuse", "fraud")
    return False


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
