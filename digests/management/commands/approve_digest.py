"""Approve a draft from the command line, by the same rules as the button in admin."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from digests.approve import NotApproved, approve, approvers
from digests.content import hash_of, snapshot
from digests.models import Digest
from newsletter.arguments import day


class Command(BaseCommand):
    help = "Approve the draft of a day as it stands now, in the name of an editor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date`, `--kind` and `--by`."""
        parser.add_argument("--date", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--kind", choices=[kind.value for kind in Digest.WITH_PAPERS], default=Digest.Kind.DAILY)
        parser.add_argument("--by", required=True, metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Approve, or say why not."""
        digest = Digest.objects.filter(day=options["date"], kind=options["kind"]).first()
        editor = get_user_model().objects.filter(username=options["by"]).first()
        if digest is None:
            raise CommandError(f"There is no digest of {options['date']}; build it with build_digest.")
        if editor is None:
            raise CommandError(f"There is no user {options['by']!r}.")
        seen = digest.content_hash if digest.is_public else hash_of(snapshot(digest))
        try:
            first = approve(digest, editor, seen)
        except NotApproved as error:
            raise CommandError(str(error)) from error
        digest.refresh_from_db()
        if not digest.is_public:
            given = len(approvers(digest, seen))
            self.stdout.write(
                f"Noted. {given} of {settings.APPROVALS_NEEDED} approvals; another editor must approve the same words."
            )
            return
        word = "Approved" if first else "Already approved"
        self.stdout.write(
            f"{word} by {digest.approved_by} at {digest.approved_at:%Y-%m-%d %H:%M:%S %Z}, {digest.content_hash[:12]}."
        )
