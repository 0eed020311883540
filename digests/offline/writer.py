"""Writes a section's five parts without a model: the abstracts' own sentences, and frames in the reader's language.

Nothing is invented. A sentence is quoted as its abstract has it (LaTeX read as text, links taken out, an overlong one
cut, "To address this" left off), in English under either language, and its bullet names it; only the words around it
are ours. Frames hold no digits, so that every number in a summary is one of the papers', and no Korean particle follows
a word that changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from digests.offline.frames import FRAMES
from digests.offline.keyword_part import keyword_bullets
from digests.offline.lines import as_headline, without_lead
from digests.offline.ranking import Sentence, best_sentence, impact, outlook
from digests.offline.reading import Reading, read_paper
from digests.offline.sentences import shorten
from digests.offline.terms import section_terms
from digests.offline.topics import topics
from digests.parts import Abstract, Bullet
from digests.writing.evidence import found_by_overlap

__all__ = ["best_sentence", "one_liner", "write_section"]

LONGEST_SENTENCE, LONGEST_LINE = 300, 160  # characters
MOST_IMPACT, MOST_OUTLOOK = 4, 3
MOST_FROM_ONE_PAPER = 2  # when the section has no other


class _Quoted:
    """The sentences a section has quoted so far: none is quoted twice, from whichever paper it comes."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def has(self, text: str) -> bool:
        """Say whether these words were quoted, whatever their punctuation."""
        return self._words(text) in self._seen

    def add(self, text: str) -> None:
        """Note that `text` is quoted."""
        self._seen.add(self._words(text))

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
    parts = {
        "topics": tuple(topics(readings, terms, frames)),
        "keywords": tuple(keyword_bullets(readings, terms, frames)),
        "key_points": key_points,
        "impact": gains,
        "outlook": ahead,
    }
    for part in ("topics", "keywords"):
        parts[part] = tuple(replace(bullet, sentences=found_by_overlap(bullet, papers)) for bullet in parts[part])
    return parts


def one_liner(paper: Abstract) -> Bullet:
    """The paper in a line: its best sentence as a headline, cut where a clause ends, else its title. In English."""
    reading = read_paper(paper)
    if not reading.ranked:
        return Bullet(shorten(reading.title or paper.id, LONGEST_LINE), (paper.id,))
    best = reading.ranked[0]
    return Bullet(shorten(as_headline(best.text), LONGEST_LINE), (paper.id,), reading.ids_of(best))


def _key_point(reading: Reading, quoted: _Quoted, frames: dict[str, str]) -> Bullet:
    """The paper's best sentence that no other paper has said already, else its title."""
    for sentence in reading.ranked:
        if not quoted.has(sentence.text):
            quoted.add(sentence.text)
            return Bullet(
                shorten(without_lead(sentence.text), LONGEST_SENTENCE), (reading.id,), reading.ids_of(sentence)
            )
    return Bullet(shorten(reading.title, LONGEST_SENTENCE) or frames["no sentence"], (reading.id,))


def _statements(
    readings: Sequence[Reading],
    score: Callable[[Sentence], float],
    most: int,
    quoted: _Quoted,
    none_found: str,
    frames: dict[str, str],
) -> tuple[Bullet, ...]:
    """The best `most` sentences by `score`, one a paper unless the section has a single paper, in the papers' order."""
    found: list[tuple[float, int, Sentence]] = []
    for place, reading in enumerate(readings):
        scored = ((score(each), place, each) for each in reading.own_part if not quoted.has(each.text))
        best = sorted((each for each in scored if each[0] > 0), key=lambda each: -each[0])
        found += best[: MOST_FROM_ONE_PAPER if len(readings) == 1 else 1]
    chosen = sorted(found, key=lambda each: -each[0])[:most]
    bullets = []
    for _, place, sentence in sorted(chosen, key=lambda each: (each[1], each[2].place)):
        if not quoted.has(sentence.text):  # two papers may share a sentence
            quoted.add(sentence.text)
            text = _labelled(readings, place, shorten(sentence.text, LONGEST_SENTENCE))
            bullets.append(Bullet(text, (readings[place].id,), readings[place].ids_of(sentence)))
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
