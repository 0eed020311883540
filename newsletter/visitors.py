"""Where a request comes from, as far as that can be believed.

Anybody can send an X-Forwarded-For header, so it is read only as far as our own proxies wrote it: each appends the address
that it was asked from, so with two proxies the visitor is the second from the right (`BEHIND_PROXY` says how many there are).
"""

from __future__ import annotations

import ipaddress
import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOBODY: Address = ipaddress.IPv4Address("0.0.0.0")
"""Stands for a visitor of whom the server says nothing, as behind a Unix socket without a proxy that is named."""

LIMITED = {4: 24, 6: 64}  # what one household or office holds: limits count these together
SHOWN = {4: 24, 6: 48}  # what is kept as evidence of consent: no line of its own


def client_address(request: HttpRequest) -> Address:
    """The visitor's address. Never an error: what cannot be read counts as the address of our own proxy, or as NOBODY."""
    nearest = _read(request.META.get("REMOTE_ADDR", "")) or NOBODY
    told = [word.strip() for word in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if word.strip()]
    if not settings.PROXIES:
        if told and not nearest.is_global:
            logger.warning("X-Forwarded-For is not believed, so all visitors look like one: see BEHIND_PROXY.")
        return nearest
    return (_read(told[-settings.PROXIES]) if len(told) >= settings.PROXIES else None) or nearest


def network(address: Address, lengths: dict[int, int] = LIMITED) -> str:
    """The network of an address, by `LIMITED` or `SHOWN`, such as 192.0.2.0/24."""
    return str(ipaddress.ip_network((address, lengths[address.version]), strict=False))


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site's page sent this form, as the browser tells (Origin, else Referer). A program can send whatever
    it likes; this is about people's browsers, which cannot. The scheme does not count: a proxy may keep it from us."""
    sent = request.headers.get("Origin") or request.headers.get("Referer")
    ours = {request.get_host(), *(urlsplit(origin).netloc for origin in settings.CSRF_TRUSTED_ORIGINS)}
    return bool(sent) and urlsplit(sent).netloc not in ours


def _read(text: str) -> Address | None:
    """An address with or without port; an IPv4 address inside IPv6 is that IPv4 address."""
    bare = text.rpartition(":")[0] if text.count(":") == 1 else text.partition("]")[0].lstrip("[")
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
