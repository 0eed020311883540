"""Write a digest to files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from digests.content import shown, snapshot
from digests.exports import WRITERS, chart_name, report_name
from digests.models import Digest
from newsletter.arguments import day


class Command(BaseCommand):
    help = "Write a digest as Markdown (the predecessor's shape), HTML or JSON, with its chart beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date`, `--format`, `--out` and `--language`."""
        parser.add_argument("--date", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--language", choices=["ko", "en"], default="ko")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and the chart, and name them."""
        digest = Digest.objects.filter(day=options["date"], kind=Digest.Kind.DAILY).first()
        if digest is None or digest.status == Digest.Status.BUILDING:
            raise CommandError(f"There is no digest of {options['date']}; build it with build_digest.")
        try:
            self._write(digest, options["language"], options["format"], options["out"])
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written to: {error.strerror}.") from error

    def _write(self, digest: Digest, language: str, form: str, folder: Path) -> None:
        content = shown(digest) if digest.is_public else snapshot(digest)
        write, ending = WRITERS[form]
        folder.mkdir(parents=True, exist_ok=True)
        report = folder / report_name(content, language, ending)
        report.write_text(write(content, language), encoding="utf-8")
        self.stdout.write(str(report))
        chart = digest.charts.filter(language=language).first()
        if chart:
            picture = folder / chart_name(content, language)
            picture.write_bytes(bytes(chart.png))
            self.stdout.write(str(picture))
