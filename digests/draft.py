"""From choices to sections and entries."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from digests.choosing.choose import Choice
from digests.models import Digest, Entry, Paper, Section


def draft_digest(digest: Digest, choices: Sequence[Choice], notes: list[str], is_sample: bool) -> None:
    """Give the digest its sections and entries, all or nothing. Sections stand by their best paper, entries as they
    were chosen. Raises IntegrityError when another daily digest took one of the papers meanwhile."""
    papers = Paper.objects.select_related("category").in_bulk([choice.paper_id for choice in choices])
    with transaction.atomic():
        digest.notes, digest.is_sample = notes, is_sample
        digest.save(update_fields=["notes", "is_sample"])
        sections: dict[int, Section] = {}
        for position, choice in enumerate(choices):
            paper = papers[choice.paper_id]
            assert paper.category is not None, "classify_papers leaves no paper without a category"
            section = sections.get(paper.category.pk)
            if section is None:
                section = Section.objects.create(digest=digest, category=paper.category, position=len(sections))
                sections[paper.category.pk] = section
            Entry.objects.create(
                section=section,
                paper=paper,
                kind=Entry.SAMPLE if is_sample else digest.kind,
                position=position,
                votes=choice.votes,
                reason=choice.reason,
                is_late=choice.is_late,
            )
