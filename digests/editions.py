"""Editions: readers who want the same sections in the same language get the same words. Pure functions of a digest's
frozen content.

An edition has a number, `(wanted categories ∩ the digest's) << 1 | language`, which the database can work out for a
million readers at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from digests.highlights import Marks, marks_in, papers_in

WEEKLY_PAPERS = 15
"""A reader's share of a weekly digest: what a week's best is, and not seven digests."""

EVERYTHING = (1 << 62) - 1
"""Every bit that a category can have."""

Content = dict[str, Any]


class EditionKey(NamedTuple):
    """What makes two readers' mails the same but for their links; `content_hash` stands for the digest's words.
    `known_days`: bit n is set when the papers of a weekly digest's nth day came to these readers by dailies. `marks`: the
    papers that have what these readers want marked, and what it is; most readers have none."""

    content_hash: str
    language: str
    slugs: tuple[str, ...]
    known_days: int = 0
    marks: Marks = ()


def bits_of(content: Content) -> int:
    """The categories that have papers, as a mask."""
    return sum(1 << section["bit"] for section in content["sections"] if section["papers"])


def edition_number(content: Content, language: str, categories: int) -> int:
    """The number of the edition for readers of `language` who want the mask `categories`. A language the digest is not
    written in counts as its first."""
    return (categories & bits_of(content)) << 1 | (language in content["languages"][1:])


def edition_key(
    content: Content, content_hash: str, number: int, known_days: int = 0, highlights: str = ""
) -> EditionKey:
    """The edition behind a number; without slugs when the digest has nothing for these readers. `highlights` are what they
    want marked (see `digests.highlights`)."""
    language = content["languages"][number & 1 and len(content["languages"]) > 1]
    slugs = wanted_sections(content, number >> 1, known_days)
    marks = marks_in(papers_in(content, slugs), highlights) if highlights and content["kind"] != "correction" else ()
    return EditionKey(content_hash, language, slugs, known_days, marks)


def wanted_sections(content: Content, categories: int, known_days: int = 0) -> tuple[str, ...]:
    """The slugs of the sections whose category's bit is set in the mask `categories`, in the digest's order.

    A section whose papers an editor took out, or are all known, is no section. Empty when the digest has nothing for
    such a reader. A correction is for all who had the digest.
    """
    if content.get("kind") == "correction":
        return ("correction",)
    return tuple(
        section["slug"]
        for section in content["sections"]
        if categories >> section["bit"] & 1 and _news(content, section, known_days)
    )


def edition_content(content: Content, key: EditionKey) -> Content:
    """The content as these readers get it: a daily digest whole, of a weekly the best of their sections.

    Each of their sections keeps its best paper, the other places go to the best of all that are left; what is said of
    papers that are not in goes with them.
    """
    if content["kind"] != "weekly":
        return content
    offered = {
        section["slug"]: _news(content, section, key.known_days)
        for section in content["sections"]
        if section["slug"] in key.slugs
    }
    leads = [papers[0] for papers in offered.values() if papers]
    others = sorted((paper for papers in offered.values() for paper in papers[1:]), key=lambda paper: paper["rank"])
    chosen = {paper["id"] for paper in [*sorted(leads, key=lambda paper: paper["rank"]), *others][:WEEKLY_PAPERS]}
    return content | {"sections": [_only(section, chosen) for section in content["sections"]]}


def _news(content: Content, section: Content, known_days: int) -> list[Content]:
    """The section's papers of days that are not known, best first."""
    if not known_days:
        return list(section["papers"])
    return [paper for paper in section["papers"] if not known_days >> content["days"].index(paper["day"]) & 1]


def _only(section: Content, chosen: set[str]) -> Content:
    return section | {
        "papers": [paper for paper in section["papers"] if paper["id"] in chosen],
        "summaries": {language: _words(summary, chosen) for language, summary in section["summaries"].items()},
    }


def _words(summary: Content, chosen: set[str]) -> Content:
    lists = {name: _about(bullets, chosen) for name, bullets in summary.items() if name in ("limits", "one_liners")}
    return summary | lists | {"parts": {part: _about(bullets, chosen) for part, bullets in summary["parts"].items()}}


def _about(bullets: list[Content], chosen: set[str]) -> list[Content]:
    """The bullets about a chosen paper, naming no other."""
    kept = ((bullet, [paper for paper in bullet["papers"] if paper in chosen]) for bullet in bullets)
    return [bullet | {"papers": papers} for bullet, papers in kept if papers]
