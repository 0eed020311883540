"""All subscribers as a CSV file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from subscribers.lists.exporting import exported
from subscribers.models import Subscriber


class Command(BaseCommand):
    help = "Write all subscribers as UTF-8 CSV to standard output, or to a new file that only its owner can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--out`."""
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        path: Path | None = options["out"]
        audit.note(audit.Act.EXPORT, "subscribers", count=Subscriber.objects.count())
        if path is None:
            for line in exported():
                self.stdout.write(line, ending="")
            return
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}. Name a file that is not there.") from error
        with open(number, "w", encoding="utf-8", newline="") as file:
            count = sum(1 for line in exported() if file.write(line)) - 1
        self.stdout.write(f"{count} subscribers written to {path}.")
