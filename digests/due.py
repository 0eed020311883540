"""Which digests are due, and building them."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from digests.build import NoDigest, build_digest
from digests.collecting.day_state import FAILED, QUIET, STALLED
from digests.collecting.days import DAYS_CAUGHT_UP, moment
from digests.models import DayReport, Digest
from digests.notices import tell_editors
from digests.week import dailies_before, latest_weekly_day
from digests.weekly import build_weekly

logger = logging.getLogger(__name__)
DAYS_IDLE = 14
"""An installation that did nothing for so long has missed nothing."""


def due_days(now: dt.datetime) -> list[dt.date]:
    """The days whose digest should be built at `now`, oldest first: today's from DIGEST_BUILD_HOUR on, and those of the
    last days that were missed because nothing ran, or that failed. Of a day that was asked about, its report says when
    to ask again."""
    local = now.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE))
    last = local.date() - dt.timedelta(days=0 if local.hour >= settings.DIGEST_BUILD_HOUR else 1)
    wanted = {last - dt.timedelta(days=back) for back in range(DAYS_CAUGHT_UP + 1)}
    since = _running_since(min(wanted))
    begun = set(_daily(Digest.Status.BUILDING))
    done = set(Digest.objects.filter(kind=Digest.Kind.DAILY, day__in=wanted).values_list("day", flat=True)) - begun
    reports = {report.day: report for report in DayReport.objects.filter(day__in=wanted)}
    due = begun | {
        day
        for day in wanted - done
        if (day == local.date() or (since and day >= since)) and _may_ask(reports.get(day), now)
    }
    return sorted(due)


def build_due_digests() -> None:
    """Build what is due, one digest at most: the next tick goes on, so that no task grows too long.

    Until DIGEST_ALERT_HOUR there is time to wait for lists that fail; from then on a digest that is not there is told
    to editors.
    """
    now = timezone.now()
    for day in due_days(now):
        try:
            lists_at = min(now, moment(day, settings.DIGEST_BUILD_HOUR))
            build_digest(day, lists_at=lists_at, is_patient=now < moment(day, settings.DIGEST_ALERT_HOUR))
            break
        except NoDigest as error:
            logger.log(
                logging.ERROR if error.state == FAILED else logging.INFO, "No digest (%s): %s", error.state, error
            )
        except (DatabaseError, ValueError, LookupError):
            logger.exception("The digest of %s could not be built; the next tick tries again", day)
    tell_if_missing(now)


def build_due_weekly() -> None:
    """Build the weekly digest when its day has come, or came in the last days and nothing ran then."""
    local = timezone.now().astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE))
    day = latest_weekly_day(local.date(), settings.DIGEST_WEEKLY_DAY)
    if local < moment(day, settings.DIGEST_BUILD_HOUR) or (local.date() - day).days > DAYS_CAUGHT_UP:
        return
    begun = Digest.objects.filter(day=day, kind=Digest.Kind.WEEKLY).first()
    if (begun and begun.status != Digest.Status.BUILDING) or not dailies_before(day):
        return
    try:
        build_weekly(day)
    except NoDigest as error:
        logger.info("No weekly digest (%s): %s", error.state, error)


def tell_if_missing(now: dt.datetime) -> None:
    """Mail editors once when today's digest is not there at DIGEST_ALERT_HOUR and nothing says why."""
    day = now.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)).date()
    if now < max(moment(day, hour) for hour in (settings.DIGEST_ALERT_HOUR, settings.DIGEST_BUILD_HOUR)):
        return
    digest = Digest.objects.filter(day=day, kind=Digest.Kind.DAILY).first()
    is_under_way = digest and (digest.status != Digest.Status.BUILDING or (digest.build_lease_until or now) > now)
    if is_under_way or DayReport.objects.filter(day=day, state__in=(QUIET, STALLED, FAILED)).exists():
        return
    tell_editors(day, "missing", "The digest should be there by now. Is the worker running, and what does its log say?")


def _may_ask(report: DayReport | None, now: dt.datetime) -> bool:
    return report is None or bool(report.retry_at and report.retry_at <= now)


def _daily(status: str) -> list[dt.date]:
    return list(Digest.objects.filter(kind=Digest.Kind.DAILY, status=status).values_list("day", flat=True))


def _running_since(day: dt.date) -> dt.date | None:
    """The first day about which anything is known, from shortly before `day` on: what lies before it was not missed, the
    installation was not there or not used."""
    lately = {"day__gte": day - dt.timedelta(days=DAYS_IDLE)}
    digests = Digest.objects.filter(kind=Digest.Kind.DAILY, is_sample=False, **lately)
    known = [*digests.values_list("day", flat=True), *DayReport.objects.filter(**lately).values_list("day", flat=True)]
    return min(known, default=None)
