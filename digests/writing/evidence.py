"""The sentences that statements rest on: each abstract's sentences have numbers, and a statement names its own.

One splitter and one way of counting for all: writers, checks, pages. A sentence's id is "ARXIVID#n", n from 1, over the
abstract as a reader would see it (LaTeX read as text). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from digests.offline.sentences import sentences_of
from digests.offline.stopwords import FILLER
from digests.parts import Abstract, Bullet

MOST_FOUND = 2
LEAST_OVERLAP = 2.0
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z][a-z0-9+]{2,}")


@lru_cache(maxsize=512)
def numbered(paper: Abstract) -> Mapping[str, str]:
    """The sentences of the paper's abstract by their ids, in their order; empty for a paper without an abstract."""
    sentences = enumerate(sentences_of(paper.text), start=1)
    return MappingProxyType({f"{paper.id}#{number}": sentence for number, sentence in sentences})


def sentence_ids(paper: Abstract, numbers: Iterable[int]) -> tuple[str, ...]:
    """The ids of the paper's sentences with these numbers; numbers that no sentence has are dropped."""
    known = numbered(paper)
    named = dict.fromkeys(f"{paper.id}#{number}" for number in numbers)
    return tuple(sentence for sentence in named if sentence in known)


def found_by_overlap(bullet: Bullet, papers: Iterable[Abstract]) -> tuple[str, ...]:
    """The ids of at most two sentences of the bullet's papers that share most words and numbers with it, the closest
    first. Words of another script share nothing: then only numbers and names speak, and there may be none."""
    wanted = _tokens(bullet.text)
    left = {
        id_: _tokens(text) for paper in papers if paper.id in bullet.papers for id_, text in numbered(paper).items()
    }
    found: list[str] = []
    while wanted and left and len(found) < MOST_FOUND:
        closest = max(left, key=lambda id_: _weight(wanted & left[id_]))
        if _weight(wanted & left[closest]) < LEAST_OVERLAP:
            break
        found.append(closest)
        wanted -= left.pop(closest)
    return tuple(found)


def _tokens(text: str) -> set[str]:
    return {token for token in TOKEN.findall(text.lower()) if token not in FILLER}


def _weight(shared: set[str]) -> float:
    """A number that both have says more than a word; a lone digit says little."""
    return sum(3.0 if token[0].isdigit() and len(token) > 1 else 1.0 for token in shared)
