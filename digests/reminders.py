"""Mails to editors about a draft that waits for them, each once. The link in them leads to the desk behind the log-in, and
grants nothing by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from digests.models import Digest, Notice
from digests.notices import tell_editors
from digests.readiness import Check, State

SALT = "digests.review"
LINK_LIVES = dt.timedelta(days=14)


def waiting(digest: Digest, deadline: dt.datetime, policy: str, checks: Callable[[], Sequence[Check]]) -> int:
    """Ahead of the deadline: what happens then, and what of `checks` is worth a look. Returns how many were told."""

    def said() -> str:
        clock = time_format(deadline.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)), "H:i")
        then = {
            "hold": _("Nothing is sent before somebody has approved it."),
            "send": _("At %(time)s it is sent as it is if every check is green, and held otherwise."),
            "titles": _("At %(time)s titles and links are sent, without summaries."),
        }
        return f"{then[policy] % {'time': clock}} {_worth_a_look(checks())}".strip()

    return _tell(digest, "waiting", said)


def held(digest: Digest, checks: Callable[[], Sequence[Check]]) -> int:
    """At the deadline: nothing was sent, and what of `checks` is worth a look. Returns how many were told."""

    def said() -> str:
        told = _("The deadline has passed, and nobody got this digest. Once it is approved it goes out at once.")
        return f"{told} {_worth_a_look(checks())}".strip()

    return _tell(digest, "held", said)


def sent_by_policy(digest: Digest, policy: str) -> int:
    """After the deadline: it is sent without an editor. Returns how many were told."""

    def said() -> str:
        told = {
            "send": _("Every check was green, so it goes to readers as it is. The desk can still pause it."),
            "titles": _("Titles and links go to readers, without summaries. The desk can still pause it."),
        }
        return told[policy]

    return _tell(digest, "policy", said)


def review_link(digest: Digest) -> str:
    """The address in a reminder: signed, so that nobody can make up one that leads elsewhere."""
    return settings.SITE_URL + reverse("review", args=[signing.dumps(digest.pk, salt=SALT)])


def digest_in(token: str) -> int | None:
    """The number of the digest that a review link is about; None for one that is not ours, or too old."""
    try:
        return int(signing.loads(token, salt=SALT, max_age=LINK_LIVES))
    except signing.BadSignature:
        return None


def _worth_a_look(checks: Sequence[Check]) -> str:
    return " ".join(f"{check.title}: {check.text}" for check in checks if check.state is not State.GOOD)


def _tell(digest: Digest, subject: str, said: Callable[[], str]) -> int:
    """Tell editors once; the sentence is only made when they were not told yet, for the clock comes by each minute."""
    about = f"{subject}:{digest.kind}"
    if Notice.objects.filter(day=digest.day, subject=about).exists():
        return 0
    with translation.override(settings.DIGEST_LANGUAGES[0]):
        sentence = said()
    return tell_editors(digest.day, about, sentence, review_link(digest))
