"""Check summaries from standard input, one JSON object a line."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from digests.verify import check

LANGUAGES = ("ko", "en")


class Command(BaseCommand):
    help = (
        'Read {"id","source","summary","language"} lines, write {"id","ok","score","flags"} lines. The source is a title '
        "line and an abstract; several papers have an empty line between them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every line in the order given; the score is the risk, 0 to 1, that the summary misleads."""
        for number, line in enumerate(sys.stdin, start=1):
            if line.strip():
                self.stdout.write(json.dumps(self._answer(number, line), ensure_ascii=False))

    def _answer(self, number: int, line: str) -> dict[str, Any]:
        try:
            row = json.loads(line)
            given = [str(row[key]) for key in ("id", "source", "summary")]
            language = str(row["language"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            problem = f'Line {number} is not a JSON object with "id", "source", "summary" and "language".'
            raise CommandError(problem) from error
        if language not in LANGUAGES:
            raise CommandError(f"Line {number}: the language is {language!r}, not one of {', '.join(LANGUAGES)}.")
        verdict = check(given[1], given[2], language)
        flags = [finding._asdict() for finding in verdict.flags]
        return {"id": given[0], "ok": verdict.ok, "score": verdict.score, "flags": flags}
