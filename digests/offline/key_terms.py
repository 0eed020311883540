"""The few terms that a paper would be filed under, chosen from its phrases, names and short forms."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from digests.offline.names import coined_name, names, short_forms
from digests.offline.terms import key_of, phrases_of, terms_of

MOST_TERMS = 5
# Logistic weights, fitted to what was chosen by hand for 37 papers; see docs/quality.md.
REPEATS, IN_TITLE, PLACE, STANDS_OUT = 0.8, 0.3, -0.6, 1.4
WORDS = {1: -1.1, 2: 0.0, 3: -0.25}
MANY_WORDS = -1.1
NAME, LONG_FORM, OWN_NAME = 1.9, 2.7, -1.3


class KeyTerm(NamedTuple):
    """A term by its key (see `terms.key_of`), as the paper spells it, and how much speaks for it."""

    key: str
    text: str
    weight: float


def key_terms(title: str, text: str, most: int = MOST_TERMS) -> list[KeyTerm]:
    """The `most` best terms of a title and plain text, the best first; none is a part of another."""
    kept: list[KeyTerm] = []
    for term in sorted(_weighed(title, text), key=lambda term: (-term.weight, term.key)):
        if len(kept) < most and not any(overlap(term.key, other.key) for other in kept):
            kept.append(term)
    return kept


def _weighed(title: str, text: str) -> Iterator[KeyTerm]:
    phrases = [*phrases_of(text), *phrases_of(title)]  # a text's spelling goes before a title's capitals
    named, shorts = names(title) + names(text), short_forms(text)
    counts = Counter(key_of(phrase) for phrase in phrases)
    spelling: dict[str, str] = {}
    for found in (*shorts.values(), *shorts, *named, *phrases):
        spelling.setdefault(key_of(found), found)
    for found in (*named, *shorts, *shorts.values()):
        counts[key_of(found)] = max(counts[key_of(found)], text.count(found))
    standing = terms_of(title, text)
    most_standing = max([weight for weight, _ in standing.values()], default=1.0)
    lowered = text.lower().replace("-", " ")
    in_title = f" {key_of(title)} "
    name_keys, long_keys = {key_of(name) for name in named}, {key_of(long) for long in shorts.values()}
    own = key_of(coined_name(title, text))
    for key, count in counts.items():
        place = lowered.find(key)
        weight = (
            REPEATS * math.log1p(count)
            + IN_TITLE * (f" {key} " in in_title)
            + PLACE * (place / max(len(lowered), 1) if place >= 0 else 1.0)
            + STANDS_OUT * standing.get(key, (0.0, ""))[0] / most_standing
            + WORDS.get(len(key.split()), MANY_WORDS)
            + NAME * (key in name_keys)
            + LONG_FORM * (key in long_keys)
            + OWN_NAME * (key == own)
        )
        yield KeyTerm(key, spelling[key], weight)


def overlap(one: str, other: str) -> bool:
    """Say whether one key is a part of the other, or the same."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "
