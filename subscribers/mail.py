"""Letters to subscribers about their subscription. The digest itself is sent by `subscribers.delivery`."""

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from anymail.message import AnymailMessage
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from digests.content import path_of
from digests.models import Digest
from newsletter import mail
from newsletter.checks import sender_domain
from newsletter.stopping import is_stopping
from subscribers import letters, links
from subscribers.choices import chosen
from subscribers.delivery import guard
from subscribers.delivery.outcomes import Meaning, outcome_of, outcome_of_opening
from subscribers.delivery.upcoming import next_mail_at
from subscribers.models import Subscriber

logger = logging.getLogger(__name__)
Letter = Subscriber.Letter
Status = Subscriber.Status

LETTERS_A_RUN = 200
SECONDS_A_RUN = 60.0
BETWEEN_TRIES = dt.timedelta(minutes=5)
TRIED_FOR = dt.timedelta(days=1)
"""So long a letter is tried again while the mail server says "later"; a later one would only puzzle people."""


def send_letters() -> int:
    """Mail every letter that is due, oldest first; return how many were taken for sending.

    A row is claimed before its mail is sent, so two workers at once send one mail, and a worker that dies sends none: who
    waits for a confirmation can ask again. While no connection can be opened, or all sending is stopped, nothing is
    claimed.
    """
    end = time.monotonic() + SECONDS_A_RUN
    due = Subscriber.objects.filter(letter_due_at__lte=timezone.now()).order_by("letter_due_at")[:LETTERS_A_RUN]
    waiting = list(due)
    connection = _opened() if waiting and guard.may_send() is None else None
    if connection is None:
        return 0
    taken = 0
    for subscriber in waiting:
        if time.monotonic() > end or is_stopping():
            break  # a slow server must not keep the digest waiting; the next run goes on
        now = timezone.now()
        message = compose(subscriber)
        if not _claim(subscriber) or not guard.may_be_mailed(subscriber.email):
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


def compose(subscriber: Subscriber) -> AnymailMessage:
    """The letter that is wanted for a subscriber. Holds nothing that a visitor typed."""
    words = KINDS[Letter(subscriber.letter)].words(subscriber)
    message_id = f"<{subscriber.letter[0]}.{secrets.token_hex(12)}@{sender_domain()}>"
    return mail.message(words, subscriber.email, message_id, links.url(links.UNSUBSCRIBE, subscriber.key))


def _confirmation(subscriber: Subscriber) -> mail.Rendered:
    """Asks whether the address's owner wants the digest."""
    confirm, unsubscribe = (links.url(purpose, subscriber.key) for purpose in (links.CONFIRM, links.UNSUBSCRIBE))
    return letters.confirmation(subscriber.language, confirm, unsubscribe)


def _welcome(subscriber: Subscriber) -> mail.Rendered:
    """Comes after the confirmation."""
    with translation.override(subscriber.language):
        first_mail = first_mail_words(subscriber)
        names = [str(category) for category in chosen(subscriber.categories)]
    return letters.welcome(subscriber.language, _own(subscriber), first_mail, latest_url(), names)


def _already(subscriber: Subscriber) -> mail.Rendered:
    """Comes to a reader whose address was entered again."""
    return letters.already(subscriber.language, _own(subscriber))


class Kind(NamedTuple):
    """A kind of letter: who may still get it when its turn comes, and its words."""

    status: Subscriber.Status
    words: Callable[[Subscriber], mail.Rendered]


KINDS = {
    Letter.CONFIRMATION: Kind(Status.PENDING, _confirmation),
    Letter.WELCOME: Kind(Status.ACTIVE, _welcome),
    Letter.ALREADY: Kind(Status.ACTIVE, _already),
}


def first_mail_words(subscriber: Subscriber) -> str:
    """When the first digest comes, as part of a sentence in the active language, on the reader's own clock."""
    local = next_mail_at(subscriber, timezone.now()).astimezone(ZoneInfo(subscriber.time_zone))
    return date_format(local, pgettext("when the first mail comes", r"\o\n l, F j, \a\t H:i"))


def latest_url() -> str:
    """The latest digest on the web; the archive while there is none."""
    latest = Digest.objects.filter(kind=Digest.Kind.DAILY, status__in=Digest.PUBLIC).order_by("-day").first()
    content = {"kind": latest.kind, "day": latest.day.isoformat()} if latest else None
    return settings.SITE_URL + (path_of(content) if content else "/")


def _own(subscriber: Subscriber) -> letters.Own:
    return letters.Own(links.url(links.PREFERENCES, subscriber.key), links.url(links.UNSUBSCRIBE, subscriber.key))


def _opened() -> BaseEmailBackend | None:
    """An open connection, or None when the mail server cannot be reached or refuses us."""
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 - whatever a backend raises; nothing was sent yet, the next tick tries
        outcome = outcome_of_opening(error)
        logger.warning("Letters wait. %s (%s)", outcome.error, type(error).__name__)
        return None
    return connection


def _send(message: AnymailMessage, connection: BaseEmailBackend) -> Meaning | None:
    """Send one mail. None when it was taken, else what the failure means."""
    try:
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001 - every error has a meaning, and one address must not stop the others
        outcome = outcome_of(error)
        logger.warning("A letter was not sent: %s", outcome.error)
        return outcome.meaning
    return None


def _claim(subscriber: Subscriber) -> bool:
    """Take the letter if it is still the one that is wanted, and still for somebody of the right status."""
    unchanged = Subscriber.objects.filter(
        pk=subscriber.pk,
        status=KINDS[Letter(subscriber.letter)].status,
        letter=subscriber.letter,
        letter_due_at=subscriber.letter_due_at,
    )
    return bool(unchanged.update(letter_due_at=None))


def _put_back(subscriber: Subscriber, claimed_at: dt.datetime) -> None:
    """Undo a claim whose mail certainly did not go out, unless that went on for too long or another letter is wanted
    meanwhile; others have their turn before it is tried again."""
    if subscriber.letter_since is None or subscriber.letter_since < claimed_at - TRIED_FOR:
        return
    mine = Subscriber.objects.filter(
        pk=subscriber.pk,
        status=KINDS[Letter(subscriber.letter)].status,
        letter=subscriber.letter,
        letter_since=subscriber.letter_since,
        letter_due_at=None,
    )
    mine.update(letter_due_at=claimed_at + BETWEEN_TRIES)
