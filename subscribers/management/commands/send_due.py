"""One tick of sending in the foreground."""

import signal
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from subscribers.delivery import guard
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.signing_up.deciding import decide_sign_ups


def moment(text: str) -> datetime:
    """An ISO 8601 time with zone. Raises ValueError otherwise."""
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError(text)
    return found


class Command(BaseCommand):
    help = "Open deliveries, send all that is due, record it, and print the counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--now`."""
        parser.add_argument("--now", metavar="ISO8601", help="what is due at that time, e.g. 2024-11-22T08:00:00+09:00")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say what came of it."""
        try:
            at = moment(options["now"]) if options["now"] else None
        except ValueError as error:
            raise CommandError(
                f"--now must be a time with zone, such as 2024-11-22T08:00:00+09:00, not {options['now']}."
            ) from error
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # the mails in hand are finished
        decide_sign_ups()
        letters = send_letters()
        if letters:
            self.stdout.write(f"letters {letters}")
        counts = send_due(at, seconds=float("inf"))
        told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "Nothing was due."
        self.stdout.write(guard.may_send() or told)
