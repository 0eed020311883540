"""What editors put right after the fact, for the pages: the digest's own words stay, the correction stands beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db.models import F
from django.utils import timezone

from digests.advertising import MARK
from digests.archive.public import address_of
from digests.archive.question import Wanted, has_all, snippet
from digests.archive.terms import terms_of
from digests.archive.words import Words, anchor_of, catalogued_words, line_words
from digests.models import CataloguedDigest, CataloguedPaper, Correction, Digest
from digests.wording import language_in, when_words

PUBLISHED = Correction.objects.filter(status=Correction.Status.PUBLISHED)
MOST_SEARCHED = 1000
"""So many of the latest corrections are searched; an archive of years has fewer."""
MOST_FOUND = 5


def corrections_of(digests: Iterable[int], language: str) -> dict[int, list[Words]]:
    """The published corrections of these digests, by digest, the latest first."""
    found: dict[int, list[Words]] = {}
    for correction in PUBLISHED.filter(digest__in=digests).select_related("paper").order_by("-published_at", "-pk"):
        text = correction.text(language)
        paper = correction.paper
        words = {
            "text": text,
            "lang": language_in(text, language),
            "at": correction.published_at,
            "paper": {"id": paper.arxiv_id, "title": paper.title, "anchor": anchor_of(paper.arxiv_id)}
            if paper
            else None,
        }
        found.setdefault(correction.digest_id, []).append(words)
    return found


def lines_of(lines: Iterable[CataloguedDigest], language: str) -> list[Words]:
    """Digests in a line each, marked where something in them was put right."""
    lines = list(lines)
    corrected = {digest for digest, _paper in _corrected(line.pk for line in lines)}
    return [line_words(line, language) | {"is_corrected": line.pk in corrected} for line in lines]


def papers_of(found: Iterable[CataloguedPaper], language: str) -> list[Words]:
    """Papers as lists show them, marked where something was put right about them."""
    found = list(found)
    corrected = _corrected(each.digest_id for each in found)
    return [
        catalogued_words(each, language) | {"is_corrected": (each.digest_id, each.arxiv_id) in corrected}
        for each in found
    ]


def _corrected(digests: Iterable[int]) -> set[tuple[int, str | None]]:
    """The digests of these that have a correction, each with the paper that it is about, if it is about one."""
    found = PUBLISHED.filter(digest__in=set(digests))
    return set(found.values_list("digest", "paper__arxiv_id"))


def corrections_with(question: Sequence[Wanted], asked: Mapping[str, Any], language: str) -> list[Words]:
    """The latest corrections that have every word of the question, in whichever language; within the days and the category
    that are `asked` for."""
    filters = {
        "digest__day__gte": asked["since"],
        "digest__day__lte": asked["until"],
        "paper__category": asked["category"],
    }
    public = PUBLISHED.filter(
        digest__status__in=Digest.PUBLIC, **{name: each for name, each in filters.items() if each}
    ).annotate(is_advertising=F("digest__catalogued__is_advertising"))
    latest = public.order_by("-published_at", "-pk").select_related("digest", "paper").defer("digest__approved_content")
    found = (each for each in latest[:MOST_SEARCHED] if has_all(_terms(_searched(each)), question))
    return [_answer(each, question, language) for each in islice(found, MOST_FOUND)]


def _searched(correction: Correction) -> str:
    paper = [correction.paper.title, correction.paper.arxiv_id] if correction.paper else []
    return "\n".join([correction.text_ko, correction.text_en, *paper])


@lru_cache(maxsize=MOST_SEARCHED)  # cutting a text takes a millisecond, and the same ones are asked each time
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms_of(text))


def _answer(correction: Any, question: Sequence[Wanted], language: str) -> Words:
    """A correction as search shows it: in the page's language first, with what was asked for marked."""
    other = correction.text("en" if language == "ko" else "ko")
    pieces = snippet([correction.text(language), other], question)
    where = f"#{anchor_of(correction.paper.arxiv_id)}" if correction.paper else ""
    return {
        "pieces": pieces,
        "lang": language_in("".join(piece.text for piece in pieces), language),
        "at": correction.published_at,
        "paper": correction.paper.title if correction.paper else "",
        "digest_url": address_of(correction.digest.day, correction.digest.kind),
        "place": where,
        "long_date": when_words(correction.digest.day, correction.digest.kind),
        "advertising": MARK if correction.is_advertising else "",
    }


def by_paper(corrections: Iterable[Words]) -> dict[str, list[Words]]:
    """Those that are about one paper, by its id."""
    found: dict[str, list[Words]] = {}
    for correction in corrections:
        if correction["paper"]:
            found.setdefault(correction["paper"]["id"], []).append(correction)
    return found


def changed_at(approved: dt.datetime | None, corrections: Iterable[Words]) -> dt.datetime:
    """When the words that readers see last changed."""
    return max([approved or timezone.now(), *(correction["at"] for correction in corrections)])
