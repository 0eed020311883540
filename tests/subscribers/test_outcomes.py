"""What each failure means. The rule above all: perhaps accepted is never sent again."""

import smtplib
import socket
import ssl
import time

import pytest
import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.utils.http import http_date
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError, SSLError

from subscribers.delivery.outcomes import (
    Meaning,
    outcome_of,
    outcome_of_answer,
    outcome_of_opening,
    outcome_of_status,
)

NO_HOST = socket.gaierror(-2, "Name or service not known")
UNTRUSTED = ssl.SSLCertVerificationError("certificate verify failed")


def refused(code, text):
    return smtplib.SMTPRecipientsRefused({"reader@example.org": (code, text)})


def api_error(status, headers=None, cause=None, body=b"{}"):
    response = None
    if status is not None:
        response = requests.Response()
        response.status_code = status
        response.headers.update(headers or {})
        response._content = body
    error = AnymailRequestsAPIError("no", response=response)
    error.__cause__ = cause
    return error


def retried(reason):
    return MaxRetryError(None, "/", reason)


def amazon_error(status=None, code=None, cause="ClientError"):
    """As Anymail raises it for what boto3 raised."""
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}} if status else None
    error = AnymailAPIError("no", response=response)
    error.__cause__ = type(cause, (Exception,), {})()
    return error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (refused(550, b"5.1.1 no such user"), Meaning.BOUNCED),
        (refused(450, b"4.2.0 greylisted"), Meaning.DEFERRED),
        (refused(421, b"4.3.2 closing"), Meaning.DEFERRED),
        (refused(550, b"5.7.515 access denied"), Meaning.POLICY),
        (refused(530, b"authentication required"), Meaning.STOP),
        (smtplib.SMTPSenderRefused(550, b"5.7.1 not you", "us@example.org"), Meaning.POLICY),
        (smtplib.SMTPSenderRefused(451, b"later", "us@example.org"), Meaning.DEFERRED),
        (smtplib.SMTPDataError(554, b"5.6.0 content"), Meaning.POLICY),
        (smtplib.SMTPDataError(452, b"4.3.1 full"), Meaning.DEFERRED),
        (smtplib.SMTPAuthenticationError(535, b"no"), Meaning.STOP),
        (smtplib.SMTPServerDisconnected("gone"), Meaning.UNKNOWN),
        (TimeoutError(), Meaning.UNKNOWN),
        (ConnectionResetError(), Meaning.UNKNOWN),
        (ConnectionRefusedError(), Meaning.DEFERRED),
        (OSError(28, "No space left on device"), Meaning.DEFERRED),
        (RuntimeError("what?"), Meaning.UNKNOWN),
        (ValueError("header"), Meaning.FAILED),
        (AnymailRecipientsRefused(), Meaning.BOUNCED),
        (api_error(400), Meaning.POLICY),
        (api_error(401), Meaning.STOP),
        (api_error(402), Meaning.STOP),
        (api_error(403), Meaning.STOP),
        (api_error(404), Meaning.STOP),
        (api_error(408), Meaning.DEFERRED),
        (api_error(409), Meaning.UNKNOWN),
        (api_error(422), Meaning.POLICY),
        (api_error(429), Meaning.DEFERRED),
        (api_error(500), Meaning.UNKNOWN),
        (api_error(502), Meaning.UNKNOWN),
        (api_error(503), Meaning.DEFERRED),
        (api_error(503, {"Retry-After": "5"}, body=b"<html>maintenance</html>"), Meaning.DEFERRED),
        (api_error(503, body=b"upstream connect error or disconnect/reset before headers"), Meaning.UNKNOWN),
        (api_error(503, body=b""), Meaning.UNKNOWN),
        *((api_error(status, body=b"<html>"), Meaning.DEFERRED) for status in (521, 523, 525, 526)),
        *((api_error(status, body=b"<html>"), Meaning.UNKNOWN) for status in (504, 520, 522, 524)),
        (api_error(200), Meaning.UNKNOWN),
        (api_error(None, cause=requests.ReadTimeout()), Meaning.UNKNOWN),
        (api_error(None, cause=requests.ConnectTimeout()), Meaning.DEFERRED),
        (api_error(None, cause=requests.ConnectionError("reset")), Meaning.UNKNOWN),
        (api_error(None, cause=requests.exceptions.ProxyError("Tunnel connection failed: 502")), Meaning.DEFERRED),
        (api_error(None, cause=requests.ConnectionError(NewConnectionError(None, "x"))), Meaning.DEFERRED),
        (
            api_error(None, cause=requests.ConnectionError(retried(NameResolutionError("x", None, NO_HOST)))),
            Meaning.DEFERRED,
        ),
        (api_error(None, cause=requests.exceptions.SSLError(retried(SSLError(UNTRUSTED)))), Meaning.DEFERRED),
        (api_error(None, cause=requests.exceptions.SSLError(retried(SSLError("EOF in a record")))), Meaning.UNKNOWN),
        (api_error(None, cause=requests.exceptions.MissingSchema()), Meaning.STOP),
        (amazon_error(429, "TooManyRequestsException"), Meaning.DEFERRED),
        (amazon_error(400, "SendingPausedException"), Meaning.STOP),
        (amazon_error(400, "MessageRejected"), Meaning.POLICY),
        (amazon_error(403, "AccessDeniedException"), Meaning.STOP),
        (amazon_error(500, "InternalServiceError"), Meaning.UNKNOWN),
        (amazon_error(cause="EndpointConnectionError"), Meaning.DEFERRED),
        (amazon_error(cause="NoCredentialsError"), Meaning.STOP),
        (amazon_error(cause="ReadTimeoutError"), Meaning.UNKNOWN),
        (AnymailError("Cannot call Mailgun unknown sender domain."), Meaning.STOP),
    ],
)
def test_each_failure_has_its_meaning(error, meaning):
    assert outcome_of(error).meaning is meaning


