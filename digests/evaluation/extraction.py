"""Measures the built-in writer: the sentence it lets stand for a paper, and its key terms. Pure but for the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from digests.evaluation.gold import Reference
from digests.evaluation.rouge import Rouge, rouge
from digests.offline.cues import CONTRIBUTION, total
from digests.offline.key_terms import key_terms
from digests.offline.ranking import best_sentence, read
from digests.offline.sentences import plain
from digests.offline.terms import key_of, terms_of
from digests.offline.writer import one_liner
from digests.parts import Abstract

AT = 5  # keywords

Sentence = Callable[[Reference], str]


def measure(references: Sequence[Reference]) -> dict[str, Any]:
    """The writer's sentence beside simpler choices and the best possible one, and its key terms beside others."""
    choices: dict[str, Sentence] = {
        "chosen sentence": lambda paper: best_sentence(paper.title, paper.abstract),
        "one-liner": lambda paper: one_liner(Abstract("0", paper.title, paper.abstract)).text,
        "first sentence": lambda paper: _sentences(paper)[0],
        "contribution cues alone": lambda paper: max(_sentences(paper), key=lambda text: total(CONTRIBUTION, text)),
        "title": lambda paper: plain(paper.title),
        "best possible sentence": best_possible,
    }
    filed = [paper for paper in references if paper.keywords]
    figures: dict[str, Any] = {"references": len(references), "keyword_lists": len(filed)}
    figures["sentence"] = {name: of_sentences(references, choose) for name, choose in choices.items()}
    if filed:
        figures["keywords_precision_at_5"] = {
            "key terms": precision(filed, _key_terms),
            "recurring phrases alone": precision(filed, _recurring),
        }
    return figures


def of_sentences(references: Sequence[Reference], choose: Sentence) -> dict[str, float]:
    """Mean ROUGE of the chosen sentences, and ms a paper."""
    started = time.perf_counter()
    texts = [choose(paper) for paper in references]
    milliseconds = 1000 * (time.perf_counter() - started) / len(references)
    values = [rouge(paper.summary, text) for paper, text in zip(references, texts, strict=True)]
    means = Rouge(*(sum(each) / len(values) for each in zip(*values, strict=True)))
    return {"rouge_1": means.one, "rouge_2": means.two, "rouge_l": means.longest, "ms": milliseconds}


def best_possible(paper: Reference) -> str:
    """The sentence of the abstract that is closest to the reference."""
    return max(_sentences(paper), key=lambda text: sum(rouge(paper.summary, text)))


def precision(references: Sequence[Reference], choose: Callable[[str, str], list[str]]) -> float:
    """How many of a hundred of the first five terms chosen are among the papers' own keywords."""
    hits = 0
    for paper in references:
        wanted = {key_of(keyword) for keyword in paper.keywords}
        hits += len(wanted & set(choose(plain(paper.title), plain(paper.abstract))[:AT]))
    return 100 * hits / (AT * len(references))


def _key_terms(title: str, text: str) -> list[str]:
    return [term.key for term in key_terms(title, text)]


def _recurring(title: str, text: str) -> list[str]:
    terms = terms_of(title, text)
    return sorted(terms, key=lambda key: -terms[key][0])


def _sentences(paper: Reference) -> list[str]:
    return [sentence.text for sentence in read(paper.abstract)] or [plain(paper.title)]
