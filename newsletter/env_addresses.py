"""Settings that are addresses: of a page, a service, a database, a broker, a person, a list. What cannot be one stops the
start with a sentence; what was given is told only where it holds no password."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from newsletter.env import text

BROKERS = ("redis", "rediss", "redis+socket")
LIST_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")  # RFC 2919, section 2, without its rarer signs
WEB = ("https", "http")


def web_address(name: str, default: str = "") -> str:
    """The address of a web page or a service; empty when there is none. Raises ImproperlyConfigured for anything that is not
    https:// or http:// and a host."""
    given = text(name, default).strip()
    if given and not _parts(given, WEB):
        raise ImproperlyConfigured(
            f"{name} must be the whole address, beginning with https:// or http://, not {given!r}."
        )
    return given


def base_address(name: str, default: str) -> str:
    """A web address that paths are put behind, without a slash at its end. Raises ImproperlyConfigured as `web_address`."""
    return web_address(name, default).rstrip("/")


def site_address(name: str, default: str) -> str:
    """Where the site itself is: scheme, host and port. Raises ImproperlyConfigured for anything else, a path included, for
    pages are found at the root only."""
    given = base_address(name, default)
    parts = urlsplit(given)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"{name} must end after the host, such as https://papers.example.com, not {given!r}."
        )
    return given


def database(name: str, default: str) -> dict[str, Any]:
    """A database address (`postgres://…`, `sqlite:///…`) as Django's settings spell it. Raises ImproperlyConfigured for
    any other database: the product is tested with these two."""
    given = text(name, default)
    try:
        if given.partition("://")[0] not in ("postgres", "postgresql", "sqlite"):
            raise ValueError("another database, or none")
        return dict(environ.Env.db_url_config(given))
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be postgres://user:password@host:5432/name, or sqlite:////path. "
            "In a password write %40 for @, %2F for /, %23 for # and %25 for %."
        ) from None  # what was given holds a password


def broker(name: str) -> str:
    """The address of a Redis; empty when unset. Raises ImproperlyConfigured for anything else."""
    given = text(name).strip()
    is_path = given.startswith("redis+socket:///")
    if given and not is_path and not _parts(given, BROKERS):
        raise ImproperlyConfigured(
            f"{name} must be redis://:password@host:6379/0, or rediss:// for TLS. "
            "In a password write %40 for @, %2F for /, %23 for # and %25 for %."
        )
    return given


def mailbox(name: str, default: str = "") -> str:
    """Who writes or is written to, `name@host` or `Name <name@host>`; empty when unset. Raises ImproperlyConfigured for
    anything else."""
    given = text(name, default).strip()
    user, at, host = parseaddr(given)[1].rpartition("@")
    if given and not (user and at and host and not re.search(r"[\s<>]", user + host)):
        raise ImproperlyConfigured(
            f"{name} must be an address such as 'Daily Papers <digest@papers.example.com>', not {given!r}. "
            'A name with a comma in it stands between "…".'
        )
    return given


def list_name(name: str, default: str) -> str:
    """The name of a mailing list, without brackets (RFC 2919). Raises ImproperlyConfigured for anything else."""
    given = text(name, default).strip()
    if not LIST_NAME.fullmatch(given):
        raise ImproperlyConfigured(f"{name} must be a name such as daily.papers.example.com, not {given!r}.")
    return given


def _parts(given: str, schemes: tuple[str, ...]) -> SplitResult | None:
    """The parts of an address that has one of the schemes, a host and, if any, a port that is a number."""
    try:
        parts = urlsplit(given)
        whole = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        return None
    return parts if whole and not re.search(r"\s", given) else None
