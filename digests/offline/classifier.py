"""Sorts a paper into the editors' categories by the words of its title and abstract: no model server, no network.

Two opinions are added up: hand-made keywords (`keyword_scores`) and weights learnt from sorted papers (`word_model`).
They err on different papers. What the editors corrected (`corrections`) shifts the sum.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from digests.offline.corrections import NOTHING_LEARNT, UNTAUGHT, Learnt, Lesson, learn
from digests.offline.keyword_scores import COINED_NAME, arxiv_points, with_precedence, word_scores
from digests.offline.phrases import words
from digests.offline.word_model import features, log_probabilities, of_length_one, terms, word_model

FALLBACK = "other"
# An arXiv abstract has at most 1,920 characters; more text than this is not an abstract, and only costs time.
LONGEST_TITLE = 500
LONGEST_ABSTRACT = 6_000

# All keywords of one category are worth as much as odds of e⁶ by the learnt words; points beside them make it less.
KEYWORD_WORTH = 6.0
SILENT_KEYWORDS = 5.0
HALF_TRUST = 15  # terms the model must know for half of its word to count; an abstract has about 50, a title 6
LEAST_EVIDENCE = 3.0
FEWEST_TERMS = 10
LEAST_LEARNT = 0.5  # that corrections must add where there is no other evidence

# A logistic curve over lead and evidence, fitted to what editors would accept on 432 papers that the weights had not
# seen, once with and once without their abstracts.
CONFIDENCE_BIAS, CONFIDENCE_OF_LEAD, CONFIDENCE_OF_EVIDENCE = -4.89, 0.47, 2.20
LONGEST_LEAD = 6.0
CONFIDENCE_WITHOUT_EVIDENCE = 0.2

TITLE_MARK = 4.0  # editors go by titles, so corrections do


class Verdict(NamedTuple):
    """The category of a paper and how probable it is (0..1) that an editor would accept it."""

    slug: str
    confidence: float


class Correction(NamedTuple):
    """A paper whose category an editor chose."""

    title: str
    abstract: str
    slug: str
    arxiv_categories: Sequence[str] = ()


class Opinion(NamedTuple):
    """How much speaks for each category, the most keyword points any has, how many terms the model knew, and the marks
    that corrections go by."""

    scores: Mapping[str, float]
    evidence: float
    known_terms: int
    marks: Mapping[str, float]


def classify(
    title: str,
    abstract: str,
    allowed: Collection[str],
    arxiv_categories: Sequence[str] = (),
    learnt: Learnt = NOTHING_LEARNT,
) -> Verdict:
    """Choose the category of a paper out of `allowed`; without enough evidence the answer is "other".

    `allowed` is the editors' closed list of slugs; one that has no keywords is chosen only when corrections taught it.
    `arxiv_categories` ("cs.CL", …), the primary one first, only tip the scales.
    """
    opinion = opinion_on(title, abstract, allowed, arxiv_categories)
    scores = learnt.applied(opinion.scores, opinion.marks, allowed)
    ranked = sorted(scores.items(), key=lambda slug_score: (-slug_score[1], slug_score[0]))
    if not ranked:
        return Verdict(FALLBACK, CONFIDENCE_WITHOUT_EVIDENCE)
    slug, best = ranked[0]
    is_silent = opinion.evidence < LEAST_EVIDENCE and opinion.known_terms < FEWEST_TERMS
    if is_silent and best - opinion.scores.get(slug, UNTAUGHT) < LEAST_LEARNT:
        return Verdict(FALLBACK, CONFIDENCE_WITHOUT_EVIDENCE)
    lead = best - ranked[1][1] if len(ranked) > 1 else LONGEST_LEAD
    return Verdict(slug, confidence(lead, opinion.evidence))


def learn_from(corrections: Iterable[Correction], allowed: Collection[str]) -> Learnt:
    """What corrections, the oldest first, teach about the categories in use."""
    lessons = []
    for correction in corrections:
        if correction.slug in allowed:
            opinion = opinion_on(correction.title, correction.abstract, allowed, correction.arxiv_categories)
            lessons.append(Lesson(opinion.marks, opinion.scores, correction.slug))
    return learn(lessons)


def opinion_on(title: str, abstract: str, allowed: Collection[str], arxiv_categories: Sequence[str] = ()) -> Opinion:
    """What keywords and learnt words say of a paper, before any correction."""
    title, abstract = title[:LONGEST_TITLE], abstract[:LONGEST_ABSTRACT]
    points = word_scores(title, abstract)
    for slug, prior in arxiv_points(arxiv_categories).items():
        points[slug] += prior
    points_in_use = with_precedence({slug: score for slug, score in points.items() if slug in allowed})
    title_terms, abstract_terms = read_terms(title, abstract)
    found = features(title_terms, abstract_terms)
    model = word_model()
    known_terms = sum(term in model.terms for term in found)
    trust = known_terms / (known_terms + HALF_TRUST)
    total = SILENT_KEYWORDS + sum(points_in_use.values())
    scores = {
        slug: trust * log_probability + KEYWORD_WORTH * points_in_use.get(slug, 0.0) / total
        for slug, log_probability in log_probabilities(found, model).items()
        if slug in allowed
    }
    marks = of_length_one({t: value * (TITLE_MARK if t in title_terms else 1.0) for t, value in found.items()})
    return Opinion(scores, max(points_in_use.values(), default=0.0), known_terms, marks)


def read_terms(title: str, abstract: str) -> tuple[Counter[str], Counter[str]]:
    """The terms of a title, without the coined name before its colon, and those of an abstract."""
    return Counter(terms(words(COINED_NAME.sub("", title)))), Counter(terms(words(abstract)))


def confidence(lead: float, evidence: float) -> float:
    """Estimate the probability that the best category is acceptable, from its lead and its evidence."""
    logit = (
        CONFIDENCE_BIAS + CONFIDENCE_OF_LEAD * min(lead, LONGEST_LEAD) + CONFIDENCE_OF_EVIDENCE * math.log1p(evidence)
    )
    return round(1 / (1 + math.exp(-logit)), 3)
