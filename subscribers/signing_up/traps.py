"""What tells programs that fill in forms from people, without asking people anything: a field nobody sees, and a stamp in
the form that says when it was shown. The stamp is signed and kept nowhere, so it works without cookies and on any machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import get_language

LONGEST_OPEN = dt.timedelta(days=1)
TRAP, STAMP = "fax", "shown"
"""The names of the two fields. No browser fills in a fax number by itself."""


class Sender(Enum):
    """Who sent a form, by all appearances."""

    PERSON = "person"
    LATE_PERSON = "late"  # the page was open for more than a day: shown again, with all that was filled in
    PROGRAM = "program"


class Stamp(NamedTuple):
    """When a form was shown, and in which language its sentence of consent was."""

    at: dt.datetime
    language: str


def stamp() -> str:
    """What a form that is shown now, in the active language, carries."""
    at = signing.b62_encode(int(timezone.now().timestamp() * 1000))
    return _signer().sign(f"{at}.{get_language() or settings.LANGUAGE_CODE}")


def read(text: str) -> Stamp | None:
    """The stamp; None when it was not made here."""
    try:
        at, _dot, language = _signer().unsign(text).partition(".")
        return Stamp(dt.datetime.fromtimestamp(signing.b62_decode(at) / 1000, dt.UTC), language)
    except (signing.BadSignature, ValueError):
        return None


def sender_of(posted: Mapping[str, str], now: dt.datetime) -> Sender:
    """Who sent this form at `now`."""
    found = read(posted.get(STAMP, ""))
    if posted.get(TRAP) or found is None or is_too_quick(found, now):
        return Sender.PROGRAM
    return Sender.LATE_PERSON if now - found.at > LONGEST_OPEN else Sender.PERSON


def is_too_quick(found: Stamp, now: dt.datetime) -> bool:
    """Whether nobody reads and presses as fast as that."""
    return now - found.at < dt.timedelta(seconds=settings.SIGN_UP_SECONDS)


def _signer() -> signing.Signer:
    return signing.Signer(salt="subscribers.signing_up.traps", sep="~")
