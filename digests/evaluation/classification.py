"""Measures a classifier on labelled papers. Pure but for the clock."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from digests.evaluation.gold import Labelled
from digests.offline import classifier, word_model
from digests.offline.classifier import FALLBACK, Verdict
from digests.offline.keyword_scores import with_precedence, word_scores

Classify = Callable[[str, str], Verdict]


def measure(papers: Sequence[Labelled]) -> dict[str, Any]:
    """The built-in classifier with its ablations, and where it errs."""
    allowed = {paper.primary for paper in papers}.union(*(paper.acceptable for paper in papers), word_model_slugs())

    def whole(title: str, abstract: str) -> Verdict:
        return classifier.classify(title, abstract, allowed)

    titles = [paper._replace(abstract="") for paper in papers]
    methods: dict[str, tuple[Sequence[Labelled], Classify]] = {
        "title and abstract": (papers, whole),
        "title only": (titles, whole),
        "keywords alone": (papers, by_keywords),
        "keywords alone, title only": (titles, by_keywords),
        "learnt words alone": (papers, by_learnt_words),
        "learnt words alone, title only": (titles, by_learnt_words),
    }
    figures: dict[str, Any] = {name: score(rows, classify) for name, (rows, classify) in methods.items()}
    figures["always the commonest"] = score(papers, lambda *_: commonest(papers))
    return {"papers": len(papers), "methods": figures, "confusion": confusion(papers, whole)}


def score(papers: Sequence[Labelled], classify: Classify) -> dict[str, float]:
    """Shares of acceptable and of exact answers, macro-F1, the share acceptable on the surer half, ms a paper."""
    started = time.perf_counter()
    verdicts = [classify(paper.title, paper.abstract) for paper in papers]
    milliseconds = 1000 * (time.perf_counter() - started) / len(papers)
    accepted = [_accepts(paper, verdict.slug) for paper, verdict in zip(papers, verdicts, strict=True)]
    surest = sorted(range(len(papers)), key=lambda place: -verdicts[place].confidence)[: max(len(papers) // 2, 1)]
    return {
        "accepted": sum(accepted) / len(papers),
        "strict": sum(v.slug == paper.primary for paper, v in zip(papers, verdicts, strict=True)) / len(papers),
        "macro_f1": macro_f1([paper.primary for paper in papers], [verdict.slug for verdict in verdicts]),
        "surer_half_accepted": sum(accepted[place] for place in surest) / len(surest),
        "mean_confidence": sum(verdict.confidence for verdict in verdicts) / len(papers),
        "ms": milliseconds,
    }


def macro_f1(wanted: Sequence[str], given: Sequence[str]) -> float:
    """The mean over the wanted categories of each one's F1."""
    hits, wanted_of, given_of = Counter[str](), Counter(wanted), Counter(given)
    hits.update(one for one, other in zip(wanted, given, strict=True) if one == other)
    return sum(2 * hits[slug] / (wanted_of[slug] + given_of[slug]) for slug in wanted_of) / len(wanted_of)


def confusion(papers: Sequence[Labelled], classify: Classify) -> dict[str, dict[str, int]]:
    """For each category how often which one was given, the right one included."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        table[paper.primary][classify(paper.title, paper.abstract).slug] += 1
    return {slug: dict(row.most_common()) for slug, row in sorted(table.items())}


def by_keywords(title: str, abstract: str) -> Verdict:
    """The answer of the hand-made keywords alone."""
    points = with_precedence(word_scores(title, abstract))
    best = min(points, key=lambda slug: (-points[slug], slug), default=FALLBACK)
    return Verdict(best, points[best] / sum(points.values())) if points.get(best) else Verdict(FALLBACK, 0.0)


def by_learnt_words(title: str, abstract: str) -> Verdict:
    """The answer of the learnt weights alone."""
    found = word_model.features(*classifier.read_terms(title, abstract))
    chances = word_model.log_probabilities(found, word_model.word_model())
    best = max(chances, key=lambda slug: chances[slug])
    return Verdict(best, chances[best])


def commonest(papers: Sequence[Labelled]) -> Verdict:
    """The category that most papers have."""
    return Verdict(Counter(paper.primary for paper in papers).most_common(1)[0][0], 0.0)


def word_model_slugs() -> set[str]:
    """The categories that the learnt weights know."""
    return set(word_model.word_model().start)


def _accepts(paper: Labelled, slug: str) -> bool:
    return slug == paper.primary or slug in paper.acceptable
