"""Start-up checks of how mails go out and of what comes back: nobody but the provider may report what became of them."""

from __future__ import annotations

from anymail.utils import get_anymail_setting
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from subscribers.delivery import mailboxes
from subscribers.delivery.transports.providers import provider_of
from subscribers.signing_up import captcha

SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 10  # different ones; a random secret of that length has twice as many
CAN_REPORT = {"amazon_ses", "brevo", "mailgun", "mailjet", "postmark", "resend"}
SIGNATURE_SETTINGS = {
    "mailgun": ("webhook_signing_key", "api_key"),
    "resend": ("signing_secret",),
}
"""Where a provider signs, one of these must be set (ANYMAIL_<PROVIDER>_…), or Anymail would not look at the signature."""


@register(Tags.security)
def check_event_providers(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Reports need a secret, and a signature where there is one."""
    found: list[CheckMessage] = []
    strange = set(settings.EVENT_PROVIDERS) - CAN_REPORT
    if strange:
        hint = f"Only {', '.join(sorted(CAN_REPORT))} are understood. Bounces come by mail too: see RETURN_PATH."
        told = f"Reports of {', '.join(sorted(strange))} are not taken."
        found.append(Warning(told, hint=hint, id="subscribers.W001"))
    if settings.EVENT_PROVIDERS and (problem := webhook_secret_problem(strict=True)):
        kind = Warning if settings.DEBUG else Error
        hint = "Set it to a user name, a colon and a password, such as events:$(openssl rand -hex 24)."
        found.append(kind(problem, hint=hint, id="subscribers.W002" if settings.DEBUG else "subscribers.E002"))
    for provider in settings.EVENT_PROVIDERS:
        names = SIGNATURE_SETTINGS.get(provider, ())
        if names and not any(get_anymail_setting(name, esp_name=provider, default=None) for name in names):
            setting = f"ANYMAIL_{provider}_{names[0]}".upper()
            found.append(Error(f"{setting} is missing: {provider} signs its reports.", id="subscribers.E003"))
    if "amazon_ses" in settings.EVENT_PROVIDERS and not settings.SNS_TOPIC_ARNS:
        found.append(Error("SNS_TOPIC_ARNS is missing: whose messages are to be believed?", id="subscribers.E004"))
    return found


@register(Tags.security)
def check_return_path(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """The return path gets a name of 26 characters and a plus before its @; 64 is the most that may stand there."""
    mailbox, at, domain = settings.RETURN_PATH.rpartition("@")
    if settings.RETURN_PATH and not (at and 0 < len(mailbox) <= 37 and "." in domain):
        hint = "Such as bounces@papers.example.com, a mailbox that takes mail for bounces+anything too."
        return [Error("RETURN_PATH is no address, or too long a one.", hint=hint, id="subscribers.E001")]
    return []


@register(Tags.compatibility)
def check_bounce_mailbox(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """A mailbox that cannot be one would leave every bounce unread."""
    try:
        if settings.BOUNCE_MAILBOX:
            mailboxes.parts_of(settings.BOUNCE_MAILBOX)
    except ValueError as error:
        hint = "In user and password write %40 for @, %2F for / and %3A for a colon."
        return [Error(str(error), hint=hint, id="subscribers.E007")]
    return []


@register(Tags.compatibility)
def check_chart(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Some providers take no images inside mails; every mail would be refused."""
    name = settings.EMAIL_BACKEND
    if settings.MAIL_CHART == "inline" and name.startswith("anymail.") and not provider_of(name).takes_images:
        hint = "Set MAIL_CHART=hosted: mails then name the chart by its address on this site."
        return [Error(f"MAIL_CHART is inline, which {name} does not do.", hint=hint, id="subscribers.E005")]
    return []


@register(Tags.security)
def check_captcha(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """A captcha that is not there would refuse everybody, or nobody."""
    try:
        asked = captcha.check()
    except ImportError as error:
        return [Error(f"SIGN_UP_CAPTCHA leads nowhere: {error}", id="subscribers.E006")]
    if asked is not None and not callable(asked):
        return [Error("SIGN_UP_CAPTCHA does not name a callable.", id="subscribers.E006")]
    return []


def webhook_secret_problem(strict: bool = False) -> str:
    """What is wrong with ANYMAIL_WEBHOOK_SECRET; empty when nothing is. With DEBUG on a weak one will do, unless
    `strict`."""
    secrets: list[str] = get_anymail_setting("webhook_secret", default=[])
    if not secrets:
        return "ANYMAIL_WEBHOOK_SECRET is missing, so anybody could report what became of mails."
    if not strict and settings.DEBUG:
        return ""
    for secret in secrets:
        user, colon, password = secret.partition(":")
        if not (user and colon) or len(password) < SHORTEST_SECRET or len(set(password)) < FEWEST_CHARACTERS:
            return f"ANYMAIL_WEBHOOK_SECRET is not user:password with at least {SHORTEST_SECRET} random characters."
    return ""
