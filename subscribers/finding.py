"""Find readers by what is typed: a whole address, the beginning of one, or a domain. Each way has its index."""

from __future__ import annotations

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from subscribers.models import Subscriber

DOMAIN = Lower(Substr("email", StrIndex("email", Value("@")) + 1))
"""As the index `readers_by_domain` has it."""


def found(readers: QuerySet[Subscriber], typed: str) -> QuerySet[Subscriber]:
    """`kim@example.org` is one reader, `kim` all whose address begins so, `@example.org` all of that domain."""
    words = typed.strip().lower()
    if words.startswith("@"):
        return readers.alias(domain=DOMAIN).filter(domain=words[1:])
    addresses = readers.alias(address=Lower("email"))
    return addresses.filter(address=words) if "@" in words else addresses.filter(address__startswith=words)
