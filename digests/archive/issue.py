"""A digest, whole."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from digests.archive.answering import for_readers
from digests.archive.corrections import by_paper, corrections_of
from digests.archive.missing import why_missing
from digests.archive.pictures import card_url
from digests.archive.provenance import provenance_of
from digests.archive.public import catalogued, published
from digests.archive.words import Words, digest_words, line_words
from digests.models import DayReport, Digest


@for_readers
def digest(request: HttpRequest, day: dt.date) -> HttpResponse:
    """One day's digest; why there is none, where that is known."""
    found = published().filter(day=day).select_related("approved_by").first()
    if not found:
        why = why_missing(DayReport.objects.filter(day=day).first())
        if not why:
            raise Http404(gettext("There is no digest of this day."))
        return render(request, "web/no_digest.html", {"why": why} | _neighbours(day, Digest.Kind.DAILY), status=404)
    return _page(request, found)


@for_readers
def weekly(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The best of the seven days before `day`."""
    found = published(Digest.Kind.WEEKLY).filter(day=day).select_related("approved_by").first()
    if not found:
        raise Http404(gettext("There is no weekly digest of this day."))
    return _page(request, found)


def _page(request: HttpRequest, found: Digest) -> HttpResponse:
    language = get_language()
    words = digest_words(found, language)
    corrections = corrections_of([found.pk], language).get(found.pk, [])
    told = by_paper(corrections)
    for section in words["sections"]:
        section["papers"] = [paper | {"corrections": told.get(paper["id"], [])} for paper in section["papers"]]
    context = {
        "digest": words,
        "corrections": corrections,
        "provenance": provenance_of(found, language),
        "digest_zone": settings.DIGEST_TIME_ZONE,
        "card": card_url(found.pk, language),
    } | _neighbours(found.day, found.kind)
    return render(request, "web/digest.html", context)


def _neighbours(day: dt.date, kind: str) -> Words:
    """The digests before and after a day."""
    lines = catalogued(kind)
    near = {"before": lines.filter(day__lt=day).first(), "after": lines.filter(day__gt=day).last()}
    return {name: line_words(line, get_language()) if line else None for name, line in near.items()}
