"""The latest digest in a few lines, for somebody who has not decided yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from digests.advertising import mark_of
from digests.content import path_of, shown
from digests.models import Digest
from digests.wording import category_name, language_in, safe_link, when_words

PAPERS = 3

Words = dict[str, Any]


def glimpse(language: str) -> Words | None:
    """The latest daily digest: its day, address and size, and its most voted papers, of different categories where there
    are some, with their line in `language`. None while there is no digest."""
    latest = Digest.objects.filter(kind=Digest.Kind.DAILY, status__in=Digest.PUBLIC).order_by("-day").first()
    if latest is None:
        return None
    content = shown(latest)
    written = language if language in content["languages"] else settings.DIGEST_LANGUAGES[0]
    leaders = [
        max(section["papers"], key=_votes) | {"section": section}
        for section in content["sections"]
        if section["papers"]
    ]
    return {
        "long_date": when_words(latest.day, latest.kind),
        "url": path_of(content),
        "is_sample": content["is_sample"],
        "advertising": mark_of(content),
        "paper_count": sum(len(section["papers"]) for section in content["sections"]),
        "category_count": len(leaders),
        "papers": [_paper(paper, written) for paper in sorted(leaders, key=_votes, reverse=True)[:PAPERS]],
    }


def _votes(paper: Words) -> int:
    return paper["votes"] or 0


def _paper(paper: Words, language: str) -> Words:
    section = paper["section"]
    lines = (section["summaries"].get(language) or {}).get("one_liners", ())
    line = next((line["text"] for line in lines if paper["id"] in line["papers"]), "")
    return {
        "title": paper["title"],
        "url": safe_link(paper["url"]),
        "emoji": section["emoji"],
        "category": category_name(section, language),
        "line": line,
        "line_language": language_in(line, language),
    }
