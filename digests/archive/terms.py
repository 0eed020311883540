"""What can be searched for in a text, and where in it. Pure.

No database's own parser is asked: PostgreSQL's depends on the server's locale for Korean and has no bigrams without an
extension, SQLite's differs. Here Latin words are reduced to their English stems, and scripts that join particles to words,
or leave no blanks between them, are cut into overlapping pairs of letters, so that 모델 is found in 언어모델을.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from snowballstemmer import stemmer

HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
OTHER_PAIRED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
RUN = re.compile(rf"(?P<hangul>[{HANGUL}]+)|(?P<paired>[{OTHER_PAIRED}]+)|(?P<word>[^\W_{HANGUL}{OTHER_PAIRED}]+)")
LONGEST = 40  # characters of a term
PARTICLES = ("에서", "으로", "은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "로")
SHORTEST_BEFORE_PARTICLE = 2

_english = stemmer("english")
_one_at_a_time = threading.Lock()  # the stemmer keeps its word in itself


class Run(NamedTuple):
    """A stretch of one script: its text as compared, whether it is cut into pairs, and where it stands."""

    text: str
    is_paired: bool
    start: int
    end: int


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, in order. Linear in its length."""
    for found in RUN.finditer(text):
        folded = unicodedata.normalize("NFKC", found[0]).casefold()
        bare = "".join(character for character in folded if character.isalnum())[:LONGEST]
        if bare:
            yield Run(bare, found.lastgroup != "word", found.start(), found.end())


def terms_of(text: str) -> list[str]:
    """The terms of a text in order: stems, and of paired scripts each pair of letters and each last letter alone. Where
    one blank parts two such runs there is a pair over it as well: 언어 모델 is found as 언어모델, and the other way round."""
    terms: list[str] = []
    before: Run | None = None
    for run in runs(text):
        if not run.is_paired:
            terms.append(stem(run.text))
        else:
            if before and before.is_paired and text[before.end : run.start] == " ":
                terms.append(before.text[-1] + run.text[0])
            terms += pairs(run.text)
        before = run
    return terms


def pairs(text: str) -> list[str]:
    """The overlapping pairs of letters, and the last letter, so that each letter begins a term."""
    return [text[place : place + 2] for place in range(len(text))]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """An English word's stem; anything else as it is."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    with _one_at_a_time:
        return str(_english.stemWord(word))


def without_particle(run: str) -> str:
    """A Korean run without the particle at its end, where enough is left: who asks for 모델을 means 모델."""
    for particle in PARTICLES:
        bare = run.removesuffix(particle)
        if bare != run and len(bare) >= SHORTEST_BEFORE_PARTICLE:
            return bare
    return run
