"""Give every paper exactly one category of the editors' closed list, from title and abstract together."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, create_model

from digests import llm
from digests.models import Category, Paper
from digests.models.paper import OTHER
from digests.offline import classifier
from digests.parts import Abstract
from digests.prompts import data_block, instructions

logger = logging.getLogger(__name__)
PAPERS_PER_CALL = 10
BUILTIN = "builtin"


class Decision(NamedTuple):
    """A category, how sure (0 to 1), and who decided: "builtin" or a model's name."""

    slug: str
    confidence: float
    decided_by: str


class _Placed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    category: str
    confidence: float = Field(ge=0, le=1)


class Sorted(BaseModel):
    """The model's answer."""

    model_config = ConfigDict(extra="forbid")
    papers: list[_Placed]


def classify_papers(papers: Sequence[Paper], conversation: llm.Conversation) -> list[str]:
    """Decide the category of each paper that has none, and store it. Returns notes for the editor.

    A category an editor chose stands; so does an earlier decision, so that a second run changes nothing.
    """
    undecided = [paper for paper in papers if paper.category_id is None]
    categories = {category.slug: category for category in Category.objects.filter(is_active=True)}
    abstracts = [Abstract(paper.arxiv_id, paper.title, paper.abstract) for paper in undecided]
    classes = {paper.arxiv_id: paper.arxiv_categories for paper in undecided}
    decisions, notes = _decide(abstracts, list(categories.values()), classes, conversation)
    for paper in undecided:
        decision = decisions[paper.arxiv_id]
        paper.category = categories.get(decision.slug) or categories[OTHER]
        paper.confidence, paper.decided_by = decision.confidence, decision.decided_by
        paper.save(update_fields=["category", "confidence", "decided_by"])
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
    asked = 0
    for batch in _batches(abstracts):
        if conversation is None or not conversation.is_open:
            break
        asked += len(batch)
        try:
            decisions |= _ask_model(batch, categories, conversation)
        except llm.CompletionFailed as error:
            notes.append(str(error))
    slugs = {category.slug for category in categories}
    left = [abstract for abstract in abstracts if abstract.id not in decisions]
    for abstract in left:
        verdict = classifier.classify(abstract.title, abstract.text, slugs, arxiv_classes.get(abstract.id, []))
        decisions[abstract.id] = Decision(verdict.slug, verdict.confidence, BUILTIN)
    if not (asked and left):
        return decisions, []
    reasons = " ".join(dict.fromkeys(notes)) or "The model named no category of the list for them."
    return decisions, [f"{len(left)} of {len(abstracts)} papers were sorted by the built-in classifier: {reasons}"]


def _ask_model(
    batch: Sequence[Abstract], categories: Sequence[Category], conversation: llm.Conversation
) -> dict[str, Decision]:
    """The model's usable decisions on a batch: ids it was asked for, named once, with a category of the list."""
    slug_of = {
        spelling.casefold(): category.slug
        for category in categories
        for spelling in (category.name_ko, category.name_en, category.slug)
    }
    shape = _shape([category.slug for category in categories])
    answer = conversation.ask(shape, instructions("classify", categories=categories), data_block(batch))
    asked = {abstract.id for abstract in batch}
    named = [placed.id for placed in answer.papers]
    return {
        placed.id: Decision(slug, placed.confidence, llm.name())
        for placed in answer.papers
        if placed.id in asked
        and (slug := slug_of.get(placed.category.strip().casefold()))
        and named.count(placed.id) == 1
    }


def _shape(slugs: Sequence[str]) -> type[Sorted]:
    """`Sorted` with the closed list in its schema, so that a server that holds itself to schemas cannot leave the list.
    Only the schema names it: from other servers, one paper's near miss must not cost the whole answer."""
    category = Annotated[str, Field(json_schema_extra={"enum": list(slugs)})]
    placed = create_model("Placed", __base__=_Placed, category=(category, ...))
    return create_model("Sorted", __base__=Sorted, papers=(list[placed], ...))  # type: ignore[valid-type]


def _batches(abstracts: Sequence[Abstract]) -> Iterator[Sequence[Abstract]]:
    for start in range(0, len(abstracts), PAPERS_PER_CALL):
        yield abstracts[start : start + PAPERS_PER_CALL]