def test_a_provider_that_asks_for_patience_gets_it():
    assert outcome_of(api_error(429, {"Retry-After": "30"})).wait == 30
    assert outcome_of(api_error(429, {"Retry-After": "999999"})).wait == 3600


def test_patience_may_be_asked_for_with_a_date():
    assert 1700 < outcome_of(api_error(429, {"Retry-After": http_date(time.time() + 1800)})).wait <= 1800
    assert outcome_of(api_error(429, {"Retry-After": http_date(0)})).wait == 0
    assert outcome_of(api_error(429, {"Retry-After": "soon"})).wait == 0


def test_an_answer_that_cannot_be_read_may_have_been_a_yes():
    for error in (KeyError("id"), ValueError("no JSON"), requests.exceptions.JSONDecodeError("x", "", 0)):
        assert outcome_of_answer(error).meaning is Meaning.UNKNOWN
    assert outcome_of_answer(api_error(422)).meaning is Meaning.POLICY


def test_each_word_of_anymails_for_a_recipient_has_its_meaning():
    assert outcome_of_status("sent") is outcome_of_status("queued") is None
    told = {word: outcome_of_status(word).meaning for word in ("rejected", "invalid", "failed", "unknown", None)}
    assert list(told.values()) == [Meaning.BOUNCED, Meaning.BOUNCED, Meaning.POLICY, Meaning.UNKNOWN, Meaning.UNKNOWN]


def test_nothing_was_accepted_when_the_connection_did_not_open():
    for error in (TimeoutError(), smtplib.SMTPServerDisconnected("x"), smtplib.SMTPConnectError(421, b"busy")):
        assert outcome_of_opening(error).meaning is Meaning.DEFERRED


def test_a_refused_login_is_ours_to_mend():
    assert outcome_of_opening(smtplib.SMTPAuthenticationError(535, b"bad")).meaning is Meaning.STOP


def test_the_line_for_the_editor_shows_no_address():
    said = outcome_of(refused(550, b"5.1.1 <reader@example.org>: unknown")).error
    assert "reader@example.org" not in said and "550" in said
