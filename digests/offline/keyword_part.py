"""The keywords part of a section: terms, names, and short forms with what they stand for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from digests.offline.key_terms import key_terms, overlap
from digests.offline.names import coined_name, names, short_forms
from digests.offline.reading import Reading
from digests.offline.terms import Term, key_of
from digests.parts import Bullet

MOST_TERMS, MOST_NAMES, MOST_SHORT_FORMS = 8, 8, 5
MOST_OF_A_PAPER = 8
KNOWN_TO_ALL = {"LLM", "LM", "AI", "ML", "NLP", "DL", "CV", "GPU"}


def keyword_bullets(readings: Sequence[Reading], terms: Sequence[Term], frames: dict[str, str]) -> Iterator[Bullet]:
    """Terms that several papers share, further terms, names, and short forms with what they stand for."""
    shared, named, shorts = _shared(terms)[:MOST_TERMS], _names(readings), _short_forms(readings)
    told = {term.key for term in (*shared, *named, *shorts)} | _short_keys(readings)
    any_found = False
    for frame, found in (
        ("shared", shared),
        ("more terms" if shared else "terms", _of_each_paper(readings, told, MOST_TERMS - len(shared) // 2)),
        ("names", named),
        ("short forms", shorts),
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


def _of_each_paper(readings: Sequence[Reading], told: set[str], most: int) -> list[Term]:
    """The key terms of each paper that are not told yet, taken in turns so that every paper is heard."""
    own = []
    for place, reading in enumerate(readings):
        best = key_terms(reading.title, reading.text, MOST_OF_A_PAPER)
        own.append(
            [
                Term(term.key, term.text, term.weight, [place])
                for term in best
                if not any(overlap(term.key, key) for key in told)
            ]
        )
    turns = [found[turn] for turn in range(MOST_OF_A_PAPER) for found in own if turn < len(found)]
    return list({term.key: term for term in reversed(turns)}.values())[::-1][:most]


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


def _short_keys(readings: Sequence[Reading]) -> set[str]:
    return {key_of(short) for reading in readings for short in short_forms(reading.text)}


def _ids(readings: Iterable[Reading]) -> tuple[str, ...]:
    return tuple(reading.id for reading in readings)
