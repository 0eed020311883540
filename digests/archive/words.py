"""A digest's frozen content in the words of the pages. Pure, but for the addresses of pictures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from digests.advertising import MARK, mark_of
from digests.archive.public import address_of
from digests.content import shown
from digests.models import CataloguedDigest, CataloguedPaper, Digest
from digests.parts import HEADINGS, PARTS
from digests.wording import (
    authors_line,
    category_name,
    language_in,
    late_label,
    note_lines,
    numbers_label,
    policy_note,
    safe_link,
    when_words,
    writer_label,
)

LEADING_CATEGORIES = 3

Words = dict[str, Any]


def line_words(line: CataloguedDigest, language: str) -> Words:
    """A digest in one line of the archive."""
    return {
        "day": line.day,
        "words": when_words(line.day, line.kind),
        "url": address_of(line.day, line.kind),
        "is_sample": line.is_sample,
        "advertising": MARK if line.is_advertising else "",
        "paper_count": line.papers,
        "leading": [_share(row, language) for row in line.distribution[:LEADING_CATEGORIES]],
    }


def catalogued_words(found: CataloguedPaper, language: str) -> Words:
    """A paper of the catalogue: as listed, with the line that a digest has on it, and where that stands."""
    line = (found.said.get(language) or {}).get("line", "")
    return _paper(found.paper, found.position) | {
        "day": found.day,
        "long_date": when_words(found.day, found.kind),
        "is_weekly": found.kind == Digest.Kind.WEEKLY,
        "is_sample": found.is_sample,
        "advertising": MARK if found.is_advertising else "",
        "digest_url": address_of(found.day, found.kind),
        "category": found.category,
        "line": {"text": line, "lang": language_in(line, language)} if line else None,
    }


def digest_words(digest: Digest, language: str, slug: str | None = None) -> Words:
    """A digest's approved content in `language`, as the pages show it; with a slug, of the sections only that one."""
    content = shown(digest)
    shares = [_share(row, language) for row in content["distribution"]]
    counts = ", ".join(f"{share['name']} {share['papers']}" for share in shares)
    return {
        "day": digest.day,
        "url": address_of(digest.day, digest.kind),
        "language": language,
        "long_date": when_words(digest.day, digest.kind),
        "is_weekly": digest.kind == Digest.Kind.WEEKLY,
        "is_sample": content["is_sample"],
        "advertising": mark_of(content),
        "policy_note": policy_note(content),
        "editor_note": note_lines(content, language),
        "paper_count": sum(len(section["papers"]) for section in content["sections"]),
        "shares": shares,
        "counts": counts,
        "chart": _chart(content, language),
        "sections": [_section(section, language) for section in content["sections"] if slug in (None, section["slug"])],
    }


def long_date(day: dt.date) -> str:
    """The day in words, with its weekday."""
    return when_words(day, Digest.Kind.DAILY)


def _share(row: Words, language: str) -> Words:
    return {"slug": row["slug"], "emoji": row["emoji"], "name": category_name(row, language), "papers": row["papers"]}


def _chart(content: Words, language: str) -> Words | None:
    """The chart in `language`; None when it was not drawn, the numbers then speak for themselves."""
    drawn = content["charts"].get(language)
    return {**drawn, "url": reverse("chart", args=[drawn["sha256"]])} if drawn else None


def _section(section: Words, language: str) -> Words:
    """A section: its papers, numbered, and its five parts, whose bullets point at those numbers."""
    summary = section["summaries"].get(language) or {}
    lines = _lines(summary, language)
    papers = [
        _paper(paper, number) | {"line": lines.get(paper["id"])} for number, paper in enumerate(section["papers"], 1)
    ]
    known = {paper["id"]: paper for paper in papers}
    parts = summary.get("parts", {})
    return {
        "slug": section["slug"],
        "emoji": section["emoji"],
        "name": category_name(section, language),
        "papers": papers,
        "label": writer_label(summary),
        "numbers": numbers_label(summary),
        "limits": [_bullet(bullet, known, language) for bullet in summary.get("limits", ())],
        "parts": [
            {
                "heading": HEADINGS[part],
                "bullets": [_bullet(bullet, known, language) for bullet in parts[part]],
            }
            for part in PARTS
            if parts.get(part)
        ],
    }


def _lines(summary: Words, language: str) -> dict[str, Words]:
    """Each paper in a line, by its id."""
    return {
        id_: {"text": bullet["text"], "lang": language_in(bullet["text"], language)}
        for bullet in summary.get("one_liners", ())
        for id_ in bullet["papers"]
    }


def _bullet(bullet: Words, known: dict[str, Words], language: str) -> Words:
    """A statement with its language (abstracts are quoted in English on Korean pages too), and its papers with the
    numbers of the sentences that it rests on."""
    numbers: dict[str, list[str]] = {}
    for sentence in bullet.get("sentences", ()):
        id_, _mark, number = sentence.rpartition("#")
        numbers.setdefault(id_, []).append(number)
    return {
        "text": bullet["text"],
        "lang": language_in(bullet["text"], language),
        "papers": [
            known[id_] | {"sentences": ", ".join(numbers.get(id_, ()))} for id_ in bullet["papers"] if id_ in known
        ],
    }


def anchor_of(arxiv_id: str) -> str:
    """Where a digest's page has the paper."""
    return "paper-" + arxiv_id.replace("/", "-")


def _paper(paper: Words, number: int) -> Words:
    """A paper as listed."""
    return {
        "id": paper["id"],
        "anchor": anchor_of(paper["id"]),
        "number": number,
        "title": paper["title"],
        "authors": authors_line(paper["authors"], paper.get("author_count")),
        "url": safe_link(paper["url"]),
        "votes": paper["votes"],
        "late": late_label() if paper.get("is_late") else "",
        "published": paper["published"],
        "chosen": paper.get("chosen", ""),
    }
