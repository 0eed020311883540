"""Papers that may go into a digest, what editors wish, and what readers had lately: the values that choosing weighs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from digests.offline.phrases import words
from digests.offline.stopwords import FILLER

LATE_VOTES, LATE_GAIN = 15, 10
TERMS_TO_JUDGE = 4


@dataclass(frozen=True)
class Candidate:
    """A paper that may go in.

    `votes` are the most any source counts, `votes_then` those when a digest last passed it over, or None; `age` is in
    days since people first listed it; `sources` list it, `vouching` of them chosen by people; `is_today`: it is in the
    lists of the digest's own day; `category` is a guess.
    """

    paper_id: int
    votes: int = 0
    sources: tuple[str, ...] = ()
    best_rank: int = 1
    vouching: int = 1
    votes_then: int | None = None
    age: int = 0
    is_today: bool = True
    is_withdrawn: bool = False
    arxiv_id: str = ""
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    category: str = ""

    @property
    def has_risen(self) -> bool:
        """Whether it was passed over once and got many votes since."""
        then = self.votes_then
        return then is not None and self.votes >= LATE_VOTES and self.votes - then >= LATE_GAIN

    @cached_property
    def terms(self) -> frozenset[str]:
        """The telling words of the title."""
        return terms(self.title)


@dataclass(frozen=True)
class Wish:
    """An editor's rule, as `digests.models.Rule` keeps it."""

    kind: str
    text: str
    effect: str
    points: int = 0

    def meets(self, candidate: Candidate) -> bool:
        """Whether the rule is about this paper."""
        if self.kind == "paper":
            return candidate.arxiv_id == self.text
        pattern = re.compile(rf"(?<!\w){re.escape(self.text.casefold())}(?!\w)")
        places = candidate.authors if self.kind == "author" else (candidate.title, candidate.abstract)
        return any(pattern.search(place.casefold()) for place in places)


@dataclass(frozen=True)
class Earlier:
    """A paper that readers had lately."""

    arxiv_id: str
    day: date
    terms: frozenset[str]


def terms(title: str) -> frozenset[str]:
    """The words of a title that tell what it is about."""
    return frozenset(words(title)) - FILLER


def likeness_of(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of the words of two titles that they have in common; 0 where a title says too little to judge by."""
    if min(len(first), len(second)) < TERMS_TO_JUDGE:
        return 0.0
    return len(first & second) / len(first | second)
