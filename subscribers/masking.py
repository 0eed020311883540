"""Addresses as those see them who need not know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.logs import ADDRESS

if TYPE_CHECKING:
    from django.http import HttpRequest

RIGHT = "subscribers.see_addresses"


def masked(email: str) -> str:
    """`k***@example.org`: enough for its owner to know it, not for a stranger to use it."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


def masked_in(words: str) -> str:
    """Words, such as a mail server's, with the addresses in them masked."""
    return ADDRESS.sub(lambda found: masked(found.group()), words)


def sees_addresses(request: HttpRequest) -> bool:
    """Whether whoever asks may see addresses, and search by them."""
    return request.user.has_perm(RIGHT)


def for_eyes_of(request: HttpRequest, words: str) -> str:
    """The words as whoever asks may read them."""
    return words if sees_addresses(request) else masked_in(words)
