"""The last seven days at a glance."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from digests.models import DayReport, Digest

GOOD = (Digest.Status.SENT, Digest.Status.SENDING, Digest.Status.APPROVED)


class PastDay(NamedTuple):
    """A day: what became of it in a word or two, whether that is well, and where more is said."""

    day: dt.date
    says: str
    tone: str
    url: str


def last_days(today: dt.date, days: int = 7) -> list[PastDay]:
    """The days up to today, the earliest first."""
    wanted = [today - dt.timedelta(days=back) for back in range(days - 1, -1, -1)]
    daily = Digest.objects.filter(kind=Digest.Kind.DAILY, day__in=wanted).defer("approved_content")
    digests = {digest.day: digest for digest in daily}
    reports = {report.day: report for report in DayReport.objects.filter(day__in=wanted).defer("sources")}
    return [_day(day, digests.get(day), reports.get(day)) for day in wanted]


def _day(day: dt.date, digest: Digest | None, report: DayReport | None) -> PastDay:
    if digest:
        tone = "good" if digest.status in GOOD else "open" if digest.is_editable else "bad"
        return PastDay(day, digest.get_status_display(), tone, reverse("admin:digests_digest_change", args=[digest.pk]))
    if report:
        tone = "quiet" if report.state == DayReport.State.QUIET else "bad"
        return PastDay(
            day, report.get_state_display(), tone, reverse("admin:digests_dayreport_change", args=[report.pk])
        )
    return PastDay(day, _("nothing"), "quiet", "")
