"""The letters with links for the owner of an address alone."""

from __future__ import annotations

import datetime as dt
import secrets

from anymail.message import AnymailMessage
from django.db.models import Q

from newsletter import mail
from newsletter.checks import sender_domain
from subscribers import letters, links, suppression
from subscribers.masking import masked
from subscribers.models import AddressChange, LetterSent, OwnersLink, Subscriber
from subscribers.owner.asking import MAY_BE_MAILED
from subscribers.posting import BETWEEN_TRIES, TRIED_FOR, Letter
from subscribers.suppression import Reason

LETTERS_A_RUN = 200
SIDES = ("former", "new")


def owners_letters(now: dt.datetime) -> list[Letter]:
    """The letters of this kind that are due."""
    asked = OwnersLink.objects.filter(due_at__lte=now).select_related("subscriber").order_by("due_at")
    found: list[Letter] = [LetterWithLink(link) for link in asked[:LETTERS_A_RUN]]
    due = Q(former_due_at__lte=now) | Q(new_due_at__lte=now)
    changes = AddressChange.objects.filter(due, ended_at=None).select_related("subscriber").order_by("asked_at")
    for change in changes[:LETTERS_A_RUN]:
        wanted = (side for side in SIDES if (at := getattr(change, f"{side}_due_at")) and at <= now)
        found.extend(LetterToSide(change, side) for side in wanted)
    return found


class LetterWithLink:
    """The link that opens a reader's own page."""

    def __init__(self, link: OwnersLink) -> None:
        assert link.due_at is not None
        self.link = link
        self.address = link.subscriber.email
        self.due_at = link.due_at

    @property
    def told(self) -> tuple[Subscriber, str, None]:
        """See `posting.Letter`."""
        return self.link.subscriber, LetterSent.Kind.OWNERS_LINK, None

    def message(self) -> AnymailMessage:
        """The mail."""
        reader = self.link.subscriber
        unsubscribe = links.url(links.UNSUBSCRIBE, reader.key)
        words = letters.owners_link(reader.language, links.url(links.OWN, self.link.key), unsubscribe)
        return mail.message(words, self.address, _message_id("o"), unsubscribe)

    def claim(self) -> bool:
        """Once; and never for an address that must not be mailed, or is another by now."""
        mine = OwnersLink.objects.filter(pk=self.link.pk, due_at=self.due_at)
        still = mine.filter(subscriber__email=self.address, subscriber__status__in=MAY_BE_MAILED).exists()
        return bool(mine.update(due_at=None)) and still and _may_be_mailed(self.address)

    def put_back(self, claimed_at: dt.datetime) -> None:
        """Unless the wish is old."""
        mine = OwnersLink.objects.filter(pk=self.link.pk, due_at=None, asked_at__gte=claimed_at - TRIED_FOR)
        mine.update(due_at=claimed_at + BETWEEN_TRIES)


class LetterToSide:
    """The question to one of the two addresses of a change: to the former one, or to the new one."""

    def __init__(self, change: AddressChange, side: str) -> None:
        self.change = change
        self.side = side
        self.address: str = getattr(change, f"{side}_address")
        self.due_at: dt.datetime = getattr(change, f"{side}_due_at")

    @property
    def told(self) -> tuple[Subscriber, str, AddressChange]:
        """See `posting.Letter`."""
        return self.change.subscriber, self.side, self.change

    def message(self) -> AnymailMessage:
        """The mail. At the new address nobody knows yet who reads: there it has no link of the subscription."""
        key = getattr(self.change, f"{self.side}_key")
        agree, refuse = links.url(links.ADDRESS, key), links.url(links.REFUSE, key)
        language = self.change.subscriber.language
        if self.side == "new":
            words = letters.address_change(language, agree, refuse)
        else:
            leave = links.url(links.UNSUBSCRIBE, self.change.subscriber.key)
            words = letters.address_leave(language, masked(self.change.new_address), agree, refuse, leave)
        return mail.message(words, self.address, _message_id("a"), refuse)

    def claim(self) -> bool:
        """Once, while the change is still wanted; and never for an address that must not be mailed."""
        mine = AddressChange.objects.filter(pk=self.change.pk, ended_at=None, **{f"{self.side}_due_at": self.due_at})
        return bool(mine.update(**{f"{self.side}_due_at": None})) and _may_be_mailed(self.address)

    def put_back(self, claimed_at: dt.datetime) -> None:
        """Unless the wish is old or has ended."""
        mine = AddressChange.objects.filter(pk=self.change.pk, ended_at=None, asked_at__gte=claimed_at - TRIED_FOR)
        mine.filter(**{f"{self.side}_due_at": None}).update(**{f"{self.side}_due_at": claimed_at + BETWEEN_TRIES})


def _may_be_mailed(address: str) -> bool:
    return suppression.is_suppressed(address) != Reason.COMPLAINED


def _message_id(letter: str) -> str:
    return f"<{letter}.{secrets.token_hex(12)}@{sender_domain()}>"
