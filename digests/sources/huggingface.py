"""Hugging Face daily papers: what the community voted for. `GET /api/daily_papers?date=…`, no account needed."""

import json
import logging
from datetime import date
from typing import Any

from django.conf import settings

from digests.arxiv_id import split_id
from digests.sources.asking import ask
from digests.sources.listing import Listing
from newsletter.http import FetchFailed

logger = logging.getLogger(__name__)
MOST_LISTINGS = 100  # the most one call returns, by the hub client's own documentation


def fetch(day: date) -> list[Listing]:
    """The papers listed for the day of UTC, most votes first; an empty list is a day without papers. Raises FetchFailed,
    also for a day that has not begun there, which is refused with status 400."""
    address = f"{settings.HUGGINGFACE_URL}/api/daily_papers"
    return ask(address, parse, params={"date": day.isoformat(), "limit": str(MOST_LISTINGS)}, kinds=("json",))


def parse(text: str) -> list[Listing]:
    """Read an answer. Every field but the id and the title may be missing; entries without an arXiv id are passed over.

    Raises FetchFailed when the answer is not a list of papers.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FetchFailed("Hugging Face sent something that is not JSON.", wait=2.0) from error
    if not isinstance(rows, list):
        raise FetchFailed("Hugging Face sent no list of papers.", wait=2.0)
    found: dict[str, dict[str, Any]] = {}
    for paper in filter(None, map(_paper, rows[:MOST_LISTINGS])):
        if found.setdefault(paper["arxiv_id"], paper) is not paper:
            logger.warning("Hugging Face lists %s twice; the first one counts.", paper["arxiv_id"])
    if rows and not found:
        raise FetchFailed("Hugging Face sent a list in an unknown form.", wait=2.0)
    # Its own order is not by votes, and "trending" is not computed from them (huggingface_hub#3631).
    ranked = sorted(found.values(), key=lambda paper: -paper["votes"])
    return [Listing(rank=rank, **paper) for rank, paper in enumerate(ranked, start=1)]


def _paper(row: Any) -> dict[str, Any] | None:
    """The fields of one entry, or None when it is no arXiv paper."""
    paper = row.get("paper") if isinstance(row, dict) else None
    if not isinstance(paper, dict):
        return None
    known = split_id(_text(paper.get("id")))
    title = _text(paper.get("title")) or _text(row.get("title"))
    if not known or not title.strip():
        logger.info("Hugging Face lists an entry without arXiv id or title; passed over.")
        return None
    authors = paper.get("authors")
    names = [_text(a.get("name")) for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    votes = paper.get("upvotes")
    return {
        "arxiv_id": known[0],
        "title": title,
        "abstract": _text(paper.get("summary")) or _text(row.get("summary")),
        "authors": tuple(name for name in names if name),
        "votes": votes if type(votes) is int and 0 <= votes < 1_000_000 else 0,
        "published_at": _text(paper.get("publishedAt")),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
