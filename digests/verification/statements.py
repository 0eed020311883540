"""All checks of one statement, or of a whole text, against the papers it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digests.verification import claims, forbidden
from digests.verification.findings import Finding
from digests.verification.ground import Ground, as_read
from digests.verification.language import HANGUL, foreign_letters
from digests.verification.names import strange_names
from digests.verification.numbers import doubtful_numbers

EXCERPT = 120


def findings_in(text: str, grounds: Sequence[Ground]) -> list[Finding]:
    """What in a text the papers do not carry, and what no summary says. Its language, its end and whether it is about
    these papers at all are looked at elsewhere."""
    return [*_unsupported(as_read(text), grounds), *_out_of_place(text)]


def _unsupported(text: str, grounds: Sequence[Ground]) -> Iterator[Finding]:
    for doubt in doubtful_numbers(text, grounds):
        yield Finding(doubt.kind, _told(doubt.written, text))
    for name in strange_names(text, [ground.names for ground in grounds], english=not HANGUL.search(text)):
        yield Finding("name not in the abstract", _told(name, text))
    for letters in foreign_letters(text, [ground.raw for ground in grounds]):
        yield Finding("letters of another language", _told(letters, text))
    for ground in grounds:
        if name := claims.beats_its_own(text, ground):
            yield Finding("beaten by another", _told(name, text))
    declines = [claims.unheard_decline(text, ground) for ground in grounds]
    if declines and all(declines):
        yield Finding("decline not in the abstract", _told(declines[0], text))


def _out_of_place(text: str) -> Iterator[Finding]:
    if forbidden.talks_to_reader(text):
        yield Finding("speaks to the reader", text[:EXCERPT])
    if words := forbidden.talks_of_itself(text):
        yield Finding("speaks of itself", words[:EXCERPT])


def _told(what: str, text: str) -> str:
    """What is doubted, and the line that it stands in."""
    line = next((line for line in text.splitlines() if what in line), text)
    return f"{what}: {line.strip()[:EXCERPT]}"
