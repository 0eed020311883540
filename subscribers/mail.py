"""Mails to subscribers about their subscription. The digest itself is sent by `subscribers.delivery`."""

import datetime as dt
import logging
import secrets
import time

from anymail.message import AnymailMessage
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from newsletter import mail
from newsletter.checks import sender_domain
from newsletter.stopping import is_stopping
from subscribers import letters, links
from subscribers.delivery import guard
from subscribers.delivery.outcomes import Meaning, outcome_of, outcome_of_opening
from subscribers.models import Subscriber

logger = logging.getLogger(__name__)

CONFIRMATIONS_A_RUN = 200
SECONDS_A_RUN = 60.0
BETWEEN_TRIES = dt.timedelta(minutes=5)
TRIED_FOR = dt.timedelta(days=1)
"""So long a confirmation is tried again while the mail server says "later"; a later mail would only puzzle people."""


def send_confirmations() -> int:
    """Mail every confirmation that is wanted, oldest first; return how many were taken for sending.

    A row is claimed before its mail is sent, so two workers at once send one mail, and a worker that dies sends none:
    the person can ask again. While no connection can be opened, or all sending is stopped, nothing is claimed.
    """
    end = time.monotonic() + SECONDS_A_RUN
    waiting = Subscriber.objects.filter(status=Subscriber.Status.PENDING, confirmation_wanted_at__lte=timezone.now())
    wanting = list(waiting.order_by("confirmation_wanted_at")[:CONFIRMATIONS_A_RUN])
    connection = _opened() if wanting and guard.may_send() is None else None
    if connection is None:
        return 0
    taken = 0
    for subscriber in wanting:
        if time.monotonic() > end or is_stopping():
            break  # a slow server must not keep the digest waiting; the next run goes on
        now = timezone.now()
        message = compose_confirmation(subscriber)
        if not _claim(subscriber, now) or not guard.may_be_mailed(subscriber.email):
            continue
        fault = _send(message, connection)
        taken += fault is None
        if fault in (Meaning.DEFERRED, Meaning.POLICY, Meaning.STOP):
            _put_back(subscriber, now)
        if fault is not None:
            # After an error Django's SMTP backend keeps a dead connection and fails ever after.
            connection.close()
            connection = None if fault in (Meaning.POLICY, Meaning.STOP) else _opened()
            if connection is None:
                return taken
    connection.close()
    return taken


def compose_confirmation(subscriber: Subscriber) -> AnymailMessage:
    """The mail that asks whether the address's owner wants the digest. Holds nothing that a visitor typed."""
    unsubscribe = links.url(links.UNSUBSCRIBE, subscriber.key)
    words = letters.confirmation(subscriber.language, links.url(links.CONFIRM, subscriber.key), unsubscribe)
    return mail.message(words, subscriber.email, f"<c.{secrets.token_hex(12)}@{sender_domain()}>", unsubscribe)


def _opened() -> BaseEmailBackend | None:
    """An open connection, or None when the mail server cannot be reached or refuses us."""
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 - whatever a backend raises; nothing was sent yet, the next tick tries
        outcome = outcome_of_opening(error)
        logger.warning("Confirmations wait. %s (%s)", outcome.error, type(error).__name__)
        return None
    return connection


def _send(message: AnymailMessage, connection: BaseEmailBackend) -> Meaning | None:
    """Send one mail. None when it was taken, else what the failure means."""
    try:
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001 - every error has a meaning, and one address must not stop the others
        outcome = outcome_of(error)
        logger.warning("A confirmation was not sent: %s", outcome.error)
        return outcome.meaning
    return None


def _claim(subscriber: Subscriber, now: dt.datetime) -> bool:
    """Take the row if it still wants this confirmation."""
    unchanged = Subscriber.objects.filter(
        pk=subscriber.pk,
        status=Subscriber.Status.PENDING,
        confirmation_wanted_at=subscriber.confirmation_wanted_at,
    )
    return bool(
        unchanged.update(
            confirmation_wanted_at=None, confirmation_sent_at=now, confirmations_sent=F("confirmations_sent") + 1
        )
    )


def _put_back(subscriber: Subscriber, claimed_at: dt.datetime) -> None:
    """Undo a claim whose mail certainly did not go out, unless that went on for too long; others have their turn
    before it is tried again."""
    if subscriber.signed_up_at < claimed_at - TRIED_FOR:
        return
    mine = Subscriber.objects.filter(
        pk=subscriber.pk, status=Subscriber.Status.PENDING, confirmation_sent_at=claimed_at
    )
    mine.update(
        confirmation_wanted_at=claimed_at + BETWEEN_TRIES,
        confirmation_sent_at=subscriber.confirmation_sent_at,
        confirmations_sent=F("confirmations_sent") - 1,
    )
