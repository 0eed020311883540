"""Who else gets a reader's address, and whether anybody counts what readers open: read off how mail is sent."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Any, NamedTuple

from anymail.utils import get_anymail_setting
from django.conf import settings

from subscribers.delivery.transports.providers import PROVIDERS, Provider

ANYMAIL = "anymail.backends."
SMTP = "django.core.mail.backends.smtp.EmailBackend"
COUNTS = ("track_opens", "track_clicks")
NAMES = {
    "amazon_ses": "Amazon SES", "brevo": "Brevo", "mailersend": "MailerSend", "mailgun": "Mailgun", "mailjet": "Mailjet",
    "mailtrap": "Mailtrap", "mandrill": "Mandrill (Mailchimp)", "postal": "Postal", "postmark": "Postmark", "resend": "Resend",
    "scaleway": "Scaleway", "sendgrid": "SendGrid", "sparkpost": "SparkPost", "unisender_go": "Unisender Go",
}  # fmt: skip
"""How providers write themselves. Anymail knows it too, but reads it out of modules that may want packages of their own."""


class Counting(StrEnum):
    """Whether opens and clicks are counted: certainly not, as far as we can tell a provider, or yes."""

    NEVER = "never"
    NOT_BY_US = "not-by-us"
    OPENS = "opens"
    CLICKS = "clicks"
    BOTH = "both"


class Carriers(NamedTuple):
    """Who carries the mails: providers by their names, a relay by its host, which is empty for a server of our own. `is_trial`
    says that no mail leaves this machine."""

    providers: list[str]
    relay: str
    is_trial: bool


def carriers() -> Carriers:
    """Whoever an address is handed to for sending."""
    backend = settings.EMAIL_BACKEND
    names = [*_provider(), *settings.EVENT_PROVIDERS]
    return Carriers(
        providers=list(dict.fromkeys(_name(each) for each in names)),
        relay=settings.EMAIL_HOST if backend == SMTP and _is_elsewhere(settings.EMAIL_HOST) else "",
        is_trial=backend != SMTP and not backend.startswith(ANYMAIL),
    )


def counting() -> Counting:
    """What Anymail's SEND_DEFAULTS switch on; else whether every provider on the way can be told to count nothing."""
    on = [bool(_defaults().get(name)) for name in COUNTS]
    if any(on):
        return Counting.BOTH if all(on) else Counting.OPENS if on[0] else Counting.CLICKS
    behind_a_relay = [each for each in settings.EVENT_PROVIDERS if each not in _provider()]
    told = [PROVIDERS.get(each, Provider()).can_stop_tracking for each in _provider()]
    return Counting.NEVER if all(told) and not behind_a_relay else Counting.NOT_BY_US


def _provider() -> list[str]:
    """The provider whose API we send through, by Anymail's name for it."""
    backend: str = settings.EMAIL_BACKEND
    return [backend.removeprefix(ANYMAIL).partition(".")[0]] if backend.startswith(ANYMAIL) else []


def _name(provider: str) -> str:
    """As the provider writes itself; one that we do not know by Anymail's name for it."""
    return NAMES.get(provider, provider)


def _defaults() -> dict[str, Any]:
    """What Anymail is told about every mail, as it reads that itself."""
    found = [get_anymail_setting("send_defaults", default={})]
    found += [get_anymail_setting("send_defaults", esp_name=each, default={}) for each in _provider()]
    return {name: value for defaults in found if isinstance(defaults, dict) for name, value in defaults.items()}


def _is_elsewhere(host: str) -> bool:
    """Whether a mail server is anybody's but the operator's own machine or network, as far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost", ".home.arpa"))
