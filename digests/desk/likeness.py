"""Is a paper much like one that readers had lately? By the words of titles and abstracts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digests.choosing.candidate import TERMS_TO_JUDGE, terms

TITLE_ALIKE = 0.6  # of the words of both titles, those that both have
ABSTRACT_ALIKE = 0.4  # of both abstracts; of a day's papers no two were seen to share more than a fifth
TERMS_OF_ABSTRACT = 12  # fewer say too little


@dataclass(frozen=True)
class Told:
    """A paper by its words: those of its title, and those of its abstract."""

    arxiv_id: str
    day: date
    title: frozenset[str]
    abstract: frozenset[str]

    @classmethod
    def of(cls, arxiv_id: str, day: date, title: str, abstract: str) -> Told:
        """The words of these texts."""
        return cls(arxiv_id, day, terms(title), terms(abstract))


@dataclass(frozen=True)
class Alike:
    """The earlier paper that one is most like, and how much of their words they share (0 to 1), titles or abstracts."""

    earlier: Told
    share: float


def most_alike(paper: Told, earlier: Iterable[Told]) -> Alike | None:
    """The earlier paper that this one is most like, if any is much alike."""
    best: Alike | None = None
    for other in earlier:
        share = _share(paper, other)
        if other.arxiv_id != paper.arxiv_id and share and (best is None or share > best.share):
            best = Alike(other, share)
    return best


def _share(one: Told, other: Told) -> float:
    titles = _common(one.title, other.title, TERMS_TO_JUDGE)
    abstracts = _common(one.abstract, other.abstract, TERMS_OF_ABSTRACT)
    return max(titles if titles >= TITLE_ALIKE else 0.0, abstracts if abstracts >= ABSTRACT_ALIKE else 0.0)


def _common(one: frozenset[str], other: frozenset[str], least: int) -> float:
    """The share of the words of both that both have; 0 where one of them says too little to judge by."""
    if min(len(one), len(other)) < least:
        return 0.0
    return len(one & other) / len(one | other)
