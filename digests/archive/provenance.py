"""Where a digest's words come from, for readers: who wrote, what was checked, who approved, why each paper is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from digests.archive.reasons import reason_words
from digests.archive.words import Words
from digests.content import shown
from digests.models import Digest
from digests.wording import category_name, numbers_label, writer_label
from digests.writing.making import Making

WITHHELD = "withheld"


def provenance_of(digest: Digest, language: str) -> Words:
    """All of it, in `language`. What an older digest's content does not say is left out."""
    content = shown(digest)
    sections = [(section, section["summaries"].get(language)) for section in content["sections"]]
    return {
        "sections": [_section_words(section, summary, language) for section, summary in sections],
        "prompts": sorted({Making.from_json(summary["making"]).prompts for _s, summary in sections if summary} - {""}),
        "approved_at": digest.approved_at,
        "approved_by": _name_of(digest),
        "content_hash": digest.content_hash,
        "chosen": [
            {"title": paper["title"], "reason": reason_words(paper["chosen"])}
            for section in content["sections"]
            for paper in section["papers"]
            if paper.get("chosen")
        ],
    }


def _section_words(section: Words, summary: Words | None, language: str) -> Words:
    return {
        "emoji": section["emoji"],
        "name": category_name(section, language),
        "writer": writer_label(summary),
        "numbers": numbers_label(summary),
        "doubts": doubts_words((summary or {}).get("doubts", {})),
    }


def doubts_words(doubts: Mapping[str, int]) -> str:
    """How many statements of a model were withheld, and how many doubts the editor was shown; nothing where there were
    none."""
    withheld = sum(count for kind, count in doubts.items() if kind.startswith(WITHHELD))
    raised = sum(doubts.values()) - withheld
    told = []
    if withheld:
        told.append(
            ngettext(
                "%d statement was withheld: it did not hold against the abstract",
                "%d statements were withheld: they did not hold against the abstract",
                withheld,
            )
            % withheld
        )
    if raised:
        told.append(ngettext("%d doubt was shown to the editor", "%d doubts were shown to the editor", raised) % raised)
    return "; ".join(told)


def _name_of(digest: Digest) -> str:
    """Who approved it, where the installation names its editors; nobody where a policy did (see `policy_note`)."""
    editor: Any = digest.approved_by
    if not settings.NAME_EDITORS or editor is None or shown(digest).get("policy"):
        return ""
    return editor.get_full_name() or editor.get_username()
