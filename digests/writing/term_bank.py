"""Terms kept to one spelling in Korean texts. Pure: a text and the bank in, the text out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

HANGUL_FIRST, HANGUL_LAST, FINALS, RIEUL = 0xAC00, 0xD7A3, 28, 8
# What follows a word with a final consonant, and what follows one without.
PARTICLES = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이나", "나"), ("이며", "며"))
PARTICLE = re.compile(
    r"(?P<particle>으로|이나|이며|은|는|이|가|을|를|과|와|로|나|며)(?=(?:써|서|의|는|도|만)?(?![가-힣]))"
)


class KeptTerm(NamedTuple):
    """A term: its English name, how it is written in Korean, and the spellings that give way."""

    english: str
    korean: str
    replaced: tuple[str, ...]


def keep_terms(text: str, bank: Sequence[KeptTerm]) -> str:
    """The text with each spelling that gives way replaced by the kept one, and the particle after it made to fit.

    A spelling is found where a word begins; longer ones come first, and a kept one already there is left alone.
    """
    spellings = _spellings(tuple(bank))
    if not spellings:
        return text
    return _pattern(tuple(spellings)).sub(lambda match: _replaced(match, spellings), text)


def told_terms(text: str, bank: Sequence[KeptTerm]) -> list[KeptTerm]:
    """The terms whose English name an abstract has, for a writer to know."""
    lowered = " ".join(re.split(r"[\s-]+", text.lower()))
    return [term for term in bank if " ".join(re.split(r"[\s-]+", term.english.lower())) in lowered]


@lru_cache(maxsize=8)
def _spellings(bank: tuple[KeptTerm, ...]) -> Mapping[str, str]:
    kept = {term.korean: term.korean for term in bank}
    return {spelling: term.korean for term in bank for spelling in term.replaced} | kept


@lru_cache(maxsize=8)
def _pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))
    return re.compile(rf"(?<![가-힣A-Za-z0-9])(?P<word>{longest_first})(?:{PARTICLE.pattern})?")


def _replaced(match: re.Match[str], spellings: Mapping[str, str]) -> str:
    word, particle = match["word"], match["particle"] or ""
    kept = spellings[word]
    return match[0] if kept == word else kept + _fitting(kept, particle)


def _fitting(word: str, particle: str) -> str:
    """The particle in the form that the word asks for; as it is after a word that does not end in Hangul."""
    code = ord(word[-1])
    pair = next((pair for pair in PARTICLES if particle in pair), None)
    if pair is None or not HANGUL_FIRST <= code <= HANGUL_LAST:
        return particle
    final = (code - HANGUL_FIRST) % FINALS
    is_closed = final != 0 and not (final == RIEUL and pair[1] == "로")
    return pair[0] if is_closed else pair[1]
