"""Write each section's five parts in each language, by the model where there is one, else by the built-in writer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from digests import llm, verify
from digests.llm import budget
from digests.models import Section, Summary, Term
from digests.offline import writer
from digests.parts import Abstract, Parts, Written, as_json, bullets_as_json
from digests.writing.accounts import Account, BriefAccount, account_of, question_about
from digests.writing.evidence import found_by_overlap
from digests.writing.joining import joined
from digests.writing.limits import limits_line
from digests.writing.making import Making, Short
from digests.writing.prompts import prompts_version
from digests.writing.term_bank import KeptTerm

logger = logging.getLogger(__name__)


@dataclass
class Summarised:
    """What came of one section in one language. `findings` say what the checks changed or took out; `note` is for the
    editor, empty when all went well."""

    written: Written
    author: str
    making: Making
    findings: list[verify.Finding] = field(default_factory=list)
    note: str = ""


def summarise_section(section: Section, languages: Sequence[str], conversation: llm.Conversation) -> list[str]:
    """Write what is missing of the section's summaries. Returns notes for the editor.

    Each paper is asked about by itself; what the model leaves out, or what the checks withhold, the built-in writer
    fills in with the abstract's own sentence. A section that even that writer cannot write keeps its titles.
    """
    papers = abstracts_of(section)
    there = set(section.summaries.values_list("language", flat=True))
    notes = []
    for language in [code for code in languages if code not in there]:
        name = f"{section.category.name_en} ({language})"
        try:
            told = write(papers, language, conversation)
        except Exception:
            # Whatever goes wrong in one section, the others and the day go on.
            logger.exception("The summary of %s could not be written", name)
            notes.append(f"{name}: no summary could be written, titles only; the log says why")
            continue
        notes += [f"{name}: {told.note}"] if told.note else []
        store(section, language, told, papers)
    return notes


def store(section: Section, language: str, told: Summarised, papers: Sequence[Abstract]) -> None:
    """Keep what was written, with the checks' doubts about it."""
    flags = verify.flags(told.written.parts, papers)
    Summary.objects.update_or_create(
        section=section,
        language=language,
        defaults={
            "parts": as_json(told.written.parts),
            "limits": bullets_as_json(told.written.limits),
            "one_liners": bullets_as_json(told.written.one_liners),
            "written_by": told.author,
            "making": told.making.as_json(),
            "flags": [finding._asdict() for finding in flags] + [finding._asdict() for finding in told.findings],
        },
    )


def write(papers: Sequence[Abstract], language: str, conversation: llm.Conversation) -> Summarised:
    """All that is said about the papers in one language."""
    accounts, failures, is_brief = _ask_model(papers, language, conversation)
    quoted = writer.write_section(papers, language)
    lines = {paper.id: (limits_line(paper, language), writer.one_liner(paper)) for paper in papers}
    written = joined(papers, accounts, quoted, lines)
    lost = [paper.id for paper in papers if paper.id not in accounts or "key_points" not in accounts[paper.id].told]
    has_model_text = any(account.told for account in accounts.values())
    making = Making(
        short=_short(lost, failures, is_brief) if llm.is_configured() else Short.NO,
        quoted=lost if has_model_text else [],
        found=sum(account.found for account in accounts.values()),
        numbers=numbers_in(written.parts, papers),
        prompts=prompts_version() if has_model_text else "",
    )
    return Summarised(
        written,
        llm.name() if has_model_text else Summary.OFFLINE,
        making,
        [finding for account in accounts.values() for finding in account.findings],
        _note(lost, papers, failures, is_brief) if llm.is_configured() else "",
    )


def _ask_model(
    papers: Sequence[Abstract], language: str, conversation: llm.Conversation
) -> tuple[dict[str, Account], list[llm.CompletionFailed], bool]:
    """(the model's accounts by paper, why there are none of the others, whether money made some of them brief).

    When the day's budget is nearly spent, only brief accounts are asked for; a paper whose full account could not be
    used is asked about briefly as well.
    """
    if not llm.is_configured():
        return {}, [], False
    bank = term_bank() if language == "ko" else []
    full = [question_about(paper, language, bank, is_brief=False) for paper in papers]
    is_brief = budget.is_short()
    told: dict[Abstract, Any] = dict(
        zip(papers, conversation.kept(full) if is_brief else conversation.ask_all(full), strict=True)
    )
    missing = [paper for paper, answer in told.items() if not isinstance(answer, BriefAccount)]
    briefly = [paper for paper in missing if is_brief or told[paper].remedy is llm.Remedy.LESS]
    brief = [question_about(paper, language, bank, is_brief=True) for paper in briefly]
    told |= zip(briefly, conversation.ask_all(brief), strict=True)
    accounts = {
        paper.id: account_of(answer, paper, language, bank)
        for paper, answer in told.items()
        if isinstance(answer, BriefAccount)
    }
    failures = [answer for answer in told.values() if isinstance(answer, llm.CompletionFailed)]
    return accounts, failures, is_brief and bool(briefly)


def _short(lost: Sequence[str], failures: Sequence[llm.CompletionFailed], is_brief: bool) -> Short:
    if any(isinstance(failure, llm.OverBudget) for failure in failures):
        return Short.BUDGET
    if lost:
        return Short.MODEL
    return Short.THRIFT if is_brief else Short.NO


def _note(
    lost: Sequence[str], papers: Sequence[Abstract], failures: Sequence[llm.CompletionFailed], is_brief: bool
) -> str:
    """What the editor is told of one section; why the model was not asked any more is said once, for the whole build."""
    asked = [failure for failure in failures if not isinstance(failure, llm.NotAsked)]
    if lost and (asked or not failures):
        reasons = " ".join(dict.fromkeys(map(str, asked))) or "The model's key point did not hold."
        return f"{len(lost)} of {len(papers)} papers by the built-in writer: {reasons}"
    return "asked for in brief, since most of the day's budget for the model is spent" if is_brief and not lost else ""


def with_sentences(parts: Parts, papers: Sequence[Abstract]) -> Parts:
    """The parts with the sentences that statements rest on, found by overlap where none are named."""
    return {
        part: [
            bullet if bullet.sentences or part in ("topics", "keywords") else
            replace(bullet, sentences=found_by_overlap(bullet, papers)[:1])
            for bullet in bullets
        ]
        for part, bullets in parts.items()
    }  # fmt: skip


def numbers_in(parts: Parts, papers: Sequence[Abstract]) -> tuple[int, int] | None:
    """(numbers that were found in the abstracts, numbers in the text), None when too few can be looked up."""
    checked = verify.numbers_checked(parts, papers)
    return (checked.found, checked.total) if checked.says_something else None


def term_bank() -> list[KeptTerm]:
    """The editors' terms."""
    return [KeptTerm(term.english, term.korean, tuple(term.replaced)) for term in Term.objects.all()]


def abstracts_of(section: Section) -> list[Abstract]:
    """The section's papers as writers may see them, in the section's order."""
    entries = section.entries.select_related("paper")
    return [Abstract(entry.paper.arxiv_id, entry.paper.title, entry.paper.abstract) for entry in entries]
