"""Is a digest due?"""

from __future__ import annotations

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from digests.build import NoDigest, build_digest
from digests.models import Digest

logger = logging.getLogger(__name__)


def today() -> date:
    """The digest's own date: the calendar day in DIGEST_TIME_ZONE."""
    return timezone.now().astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)).date()


def due_day(now: datetime) -> date | None:
    """The day whose digest should be built at `now`, or None: before DIGEST_BUILD_HOUR, or when it is there."""
    local = now.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE))
    if local.hour < settings.DIGEST_BUILD_HOUR:
        return None
    done = Digest.objects.filter(day=local.date(), kind=Digest.Kind.DAILY).exclude(status=Digest.Status.BUILDING)
    return None if done.exists() else local.date()


def build_due_digest() -> None:
    """Build the digest that is due, if one is, and finish those a lost worker left behind, from whatever day.

    A day without papers is asked about again each quarter of an hour, for the lists fill during the day.
    """
    now = timezone.now()
    day = due_day(now)
    unfinished = Digest.objects.filter(status=Digest.Status.BUILDING, kind=Digest.Kind.DAILY)
    days = set(unfinished.values_list("day", flat=True))
    if day and now.minute % 15 == 0:
        days.add(day)
    for each in sorted(days, reverse=True):  # today comes first
        try:
            build_digest(each)
        except NoDigest as error:
            logger.log(logging.ERROR if error.state == "failed" else logging.INFO, "No digest: %s", error)
        except (DatabaseError, ValueError, LookupError):
            logger.exception("The digest of %s could not be built; the next tick tries again", each)
