"""Write each section's five parts in each language, by the model where there is one, else by the built-in writer."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from pydantic import BaseModel, ConfigDict, Field

from digests import llm, verify
from digests.models import Section, Summary
from digests.offline import writer
from digests.parts import PARTS, Abstract, Bullet
from digests.prompts import data_block, instructions
from digests.text import clean

logger = logging.getLogger(__name__)
Parts = Mapping[str, Sequence[Bullet]]

MOST = {"topics": 8, "keywords": 12, "impact": 6, "outlook": 6}  # bullets; key points have one for each paper
LIST_MARK = re.compile(r"^\s*(?:[-–•*·]|\(?\d{1,2}[.)])(?:\s+|$)")


class _Statement(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=verify.LONGEST_BULLET)
    paper_ids: list[str] = Field(min_length=1)


class _KeyPoint(BaseModel):
    model_config = ConfigDict(extra="forbid")
    paper_id: str
    text: str = Field(min_length=1, max_length=verify.LONGEST_BULLET)


class SectionSummary(BaseModel):
    """The model's answer: ids and words, nothing else. Titles and links come from our rows."""

    model_config = ConfigDict(extra="forbid")
    topics: list[_Statement] = Field(min_length=1, max_length=MOST["topics"])
    keywords: list[_Statement] = Field(min_length=1, max_length=MOST["keywords"])
    key_points: list[_KeyPoint] = Field(min_length=1)
    impact: list[_Statement] = Field(min_length=1, max_length=MOST["impact"])
    outlook: list[_Statement] = Field(min_length=1, max_length=MOST["outlook"])

    def parts(self) -> Parts:
        """The answer in the shape that every writer returns."""
        told = {
            part: [Bullet(tidy(s.text), tuple(dict.fromkeys(s.paper_ids))) for s in getattr(self, part)]
            for part in PARTS
            if part != "key_points"
        }
        return told | {"key_points": [Bullet(tidy(p.text), (p.paper_id,)) for p in self.key_points]}


def tidy(text: str) -> str:
    """A bullet's words as one clean line without the mark or number of a list; "" when nothing else is there."""
    return clean(LIST_MARK.sub("", text), verify.LONGEST_BULLET + 1)


def summarise_section(section: Section, languages: Sequence[str], conversation: llm.Conversation) -> list[str]:
    """Write what is missing of the section's summaries. Returns notes; never leaves a language without its five parts.

    A model's text with a fault is asked for once more, then in smaller pieces, and what is still missing is written by
    the built-in writer.
    """
    papers = abstracts_of(section)
    written = set(section.summaries.values_list("language", flat=True))
    notes = []
    for language in [code for code in languages if code not in written]:
        parts, author, note = write(papers, language, section.category.name_en, conversation)
        notes += [f"{section.category.name_en} ({language}): {note}"] if note else []
        Summary.objects.update_or_create(
            section=section,
            language=language,
            defaults={
                "parts": as_json(parts),
                "written_by": author,
                "flags": [finding._asdict() for finding in verify.flags(parts, papers)],
            },
        )
    return notes


def write(
    papers: Sequence[Abstract], language: str, category: str, conversation: llm.Conversation
) -> tuple[Parts, str, str]:
    """(five parts, who wrote them, a note or nothing)."""
    told, left, reason = _ask_model(papers, language, category, conversation)
    note = f"{len(left)} of {len(papers)} papers by the built-in writer: {reason}" if reason else ""
    if not told:
        return writer.write_section(papers, language), Summary.OFFLINE, note
    if left:
        told.append({"key_points": writer.write_section(left, language)["key_points"]})
    return _joined(told, papers), llm.name(), note


def _ask_model(
    papers: Sequence[Abstract], language: str, category: str, conversation: llm.Conversation
) -> tuple[list[Parts], list[Abstract], str]:
    """(what the model wrote, in one piece or several; the papers it wrote nothing fit about; why, or nothing).

    When the answers on all papers are of no use, each half is asked for by itself: one paper that a model refuses, or
    that leads it astray, then costs the others nothing.
    """
    if not conversation.is_open:
        return [], list(papers), ""
    kinds: set[str] = set()

    def objection(answer: SectionSummary) -> str:
        kinds.clear()
        kinds.update(finding.kind for finding in verify.faults(answer.parts(), papers, language))
        return ", ".join(sorted(kinds))

    question = instructions("summarise", category=category, language=language)
    try:
        return [conversation.ask(SectionSummary, question, data_block(papers), objection).parts()], [], ""
    except llm.CompletionFailed as error:
        logger.warning("%d papers of %s (%s): %s", len(papers), category, language, error)
        # A model that does not write the language will not write it about fewer papers either.
        if error.remedy is not llm.Remedy.LESS or "wrong language" in kinds or len(papers) == 1:
            return [], list(papers), str(error)
    middle = len(papers) // 2
    first, second = (_ask_model(half, language, category, conversation) for half in (papers[:middle], papers[middle:]))
    return first[0] + second[0], first[1] + second[1], first[2] or second[2]


def _joined(told: Sequence[Parts], papers: Sequence[Abstract]) -> Parts:
    """One section out of pieces: key points in the papers' order, of the rest a bullet from each piece in turn."""
    joined: dict[str, list[Bullet]] = {}
    for part in PARTS:
        rounds = zip_longest(*(piece.get(part, ()) for piece in told))
        joined[part] = [bullet for one_round in rounds for bullet in one_round if bullet][: MOST.get(part)]
    places = {paper.id: place for place, paper in enumerate(papers)}
    joined["key_points"].sort(key=lambda bullet: places[bullet.papers[0]])
    return joined


def abstracts_of(section: Section) -> list[Abstract]:
    """The section's papers as writers may see them, in the section's order."""
    entries = section.entries.select_related("paper")
    return [Abstract(entry.paper.arxiv_id, entry.paper.title, entry.paper.abstract) for entry in entries]


def as_json(parts: Parts) -> dict[str, list[dict[str, object]]]:
    """Parts as `Summary.parts` stores them."""
    return {part: [{"text": b.text, "papers": list(b.papers)} for b in parts[part]] for part in PARTS}


def from_json(stored: Mapping[str, Sequence[Mapping[str, object]]]) -> Parts:
    """The reverse of `as_json`."""
    return {part: [Bullet(str(b["text"]), tuple(b["papers"])) for b in stored.get(part, [])] for part in PARTS}  # type: ignore[arg-type]
