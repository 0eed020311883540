"""A month, day by day."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from digests.archive.answering import for_readers
from digests.archive.corrections import lines_of
from digests.archive.missing import short_reason
from digests.archive.public import catalogued
from digests.archive.words import Words, long_date
from digests.models import DayReport, Digest


@for_readers
def month(request: HttpRequest, first: dt.date) -> HttpResponse:
    """The digests of a month, latest first, and of the days without one the reason, where it is known."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    in_month = {"day__range": (first, last)}
    language = get_language()
    lines = {line["day"]: line for line in lines_of(catalogued().filter(**in_month), language)}
    if not lines:
        raise Http404(gettext("There is no digest of this month."))
    reports = DayReport.objects.filter(**in_month).exclude(day__in=lines)
    quiet = {
        report.day: {"day": report.day, "words": long_date(report.day), "reason": reason}
        for report in reports
        if (reason := short_reason(report))
    }
    days: list[Words] = [line for _day, line in sorted((lines | quiet).items(), reverse=True)]
    context = {
        "first": first,
        "days": days,
        "paper_count": sum(line["paper_count"] for line in lines.values()),
        "digest_count": len(lines),
        "weeklies": lines_of(catalogued(Digest.Kind.WEEKLY).filter(**in_month), language),
        "before": catalogued().filter(day__lt=first).values_list("day", flat=True).first(),
        "after": catalogued().filter(day__gt=last).values_list("day", flat=True).last(),
    }
    return render(request, "web/month.html", context)
