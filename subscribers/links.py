"""Signed links in mails: who the reader is and the one thing the link is for.

A link carries the subscriber's random key and an HMAC over it, salted with the purpose, so that a link to leave opens
neither the preferences nor a confirmation. Links are signed with keys of their own (`LINK_KEYS`): mails are kept for
years, and the link to leave must outlive a change of SECRET_KEY.
"""

import datetime as dt
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse

SIGNATURE_LENGTH = 22
SEPARATOR = "."  # stays as it is in a URL and is no character of a subscriber's key


class Purpose(StrEnum):
    """What a link is for; the value is the name of its address in `subscribers.urls`."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    RENEW = "renew"
    RETURN = "return"
    OWN = "own"
    ADDRESS = "address"
    REFUSE = "refuse"


CONFIRM, PREFERENCES, UNSUBSCRIBE, RENEW, RETURN, OWN, ADDRESS, REFUSE = Purpose
LIFETIME = {
    CONFIRM: dt.timedelta(days=7),
    RETURN: dt.timedelta(hours=1),
    OWN: dt.timedelta(days=1),
    ADDRESS: dt.timedelta(days=7),
}
"""How long a link is good for; purposes not named here never expire."""


class BadLink(Exception):
    """The link was not made here, was made for something else, or is too old."""


class TooOld(BadLink):
    """The link was made here for this, for the subscriber with this `key`, and its time is over."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


def token(purpose: Purpose, key: str) -> str:
    """The signed part of a link: 35 characters, for a purpose with a lifetime 42."""
    return _signer(purpose).sign(key)


def read(purpose: Purpose, token: str, max_age: dt.timedelta | None = None) -> str:
    """The subscriber's key in `token`. `max_age` replaces the lifetime of the purpose, where it has one.

    Raises BadLink, and TooOld where nothing else is wrong with it.
    """
    signer = _signer(purpose)
    try:
        if isinstance(signer, signing.TimestampSigner):
            return signer.unsign(token, max_age=max_age or LIFETIME[purpose])
        return signer.unsign(token)
    except signing.SignatureExpired as error:
        raise TooOld(f"This link to {purpose} is too old.", signer.unsign(token)) from error
    except signing.BadSignature as error:
        raise BadLink(f"This is not a valid link to {purpose}.") from error


def stamp(purpose: Purpose) -> Callable[[str], str]:
    """What makes the same tokens as `token` for a purpose without lifetime, thirty times as fast: Django derives the key
    anew for every signature, here once for a whole run, and HMAC (RFC 2104) hashes both its pads anew."""
    first: str = settings.LINK_KEYS[0]
    secret = hashlib.sha256(f"{_salt(purpose)}signer{first}".encode()).digest().ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(octet ^ pad for octet in secret)) for pad in (0x36, 0x5C))

    def stamped(key: str) -> str:
        inside, outside = inner.copy(), outer.copy()
        inside.update(key.encode())
        outside.update(inside.digest())
        return f"{key}{SEPARATOR}{urlsafe_b64encode(outside.digest())[:SIGNATURE_LENGTH].decode()}"

    return stamped


def path(purpose: Purpose, key: str) -> str:
    """The link within this site."""
    return reverse(purpose.value, args=[token(purpose, key)])


def url(purpose: Purpose, key: str) -> str:
    """The whole link as it goes into a mail. Its host is a setting, never what a request claimed."""
    return settings.SITE_URL + path(purpose, key)


class ShortSigner(signing.Signer):
    """Signs with the first 132 bits of Django's HMAC: out of anyone's reach to guess, and short enough that the
    List-Unsubscribe header stays on one line where the site's name allows it."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """22 characters."""
        return super().signature(value, key)[:SIGNATURE_LENGTH]


class ShortTimestampSigner(ShortSigner, signing.TimestampSigner):
    """The same, with the time of signing inside."""


def _signer(purpose: Purpose) -> signing.Signer:
    kind = ShortTimestampSigner if purpose in LIFETIME else ShortSigner
    first, *older = settings.LINK_KEYS
    return kind(key=first, fallback_keys=[*older], sep=SEPARATOR, salt=_salt(purpose))


def _salt(purpose: Purpose) -> str:
    return f"subscribers.links.{purpose}"
