"""Classify papers from standard input, one JSON object a line."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from digests.classify import decide
from digests.models import Category
from digests.parts import Abstract
from digests.text import MAX_ABSTRACT, MAX_TITLE, clean


class Command(BaseCommand):
    help = 'Read {"id","title","abstract"} lines, write {"id","category","confidence","decided_by"} lines.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--offline`."""
        parser.add_argument("--offline", action="store_true", help="use the built-in classifier even with a model")

    def handle(self, *args: Any, **options: Any) -> None:
        """Classify every line in the order given."""
        rows = [self._row(number, line) for number, line in enumerate(sys.stdin, start=1) if line.strip()]
        categories = list(Category.objects.filter(is_active=True))
        abstracts = [abstract for abstract, _ in rows]
        decisions, notes = decide(abstracts, categories, {a.id: classes for a, classes in rows}, options["offline"])
        for note in notes:
            self.stderr.write(note)
        for abstract in abstracts:
            decision = decisions[abstract.id]
            answer = {"id": abstract.id, "category": decision.slug, "confidence": round(decision.confidence, 3)}
            self.stdout.write(json.dumps(answer | {"decided_by": decision.decided_by}))

    def _row(self, number: int, line: str) -> tuple[Abstract, list[str]]:
        try:
            row = json.loads(line)
            title, text = clean(str(row["title"]), MAX_TITLE), clean(str(row.get("abstract") or ""), MAX_ABSTRACT)
            return Abstract(str(row["id"]), title, text), [str(c) for c in row.get("arxiv_categories") or []]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CommandError(f'Line {number} is not a JSON object with "id", "title" and "abstract".') from error
