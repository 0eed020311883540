"""Start-up checks: what would hurt readers is refused before the first mail."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.http.request import validate_host
from django.utils.module_loading import import_string

from newsletter import dkim

LOCAL = {"localhost", "127.0.0.1", "::1", "[::1]", "testserver"}
SHORTEST_KEY, FEWEST_CHARACTERS = 32, 8
FREE_MAIL = {"gmail.com", "googlemail.com", "naver.com", "hanmail.net", "daum.net", "outlook.com", "hotmail.com"}


def sender_domain() -> str:
    """The domain of FROM_EMAIL, lower case."""
    return settings.FROM_EMAIL.rpartition("@")[2].rstrip("> ").lower()


@register(Tags.security)
def check_debug_stays_local(app_configs: object, **kwargs: object) -> list[Error]:
    """DEBUG shows every mail to every visitor, so it is refused on an address others can reach."""
    foreign = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL]
    if settings.DEBUG and foreign:
        hint = "Set DEBUG=False, or ALLOWED_HOSTS to localhost."
        return [Error(f"DEBUG is on while ALLOWED_HOSTS names {', '.join(foreign)}.", hint=hint, id="newsletter.E001")]
    return []


@register(Tags.security)
def check_sender(app_configs: object, **kwargs: object) -> list[Error | Warning]:
    """A free-mail From fails DMARC (Google's and Naver's policies); the example address is nobody's."""
    if sender_domain() in FREE_MAIL:
        hint = "Use an address of a domain you hold, with SPF and DKIM."
        return [Error(f"FROM_EMAIL is at {sender_domain()}; receivers refuse that.", hint=hint, id="newsletter.E002")]
    real = settings.EMAIL_BACKEND != "newsletter.outbox.EmailBackend"
    if real and not settings.DEBUG and sender_domain().endswith("example.org"):
        hint = "Set FROM_EMAIL, LIST_ID and POSTAL_ADDRESS to your own."
        return [Error("Mail would go out under the example address.", hint=hint, id="newsletter.E003")]
    if (
        real
        and not settings.DEBUG
        and (settings.LIST_ID.endswith("example.org") or "1 Example Street, 00000" in settings.POSTAL_ADDRESS)
    ):
        told = "Mails would name the example's LIST_ID or POSTAL_ADDRESS."
        hint = "Set both to your own: the law of many countries wants a true postal address in the foot."
        return [Warning(told, hint=hint, id="newsletter.W001")]
    return []


@register(Tags.compatibility)
def check_mail_backend(app_configs: object, **kwargs: object) -> list[Error]:
    """A name that leads nowhere would be met with the first mail."""
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError:
        hint = (
            "Such as django.core.mail.backends.smtp.EmailBackend or anymail.backends.mailgun.EmailBackend; empty is "
            "the file outbox. Amazon SES needs boto3."
        )
        return [Error(f"EMAIL_BACKEND leads nowhere: {settings.EMAIL_BACKEND}.", hint=hint, id="newsletter.E006")]
    return []


@register(Tags.security)
def check_dkim_key(app_configs: object, **kwargs: object) -> list[Error]:
    """With a key that cannot sign no mail could be made."""
    try:
        dkim.signer()
    except ValueError:
        hint = "Give the whole RSA key in PEM form, best as DKIM_PRIVATE_KEY_FILE: openssl genrsa 2048 makes one."
        return [Error("DKIM_PRIVATE_KEY is no private key.", hint=hint, id="newsletter.E007")]
    return []


@register(Tags.security)
def check_site_answers_to_its_name(app_configs: object, **kwargs: object) -> list[Warning]:
    """Otherwise every link in every mail leads to a page that says 400."""
    name = urlsplit(settings.SITE_URL).hostname or ""
    if validate_host(name, settings.ALLOWED_HOSTS) or (settings.DEBUG and name in LOCAL):
        return []
    hint = f"Set ALLOWED_HOSTS={name}, or correct SITE_URL."
    return [Warning(f"ALLOWED_HOSTS does not have {name}, which SITE_URL names.", hint=hint, id="newsletter.W002")]


@register(Tags.security)
def check_password_is_not_shown_on_the_way(app_configs: object, **kwargs: object) -> list[Warning]:
    """Without TLS the login to the mail server can be read, and the mails with it."""
    if not settings.EMAIL_HOST_PASSWORD or settings.EMAIL_USE_TLS or settings.EMAIL_HOST in LOCAL:
        return []
    told = f"EMAIL_HOST_PASSWORD goes to {settings.EMAIL_HOST} unencrypted."
    return [Warning(told, hint="Set EMAIL_USE_TLS=True, mostly with EMAIL_PORT=587.", id="newsletter.W003")]


@register(Tags.security)
def check_links_are_https(app_configs: object, **kwargs: object) -> list[Error]:
    """One-click unsubscribe needs an https address (RFC 8058, section 3.1)."""
    real = settings.EMAIL_BACKEND != "newsletter.outbox.EmailBackend"
    local = urlsplit(settings.SITE_URL).hostname in LOCAL
    if real and not settings.HTTPS and not local:
        hint = "Set SITE_URL to the https address of this site."
        return [
            Error("SITE_URL is not https, so nobody could unsubscribe by one click.", hint=hint, id="newsletter.E004")
        ]
    return []


@register(Tags.security)
def check_keys(app_configs: object, **kwargs: object) -> list[Error]:
    """A key that can be guessed opens every link in every mail."""
    if settings.DEBUG:
        return []
    kinds = {
        "SECRET_KEY": [settings.SECRET_KEY],
        "LINK_KEYS": settings.LINK_KEYS,
        "SUPPRESSION_KEYS": settings.SUPPRESSION_KEYS,
    }
    hint = (
        "Make a new one with: openssl rand -hex 32. A key of mails already sent must stay as a later one of the list."
    )
    return [
        Error(f"{name} is too short, or made of too few characters, to be a secret.", hint=hint, id="newsletter.E005")
        for name, keys in kinds.items()
        if any(len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS for key in keys[:1])
    ]
