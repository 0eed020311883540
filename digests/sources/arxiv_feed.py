"""arXiv's daily feed of chosen categories: everything that was announced, with nobody's votes.

Form: https://info.arxiv.org/help/rss_specifications.html. It holds the current batch only and is empty at weekends and on
holidays. New papers, cross-listings and replacements are told apart by `Listing.announced`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import date
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from django.conf import settings

from digests.arxiv_id import split_id
from digests.sources.asking import ask
from digests.sources.listing import REPLACEMENTS, Listing
from digests.sources.turns import turn
from digests.sources.xml import ARXIV, classes, document, text_of

logger = logging.getLogger(__name__)
MOST_LISTINGS = 2000  # the most that arXiv puts into a feed, by its own word
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
ANNOUNCED = ("new", "cross", *REPLACEMENTS)
ABSTRACT = re.compile(r"^.{0,200}?\bAbstract:\s*", re.DOTALL)
NEXT_AUTHOR = re.compile(r",\s+(?![^(]*\))")  # not the comma within "(Seoul, Korea)"


def fetch(day: date) -> Sequence[Listing] | None:
    """What was announced for `day` in ARXIV_CATEGORIES, in arXiv's order; None when the feed is already at a later day,
    or when no category is chosen. Raises FetchFailed."""
    if not settings.ARXIV_CATEGORIES:
        return None
    address = f"{settings.ARXIV_RSS_URL}/rss/{'+'.join(settings.ARXIV_CATEGORIES)}"
    feed_day, listings = ask(address, parse, kinds=("xml", "rss"), turn=turn)
    # Its date may lag behind what it holds, never run ahead: an older date is no reason to distrust it.
    return None if feed_day and feed_day > day else listings


def parse(text: str) -> tuple[date | None, list[Listing]]:
    """(the day that the feed says it is of, or None; its listings). Raises FetchFailed for anything but such a feed."""
    channel = document(text, "rss", "an RSS feed").find("channel")
    if channel is None:
        return None, []
    found: dict[str, Listing] = {}
    for place, entry in enumerate(channel.findall("item")[:MOST_LISTINGS], start=1):
        listing = _listing(entry, place)
        if listing and listing.arxiv_id and found.setdefault(listing.arxiv_id, listing) is not listing:
            logger.warning("arXiv's feed lists %s twice; the first one counts.", listing.arxiv_id)
    return _day(text_of(channel, "pubDate")), list(found.values())


def _listing(entry: Element, place: int) -> Listing | None:
    known = split_id(text_of(entry, "guid")) or split_id(text_of(entry, "link"))
    title = text_of(entry, "title")
    announced = text_of(entry, f"{ARXIV}announce_type").strip().lower()
    if not known or not title.strip() or announced not in ANNOUNCED:
        logger.info("arXiv's feed has an entry without id, title or kind of announcement; passed over.")
        return None
    creators = text_of(entry, f"{DUBLIN_CORE}creator").strip()
    return Listing(
        title=title,
        rank=place,
        arxiv_id=known[0],
        abstract=ABSTRACT.sub("", text_of(entry, "description"), count=1),
        authors=tuple(name for name in NEXT_AUTHOR.split(creators) if name),
        announced=announced,
        categories=classes([(category.text or "").strip() for category in entry.findall("category")]),
        version=known[1] or 0,
    )


def _day(stamp: str) -> date | None:
    try:
        return parsedate_to_datetime(stamp.strip()).date()
    except (ValueError, OverflowError):
        return None
