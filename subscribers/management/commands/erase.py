"""Erase a person who asked for it by another way than the page, and those whom a restored backup brought back."""

from argparse import ArgumentParser
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models.functions import Lower

from newsletter import audit
from subscribers.models import Subscriber
from subscribers.owner.erasing import erase, replay


class Command(BaseCommand):
    help = (
        "Erase everything about the reader with an address; or, with --replay, erase again whom a backup brought back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, or `--replay`."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("address", nargs="?", help="the reader's e-mail address")
        what.add_argument("--replay", action="store_true", help="go by VAR_DIR/erasures, after a restore")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how many."""
        if options["replay"]:
            count = replay()
        else:
            known = Subscriber.objects.alias(lower=Lower("email")).filter(lower=options["address"].strip().lower())
            reader = known.exclude(status=Subscriber.Status.ERASED).first()
            if reader is None:
                raise CommandError("Nobody here has this address. Look at how it is written.")
            count = int(erase(reader))
        audit.note(audit.Act.ERASE, "subscribers", by=getuser(), count=count)
        self.stdout.write(f"Erased: {count}.")
