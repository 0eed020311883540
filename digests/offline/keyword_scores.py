"""What a paper's keywords say of its category: points by hand-made lists, and which category gives way to which."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from digests.offline.keywords import IDIOMS, KEYWORDS
from digests.offline.phrases import Phrase, PhraseBook, words
from digests.offline.precedence import ARXIV_PRIOR, PRECEDENCE

Scores = defaultdict[str, float]

TITLE_FACTOR = 3.0
BACKGROUND_FACTOR = 0.7
REPEAT_BONUS = 0.4
COUNTED_REPEATS = 3
REPEATABLE_WEIGHT = 4
UNTITLED_FACTOR = 0.85
CLEARLY_PRESENT = 12.0
SECONDARY_PRIOR = 1 / 3

COINED_NAME = re.compile(r"^\s*[^\W_]+\s*:\s+")
CONTRIBUTION = re.compile(
    r"\b(?:we (?:\w+ly )?(?:propose|present|introduce|study|investigate|develop|show|describe|explore|evaluate|examine"
    r"|address|release|design|conduct|analy[sz]e|construct|argue|formulate|build|create|report|consider|revisit|find)"
    r"|th(?:is|e present) (?:paper|work|study|article|report|survey|chapter|thesis|research)|here we"
    r"|to (?:address|tackle|bridge|overcome|solve|mitigate|fill|alleviate|this end))\b",
    re.IGNORECASE,
)


def word_scores(title: str, abstract: str) -> Scores:
    """Score each category by the keywords found; a category that the title does not name counts a little less."""
    in_title = title_scores(title)
    in_abstract = abstract_scores(abstract)
    scores: Scores = defaultdict(float)
    for slug in in_title.keys() | in_abstract.keys():
        factor = 1.0 if in_title[slug] else UNTITLED_FACTOR
        scores[slug] = TITLE_FACTOR * in_title[slug] + factor * in_abstract[slug]
    return scores


def title_scores(title: str) -> Scores:
    """Add up the keywords of a title; the coined name before a colon ("ORBIT: …") says nothing about the topic."""
    scores: Scores = defaultdict(float)
    for match in phrase_book().find(words(COINED_NAME.sub("", title))):
        for slug, weight in votes()[match.phrase].items():
            scores[slug] += weight
    return scores


def abstract_scores(abstract: str) -> Scores:
    """Add up the keywords of an abstract; what stands before "we propose" is background and counts less."""
    contribution = CONTRIBUTION.search(abstract)
    start = contribution.start() if contribution else 0
    seen: Counter[Phrase] = Counter()
    factors: dict[Phrase, float] = {}
    for factor, part in ((BACKGROUND_FACTOR, abstract[:start]), (1.0, abstract[start:])):
        for match in phrase_book().find(words(part)):
            seen[match.phrase] += 1
            factors[match.phrase] = factor
    scores: Scores = defaultdict(float)
    for phrase, times in seen.items():
        for slug, weight in votes()[phrase].items():
            repeats = min(times - 1, COUNTED_REPEATS) if weight >= REPEATABLE_WEIGHT else 0
            scores[slug] += weight * factors[phrase] * (1 + REPEAT_BONUS * repeats)
    return scores


def arxiv_points(arxiv_categories: Sequence[str]) -> Scores:
    """Turn arXiv categories into points; an unknown one ("cs.XX") gives none."""
    points: Scores = defaultdict(float)
    for place, category in enumerate(arxiv_categories):
        prior = ARXIV_PRIOR.get(category) or ARXIV_PRIOR.get(category.partition(".")[0], {})
        for slug, weight in prior.items():
            points[slug] += weight * (1.0 if place == 0 else SECONDARY_PRIOR)
    return points


def with_precedence(scores: Mapping[str, float]) -> dict[str, float]:
    """Lower the categories that lose against one that is clearly present; all rules look at the scores as given."""
    settled = dict(scores)
    for rule in PRECEDENCE:
        if scores.get(rule.winner, 0.0) >= CLEARLY_PRESENT:
            for loser in rule.losers:
                if loser in settled:
                    settled[loser] *= rule.keep
    return settled


@cache
def votes() -> dict[Phrase, dict[str, int]]:
    """Say for each phrase which categories it speaks for and with what weight; idioms speak for none."""
    table: dict[Phrase, dict[str, int]] = {phrase: {} for phrase in phrases_of(IDIOMS)}
    for slug, tiers in KEYWORDS.items():
        for weight, text in tiers.items():
            for phrase in phrases_of(text):
                table.setdefault(phrase, {})[slug] = weight
    return table


@cache
def phrase_book() -> PhraseBook:
    """Give the finder of all keywords and idioms, built once in each worker."""
    return PhraseBook(votes())


def phrases_of(text: str) -> Iterable[Phrase]:
    """Split a semicolon list of keywords into phrases of plain word forms."""
    return (tuple(words(phrase)) for phrase in text.split(";"))
