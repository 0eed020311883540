"""What editors put right after the fact, for the pages: the digest's own words stay, the correction stands beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from digests.archive.words import Words, anchor_of
from digests.models import Correction
from digests.wording import language_in


def corrections_of(digests: Iterable[int], language: str) -> dict[int, list[Words]]:
    """The published corrections of these digests, by digest, the latest first."""
    found: dict[int, list[Words]] = {}
    published = Correction.objects.filter(digest__in=digests, status=Correction.Status.PUBLISHED)
    for correction in published.select_related("paper").order_by("-published_at", "-pk"):
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
