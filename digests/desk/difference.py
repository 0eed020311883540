"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

WORD = re.compile(r"[\w'’.,%-]+\s*|[^\w\s]\s*|\s+")  # with the space behind it, which alone is nothing in common
SAME, GONE, NEW = "same", "gone", "new"


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
    """The texts as one, with what went and what came in its place."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, from_, to, since, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[from_:to])))
            continue
        pieces += [Piece(GONE, "".join(old[from_:to]))] if to > from_ else []
        pieces += [Piece(NEW, "".join(new[since:until]))] if until > since else []
    return pieces


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
