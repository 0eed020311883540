"""Every mail there is, as files and pictures, for looking at."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from subscribers.gallery import files
from subscribers.gallery.mails import pieces
from subscribers.gallery.pictures import Browser, find_chromium


class Command(BaseCommand):
    help = (
        "Write every mail, in Korean and English, as .eml, .html, .txt and pictures, with a page that shows them all."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--only` and `--to`."""
        parser.add_argument("--only", default="", metavar="NAME", help="mails whose name begins so, such as daily-ko")
        parser.add_argument("--to", type=Path, default=Path(settings.VAR_DIR) / "gallery", metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, then take the pictures where there is a browser."""
        folder: Path = options["to"]
        shown = [piece for piece in pieces() if files.stem_of(piece).startswith(options["only"])]
        if not shown:
            names = sorted({files.stem_of(piece) for piece in pieces()})
            raise CommandError(f"No mail's name begins with {options['only']!r}. There are: {', '.join(names)}.")
        pages = [files.write(piece, folder) for piece in shown]
        sheet = files.write_sheet(shown, folder)
        chromium = find_chromium()
        if chromium:
            with Browser(chromium) as browser:
                for page in pages:
                    files.shoot(browser, page)
        else:
            self.stdout.write("No Chromium was found, so there are no pictures; the .html files can be opened by hand.")
        self.stdout.write(f"{len(shown)} mails. Look at {sheet}")
