"""Store a paper as the sources describe it: raw, and cleaned to be read."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.dateparse import parse_datetime

from digests.models import Paper
from digests.offline.latex import read_latex
from digests.sources import Listing, arxiv
from digests.text import MAX_ABSTRACT, MAX_TITLE, clean, storable

MOST_AUTHORS = 4000  # collaborations at CERN have 3,000
LONGEST_NAME = 120
FOREIGN_MARK = re.compile(r"{[{%#]")  # no LaTeX, and whoever wrote it meant it: it stays as it stands
YEARS = range(1991, 2100)  # arXiv began in 1991


def keep_paper(paper_id: str, listing: Listing, record: arxiv.Record | None, ours: Paper | None = None) -> Paper:
    """Create the paper, or fill what `ours` lacks. arXiv's record wins over a list's words, and is never overwritten by
    them; a sample's stand-in is replaced by either."""
    paper = ours or Paper.objects.get_or_create(arxiv_id=paper_id, defaults={"title": paper_id})[0]
    is_full = paper.has_record or bool(paper.abstract and paper.arxiv_categories)
    if is_full and record is None and not paper.is_sample:
        return paper
    title, abstract = (record.title, record.abstract) if record else (listing.title, listing.abstract)
    if record or not paper.abstract or paper.is_sample:
        paper.raw_title = storable(title, MAX_TITLE * 4)
        paper.raw_abstract = storable(abstract, MAX_ABSTRACT * 4)
        paper.title = readable(title, MAX_TITLE) or paper_id
        paper.abstract = readable(abstract, MAX_ABSTRACT)
        names = record.authors if record else listing.authors
        paper.authors = [readable(name[: 4 * LONGEST_NAME], LONGEST_NAME) for name in names[:MOST_AUTHORS]]
        paper.published_at = _moment(record.published_at if record else listing.published_at)
    if record:
        paper.version, paper.arxiv_categories, paper.has_record = record.version, list(record.categories), True
        paper.is_withdrawn = record.is_withdrawn
    elif listing.categories and not paper.arxiv_categories:
        paper.version, paper.arxiv_categories = listing.version or paper.version, list(listing.categories)
    paper.is_sample = False
    paper.save()
    return paper


def readable(text: str, limit: int) -> str:
    """`text` cleaned, and its LaTeX read as a reader would see it; as it was cleaned where nothing else would be left."""
    plain = clean(text, limit)
    if FOREIGN_MARK.search(plain):
        return plain
    return clean(read_latex(plain), limit) or plain


def _moment(text: str) -> datetime | None:
    """An aware time from ISO 8601, or None: a wrong date is no reason to lose a paper."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    # The ends of the calendar cannot be carried into another time zone.
    return moment if moment and moment.tzinfo and moment.year in YEARS else None
