"""Letters about a subscription that come back: as a provider's report, as a bounce mail, or refused by the mail server.

    note → stamp → send                 a row for each letter, its name in Message-ID, metadata and return path
    record / refused → came back once → strike its person, as `delivery.strikes` does for digests

The same report again changes nothing, a weaker one after a stronger neither. When very much comes back at once
nobody is struck before an operator has applied or dismissed it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from anymail.message import AnymailMessage
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from subscribers import lifecycle, suppression
from subscribers.delivery import flood, names
from subscribers.delivery.moves import STRIKES, Kind, Reader
from subscribers.delivery.reports import Report
from subscribers.models import AddressChange, LetterSent, Subscriber, Suppression

logger = logging.getLogger(__name__)
WORSE = (Kind.SOFT_BOUNCE, Kind.UNSUBSCRIBED, Kind.BOUNCED, Kind.COMPLAINED)
"""What matters of a letter, each worse than those before it. All else is not kept."""

OUT_OF = {**STRIKES, Kind.BOUNCED: (Reader.BOUNCED, (Reader.ACTIVE, Reader.PENDING))}
"""As for digests; and who was asked at an address that does not exist will not answer."""

MOST_A_TICK = 500
"""Of what an operator let be applied: a tick has more to do."""

TOO_MANY = flood.Alarm(one_in=4, events=10, accepted=0)
"""Of a day's letters. Addresses are mistyped more often than readers are lost: more comes back than of digests."""


def note(reader: Subscriber, kind: str, address: str, change: AddressChange | None = None) -> LetterSent:
    """Keep that a letter is about to go to this address."""
    hashed = suppression.hashes(address)[0]
    return LetterSent.objects.create(
        subscriber=reader, kind=kind, address_hash=hashed, change=change, sent_at=timezone.now()
    )


def stamp(message: AnymailMessage, sent: LetterSent) -> None:
    """Write the letter's name where whoever reports about it will tell it: Message-ID, metadata and, through a server of
    SMTP, the return path (a provider's own API has its own)."""
    name = names.letter_name(sent.pk)
    own = message.extra_headers["Message-ID"]
    message.extra_headers["Message-ID"] = f"<{sent.kind[0]}.{name}@{own.strip('<>').rpartition('@')[2]}>"
    message.metadata = {"delivery": name}
    if settings.RETURN_PATH and not settings.EMAIL_BACKEND.startswith("anymail."):
        message.extra_headers["From"] = message.from_email
        message.from_email = names.return_path_named(name)


def letters_of(reports: Sequence[Report]) -> list[LetterSent | None]:
    """The letter that each report is about, by its name or by the provider's own id and the recipient; None for the others."""
    numbers = [names.letter_named(report.name) for report in reports]
    found = LetterSent.objects.in_bulk([number for number in numbers if number is not None])
    return [
        found.get(number) if number is not None else _by_provider_id(report)
        for report, number in zip(reports, numbers, strict=True)
    ]


def _by_provider_id(report: Report) -> LetterSent | None:
    if not report.message_id or not report.recipient or names.delivery_named(report.name) is not None:
        return None
    hashed = suppression.hashes(report.recipient)
    return LetterSent.objects.filter(provider_id=report.message_id, address_hash__in=hashed).first()


def came_back(letter_id: int, kind: str, at: dt.datetime, detail: str) -> bool:
    """Keep what was reported about a letter, and do what it means; False when as bad or worse was known already, or it means
    nothing."""
    if kind not in WORSE:
        return False
    with transaction.atomic():
        letter = LetterSent.objects.select_for_update().filter(pk=letter_id).first()
        if letter is None or (letter.came_back in WORSE and WORSE.index(letter.came_back) >= WORSE.index(kind)):
            return False
        letter.came_back, letter.came_back_at, letter.detail = kind, at, detail[:300]
        letter.is_held = kind in (Kind.BOUNCED, Kind.COMPLAINED) and _is_too_much(letter)
        letter.settled = ""  # what was decided of a weaker report says nothing of this one
        letter.save(update_fields=["came_back", "came_back_at", "detail", "is_held", "settled"])
        if not letter.is_held:
            _strike(letter, kind, at)
    return True


