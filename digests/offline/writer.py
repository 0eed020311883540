"""Writes a section's five parts without a model: the abstracts' own sentences, and frames in the reader's language.

Nothing is invented. A sentence is quoted as its abstract has it (LaTeX read as text, links taken out, an overlong one
cut), in English under either language; only the words around it are ours. Frames hold no digits, so that every number
in a summary is one of the papers', and no Korean particle follows a word that changes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from digests.offline.frames import FRAMES
from digests.offline.names import coined_name, names, short_forms
from digests.offline.ranking import (
    Sentence,
    best_sentence,
    impact,
    outlook,
)
from digests.offline.reading import Reading, read_paper
from digests.offline.sentences import shorten
from digests.offline.terms import Term, key_of, section_terms
from digests.offline.topics import topics
from digests.parts import Abstract, Bullet

__all__ = ["best_sentence", "write_section"]

LONGEST_SENTENCE = 300  # characters
MOST_TERMS, MOST_NAMES, MOST_SHORT_FORMS = 8, 8, 5
MOST_IMPACT, MOST_OUTLOOK = 4, 3
MOST_FROM_ONE_PAPER = 2  # when the section has no other

KNOWN_TO_ALL = {"LLM", "LM", "AI", "ML", "NLP", "DL", "CV", "GPU"}


class _Quoted:
    """The sentences a section has quoted so far: none is quoted twice, from whichever paper it comes."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def has(self, text: str) -> bool:
        """Say whether these words were quoted, whatever their punctuation."""
        return self._words(text) in self._seen

    def add(self, text: str) -> str:
        """Note that `text` is quoted and give it in the length a bullet may have."""
        self._seen.add(self._words(text))
        return shorten(text, LONGEST_SENTENCE)

    @staticmethod
    def _words(text: str) -> str:
        return "".join(char for char in text.casefold() if char.isalnum())


def write_section(papers: Sequence[Abstract], language: str) -> dict[str, tuple[Bullet, ...]]:
    """Write the five parts of a section in "ko" or "en". Every part has a bullet; `key_points` has one a paper.

    Raises ValueError without papers, KeyError for another language.
    """
    if not papers:
        raise ValueError("A section without papers has nothing to write about.")
    frames = FRAMES[language]
    readings = [read_paper(paper) for paper in papers]
    terms = section_terms([(reading.title, reading.text) for reading in readings])
    quoted = _Quoted()
    key_points = tuple(_key_point(reading, quoted, frames) for reading in readings)
    # Outlook chooses first: what is left over still makes a fair statement of impact, but not the other way round.
    ahead = _statements(readings, outlook, MOST_OUTLOOK, quoted, frames["no outlook"], frames)
    gains = _statements(readings, impact, MOST_IMPACT, quoted, frames["no impact"], frames)
    return {
        "topics": tuple(topics(readings, terms, frames)),
        "keywords": tuple(_keywords(readings, terms, frames)),
        "key_points": key_points,
        "impact": gains,
        "outlook": ahead,
    }


def _key_point(reading: Reading, quoted: _Quoted, frames: dict[str, str]) -> Bullet:
    """The paper's best sentence that no other paper has said already, else its title."""
    fresh = (sentence.text for sentence in reading.ranked if not quoted.has(sentence.text))
    text = next(fresh, reading.title)
    return Bullet(quoted.add(text) if text else frames["no sentence"], (reading.id,))


