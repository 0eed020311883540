"""The audit log: who did what, when, to what. Lines are added and never changed.

    audit.note(audit.Act.APPROVE, digest, by=editor, hash=digest.content_hash)

To be called inside the transaction that makes the change, so that there is neither a change without its line nor a line
without its change.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.http import HttpRequest

from newsletter.logs import ADDRESS
from newsletter.models import AuditLine
from newsletter.visitors import NOBODY, SHOWN, client_address, network

Act = AuditLine.Act
LONGEST_FACT, MOST_OF_A_LIST = 2000, 100
CUT = "…"

request_now: ContextVar[HttpRequest | None] = ContextVar("request_now", default=None)
"""The request that is being answered; None in commands and in the background."""


class Room(NamedTuple):
    """How much of a fact is kept: characters of a text, entries of a list. What is cut ends in CUT."""

    longest: int = LONGEST_FACT
    most: int = MOST_OF_A_LIST


def note(
    act: str, about: object = "", *, by: AbstractBaseUser | AnonymousUser | str | None = None, **facts: Any
) -> AuditLine:
    """Add a line. `act` is one of `Act`; `about` a row, or words; `by` a user, or the name of what acted instead of one
    ("command line", "APPROVAL_POLICY"), and the signed-in user unless told. `facts` are short values such as `before`,
    `after`, `hash`, `count`. E-mail addresses are taken out of all of it."""
    return keep(act, about, by, facts)


def keep(
    act: str,
    about: object,
    by: AbstractBaseUser | AnonymousUser | str | None,
    facts: Mapping[str, Any],
    room: Room | None = None,
) -> AuditLine:
    """Add a line as `note` does, with as much of the facts as there is room for."""
    request = request_now.get()
    row = about if isinstance(about, models.Model) else None
    return AuditLine.objects.create(
        act=act,
        who=_name(by if by is not None else getattr(request, "user", None))[:150],
        about=_plain(str(about))[:200],
        about_type=row._meta.label_lower if row else "",
        about_id=str(row.pk)[:40] if row else "",
        facts={name: _short(value, room or Room()) for name, value in facts.items()},
        network=network_of(request) if request else "",
    )


def network_of(request: HttpRequest) -> str:
    """The visitor's network: the first 24 bits of an IPv4 address, 48 of an IPv6 one; empty when nobody knows it."""
    address = client_address(request)
    return "" if address == NOBODY else network(address, SHOWN)


def _name(by: AbstractBaseUser | AnonymousUser | str | None) -> str:
    if by is None:
        return "command line" if request_now.get() is None else ""
    return by if isinstance(by, str) else by.get_username()


def _short(value: Any, room: Room) -> Any:
    """A value as JSON can hold it, cut where there is no more room."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        entries = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        kept = [_short(each, room) for each in entries[: room.most]]
        return kept + [CUT] if len(entries) > room.most else kept
    text = _plain(str(value))
    return text if len(text) <= room.longest else text[: room.longest - len(CUT)] + CUT


def _plain(words: str) -> str:
    return ADDRESS.sub("<address>", words)
