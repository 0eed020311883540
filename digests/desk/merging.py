"""What an editor changed on a page, brought together with what others saved since the page was shown. Pure.

A page carries prints of all that it shows: of each field's words and of what they are about, and of where each paper stands.
They tell who changed what, and nothing else is believed of them: whoever forges one can only overwrite what they may change
anyway.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from digests.desk.difference import Piece, difference

Prints = Mapping[str, str]


class Place(NamedTuple):
    """A field of a draft as it stands: its name on pages, what its words are about, and the words."""

    name: str
    about: Sequence[Any]
    text: str

    @property
    def mark(self) -> str:
        """A print of the words, and one of what they are about."""
        return f"{print_of(tidied(self.text))}.{print_of(self.about)}"


class Conflict(NamedTuple):
    """What others saved in a field, and what this editor wants there."""

    theirs: str
    yours: str

    @property
    def pieces(self) -> list[Piece]:
        """This editor's words with what differs from the others'."""
        return difference(self.theirs, tidied(self.yours))


class Merged(NamedTuple):
    """What the fields should have: `words` by name, a field that the browser left out missing; the `conflicts` among them, where
    the words are this editor's; what has no field any more; and whether others saved something."""

    words: dict[str, str]
    conflicts: dict[str, Conflict]
    homeless: list[str]
    is_of_others: bool


def print_of(value: Any) -> str:
    """A short SHA-256 of a JSON-ready value."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace")).hexdigest()[:16]


def tidied(text: str) -> str:
    """The text with the line ends and without the margins that browsers and editors differ in."""
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def written(prints: Prints) -> str:
    """The prints as a page carries them."""
    return " ".join(f"{name}={mark}" for name, mark in prints.items())


def read(text: str) -> dict[str, str]:
    """The prints that a page carried; what is none is passed over."""
    pairs = (pair.partition("=") for pair in text.split())
    return {name: mark for name, equals, mark in pairs if equals}


def merge(sent: Mapping[str, str | None], shown: Prints, now: Sequence[Place], let_be: Collection[str] = ()) -> Merged:
    """Bring what the browser sent (None where it left a field out) into the fields as they stand now. A field that the editor
    left as it was shown has what it has now; one that nobody else changed has the editor's words, wherever it went meanwhile;
    any other is a conflict. In fields of `let_be` the editor leaves what others wrote."""
    words: dict[str, str] = {place.name: place.text for place in now}
    kept = _kept(shown, now)
    free = _free(now, kept)
    conflicts: dict[str, Conflict] = {}
    homeless: list[str] = []
    for name in dict.fromkeys([*shown, *(place.name for place in now)]):
        mine, was = sent.get(name), shown.get(name, "")
        if mine is None:
            if name in kept:
                del words[kept[name].name]
        elif name in let_be or print_of(tidied(mine)) == was.partition(".")[0]:
            continue
        elif name in kept:
            words[kept[name].name] = mine
        elif theirs := _counterpart(name, was.partition(".")[2], free):
            if tidied(theirs.text) != tidied(mine):
                del free[theirs.name]
                conflicts[theirs.name] = Conflict(theirs.text, mine)
                words[theirs.name] = mine
        elif mine.strip():
            homeless.append(mine)
    return Merged(words, conflicts, homeless, len(kept) < max(len(now), len(shown)))


def _kept(shown: Prints, now: Sequence[Place]) -> dict[str, Place]:
    """Where the fields of the page are now that say the same about the same: under their own name first, else where a line
    went when a paper moved or lines before it came or went."""
    kept = {place.name: place for place in now if shown.get(place.name) == place.mark}
    moved: dict[str, list[Place]] = {}
    for place in now:
        if place.name not in kept:
            moved.setdefault(place.mark, []).append(place)
    for name, mark in shown.items():
        if name not in kept and moved.get(mark):
            kept[name] = moved[mark].pop(0)
    return kept


def _free(now: Sequence[Place], kept: Mapping[str, Place]) -> dict[str, Place]:
    """The fields that the page did not show as they are now."""
    taken = {place.name for place in kept.values()}
    return {place.name: place for place in now if place.name not in taken}


def _counterpart(name: str, about: str, free: Mapping[str, Place]) -> Place | None:
    """The field in which others changed what the page showed under this name."""
    alike = [place for place in free.values() if place.mark.partition(".")[2] == about]
    return next((place for place in alike if place.name == name), None) or next(iter(alike), None) or free.get(name)
