"""What a reader asks the archive: the words of a search, as each database reads them, and where they stand in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digests.archive.terms import Run, pairs, runs, stem, without_particle

MOST_WORDS = 12
SHORTEST_PREFIX = 3  # letters of a Latin word from which it finds longer ones
SNIPPET, BEFORE = 200, 60  # characters of a snippet, and how many of them before the first hit


class Piece(NamedTuple):
    """A stretch of a shown text, and whether it was asked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Wanted:
    """A word of the question: the terms that a text must have, the only one perhaps as a beginning, and `bare`, which is
    marked where the text is shown."""

    terms: tuple[str, ...]
    is_prefix: bool
    bare: str
    is_paired: bool


def read_question(text: str) -> list[Wanted]:
    """The words asked for, each once, at most MOST_WORDS; nothing for a text without letters and digits."""
    wanted = dict.fromkeys(_wanted(run) for run in runs(text))
    return list(wanted)[:MOST_WORDS]


def _wanted(run: Run) -> Wanted:
    if run.is_paired:
        bare = without_particle(run.text)
        # Each letter begins a term; a single one is looked for as a beginning.
        return Wanted(tuple(pairs(bare)[:-1]) or (bare,), len(bare) == 1, bare, True)
    stemmed = stem(run.text)
    return Wanted((stemmed,), len(stemmed) >= SHORTEST_PREFIX, stemmed, False)


def as_tsquery(question: Sequence[Wanted]) -> str:
    """For PostgreSQL's tsquery type. Terms have letters and digits only, so nothing in them needs an escape."""
    return " & ".join(f"'{term}'" + (":*" if each.is_prefix else "") for each in question for term in each.terms)


def as_fts5(question: Sequence[Wanted]) -> str:
    """For SQLite's FTS5."""
    return " AND ".join(f'"{term}"' + (" *" if each.is_prefix else "") for each in question for term in each.terms)


def has_all(terms: Collection[str], question: Sequence[Wanted]) -> bool:
    """Whether a text with these terms has every word asked for, as the databases would say."""
    return all(
        term in terms or (each.is_prefix and any(other.startswith(term) for other in terms))
        for each in question
        for term in each.terms
    )


def marked(text: str, question: Sequence[Wanted]) -> list[Piece]:
    """The whole text in pieces, those that were asked for marked."""
    pieces, place = [], 0
    for start, end in _merged(sorted(_hits(text, question))):
        pieces += [Piece(text[place:start], False), Piece(text[start:end], True)]
        place = end
    return [piece for piece in [*pieces, Piece(text[place:], False)] if piece.text]


def snippet(texts: Sequence[str], question: Sequence[Wanted]) -> list[Piece]:
    """The text with most of what was asked for, cut to SNIPPET characters around the first hit; the first text when none
    has any."""
    if not texts:
        return []
    best = max(texts, key=lambda text: len({text[start:end].casefold() for start, end in _hits(text, question)}))
    first = min((start for start, _end in _hits(best, question)), default=0)
    begin = 0 if first < SNIPPET - BEFORE else best.find(" ", first - BEFORE) + 1
    shown = best[begin : begin + SNIPPET]
    if begin + SNIPPET < len(best):
        shown = shown.rsplit(" ", 1)[0] + " …"
    return marked(("… " if begin else "") + shown, question)


def _hits(text: str, question: Sequence[Wanted]) -> Iterator[tuple[int, int]]:
    """Where the words stand in a text. Linear in its length."""
    stems = [(run.start, run.end, stem(run.text)) for run in runs(text) if not run.is_paired]
    for each in question:
        if each.is_paired:
            spaced = r"\s?".join(map(re.escape, each.bare))
            yield from (found.span() for found in re.finditer(spaced, text))
            continue
        for start, end, found in stems:
            if found == each.bare or (each.is_prefix and found.startswith(each.bare)):
                yield start, end


def _merged(hits: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = (0, 0)
    for start, end in hits:
        if start >= last[1]:
            if last[1]:
                yield last
            last = (start, end)
        else:
            last = (last[0], max(last[1], end))
    if last[1]:
        yield last
