"""The archive: approved digests as anyone may read them. Pages are made from the frozen content and of nothing else."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.http import require_safe

from digests.content import shown
from digests.models import Category, Chart, Digest, Summary
from digests.parts import HEADINGS, PARTS
from digests.wording import authors_line, category_name, safe_link, writer_label

PER_PAGE = 30
LEADING_CATEGORIES = 3

Words = dict[str, Any]


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """The latest digest at a glance, the way to subscribe, and all older digests, 30 a page."""
    latest = published().first()
    older = published().exclude(pk=latest.pk) if latest else published()
    lines = older.values("day", "is_sample", shares=F("approved_content__distribution"))
    try:
        page = Paginator(lines, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(gettext("The archive has no such page.")) from error
    language = get_language()
    context = {
        "latest": digest_words(latest, language) if latest and page.number == 1 else None,
        "page": page,
        "older": [line_words(line, language) for line in page],
        "categories": Category.objects.filter(is_active=True),
    }
    return render(request, "web/archive.html", context)


@require_safe
def digest(request: HttpRequest, day: dt.date) -> HttpResponse:
    """One day's digest, whole."""
    found = published().filter(day=day).first()
    if not found:
        raise Http404(gettext("There is no digest of this day."))
    neighbours = published().defer("approved_content")
    context = {
        "digest": digest_words(found, get_language()),
        "before": neighbours.filter(day__lt=day).first(),
        "after": neighbours.filter(day__gt=day).last(),
    }
    return render(request, "web/digest.html", context)


@require_safe
def chart(request: HttpRequest, sha256: str) -> HttpResponse:
    """A chart's PNG. Its name is the hash of its bytes: it may be kept for ever, and nobody can guess a draft's."""
    found = Chart.objects.filter(sha256=sha256).first()
    if not found:
        raise Http404(gettext("There is no such chart."))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(bytes(found.png), content_type="image/png", headers=headers)


def published() -> QuerySet[Digest]:
    """The daily digests that readers may see, latest first."""
    return Digest.objects.filter(kind=Digest.Kind.DAILY, status__in=Digest.PUBLIC).order_by("-day")


def line_words(line: Mapping[str, Any], language: str) -> Words:
    """A digest in one line of the archive, from its day, its distribution and whether it is a sample."""
    shares = [_share(row, language) for row in line["shares"]]
    return {
        "day": line["day"],
        "long_date": long_date(line["day"]),
        "is_sample": line["is_sample"],
        "paper_count": sum(share["papers"] for share in shares),
        "leading": shares[:LEADING_CATEGORIES],
    }


def digest_words(digest: Digest, language: str) -> Words:
    """A digest's approved content in `language`, as the pages show it."""
    content = shown(digest)
    shares = [_share(row, language) for row in content["distribution"]]
    counts = ", ".join(f"{share['name']} {share['papers']}" for share in shares)
    return {
        "day": digest.day,
        "long_date": long_date(digest.day),
        "is_sample": content["is_sample"],
        "paper_count": sum(share["papers"] for share in shares),
        "shares": shares,
        "counts": counts,
        "chart": _chart(content, language),
        "sections": [_section(section, language) for section in content["sections"]],
    }


def long_date(day: dt.date) -> str:
    """The day in words, with its weekday."""
    return date_format(day, pgettext("date with weekday and year", "l, F j, Y"))


def _share(row: Words, language: str) -> Words:
    return {"slug": row["slug"], "emoji": row["emoji"], "name": category_name(row, language), "papers": row["papers"]}


def _chart(content: Words, language: str) -> Words | None:
    """The chart in `language`; None when it was not drawn, the numbers then speak for themselves."""
    drawn = content["charts"].get(language)
    return {**drawn, "url": reverse("chart", args=[drawn["sha256"]])} if drawn else None


def _section(section: Words, language: str) -> Words:
    """A section: its papers, numbered, and its five parts, whose bullets point at those numbers."""
    papers = [_paper(paper, number) for number, paper in enumerate(section["papers"], 1)]
    known = {paper["id"]: paper for paper in papers}
    summary = section["summaries"].get(language) or {}
    parts = summary.get("parts", {})
    return {
        "slug": section["slug"],
        "emoji": section["emoji"],
        "name": category_name(section, language),
        "papers": papers,
        "label": writer_label(summary),
        # The built-in writer quotes abstracts, which are English whatever the page's language is.
        "lang": "en" if summary.get("written_by") == Summary.OFFLINE else language,
        "parts": [
            {
                "heading": HEADINGS[part],
                "bullets": [
                    {"text": bullet["text"], "papers": [known[id_] for id_ in bullet["papers"] if id_ in known]}
                    for bullet in parts[part]
                ],
            }
            for part in PARTS
            if parts.get(part)
        ],
    }


def _paper(paper: Words, number: int) -> Words:
    """A paper as listed."""
    return {
        "id": paper["id"],
        "anchor": "paper-" + paper["id"].replace("/", "-"),
        "number": number,
        "title": paper["title"],
        "authors": authors_line(paper["authors"]),
        "url": safe_link(paper["url"]),
        "votes": paper["votes"],
        "published": paper["published"],
    }
