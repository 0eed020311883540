"""The bounce mailbox, read once."""

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from subscribers.delivery.mailboxes import read_mailbox


class Command(BaseCommand):
    help = (
        "Read the mailbox named by BOUNCE_MAILBOX and record the bounces and complaints in it. The worker does it too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and say what was found."""
        try:
            counts = read_mailbox(settings.BOUNCE_MAILBOX)
        except (ValueError, OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"The bounce mailbox could not be read: {error}") from error
        self.stdout.write(", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "Nothing new.")
