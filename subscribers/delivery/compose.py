"""Make the message for one delivery. The edition is rendered once for all who want the same; only links differ."""

from __future__ import annotations

import secrets
from hashlib import blake2s

from anymail.message import AnymailMessage
from django.conf import settings

from digests.content import Content
from digests.editions import EditionKey, wanted_sections
from digests.rendering import Links, render_edition
from newsletter import mail
from newsletter.checks import sender_domain
from newsletter.mail import Rendered
from subscribers import links
from subscribers.models import Delivery, Subscriber

# Stand-ins for a reader's own links while an edition is rendered. Random, so that no paper can name them.
UNSUBSCRIBE_MARK, PREFERENCES_MARK = (f"https://reader.invalid/{secrets.token_hex(8)}" for _ in range(2))


def edition_of(subscriber: Subscriber, content: Content, content_hash: str) -> EditionKey:
    """The edition this reader wants; without sections when the day has nothing for them."""
    offered = content["languages"]
    language = subscriber.language if subscriber.language in offered else offered[0]
    return EditionKey(content_hash, language, wanted_sections(content, subscriber.categories))


def render(key: EditionKey, content: Content) -> Rendered:
    """The edition with marks in place of the reader's links."""
    archive = f"{settings.SITE_URL}/{content['day']}/"
    links_of_edition = Links(unsubscribe=UNSUBSCRIBE_MARK, preferences=PREFERENCES_MARK, archive=archive)
    return render_edition(content, key.language, key.slugs, links_of_edition)


def compose_digest(delivery: Delivery, edition: Rendered) -> AnymailMessage:
    """The reader's own message. Sends nothing. The Message-ID is the same whenever this delivery is composed and shows
    neither address nor a countable id."""
    reader = delivery.subscriber
    unsubscribe = links.url(links.UNSUBSCRIBE, reader.key)
    own = {UNSUBSCRIBE_MARK: unsubscribe, PREFERENCES_MARK: links.url(links.PREFERENCES, reader.key)}
    words = Rendered(edition.subject, _filled(edition.text, own), _filled(edition.html, own))
    message = mail.message(words, reader.email, message_id(delivery), unsubscribe)
    message.metadata = {"delivery": opaque_id(delivery)}
    return message


def opaque_id(delivery: Delivery) -> str:
    """A name for the delivery that only we can trace back: 20 hexadecimal digits."""
    return blake2s(str(delivery.digest_id).encode(), key=delivery.subscriber.key.encode(), digest_size=10).hexdigest()


def message_id(delivery: Delivery) -> str:
    """The delivery's Message-ID, the same for every attempt."""
    return f"<d{delivery.digest_id}.{opaque_id(delivery)}@{sender_domain()}>"


def _filled(text: str, own: dict[str, str]) -> str:
    for mark, link in own.items():
        text = text.replace(mark, link)
    return text
