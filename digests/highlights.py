"""What a reader wants marked: keywords and authors, found in a digest's frozen content. Pure.

Kept as one text, a line each, authors' lines beginning with `AUTHOR`; so it can be copied beside a delivery by the
database, and a mail that is sent again has the same marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from digests.text import clean

MOST, LONGEST, SHORTEST = 10, 40, 2
AUTHOR = "author:"
MOST_MARKS = 3  # on one paper

Content = dict[str, Any]
Marks = tuple[tuple[str, str], ...]
"""Pairs of a paper's id and what was found there, in the digest's order."""


class Highlights(NamedTuple):
    """A reader's keywords and authors, as they were typed."""

    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def as_text(self) -> str:
        """One line each; empty when there are none."""
        return "\n".join([*self.keywords, *(AUTHOR + name for name in self.authors)])


def from_text(text: str) -> Highlights:
    """The highlights behind `Highlights.as_text`."""
    lines = [line for line in text.splitlines() if line.strip()]
    names = tuple(line.removeprefix(AUTHOR) for line in lines if line.startswith(AUTHOR))
    return Highlights(tuple(line for line in lines if not line.startswith(AUTHOR)), names)


def terms_in(typed: str) -> list[str]:
    """What a field holds, separated by commas or line ends: cleaned, each once whatever its case."""
    terms = (clean(term, 10 * LONGEST).lstrip(AUTHOR[-1]) for term in re.split(r"[,;\n]", typed))
    return list({term.casefold(): term for term in terms if term}.values())


class Searched(NamedTuple):
    """A paper as far as it is searched: its title and what is said of it, folded; its authors, folded."""

    id: str
    words: str
    authors: tuple[str, ...]


@lru_cache(maxsize=4096)
def marks_in(papers: tuple[Searched, ...], text: str) -> Marks:
    """What of a reader's highlights, as text, is in which of the papers."""
    wanted = from_text(text)
    found = []
    for paper in papers:
        keywords = [term for term in wanted.keywords if _expression(_folded(term)).search(paper.words)]
        authors = [name for name in wanted.authors if any(_is_named(name, author) for author in paper.authors)]
        if marks := [*keywords, *authors][:MOST_MARKS]:
            found.append((paper.id, ", ".join(sorted(marks, key=str.casefold))))
    return tuple(found)


def papers_in(content: Content, slugs: Collection[str]) -> tuple[Searched, ...]:
    """The papers of these sections."""
    return tuple(
        Searched(paper["id"], "\n".join(map(_folded, _words(paper, section))), tuple(map(_folded, paper["authors"])))
        for section in content["sections"]
        if section["slug"] in slugs
        for paper in section["papers"]
    )


def _words(paper: Content, section: Content) -> Iterable[str]:
    yield paper["title"]
    for summary in section["summaries"].values():
        for bullets in [summary.get("one_liners", ()), summary.get("limits", ()), *summary["parts"].values()]:
            yield from (bullet["text"] for bullet in bullets if bullet["papers"] == [paper["id"]])


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _expression(term: str) -> re.Pattern[str]:
    """The term as a word of its own, its English plural too. Korean endings may follow any word."""
    ends = r"(?:e?s)?(?![a-z0-9])" if term[-1].isascii() and term[-1].isalnum() else ""
    starts = r"(?<![a-z0-9])" if term[0].isascii() and term[0].isalnum() else ""
    return re.compile(starts + r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", term))) + ends)


def _is_named(name: str, author: str) -> bool:
    """Whether all parts of the name are parts of the author's: "Hinton" is in "Geoffrey E. Hinton"."""
    parts = set(re.findall(r"\w+", _folded(name)))
    return bool(parts) and parts <= set(re.findall(r"\w+", author))
