"""Letters to subscribers about their subscription. The digest itself is sent by `subscribers.delivery`."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from anymail.message import AnymailMessage
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from digests.content import path_of
from digests.models import Digest
from newsletter import mail
from newsletter.checks import sender_domain
from subscribers import letters, links
from subscribers.choices import chosen
from subscribers.delivery.upcoming import next_mail_at
from subscribers.models import Subscriber
from subscribers.owner.mail import owners_letters
from subscribers.posting import BETWEEN_TRIES, TRIED_FOR, post

Letter = Subscriber.Letter
Status = Subscriber.Status

LETTERS_A_RUN = 200


def send_letters() -> int:
    """Mail every letter that is due, oldest first, those that people just asked for included; return how many were taken."""
    now = timezone.now()
    due = Subscriber.objects.filter(letter_due_at__lte=now).order_by("letter_due_at")[:LETTERS_A_RUN]
    waiting = [*map(AboutSubscription, due), *owners_letters(now)]
    return post(sorted(waiting, key=lambda letter: letter.due_at))


class AboutSubscription:
    """The letter that a subscriber's own row asks for."""

    def __init__(self, subscriber: Subscriber) -> None:
        assert subscriber.letter_due_at is not None
        self.subscriber = subscriber
        self.address = subscriber.email
        self.due_at = subscriber.letter_due_at

    @property
    def told(self) -> tuple[Subscriber, str, None]:
        """See `posting.Letter`."""
        return self.subscriber, self.subscriber.letter, None

    def message(self) -> AnymailMessage:
        """The mail."""
        return compose(self.subscriber)

    def claim(self) -> bool:
        """Take the letter if it is still the one that is wanted, and still for somebody of the right status."""
        unchanged = self._mine.filter(letter_due_at=self.subscriber.letter_due_at)
        return bool(unchanged.update(letter_due_at=None))

    def put_back(self, claimed_at: dt.datetime) -> None:
        """Unless that went on for too long or another letter is wanted meanwhile."""
        since = self.subscriber.letter_since
        if since is None or since < claimed_at - TRIED_FOR:
            return
        mine = self._mine.filter(letter_since=since, letter_due_at=None)
        mine.update(letter_due_at=claimed_at + BETWEEN_TRIES)

    @property
    def _mine(self) -> QuerySet[Subscriber]:
        status = KINDS[Letter(self.subscriber.letter)].status
        return Subscriber.objects.filter(pk=self.subscriber.pk, status=status, letter=self.subscriber.letter)


def compose(subscriber: Subscriber) -> AnymailMessage:
    """The letter that is wanted for a subscriber. Holds nothing that a visitor typed."""
    words = KINDS[Letter(subscriber.letter)].words(subscriber)
    message_id = f"<{subscriber.letter[0]}.{secrets.token_hex(12)}@{sender_domain()}>"
    return mail.message(words, subscriber.email, message_id, links.url(links.UNSUBSCRIBE, subscriber.key))


def _confirmation(subscriber: Subscriber) -> mail.Rendered:
    """Asks whether the address's owner wants the digest."""
    confirm, unsubscribe = (links.url(purpose, subscriber.key) for purpose in (links.CONFIRM, links.UNSUBSCRIBE))
    return letters.confirmation(subscriber.language, confirm, unsubscribe, _categories(subscriber))


def _welcome(subscriber: Subscriber) -> mail.Rendered:
    """Comes after the confirmation."""
    with translation.override(subscriber.language):
        first_mail = first_mail_words(subscriber)
    return letters.welcome(subscriber.language, _own(subscriber), first_mail, latest_url(), _categories(subscriber))


def _already(subscriber: Subscriber) -> mail.Rendered:
    """Comes to a reader whose address was entered again."""
    return letters.already(subscriber.language, _own(subscriber))


def _renewal(subscriber: Subscriber) -> mail.Rendered:
    """Comes when the consent is old."""
    given = subscriber.consent_renewed_at or subscriber.confirmed_at or subscriber.signed_up_at
    day = given.astimezone(ZoneInfo(subscriber.time_zone)).date()
    return letters.renewal(subscriber.language, _own(subscriber), links.url(links.RENEW, subscriber.key), day)


class Kind(NamedTuple):
    """A kind of letter: who may still get it when its turn comes, and its words."""

    status: Subscriber.Status
    words: Callable[[Subscriber], mail.Rendered]


KINDS = {
    Letter.CONFIRMATION: Kind(Status.PENDING, _confirmation),
    Letter.WELCOME: Kind(Status.ACTIVE, _welcome),
    Letter.ALREADY: Kind(Status.ACTIVE, _already),
    Letter.RENEWAL: Kind(Status.ACTIVE, _renewal),
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


def _categories(subscriber: Subscriber) -> list[str]:
    with translation.override(subscriber.language):
        return [str(category) for category in chosen(subscriber.categories)]


def _own(subscriber: Subscriber) -> letters.Own:
    return letters.Own(links.url(links.PREFERENCES, subscriber.key), links.url(links.UNSUBSCRIBE, subscriber.key))
