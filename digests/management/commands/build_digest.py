"""Collect a day's papers and bring its digest to draft."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from digests.build import NoDigest, build_digest
from digests.collecting.days import today
from digests.models import Digest
from digests.weekly import build_weekly
from newsletter.arguments import day


class Command(BaseCommand):
    help = (
        "Build the digest of a day, or the weekly one of the seven days before it, and leave it as a draft. Safe to repeat. "
        "Exit status 3 when the day has no digest, with the state: quiet, stalled, failed, waiting or building."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date` and `--kind`."""
        parser.add_argument("--date", type=day, default=None, metavar="YYYY-MM-DD")
        parser.add_argument("--kind", choices=[kind.value for kind in Digest.WITH_PAPERS], default=Digest.Kind.DAILY)

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, and say what came of each stage."""
        day = options["date"] or today()
        build = build_weekly if options["kind"] == Digest.Kind.WEEKLY else build_digest
        try:
            built = build(day, tell=self.stdout.write)
        except NoDigest as error:
            raise CommandError(f"{error.state}: {error}", returncode=3) from error
        digest = built.digest
        self.stdout.write(f"Digest {digest.day}: {digest.status}, {digest.sections.count()} sections.")
        for note in digest.notes:
            self.stdout.write(f"  note: {note}")
