"""Finds the terms of a paper and of a section: what their titles and abstracts keep coming back to."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from digests.offline.stopwords import FILLER, GENERIC, WIDE

WORD = re.compile(r"[A-Za-zÀ-ÿα-ωΑ-Ω][\w+]*(?:[-.][\w+]+)*")
RUN_END = re.compile(r"[^\w\s+-]+(?:\s|$)|\s[^\w\s]+|[()\[\]“”\"—–/]|'s\b")
LONGEST_TERM = 4  # words
LONGEST_TITLE = 300  # characters
# A single word is a term only when it is a noun of this kind ("quantization", "watermarking") and said three times.
NOUN = re.compile(r".{4,}(?:tions?|sions?|ings?|ments?|isms?|sis|ics|ography|ability|ers|ors)$")
ADJECTIVE = re.compile(
    r"(?!.*(?:retrieval|signal|removal|proposal|metric|topic|traffic|music|logic|objective|vocabulary|dictionary|summary)$)"
    r".*(?:ed|ive|ous|ful|able|ible|ic|al|ary|ly|-level|-free|-wise|-aware|-shot|-driven|-agnostic|-specific)$"
)


@dataclass
class Term:
    """A term as the papers spell it, its weight, and the places in the section of the papers that use it.

    `dwelling` are the places of those that come back to it; the others only mention it.
    """

    key: str
    text: str
    weight: float = 0.0
    papers: list[int] = field(default_factory=list)
    dwelling: list[int] = field(default_factory=list)


@lru_cache(maxsize=20_000)
def key_of(term: str) -> str:
    """Give one form to the spellings of a term: lower case, no hyphens, last word in the singular."""
    key = term.lower().replace("-", " ")
    if key.endswith("ies") and len(key) > 4:
        return key[:-3] + "y"
    return key[:-1] if key.endswith("s") and not key.endswith(("ss", "us", "is", "ics")) else key


def terms_of(title: str, text: str) -> dict[str, tuple[float, str]]:
    """Weigh the terms of one paper: {key: (weight, spelling)}. A term is in the title or at least twice in the text."""
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    in_title = {key_of(" ".join(words)) for words in _candidates(title[:LONGEST_TITLE])}
    for source, said_in_text in ((text, 1), (title[:LONGEST_TITLE], 0)):
        for words in _candidates(source):
            term = " ".join(words)
            counts[key_of(term)] += 1
            spellings[key_of(term)][term] += said_in_text
    weights = {
        key: _weight(key, count, key in in_title)
        for key, count in counts.items()
        if (count > 1 or key in in_title) and (" " in key or count > 2)
    }
    return {key: (weights[key], _spelling(spellings[key])) for key in _not_nested(weights, counts)}


def phrases_of(text: str) -> list[str]:
    """The runs of up to four words that could be a term, as they are spelled, each time they come."""
    return [" ".join(words) for words in _candidates(text)]


def _candidates(text: str) -> Iterator[list[str]]:
    """Yield the runs of up to four words that could be a term, wherever no filler or punctuation parts them."""
    for run in RUN_END.split(text):
        chunk: list[str] = []
        for word in [*run.split(), ""]:
            if WORD.fullmatch(word) and word.lower() not in FILLER and not word.lower().endswith("ly"):
                chunk.append(word)
                continue
            for start in range(len(chunk)):
                for end in range(start + 1, min(start + LONGEST_TERM, len(chunk)) + 1):
                    if _may_be_term(chunk[start:end]):
                        yield chunk[start:end]
            chunk = []


def _may_be_term(words: list[str]) -> bool:
    last = words[-1].lower()
    if len(words) == 1:
        return bool(NOUN.match(last)) and not {last, key_of(last)} & (GENERIC | WIDE)
    if ADJECTIVE.match(last) or (words[0].endswith("ing") and words[0][0].isupper()):  # "Baking Gaussian Splatting"
        return False
    singular = [key_of(word) for word in words]
    return not all(word in GENERIC for word in singular) or singular[-2:] in (["language", "model"], ["world", "model"])


def _weight(key: str, count: int, in_title: bool) -> float:
    length = min(len(key.split()), 3)
    return (count + (1.5 if in_title else 0)) * (0.5 if length == 1 else 1 + 0.25 * (length - 2))


def _not_nested(weights: dict[str, float], counts: Counter[str]) -> list[str]:
    """Leave out "language model" where it is mostly part of "large language model", else the longer term.

    Of terms that only overlap ("large language model", "language model alignment") the weightier stays.
    """
    kept: list[str] = []
    for key in sorted(weights, key=lambda key: (-weights[key], key)):
        if not any(_excludes(other, key, counts) for other in weights if other != key) and not any(
            _overlap(other, key) for other in kept
        ):
            kept.append(key)
    return kept


def _excludes(other: str, key: str, counts: Counter[str]) -> bool:
    if f" {key} " in f" {other} ":
        return counts[other] * 2 > counts[key]
    return f" {other} " in f" {key} " and counts[key] * 2 <= counts[other]


def _overlap(one: str, other: str) -> bool:
    pairs = [set(pairwise(words)) for words in (one.split(), other.split())]
    return bool(pairs[0] & pairs[1])


def _spelling(spellings: Counter[str]) -> str:
    """Give the spelling used most in the text; the lower-case one where both begin a sentence and stand within one."""
    best = max(spellings, key=lambda term: (spellings[term], sum(char.islower() for char in term)))
    lowered = best[0].lower() + best[1:]
    return lowered if lowered in spellings else best


def section_terms(papers: Sequence[tuple[str, str]]) -> list[Term]:
    """Give the terms of a section's (title, text) pairs, those used by most papers first, then by weight."""
    found: dict[str, Term] = {}
    for place, (title, text) in enumerate(papers):
        for key, (weight, spelling) in terms_of(title, text).items():
            term = found.setdefault(key, Term(key, spelling))
            term.weight += weight
            term.dwelling.append(place)
    read = [f"{title} {text}".lower().replace("-", " ") for title, text in papers]
    for key, term in found.items():
        phrase = re.compile(rf"\b{re.escape(key)}(?:s|es)?\b")
        also = [place for place, text in enumerate(read) if place not in term.dwelling and phrase.search(text)]
        term.papers = sorted(term.dwelling + also)
        term.weight += len(also)
    return sorted(found.values(), key=lambda term: (-len(term.papers), -term.weight, term.text))
