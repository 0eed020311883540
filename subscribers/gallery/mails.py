"""Every mail as it would go over the wire, in every language. Needs no database and sends nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from digests import notices
from digests.content import hash_of
from digests.editions import EditionKey
from digests.wording import category_name
from newsletter import mail
from newsletter.checks import sender_domain
from subscribers import letters, links
from subscribers.delivery import compose
from subscribers.delivery.ledger import Due
from subscribers.delivery.transports.base import Edition
from subscribers.gallery.days import DAY, DAYS, LANGUAGES, Content, with_charts

READER = "reader@example.org"  # RFC 2606: nobody's
KEY = "gallerymails"


class Piece(NamedTuple):
    """A mail of the gallery: its octets, and its charts by hash where they are hosted."""

    name: str
    language: str
    octets: bytes
    charts: dict[str, bytes]

    @property
    def message(self) -> EmailMessage:
        """The mail as it is received."""
        return message_from_bytes(self.octets, policy=default)

    def part(self, kind: str) -> str:
        """The text ("plain") or the HTML ("html")."""
        found = self.message.get_body((kind,))
        return str(found.get_content()).replace("\r\n", "\n") if found else ""


def pieces() -> Iterator[Piece]:
    """All mails: the digests of each day, then the letters about subscriptions, then the editors' mails."""
    for name, make in DAYS.items():
        content, charts = with_charts(make())
        for language in LANGUAGES:
            yield Piece(name, language, _digest(content, charts, language), charts)
    for language in LANGUAGES:
        yield Piece("correction", language, _correction(language), {})
    for name, letter in LETTERS.items():
        for language in LANGUAGES:
            unsubscribe = links.url(links.UNSUBSCRIBE, KEY)
            made = mail.message(letter(language), READER, f"<g.{name}@{sender_domain()}>", unsubscribe)
            yield Piece(name, language, made.message().as_bytes(linesep="\r\n"), {})
    for name, notice in NOTICES.items():
        for language in LANGUAGES:
            made = notices.message(notice(language), READER)
            yield Piece(name, language, made.message().as_bytes(linesep="\r\n"), {})


def _digest(content: Content, charts: dict[str, bytes], language: str) -> bytes:
    """The digest with all its sections, by the way it takes when it is sent."""
    slugs = tuple(section["slug"] for section in content["sections"])
    name = content["charts"][language]["sha256"]
    image = mail.Image(mail.content_id(name), charts[name]) if settings.MAIL_CHART == "inline" else None
    return _octets(EditionKey(hash_of(content), language, slugs), content, image)


def _octets(key: EditionKey, content: Content, image: mail.Image | None) -> bytes:
    words = compose.render(key, content)
    due = Due(pk=1, digest_id=1, subscriber_id=1, attempts=0, email=READER, key=KEY, edition=0, known_days=0)
    return compose.mail_bytes(due, Edition(words, image).form)


def _own() -> letters.Own:
    return letters.Own(links.url(links.PREFERENCES, KEY), links.url(links.UNSUBSCRIBE, KEY))


def _categories(language: str) -> list[str]:
    return [category_name(section, language) for section in DAYS["daily"]()["sections"][:3]]


def _archive() -> str:
    return compose.archive_address({"kind": "daily", "day": DAY.isoformat()})


def _confirmation(language: str) -> mail.Rendered:
    confirm = links.url(links.CONFIRM, KEY)
    return letters.confirmation(language, confirm, _own().unsubscribe_url, _categories(language))


def _address_change(language: str) -> mail.Rendered:
    return letters.address_change(language, links.url(links.ADDRESS, KEY), links.url(links.REFUSE, KEY))


def _address_leave(language: str) -> mail.Rendered:
    agree, refuse = links.url(links.ADDRESS, KEY), links.url(links.REFUSE, KEY)
    return letters.address_leave(language, "n***@example.com", agree, refuse, _own().unsubscribe_url)


def _owners_link(language: str) -> mail.Rendered:
    return letters.owners_link(language, links.url(links.OWN, KEY), _own().unsubscribe_url)


def _welcome(language: str) -> mail.Rendered:
    first = {"ko": "11월 25일 월요일 오전 8시", "en": "on Monday, November 25, at 08:00"}[language]
    return letters.welcome(language, _own(), first, _archive(), _categories(language))


def _renewal(language: str) -> mail.Rendered:
    return letters.renewal(language, _own(), links.url(links.RENEW, KEY), DAY)


def _already(language: str) -> mail.Rendered:
    return letters.already(language, _own())


def _quiet_week(language: str) -> mail.Rendered:
    week = (DAY - dt.timedelta(days=4), DAY)
    return letters.quiet_week(language, _own(), week, settings.SITE_URL + "/", _categories(language))


def _correction(language: str) -> bytes:
    """A correction, by the way it takes when it is sent."""
    paper = DAYS["one-paper"]()["sections"][0]["papers"][0]
    told = {
        "ko": "밀린 일이 78% 줄었다고 썼지만, 논문에 나온 수치는 87%입니다.",
        "en": "We wrote that the backlog shrinks by 78%; the paper says 87%.",
    }
    content = {
        "kind": "correction",
        "of_kind": "daily",
        "day": DAY.isoformat(),
        "texts": told,
        "paper": {"title": paper["title"], "url": paper["url"]},
    }
    return _octets(EditionKey(hash_of(content), language, ("correction",)), content, None)


def _notice(language: str) -> mail.Rendered:
    with translation.override(language):
        headline = notices.headline("missing")
    sentence = "huggingface: status 503. arxiv: no answer within 30 seconds."
    return notices.words_of(DAY, headline, sentence, f"{settings.SITE_URL}/admin/", language)


def _about_a_draft(subject: str, sentence: str) -> Callable[[str], mail.Rendered]:
    """A reminder; `sentence` is one of those in `digests.reminders`."""

    def letter(language: str) -> mail.Rendered:
        with translation.override(language):
            headline, told = notices.headline(subject), gettext(sentence)
        return notices.words_of(DAY, headline, told, f"{settings.SITE_URL}/review/token/", language)

    return letter


LETTERS: dict[str, Callable[[str], mail.Rendered]] = {
    "confirmation": _confirmation,
    "welcome": _welcome,
    "already": _already,
    "renewal": _renewal,
    "quiet-week": _quiet_week,
    "address-change": _address_change,
    "address-leave": _address_leave,
    "owners-link": _owners_link,
}
NOTICES: dict[str, Callable[[str], mail.Rendered]] = {
    "editor-notice": _notice,
    "editor-reminder": _about_a_draft("waiting", "Nothing is sent before somebody has approved it."),
    "editor-held": _about_a_draft(
        "held", "The deadline has passed, and nobody got this digest. Once it is approved it goes out at once."
    ),
    "editor-policy": _about_a_draft(
        "policy", "Titles and links go to readers, without summaries. The desk can still pause it."
    ),
}
