"""Give every paper exactly one category of the editors' closed list, from title and abstract together."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, create_model

from digests import llm
from digests.models import Category, Paper
from digests.models.paper import OTHER
from digests.offline import classifier
from digests.parts import Abstract
from digests.writing.prompts import instructions, paper_block

logger = logging.getLogger(__name__)
MOST_TOKENS = 200  # of an answer
BUILTIN, EDITOR = "builtin", "editor"
MOST_CORRECTIONS = 300  # the latest ones; learning from so many takes a quarter of a second


class Decision(NamedTuple):
    """A category, how sure (0 to 1), and who decided: "builtin" or a model's name."""

    slug: str
    confidence: float
    decided_by: str


class Placed(BaseModel):
    """The model's answer on one paper."""

    model_config = ConfigDict(extra="forbid")
    category: str
    confidence: float = Field(ge=0, le=1)


def classify_papers(papers: Sequence[Paper], conversation: llm.Conversation) -> list[str]:
    """Decide the category of each paper that has none, and store it. Returns notes for the editor.

    A category an editor chose stands, also when that happened while the model was thinking; so does an earlier
    decision, so that a second run changes nothing.
    """
    undecided = [paper for paper in papers if paper.category_id is None]
    categories = {category.slug: category for category in Category.objects.filter(is_active=True)}
    abstracts = [Abstract(paper.arxiv_id, paper.title, paper.abstract) for paper in undecided]
    classes = {paper.arxiv_id: paper.arxiv_categories for paper in undecided}
    decisions, notes = _decide(abstracts, list(categories.values()), classes, conversation)
    for paper in undecided:
        decision = decisions[paper.arxiv_id]
        category = categories.get(decision.slug) or categories[OTHER]
        Paper.objects.filter(pk=paper.pk, category=None).update(
            category=category, confidence=decision.confidence, decided_by=decision.decided_by
        )
        paper.refresh_from_db(fields=["category", "confidence", "decided_by"])
    return notes


def decide(
    abstracts: Sequence[Abstract],
    categories: Sequence[Category],
    arxiv_classes: dict[str, list[str]] | None = None,
    offline: bool = False,
) -> tuple[dict[str, Decision], list[str]]:
    """A decision for every abstract by id, and notes. The model is asked where there is one and `offline` is not
    wanted, for as long as it takes; what it leaves out or gets wrong, the built-in classifier decides."""
    with llm.Conversation(math.inf) as conversation:
        return _decide(abstracts, categories, arxiv_classes or {}, None if offline else conversation)


def _decide(
    abstracts: Sequence[Abstract],
    categories: Sequence[Category],
    arxiv_classes: Mapping[str, list[str]],
    conversation: llm.Conversation | None,
) -> tuple[dict[str, Decision], list[str]]:
    decisions: dict[str, Decision] = {}
    notes: list[str] = []
    if conversation is not None and llm.is_configured():
        decisions, notes = _ask_model(abstracts, categories, conversation)
    slugs = {category.slug for category in categories}
    left = [abstract for abstract in abstracts if abstract.id not in decisions]
    learnt = classifier.learn_from(_corrections() if left else (), slugs)
    for abstract in left:
        verdict = classifier.classify(abstract.title, abstract.text, slugs, arxiv_classes.get(abstract.id, []), learnt)
        decisions[abstract.id] = Decision(verdict.slug, verdict.confidence, BUILTIN)
    if not notes:
        return decisions, []
    reasons = " ".join(dict.fromkeys(notes))
    return decisions, [f"{len(left)} of {len(abstracts)} papers were sorted by the built-in classifier: {reasons}"]


def _corrections() -> list[classifier.Correction]:
    """What editors decided, the oldest first."""
    corrected = Paper.objects.filter(decided_by=EDITOR, category__isnull=False).select_related("category")
    return [
        classifier.Correction(paper.title, paper.abstract, paper.category.slug, paper.arxiv_categories)
        for paper in reversed(corrected.order_by("-pk")[:MOST_CORRECTIONS])
        if paper.category
    ]


def _ask_model(
    abstracts: Sequence[Abstract], categories: Sequence[Category], conversation: llm.Conversation
) -> tuple[dict[str, Decision], list[str]]:
    """The model's decisions by id, and why it made none on the others. Each paper is a question by itself, so that no
    paper's text has a say in another's category."""
    slug_of = {
        spelling.casefold(): category.slug
        for category in categories
        for spelling in (category.name_ko, category.name_en, category.slug)
    }
    shape = _shape([category.slug for category in categories])
    told = instructions("classify", categories=categories)

    def objection(placed: Placed) -> str:
        return "" if placed.category.strip().casefold() in slug_of else "it names no category of the list"

    questions = [
        llm.Question(shape, told, paper_block(abstract), MOST_TOKENS, objection, kind="category")
        for abstract in abstracts
    ]
    answers = dict(zip(abstracts, conversation.ask_all(questions), strict=True))
    decisions = {
        abstract.id: Decision(slug_of[placed.category.strip().casefold()], placed.confidence, llm.name())
        for abstract, placed in answers.items()
        if isinstance(placed, Placed)
    }
    failures = [failure for failure in answers.values() if isinstance(failure, llm.CompletionFailed)]
    met = [failure for failure in failures if not isinstance(failure, llm.NotAsked)]
    return decisions, [str(failure) for failure in met or failures]


def _shape(slugs: Sequence[str]) -> type[Placed]:
    """`Placed` with the closed list in its schema, so that a server that holds itself to schemas cannot leave the list.
    Only the schema names it: from other servers, another spelling of a category is understood as well."""
    category = Annotated[str, Field(json_schema_extra={"enum": list(slugs)})]
    return create_model("Placed", __base__=Placed, category=(category, ...))
