"""What the editor's desk shows beside each summary: who wrote it, its numbers, and the sentences that it rests on."""

from __future__ import annotations

from typing import Any

from digests.content import summary_words
from digests.desk.forms import SummaryForm
from digests.models import Section
from digests.parts import Abstract
from digests.wording import numbers_label, writer_label
from digests.writing.evidence import numbered


def summary_row(form: SummaryForm, section: Section) -> dict[str, Any]:
    """One summary's form, and what stands around it."""
    words = summary_words(form.summary)
    return {
        "form": form,
        "label": writer_label(words),
        "numbers": numbers_label(words),
        "evidence": _evidence(form, section),
    }


def _evidence(form: SummaryForm, section: Section) -> list[tuple[str, list[str]]]:
    """Each line that names sentences, with their words."""
    words: dict[str, str] = {}
    for entry in section.entries.all():
        words |= numbered(Abstract(entry.paper.arxiv_id, entry.paper.title, entry.paper.abstract))
    return [
        (bullet.text, [words[sentence] for sentence in bullet.sentences if sentence in words])
        for bullets in form.before.values()
        for bullet in bullets
        if bullet.sentences
    ]
