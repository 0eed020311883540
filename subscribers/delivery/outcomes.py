"""What a failed attempt means for the reader: a table from the provider's words to ours. Pure.

The question that matters is whether the mail may have been accepted. Where that cannot be ruled out, the answer is
`UNKNOWN`, and the mail is never sent again by itself.
"""

from __future__ import annotations

import enum
import re
import smtplib
from typing import NamedTuple

from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout
from requests.exceptions import Timeout as RequestsTimeout

LONGEST_WAIT = 3600.0


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
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome(Meaning.BOUNCED, "The provider refuses this recipient.")
    if isinstance(error, AnymailConfigurationError):
        return Outcome(Meaning.STOP, "The mail provider is not configured; see the log.")
    if isinstance(error, AnymailSerializationError | AnymailUnsupportedFeature | UnicodeError | ValueError):
        return Outcome(Meaning.FAILED, f"The message could not be built ({type(error).__name__}).")
    if isinstance(error, ConnectionRefusedError):
        return Outcome(Meaning.DEFERRED, "The mail server refuses connections.")
    if isinstance(error, ConnectionError | TimeoutError):
        return Outcome(Meaning.UNKNOWN, "The connection broke while sending; it may have arrived.")
    if isinstance(error, OSError):
        return Outcome(Meaning.DEFERRED, f"The mail could not be handed over ({type(error).__name__}).")
    return Outcome(Meaning.UNKNOWN, f"An unexpected error while sending ({type(error).__name__}).")


def outcome_of_opening(error: Exception) -> Outcome:
    """The outcome when not even the connection could be opened: nothing was accepted, whatever went wrong."""
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError | AnymailConfigurationError):
        return Outcome(Meaning.STOP, "The mail server refuses our login or does not offer what we need.")
    return Outcome(Meaning.DEFERRED, f"The mail server could not be reached ({type(error).__name__}).")


def _of_smtp(error: smtplib.SMTPException) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _of_reply(code, _words(text), Meaning.BOUNCED)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome(Meaning.STOP, f"The mail server refuses our login ({error.smtp_code}).")
    if isinstance(error, smtplib.SMTPResponseException):
        # MAIL FROM or the content is refused: the next reader's mail would likely fare the same.
        return _of_reply(error.smtp_code, _words(error.smtp_error), Meaning.POLICY)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome(Meaning.UNKNOWN, "The mail server hung up while sending; it may have arrived.")
    return Outcome(Meaning.UNKNOWN, f"An unexpected answer of the mail server ({type(error).__name__}).")


def _of_reply(code: int, text: str, permanent: Meaning) -> Outcome:
    """RFC 5321, 4.2.1: 4xx is transient, 5xx permanent. RFC 3463: x.7.x is policy, which means us, not the reader."""
    said = f"{code} {text}"[:200]
    if 400 <= code < 500:
        return Outcome(Meaning.DEFERRED, said)
    if code in (530, 535):
        return Outcome(Meaning.STOP, said)
    if re.match(r"5\.7\.\d", text):
        return Outcome(Meaning.POLICY, said)
    return Outcome(permanent, said)


def _of_api(error: AnymailRequestsAPIError) -> Outcome:
    status = error.status_code
    if status is None:
        cause = error.__cause__
        opened = not isinstance(cause, ConnectTimeout) and not _never_connected(cause)
        if opened:
            return Outcome(Meaning.UNKNOWN, "The provider did not answer; it may have taken the mail.")
        return Outcome(Meaning.DEFERRED, "The provider could not be reached.")
    said = f"The provider answered with status {status}."
    if status in (401, 402, 403):
        return Outcome(Meaning.STOP, said)
    if status == 429:
        return Outcome(Meaning.DEFERRED, said, _retry_after(error))
    if status == 503:
        return Outcome(Meaning.DEFERRED, said)
    if status >= 500 or status < 300:
        # Behind a 500 or an unreadable 200 the mail may well have been taken.
        return Outcome(Meaning.UNKNOWN, said)
    return Outcome(Meaning.POLICY, said)


def _never_connected(cause: BaseException | None) -> bool:
    """Whether requests failed before a byte was sent; a reset later on is a ConnectionError as well."""
    return (
        isinstance(cause, RequestsConnectionError)
        and not isinstance(cause, RequestsTimeout)
        and "NewConnectionError" in repr(cause)
    )


def _retry_after(error: AnymailRequestsAPIError) -> float:
    value = error.response.headers.get("Retry-After", "") if error.response is not None else ""
    return min(float(value), LONGEST_WAIT) if value.isdigit() else 0.0


def _words(text: bytes | str) -> str:
    """A server's reply as one line, with anything that looks like an address taken out."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return re.sub(r"\S+@\S+", "<address>", " ".join(words.split()))
