"""The bundled samples, for trying the product without a network: one day, and a past before it (`past`)."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from digests.choosing.candidate import Candidate
from digests.choosing.choose import Choice, choose
from digests.models import Paper

FILE = Path(__file__).parent / "2024-11-22.json"


def load() -> list[Choice]:
    """Store the sample day's papers, marked as such, and choose all of them. A paper we already have from a source stays
    as it is."""
    return chosen_of(json.loads(FILE.read_text(encoding="utf-8"))["papers"])


@transaction.atomic
def chosen_of(rows: Iterable[dict[str, Any]]) -> list[Choice]:
    """Store these papers of a sample and choose all of them."""
    candidates = []
    for rank, row in enumerate(rows, 1):
        paper, _ = Paper.objects.get_or_create(
            arxiv_id=row["arxiv_id"],
            defaults={
                "version": row.get("version", 1),
                "title": row["title"],
                "abstract": row["abstract"],
                "authors": row["authors"],
                "arxiv_categories": [row["primary_category"], *row["categories"]] if row["categories"] else [],
                "published_at": parse_datetime(row["published"]) if row["published"] else None,
                "is_sample": True,
            },
        )
        candidates.append(Candidate(paper.pk, row["votes"] or 0, (row["source"],), row.get("rank", rank)))
    return choose(candidates, len(candidates), least=len(candidates))
