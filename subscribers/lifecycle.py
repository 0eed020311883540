"""How a subscriber moves: pending → active → unsubscribed | bounced | complained, and back by a new confirmation.

Each move is one conditional update, so that of two clicks, or a click and a provider's report, one wins and nothing is
lost. What a stranger can do by typing somebody's address is to have a few confirmations mailed, and nothing else.
"""

import datetime as dt
import logging

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, PositiveSmallIntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from digests.collecting.days import today
from subscribers import suppression
from subscribers.delivery.opening import reschedule
from subscribers.models import Delivery, Subscriber
from subscribers.suppression import Reason

logger = logging.getLogger(__name__)

BROKER_SECONDS = 0.5

BETWEEN_CONFIRMATIONS = dt.timedelta(minutes=10)
MOST_CONFIRMATIONS = 5
CONFIRMATIONS_FORGOTTEN = dt.timedelta(days=7)
"""So long after the last confirmation the count starts anew: an address must not be locked out for ever."""

Status = Subscriber.Status
MAY_BE_ASKED = (Status.PENDING, Status.UNSUBSCRIBED, Status.BOUNCED)
"""Who gets a confirmation on signing up. Active readers need none; who complained gets no mail from us again."""


def sign_up(email: str, language: str, categories: int, time_zone: str | None = None) -> None:
    """Note that somebody wants the digest at `email`, and that a confirmation is wanted unless there were enough.

    `categories` is a mask (see `subscribers.choices`). The caller learns nothing, and for any address the same three
    statements change exactly one row, so that neither the answer nor its timing tells who is subscribed. An active
    subscriber keeps their preferences: anyone can type an address.
    """
    now = timezone.now()
    wishes = {
        "status": Status.PENDING,
        "language": language,
        "categories": categories,
        "time_zone": time_zone or settings.DIGEST_TIME_ZONE,
        "signed_up_at": now,
        # The very sentence that stood beside the button, in the language it was read in.
        "consent_text": render_to_string("web/consent.txt").strip()[:300],
    }
    known = Subscriber.objects.alias(address=Lower("email")).filter(address=email.lower())
    with transaction.atomic():
        known.filter(status__in=MAY_BE_ASKED).update(**wishes, **_another_confirmation(now))
        Subscriber.objects.bulk_create(
            [Subscriber(email=email, confirmation_wanted_at=now, **wishes)], ignore_conflicts=True
        )
        known.exclude(status__in=MAY_BE_ASKED).update(confirmation_wanted_at=None)


def want_confirmation(subscriber: Subscriber, at: dt.datetime) -> None:
    """Let a subscriber that is not stored yet be mailed a confirmation from `at` on."""
    subscriber.confirmation_wanted_at = at


def _another_confirmation(now: dt.datetime) -> dict[str, Case]:
    """The changes that ask for one more confirmation, unless the last is too fresh or there were too many."""
    forgotten = Q(confirmation_sent_at__lt=now - CONFIRMATIONS_FORGOTTEN)
    rested = Q(confirmation_sent_at__isnull=True) | Q(confirmation_sent_at__lt=now - BETWEEN_CONFIRMATIONS)
    few = Q(confirmations_sent__lt=MOST_CONFIRMATIONS) | forgotten
    count, asked = PositiveSmallIntegerField(), DateTimeField()
    return {
        "confirmations_sent": Case(
            When(forgotten, then=Value(0, count)), default=F("confirmations_sent"), output_field=count
        ),
        "confirmation_wanted_at": Case(
            When(rested & few, then=Value(now, asked)), default=F("confirmation_wanted_at"), output_field=asked
        ),
    }


def confirm(key: str) -> bool:
    """The owner of the address said yes. True when this call made the subscriber active; saying it twice is harmless.

    Only a pending subscriber can be confirmed: a link from before must not bring back a reader who has left since.
    Whoever opened the link can be reached, so a bounce of long ago is forgotten.
    """
    with transaction.atomic():
        confirmed = _move(
            Subscriber.objects.filter(status=Status.PENDING, key=key),
            status=Status.ACTIVE,
            confirmed_at=timezone.now(),
            left_at=None,
            confirmation_wanted_at=None,
            confirmations_sent=0,
        )
        if confirmed:
            suppression.lift(Subscriber.objects.get(key=key).email, Reason.BOUNCED, Reason.ERASED)
    return confirmed


def leave(key: str) -> bool:
    """The reader wants no more mail. True when this call changed that; leaving twice is harmless.

    In force at once, for mails that wait in the queue too. Who complained stays "complained": that is the stronger no.
    """
    now = timezone.now()
    with transaction.atomic():
        left = _move(
            Subscriber.objects.filter(status__in=(Status.PENDING, Status.ACTIVE, Status.BOUNCED), key=key),
            status=Status.UNSUBSCRIBED,
            left_at=now,
            confirmation_wanted_at=None,
        )
        # Kept for the day an editor finds that the complaint was a forgery.
        _move(Subscriber.objects.filter(status=Status.COMPLAINED, key=key, left_at=None), left_at=now)
        waiting = Delivery.objects.filter(subscriber__key=key, status=Delivery.Status.QUEUED)
        waiting.update(status=Delivery.Status.SUPPRESSED, finished_at=now)
    return left


def choose(
    key: str,
    *,
    categories: int,
    language: str,
    send_hour: int,
    time_zone: str,
    cadence: str,
    paused_until: dt.date | None,
) -> bool:
    """Keep an active subscriber's preferences; False when the subscriber is not active (any more).

    A digest that waits for the old hour is moved to the new one; on a pause it is skipped. How often the reader reads
    counts from the next digest on: what is open is still sent, and the week's own digest makes up for the rest.
    """
    reader = Subscriber.objects.filter(status=Status.ACTIVE, key=key)
    weekly = Subscriber.Cadence.WEEKLY
    with transaction.atomic():
        changed = reader.exclude(cadence=cadence)
        if cadence != weekly:
            changed = changed.filter(cadence=weekly)  # every day or on weekdays makes no difference to the week
        changed.update(cadence_before=F("cadence"), cadence_since=today())
        kept = _move(
            reader,
            categories=categories,
            language=language,
            send_hour=send_hour,
            time_zone=time_zone,
            cadence=cadence,
            paused_until=paused_until,
        )
        if kept:
            reschedule(Subscriber.objects.get(key=key))
    return kept


def _move(rows: QuerySet[Subscriber], **changes: object) -> bool:
    return bool(rows.update(**changes))


def wake(task: str) -> None:
    """Call the crew for `task` now. With the broker away nothing is lost: the next tick finds the work in the rows.

    Over a connection of its own, which gives up soon: a page waits for it.
    """
    try:
        with current_app.connection_for_write() as connection:
            soon = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
            connection.transport_options = {**(connection.transport_options or {}), **soon}
            current_app.send_task(task, retry=False, expires=600, connection=connection)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("%s was not woken, the next tick will do it: %s", task, type(error).__name__)
