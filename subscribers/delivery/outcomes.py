"""What a failed attempt means for the reader: a table from the provider's words to ours. Pure.

The question that matters is whether the mail may have been accepted. Where that cannot be ruled out, the answer is
`UNKNOWN`, and the mail is never sent again by itself.
"""

from __future__ import annotations

import enum
import re
import smtplib
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from requests.exceptions import ConnectTimeout, ProxyError
from urllib3.exceptions import NewConnectionError

LONGEST_WAIT = 3600.0
# What an API's status means, where it is not the usual meaning of its hundred. 404: our domain or the address of the API
# is wrong. 409: the same call is still being worked on. 420 is SparkPost's word for 429.
STATUSES = dict.fromkeys((401, 402, 403, 404, 405), "stop") | dict.fromkeys((408, 420, 425, 429, 503), "deferred")
STATUSES[409] = "unknown"
# Cloudflare stands before several providers; it says these when it could not even connect to them, or agree on TLS with
# them. Its other words (520, 522, 524) may come after the call was passed on.
STATUSES |= dict.fromkeys((521, 523, 525, 526), "deferred")
# Amazon says some things with a status of 400 that are about our account, or with no answer at all.
SES_STOPS = {
    "AccountSuspendedException",
    "MailFromDomainNotVerifiedException",
    "NoCredentialsError",
    "NoRegionError",
    "SendingPausedException",
}
SES_WAITS = {"ConnectTimeoutError", "EndpointConnectionError", "LimitExceededException", "TooManyRequestsException"}


class Meaning(enum.Enum):
    """What to do with the row."""

    BOUNCED = "bounced"  # this address does not exist or refuses us for good
    FAILED = "failed"  # this message cannot be sent, whoever tries
    DEFERRED = "deferred"  # not accepted; try again later
    UNKNOWN = "unknown"  # perhaps accepted
    POLICY = "policy"  # refused for what the mail is or whom it comes from: hardly this reader's doing
    STOP = "stop"  # our login, key or credit is refused: end the run and tell the operator


class Outcome(NamedTuple):
    """The meaning, a short line for the editor without address or key, and seconds to wait (0: the usual back-off)."""

    meaning: Meaning
    error: str
    wait: float = 0.0


def outcome_of(error: Exception) -> Outcome:
    """The outcome of an attempt that raised `error` after the connection was open."""
    if isinstance(error, smtplib.SMTPException):
        return _of_smtp(error)
    if isinstance(error, AnymailRequestsAPIError):
        return _of_api(error)
    if isinstance(error, AnymailAPIError):
        return _of_ses(error)
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome(Meaning.BOUNCED, "The provider refuses this recipient.")
    if isinstance(error, AnymailConfigurationError):
        return Outcome(Meaning.STOP, "The mail provider is not configured; see the log.")
    if isinstance(error, AnymailSerializationError | AnymailUnsupportedFeature | UnicodeError | ValueError):
        return Outcome(Meaning.FAILED, f"The message could not be built ({type(error).__name__}).")
    if isinstance(error, AnymailError):
        return Outcome(Meaning.STOP, "The mail provider is not configured; see the log.")
    if isinstance(error, ConnectionRefusedError):
        return Outcome(Meaning.DEFERRED, "The mail server refuses connections.")
    if isinstance(error, ConnectionError | TimeoutError):
        return Outcome(Meaning.UNKNOWN, "The connection broke while sending; it may have arrived.")
    if isinstance(error, OSError):
        return Outcome(Meaning.DEFERRED, f"The mail could not be handed over ({type(error).__name__}).")
    return Outcome(Meaning.UNKNOWN, f"An unexpected error while sending ({type(error).__name__}).")


def outcome_of_opening(error: Exception) -> Outcome:
    """The outcome when not even the connection could be opened: nothing was accepted, whatever went wrong."""
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code < 500:
        return Outcome(Meaning.DEFERRED, f"The mail server cannot check our login now ({error.smtp_code}).")
    if isinstance(error, ValueError | TypeError) and not isinstance(error, UnicodeError):
        return Outcome(Meaning.STOP, f"Our own settings do not let us send: {error}")
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError | AnymailConfigurationError):
        return Outcome(Meaning.STOP, "The mail server refuses our login or does not offer what we need.")
    return Outcome(Meaning.DEFERRED, f"The mail server could not be reached ({type(error).__name__}).")


def outcome_of_answer(error: Exception) -> Outcome:
    """The outcome when a provider's answer could not be read or was a refusal. Only a refusal in so many words is one:
    whatever else went wrong with reading it, the mail may have been taken."""
    if isinstance(error, AnymailAPIError):
        return outcome_of(error)
    return Outcome(Meaning.UNKNOWN, f"The provider's answer could not be read ({type(error).__name__}).")


