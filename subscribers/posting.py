"""Send letters one after the other, over one connection. What the letters are is in `subscribers.mail`."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from anymail.message import AnymailMessage
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from newsletter.stopping import is_stopping
from subscribers.delivery import guard
from subscribers.delivery.moves import Kind
from subscribers.delivery.outcomes import Meaning, Outcome, outcome_of, outcome_of_opening
from subscribers.letters_back import came_back, note, stamp
from subscribers.models import AddressChange, LetterSent, Subscriber

logger = logging.getLogger(__name__)

SECONDS_A_RUN = 60.0
BETWEEN_TRIES = dt.timedelta(minutes=5)
TRIED_FOR = dt.timedelta(days=1)
"""So long a letter is tried again while the mail server says "later"; a later one would only puzzle people."""


class Letter(Protocol):
    """A letter that is due, to one address."""

    @property
    def address(self) -> str:
        """Where it goes."""

    @property
    def due_at(self) -> dt.datetime:
        """Since when."""

    @property
    def told(self) -> tuple[Subscriber, str, AddressChange | None]:
        """Whom it is about, its `LetterSent.Kind`, and the change of address that it asks about, if it asks about one."""

    def message(self) -> AnymailMessage:
        """The mail."""

    def claim(self) -> bool:
        """Take it for sending; False when it is no longer wanted, or somebody else took it."""

    def put_back(self, claimed_at: dt.datetime) -> None:
        """Undo a claim whose mail certainly did not go out; it is tried again after BETWEEN_TRIES, for TRIED_FOR at most."""


def post(waiting: Sequence[Letter]) -> int:
    """Mail these letters in their order; return how many were taken.

    A letter is claimed before its mail is sent, so two workers at once send one mail, and a worker that dies sends none:
    people can ask again. While no connection can be opened, or all sending is stopped, nothing is claimed.
    """
    end = time.monotonic() + SECONDS_A_RUN
    connection = _opened() if waiting and guard.may_send() is None else None
    if connection is None:
        return 0
    taken = 0
    refused: list[tuple[LetterSent, str]] = []
    for letter in waiting:
        if time.monotonic() > end or is_stopping():
            break  # a slow server must not keep the digest waiting; the next run goes on
        now = timezone.now()
        message = letter.message()
        sent = _claimed(letter, message)
        if sent is None:
            continue
        outcome = _send(message, connection)
        fault = outcome.meaning if outcome else None
        taken += fault is None
        if outcome is None:
            _keep_provider_id(sent, message)
        elif fault in (Meaning.DEFERRED, Meaning.POLICY, Meaning.STOP):
            sent.delete()
            letter.put_back(now)
        elif fault is Meaning.BOUNCED:
            refused.append((sent, outcome.error))
        if fault is not None:
            # After an error Django's SMTP backend keeps a dead connection and fails ever after.
            connection.close()
            connection = None if fault in (Meaning.POLICY, Meaning.STOP) else _opened()
            if connection is None:
                break
    if connection:
        connection.close()
    _believe(refused, taken)
    return taken


def _claimed(letter: Letter, message: AnymailMessage) -> LetterSent | None:
    """Take the letter and keep that it goes out, both or neither; None when it must not."""
    with transaction.atomic():
        if not letter.claim() or not guard.may_be_mailed(letter.address):
            return None
        reader, kind, change = letter.told
        sent = note(reader, kind, letter.address, change)
    stamp(message, sent)
    return sent


def _keep_provider_id(sent: LetterSent, message: AnymailMessage) -> None:
    """Some providers report about their own number only. Django's own backends learn none."""
    if provider_id := message.anymail_status.message_id:
        LetterSent.objects.filter(pk=sent.pk).update(provider_id=str(provider_id)[:200])


def _believe(refused: Sequence[tuple[LetterSent, str]], taken: int) -> None:
    """A refusal is believed when another letter was accepted, or when it is the only one: a server that refuses everybody
    answers as one that knows an address does not exist."""
    for_good = taken > 0 or len(refused) == 1
    for sent, words in refused:
        came_back(sent.pk, Kind.BOUNCED if for_good else Kind.SOFT_BOUNCE, timezone.now(), words)


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


def _send(message: AnymailMessage, connection: BaseEmailBackend) -> Outcome | None:
    """Send one mail. None when it was taken, else what the failure means."""
    try:
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001 - every error has a meaning, and one address must not stop the others
        outcome = outcome_of(error)
        logger.warning("A letter was not sent: %s", outcome.error)
        return outcome
    return None
