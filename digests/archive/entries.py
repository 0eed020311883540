"""A digest as an entry of a feed, and feeds of such entries. Feeds are built by Django's feed generator, which escapes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext
from django.utils.xmlutils import SimplerXMLGenerator

from digests.archive.corrections import changed_at, corrections_of
from digests.archive.public import address_of
from digests.archive.words import digest_words
from digests.models import Digest
from newsletter.addresses import PARAMETER, with_query

NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML document may have (XML 1.0, 2.2); nothing of ours has it, and one odd sign must not cost the feed."""


class FeedEntry(NamedTuple):
    """A digest, or a category's section of it. `id` never changes, wherever the site moves (RFC 4151)."""

    id: str
    title: str
    url: str
    summary: str
    html: str
    published: dt.datetime
    updated: dt.datetime
    tags: list[str]
    image: str


def entries_of(digests: Sequence[Digest], language: str, slug: str | None) -> list[FeedEntry]:
    """The digests as entries in `language`; with a slug, that section of each."""
    corrections = corrections_of([digest.pk for digest in digests], language)
    return [_entry(digest, language, slug, corrections.get(digest.pk, [])) for digest in digests]


def _entry(digest: Digest, language: str, slug: str | None, corrections: list[dict[str, Any]]) -> FeedEntry:
    words = digest_words(digest, language, slug)
    if slug:
        here = {paper["id"] for section in words["sections"] for paper in section["papers"]}
        corrections = [each for each in corrections if not each["paper"] or each["paper"]["id"] in here]
    address = settings.SITE_URL + with_query(address_of(digest.day, digest.kind), **{PARAMETER: language})
    context = {
        "digest": words,
        "corrections": corrections,
        "site_url": settings.SITE_URL,
        "is_part": bool(slug),
    }
    name = f" – {words['sections'][0]['name']}" if slug and words["sections"] else ""
    marks = [words["advertising"], "[SAMPLE]" if words["is_sample"] else "", _corrected(corrections)]
    return FeedEntry(
        id=f"tag:{settings.LIST_ID},{digest.day}:{digest.kind}/{slug or 'all'}/{language}",
        title=" ".join([*filter(None, marks), words["long_date"] + name]),
        url=address + (f"#{slug}" if slug else ""),
        summary=words["counts"],
        html=NO_XML.sub("", render_to_string("web/feed_entry.html", context)).strip(),
        published=digest.approved_at or changed_at(None, ()),
        updated=changed_at(digest.approved_at, corrections),
        tags=[section["name"] for section in words["sections"]],
        image=settings.SITE_URL + words["chart"]["url"] if words["chart"] and not slug else "",
    )


def _corrected(corrections: Sequence[dict[str, Any]]) -> str:
    """What tells whoever has read the entry already why it is new again."""
    return f"[{gettext('Corrected')}]" if corrections else ""


class WholeAtom(Atom1Feed):
    """Atom whose entries have their whole content beside the summary."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """The entry's elements, and its content as escaped HTML (RFC 4287, 4.1.3)."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def atom(title: str, subtitle: str, home: str, address: str, language: str, entries: Sequence[FeedEntry]) -> str:
    """The feed as a document."""
    feed = WholeAtom(
        title=NO_XML.sub("", title), link=home, description="", subtitle=subtitle, feed_url=address, language=language,
        feed_guid=f"tag:{settings.LIST_ID},2024:{home.removeprefix(settings.SITE_URL)}", author_name=settings.SITE_NAME,
    )  # fmt: skip
    for entry in entries:
        feed.add_item(
            title=NO_XML.sub("", entry.title), link=entry.url, description=NO_XML.sub("", entry.summary),
            unique_id=entry.id, pubdate=entry.published, updateddate=entry.updated,
            categories=[NO_XML.sub("", tag) for tag in entry.tags], html=entry.html,
        )  # fmt: skip
    return feed.writeString("utf-8")


def json_feed(
    title: str, subtitle: str, home: str, address: str, language: str, entries: Sequence[FeedEntry]
) -> dict[str, Any]:
    """The feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) has it."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "description": subtitle,
        "home_page_url": home,
        "feed_url": address,
        "language": language,
        "authors": [{"name": settings.SITE_NAME, "url": settings.SITE_URL}],
        "items": [_item(entry) for entry in entries],
    }


def _item(entry: FeedEntry) -> dict[str, Any]:
    told = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "tags": entry.tags,
    }
    return told | ({"image": entry.image} if entry.image else {})
