"""What of a statement can be looked up in the abstracts it rests on: its numbers and its names. Pure.

Made to raise few false alarms: another spelling ("GPT-4", "GPT4"), another unit of counting ("1.5 billion", "15억"), a
number in words or a short form of words that are there all count as found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from digests.offline.sentences import plain
from digests.parts import Abstract

SCALES = {
    "k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12,
    "천": 3, "만": 4, "백만": 6, "천만": 7, "억": 8, "십억": 9, "조": 12,
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.])(\d+(?:[.,]\d+)*)(?:([KMBT])(?![A-Za-z])|\s?(thousand|million|billion|trillion|백만|천만|십억|천|만|억|조))?"
)
IN_WORDS = {
    word: Decimal(value)
    for value, words in enumerate(
        ["zero", "one once single", "two twice double", "three triple", "four", "five", "six", "seven", "eight", "nine",
         "ten", "eleven", "twelve"]
    )
    for word in words.split()
}  # fmt: skip
NAME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+]*(?:-[A-Za-z0-9+]+)*")
IN_NAME = re.compile(r"(?<=[A-Za-z])-\d+(?:\.\d+)*")
LOOKS_NAMED = re.compile(r"[a-z][A-Z]|[A-Z][A-Za-z]*[A-Z]|[A-Za-z]-?\d")
LONGEST_SHORT_FORM = 6
COMMON = {"ai", "ml", "llm", "vlm", "nlp", "rl", "rag", "gpu", "cpu", "api", "qa", "2d", "3d"}


@dataclass(frozen=True)
class Ground:
    """One paper as far as statements can be looked up in it: its numbers as values, its letters and digits run
    together, and the first letters of its words."""

    numbers: frozenset[Decimal | str]
    letters: str
    initials: str


@lru_cache(maxsize=512)
def ground(paper: Abstract) -> Ground:
    """The paper's ground, from its title and abstract both as they came and as a reader sees them."""
    raw = f"{paper.title} {paper.text}"
    text = unicodedata.normalize("NFKC", f"{raw} {plain(raw)}")
    words = re.findall(r"[a-z]+", text.lower())
    values = {value for written, scale in _numbers(text) for value in (_value(written), _value(written, scale))}
    return Ground(
        frozenset(values | {IN_WORDS[word] for word in words if word in IN_WORDS}),
        _letters(text),
        "".join(word[0] for word in words),
    )


def strange_numbers(text: str, grounds: Iterable[Ground]) -> list[str]:
    """The numbers of `text` that none of the papers has; a number in a name (GPT-4) is the name's matter."""
    known: frozenset[Decimal | str] = frozenset().union(*(ground.numbers for ground in grounds))
    return [
        written + scale for written, scale in _numbers(IN_NAME.sub(" ", text)) if _value(written, scale) not in known
    ]


def strange_names(text: str, grounds: Iterable[Ground]) -> list[str]:
    """The names in Latin letters - with a digit, or capitals after the first letter - that none of the papers has."""
    papers = list(grounds)
    named = dict.fromkeys(
        name for name in NAME.findall(unicodedata.normalize("NFKC", text)) if LOOKS_NAMED.search(name)
    )
    return [name for name in named if not any(_is_known(name, paper) for paper in papers)]


def _is_known(name: str, paper: Ground) -> bool:
    letters = _letters(name)
    one_of_them = letters.removesuffix("s")  # LLMs
    if letters in paper.letters or one_of_them in paper.letters or one_of_them in COMMON:
        return True
    return name.isalpha() and 1 < len(one_of_them) <= LONGEST_SHORT_FORM and one_of_them in paper.initials


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """(a number as written, the word or letter that multiplies it or nothing)."""
    for match in NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        yield match[1], match[2] or match[3] or ""


def _value(written: str, scale: str = "") -> Decimal | str:
    """The value, so that "1,000", "1000.0" and "1K" agree; what is no number, such as version 2.1.3, as it is written."""
    bare = re.sub(r",(?=\d{3}(?!\d))", "", written)
    try:
        return Decimal(bare) * 10 ** SCALES.get(scale.lower(), 0)
    except InvalidOperation:
        return bare
