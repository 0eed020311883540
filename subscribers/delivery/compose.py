"""Make the message for one delivery. The edition is rendered once for all who want the same; only links differ."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import date
from email.utils import formatdate
from functools import cache, lru_cache
from typing import NamedTuple

from anymail.message import AnymailMessage
from django.conf import settings
from django.urls import reverse

from digests.content import Content, path_of
from digests.editions import EditionKey, edition_content, edition_key
from digests.models import Chart
from digests.rendering import Links, render_edition
from newsletter import mail
from newsletter.dkim import signer
from newsletter.mail import Image, Rendered
from newsletter.mime import Form, header
from subscribers import links
from subscribers.delivery import names
from subscribers.delivery.ledger import Due

# Stand-ins for a reader's own tokens while an edition is rendered: random, so that no paper can name them, and as long
# as what will stand there, so that nothing moves when they are replaced.
_LENGTH = len(links.token(links.UNSUBSCRIBE, "k" * 12))
UNSUBSCRIBE_MARK, PREFERENCES_MARK = (secrets.token_hex(_LENGTH)[:_LENGTH] for _ in range(2))


class Tokens(NamedTuple):
    """A reader's own part of the links in a mail."""

    unsubscribe: str
    preferences: str


def edition_of(due: Due, content: Content, content_hash: str) -> EditionKey:
    """The edition this reader wants; without sections when the digest has nothing for them."""
    return edition_key(content, content_hash, due.edition, due.known_days, due.highlights)


def render(key: EditionKey, content: Content) -> Rendered:
    """The edition with marks in place of the reader's tokens."""
    links_of_edition = Links(
        unsubscribe=_address("unsubscribe", UNSUBSCRIBE_MARK),
        preferences=_address("preferences", PREFERENCES_MARK),
        archive=archive_address(content),
        feedback=_feedback_address(content),
    )
    return render_edition(edition_content(content, key), key.language, key.slugs, links_of_edition, key.marks)


def tokens_of(due: Due) -> Tokens:
    """The reader's own tokens."""
    unsubscribe, preferences = _stamps(settings.LINK_KEYS[0])
    return Tokens(unsubscribe(due.key), preferences(due.key))


def archive_address(content: Content) -> str:
    """Where the digest stands on the web."""
    return settings.SITE_URL + path_of(content)


def image_of(content: Content, language: str) -> Image | None:
    """The chart as it travels inside mails; None where they name it by its address on our site, or it was not drawn.
    Raises ValueError when it is gone."""
    chart = content["charts"].get(language)
    if settings.MAIL_CHART != "inline" or not chart:
        return None
    stored = Chart.objects.filter(sha256=chart["sha256"]).first()
    if stored is None:
        raise ValueError("The digest's chart is not in the database.")
    return Image(mail.content_id(chart["sha256"]), bytes(stored.png))


def compose_digest(due: Due, words: Rendered, image: Image | None = None) -> AnymailMessage:
    """The reader's own message as an object, for the backends that want one. Sends nothing."""
    own = tokens_of(due)
    filled = Rendered(words.subject, _filled(words.text, own), _filled(words.html, own))
    message = mail.message(filled, due.email, message_id(due), _address("unsubscribe", own.unsubscribe), image)
    message.metadata = {"delivery": opaque_id(due)}
    return message


def form_of(words: Rendered, length: int, image: Image | None = None) -> Form:
    """The edition's bytes with blanks for tokens of this length; made once for all its readers."""
    marks = {"unsubscribe": UNSUBSCRIBE_MARK, "preferences": PREFERENCES_MARK}
    if length != _LENGTH:
        fitting = {name: secrets.token_hex(length)[:length] for name in marks}
        words = Rendered(words.subject, *(_filled(text, Tokens(**fitting)) for text in words[1:]))
        marks = fitting
    sender = [("From", settings.FROM_EMAIL), *([("Reply-To", settings.REPLY_TO)] if settings.REPLY_TO else [])]
    return Form(words, [*sender, *mail.list_headers().items()], marks, image)


def mail_bytes(due: Due, form_for: Callable[[int], Form]) -> bytes:
    """The reader's own message as it goes over the wire, in one piece (see `mail_pieces`)."""
    return b"".join(mail_pieces(due, form_for))


def mail_pieces(due: Due, form_for: Callable[[int], Form]) -> list[bytes]:
    """The reader's own message as it goes over the wire, signed where we sign. Ends in CRLF. `form_for` gives the
    edition's form for tokens of a length. Raises ValueError for what does not belong in a header."""
    own = tokens_of(due)
    form = form_for(len(own.unsubscribe))
    fields = [
        _date(int(time.time())),
        header("To", due.email),
        header("Message-ID", message_id(due)),
        header("List-Unsubscribe", mail.list_unsubscribe(_address("unsubscribe", own.unsubscribe))),
    ]
    body = form.body({"unsubscribe": own.unsubscribe.encode(), "preferences": own.preferences.encode()})
    sign = signer()
    if sign:
        fields.insert(0, sign.signature([*fields, *form.headers], form.digest_of(body)))
    return [*fields, form.shared_headers, *body]


def opaque_id(due: Due) -> str:
    """The delivery's name for providers; only we can tell which row it is."""
    return names.name_of(due.pk)


def message_id(due: Due) -> str:
    """The delivery's Message-ID, the same at every attempt."""
    return names.message_id(due.digest_id, due.pk)


def _feedback_address(content: Content) -> str:
    """The page where the reader may say something of this digest's papers; opened by the same token as the preferences,
    which is a wider permission for the same person in the same mail. A correction has none."""
    if content["kind"] not in ("daily", "weekly"):
        return ""
    return settings.SITE_URL + reverse(
        "feedback", args=[PREFERENCES_MARK, content["kind"], date.fromisoformat(content["day"])]
    )


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return header("Date", formatdate(second, localtime=True))


@cache
def _stamps(link_key: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    return links.stamp(links.UNSUBSCRIBE), links.stamp(links.PREFERENCES)


@cache
def _path_around(name: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, args=["TOKEN"]).rpartition("TOKEN")
    return before, after


def _address(name: str, token: str) -> str:
    return settings.SITE_URL + token.join(_path_around(name))


def _filled(text: str, own: Tokens) -> str:
    return text.replace(UNSUBSCRIBE_MARK, own.unsubscribe).replace(PREFERENCES_MARK, own.preferences)
