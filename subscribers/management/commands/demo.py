"""One whole day, from the sources to the outbox; or only the preparations, for a site that is being tried."""

import logging
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from digests.approve import approve
from digests.build import NoDigest, build_digest
from digests.content import hash_of, snapshot
from digests.models import Digest
from newsletter.arguments import day
from subscribers.delivery.receipt import receipt
from subscribers.demo import past, trial


class Command(BaseCommand):
    help = "Collect, digest, approve as the demo editor and deliver to the demo readers. Ends with status 0 only if mail was written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date` and `--prepare`."""
        parser.add_argument("--date", type=day, default=None, metavar="YYYY-MM-DD")
        parser.add_argument("--prepare", action="store_true", help="editor, readers and a draft; approve it yourself")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the day and print its stages with counts and seconds."""
        started = time.monotonic()
        call_command("migrate", verbosity=0)
        logging.disable(logging.WARNING)  # the stages that are printed tell the same, and better
        try:
            trial.prepare()
            has_no_past = options["prepare"] and past.fits()  # asked ahead of the draft, which is a digest of its own
            digest = self._draft(options)
            if has_no_past:
                self._past()
            if options["prepare"]:
                self._where_to_look(digest)
            else:
                self._deliver(digest)
                self.stdout.write(f"{'total':<10} {time.monotonic() - started:.1f} s")
        except trial.DemoRefused as error:
            raise CommandError(str(error)) from error
        except NoDigest as error:
            raise CommandError(f"{error.state}: {error}", returncode=3) from error
        finally:
            logging.disable(logging.NOTSET)

    def _draft(self, options: dict[str, Any]) -> Digest:
        tell = self.stdout.write
        if options["date"]:
            return build_digest(options["date"], use_sample=True, tell=tell).digest
        latest = Digest.objects.order_by("-day").first() if options["prepare"] else None
        return latest or trial.build_latest(tell).digest

    def _past(self) -> None:
        """Weeks gone by, so that no page is empty on the first day."""
        started = time.monotonic()
        made = past.make(trial.editor(), trial.ADMINISTRATOR, trial.oldest_readers())
        self.stdout.write(f"{'past':<10} {made} ({time.monotonic() - started:.1f} s)")

    def _deliver(self, digest: Digest) -> None:
        """Approve and send. A second run finds everything done, and says so."""
        if digest.status == Digest.Status.DRAFT:
            approve(digest, trial.editor(), hash_of(snapshot(digest)))
        digest.refresh_from_db()
        self.stdout.write(f"{'approve':<10} by {digest.approved_by}, content {digest.content_hash[:12]}")
        if not trial.deliver(digest, self.stdout.write):
            self.stdout.write("Everyone had this digest already; nobody is mailed twice.")
        counts = receipt(digest)
        told = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        self.stdout.write(f"{'receipt':<10} {told}")
        if settings.EMAIL_BACKEND == "newsletter.outbox.EmailBackend":
            written = len(list(Path(settings.OUTBOX_DIR).glob("*.eml")))
            self.stdout.write(f"{'outbox':<10} {written} mails in {settings.OUTBOX_DIR}")
            if not written:
                raise CommandError("No mail was written. `make reset` forgets the trial, so that it can start anew.")
        elif not counts["sent"]:
            raise CommandError("No mail was accepted by the mail server; the receipt above says why.")

    def _where_to_look(self, digest: Digest) -> None:
        password = trial.password_file()
        known = password.read_text(encoding="ascii").strip() if password.exists() else "(the one you set)"
        mark = " (SAMPLE: no paper source could be reached)" if digest.is_sample else ""
        self.stdout.write(
            f"\n  The digest of {digest.day} is {digest.status}{mark}.\n"
            f"  Read     {settings.SITE_URL}/\n"
            f"  Approve  {settings.SITE_URL}/admin/digests/digest/{digest.pk}/change/   user {trial.EDITOR}, password {known}\n"
            f"  Manage   {settings.SITE_URL}/admin/   user {trial.ADMINISTRATOR}, the same password: sees addresses, steers sending, gives rights\n"
            f"  Mails    {settings.SITE_URL}/outbox/   (some a minute after the approval, the others at their own hour)\n"
        )