def _statements(
    readings: Sequence[Reading],
    score: Callable[[Sentence], float],
    most: int,
    quoted: _Quoted,
    none_found: str,
    frames: dict[str, str],
) -> tuple[Bullet, ...]:
    """The best `most` sentences by `score`, one a paper unless the section has a single paper, in the papers' order."""
    found: list[tuple[float, int, int, str]] = []
    for place, reading in enumerate(readings):
        scored = (
            (score(sentence), place, sentence.place, sentence.text)
            for sentence in reading.own_part
            if not quoted.has(sentence.text)
        )
        best = sorted((each for each in scored if each[0] > 0), key=lambda each: -each[0])
        found += best[: MOST_FROM_ONE_PAPER if len(readings) == 1 else 1]
    chosen = sorted(sorted(found, key=lambda each: -each[0])[:most], key=lambda each: each[1:3])
    bullets = []
    for _, place, _, text in chosen:
        if not quoted.has(text):  # two papers may share a sentence
            bullets.append(Bullet(_labelled(readings, place, quoted.add(text)), (readings[place].id,)))
    if bullets:
        return tuple(bullets)
    if not any(reading.sentences for reading in readings):
        none_found = frames["no abstract"]
    return (Bullet(none_found, tuple(reading.id for reading in readings)),)


def _labelled(readings: Sequence[Reading], place: int, sentence: str) -> str:
    """Say which of several papers a sentence is from, unless the sentence does."""
    label = readings[place].label
    if len(readings) == 1 or label.lower() in sentence.lower():
        return sentence
    return f"{label}: {sentence}"


def _keywords(readings: Sequence[Reading], terms: Sequence[Term], frames: dict[str, str]) -> Iterator[Bullet]:
    """Terms that several papers share, further terms, names, and short forms with what they stand for."""
    any_found = False
    for frame, found in (
        ("shared", shared := _shared(terms)[:MOST_TERMS]),
        ("more terms" if shared else "terms", _of_each_paper(terms, len(readings), MOST_TERMS - len(shared) // 2)),
        ("names", _names(readings)),
        ("short forms", _short_forms(readings)),
    ):
        if found:
            any_found = True
            places = sorted({place for term in found for place in term.papers})
            words = ", ".join(term.text for term in found)
            yield Bullet(frames[frame].format(terms=words), _ids(readings[place] for place in places))
    if not any_found:
        yield Bullet(frames["no terms"], _ids(readings))


def _shared(terms: Sequence[Term]) -> list[Term]:
    """Terms of two papers or more, without those that only shorten another."""
    several = [term for term in terms if len(term.papers) > 1]
    return [term for term in several if not any(f" {term.key} " in f" {o.key} " for o in several if o is not term)]


def _of_each_paper(terms: Sequence[Term], papers: int, most: int) -> list[Term]:
    """The weightiest terms of single papers, taken in turns so that every paper is heard."""
    own = {place: [term for term in terms if term.papers == [place]] for place in range(papers)}
    turns = (own[place][turn] for turn in range(most) for place in range(papers) if turn < len(own[place]))
    return [term for term, _ in zip(turns, range(most), strict=False)]


def _names(readings: Sequence[Reading]) -> list[Term]:
    """The papers' own names first, then the names that the abstracts say most often."""
    known_short = {short for reading in readings for short in short_forms(reading.text)}
    found: dict[str, Term] = {}
    for place, reading in enumerate(readings):
        own = coined_name(reading.title, reading.text)
        for name, count in (names(reading.text) + Counter([own] * 3 if own else [])).items():
            if name != own and {name, name.rstrip("s"), f"{name}s"} & known_short:
                continue
            term = found.setdefault(key_of(name), Term(key_of(name), name))
            term.weight += count
            term.papers += [] if place in term.papers else [place]
    return sorted(found.values(), key=lambda term: (-len(term.papers), -term.weight, term.papers))[:MOST_NAMES]


def _short_forms(readings: Sequence[Reading]) -> list[Term]:
    found: dict[str, Term] = {}
    for place, reading in enumerate(readings):
        for short, long in short_forms(reading.text).items():
            if short.rstrip("s") in KNOWN_TO_ALL:
                continue
            term = found.setdefault(key_of(long), Term(key_of(long), f"{short} ({long})"))
            term.weight += reading.text.count(short)
            term.papers += [] if place in term.papers else [place]
    return sorted(found.values(), key=lambda term: (-len(term.papers), -term.weight))[:MOST_SHORT_FORMS]


def _ids(readings: Iterable[Reading]) -> tuple[str, ...]:
    return tuple(reading.id for reading in readings)
