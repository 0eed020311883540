"""Mails to editors about a draft that waits for them, each once. The link in them leads to the desk behind the log-in, and
grants nothing by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from digests.models import Digest
from digests.notices import tell_editors
from digests.readiness import Check

SALT = "digests.review"
LINK_LIVES = dt.timedelta(days=14)


def waiting(digest: Digest, deadline: dt.datetime, policy: str) -> int:
    """Ahead of the deadline: what happens then, and where to look. Returns how many were told."""
    with translation.override(settings.DIGEST_LANGUAGES[0]):
        clock = time_format(deadline.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)), "H:i")
        then = {
            "hold": _("Nothing is sent before somebody has approved it."),
            "send": _("At %(time)s it is sent as it is if every check is green, and held otherwise."),
            "titles": _("At %(time)s titles and links are sent, without summaries."),
        }
        return _tell(digest, "waiting", then[policy] % {"time": clock})


def held(digest: Digest, in_the_way: Sequence[Check]) -> int:
    """At the deadline: nothing was sent, and why. Returns how many were told."""
    with translation.override(settings.DIGEST_LANGUAGES[0]):
        why = " ".join(f"{check.title}: {check.text}" for check in in_the_way)
        told = _("The deadline has passed, and nobody got this digest. Once it is approved it goes out at once.")
        return _tell(digest, "held", f"{told} {why}".strip())


def sent_by_policy(digest: Digest, policy: str) -> int:
    """After the deadline: it is sent without an editor. Returns how many were told."""
    with translation.override(settings.DIGEST_LANGUAGES[0]):
        told = {
            "send": _("Every check was green, so it goes to readers as it is. The desk can still pause it."),
            "titles": _("Titles and links go to readers, without summaries. The desk can still pause it."),
        }
        return _tell(digest, "policy", told[policy])


def review_link(digest: Digest) -> str:
    """The address in a reminder: signed, so that nobody can make up one that leads elsewhere."""
    return settings.SITE_URL + reverse("review", args=[signing.dumps(digest.pk, salt=SALT)])


def digest_in(token: str) -> int | None:
    """The number of the digest that a review link is about; None for one that is not ours, or too old."""
    try:
        return int(signing.loads(token, salt=SALT, max_age=LINK_LIVES))
    except signing.BadSignature:
        return None


def _tell(digest: Digest, subject: str, sentence: str) -> int:
    return tell_editors(digest.day, f"{subject}:{digest.kind}", sentence, review_link(digest))
