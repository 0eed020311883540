"""One returned mail, piped in by the mail server."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.delivery import bounces
from subscribers.delivery.events import record


class Command(BaseCommand):
    help = (
        "Read one mail on standard input and record the bounce or complaint in it, if there is one. For a mail server's"
        " pipe: exits 0 for whatever is no bounce, for nothing would be gained by returning it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, record, say what it was. An error of ours exits with another status, so that the server tries again."""
        report = bounces.report_in(sys.stdin.buffer.read(bounces.MOST_BYTES))
        if report is None:
            self.stdout.write("No bounce.")
            return
        counts = record([report])
        self.stdout.write(f"{report.kind.label}: {', '.join(counts)}")
