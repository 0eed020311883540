"""Sorts a paper into the editors' categories by the words of its title and abstract: no model, no network."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from digests.offline.keywords import IDIOMS, KEYWORDS
from digests.offline.phrases import Phrase, PhraseBook, words
from digests.offline.precedence import ARXIV_PRIOR, PRECEDENCE

Scores = defaultdict[str, float]

FALLBACK = "other"
# An arXiv abstract has at most 1,920 characters; more text than this is not an abstract, and only costs time.
LONGEST_TITLE = 500
LONGEST_ABSTRACT = 6_000

TITLE_FACTOR = 3.0
BACKGROUND_FACTOR = 0.7
REPEAT_BONUS = 0.4
COUNTED_REPEATS = 3
REPEATABLE_WEIGHT = 4
UNTITLED_FACTOR = 0.85
CLEARLY_PRESENT = 12.0
LEAST_EVIDENCE = 3.0
SECONDARY_PRIOR = 1 / 3

# A logistic curve over lead and evidence. On the 770 labelled papers the keywords were tuned with, 0.98 of the answers
# are acceptable; the curve is set lower, to the 0.94 seen on papers that were labelled before their answers were known.
CONFIDENCE_BIAS, CONFIDENCE_OF_LEAD, CONFIDENCE_OF_EVIDENCE = 0.0, 3.0, 0.3
CONFIDENCE_WITHOUT_EVIDENCE = 0.2

COINED_NAME = re.compile(r"^\s*[^\W_]+\s*:\s+")
CONTRIBUTION = re.compile(
    r"\b(?:we (?:\w+ly )?(?:propose|present|introduce|study|investigate|develop|show|describe|explore|evaluate|examine"
    r"|address|release|design|conduct|analy[sz]e|construct|argue|formulate|build|create|report|consider|revisit|find)"
    r"|th(?:is|e present) (?:paper|work|study|article|report|survey|chapter|thesis|research)|here we"
    r"|to (?:address|tackle|bridge|overcome|solve|mitigate|fill|alleviate|this end))\b",
    re.IGNORECASE,
)


class Verdict(NamedTuple):
    """The category of a paper and how probable it is (0..1) that an editor would accept it."""

    slug: str
    confidence: float


def classify(title: str, abstract: str, allowed: Collection[str], arxiv_categories: Sequence[str] = ()) -> Verdict:
    """Choose the category of a paper out of `allowed`; without enough evidence the answer is "other".

    `allowed` is the editors' closed list of slugs; a slug that has no keywords is never chosen. `arxiv_categories`
    ("cs.CL", …), the primary one first, only tip the scales.
    """
    scores = word_scores(title, abstract)
    for slug, points in arxiv_points(arxiv_categories).items():
        scores[slug] += points
    in_use = {slug: score for slug, score in scores.items() if slug in allowed}
    ranked = sorted(with_precedence(in_use).items(), key=lambda slug_score: (-slug_score[1], slug_score[0]))
    if not ranked or ranked[0][1] < LEAST_EVIDENCE:
        return Verdict(FALLBACK, CONFIDENCE_WITHOUT_EVIDENCE)
    (slug, best), runner_up = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return Verdict(slug, confidence(best, runner_up))


def word_scores(title: str, abstract: str) -> Scores:
    """Score each category by the keywords found; a category that the title does not name counts a little less."""
    in_title = title_scores(title[:LONGEST_TITLE])
    in_abstract = abstract_scores(abstract[:LONGEST_ABSTRACT])
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


def confidence(best: float, runner_up: float) -> float:
    """Estimate the probability that the best category is acceptable, from its lead and its evidence."""
    lead = (best - runner_up) / best
    logit = CONFIDENCE_BIAS + CONFIDENCE_OF_LEAD * lead + CONFIDENCE_OF_EVIDENCE * math.log1p(best)
    return round(1 / (1 + math.exp(-logit)), 3)


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
