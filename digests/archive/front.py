"""The front page: the latest digest at a glance, the way to subscribe, and the way to all older digests."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from digests.archive.answering import for_readers
from digests.archive.corrections import corrections_of, lines_of
from digests.archive.missing import missing_words
from digests.archive.public import catalogued, published
from digests.archive.words import Words, digest_words
from digests.models import Category, Digest
from newsletter.addresses import in_language

PER_PAGE = 30
WEEKLIES = 4  # the first page leads to so many, each of them to the one before


@for_readers
def archive(request: HttpRequest) -> HttpResponse:
    """The latest digest, and all older ones, 30 a page. `?date=` leads on to that day."""
    if request.GET.get("date"):
        return _to_day(request, request.GET["date"])
    latest = published().first()
    lines = catalogued().exclude(pk=latest.pk) if latest else catalogued()
    try:
        page = Paginator(lines, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(gettext("The archive has no such page.")) from error
    language = get_language()
    context: Words = {"page": page, "older": lines_of(page, language)}
    if page.number == 1:
        context |= {
            "latest": digest_words(latest, language) if latest else None,
            "is_latest_corrected": bool(latest and corrections_of([latest.pk], language)),
            "categories": Category.objects.filter(is_active=True),
            "weeklies": lines_of(catalogued(Digest.Kind.WEEKLY)[:WEEKLIES], language),
            "missing": missing_words(latest.day if latest else None),
            "years": years(),
        }
    return render(request, "web/archive.html", context)


def _to_day(request: HttpRequest, text: str) -> HttpResponse:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return render(request, "web/bad_day.html", {"text": text[:40]}, status=400)
    return redirect(in_language(reverse("digest", args=[day]), request))


def years() -> list[tuple[int, list[dt.date]]]:
    """The months that have digests, by year, the latest first."""
    months = catalogued().order_by().dates("day", "month", order="DESC")
    return [(year, list(found)) for year, found in groupby(months, key=lambda month: month.year)]
