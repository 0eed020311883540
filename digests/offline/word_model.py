"""What a paper's words say of its category: a linear model over words and pairs of words, learnt from sorted papers.

`word_weights.json` holds words and numbers, nothing of any abstract's text; `python -m digests.offline.training` makes it.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from digests.offline.phrases import plain_form
from digests.offline.stopwords import FILLER

WEIGHTS = Path(__file__).with_name("word_weights.json")
TITLE_COUNTS = 2  # a word of the title counts as often as this many in the abstract
COMMON = frozenset(plain_form(word) for word in FILLER)

Features = dict[str, float]


class WordModel(NamedTuple):
    """For each term its weight for each category it speaks for or against, and each category's start."""

    terms: Mapping[str, Mapping[str, float]]
    start: Mapping[str, float]


def features(title_terms: Counter[str], abstract_terms: Counter[str]) -> Features:
    """The terms of a title and of an abstract with their damped counts, 1 + ln n."""
    counts = abstract_terms + Counter({term: TITLE_COUNTS * count for term, count in title_terms.items()})
    return {term: 1 + math.log(count) for term, count in counts.items()}


def terms(text_words: list[str]) -> Iterator[str]:
    """The telling words, and the pairs of them that stand side by side."""
    telling = [word if len(word) > 1 and word not in COMMON and not word.isdecimal() else "" for word in text_words]
    yield from filter(None, telling)
    yield from (f"{one} {other}" for one, other in pairwise(telling) if one and other)


def log_probabilities(found: Features, model: WordModel) -> dict[str, float]:
    """ln p of each category the model knows. What is not in its vocabulary says nothing, not even by its number."""
    known = of_length_one({term: value for term, value in found.items() if term in model.terms})
    scores = dict(model.start)
    for term, value in known.items():
        for slug, weight in model.terms[term].items():
            scores[slug] += weight * value
    highest = max(scores.values())
    total = highest + math.log(sum(math.exp(score - highest) for score in scores.values()))
    return {slug: score - total for slug, score in scores.items()}


def of_length_one(found: Features) -> Features:
    """The features divided by the length of their vector."""
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {term: value / length for term, value in found.items()}


@cache
def word_model() -> WordModel:
    """The model as it was trained, read once in each worker."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    slugs, unit = stored["categories"], stored["unit"]
    terms = {
        term: {slugs[place]: steps * unit for place, steps in zip(pairs[::2], pairs[1::2], strict=True)}
        for term, pairs in stored["terms"].items()
    }
    return WordModel(terms, dict(zip(slugs, stored["start"], strict=True)))