def held() -> QuerySet[LetterSent]:
    """What came back in a flood, and nobody has decided about yet."""
    return LetterSent.objects.filter(is_held=True, settled="")


def apply_held(letters: QuerySet[LetterSent]) -> int:
    """An operator believes these reports: the next ticks do what they mean. How many were still held."""
    return held().filter(pk__in=letters.order_by().values("pk")).update(settled=LetterSent.Settled.APPLIED)


def dismiss_held(letters: QuerySet[LetterSent]) -> int:
    """An operator does not believe them: they will never do anything. How many were still held."""
    those = held().filter(pk__in=letters.order_by().values("pk"))
    return those.update(settled=LetterSent.Settled.DISMISSED, is_held=False)


def apply_waiting() -> int:
    """Do what an operator believed, MOST_A_TICK at a time; how many. Safe to run twice: each row is struck once, under its
    lock."""
    waiting = LetterSent.objects.filter(is_held=True, settled=LetterSent.Settled.APPLIED).order_by("pk")
    return sum(_apply(pk) for pk in list(waiting.values_list("pk", flat=True)[:MOST_A_TICK]))


def _apply(pk: int) -> bool:
    with transaction.atomic():
        waiting = LetterSent.objects.select_for_update().filter(is_held=True, settled=LetterSent.Settled.APPLIED, pk=pk)
        letter = waiting.first()
        if letter is None or letter.came_back_at is None:
            return False
        _strike(letter, letter.came_back, letter.came_back_at)
        letter.is_held = False
        letter.save(update_fields=["is_held"])
        return True


def _is_too_much(letter: LetterSent) -> bool:
    """Whether so many of the last day's letters came back that it cannot be their readers' doing."""
    since = timezone.now() - dt.timedelta(days=1)
    lately = LetterSent.objects.filter(sent_at__gte=since)
    others = lately.filter(came_back__in=[Kind.BOUNCED, Kind.COMPLAINED]).exclude(pk=letter.pk).count()
    is_flood = flood.rings(TOO_MANY, others + 1, lately.count())
    if is_flood:
        logger.error(
            "Very many letters about subscriptions came back: nobody is struck off for them before somebody has"
            " applied or dismissed what is held, in admin under letters. Look at the server."
        )
    return is_flood


def _strike(letter: LetterSent, kind: str, at: dt.datetime) -> None:
    """Do to the person what came back means. It is about the address that the letter went to, and about the person only as
    long as that is theirs."""
    reader = Subscriber.objects.select_for_update(no_key=True).get(pk=letter.subscriber_id)
    if letter.address_hash not in suppression.hashes(reader.email):
        _strike_address(letter, kind)
        return
    if kind == Kind.UNSUBSCRIBED:
        lifecycle.leave(reader.key)
    elif kind in (Kind.BOUNCED, Kind.COMPLAINED):
        becomes, out_of = OUT_OF[kind]
        if reader.status in out_of and (kind == Kind.COMPLAINED or at >= _asked_at(reader)):
            Subscriber.objects.filter(pk=reader.pk).update(status=becomes, letter_due_at=None)
            suppression.suppress(reader.email, suppression.REASON_OF[Reader(becomes)])


def _asked_at(reader: Subscriber) -> dt.datetime:
    """What came back before that is out of date: the address was reached, or somebody typed it again."""
    if reader.status == Reader.ACTIVE and reader.confirmed_at:
        return reader.confirmed_at
    return reader.signed_up_at


def _strike_address(letter: LetterSent, kind: str) -> None:
    """The address was not, or is no longer, the person's: a wish to move there comes to nothing."""
    if kind in (Kind.BOUNCED, Kind.COMPLAINED):
        reason = Suppression.Reason.BOUNCED if kind == Kind.BOUNCED else Suppression.Reason.COMPLAINED
        suppression.suppress_hashed(letter.address_hash, reason)
    if kind != Kind.SOFT_BOUNCE and letter.change_id:
        AddressChange.objects.filter(pk=letter.change_id, ended_at=None).update(ended_at=timezone.now())
