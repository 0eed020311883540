"""What DNS says of the sender's domain: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings

from newsletter.checks import sender_domain
from newsletter.doctor.findings import Finding, fault, note, ok

SECONDS = 5.0  # for one question
SPAM = "receivers take mail for spam or refuse it (Google, Yahoo and Microsoft ask for it)"

server: tuple[str, int] | None = None
"""Whom to ask instead of this machine's own resolvers."""


class NoAnswer(Exception):
    """No name server answered."""


def domain_is_known() -> Iterator[Finding]:
    """All three records. While mails only go to the outbox folder there is nothing to look up."""
    if settings.EMAIL_BACKEND == "newsletter.outbox.EmailBackend":
        what = "not looked up: mails go to the outbox folder"
        yield note("dns", what, "SPF, DKIM and DMARC matter once mail leaves", "set EMAIL_BACKEND, then ask again")
        return
    domain = sender_domain()
    try:
        yield _spf(domain)
        yield _dkim(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR)
        yield _dmarc(domain)
    except NoAnswer as error:
        why = "nobody knows whether SPF, DKIM and DMARC are there"
        yield fault("dns", f"no name server answers ({error})", why, "look at /etc/resolv.conf, or name one with --dns")


def _spf(domain: str) -> Finding:
    found = [text for text in _texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        todo = f"publish a TXT record at {domain} such as “v=spf1 include:your-provider -all”"
        return fault("spf", f"{domain} has no SPF record", SPAM, todo)
    if len(found) > 1:
        return fault(
            "spf", f"{domain} has {len(found)} SPF records", "with two of them none counts", "join them into one"
        )
    if re.search(r"(^|\s)\+?all\b", found[0]):
        return fault(
            "spf", f"SPF of {domain} allows everybody (+all)", "anybody may write in your name", "end it with -all"
        )
    return ok("spf", f"{domain}: {found[0]}")


def _dkim(domain: str, selector: str) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    tags = next((each for text in _texts(name) if "p" in (each := _tags(text))), None)
    if settings.DKIM_PRIVATE_KEY:
        ours = _public_half(settings.DKIM_PRIVATE_KEY)
        todo = f"publish at {name} a TXT record “v=DKIM1; k=rsa; p={ours[:16]}…” (the public half of DKIM_PRIVATE_KEY)"
        if tags is None:
            return fault("dkim", f"there is no key at {name}", SPAM, todo)
        if re.sub(r"\s", "", tags["p"]) != ours:
            return fault("dkim", f"the key at {name} is not ours", "every signature fails", todo)
        return ok("dkim", f"the key at {name} is ours")
    if tags is None:
        todo = "if the provider or relay signs under another selector, set DKIM_SELECTOR to it; otherwise switch signing on"
        return note("dkim", f"there is no key at {name}", SPAM, todo)
    if not tags["p"]:
        return fault(
            "dkim", f"the key at {name} is withdrawn", "every signature fails", "publish the provider's new key"
        )
    return ok("dkim", f"there is a key at {name}")


def _public_half(pem: str) -> str:
    key = load_pem_private_key(pem.encode(), password=None).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _dmarc(domain: str) -> Finding:
    """At the domain or, failing that, at those above it: where the organisation's own begins is not asked."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        above = ".".join(labels[start:])
        tags = [
            _tags(text) for text in _texts(f"_dmarc.{above}") if text.replace(" ", "").lower().startswith("v=dmarc1")
        ]
        if tags and tags[0].get("p", "").lower() in ("none", "quarantine", "reject"):
            return ok("dmarc", f"{above}: p={tags[0]['p']}")
        if tags:
            todo = "write p=none, p=quarantine or p=reject into it"
            return fault("dmarc", f"the DMARC record of {above} has no policy", "receivers ignore it", todo)
    todo = f"publish a TXT record at _dmarc.{domain}, to begin with “v=DMARC1; p=none; rua=mailto:you@{domain}”"
    return fault("dmarc", f"{domain} has no DMARC record", SPAM, todo)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def _texts(name: str) -> list[str]:
    """The TXT records at a name; empty when there are none. Raises NoAnswer."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(type(error).__name__) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver() -> dns.resolver.Resolver:
    if server is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [server[0]], server[1]
    return resolver
