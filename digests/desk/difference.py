"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, NamedTuple

WORD = re.compile(r"[\w'’.,%-]+\s*|[^\w\s]\s*|\s+")  # with the space behind it, which alone is nothing in common
SAME, GONE, NEW = "same", "gone", "new"
MOST_PAIRS = 250_000  # of words of two texts: some 0.1 s


class Piece(NamedTuple):
    """A run of words that stayed, went or came."""

    kind: str
    text: str


class Step(NamedTuple):
    """One change of one place, as the history has it: the revision that it made, what and where, before and after."""

    revision: int
    what: str
    where: str
    before: str
    after: str


def difference(before: str, after: str) -> list[Piece]:
    """The texts as one, with what went and what came in its place. Lines that stayed are found first, and words only looked
    for in those that did not, so that long texts take no longer than their changes do."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, from_, to, since, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[from_:to])))
        elif to - from_ == until - since:
            for gone, came in zip(old[from_:to], new[since:until], strict=True):
                pieces += _of_words(gone, came)
        else:
            pieces += _of_words("".join(old[from_:to]), "".join(new[since:until]))
    return _joined(pieces)


def _of_words(before: str, after: str) -> list[Piece]:
    """What differs word by word; of texts too long for that, the one and then the other."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        return [piece for piece in (Piece(GONE, before), Piece(NEW, after)) if piece.text]
    pieces = []
    for kind, from_, to, since, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[from_:to])))
            continue
        pieces += [Piece(GONE, "".join(old[from_:to]))] if to > from_ else []
        pieces += [Piece(NEW, "".join(new[since:until]))] if until > since else []
    return pieces


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, neighbours of one kind as one."""
    return [
        Piece(kind, "".join(piece.text for piece in run)) for kind, run in groupby(pieces, key=lambda piece: piece.kind)
    ]


def as_text(words: Any) -> str:
    """What the history keeps of a place as one text, a line for each statement."""
    if isinstance(words, Sequence) and not isinstance(words, str):
        return "\n".join(map(str, words))
    return "" if words is None else str(words)


def between(steps: Iterable[Step], since: int, until: int) -> list[Step]:
    """The changes of the revisions after `since` up to `until`, each place once: as it was first, as it is last. Places
    that are as they were are left out."""
    net: dict[tuple[str, str], Step] = {}
    for step in sorted(steps, key=lambda each: each.revision):
        if since < step.revision <= until:
            first = net.get((step.what, step.where))
            net[step.what, step.where] = step._replace(before=first.before) if first else step
    return [step for step in net.values() if step.before != step.after]
