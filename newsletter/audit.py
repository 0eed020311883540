"""The audit log: who did what, when, to what. Lines are added and never changed.

    audit.note(audit.Act.APPROVE, digest, by=editor, hash=digest.content_hash)

To be called inside the transaction that makes the change, so that there is neither a change without its line nor a line
without its change.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.http import HttpRequest

from newsletter.logs import ADDRESS
from newsletter.models import AuditLine
from newsletter.visitors import NOBODY, SHOWN, client_address, network

Act = AuditLine.Act
LONGEST_FACT = 2000

request_now: ContextVar[HttpRequest | None] = ContextVar("request_now", default=None)
"""The request that is being answered; None in commands and in the background."""


def note(
    act: str, about: object = "", *, by: AbstractBaseUser | AnonymousUser | str | None = None, **facts: Any
) -> AuditLine:
    """Add a line. `act` is one of `Act`; `about` a row, or words; `by` a user, or the name of what acted instead of one
    ("command line", "APPROVAL_POLICY"), and the signed-in user unless told. `facts` are short values such as `before`,
    `after`, `hash`, `count`. E-mail addresses are taken out of all of it."""
    request = request_now.get()
    row = about if isinstance(about, models.Model) else None
    return AuditLine.objects.create(
        act=act,
        who=_name(by if by is not None else getattr(request, "user", None))[:150],
        about=_plain(str(about))[:200],
        about_type=row._meta.label_lower if row else "",
        about_id=str(row.pk)[:40] if row else "",
        facts={name: _short(value) for name, value in facts.items()},
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


def _short(value: Any) -> Any:
    """A value as JSON can hold it, cut at LONGEST_FACT characters."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_short(each) for each in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)][
            :100
        ]
    return _plain(str(value))[:LONGEST_FACT]


def _plain(words: str) -> str:
    return ADDRESS.sub("<address>", words)
