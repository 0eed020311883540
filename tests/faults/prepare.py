"""What every drill begins with: `python -m tests.faults.prepare --readers N`, on a migrated, empty database.

An editor, N readers, and the bundled sample day as today's draft, without a network.
"""

from __future__ import annotations

import argparse
import os

EDITOR, PASSWORD = "editor", "a long enough password"


def main() -> None:
    """Fill the database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, required=True)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    get_user_model().objects.create_superuser(EDITOR, "editor@example.org", PASSWORD)
    draft_sample()
    call_command("make_subscribers", options.readers, hour=this_hour())


def this_hour() -> int:
    """The sending hour whose slot today is past, and no deadline near."""
    from zoneinfo import ZoneInfo

    from django.conf import settings
    from django.utils import timezone

    return timezone.now().astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)).hour


def draft_sample() -> None:
    """Make the sample today's draft, as a build does when no source can be reached."""
    from digests import llm, sample
    from digests.build import build_digest, draft_digest
    from digests.classify import classify_papers
    from digests.collecting.days import today
    from digests.models import Digest, Paper

    digest = Digest.objects.create(day=today())
    choices = sample.load()
    with llm.Conversation() as conversation:
        classify_papers(list(Paper.objects.filter(pk__in=[choice.paper_id for choice in choices])), conversation)
    draft_digest(digest, choices, [], is_sample=True)
    build_digest(digest.day)


if __name__ == "__main__":
    main()
