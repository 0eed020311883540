"""Ways of sending: SMTP over many connections, a provider's API in batches, or whatever backend Django has."""

from django.conf import settings

from subscribers.delivery.transports.api import ApiTransport
from subscribers.delivery.transports.base import Transport
from subscribers.delivery.transports.one_by_one import OneByOne
from subscribers.delivery.transports.smtp import SmtpTransport

SMTP = "django.core.mail.backends.smtp.EmailBackend"
ANYMAIL = "anymail.backends."


def transport() -> Transport:
    """The way that the operator's EMAIL_BACKEND stands for."""
    if settings.EMAIL_BACKEND == SMTP:
        return SmtpTransport(settings.SEND_CONNECTIONS, settings.SEND_CHUNK)
    if settings.EMAIL_BACKEND.startswith(ANYMAIL):
        return ApiTransport(settings.SEND_CONNECTIONS)
    return OneByOne()
