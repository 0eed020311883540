"""The words of the mails about a subscription. Pure: addresses and facts in, words out; who gets them is decided
elsewhere. All are one family with the digest: templates in `templates/email/<name>/`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from digests.wording import NAME_LENGTH, safe
from newsletter import mail


@dataclass(frozen=True)
class Own:
    """A subscriber's own addresses, for the foot of a mail."""

    preferences_url: str
    unsubscribe_url: str


def confirmation(language: str, confirm_url: str, unsubscribe_url: str, categories: Sequence[str]) -> mail.Rendered:
    """Asks whether the address's owner wants the digest of these categories. Holds nothing that a visitor typed."""
    words: dict[str, object] = {
        "confirm_url": confirm_url,
        "unsubscribe_url": unsubscribe_url,
        "categories": _listed(categories),
    }
    return mail.render("confirm", words, language)


def address_change(language: str, confirm_url: str, unsubscribe_url: str) -> mail.Rendered:
    """Goes to the new address and asks whether it is the subscriber's. It holds no link to their preferences: nobody
    knows yet who reads it."""
    return mail.render("address_change", {"confirm_url": confirm_url, "unsubscribe_url": unsubscribe_url}, language)


def address_leave(
    language: str, new_address: str, confirm_url: str, refuse_url: str, unsubscribe_url: str
) -> mail.Rendered:
    """Goes to the present address and asks whether the digest may go to another one, of which it tells a little."""
    words: dict[str, object] = {"new_address": new_address, "confirm_url": confirm_url}
    words |= {"refuse_url": refuse_url, "unsubscribe_url": unsubscribe_url}
    return mail.render("address_leave", words, language)


def owners_link(language: str, own_url: str, unsubscribe_url: str) -> mail.Rendered:
    """The link that opens a reader's own page, for a day."""
    return mail.render("owners_link", {"own_url": own_url, "unsubscribe_url": unsubscribe_url}, language)


def welcome(language: str, own: Own, first_mail: str, latest_url: str, categories: Sequence[str]) -> mail.Rendered:
    """Comes once, after the confirmation. `first_mail` says when the first digest comes, in the mail's language."""
    words = {"first_mail": first_mail, "latest_url": latest_url, "categories": _listed(categories)}
    return mail.render("welcome", words | asdict(own), language)


def already(language: str, own: Own) -> mail.Rendered:
    """Comes when the address of a reader was entered into the form again; nobody but the reader is told that it was known."""
    return mail.render("already", asdict(own), language)


def renewal(language: str, own: Own, renew_url: str, given: dt.date) -> mail.Rendered:
    """Reminds of a consent that was `given` long ago, and asks whether it still holds (정보통신망법 §50-8)."""
    with translation.override(language):
        day = date_format(given, "DATE_FORMAT")
    return mail.render("renewal", {"renew_url": renew_url, "given": day} | asdict(own), language)


def quiet_week(
    language: str, own: Own, days: tuple[dt.date, dt.date], archive_url: str, categories: Sequence[str]
) -> mail.Rendered:
    """Tells a reader who had no mail from the first to the second of the `days` that nothing is broken."""
    with translation.override(language):
        first, last = (date_format(day, pgettext("short date", "M j")) for day in days)
    words = {"first_day": first, "last_day": last, "archive_url": archive_url, "categories": _listed(categories)}
    return mail.render("quiet_week", words | asdict(own), language)


def _listed(categories: Sequence[str]) -> str:
    return ", ".join(safe(name, NAME_LENGTH) for name in categories)
