"""The archive: approved digests as anyone may read them. Pages are made from the frozen content and of nothing else."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from digests.content import path_of, shown
from digests.models import Category, Chart, DayReport, Digest
from digests.parts import HEADINGS, PARTS
from digests.wording import (
    authors_line,
    category_name,
    language_in,
    late_label,
    numbers_label,
    policy_note,
    safe_link,
    when_words,
    writer_label,
)

PER_PAGE = 30
LEADING_CATEGORIES = 3
WEEKLIES = 4  # the archive's first page leads to so many, each of them to the one before

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
        "weeklies": [
            weekly_line(digest) for digest in published(Digest.Kind.WEEKLY)[:WEEKLIES].defer("approved_content")
        ],
        "missing": missing_words(latest.day if latest else None) if page.number == 1 else "",
    }
    return render(request, "web/archive.html", context)


@require_safe
def digest(request: HttpRequest, day: dt.date) -> HttpResponse:
    """One day's digest, whole; why there is none, where that is known."""
    found = published().filter(day=day).first()
    if not found:
        why = why_missing(DayReport.objects.filter(day=day).first())
        if not why:
            raise Http404(gettext("There is no digest of this day."))
        return render(request, "web/no_digest.html", {"why": why}, status=404)
    return _digest_page(request, found)


@require_safe
def weekly(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The best of the seven days before `day`."""
    found = published(Digest.Kind.WEEKLY).filter(day=day).first()
    if not found:
        raise Http404(gettext("There is no weekly digest of this day."))
    return _digest_page(request, found)


def _digest_page(request: HttpRequest, found: Digest) -> HttpResponse:
    neighbours = published(found.kind).defer("approved_content")
    context = {
        "digest": digest_words(found, get_language()),
        "before": _line_to(neighbours.filter(day__lt=found.day).first()),
        "after": _line_to(neighbours.filter(day__gt=found.day).last()),
    }
    return render(request, "web/digest.html", context)


def _line_to(digest: Digest | None) -> Words | None:
    return {"day": digest.day, "url": address_of(digest)} if digest else None


@require_safe
def chart(request: HttpRequest, sha256: str) -> HttpResponse:
    """A chart's PNG. Its name is the hash of its bytes: it may be kept for ever, and nobody can guess a draft's."""
    found = Chart.objects.filter(sha256=sha256).first()
    if not found:
        raise Http404(gettext("There is no such chart."))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(bytes(found.png), content_type="image/png", headers=headers)


def published(kind: str = Digest.Kind.DAILY) -> QuerySet[Digest]:
    """The digests of a kind that readers may see, latest first."""
    return Digest.objects.filter(kind=kind, status__in=Digest.PUBLIC).order_by("-day")


def address_of(digest: Digest) -> str:
    """Where the archive shows it."""
    return path_of({"kind": digest.kind, "day": digest.day.isoformat()})


def missing_words(latest: dt.date | None) -> str:
    """Why there is no digest newer than the one of `latest`, where the last day we know of had none; else nothing."""
    report = DayReport.objects.order_by("-day").first()
    return why_missing(report) if report and (latest is None or report.day > latest) else ""


def why_missing(report: DayReport | None) -> str:
    """Why a day has no digest, in a sentence for readers; nothing while there still may be one."""
    sentences = {
        DayReport.State.QUIET: gettext(
            "There is no digest of %(day)s: arXiv announces nothing at weekends and on its holidays."
        ),
        DayReport.State.STALLED: gettext("There is no digest of %(day)s: the paper lists showed nothing new."),
        DayReport.State.FAILED: gettext(
            "There is no digest of %(day)s: the paper lists could not be read. We are looking into it."
        ),
    }
    sentence = sentences.get(DayReport.State(report.state)) if report else None
    return sentence % {"day": long_date(report.day)} if report and sentence else ""


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


def weekly_line(digest: Digest) -> Words:
    """A weekly digest in one line of the archive."""
    return {"day": digest.day, "words": when_words(digest.day, digest.kind), "url": address_of(digest)}


def digest_words(digest: Digest, language: str) -> Words:
    """A digest's approved content in `language`, as the pages show it."""
    content = shown(digest)
    shares = [_share(row, language) for row in content["distribution"]]
    counts = ", ".join(f"{share['name']} {share['papers']}" for share in shares)
    return {
        "day": digest.day,
        "long_date": when_words(digest.day, digest.kind),
        "is_weekly": digest.kind == Digest.Kind.WEEKLY,
        "is_sample": content["is_sample"],
        "policy_note": policy_note(content),
        "paper_count": sum(len(section["papers"]) for section in content["sections"]),
        "shares": shares,
        "counts": counts,
        "chart": _chart(content, language),
        "sections": [_section(section, language) for section in content["sections"]],
    }


def long_date(day: dt.date) -> str:
    """The day in words, with its weekday."""
    return when_words(day, Digest.Kind.DAILY)


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
        "numbers": numbers_label(summary),
        "limits": [_bullet(bullet, known, language) for bullet in summary.get("limits", ())],
        "parts": [
            {
                "heading": HEADINGS[part],
                "bullets": [_bullet(bullet, known, language) for bullet in parts[part]],
            }
            for part in PARTS
            if parts.get(part)
        ],
    }


def _bullet(bullet: Words, known: dict[str, Words], language: str) -> Words:
    """A statement with its language (abstracts are quoted in English on Korean pages too), and its papers with the
    numbers of the sentences that it rests on."""
    numbers: dict[str, list[str]] = {}
    for sentence in bullet.get("sentences", ()):
        id_, _mark, number = sentence.rpartition("#")
        numbers.setdefault(id_, []).append(number)
    return {
        "text": bullet["text"],
        "lang": language_in(bullet["text"], language),
        "papers": [
            known[id_] | {"sentences": ", ".join(numbers.get(id_, ()))} for id_ in bullet["papers"] if id_ in known
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
        "late": late_label() if paper.get("is_late") else "",
        "published": paper["published"],
    }
