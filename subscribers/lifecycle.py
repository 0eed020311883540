"""How a subscriber moves: pending → active → unsubscribed | bounced | complained, and back by a new confirmation.

Each move is one conditional update, so that of two clicks, or a click and a provider's report, one wins and nothing is
lost. What a stranger can do by typing somebody's address is to have a few confirmations mailed, and nothing else.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone

from digests.collecting.days import today
from subscribers import links, suppression
from subscribers.delivery.opening import reschedule
from subscribers.models import Delivery, SignUp, Subscriber
from subscribers.signing_up.limits import folded, keyed
from subscribers.suppression import Reason
from subscribers.zones import time_zones

Status = Subscriber.Status
Letter = Subscriber.Letter
MAY_BE_ASKED = (Status.PENDING, Status.UNSUBSCRIBED, Status.BOUNCED)
"""Who gets a confirmation on signing up. Active readers need none; who complained gets no mail from us again."""


class Consent(NamedTuple):
    """The sentence that stood beside the button, in the language it was read in; when it was agreed to, and in which
    network."""

    text: str
    at: dt.datetime
    came_from: str = ""


def consent_words() -> str:
    """The sentence that is agreed to, in the active language."""
    return render_to_string("web/consent.txt").strip()[:300]


def sign_up(
    email: str, language: str, categories: int, time_zone: str | None = None, consent: Consent | None = None
) -> None:
    """Note that somebody wants the digest at `email`, and that a confirmation is wanted. Whether it may be is decided
    before (`subscribers.signing_up`).

    `categories` is a mask (see `subscribers.choices`). An active subscriber keeps their preferences: anyone can type an
    address. Without a `consent` it is given here and now.
    """
    now = timezone.now()
    consent = consent or Consent(consent_words(), now)
    wishes: dict[str, Any] = {
        "status": Status.PENDING,
        "language": language,
        "categories": categories,
        "time_zone": time_zone or settings.DIGEST_TIME_ZONE,
        "signed_up_at": consent.at,
        "signed_up_from": consent.came_from,
        "consent_text": consent.text,
        **_wanted(Letter.CONFIRMATION, now),
    }
    with transaction.atomic():
        if not _move(_known(email).filter(status__in=MAY_BE_ASKED), **wishes):
            Subscriber.objects.bulk_create([Subscriber(email=email, **wishes)], ignore_conflicts=True)


def wish_again(email: str, language: str, categories: int, consent: Consent) -> bool:
    """Somebody who is asked to confirm already signed up again, and no more mail goes to this address today: the later
    wishes stand on the page that the link they have opens. True when they were kept.

    Only as long as that link is good: a stranger who goes on typing must not keep an unconfirmed address here for ever.
    """
    asked = timezone.now() - links.LIFETIME[links.CONFIRM]
    waiting = _known(email).filter(status=Status.PENDING, letter=Letter.CONFIRMATION, letter_since__gt=asked)
    return _move(
        waiting,
        language=language,
        categories=categories,
        signed_up_at=consent.at,
        signed_up_from=consent.came_from,
        consent_text=consent.text,
    )


def wishes_of(subscriber: Subscriber) -> str:
    """What the subscriber is about to confirm, in a few characters."""
    return f"{subscriber.language}-{subscriber.categories}"


def want_confirmation(subscriber: Subscriber, at: dt.datetime) -> None:
    """Let a subscriber that is not stored yet be mailed a confirmation from `at` on."""
    subscriber.letter = Letter.CONFIRMATION
    subscriber.letter_since = subscriber.letter_due_at = at


def remind(email: str) -> bool:
    """An active subscriber signed up again: tell them that they are subscribed already, unless another letter is on its
    way to them."""
    reader = _known(email).filter(status=Status.ACTIVE, letter_due_at=None)
    return _move(reader, **_wanted(Letter.ALREADY, timezone.now()))


def confirm(key: str, came_from: str = "", zone: str = "", wishes: str = "") -> bool:
    """The owner of the address said yes, in the network `came_from`, on a device of the time zone `zone`, which counts where
    none was chosen. True when this call made the subscriber active, who is then welcomed; saying it twice is harmless.

    `wishes` are those that the owner saw (`wishes_of`), where they saw any: the yes is to these, and to no others that
    somebody else typed meanwhile.
    Only a pending subscriber can be confirmed: a link from before must not bring back a reader who has left since.
    Whoever opened the link can be reached, so a bounce of long ago is forgotten, and how often the address was asked.
    """
    now = timezone.now()
    with transaction.atomic():
        confirmed = _move(
            Subscriber.objects.filter(_wishing(wishes), status=Status.PENDING, key=key),
            status=Status.ACTIVE,
            confirmed_at=now,
            confirmed_from=came_from,
            left_at=None,
            **_wanted(Letter.WELCOME, now),
        )
        if confirmed:
            if zone in time_zones():
                Subscriber.objects.filter(key=key, time_zone=settings.DIGEST_TIME_ZONE).update(time_zone=zone)
            email = Subscriber.objects.values_list("email", flat=True).get(key=key)
            suppression.lift(email, Reason.BOUNCED, Reason.ERASED)
            SignUp.objects.filter(address_hash=keyed("address", folded(email))).update(address_hash="")
    return confirmed


def _wishing(wishes: str) -> Q:
    """Whose wishes are these; everybody's where none are given."""
    language, _dash, mask = wishes.partition("-")
    if not wishes:
        return Q()
    return Q(language=language, categories=int(mask)) if mask.isdecimal() and len(mask) < 20 else Q(pk=None)


def _known(email: str) -> QuerySet[Subscriber]:
    return Subscriber.objects.alias(address=Lower("email")).filter(address=email.lower())


def _wanted(letter: Subscriber.Letter, now: dt.datetime) -> dict[str, Any]:
    return {"letter": letter, "letter_since": now, "letter_due_at": now}


def leave(key: str) -> bool:
    """The reader wants no more mail. True when this call changed that; leaving twice is harmless.

    In force at once, for mails that wait in the queue too. Who complained stays "complained": that is the stronger no.
    """
    now = timezone.now()
    with transaction.atomic():
        left = _move(
            Subscriber.objects.filter(status__in=(Status.PENDING, Status.ACTIVE, Status.BOUNCED), key=key),
            status=Status.UNSUBSCRIBED,
            left_as=F("status"),
            left_at=now,
            left_because="",
            letter_due_at=None,
        )
        # Kept for the day an editor finds that the complaint was a forgery.
        _move(Subscriber.objects.filter(status=Status.COMPLAINED, key=key, left_at=None), left_at=now)
        # No join: Django would look the rows up first, and suppress one that was taken from the queue meanwhile.
        mine = Subscriber.objects.filter(key=key)
        waiting = Delivery.objects.filter(subscriber__in=mine, status=Delivery.Status.QUEUED)
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
    highlights: str,
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
            highlights=highlights,
        )
        if kept:
            reschedule(Subscriber.objects.get(key=key))
    return kept


def _move(rows: QuerySet[Subscriber], **changes: object) -> bool:
    return bool(rows.update(**changes))
