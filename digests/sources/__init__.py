"""Where papers are listed. A source is one module with `fetch(day)` and a pure `parse`; to add one, write the module
and add its line to SOURCES. arXiv is asked for details in `digests.sources.arxiv`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from digests.sources import arxiv_feed, deeplearn, huggingface
from digests.sources.listing import Listing


@dataclass(frozen=True)
class Source:
    """A source and what can be expected of it.

    `fetch(day)` gives the list of a day of UTC, or None when the source cannot tell it; it raises FetchFailed.
    `follows_calendar`: it has new papers on each day of arXiv's calendar, so that a day without is worth looking into.
    `is_vouched`: people chose what it lists. `keeps_days`: it can be asked for days gone by, whose votes go on counting.
    """

    fetch: Callable[[date], Sequence[Listing] | None]
    follows_calendar: bool
    is_vouched: bool
    keeps_days: bool


SOURCES: dict[str, Source] = {
    "huggingface": Source(huggingface.fetch, follows_calendar=True, is_vouched=True, keeps_days=True),
    "arxiv": Source(arxiv_feed.fetch, follows_calendar=True, is_vouched=False, keeps_days=False),
    "deeplearn": Source(deeplearn.fetch, follows_calendar=False, is_vouched=True, keeps_days=False),
}

__all__ = ["SOURCES", "Listing", "Source"]
