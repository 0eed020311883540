"""Whether mail would go out: the mail server or provider, the clock, and the guard against restored databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import requests
from anymail.backends.base_requests import AnymailRequestsBackend
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from newsletter.doctor.findings import Finding, fault, note, ok
from subscribers import health
from subscribers.delivery.outcomes import outcome_of_opening
from subscribers.demo import crowd
from subscribers.models import Subscriber

SECONDS = 10.0
OUTBOX = "newsletter.outbox.EmailBackend"
WAITS = "mails wait, and expire at their deadline"

WHAT_TO_DO = {
    "beat_age_seconds": (
        WAITS,
        "start beat and a worker: docker compose up -d, systemctl start papers-beat papers-worker@1, or manage.py up",
    ),
    "oldest_due_seconds": (
        "readers get their digest late",
        "look at the worker's log, SEND_RATE and the provider's limits",
    ),
    "unknown": ("nobody knows whether these mails arrived", "settle them on the digest's receipt in admin"),
    "may_send": (WAITS, "do what it says: manage.py sending status, start or confirm"),
}


class Question(NamedTuple):
    """What a provider can be asked that sends nothing: a path after its API's address, and how it knows us."""

    path: str
    header: str = ""
    value: str = "{key}"
    login: str = ""


QUESTIONS = {
    "brevo": Question("account", "api-key"),
    "mailgun": Question("domains/{domain}", login="api"),
    "postmark": Question("server", "X-Postmark-Server-Token"),
    "resend": Question("domains", "Authorization", "Bearer {key}"),
    "sendgrid": Question("scopes", "Authorization", "Bearer {key}"),
}


def mail_goes_out() -> Iterator[Finding]:
    """The way that EMAIL_BACKEND names, opened and asked without sending anything."""
    if settings.EMAIL_BACKEND == OUTBOX:
        todo = "set EMAIL_BACKEND to SMTP or to a provider"
        yield note("mail", f"mails become files in {settings.OUTBOX_DIR}", "no reader gets one", todo)
        return
    try:
        connection = get_connection()
        connection.open()
    except Exception as error:  # noqa: BLE001 - whatever a backend raises
        why = "no mail can be sent"
        todo = "correct EMAIL_HOST, EMAIL_PORT and the login, or the provider's key in ANYMAIL_…"
        yield fault("mail", outcome_of_opening(error).error.rstrip("."), why, todo)
        return
    try:
        yield _asked(connection)
    finally:
        connection.close()


def readers_are_real() -> Iterator[Finding]:
    """A trial's readers must not be mailed through a real server: nobody is there, and their domains take no mail."""
    made_up = Subscriber.objects.filter(email__in=crowd.addresses(), status=Subscriber.Status.ACTIVE).count()
    if made_up and settings.EMAIL_BACKEND != OUTBOX:
        yield fault(
            "readers",
            f"made up for the trial: {made_up}",
            "mails to them are refused, and providers close accounts for that",
            "begin with an empty database: make reset, or another DATABASE_URL",
        )


def _asked(connection: BaseEmailBackend) -> Finding:
    """A connection over SMTP has shown all it can by being open, login included. A provider is asked something."""
    if not isinstance(connection, AnymailRequestsBackend):
        return ok("mail", "the mail server answers and takes our login")
    provider = settings.EMAIL_BACKEND.split(".")[2]
    question = QUESTIONS.get(provider)
    if question is None:
        todo = "send a test mail from a digest's page in admin"
        return note("mail", f"{provider} cannot be asked without sending", "its key may be wrong", todo)
    try:
        status = _status(connection, question)
    except requests.RequestException as error:
        todo = f"look at the network, and at ANYMAIL_{provider.upper()}_API_URL"
        return fault("mail", f"{provider} cannot be reached ({type(error).__name__})", "no mail can be sent", todo)
    if status in (401, 403):
        todo = f"correct the key in ANYMAIL_{provider.upper()}_…"
        return fault("mail", f"{provider} refuses our key (status {status})", "no mail can be sent", todo)
    if status >= 500:
        return fault(
            "mail", f"{provider} has trouble (status {status})", WAITS, "look at its status page, ask again later"
        )
    if status != 200:
        todo = "send a test mail from a digest's page in admin"
        return note(
            "mail", f"{provider} answers, but not to this question (status {status})", "its key may be wrong", todo
        )
    return ok("mail", f"{provider} answers and takes our key")


def _status(connection: Any, question: Question) -> int:
    key = getattr(connection, "api_key", "") or getattr(connection, "server_token", "")
    url = connection.api_url + question.path.format(domain=getattr(connection, "sender_domain", "") or "")
    headers = {question.header: question.value.format(key=key)} if question.header else {}
    auth = (question.login, key) if question.login else None
    answer = connection.session.get(url, headers=headers, auth=auth, timeout=SECONDS, allow_redirects=False)
    return int(answer.status_code)


def clock_ticks() -> Iterator[Finding]:
    """What the health page knows."""
    findings = health.examine()
    if not findings:
        todo = "start beat and a worker: docker compose up -d, systemctl start papers-beat papers-worker@1, or manage.py up"
        yield note("clock", "the clock has never come by", "nothing is built or sent by itself", todo)
    for each in findings:
        name = each.name.removesuffix("_seconds").replace("_", " ")
        if each.worry:
            yield fault(name, each.worry.rstrip("."), *WHAT_TO_DO[each.name])
        else:
            yield ok(name, str(each.value))
