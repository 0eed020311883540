"""Subscribers from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from subscribers.lists.importing import Cut, Fate, Report, import_file
from subscribers.lists.reading import BadFile


class Command(BaseCommand):
    help = (
        "Add the subscribers in a CSV file (email,language,time_zone,send_hour,cadence,categories,consent_at,…). Changes nobody "
        "who is there already, and adds nobody who is suppressed; without evidence of consent they are pending. Safe to "
        "repeat. Exit status 1 when a line was wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, `--dry-run` and `--confirm`."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--confirm", action="store_true", help="mail a confirmation to those who become pending")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, naming each wrong line, and tell the sum."""
        dry_run = options["dry_run"]
        try:
            report = import_file(options["file"], self._complain, dry_run=dry_run, confirm=options["confirm"])
        except Cut as error:
            self._sum_up(error.report, dry_run)
            raise CommandError(
                f"{error} All before line {error.report.last_line + 1} is done; mend the file and run it again, nobody "
                "is added twice."
            ) from error
        except BadFile as error:
            raise CommandError(f"{error} Nothing was done.") from error
        self._sum_up(report, dry_run)
        if wrong := report.fates[Fate.WRONG]:
            raise CommandError(
                f"{wrong} lines are wrong, see above. Mend them and run it again: the others stay as they are."
            )

    def _complain(self, line: int, why: str) -> None:
        self.stdout.write(f"line {line}: {why}")

    def _sum_up(self, report: Report, dry_run: bool) -> None:
        if report.added and not dry_run:
            audit.note(audit.Act.IMPORT, "subscribers", count=report.added.total(), active=report.added["active"])
        if report.unused:
            self.stdout.write(f"columns not used: {', '.join(report.unused)}")
        told = [f"{fate.value} {report.fates[fate]}" for fate in Fate if report.fates[fate]]
        self.stdout.write(f"{report.lines} lines: {', '.join(told) or 'nobody in them'}")
        if report.added:
            kinds = ", ".join(f"{status} {count}" for status, count in sorted(report.added.items()))
            self.stdout.write(f"{'would be added' if dry_run else 'added'}: {kinds}")
        if report.added["pending"]:
            self.stdout.write("Pending ones get no digest before they have confirmed; --confirm mails them a request.")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")
