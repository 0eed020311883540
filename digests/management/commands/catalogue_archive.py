"""Make the archive's catalogue, and the index of its search, of all public digests."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from digests.archive.catalogue import AT_ONCE, catalogue_missing
from digests.models import CataloguedDigest


class Command(BaseCommand):
    help = (
        "Catalogue the public digests that are missing from the archive's lists and search; --again does all of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--again`."""
        parser.add_argument("--again", action="store_true", help="do all of them again, not only what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in goes that each are whole, and say how many digests it was."""
        if options["again"]:
            CataloguedDigest.objects.update(form=0)
        done = 0
        while found := catalogue_missing(AT_ONCE):
            done += found
        self.stdout.write(f"Catalogued {done} digests.")
