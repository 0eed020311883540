"""What search engines may read, and what they should leave alone (https://www.sitemaps.org/protocol.html, RFC 9309)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from digests.archive.front import years
from digests.archive.public import address_of, catalogued, catalogued_papers
from digests.models import CataloguedPaper, Category, Digest
from newsletter.addresses import PARAMETER, with_query

PAPERS_A_FILE = 10_000
"""The protocol allows 50,000 addresses and 50 MB; with each in two languages this is 5 MB."""

CLOSED = ("/admin/", "/events/", "/i18n/", "/nobody/", "/outbox/", "/search/*page=")

for_an_hour = cache_control(public=True, max_age=3600)


class Place(NamedTuple):
    """A page: its path, and the day its words are of."""

    path: str
    day: str = ""


@require_safe
@for_an_hour
def index(request: HttpRequest) -> HttpResponse:
    """The list of the sitemaps."""
    files = -(-_papers().count() // PAPERS_A_FILE)
    names = ["pages", "digests", *(f"papers-{number}" for number in range(1, files + 1))]
    addresses = [settings.SITE_URL + reverse("sitemap", args=[name]) for name in names]
    return render(request, "web/sitemap_index.xml", {"addresses": addresses}, content_type="application/xml")


@require_safe
@for_an_hour
def sitemap(request: HttpRequest, name: str) -> HttpResponse:
    """A sitemap: pages, digests, or the papers in files of ten thousand."""
    kind, _dash, number = name.partition("-")
    if kind == "papers" and number.isdecimal() and len(number) < 6:
        places = _paper_places(int(number))
    else:
        places = {"pages": _pages, "digests": _digests}.get(name, list)()
    listed = [_listed(place) for place in places]
    if not listed:
        raise Http404("There is no such sitemap.")
    return render(request, "web/sitemap.xml", {"places": listed}, content_type="application/xml")


@require_safe
@for_an_hour
def robots(request: HttpRequest) -> HttpResponse:
    """Personal pages, whose addresses are tokens, the desk and ever further pages of searches are nothing for robots."""
    told = {"closed": closed_paths(), "sitemap": settings.SITE_URL + reverse("sitemap-index")}
    return render(request, "web/robots.txt", told, content_type="text/plain; charset=utf-8")


def closed_paths() -> list[str]:
    """What robots should leave alone: beside the fixed ones every path under which an address holds a token."""
    with_token = {f"/{path.partition('<')[0]}" for path in _paths(get_resolver().url_patterns) if "token>" in path}
    return [*CLOSED, *sorted(with_token)]


def _paths(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterable[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        else:
            yield path


def _pages() -> Iterable[Place]:
    yield Place(reverse("archive"))
    yield Place(reverse("about"))
    for category in Category.objects.filter(is_active=True):
        yield Place(reverse("category", args=[category.slug]))
    for _year, months in years():
        for month in months:
            yield Place(reverse("month", args=[month]))


def _digests() -> Iterable[Place]:
    for kind in Digest.WITH_PAPERS:
        for day in catalogued(kind).filter(is_sample=False).values_list("day", flat=True):
            yield Place(address_of(day, kind), day.isoformat())


def _papers() -> QuerySet[CataloguedPaper, tuple[str, dt.date]]:
    papers = catalogued_papers().filter(kind=Digest.Kind.DAILY, is_sample=False)
    return papers.order_by("day", "position").values_list("arxiv_id", "day")


def _paper_places(number: int) -> Iterable[Place]:
    first = (number - 1) * PAPERS_A_FILE
    for arxiv_id, day in _papers()[max(first, 0) : max(first + PAPERS_A_FILE, 0)]:
        yield Place(reverse("paper", args=[arxiv_id]), day.isoformat())


def _listed(place: Place) -> dict[str, object]:
    address = settings.SITE_URL + place.path
    languages = [(language, with_query(address, **{PARAMETER: language})) for language, _name in settings.LANGUAGES]
    return {"address": address, "day": place.day, "languages": languages}
