"""One paper as far as statements can be looked up in it: its numbers, its names and its words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from digests.offline.sentences import plain
from digests.parts import Abstract
from digests.verification import names
from digests.verification.figures import Figure, counted_in, figures, normal

LONGEST = 20_000  # characters
WORD = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Ground:
    """What of a paper can be looked up: `prose` as a reader sees it, `figures` with their places in `prose`, `words` in
    lower case with one space around each, the first sentence of `text` being the title."""

    title: str
    raw: str
    prose: str
    figures: tuple[Figure, ...]
    names: names.NameIndex
    words: str

    def at(self, value: Decimal) -> list[Figure]:
        """Where this value stands in the paper."""
        return [figure for figure in self.figures if figure.value == value or value in figure.also]

    def mentions(self, stems: Iterable[str]) -> bool:
        """Whether a word begins with one of the stems; a stem may be several words."""
        return any(f" {stem}" in self.words for stem in stems)


@lru_cache(maxsize=512)
def ground(paper: Abstract) -> Ground:
    """The paper's ground, from its title and abstract; without an abstract, of the title alone."""
    return read(paper.title, paper.text)


def read(title: str, text: str) -> Ground:
    """The ground of a title and an abstract as they came."""
    raw = f"{title.strip()}. {text}"[:LONGEST]
    seen = plain(raw)
    prose, listed = normal(seen), counted_in(seen)
    found = figures(prose)
    if listed:
        found.append(Figure(Decimal(listed), "", f"({listed})", 0, 0, in_words=True))
    named = f"{seen} {raw}" if "\\" in raw or "$" in raw else seen  # LaTeX may be read wrongly
    letters = named if named.isascii() else unicodedata.normalize("NFKC", named).replace("×", "x")
    return Ground(title, raw, prose, tuple(found), names.index(letters), lower_words(prose))


def as_read(text: str) -> str:
    """A statement as a reader sees it, when it was written with the LaTeX of its abstract."""
    return plain(text) if "\\" in text or "^" in text or text.count("$") > 1 else text


def lower_words(text: str) -> str:
    """The words of a text in lower case between single spaces; the parts of VideoWorld and Speech2Text apart."""
    return f" {' '.join(WORD.findall(text)).lower()} "
