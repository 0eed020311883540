"""The receipt of a digest."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from digests.models import Digest
from subscribers.delivery.receipt import reasons, receipt


class Command(BaseCommand):
    help = "Print how many readers a digest had and what became of each delivery; the outcomes sum up to the audience."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date`, `--kind` and `--format`."""
        parser.add_argument("--date", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--kind", choices=Digest.WITH_PAPERS, default=Digest.Kind.DAILY)
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the receipt."""
        digest = Digest.objects.filter(day=options["date"], kind=options["kind"]).first()
        if digest is None:
            raise CommandError(f"There is no {options['kind']} digest of {options['date']}.")
        counts = receipt(digest)
        if options["format"] == "json":
            told = {"date": digest.day.isoformat(), "kind": digest.kind, "status": digest.status}
            self.stdout.write(json.dumps(told | counts))
            return
        for name, count in counts.items():
            if count or name == "audience":
                self.stdout.write(f"{name:<11}{count:>9}")
        for status, why, count in reasons(digest):
            self.stdout.write(f"  {status}: {why} ({count})")
