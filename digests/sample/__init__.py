"""The bundled sample day, for trying the product without a network."""

import json
from pathlib import Path

from django.db import transaction
from django.utils.dateparse import parse_datetime

from digests.choosing.candidate import Candidate
from digests.choosing.choose import Choice, choose
from digests.models import Paper

FILE = Path(__file__).parent / "2024-11-22.json"


@transaction.atomic
def load() -> list[Choice]:
    """Store the sample's papers, marked as such, and choose all of them. A paper we already have from a source stays
    as it is."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["papers"]
    candidates = []
    for row in rows:
        paper, _ = Paper.objects.get_or_create(
            arxiv_id=row["arxiv_id"],
            defaults={
                "version": row["version"],
                "title": row["title"],
                "abstract": row["abstract"],
                "authors": row["authors"],
                "arxiv_categories": [row["primary_category"], *row["categories"]],
                "published_at": parse_datetime(row["published"]),
                "is_sample": True,
            },
        )
        candidates.append(Candidate(paper.pk, row["votes"] or 0, (row["source"],), row["rank"]))
    return choose(candidates, len(candidates), least=len(candidates))
