"""What a section is about: a theme that papers share, or the weightiest terms of one paper."""

from collections.abc import Iterator, Sequence

from digests.offline.reading import Reading
from digests.offline.sentences import shorten
from digests.offline.terms import Term, key_of, terms_of
from digests.parts import Bullet

MOST_TOPICS, TERMS_OF_A_TOPIC = 5, 3
LONGEST_TITLE, LONGEST_LINE = 160, 300  # characters
# Themes that most papers of any section share tell a reader nothing.
TOO_BROAD = {
    "large language model", "language model", "multimodal large language model", "machine learning", "deep learning",
    "neural network", "artificial intelligence", "pre training", "fine tuning", "foundation model",
    "vision language model", "ai model",
}  # fmt: skip


def topics(readings: Sequence[Reading], terms: Sequence[Term], frames: dict[str, str]) -> Iterator[Bullet]:
    """One bullet a paper; in a larger section, themes that papers share come first and the rest is gathered."""
    left = dict(enumerate(readings))
    room = MOST_TOPICS
    for term in terms if len(readings) > MOST_TOPICS else ():
        members = [left[place] for place in term.dwelling if place in left]
        if room == 2 or len(members) < 2 or term.key in TOO_BROAD:
            continue
        labels = ", ".join(reading.label for reading in members)
        yield Bullet(frames["theme"].format(theme=term.text, papers=labels), tuple(reading.id for reading in members))
        left = {place: reading for place, reading in left.items() if reading not in members}
        room -= 1
    alone = list(left.values())
    shown = alone if len(alone) <= room else alone[: room - 1]
    for reading in shown:
        yield Bullet(_theme(reading) or frames["no title"], (reading.id,))
    if rest := alone[len(shown) :]:
        labels = ", ".join(reading.label for reading in rest)
        yield Bullet(
            frames["others"].format(papers=shorten(labels, LONGEST_LINE)), tuple(reading.id for reading in rest)
        )


def _theme(reading: Reading) -> str:
    """What one paper is about: its own name, if it has one, and its weightiest terms. The title stands beside it
    wherever a digest is shown, so it is repeated only for a paper without terms of its own."""
    terms = terms_of(reading.title, reading.text)
    weighty = sorted((key for key in terms if key not in TOO_BROAD), key=lambda key: -terms[key][0])
    told: list[str] = []
    for key in weighty:
        said = [key_of(reading.label), *map(key_of, told)]
        if len(told) < TERMS_OF_A_TOPIC and not any(key in other or other in key for other in said):
            told.append(terms[key][1])
    if not told:
        return shorten(reading.title, LONGEST_TITLE)
    named = f"{reading.label}: " if len(reading.label.split()) == 1 else ""
    return f"{named}{', '.join(told)}"
