"""arXiv's query API: the record of each paper. One or two calls a day, three seconds apart over all our machines.

Terms: https://info.arxiv.org/help/api/tou.html. Form of the answer: https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from django.conf import settings

from digests.arxiv_id import split_id
from digests.sources.turns import turn
from digests.sources.xml import ARXIV, classes, document, text_of
from digests.text import MAX_TITLE, clean, title_key
from newsletter.http import FetchFailed, fetch

logger = logging.getLogger(__name__)
IDS_PER_CALL = 100
TITLES_PER_CALL = 25
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
WITHDRAWN = re.compile(r"\bwithdrawn\b", re.IGNORECASE)  # arXiv has no field for it; authors say it in the comment


@dataclass(frozen=True)
class Record:
    """One paper as arXiv describes it. `arxiv_id` is canonical; texts are raw; times are ISO 8601 or empty."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]  # the primary one first
    published_at: str
    is_withdrawn: bool = False


def fetch_records(ids: Sequence[str]) -> dict[str, Record]:
    """The records of `ids`, by id. Ids that arXiv leaves out are asked for once more, since it is known to answer now
    and then with too little under status 200; those still missing are not in the result. Raises FetchFailed."""
    found = _ask_for_ids(ids)
    missing = [paper_id for paper_id in ids if paper_id not in found]
    try:
        return found | (_ask_for_ids(missing) if missing else {})
    except FetchFailed as error:
        if not found:
            raise
        logger.warning("arXiv failed on the second asking, what it gave at first is kept: %s", error)
        return found


def find_titles(titles: Sequence[str]) -> dict[str, Record]:
    """The papers that bear exactly one of `titles` (letters and digits compared), by title as given. Raises FetchFailed."""
    askable = [title for title in titles if title_key(title)]
    by_title: dict[str, Record] = {}
    for start in range(0, len(askable), TITLES_PER_CALL):
        batch = askable[start : start + TITLES_PER_CALL]
        phrases = [" ".join(re.findall(r"\w+", clean(title, MAX_TITLE))) for title in batch]
        query = " OR ".join(f'ti:"{phrase}"' for phrase in phrases if phrase)
        for record in _ask({"search_query": query, "max_results": str(4 * len(batch))}):
            by_title.setdefault(title_key(record.title), record)
    return {title: by_title[title_key(title)] for title in askable if title_key(title) in by_title}


def _ask_for_ids(ids: Sequence[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for start in range(0, len(ids), IDS_PER_CALL):
        batch = ids[start : start + IDS_PER_CALL]
        for record in _ask({"id_list": ",".join(batch), "max_results": str(len(batch))}):
            if record.arxiv_id in batch and found.setdefault(record.arxiv_id, record) is not record:
                logger.warning("arXiv gave %s twice; the first one counts.", record.arxiv_id)
    return found


def _ask(params: dict[str, str]) -> list[Record]:
    return fetch(settings.ARXIV_API_URL, lambda page: parse(page.text), params=params, kinds=("xml", "atom"), turn=turn)


def parse(text: str) -> list[Record]:
    """Read an Atom answer. Raises FetchFailed for anything else, for arXiv's errors, which are Atom entries too, and for
    a feed without entries that claims to have found some."""
    feed = document(text, f"{ATOM}feed", "an Atom feed")
    entries = feed.findall(f"{ATOM}entry")
    if not entries and text_of(feed, f"{OPENSEARCH}totalResults").strip() not in ("", "0"):
        raise FetchFailed("arXiv says that it found papers and sent none.", wait=2.0)
    return list(_records(entries))


def _records(entries: Iterable[Element]) -> Iterable[Record]:
    for entry in entries:
        address = text_of(entry, f"{ATOM}id")
        if "/api/errors" in address:
            reason = clean(text_of(entry, f"{ATOM}summary"), 150).rstrip(".")
            raise FetchFailed(f"arXiv refused the question: {reason}.")
        known = split_id(address)
        title = text_of(entry, f"{ATOM}title")
        if known and title.strip():
            yield Record(
                arxiv_id=known[0],
                version=known[1] or 1,
                title=title,
                abstract=text_of(entry, f"{ATOM}summary"),
                authors=tuple(
                    name for a in entry.findall(f"{ATOM}author") if (name := text_of(a, f"{ATOM}name").strip())
                ),
                categories=_categories(entry),
                published_at=text_of(entry, f"{ATOM}published").strip(),
                is_withdrawn=bool(
                    WITHDRAWN.search(text_of(entry, f"{ARXIV}comment") + text_of(entry, f"{ATOM}summary")[:60])
                ),
            )


def _categories(entry: Element) -> tuple[str, ...]:
    """The classes, the primary one first."""
    primary = entry.find(f"{ARXIV}primary_category")
    terms = [primary.get("term", "")] if primary is not None else []
    return classes(terms + [category.get("term", "") for category in entry.findall(f"{ATOM}category")])