def outcome_of_status(status: str | None) -> Outcome | None:
    """What Anymail's word for one recipient of a call means; None: accepted."""
    if status in ("sent", "queued"):
        return None
    if status in ("rejected", "invalid"):
        return Outcome(Meaning.BOUNCED, f"The provider refuses this recipient ({status}).")
    if status == "failed":
        return Outcome(Meaning.POLICY, "The provider could not take this mail.")
    return Outcome(Meaning.UNKNOWN, "The provider does not say whether it took the mail.")


def of_reply(code: int, text: bytes | str, *, to_recipient: bool) -> Outcome:
    """The outcome of an SMTP reply that is no success, to RCPT or to anything else. RFC 5321, 4.2.1: 4xx is transient,
    5xx permanent. RFC 3463: x.7.x is policy, which means us, not the reader, and 5.2.2 a mailbox that is full today."""
    words = _words(text)
    said = f"{code} {words}"[:200]
    if 400 <= code < 500:
        return Outcome(Meaning.DEFERRED, said)
    if code in (530, 535):
        return Outcome(Meaning.STOP, said)
    if not to_recipient or re.match(r"5\.7\.\d", words):
        return Outcome(Meaning.POLICY, said)
    if code == 552 or words.startswith("5.2.2"):
        return Outcome(Meaning.FAILED, said)
    return Outcome(Meaning.BOUNCED, said)


def _of_smtp(error: smtplib.SMTPException) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return of_reply(code, text, to_recipient=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome(Meaning.STOP, f"The mail server refuses our login ({error.smtp_code}).")
    if isinstance(error, smtplib.SMTPResponseException):
        return of_reply(error.smtp_code, error.smtp_error, to_recipient=False)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome(Meaning.UNKNOWN, "The mail server hung up while sending; it may have arrived.")
    return Outcome(Meaning.UNKNOWN, f"An unexpected answer of the mail server ({type(error).__name__}).")


def _of_api(error: AnymailRequestsAPIError) -> Outcome:
    status = error.status_code
    if status == 503 and not _is_their_own(error):
        return Outcome(Meaning.UNKNOWN, "Something before the provider answered with status 503.")
    if status is not None:
        return _of_http(status, _retry_after(error))
    cause = error.__cause__
    if isinstance(cause, ConnectTimeout | ProxyError) or _never_connected(cause):
        return Outcome(Meaning.DEFERRED, "The provider could not be reached.")
    if isinstance(cause, ValueError):  # requests could not even make sense of the address
        return Outcome(Meaning.STOP, "The address of the provider's API cannot be used; see the log.")
    return Outcome(Meaning.UNKNOWN, "The provider did not answer; it may have taken the mail.")


def _is_their_own(error: AnymailRequestsAPIError) -> bool:
    """Whether a 503 is the provider's own refusal: it says when to come back, or speaks JSON as its API does. The pages of
    proxies (Envoy, Varnish) also say 503 when the connection broke after the call had been passed on."""
    response = error.response
    if response is None:
        return False
    try:
        return "Retry-After" in response.headers or isinstance(response.json(), dict)
    except ValueError:
        return False


def _of_http(status: int, wait: float = 0.0) -> Outcome:
    said = f"The provider answered with status {status}."
    if status in STATUSES:
        meaning = Meaning(STATUSES[status])
        return Outcome(meaning, said, wait if meaning is Meaning.DEFERRED else 0.0)
    # Behind a 500 or an unreadable 200 the mail may well have been taken.
    return Outcome(Meaning.POLICY if 400 <= status < 500 else Meaning.UNKNOWN, said)


def _of_ses(error: AnymailAPIError) -> Outcome:
    """Amazon SES is called through boto3, whose errors are known by their names."""
    response = error.response if isinstance(error.response, dict) else {}
    name = response.get("Error", {}).get("Code") or type(error.__cause__).__name__
    said = f"The provider answered: {name}."
    if name in SES_STOPS:
        return Outcome(Meaning.STOP, said)
    if name in SES_WAITS:
        return Outcome(Meaning.DEFERRED, said)
    return _of_http(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))._replace(error=said)


def _never_connected(cause: BaseException | None) -> bool:
    """Whether requests failed before a byte of the mail was sent; a reset later on is a ConnectionError as well."""
    for reason in getattr(cause, "args", ()):
        reason = getattr(reason, "reason", reason)
        unverified = any(isinstance(each, ssl.SSLCertVerificationError) for each in getattr(reason, "args", ()))
        if isinstance(reason, NewConnectionError) or unverified:
            return True
    return False


def _retry_after(error: AnymailRequestsAPIError) -> float:
    """Seconds, which may also be said as a date (RFC 9110, 10.2.3)."""
    value = error.response.headers.get("Retry-After", "") if error.response is not None else ""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", value):
        return min(float(value), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _words(text: bytes | str) -> str:
    """A server's reply as one line, with anything that looks like an address taken out."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return re.sub(r"\S+@\S+", "<address>", " ".join(words.split()))
