"""What a delivery, or a letter, is called where others can read it: in its Message-ID, its metadata, its return path.

A name is the row's number, sealed with `LINK_KEYS`. Nobody else can count by it or tell whose mail it is, nobody can make
up another one, and a report that comes back with it leads straight to the row without a column to search. It is the same
however often the mail is tried, as long as the first of the keys is.
"""

from __future__ import annotations

import re
from base64 import b32decode
from email.utils import parseaddr
from functools import cache, lru_cache
from hashlib import blake2s

from django.conf import settings

from newsletter.checks import sender_domain

PATTERN = "[a-z2-7]{26}"
PAIRS = [
    first + second for first in "abcdefghijklmnopqrstuvwxyz234567" for second in "abcdefghijklmnopqrstuvwxyz234567"
]
_IN_MESSAGE_ID = re.compile(rf"<?\b(?:d\d+|[a-z])\.({PATTERN})@", re.IGNORECASE)
DELIVERY, LETTER = b"delivery", b"letter"
"""Each is sealed with a key of its own, so that the name of the one is never taken for one of the other."""


def name_of(delivery_id: int) -> str:
    """The delivery's name: 26 letters and digits, in which case does not matter."""
    return _name(delivery_id, DELIVERY)


def letter_name(letter_id: int) -> str:
    """The same for a letter about a subscription (`LetterSent`)."""
    return _name(letter_id, LETTER)


def _name(number: int, what: bytes) -> str:
    return _name_by(settings.LINK_KEYS[0], number, what)


@lru_cache(maxsize=64)  # a mail bears its name twice or three times: Message-ID, metadata, return path
def _name_by(link_key: str, number: int, what: bytes) -> str:
    plain = number.to_bytes(8)
    key = _key(link_key, what)
    seal = _seal(key, plain)
    return _letters(int.from_bytes(seal + _veil(key, seal, plain)) << 2)


def delivery_named(name: str) -> int | None:
    """The number of the row with this name; None for anything that was not named here."""
    return _number(name, DELIVERY)


def letter_named(name: str) -> int | None:
    """The number of the letter with this name; None for anything else."""
    return _number(name, LETTER)


def _number(name: str, what: bytes) -> int | None:
    if not re.fullmatch(PATTERN, name, re.IGNORECASE):
        return None
    sealed = b32decode(name.upper() + "======")
    for link_key in settings.LINK_KEYS:
        key = _key(link_key, what)
        plain = _veil(key, sealed[:8], sealed[8:])
        # Only who could also make links learns anything from the time this takes.
        if _seal(key, plain) == sealed[:8]:
            return int.from_bytes(plain)
    return None


def message_id(digest_id: int, delivery_id: int) -> str:
    """The delivery's Message-ID."""
    return f"<d{digest_id}.{name_of(delivery_id)}@{sender_domain()}>"


def named_in_message_id(text: str) -> str:
    """The name in a Message-ID of ours, or in a text around one; empty without."""
    found = _IN_MESSAGE_ID.search(text)
    return found[1].lower() if found else ""


def return_path(delivery_id: int) -> str:
    """Where the network sends this mail back to: an address of its own (VERP) when `RETURN_PATH` is set, so that any
    bounce tells which mail it is about; otherwise the address in `FROM_EMAIL`."""
    if not settings.RETURN_PATH:
        return _address_in(settings.FROM_EMAIL)
    return return_path_named(name_of(delivery_id))


def return_path_named(name: str) -> str:
    """The return path of its own that a mail of this name has, where `RETURN_PATH` is set."""
    mailbox, _at, domain = settings.RETURN_PATH.rpartition("@")
    return f"{mailbox}+{name}@{domain}"


def named_in_return_path(text: str) -> str:
    """The name in a return path of ours, somewhere in `text`; empty without."""
    if not settings.RETURN_PATH:
        return ""
    mailbox, _at, domain = settings.RETURN_PATH.rpartition("@")
    found = re.search(rf"{re.escape(mailbox)}\+({PATTERN})@{re.escape(domain)}\b", text, re.IGNORECASE)
    return found[1].lower() if found else ""


def _seal(key: bytes, plain: bytes) -> bytes:
    return blake2s(plain, key=key, digest_size=8, person=b"seal").digest()


def _veil(key: bytes, seal: bytes, text: bytes) -> bytes:
    """Hide eight bytes, or show them again: the seal makes the pad, so the same row always gets the same name."""
    pad = blake2s(seal, key=key, digest_size=8, person=b"veil").digest()
    return (int.from_bytes(pad) ^ int.from_bytes(text)).to_bytes(8)


def _letters(number: int) -> str:
    """130 bits in base 32 (RFC 4648), small letters: what `b32encode` makes, in a fifth of its time."""
    return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


@cache
def _address_in(sender: str) -> str:
    return parseaddr(sender)[1]


@cache
def _key(link_key: str, what: bytes) -> bytes:
    return blake2s(link_key.encode(), person=what).digest()
