"""The letter for a row: the edition its reader wants, rendered once for all who want the same."""

from __future__ import annotations

import logging
from collections import OrderedDict

from digests.content import Content, shown
from digests.editions import EditionKey
from digests.models import Digest
from subscribers.delivery import guard
from subscribers.delivery.compose import edition_of, image_of, render
from subscribers.delivery.ledger import Due, Finished, Status
from subscribers.delivery.transports.base import Edition, Letter

logger = logging.getLogger(__name__)
MOST_EDITIONS = 64  # kept rendered; rows come ordered by edition, so few are in use at a time


class Letters:
    """What one run has looked up and rendered."""

    def __init__(self) -> None:
        self._contents: dict[int, tuple[Content, str]] = {}
        self._keys: dict[tuple[int, int, int], EditionKey] = {}
        self._editions: OrderedDict[EditionKey, Edition] = OrderedDict()

    def letter(self, due: Due) -> Letter | Finished:
        """The reader's letter, or the outcome when there is none for them. Raises whatever keeps the mail from being
        made."""
        if not guard.may_be_mailed(due.email):
            return Finished(due.pk, Status.SUPPRESSED, "SEND_ONLY_TO does not name this address.")
        key = self._key(due)
        return Letter(due, self._edition(key, due.digest_id)) if key.slugs else Finished(due.pk, Status.SKIPPED)

    def _key(self, due: Due) -> EditionKey:
        """The edition this reader wants. Highlights are as many as readers who have any, so these are not kept."""
        if due.highlights:
            content = self._content(due.digest_id)
            try:
                return edition_of(due, *content)
            except Exception:
                # What one reader typed must not keep everybody's mail: it comes without marks.
                logger.exception("The highlights of subscriber %s cannot be looked up", due.subscriber_id)
                return edition_of(due._replace(highlights=""), *content)
        wish = (due.digest_id, due.edition, due.known_days)
        if wish not in self._keys:
            self._keys[wish] = edition_of(due, *self._content(due.digest_id))
        return self._keys[wish]

    def _content(self, digest_id: int) -> tuple[Content, str]:
        """The digest's approved content and its hash."""
        if digest_id not in self._contents:
            digest = Digest.objects.get(pk=digest_id)
            self._contents[digest_id] = shown(digest), digest.content_hash
        return self._contents[digest_id]

    def _edition(self, key: EditionKey, digest_id: int) -> Edition:
        """The rendered edition."""
        if key in self._editions:
            self._editions.move_to_end(key)
            return self._editions[key]
        content, _hash = self._content(digest_id)
        self._editions[key] = Edition(render(key, content), image_of(content, key.language))
        if len(self._editions) > MOST_EDITIONS:
            self._editions.popitem(last=False)
        return self._editions[key]
